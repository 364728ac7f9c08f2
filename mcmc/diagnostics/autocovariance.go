package diagnostics

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Autocovariance returns the autocovariances of x at lags 0 … len(x)−1,
//
//	c_t = (1/n) Σ (x_i − mean)(x_{i+t} − mean),
//
// with the divisor n at all lags (Geyer 1992). Constant x has zeros. O(n log n) by
// the fast Fourier transform of x with as many zeros behind it.
func Autocovariance(x []float64) []float64 {
	var s sample
	return append([]float64(nil), s.autocovariance([][]float64{x})...)
}

// Autocorrelation returns the autocovariances of x divided by the one at lag 0; NaN
// for constant x. O(n log n).
func Autocorrelation(x []float64) []float64 {
	c := Autocovariance(x)
	for i := len(c) - 1; i >= 0; i-- {
		c[i] /= c[0]
	}
	return c
}

// autocovariance returns the autocovariances averaged over chains of equal length,
// valid until the next call. One inverse transform serves all chains, for that of
// the mean of their power spectra is the mean of their autocovariances.
func (s *sample) autocovariance(chains [][]float64) []float64 {
	n := len(chains[0])
	if n == 0 {
		return nil
	}
	size := transformSize(2 * n)
	if s.fft == nil || s.fft.Len() != size {
		s.fft = fourier.NewFFT(size)
	}
	s.sequence = grow(s.sequence, size)
	s.spectrum, s.power = grow(s.spectrum, size/2+1), grow(s.power, size/2+1)
	clear(s.power)
	for _, x := range chains {
		m := mean(x)
		for i, v := range x {
			s.sequence[i] = v - m
		}
		clear(s.sequence[n:])
		for i, f := range s.fft.Coefficients(s.spectrum, s.sequence) {
			s.power[i] += complex(real(f)*real(f)+imag(f)*imag(f), 0)
		}
	}
	c := s.fft.Sequence(s.sequence, s.power)[:n]
	scale := 1 / (float64(size) * float64(n) * float64(len(chains)))
	for i := range c {
		c[i] *= scale
	}
	return c
}

// transformSize returns the least even number of at least n with no prime factor
// but 2, 3 and 5, at most one of the odd ones.
func transformSize(n int) int {
	best := math.MaxInt
	for _, odd := range []int{1, 3, 5} {
		size := 2 * odd
		for size < n {
			size *= 2
		}
		best = min(best, size)
	}
	return best
}
