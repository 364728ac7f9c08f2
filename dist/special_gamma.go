package dist

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// This file has what the distributions of the gamma family share, the Poisson
// distribution among them: the kernel m^n e^(−m)/Γ(a), the incomplete gamma
// functions in log space and their inverse, and the sampler.

// gammaTiny is where m is too small to add anything to a power of it.
const gammaTiny = 1e-300

// gammaEntropy returns a + log Γ(a) + (1−a)ψ(a), the entropy of a gamma variate of
// rate one, by Stirling's formula where the terms would cancel.
func gammaEntropy(a float64) float64 {
	if a < 20 {
		l, _ := math.Lgamma(a)
		return a + l + (1-a)*special.Digamma(a)
	}
	return 0.5*math.Log(a) + halfLog2Pi + special.Stirling(a) + (1-a)*special.DigammaRest(a)
}

// A gammaKernel is log(m^n e^(−m)/Γ(a)) as a function of m > 0, with all of it
// computed that does not depend on m.
type gammaKernel struct {
	shape, power, norm float64 // a, n
	wide               bool    // Loader's deviance in place of terms that cancel
}

// newGammaKernel has n = a−1, for the density of a gamma variate, or n = a+1, for
// that of its inverse.
func newGammaKernel(a, step float64) gammaKernel {
	n := a + step
	if a < gammaWide {
		l, _ := math.Lgamma(a)
		return gammaKernel{shape: a, power: n, norm: -l}
	}
	norm := -special.Stirling(n) - halfLog2Pi - 0.5*math.Log(n)
	if step > 0 {
		norm += math.Log(a) + math.Log(n) // Γ(n+1) is a(a+1)Γ(a)
	}
	return gammaKernel{a, n, norm, true}
}

// gammaWide is the shape from which the terms of the kernel would cancel.
const gammaWide = 30

// gammaPrecise is the shape from which the rounding of m shows in the kernel.
const gammaPrecise = 1e6

// gammaNarrow returns the kernel of a shape below gammaWide, where m is neither below
// gammaTiny nor infinite.
func gammaNarrow(a, n, m float64) float64 {
	l, _ := math.Lgamma(a)
	return n*math.Log(m) - m - l
}

// at returns the kernel at a finite m that is not below gammaTiny.
func (k *gammaKernel) at(m float64) float64 {
	if k.wide {
		return k.norm - discDeviance(k.power, m)
	}
	return k.power*math.Log(m) - m + k.norm
}

// atTiny returns the kernel at an m below gammaTiny.
func (k *gammaKernel) atTiny(logM float64) float64 {
	l, _ := math.Lgamma(k.shape)
	return k.power*logM - l
}

// gammaTinyTails returns the logarithms of P(a, m) and Q(a, m) for m below
// gammaTiny, which may itself underflow.
func gammaTinyTails(a, logM float64) (lower, upper float64) {
	lower = min(0, a*logM-special.LogGamma1p(a))
	return lower, special.Log1mExp(lower)
}

// gammaTails returns the logarithms of P(a, m) and Q(a, m), the regularized
// incomplete gamma functions, for a > 0 and m ≥ 0. Where both are small numbers it
// takes the expansion of P in which 1 − P loses nothing (DLMF 8.7.3), elsewhere
// the smaller one first.
func gammaTails(a, m float64) (lower, upper float64) {
	switch {
	case m == 0:
		return math.Inf(-1), 0
	case math.IsInf(m, 1):
		return 0, math.Inf(-1)
	case a < 1 && m < 1:
		sum, power := 0.0, 1.0
		for k := 1.0; k < 25; k++ {
			power *= -m / k
			sum += power / (a + k)
		}
		lower = min(0, a*careful.Log(m)-special.LogGamma1p(a)+math.Log1p(a*sum))
		return lower, special.Log1mExp(lower)
	}
	factor := gammaFactor(a, m)
	tail := min(0, discPoisson(a, m)+math.Log(factor))
	if m <= a {
		return tail, special.Log1mExp(tail)
	}
	return special.Log1mExp(tail), tail
}

// gammaFactor returns P(a, m) for m ≤ a, and Q(a, m) for m > a, over
// m^a e^(−m)/Γ(a+1): by power series (DLMF 8.7.1), by continued fraction (DLMF
// 8.9.2), or where these are long by the integral of DLMF 8.2.1 in the logarithm.
func gammaFactor(a, m float64) float64 {
	sign := 1.0
	if m <= a {
		sign = -1
		sum, term := 1.0, 1.0
		for k := 1.0; k < discTerms; k++ {
			ratio := m / (a + k)
			term *= ratio
			sum += term
			if term <= 1e-17*sum*(1-ratio) {
				return sum
			}
		}
	} else {
		// The method of Lentz, as modified by Thompson & Barnett (1986). From m > a on
		// no denominator vanishes.
		b := m - a + 1
		c, d := math.Inf(1), 1/b
		fraction := d
		for k := 1.0; k < discTerms; k++ {
			numerator := k * (a - k)
			b += 2
			d = 1 / (b + numerator*d)
			c = b + numerator/c
			fraction *= c * d
			if math.Abs(c*d-1) < 4e-16 {
				return a * fraction
			}
		}
	}
	drift := math.Abs(a - m)
	return a * discIntegral(1/(drift+math.Sqrt(m)), func(s float64) float64 {
		return -drift*s - m*special.Expm2(sign*s)
	})
}

// gammaQuantile returns the m e^boost with P(a, m e^boost) = p, or Q = p if upper.
// The boost is zero unless the product might underflow.
//
// In t = log m, both log P and log Q are concave, so that Newton's steps arrive
// from one side; they solve for the smaller of P and Q.
func gammaQuantile(a, p float64, upper bool) (m, boost float64) {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN(), 0
	case p == 0 && upper || p == 1 && !upper:
		return math.Inf(1), 0
	case p == 0 || p == 1:
		return 0, 0
	case p > 0.5:
		p, upper = 1-p, !upper // exact
	}
	logP := careful.Log(p)
	logLower := logP
	if upper {
		logLower = math.Log1p(-p)
	}
	// P(a, m) is below m^a/Γ(a+1), by less than the last digit where m is small.
	least := (logLower + special.LogGamma1p(a)) / a
	if least < -40 {
		return 1, least
	}
	m = gammaQuantileStart(a, p, upper, logP, least)
	last := math.Inf(1)
	for range 100 {
		l, u := gammaTails(a, m)
		front := discPoisson(a, m) + math.Log(a) // log of dP/dt
		step := (logP - l) * math.Exp(l-front)
		if upper {
			step = (u - logP) * math.Exp(u-front)
		}
		size := math.Abs(step)
		if !(size > 0) || size < 1e-9 && size > 0.5*last {
			break // nothing left but rounding
		}
		last = size
		m *= math.Exp(min(max(step, -2), 2))
	}
	return m, 0
}

// gammaQuantileStart is the cube of a normal variable (Wilson & Hilferty 1931) for
// shapes at which that is near, and otherwise the leading term of either tail.
func gammaQuantileStart(a, p float64, upper bool, logP, least float64) float64 {
	if a > 0.5 {
		z := mathext.NormalQuantile(p)
		if upper {
			z = -z
		}
		if v := 1 - 1/(9*a) + z/(3*math.Sqrt(a)); v > 0.1 {
			return a * v * v * v
		}
	} else if upper {
		l, _ := math.Lgamma(a)
		if y := -logP - l; y > 2 {
			return y - (1-a)*math.Log(y)
		}
	}
	return math.Exp(least)
}

// boosted returns x e^boost, where either may be out of range alone.
func boosted(x, boost float64) float64 {
	if boost == 0 {
		return x
	}
	if e := math.Exp(boost); e > gammaTiny && e < 1/gammaTiny {
		return x * e
	}
	return math.Exp(careful.Log(x) + boost)
}

// randGamma draws v e^boost, a gamma variate of rate one (Marsaglia & Tsang 2000),
// where the boost is zero unless the shape is below one.
func randGamma(r *rand.Rand, shape float64) (v, boost float64) {
	if shape < 1 {
		boost = math.Log(open(r)) / shape
		shape++
	}
	d := shape - 1./3
	c := 1 / (3 * math.Sqrt(d))
	for {
		z := r.NormFloat64()
		v := 1 + c*z
		if v <= 0 {
			continue
		}
		v *= v * v
		u, y := open(r), z*z
		if u < 1-0.0331*y*y || math.Log(u) < 0.5*y+d*(1-v+math.Log(v)) {
			return d * v, boost
		}
	}
}
