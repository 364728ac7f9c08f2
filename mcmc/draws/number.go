package draws

// Numbers as the files of many programs write them.

import (
	"bytes"
	"errors"
	"math"
	"strconv"
)

// appendNumber writes a number with so many significant digits, or, for 0, with
// as many as it takes to read the same bits. The spelling of what is not finite
// is the one that R and Python both read.
func appendNumber(b []byte, x float64, digits int) []byte {
	switch {
	case math.IsNaN(x):
		return append(b, "NaN"...)
	case math.IsInf(x, 1):
		return append(b, "Inf"...)
	case math.IsInf(x, -1):
		return append(b, "-Inf"...)
	}
	return appendFinite(b, x, digits)
}

func appendFinite(b []byte, x float64, digits int) []byte {
	if digits <= 0 {
		digits = -1
	}
	return strconv.AppendFloat(b, x, 'g', digits, 64)
}

var (
	errNotNumber = errors.New("not a number")
	errRange     = errors.New("beyond the range of float64")
)

// parseNumber reads a cell: a number, an infinity, a truth value as 1 or 0, or
// what is missing, as NaN.
func parseNumber(cell []byte) (float64, error) {
	cell = bytes.TrimSpace(cell)
	switch string(cell) {
	case "", "NA", "N/A", "null":
		return math.NaN(), nil
	case "TRUE", "True", "true":
		return 1, nil
	case "FALSE", "False", "false":
		return 0, nil
	}
	x, err := strconv.ParseFloat(string(cell), 64)
	switch {
	case err == nil:
		return x, nil
	case errors.Is(err, strconv.ErrRange):
		return 0, errRange
	}
	return 0, errNotNumber
}
