package diagnostics

import "math"

// RHat returns the rank-normalized split R-hat of Vehtari et al. (2021, section 4):
// the larger one of the draws' and of their distances from the median, so that
// chains that differ in place or in spread are found. Chains that agree give 1; more
// than 1.01 is a reason not to use the draws. O(S log S).
func RHat(chains [][]float64) float64 { return newSample(chains).rHat() }

func (s *sample) rHat() float64 {
	if s.nan || s.iterations < 2 {
		return math.NaN()
	}
	order, value := s.splitOrder()
	if value[0] == value[len(value)-1] {
		return math.NaN()
	}
	s.z = grow(s.z, len(s.x))
	s.normalScores(s.z, order, value)
	bulk := basicRHat(s.halves(s.z))
	if !s.folded(s.z) {
		return math.NaN()
	}
	return max(bulk, basicRHat(s.halves(s.z)))
}

// RHatBasic returns R-hat of the draws as they are, with chains split in halves or
// not (Gelman et al. 2013, equation 11.4). It needs finite variances. O(S).
func RHatBasic(chains [][]float64, split bool) float64 {
	return newSample(chains).rHatBasic(split)
}

func (s *sample) rHatBasic(split bool) float64 {
	if s.undefined {
		return math.NaN()
	}
	if split {
		return basicRHat(s.halves(s.x))
	}
	return basicRHat(s.whole(s.x))
}

// basicRHat is √((N − 1)/N + B/(N·W)) of chains of equal length; NaN for one chain,
// for fewer than two draws, and for constant draws.
func basicRHat(chains [][]float64) float64 {
	n := float64(len(chains[0]))
	within, between := withinBetween(chains)
	if within == 0 && between == 0 {
		return math.NaN()
	}
	return math.Sqrt((n*between/within + n - 1) / n)
}

// withinBetween returns the mean of the variances of chains and the variance of
// their means.
func withinBetween(chains [][]float64) (within, between float64) {
	for _, c := range chains {
		within += variance(c, mean(c)) / float64(len(chains))
	}
	return within, varianceOfMeans(chains)
}

// varianceOfMeans is the variance of the means of chains, NaN for one chain. The means
// are plain sums, as posterior has them: far from zero, at 10⁸ standard deviations,
// the eighth digit of an ESS depends on how they are rounded.
func varianceOfMeans(chains [][]float64) float64 {
	var room [64]float64 // for most runs, on the stack
	means := room[:0]
	for _, c := range chains {
		means = append(means, plainMean(c))
	}
	return variance(means, mean(means))
}
