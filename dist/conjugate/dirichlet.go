package conjugate

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// DirichletCategorical is a belief about the probabilities p of the classes
// 0, …, K−1,
//
//	p ~ Dirichlet(α),  x | p ~ Categorical(p)
//
// (Bishop 2006, section 2.2.1). The times that a class is observed are added to its
// shape.
type DirichletCategorical struct {
	Alpha []float64 // as if each class had been seen that many times
}

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b DirichletCategorical) Validate() error {
	return shapes("Dirichlet-categorical belief", b.Alpha)
}

func (b DirichletCategorical) family() expfam.Family { return expfam.Categorical{K: len(b.Alpha)} }

// Update returns the posterior belief after observed classes.
func (b DirichletCategorical) Update(x, w []float64) (DirichletCategorical, error) {
	s, err := collect(b.family(), x, w)
	if err != nil {
		return DirichletCategorical{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.Categorical].
func (b DirichletCategorical) UpdateStatistics(s *expfam.Statistics) (DirichletCategorical, error) {
	if err := same(s, b.family()); err != nil {
		return DirichletCategorical{}, err
	}
	n := DirichletCategorical{countsAfter(b.Alpha, s, 1)}
	return n, check(b.Validate(), n.Validate())
}

// countsAfter adds the counts of all outcomes, in trials per observation, to the
// shapes.
func countsAfter(alpha []float64, s *expfam.Statistics, trials float64) []float64 {
	sum := make([]float64, len(alpha))
	last := len(alpha) - 1
	s.SumTo(sum[:last])
	sum[last] = max(0, trials*s.Weight()-floats.Sum(sum[:last]))
	return floats.AddTo(sum, sum, alpha)
}

// Parameter returns the distribution of p.
func (b DirichletCategorical) Parameter() dist.Dirichlet { return dist.Dirichlet{Alpha: b.Alpha} }

// Predictive returns the distribution of the next class. The error is a
// [*dist.ParameterError] for an impossible belief.
func (b DirichletCategorical) Predictive() (dist.Categorical, error) {
	if err := b.Validate(); err != nil {
		return dist.Categorical{}, err
	}
	return dist.NewCategorical(b.Parameter().MeanTo(nil))
}

// LogMarginal returns the log probability of the classes in their order.
func (b DirichletCategorical) LogMarginal(x, w []float64) (float64, error) {
	n, err := b.Update(x, w)
	if err != nil {
		return 0, err
	}
	p := n.Parameter().MeanTo(nil)
	d, err := dist.NewCategorical(p)
	if err != nil {
		return 0, err
	}
	p = d.Params() // with the sum of exactly the distribution
	return likelihood(x, w, 1, one(d)) + b.Parameter().LogProb(p) - n.Parameter().LogProb(p), nil
}

// Draw returns the distribution of the data with a p drawn from the belief. The error
// is a [*dist.ParameterError] for an impossible belief.
func (b DirichletCategorical) Draw(r *rand.Rand) (dist.Categorical, error) {
	if err := b.Validate(); err != nil {
		return dist.Categorical{}, err
	}
	return dist.NewCategorical(b.Parameter().RandTo(nil, r))
}

// DirichletMultinomial is a belief about the probabilities p of K outcomes, where an
// observation has the K counts of n trials,
//
//	p ~ Dirichlet(α),  x | p ~ Multinomial(n, p).
type DirichletMultinomial struct {
	N     float64   // trials of one observation, whole
	Alpha []float64 // as if each outcome had come up that many times
}

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b DirichletMultinomial) Validate() error {
	return check(shapes("Dirichlet-multinomial belief", b.Alpha), b.family().Validate())
}

func (b DirichletMultinomial) family() expfam.Family {
	return expfam.Multinomial{N: b.N, K: len(b.Alpha)}
}

// Update returns the posterior belief after vectors of counts.
func (b DirichletMultinomial) Update(x, w []float64) (DirichletMultinomial, error) {
	s, err := collect(b.family(), x, w)
	if err != nil {
		return DirichletMultinomial{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.Multinomial].
func (b DirichletMultinomial) UpdateStatistics(s *expfam.Statistics) (DirichletMultinomial, error) {
	if err := same(s, b.family()); err != nil {
		return DirichletMultinomial{}, err
	}
	n := DirichletMultinomial{b.N, countsAfter(b.Alpha, s, b.N)}
	return n, check(b.Validate(), n.Validate())
}

// Parameter returns the distribution of p.
func (b DirichletMultinomial) Parameter() dist.Dirichlet { return dist.Dirichlet{Alpha: b.Alpha} }

// Predictive returns the distribution of the next counts.
func (b DirichletMultinomial) Predictive() dist.DirichletMultinomial {
	return dist.DirichletMultinomial{N: b.N, Alpha: b.Alpha}
}

// LogMarginal returns the log probability of the vectors of counts.
func (b DirichletMultinomial) LogMarginal(x, w []float64) (float64, error) {
	n, err := b.Update(x, w)
	if err != nil {
		return 0, err
	}
	p := n.Parameter().MeanTo(nil)
	for i := range p {
		p[i] = inner(p[i])
	}
	return likelihood(x, w, len(p), dist.Multinomial{N: b.N, P: p}.LogProb) + b.Parameter().LogProb(p) - n.Parameter().LogProb(p), nil
}

// Draw returns the distribution of the data with a p drawn from the belief.
func (b DirichletMultinomial) Draw(r *rand.Rand) dist.Multinomial {
	return dist.Multinomial{N: b.N, P: b.Parameter().RandTo(nil, r)}
}
