package conjugate

import (
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// BetaBernoulli is a belief about the probability p of success in one trial,
//
//	p ~ Beta(α, β),  x | p ~ Bernoulli(p)
//
// (Bishop 2006, section 2.1.1). Successes are added to α and failures to β.
type BetaBernoulli struct {
	Alpha, Beta float64 // as if that many successes and failures had been seen
}

// binomial is the belief with one trial each.
func (b BetaBernoulli) binomial() BetaBinomial { return BetaBinomial{1, b.Alpha, b.Beta} }

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b BetaBernoulli) Validate() error { return b.binomial().Validate() }

// Update returns the posterior belief after observations 0 and 1.
func (b BetaBernoulli) Update(x, w []float64) (BetaBernoulli, error) {
	s, err := collect(expfam.Bernoulli{}, x, w)
	if err != nil {
		return BetaBernoulli{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.Bernoulli].
func (b BetaBernoulli) UpdateStatistics(s *expfam.Statistics) (BetaBernoulli, error) {
	if err := same(s, expfam.Bernoulli{}); err != nil {
		return BetaBernoulli{}, err
	}
	n, err := b.binomial().after(s)
	return BetaBernoulli{n.Alpha, n.Beta}, err
}

// Parameter returns the distribution of p.
func (b BetaBernoulli) Parameter() dist.Beta { return b.binomial().Parameter() }

// Predictive returns the distribution of the next observation. That of the successes
// in n further trials is a [dist.BetaBinomial] with the same shapes.
func (b BetaBernoulli) Predictive() dist.Bernoulli {
	return dist.Bernoulli{P: b.Alpha / (b.Alpha + b.Beta)}
}

// LogMarginal returns the log probability of the observations in their order.
func (b BetaBernoulli) LogMarginal(x, w []float64) (float64, error) {
	return b.binomial().LogMarginal(x, w)
}

// Draw returns the distribution of the data with a p drawn from the belief.
func (b BetaBernoulli) Draw(r *rand.Rand) dist.Bernoulli {
	return dist.Bernoulli{P: b.Parameter().Rand(r)}
}

// BetaBinomial is a belief about the probability p of success, where an observation
// counts the successes in n trials,
//
//	p ~ Beta(α, β),  x | p ~ Binomial(n, p).
type BetaBinomial struct {
	N           float64 // trials of one observation, whole
	Alpha, Beta float64 // as if that many successes and failures had been seen
}

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b BetaBinomial) Validate() error {
	const name = "beta-binomial belief"
	return check(b.family().Validate(), positive(name, "Alpha", b.Alpha), positive(name, "Beta", b.Beta))
}

func (b BetaBinomial) family() expfam.Family { return expfam.Binomial{N: b.N} }

// after adds up successes and failures.
func (b BetaBinomial) after(s *expfam.Statistics) (BetaBinomial, error) {
	counts, err := s.Counts()
	if err := check(err, b.Validate()); err != nil {
		return BetaBinomial{}, err
	}
	n := BetaBinomial{b.N, b.Alpha + counts[0], b.Beta + counts[1]}
	return n, n.Validate()
}

// Update returns the posterior belief after counts of successes.
func (b BetaBinomial) Update(x, w []float64) (BetaBinomial, error) {
	s, err := collect(b.family(), x, w)
	if err != nil {
		return BetaBinomial{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.Binomial].
func (b BetaBinomial) UpdateStatistics(s *expfam.Statistics) (BetaBinomial, error) {
	if err := same(s, b.family()); err != nil {
		return BetaBinomial{}, err
	}
	return b.after(s)
}

// Parameter returns the distribution of p.
func (b BetaBinomial) Parameter() dist.Beta { return dist.Beta{Alpha: b.Alpha, Beta: b.Beta} }

// Predictive returns the distribution of the next count.
func (b BetaBinomial) Predictive() dist.BetaBinomial {
	return dist.BetaBinomial{N: b.N, Alpha: b.Alpha, Beta: b.Beta}
}

// LogMarginal returns the log probability of the counts.
func (b BetaBinomial) LogMarginal(x, w []float64) (float64, error) {
	n, err := b.Update(x, w)
	if err != nil {
		return 0, err
	}
	p := inner(n.Alpha / (n.Alpha + n.Beta))
	return evidence("beta-binomial belief", likelihood(x, w, 1, one(dist.Binomial{N: b.N, P: p})), b.Parameter().LogProb(p), n.Parameter().LogProb(p))
}

// Draw returns the distribution of the data with a p drawn from the belief.
func (b BetaBinomial) Draw(r *rand.Rand) dist.Binomial {
	return dist.Binomial{N: b.N, P: b.Parameter().Rand(r)}
}
