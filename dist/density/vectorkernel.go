package density

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A VectorKernelConfig says how a kernel estimate of vectors smooths. The zero value
// is a product of Gaussian kernels of Silverman's bandwidths.
type VectorKernelConfig struct {
	Shape     KernelShape
	Rule      BandwidthRule // chooses the bandwidths, in units of standard deviations
	Bandwidth []float64     // one for each dimension; nil: by the rule
	// Full takes Gaussian kernels with the covariance of the observations, scaled
	// by the square of the rule's factor, instead of products.
	Full    bool
	Workers int // goroutines of cross-validation; 0: all cores
}

// VectorKernel is the kernel density estimate of vectors of d numbers,
//
//	p(x) = Σ w_n Π_j K((x_j − x_nj)/h_j) / h_j,  or  Σ w_n N(x; x_n, H)
//
// with a full matrix H.
type VectorKernel struct {
	dim      int
	shape    KernelShape
	cloud    *cloud
	before   []float64 // Σ w of the observations before
	mean     []float64 // of the observations, the origin of z
	lower    []float64 // the Cholesky factor of H, row after row; nil for products
	h        []float64 // of products
	logH     float64   // the logarithm of the volume of a bandwidth
	warnings []belief.Warning
}

// FitVectorKernel chooses bandwidths and prepares the estimate of vectors of dim
// numbers, which stand one after the other in x. Weights may be nil. The context can
// end a cross-validation, which is the only long part. The error is a
// [*dist.FitError] or a [*belief.ConfigError].
func FitVectorKernel(ctx context.Context, dim int, x, w []float64, c VectorKernelConfig) (*VectorKernel, error) {
	if err := checkDim(dim); err != nil {
		return nil, err
	}
	share, err := shares("kernel density", x, w, dim)
	if err != nil {
		return nil, err
	}
	if err := c.Shape.check(); err != nil {
		return nil, err
	}
	switch {
	case c.Full && (c.Bandwidth != nil || c.Shape != Gaussian):
		return nil, &belief.ConfigError{Field: "Full", Value: true, Want: "without Bandwidth and with Gaussian kernels"}
	case c.Bandwidth != nil && len(c.Bandwidth) != dim:
		return nil, &belief.ConfigError{Field: "Bandwidth", Value: c.Bandwidth, Want: fmt.Sprintf("%d numbers", dim)}
	}
	k := &VectorKernel{dim: dim, shape: c.Shape, mean: make([]float64, dim)}
	deviation := make([]float64, dim)
	for j := range dim {
		k.mean[j], deviation[j] = moments(x, share, j, dim)
	}
	// First the units: given bandwidths, or what rules are a factor of.
	switch {
	case c.Bandwidth != nil:
		k.h = slices.Clone(c.Bandwidth)
	case c.Full:
		if k.lower, err = k.deviations(x, share); err != nil {
			return nil, err
		}
	default:
		k.h = deviation
		for j, s := range deviation {
			if s == 0 {
				return nil, &dist.FitError{Distribution: "kernel density", Row: -1, Problem: fmt.Sprintf("number %d of the observations does not vary, and no rule can tell a bandwidth: give one", j)}
			}
		}
	}
	for _, h := range k.h {
		if err := checkBandwidth(h); err != nil {
			return nil, err
		}
	}
	k.arrange(x, share)
	if c.Bandwidth == nil {
		if err := k.choose(ctx, c); err != nil {
			return nil, err
		}
	}
	for j := range dim {
		k.logH += math.Log(k.unit(j))
	}
	return k, nil
}

// unit returns the bandwidth of coordinate j, or the diagonal of the triangle.
func (k *VectorKernel) unit(j int) float64 {
	if k.h != nil {
		return k.h[j]
	}
	return k.lower[j*(j+3)/2]
}

// choose finds the factor of a rule and multiplies units by it.
func (k *VectorKernel) choose(ctx context.Context, c VectorKernelConfig) error {
	d, n := float64(k.dim), effective(k.cloud.w)
	same := c.Shape.canonical(k.dim)
	chosen := selection{h: math.Pow(n*(d+2)/4, -1/(d+4)) * same}
	switch c.Rule {
	case Silverman:
	case Scott:
		chosen.h = math.Pow(n, -1/(d+4)) * same
	case LeastSquares, Likelihood:
		v := validator{z: k.cloud.z, w: k.cloud.w, cloud: k.cloud, shape: c.Shape, rule: c.Rule, workers: c.Workers}
		var err error
		if chosen, err = v.choose(ctx, chosen.h); err != nil {
			return err
		}
	default:
		return &belief.ConfigError{Field: "Rule", Value: c.Rule, Want: "one of the bandwidth rules"}
	}
	k.warnings = chosen.warnings
	for i := range k.h {
		k.h[i] *= chosen.h
	}
	for i := range k.lower {
		k.lower[i] *= chosen.h
	}
	k.cloud.shrink(chosen.h)
	return nil
}

// checkDim refuses numbers that cannot be a dimension.
func checkDim(dim int) error {
	if dim < 1 || dim > 1<<16 {
		return &belief.ConfigError{Field: "dim", Value: dim, Want: "between 1 and 65536"}
	}
	return nil
}

// deviations returns the Cholesky factor of the covariance of the observations, row
// after row.
func (k *VectorKernel) deviations(x, w []float64) ([]float64, error) {
	singular := &dist.FitError{Distribution: "kernel density", Row: -1, Problem: "the covariance of the observations is singular: leave Full out, or give Bandwidth"}
	squares := 1 / effective(w)
	if squares == 1 {
		return nil, singular
	}
	s := k.scatter(x, w)
	s.ScaleSym(1/(1-squares), s)
	var chol mat.Cholesky
	if !chol.Factorize(s) || !(chol.Cond() < 1e14) {
		return nil, singular
	}
	var l mat.TriDense
	chol.LTo(&l)
	var lower []float64
	for i := range k.dim {
		for j := range i + 1 {
			lower = append(lower, l.At(i, j))
		}
	}
	return lower, nil
}

// scatter returns Σ w (x − mean)(x − mean)ᵀ.
func (k *VectorKernel) scatter(x, w []float64) *mat.SymDense {
	s := mat.NewSymDense(k.dim, nil)
	off := mat.NewVecDense(k.dim, nil)
	for i, v := range w {
		for j := range k.dim {
			off.SetVec(j, x[i*k.dim+j]-k.mean[j])
		}
		s.SymRankOne(s, v, off)
	}
	return s
}

// arrange brings the observations of positive weight into units and into boxes.
func (k *VectorKernel) arrange(x, w []float64) {
	var z, kept []float64
	unit := make([]float64, k.dim)
	for i, v := range w {
		if v > 0 {
			k.whiten(unit, x[i*k.dim:(i+1)*k.dim])
			z, kept = append(z, unit...), append(kept, v)
		}
	}
	k.cloud = newCloud(z, kept, k.dim)
	k.before, _ = sums(k.cloud.w)
}

// whiten writes x in units of bandwidths to dst.
func (k *VectorKernel) whiten(dst, x []float64) {
	if k.h != nil {
		for j, v := range x {
			dst[j] = (v - k.mean[j]) / k.h[j]
		}
		return
	}
	row := k.lower
	for i, v := range x {
		v -= k.mean[i]
		for j := range i {
			v -= row[j] * dst[j]
		}
		dst[i] = v / row[i]
		row = row[i+1:]
	}
}

// Parameters.

// Dim implements [dist.VectorLogProber].
func (k *VectorKernel) Dim() int { return k.dim }

// Len returns the number of observations of positive weight.
func (k *VectorKernel) Len() int { return len(k.cloud.w) }

// BandwidthTo writes the covariance of the kernels of a full estimate, or the
// squares of the bandwidths of products on the diagonal, to dst and returns it; nil
// allocates.
func (k *VectorKernel) BandwidthTo(dst *mat.SymDense) *mat.SymDense {
	if dst == nil {
		dst = mat.NewSymDense(k.dim, nil)
	}
	dst.Zero()
	for i := range k.dim {
		if k.h != nil {
			dst.SetSym(i, i, k.h[i]*k.h[i])
			continue
		}
		a := k.lower[i*(i+1)/2 : (i+1)*(i+2)/2]
		for j := range i + 1 {
			sum := 0.0
			for n, v := range k.lower[j*(j+1)/2 : (j+1)*(j+2)/2] {
				sum += a[n] * v
			}
			dst.SetSym(i, j, sum)
		}
	}
	return dst
}

// Warnings returns what there is to know about the choice of the bandwidths.
func (k *VectorKernel) Warnings() []belief.Warning { return slices.Clone(k.warnings) }

// String returns kernel, dimension and number of observations.
func (k *VectorKernel) String() string {
	kind := "product of " + k.shape.String()
	if k.h == nil {
		kind = "full gaussian"
	}
	return fmt.Sprintf("VectorKernel(%s, dimension %d, %d observations)", kind, k.dim, len(k.cloud.w))
}

// Statistics.

// MeanTo writes the mean of the observations to dst and returns it.
func (k *VectorKernel) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, k.dim)
	copy(dst, k.mean)
	return dst
}

// CovarianceTo writes the covariance of the observations, Σ w (x − mean)(x − mean)ᵀ,
// plus that of the kernel to dst and returns it; nil allocates.
func (k *VectorKernel) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	if dst == nil {
		dst = mat.NewSymDense(k.dim, nil)
	}
	x := make([]float64, k.dim*len(k.cloud.w))
	for i := range k.cloud.w {
		k.colour(x[i*k.dim:(i+1)*k.dim], func(j int) float64 { return k.cloud.z[j][i] })
	}
	kernel := k.BandwidthTo(nil)
	kernel.ScaleSym(k.shape.variance(), kernel)
	dst.AddSym(k.scatter(x, k.cloud.w), kernel)
	return dst
}

// colour writes the vector whose coordinates in units of bandwidths are given to
// dst, the inverse of whiten.
func (k *VectorKernel) colour(dst []float64, z func(j int) float64) {
	for j := range dst {
		dst[j] = z(j)
	}
	if k.h != nil {
		for j, v := range dst {
			dst[j] = k.mean[j] + k.h[j]*v
		}
		return
	}
	for i := k.dim - 1; i >= 0; i-- { // from the end, where nothing is needed later
		row, v := k.lower[i*(i+1)/2:], k.mean[i]
		for j := range i + 1 {
			v += row[j] * dst[j]
		}
		dst[i] = v
	}
}

// Sampling.

// RandTo draws an observation by its weight and a vector from the kernel around it.
func (k *VectorKernel) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = dstFor(dst, k.dim)
	i := pick(k.before, r)
	k.colour(dst, func(j int) float64 { return k.cloud.z[j][i] + k.shape.rand(r) })
	return dst
}

// EvaluateTo writes the logarithms of the densities at the vectors in x, which stand
// one after the other, to dst, which it returns, on up to workers goroutines (0: all
// cores), with the same bits for any number of them. The error is that of the
// context.
func (k *VectorKernel) EvaluateTo(ctx context.Context, dst, x []float64, workers int) ([]float64, error) {
	dst = k.batch(dst, x)
	return dst, inChunks(ctx, len(dst), workers, func(i int) { dst[i] = k.LogProb(x[i*k.dim : (i+1)*k.dim]) })
}

// LogProbTo implements [dist.VectorBatcher].
func (k *VectorKernel) LogProbTo(dst, x []float64) []float64 {
	dst = k.batch(dst, x)
	for i := range dst {
		dst[i] = k.LogProb(x[i*k.dim : (i+1)*k.dim])
	}
	return dst
}

// batch checks the lengths of a batch.
func (k *VectorKernel) batch(dst, x []float64) []float64 {
	if len(x)%k.dim != 0 {
		panic(fmt.Sprintf("density: %d numbers for vectors of %d", len(x), k.dim))
	}
	return dstFor(dst, len(x)/k.dim)
}
