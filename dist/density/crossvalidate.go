package density

import (
	"context"
	"math"
	"slices"

	"github.com/belief-go/belief"
)

// Bandwidths by leave-one-out cross-validation. With the weights w and the density
// p₋ᵢ estimated without observation i, least squares want the least
//
//	∫ p̂² − 2 Σ wᵢ p₋ᵢ(xᵢ) = Σ wᵢwⱼ (K∗K)((xᵢ−xⱼ)/h)/hᵈ − 2 Σ_{i≠j} wᵢwⱼ/(1−wᵢ) K((xᵢ−xⱼ)/h)/hᵈ
//
// (Silverman 1986, equation 3.39), and likelihood the greatest Σ wᵢ log p₋ᵢ(xᵢ)
// (equation 3.43). In several dimensions h is common to all coordinates, which are
// first brought to deviation one.
//
// Both criteria may have several optima. An approximation is therefore tried on a
// logarithmic grid around Silverman's rule, and the exact criterion decides between
// the best of these trials, walks on where they misled, and is refined by Brent's
// method: about a dozen exact evaluations in all.

// A selection is the bandwidth that cross-validation chose.
type selection struct {
	h        float64
	warnings []belief.Warning
}

// A validator computes scores; parts holds what each observation contributes, so
// that they are summed in order.
type validator struct {
	z       [][]float64 // coordinate by coordinate; a single one is sorted
	w       []float64   // sum to one
	cloud   *cloud      // of several coordinates
	shape   KernelShape
	rule    BandwidthRule
	workers int
	parts   []float64
}

const (
	trials    = 15   // on each side of Silverman's rule
	trialStep = 1.25 // between them: from 1/28 of it to 28 times
)

// choose returns the best bandwidth near start.
func (v *validator) choose(ctx context.Context, start float64) (selection, error) {
	v.parts = make([]float64, len(v.w))
	width := func(k float64) float64 { return start * math.Pow(trialStep, k) }
	var rough [2*trials + 1]float64
	for k := range rough {
		var err error
		if rough[k], err = v.roughScore(ctx, width(float64(k-trials))); err != nil {
			return selection{}, err
		}
	}
	var failed error
	known := map[float64]float64{} // exact scores by k
	exact := func(k float64) float64 {
		f, ok := known[k]
		if !ok && failed == nil {
			f, failed = v.score(ctx, width(k))
			known[k] = f
		}
		return f
	}
	best := trials
	scale := math.Abs(slices.Min(rough[:]))
	if v.rule == Likelihood {
		scale = max(1, scale) // a logarithm, whose zero means nothing
	}
	for _, k := range candidates(rough[:], 0.03*scale) {
		if k = descend(exact, k-trials); exact(float64(k)) < exact(float64(best)) {
			best = k
		}
	}
	if failed != nil {
		return selection{}, failed
	}
	out := selection{h: width(float64(best))}
	switch {
	case math.IsInf(exact(float64(best)), 1):
		// Compact kernels may leave an observation alone at every trial.
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-none", Where: v.rule.String(), Text: "every bandwidth that was tried leaves an observation alone, with likelihood zero: the widest was taken; try a Gaussian kernel"})
		return out, nil
	case best == -trials:
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-limit", Where: v.rule.String(), Text: "the best bandwidth is the least that was tried, as when many observations are equal: give one, or another rule"})
		return out, nil
	case best == trials:
		out.warnings = append(out.warnings, belief.Warning{Code: "bandwidth-limit", Where: v.rule.String(), Text: "the best bandwidth is the widest that was tried: look at the data for outliers"})
		return out, nil
	}
	// The scores of compact kernels have small corners, and those of tophats steps,
	// which only a finer grid sees.
	at, reach := float64(best), 1.0
	if v.shape != Gaussian && len(v.z) == 1 {
		const parts = 16
		for k := 1 - parts; k < parts; k++ {
			if x := float64(best) + float64(k)/parts; exact(x) < exact(at) {
				at = x
			}
		}
		reach = 1. / parts
	}
	at = minimize(exact, at-reach, at, at+reach, 4e-6)
	out.h = width(at)
	return out, failed
}

// candidates returns the trials that may turn out to be the best: all local minima
// that are within slack of the best.
func candidates(rough []float64, slack float64) []int {
	best := slices.Min(rough)
	if math.IsInf(best, 1) {
		return []int{len(rough) - 1}
	}
	var out []int
	for k, f := range rough {
		if (k == 0 || f <= rough[k-1]) && (k == len(rough)-1 || f <= rough[k+1]) && f <= best+slack {
			out = append(out, k)
		}
	}
	return out
}

// descend walks from trial k to a local minimum. Where the score is infinite, it
// walks towards the wider, where no observation is alone.
func descend(score func(k float64) float64, k int) int {
	for {
		here, next := score(float64(k)), k
		if k > -trials && score(float64(k-1)) < here {
			next = k - 1
		}
		if k < trials && (score(float64(k+1)) < score(float64(next)) || math.IsInf(here, 1)) {
			next = k + 1
		}
		if next == k {
			return k
		}
		k = next
	}
}

// score returns what the best bandwidth has the least of.
func (v *validator) score(ctx context.Context, h float64) (float64, error) {
	if !(h >= leastBandwidth) {
		return math.Inf(1), ctx.Err()
	}
	part, err := v.vectorPart, error(nil)
	if len(v.z) == 1 {
		if part, err = v.linePart(ctx, h); err != nil {
			return 0, err
		}
	}
	err = inChunks(ctx, len(v.w), v.workers, func(i int) { v.parts[i] = part(i, h) })
	return finiteOr(v.parts), err
}

// finiteOr sums parts, and answers +Inf where they make no sense.
func finiteOr(parts []float64) float64 {
	sum := 0.0
	for _, p := range parts {
		sum += p
	}
	if math.IsNaN(sum) {
		return math.Inf(1)
	}
	return sum
}
