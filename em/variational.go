package em

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// A WeightPrior is what is believed of the weights of a mixture before the data.
type WeightPrior int

const (
	// DirichletWeights have a symmetric Dirichlet distribution.
	DirichletWeights WeightPrior = iota
	// DirichletProcess weights are pieces of a stick, each broken off what the ones before
	// have left over, with shares that have the density of Beta(1, α); the last piece is
	// the rest (Blei & Jordan 2006; Ishwaran & James 2001). It prefers few components
	// however many it may have.
	DirichletProcess
)

var weightPriors = constants{"prior of weights", []string{"dirichlet", "dirichlet-process"}}

// String is the name.
func (w WeightPrior) String() string { return weightPriors.name(int(w)) }

// MarshalText writes the name.
func (w WeightPrior) MarshalText() ([]byte, error) { return weightPriors.text(int(w)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (w *WeightPrior) UnmarshalText(text []byte) error { return parseConstant(&weightPriors, text, w) }

// BayesianGaussianMixture fits mixtures of normal distributions by variational Bayes
// (Attias 2000; Bishop 2006, section 10.2): it finds the distribution
// q(z) q(π) q(μ, Λ) of labels, weights, means and precisions next to the posterior, with
// the prior
//
//	π ~ Dirichlet(α, …, α) or a Dirichlet process,
//	Λ_k ~ Wishart(ν, Ψ⁻¹),  μ_k | Λ_k ~ Normal(m, (κ Λ_k)⁻¹).
//
// The Objective of a run is the whole lower bound (ELBO) of log p(x), the evidence, with
// all its constants; a step of it is a round of equations 10.46 to 10.63. Its
// LogLikelihood is the part Σ log Σ_k exp E_q log(π_k p(x | μ_k, Λ_k)), which is no
// likelihood of parameters, so that a run has no BIC: compare evidences. Components that
// the data do not need lose their rows, the more so the smaller α is; K is an upper
// bound.
//
// With Diagonal every precision has its own Wishart(ν, 1/Ψ), that is Gamma(ν/2, Ψ/2),
// distribution, with Spherical the one precision of a component has it, and with Tied
// all components share one Λ.
//
// The defaults are those of scikit-learn, but for the moments of the data, which are
// divided by the weight rather than one less.
type BayesianGaussianMixture struct {
	K          int         `json:"k"` // components at most; 0 means 1
	Covariance Covariance  `json:"covariance"`
	Weights    WeightPrior `json:"weights"`
	// Concentration is α; 0 means 1/K.
	Concentration float64 `json:"concentration,omitempty"`
	// Mu is m; nil means the mean of the data.
	Mu []float64 `json:"mu,omitempty"`
	// Kappa is κ, as if m were the mean of that many rows; 0 means 1.
	Kappa float64 `json:"kappa,omitempty"`
	// Nu is ν, above d − 1 with Full and Tied in d dimensions and above 0 with the others;
	// 0 means d and 1.
	Nu float64 `json:"nu,omitempty"`
	// Psi is Ψ: d × d numbers with Full and Tied, d with Diagonal, one with Spherical; nil
	// means the covariance of the data, its diagonal, the mean of that; where columns are
	// constant or collinear, and it is singular, no variance is below 1e-6 of the data's, and
	// the run has a warning.
	Psi []float64 `json:"psi,omitempty"`
	// Means are K centres to start from: every row begins with the nearest, in units of
	// the columns' standard deviations. Nil, and starts after the first, mean those of
	// k-means on a sample.
	Means [][]float64 `json:"means,omitempty"`
	// Start is a model to start from, instead. It has to have the same shape; the prior is
	// that of the settings.
	Start *BayesianGaussianModel `json:"start,omitempty"`
}

func (g BayesianGaussianMixture) withDefaults() (BayesianGaussianMixture, error) {
	if g.K == 0 {
		g.K = 1
	}
	if g.Concentration == 0 && g.K > 0 {
		g.Concentration = 1 / float64(g.K)
	}
	if g.Kappa == 0 {
		g.Kappa = 1
	}
	for _, f := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{"K", g.K, g.K > 0, "positive"},
		{"Covariance", int(g.Covariance), g.Covariance >= Full && g.Covariance <= Spherical, "Full, Tied, Diagonal or Spherical"},
		{"Weights", int(g.Weights), g.Weights == DirichletWeights || g.Weights == DirichletProcess, "DirichletWeights or DirichletProcess"},
		{"Concentration", g.Concentration, positiveFinite(g.Concentration), "positive and finite"},
		{"Kappa", g.Kappa, positiveFinite(g.Kappa), "positive and finite"},
		{"Nu", g.Nu, g.Nu == 0 || positiveFinite(g.Nu), "positive and finite"},
		{"Means", len(g.Means), g.Means == nil || len(g.Means) == g.K, "one row for each component"},
		{"Start", "a model", g.Start == nil || g.Means == nil, "nil if there are Means"},
	} {
		if !f.ok {
			return g, &belief.ConfigError{Field: f.field, Value: f.value, Want: f.want}
		}
	}
	return g, nil
}

func positiveFinite(v float64) bool { return v > 0 && v <= math.MaxFloat64 }

// Fit fits the mixture to the rows of a source.
func (g BayesianGaussianMixture) Fit(ctx context.Context, src data.Source, c Config) (*Run[*BayesianGaussianModel], error) {
	rows, begin, err := g.prepare(ctx, src, c)
	if err != nil {
		return nil, err
	}
	c.Settings = g
	return Fit(ctx, rows, begin, c)
}

// Steps is Fit, an iteration at a time.
func (g BayesianGaussianMixture) Steps(ctx context.Context, src data.Source, c Config) iter.Seq2[Step, error] {
	rows, begin, err := g.prepare(ctx, src, c)
	if err != nil {
		return func(yield func(Step, error) bool) { yield(Step{}, err) }
	}
	c.Settings = g
	return Steps(ctx, rows, begin, c)
}

// prepare reads the rows, makes the prior and says how to start.
func (g BayesianGaussianMixture) prepare(ctx context.Context, src data.Source, c Config) (*Rows, Starter[*BayesianGaussianModel], error) {
	g, err := g.withDefaults()
	if err != nil {
		return nil, nil, err
	}
	rows, err := NewRows(ctx, src, c, RefuseMissing)
	if err != nil {
		return nil, nil, err
	}
	names := columnNames(rows.Columns())
	starts, err := GaussianMixture{K: g.K, Covariance: g.Covariance, Means: g.Means}.newBeginner(ctx, rows, c)
	if err != nil {
		return nil, nil, err
	}
	// Every slot works on the rows of a block and all components.
	if size := 2 * blockRows * float64(g.K) * float64(min(16, rows.Len()/blockRows+1)); size > gaussianLimit {
		return nil, nil, &belief.TooLargeError{What: fmt.Sprintf("posterior of %d components", g.K), Bytes: 8 * size, Budget: 8 * gaussianLimit}
	}
	mean, cov, err := rowMoments(ctx, rows)
	if err != nil {
		return nil, nil, err
	}
	for j, v := range g.Mu {
		if j < len(mean) && math.Abs(v-mean[j])/starts.blank.scale[j] > 1e100 {
			return nil, nil, &belief.ConfigError{Field: fmt.Sprintf("Mu[%d]", j), Value: v, Want: fmt.Sprintf("less far from the mean of the data, %v", mean[j])}
		}
	}
	prior, err := g.prior(names, mean, cov, starts.blank.scale)
	if err != nil {
		return nil, nil, err
	}
	if s := g.Start; s != nil && (s.e.k != g.K || s.e.covariance != g.Covariance || s.weights != g.Weights || !slices.Equal(s.columns, names)) {
		return nil, nil, &belief.ConfigError{Field: "Start", Value: fmt.Sprintf("a model of %d components, %v, %v, of columns %q", s.e.k, s.e.covariance, s.weights, s.columns), Want: "one like the settings and the data"}
	}
	return rows, func(ctx context.Context, start int) (*BayesianGaussianModel, error) {
		if g.Start != nil && start == 0 {
			m := g.Start.clone()
			m.prior = prior
			return m, m.update()
		}
		m := newBayesianGaussianModel(g.Covariance, g.Weights, g.K, names, prior)
		first, err := starts.startRows(ctx, m.e, start)
		if err != nil {
			return nil, err
		}
		return m, m.Maximize(first)
	}, nil
}

// prior makes the prior of the settings and the moments of the data.
func (g BayesianGaussianMixture) prior(names []string, mean, cov, scale []float64) (*bayesianPrior, error) {
	d := len(names)
	p := &bayesianPrior{concentration: g.Concentration, kappa: g.Kappa, nu: g.Nu, mu: slices.Clone(g.Mu), psi: slices.Clone(g.Psi)}
	if p.mu == nil {
		p.mu = mean
	}
	if p.nu == 0 {
		p.nu = 1
		if g.Covariance == Full || g.Covariance == Tied {
			p.nu = float64(d)
		}
	}
	fromData := p.psi == nil
	if fromData {
		switch p.psi = make([]float64, shapeLen(g.Covariance, d)); g.Covariance {
		case Diagonal:
			for i := range d {
				p.psi[i] = cov[i*d+i]
			}
		case Spherical:
			for i := range d {
				p.psi[0] += cov[i*d+i] / float64(d)
			}
		default:
			copy(p.psi, cov)
		}
	}
	bad, err := p.update(g.Covariance, d)
	if err == nil && bad >= 0 && fromData { // constant or collinear columns
		p.raise(g.Covariance, scale)
		bad, err = p.update(g.Covariance, d)
	}
	if err == nil && bad < 0 {
		return p, nil
	}
	if err == nil {
		err = &belief.ConfigError{Field: "Psi", Value: fmt.Sprintf("not positive definite at row %d", bad), Want: "positive definite"}
	}
	return nil, err
}
