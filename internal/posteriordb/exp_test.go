package posteriordb

import (
	"math"
	"testing"
)

func TestExpNegative(t *testing.T) {
	if got := expNegative(0); got != 1 {
		t.Errorf("exp(0) is %v", got)
	}
	for i := range 200000 {
		x := -float64(i) * 2.07e-4
		got, want := expNegative(x), math.Exp(x)
		if !(math.Abs(got-want) <= 0x1p-51*want) {
			t.Fatalf("exp(%v) is %v, want %v", x, got, want)
		}
	}
	for _, x := range []float64{-42, -1e3, math.Inf(-1), math.NaN()} {
		if got := expNegative(x); got != 0 {
			t.Errorf("exp(%v) is %v, want 0", x, got)
		}
	}
}

func BenchmarkExpNegative(b *testing.B) {
	x, sum := 0.0, 0.0
	for b.Loop() {
		x -= 0.001
		if x < -20 {
			x = 0
		}
		sum += expNegative(x)
	}
}
