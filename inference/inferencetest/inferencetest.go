package inferencetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/internal/stream"
)

// T is what the kit needs of a [testing.T].
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// Options narrows what an engine is held to. The zero value asks for everything.
type Options struct {
	Seed    uint64  // of the random models
	Models  int     // how many; 0: 150
	Tol     float64 // allowed difference of probabilities; 0: 1e-10
	Forests bool    // only models whose factor graph has no loop
	// Directed is for engines that need a Bayesian network.
	Directed bool
	// Errors is for samplers: what they say may be wrong by this many of their own
	// standard errors, on top of Tol. An answer that says it did not converge is
	// not compared; a fifth of the answers may do so. 0: exact engines.
	Errors float64
}

// Run compares the engine with enumeration on random models: Bayesian networks,
// Markov networks and factor graphs, connected or not, with zeros, deterministic
// rows, variables of one state and factors of none, under hard, soft and no
// evidence, for all and for some targets. It reports a difference of any
// probability or of the log evidence by more than the tolerance, a missing or
// wrong error for impossible evidence and unknown names, and a cancelled context
// that passes unnoticed.
func Run(t T, engine inference.Engine, opt Options) {
	t.Helper()
	if opt.Models == 0 {
		opt.Models = 150
	}
	if opt.Tol == 0 {
		opt.Tol = 1e-10
	}
	ctx := context.Background()
	impossible, excused := 0, 0
	for i := range opt.Models {
		r := stream.New(opt.Seed, "inferencetest", uint64(i))
		m := opt.model(r)
		ev := RandomEvidence(r, m)
		var targets []string
		if r.IntN(2) == 0 {
			for _, v := range m.Variables() {
				if r.IntN(3) == 0 {
					targets = append(targets, v.Name())
				}
			}
		}
		where := fmt.Sprintf("%s, model %d (%T) with evidence %v and targets %v", engine.Name(), i, m, ev, targets)
		var err error
		want, wantErr := inference.Enumeration{}.Marginals(ctx, m, ev, targets...)
		got, gotErr := engine.Marginals(ctx, m, ev, targets...)
		if wantErr != nil {
			impossible++
			var e *belief.ImpossibleEvidenceError
			if !errors.As(wantErr, &e) {
				t.Errorf("%s: enumeration fails: %v", where, wantErr)
			}
			if !errors.As(gotErr, &e) {
				t.Errorf("%s: the evidence is impossible, but the error is %v", where, gotErr)
			}
			continue
		}
		if gotErr != nil {
			t.Errorf("%s: %v", where, gotErr)
			continue
		}
		switch {
		case opt.Errors == 0:
			err = Compare(want, got, opt.Tol)
		case !got.Converged:
			excused++
		default:
			err = CompareSampled(want, got, opt.Errors, opt.Tol)
		}
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
	if 5*excused > opt.Models {
		t.Errorf("%s: %d of %d answers did not converge", engine.Name(), excused, opt.Models)
	}
	if impossible == 0 || impossible == opt.Models {
		t.Errorf("inferencetest: %d of %d models had impossible evidence; the kit tests nothing", impossible, opt.Models)
	}
	r := stream.New(opt.Seed, "inferencetest errors")
	m := opt.model(r)
	var unknown *belief.UnknownNameError
	if _, err := engine.Marginals(ctx, m, graphical.Evidence{}, "no such variable"); !errors.As(err, &unknown) {
		t.Errorf("%s: an unknown target gives %v", engine.Name(), err)
	}
	if _, err := engine.Marginals(ctx, m, graphical.Observe("no such variable", "x")); !errors.As(err, &unknown) {
		t.Errorf("%s: evidence on an unknown variable gives %v", engine.Name(), err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := engine.Marginals(cancelled, m, graphical.Evidence{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%s: a cancelled context gives %v", engine.Name(), err)
	}
}

// Compare says by how much two answers differ if it is more than tol in any
// probability or, relative to its size, in the log evidence.
func Compare(want, got *inference.Posterior, tol float64) error {
	w, g := want.LogEvidence.Value, got.LogEvidence.Value
	if !(math.Abs(w-g) <= tol*max(1, math.Abs(w))) {
		return fmt.Errorf("log evidence is %v, want %v", g, w)
	}
	if len(want.Marginals()) != len(got.Marginals()) {
		return fmt.Errorf("%d marginals, want %d", len(got.Marginals()), len(want.Marginals()))
	}
	for i, wm := range want.Marginals() {
		gm := got.Marginals()[i]
		if wm.Variable.Name() != gm.Variable.Name() || len(wm.Probs) != len(gm.Probs) {
			return fmt.Errorf("marginal %d is of %v, want %v", i, gm.Variable, wm.Variable)
		}
		for s, p := range wm.Probs {
			if !(math.Abs(p-gm.Probs[s]) <= tol) {
				return fmt.Errorf("p(%v=%s) is %v, want %v", wm.Variable, wm.Variable.States()[s], gm.Probs[s], p)
			}
		}
	}
	return nil
}

// CompareSampled says by how much a sampled answer differs from the truth if it is
// more than the given number of its own standard errors and tol. A log evidence that
// is NaN is not claimed.
func CompareSampled(want, got *inference.Posterior, errors, tol float64) error {
	w, g := want.LogEvidence.Value, got.LogEvidence
	if g.Kind != belief.Sampled || got.Sampling == nil {
		return fmt.Errorf("log evidence %v is not said to be sampled", g)
	}
	if !math.IsNaN(g.Value) && !(math.Abs(w-g.Value) <= errors*g.StdErr+tol*max(1, math.Abs(w))) {
		return fmt.Errorf("log evidence is %v, want %v", g, w)
	}
	if len(want.Marginals()) != len(got.Marginals()) {
		return fmt.Errorf("%d marginals, want %d", len(got.Marginals()), len(want.Marginals()))
	}
	for i, wm := range want.Marginals() {
		gm := got.Marginals()[i]
		if wm.Variable.Name() != gm.Variable.Name() || len(wm.Probs) != len(gm.Probs) || len(gm.Accuracy) != len(gm.Probs) {
			return fmt.Errorf("marginal %d is of %v, want %v", i, gm.Variable, wm.Variable)
		}
		for s, p := range wm.Probs {
			if !(math.Abs(p-gm.Probs[s]) <= errors*gm.Accuracy[s].StdErr+tol) {
				return fmt.Errorf("p(%v=%s) is %v ± %v, want %v", wm.Variable, wm.Variable.States()[s], gm.Probs[s], gm.Accuracy[s].StdErr, p)
			}
		}
	}
	return nil
}

// model draws a model of the kind that the options ask for.
func (opt Options) model(r *rand.Rand) graphical.Model {
	if opt.Directed {
		return randomBayesNet(r, opt.Forests)
	}
	return RandomModel(r, opt.Forests)
}

// RandomModel draws a model of at most 2^11 joint states. With forest, its
// factor graph has no loop.
func RandomModel(r *rand.Rand, forest bool) graphical.Model {
	if r.IntN(2) == 0 {
		return randomBayesNet(r, forest)
	}
	return randomFactors(r, forest)
}

// randomStates draws numbers of states whose product stays small.
func randomStates(r *rand.Rand) []int {
	var out []int
	for joint := 1; ; {
		k := 1 + r.IntN(4)
		if r.IntN(4) > 0 {
			k = 2 + r.IntN(2)
		}
		if joint *= k; joint > 1<<11 || len(out) == 10 {
			return out
		}
		out = append(out, k)
		if r.IntN(12) == 0 {
			return out
		}
	}
}

func stateNames(k int) []string {
	var out []string
	for s := range k {
		out = append(out, fmt.Sprintf("s%d", s))
	}
	return out
}

// randomBayesNet draws a network, with each variable's parents among those before
// it. In a forest every variable has at most one.
func randomBayesNet(r *rand.Rand, forest bool) *graphical.BayesNet {
	b := graphical.NewBayesNet()
	var vars []*graphical.Variable
	for i, k := range randomStates(r) {
		v := b.Variable(fmt.Sprintf("v%d", i), stateNames(k)...)
		var parents []*graphical.Variable
		rows := 1
		for _, j := range r.Perm(i) {
			if most := 3; len(parents) < most && r.IntN(3) == 0 && (!forest || len(parents) == 0) {
				parents = append(parents, vars[j])
				rows *= vars[j].NumStates()
			}
		}
		vars = append(vars, v)
		t := b.Table(v, parents...)
		for range rows {
			t.Row(randomRow(r, k)...)
		}
	}
	net, err := b.Build()
	if err != nil {
		panic("inferencetest: " + err.Error())
	}
	return net
}

// randomRow draws a distribution, now and then with zeros or a single one.
func randomRow(r *rand.Rand, k int) []float64 {
	row := make([]float64, k)
	if r.IntN(6) == 0 {
		row[r.IntN(k)] = 1
		return row
	}
	sum := 0.0
	for s := range row {
		row[s] = r.ExpFloat64()
		if r.IntN(5) == 0 {
			row[s] = 0
		}
		sum += row[s]
	}
	if sum == 0 {
		row[r.IntN(k)], sum = 1, 1
	}
	for s := range row {
		row[s] /= sum
	}
	return row
}

// randomFactors draws a Markov network or factor graph with potentials of very
// different sizes.
func randomFactors(r *rand.Rand, forest bool) graphical.Model {
	b := graphical.NewFactors()
	var vars []*graphical.Variable
	for i, k := range randomStates(r) {
		vars = append(vars, b.Variable(fmt.Sprintf("v%d", i), stateNames(k)...))
	}
	add := func(scope ...*graphical.Variable) {
		n := 1
		for _, v := range scope {
			n *= v.NumStates()
		}
		size := math.Exp(20 * r.NormFloat64())
		values := make([]float64, n)
		for i := range values {
			values[i] = size * r.ExpFloat64()
			if r.IntN(8) == 0 {
				values[i] = 0
			}
		}
		values[r.IntN(n)] = size
		b.Factor(values, scope...)
	}
	n := len(vars)
	tree := make([]int, n) // the component of every variable, for forests
	for i := range tree {
		tree[i] = i
	}
	for range n + r.IntN(n+1) {
		var scope []*graphical.Variable
		joined := map[int]bool{}
		for _, i := range r.Perm(n)[:min(n, r.IntN(4))] {
			if !forest || !joined[tree[i]] {
				joined[tree[i]] = true
				scope = append(scope, vars[i])
			}
		}
		first := -1
		for i := range tree {
			if joined[tree[i]] {
				if first < 0 {
					first = tree[i]
				}
				tree[i] = first
			}
		}
		add(scope...)
	}
	var m graphical.Model
	var err error
	if r.IntN(2) == 0 {
		m, err = b.MarkovNet()
	} else {
		m, err = b.FactorGraph()
	}
	if err != nil {
		panic("inferencetest: " + err.Error())
	}
	return m
}

// RandomEvidence observes about a quarter of the variables, some softly.
func RandomEvidence(r *rand.Rand, m graphical.Model) graphical.Evidence {
	var ev graphical.Evidence
	if r.IntN(4) == 0 {
		return ev
	}
	for _, v := range m.Variables() {
		switch r.IntN(8) {
		case 0:
			ev = ev.And(v.Name(), v.States()[r.IntN(v.NumStates())])
		case 1:
			w := make([]float64, v.NumStates())
			for s := range w {
				w[s] = r.ExpFloat64()
			}
			if v.NumStates() > 1 {
				w[r.IntN(len(w))] = 0
			}
			ev = ev.AndLikelihood(v.Name(), w...)
		case 2: // so many pieces that their product may be beyond float64
			size := math.Exp(100 * r.NormFloat64())
			for range 1 + r.IntN(12) {
				w := make([]float64, v.NumStates())
				for s := range w {
					w[s] = size * (1 + r.Float64())
				}
				ev = ev.AndLikelihood(v.Name(), w...)
			}
		case 3:
			ev = ev.AndIndex(v.Name(), r.IntN(v.NumStates()))
		}
	}
	return ev
}
