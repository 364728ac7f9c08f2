package em

// Gaussian mixtures in files.

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/saved"
)

const gaussianKind = "gaussian-mixture"

type gaussianForm struct {
	GaussianParameters
	// The frame: what the rows of the fit were centred at and divided by.
	Origin []float64 `json:"origin"`
	Scale  []float64 `json:"scale"`
	// What the last M step has to warn of.
	Floored []int   `json:"floored,omitempty"`
	Emptied []int   `json:"emptied,omitempty"`
	Floor   float64 `json:"floor,omitempty"`
}

// MarshalJSON writes the mixture as a saved model of kind "gaussian-mixture".
func (m *GaussianModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	listed := func(marks []bool) (out []int) {
		for i, yes := range marks {
			if yes {
				out = append(out, i)
			}
		}
		return out
	}
	return saved.Marshal(gaussianKind, 1, gaussianForm{m.Values(), m.origin, m.scale, listed(m.floored), listed(m.emptied), m.floor})
}

// UnmarshalJSON reads what MarshalJSON has written. The error is a [*belief.ParseError]
// or, if the numbers are those of no mixture, a [*belief.ConfigError].
func (m *GaussianModel) UnmarshalJSON(text []byte) error {
	var f gaussianForm
	if _, err := saved.Unmarshal(text, gaussianKind, 1, &f); err != nil {
		return err
	}
	read, err := gaussianOf(f.GaussianParameters)
	if err != nil {
		return err
	}
	k, d := read.Components(), len(read.columns)
	if len(f.Origin) != d || len(f.Scale) != d {
		return &belief.ConfigError{Field: "origin", Value: len(f.Origin), Want: fmt.Sprintf("%d numbers, and so many in scale", d)}
	}
	for j, s := range f.Scale {
		if !(s >= gaussianLeast && s <= gaussianMost) || !(math.Abs(f.Origin[j]) <= math.MaxFloat64) {
			return &belief.ConfigError{Field: fmt.Sprintf("scale[%d]", j), Value: s, Want: "from 1e-140 to 1e140, with a finite origin"}
		}
	}
	for j, s := range f.Scale {
		// Where rows may be in the frame: they are there if the frame is of the same data.
		square, unit := 0.0, 0.0
		for i, w := range read.Weights {
			if w == 0 {
				continue
			}
			from := (read.Means[i][j] - f.Origin[j]) / s
			square += w * from * from
			unit += w * (math.Sqrt(read.covarianceAt(i, j, j)) / s) * (math.Sqrt(read.covarianceAt(i, j, j)) / s)
		}
		tooWide := unit > 1e16 && read.covariance != Spherical // one variance fits no columns of unlike sizes
		if !(square <= 1e16) || tooWide || !(square+unit >= 1e-24) {
			return &belief.ConfigError{Field: fmt.Sprintf("scale[%d]", j), Value: s, Want: fmt.Sprintf("with the origin %v of the size of the means and the covariances", f.Origin[j])}
		}
	}
	if !(f.Floor >= 0 && f.Floor <= 1) {
		return &belief.ConfigError{Field: "floor", Value: f.Floor, Want: "from 0 to 1"}
	}
	read.floored, read.emptied = make([]bool, k), make([]bool, k)
	for _, list := range []struct {
		from []int
		to   []bool
	}{{f.Floored, read.floored}, {f.Emptied, read.emptied}} {
		for _, i := range list.from {
			if i < 0 || i >= k {
				return &belief.ConfigError{Field: "floored or emptied", Value: i, Want: fmt.Sprintf("one of the %d components", k)}
			}
			list.to[i] = true
		}
	}
	read.origin, read.scale, read.floor = f.Origin, f.Scale, f.Floor
	if err := read.prepare(); err != nil {
		return err
	}
	// A prior is the fit's business, and stays.
	m.Weights, m.Means, m.covariance, m.columns, m.spread = read.Weights, read.Means, read.covariance, read.columns, read.spread
	m.origin, m.scale, m.floor = read.origin, read.scale, read.floor
	m.floored, m.emptied, m.gaussianCache = read.floored, read.emptied, read.gaussianCache
	return nil
}
