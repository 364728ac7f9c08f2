package main

import "math"

// elementwise are the functions of one argument.
var elementwise = []loop{
	{"exp", "dst src", of(exponential), 1},
	{"log", "dst src", of(logarithm), 1},
	{"sigmoid", "dst src", of(sigmoid), 1},
	{"tanh", "dst src", of(tanh), 1},
	{"softplus", "dst src", of(softplus), 1},
	{"log1p", "dst src", of(log1p), 1},
	{"expm1", "dst src", of(expm1), 1},
}

// of makes a loop of a function.
func of(f func(p *program, x value) value) func(*program) {
	return func(p *program) {
		x := p.source("src")
		p.store("dst", f(p, x))
	}
}

// format describes the binary form of a precision.
type format struct {
	mantissa  int     // bits
	bias      int     // of the exponent
	magic     float64 // adding it leaves an integer in the lowest bits
	ln2Hi     float64 // with enough trailing zeros that multiples are exact
	ln2Lo     float64
	expTerms  int // of the series of eʳ beyond r², |r| ≤ ln(2)/2
	expLow    float64
	expHigh   float64
	tiny      float64 // the smallest normal number
	lift      int     // power of two that makes subnormal numbers normal
	logSeries []float64
}

func (p *program) format() format {
	if p.bytes == 4 {
		return format{23, 127, 1.5 * (1 << 23), 0.693145751953125, 1.42860682030941723212e-6, 7, -104, 89, 0x1p-126, 24,
			logSeries(4)}
	}
	return format{52, 1023, 1.5 * (1 << 52), 0x1.62e42fee00000p-1, 0x1.a39ef35793c76p-33, 14, -746, 710, 0x1p-1022, 54,
		logSeries(8)}
}

// logSeries returns the coefficients of (log((1+s)/(1−s)) − 2s)/s = Σ 2·s²ᵏ/(2k+1),
// k ≥ 1, in powers of s², for |s| ≤ 3 − 2√2, economized to n terms: the truncated
// series is reduced by Chebyshev polynomials over the interval.
func logSeries(n int) []float64 {
	end := math.Pow(3-2*math.Sqrt2, 2) * 1.0001
	full := make([]float64, n+6)
	for k := range full {
		full[k] = 2 / float64(2*k+3) // of z^(k+1)
	}
	return economize(full, end, n)
}

// economize lowers the degree of Σ c[k]·zᵏ on (0, end) to n−1.
func economize(c []float64, end float64, n int) []float64 {
	c = append([]float64(nil), c...)
	for d := len(c) - 1; d >= n; d-- {
		t := shiftedChebyshev(d)
		f := c[d] / (t[d] / math.Pow(end, float64(d)))
		for k := range d + 1 {
			c[k] -= f * t[k] / math.Pow(end, float64(k))
		}
		c = c[:d]
	}
	return c
}

// shiftedChebyshev returns the coefficients of T_d(2z − 1).
func shiftedChebyshev(d int) []float64 {
	a, b := []float64{1}, []float64{-1, 2}
	if d == 0 {
		return a
	}
	for range d - 1 {
		next := make([]float64, len(b)+1)
		for k, v := range b {
			next[k] -= 2 * v
			next[k+1] += 4 * v
		}
		for k, v := range a {
			next[k] -= v
		}
		a, b = b, next
	}
	return b
}

// reduce returns n and r with x = n·ln 2 + r, |r| ≤ ln(2)/2, n an integer.
func (p *program) reduce(x value) (n, r value) {
	f := p.format()
	t := p.fma(x, p.num(1/math.Ln2), p.num(f.magic))
	n = p.sub(t, p.num(f.magic))
	r = p.fnma(n, p.num(f.ln2Hi), x)
	return n, p.fnma(n, p.num(f.ln2Lo), r)
}

// expm1Reduced returns eʳ − 1.
func (p *program) expm1Reduced(r value) value {
	f := p.format()
	c := make([]float64, f.expTerms-1)
	factorial := 1.0
	for k := range c {
		factorial *= float64(k + 2)
		if k == 0 {
			factorial = 2
		}
		c[k] = 1 / factorial
	}
	q := p.poly(r, c...)
	return p.fma(p.mul(r, r), q, r)
}

// power returns 2ⁿ for an integer n of the normal range.
func (p *program) power(n value) value {
	f := p.format()
	t := p.add(n, p.num(f.magic))
	return p.addInt(p.shiftLeft(t, f.mantissa), p.num(1))
}

// exponential returns eˣ.
func exponential(p *program, x value) value {
	f := p.format()
	x = p.min(p.load(p.num(f.expHigh)), x)
	x = p.max(p.load(p.num(f.expLow)), x)
	n, r := p.reduce(x)
	e := p.add(p.expm1Reduced(r), p.num(1))
	// In two factors, either of them a normal number.
	half := p.sub(p.fma(n, p.num(0.5), p.num(f.magic)), p.num(f.magic))
	return p.mul(p.mul(e, p.power(half)), p.power(p.sub(n, half)))
}

// parts returns m and e with x = m·2ᵉ, √½ ≤ m < √2, of a positive normal number.
func (p *program) parts(x value) (m, e value) {
	f := p.format()
	// Taking the bits of √½ away leaves a carry in the exponent where m is greater.
	root := p.num(math.Sqrt2 / 2)
	shifted := p.subInt(x, root)
	mask := uint64(1)<<(8*p.bytes) - uint64(1)<<f.mantissa // sign and exponent
	if p.bytes == 8 {
		mask = ^uint64(0) << f.mantissa
	}
	m = p.subInt(x, p.and(shifted, p.bits(mask)))
	// The exponent as a number: its bits, biased to be positive, behind those of
	// a power of two.
	var one, big uint64
	if p.bytes == 4 {
		one, big = uint64(math.Float32bits(1)), uint64(math.Float32bits(1<<23))
	} else {
		one, big = math.Float64bits(1), math.Float64bits(1<<52)
	}
	biased := p.shiftRight(p.addInt(shifted, p.bits(one)), f.mantissa)
	e = p.sub(p.or(biased, p.bits(big)), p.num(math.Pow(2, float64(f.mantissa))+float64(f.bias)))
	return m, e
}

// logOf returns log(m) + e·ln 2 + low.
func (p *program) logOf(m, e value, low *value) value {
	f := p.format()
	d := p.sub(m, p.num(1))
	s := p.div(d, p.add(m, p.num(1)))
	z := p.mul(s, s)
	// log m = d − (h − s·(h + z·R(z))), h = d²/2: the leading terms are exact.
	h := p.mul(p.mul(d, p.num(0.5)), d)
	q := p.mul(p.poly(z, f.logSeries...), z)
	t := p.mul(s, p.add(h, q))
	t = p.fma(e, p.num(f.ln2Lo), t)
	if low != nil {
		t = p.add(t, *low)
	}
	rest := p.sub(h, t)
	return p.fma(e, p.num(f.ln2Hi), p.sub(d, rest))
}

func logarithm(p *program, x value) value {
	f := p.format()
	small := p.mul(x, p.num(math.Pow(2, float64(f.lift))))
	lifted := p.where(x, less, p.num(f.tiny), small, x)
	m, e := p.parts(lifted)
	lower := p.sub(e, p.num(float64(f.lift)))
	e = p.where(x, less, p.num(f.tiny), lower, e)
	l := p.logOf(m, e, nil)
	l = p.where(x, equal, p.num(math.Inf(1)), p.num(math.Inf(1)), l)
	l = p.where(x, equal, p.num(0), p.num(math.Inf(-1)), l)
	l = p.where(x, less, p.num(0), p.num(math.NaN()), l)
	return p.where(x, unordered, p.num(0), x, l)
}

// size returns |x| and the sign bit of x.
func (p *program) size(x value) (size, sign value) {
	bit := p.bits(uint64(1) << (8*p.bytes - 1))
	sign = p.and(x, bit)
	return p.xor(x, sign), sign
}

// decay returns exp(−|x|).
func (p *program) decay(x value) value {
	size, _ := p.size(x)
	return exponential(p, p.xor(size, p.bits(uint64(1)<<(8*p.bytes-1))))
}

// sigmoid is 1/(1 + e⁻ˣ), by e^−|x| so that neither tail is lost.
func sigmoid(p *program, x value) value {
	e := p.decay(x)
	one := p.load(p.num(1))
	top := p.where(x, less, p.num(0), e, one)
	return p.ratio(top, e, 1)
}

// ratio returns a/(b + c) for a constant c, less one correction: what rounding
// took from the sum and from the quotient.
func (p *program) ratio(a, b value, c float64) value {
	sum := p.add(b, p.num(c))
	low := p.sub(b, p.sub(sum, p.num(c)))
	inverse := p.div(p.load(p.num(1)), sum)
	q := p.mul(a, inverse)
	rest := p.fnma(q, low, p.fnma(q, sum, a))
	return p.fma(rest, inverse, q)
}

// tanh is (e^2a − 1)/(e^2a + 1) with the sign of x, a = |x|.
func tanh(p *program, x value) value {
	a, sign := p.size(x)
	limit := 20.0
	if p.bytes == 4 {
		limit = 10
	}
	a = p.min(p.load(p.num(limit)), a)
	n, r := p.reduce(p.add(a, a))
	q := p.expm1Reduced(r)
	two := p.power(n)
	q = p.fma(q, two, p.sub(two, p.num(1)))
	return p.or(p.ratio(q, q, 2), sign)
}

// softplus is max(x, 0) + log(1 + e^−|x|).
func softplus(p *program, x value) value {
	u := p.decay(x)
	v := p.add(u, p.num(1))
	// What rounding took from 1 + u, relative to it.
	low := p.div(p.sub(u, p.sub(v, p.num(1))), v)
	m, e := p.parts(v)
	l := p.logOf(m, e, &low)
	return p.add(l, p.max(p.load(p.num(0)), x))
}

// log1p is log(1 + x).
func log1p(p *program, x value) value {
	u := p.add(x, p.num(1))
	// What rounding took from 1 + x, relative to it.
	one := p.load(p.num(1))
	low := p.where(x, less, p.num(1), p.sub(x, p.sub(u, one)), p.sub(one, p.sub(u, x)))
	low = p.div(low, u)
	m, e := p.parts(u)
	l := p.logOf(m, e, &low)
	l = p.where(x, equal, p.num(math.Inf(1)), x, l)
	l = p.where(x, equal, p.num(-1), p.num(math.Inf(-1)), l)
	l = p.where(x, less, p.num(-1), p.num(math.NaN()), l)
	l = p.where(x, equal, p.num(0), x, l) // with its sign
	return p.where(x, unordered, x, x, l)
}

// expm1 is eˣ − 1.
func expm1(p *program, x value) value {
	f := p.format()
	y := p.min(p.load(p.num(f.expHigh)), x)
	y = p.max(p.load(p.num(-float64(f.mantissa))), y)
	n, r := p.reduce(y)
	q := p.expm1Reduced(r)
	// In units of ½, as 2ⁿ may be too large.
	half := p.power(p.sub(n, p.load(p.num(1))))
	e := p.fma(q, half, p.sub(half, p.num(0.5)))
	e = p.add(e, e)
	size, _ := p.size(x)
	return p.where(size, less, p.num(math.Pow(2, float64(-f.mantissa-2))), x, e) // where half of x may be too small
}
