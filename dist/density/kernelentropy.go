package density

import (
	"math"

	"github.com/belief-go/belief/internal/quadrature"
)

// Entropy and slope of a kernel estimate of one number.

// GradLogProb implements [dist.Grader]. At a kink or step of compact kernels it is
// that of the observations on both sides, and NaN where the density is zero.
func (k *Kernel) GradLogProb(x float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return math.NaN()
	case k.shape == Gaussian:
		sum, slope, _ := k.gaussSums(x, true)
		return slope / sum / k.h
	}
	i, j := firstFrom(k.s.x, x-k.h), firstAbove(k.s.x, x+k.h)
	if i == j {
		return math.NaN()
	} else if k.shape == Tophat {
		return 0
	}
	slope := 0.0
	for n := i; n < j; n++ {
		slope -= 1.5 * k.s.w[n] * ((x - k.s.x[n]) / k.h)
	}
	return slope / k.compactSum(x) / k.h
}

// Entropy returns −∫ p log p, by quadrature with an error below 1e-9 for Gaussian and
// Epanechnikov kernels. For tophats it is a sum. It costs about a hundred evaluations
// for every few bandwidths that the observations cover, or for every observation if
// that is less, and O(n) panels for the others.
func (k *Kernel) Entropy() float64 {
	switch k.shape {
	case Gaussian:
		f := func(x float64) float64 {
			sum, nearest := k.gaussSum(x)
			p := sum * math.Exp(-0.5*nearest*nearest)
			if p == 0 {
				return 0
			}
			return -p * (math.Log(sum) - 0.5*nearest*nearest)
		}
		h, _ := quadrature.Adaptive(f, k.panels(), 1e-13, 1000)
		return (h/math.Sqrt(2*math.Pi) + 0) / k.h
	}
	return 0
}
