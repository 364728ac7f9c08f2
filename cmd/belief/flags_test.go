package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSize(t *testing.T) {
	for text, want := range map[string]size{
		"1": 1, "512": 512, "512B": 512, "512 b": 512, "4GiB": 4 << 30, "4gib": 4 << 30, "4G": 4 << 30, "2GB": 2e9, "2 gb": 2e9,
		"512MiB": 512 << 20, "512m": 512 << 20, "1.5KiB": 1536, "1.5kb": 1500, "1e3": 1000, "3TiB": 3 << 40, "3TB": 3e12, "1k": 1024, "1T": 1 << 40, "7MB": 7e6, "2PiB": 2 << 50, "2pb": 2e15, "1P": 1 << 50,
	} {
		var s size
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%q is %d (%v), want %d", text, s, err, want)
		}
	}
	for _, text := range []string{"", "B", "GiB", "4XiB", "x", "0", "-1", "0.5", "nan", "NaNGiB", "inf", "infGB", "9e18GiB", "9223372036854775808", "1 2", "4GiB4"} {
		s := size(7)
		if err := s.Set(text); err == nil || s != 7 {
			t.Errorf("%q is taken for %d", text, s)
		}
	}
}

// What a size prints is read back the same, as far as float64 has digits.
func TestSizeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := size(rapid.Int64Range(1, 1<<53).Draw(t, "size"))
		if rapid.Bool().Draw(t, "round") {
			s = s>>30<<30 + 1<<30
		}
		var back size
		if err := back.Set(s.String()); err != nil || back != s {
			t.Fatalf("%d prints as %q, which reads as %d (%v)", int64(s), s.String(), int64(back), err)
		}
	})
	for want, s := range map[string]size{"4GiB": 4 << 30, "3PiB": 3 << 50, "1KiB": 1 << 10, "1025": 1025} {
		if s.String() != want {
			t.Errorf("%s prints as %q", want, s.String())
		}
	}
}

// No text makes a size panic or slip through as something that is none.
func FuzzSize(f *testing.F) {
	for _, s := range []string{"4GiB", "1e3kb", "NaN", "0x1p62B", "-0", "9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s size
		if err := s.Set(text); (err == nil) != (s > 0) {
			t.Errorf("%q: %d, %v", text, int64(s), err)
		}
	})
}

// Whatever a name holds, a line stays a line.
func FuzzOneLine(f *testing.F) {
	for _, s := range []string{"plain", "a\nb", "\x1b[31m", "Grün", "\xff\xfe", "\u2028", strings.Repeat("日", 3000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := oneLine(s)
		if strings.ContainsAny(got, "\n\r\x1b\x00\u2028") || len(got) > 2000*6+3 {
			t.Errorf("%q becomes %q", s, got)
		}
		if oneLine(got) != got && len(got) < 2000 {
			t.Errorf("%q becomes %q and then %q", s, got, oneLine(got))
		}
	})
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"Grün 日": "Grün 日", "a\nb": `a\nb`, "a\tb": `a\tb`, "\x1b[2J": `\x1b[2J`, "a\xffb": `a\xffb`, "\uFFFD": "\uFFFD", `back\slash`: `back\slash`,
	} {
		if got := printable(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for p, want := range map[float64]string{0: "0", 1: "1", 0.5: "0.500000", 1e-4: "0.000100", 1.0 / 3: "0.333333", 9.99e-5: "9.99000e-05", 1 - 1e-9: "1.000000", 1e-300: "1.00000e-300"} {
		if got := readable(p); got != want {
			t.Errorf("readable(%v) = %s, want %s", p, got, want)
		}
	}
	for x, want := range map[float64]string{0: "0", 1e9: "1000000000", 999999999999999: "999999999999999", 1e15: "1e+15", math.Inf(1): "+Inf", 1.5e20: "1.5e+20"} {
		if got := count(x); got != want {
			t.Errorf("count(%v) = %s, want %s", x, got, want)
		}
	}
	for d, want := range map[time.Duration]string{123: "123ns", 123456789: "123.5ms", 3*time.Hour + 123456789: "3h0m0s"} {
		if got := rounded(d).String(); got != want {
			t.Errorf("rounded(%d) = %s, want %s", d, got, want)
		}
	}
}

func TestAlternatives(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := alternatives(words); got != want {
			t.Errorf("%q: %q", words, got)
		}
	}
}
