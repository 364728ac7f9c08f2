package autodiff_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// uses are ways to use arrays.
var uses = map[string]func(x, y var64){
	"Add":                func(x, y var64) { x.Add(y) },
	"MatMul":             func(x, y var64) { x.MatMul(y) },
	"Maximum":            func(x, y var64) { x.Maximum(y) },
	"Dot":                func(x, y var64) { x.Dot(y) },
	"MaskedFill":         func(x, y var64) { x.MaskedFill(y, 0) },
	"Affine":             func(x, y var64) { x.Affine(y, x) },
	"Affine's bias":      func(x, y var64) { x.Affine(x, y) },
	"BinaryCrossEntropy": func(x, y var64) { x.BinaryCrossEntropy(y) },
	"SoftCrossEntropy":   func(x, y var64) { x.SoftCrossEntropy(y) },
	"SolveLower":         func(x, y var64) { x.SolveLower(y) },
	"Concat":             func(x, y var64) { autodiff.Concat(0, x, y) },
	"Stack":              func(x, y var64) { autodiff.Stack(0, x, y) },
	"Where":              func(x, y var64) { autodiff.Where(x, x, y) },
	"Where's mask":       func(x, y var64) { autodiff.Where(y, x, x) },
	"Backward":           func(x, y var64) { x.Tape().Backward(y) },
	"Gradient":           func(x, y var64) { x.Tape().Gradient(y) },
	"Gradient in":        func(x, y var64) { x.Tape().Gradient(x.Sum(), y) },
}

// alone are ways to use one array.
var alone = map[string]func(x var64){
	"Value": func(x var64) { x.Value() }, "Grad": func(x var64) { x.Grad() }, "Shape": func(x var64) { x.Shape() }, "Number": func(x var64) { x.Number() },
	"Exp": func(x var64) { x.Exp() }, "Square": func(x var64) { x.Square() }, "Sum": func(x var64) { x.Sum() }, "SumAxis": func(x var64) { x.SumAxis(0) },
	"Softmax": func(x var64) { x.Softmax() }, "Reshape": func(x var64) { x.Reshape(-1) }, "Row": func(x var64) { x.Row(0) }, "Slice": func(x var64) { x.Slice(0, 0, 1) },
	"Transpose": func(x var64) { x.Transpose() }, "Gather": func(x var64) { x.Gather(nil) }, "Cholesky": func(x var64) { x.Cholesky() },
	"CrossEntropy": func(x var64) { x.CrossEntropy(nil, 0) }, "Normalize": func(x var64) { x.Normalize(1) }, "Swish": func(x var64) { x.Swish(1) }, "Diag": func(x var64) { x.Diag() },
	"Concat": func(x var64) { autodiff.Concat(0, x) }, "Stack": func(x var64) { autodiff.Stack(0, x) }, "Reverse": func(x var64) { x.Reverse(0) },
	"BroadcastTo": func(x var64) { x.BroadcastTo(3, 2, 2) }, "SumTo": func(x var64) { x.SumTo(2) }, "Clip": func(x var64) { x.Clip(0, 1) },
}

func wantText(t *testing.T, name, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != want {
			t.Errorf("%s: panic of %v, want %q", name, got, want)
		}
	}()
	f()
}

func TestForeignAndStale(t *testing.T) {
	var tape, other tape64
	var none var64
	stale := tape.Variable(make([]float64, 4), 2, 2)
	tape.Reset()
	x, foreign := tape.Variable(make([]float64, 4), 2, 2), other.Variable(make([]float64, 4), 2, 2)
	for name, use := range uses {
		wantText(t, name+" of another tape", "autodiff: a Var of another tape", func() { use(x, foreign) })
		wantText(t, name+" of before", "autodiff: a Var from before Reset", func() { use(x, stale) })
		wantText(t, name+" of none", "autodiff: a Var that no tape has made", func() { use(x, none) })
	}
	for name, use := range alone {
		wantText(t, name+" of before", "autodiff: a Var from before Reset", func() { use(stale) })
		wantText(t, name+" of none", "autodiff: a Var that no tape has made", func() { use(none) })
	}
}

func TestBackwardAgain(t *testing.T) {
	var tape tape64
	p := autodiff.NewParam[float64]("p", 2)
	fixed := autodiff.NewParam[float64]("fixed", 2)
	single := autodiff.NewParam[float64]("single")
	fixed.Fixed, fixed.Grad = true, nil
	copy(p.Value, []float64{2, 3})
	copy(fixed.Value, []float64{5, 7})
	single.Value[0] = 2
	x := tape.Variable([]float64{1, 1}, 2)
	// p is used three times: by itself, as a part, and in another shape.
	v := tape.Param(p)
	if tape.Param(p) != v {
		t.Error("a parameter is there twice")
	}
	s := tape.Param(single)
	y := v.Mul(tape.Param(fixed)).Mul(x).Sum().Add(v.Row(0)).Add(v.Reshape(1, 2).Sum()).Add(s.Mul(s))
	for n := 1.0; n <= 3; n++ {
		tape.Backward(y)
		if diff := cmp.Diff([]float64{10, 21}, x.Grad()); diff != "" {
			t.Errorf("Backward %v: gradient of x %s", n, diff)
		}
		if diff := cmp.Diff([]float64{n * 7, n * 8}, p.Grad); diff != "" {
			t.Errorf("Backward %v: gradient of p %s", n, diff)
		}
		if single.Grad[0] != n*4 {
			t.Errorf("Backward %v: gradient of a single number %v", n, single.Grad)
		}
		if fixed.Grad != nil || tape.Param(fixed).Grad() != nil {
			t.Error("a fixed parameter has a gradient")
		}
	}
	// Another result forgets the gradients of what it does not depend on.
	tape.Backward(tape.Variable([]float64{1}).Square())
	if x.Grad() != nil {
		t.Errorf("a gradient %v of what the result does not depend on", x.Grad())
	}
	p.Grad = nil
	tape.Reset()
	wantText(t, "no gradient", `autodiff: parameter "p" has 2 values and 0 gradients`, func() { tape.Param(p) })
	panics[*autodiff.ShapeError](t, "Backward of two", func() { tape.Backward(tape.Variable([]float64{1, 2}, 2)) })
	panics[*autodiff.ShapeError](t, "Gradient of two", func() { tape.Gradient(tape.Variable([]float64{1, 2}, 2)) })
	panics[*autodiff.ShapeError](t, "Number of none", func() { tape.Variable(nil, 0).Number() })
}

// The result may be one of the variables, or depend on none of them.
func TestGradientOfItself(t *testing.T) {
	var tape tape64
	x, c := tape.Variable([]float64{3}), tape.Constant([]float64{4})
	g := tape.Gradient(x, x, c, x)
	if g[0].Number() != 1 || g[1].Number() != 0 || g[2].Number() != 1 {
		t.Errorf("gradients %v, %v and %v", g[0].Value(), g[1].Value(), g[2].Value())
	}
	if g := tape.Gradient(c.Square(), c); g[0].Number() != 8 { // a constant too
		t.Errorf("gradient %v", g[0].Value())
	}
	tape.Backward(x)
	if x.Grad()[0] != 1 {
		t.Errorf("gradient %v", x.Grad())
	}
	tape.Backward(c)
	if x.Grad() != nil || c.Grad() != nil {
		t.Error("a constant has a gradient")
	}
	if g := tape.Gradient(c.Square(), x); g[0].Number() != 0 {
		t.Errorf("gradient %v", g[0].Value())
	}
}

// What an earlier Gradient asked for does not count, nor the slope of a constant where
// its formula has none.
func TestGradientAgain(t *testing.T) {
	var tape tape64
	x, y := tape.Variable([]float64{2}), tape.Variable([]float64{0})
	tape.Gradient(x.Square(), x)
	z := x.Digamma().Mul(y) // which has no second derivative in x
	if g := tape.Gradient(z, y); g[0].Number() != x.Digamma().Number() {
		t.Errorf("gradient %v", g[0].Value())
	}
	if err := panics[*autodiff.ChainError](t, "Gradient", func() { tape.Gradient(z, x) }); err != nil && err.Op != "Digamma" {
		t.Errorf("panic of %v", err)
	}
	if g := tape.Gradient(y.Pow(0), y); g[0].Number() != 0 {
		t.Errorf("gradient %v", g[0].Value())
	}
}

func TestOneVarOnBothSides(t *testing.T) {
	for name, c := range map[string]struct {
		f    func(x var64) var64
		want []float64
	}{
		"Add":     {func(x var64) var64 { return x.Add(x) }, []float64{2, 2, 2, 2}},
		"Sub":     {func(x var64) var64 { return x.Sub(x) }, []float64{0, 0, 0, 0}},
		"Mul":     {func(x var64) var64 { return x.Mul(x) }, []float64{2, 4, 6, 8}},
		"Div":     {func(x var64) var64 { return x.Div(x) }, []float64{0, 0, 0, 0}},
		"Maximum": {func(x var64) var64 { return x.Maximum(x) }, []float64{1, 1, 1, 1}},
		"Where":   {func(x var64) var64 { return autodiff.Where(x, x, x) }, []float64{1, 1, 1, 1}},
		"MatMul":  {func(x var64) var64 { return x.MatMul(x) }, []float64{7, 11, 9, 13}},
		"Concat":  {func(x var64) var64 { return autodiff.Concat(1, x, x) }, []float64{2, 2, 2, 2}},
		"rows":    {func(x var64) var64 { return x.Row(0).Mul(x.Row(0)) }, []float64{2, 4, 0, 0}},
	} {
		var tape tape64
		x := tape.Variable([]float64{1, 2, 3, 4}, 2, 2)
		tape.Backward(c.f(x).Sum())
		if diff := cmp.Diff(c.want, x.Grad()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// wrongChain gives a gradient of the wrong shape.
type wrongChain struct{ cube }

func (wrongChain) Chain(n *autodiff.Node[float64], grad autodiff.Var[float64]) { n.Give(0, grad.Sum()) }

func TestWrongChain(t *testing.T) {
	var tape tape64
	x := tape.Variable([]float64{1, 2}, 2)
	n := tape.Record(wrongChain{}, x.Shape(), x)
	err := panics[*autodiff.ShapeError](t, "Gradient", func() { tape.Gradient(n.Var().Sum(), x) })
	if want := "autodiff: a gradient that Cube gives of a number and 2"; err != nil && err.Error() != want {
		t.Errorf("panic of %q, want %q", err, want)
	}
}

func TestNonFinite(t *testing.T) {
	var tape tape64
	p := autodiff.NewParam[float64]("weights", 2)
	tape.SetLabel("first")
	x := tape.Param(p).Shift(1)
	before := tape.SetLabel("second")
	y := x.Sub(x).Log()
	tape.SetLabel(before)
	y.Sum()
	if op, label, param, found := tape.NonFinite(); op != "Log" || label != "second" || param != "" || !found {
		t.Errorf("%q, %q, %q, %v", op, label, param, found)
	}
	p.Value[1] = math.NaN()
	tape.Reset()
	tape.Param(p).Exp()
	if _, _, param, found := tape.NonFinite(); param != "weights" || !found {
		t.Errorf("%q, %v", param, found)
	}
	tape.Reset()
	tape.Number(1).Exp()
	if _, _, _, found := tape.NonFinite(); found {
		t.Error("there is nothing to be found")
	}
}

// What panics leaves a tape that works.
func TestAfterPanics(t *testing.T) {
	tape := tape64{Memory: 1 << 20}
	x := tape.Variable([]float64{1, 2}, 2)
	for range 3 {
		panics[*autodiff.ShapeError](t, "Add", func() { x.Add(tape.Constant(make([]float64, 3), 3)) })
		panics[*belief.TooLargeError](t, "BroadcastTo", func() { x.BroadcastTo(1<<20, 2) })
		panics[*autodiff.IndexError](t, "Pick", func() { x.Pick([]int{2}) })
	}
	// Nothing of what was there is overwritten.
	y := x.Exp()
	want := slices.Clone(y.Value())
	panics[*belief.TooLargeError](t, "BroadcastTo", func() { x.BroadcastTo(1<<20, 2) })
	x.Square()
	if !slices.Equal(y.Value(), want) {
		t.Errorf("%v has become %v", want, y.Value())
	}
	tape.Backward(x.Square().Sum())
	if !slices.Equal(x.Grad(), []float64{2, 4}) {
		t.Errorf("gradient %v", x.Grad())
	}
}
