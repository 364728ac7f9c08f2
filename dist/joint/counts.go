package joint

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// Counts are how often each combination of states was observed: a contingency
// table. They are immutable.
type Counts struct {
	space
	n []float64
}

// NewCounts returns a table of counts, the states of the last variable changing
// fastest. They may be weights and need not be whole. Errors are those of [New].
func NewCounts(vars []Variable, counts []float64) (*Counts, error) {
	s, cells, err := newSpace(vars)
	if err != nil {
		return nil, err
	}
	if err := s.checkCells("counts", counts, cells); err != nil {
		return nil, err
	}
	if math.IsInf(careful.Sum(counts), 1) {
		return nil, &dist.ParameterError{Distribution: "joint table", Parameter: "sum of the counts", Value: math.Inf(1), Want: "finite"}
	}
	return &Counts{s, slices.Clone(counts)}, nil
}

// Count returns how often each combination of states occurs among observations,
// each of which has the names of the states of all variables in order. Weights, one
// for each observation, may be nil. The error names the observation.
func Count(vars []Variable, observations [][]string, weights []float64) (*Counts, error) {
	if weights != nil && len(weights) != len(observations) {
		panic(fmt.Sprintf("joint: %d weights for %d observations", len(weights), len(observations)))
	}
	s, cells, err := newSpace(vars)
	if err != nil {
		return nil, err
	}
	lookup := make([]map[string]int, len(vars))
	for k, v := range s.vars {
		lookup[k] = make(map[string]int, len(v.States))
		for i, state := range v.States {
			lookup[k][state] = i
		}
	}
	counts := make([]float64, cells)
	for i, row := range observations {
		if len(row) != len(vars) {
			return nil, &dist.FitError{Distribution: "joint table", Row: i, Problem: fmt.Sprintf("has %d states for %d variables", len(row), len(vars))}
		}
		at := 0
		for k, state := range row {
			j, ok := lookup[k][state]
			if !ok {
				_, err := s.vars[k].find(state)
				return nil, fmt.Errorf("observation %d: %w", i, err)
			}
			at = at*s.dims[k] + j
		}
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, &dist.FitError{Distribution: "joint table", Row: i, Problem: fmt.Sprintf("has weight %v", w)}
		}
		counts[at] += w
	}
	return NewCounts(vars, counts)
}

// Cells returns the counts themselves, the states of the last variable changing
// fastest. They must not be changed.
func (c *Counts) Cells() []float64 { return c.n }

// Total returns the number of observations.
func (c *Counts) Total() float64 { return careful.Sum(c.n) }

// Table returns the relative frequencies, the distribution of greatest likelihood,
// with pseudo added to each count first, the mean of the posterior under a Dirichlet
// prior with shapes pseudo. The error is a [*dist.FitError] if there is nothing to
// divide, or a [*dist.ParameterError] for an impossible pseudo.
func (c *Counts) Table(pseudo float64) (*Table, error) {
	if !(pseudo >= 0) || math.IsInf(pseudo, 1) {
		return nil, &dist.ParameterError{Distribution: "joint table", Parameter: "pseudo", Value: pseudo, Want: "finite and not negative"}
	}
	p := slices.Clone(c.n)
	for i := range p {
		p[i] += pseudo
	}
	sum := careful.Sum(p)
	if !(sum > 0) || math.IsInf(sum, 1) {
		return nil, &dist.FitError{Distribution: "joint table", Row: -1, Problem: fmt.Sprintf("the counts sum to %v", sum)}
	}
	return newTable(c.space, p, sum), nil
}

// An IndependenceTest is what counts say about the hypothesis that variables are
// independent.
type IndependenceTest struct {
	ChiSquare  float64 // Σ (n − e)²/e over cells with n observed and e expected (Pearson 1900)
	G          float64 // 2 Σ n log(n/e), twice the log likelihood ratio (Wilks 1938)
	DF         int     // degrees of freedom of the χ² distribution that both nearly have
	PChiSquare float64 // probability of a χ² at least as large if they are independent
	PG         float64 // the same for G
	Total      float64 // observations
	Least      float64 // the least expected count
	Warnings   []belief.Warning
}

// String gives both statistics with their p-values.
func (i IndependenceTest) String() string {
	return fmt.Sprintf("χ² = %.6g (p = %.3g), G = %.6g (p = %.3g), %d degrees of freedom", i.ChiSquare, i.PChiSquare, i.G, i.PG, i.DF)
}

// IndependenceTest tests whether the variables of a and those of b are independent
// given the other ones, of which there may be none. In each stratum, one joint state
// of the given variables, e is the product of the sums of row and column over the
// total, and rows and columns without observations do not count for the degrees of
// freedom, Σ (rows − 1)(columns − 1) (Agresti 2013, section 3.2; Spirtes, Glymour &
// Scheines 2000, section 5.5).
//
// The p-values are approximations for large counts. A warning says if an expected
// count is below 1, or more than a fifth of them below 5 (Cochran 1954).
func (c *Counts) IndependenceTest(a, b []string, given ...string) (IndependenceTest, error) {
	g, err := c.group(a, b, given)
	if err != nil {
		return IndependenceTest{}, err
	}
	out := IndependenceTest{Total: c.Total(), Least: math.Inf(1)}
	var square, ratio careful.Accumulator
	cells, small := 0, 0
	g.each(sumTo(nil, &c.space, c.n, g.axes), func(s stratum) {
		out.DF += max(0, positives(s.rows)-1) * max(0, positives(s.columns)-1)
		for i, row := range s.rows {
			for j, column := range s.columns {
				e := row * (column / s.total)
				if e == 0 {
					continue
				}
				n := s.at(i, j)
				gap := excess(n, row, column, s.total)
				square.Add(gap * (gap / e))
				ratio.Add(2 * deviance(n, e, gap))
				out.Least = min(out.Least, e)
				if cells++; e < 5 {
					small++
				}
			}
		}
	})
	out.ChiSquare, out.G = square.Sum(), max(0, ratio.Sum())
	if cells == 0 {
		out.Least = 0
	}
	if out.DF == 0 {
		out.PChiSquare, out.PG = 1, 1
		out.Warnings = append(out.Warnings, belief.Warning{
			Code: "nothing-to-test", Text: "one of the groups takes one state only in every stratum, so that the counts say nothing about independence",
		})
		return out, nil
	}
	half := float64(out.DF) / 2
	out.PChiSquare, out.PG = mathext.GammaIncRegComp(half, out.ChiSquare/2), mathext.GammaIncRegComp(half, out.G/2)
	if out.Least < 1 || 5*small > cells {
		out.Warnings = append(out.Warnings, belief.Warning{
			Code: "small-expected-counts",
			Text: fmt.Sprintf("%d of %d expected counts are below 5 and the least is %.3g, so that the p-values are rough; merge states or collect more", small, cells, out.Least),
		})
	}
	return out, nil
}

// excess returns n − row·column/total, in 32 digits: counts of billions may be off by
// less than one.
func excess(n, row, column, total float64) float64 {
	pair := func(v float64) careful.Pair { return careful.Pair{High: v} }
	gap := pair(n).Times(pair(total)).MinusProduct(pair(row), pair(column)).Over(pair(total)).High
	if math.IsNaN(gap) { // the products overflow
		return n - row*(column/total)
	}
	return gap
}

// deviance returns n log(n/e) − gap for the gap n − e. The gaps of a stratum sum to
// zero, and without them the terms of G, which are of the size of n where they should
// be of that of gap²/e, would cancel.
func deviance(n, e, gap float64) float64 {
	if n == 0 {
		return e
	}
	v := gap / (n + e)
	if math.Abs(v) > 0.1 {
		return n*math.Log(n/e) - gap
	}
	// log(n/e) is 2 artanh v, and the series of that less v is left.
	sum, y := 0.0, v*v
	for k := 19.0; k >= 3; k -= 2 {
		sum = (sum + 1/k) * y
	}
	return v * (gap + 2*n*sum)
}

// positives counts what is above zero.
func positives(x []float64) int {
	n := 0
	for _, v := range x {
		if v > 0 {
			n++
		}
	}
	return n
}
