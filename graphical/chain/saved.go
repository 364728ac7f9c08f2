package chain

import (
	"fmt"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/saved"
)

// hmmKind is what saved hidden Markov models are called in the file.
const hmmKind = "hmm"

// form is version 1 of a saved model.
type form struct {
	States     []string     `json:"states,omitempty"`
	Columns    []string     `json:"columns,omitempty"`
	Initial    []float64    `json:"initial"`
	Transition [][]float64  `json:"transition"`
	Emission   emissionForm `json:"emission"`
}

type emissionForm struct {
	Kind       string      `json:"kind"`
	Symbols    []string    `json:"symbols,omitempty"`
	P          [][]float64 `json:"p,omitempty"`
	Weights    [][]float64 `json:"weights,omitempty"`
	Mean       [][]float64 `json:"mean,omitempty"`
	Variance   [][]float64 `json:"variance,omitempty"`
	Covariance [][]float64 `json:"covariance,omitempty"`
}

// MarshalJSON writes the model, to be read back to the same bits. Emissions other than
// [*Categorical], [*Gaussian] and [*GaussianMixture] are refused with a
// [*belief.ConfigError].
func (h *HMM) MarshalJSON() ([]byte, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	f := form{States: h.States, Columns: h.Columns, Initial: h.Initial, Transition: cut(h.Transition, len(h.Initial))}
	switch e := h.Emission.(type) {
	case *Categorical:
		f.Emission = emissionForm{Kind: "categorical", Symbols: e.Symbols, P: cut(e.P, e.Len())}
	case *Gaussian:
		f.Emission = emissionForm{Kind: "gaussian", Mean: e.mean, Variance: e.variance, Covariance: e.covariance}
	case *GaussianMixture:
		c := e.components
		f.Emission = emissionForm{Kind: "gaussian-mixture", Weights: e.weights, Mean: c.mean, Variance: c.variance, Covariance: c.covariance}
	default:
		return nil, &belief.ConfigError{Field: "Emission", Value: fmt.Sprintf("a %T", e), Want: "one that can be saved: categorical, Gaussian or a mixture of Gaussians"}
	}
	return saved.Marshal(hmmKind, 1, f)
}

// cut is a matrix as rows of n numbers.
func cut(x []float64, n int) [][]float64 {
	rows := make([][]float64, 0, len(x)/n)
	for ; len(x) >= n; x = x[n:] {
		rows = append(rows, x[:n])
	}
	return rows
}

// join is a matrix of rows of n numbers as one slice.
func join(field string, rows [][]float64, n int) ([]float64, error) {
	var x []float64
	for i, row := range rows {
		if len(row) != n {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("%s[%d]", field, i), Value: fmt.Sprintf("%d numbers", len(row)), Want: fmt.Sprintf("%d", n)}
		}
		x = append(x, row...)
	}
	return x, nil
}

// UnmarshalJSON reads what MarshalJSON has written. The error is a [*belief.ParseError],
// or what Validate says of the model.
func (h *HMM) UnmarshalJSON(text []byte) error {
	var f form
	if _, err := saved.Unmarshal(text, hmmKind, 1, &f); err != nil {
		return err
	}
	read, err := f.model()
	if err == nil {
		err = read.Validate()
	}
	if err != nil {
		return &belief.ParseError{Format: hmmKind, Err: err}
	}
	*h = *read
	return nil
}

func (f *form) model() (*HMM, error) {
	h := &HMM{States: f.States, Columns: f.Columns, Initial: f.Initial}
	var err error
	if h.Transition, err = join("transition", f.Transition, len(f.Initial)); err != nil {
		return nil, err
	}
	h.Emission, err = f.Emission.emission()
	return h, err
}

func (f *emissionForm) emission() (Emission, error) {
	gaussian := func() (*Gaussian, error) {
		if f.Variance != nil && f.Covariance != nil {
			return nil, &belief.ConfigError{Field: "covariance", Value: "there", Want: "absent where there are variances"}
		}
		if f.Variance != nil {
			return NewDiagonalGaussian(f.Mean, f.Variance)
		}
		return NewGaussian(f.Mean, f.Covariance)
	}
	switch f.Kind {
	case "categorical":
		p, err := join("p", f.P, len(f.Symbols))
		return &Categorical{Symbols: f.Symbols, P: p}, err
	case "gaussian":
		return gaussian()
	case "gaussian-mixture":
		c, err := gaussian()
		if err != nil {
			return nil, err
		}
		return NewGaussianMixture(f.Weights, c)
	}
	return nil, &belief.ConfigError{Field: "kind of emission", Value: fmt.Sprintf("%q", f.Kind), Want: `"categorical", "gaussian" or "gaussian-mixture"`}
}
