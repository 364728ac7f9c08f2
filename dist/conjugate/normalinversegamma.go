package conjugate

import (
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// NormalInverseGamma is a belief about mean μ and variance σ² of normal observations,
//
//	σ² ~ InverseGamma(α, β),  μ | σ² ~ Normal(m, σ/√κ),  x | μ, σ² ~ Normal(μ, σ)
//
// (Murphy 2007, section 6, with 1/κ for his V; Gelman et al. 2013, section 3.3, where
// α = ν/2 and β = νσ₀²/2).
type NormalInverseGamma struct {
	Mu    float64 // m, the mean of μ
	Kappa float64 // κ, as if m were the mean of that many observations
	Alpha float64 // α, half the degrees of freedom of σ²
	Beta  float64 // β, half the sum of squares of as many deviations
}

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b NormalInverseGamma) Validate() error {
	const name = "normal-inverse-gamma belief"
	return check(finite(name, "Mu", b.Mu), positive(name, "Kappa", b.Kappa), positive(name, "Alpha", b.Alpha), positive(name, "Beta", b.Beta))
}

// Update returns the posterior belief after observations.
func (b NormalInverseGamma) Update(x, w []float64) (NormalInverseGamma, error) {
	s, err := collect(expfam.Normal{}, x, w)
	if err != nil {
		return NormalInverseGamma{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.Normal] (Murphy 2007,
// equations 199 to 202).
func (b NormalInverseGamma) UpdateStatistics(s *expfam.Statistics) (NormalInverseGamma, error) {
	if err := check(same(s, expfam.Normal{}), b.Validate()); err != nil {
		return NormalInverseGamma{}, err
	}
	weight := s.Weight()
	if weight == 0 {
		return b, nil
	}
	mean, cov, err := s.Moments()
	if err != nil {
		return NormalInverseGamma{}, err
	}
	n := b
	n.Kappa += weight
	away := mean[0] - b.Mu
	n.Mu = average(b.Mu, b.Kappa, mean[0], weight)
	n.Alpha += 0.5 * weight
	n.Beta += 0.5 * weight * (cov.At(0, 0) + b.Kappa/n.Kappa*away*away)
	return n, n.Validate()
}

// Mean returns the distribution of μ.
func (b NormalInverseGamma) Mean() dist.StudentT {
	return dist.StudentT{Nu: 2 * b.Alpha, Location: b.Mu, Scale: math.Sqrt(b.Beta / b.Alpha / b.Kappa)}
}

// Variance returns the distribution of σ².
func (b NormalInverseGamma) Variance() dist.InverseGamma {
	return dist.InverseGamma{Shape: b.Alpha, Scale: b.Beta}
}

// Predictive returns the distribution of the next observation.
func (b NormalInverseGamma) Predictive() dist.StudentT {
	return dist.StudentT{Nu: 2 * b.Alpha, Location: b.Mu, Scale: math.Sqrt(b.Beta / b.Alpha * (1 + 1/b.Kappa))}
}

// LogProb returns the log density of the belief at a mean and a variance.
func (b NormalInverseGamma) LogProb(mu, variance float64) float64 {
	if !(variance > 0) {
		return b.Variance().LogProb(variance)
	}
	return dist.Normal{Mu: b.Mu, Sigma: math.Sqrt(variance / b.Kappa)}.LogProb(mu) + b.Variance().LogProb(variance)
}

// LogMarginal returns the log density of the observations.
func (b NormalInverseGamma) LogMarginal(x, w []float64) (float64, error) {
	n, err := b.Update(x, w)
	if err != nil {
		return 0, err
	}
	variance := n.Beta / n.Alpha
	d := dist.Normal{Mu: n.Mu, Sigma: math.Sqrt(variance)}
	return evidence("normal-inverse-gamma belief", likelihood(x, w, 1, one(d)), b.LogProb(n.Mu, variance), n.LogProb(n.Mu, variance))
}

// Draw returns the distribution of the data with parameters drawn from the belief.
func (b NormalInverseGamma) Draw(r *rand.Rand) dist.Normal {
	sigma := math.Sqrt(b.Variance().Rand(r))
	return dist.Normal{Mu: b.Mu + sigma/math.Sqrt(b.Kappa)*r.NormFloat64(), Sigma: sigma}
}
