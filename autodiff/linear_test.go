package autodiff_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

// definite draws matrices, entry by entry, that are positive definite: with a strong
// diagonal.
func definite(n int) func(r *rand.Rand) float64 {
	k := 0
	return func(r *rand.Rand) float64 {
		k++
		if (k-1)%(n+1) == 0 && k <= n*n {
			return 2 + r.Float64()
		}
		return r.NormFloat64() / float64(2*n)
	}
}

func TestCholesky(t *testing.T) {
	for _, n := range []int{0, 1, 2, 5} {
		autodifftest.Run(t, autodifftest.Case{
			Name: "Cholesky of " + autodiff.FormatShape([]int{n, n}), Shapes: [][]int{{n, n}}, Draw: definite(n), Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return x[0].Cholesky() },
			F32: func(_ *tape32, x []var32) var32 { return x[0].Cholesky() },
		})
		autodifftest.Run(t, autodifftest.Case{
			Name: "normal log density", Shapes: [][]int{{n, n}, {n}}, Draw: definite(n), Twice: true,
			F64: func(_ *tape64, x []var64) var64 {
				l := x[0].Cholesky()
				return l.SolveLower(x[1]).SumSquares().Scale(-0.5).Sub(l.Diagonal().Log().Sum())
			},
		})
		arrange(t, "Diagonal", func(x []var64) var64 { return x[0].Diagonal() }, func(x []var32) var32 { return x[0].Diagonal() }, []int{n, n})
		arrange(t, "Diag", func(x []var64) var64 { return x[0].Diag() }, func(x []var32) var32 { return x[0].Diag() }, []int{n})
	}
}

func TestSolve(t *testing.T) {
	type solver struct {
		name string
		f64  func(x, b var64) var64
		f32  func(x, b var32) var32
	}
	for _, s := range []solver{
		{"SolveLower", var64.SolveLower, var32.SolveLower}, {"SolveLowerT", var64.SolveLowerT, var32.SolveLowerT},
		{"SolveUpper", var64.SolveUpper, var32.SolveUpper}, {"SolveUpperT", var64.SolveUpperT, var32.SolveUpperT},
	} {
		for _, shapes := range [][][]int{{{3, 3}, {3}}, {{3, 3}, {3, 2}}, {{1, 1}, {1}}, {{4, 4}, {4, 1}}, {{0, 0}, {0}}, {{2, 2}, {2, 0}}} {
			autodifftest.Run(t, autodifftest.Case{
				Name: s.name + " of " + autodiff.FormatShape(shapes[0]) + " and " + autodiff.FormatShape(shapes[1]), Shapes: shapes, Draw: definite(shapes[0][0]), Twice: true,
				F64: func(_ *tape64, x []var64) var64 { return s.f64(x[0], x[1]) },
				F32: func(_ *tape32, x []var32) var32 { return s.f32(x[0], x[1]) },
			})
		}
	}
}

// TestLinearAgainstGonum holds values to another implementation.
func TestLinearAgainstGonum(t *testing.T) {
	close := cmpopts.EquateApprox(1e-11, 1e-11)
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 7, 40} {
		a, b := mat.NewDense(n, n, nil), mat.NewDense(n, 3, nil)
		for i := range n {
			for j := range n {
				a.Set(i, j, r.NormFloat64())
			}
			for j := range 3 {
				b.Set(i, j, r.NormFloat64())
			}
		}
		var square mat.SymDense
		square.SymOuterK(1, a)
		for i := range n {
			square.SetSym(i, i, square.At(i, i)+1)
		}
		var factor mat.Cholesky
		if !factor.Factorize(&square) {
			t.Fatal("not positive definite")
		}
		var lower mat.TriDense
		factor.LTo(&lower)
		dense := mat.DenseCopyOf(&square)
		var tape tape64
		l := tape.Variable(dense.RawMatrix().Data, n, n).Cholesky()
		if diff := cmp.Diff(mat.DenseCopyOf(&lower).RawMatrix().Data, l.Value(), close); diff != "" {
			t.Fatal(diff)
		}
		if got, want := 2*l.Diagonal().Log().Sum().Number(), factor.LogDet(); math.Abs(got-want) > 1e-11*math.Abs(want) {
			t.Errorf("log det is %v, want %v", got, want)
		}
		right := tape.Constant(b.RawMatrix().Data, n, 3)
		for name, c := range map[string]struct {
			of, to mat.Matrix
			got    var64
		}{
			"SolveLower":  {&lower, b, l.SolveLower(right)},
			"SolveLowerT": {lower.T(), b, l.SolveLowerT(right)},
			"SolveUpper":  {lower.T(), b, l.Transpose().SolveUpper(right)},
			"SolveUpperT": {&lower, b, l.Transpose().SolveUpperT(right)},
			"one column":  {&lower, b.Slice(0, n, 1, 2), l.SolveLower(right.Slice(1, 1, 2).Reshape(n))},
		} {
			var want mat.Dense
			if err := want.Solve(c.of, c.to); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want.RawMatrix().Data, c.got.Value(), close); diff != "" {
				t.Errorf("%s of %d (-want +got):\n%s", name, n, diff)
			}
		}
	}
}

// Only one triangle counts for a system, and both for Cholesky.
func TestTriangles(t *testing.T) {
	var tape tape64
	nan := math.NaN()
	b := tape.Variable([]float64{1, 2}, 2)
	for name, y := range map[string]var64{
		"SolveLower":  tape.Constant([]float64{2, nan, 1, 4}, 2, 2).SolveLower(b),
		"SolveLowerT": tape.Constant([]float64{2, nan, 1, 4}, 2, 2).SolveLowerT(b),
		"SolveUpper":  tape.Constant([]float64{2, 1, nan, 4}, 2, 2).SolveUpper(b),
		"SolveUpperT": tape.Constant([]float64{2, 1, nan, 4}, 2, 2).SolveUpperT(b),
	} {
		want := []float64{0.5, 0.375}
		if name == "SolveLowerT" || name == "SolveUpper" {
			want = []float64{0.25, 0.5}
		}
		if diff := cmp.Diff(want, y.Value()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	l := tape.Constant([]float64{4, 3, 1, 5}, 2, 2).Cholesky()
	if diff := cmp.Diff([]float64{2, 0, 1, 2}, l.Value()); diff != "" {
		t.Error(diff)
	}
}

func TestLinearErrors(t *testing.T) {
	var tape tape64
	two, six := tape.Variable(make([]float64, 2), 2), tape.Variable(make([]float64, 6), 2, 3)
	for want, f := range map[string]func(){
		"autodiff: Cholesky of 2×3: it has to be a square matrix":   func() { six.Cholesky() },
		"autodiff: Cholesky of 2: it has to be a square matrix":     func() { two.Cholesky() },
		"autodiff: SolveLower of 2×3: it has to be a square matrix": func() { six.SolveLower(two) },
		"autodiff: SolveUpper of 2×2 and 3":                         func() { two.Diag().SolveUpper(six.Row(0)) },
		"autodiff: SolveUpperT of 2×2 and a number":                 func() { two.Diag().SolveUpperT(tape.Number(1)) },
		"autodiff: SolveLowerT of 2×2 and 2×3×1":                    func() { two.Diag().SolveLowerT(six.Reshape(2, 3, 1)) },
		"autodiff: Diagonal of 2×3: it has to be a square matrix":   func() { six.Diagonal() },
		"autodiff: Diag of 2×3: it has to be a vector":              func() { six.Diag() },
	} {
		if err := panics[*autodiff.ShapeError](t, want, f); err != nil && err.Error() != want {
			t.Errorf("panic of %q, want %q", err, want)
		}
	}
	for want, x := range map[string][]float64{
		"autodiff: Cholesky of a matrix that is not positive definite: pivot 1 is -3":   {1, 2, 2, 1},
		"autodiff: Cholesky of a matrix that is not positive definite: pivot 0 is 0":    {0, 0, 0, 1},
		"autodiff: Cholesky of a matrix that is not positive definite: pivot 1 is NaN":  {1, math.NaN(), 0, 1},
		"autodiff: Cholesky of a matrix that is not positive definite: pivot 0 is +Inf": {math.Inf(1), 0, 0, 1},
	} {
		err := panics[*autodiff.CholeskyError](t, want, func() { tape.Variable(x, 2, 2).Cholesky() })
		if err != nil && err.Error() != want {
			t.Errorf("panic of %q, want %q", err, want)
		}
	}
}
