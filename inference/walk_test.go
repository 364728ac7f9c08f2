package inference

import (
	"context"
	"fmt"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/internal/stream"
)

// The expectation of a weight is p(e), and that of a weight where a variable is in a
// state is their joint probability, exactly: summed over all draws that can be made.
func TestWeightingIsUnbiased(t *testing.T) {
	ctx := context.Background()
	seen := 0
	for i := range 300 {
		r := stream.New(uint64(i), "unbiased")
		m := tinyModel(t, r, true)
		ev := tinyEvidence(r, m).AndAll(tinyEvidence(r, m))
		want, err := Enumeration{}.Marginals(ctx, m, ev)
		if err != nil {
			continue
		}
		w, _, err := newWalk(m, ev, nil, true, "weighting")
		if err != nil || w == nil {
			t.Fatalf("model %d: %v, though the evidence is possible", i, err)
		}
		seen++
		all := make([]int, len(w.s.size))
		for v := range all {
			all[v] = v
		}
		sum := 0.0
		joint := make([][]float64, len(all))
		for v := range joint {
			joint[v] = make([]float64, len(w.s.domain[v]))
		}
		w.s.each(all, func(x []int) bool {
			q := w.prob(x)
			if math.IsNaN(q) || q == 0 {
				return true // never drawn
			}
			weight := q * math.Exp(w.logWeight(x)+w.s.log)
			sum += weight
			for v, state := range x {
				joint[v][state] += weight
			}
			return true
		})
		if math.Abs(math.Log(sum)-want.LogEvidence.Value) > 1e-11 {
			t.Errorf("model %d: E[w] = %v, want %v", i, sum, math.Exp(want.LogEvidence.Value))
		}
		for v, mg := range want.Marginals() {
			for k, p := range mg.Probs {
				if math.Abs(joint[v][k]/sum-p) > 1e-11 {
					t.Errorf("model %d: E[w 1[%v=%d]]/E[w] = %v, want %v", i, mg.Variable, k, joint[v][k]/sum, p)
				}
			}
		}
	}
	if seen < 200 {
		t.Errorf("only %d models with possible evidence", seen)
	}
}

// Draws have the frequencies and weights that the test above sums over. The limit
// on χ² has a false alarm in a million runs of the whole test.
func TestDrawsFollowTheWalk(t *testing.T) {
	for i := range 20 {
		r := stream.New(uint64(i), "draws")
		m := tinyModel(t, r, true)
		w, _, err := newWalk(m, tinyEvidence(r, m), nil, true, "")
		if err != nil {
			t.Fatal(err)
		}
		if w == nil {
			continue
		}
		const n = 20000
		counts := map[string]int{}
		probs := map[string]float64{}
		x := make([]int, len(w.s.size))
		for range n {
			l := w.draw(r, x)
			if math.IsInf(l, -1) {
				counts["dead"]++
				continue
			}
			key := fmt.Sprint(x)
			counts[key]++
			if counts[key] == 1 {
				probs[key] = w.prob(x)
				if math.Abs(l-w.logWeight(x)) > 1e-12 {
					t.Errorf("model %d: draw says weight %v, logWeight %v", i, l, w.logWeight(x))
				}
			}
		}
		chi, cells, rest, restCount := 0.0, 0, 1.0, n
		for key, q := range probs {
			if q*n >= 5 {
				d := float64(counts[key]) - q*n
				chi += d * d / (q * n)
				cells++
				rest -= q
				restCount -= counts[key]
			}
		}
		if rest*n >= 5 {
			d := float64(restCount) - rest*n
			chi += d * d / (rest * n)
		}
		// Wilson and Hilferty's normal for χ², 5.5 sigmas for 20 models.
		k := float64(max(cells, 1))
		if limit := k * math.Pow(1-2/(9*k)+5.5*math.Sqrt(2/(9*k)), 3); chi > limit {
			t.Errorf("model %d: χ² is %.1f with %d cells, more than %.1f", i, chi, cells, limit)
		}
	}
}

// Merging batches loses nothing of the mean, and memory stays as it is.
func TestRecorder(t *testing.T) {
	for _, n := range []int{1, 15, 16, 17, 1000, 4096, 5000} {
		r := newRecorder(2, 16)
		stream := stream.New(uint64(n), "recorder")
		sum := 0.0
		for range n {
			u := stream.Float64()
			sum += u
			r.add(0, []float64{u, 1 - u})
			r.next()
		}
		if math.Abs(r.mean(0)-sum/float64(n)) > 1e-12 || math.Abs(r.mean(1)-(1-sum/float64(n))) > 1e-12 {
			t.Errorf("%d draws: mean %v, want %v", n, r.mean(0), sum/float64(n))
		}
		if r.n != n || r.batches*r.per+r.in != n || r.batches >= 16 || n >= 16 && r.batches < 8 || len(r.means) != 32 {
			t.Errorf("%d draws: %d batches of %d and %d, room for %d", n, r.batches, r.per, r.in, len(r.means))
		}
	}
}

// Chains of different lengths, as an interrupt leaves them, are compared by what
// both have, and averaged by what there is.
func TestUnequalChains(t *testing.T) {
	g := &gibbsNet{width: 1}
	var chains []*gibbsChain
	sum, n := 0.0, 0
	r := stream.New(5, "unequal")
	for _, length := range []int{100, 1000, 70} {
		c := &gibbsChain{g: g, rec: newRecorder(1, 16)}
		for range length {
			u := r.Float64()
			sum += u
			n++
			c.rec.add(0, []float64{u})
			c.rec.next()
		}
		chains = append(chains, c)
	}
	st := columnsOf(chains)[0]
	if math.Abs(st.mean-sum/float64(n)) > 1e-12 {
		t.Errorf("mean %v, want %v", st.mean, sum/float64(n))
	}
	for _, c := range chains {
		if c.rec.per != chains[0].rec.per {
			t.Errorf("batches of %d and %d", c.rec.per, chains[0].rec.per)
		}
	}
}

// A sweep in the steady state takes no memory, with tables, without, and in blocks.
func TestSweepDoesNotAllocate(t *testing.T) {
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	s, err := setUp(context.Background(), net, graphical.Observe("xray", "yes"), nil)
	if err != nil {
		t.Fatal(err)
	}
	reach, err := s.reachOf(context.Background(), true)
	blocks := reach.blocks
	if err != nil || len(blocks) == 0 {
		t.Fatal("no block in asia")
	}
	for name, g := range map[string]*gibbsNet{"tables": newGibbsNet(s, blocks), "factors": withoutTables(s, blocks)} {
		r := stream.New(1, "alloc")
		x, v := s.search(r, 1000)
		if v != found {
			t.Fatal("no start")
		}
		c := newGibbsChain(g, r, x, 16, walkOf(s))
		c.every = jumpOften
		for _, random := range []bool{false, true} {
			if n := patience.Allocations(200, func() {
				c.sweep(random, true)
				c.rec.next()
			}); n > 0 {
				t.Errorf("%s, random scan %v: %v allocations per sweep", name, random, n)
			}
		}
	}
}

// A search finds a state wherever there is one, and else proves that there is none.
func TestSearch(t *testing.T) {
	for i := range 200 {
		r := stream.New(uint64(i), "search")
		m := tinyModel(t, r, i%2 == 0)
		p, err := newProblem(m, tinyEvidence(r, m).AndAll(tinyEvidence(r, m)), nil, true, false)
		if err != nil {
			continue
		}
		s, err := newSpace(p)
		if err != nil {
			t.Fatal(err)
		}
		_, impossible := Enumeration{}.Marginals(context.Background(), m, evidenceOf(p))
		if s == nil {
			if impossible == nil {
				t.Errorf("model %d is possible, but propagation finds it empty", i)
			}
			continue
		}
		x, v := s.search(r, 10000)
		if (v == found) != (impossible == nil) || v == spent {
			t.Errorf("model %d: verdict %v, enumeration says %v", i, v, impossible)
		}
		if v == found && !s.possible(x, s.scratch()) {
			t.Errorf("model %d: %v is impossible", i, x)
		}
	}
}

// evidenceOf turns findings back into evidence.
func evidenceOf(p *problem) graphical.Evidence {
	var ev graphical.Evidence
	for _, f := range p.findings {
		ev = ev.AndLikelihood(f.Variable.Name(), f.Weights...)
	}
	return ev
}
