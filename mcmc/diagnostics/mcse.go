package diagnostics

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// MCSEMean returns the Monte Carlo standard error of the mean, sd/√ESS. O(S log S).
func MCSEMean(chains [][]float64) float64 {
	s := newSample(chains)
	return s.sd() / math.Sqrt(s.essBasic(true))
}

// sd returns the standard deviation of all draws, also where its square is beyond
// what a float64 holds.
func (s *sample) sd() float64 {
	m := mean(s.x)
	v := variance(s.x, m)
	if !math.IsInf(v, 1) && !(v < 1e-290) {
		return math.Sqrt(v)
	}
	size := 0.0
	for _, x := range s.x {
		size = max(size, math.Abs(x-m))
	}
	if size == 0 || math.IsInf(size, 1) {
		return size
	}
	sum := 0.0
	for _, x := range s.x {
		sum += (x - m) / size * ((x - m) / size)
	}
	return size * math.Sqrt(sum/float64(len(s.x)-1))
}

// MCSESD returns the Monte Carlo standard error of the standard deviation,
// √((m₄ − m₂²)/(4 m₂ ESS)) with central moments m₂ and m₄ and the ESS of the squared
// deviations: no normal distribution is supposed (Kenney and Keeping 1951, page
// 141). O(S log S).
func MCSESD(chains [][]float64) float64 { return newSample(chains).mcseSD() }

func (s *sample) mcseSD() float64 {
	if s.undefined {
		return math.NaN()
	}
	m := mean(s.x)
	s.work = grow(s.work, len(s.x))
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range s.x {
		d := (v - m) * (v - m)
		s.work[i] = d
		low, high = min(low, d), max(high, d)
	}
	if constant(low, high) {
		return math.NaN()
	}
	m2 := mean(s.work)
	spread := 0.0 // the mean of (d − m₂)² is m₄ − m₂², without the cancellation
	for _, d := range s.work {
		spread += (d - m2) * (d - m2)
	}
	ess := s.ess(s.halves(s.work))
	return math.Sqrt(spread / float64(len(s.work)) / ess / m2 / 4)
}

// MCSEQuantile returns the Monte Carlo standard error of the p-quantile: half the
// distance of the quantiles that lie one standard error of the cumulative
// probability away on either side, the standard error being that of a Beta
// distribution of ESS draws (Vehtari et al. 2021, section 4.4). O(S log S).
func MCSEQuantile(chains [][]float64, p float64) float64 {
	s := newSample(chains)
	return s.mcseQuantile(p, s.essQuantile(p))
}

// The probabilities one standard deviation on either side, to the digits that
// posterior takes.
const (
	belowOne = 0.1586553
	aboveOne = 0.8413447
)

func (s *sample) mcseQuantile(p, ess float64) float64 {
	if math.IsNaN(ess) {
		return math.NaN()
	}
	s.sort()
	n := len(s.sorted)
	a, b := ess*p+1, ess*(1-p)+1
	low := math.Floor(mathext.InvRegIncBeta(a, b, belowOne) * float64(n))
	high := math.Ceil(mathext.InvRegIncBeta(a, b, aboveOne) * float64(n))
	return (s.sorted[min(int(high), n)-1] - s.sorted[max(int(low), 1)-1]) / 2
}
