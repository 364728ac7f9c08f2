package conjugate

import (
	"fmt"
	"math/rand/v2"
	"reflect"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// NormalInverseWishart is a belief about mean μ and covariance Σ of normal vectors of
// length D,
//
//	Σ ~ InverseWishart(ν, Ψ),  μ | Σ ~ Normal(m, Σ/κ),  x | μ, Σ ~ Normal(μ, Σ)
//
// (Murphy 2007, section 9; Gelman et al. 2013, section 3.6).
type NormalInverseWishart struct {
	Mu    []float64     // m, the mean of μ
	Kappa float64       // κ, as if m were the mean of that many observations
	Nu    float64       // ν > D − 1, degrees of freedom of Σ
	Psi   mat.Symmetric // Ψ, the sum of outer squares of as many deviations
}

// Validate returns a [*dist.ParameterError] for an impossible belief.
func (b NormalInverseWishart) Validate() error {
	_, err := b.parameters()
	return err
}

// parameters returns the distribution of Σ, if all hyperparameters are possible.
func (b NormalInverseWishart) parameters() (*dist.InverseWishart, error) {
	const name = "normal-inverse-Wishart belief"
	if missing(b.Psi) || b.Psi.SymmetricDim() != len(b.Mu) {
		return nil, &dist.ParameterError{Distribution: name, Parameter: "length of Mu", Value: float64(len(b.Mu)), Want: "the size of Psi"}
	}
	for i, m := range b.Mu {
		if err := finite(name, fmt.Sprintf("Mu[%d]", i), m); err != nil {
			return nil, err
		}
	}
	if err := positive(name, "Kappa", b.Kappa); err != nil {
		return nil, err
	}
	return dist.NewInverseWishart(b.Nu, b.Psi)
}

// missing says whether there is no matrix, which a nil pointer in the interface is, too.
func missing(m mat.Symmetric) bool {
	v := reflect.ValueOf(m)
	return m == nil || v.Kind() == reflect.Pointer && v.IsNil()
}

func (b NormalInverseWishart) family() expfam.Family {
	return expfam.MultivariateNormal{D: len(b.Mu)}
}

// Update returns the posterior belief after vectors.
func (b NormalInverseWishart) Update(x, w []float64) (NormalInverseWishart, error) {
	s, err := collect(b.family(), x, w)
	if err != nil {
		return NormalInverseWishart{}, err
	}
	return b.UpdateStatistics(s)
}

// UpdateStatistics is Update with statistics of [expfam.MultivariateNormal] (Murphy
// 2007, equations 251 to 255).
func (b NormalInverseWishart) UpdateStatistics(s *expfam.Statistics) (NormalInverseWishart, error) {
	if err := check(b.Validate(), same(s, b.family())); err != nil {
		return NormalInverseWishart{}, err
	}
	weight := s.Weight()
	if weight == 0 {
		return b, nil
	}
	mean, cov, err := s.Moments()
	if err != nil {
		return NormalInverseWishart{}, err
	}
	d := len(b.Mu)
	kappa := b.Kappa + weight
	mu, psi := make([]float64, d), mat.NewSymDense(d, nil)
	for i, m := range mean {
		mu[i] = average(b.Mu[i], b.Kappa, m, weight)
		for j := range i + 1 {
			spread := cov.At(i, j) + b.Kappa/kappa*(m-b.Mu[i])*(mean[j]-b.Mu[j])
			psi.SetSym(i, j, b.Psi.At(i, j)+weight*spread)
		}
	}
	n := NormalInverseWishart{mu, kappa, b.Nu + weight, psi}
	return n, n.Validate()
}

// Mean returns the distribution of μ. The error is a [*dist.ParameterError] for an
// impossible belief.
func (b NormalInverseWishart) Mean() (*dist.MultivariateStudentT, error) {
	return b.student(1 / b.Kappa)
}

// Predictive returns the distribution of the next vector. The error is a
// [*dist.ParameterError] for an impossible belief.
func (b NormalInverseWishart) Predictive() (*dist.MultivariateStudentT, error) {
	return b.student(1 + 1/b.Kappa)
}

// student returns Student's t distribution of a vector whose covariance given Σ is
// factor times Σ.
func (b NormalInverseWishart) student(factor float64) (*dist.MultivariateStudentT, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	nu := b.Nu - float64(len(b.Mu)) + 1
	return dist.NewMultivariateStudentT(nu, b.Mu, scaled(factor/nu, b.Psi))
}

// scaled returns f a.
func scaled(f float64, a mat.Symmetric) *mat.SymDense {
	s := mat.NewSymDense(a.SymmetricDim(), nil)
	s.ScaleSym(f, a)
	return s
}

// Covariance returns the distribution of Σ. The error is a [*dist.ParameterError] for
// an impossible belief.
func (b NormalInverseWishart) Covariance() (*dist.InverseWishart, error) { return b.parameters() }

// LogProb returns the log density of the belief at a mean and a covariance; that of Σ
// counts the entries on and below the diagonal. The error is a
// [*dist.ParameterError] for an impossible belief or covariance.
func (b NormalInverseWishart) LogProb(mu []float64, sigma mat.Symmetric) (float64, error) {
	inverse, err := b.parameters()
	if err != nil {
		return 0, err
	}
	if missing(sigma) || sigma.SymmetricDim() != len(b.Mu) || len(mu) != len(b.Mu) {
		return 0, &dist.ParameterError{Distribution: "normal-inverse-Wishart belief", Parameter: "length of mu and size of sigma", Value: float64(len(mu)), Want: "those of the belief"}
	}
	normal, err := dist.NewMultivariateNormal(b.Mu, scaled(1/b.Kappa, sigma))
	if err != nil {
		return 0, err
	}
	var dense mat.Dense
	dense.CloneFrom(sigma)
	return normal.LogProb(mu) + inverse.LogProb(dense.RawMatrix().Data), nil
}

// LogMarginal returns the log density of the vectors.
func (b NormalInverseWishart) LogMarginal(x, w []float64) (float64, error) {
	n, err := b.Update(x, w)
	if err != nil {
		return 0, err
	}
	sigma := scaled(1/n.Nu, n.Psi)
	d, err := dist.NewMultivariateNormal(n.Mu, sigma)
	if err != nil {
		return 0, err
	}
	prior, err := b.LogProb(n.Mu, sigma)
	if err != nil {
		return 0, err
	}
	posterior, err := n.LogProb(n.Mu, sigma)
	if err != nil {
		return 0, err
	}
	return evidence("normal-inverse-Wishart belief", likelihood(x, w, len(n.Mu), d.LogProb), prior, posterior)
}

// Draw returns the distribution of the data with parameters drawn from the belief. The
// error is a [*dist.ParameterError] for an impossible belief.
func (b NormalInverseWishart) Draw(r *rand.Rand) (*dist.MultivariateNormal, error) {
	inverse, err := b.parameters()
	if err != nil {
		return nil, err
	}
	sigma := mat.NewSymDense(len(b.Mu), inverse.RandTo(nil, r))
	mean, err := dist.NewMultivariateNormal(b.Mu, scaled(1/b.Kappa, sigma))
	if err != nil {
		return nil, err
	}
	return dist.NewMultivariateNormal(mean.RandTo(nil, r), sigma)
}
