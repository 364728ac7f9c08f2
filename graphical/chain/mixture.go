package chain

import (
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// GaussianMixture emits vectors from a mixture of K normal distributions for each state.
type GaussianMixture struct {
	weights    [][]float64
	logs       []float64 // S·K
	components *Gaussian
}

// NewGaussianMixture makes an emission of S rows of K weights, which sum to one, and of
// S·K components: those of a state come one after the other. The error is a
// [*belief.ConfigError].
func NewGaussianMixture(weights [][]float64, components *Gaussian) (*GaussianMixture, error) {
	if components == nil {
		return nil, &belief.ConfigError{Field: "Components", Value: "nil", Want: "the components of all states"}
	}
	if err := components.Validate(); err != nil {
		return nil, err
	}
	if len(weights) == 0 || len(weights[0]) == 0 {
		return nil, &belief.ConfigError{Field: "Weights", Value: "empty", Want: "one row of weights for each state"}
	}
	k := len(weights[0])
	g := &GaussianMixture{weights: cloneRows(weights), components: components}
	for s, row := range weights {
		if len(row) != k {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("Weights[%d]", s), Value: fmt.Sprintf("%d numbers", len(row)), Want: fmt.Sprintf("%d, as the first has", k)}
		}
		if err := checkDistributions(fmt.Sprintf("Weights[%d]", s), row, k); err != nil {
			return nil, err
		}
		for _, w := range row {
			g.logs = append(g.logs, careful.Log(w))
		}
	}
	if n := components.States(); n != len(g.logs) {
		return nil, &belief.ConfigError{Field: "Components", Value: n, Want: fmt.Sprintf("%d states with %d components each", len(weights), k)}
	}
	return g, nil
}

// States implements [Emission].
func (g *GaussianMixture) States() int { return len(g.weights) }

// Dim implements [Emission].
func (g *GaussianMixture) Dim() int {
	if g.components == nil {
		return 0
	}
	return g.components.Dim()
}

// Weights returns S rows of K weights, not to be changed.
func (g *GaussianMixture) Weights() [][]float64 { return g.weights }

// Components returns the S·K components as if each were that of a state. Their LogProbTo
// plus the logarithms of the weights is what posterior weights are made of.
func (g *GaussianMixture) Components() *Gaussian { return g.components }

// mixtureRows is how many rows are looked at at a time.
const mixtureRows = 256

// LogProbTo implements [Emission]. A row without a cell that is there says nothing.
func (g *GaussianMixture) LogProbTo(dst, rows []float64) error {
	s, d := g.States(), g.Dim()
	checkRows(dst, rows, s, d)
	k := len(g.weights[0])
	n := len(rows) / d
	all := make([]float64, min(n, mixtureRows)*s*k)
	for from := 0; from < n; from += mixtureRows {
		to := min(from+mixtureRows, n)
		part := all[:(to-from)*s*k]
		if err := g.components.LogProbTo(part, rows[from*d:to*d]); err != nil {
			return laterRow(err, from)
		}
		for t := range to - from {
			row := part[t*s*k : (t+1)*s*k]
			kernel.Add(row, row, g.logs)
			if missingRow(rows[(from+t)*d : (from+t+1)*d]) {
				clear(dst[(from+t)*s : (from+t+1)*s])
				continue
			}
			for i := range s {
				dst[(from+t)*s+i] = kernel.LogSumExp(row[i*k : (i+1)*k])
			}
		}
	}
	return nil
}

// RandTo implements [Emission].
func (g *GaussianMixture) RandTo(dst []float64, state int, r *rand.Rand) []float64 {
	k := draw(g.weights[state], r)
	return g.components.RandTo(dst, state*len(g.weights[state])+k, r)
}

// Validate implements [Emission]: what was made is valid, the zero value is not.
func (g *GaussianMixture) Validate() error {
	if g.components == nil {
		return &belief.ConfigError{Field: "Components", Value: "empty", Want: "made by NewGaussianMixture"}
	}
	return nil
}
