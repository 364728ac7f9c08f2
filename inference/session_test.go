package inference_test

import (
	"context"
	"errors"
	"fmt"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"sync"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/inference/inferencetest"
	"github.com/belief-go/belief/internal/stream"
)

// grid is a Markov network of rows × cols variables of k states with random
// potentials on neighbours.
func grid(t testing.TB, rows, cols, k int, seed uint64) *graphical.MarkovNet {
	t.Helper()
	r := stream.New(seed, "grid")
	b := graphical.NewFactors()
	var states []string
	for s := range k {
		states = append(states, fmt.Sprint(s))
	}
	vars := make([]*graphical.Variable, rows*cols)
	for i := range vars {
		vars[i] = b.Variable(fmt.Sprintf("x%d_%d", i/cols, i%cols), states...)
	}
	join := func(i, j int) {
		values := make([]float64, k*k)
		for n := range values {
			values[n] = math.Exp(r.NormFloat64())
		}
		b.Factor(values, vars[i], vars[j])
	}
	for i := range vars {
		if i%cols+1 < cols {
			join(i, i+1)
		}
		if i+cols < len(vars) {
			join(i, i+cols)
		}
	}
	m, err := b.MarkovNet()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sameBits fails unless two answers agree to the last bit.
func sameBits(t *testing.T, what string, a, b *inference.Posterior) {
	t.Helper()
	if err := inferencetest.Compare(a, b, 0); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

// A session that has seen other evidence gives the bits of a fresh tree.
func TestSessionHistoryDoesNotShow(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(40) {
		r := stream.New(seed, "session")
		m := inferencetest.RandomModel(r, false)
		tree, err := inference.NewJunctionTree(m, inference.TreeConfig{})
		if err != nil {
			t.Fatal(err)
		}
		s := tree.NewSession()
		for step := range 12 {
			ev := inferencetest.RandomEvidence(r, m)
			if err := s.SetEvidence(ev); err != nil {
				continue
			}
			var targets []string
			if vars := m.Variables(); r.IntN(2) == 0 {
				targets = append(targets, vars[r.IntN(len(vars))].Name())
			}
			got, gotErr := s.Marginals(ctx, targets...)
			fresh := tree.NewSession()
			if err := fresh.SetEvidence(ev); err != nil {
				t.Fatal(err)
			}
			want, wantErr := fresh.Marginals(ctx, targets...)
			if (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("seed %d step %d: session %v, fresh %v", seed, step, gotErr, wantErr)
			}
			if gotErr == nil {
				sameBits(t, fmt.Sprintf("seed %d step %d", seed, step), want, got)
			}
		}
	}
}

// Any number of workers gives the same bits.
func TestWorkersDoNotShow(t *testing.T) {
	ctx := context.Background()
	m := grid(t, 14, 14, 2, 1) // large enough for goroutines to start
	var one *inference.Posterior
	for _, workers := range []int{1, 2, 3, 8} {
		tree, err := inference.NewJunctionTree(m, inference.TreeConfig{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		post, err := tree.Query(ctx, graphical.Observe("x3_3", "1"))
		if err != nil {
			t.Fatal(err)
		}
		if one == nil {
			one = post
			if post.Stats.Total < 1<<20 {
				t.Fatalf("a tree of %v entries is too small for this test", post.Stats.Total)
			}
		}
		sameBits(t, fmt.Sprintf("%d workers", workers), one, post)
	}
}

// A thousand queries at once on one tree, each with its own evidence.
func TestConcurrentQueries(t *testing.T) {
	ctx := context.Background()
	m := grid(t, 4, 5, 3, 2)
	tree, err := inference.NewJunctionTree(m, inference.TreeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	question := func(i int) graphical.Evidence {
		ev := graphical.Observe(fmt.Sprintf("x%d_%d", i%4, i%5), fmt.Sprint(i%3))
		if i%2 == 0 {
			ev = ev.AndLikelihood("x0_0", 1, float64(i), 2)
		}
		return ev
	}
	const n = 1000
	got := make([]*inference.Posterior, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			post, err := tree.Query(ctx, question(i))
			if err != nil {
				t.Error(err)
			}
			got[i] = post
		})
	}
	wg.Wait()
	for i := range n {
		want, err := tree.Query(ctx, question(i))
		if err != nil {
			t.Fatal(err)
		}
		sameBits(t, fmt.Sprintf("query %d", i), want, got[i])
	}
}

// Renaming and reordering variables, states and factors changes nothing.
func TestInvariance(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(60) {
		r := stream.New(seed, "invariance")
		m := inferencetest.RandomModel(r, false)
		// The same model with variables in another order, states turned round
		// and factors shuffled.
		b := graphical.NewFactors()
		vars := m.Variables()
		image := make([]*graphical.Variable, len(vars))
		for _, i := range r.Perm(len(vars)) {
			var states []string
			for s := vars[i].NumStates() - 1; s >= 0; s-- {
				states = append(states, vars[i].States()[s])
			}
			image[i] = b.Variable("renamed "+vars[i].Name(), states...)
		}
		for _, f := range r.Perm(m.NumFactors()) {
			factor, err := m.Factor(f)
			if err != nil {
				t.Fatal(err)
			}
			scope := factor.Scope()
			turned := make([]*graphical.Variable, len(scope))
			order := r.Perm(len(scope))
			for k, j := range order {
				turned[k] = image[m.Index(scope[j])]
			}
			values := make([]float64, len(factor.Values()))
			at, to := make([]int, len(scope)), 0
			for n := range values {
				rest := n
				for j := len(scope) - 1; j >= 0; j-- {
					at[j] = rest % scope[j].NumStates()
					rest /= scope[j].NumStates()
				}
				to = 0
				for _, j := range order {
					k := scope[j].NumStates()
					to = to*k + (k - 1 - at[j])
				}
				values[to] = factor.Values()[n]
			}
			b.Factor(values, turned...)
		}
		g, err := b.FactorGraph()
		if err != nil {
			t.Fatal(err)
		}
		want, wantErr := inference.Marginals(ctx, m, graphical.Evidence{})
		got, gotErr := inference.Marginals(ctx, g, graphical.Evidence{})
		if (wantErr == nil) != (gotErr == nil) {
			t.Fatalf("seed %d: %v and %v", seed, wantErr, gotErr)
		}
		if wantErr != nil {
			continue
		}
		if w, g := want.LogEvidence.Value, got.LogEvidence.Value; math.Abs(w-g) > 1e-10*max(1, math.Abs(w)) {
			t.Errorf("seed %d: log evidence %v and %v", seed, w, g)
		}
		for i, v := range vars {
			mg, err := got.Marginal("renamed " + v.Name())
			if err != nil {
				t.Fatal(err)
			}
			for s, p := range want.Marginals()[i].Probs {
				if q := mg.Probs[v.NumStates()-1-s]; math.Abs(p-q) > 1e-10 {
					t.Errorf("seed %d: p(%v=%d) is %v and %v", seed, v, s, p, q)
				}
			}
		}
	}
}

// A query with new evidence on a compiled tree allocates for its answer and its
// evidence, not for its cliques.
func TestRepeatedQueryAllocations(t *testing.T) {
	ctx := context.Background()
	count := func(cols int) float64 {
		m := grid(t, 3, cols, 2, 3)
		tree, err := inference.NewJunctionTree(m, inference.TreeConfig{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		return patience.Allocations(50, func() {
			i++
			ev := graphical.Evidence{}.AndLikelihood("x1_1", 1, float64(1+i%7))
			if _, err := tree.Query(ctx, ev); err != nil {
				t.Fatal(err)
			}
		})
	}
	small, large := count(50), count(400)
	if large > small+40 { // of 700 more cliques; the pool may lose a session now and then
		t.Errorf("a query allocates %v times on 50 columns and %v times on 400", small, large)
	}
}

// A session visits only what a change of evidence makes necessary.
func TestSessionRepeatsLittle(t *testing.T) {
	ctx := context.Background()
	m := grid(t, 3, 300, 2, 5)
	visited := 0.0
	tree, err := inference.NewJunctionTree(m, inference.TreeConfig{Workers: 1, Progress: func(p inference.Progress) { visited = p.Done }})
	if err != nil {
		t.Fatal(err)
	}
	s := tree.NewSession()
	ask := func(ev graphical.Evidence, targets ...string) float64 {
		t.Helper()
		visited = 0
		if err := s.SetEvidence(ev); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Marginals(ctx, targets...); err != nil {
			t.Fatal(err)
		}
		return visited
	}
	ev := graphical.Observe("x0_5", "1")
	all := ask(ev)
	if again := ask(ev); again != 0 {
		t.Errorf("the same question visits %v of %v entries", again, all)
	}
	// A finding as certain as the one before, on a variable far from the root,
	// costs a collection along one path; one on the root's costs next to none.
	costs := []float64{ask(ev.And("x1_0", "1"), "x1_0"), ask(ev.And("x1_150", "1"), "x1_150"), ask(ev.And("x1_299", "1"), "x1_299")}
	if least := min(costs[0], costs[1], costs[2]); least > all/3 {
		t.Errorf("small changes visit %v of %v entries", costs, all)
	}
}

func TestProgressAndCancel(t *testing.T) {
	m := grid(t, 14, 14, 2, 4)
	var last inference.Progress
	calls := 0
	ctx, cancel := context.WithCancel(context.Background())
	tree, err := inference.NewJunctionTree(m, inference.TreeConfig{Workers: 2, Progress: func(p inference.Progress) {
		if p.Done < last.Done || p.Done > p.Total {
			t.Errorf("progress %v after %v", p, last)
		}
		last = p
		calls++
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.Query(ctx, graphical.Evidence{}); err != nil {
		t.Fatal(err)
	}
	if calls < 10 || last.Done < 0.99*last.Total {
		t.Errorf("%d calls, the last %v", calls, last)
	}
	last = inference.Progress{}
	cancel()
	if _, err := tree.Query(ctx, graphical.Observe("x0_0", "1")); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	// A cancelled query leaves nothing wrong behind.
	last = inference.Progress{}
	ctx = context.Background()
	want, err := inference.TreeConfig{}.Marginals(ctx, m, graphical.Observe("x0_0", "1"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := tree.Query(ctx, graphical.Observe("x0_0", "1"))
	if err != nil {
		t.Fatal(err)
	}
	if err := inferencetest.Compare(want, got, 1e-10); err != nil {
		t.Error(err)
	}
}
