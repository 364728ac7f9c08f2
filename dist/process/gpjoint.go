package process

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// What a posterior says of many points together, and of its own observations.

// Covariance returns the means of the function at the rows of xs, and their
// covariance matrix. The error is a [*belief.TooLargeError].
func (p *Posterior) Covariance(xs []float64) (mean []float64, cov *mat.SymDense, err error) {
	if len(xs) == 0 || len(xs)%p.dim != 0 {
		panic(fmt.Sprintf("process: %d coordinates in %d dimensions", len(xs), p.dim))
	}
	m, n := len(xs)/p.dim, p.Len()
	if err := fits("posterior covariance", float64(m)*(float64(n)+3*float64(m)), p.process.limit(), "ask for fewer points, or raise MemoryLimit"); err != nil {
		return nil, nil, err
	}
	at := func(i int) []float64 { return xs[i*p.dim : (i+1)*p.dim] }
	mean, cov = make([]float64, m), mat.NewSymDense(m, nil)
	v := make([]float64, m*n)
	for i := range m {
		mean[i] = p.process.mean(at(i)) + p.project(v[i*n:(i+1)*n], at(i))
	}
	for i := range m {
		for j := i; j < m; j++ {
			c := p.process.Kernel.Eval(at(i), at(j), i == j) - floats.Dot(v[i*n:(i+1)*n], v[j*n:(j+1)*n])
			if i == j {
				c = max(0, c)
			}
			cov.SetSym(i, j, c)
		}
	}
	return mean, cov, nil
}

// Samples draws count functions and returns their values at the m rows of xs, one
// function after the other. It takes O(m³) time once, and O(m²) for each function.
// Where the covariance has no Cholesky factor, as among points whose values are
// certain, an addition to its diagonal is tried that grows tenfold from 1e-12 to 1e-4
// of the prior variance; it shows as noise of 1e-6 to 1e-2 prior standard deviations.
// The errors are those of [Posterior.Covariance] and [*NotPositiveDefiniteError].
func (p *Posterior) Samples(xs []float64, count int, r *rand.Rand) ([]float64, error) {
	if count < 0 {
		panic("process: a negative number of samples")
	}
	m := len(xs) / p.dim
	if err := fits("samples of the posterior", float64(m)*float64(count), p.process.limit(), "draw fewer at a time"); err != nil {
		return nil, err
	}
	mean, cov, err := p.Covariance(xs)
	if err != nil {
		return nil, err
	}
	scale := 0.0
	for i := range m {
		x := xs[i*p.dim : (i+1)*p.dim]
		scale += p.process.Kernel.Eval(x, x, true) / float64(m)
	}
	chol, _, err := factorize(cov, scale, math.Inf(1))
	if err != nil {
		return nil, err
	}
	u := chol.RawU().(*mat.TriDense).RawTriangular().Data
	out := make([]float64, m*count)
	for s := range count {
		f := out[s*m : (s+1)*m]
		copy(f, mean)
		for i := range m { // f += Uᵀ z
			floats.AddScaled(f[i:], r.NormFloat64(), u[i*m+i:(i+1)*m])
		}
	}
	return out, nil
}

// LeaveOneOut tells how well each observation is predicted by the others.
type LeaveOneOut struct {
	Mean     []float64 // of the observation, noise included
	Variance []float64
	LogProb  []float64 // log p(y_i | X, y_−i); their sum is the log pseudo-likelihood
}

// LeaveOneOut returns the predictions of every observation from all others, in O(n³)
// altogether (Rasmussen & Williams 2006, equations 5.10 to 5.12). A jitter counts as
// noise.
func (p *Posterior) LeaveOneOut() LeaveOneOut {
	n := p.Len()
	inverse := p.inverse()
	l := LeaveOneOut{make([]float64, n), make([]float64, n), make([]float64, n)}
	for i := range n {
		variance := 1 / inverse[i*n+i]
		shift := p.alpha[i] * variance
		l.Mean[i] = p.process.mean(p.row(i)) + p.residual[i] - shift
		l.Variance[i] = variance
		l.LogProb[i] = -0.5 * (shift*shift/variance + math.Log(2*math.Pi*variance))
	}
	return l
}
