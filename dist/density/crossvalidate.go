package density

import (
	"context"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
)

// Bandwidths by leave-one-out cross-validation. With the weights w and the density
// p₋ᵢ estimated without observation i, least squares want the least
//
//	∫ p̂² − 2 Σ wᵢ p₋ᵢ(xᵢ) = Σ wᵢwⱼ (K∗K)((xᵢ−xⱼ)/h)/h − 2 Σ_{i≠j} wᵢwⱼ/(1−wᵢ) K((xᵢ−xⱼ)/h)/h
//
// (Silverman 1986, equation 3.39), and likelihood the greatest Σ wᵢ log p₋ᵢ(xᵢ)
// (equation 3.43). Either is tried on a logarithmic grid around Silverman's rule,
// since both may have several optima, and then refined by golden section. One trial
// costs O(n²) in the worst case: pairs further apart than the kernel reaches are
// never looked at.

// A selection is the bandwidth that cross-validation chose.
type selection struct {
	h        float64
	warnings []belief.Warning
}

// crossValidate returns the best bandwidth for a kernel.
func crossValidate(ctx context.Context, s *sample, shape KernelShape, rule BandwidthRule, workers int) (selection, error) {
	start := silverman(s) * shape.canonical(1)
	if len(s.x) < 2 || s.x[0] == s.x[len(s.x)-1] {
		return selection{}, errConstant("kernel density")
	}
	v := validator{s: s, shape: shape, squares: rule == LeastSquares, parts: make([]float64, len(s.x)), workers: workers}
	const (
		half = 15   // trials on each side of Silverman's rule
		step = 1.25 // between them: from 1/28 of it to 28 times
	)
	best, at := math.Inf(1), 0
	for k := -half; k <= half; k++ {
		score, err := v.score(ctx, start*math.Pow(step, float64(k)))
		if err != nil {
			return selection{}, err
		}
		if score < best {
			best, at = score, k
		}
	}
	out := selection{h: start * math.Pow(step, float64(at))}
	switch {
	case math.IsInf(best, 1):
		// Compact kernels may leave an observation alone at every trial.
		out.h = start * math.Pow(step, half)
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-none", Where: rule.String(), Text: "every bandwidth that was tried leaves an observation alone, with likelihood zero: the widest was taken; try a Gaussian kernel"})
		return out, nil
	case at == -half:
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-limit", Where: rule.String(), Text: "the best bandwidth is the least that was tried, as when many observations are equal: give one, or another rule"})
		return out, nil
	case at == half:
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-limit", Where: rule.String(), Text: "the best bandwidth is the widest that was tried: look at the data for outliers"})
		return out, nil
	}
	// Golden section in the logarithm, to 1e-5.
	const golden = 0.6180339887498949
	low, high := math.Log(out.h/step), math.Log(out.h*step)
	var err error
	score := func(l float64) float64 {
		if err != nil {
			return 0
		}
		var f float64
		f, err = v.score(ctx, math.Exp(l))
		return f
	}
	a, b := high-golden*(high-low), low+golden*(high-low)
	fa, fb := score(a), score(b)
	for high-low > 1e-5 && err == nil {
		if fa <= fb {
			high, b, fb = b, a, fa
			a = high - golden*(high-low)
			fa = score(a)
		} else {
			low, a, fa = a, b, fb
			b = low + golden*(high-low)
			fb = score(b)
		}
	}
	if fa < best || fb < best {
		out.h = math.Exp((low + high) / 2)
	}
	return out, err
}

// A validator computes scores; parts holds what each observation contributes, so
// that they are summed in order.
type validator struct {
	s       *sample
	shape   KernelShape
	squares bool
	parts   []float64
	workers int
}

// score returns what the best bandwidth has the least of.
func (v *validator) score(ctx context.Context, h float64) (float64, error) {
	n := len(v.s.x)
	const chunk = 64
	err := parallel.For(ctx, (n+chunk-1)/chunk, v.workers, func(c int) error {
		for i := c * chunk; i < min(n, (c+1)*chunk); i++ {
			v.parts[i] = v.part(i, h)
		}
		return nil
	})
	sum := 0.0
	for _, p := range v.parts {
		sum += p
	}
	if math.IsNaN(sum) {
		sum = math.Inf(1)
	}
	return sum, err
}

// part returns the contribution of observation i.
func (v *validator) part(i int, h float64) float64 {
	s := v.s
	near, far := v.shape.reach()
	overlap, others := 0.0, 0.0
	reach := near
	if v.squares {
		reach = far
	}
	add := func(j int, u float64) {
		if v.squares {
			overlap += s.w[j] * v.shape.overlap(u)
		}
		if j != i && u <= near {
			others += s.w[j] * v.shape.value(u)
		}
	}
	for j := i; j >= 0; j-- {
		u := (s.x[i] - s.x[j]) / h
		if u > reach {
			break
		}
		add(j, u)
	}
	for j := i + 1; j < len(s.x); j++ {
		u := (s.x[j] - s.x[i]) / h
		if u > reach {
			break
		}
		add(j, u)
	}
	others /= (1 - s.w[i]) * h
	if v.squares {
		return s.w[i] * (overlap/h - 2*others)
	}
	if others == 0 && v.shape == Gaussian {
		// Beyond its reach a Gaussian still has a likelihood, about that of the
		// nearest: enough to tell that wider is better.
		u := math.Inf(1)
		if i > 0 {
			u = (s.x[i] - s.x[i-1]) / h
		}
		if i+1 < len(s.x) {
			u = min(u, (s.x[i+1]-s.x[i])/h)
		}
		return s.w[i] * (0.5*u*u + halfLog2Pi + math.Log(h*float64(len(s.x)-1)))
	}
	return -s.w[i] * math.Log(others)
}
