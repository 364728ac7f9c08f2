package transport

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// This file checks transport problems and takes out of them what has no mass.

// massTol is up to what relative difference two total masses are the same.
const massTol = 1e-9

// most is how large costs and masses may be.
const most = 1e150

// memoryBudget is what the copies of one problem may take, in bytes.
const memoryBudget = 1 << 31

// Costs returns the matrix of ‖x_i − y_j‖^p in the Euclidean norm between points in
// dim dimensions that stand one after the other, row after row: a cost for [Exact] and
// [Sinkhorn], whose p-th root is then W_p. Lengths that are no multiple of dim panic.
// The error is a [*belief.ConfigError], for a p that is not positive and finite, an
// [*InputError], for a cost that is not finite, or a [*belief.TooLargeError].
func Costs(dim int, x, y []float64, p float64) ([]float64, error) {
	if dim < 1 || len(x)%dim != 0 || len(y)%dim != 0 {
		panic(fmt.Sprintf("transport: %d and %d numbers are no points in %d dimensions", len(x), len(y), dim))
	}
	if !(p > 0) || math.IsInf(p, 1) {
		return nil, &belief.ConfigError{Field: "p", Value: p, Want: "positive and finite"}
	}
	n, m := len(x)/dim, len(y)/dim
	if err := checkSize(n, m, 8); err != nil {
		return nil, err
	}
	cost := make([]float64, 0, n*m)
	for i := range n {
		for j := range m {
			square, apart := 0.0, 0.0
			for k := range dim {
				step := x[i*dim+k] - y[j*dim+k]
				square += step * step
				apart = math.Hypot(apart, step)
			}
			c := square
			if p != 2 {
				c = power(apart, p)
			}
			if c-c != 0 { // +Inf would say that the pair is forbidden
				return nil, &InputError{"cost", len(cost), c, "finite"}
			}
			cost = append(cost, c)
		}
	}
	return cost, nil
}

// checkSize refuses matrices that are over the budget.
func checkSize(n, m, bytesPerPair int) error {
	if need := float64(n) * float64(m) * float64(bytesPerPair); need > memoryBudget {
		return &belief.TooLargeError{What: "transport problem", Bytes: need, Budget: memoryBudget,
			Advice: "thin out the points or take Sliced"}
	}
	return nil
}

// A problem is a transport problem without zero masses, scaled by powers of two.
type problem struct {
	n, m       int
	rows, cols []int     // the indices in the user's problem
	a, b       []float64 // masses, at most one in all
	cost       []float64 // at most one in size, +Inf if forbidden
	massUnit   float64   // the user's masses are a·massUnit
	costUnit   float64
	forbidden  bool // some cost is +Inf
}

// newProblem checks and copies. The lengths must fit.
func newProblem(a, b, cost []float64, bytesPerPair int) (*problem, error) {
	if len(cost) != len(a)*len(b) {
		panic(fmt.Sprintf("transport: %d costs for %d sources and %d sinks", len(cost), len(a), len(b)))
	}
	if err := checkSize(len(a), len(b), bytesPerPair); err != nil {
		return nil, err
	}
	for side, w := range [][]float64{a, b} {
		name := [2]string{"mass of source", "mass of sink"}[side]
		for i, v := range w {
			if !(v >= 0) || math.IsInf(v, 1) {
				return nil, &InputError{name, i, v, "nonnegative and finite"}
			}
		}
	}
	totalA, totalB := careful.Sum(a), careful.Sum(b)
	if total := max(totalA, totalB); total > most {
		return nil, &InputError{"total mass", -1, total, "at most 1e150"}
	}
	if math.Abs(totalA-totalB) > massTol*max(totalA, totalB) {
		return nil, &MassError{totalA, totalB}
	}
	largest := 0.0
	for i, c := range cost {
		if !math.IsInf(c, 1) && !(math.Abs(c) <= most) {
			return nil, &InputError{"cost", i, c, "at most 1e150 in size, or +Inf"}
		}
		if !math.IsInf(c, 1) {
			largest = max(largest, math.Abs(c))
		}
	}
	p := &problem{massUnit: unit(totalA), costUnit: unit(largest)}
	p.rows, p.a = positive(a, 1/p.massUnit)
	p.cols, p.b = positive(b, 1/p.massUnit*(totalA/totalB))
	p.n, p.m = len(p.rows), len(p.cols)
	heavy := 0 // first, where the tree has its root: what hangs from it sums to less
	for i, v := range p.a {
		if v > p.a[heavy] {
			heavy = i
		}
	}
	if p.n > 0 {
		p.rows[0], p.rows[heavy] = p.rows[heavy], p.rows[0]
		p.a[0], p.a[heavy] = p.a[heavy], p.a[0]
	}
	p.cost = make([]float64, 0, p.n*p.m)
	for _, i := range p.rows {
		for _, j := range p.cols {
			c := cost[i*len(b)+j]
			p.cost = append(p.cost, c/p.costUnit)
			p.forbidden = p.forbidden || math.IsInf(c, 1)
		}
	}
	return p, nil
}

// unit returns a power of two by which v is at most one, whose inverse is finite too.
func unit(v float64) float64 {
	if v == 0 {
		return 1
	}
	_, e := math.Frexp(v)
	return math.Ldexp(1, min(max(e, -1000), 1000))
}

// positive picks the positive masses.
func positive(w []float64, scale float64) (index []int, mass []float64) {
	for i, v := range w {
		if v > 0 {
			index, mass = append(index, i), append(mass, v*scale)
		}
	}
	return index, mass
}

// duals widens potentials of the problem to those of all of the user's sources and
// sinks that are feasible to the last bit but rounding, and at least as good: each v
// is raised or lowered to the least of c − u, then each u to that of c − v. It returns
// their value.
func (p *problem) duals(small, a, b, cost []float64) (u, v []float64, value float64) {
	u, v = make([]float64, len(a)), make([]float64, len(b))
	known := make([]bool, len(a))
	for k, i := range p.rows {
		u[i], known[i] = small[k]*p.costUnit, true
	}
	for j := range v {
		least := math.Inf(1)
		for i := range u {
			if known[i] {
				least = min(least, cost[i*len(b)+j]-u[i])
			}
		}
		v[j] = least
		if math.IsInf(least, 1) {
			v[j] = 0
		}
	}
	for i := range u {
		least := math.Inf(1)
		for j := range v {
			least = min(least, cost[i*len(b)+j]-v[j])
		}
		u[i] = least
		if math.IsInf(least, 1) {
			u[i] = 0
		}
	}
	var sum careful.Accumulator
	for k, i := range p.rows {
		sum.Add(p.a[k] * p.massUnit * u[i])
	}
	for k, j := range p.cols {
		sum.Add(p.b[k] * p.massUnit * v[j])
	}
	return u, v, sum.Sum()
}
