package conjugate

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// Names in errors.
const (
	categorical = "Dirichlet-categorical belief"
	multinomial = "Dirichlet-multinomial belief"
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
	return shapes(categorical, b.Alpha)
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
	alpha, err := countsAfter(categorical, b.Alpha, s)
	return DirichletCategorical{alpha}, err
}

// countsAfter adds the counts of all outcomes to the shapes.
func countsAfter(name string, alpha []float64, s *expfam.Statistics) ([]float64, error) {
	counts, err := s.Counts()
	if err := check(err, shapes(name, alpha)); err != nil {
		return nil, err
	}
	floats.Add(counts, alpha)
	return counts, shapes(name, counts)
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
	return evidence(categorical, likelihood(x, w, 1, one(d)), b.Parameter().LogProb(p), n.Parameter().LogProb(p))
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
	return check(shapes(multinomial, b.Alpha), b.family().Validate())
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
	alpha, err := countsAfter(multinomial, b.Alpha, s)
	return DirichletMultinomial{b.N, alpha}, err
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
	return evidence(multinomial, likelihood(x, w, len(p), dist.Multinomial{N: b.N, P: p}.LogProb), b.Parameter().LogProb(p), n.Parameter().LogProb(p))
}

// Draw returns the distribution of the data with a p drawn from the belief.
func (b DirichletMultinomial) Draw(r *rand.Rand) dist.Multinomial {
	return dist.Multinomial{N: b.N, P: b.Parameter().RandTo(nil, r)}
}
