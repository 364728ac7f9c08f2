package check

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/mcmc"
)

var ctx = context.Background()

// mean is a normal mean with a normal prior: θ ~ N(0, 2), three y ~ N(θ, 1). What the
// target believes of prior and noise may be wrong.
func mean(priorSD, noise float64) Model[[]float64] {
	return Model[[]float64]{
		Names: []string{"theta"},
		Prior: func(r *rand.Rand) []float64 { return []float64{2 * r.NormFloat64()} },
		Simulate: func(r *rand.Rand, theta []float64) []float64 {
			y := make([]float64, 3)
			for i := range y {
				y[i] = theta[0] + r.NormFloat64()
			}
			return y
		},
		Target: func(y []float64) (mcmc.Target, error) {
			precision := 1/(priorSD*priorSD) + float64(len(y))/(noise*noise)
			center := 0.0
			for _, v := range y {
				center += v / (noise * noise) / precision
			}
			return &normalTarget{center, 1 / math.Sqrt(precision)}, nil
		},
		Quantities: []Quantity[[]float64]{{Name: "loglik", F: func(theta, y []float64) float64 {
			l := 0.0
			for _, v := range y {
				l -= 0.5 * (v - theta[0]) * (v - theta[0])
			}
			return l
		}}},
	}
}

// normalTarget is a normal density that an exact sampler knows how to draw from.
type normalTarget struct{ mu, sigma float64 }

func (t *normalTarget) Dim() int { return 1 }

func (t *normalTarget) LogDensity(x []float64) (float64, error) {
	return t.LogDensityGrad(x, make([]float64, 1))
}

func (t *normalTarget) LogDensityGrad(x, grad []float64) (float64, error) {
	z := (x[0] - t.mu) / t.sigma
	grad[0] = -z / t.sigma
	return -0.5 * z * z, nil
}

// exact draws from a normalTarget, with the mistakes that it is told to make: a shift
// in standard deviations, a factor of the width less one, and a correlation of steps.
type exact struct{ shift, wider, stay float64 }

func (exact) WarmUp() int { return 1 }

func (e exact) Kernel(g *mcmc.Guard) (mcmc.Kernel, error) {
	return &exactKernel{e, g.Target().(*normalTarget)}, nil
}

type exactKernel struct {
	exact
	t *normalTarget
}

func (k *exactKernel) Init(s *mcmc.State) (err error) {
	s.LogDensity, err = k.t.LogDensity(s.X)
	return err
}

func (k *exactKernel) Step(r *rand.Rand, s *mcmc.State) (mcmc.Info, error) {
	center := k.t.mu + k.shift*k.t.sigma
	width := k.t.sigma * (1 + k.wider)
	s.X[0] = center + k.stay*(s.X[0]-center) + math.Sqrt(1-k.stay*k.stay)*width*r.NormFloat64()
	var err error
	s.LogDensity, err = k.t.LogDensity(s.X)
	return mcmc.Info{Accept: 1}, err
}

// scale is a standard deviation with an exponential prior, sampled as its logarithm:
// σ ~ Exp(1), four y ~ N(0, σ). The target may forget the Jacobian of the logarithm.
func scale(jacobian float64) Model[[]float64] {
	return Model[[]float64]{
		Names: []string{"sigma"},
		Prior: func(r *rand.Rand) []float64 { return []float64{r.ExpFloat64()} },
		Simulate: func(r *rand.Rand, theta []float64) []float64 {
			y := make([]float64, 4)
			for i := range y {
				y[i] = theta[0] * r.NormFloat64()
			}
			return y
		},
		Target: func(y []float64) (mcmc.Target, error) {
			square := 0.0
			for _, v := range y {
				square += v * v
			}
			return logScale{mcmc.GradFunc(1, func(x, grad []float64) float64 {
				sigma, n := math.Exp(x[0]), float64(len(y))
				grad[0] = -sigma - n + square/(sigma*sigma) + jacobian
				return -sigma - n*x[0] - 0.5*square/(sigma*sigma) + jacobian*x[0]
			})}, nil
		},
		Position: func(theta []float64) []float64 { return []float64{math.Log(theta[0])} },
	}
}

// logScale writes down the exponential of its coordinate.
type logScale struct{ mcmc.GradTarget }

func (t logScale) Names() []string               { return []string{"sigma"} }
func (t logScale) QuantitiesTo(dst, x []float64) { dst[0] = math.Exp(x[0]) }
func (t logScale) Clone() mcmc.Target {
	return logScale{t.GradTarget.(mcmc.Cloner).Clone().(mcmc.GradTarget)}
}
