package process

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// A GaussianProcess is a distribution over functions: the values at any points are
// jointly normal, with means and covariances from a function and a [Kernel]. What is
// observed are values with independent normal noise.
type GaussianProcess struct {
	Kernel Kernel
	// Noise is the standard deviation of the observations' noise; 0 is none.
	Noise float64
	// Mean is the prior mean; nil is zero.
	Mean func(x []float64) float64
	// MemoryLimit is how many bytes matrices may take together; 0: 1 GiB, which is
	// enough for 6688 observations.
	MemoryLimit int64
}

// Validate returns a [*dist.ParameterError] if the kernel is missing or does not suit
// points of the given dimension, or the noise has no meaning.
func (g GaussianProcess) Validate(dim int) error {
	if g.Kernel == nil {
		return &dist.ParameterError{Distribution: "gaussian process", Parameter: "Kernel", Value: math.NaN(), Want: "given"}
	}
	if !(g.Noise >= 0) || math.IsInf(g.Noise, 1) {
		return &dist.ParameterError{Distribution: "gaussian process", Parameter: "Noise", Value: g.Noise, Want: "zero or positive, and finite"}
	}
	return g.Kernel.Validate(dim)
}

// String gives kernel and noise.
func (g GaussianProcess) String() string {
	return fmt.Sprintf("GaussianProcess(Kernel: %v, Noise: %.4g)", g.Kernel, g.Noise)
}

func (g GaussianProcess) mean(x []float64) float64 {
	if g.Mean == nil {
		return 0
	}
	return g.Mean(x)
}

func (g GaussianProcess) limit() int64 {
	if g.MemoryLimit <= 0 {
		return 1 << 30
	}
	return g.MemoryLimit
}

// A Posterior is a Gaussian process given observations. It is immutable and safe for
// concurrent use, if kernel and mean are.
type Posterior struct {
	process  GaussianProcess
	dim      int
	x        []float64 // n × dim
	residual []float64 // y − m(X)
	alpha    []float64 // (K + σ²I)⁻¹ (y − m(X))
	chol     *mat.Cholesky
	upper    []float64 // its factor U, n × n row by row, with K + σ²I = UᵀU
	logLik   float64
	jitter   float64
}

// Condition returns the process given the values y observed at the rows of x, which
// has as many rows as y has values (Rasmussen & Williams 2006, algorithm 2.1).
//
// If the covariance matrix cannot be decomposed, or its condition number is above
// 1e14, as with equal points and no noise, it is tried again with an addition to the
// diagonal that grows tenfold from 1e-12 to 1e-4 of its mean; [Posterior.Jitter]
// tells. The errors are [*dist.ParameterError], [*dist.FitError] for observations
// that are not finite, [*belief.TooLargeError] before memory is taken, and
// [*NotPositiveDefiniteError].
func (g GaussianProcess) Condition(x, y []float64) (*Posterior, error) {
	n := len(y)
	if n == 0 {
		return nil, &dist.FitError{Distribution: "gaussian process", Row: -1, Problem: "there are no observations"}
	}
	if len(x) == 0 || len(x)%n != 0 {
		panic(fmt.Sprintf("process: %d coordinates for %d observations", len(x), n))
	}
	dim := len(x) / n
	if err := g.Validate(dim); err != nil {
		return nil, err
	}
	if err := fits("covariance of a Gaussian process", 3*float64(n)*float64(n), g.limit(), "take fewer observations, or raise MemoryLimit"); err != nil {
		return nil, err
	}
	p := &Posterior{process: g, dim: dim, x: slices.Clone(x), residual: make([]float64, n)}
	for i, v := range y {
		row := p.row(i)
		for _, c := range row {
			if math.IsNaN(c) || math.IsInf(c, 0) {
				return nil, &dist.FitError{Distribution: "gaussian process", Row: i, Problem: fmt.Sprintf("is at %v", row)}
			}
		}
		p.residual[i] = v - g.mean(row)
		if math.IsNaN(p.residual[i]) || math.IsInf(p.residual[i], 0) {
			return nil, &dist.FitError{Distribution: "gaussian process", Row: i, Problem: fmt.Sprintf("is %v, with prior mean %v", v, g.mean(row))}
		}
	}
	k := mat.NewSymDense(n, nil)
	raw, scale := k.RawSymmetric().Data, 0.0
	for i := range n {
		for j := i; j < n; j++ {
			raw[i*n+j] = g.Kernel.Eval(p.row(i), p.row(j), i == j)
		}
		raw[i*n+i] += g.Noise * g.Noise
		scale += raw[i*n+i] / float64(n)
	}
	var err error
	if p.chol, p.jitter, err = factorize(k, scale, 1e14); err != nil {
		return nil, err
	}
	p.upper = p.chol.RawU().(*mat.TriDense).RawTriangular().Data
	p.alpha = slices.Clone(p.residual)
	p.solveLower(p.alpha)
	p.logLik = -0.5*floats.Dot(p.alpha, p.alpha) - 0.5*float64(n)*math.Log(2*math.Pi)
	for i := range n {
		p.logLik -= math.Log(p.upper[i*n+i])
	}
	p.solveUpper(p.alpha)
	return p, nil
}

// A NotPositiveDefiniteError says that a covariance matrix cannot be decomposed even
// with an addition to its diagonal: the kernel is none, or its numbers are out of
// range.
type NotPositiveDefiniteError struct {
	Size   int
	Jitter float64 // the largest addition that was tried
}

// Error gives size and jitter.
func (e *NotPositiveDefiniteError) Error() string {
	return fmt.Sprintf("gaussian process: the covariance matrix of %d points is not positive definite, even with %.3g added to its diagonal", e.Size, e.Jitter)
}

// factorize decomposes k, with more and more added to the diagonal in units of
// scale if it must be; k is changed.
func factorize(k *mat.SymDense, scale, condition float64) (*mat.Cholesky, float64, error) {
	n := k.SymmetricDim()
	if scale == 0 {
		scale = 1
	}
	chol, added := new(mat.Cholesky), 0.0
	for f := 1e-12; ; f *= 10 {
		if chol.Factorize(k) && chol.Cond() <= condition {
			return chol, added, nil
		}
		if f > 2e-4 || !(scale > 0) || math.IsInf(scale, 1) {
			return nil, 0, &NotPositiveDefiniteError{n, added}
		}
		for i := range n {
			k.SetSym(i, i, k.At(i, i)+f*scale-added)
		}
		added = f * scale
	}
}

// row returns the i-th point.
func (p *Posterior) row(i int) []float64 { return p.x[i*p.dim : (i+1)*p.dim] }

// solveLower solves Uᵀ v = b in place.
func (p *Posterior) solveLower(b []float64) {
	n := len(b)
	for i := range n {
		row := p.upper[i*n : (i+1)*n]
		b[i] /= row[i]
		floats.AddScaled(b[i+1:], -b[i], row[i+1:])
	}
}

// solveUpper solves U v = b in place.
func (p *Posterior) solveUpper(b []float64) {
	n := len(b)
	for i := n - 1; i >= 0; i-- {
		row := p.upper[i*n : (i+1)*n]
		b[i] = (b[i] - floats.Dot(row[i+1:], b[i+1:])) / row[i]
	}
}

// Len returns the number of observations.
func (p *Posterior) Len() int { return len(p.residual) }

// Dim returns the dimension of a point.
func (p *Posterior) Dim() int { return p.dim }

// Process returns what was conditioned.
func (p *Posterior) Process() GaussianProcess { return p.process }

// Jitter returns what was added to the diagonal of the covariance matrix, beyond the
// noise: 0 unless that was necessary.
func (p *Posterior) Jitter() float64 { return p.jitter }

// Predict returns mean and variance of the function at x, in O(n²). A new
// observation there has the variance of the noise besides.
func (p *Posterior) Predict(x []float64) (mean, variance float64) {
	return p.predict(x, make([]float64, p.Len()))
}

// PredictTo writes means and variances of the function at the rows of xs to the two
// slices. It allocates once, whatever their number.
func (p *Posterior) PredictTo(mean, variance, xs []float64) {
	if len(xs) != len(mean)*p.dim || len(mean) != len(variance) {
		panic(fmt.Sprintf("process: %d means and %d variances for %d coordinates", len(mean), len(variance), len(xs)))
	}
	scratch := make([]float64, p.Len())
	for i := range mean {
		mean[i], variance[i] = p.predict(xs[i*p.dim:(i+1)*p.dim], scratch)
	}
}

func (p *Posterior) predict(x, v []float64) (mean, variance float64) {
	mean = p.process.mean(x) + p.project(v, x)
	return mean, max(0, p.process.Kernel.Eval(x, x, true)-floats.Dot(v, v))
}

// project writes U⁻ᵀ k(X, x) to v and returns k(x, X) α.
func (p *Posterior) project(v, x []float64) float64 {
	if len(x) != p.dim {
		panic(fmt.Sprintf("process: a point of length %d in %d dimensions", len(x), p.dim))
	}
	for i := range v {
		v[i] = p.process.Kernel.Eval(x, p.row(i), false)
	}
	shift := floats.Dot(v, p.alpha)
	p.solveLower(v)
	return shift
}

// LogMarginalLikelihood returns log p(y | X, θ) (Rasmussen & Williams 2006, equation
// 5.8).
func (p *Posterior) LogMarginalLikelihood() float64 { return p.logLik }

// GradLogMarginalLikelihood returns the derivatives of the log marginal likelihood
// in the logarithms of the kernel's hyperparameters and, if it is positive, of the
// noise, in O(n³): ½ tr((ααᵀ − (K + σ²I)⁻¹) ∂K/∂log θ) (equation 5.9). A jitter
// counts as a constant.
func (p *Posterior) GradLogMarginalLikelihood() []float64 {
	n, k := p.Len(), p.process.Kernel
	m := k.NumParams()
	grad, part := make([]float64, m, m+1), make([]float64, m)
	inverse := p.inverse()
	noise := 0.0
	for i := range n {
		for j := i; j < n; j++ {
			weight := p.alpha[i]*p.alpha[j] - inverse[i*n+j]
			if i == j {
				weight /= 2
				noise += weight
			}
			k.GradTo(part, p.row(i), p.row(j), i == j)
			floats.AddScaled(grad, weight, part)
		}
	}
	if s := p.process.Noise; s > 0 {
		grad = append(grad, 2*s*s*noise)
	}
	return grad
}

// inverse returns the upper triangle of (K + σ²I)⁻¹. A bad condition is no error
// here, as factorize has bounded it.
func (p *Posterior) inverse() []float64 {
	var inverse mat.SymDense
	if err := p.chol.InverseTo(&inverse); err != nil {
		if _, ok := err.(mat.Condition); !ok {
			panic("process: " + err.Error())
		}
	}
	return inverse.RawSymmetric().Data
}
