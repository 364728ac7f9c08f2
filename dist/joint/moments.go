package joint

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/careful"
)

// This file has expectations, moments and functions of the variables.

// each calls f with the value of each variable, which is the position of its state
// where that stands for no number, and with the probability of every outcome that
// has one. f must not keep x.
func (t *Table) each(f func(x []float64, p float64)) {
	states, x := make([]int, len(t.vars)), make([]float64, len(t.vars))
	for _, p := range t.p {
		if p > 0 {
			for i, s := range states {
				x[i] = t.vars[i].value(s)
			}
			f(x, p)
		}
		t.next(states)
	}
}

// Expectation returns E f(X) = Σ f(x) p(x) over the outcomes of positive probability
// (Qiu 2019, equation D.35). x has the value of each variable in order, the position
// of its state where that stands for no number; f must not keep it.
func (t *Table) Expectation(f func(x []float64) float64) float64 {
	var sum careful.Accumulator
	t.each(func(x []float64, p float64) { sum.Add(p * f(x)) })
	return sum.Sum()
}

// ProbWhere returns the probability of the outcomes that f accepts, which are
// presented to it as to [Table.Expectation].
func (t *Table) ProbWhere(f func(x []float64) bool) float64 {
	return min(1, t.Expectation(func(x []float64) float64 {
		if f(x) {
			return 1
		}
		return 0
	}))
}

// numbers returns the positions of variables whose states are numbers.
func (t *Table) numbers(names []string) ([]int, error) {
	axes, err := t.axes(names)
	if err != nil {
		return nil, err
	}
	for _, i := range axes {
		if t.vars[i].Values == nil {
			return nil, &VariableError{t.vars[i].Name, "has states that stand for no numbers"}
		}
	}
	return axes, nil
}

// Mean returns E X of a variable; [*VariableError] if its states stand for no
// numbers.
func (t *Table) Mean(name string) (float64, error) {
	axes, err := t.numbers([]string{name})
	if err != nil {
		return 0, err
	}
	return t.mean(axes[0]), nil
}

// mean sums distances from one of the values, so that a variable which takes only
// that one has no variance but zero.
func (t *Table) mean(axis int) float64 {
	values, marginal := t.vars[axis].Values, t.MarginalTo(nil, axis)
	from := values[slices.IndexFunc(marginal, func(p float64) bool { return p > 0 })]
	var sum careful.Accumulator
	for s, p := range marginal {
		sum.Add(p * (values[s] - from))
	}
	return from + sum.Sum()
}

// Variance returns E (X − E X)² (Qiu 2019, equation D.37).
func (t *Table) Variance(name string) (float64, error) {
	axes, err := t.numbers([]string{name})
	if err != nil {
		return 0, err
	}
	return t.covariance(axes[0], axes[0]), nil
}

// Covariance returns E (X − E X)(Y − E Y) (Qiu 2019, equation D.38).
func (t *Table) Covariance(a, b string) (float64, error) {
	if a == b {
		return t.Variance(a)
	}
	axes, err := t.numbers([]string{a, b})
	if err != nil {
		return 0, err
	}
	return t.covariance(axes[0], axes[1]), nil
}

func (t *Table) covariance(a, b int) float64 {
	x, y := t.vars[a].Values, t.vars[b].Values
	mx, my := t.mean(a), t.mean(b)
	var sum careful.Accumulator
	if a == b {
		for s, p := range t.MarginalTo(nil, a) {
			sum.Add(p * (x[s] - mx) * (x[s] - mx))
		}
		return sum.Sum()
	}
	for k, p := range t.MarginalTo(nil, a, b) {
		sum.Add(p * (x[k/len(y)] - mx) * (y[k%len(y)] - my))
	}
	return sum.Sum()
}

// Correlation returns the covariance over the product of the standard deviations,
// NaN if one of them is zero.
func (t *Table) Correlation(a, b string) (float64, error) {
	axes, err := t.numbers([]string{a})
	if err != nil {
		return 0, err
	}
	other, err := t.numbers([]string{b})
	if err != nil {
		return 0, err
	}
	i, j := axes[0], other[0]
	x, y := t.deviations(i), t.deviations(j)
	var xx, yy, xy careful.Accumulator
	for s, p := range t.MarginalTo(nil, i) {
		xx.Add(p * x[s] * x[s])
	}
	for s, p := range t.MarginalTo(nil, j) {
		yy.Add(p * y[s] * y[s])
	}
	if i == j {
		xy = xx
	} else {
		for k, p := range t.MarginalTo(nil, i, j) {
			xy.Add(p * x[k/len(y)] * y[k%len(y)])
		}
	}
	scale := math.Sqrt(xx.Sum()) * math.Sqrt(yy.Sum())
	if scale == 0 {
		return math.NaN(), nil
	}
	return max(-1, min(1, xy.Sum()/scale)), nil
}

// deviations returns the distances of the values from their mean in a unit, a power of
// two, in which squares neither overflow nor vanish. Values of probability zero have
// none.
func (t *Table) deviations(axis int) []float64 {
	values, marginal := t.vars[axis].Values, t.MarginalTo(nil, axis)
	out := make([]float64, len(values))
	from := values[slices.IndexFunc(marginal, func(p float64) bool { return p > 0 })]
	greatest := 0.0
	for s, p := range marginal {
		if p > 0 {
			out[s] = 0.5*values[s] - 0.5*from // halves, so that no difference overflows
			if values[s] != from && out[s] == 0 {
				out[s] = values[s] - from // the smallest numbers have no halves
			}
			greatest = max(greatest, math.Abs(out[s]))
		}
	}
	_, exponent := math.Frexp(greatest)
	var mean careful.Accumulator
	for s, p := range marginal {
		out[s] = math.Ldexp(out[s], -exponent)
		mean.Add(p * out[s])
	}
	for s, p := range marginal {
		if p > 0 {
			out[s] -= mean.Sum()
		}
	}
	return out
}

// CovarianceMatrix returns the covariances of variables in the order in which they
// are named (Qiu 2019, equation D.40).
func (t *Table) CovarianceMatrix(names ...string) (*mat.SymDense, error) {
	axes, err := t.numbers(names)
	if err != nil {
		return nil, err
	}
	if len(axes) == 0 {
		return nil, &VariableError{"", "a covariance matrix needs variables"}
	}
	c := mat.NewSymDense(len(axes), nil)
	for k, i := range axes {
		for l, j := range axes[:k+1] {
			c.SetSym(k, l, t.covariance(i, j))
		}
	}
	return c, nil
}

// A Function is a number that depends on the variables of a table, and its name.
type Function struct {
	Name string
	Of   func(x []float64) float64 // as for [Table.Expectation]
}

// Functions returns the joint distribution of functions of the variables, whose
// states are the numbers that they take in outcomes of positive probability, in
// order. A function that is not finite there is a [*VariableError].
func (t *Table) Functions(functions ...Function) (*Table, error) {
	values := make([][]float64, len(functions))
	seen := make([]map[float64]int, len(functions))
	for k := range seen {
		seen[k] = map[float64]int{}
	}
	var bad error
	t.each(func(x []float64, _ float64) {
		for k, f := range functions {
			v := f.Of(x)
			if bad == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
				bad = &VariableError{f.Name, fmt.Sprintf("is %v at %v", v, x)}
			}
			if bad != nil {
				return
			}
			if _, ok := seen[k][v]; !ok {
				seen[k][v] = 0
				values[k] = append(values[k], v+0) // no −0
			}
		}
	})
	if bad != nil {
		return nil, bad
	}
	vars := make([]Variable, len(functions))
	for k, f := range functions {
		slices.Sort(values[k])
		for s, v := range values[k] {
			seen[k][v] = s
		}
		vars[k] = NewNumber(f.Name, values[k]...)
	}
	s, cells, err := newSpace(vars)
	if err != nil {
		return nil, err
	}
	sums := make([]careful.Accumulator, cells)
	t.each(func(x []float64, p float64) {
		at := 0
		for k, f := range functions {
			at = at*s.dims[k] + seen[k][f.Of(x)]
		}
		sums[at].Add(p)
	})
	p := make([]float64, cells)
	for i := range p {
		p[i] = sums[i].Sum()
	}
	return newTable(s, p, careful.Sum(p)), nil
}
