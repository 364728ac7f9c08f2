package autodiff_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

func TestCrossEntropies(t *testing.T) {
	for _, c := range []struct {
		shape  []int
		labels []int
	}{{[]int{3}, []int{2}}, {[]int{4, 3}, []int{0, 2, 1, 1}}, {[]int{2, 2, 3}, []int{0, 2, 1, 1}}, {[]int{2, 1}, []int{0, 0}}, {[]int{0, 3}, nil}} {
		for _, smoothing := range []float64{0, 0.1, 1} {
			autodifftest.Run(t, autodifftest.Case{
				Name: "CrossEntropy of " + autodiff.FormatShape(c.shape), Shapes: [][]int{c.shape}, Twice: true,
				F64: func(_ *tape64, x []var64) var64 { return x[0].CrossEntropy(c.labels, smoothing) },
				F32: func(_ *tape32, x []var32) var32 { return x[0].CrossEntropy(c.labels, float32(smoothing)) },
			})
		}
		autodifftest.Run(t, autodifftest.Case{
			Name: "SoftCrossEntropy of " + autodiff.FormatShape(c.shape), Shapes: [][]int{c.shape, c.shape}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return x[0].SoftCrossEntropy(x[1]) },
			F32: func(_ *tape32, x []var32) var32 { return x[0].SoftCrossEntropy(x[1]) },
		})
	}
	for _, shape := range [][]int{{}, {1}, {5}, {2, 3}, {0}} {
		autodifftest.Run(t, autodifftest.Case{
			Name: "BinaryCrossEntropy of " + autodiff.FormatShape(shape), Shapes: [][]int{shape, shape}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return x[0].BinaryCrossEntropy(x[1]) },
			F32: func(_ *tape32, x []var32) var32 { return x[0].BinaryCrossEntropy(x[1]) },
		})
	}
}

// near is about the rounding of a formula.
var near = cmpopts.EquateApprox(1e-13, 1e-13)

func TestCrossEntropyValues(t *testing.T) {
	var tape tape64
	x := tape.Variable([]float64{1, -2, 0.5, 3, 0, 0}, 2, 3)
	labels := []int{2, 0}
	hard := x.CrossEntropy(labels, 0)
	if diff := cmp.Diff(x.LogSoftmax().Pick(labels).Neg().Value(), hard.Value(), near); diff != "" {
		t.Error(diff)
	}
	// The smoothed labels as they are printed in Qiu (2019) section 7.7.6.
	q := tape.Constant([]float64{0.1, 0.1, 0.8, 0.8, 0.1, 0.1}, 2, 3)
	smooth, soft, plain := x.CrossEntropy(labels, 0.2), x.SoftCrossEntropy(q), x.LogSoftmax().Mul(q).SumAxis(1).Neg()
	labels[0] = 0 // they were copied
	var grads [3][]float64
	for i, loss := range []var64{plain, soft, smooth} {
		if diff := cmp.Diff(plain.Value(), loss.Value(), near); diff != "" {
			t.Error(diff)
		}
		tape.Backward(loss.Sum())
		grads[i] = append(grads[i], x.Grad()...)
		if diff := cmp.Diff(grads[0], grads[i], near); diff != "" {
			t.Error(diff)
		}
	}
	// Logits that overflow, and classes that are impossible.
	inf := math.Inf(1)
	x = tape.Variable([]float64{1000, 0, 0, 1000, 3, -inf}, 3, 2)
	loss := x.CrossEntropy([]int{0, 0, 0}, 0)
	if diff := cmp.Diff([]float64{0, 1000, 0}, loss.Value()); diff != "" {
		t.Error(diff)
	}
	tape.Backward(loss.Sum())
	if diff := cmp.Diff([]float64{0, 0, -1, 1, 0, 0}, x.Grad()); diff != "" {
		t.Error(diff)
	}
	y := tape.Variable([]float64{1000, 1000, -1000, -1000, 40}, 5)
	loss = y.BinaryCrossEntropy(tape.Constant([]float64{0, 1, 0, 1, 1}, 5))
	if diff := cmp.Diff([]float64{1000, 0, 0, 1000, math.Exp(-40)}, loss.Value(), cmpopts.EquateApprox(1e-15, 0)); diff != "" {
		t.Error(diff)
	}
	tape.Backward(loss.Sum())
	if diff := cmp.Diff([]float64{1, 0, 0, -1, 0}, y.Grad(), cmpopts.EquateApprox(0, 1e-15)); diff != "" {
		t.Error(diff)
	}
}

// Long arrays are worked on in parts.
func TestLongBinaryCrossEntropy(t *testing.T) {
	var tape tape64
	const n = 1100
	x, q := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], q[i] = 5*math.Sin(float64(i)), math.Abs(math.Cos(float64(i)))
	}
	logits := tape.Variable(x, n)
	loss := logits.BinaryCrossEntropy(tape.Constant(q, n))
	tape.Backward(loss.Sum())
	for i := range x {
		p := logistic(x[i])
		if want := -q[i]*math.Log(p) - (1-q[i])*math.Log(1-p); math.Abs(loss.Value()[i]-want) > 1e-13*(1+want) {
			t.Fatalf("entry %d is %v, want %v", i, loss.Value()[i], want)
		}
		if want := p - q[i]; math.Abs(logits.Grad()[i]-want) > 1e-15 {
			t.Fatalf("the gradient in entry %d is %v, want %v", i, logits.Grad()[i], want)
		}
	}
}

func TestNormalize(t *testing.T) {
	for _, shape := range [][]int{{5}, {2, 3}, {2, 2, 4}, {3, 1}, {0, 3}} {
		for _, eps := range []float64{1e-5, 0.5} {
			autodifftest.Run(t, autodifftest.Case{
				Name: "Normalize of " + autodiff.FormatShape(shape), Shapes: [][]int{shape}, Twice: true,
				F64: func(_ *tape64, x []var64) var64 { return x[0].Normalize(eps) },
				F32: func(_ *tape32, x []var32) var32 { return x[0].Normalize(float32(eps)) },
			})
		}
	}
	var tape tape64
	got := tape.Constant([]float64{1, 2, 3, 7, 7, 7}, 2, 3).Normalize(0.25).Value()
	d := 1 / math.Sqrt(2./3+0.25)
	if diff := cmp.Diff([]float64{-d, 0, d, 0, 0, 0}, got, near); diff != "" {
		t.Error(diff)
	}
	// A mean that is large beside the deviation.
	var single tape32
	x, exact := make([]float32, 100), make([]float64, 100)
	for i := range x {
		x[i] = 10000.1 + 0.01*float32(i*i%97)
		exact[i] = float64(x[i])
	}
	want := tape.Constant(exact, 100).Normalize(1e-9).Value()
	for i, v := range single.Constant(x, 100).Normalize(1e-9).Value() {
		if math.Abs(float64(v)-want[i]) > 1e-5 {
			t.Fatalf("entry %d is %v, want %v", i, v, want[i])
		}
	}
}

func TestAffine(t *testing.T) {
	for _, shape := range [][]int{{4}, {2, 4}, {2, 3, 4}, {0, 4}, {9, 4}} {
		shapes := [][]int{shape, {4, 3}, {3}}
		autodifftest.Run(t, autodifftest.Case{
			Name: "Affine of " + autodiff.FormatShape(shape), Shapes: shapes, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return x[0].Affine(x[1], x[2]) },
			F32: func(_ *tape32, x []var32) var32 { return x[0].Affine(x[1], x[2]) },
		})
	}
	autodifftest.Run(t, autodifftest.Case{
		Name: "Affine of one thing", Shapes: [][]int{{3, 3}}, Twice: true,
		F64: func(_ *tape64, x []var64) var64 { return x[0].Affine(x[0], x[0].Row(1)) },
	})
	// Larger than what goes through in one way.
	r := rand.New(rand.NewPCG(1, 1))
	var tape tape64
	draw := func(shape ...int) var64 {
		v := make([]float64, autodiff.Size(shape))
		for i := range v {
			v[i] = r.NormFloat64()
		}
		return tape.Variable(v, shape...)
	}
	x, w, b := draw(70, 40), draw(40, 50), draw(50)
	fused, plain := x.Affine(w, b), x.MatMul(w).Add(b)
	if diff := cmp.Diff(plain.Value(), fused.Value(), near); diff != "" {
		t.Error(diff)
	}
	var grads [2][][]float64
	for i, y := range []var64{plain, fused} {
		tape.Backward(y.Square().Sum())
		for _, v := range []var64{x, w, b} {
			grads[i] = append(grads[i], append([]float64(nil), v.Grad()...))
		}
	}
	if diff := cmp.Diff(grads[0], grads[1], near); diff != "" {
		t.Error(diff)
	}
}

func TestFusedErrors(t *testing.T) {
	var tape tape64
	one, three, six := tape.Number(1), tape.Variable(make([]float64, 3), 3), tape.Variable(make([]float64, 6), 2, 3)
	for want, f := range map[string]func(){
		"autodiff: CrossEntropy of 2×3: there are 3 labels":      func() { six.CrossEntropy([]int{0, 0, 0}, 0) },
		"autodiff: CrossEntropy of a number: it has no axis":     func() { one.CrossEntropy([]int{0}, 0) },
		"autodiff: SoftCrossEntropy of 2×3 and 3":                func() { six.SoftCrossEntropy(three) },
		"autodiff: SoftCrossEntropy of a number: it has no axis": func() { one.SoftCrossEntropy(one) },
		"autodiff: BinaryCrossEntropy of 2×3 and 3":              func() { six.BinaryCrossEntropy(three) },
		"autodiff: Normalize of a number: it has no axis":        func() { one.Normalize(1) },
		"autodiff: Affine of 2×3 and 2×3 and 3":                  func() { six.Affine(six, three) },
		"autodiff: Affine of 2×3 and 3×2 and 3":                  func() { six.Affine(six.Transpose(), three) },
		"autodiff: Affine of 2×3 and 3 and 3":                    func() { six.Affine(three, three) },
		"autodiff: Affine of a number and 2×3 and 3":             func() { one.Affine(six, three) },
	} {
		if err := panics[*autodiff.ShapeError](t, want, f); err != nil && err.Error() != want {
			t.Errorf("panic of %q, want %q", err, want)
		}
	}
	want := "autodiff: CrossEntropy with index 3 at position 1, which has to be at least 0 and below 3"
	if err := panics[*autodiff.IndexError](t, want, func() { six.CrossEntropy([]int{0, 3}, 0) }); err != nil && err.Error() != want {
		t.Errorf("panic of %q, want %q", err, want)
	}
	for _, smoothing := range []float64{-0.1, 1.1, math.NaN()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("CrossEntropy takes smoothing %v", smoothing)
				}
			}()
			six.CrossEntropy([]int{0, 0}, smoothing)
		}()
	}
}
