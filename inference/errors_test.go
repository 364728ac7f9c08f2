package inference_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/internal/patience"
)

// clinic is a small network in which the cause decides both effects.
func clinic(t testing.TB) *graphical.BayesNet {
	t.Helper()
	b := graphical.NewBayesNet().Name("clinic")
	cause := b.Variable("cause", "yes", "no")
	fever := b.Variable("fever", "high", "low", "none")
	rash := b.Variable("rash", "yes", "no")
	other := b.Variable("other", "yes", "no")
	b.Table(cause).Row(0.25, 0.75)
	b.Table(fever, cause).Row(0.5, 0.5, 0).Row(0, 0.25, 0.75)
	b.Table(rash, cause).Row(1, 0).Row(0, 1)
	b.Table(other).Row(0.5, 0.5)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestImpossibleEvidence(t *testing.T) {
	ctx := context.Background()
	net := clinic(t)
	tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ev       graphical.Evidence
		conflict []string
	}{
		{graphical.Observe("other", "yes").And("fever", "high").And("rash", "no"), []string{"fever=high", "rash=no"}},
		{graphical.Observe("fever", "none").And("cause", "yes"), []string{"cause=yes", "fever=none"}},
		{graphical.Observe("rash", "yes").And("rash", "no"), []string{"rash=yes", "rash=no"}},
		{graphical.Observe("rash", "yes").AndLikelihood("fever", 0, 0, 1).And("other", "no"), []string{"fever=none", "rash=yes"}},
	} {
		ask := map[string]func() (*inference.Posterior, error){
			"compiled": func() (*inference.Posterior, error) { return tree.Query(ctx, c.ev) },
		}
		for _, name := range inference.Methods() {
			engine, err := inference.NewEngine(name, inference.TreeConfig{})
			if err != nil {
				t.Fatal(err)
			}
			if name == "rejection" {
				engine = inference.Rejection{Tries: 100_000} // not ten millions
			}
			ask[name] = func() (*inference.Posterior, error) { return engine.Marginals(ctx, net, c.ev) }
		}
		for name, f := range ask {
			_, err := f()
			var e *belief.ImpossibleEvidenceError
			if !errors.As(err, &e) {
				t.Errorf("%s, %v: error %v", name, c.ev, err)
				continue
			}
			if name == "enumeration" {
				continue // does not look for the smallest conflict
			}
			if diff := cmp.Diff(c.conflict, e.Conflict); diff != "" {
				t.Errorf("%s, %v: conflict (-want +got):\n%s", name, c.ev, diff)
			}
		}
		if l, err := tree.LogEvidence(ctx, c.ev); err != nil || !math.IsInf(l, -1) {
			t.Errorf("%v: log evidence %v, %v", c.ev, l, err)
		}
	}
	// The tree is as good as new afterwards.
	post, err := tree.Query(ctx, graphical.Observe("fever", "high"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := post.Marginal("cause")
	if err != nil || m.Probs[0] != 1 {
		t.Errorf("p(cause | fever=high) is %v, %v", m, err)
	}
}

// The budget is checked before memory is taken, and within moments.
func TestTooLarge(t *testing.T) {
	ctx := context.Background()
	big := grid(t, 60, 60, 4, 1)
	wide := grid(t, 12, 12, 2, 1)
	for _, c := range []struct {
		name   string
		m      graphical.Model
		engine inference.Engine
	}{
		{"tree", big, inference.TreeConfig{}},
		{"elimination", big, inference.VariableElimination{}},
		{"auto", big, inference.Auto{}},
		{"enumeration", wide, inference.Enumeration{}},
		{"tree over a small budget", wide, inference.TreeConfig{MemoryBudget: 10000}},
		{"elimination over a small budget", wide, inference.VariableElimination{MemoryBudget: 10000}},
	} {
		start := time.Now()
		_, err := c.engine.Marginals(ctx, c.m, graphical.Evidence{})
		var e *belief.TooLargeError
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v", c.name, err)
			continue
		}
		if e.Bytes <= float64(e.Budget) || len(e.Error()) == 0 || strings.Contains(e.Error(), "\n") {
			t.Errorf("%s: %v (%v bytes, budget %v)", c.name, e, e.Bytes, e.Budget)
		}
		if c.name != "enumeration" && (e.Width < 10 || len(e.Largest) < 10) {
			t.Errorf("%s: width %d, largest clique %v", c.name, e.Width, e.Largest)
		}
		patience.Within(t, start, 2*time.Second, c.name)
	}
	if _, _, err := inference.Joint(ctx, wide, graphical.Evidence{}, names(wide.Variables()...)...); err == nil {
		t.Error("a joint posterior of 2^144 entries is not refused")
	}
}

func names(vars ...*graphical.Variable) (out []string) {
	for _, v := range vars {
		out = append(out, v.Name())
	}
	return out
}

// A scope too large for a table is refused by its size alone.
func TestHugeScope(t *testing.T) {
	b := graphical.NewBayesNet()
	var parents []*graphical.Variable
	for i := range 3000 {
		v := b.Variable(fmt.Sprintf("p%d", i), "0", "1")
		b.Table(v).Row(0.5, 0.5)
		parents = append(parents, v)
	}
	b.Conditional(parity{b.Variable("child", "0", "1"), parents})
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"auto", "junction-tree", "variable-elimination", "sum-product"} {
		engine, err := inference.NewEngine(name, inference.TreeConfig{})
		if err != nil {
			t.Fatal(err)
		}
		var e *belief.TooLargeError
		if _, err := engine.Marginals(context.Background(), net, graphical.Evidence{}); !errors.As(err, &e) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	// What the compact form does not touch is still answered.
	post, err := inference.Marginals(context.Background(), net, graphical.Evidence{}, "p7", "p8")
	if err != nil {
		t.Fatal(err)
	}
	if got := post.Marginals()[0].Probs[0]; got != 0.5 {
		t.Errorf("p(p7) is %v", got)
	}
}

// parity is a conditional distribution without a table.
type parity struct {
	child   *graphical.Variable
	parents []*graphical.Variable
}

func (p parity) Child() *graphical.Variable     { return p.child }
func (p parity) Parents() []*graphical.Variable { return p.parents }
func (p parity) NumParameters() float64         { return 0 }
func (p parity) Prob(state int, parents []int) float64 {
	for _, s := range parents {
		state += s
	}
	return float64(1 - state%2)
}
func (p parity) Factor() (*graphical.Factor, error) {
	scope := append(slices.Clone(p.parents), p.child)
	if len(scope) > 20 {
		panic("lowered although too large")
	}
	values := make([]float64, 1<<len(scope))
	for i := range values {
		bits := 0
		for j := i; j > 0; j >>= 1 {
			bits += j & 1
		}
		values[i] = float64(1 - bits%2)
	}
	return graphical.NewFactor(scope, values)
}

// A compact distribution works wherever its table fits.
func TestLoweredConditional(t *testing.T) {
	b := graphical.NewBayesNet()
	var parents []*graphical.Variable
	for i := range 9 {
		v := b.Variable(fmt.Sprintf("p%d", i), "0", "1")
		b.Table(v).Row(0.9, 0.1)
		parents = append(parents, v)
	}
	b.Conditional(parity{b.Variable("child", "0", "1"), parents})
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	post, err := inference.Marginals(context.Background(), net, graphical.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := post.Marginal("child")
	if want := (1 + math.Pow(0.8, 9)) / 2; err != nil || math.Abs(m.Probs[0]-want) > 1e-14 {
		t.Errorf("p(even) is %v, want %v (%v)", m.Probs[0], want, err)
	}
}

func TestLoopsAreNamed(t *testing.T) {
	_, err := inference.SumProduct{}.Marginals(context.Background(), grid(t, 2, 2, 2, 1), graphical.Evidence{})
	var e *inference.LoopError
	if !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	// Four variables and four factors, the first variable again at the end.
	if len(e.Path) != 9 || e.Path[0] != e.Path[8] {
		t.Errorf("path %v", e.Path)
	}
	for i := 1; i < len(e.Path); i += 2 {
		if !strings.Contains(e.Path[i], e.Path[i-1]) || !strings.Contains(e.Path[i], e.Path[i+1]) {
			t.Errorf("%v: %s does not join its neighbours", e.Path, e.Path[i])
		}
	}
}

func TestUnknownMethod(t *testing.T) {
	_, err := inference.NewEngine("junktion-tree", inference.TreeConfig{})
	var e *belief.UnknownNameError
	if !errors.As(err, &e) || len(e.Suggestions) == 0 || e.Suggestions[0] != "junction-tree" {
		t.Errorf("error %v", err)
	}
}

func TestSettingsWithoutMeaning(t *testing.T) {
	ctx := context.Background()
	net := clinic(t)
	for _, e := range []inference.Engine{
		inference.TreeConfig{MemoryBudget: -1},
		inference.VariableElimination{MemoryBudget: -1},
		inference.SumProduct{MemoryBudget: -1},
		inference.TreeConfig{Order: graphical.OrderConfig{Heuristic: 9}},
		inference.VariableElimination{Order: graphical.OrderConfig{MaxEntries: math.NaN()}},
		inference.Auto{Order: graphical.OrderConfig{MaxEntries: -1}},
	} {
		var bad *belief.ConfigError
		if _, err := e.Marginals(ctx, net, graphical.Evidence{}); !errors.As(err, &bad) {
			t.Errorf("%+v: error %v", e, err)
		}
	}
}

// A hub of many leaves takes time in proportion to them, and a cancelled query
// ends soon wherever it is.
func TestHubAndCancel(t *testing.T) {
	leaves := 30000
	if testing.Short() { // the race detector is slow, and finds no more in more of them
		leaves = 6000
	}
	net, ev, _, _ := star(t, leaves)
	start := time.Now()
	if _, err := (inference.TreeConfig{}).Marginals(context.Background(), net, graphical.Evidence{}); err != nil {
		t.Fatal(err)
	}
	patience.Within(t, start, 4*time.Second, fmt.Sprintf("a star of %d leaves", leaves))
	for _, after := range []time.Duration{time.Millisecond, 30 * time.Millisecond, 100 * time.Millisecond} {
		for _, e := range []inference.Engine{inference.TreeConfig{}, inference.VariableElimination{}, inference.SumProduct{}} {
			ctx, cancel := context.WithTimeout(context.Background(), after)
			start := time.Now()
			_, err := e.Marginals(ctx, net, ev, "class")
			cancel()
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", e.Name(), err)
			}
			patience.Within(t, start, after+time.Second, e.Name()+" after its context ended")
		}
	}
}
