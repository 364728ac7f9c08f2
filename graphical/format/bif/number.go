package bif

import (
	"math"
	"strconv"
)

// pow10 holds the powers of ten that a float64 represents exactly.
var pow10 = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// number reads the decimal number at src[start], which must exist, and returns
// the end of it, or of the word that is not a number. Where the digits and the
// power of ten are both exact as a float64, one multiplication or division gives
// the correctly rounded result (Clinger 1990); strconv does the others. A number
// beyond the range of float64 is not ok and ±Inf.
func number(src string, start int) (x float64, end int, ok bool) {
	const exactDigits, exactInt = 19, 1 << 53
	i := start
	negative := src[i] == '-'
	if negative || src[i] == '+' {
		i++
	}
	var digits uint64 // wraps if there are more than 19, and is not used then
	first := i
	for i < len(src) && src[i]-'0' < 10 {
		digits = digits*10 + uint64(src[i]-'0')
		i++
	}
	count, exp := i-first, 0
	if i < len(src) && src[i] == '.' {
		i++
		first = i
		for i < len(src) && src[i]-'0' < 10 {
			digits = digits*10 + uint64(src[i]-'0')
			i++
		}
		exp = first - i
		count -= exp
	}
	if count == 0 {
		return 0, wordEnd(src, start), false
	}
	if i < len(src) && src[i]|0x20 == 'e' {
		e, after := exponent(src, i+1)
		if after < 0 {
			return 0, wordEnd(src, start), false
		}
		exp += e
		i = after
	}
	if i < len(src) && classes[src[i]] <= slashChar && !isComment(src, i) {
		return 0, wordEnd(src, start), false
	}
	if count > exactDigits || digits > exactInt || exp < -22 || exp > 22 {
		x, _ = strconv.ParseFloat(src[start:i], 64)
		return x, i, !math.IsInf(x, 0)
	}
	x = float64(digits)
	if exp < 0 {
		x /= pow10[-exp]
	} else {
		x *= pow10[exp]
	}
	if negative {
		x = -x
	}
	return x, i, true
}

// exponent reads an optional sign and digits. The value is only good enough to
// tell small exponents from large ones. end is −1 if there are no digits.
func exponent(src string, i int) (e, end int) {
	const enough = 1 << 20
	negative := i < len(src) && src[i] == '-'
	if negative || i < len(src) && src[i] == '+' {
		i++
	}
	first := i
	for i < len(src) && src[i]-'0' < 10 {
		e = min(e*10+int(src[i]-'0'), enough)
		i++
	}
	if i == first {
		return 0, -1
	}
	if negative {
		e = -e
	}
	return e, i
}
