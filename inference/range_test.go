package inference_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// star is a class with many symptoms; the first half of them speak for one class
// and the second half, more strongly, for the other.
func star(t testing.TB, leaves int) (*graphical.BayesNet, graphical.Evidence, float64, float64) {
	t.Helper()
	b := graphical.NewBayesNet()
	class := b.Variable("class", "a", "b")
	b.Table(class).Row(0.5, 0.5)
	var ev graphical.Evidence
	logA, logB := math.Log(0.5), math.Log(0.5)
	for i := range leaves {
		pa, pb := 0.9, 0.001
		if i >= leaves/2 {
			pa, pb = 0.001, 0.95
		}
		v := b.Variable(fmt.Sprintf("symptom%d", i), "yes", "no")
		b.Table(v, class).Row(pa, 1-pa).Row(pb, 1-pb)
		ev = ev.And(v.Name(), "yes")
		logA += math.Log(pa)
		logB += math.Log(pb)
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return net, ev, logA, logB
}

// Thousands of findings whose weight for either class vanishes half-way.
func TestOpposingEvidence(t *testing.T) {
	ctx := context.Background()
	const leaves = 4000
	net, ev, logA, logB := star(t, leaves)
	top := max(logA, logB)
	want := top + math.Log(math.Exp(logA-top)+math.Exp(logB-top))
	wantA := math.Exp(logA - want)
	tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]func() (*inference.Posterior, error){
		"compiled tree": func() (*inference.Posterior, error) { return tree.Query(ctx, ev) },
	}
	for _, e := range []inference.Engine{inference.TreeConfig{}, inference.VariableElimination{}, inference.SumProduct{}} {
		answers[e.Name()] = func() (*inference.Posterior, error) { return e.Marginals(ctx, net, ev, "class") }
	}
	for name, ask := range answers {
		post, err := ask()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := post.LogEvidence.Value; math.Abs(got-want) > 1e-10*math.Abs(want) {
			t.Errorf("%s: log evidence %v, want %v", name, got, want)
		}
		m, err := post.Marginal("class")
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(m.Probs[0]-wantA) > 1e-12 {
			t.Errorf("%s: p(a) is %v, want %v", name, m.Probs[0], wantA)
		}
	}
	// The same without the half that speaks for b: its posterior is about
	// 10^-5900, which is zero, and the evidence's probability is not.
	half := graphical.Evidence{}
	for i := range leaves / 2 {
		half = half.And(fmt.Sprintf("symptom%d", i), "yes")
	}
	post, err := tree.Query(ctx, half)
	if err != nil {
		t.Fatal(err)
	}
	if want := math.Log(0.5) + leaves/2*math.Log(0.9); math.Abs(post.LogEvidence.Value-want) > 1e-9 {
		t.Errorf("log evidence of one half is %v, want %v", post.LogEvidence.Value, want)
	}
}

// A hidden chain of 8000 steps, every one observed, against the scaled forward
// recursion (Rabiner 1989, section V.A).
func TestLongObservedChain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const steps = 8000
	move := [2][2]float64{{0.99, 0.01}, {0.2, 0.8}}
	emit := [2][2]float64{{1e-6, 1 - 1e-6}, {0.3, 0.7}}
	b := graphical.NewBayesNet()
	var before *graphical.Variable
	var ev graphical.Evidence
	forward, want := [2]float64{0.5, 0.5}, 0.0
	for i := range steps {
		h := b.Variable(fmt.Sprintf("h%d", i), "0", "1")
		if before == nil {
			b.Table(h).Row(0.5, 0.5)
		} else {
			b.Table(h, before).Row(move[0][:]...).Row(move[1][:]...)
			forward = [2]float64{forward[0]*move[0][0] + forward[1]*move[1][0], forward[0]*move[0][1] + forward[1]*move[1][1]}
		}
		o := b.Variable(fmt.Sprintf("o%d", i), "0", "1")
		b.Table(o, h).Row(emit[0][:]...).Row(emit[1][:]...)
		seen := i * i % 2
		ev = ev.AndIndex(o.Name(), seen)
		sum := forward[0]*emit[0][seen] + forward[1]*emit[1][seen]
		forward = [2]float64{forward[0] * emit[0][seen] / sum, forward[1] * emit[1][seen] / sum}
		want += math.Log(sum)
		before = h
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	last := fmt.Sprintf("h%d", steps-1)
	for _, engine := range []inference.Engine{inference.TreeConfig{}, inference.SumProduct{}, inference.VariableElimination{}} {
		post, err := engine.Marginals(ctx, net, ev, last)
		if err != nil {
			t.Fatal(err)
		}
		if got := post.LogEvidence.Value; math.Abs(got-want) > 1e-10*math.Abs(want) {
			t.Errorf("%s: log evidence %v, want %v", engine.Name(), got, want)
		}
		if got := post.Marginals()[0].Probs[0]; math.Abs(got-forward[0]) > 1e-10 {
			t.Errorf("%s: p(h=0) is %v, want %v", engine.Name(), got, forward[0])
		}
	}
}

// Potentials over the whole range of float64.
func TestExtremePotentials(t *testing.T) {
	ctx := context.Background()
	b := graphical.NewFactors()
	x, y, z := b.Variable("x", "0", "1"), b.Variable("y", "0", "1"), b.Variable("z", "0", "1")
	b.Factor([]float64{1e300, 1e-300, 5e-324, 1e300}, x, y)
	b.Factor([]float64{1e300, 1e-300, 1e-300, 1e300}, y, z)
	b.Factor([]float64{1e-300, 1e300, 1e300, 1e-300}, x, z)
	m, err := b.FactorGraph()
	if err != nil {
		t.Fatal(err)
	}
	want, err := inference.Enumeration{}.Marginals(ctx, m, graphical.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []inference.Engine{inference.TreeConfig{}, inference.VariableElimination{}} {
		got, err := engine.Marginals(ctx, m, graphical.Evidence{})
		if err != nil {
			t.Fatal(err)
		}
		if a, b := got.LogEvidence.Value, want.LogEvidence.Value; math.Abs(a-b) > 1e-10*math.Abs(b) {
			t.Errorf("%s: log Z %v, want %v", engine.Name(), a, b)
		}
		for i, mg := range want.Marginals() {
			if d := math.Abs(mg.Probs[0] - got.Marginals()[i].Probs[0]); d > 1e-10 {
				t.Errorf("%s: %v is off by %v", engine.Name(), mg.Variable, d)
			}
		}
	}
}

// Constants that cancel, in orders whose partial products leave float64.
func TestPartialProducts(t *testing.T) {
	ctx := context.Background()
	for _, constants := range [][]float64{{1e300, 1e300, 1e-300, 1e-300}, {1e-200, 1e-200, 1e200, 1e200}, {1e-300, 1e300}} {
		for _, paired := range []bool{false, true} {
			b := graphical.NewFactors()
			x, y := b.Variable("x", "0", "1"), b.Variable("y", "0", "1")
			b.Factor([]float64{1, 3}, x)
			for _, c := range constants {
				if paired {
					b.Factor([]float64{c, c, c, c}, x, y)
				} else {
					b.Factor([]float64{c})
				}
			}
			m, err := b.MarkovNet()
			if err != nil {
				t.Fatal(err)
			}
			engines := []inference.Engine{inference.TreeConfig{}, inference.VariableElimination{}, inference.Enumeration{}}
			if !paired {
				engines = append(engines, inference.SumProduct{})
			}
			for _, e := range engines {
				post, err := e.Marginals(ctx, m, graphical.Evidence{})
				if err != nil {
					t.Errorf("%s, %v: %v", e.Name(), constants, err)
					continue
				}
				if got := post.LogEvidence.Value; math.Abs(got-math.Log(8)) > 1e-11 {
					t.Errorf("%s, %v: log Z %v, want log 8", e.Name(), constants, got)
				}
				if p := post.Marginals()[0].Probs[0]; math.Abs(p-0.25) > 1e-11 {
					t.Errorf("%s, %v: p(x=0) is %v", e.Name(), constants, p)
				}
			}
		}
	}
}

// Weights below the normal range of float64, where math.Log is wrong on some
// machines, and pieces whose product is.
func TestSubnormalEvidence(t *testing.T) {
	ctx := context.Background()
	b := graphical.NewBayesNet()
	b.Table(b.Variable("x", "0", "1")).Row(0.5, 0.5)
	b.Table(b.Variable("y", "0", "1")).Row(0.5, 0.5)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	many := graphical.Evidence{}
	for range 1200 {
		many = many.AndLikelihood("x", 0.5, 0.5)
	}
	for _, c := range []struct {
		ev     graphical.Evidence
		p, log float64
	}{
		{graphical.Evidence{}.AndLikelihood("x", 1e-315, 3e-315), 0.25, math.Log(2) - 315*math.Ln10},
		{graphical.Evidence{}.AndLikelihood("x", 1e-161, 3e-161).AndLikelihood("x", 1e-161, 1e-161), 0.25, math.Log(2) - 322*math.Ln10},
		{graphical.Evidence{}.AndLikelihood("x", 1e200, 3e200).AndLikelihood("x", 1e200, 1e200), 0.25, math.Log(2) + 400*math.Ln10},
		{many, 0.5, -1200 * math.Ln2},
	} {
		for _, e := range []inference.Engine{inference.TreeConfig{}, inference.VariableElimination{}, inference.SumProduct{}, inference.Enumeration{}} {
			post, err := e.Marginals(ctx, net, c.ev)
			if err != nil {
				t.Errorf("%s: %v", e.Name(), err)
				continue
			}
			if got := post.Marginals()[0].Probs[0]; math.Abs(got-c.p) > 1e-7 { // 1e-315 has 24 binary digits
				t.Errorf("%s: p(x=0) is %v, want %v", e.Name(), got, c.p)
			}
			if got := post.LogEvidence.Value; math.Abs(got-c.log) > 1e-7 {
				t.Errorf("%s: log evidence %v, want %v", e.Name(), got, c.log)
			}
		}
	}
}
