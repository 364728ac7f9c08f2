package conjugate

import (
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// GammaPoisson is a belief about the mean λ of counts,
//
//	λ ~ Gamma(k, r),  x | λ ~ Poisson(λ)
//
// (Gelman et al. 2013, section 2.6). Counts are added to the shape k and their number
// to the rate r.
type GammaPoisson struct {
	Shape, Rate float64 // as if a total of Shape had been counted in Rate observations
}

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b GammaPoisson) Validate() error {
	return check(positive("gamma-Poisson belief", "Shape", b.Shape), positive("gamma-Poisson belief", "Rate", b.Rate))
}

// Update returns the posterior belief after counts.
func (b GammaPoisson) Update(x, w []float64) (GammaPoisson, error) {
	s, err := collect(expfam.Poisson{}, x, w)
	if err != nil {
		return GammaPoisson{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.Poisson].
func (b GammaPoisson) UpdateStatistics(s *expfam.Statistics) (GammaPoisson, error) {
	if err := same(s, expfam.Poisson{}); err != nil {
		return GammaPoisson{}, err
	}
	n := GammaPoisson{b.Shape + s.SumTo(nil)[0], b.Rate + s.Weight()}
	return n, check(b.Validate(), n.Validate())
}

// Parameter returns the distribution of λ.
func (b GammaPoisson) Parameter() dist.Gamma { return dist.Gamma{Shape: b.Shape, Rate: b.Rate} }

// Predictive returns the distribution of the next count.
func (b GammaPoisson) Predictive() dist.NegativeBinomial {
	return dist.NegativeBinomial{R: b.Shape, P: b.Rate / (b.Rate + 1)}
}

// LogMarginal returns the log probability of the counts.
func (b GammaPoisson) LogMarginal(x, w []float64) (float64, error) {
	n, err := b.Update(x, w)
	if err != nil {
		return 0, err
	}
	rate := max(n.Parameter().Mean(), 1e-300)
	return evidence("gamma-Poisson belief", likelihood(x, w, 1, one(dist.Poisson{Lambda: rate})), b.Parameter().LogProb(rate), n.Parameter().LogProb(rate))
}

// Draw returns the distribution of the data with a λ drawn from the belief.
func (b GammaPoisson) Draw(r *rand.Rand) dist.Poisson {
	return dist.Poisson{Lambda: b.Parameter().Rand(r)}
}

// GammaExponential is a belief about the rate λ of waiting times,
//
//	λ ~ Gamma(k, r),  x | λ ~ Exponential(λ)
//
// (Gelman et al. 2013, section 2.6). The number of times is added to the shape k and
// their sum to the rate r.
type GammaExponential struct {
	Shape, Rate float64 // as if Shape events had been seen within a time of Rate
}

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b GammaExponential) Validate() error {
	return check(positive("gamma-exponential belief", "Shape", b.Shape), positive("gamma-exponential belief", "Rate", b.Rate))
}

// Update returns the posterior belief after waiting times.
func (b GammaExponential) Update(x, w []float64) (GammaExponential, error) {
	s, err := collect(expfam.Exponential{}, x, w)
	if err != nil {
		return GammaExponential{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.Exponential].
func (b GammaExponential) UpdateStatistics(s *expfam.Statistics) (GammaExponential, error) {
	if err := same(s, expfam.Exponential{}); err != nil {
		return GammaExponential{}, err
	}
	n := GammaExponential{b.Shape + s.Weight(), b.Rate + s.SumTo(nil)[0]}
	return n, check(b.Validate(), n.Validate())
}

// Parameter returns the distribution of λ.
func (b GammaExponential) Parameter() dist.Gamma { return dist.Gamma{Shape: b.Shape, Rate: b.Rate} }

// Predictive returns the distribution of the next time, that of Lomax (1954), a Pareto
// distribution moved to begin at zero.
func (b GammaExponential) Predictive() dist.Univariate { return lomax{b.Shape, b.Rate} }

// LogMarginal returns the log density of the waiting times.
func (b GammaExponential) LogMarginal(x, w []float64) (float64, error) {
	n, err := b.Update(x, w)
	if err != nil {
		return 0, err
	}
	rate := max(n.Parameter().Mean(), 1e-300)
	return evidence("gamma-exponential belief", likelihood(x, w, 1, one(dist.Exponential{Rate: rate})), b.Parameter().LogProb(rate), n.Parameter().LogProb(rate))
}

// Draw returns the distribution of the data with a λ drawn from the belief.
func (b GammaExponential) Draw(r *rand.Rand) dist.Exponential {
	return dist.Exponential{Rate: b.Parameter().Rand(r)}
}
