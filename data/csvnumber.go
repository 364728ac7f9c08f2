package data

// Numbers as they stand in CSV files.

import (
	"bytes"
	"math"
	"math/bits"
	"strconv"
)

type numberKind int8

const (
	isNumber numberKind = iota
	notNumber
	outOfRange // a number that float64 does not reach
)

var powersOfTen = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// parseNumber reads a decimal number with the given decimal mark, correctly rounded,
// or an infinity. Where mantissa and power of ten are exact, one operation rounds
// once (Clinger 1990, section 3); what is rare goes to strconv.
func parseNumber(b []byte, mark byte) (float64, numberKind) {
	i, n := 0, len(b)
	negative := false
	if n > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		i++
	}
	var mantissa uint64
	from, exp := i, 0
	for ; i < n && b[i]-'0' < 10; i++ {
		mantissa = mantissa*10 + uint64(b[i]-'0')
	}
	digits := i - from
	if i < n && b[i] == mark {
		i++
		from = i
		for ; i < n && b[i]-'0' < 10; i++ {
			mantissa = mantissa*10 + uint64(b[i]-'0')
		}
		exp = from - i
		digits -= exp
	}
	if digits == 0 {
		return infinity(b)
	}
	if i < n {
		if b[i]|0x20 != 'e' {
			return 0, notNumber
		}
		i++
		minus := false
		if i < n && (b[i] == '-' || b[i] == '+') {
			minus = b[i] == '-'
			i++
		}
		if i == n {
			return 0, notNumber
		}
		e := 0
		for ; i < n; i++ {
			if b[i]-'0' > 9 {
				return 0, notNumber
			}
			if e < 1e6 {
				e = e*10 + int(b[i]-'0')
			}
		}
		if minus {
			e = -e
		}
		exp += e
	}
	var v float64
	switch {
	case digits > 19:
		return slowNumber(b, mark)
	case mantissa <= 1<<53 && exp >= -22 && exp <= 22:
		v = float64(mantissa)
		if exp < 0 {
			v /= powersOfTen[-exp]
		} else {
			v *= powersOfTen[exp]
		}
	case exp < 0 && exp >= -19:
		v = quotient(mantissa, uint64(powersOfTen[-exp]))
	default:
		return slowNumber(b, mark)
	}
	if negative {
		v = -v
	}
	return v, isNumber
}

// quotient returns m/d, correctly rounded, for positive m and d: 63 or 64 bits of it,
// the last of which says whether something follows, are rounded once by becoming a
// float64.
func quotient(m, d uint64) float64 {
	lm, ld := bits.LeadingZeros64(m), bits.LeadingZeros64(d)
	m, d = m<<lm, d<<ld
	q, rest := bits.Div64(m>>1, m<<63, d) // m/d times 2 to the 63rd
	if rest != 0 {
		q |= 1
	}
	return float64(q) * math.Float64frombits(uint64(1023+ld-lm-63)<<52)
}

// slowNumber reads what is known to be a decimal number.
func slowNumber(b []byte, mark byte) (float64, numberKind) {
	if mark != '.' {
		b = bytes.Replace(b, []byte{mark}, []byte{'.'}, 1)
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return 0, outOfRange // the only thing that can be wrong
	}
	return v, isNumber
}

func infinity(b []byte) (float64, numberKind) {
	sign := 1
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
	}
	if !fold(b, "inf") && !fold(b, "infinity") {
		return 0, notNumber
	}
	return math.Inf(sign), isNumber
}

// isMissing says whether a field that is neither quoted nor a number is a mark of
// something missing, one of those that CSVOptions lists.
func isMissing(b []byte) bool {
	switch len(b) {
	case 0:
		return true
	case 1:
		return b[0] == '?' || b[0] == '.'
	case 2:
		return fold(b, "na")
	case 3:
		return fold(b, "nan") || fold(b, "n/a")
	case 4:
		return fold(b, "null") || fold(b, "#n/a")
	}
	return false
}

// fold says whether b is a word in any letter case.
func fold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
