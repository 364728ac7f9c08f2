package autodiff_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

// spread draws numbers no two of which are near each other.
func spread() func(r *rand.Rand) float64 {
	drawn := 0.0
	return func(r *rand.Rand) float64 {
		drawn += 0.1
		return drawn * float64(1-2*r.IntN(2))
	}
}

func TestReductions(t *testing.T) {
	for _, shape := range [][]int{{4}, {1}, {2, 3}, {3, 1}, {2, 3, 4}, {1, 1, 1}, {2, 1, 5}} {
		run := func(name string, twice bool, f64 func(x var64) var64, f32 func(x var32) var32) {
			autodifftest.Run(t, autodifftest.Case{
				Name: name + " of " + autodiff.FormatShape(shape), Shapes: [][]int{shape}, Twice: twice, Draw: spread(),
				F64: func(_ *tape64, x []var64) var64 { return f64(x[0]) },
				F32: func(_ *tape32, x []var32) var32 { return f32(x[0]) },
			})
		}
		for axis := -1; axis < len(shape); axis++ {
			on := fmt.Sprint(" ", axis)
			run("SumAxis"+on, true, func(x var64) var64 { return x.Square().SumAxis(axis) }, func(x var32) var32 { return x.Square().SumAxis(axis) })
			run("MeanAxis"+on, true, func(x var64) var64 { return x.MeanAxis(axis).Square() }, func(x var32) var32 { return x.MeanAxis(axis).Square() })
			run("MaxAxis"+on, true, func(x var64) var64 { return x.MaxAxis(axis).Square() }, func(x var32) var32 { return x.MaxAxis(axis).Square() })
		}
		run("Max", true, var64.Max, var32.Max)
		run("SumSquares", true, var64.SumSquares, var32.SumSquares)
		run("Dot of itself", true, func(x var64) var64 { return x.Dot(x) }, func(x var32) var32 { return x.Dot(x) })
		run("LogSumExp", true, var64.LogSumExp, var32.LogSumExp)
		run("Softmax", true, var64.Softmax, var32.Softmax)
		run("LogSoftmax", true, var64.LogSoftmax, var32.LogSoftmax)
	}
	for _, shape := range [][]int{{}, {3}, {2, 2}, {0}} {
		autodifftest.Run(t, autodifftest.Case{
			Name: "Dot of " + autodiff.FormatShape(shape), Shapes: [][]int{shape, shape}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return x[0].Dot(x[1]) },
			F32: func(_ *tape32, x []var32) var32 { return x[0].Dot(x[1]) },
		})
	}
}

// TestReductionValues holds values and gradients to plain loops.
func TestReductionValues(t *testing.T) {
	var tape tape64
	r := rand.New(rand.NewPCG(1, 1))
	for _, width := range []int{1, 3, 40, 512, 513, 1100} { // rows are worked on in parts
		x, w := make([]float64, 2*width), make([]float64, 2*width)
		for i := range x {
			x[i], w[i] = 3*r.NormFloat64(), r.NormFloat64()
		}
		in, weight := tape.Variable(x, 2, width), tape.Constant(w, 2, width)
		soft, logSoft, lse := in.Softmax(), in.LogSoftmax(), in.LogSumExp()
		check := func(name string, got, want float64) {
			t.Helper()
			if !(math.Abs(got-want) <= 1e-12*(1+math.Abs(want))) {
				t.Errorf("%s with rows of %d is %v, want %v", name, width, got, want)
			}
		}
		tape.Backward(soft.Mul(weight).Sum())
		softGrad := slices.Clone(in.Grad())
		tape.Backward(logSoft.Mul(weight).Sum())
		for i := range 2 {
			row, weights := x[i*width:(i+1)*width], w[i*width:(i+1)*width]
			sum, mean, total := 0.0, 0.0, 0.0
			for _, v := range row {
				sum += math.Exp(v)
			}
			for j, v := range row {
				mean += weights[j] * math.Exp(v) / sum
				total += weights[j]
			}
			check("LogSumExp", lse.Value()[i], math.Log(sum))
			for j, v := range row {
				p := math.Exp(v) / sum
				check("Softmax", soft.Value()[i*width+j], p)
				check("LogSoftmax", logSoft.Value()[i*width+j], v-math.Log(sum))
				check("gradient of Softmax", softGrad[i*width+j], p*(weights[j]-mean))
				check("gradient of LogSoftmax", in.Grad()[i*width+j], weights[j]-p*total)
			}
		}
	}
}

func TestReductionEdges(t *testing.T) {
	var tape tape64
	nan, inf := math.NaN(), math.Inf(1)
	x := tape.Variable([]float64{1, 5, 5, 2, nan, nan, -inf, -inf, -inf, 1000, -1000, 0}, 4, 3)
	y := x.MaxAxis(1)
	if diff := cmp.Diff([]float64{5, nan, -inf, 1000}, y.Value(), sameNaN); diff != "" {
		t.Error(diff)
	}
	tape.Backward(y.Sum())
	if diff := cmp.Diff([]float64{0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0}, x.Grad()); diff != "" {
		t.Error("MaxAxis gives its gradient to", diff)
	}
	z := tape.Variable(x.Value()[6:], 2, 3)
	y = z.LogSumExp()
	if diff := cmp.Diff([]float64{-inf, 1000}, y.Value()); diff != "" {
		t.Error(diff)
	}
	tape.Backward(y.Sum())
	if diff := cmp.Diff([]float64{0, 0, 0, 1, 0, 0}, z.Grad()); diff != "" {
		t.Error("LogSumExp has gradient", diff)
	}
	if diff := cmp.Diff([]float64{nan, nan, nan, 1, 0, 0}, z.Softmax().Value(), sameNaN); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{0, -2000, -1000}, z.LogSoftmax().Value()[3:], sameNaN); diff != "" {
		t.Error(diff)
	}
	// Without a gradient it takes another way.
	if got := tape.Constant([]float64{1000, 1000}, 2).LogSumExp().Number(); got != 1000+math.Ln2 {
		t.Errorf("LogSumExp is %v", got)
	}
	empty := tape.Variable(nil, 2, 0)
	for name, got := range map[string]var64{"SumAxis": empty.SumAxis(1), "LogSumExp": empty.LogSumExp(), "Softmax": empty.Softmax(), "LogSoftmax": empty.LogSoftmax(),
		"SumAxis of the other": empty.SumAxis(0), "MaxAxis of the other": empty.MaxAxis(0), "Dot": empty.Dot(empty)} {
		tape.Backward(got.Sum())
		if g := empty.Grad(); len(g) != 0 {
			t.Errorf("%s of nothing has a gradient %v", name, g)
		}
	}
	if diff := cmp.Diff([]float64{0, 0}, empty.SumAxis(1).Value()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float64{-inf, -inf}, empty.LogSumExp().Value()); diff != "" {
		t.Error(diff)
	}
}

func TestReductionShapes(t *testing.T) {
	var tape tape64
	one, six := tape.Number(1), tape.Variable(make([]float64, 6), 2, 3)
	for want, f := range map[string]func(){
		"autodiff: SumAxis of 2×3: there is no axis 2":             func() { six.SumAxis(2) },
		"autodiff: SumAxis of 2×3: there is no axis -3":            func() { six.MeanAxis(-3) },
		"autodiff: MaxAxis of a number: there is no axis 0":        func() { one.MaxAxis(0) },
		"autodiff: MaxAxis of 2×0: there is nothing along axis -1": func() { tape.Variable(nil, 2, 0).MaxAxis(-1) },
		"autodiff: MaxAxis of 0: there is nothing along axis 0":    func() { tape.Variable(nil, 2, 0).Max() },
		"autodiff: LogSumExp of a number: it has no axis":          func() { one.LogSumExp() },
		"autodiff: Softmax of a number: it has no axis":            func() { one.Softmax() },
		"autodiff: LogSoftmax of a number: it has no axis":         func() { one.LogSoftmax() },
		"autodiff: Dot of 2×3 and 6":                               func() { six.Dot(six.Reshape(6)) },
	} {
		if err := panics[*autodiff.ShapeError](t, want, f); err != nil && err.Error() != want {
			t.Errorf("panic of %q, want %q", err, want)
		}
	}
}
