package autodiff_test

import (
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

type (
	tape64 = autodiff.Tape[float64]
	tape32 = autodiff.Tape[float32]
	var64  = autodiff.Var[float64]
	var32  = autodiff.Var[float32]
)

// away draws numbers that are not near zero.
func away(r *rand.Rand) float64 {
	if v := r.NormFloat64(); v < 0 {
		return v - 1
	} else {
		return v + 1
	}
}

// pairs are shapes that are broadcast.
var pairs = [][][]int{
	{{}, {}}, {{3}, {3}}, {{2, 3}, {3}}, {{3}, {2, 3}}, {{2, 3}, {2, 1}}, {{2, 1}, {1, 3}}, {{}, {2, 3}}, {{4}, {}},
	{{2, 1, 3}, {4, 1}}, {{2, 3, 4}, {3, 1}}, {{1}, {1}}, {{2, 0}, {1}}, {{5, 1}, {5, 1}}, {{5, 1}, {1}},
}

func TestArithmetic(t *testing.T) {
	for _, shapes := range pairs {
		name := autodiff.FormatShape(shapes[0]) + " and " + autodiff.FormatShape(shapes[1])
		run := func(op string, f64 func(x []var64) var64, f32 func(x []var32) var32) {
			autodifftest.Run(t, autodifftest.Case{
				Name: op + " of " + name, Shapes: shapes, Draw: away, Twice: true,
				F64: func(_ *tape64, x []var64) var64 { return f64(x) },
				F32: func(_ *tape32, x []var32) var32 { return f32(x) },
			})
		}
		run("Add", func(x []var64) var64 { return x[0].Add(x[1]) }, func(x []var32) var32 { return x[0].Add(x[1]) })
		run("Sub", func(x []var64) var64 { return x[0].Sub(x[1]) }, func(x []var32) var32 { return x[0].Sub(x[1]) })
		run("Mul", func(x []var64) var64 { return x[0].Mul(x[1]) }, func(x []var32) var32 { return x[0].Mul(x[1]) })
		run("Div", func(x []var64) var64 { return x[0].Div(x[1]) }, func(x []var32) var32 { return x[0].Div(x[1]) })
	}
}

func TestMatMul(t *testing.T) {
	run := func(name string, f64 func(x []var64) var64, f32 func(x []var32) var32, shapes ...[]int) {
		autodifftest.Run(t, autodifftest.Case{
			Name: name + " of " + autodiff.FormatShape(shapes[0]) + " and " + autodiff.FormatShape(shapes[1]), Shapes: shapes, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return f64(x) },
			F32: func(_ *tape32, x []var32) var32 { return f32(x) },
		})
	}
	for _, s := range [][][]int{{{2, 3}, {3, 4}}, {{2, 2, 3}, {3, 4}}, {{2, 2, 3}, {2, 3, 4}}, {{1, 1}, {1, 1}}, {{0, 3}, {3, 2}}} {
		run("MatMul", func(x []var64) var64 { return x[0].MatMul(x[1]) }, func(x []var32) var32 { return x[0].MatMul(x[1]) }, s...)
	}
	for _, s := range [][][]int{{{2, 3}, {4, 3}}, {{2, 2, 3}, {4, 3}}, {{2, 2, 3}, {2, 4, 3}}} {
		run("MatMulT", func(x []var64) var64 { return x[0].MatMulT(x[1]) }, func(x []var32) var32 { return x[0].MatMulT(x[1]) }, s...)
	}
	for _, s := range [][][]int{{{3, 2}, {3, 4}}, {{2, 3, 2}, {2, 3, 4}}} {
		run("TMatMul", func(x []var64) var64 { return x[0].TMatMul(x[1]) }, func(x []var32) var32 { return x[0].TMatMul(x[1]) }, s...)
	}
}

func TestUnary(t *testing.T) {
	for _, c := range []struct {
		name string
		f64  func(x var64) var64
		f32  func(x var32) var32
	}{
		{"Sum", var64.Sum, var32.Sum},
		{"Mean", var64.Mean, var32.Mean},
		{"Shift", func(x var64) var64 { return x.Shift(3).Mul(x) }, func(x var32) var32 { return x.Shift(3).Mul(x) }},
		{"Reshape", func(x var64) var64 { return x.Reshape(-1).Mul(x.Reshape(-1)) }, func(x var32) var32 { return x.Reshape(-1).Mul(x.Reshape(-1)) }},
		{"BroadcastTo", func(x var64) var64 { return x.Mul(x).BroadcastTo(2, 2, 3) }, func(x var32) var32 { return x.Mul(x).BroadcastTo(2, 2, 3) }},
		{"SumTo", func(x var64) var64 { return x.Mul(x).SumTo(x.Dim(0), 1) }, func(x var32) var32 { return x.Mul(x).SumTo(x.Dim(0), 1) }},
	} {
		for _, shape := range [][]int{{2, 3}, {1, 1}} {
			if c.name == "BroadcastTo" {
				shape[1] = 3
			}
			autodifftest.Run(t, autodifftest.Case{
				Name: c.name + " of " + autodiff.FormatShape(shape), Shapes: [][]int{shape}, Twice: true,
				F64: func(_ *tape64, x []var64) var64 { return c.f64(x[0]) },
				F32: func(_ *tape32, x []var32) var32 { return c.f32(x[0]) },
			})
		}
	}
}

// A log density of a hundred operations on single numbers.
func BenchmarkScalars(b *testing.B) {
	var t tape64
	x, y := []float64{0.3}, []float64{0.7}
	for b.Loop() {
		t.Reset()
		u, v := t.Variable(x), t.Variable(y)
		s := u
		for range 50 {
			s = s.Mul(v).Add(u)
		}
		t.Backward(s)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/op/operation")
}
