package conjugate

import (
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// NormalNormal is a belief about the mean μ of normal observations whose standard
// deviation σ is known,
//
//	μ ~ Normal(m, τ),  x | μ ~ Normal(μ, σ)
//
// (Murphy 2007, section 2; Bishop 2006, equations 2.141 and 2.142). Precisions add
// up, and the means are averaged with them.
type NormalNormal struct {
	Mu    float64 // m, the mean of μ
	Tau   float64 // its standard deviation
	Sigma float64 // the known standard deviation of an observation
}

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b NormalNormal) Validate() error {
	const name = "normal-normal belief"
	return check(finite(name, "Mu", b.Mu), positive(name, "Tau", b.Tau), positive(name, "Sigma", b.Sigma))
}

// Update returns the posterior belief after observations.
func (b NormalNormal) Update(x, w []float64) (NormalNormal, error) {
	s, err := collect(expfam.Normal{}, x, w)
	if err != nil {
		return NormalNormal{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.Normal].
func (b NormalNormal) UpdateStatistics(s *expfam.Statistics) (NormalNormal, error) {
	if err := check(same(s, expfam.Normal{}), b.Validate()); err != nil {
		return NormalNormal{}, err
	}
	if s.Weight() == 0 {
		return b, nil
	}
	ratio := b.Sigma / b.Tau
	prior, data := ratio*ratio, s.Weight() // precisions, in units of 1/σ²
	n := NormalNormal{average(b.Mu, prior, s.MeanTo(nil)[0], data), b.Sigma / math.Sqrt(prior+data), b.Sigma}
	return n, n.Validate()
}

// Parameter returns the distribution of μ.
func (b NormalNormal) Parameter() dist.Normal { return dist.Normal{Mu: b.Mu, Sigma: b.Tau} }

// Predictive returns the distribution of the next observation.
func (b NormalNormal) Predictive() dist.Normal {
	return dist.Normal{Mu: b.Mu, Sigma: math.Hypot(b.Tau, b.Sigma)}
}

// LogMarginal returns the log density of the observations.
func (b NormalNormal) LogMarginal(x, w []float64) (float64, error) {
	n, err := b.Update(x, w)
	if err != nil {
		return 0, err
	}
	return evidence("normal-normal belief", likelihood(x, w, 1, one(dist.Normal{Mu: n.Mu, Sigma: b.Sigma})), b.Parameter().LogProb(n.Mu), n.Parameter().LogProb(n.Mu))
}

// Draw returns the distribution of the data with a μ drawn from the belief.
func (b NormalNormal) Draw(r *rand.Rand) dist.Normal {
	return dist.Normal{Mu: b.Parameter().Rand(r), Sigma: b.Sigma}
}
