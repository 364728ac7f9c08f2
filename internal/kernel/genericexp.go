package kernel

import (
	"math"
	"math/big"
)

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

// expTable has the powers of 2^(1/512) below 2, each as a number and what it lacks.
var expTable = func() (t [expSteps][2]float64) {
	const bits = 128
	step := new(big.Float).SetPrec(bits).SetInt64(2)
	for range expBits {
		step.Sqrt(step)
	}
	power := new(big.Float).SetPrec(bits).SetInt64(1)
	for j := range t {
		t[j][0], _ = power.Float64()
		t[j][1], _ = new(big.Float).Sub(power, big.NewFloat(t[j][0])).Float64()
		power.Mul(power, step)
	}
	return t
}()

func genericExp(x float64) float64 {
	bias, lift := uint64(1023), 1.0
	if !(x > -708 && x < 709) {
		// math.Exp is infinite too early on some processors.
		if !(x >= 709 && x < 709.79) {
			return math.Exp(x)
		}
		bias, lift = 1022, 2
	}
	shifted := x*(expSteps/math.Ln2) + roundHere
	k := math.Float64bits(shifted)
	n := shifted - roundHere
	f := (x - n*expUnitHi) - n*expUnitLo
	power := &expTable[k&(expSteps-1)]
	scale := math.Float64frombits((k>>expBits + bias) << 52)
	return scale * (power[0] + (power[1] + power[0]*(f+f*f*(0.5+f*(1./6+f*(1./24)))))) * lift
}

func genericExpm1(x float64) float64 {
	if x > 100 {
		return genericExp(x) // less 1, which is not seen
	}
	return math.Expm1(x)
}
