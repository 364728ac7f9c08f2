package diagnostics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// A Model is a name and what [LOO] or [WAIC] found for it.
type Model struct {
	Name       string
	Predictive *Predictive
}

// A Comparison lists models by expected log predictive density, the best first.
type Comparison struct {
	Rows     []ComparisonRow  `json:"models"`
	Warnings []belief.Warning `json:"warnings"`
}

// A ComparisonRow is a model in a [Comparison].
type ComparisonRow struct {
	Name string `json:"name"`
	// Difference is the ELPD less that of the best model, with the standard error of
	// the difference of the same observations, which is mostly far smaller than the
	// errors of the two suggest. That of the best is exactly 0.
	Difference belief.Estimate `json:"elpd_diff"`
	ELPD       belief.Estimate `json:"elpd"`
	P          belief.Estimate `json:"p"`
}

// Sizes below which the standard error of a difference is not to be trusted
// (Sivula, Magnusson, Matamoros and Vehtari 2020).
const (
	smallDifference    = 4
	fewestObservations = 100
)

// Compare compares models of the same observations (Vehtari, Gelman and Gabry 2017,
// equation 24). The error is a [*belief.ConfigError] if there is none, or they were not
// made by the same method from as many observations.
func Compare(models ...Model) (*Comparison, error) {
	if len(models) == 0 {
		return nil, &belief.ConfigError{Field: "models", Value: "empty", Want: "at least one model"}
	}
	first := models[0].Predictive
	for i, m := range models {
		p := m.Predictive
		if p == nil || p.Method != first.Method || len(p.Points) != len(first.Points) {
			value := "missing"
			if p != nil {
				value = fmt.Sprintf("%s of %d observations", p.Method, len(p.Points))
			}
			want := "made by LOO or WAIC"
			if first != nil {
				want = fmt.Sprintf("%s of %d observations, as the first is", first.Method, len(first.Points))
			}
			return nil, &belief.ConfigError{Field: fmt.Sprintf("models[%d]", i), Value: value, Want: want}
		}
	}
	models = slices.Clone(models)
	slices.SortStableFunc(models, func(a, b Model) int {
		return cmp.Compare(b.Predictive.ELPD.Value, a.Predictive.ELPD.Value)
	})
	c := &Comparison{Warnings: []belief.Warning{}}
	best := models[0]
	var tied []string
	for i, m := range models {
		row := ComparisonRow{Name: m.Name, ELPD: m.Predictive.ELPD, P: m.Predictive.P}
		if i > 0 {
			row.Difference = difference(m.Predictive, best.Predictive)
			if row.Difference.Value > -smallDifference {
				tied = append(tied, m.Name)
			}
		}
		c.Rows = append(c.Rows, row)
		for _, w := range m.Predictive.Warnings {
			w.Where = m.Name + ", " + w.Where
			c.Warnings = append(c.Warnings, w)
		}
	}
	if len(tied) > 0 {
		c.Warnings = append(c.Warnings, belief.Warning{Code: "small-difference", Where: listed(tied),
			Text: fmt.Sprintf("less than %d behind %s: as good, for all that is known here", smallDifference, best.Name)})
	}
	if n := len(first.Points); n < fewestObservations && len(models) > 1 {
		c.Warnings = append(c.Warnings, belief.Warning{Code: "few-observations",
			Text: fmt.Sprintf("with %d observations, fewer than %d, errors of differences are likely too small", n, fewestObservations)})
	}
	return c, nil
}

// difference is the ELPD of a less that of b.
func difference(a, b *Predictive) belief.Estimate {
	d := make([]float64, len(a.Points))
	for i := range d {
		d[i] = a.Points[i].ELPD - b.Points[i].ELPD
	}
	return total(d)
}

// total returns the sum of x with its standard error √(n · variance), as of a sample
// of observations; NaN for a single one.
func total(x []float64) belief.Estimate {
	return belief.Estimate{
		Value:  careful.Sum(x),
		Kind:   belief.Sampled,
		StdErr: math.Sqrt(float64(len(x)) * variance(x, mean(x))),
	}
}

// String returns a table with a row for each model, and the warnings.
func (c *Comparison) String() string {
	rows := [][]string{{"", "elpd_diff", "se_diff", "elpd", "se", "p"}}
	for _, r := range c.Rows {
		rows = append(rows, []string{
			r.Name,
			fitted(r.Difference.Value, r.Difference.StdErr), fitted(r.Difference.StdErr, r.Difference.StdErr),
			fitted(r.ELPD.Value, r.ELPD.StdErr), fitted(r.ELPD.StdErr, r.ELPD.StdErr),
			fitted(r.P.Value, r.P.StdErr),
		})
	}
	var b strings.Builder
	writeAligned(&b, rows)
	for _, w := range c.Warnings {
		fmt.Fprintf(&b, "warning: %v\n", w)
	}
	return b.String()
}
