package process

import (
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// chiSquared tests 100,000 steps against the rows of want: Σ (c_ij − c_i p_ij)²/(c_i
// p_ij). The bound is Laurent & Massart's (2000) for a false-alarm rate of 1e-6.
func chiSquared(counts *TransitionCounts, want *MarkovChain) (stat, bound float64) {
	free := 0.0
	for i := range want.Len() {
		total := 0.0
		for j := range want.Len() {
			total += counts.Count(i, j)
		}
		free--
		for j := range want.Len() {
			p, c := want.Prob(i, j), counts.Count(i, j)
			if p == 0 {
				if c > 0 {
					return math.Inf(1), 0
				}
				continue
			}
			free++
			stat += (c - total*p) * (c - total*p) / (total * p)
		}
	}
	x := math.Log(1e6)
	return stat, free + 2*math.Sqrt(free*x) + 2*x
}

func TestSimulationAndFit(t *testing.T) {
	c := mustChain(t, []float64{0.5, 0.3, 0.2, 0}, []float64{0, 0, 1, 0}, []float64{0.1, 0, 0, 0.9}, []float64{0.25, 0.25, 0.25, 0.25})
	path := c.RandTo(make([]int, 100_000), 2, rand.New(rand.NewPCG(5, 1)))
	if path[0] != 2 {
		t.Errorf("path begins in %d", path[0])
	}
	counts, err := NewTransitionCounts(4)
	if err != nil {
		t.Fatal(err)
	}
	if err := counts.Add(path, 1); err != nil {
		t.Fatal(err)
	}
	if stat, bound := chiSquared(counts, c); stat > bound {
		t.Errorf("χ² is %v, more than %v", stat, bound)
	}
	broken := mustChain(t, []float64{0.48, 0.32, 0.2, 0}, []float64{0, 0, 1, 0}, []float64{0.1, 0, 0, 0.9}, []float64{0.25, 0.25, 0.25, 0.25})
	if stat, bound := chiSquared(counts, broken); stat < bound {
		t.Errorf("a chain that is off by 0.02 is accepted: χ² %v, bound %v", stat, bound)
	}
	fit, err := counts.Fit([]string{"a", "b", "c", "d"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		for j := range 4 {
			if math.Abs(fit.Prob(i, j)-c.Prob(i, j)) > 0.02 {
				t.Errorf("p_%d%d is fitted as %v, want %v", i, j, fit.Prob(i, j), c.Prob(i, j))
			}
		}
	}
	if fit.LogLikelihood(path) < c.LogLikelihood(path) {
		t.Error("the fit has a smaller likelihood than the truth")
	}
	same := rand.New(rand.NewPCG(5, 1))
	k := 0
	for i := range c.Path(2, same) {
		if i != path[k] {
			t.Fatalf("Path and RandTo differ at step %d", k)
		}
		if k++; k == 1000 {
			break
		}
	}
}

func TestCountsMerge(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	c := randomChain(t, r, 3, 0)
	whole, _ := NewTransitionCounts(3)
	shards, _ := NewTransitionCounts(3)
	for k := range 4 {
		path := c.RandTo(make([]int, 50), k%3, r)
		if err := whole.Add(path, float64(k)); err != nil {
			t.Fatal(err)
		}
		shard, _ := NewTransitionCounts(3)
		if err := shard.Add(path, float64(k)); err != nil {
			t.Fatal(err)
		}
		data, err := shard.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		back := new(TransitionCounts)
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		shards.Merge(back)
	}
	if diff := cmp.Diff(whole.counts, shards.counts); diff != "" {
		t.Errorf("merged shards (-whole +merged):\n%s", diff)
	}
	a, err := whole.Fit(nil, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	row := 0.0
	for j := range 3 {
		row += whole.Count(1, j)
	}
	if want := (whole.Count(1, 2) + 0.5) / (row + 1.5); !near(a.Prob(1, 2), want, 1e-15) {
		t.Errorf("posterior mean %v, want %v", a.Prob(1, 2), want)
	}
	whole.Reset()
	if slices.Max(whole.counts) != 0 {
		t.Error("Reset leaves counts")
	}
}

func TestCountsErrors(t *testing.T) {
	var ce *belief.ConfigError
	var tl *belief.TooLargeError
	var fe *dist.FitError
	var pe *belief.ParseError
	if _, err := NewTransitionCounts(0); !errors.As(err, &ce) {
		t.Errorf("0 states: %v", err)
	}
	if _, err := NewTransitionCounts(math.MaxInt); !errors.As(err, &tl) {
		t.Errorf("MaxInt states: %v", err)
	}
	c, _ := NewTransitionCounts(2)
	if err := c.Add([]int{0, 1, 2, -1}, 1); !errors.As(err, &fe) || fe.Row != 2 || c.Count(0, 1) != 0 {
		t.Errorf("state 2 of 2: %v", err)
	}
	for _, w := range []float64{-1, math.NaN(), math.Inf(1)} {
		if err := c.Add([]int{0, 1}, w); !errors.As(err, &fe) {
			t.Errorf("weight %v: %v", w, err)
		}
	}
	if err := c.Add([]int{0, 1}, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fit(nil, 0); !errors.As(err, &fe) {
		t.Errorf("state 1 is never left: %v", err)
	}
	for _, a := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := c.Fit(nil, a); !errors.As(err, &ce) {
			t.Errorf("pseudo-count %v: %v", a, err)
		}
	}
	if _, err := c.Fit([]string{"a"}, 1); !errors.As(err, &ce) {
		t.Errorf("one name: %v", err)
	}
	for range 3 { // weights near the largest float64 do not overflow; beyond it, an error
		_ = c.Add([]int{0, 0, 1, 0}, 8e307)
	}
	if _, err := c.Fit(nil, 0); !errors.As(err, &fe) {
		t.Errorf("infinite counts: %v", err)
	}
	good, _ := c.MarshalBinary()
	for k := range good {
		if err := c.UnmarshalBinary(good[:k]); !errors.As(err, &pe) {
			t.Errorf("%d bytes of %d: %v", k, len(good), err)
		}
	}
	bad := slices.Clone(good)
	bad[4], bad[5], bad[6], bad[7] = 255, 255, 255, 255
	if err := c.UnmarshalBinary(bad); !errors.As(err, &pe) {
		t.Errorf("4294967295 states: %v", err)
	}
}

func TestNoAllocation(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	c := randomChain(t, r, 50, 0.5)
	path, start, dst := make([]int, 1000), make([]float64, 50), make([]float64, 50)
	start[0] = 1
	c.RandTo(path, 0, r)
	if n := patience.Allocations(10, func() { c.RandTo(path, 0, r) }); n != 0 {
		t.Errorf("RandTo allocates %v times", n)
	}
	if n := patience.Allocations(10, func() { c.LogLikelihood(path) }); n != 0 {
		t.Errorf("LogLikelihood allocates %v times", n)
	}
	if n := patience.Allocations(10, func() { c.EvolveTo(dst, start, 50) }); n > 1 {
		t.Errorf("EvolveTo allocates %v times", n)
	}
}

func BenchmarkMarkovChainRandTo(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	c := randomChain(b, r, 100, 0.5)
	path := make([]int, 1000)
	for b.Loop() {
		c.RandTo(path, 0, r)
	}
}
