package posteriordb

import "math"

// expNegative returns exp(x) for x ≤ 0 to two units in the last place, and 0 where
// it is less than 2⁻⁶⁰, which is too little to add to 1. It takes half the time of
// math.Exp: 2ᵏ comes from a table of 2^(j/128), and the rest is a polynomial.
func expNegative(x float64) float64 {
	if !(x > -60*math.Ln2) {
		return 0
	}
	const (
		inverse = 128 / math.Ln2
		high    = 0x1.62e42fefap-8 // ln 2/128 with bits to spare for products with k
		low     = math.Ln2/128 - high
	)
	k := int64(x*inverse - 0.5)
	f := float64(k)
	r := (x - f*high) - f*low
	// |r| ≤ 0.0028: the next term is below 1e-18.
	p := r + r*r*(0.5+r*(1.0/6+r*(1.0/24+r*(1.0/120))))
	t := powers[k&127]
	t += t * p
	return t * math.Float64frombits(uint64(1023+k>>7)<<52)
}

// powers are 2^(j/128).
var powers = func() (p [128]float64) {
	for j := range p {
		p[j] = math.Exp2(float64(j) / 128)
	}
	return p
}()
