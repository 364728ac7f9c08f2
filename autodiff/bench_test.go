package autodiff_test

import "testing"

// scalarDensity is a log density of a hundred operations on single numbers: normal
// observations with a mean, and a precision that is gamma distributed with an unknown
// shape.
func scalarDensity(t *tape64, mean, logPrecision, logShape var64) var64 {
	precision, shape := logPrecision.Exp(), logShape.Exp()
	density := shape.Sub(t.Number(1)).Mul(logPrecision).Sub(precision).Sub(shape.Lgamma())
	density = density.Sub(mean.Div(t.Number(5)).Square().Scale(0.5))
	sd := precision.Sqrt().Pow(-1)
	logSD := sd.Log()
	for i := range 17 {
		z := t.Number(0.1 * float64(i)).Sub(mean).Div(sd)
		density = density.Sub(z.Square().Scale(0.5)).Sub(logSD)
	}
	return density
}

func BenchmarkLogDensity(b *testing.B) {
	var t tape64
	x := []float64{0.3, 0.7, -0.2}
	b.ReportAllocs()
	for b.Loop() {
		t.Reset()
		t.Backward(scalarDensity(&t, t.Variable(x[:1]), t.Variable(x[1:2]), t.Variable(x[2:])))
	}
}

// BenchmarkSmall has operations on arrays of eight.
func BenchmarkSmall(b *testing.B) {
	var t tape64
	x, y := make([]float64, 8), make([]float64, 8)
	for i := range x {
		x[i], y[i] = float64(i), 0.1
	}
	b.ReportAllocs()
	for b.Loop() {
		t.Reset()
		u, v := t.Variable(x, 8), t.Variable(y, 8)
		s := u
		for range 50 {
			s = s.Mul(v).Add(u)
		}
		t.Backward(s.Sum())
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/op/operation")
}
