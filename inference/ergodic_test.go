package inference_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// xor is a network in which single moves keep z = x ⊕ y wherever it is.
func xor(t testing.TB) *graphical.BayesNet {
	t.Helper()
	b := graphical.NewBayesNet()
	x, y, z := b.Variable("x", "0", "1"), b.Variable("y", "0", "1"), b.Variable("z", "0", "1")
	b.Table(x).Row(0.7, 0.3)
	b.Table(y).Row(0.6, 0.4)
	b.Table(z, x, y).Row(1, 0).Row(0, 1).Row(0, 1).Row(1, 0)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// parityGraph is a product of xor constraints over n bits in a row, undirected,
// with weights that make ones less likely.
func parityGraph(t testing.TB, n int) *graphical.FactorGraph {
	t.Helper()
	b := graphical.NewFactors()
	var bits []*graphical.Variable
	for i := range n {
		v := b.Variable(fmt.Sprint("b", i), "0", "1")
		bits = append(bits, v)
		b.Factor([]float64{0.6, 0.4}, v)
		if i >= 2 {
			b.Factor([]float64{1, 0, 0, 1, 0, 1, 1, 0}, bits[i-2], bits[i-1], v)
		}
	}
	m, err := b.FactorGraph()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func codes(post *inference.Posterior) string {
	var out []string
	for _, w := range post.Warnings {
		out = append(out, w.Code)
	}
	return strings.Join(out, " ")
}

// furthest is the largest difference from enumeration, in standard errors and in
// probability.
func furthest(t *testing.T, m graphical.Model, ev graphical.Evidence, post *inference.Posterior) (errors, prob float64) {
	t.Helper()
	want, err := inference.Marginals(context.Background(), m, ev)
	if err != nil {
		t.Fatal(err)
	}
	for i, mg := range want.Marginals() {
		for s, p := range mg.Probs {
			d := math.Abs(p - post.Marginals()[i].Probs[s])
			prob = max(prob, d)
			if se := post.Marginals()[i].Accuracy[s].StdErr; d > 1e-9 {
				errors = max(errors, d/se)
			}
		}
	}
	return errors, prob
}

// Plain Gibbs sampling of an xor is wrong, and with one chain nothing in its draws
// can tell: it must be told before the run.
func TestXor(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name    string
		m       graphical.Model
		gibbs   inference.Gibbs
		wrong   bool
		warning string
	}{
		{"single chain", xor(t), inference.Gibbs{SingleSite: true, Chains: 1, Sweeps: 4000}, true, "not-ergodic"},
		{"single site", xor(t), inference.Gibbs{SingleSite: true, Sweeps: 4000, RandomScan: true}, true, "not-ergodic"},
		{"blocks", xor(t), inference.Gibbs{Sweeps: 4000}, false, ""},
		{"undirected, single site", parityGraph(t, 8), inference.Gibbs{SingleSite: true, Chains: 1, Sweeps: 4000}, true, "not-ergodic"},
		{"undirected, blocks", parityGraph(t, 8), inference.Gibbs{Sweeps: 4000}, false, ""},
	} {
		post, err := c.gibbs.Marginals(ctx, c.m, graphical.Evidence{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		z, off := furthest(t, c.m, graphical.Evidence{}, post)
		if c.wrong && off < 0.1 {
			t.Errorf("%s: the answer is right, so the test shows nothing", c.name)
		}
		if !c.wrong && z > 5 {
			t.Errorf("%s: off by %.1f standard errors", c.name, z)
		}
		if !strings.HasPrefix(codes(post), c.warning) || c.warning == "" && codes(post) != "" || post.Converged == c.wrong {
			t.Errorf("%s: converged %v, warnings %v", c.name, post.Converged, post.Warnings)
		}
		if c.wrong && !strings.Contains(post.Warnings[0].Text, "junction-tree") {
			t.Errorf("%s: %q does not say what to use", c.name, post.Warnings[0])
		}
	}
}

// A deterministic network of which everything is reached in blocks or by whole
// states, and one too large to tell.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := graphical.NewBayesNet()
	root := b.Variable("root", "0", "1")
	b.Table(root).Row(0.8, 0.2)
	last := root
	for i := range 9 { // copies: all must move together
		v := b.Variable(fmt.Sprint("copy", i), "0", "1")
		b.Table(v, last).Row(1, 0).Row(0, 1)
		last = v
	}
	copies, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	ev := graphical.Evidence{}.AndLikelihood("copy8", 1, 3)
	post, err := inference.Gibbs{Sweeps: 2000}.Marginals(ctx, copies, ev)
	if err != nil {
		t.Fatal(err)
	}
	if z, _ := furthest(t, copies, ev, post); z > 5 || codes(post) != "" || post.Sampling.Blocks == 0 {
		t.Errorf("copies: off by %.1f standard errors, warnings %v, %d blocks", z, post.Warnings, post.Sampling.Blocks)
	}
	large := parityGraph(t, 200)
	if post, err = (inference.Gibbs{Sweeps: 300}).Marginals(ctx, large, graphical.Evidence{}); err != nil {
		t.Fatal(err)
	}
	// Two bits decide all, and no move of a few leads from one state to another.
	if _, off := furthest(t, large, graphical.Evidence{}, post); off < 0.1 || post.Converged || !strings.Contains(codes(post), "ergodicity-unproven") {
		t.Errorf("200 bits: off by %.2f, warnings %v", off, post.Warnings)
	}
	grid := colours(t, 12)
	if post, err = (inference.Gibbs{Sweeps: 200}).Marginals(ctx, grid, graphical.Evidence{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(codes(post), "ergodicity-unproven") {
		t.Errorf("a grid of three colours: warnings %v", post.Warnings)
	}
}

// colours is a grid whose neighbours must differ, in three colours.
func colours(t testing.TB, n int) *graphical.MarkovNet {
	t.Helper()
	b := graphical.NewFactors()
	at := make([]*graphical.Variable, n*n)
	differ := func(u, v *graphical.Variable) { b.Factor([]float64{0, 1, 1, 1, 0, 1, 1, 1, 0}, u, v) }
	for i := range at {
		at[i] = b.Variable(fmt.Sprint("c", i), "r", "g", "b")
		if i%n > 0 {
			differ(at[i-1], at[i])
		}
		if i >= n {
			differ(at[i-n], at[i])
		}
	}
	m, err := b.MarkovNet()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Three colours do not do for four that must all differ: a search proves it.
func TestNoStart(t *testing.T) {
	ctx := context.Background()
	clique := func(n int) graphical.Model {
		b := graphical.NewFactors()
		var all []*graphical.Variable
		for i := range n {
			v := b.Variable(fmt.Sprint("v", i), "r", "g", "b")
			for _, u := range all {
				b.Factor([]float64{0, 1, 1, 1, 0, 1, 1, 1, 0}, u, v)
			}
			all = append(all, v)
		}
		m, err := b.MarkovNet()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	var impossible *belief.ImpossibleEvidenceError
	if _, err := (inference.Gibbs{}).Marginals(ctx, clique(4), graphical.Evidence{}); !errors.As(err, &impossible) {
		t.Errorf("four in three colours: %v", err)
	}
	// Pigeons: ten in nine holes cannot be proven impossible in the steps allowed.
	b := graphical.NewFactors()
	const pigeons = 10
	var holes []string
	for h := range pigeons - 1 {
		holes = append(holes, fmt.Sprint("h", h))
	}
	var all []*graphical.Variable
	for i := range pigeons {
		v := b.Variable(fmt.Sprint("p", i), holes...)
		for _, u := range all {
			values := make([]float64, len(holes)*len(holes))
			for k := range values {
				if k/len(holes) != k%len(holes) {
					values[k] = 1
				}
			}
			b.Factor(values, u, v)
		}
		all = append(all, v)
	}
	m, err := b.MarkovNet()
	if err != nil {
		t.Fatal(err)
	}
	var start *inference.StartError
	if _, err := (inference.Gibbs{}).Marginals(ctx, m, graphical.Evidence{}); !errors.As(err, &start) || start.Tries == 0 {
		t.Errorf("pigeons: %v", err)
	}
}

// Many parents without a table: conditionals are asked for single probabilities.
func TestSamplersWithoutTables(t *testing.T) {
	ctx := context.Background()
	for _, n := range []int{30, 90} {
		b := graphical.NewBayesNet()
		var parents []*graphical.Variable
		for i := range n {
			v := b.Variable(fmt.Sprintf("p%d", i), "0", "1")
			b.Table(v).Row(0.9, 0.1)
			parents = append(parents, v)
		}
		b.Conditional(noisyOr{b.Variable("child", "0", "1"), parents})
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		// p(child = 0) = leak Π (1 − 0.1·0.3), and of its parents each is as likely
		// as if alone.
		none := 0.95 * math.Pow(1-0.1*0.3, float64(n))
		ev := graphical.Observe("child", "1")
		truth := (0.1 - 0.95*0.1*0.7*math.Pow(0.97, float64(n-1))) / (1 - none)
		for _, engine := range []inference.Engine{inference.Gibbs{Sweeps: 500}, inference.Weighting{Draws: 3000}, inference.Rejection{Draws: 2000}} {
			post, err := engine.Marginals(ctx, net, ev, "p7")
			if err != nil {
				t.Fatalf("%s: %v", engine.Name(), err)
			}
			m := post.Marginals()[0]
			if z := (m.Probs[1] - truth) / m.Accuracy[1].StdErr; math.Abs(z) > 5 || m.Accuracy[1].StdErr > 0.05 {
				t.Errorf("%d parents, %s: p(p7 | child) is %v ± %v, want %v", n, engine.Name(), m.Probs[1], m.Accuracy[1].StdErr, truth)
			}
			if !math.IsNaN(post.LogEvidence.Value) && math.Abs(post.LogEvidence.Value-math.Log(1-none)) > 5*post.LogEvidence.StdErr {
				t.Errorf("%d parents, %s: log evidence %v, want %v", n, engine.Name(), post.LogEvidence, math.Log(1-none))
			}
		}
	}
}

// noisyOr fails to be one with 0.95 and 0.7 for every parent that is.
type noisyOr struct {
	child   *graphical.Variable
	parents []*graphical.Variable
}

func (o noisyOr) Child() *graphical.Variable         { return o.child }
func (o noisyOr) Parents() []*graphical.Variable     { return o.parents }
func (o noisyOr) NumParameters() float64             { return 2 }
func (o noisyOr) Positive() bool                     { return true }
func (o noisyOr) Factor() (*graphical.Factor, error) { panic("lowered although too large") }
func (o noisyOr) Prob(state int, parents []int) float64 {
	q := 0.95
	for _, s := range parents {
		if s == 1 {
			q *= 0.7
		}
	}
	if state == 0 {
		return q
	}
	return 1 - q
}

// Evidence that rejection cannot reach is a typed error that says what can, and
// undirected models are refused by those that need directions.
func TestSamplersRefuse(t *testing.T) {
	ctx := context.Background()
	b := graphical.NewBayesNet()
	var ev graphical.Evidence
	for i := range 60 {
		name := fmt.Sprint("v", i)
		b.Table(b.Variable(name, "0", "1")).Row(0.9, 0.1)
		ev = ev.And(name, "1")
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	var rare *inference.RareEvidenceError
	if _, err := (inference.Rejection{Tries: 5000}).Marginals(ctx, net, ev); !errors.As(err, &rare) || rare.Draws != 5000 || !strings.Contains(err.Error(), "weighting") {
		t.Errorf("rare evidence: %v", err)
	}
	for _, err := range (inference.Rejection{Tries: 5000}).States(ctx, net, ev) {
		if !errors.As(err, &rare) {
			t.Errorf("rare evidence, states: %v", err)
		}
	}
	var directed *inference.DirectedError
	m := parityGraph(t, 4)
	if _, err := (inference.Weighting{}).Marginals(ctx, m, graphical.Evidence{}); !errors.As(err, &directed) || !strings.Contains(err.Error(), "gibbs") {
		t.Errorf("undirected: %v", err)
	}
	for _, err := range (inference.Forward{}).States(ctx, m) {
		if !errors.As(err, &directed) {
			t.Errorf("undirected, forward: %v", err)
		}
	}
	// What the exact engines refuse for its size says that there are samplers.
	var large *belief.TooLargeError
	if _, err := (inference.Auto{MemoryBudget: 10000}).Marginals(ctx, colours(t, 12), graphical.Evidence{}); !errors.As(err, &large) || !strings.Contains(err.Error(), "gibbs") {
		t.Errorf("too large: %v", err)
	}
}

// Weights of few draws are told of.
func TestHeavyWeights(t *testing.T) {
	b := graphical.NewBayesNet()
	var ev graphical.Evidence
	for i := range 30 {
		x, y := b.Variable(fmt.Sprint("x", i), "0", "1"), b.Variable(fmt.Sprint("y", i), "0", "1")
		b.Table(x).Row(0.99, 0.01)
		b.Table(y, x).Row(0.999, 0.001).Row(0.1, 0.9)
		ev = ev.And(y.Name(), "1")
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	post, err := inference.Weighting{Draws: 20000}.Marginals(context.Background(), net, ev)
	if err != nil {
		t.Fatal(err)
	}
	if post.Converged || !strings.Contains(codes(post), "low-ess") {
		t.Errorf("%d draws worth %v: warnings %v", post.Sampling.Draws, post.Sampling.ESS, post.Warnings)
	}
}
