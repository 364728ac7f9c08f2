package density

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// A KernelConfig says how a kernel estimate smooths. The zero value is a Gaussian
// kernel of Silverman's bandwidth.
type KernelConfig struct {
	Shape     KernelShape
	Rule      BandwidthRule // chooses the bandwidth
	Bandwidth float64       // h itself; 0: by the rule
	Workers   int           // goroutines of cross-validation; 0: all cores
}

// Kernel is the kernel density estimate of one number, with observations in order
// and weights that sum to one,
//
//	p(x) = Σ w_n K((x − x_n)/h) / h.
//
// It is a [dist.Univariate] like any other, though its entropy is not cheap.
type Kernel struct {
	shape    KernelShape
	h        float64
	s        *sample
	before   []float64 // Σ w of the observations before
	from     []float64 // Σ w of this one and those after
	cells    []cell    // groups of observations, for Gaussian kernels
	warnings []belief.Warning
}

// FitKernel chooses the bandwidth and prepares the estimate. Weights may be nil. The
// context can end a cross-validation, which is the only long part. The error is a
// [*dist.FitError] or a [*belief.ConfigError]; observations that are all equal, or
// just one, need a given bandwidth.
func FitKernel(ctx context.Context, x, w []float64, c KernelConfig) (*Kernel, error) {
	s, err := newSample("kernel density", x, w)
	if err != nil {
		return nil, err
	}
	if err := c.Shape.check(); err != nil {
		return nil, err
	}
	chosen := selection{h: c.Bandwidth}
	switch {
	case c.Bandwidth != 0:
	case s.deviation == 0:
		return nil, errConstant("kernel density")
	case c.Rule == Silverman:
		chosen.h = silverman(s) * c.Shape.canonical(1)
	case c.Rule == Scott:
		chosen.h = scott(s) * c.Shape.canonical(1)
	case c.Rule == LeastSquares || c.Rule == Likelihood:
		v := validator{z: [][]float64{s.x}, w: s.w, shape: c.Shape, rule: c.Rule, workers: c.Workers}
		if chosen, err = v.choose(ctx, silverman(s)*c.Shape.canonical(1)); err != nil {
			return nil, err
		}
	default:
		return nil, &belief.ConfigError{Field: "Rule", Value: c.Rule, Want: "one of the bandwidth rules"}
	}
	if err := checkBandwidth(chosen.h); err != nil {
		return nil, err
	}
	if size := max(math.Abs(s.x[0]), math.Abs(s.x[len(s.x)-1])); !(chosen.h >= 0x1p-46*size) {
		return nil, &belief.ConfigError{Field: "Bandwidth", Value: chosen.h, Want: fmt.Sprintf("at least %.2g, for numbers of this size to tell a kernel's inside", 0x1p-46*size)}
	}
	k := &Kernel{shape: c.Shape, h: chosen.h, s: s, warnings: chosen.warnings}
	k.before, k.from = sums(s.w)
	if k.shape == Gaussian {
		k.cells = makeCells(s, k.h)
	}
	return k, nil
}

// Parameters.

// Bandwidth returns h.
func (k *Kernel) Bandwidth() float64 { return k.h }

// Shape returns the kernel.
func (k *Kernel) Shape() KernelShape { return k.shape }

// Len returns the number of observations of positive weight.
func (k *Kernel) Len() int { return len(k.s.x) }

// Warnings returns what there is to know about the choice of the bandwidth.
func (k *Kernel) Warnings() []belief.Warning { return append([]belief.Warning(nil), k.warnings...) }

// Validate implements [dist.Univariate]. A fitted estimate always is valid.
func (k *Kernel) Validate() error {
	if k.s == nil {
		return &dist.ParameterError{Distribution: "Kernel", Parameter: "h", Value: k.h, Want: "that of a fitted estimate"}
	}
	return nil
}

// String returns kernel, bandwidth and number of observations.
func (k *Kernel) String() string {
	return fmt.Sprintf("Kernel(%v, bandwidth %.6g, %d observations)", k.shape, k.h, len(k.s.x))
}

// Support is the real line, or the range of the observations and h on either side.
func (k *Kernel) Support() dist.Support {
	if k.shape == Gaussian {
		return dist.Support{Lower: math.Inf(-1), Upper: math.Inf(1)}
	}
	return dist.Support{Lower: k.s.x[0] - k.h, Upper: k.s.x[len(k.s.x)-1] + k.h}
}

// Statistics.

// Mean returns that of the observations.
func (k *Kernel) Mean() float64 { return k.s.mean }

// Variance returns that of the observations, Σ w (x − mean)², plus h² times that of
// the kernel.
func (k *Kernel) Variance() float64 {
	return k.s.deviation*k.s.deviation*(1-1/k.s.effective) + k.h*k.h*k.shape.variance()
}

// Evaluation.

// LogProb implements [dist.LogProber].
func (k *Kernel) LogProb(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case math.IsInf(x, 0):
		return math.Inf(-1)
	case k.shape == Gaussian:
		sum, nearest := k.gaussSum(x)
		return careful.Log(sum) - 0.5*nearest*nearest - halfLog2Pi - math.Log(k.h)
	}
	return careful.Log(k.compactSum(x)) - math.Log(k.h)
}

// Prob returns the density, which far from all observations underflows to zero.
func (k *Kernel) Prob(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case math.IsInf(x, 0):
		return 0
	case k.shape == Gaussian:
		sum, nearest := k.gaussSum(x)
		return sum * math.Exp(-0.5*nearest*nearest) * (1 / math.Sqrt(2*math.Pi)) / k.h
	}
	return k.compactSum(x) / k.h
}

// compactSum returns Σ w K(u) over the observations within reach.
func (k *Kernel) compactSum(x float64) float64 {
	i, j := firstFrom(k.s.x, x-k.h), firstAbove(k.s.x, x+k.h)
	if k.shape == Tophat {
		if k.s.equal {
			return 0.5 * float64(j-i) / float64(len(k.s.x))
		}
		sum := 0.0
		for _, w := range k.s.w[i:j] {
			sum += w
		}
		return 0.5 * sum
	}
	sum, inverse := 0.0, 1/k.h
	xs, ws := k.s.x[i:j], k.s.w[i:j]
	for n, v := range xs {
		u := (x - v) * inverse
		sum += ws[n] * max(0, (1-u)*(1+u))
	}
	return 0.75 * sum
}

// LogProbTo implements [dist.Batcher]. It does not allocate; EvaluateTo uses several
// cores.
func (k *Kernel) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	for i, v := range x {
		dst[i] = k.LogProb(v)
	}
	return dst
}

// EvaluateTo writes the densities at x to dst, which it returns, on up to workers
// goroutines (0: all cores), with the same bits for any number of them. The error is
// that of the context.
func (k *Kernel) EvaluateTo(ctx context.Context, dst, x []float64, workers int) ([]float64, error) {
	dst = dstFor(dst, len(x))
	return dst, inChunks(ctx, len(x), workers, func(i int) { dst[i] = k.Prob(x[i]) })
}

// Sampling.

// Rand draws an observation by its weight and a number from the kernel around it.
func (k *Kernel) Rand(r *rand.Rand) float64 {
	i := 0
	if k.s.equal {
		i = r.IntN(len(k.s.x))
	} else {
		i = pick(k.before, r)
	}
	return k.s.x[i] + k.h*k.shape.rand(r)
}

// pick draws an index from the sums of positive weights before each.
func pick(before []float64, r *rand.Rand) int {
	n := len(before) - 1
	return min(firstAbove(before, r.Float64()*before[n]), n) - 1
}
