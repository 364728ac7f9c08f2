package inference

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/patience"
	"github.com/belief-go/belief/internal/stream"
)

// prob is the probability that a treeWalk draws x.
func (w *treeWalk) prob(x []int) float64 {
	q := 1.0
	for i := range w.places {
		pl := &w.places[i]
		weights := make([]float64, pl.n)
		pl.weigh(x, weights, w.log)
		at := 0
		for a, v := range pl.vars {
			at = at*pl.dims[a] + x[v]
		}
		q *= weights[at] / total(weights)
		if pl.root != nil {
			before := 0.0
			if at > 0 {
				before = pl.root[at-1]
			}
			if p := (pl.root[at] - before) / pl.root[pl.n-1]; math.Abs(p-weights[at]/total(weights)) > 1e-14 {
				return math.NaN()
			}
		}
	}
	return q
}

// The probability of every draw is the enumerated posterior's, with tables as they
// are and with logarithms.
func TestTreeDrawsAgainstEnumeration(t *testing.T) {
	ctx := context.Background()
	n, several, impossible := 0, 0, 0
	for i := range 300 {
		r := stream.New(uint64(i), "tree draws")
		m := tinyModel(t, r, i%2 == 0)
		ev := tinyEvidence(r, m)
		s, err := setUp(ctx, m, ev, nil)
		var bad *belief.ImpossibleEvidenceError
		if err != nil {
			if _, err := (TreeSampling{}).compile(ctx, m, ev); !errors.As(err, &bad) {
				t.Errorf("model %d: error %v of evidence that is impossible", i, err)
			}
			impossible++
			continue
		}
		want := enumerate(s)
		p, err := newProblem(m, ev, nil, true, false)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := compile(ctx, p, TreeConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for _, log := range []bool{false, true} {
			session := tree.NewSession()
			session.setFindings(p.findings)
			if log {
				session.log = true
				session.rebase()
			}
			if _, err := session.logEvidence(ctx); err != nil {
				t.Fatal(err)
			}
			w, err := newTreeWalk(session)
			if err != nil {
				t.Fatal(err)
			}
			if len(w.places) > 1 {
				several++
			}
			sum := 0.0
			for j, x := range want.states {
				q := w.prob(x)
				sum += q
				if !(math.Abs(q-want.prob[j]) < 1e-12) {
					t.Errorf("model %d, logarithms %v: state %v has probability %v, want %v", i, log, x, q, want.prob[j])
				}
			}
			if !(math.Abs(sum-1) < 1e-12) {
				t.Errorf("model %d: %v of the probability is on possible states", i, sum)
			}
			// Draws go where the probabilities say: six standard deviations and a few.
			counts := make([]float64, len(want.states))
			const draws = 300
			for range draws {
				w.draw(r)
				j, ok := want.number[fmt.Sprint(w.x)]
				if !ok {
					t.Fatalf("model %d: the impossible state %v was drawn", i, w.x)
				}
				counts[j]++
			}
			if i < 5 {
				if n := patience.Allocations(20, func() { w.draw(r) }); n > 0 {
					t.Errorf("model %d: a draw allocates %v times", i, n)
				}
			}
			for j, k := range counts {
				if q := want.prob[j]; math.Abs(k-draws*q) > 6*math.Sqrt(draws*q*(1-q))+6 {
					t.Errorf("model %d: state %v came %v times in %d, want %.1f", i, want.states[j], k, draws, draws*q)
				}
			}
			n++
		}
	}
	if n < 200 || several < 100 || impossible == 0 {
		t.Errorf("%d models, %d of several cliques, %d impossible: the test sees too little", n, several, impossible)
	}
}

// A chain whose evidence underflows a float64 is drawn as it is;
// the same seed gives the same draws, settings without meaning and trees that are too
// large are refused, and an ended context is noticed.
func TestTreeSampling(t *testing.T) {
	ctx := context.Background()
	b := graphical.NewBayesNet()
	var ev graphical.Evidence
	var last *graphical.Variable
	for i := range 800 {
		x, y := b.Variable(fmt.Sprint("x", i), "0", "1"), b.Variable(fmt.Sprint("y", i), "0", "1")
		if last == nil {
			b.Table(x).Row(0.5, 0.5)
		} else {
			b.Table(x, last).Row(0.9, 0.1).Row(0.1, 0.9)
		}
		b.Table(y, x).Row(1-1e-6, 1e-6).Row(1-3e-6, 3e-6)
		ev = ev.And(y.Name(), "1")
		last = x
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	post, err := TreeConfig{}.Marginals(ctx, net, ev, "x400")
	if err != nil {
		t.Fatal(err)
	}
	const draws = 500
	first, ones := []int{}, 0.0
	at := net.Index(mustVariable(t, net, "x400"))
	n := 0
	for x, err := range (TreeSampling{Seed: 5}).States(ctx, net, ev) {
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = slices.Clone(x)
		}
		ones += float64(x[at])
		if n++; n == draws {
			break
		}
	}
	p := post.Marginals()[0].Probs[1]
	if math.Abs(ones-draws*p) > 5*math.Sqrt(draws*p*(1-p)) {
		t.Errorf("%v of %d draws have x400=1, want %.1f", ones, draws, draws*p)
	}
	for x := range (TreeSampling{Seed: 5}).States(ctx, net, ev) {
		if !slices.Equal(x, first) {
			t.Error("the same seed gives another draw")
		}
		break
	}
	var large *belief.TooLargeError
	for _, err := range (TreeSampling{Tree: TreeConfig{MemoryBudget: 1000}}).States(ctx, net, ev) {
		if !errors.As(err, &large) {
			t.Errorf("a budget of 1000 bytes gives %v", err)
		}
	}
	tree, err := NewJunctionTree(net, TreeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range (TreeSampling{Tree: TreeConfig{MemoryBudget: int64(tree.Stats().Bytes)}}).States(ctx, net, graphical.Evidence{}) {
		if !errors.As(err, &large) || large.Bytes <= tree.Stats().Bytes {
			t.Errorf("a budget for the tree alone gives %v", err)
		}
		break
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n = 0
	start := time.Now()
	for _, err := range (TreeSampling{}).States(ctx, net, ev) {
		if n++; n == 3 {
			cancel()
		}
		if err != nil {
			if !errors.Is(err, context.Canceled) || n < 3 {
				t.Errorf("%v after %d draws", err, n)
			}
			break
		}
	}
	patience.Within(t, start, 2*time.Second, "the cancelled draws")
}

func mustVariable(t *testing.T, m graphical.Model, name string) *graphical.Variable {
	t.Helper()
	v, err := m.Variable(name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
