package mcmc

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"
)

// A script is a source whose numbers are given. When they are used up, it says so
// and goes on with something.
type script struct {
	u    []float64
	at   int
	over bool
}

func (s *script) Uint64() uint64 {
	if s.at == len(s.u) {
		s.over = true
		return 1 << 52
	}
	s.at++
	return uint64(s.u[s.at-1] * (1 << 53)) // Float64 takes the lower 53 bits
}

// A law is a distribution over whole points, by their codes.
type law map[int]float64

// code is the number of a point of whole numbers below 8; −1 stands for others.
func code(x ...float64) int {
	c := 1
	for _, v := range x {
		if !(v >= 0 && v < 8) || v != math.Trunc(v) {
			return -1
		}
		c = 8*c + int(v)
	}
	return c
}

// lawOf returns the exact law of what step makes of its random numbers, all of
// them uniform on [0, 1), by finding every place where the outcome changes. Each
// place is found to 2^−22; a law that differs between two quarters' ends, and is
// the same at both, is missed.
func lawOf(step func(*rand.Rand) int) law {
	e := explorer{step: step}
	e.r = rand.New(&e.s)
	out := law{}
	e.after(nil).addTo(out, 1)
	return out
}

// An explorer walks through the numbers that a step may be given.
type explorer struct {
	step func(*rand.Rand) int
	s    script
	r    *rand.Rand
}

// An outcome is one point for certain, or a law over all. Most are the former, and
// need no map.
type outcome struct {
	one int
	all law
}

func (o outcome) addTo(l law, p float64) {
	if o.all == nil {
		l[o.one] += p
	}
	for name, q := range o.all {
		l[name] += p * q
	}
}

func (o outcome) same(other outcome) bool {
	if o.all == nil || other.all == nil {
		return o.all == nil && other.all == nil && o.one == other.one
	}
	return same(o.all, other.all)
}

// after is the outcome when the first numbers are u.
func (e *explorer) after(u []float64) outcome {
	e.s = script{u: u}
	name := e.step(e.r)
	if !e.s.over {
		return outcome{one: name}
	}
	const grid, before = 4, 0x1p-53
	at := func(v float64) outcome { return e.after(append(u, v)) }
	out := law{}
	for i := range grid {
		a, b := float64(i)/grid, float64(i+1)/grid-before
		addBetween(out, at, a, at(a), b, at(b), 20)
	}
	return outcome{all: out}
}

// addBetween adds the mean of the outcomes between a and b, of those at both ends.
func addBetween(out law, at func(float64) outcome, a float64, left outcome, b float64, right outcome, depth int) {
	if depth == 0 || left.same(right) {
		left.addTo(out, (b-a)/2)
		right.addTo(out, (b-a)/2)
		return
	}
	m := (a + b) / 2
	middle := at(m)
	addBetween(out, at, a, left, m, middle, depth-1)
	addBetween(out, at, m, middle, b, right, depth-1)
}

func same(a, b law) bool {
	return maps.EqualFunc(a, b, func(p, q float64) bool { return math.Abs(p-q) < 1e-5 })
}

// A tableTarget is a distribution over whole points, by their codes.
type tableTarget struct {
	points [][]float64
	weight law
}

// newTable gives the points of a grid weights that follow no rule; one of them is
// zero if asked for.
func newTable(zero bool, sizes ...int) *tableTarget {
	t := &tableTarget{weight: law{}, points: [][]float64{{}}}
	for _, n := range sizes {
		var longer [][]float64
		for _, p := range t.points {
			for v := range n {
				longer = append(longer, append(p[:len(p):len(p)], float64(v)))
			}
		}
		t.points = longer
	}
	r, sum := rand.New(rand.NewPCG(1, 2)), 0.0
	for i, p := range t.points {
		w := 0.1 + r.Float64()
		if zero && i == 1 {
			w = 0
		}
		t.weight[code(p...)] = w
		sum += w
	}
	for name := range t.weight {
		t.weight[name] /= sum
	}
	return t
}

func (t *tableTarget) Dim() int { return len(t.points[0]) }

func (t *tableTarget) LogDensity(x []float64) (float64, error) {
	w, ok := t.weight[code(x...)]
	if !ok {
		return 0, fmt.Errorf("no such point: %w", ErrReject)
	}
	return 3 + math.Log(w), nil
}

// matrixOf returns the transition matrix of a sampler's kernel between points of
// positive weight, and fails where a step leaves them or has no detailed state.
func matrixOf(t *testing.T, s Sampler, target *tableTarget) map[int]law {
	t.Helper()
	k, err := s.Kernel(NewGuard(target))
	if err != nil {
		t.Fatal(err)
	}
	matrix := map[int]law{}
	var state State
	for _, p := range target.points {
		if target.weight[code(p...)] == 0 {
			continue
		}
		matrix[code(p...)] = lawOf(func(r *rand.Rand) int {
			state = State{X: append(state.X[:0], p...)}
			if err := k.Init(&state); err != nil {
				t.Fatal(err)
			}
			if _, err := k.Step(r, &state); err != nil {
				t.Fatalf("from %v: %v", p, err)
			}
			if l, _ := target.LogDensity(state.X); l != state.LogDensity {
				t.Fatalf("from %v to %v: the log density is %v and the state says %v", p, state.X, l, state.LogDensity)
			}
			return code(state.X...)
		})
	}
	return matrix
}

// gaps returns how far a transition matrix is from leaving weight as it is, from
// detailed balance, and from rows that sum to one.
func gaps(matrix map[int]law, weight law) (stationary, balance, rows float64) {
	after := law{}
	for from, row := range matrix {
		sum := 0.0
		for to, p := range row {
			after[to] += weight[from] * p
			sum += p
			balance = max(balance, math.Abs(weight[from]*p-weight[to]*matrix[to][from]))
		}
		rows = max(rows, math.Abs(sum-1))
	}
	for name, w := range weight {
		stationary = max(stationary, math.Abs(after[name]-w))
	}
	return stationary, balance, rows
}

// checkMatrix holds an exact transition matrix against its target, up to the
// places of lawOf.
func checkMatrix(t *testing.T, name string, matrix map[int]law, weight law, reversible, wrong bool) {
	t.Helper()
	stationary, balance, rows := gaps(matrix, weight)
	const tol = 1e-5
	if rows > tol {
		t.Errorf("%s: a row misses one by %g", name, rows)
	}
	if wrong == (stationary < 1e-3) || !wrong && stationary > tol {
		t.Errorf("%s: stationarity is missed by %g", name, stationary)
	}
	if reversible == (balance > tol) {
		t.Errorf("%s: detailed balance is missed by %g", name, balance)
	}
}
