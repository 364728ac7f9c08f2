package diagnostics

import (
	"math"
	"strconv"
)

// fitted writes v with the digits that its error leaves: two digits of the error are
// shown, and no digit of v behind them. Without an error it has six digits.
func fitted(v, stdErr float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	if !(stdErr > 0) || math.IsInf(stdErr, 1) {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	last := exponent(stdErr) - 1 // the power of ten of the last digit that is shown
	top := max(exponent(v), last)
	if top < 7 && last > -7 {
		return strconv.FormatFloat(v, 'f', max(-last, 0), 64)
	}
	return strconv.FormatFloat(v, 'e', min(top-last, 15), 64)
}

// exponent returns the power of ten of the first digit of |v|, once v is rounded to
// two digits; that of zero is least.
func exponent(v float64) int {
	if v == 0 {
		return math.MinInt32
	}
	s := strconv.FormatFloat(math.Abs(v), 'e', 1, 64)
	e, err := strconv.Atoi(s[len("1.0e"):])
	if err != nil {
		panic("diagnostics: " + err.Error())
	}
	return e
}
