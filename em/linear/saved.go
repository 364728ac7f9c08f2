package linear

// Fitted models as JSON.

import (
	"fmt"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/saved"
)

const (
	kindPCA     = "pca"
	kindPPCA    = "probabilistic-pca"
	kindFactors = "factor-analysis"
	kindSparse  = "sparse-coding"
)

type savedPCA struct {
	Columns           []string    `json:"columns"`
	Mean              []float64   `json:"mean"`
	Components        [][]float64 `json:"components"`
	ExplainedVariance []float64   `json:"explained_variance"`
	NoiseVariance     float64     `json:"noise_variance"`
	TotalVariance     float64     `json:"total_variance"`
	Weight            float64     `json:"weight"`
	Whiten            bool        `json:"whiten,omitempty"`
}

// MarshalJSON writes the model.
func (m *PCAModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return saved.Marshal(kindPCA, 1, savedPCA{m.Names, m.Mean, unflatten(m.Components, m.K), m.ExplainedVariance, m.NoiseVariance, m.TotalVariance, m.Weight, m.Whiten})
}

// UnmarshalJSON reads what MarshalJSON has written. The error is a [*belief.ParseError].
func (m *PCAModel) UnmarshalJSON(text []byte) error {
	var s savedPCA
	if _, err := saved.Unmarshal(text, kindPCA, 1, &s); err != nil {
		return err
	}
	components, err := flatten(kindPCA, "components", s.Components, len(s.Mean))
	if err != nil {
		return err
	}
	read := PCAModel{Names: s.Columns, Mean: s.Mean, K: len(s.Components), Components: components, ExplainedVariance: s.ExplainedVariance,
		NoiseVariance: s.NoiseVariance, TotalVariance: s.TotalVariance, Weight: s.Weight, Whiten: s.Whiten}
	if err := read.Validate(); err != nil {
		return &belief.ParseError{Format: kindPCA, Err: err}
	}
	*m = read
	return nil
}

type savedFactors struct {
	Columns    []string    `json:"columns"`
	Mean       []float64   `json:"mean"`
	Loadings   [][]float64 `json:"loadings"` // of each column
	Noise      []float64   `json:"noise"`
	NoiseFloor []float64   `json:"noise_floor"`
	Incomplete bool        `json:"incomplete,omitempty"`
}

// MarshalJSON writes the model.
func (m *FactorModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return saved.Marshal(m.kind(), 1, savedFactors{m.Names, m.Mean, unflatten(m.Loadings, len(m.Mean)), m.Noise, m.Floor, m.Incomplete})
}

// UnmarshalJSON reads what MarshalJSON has written, of probabilistic PCA or of factor
// analysis. The error is a [*belief.ParseError].
func (m *FactorModel) UnmarshalJSON(text []byte) error {
	kind, err := saved.Kind(text)
	if err != nil {
		return err
	}
	if kind != kindPPCA {
		kind = kindFactors
	}
	var s savedFactors
	if _, err := saved.Unmarshal(text, kind, 1, &s); err != nil {
		return err
	}
	k := 0
	if len(s.Loadings) > 0 {
		k = len(s.Loadings[0])
	}
	loadings, err := flatten(kind, "loadings", s.Loadings, k)
	if err != nil {
		return err
	}
	read := FactorModel{Names: s.Columns, Mean: s.Mean, K: k, Loadings: loadings, Noise: s.Noise, Floor: s.NoiseFloor, Isotropic: kind == kindPPCA, Incomplete: s.Incomplete}
	if err := read.Validate(); err != nil {
		return &belief.ParseError{Format: kind, Err: err}
	}
	*m = read
	return nil
}

type savedSparse struct {
	Columns        []string    `json:"columns"`
	Atoms          [][]float64 `json:"atoms"`
	Penalty        Penalty     `json:"penalty,omitempty"`
	Eta            float64     `json:"eta"`
	Ridge          float64     `json:"ridge,omitempty"`
	Solver         CodeSolver  `json:"solver,omitempty"`
	CodeIterations int         `json:"code_iterations"`
	CodeTolerance  float64     `json:"code_tolerance"`
	Replaced       int         `json:"replaced,omitempty"`
	Unfinished     float64     `json:"unfinished,omitempty"`
}

// MarshalJSON writes the model.
func (m *SparseModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return saved.Marshal(kindSparse, 1, savedSparse{m.Names, unflatten(m.Atoms, m.P), m.Penalty, m.Eta, m.Ridge, m.Solver, m.CodeIterations, m.CodeTolerance, m.Replaced, m.Unfinished})
}

// UnmarshalJSON reads what MarshalJSON has written. The error is a [*belief.ParseError].
func (m *SparseModel) UnmarshalJSON(text []byte) error {
	var s savedSparse
	if _, err := saved.Unmarshal(text, kindSparse, 1, &s); err != nil {
		return err
	}
	atoms, err := flatten(kindSparse, "atoms", s.Atoms, len(s.Columns))
	if err != nil {
		return err
	}
	read := SparseModel{Names: s.Columns, P: len(s.Atoms), Atoms: atoms, Penalty: s.Penalty, Eta: s.Eta, Ridge: s.Ridge, Solver: s.Solver,
		CodeIterations: s.CodeIterations, CodeTolerance: s.CodeTolerance, Replaced: s.Replaced, Unfinished: s.Unfinished}
	if err := read.Validate(); err != nil {
		return &belief.ParseError{Format: kindSparse, Err: err}
	}
	*m = read
	return nil
}

// unflatten cuts a matrix into its rows.
func unflatten(x []float64, rows int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		n := len(x) / rows
		out[i] = x[i*n : (i+1)*n]
	}
	return out
}

// flatten puts rows of n numbers one after the other.
func flatten(kind, what string, rows [][]float64, n int) ([]float64, error) {
	out := make([]float64, 0, min(len(rows)*n, 1<<20))
	for i, row := range rows {
		if len(row) != n {
			return nil, &belief.ParseError{Format: kind, Msg: fmt.Sprintf("row %d of %q has %d numbers; %d are wanted", i, what, len(row), n)}
		}
		out = append(out, row...)
	}
	return out, nil
}
