package joint

import (
	"fmt"
	"math"
	"slices"
)

// An Independence says how far a table is from the independence of some variables.
type Independence struct {
	// Violation is the greatest |p(x, y | z) − p(x | z) p(y | z)|.
	Violation float64
	// Where are the states at which it is that large.
	Where Event
}

// Holds says whether the variables are independent up to tol. Rounding alone makes
// violations of about 1e-16; 1e-9 is far from it and from what matters.
func (i Independence) Holds(tol float64) bool { return i.Violation <= tol }

// String returns the violation and where it is.
func (i Independence) String() string {
	text := fmt.Sprintf("largest violation %.3g", i.Violation)
	for k, name := range sortedKeys(i.Where) {
		sep := ", "
		if k == 0 {
			sep = " at "
		}
		text += sep + name + "=" + i.Where[name]
	}
	return text
}

// Independence compares p(x, y | z) with p(x | z) p(y | z), where x are the variables
// of a, y those of b, and z the given ones, which may be none (Qiu 2019, equations
// D.33 and D.34). States z of probability zero do not matter.
func (t *Table) Independence(a, b []string, given ...string) (Independence, error) {
	g, err := t.group(a, b, given)
	if err != nil {
		return Independence{}, err
	}
	var out Independence
	at := -1
	g.each(t.MarginalTo(nil, g.axes...), func(s stratum) {
		for i, rows := range s.rows {
			for j, columns := range s.columns {
				gap := math.Abs(s.at(i, j)/s.total - rows/s.total*(columns/s.total))
				if at < 0 || gap > out.Violation {
					at, out.Violation = s.first+i*len(s.columns)+j, gap
				}
			}
		}
	})
	states := make([]int, len(g.axes))
	sub := space{t.pick(g.axes), g.dims}
	for k := len(states) - 1; k >= 0; k-- {
		states[k] = at % g.dims[k]
		at /= g.dims[k]
	}
	out.Where = sub.Event(states)
	return out, nil
}

// A grouping is the three groups of variables that independence is about.
type grouping struct {
	axes          []int // of z, x and y, in this order
	dims          []int
	rows, columns int // joint states of x and of y
}

// group finds the variables, which must be different.
func (s *space) group(a, b, given []string) (g grouping, err error) {
	if len(a) == 0 || len(b) == 0 {
		return g, &VariableError{"", "independence is about two groups of variables"}
	}
	if g.axes, err = s.axes(slices.Concat(given, a, b)); err != nil {
		return g, err
	}
	g.rows, g.columns = 1, 1
	for k, axis := range g.axes {
		d := s.dims[axis]
		g.dims = append(g.dims, d)
		switch {
		case k >= len(given)+len(a):
			g.columns *= d
		case k >= len(given):
			g.rows *= d
		}
	}
	return g, nil
}

// A stratum is the table of x and y for one state of z.
type stratum struct {
	cells         []float64
	rows, columns []float64 // sums
	total         float64   // positive
	first         int       // where it starts
}

func (s stratum) at(i, j int) float64 { return s.cells[i*len(s.columns)+j] }

// each calls f with the strata that are not empty.
func (g grouping) each(p []float64, f func(s stratum)) {
	size := g.rows * g.columns
	rows, columns := make([]float64, g.rows), make([]float64, g.columns)
	for from := 0; from < len(p); from += size {
		s := stratum{p[from : from+size], rows, columns, 0, from}
		clear(rows)
		clear(columns)
		for k, v := range s.cells {
			rows[k/g.columns] += v
			columns[k%g.columns] += v
			s.total += v
		}
		if s.total > 0 {
			f(s)
		}
	}
}
