package chain

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
)

// Distributions emits from any distribution of package dist, one for each state. Those of
// numbers are made vectors by [dist.Product], with any of whose cells missing the others
// count; rows of other distributions are there or missing as a whole.
type Distributions []dist.Multivariate

// States implements [Emission].
func (d Distributions) States() int { return len(d) }

// Dim implements [Emission].
func (d Distributions) Dim() int {
	if len(d) == 0 || d[0] == nil {
		return 0
	}
	return d[0].Dim()
}

// LogProbTo implements [Emission].
func (d Distributions) LogProbTo(dst, rows []float64) error {
	s, n := d.States(), d.Dim()
	checkRows(dst, rows, s, n)
	for t := range len(rows) / n {
		row := rows[t*n : (t+1)*n]
		missing := 0
		for _, v := range row {
			if v != v {
				missing++
			}
		}
		for i, p := range d {
			l := 0.0
			switch product, ok := p.(dist.Product); {
			case missing == n:
			case missing == 0:
				l = p.LogProb(row)
			case !ok:
				return &data.ValueError{Column: "row", Row: t, Value: math.NaN(), Want: fmt.Sprintf("there or missing as a whole for a %T", p)}
			default:
				for j, v := range row {
					if v == v {
						l += product[j].LogProb(v)
					}
				}
			}
			if !(l <= math.MaxFloat64) {
				return &data.ValueError{Column: "row", Row: t, Value: l, Want: fmt.Sprintf("one with a finite log density in state %d", i)}
			}
			dst[t*s+i] = l
		}
	}
	return nil
}

// missingRow says whether no cell is there.
func missingRow(row []float64) bool {
	for _, v := range row {
		if v == v {
			return false
		}
	}
	return true
}

// laterRow is an error of a row that is so many rows further on.
func laterRow(err error, rows int) error {
	var v *data.ValueError
	if errors.As(err, &v) {
		later := *v
		later.Row += rows
		return &later
	}
	return err
}

// RandTo implements [Emission].
func (d Distributions) RandTo(dst []float64, state int, r *rand.Rand) []float64 {
	return d[state].RandTo(grow(dst, d.Dim()), r)
}

// Validate implements [Emission]: all are there, of one dimension, and valid.
func (d Distributions) Validate() error {
	if len(d) == 0 {
		return &belief.ConfigError{Field: "Distributions", Value: "empty", Want: "one distribution for each state"}
	}
	for i, p := range d {
		field := fmt.Sprintf("Distributions[%d]", i)
		if p == nil {
			return &belief.ConfigError{Field: field, Value: "nil", Want: "a distribution"}
		}
		if v, ok := p.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
		}
		if n := p.Dim(); n < 1 || n != d[0].Dim() {
			return &belief.ConfigError{Field: field, Value: fmt.Sprintf("one of %d numbers", n), Want: fmt.Sprintf("one of %d, at least one, as the first", d[0].Dim())}
		}
	}
	return nil
}
