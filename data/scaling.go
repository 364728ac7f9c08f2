package data

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
)

// A Scaling shifts and scales columns, and undoes it: (x − Means[k]) / Scales[k] in
// the column of name Columns[k]. It is learnt on training data and applied to others.
type Scaling struct {
	Columns []string  `json:"columns"`
	Means   []float64 `json:"means"`
	Scales  []float64 `json:"scales"`
}

// Standardize returns the scaling that gives mean 0 and standard deviation 1 to the
// columns of the given names, or to all columns of numbers. It goes over the source
// once. Missing cells do not count; a column that is constant is only shifted. A
// column without finite values, or whose standard deviation is not finite, is a
// [*belief.ConfigError].
func Standardize(src Source, names ...string) (*Scaling, error) {
	if len(names) == 0 {
		for _, c := range src.Columns() {
			if c.Categories == nil {
				names = append(names, c.Name)
			}
		}
	}
	at, err := numbersOf(src, names)
	if err != nil {
		return nil, err
	}
	sum, err := Summarize(src)
	if err != nil {
		return nil, err
	}
	s := &Scaling{Columns: append([]string(nil), names...)}
	for _, j := range at {
		c := sum.Columns[j]
		if !(c.SD <= math.MaxFloat64) {
			return nil, &belief.ConfigError{Field: "names", Value: c.Name, Want: fmt.Sprintf("a column with a finite standard deviation, not %v", c.SD)}
		}
		scale := c.SD
		if c.Min == c.Max || scale == 0 {
			scale = 1
		}
		s.Means, s.Scales = append(s.Means, c.Mean), append(s.Scales, scale)
	}
	return s, nil
}

// numbersOf finds columns of numbers.
func numbersOf(src Source, names []string) ([]int, error) {
	at, err := indicesOf(src.Columns(), names)
	if err != nil {
		return nil, err
	}
	columns := src.Columns()
	for _, j := range at {
		if c := columns[j]; c.Categories != nil {
			return nil, &belief.ConfigError{Field: "names", Value: c.Name, Want: "a column of numbers"}
		}
	}
	return at, nil
}

// Apply returns the source with its columns scaled; others stay as they are. A column
// of the scaling that the source does not have is a [*belief.UnknownNameError].
func (s *Scaling) Apply(src Source) (Source, error) {
	return s.mapped(src, func(v, mean, scale float64) float64 {
		d := v - mean
		if math.IsInf(d, 0) { // perhaps of finite values
			return v/scale - mean/scale
		}
		return d / scale
	})
}

// Undo returns the source with its scaled columns as they were before.
func (s *Scaling) Undo(src Source) (Source, error) {
	return s.mapped(src, func(v, mean, scale float64) float64 {
		x := mean + scale*v
		if math.IsInf(x, 0) { // perhaps on the way only
			return 4 * (mean/4 + scale/4*v)
		}
		return x
	})
}

func (s *Scaling) mapped(src Source, f func(v, mean, scale float64) float64) (Source, error) {
	if len(s.Means) != len(s.Columns) || len(s.Scales) != len(s.Columns) {
		return nil, &belief.ConfigError{Field: "Means, Scales", Value: fmt.Sprintf("%d, %d numbers", len(s.Means), len(s.Scales)), Want: "one for each of Columns"}
	}
	at, err := numbersOf(src, s.Columns)
	if err != nil {
		return nil, err
	}
	means, scales := append([]float64(nil), s.Means...), append([]float64(nil), s.Scales...)
	for k, scale := range scales {
		if !(scale > 0 && scale <= math.MaxFloat64) || math.IsNaN(means[k]) || math.IsInf(means[k], 0) {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("Scales[%d]", k), Value: scale, Want: "positive and finite, and the mean finite"}
		}
	}
	return newMapped(mapped{src: src, columns: src.Columns(), weights: -1, row: func(dst, row []float64) {
		copy(dst, row)
		for k, j := range at {
			dst[j] = f(row[j], means[k], scales[k])
		}
	}}), nil
}
