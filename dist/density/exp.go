package density

import "math"

// Sums of exponentials, which is what Gaussian kernels cost. The exponential is that
// of Tang (1989) with a larger table: in units of ln 2/2048, x is a whole number k plus
// f, |f| ≤ ½; exp of k comes from a table of 2048 powers and a shift of the exponent,
// and exp of f from three terms of its series, whose remainder is below 4e-17. As x is
// rounded in those units, the relative error is below 4e-16 (1 + |x|), which is what
// the rounding of x itself amounts to. It takes a third of the time of math.Exp, as it
// need not look at special cases.

const (
	expBits  = 11
	expSteps = 1 << expBits
	expUnit  = math.Ln2 / expSteps
	// roundHere plus a small number has that number, rounded, in its last bits. Its
	// own bits are zero where the sum is shifted to.
	roundHere = 0x1.8p52
	// expLeast is where exp is about to leave the normal range, in units.
	expLeast = -708 / expUnit
)

var expTable = func() (t [expSteps]uint64) {
	for j := range t {
		t[j] = math.Float64bits(math.Exp2(float64(j) / expSteps))
	}
	return t
}()

// dotExp returns Σ w_i exp(start − scale q_i) for exponents that are not positive. Every exponential below exp(−708) counts as that, which is below
// 1e-307.
func dotExp(w, q []float64, start, scale float64) float64 {
	sum := 0.0
	w = w[:len(q)]
	for i, v := range q {
		// The difference first: it is zero at the nearest, however large both are.
		if v = (start - scale*v) * (1 / expUnit); v < expLeast {
			v = expLeast
		}
		shifted := v + roundHere
		k := math.Float64bits(shifted)
		f := v - (shifted - roundHere)
		power := math.Float64frombits(expTable[k&(expSteps-1)] + k>>expBits<<52)
		sum += w[i] * (power + power*(f*(expUnit+f*(expUnit*expUnit/2+f*(expUnit*expUnit*expUnit/6)))))
	}
	return sum
}
