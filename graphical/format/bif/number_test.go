package bif

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestNumber compares with strconv, bit by bit, on both sides of every limit of
// the fast path.
func TestNumber(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "0.0", "+0.0", "1", "1.", ".5", "-.5", "00.25", "1e0", "1E+2", "1e-2", "0.1e1",
		"9007199254740992", "9007199254740993", "9007199254740993e3", "9007199254740993e-5", "9007199254740993e22", "9007199254740993.0", "9007199254740992.5",
		"1234567890123456789", "9999999999999999999", "12345678901234567890", "18446744073709551617",
		"1e22", "1e23", "3e22", "9007199254740991e22", "9007199254740991e23", "1e-22", "1e-23",
		"0.0000000000000000000001", "0.00000000000000000000000000001", "0.3333333333333333", "0.33333333333333331",
		"2.2250738585072014e-308", "2.2250738585072011e-308", "5e-324", "2e-324", "1e-400", "1e-99999999999999999999",
		"1.7976931348623157e308", "0e999999999999999999999", "100000000000000000000000e-23",
	} {
		sameNumber(t, text)
	}
	for _, text := range []string{"1.7976931348623159e308", "1e309", "-1e309", "1e99999999999999999999"} {
		if x, end, ok := number(text, 0); ok || !math.IsInf(x, 0) || end != len(text) {
			t.Errorf("%s: %v %d %t", text, x, end, ok)
		}
	}
}

func sameNumber(t interface{ Errorf(string, ...any) }, text string) {
	want, err := strconv.ParseFloat(text, 64)
	for _, after := range []string{"", ",", ";", " 5", "//", "/*", "\n", ")"} {
		x, end, ok := number("x "+text+after, 2)
		if err != nil || !ok || end != 2+len(text) || math.Float64bits(x) != math.Float64bits(want) {
			t.Errorf("%q: %v up to %d %t, want %v up to %d (%v)", text+after, x, end, ok, want, 2+len(text), err)
		}
	}
	for _, after := range []string{"x", "/", "_", ".5.", "é", "e"} {
		if x, _, ok := number(text+after, 0); ok {
			if _, err := strconv.ParseFloat(text+after, 64); err != nil {
				t.Errorf("%q was read as %v", text+after, x)
			}
		}
	}
}

func TestNumberRandom(t *testing.T) {
	digits := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789")), 0, 22, -1)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign") + digits.Draw(t, "whole")
		if rapid.Bool().Draw(t, "point") {
			text += "." + digits.Draw(t, "fraction")
		}
		if rapid.Bool().Draw(t, "exponent") {
			text += rapid.SampledFrom([]string{"e", "E", "e+", "e-"}).Draw(t, "e") + strconv.Itoa(rapid.IntRange(0, 40).Draw(t, "power"))
		}
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			if x, _, ok := number(text+" ", 0); ok {
				t.Errorf("%q was read as %v", text, x)
			}
			return
		}
		sameNumber(t, text)
	})
}

// TestShortest shows that the digits of the writer come back as the same bits.
func TestShortest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return
		}
		e := encoder{}
		e.numbers([]float64{x})
		got, _, ok := number(string(e.buf), 0)
		if !ok || math.Float64bits(got) != math.Float64bits(x) {
			t.Errorf("%v was written as %s and read as %v", x, e.buf, got)
		}
	})
}
