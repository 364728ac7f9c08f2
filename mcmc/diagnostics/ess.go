package diagnostics

import "math"

// ESSBulk returns the effective sample size of the rank-normalized draws in split
// chains: how well the middle of the distribution is known, also where means do not
// exist (Vehtari et al. 2021, section 4.3). At least 100 for each chain is advised.
// O(S log S).
func ESSBulk(chains [][]float64) float64 { return newSample(chains).essBulk() }

func (s *sample) essBulk() float64 {
	if s.nan || s.iterations < 2 {
		return math.NaN()
	}
	order, value := s.splitOrder()
	if value[0] == value[len(value)-1] {
		return math.NaN()
	}
	s.z = grow(s.z, len(s.x))
	s.normalScores(s.z, order, value)
	return s.ess(s.halves(s.z))
}

// ESSTail returns the smaller one of the effective sample sizes of the 5% and 95%
// quantiles (Vehtari et al. 2021, section 4.3). O(S log S).
func ESSTail(chains [][]float64) float64 {
	s := newSample(chains)
	return min(s.essQuantile(0.05), s.essQuantile(0.95))
}

// ESSMean returns the effective sample size for the mean, in split chains. It needs
// a finite variance. O(S log S).
func ESSMean(chains [][]float64) float64 { return newSample(chains).essBasic(true) }

// ESSBasic returns the effective sample size of the draws as they are, with chains
// split in halves or not. O(S log S).
func ESSBasic(chains [][]float64, split bool) float64 { return newSample(chains).essBasic(split) }

func (s *sample) essBasic(split bool) float64 {
	if s.undefined {
		return math.NaN()
	}
	if split {
		return s.ess(s.halves(s.x))
	}
	return s.ess(s.whole(s.x))
}

// ESSSD returns the effective sample size for the standard deviation, that of the
// distances from the mean. O(S log S).
func ESSSD(chains [][]float64) float64 { return newSample(chains).essSD() }

func (s *sample) essSD() float64 {
	if s.undefined {
		return math.NaN()
	}
	m := mean(s.x)
	s.work = grow(s.work, len(s.x))
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range s.x {
		d := math.Abs(v - m)
		s.work[i] = d
		low, high = min(low, d), max(high, d)
	}
	if constant(low, high) {
		return math.NaN()
	}
	return s.ess(s.halves(s.work))
}

// ESSQuantile returns the effective sample size for the p-quantile: that of the
// indicator of draws no larger than the quantile (Vehtari et al. 2021, section 4.3).
// It is NaN where no draw is larger, except for p = 1, where the quantile is taken half
// a draw inside. O(S log S).
func ESSQuantile(chains [][]float64, p float64) float64 { return newSample(chains).essQuantile(p) }

func (s *sample) essQuantile(p float64) float64 {
	if s.undefined || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	s.sort()
	if p == 1 {
		p -= 0.5 / float64(len(s.x))
	}
	q := sortedQuantile(s.sorted, p)
	if q >= s.sorted[len(s.sorted)-1] {
		return math.NaN()
	}
	s.work = grow(s.work, len(s.x))
	for i, v := range s.x {
		s.work[i] = 0
		if v <= q {
			s.work[i] = 1
		}
	}
	return s.ess(s.halves(s.work))
}

// ess is M·N/τ for M chains of N draws, which are finite. The sum of
// autocorrelations ends with Geyer's (1992) initial positive sequence of pairs, is
// made monotone, and takes half of the first correlation behind it if that is
// positive, which lessens the variance for antithetic chains (Vehtari et al. 2021,
// section 3.2). τ is at least 1/log₁₀(M·N). Chains of fewer than six draws have no
// second pair; then τ is 2, as in posterior.
func (s *sample) ess(chains [][]float64) float64 {
	n := len(chains[0])
	if n < 3 {
		return math.NaN()
	}
	l := &s.lags
	l.reset(chains)
	v, second := l.pair(0)
	if len(chains) > 1 {
		v += varianceOfMeans(chains)
	}
	if v == 0 {
		return math.NaN()
	}
	w := l.c[0] * float64(n) / float64(n-1)
	correlation := func(c float64) float64 { return 1 - (w-c)/v }

	rho := l.c // a lag is read before its place is taken
	end, even, odd := 0, 1.0, correlation(second)
	rho[0], rho[1] = even, odd
	for end < n-5 && even+odd > 0 {
		end += 2
		even, odd = l.pair(end)
		even, odd = correlation(even), correlation(odd)
		rho[end], rho[end+1] = 0, 0
		if even+odd >= 0 {
			rho[end], rho[end+1] = even, odd
		}
	}
	if even > 0 {
		rho[end] = even
	}
	for t := 2; t <= end-2; t += 2 {
		if before := rho[t-2] + rho[t-1]; rho[t]+rho[t+1] > before {
			rho[t], rho[t+1] = before/2, before/2
		}
	}
	tau := -1 + rho[end]
	for _, r := range rho[:max(end, 1)] {
		tau += 2 * r
	}
	draws := float64(len(chains) * n)
	return draws / max(tau, 1/math.Log10(draws))
}
