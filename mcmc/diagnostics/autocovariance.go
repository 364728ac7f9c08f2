package diagnostics

import (
	"math"
	"math/bits"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Autocovariance returns the autocovariances of x at lags 0 … len(x)−1,
//
//	c_t = (1/n) Σ (x_i − mean)(x_{i+t} − mean),
//
// with the divisor n at all lags (Geyer 1992). Constant x has zeros. O(n log n) by
// the fast Fourier transform of x with as many zeros behind it.
func Autocovariance(x []float64) []float64 {
	if len(x) == 0 {
		return nil
	}
	var l lags
	l.reset([][]float64{x})
	l.transform()
	return l.c
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

// lags are the autocovariances of chains of equal length, averaged over the chains.
// They are asked for from lag 0 on, and mostly few are needed: the first ones are
// summed one pair at a time, as long as that costs no more than the transforms that
// give all.
type lags struct {
	n, chains int
	x         []float64 // deviations from the means, chain after chain
	c         []float64 // of length n; those below known may be used for other things
	known     int       // lags computed

	fft      *fourier.FFT
	sequence []float64
	spectrum []complex128
	power    []complex128
}

func (l *lags) reset(chains [][]float64) {
	l.n, l.chains, l.known = len(chains[0]), len(chains), 0
	l.x, l.c = grow(l.x, l.n*l.chains)[:0], grow(l.c, l.n)
	for _, c := range chains {
		m := mean(c)
		for _, v := range c {
			l.x = append(l.x, v-m)
		}
	}
}

// pair returns the autocovariances at the even lag t and at t+1 < n.
func (l *lags) pair(t int) (even, odd float64) {
	if t >= l.known {
		if t < 4*bits.Len(uint(l.n)) {
			l.c[t], l.c[t+1] = l.sums(t)
			l.known = t + 2
		} else {
			l.transform()
		}
	}
	return l.c[t], l.c[t+1]
}

// sums computes two lags, with four sums that do not wait for each other.
func (l *lags) sums(t int) (even, odd float64) {
	for chain := range l.chains {
		x := l.x[chain*l.n : (chain+1)*l.n]
		var e0, e1, o0, o1 float64
		y := x[t:]
		i := 0
		for ; i+2 < len(y); i += 2 {
			a, b, c := y[i], y[i+1], y[i+2]
			e0 += x[i] * a
			o0 += x[i] * b
			e1 += x[i+1] * b
			o1 += x[i+1] * c
		}
		for ; i < len(y); i++ {
			e0 += x[i] * y[i]
			if i+1 < len(y) {
				o0 += x[i] * y[i+1]
			}
		}
		even += e0 + e1
		odd += o0 + o1
	}
	scale := 1 / (float64(l.n) * float64(l.chains))
	return even * scale, odd * scale
}

// transform computes the lags from known on. One inverse transform serves all chains, for that of
// the mean of their power spectra is the mean of their autocovariances.
func (l *lags) transform() {
	n, size := l.n, transformSize(2*l.n)
	if l.fft == nil || l.fft.Len() != size {
		l.fft = fourier.NewFFT(size)
	}
	l.sequence = grow(l.sequence, size)
	l.spectrum, l.power = grow(l.spectrum, size/2+1), grow(l.power, size/2+1)
	clear(l.power)
	for chain := range l.chains {
		copy(l.sequence, l.x[chain*n:(chain+1)*n])
		clear(l.sequence[n:])
		for i, f := range l.fft.Coefficients(l.spectrum, l.sequence) {
			l.power[i] += complex(real(f)*real(f)+imag(f)*imag(f), 0)
		}
	}
	scale := 1 / (float64(size) * float64(n) * float64(l.chains))
	all := l.fft.Sequence(l.sequence, l.power)
	for t := l.known; t < n; t++ {
		l.c[t] = all[t] * scale
	}
	l.known = n
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
