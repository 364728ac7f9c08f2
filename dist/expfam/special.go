package expfam

import "math"

// Gamma, digamma and trigamma functions and their differences, which A, ∇A and
// ∇²A are made of, without the loss that plain differences would have.

// softplus returns log(1 + exp(x)).
func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// sigmoid returns 1/(1 + exp(−x)).
func sigmoid(x float64) float64 {
	if x < 0 {
		e := math.Exp(x)
		return e / (1 + e)
	}
	return 1 / (1 + math.Exp(-x))
}

// logit returns log(p/(1 − p)).
func logit(p float64) float64 { return math.Log(p) - math.Log1p(-p) }

// lgamma returns log Γ(x) for x > 0.
func lgamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// large is from where the asymptotic series have all their digits.
const large = 16

// stirling returns log Γ(x) − (x−½) log x + x − ½ log 2π for x ≥ large (DLMF
// 5.11.1).
func stirling(x float64) float64 {
	y := 1 / (x * x)
	return (1./12 - y*(1./360-y*(1./1260-y*(1./1680-y*(1./1188-y*691./360360))))) / x
}

// logBeta returns log B(a, b).
func logBeta(a, b float64) float64 {
	if a > b {
		a, b = b, a
	}
	if a < large {
		return lgamma(a) - lgammaRise(b, a)
	}
	return stirling(a) + stirling(b) - stirling(a+b) + halfLog2Pi - 0.5*math.Log(b) -
		(a-0.5)*math.Log1p(b/a) - b*math.Log1p(a/b)
}

// lgammaRise returns log Γ(a+x) − log Γ(a) for a > 0 and x ≥ 0.
func lgammaRise(a, x float64) float64 {
	sum := 0.0
	for ; a < large; a++ {
		if x < a {
			sum -= math.Log1p(x / a)
		} else {
			sum -= math.Log(a+x) - math.Log(a)
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

// digammaRise returns ψ(a+x) − ψ(a), and trigammaFall ψ'(a) − ψ'(a+x), for a > 0
// and x ≥ 0.
func digammaRise(a, x float64) float64 {
	sum := 0.0
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

func trigammaFall(a, x float64) float64 {
	sum := 0.0
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

// trigamma returns ψ'(x) for x > 0 (DLMF 5.15.8).
func trigamma(x float64) float64 {
	sum := 0.0
	for ; x < large; x++ {
		sum += 1 / x / x
	}
	y := 1 / (x * x)
	return sum + (1+(0.5+(1./6-y*(1./30-y*(1./42-y*(1./30-y*5/66))))/x)/x)/x
}

// logLess returns log x − ψ(x), which is about 1/(2x) for large x, and its
// derivative 1/x − ψ'(x), for x > 0.
func logLess(x float64) (value, slope float64) {
	first := x
	for ; x < large; x++ {
		value += 1 / x
		slope -= 1 / x / x
	}
	if first < large {
		value += math.Log(first / x)
		slope += 1/first - 1/x
	}
	y := 1 / (x * x)
	value += 0.5/x + y*(1./12-y*(1./120-y*(1./252-y*(1./240-y*(1./132-y*691./32760)))))
	slope -= y * (0.5 + (1./6-y*(1./30-y*(1./42-y*(1./30-y*5/66))))/x)
	return value, slope
}

// digamma returns ψ(x) for x > 0.
func digamma(x float64) float64 {
	less, _ := logLess(x)
	return math.Log(x) - less
}

// inverseLogLess returns the x at which a function that behaves as log x − ψ(x)
// does, falling from infinity to zero about as 1/x, is s > 0. In log x its logarithm
// is nearly straight, so that Newton's method converges from anywhere.
func inverseLogLess(f func(x float64) (value, slope float64), s float64) float64 {
	t := -math.Log(s)
	for range 100 {
		x := math.Exp(t)
		value, slope := f(x)
		step := (math.Log(s) - math.Log(value)) * value / (slope * x)
		t += step
		if !(math.Abs(step) > 1e-15*max(1, math.Abs(t))) {
			break
		}
	}
	return math.Exp(t)
}
