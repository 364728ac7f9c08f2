package special

import "math"

// This file has the digamma function ψ and its derivative, and the differences of
// both, by recurrence up to where the asymptotic series have all their digits.

// large is where the asymptotic series have all their digits.
const large = 16

// tiny is where only the pole is left.
const tiny = 1e-290

// The zero of ψ: the nearest number to it, and what ψ is there.
const (
	digammaRoot   = 1.4616321449683622
	digammaAtRoot = -9.2412655217294275e-17
)

// Digamma returns ψ(x) for x > 0, relatively accurate next to its zero too.
func Digamma(x float64) float64 {
	if 1.2 < x && x < 1.8 {
		if x < digammaRoot {
			return digammaAtRoot - DigammaRise(x, digammaRoot-x)
		}
		return digammaAtRoot + DigammaRise(digammaRoot, x-digammaRoot)
	}
	return math.Log(x) + DigammaRest(x)
}

// DigammaRest returns ψ(x) − log x for x > 0, which is about −1/(2x) for large x
// (DLMF 5.11.2).
func DigammaRest(x float64) float64 {
	switch {
	case x < 0:
		return math.NaN()
	case x < tiny:
		return -1 / x
	}
	shift, z := 0.0, x
	for ; z < large; z++ {
		shift += 1 / z
	}
	y := 1 / (z * z)
	rest := -0.5/z - y*(1./12-y*(1./120-y*(1./252-y*(1./240-y*(1./132-y*(691./32760-y/12))))))
	if z == x {
		return rest
	}
	return rest - shift + math.Log(z/x)
}

// Trigamma returns ψ′(x) for x > 0.
func Trigamma(x float64) float64 { return (1 + TrigammaRest(x)) / x }

// TrigammaRest returns xψ′(x) − 1 for x > 0, which is about 1/(2x) for large x (DLMF
// 5.15.8). It is the slope of ψ(x) − log x in log x.
func TrigammaRest(x float64) float64 {
	switch {
	case x < 0:
		return math.NaN()
	case x < tiny:
		return 1 / x
	case math.IsInf(x, 1):
		return 0
	}
	shift, z := 0.0, x
	for ; z < large; z++ {
		shift += x / z / z / (z + 1) // 1/z² less the difference of 1/z
	}
	y := 1 / (z * z)
	return shift + x/z*(0.5+(1./6-y*(1./30-y*(1./42-y*(1./30-y*(5./66-y*691./2730)))))/z)/z
}

// DigammaRise returns ψ(a+x) − ψ(a) for a > 0 and x ≥ 0.
func DigammaRise(a, x float64) float64 {
	sum := 0.0
	switch {
	case !(a >= 0 && x >= 0):
		return math.NaN()
	case x <= large && x == math.Floor(x):
		for j := 0.0; j < x; j++ {
			sum += 1 / (a + j)
		}
		return sum
	case math.IsInf(x, 1):
		return x
	}
	for ; a < large; a++ {
		sum += x / (a + x) / a
	}
	b := a + x
	return sum + math.Log1p(x/a) + 0.5*x/a/b + x/a/b*(1/a+1/b)*digammaSlope(1/a/a, 1/b/b)
}

// digammaSlope returns the divided difference of Σ B_2k/(2k) y^k between y = p and
// y = q (the series of DLMF 5.11.2).
func digammaSlope(p, q float64) float64 {
	power, rise, sum := q, 1.0, 0.0
	for _, c := range [...]float64{1. / 12, -1. / 120, 1. / 252, -1. / 240, 1. / 132, -691. / 32760} {
		sum += c * rise
		rise = power + p*rise
		power *= q
	}
	return sum
}

// TrigammaFall returns ψ′(a) − ψ′(a+x) for a > 0 and x ≥ 0.
func TrigammaFall(a, x float64) float64 {
	sum := 0.0
	switch {
	case !(a >= 0 && x >= 0):
		return math.NaN()
	case x <= large && x == math.Floor(x):
		for j := 0.0; j < x; j++ {
			sum += 1 / (a + j) / (a + j)
		}
		return sum
	case math.IsInf(x, 1):
		return Trigamma(a)
	}
	for ; a < large; a++ {
		b := a + x
		sum += x / b / a * (1/a + 1/b)
	}
	b := a + x
	u, v := 1/a, 1/b
	step := x / a / b // u − v
	power, rise := u, step
	for _, c := range [...]float64{1, 0.5, 1. / 6, 0, -1. / 30, 0, 1. / 42, 0, -1. / 30, 0, 5. / 66} {
		sum += c * rise
		rise = power*step + v*rise
		power *= u
	}
	return sum
}
