package density

import (
	"context"
	"math"

	"github.com/belief-go/belief"
)

// Bandwidths by leave-one-out cross-validation. With the weights w and the density
// p₋ᵢ estimated without observation i, least squares want the least
//
//	∫ p̂² − 2 Σ wᵢ p₋ᵢ(xᵢ) = Σ wᵢwⱼ (K∗K)((xᵢ−xⱼ)/h)/hᵈ − 2 Σ_{i≠j} wᵢwⱼ/(1−wᵢ) K((xᵢ−xⱼ)/h)/hᵈ
//
// (Silverman 1986, equation 3.39), and likelihood the greatest Σ wᵢ log p₋ᵢ(xᵢ)
// (equation 3.43). In several dimensions h is common to all coordinates, which are
// first brought to deviation one. Either criterion is tried on a logarithmic grid
// around Silverman's rule, since both may have several optima, and then refined by
// golden section. One trial costs O(n²d) in the worst case: pairs that are further
// apart in the first coordinate than the kernel reaches are never looked at.

// A selection is the bandwidth that cross-validation chose.
type selection struct {
	h        float64
	warnings []belief.Warning
}

// A validator computes scores; parts holds what each observation contributes, so
// that they are summed in order.
type validator struct {
	z       [][]float64 // coordinate by coordinate, sorted by the first
	w       []float64   // sum to one
	shape   KernelShape
	rule    BandwidthRule
	workers int
	parts   []float64
}

// choose returns the best bandwidth near start.
func (v *validator) choose(ctx context.Context, start float64) (selection, error) {
	v.parts = make([]float64, len(v.w))
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
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-none", Where: v.rule.String(), Text: "every bandwidth that was tried leaves an observation alone, with likelihood zero: the widest was taken; try a Gaussian kernel"})
		return out, nil
	case at == -half:
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-limit", Where: v.rule.String(), Text: "the best bandwidth is the least that was tried, as when many observations are equal: give one, or another rule"})
		return out, nil
	case at == half:
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-limit", Where: v.rule.String(), Text: "the best bandwidth is the widest that was tried: look at the data for outliers"})
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

// score returns what the best bandwidth has the least of.
func (v *validator) score(ctx context.Context, h float64) (float64, error) {
	err := inChunks(ctx, len(v.w), v.workers, func(i int) { v.parts[i] = v.part(i, h) })
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
	near, reach := v.shape.reach()
	if v.rule == Likelihood {
		reach = near
	}
	first := v.z[0]
	overlap, others := 0.0, 0.0
	for j := i; j >= 0 && first[i]-first[j] <= reach*h; j-- {
		a, b := v.pair(i, j, h)
		overlap += v.w[j] * a
		if j != i {
			others += v.w[j] * b
		}
	}
	for j := i + 1; j < len(first) && first[j]-first[i] <= reach*h; j++ {
		a, b := v.pair(i, j, h)
		overlap += v.w[j] * a
		others += v.w[j] * b
	}
	d := float64(len(v.z))
	volume := math.Pow(h, d)
	others /= 1 - v.w[i]
	if v.rule == LeastSquares {
		return v.w[i] * (overlap - 2*others) / volume
	}
	if others == 0 && v.shape == Gaussian {
		// Too far from all others for float64: about the kernel of the nearest one,
		// enough to tell that wider is better.
		return v.w[i] * (0.5*v.nearest(i)/(h*h) + d*(halfLog2Pi+math.Log(h)) + math.Log(float64(len(v.w)-1)))
	}
	return v.w[i] * (d*math.Log(h) - math.Log(others))
}

// pair returns the overlap of the kernels of two observations, for least squares,
// and the kernel of one at the other.
func (v *validator) pair(i, j int, h float64) (overlap, value float64) {
	if v.shape == Gaussian {
		square := 0.0
		for _, z := range v.z {
			u := (z[i] - z[j]) / h
			square += u * u
		}
		d := float64(len(v.z))
		value = math.Exp(-0.5*square - d*halfLog2Pi)
		if v.rule == LeastSquares {
			overlap = math.Exp(-0.25*square - d*(halfLog2Pi+0.5*math.Ln2))
		}
		return overlap, value
	}
	overlap, value = 1, 1
	for _, z := range v.z {
		u := (z[i] - z[j]) / h
		overlap, value = overlap*v.shape.overlap(u), value*v.shape.value(u)
	}
	return overlap, value
}

// nearest returns the least squared distance to another observation.
func (v *validator) nearest(i int) float64 {
	least := math.Inf(1)
	for j := range v.w {
		square := 0.0
		for _, z := range v.z {
			square += (z[i] - z[j]) * (z[i] - z[j])
		}
		if j != i {
			least = min(least, square)
		}
	}
	return least
}
