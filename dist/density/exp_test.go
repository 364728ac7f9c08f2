package density

import (
	"math"
	"testing"
)

func TestDotExp(t *testing.T) {
	worst := 0.0
	one := []float64{1}
	for i := range 400000 {
		x := -float64(i) * (708.0 / 400000)
		if i%2 == 1 {
			x *= 1e-3
		}
		worst = max(worst, math.Abs(dotExp(one, []float64{-x}, 0, 1)/math.Exp(x)-1)/(1-x))
	}
	if worst > 6e-16 { // 4e-16 and what math.Exp is off by
		t.Errorf("the relative error is up to %v", worst)
	}
	if got := dotExp(one, []float64{1e9}, 0, 1); !(got >= 0 && got < 1e-307) {
		t.Errorf("exp(−1e9) is %v", got)
	}
	if got := dotExp([]float64{2, 3}, []float64{1, 3}, 0.5, 0.5); math.Abs(got-2-3*math.Exp(-1)) > 1e-15 {
		t.Errorf("the sum is %v", got)
	}
}

func BenchmarkDotExp(b *testing.B) {
	x, w := make([]float64, 256), make([]float64, 256)
	for i := range x {
		x[i], w[i] = float64(i)/10, 1
	}
	for b.Loop() {
		dotExp(w, x, 0, 1)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/256, "ns/exp")
}
