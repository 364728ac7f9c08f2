package main

// What query does for methods that sample: their settings, their answers, and what
// becomes of them when time runs out.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/inference"
)

// samplers are the methods whose answers are sampled.
var samplers = []string{inference.Gibbs{}.Name(), inference.Rejection{}.Name(), inference.Weighting{}.Name()}

func isSampler(method string) bool { return slices.Contains(samplers, method) }

// sampling holds the flags of methods that sample.
type sampling struct {
	samples, tries, chains, burnIn, thin whole
	mcse                                 positive
	scan                                 choice
	given                                map[string]bool // the flags that were on the command line
}

// samplingFlags lists the methods that know a flag.
var samplingFlags = map[string][]string{
	"samples": samplers, "mcse": samplers, "tries": {"rejection"},
	"chains": {"gibbs"}, "burn-in": {"gibbs"}, "thin": {"gibbs"}, "scan": {"gibbs"},
}

func (s *sampling) register(cmd *cobra.Command) {
	for _, w := range []*whole{&s.samples, &s.tries, &s.chains, &s.burnIn, &s.thin} {
		w.most = math.MaxInt32
	}
	s.scan = choice{"systematic", []string{"systematic", "random"}}
	set := cmd.Flags()
	set.Var(&s.samples, "samples", "`N` draws of weighting, accepted ones of rejection, sweeps of each chain of gibbs; 0 is the method's own")
	set.Var(&s.mcse, "mcse", "stop sampling when no standard error is larger than `X`")
	set.Var(&s.tries, "tries", "`N` draws that rejection makes at most, accepted or not")
	set.Var(&s.chains, "chains", "`N` chains of gibbs; 0 is 4")
	set.Var(&s.burnIn, "burn-in", "`N` sweeps of gibbs that do not count; a tenth of the others unless given")
	set.Var(&s.thin, "thin", "record every `N`th sweep of gibbs")
	set.Var(&s.scan, "scan", "order in which gibbs updates variables: systematic or random")
	complete(cmd, "scan", choices(s.scan.known...))
	for _, name := range []string{"samples", "mcse", "tries", "chains", "burn-in", "thin"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
}

// note remembers which flags were given.
func (s *sampling) note(cmd *cobra.Command) {
	s.given = map[string]bool{}
	for name := range samplingFlags {
		s.given[name] = cmd.Flags().Changed(name)
	}
}

// apply sets the engine up. Flags that mean nothing to the method are refused.
func (s *sampling) apply(method string, engine inference.Engine) (inference.Engine, error) {
	for _, name := range []string{"samples", "mcse", "tries", "chains", "burn-in", "thin", "scan"} {
		if s.given[name] && !slices.Contains(samplingFlags[name], method) {
			return nil, fmt.Errorf("--%s is for --method %s", name, alternatives(samplingFlags[name]))
		}
	}
	switch e := engine.(type) {
	case inference.Gibbs:
		e.Sweeps, e.Chains, e.Thin, e.StdErr = int(s.samples.n), int(s.chains.n), int(s.thin.n), float64(s.mcse)
		e.RandomScan = s.scan.value == "random"
		if s.given["burn-in"] {
			if e.BurnIn = int(s.burnIn.n); e.BurnIn == 0 {
				e.BurnIn = -1 // none
			}
		}
		return e, nil
	case inference.Weighting:
		e.Draws, e.StdErr = int64(s.samples.n), float64(s.mcse)
		return e, nil
	case inference.Rejection:
		e.Draws, e.Tries, e.StdErr = int64(s.samples.n), int64(s.tries.n), float64(s.mcse)
		return e, nil
	}
	return engine, nil
}

// A positive is a flag with a positive number, or 0 for none.
type positive float64

// String, Set and Type make a flag of it.
func (p *positive) String() string { return exactly(float64(*p)) }
func (p *positive) Type() string   { return "number" }

func (p *positive) Set(s string) error {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !(x >= 0) || math.IsInf(x, 1) {
		return errors.New("want a positive number such as 0.001, or 0 for none")
	}
	*p = positive(x)
	return nil
}

// grace is how long an interrupted sampler may take to hand over what it has.
const grace = 2 * time.Second

// ask waits for an answer. A sampler whose time ends hands over what it has: at the
// time limit that is an answer with a warning, and after an interrupt an answer
// with the error.
func (t *tool) ask(ctx context.Context, sampled bool, f func() (*inference.Posterior, error)) (*inference.Posterior, error) {
	if !sampled {
		return within(ctx, f)
	}
	wait, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer stop()
	post, err := within(wait, f)
	if post != nil && errors.Is(err, context.DeadlineExceeded) && t.flags.timeLimit > 0 {
		post.Warnings = append(post.Warnings, belief.Warning{Code: "time-limit",
			Text: fmt.Sprintf("the time limit of %v ended the sampling after %d draws", time.Duration(t.flags.timeLimit), post.Sampling.Draws)})
		return post, nil
	}
	return post, err
}

// sampledTable is posteriorTable with errors.
func sampledTable(post *inference.Posterior) []byte {
	var b bytes.Buffer
	s := post.Sampling
	fmt.Fprintf(&b, "method %s; ", post.Method)
	if math.IsNaN(post.LogEvidence.Value) {
		b.WriteString("log evidence not estimated")
	} else {
		fmt.Fprintf(&b, "log evidence %v", post.LogEvidence)
	}
	switch {
	case s.Chains > 0 && s.Draws == 0:
		b.WriteString("; nothing was left to draw")
	case s.Chains > 0:
		fmt.Fprintf(&b, "; %d chains × %d sweeps after %d", s.Chains, post.Iterations, s.BurnIn)
	case s.Tried > 0:
		fmt.Fprintf(&b, "; %d of %d draws accepted", s.Draws, s.Tried)
	default:
		fmt.Fprintf(&b, "; %d draws worth %.4g", s.Draws, s.ESS)
	}
	b.WriteString("\n\n")
	rows := [][]string{{"variable", "state", "probability", "mcse"}}
	if s.Chains > 0 {
		rows[0] = append(rows[0], "ess", "r_hat")
	}
	for _, m := range post.Marginals() {
		name := m.Variable.Name()
		for k, p := range m.Probs {
			a := m.Accuracy[k]
			row := []string{name, m.Variable.States()[k], readable(p), fmt.Sprintf("%.2g", a.StdErr)}
			if s.Chains > 0 {
				ess := "-"
				if !math.IsNaN(a.ESS) {
					ess = fmt.Sprintf("%.0f", a.ESS)
				}
				row = append(row, ess, fmt.Sprintf("%.4f", a.RHat))
			}
			rows = append(rows, row)
			name = ""
		}
	}
	columns(&b, rows)
	return b.Bytes()
}
