package information

import "math"

// This file has the running moments of draws, which parts of them can be merged from.

// moments are a running mean and sum of squared deviations (Welford 1962).
type moments struct{ n, mean, square float64 }

func (a *moments) add(v float64) {
	a.n++
	d := v - a.mean
	a.mean += d / a.n
	a.square += d * (v - a.mean)
}

// merge adds what another run saw (Chan, Golub & LeVeque 1983).
func (a *moments) merge(b moments) {
	n, d := a.n+b.n, b.mean-a.mean
	a.mean += d * (b.n / n)
	a.square += b.square + d*d*(a.n*b.n/n)
	a.n = n
}

func (a moments) variance() float64 { return a.square / (a.n - 1) }

// effective is how many values of one size have the same ratio of mean and mean square.
func (a moments) effective() float64 {
	return a.n * a.mean * a.mean / (a.square/a.n + a.mean*a.mean)
}

// fewest is the effective number of draws below which their variance says nothing.
const fewest = 16

// logMoments are the moments of values in units of the greatest so far, exp(peak).
type logMoments struct {
	moments
	peak float64
}

// add takes the logarithm of a value.
func (a *logMoments) add(l float64) {
	if l > a.peak {
		a.rescale(l)
	}
	if math.IsInf(l, 0) { // nothing, or as much as there can be
		a.moments.add(math.Exp(min(l, 0)))
		return
	}
	a.moments.add(math.Exp(l - a.peak))
}

func (a *logMoments) rescale(peak float64) {
	shrink := math.Exp(a.peak - peak)
	a.mean *= shrink
	a.square *= shrink * shrink
	a.peak = peak
}

func (a *logMoments) merge(b logMoments) {
	switch {
	case b.peak > a.peak:
		a.rescale(b.peak)
	case a.peak > b.peak:
		b.rescale(a.peak)
	}
	a.moments.merge(b.moments)
}

// value returns the logarithm of the mean over by, with its standard error.
func (a *logMoments) value(by float64) Value {
	switch {
	case math.IsNaN(a.mean):
		return sampled(a.mean, a.mean)
	case math.IsInf(a.peak, 1):
		return sampled(a.peak/by, 0)
	case a.mean == 0: // no draw saw anything
		return sampled(math.Inf(-1)/by, math.Inf(1))
	}
	v := (a.peak + math.Log(a.mean)) / by
	if !(a.effective() >= fewest) {
		return sampled(v, math.Inf(1))
	}
	return sampled(v, math.Sqrt(a.variance()/a.n)/(a.mean*math.Abs(by)))
}
