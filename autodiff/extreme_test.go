package autodiff_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

func TestChoices(t *testing.T) {
	bits64, bits32 := []float64{1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1}, []float32{1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1}
	for _, shapes := range pairs {
		draws := 0
		apart := func(r *rand.Rand) float64 { // no two are equal, or near zero
			draws++
			return (0.1*float64(draws) + 0.05) * float64(1-2*r.IntN(2))
		}
		name := autodiff.FormatShape(shapes[0]) + " and " + autodiff.FormatShape(shapes[1])
		run := func(op string, f64 func(t *tape64, x []var64) var64, f32 func(t *tape32, x []var32) var32) {
			autodifftest.Run(t, autodifftest.Case{Name: op + " of " + name, Shapes: shapes, Draw: apart, Twice: true, F64: f64, F32: f32})
		}
		run("Maximum", func(_ *tape64, x []var64) var64 { return x[0].Maximum(x[1]) }, func(_ *tape32, x []var32) var32 { return x[0].Maximum(x[1]) })
		run("Minimum", func(_ *tape64, x []var64) var64 { return x[0].Minimum(x[1]) }, func(_ *tape32, x []var32) var32 { return x[0].Minimum(x[1]) })
		run("PReLU", func(_ *tape64, x []var64) var64 { return x[0].PReLU(x[1]) }, func(_ *tape32, x []var32) var32 { return x[0].PReLU(x[1]) })
		if len(shapes[0]) == 2 && shapes[0][0] == 2 && shapes[0][1] > 0 {
			run("Where", func(t *tape64, x []var64) var64 { return autodiff.Where(t.Constant(bits64[:2], 2, 1), x[0], x[1]) },
				func(t *tape32, x []var32) var32 { return autodiff.Where(t.Constant(bits32[:2], 2, 1), x[0], x[1]) })
		}
	}
	for _, mask := range [][]int{{}, {1}, {3}, {2, 1}, {2, 3}, {1, 1, 3}, {2, 2, 1}, {2, 2, 3}} {
		size := autodiff.Size(mask)
		autodifftest.Run(t, autodifftest.Case{Name: "MaskedFill by " + autodiff.FormatShape(mask), Shapes: [][]int{{2, 2, 3}}, Twice: true,
			F64: func(t *tape64, x []var64) var64 {
				return x[0].MaskedFill(t.Constant(bits64[:size], mask...), 7).Square()
			},
			F32: func(t *tape32, x []var32) var32 {
				return x[0].MaskedFill(t.Constant(bits32[:size], mask...), 7).Square()
			},
		})
	}
}

func TestChoiceValues(t *testing.T) {
	var tape tape64
	nan, inf := math.NaN(), math.Inf(1)
	a := tape.Variable([]float64{1, 5, 3, inf}, 4)
	b := tape.Variable([]float64{2, 4, 3, -inf}, 4)
	mask := tape.Constant([]float64{0, 1, -2, nan}, 4)
	for _, c := range []struct {
		name         string
		y            var64
		value        []float64
		gradA, gradB []float64
	}{
		{"Maximum", a.Maximum(b), []float64{2, 5, 3, inf}, []float64{0, 1, 1, 1}, []float64{1, 0, 0, 0}},
		{"Minimum", a.Minimum(b), []float64{1, 4, 3, -inf}, []float64{1, 0, 1, 0}, []float64{0, 1, 0, 1}},
		{"Where", autodiff.Where(mask, a, b), []float64{2, 5, 3, inf}, []float64{0, 1, 1, 1}, []float64{1, 0, 0, 0}},
		{"MaskedFill", a.MaskedFill(mask, -9).Add(b.Scale(0)), []float64{1, -9, -9, nan}, []float64{1, 0, 0, 0}, []float64{0, 0, 0, 0}},
	} {
		if diff := cmp.Diff(c.value, c.y.Value(), sameNaN); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		tape.Backward(c.y.Sum())
		if diff := cmp.Diff(c.gradA, a.Grad(), sameNaN); diff != "" {
			t.Errorf("%s, gradient of the first (-want +got):\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.gradB, b.Grad(), sameNaN); diff != "" {
			t.Errorf("%s, gradient of the second (-want +got):\n%s", c.name, diff)
		}
	}
	for _, v := range []var64{tape.Number(nan).Maximum(tape.Number(1)), tape.Number(1).Minimum(tape.Number(nan)), tape.Number(nan).Clip(0, 1)} {
		if !math.IsNaN(v.Number()) {
			t.Errorf("%v of NaN", v.Number())
		}
	}
}

var sameNaN = cmp.Comparer(func(x, y float64) bool { return x == y || x != x && y != y })

// panics returns what f panics with, as an error of type E.
func panics[E error](t *testing.T, name string, f func()) (err E) {
	t.Helper()
	defer func() {
		t.Helper()
		if e, ok := recover().(error); !ok || !errors.As(e, &err) {
			t.Errorf("%s: panic of %v, want %T", name, e, err)
		}
	}()
	f()
	return err
}

func TestChoiceShapes(t *testing.T) {
	var tape tape64
	two, three := tape.Variable(make([]float64, 2), 2), tape.Variable(make([]float64, 3), 3)
	six := tape.Variable(make([]float64, 6), 2, 3)
	for name, f := range map[string]func(){
		"Maximum of 2 and 3":      func() { two.Maximum(three) },
		"Minimum of 2 and 3":      func() { two.Minimum(three) },
		"PReLU of 2 and 3":        func() { two.PReLU(three) },
		"Where of 2 and 3":        func() { autodiff.Where(tape.Number(1), two, three) },
		"Where of 2 and 2×3":      func() { autodiff.Where(two, six, three) },
		"MaskedFill of 3 and 2×3": func() { three.MaskedFill(six, 0) },
	} {
		err := panics[*autodiff.ShapeError](t, name, f)
		if got := err.Error(); len(got) < len(name) || got[:len("autodiff: ")+len(name)] != "autodiff: "+name {
			t.Errorf("%s panics with %q", name, got)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("Clip takes limits the wrong way round")
		}
	}()
	two.Clip(1, 0)
}
