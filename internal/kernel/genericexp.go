package kernel

import "math"

// The exponential in plain Go by the method of Tang (1989): in units of ln 2/512, x is
// a whole number k plus f, |f| ≤ ½; exp of k comes from a table of 512 powers and a
// shift of the exponent, and exp of f from four terms of its series, whose remainder
// is below 1e-18. Arguments near the ends are left to package math.

const (
	expBits  = 9
	expSteps = 1 << expBits
	// expUnitHi is ln 2/512 with enough trailing zeros that multiples are exact.
	expUnitHi = 0x1.62e42fee00000p-1 / expSteps
	expUnitLo = 0x1.a39ef35793c76p-33 / expSteps
	// roundHere plus a small number has that number, rounded, in its last bits. Its
	// own bits are zero where the sum is shifted to.
	roundHere = 0x1.8p52
)

var expTable = func() (t [expSteps]uint64) {
	for j := range t {
		t[j] = math.Float64bits(math.Exp2(float64(j) / expSteps))
	}
	return t
}()

func genericExp(x float64) float64 {
	if !(x > -708 && x < 709) {
		return math.Exp(x)
	}
	shifted := x*(expSteps/math.Ln2) + roundHere
	k := math.Float64bits(shifted)
	n := shifted - roundHere
	f := (x - n*expUnitHi) - n*expUnitLo
	power := math.Float64frombits(expTable[k&(expSteps-1)] + k>>expBits<<52)
	return power + power*(f+f*f*(0.5+f*(1./6+f*(1./24))))
}
