package main

// belief query: posteriors and the probability of the evidence.

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// A question is what the flags of query ask.
type question struct {
	given   []string
	file    string
	targets []string
	method  string
	sampling
}

func (t *tool) query() *cobra.Command {
	q := question{method: inference.Auto{}.Name()}
	cmd := &cobra.Command{
		Use:   "query NET [-e VAR=STATE]... [-t VAR]...",
		Short: "Posteriors given evidence, and the probability of the evidence",
		Long: `query prints the posterior of every variable, or of those that -t names, given the
evidence, and the probability of the evidence itself.

Evidence comes from -e VAR=STATE and from --evidence-file, which holds JSON,
{"VAR": "STATE"} or {"VAR": {"STATE": weight, ...}} for soft evidence, or lines
VAR=STATE. The method is chosen among the exact ones by the question unless --method
names one of ` + strings.Join(inference.Methods(), ", ") + `.

gibbs samples any network, weighting and rejection Bayesian ones. Their answers have
Monte Carlo standard errors (mcse), and gibbs R-hat, which is near 1 where chains
agree. They need no large tables. At the time limit they print what they have.`,
		Example: `  belief query asia                                   every variable, no evidence
  belief query asia -e smoke=yes -e xray=yes -t lung  p(lung | smoke=yes, xray=yes)
  belief query alarm.bif --evidence-file seen.json --format json
  belief query alarm.bif -e HRBP=HIGH --method gibbs --mcse 0.001
  zcat alarm.bif.gz | belief query - -t HYPOVOLEMIA --format csv`,
		Args:              oneNetwork,
		ValidArgsFunction: completeNetwork,
	}
	cmd.RunE = t.work(func(ctx context.Context, args []string) error {
		q.note(cmd)
		return t.answer(ctx, args[0], q)
	})
	set := cmd.Flags()
	set.StringArrayVarP(&q.given, "evidence", "e", nil, "evidence `VAR=STATE`; repeat for more")
	set.StringVar(&q.file, "evidence-file", "", "evidence from `FILE`, - for standard input")
	set.StringArrayVarP(&q.targets, "target", "t", nil, "print only `VAR`; repeat for more")
	set.StringVar(&q.method, "method", q.method, "`NAME` of the method: "+alternatives(inference.Methods()))
	q.sampling.register(cmd)
	t.flags.forNetworks(cmd)
	complete(cmd, "evidence", t.completeEvidence)
	complete(cmd, "target", t.completeTarget)
	complete(cmd, "method", choices(inference.Methods()...))
	return cmd
}

// answer asks and prints.
func (t *tool) answer(ctx context.Context, arg string, q question) error {
	if err := checkAssignments(q.given); err != nil {
		return err
	}
	if err := oneStdin(arg, q.file); err != nil {
		return err
	}
	cfg := t.flags.tree()
	bar := t.progress()
	cfg.Progress = bar.report
	engine, err := t.engine(q.method, cfg)
	if err != nil {
		if e, ok := errors.AsType[*belief.UnknownNameError](err); ok && e.Kind == "method" {
			err = unknown("method", e.Name, inference.Methods())
		}
		return usage(err)
	}
	if engine, err = q.apply(q.method, engine); err != nil {
		return usage(err)
	}
	net, err := t.load(ctx, arg)
	if err != nil {
		return err
	}
	if len(net.model.Variables()) == 0 {
		return fmt.Errorf("%s: the network has no variables, so there is nothing to ask", net.source)
	}
	ev, err := t.evidence(ctx, net, q.given, q.file)
	if err != nil {
		return err
	}
	targets, err := inModelOrder(net.model, q.targets)
	if err != nil {
		return err
	}
	start := time.Now()
	post, err := t.ask(ctx, isSampler(q.method), func() (*inference.Posterior, error) {
		return engine.Marginals(ctx, net.model, ev, targets...)
	})
	took := time.Since(start)
	bar.end()
	if post == nil || err != nil && post.Sampling == nil {
		return err
	}
	cut := err // what ended the sampling early
	t.note("%s answered in %v", post.Method, rounded(took))
	data, err := t.render(net, post)
	if err != nil {
		return err
	}
	t.warn(post.Warnings)
	if t.flags.stats {
		t.printStats(net, post, took)
	}
	if err := t.emit(data); err != nil {
		return err
	}
	if cut != nil {
		return cut
	}
	return t.convergence(post)
}

// evidence gathers what flags and a file say about a network.
func (t *tool) evidence(ctx context.Context, net *network, given []string, file string) (graphical.Evidence, error) {
	known := byName(net.model)
	ev, all, err := assignments(known, given)
	if err != nil || file == "" {
		return ev, err
	}
	more, err := t.evidenceFile(ctx, file)
	if err != nil {
		return ev, err
	}
	if err := more.check(net.model, known, all); err != nil {
		return ev, err
	}
	return more.ev.AndAll(ev), nil
}

// convergence is an error under --strict and a warning otherwise.
func (t *tool) convergence(post *inference.Posterior) error {
	if post.Converged {
		return nil
	}
	err := &convergenceError{post}
	if t.flags.strict {
		return err
	}
	t.warn([]belief.Warning{{Code: "not-converged", Text: err.Error()}})
	return nil
}

// inModelOrder looks targets up and sorts them as the model's variables are, each
// once.
func inModelOrder(m graphical.Model, names []string) ([]string, error) {
	var found []*graphical.Variable
	for _, name := range names {
		v, err := m.Variable(name)
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	slices.SortFunc(found, func(a, b *graphical.Variable) int { return cmp.Compare(m.Index(a), m.Index(b)) })
	var out []string
	for _, v := range slices.Compact(found) {
		out = append(out, v.Name())
	}
	return out, nil
}

// render puts the answer into the format asked for.
func (t *tool) render(net *network, post *inference.Posterior) ([]byte, error) {
	switch t.flags.format.value {
	case "json":
		return posteriorJSON(net, post)
	case "csv":
		return posteriorCSV(post)
	}
	return posteriorTable(post), nil
}

// posteriorJSON puts schema and network in front of what a posterior marshals to.
func posteriorJSON(net *network, post *inference.Posterior) ([]byte, error) {
	head, err := json.Marshal(struct {
		Schema  int    `json:"schema"`
		Network string `json:"network"`
	}{schema, net.name})
	if err != nil {
		return nil, err
	}
	rest, err := json.Marshal(post)
	if err != nil {
		return nil, err
	}
	head[len(head)-1] = ',' // instead of the brace
	return toJSON(json.RawMessage(append(head, rest[1:]...)))
}

func posteriorCSV(post *inference.Posterior) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	head := []string{"variable", "state", "probability"}
	if post.Sampling != nil {
		head = append(head, "mcse", "ess", "r_hat")
	}
	w.Write(head) // Error has what goes wrong
	for _, m := range post.Marginals() {
		for s, p := range m.Probs {
			row := []string{m.Variable.Name(), m.Variable.States()[s], exactly(p)}
			if m.Accuracy != nil {
				a := m.Accuracy[s]
				row = append(row, exactly(a.StdErr), exactly(a.ESS), exactly(a.RHat))
			}
			w.Write(row)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func posteriorTable(post *inference.Posterior) []byte {
	var b bytes.Buffer
	reason := ""
	if post.Reason != "" {
		reason = " (" + post.Reason + ")"
	}
	logEvidence := post.LogEvidence.Value
	if math.Abs(logEvidence) < 1e-13 {
		logEvidence = 0 // nothing was observed, up to rounding
	}
	if post.Sampling != nil {
		return sampledTable(post)
	}
	fmt.Fprintf(&b, "method %s%s; log evidence %.6g, %v\n\n", post.Method, reason, logEvidence, post.LogEvidence.Kind)
	rows := [][]string{{"variable", "state", "probability"}}
	for _, m := range post.Marginals() {
		name := m.Variable.Name()
		for s, p := range m.Probs {
			rows = append(rows, []string{name, m.Variable.States()[s], readable(p)})
			name = ""
		}
	}
	columns(&b, rows)
	return b.Bytes()
}

// printStats is what --stats prints.
func (t *tool) printStats(net *network, post *inference.Posterior, took time.Duration) {
	s := post.Stats
	rows := [][]string{
		{"time to read", rounded(net.took).String()},
		{"time to answer", rounded(took).String()},
		{"variables that matter", fmt.Sprint(s.Variables)},
		{"factors that matter", fmt.Sprint(s.Factors)},
		{"width", fmt.Sprint(s.Width)},
		{"largest clique entries", count(s.Largest)},
		{"total table entries", count(s.Total)},
		{"memory planned", belief.FormatBytes(s.Bytes)},
	}
	if s.Cliques > 0 {
		rows = append(rows, []string{"cliques", fmt.Sprint(s.Cliques)})
	}
	if s.Heuristic != "" {
		rows = append(rows, []string{"elimination order", fmt.Sprintf("%s, best of %d", s.Heuristic, s.OrderTries)})
	}
	if s.LogSpace {
		rows = append(rows, []string{"log space", "needed"})
	}
	columns(t.stderr, rows)
}
