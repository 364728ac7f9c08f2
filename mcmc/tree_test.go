package mcmc

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// A row is a trajectory on integers: any weights, and any rule of turning that
// looks at the same part of the row from wherever it is built. Its choices are
// not drawn: they are whole distributions.
type row struct {
	logWeight func(int) float64
	turns     func(lo, hi int) bool
	diverges  func(int) bool
	choices   []map[int]float64

	minDepth int
	oneSided bool    // only rows built forwards turn
	bias     float64 // of choices, unless 0
}

func (r *row) leaf(i int) span {
	r.choices = append(r.choices, map[int]float64{i: 1})
	return span{first: i, last: i, choice: len(r.choices) - 1, mass: newMass(r.logWeight(i))}
}

func (r *row) step(beside int, forward bool) (span, bool) {
	i := beside - 1
	if forward {
		i = beside + 1
	}
	return r.leaf(i), !r.diverges(i)
}

func (r *row) join(a, b span) (span, bool) {
	lo, hi := min(a.first, b.last), max(a.first, b.last)
	a.last = b.last
	return a, r.turns(lo, hi) && !(r.oneSided && b.last == lo)
}

func (r *row) choose(a, b int, p float64) int {
	if r.bias > 0 {
		p *= r.bias
	}
	c := map[int]float64{}
	for i, q := range r.choices[a] {
		c[i] += (1 - p) * q
	}
	for i, q := range r.choices[b] {
		c[i] += p * q
	}
	r.choices = append(r.choices, c)
	return len(r.choices) - 1
}

// transition is the distribution after a step from i, all directions enumerated.
func (r *row) transition(i, depth int) map[int]float64 {
	out := map[int]float64{}
	n := 1 << depth
	for directions := range n {
		r.choices = nil
		drawn, _ := growTree(r, r.leaf(i), r.minDepth, depth, uint64(directions))
		for j, p := range r.choices[drawn] {
			out[j] += p / float64(n)
		}
	}
	return out
}

// unbalance is the largest violation of detailed balance, relative to the flow.
func (r *row) unbalance(t *testing.T, depth int) float64 {
	reach := 1 << depth
	to := map[int]map[int]float64{}
	for i := -2 * reach; i <= 2*reach; i++ {
		to[i] = r.transition(i, depth)
		total := 0.0
		for _, p := range to[i] {
			total += p
		}
		if math.Abs(total-1) > 1e-12 {
			t.Fatalf("probabilities from %d sum to %v", i, total)
		}
	}
	worst := 0.0
	for i := -reach; i <= reach; i++ {
		for j := range to[i] {
			there := math.Exp(r.logWeight(i)) * to[i][j]
			back := math.Exp(r.logWeight(j)) * to[j][i]
			worst = max(worst, math.Abs(there-back)/max(there, back))
		}
	}
	return worst
}

func testRow(seed uint64) *row {
	hash := func(i, j int) float64 {
		return rand.New(rand.NewPCG(seed, uint64(i+1000)<<20|uint64(j+1000))).Float64()
	}
	return &row{
		logWeight: func(i int) float64 { return 3 * hash(i, i) },
		turns:     func(lo, hi int) bool { return hash(lo, hi) < 0.15 },
		diverges:  func(i int) bool { return hash(i, -1) < 0.03 },
	}
}

// Every tree of depth 5 on a row of integers, with every sequence of directions:
// the flow from any point to any other is that back, to rounding.
func TestTreeDetailedBalance(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := testRow(seed)
			r.minDepth = int(seed % 3)
			if worst := r.unbalance(t, 5); worst > 1e-12 {
				t.Errorf("detailed balance is violated by %.3g", worst)
			}
		})
	}
}

// Broken trees show that the test can fail: a row whose turning depends on the
// side from which it was built, and choices that are not by the weights.
func TestTreeUnbalanced(t *testing.T) {
	for name, r := range map[string]*row{
		"one-sided turns": {oneSided: true},
		"biased choices":  {bias: 0.9},
	} {
		good := testRow(1)
		r.logWeight, r.turns, r.diverges = good.logWeight, good.turns, good.diverges
		if worst := r.unbalance(t, 4); worst < 1e-2 {
			t.Errorf("%s: detailed balance is violated by %.3g only", name, worst)
		}
	}
}

// Sums and quotients of masses are right with and without shifts.
func TestMass(t *testing.T) {
	for _, a := range []float64{-1e5, -400, -299, 0, 299, 310, 1e5} {
		for _, b := range []float64{-1e5, -401, -298, 0, 298, 311, 1e5} {
			sum := newMass(a).plus(newMass(b))
			got := math.Log(sum.m) + sum.shift
			want := max(a, b) + math.Log1p(math.Exp(-math.Abs(a-b)))
			if math.Abs(got-want) > 1e-12*max(1, math.Abs(want)) {
				t.Errorf("exp(%g) + exp(%g) = exp(%v), want exp(%v)", a, b, got, want)
			}
			if got, want := newMass(a).over(newMass(b)), min(1, math.Exp(a-b)); math.Abs(got-want) > 1e-12*want {
				t.Errorf("exp(%g)/exp(%g) = %v, want %v", a, b, got, want)
			}
		}
	}
}

func TestExp(t *testing.T) {
	for l := -massLimit + 0.0; l < massLimit; l += 0.0137 {
		if got, want := exp(l), math.Exp(l); math.Abs(got-want) > 2e-14*want {
			t.Fatalf("exp(%v) = %v, want %v", l, got, want)
		}
	}
	if exp(0) != 1 {
		t.Errorf("exp(0) = %v", exp(0))
	}
}
