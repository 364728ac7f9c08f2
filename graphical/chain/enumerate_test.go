package chain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// all is what enumeration of all paths says of a chain: the judge of everything here.
type all struct {
	z           float64
	gamma       []float64 // T×S
	pairs       []float64 // (T−1)×S×S
	transition  []float64 // S×S: the sum of pairs
	paths       [][]int
	probability []float64 // of each path; see sort
}

// enumerate goes over all S^T paths.
func enumerate(m Markov, e Evidence) all {
	s := m.States()
	n := e.Len(s)
	a := all{gamma: make([]float64, n*s), pairs: make([]float64, max(n-1, 0)*s*s), transition: make([]float64, s*s)}
	path := make([]int, n)
	for {
		p := 1.0
		for t, j := range path {
			if t == 0 {
				p *= m.Initial[j]
			} else {
				p *= at(m, t, path[t-1], j)
			}
			p *= math.Exp(e.row(t, s)[j])
		}
		a.z += p
		for t, j := range path {
			a.gamma[t*s+j] += p
			if t > 0 {
				a.pairs[(t-1)*s*s+path[t-1]*s+j] += p
				a.transition[path[t-1]*s+j] += p
			}
		}
		a.paths, a.probability = append(a.paths, slices.Clone(path)), append(a.probability, p)
		t := n - 1
		for ; t >= 0; t-- {
			if path[t]++; path[t] < s {
				break
			}
			path[t] = 0
		}
		if t < 0 {
			break
		}
	}
	for _, x := range [][]float64{a.gamma, a.pairs, a.transition} {
		for i := range x {
			x[i] /= a.z
		}
	}
	a.sort()
	return a
}

// sort puts the most probable path first, and of equal ones that with the smaller state
// where they differ last.
func (a *all) sort() {
	order := make([]int, len(a.paths))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int {
		switch {
		case a.probability[x] > a.probability[y]:
			return -1
		case a.probability[x] < a.probability[y]:
			return 1
		}
		for t := len(a.paths[x]) - 1; t >= 0; t-- {
			if d := a.paths[x][t] - a.paths[y][t]; d != 0 {
				return d
			}
		}
		return 0
	})
	paths, probability := make([][]int, len(order)), make([]float64, len(order))
	for i, o := range order {
		paths[i], probability[i] = a.paths[o], a.probability[o]
	}
	a.paths, a.probability = paths, probability
}

// at is the transition from i to j that leads to time t.
func at(m Markov, t, i, j int) float64 {
	s := m.States()
	if m.Varying {
		return m.Transition[(t-1)*s*s+i*s+j]
	}
	return m.Transition[i*s+j]
}

// randomChain makes a chain of so many states and times: zeros is how probable a zero is
// in each place. It need not be normalized.
func randomChain(r *rand.Rand, s, n int, varying, index bool, zeros float64) (Markov, Evidence) {
	number := func() float64 {
		if r.Float64() < zeros {
			return 0
		}
		return r.ExpFloat64()
	}
	fill := func(n int) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = number()
		}
		return x
	}
	m := Markov{Initial: fill(s), Transition: fill(s * s), Varying: varying}
	if varying {
		m.Transition = fill(max(n-1, 0) * s * s)
	}
	e := Evidence{Log: fill(n * s)}
	if index {
		e.Log = fill(3 * s)
		e.Index = make([]int, n)
		for t := range e.Index {
			e.Index[t] = r.IntN(3)
		}
	}
	for i, v := range e.Log {
		e.Log[i] = math.Log(v)
	}
	return m, e
}

// randomChains calls body for many small chains of all kinds.
func randomChains(t *testing.T, body func(t *testing.T, r *rand.Rand, m Markov, e Evidence)) {
	t.Helper()
	r := rand.New(rand.NewPCG(6, 1))
	for trial := range 300 {
		s, n := 1+r.IntN(4), 1+r.IntN(6)
		zeros := []float64{0, 0, 0.3}[r.IntN(3)]
		m, e := randomChain(r, s, n, r.IntN(2) == 0, r.IntN(2) == 0, zeros)
		t.Run(fmt.Sprintf("%d: S=%d T=%d varying=%v", trial, s, n, m.Varying), func(t *testing.T) { body(t, r, m, e) })
	}
}

// near holds slices against each other.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], want[i])
		}
		if want[i] == 0 && got[i] != 0 {
			t.Fatalf("%s: number %d is %v, want exactly 0", what, i, got[i])
		}
	}
}
