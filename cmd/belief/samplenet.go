package main

// belief sample: draws of all variables of a network.

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"math"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// drawMethods are the ways to draw states of a network.
var drawMethods = []string{"auto", "forward", "gibbs", "junction-tree", "rejection"}

// sweepsPerRow is how many sweeps of gibbs make a row unless --thin says so: after
// ten of them rows of most networks hardly depend on each other.
const sweepsPerRow = 10

// A lot is what the flags of sample ask.
type lot struct {
	given        []string
	file         string
	targets      []string
	method       string
	n            whole
	thin, burnIn whole
	burnInGiven  bool
}

func (t *tool) sampleNet() *cobra.Command {
	l := lot{method: "auto", n: whole{n: 1, most: math.MaxInt64}, thin: whole{most: math.MaxInt32}, burnIn: whole{most: math.MaxInt32}}
	cmd := &cobra.Command{
		Use:   "sample NET|MODEL -n N [-e VAR=STATE]...",
		Short: "Draws of a network's variables, or rows of a fitted model, as CSV",
		Long: `sample draws states of all variables of a network, NET, or of those that -t names, and
writes them as CSV: names of variables in the first line, names of states below. Rows are
written as they are drawn. Of a MODEL that fit has written it draws rows, and of a hidden
Markov model one sequence with its states.

forward draws parents before children and needs a Bayesian network without evidence.
junction-tree draws from exact messages, given any evidence, in networks whose tree
is not too large. rejection keeps the forward draws that agree with the evidence.
Their draws are independent. gibbs serves any network; its draws come from one
chain and depend on each other: --thin makes them less so.

The method auto takes forward in a Bayesian network without evidence, and else
junction-tree. Where that is too large it takes rejection if at least one draw in a
thousand agrees with the evidence, and else gibbs, with a warning.`,
		Example: `  belief sample asia -n 5
  belief sample alarm.bif -n 1000000 --seed 7 -o alarm.csv.gz
  belief sample asia -n 1000 -e xray=yes -t lung -t bronc
  belief sample alarm.bif -n 1000 -e HRBP=HIGH --method gibbs --thin 50`,
		Args:              oneNetwork,
		ValidArgsFunction: completeNetwork,
	}
	cmd.RunE = t.work(func(ctx context.Context, args []string) error {
		l.burnInGiven = cmd.Flags().Changed("burn-in")
		return t.drawStates(ctx, args[0], l)
	})
	set := cmd.Flags()
	set.VarP(&l.n, "number", "n", "`N` draws")
	set.StringArrayVarP(&l.given, "evidence", "e", nil, "evidence `VAR=STATE`; repeat for more")
	set.StringVar(&l.file, "evidence-file", "", "evidence from `FILE`, - for standard input")
	set.StringArrayVarP(&l.targets, "target", "t", nil, "write only `VAR`; repeat for more")
	set.StringVar(&l.method, "method", l.method, "`NAME` of the method: "+alternatives(drawMethods))
	set.Var(&l.thin, "thin", fmt.Sprintf("write every `N`th sweep of gibbs; %d unless given", sweepsPerRow))
	set.Var(&l.burnIn, "burn-in", "`N` sweeps of gibbs before the first that counts; 1000 unless given")
	t.flags.forNetworks(cmd)
	complete(cmd, "evidence", t.completeEvidence)
	complete(cmd, "target", t.completeTarget)
	complete(cmd, "method", choices(drawMethods...))
	for _, name := range []string{"number", "thin", "burn-in"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
	return cmd
}

// check refuses what no network can make right.
func (l *lot) check(format string) error {
	known := false
	for _, m := range drawMethods {
		known = known || m == l.method
	}
	switch {
	case !known:
		return unknown("method", l.method, drawMethods)
	case format == "json":
		return errors.New("sample writes csv; there is no --format json of it")
	case l.method == "forward" && (len(l.given) > 0 || l.file != ""):
		return errors.New("forward sampling knows no evidence; use --method junction-tree, rejection or gibbs")
	case (l.thin.n > 0 || l.burnInGiven) && l.method != "gibbs" && l.method != "auto":
		return errors.New("--thin and --burn-in are for --method gibbs")
	}
	return checkAssignments(l.given)
}

// drawStates draws and writes.
func (t *tool) drawStates(ctx context.Context, arg string, l lot) error {
	if err := l.check(t.flags.format.value); err != nil {
		return usage(err)
	}
	if err := oneStdin(arg, l.file); err != nil {
		return err
	}
	if model, err := within(ctx, func() (bool, error) { return t.holdsModel(arg), nil }); err != nil {
		return err
	} else if model {
		return t.drawRows(ctx, arg, l)
	}
	net, err := t.load(ctx, arg)
	if err != nil {
		return err
	}
	if len(net.model.Variables()) == 0 {
		return fmt.Errorf("%s: the network has no variables, so there is nothing to draw", net.source)
	}
	ev, err := t.evidence(ctx, net, l.given, l.file)
	if err != nil {
		return err
	}
	targets, err := inModelOrder(net.model, l.targets)
	if err != nil {
		return err
	}
	t.warn(net.warnings())
	states, err := t.states(ctx, net.model, ev, l)
	if err != nil {
		return err
	}
	next, stop := iter.Pull2(states)
	defer stop()
	// The first draw comes before the file is touched: most mistakes show there.
	var first []int
	if l.n.n > 0 {
		if first, err, _ = next(); err != nil {
			return err
		}
	}
	return t.pour(func(w *bufio.Writer) error {
		columns := newStateColumns(net.model, targets)
		w.Write(columns.head)
		for i, x := uint64(0), first; i < l.n.n; i++ {
			if i > 0 {
				if x, err, _ = next(); err != nil {
					return err
				}
			}
			if err := columns.row(w, x); err != nil {
				return err
			}
		}
		return nil
	})
}

// states chooses the method.
func (t *tool) states(ctx context.Context, m graphical.Model, ev graphical.Evidence, l lot) (iter.Seq2[[]int, error], error) {
	_, directed := m.(*graphical.BayesNet)
	method := l.method
	if method == "auto" {
		if !directed || ev.Len() > 0 {
			return t.treeOrElse(ctx, m, ev, l), nil
		}
		method = "forward"
	}
	t.note("drawing by %s", method)
	switch method {
	case "forward":
		return inference.Forward{Seed: t.flags.seed.n}.States(ctx, m), nil
	case "junction-tree":
		return t.tree().States(ctx, m, ev), nil
	case "rejection":
		return inference.Rejection{Seed: t.flags.seed.n}.States(ctx, m, ev), nil
	}
	return t.gibbs(ctx, m, ev, l)
}

// tree is the junction tree to draw from.
func (t *tool) tree() inference.TreeSampling {
	return inference.TreeSampling{Tree: t.flags.tree(), Seed: t.flags.seed.n}
}

// treeOrElse draws from a junction tree, and if that is too large by what else
// there is.
func (t *tool) treeOrElse(ctx context.Context, m graphical.Model, ev graphical.Evidence, l lot) iter.Seq2[[]int, error] {
	return func(yield func([]int, error) bool) {
		drawing := false
		for x, err := range t.tree().States(ctx, m, ev) {
			if _, large := errors.AsType[*belief.TooLargeError](err); large {
				break
			}
			if !drawing {
				drawing = true
				t.note("drawing by junction-tree")
			}
			if !yield(x, err) || err != nil {
				return
			}
		}
		var err error
		if l.method, err = t.pilot(ctx, m, ev); err == nil {
			if l.method == "gibbs" {
				t.warn([]belief.Warning{{Code: "dependent-draws", Text: fmt.Sprintf("a junction tree of this network is too large; rows are states of a Markov chain (gibbs), one for every %d sweeps, and not quite independent: --thin makes them more so", l.sweeps())}})
			}
			var states iter.Seq2[[]int, error]
			if states, err = t.states(ctx, m, ev, l); err == nil {
				states(yield)
				return
			}
		}
		yield(nil, err)
	}
}

// sweeps is how many of gibbs make a row.
func (l *lot) sweeps() int {
	if l.thin.n == 0 {
		return sweepsPerRow
	}
	return int(l.thin.n)
}

// gibbs draws by Gibbs sampling.
func (t *tool) gibbs(ctx context.Context, m graphical.Model, ev graphical.Evidence, l lot) (iter.Seq2[[]int, error], error) {
	g := inference.Gibbs{Seed: t.flags.seed.n, Thin: l.sweeps(), BurnIn: 1000, Sweeps: math.MaxInt32}
	if l.burnInGiven {
		if g.BurnIn = int(l.burnIn.n); g.BurnIn == 0 {
			g.BurnIn = -1
		}
	}
	doubts, err := g.Doubts(ctx, m, ev)
	if err != nil {
		return nil, err
	}
	t.warn(doubts)
	return g.States(ctx, m, ev), nil
}

// pilot finds out whether the evidence is probable enough for rejection.
func (t *tool) pilot(ctx context.Context, m graphical.Model, ev graphical.Evidence) (string, error) {
	if _, directed := m.(*graphical.BayesNet); !directed {
		return "gibbs", nil
	}
	const tries, enough = 10_000, 0.001
	post, err := inference.Rejection{Draws: tries, Tries: tries, Seed: t.flags.seed.n, Workers: int(t.flags.workers.n)}.Marginals(ctx, m, ev)
	if _, rare := errors.AsType[*inference.RareEvidenceError](err); rare {
		return "gibbs", nil
	}
	if err != nil {
		return "", err
	}
	if post.Sampling.Acceptance < enough {
		return "gibbs", nil
	}
	return "rejection", nil
}

// stateColumns writes states by name.
type stateColumns struct {
	head  []byte
	at    []int      // of the columns, in the model
	cells [][][]byte // by column and state, quoted where CSV wants it
	line  []byte
}

func newStateColumns(m graphical.Model, targets []string) *stateColumns {
	vars := m.Variables()
	if len(targets) > 0 {
		vars = nil
		for _, name := range targets {
			v, _ := m.Variable(name) // inModelOrder has found it
			vars = append(vars, v)
		}
	}
	c := &stateColumns{}
	for i, v := range vars {
		if i > 0 {
			c.head = append(c.head, ',')
		}
		c.head = append(c.head, csvCell(v.Name())...)
		c.at = append(c.at, m.Index(v))
		var cells [][]byte
		for _, s := range v.States() {
			cells = append(cells, csvCell(s))
		}
		c.cells = append(c.cells, cells)
	}
	c.head = append(c.head, '\n')
	return c
}

// csvCell quotes a name as CSV does.
func csvCell(name string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{name}) // a buffer takes everything
	w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

func (c *stateColumns) row(w *bufio.Writer, x []int) error {
	c.line = c.line[:0]
	for i, v := range c.at {
		if i > 0 {
			c.line = append(c.line, ',')
		}
		c.line = append(c.line, c.cells[i][x[v]]...)
	}
	c.line = append(c.line, '\n')
	_, err := w.Write(c.line)
	return err
}
