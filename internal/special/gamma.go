package special

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// This file has logarithms of gamma and beta functions.

const (
	halfLog2Pi = 0.91893853320467274178 // ½ log 2π
	eulerGamma = 0.57721566490153286061
)

// LogGamma returns log Γ(x) for x > 0.
func LogGamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// LogGamma1p returns log Γ(1+x) for x ≥ 0. For small x, of which 1+x would lose
// digits, it is the Taylor series (Abramowitz & Stegun 1964, 6.1.33).
func LogGamma1p(x float64) float64 {
	switch {
	case x > 0.9 && x < 3: // next to one, 1+x would lose the digits of the result
		return math.Log(x) + LogGamma(x)
	case x > 0.2:
		return LogGamma(1 + x)
	}
	sum := 0.0
	for k := len(zetaLess1) - 1; k >= 0; k-- {
		sum = zetaLess1[k]/float64(k+2) - x*sum
	}
	return x*(1-eulerGamma) - math.Log1p(x) + x*x*sum
}

// zetaLess1 holds ζ(k) − 1 for k = 2, 3, ….
var zetaLess1 = [14]float64{
	0.64493406684822643647, 0.20205690315959428540, 0.082323233711138191516,
	0.036927755143369926331, 0.017343061984449139714, 0.0083492773819228268398,
	0.0040773561979443393787, 0.0020083928260822144179, 0.00099457512781808533715,
	0.00049418860411946455870, 0.00024608655330804829864, 0.00012271334757848914675,
	0.000061248135058704829259, 0.000030588236307020493552,
}

// stirlingTable holds the errors of Stirling's formula for log n!, n = 1, …, 15.
var stirlingTable = [16]float64{
	math.Inf(1),
	0.081061466795327258220,
	0.041340695955409294094,
	0.027677925684998339149,
	0.020790672103765093112,
	0.016644691189821192163,
	0.013876128823070747999,
	0.011896709945891770095,
	0.010411265261972096497,
	0.0092554621827127329177,
	0.0083305634333628712565,
	0.0075736754879518407950,
	0.0069428401072095298657,
	0.0064089941880042070684,
	0.0059513701127588477356,
	0.0055547335519628013710,
}

// Stirling returns the error of Stirling's formula, log Γ(x) − (x−½) log x + x −
// ½ log 2π for x > 0 (DLMF 5.11.1). Between whole numbers below 15 it is accurate to
// 1e-14 of one, or of itself where it is larger.
func Stirling(x float64) float64 {
	if x > 15 {
		y := 1 / (x * x)
		return (1./12 - y*(1./360-y*(1./1260-y*(1./1680-y*(1./1188-y*691./360360))))) / x
	}
	if x == math.Floor(x) && x >= 0 {
		return stirlingTable[int(x)]
	}
	return LogGamma(x+1) - (x+0.5)*careful.Log(x) + x - halfLog2Pi
}

// LogGammaRise returns log Γ(a+x) − log Γ(a) for a > 0 and x ≥ 0, relatively
// accurate also for an x next to zero.
func LogGammaRise(a, x float64) float64 {
	if !(a >= 0 && x >= 0) {
		return math.NaN()
	}
	sum := 0.0
	if x <= large && x == math.Floor(x) {
		for j := 0.0; j < x; j++ {
			sum += careful.Log(a + j)
		}
		return sum
	}
	for ; a < large; a++ {
		if x < a {
			sum -= math.Log1p(x / a)
		} else {
			sum -= careful.Log(a+x) - careful.Log(a)
		}
	}
	// The rest is (a−½) log(1+x/a) + x log(a+x) − x and the difference of the
	// series, term by term.
	b := a + x
	u, v := 1/a, 1/b
	step := -x / a / b // v − u
	power, rise, series := v, step, 0.0
	for _, c := range [...]float64{1. / 12, 0, -1. / 360, 0, 1. / 1260, 0, -1. / 1680, 0, 1. / 1188, 0, -691. / 360360} {
		series += c * rise
		rise = power*step + u*rise // the difference of the next powers
		power *= v
	}
	return sum + (a-0.5)*math.Log1p(x/a) + x*(math.Log(b)-1) + series
}

// LogBeta returns log B(a, b) for a, b > 0, without the difference of large
// logarithms of gamma functions.
func LogBeta(a, b float64) float64 {
	if a > b {
		a, b = b, a
	}
	if a < large {
		return LogGamma(a) - LogGammaRise(b, a)
	}
	return Stirling(a) + Stirling(b) - Stirling(a+b) + halfLog2Pi - 0.5*math.Log(b) -
		(a-0.5)*math.Log1p(b/a) - b*math.Log1p(a/b)
}

// LogBetaScaled returns log(a B(a, b)) for a, b > 0, relatively accurate also where a
// is so small that this is nearly zero.
func LogBetaScaled(a, b float64) float64 {
	if a > 1 {
		return LogBeta(a, b) + math.Log(a)
	}
	return LogGamma1p(a) - LogGammaRise(b, a)
}
