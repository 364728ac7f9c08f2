package autodiff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

// arrange checks an operation that only moves entries: gradients of a function of its
// result, which is not linear, so that second derivatives are not zero.
func arrange(t *testing.T, name string, f64 func(x []var64) var64, f32 func(x []var32) var32, shapes ...[]int) {
	for _, s := range shapes {
		name += " " + autodiff.FormatShape(s)
	}
	autodifftest.Run(t, autodifftest.Case{
		Name: name, Shapes: shapes, Twice: true,
		F64: func(_ *tape64, x []var64) var64 { return f64(x).Square() },
		F32: func(_ *tape32, x []var32) var32 { return f32(x).Square() },
	})
}

func TestIndexing(t *testing.T) {
	for _, shape := range [][]int{{4}, {4, 3}, {3, 2, 2}, {3, 0}} {
		rows := []int{2, 0, 2, 1}
		arrange(t, "Gather", func(x []var64) var64 { return x[0].Gather(rows) }, func(x []var32) var32 { return x[0].Gather(rows) }, shape)
		arrange(t, "Gather nothing", func(x []var64) var64 { return x[0].Gather(nil) }, func(x []var32) var32 { return x[0].Gather(nil) }, shape)
		arrange(t, "Row", func(x []var64) var64 { return x[0].Row(1) }, func(x []var32) var32 { return x[0].Row(1) }, shape)
	}
	arrange(t, "Pick", func(x []var64) var64 { return x[0].Pick([]int{2}) }, func(x []var32) var32 { return x[0].Pick([]int{2}) }, []int{4})
	arrange(t, "Pick", func(x []var64) var64 { return x[0].Pick([]int{2, 2, 0, 1}) }, func(x []var32) var32 { return x[0].Pick([]int{2, 2, 0, 1}) }, []int{4, 3})
	arrange(t, "Pick", func(x []var64) var64 { return x[0].Pick([]int{1, 0, 0, 1}) }, func(x []var32) var32 { return x[0].Pick([]int{1, 0, 0, 1}) }, []int{2, 2, 2})
	for _, shape := range [][]int{{4}, {4, 4}, {2, 4, 2}} {
		for axis := range shape {
			if shape[axis] != 4 {
				continue
			}
			if axis == len(shape)-1 {
				axis = -1
			}
			on := fmt.Sprint(" ", axis)
			for _, part := range [][2]int{{0, 4}, {1, 3}, {2, 2}, {3, 4}} {
				arrange(t, fmt.Sprint("Slice", on, part), func(x []var64) var64 { return x[0].Slice(axis, part[0], part[1]) },
					func(x []var32) var32 { return x[0].Slice(axis, part[0], part[1]) }, shape)
			}
			arrange(t, "Split"+on, func(x []var64) var64 { p := x[0].Split(axis, 2); return p[0].Mul(p[1]) },
				func(x []var32) var32 { p := x[0].Split(axis, 2); return p[0].Mul(p[1]) }, shape)
			arrange(t, "Reverse"+on, func(x []var64) var64 { return x[0].Reverse(axis).Mul(x[0]) },
				func(x []var32) var32 { return x[0].Reverse(axis).Mul(x[0]) }, shape)
		}
	}
}

func TestJoining(t *testing.T) {
	for _, c := range []struct {
		axis   int
		shapes [][]int
	}{
		{0, [][]int{{2}, {3}, {0}}}, {-1, [][]int{{2, 1}, {2, 3}}}, {0, [][]int{{1, 2}, {3, 2}}}, {1, [][]int{{2, 1, 2}, {2, 2, 2}, {2, 1, 2}}}, {0, [][]int{{2}}},
	} {
		arrange(t, fmt.Sprint("Concat ", c.axis), func(x []var64) var64 { return autodiff.Concat(c.axis, x...) },
			func(x []var32) var32 { return autodiff.Concat(c.axis, x...) }, c.shapes...)
	}
	for _, shape := range [][]int{{}, {3}, {2, 3}} {
		for axis := -1; axis <= len(shape); axis++ {
			arrange(t, fmt.Sprint("Stack ", axis), func(x []var64) var64 { return autodiff.Stack(axis, x...) },
				func(x []var32) var32 { return autodiff.Stack(axis, x...) }, shape, shape, shape)
		}
	}
	arrange(t, "Stack of one twice", func(x []var64) var64 { return autodiff.Stack(0, x[0], x[0]) },
		func(x []var32) var32 { return autodiff.Stack(0, x[0], x[0]) }, []int{2})
}

func TestTranspose(t *testing.T) {
	for _, c := range []struct{ shape, perm []int }{
		{[]int{2, 3}, nil}, {[]int{17, 18}, nil}, {[]int{2, 3, 4}, nil}, {[]int{2, 3, 4}, []int{1, 0, 2}}, {[]int{2, 3, 4}, []int{2, 0, 1}},
		{[]int{2, 2, 3, 2}, []int{0, 2, 1, 3}}, {[]int{2, 2, 3, 2}, []int{3, 1, 0, 2}}, {[]int{3}, []int{0}}, {[]int{2, 0}, nil}, {[]int{1, 1}, []int{1, 0}},
	} {
		arrange(t, fmt.Sprint("Transpose ", c.perm), func(x []var64) var64 { return x[0].Transpose(c.perm...) },
			func(x []var32) var32 { return x[0].Transpose(c.perm...) }, c.shape)
		// Entry by entry.
		r := rand.New(rand.NewPCG(1, 1))
		v := make([]float64, autodiff.Size(c.shape))
		for i := range v {
			v[i] = r.Float64()
		}
		perm := c.perm
		if perm == nil {
			perm = []int{1, 0}
			if len(c.shape) == 3 {
				perm = []int{0, 2, 1}
			}
		}
		var tape tape64
		y := tape.Constant(v, c.shape...).Transpose(c.perm...)
		for i := range v {
			index := make([]int, len(c.shape)) // of entry i in x
			for k, rest := len(c.shape)-1, i; k >= 0; k-- {
				index[k], rest = rest%c.shape[k], rest/c.shape[k]
			}
			at := 0
			for k, axis := range perm {
				at = at*y.Dim(k) + index[axis]
			}
			if y.Value()[at] != v[i] {
				t.Fatalf("Transpose %v of %v: entry %v is not at %d", perm, c.shape, index, at)
			}
		}
	}
}

func TestIndexValues(t *testing.T) {
	var tape tape64
	x := tape.Variable([]float64{1, 2, 3, 4, 5, 6}, 3, 2)
	for _, c := range []struct {
		name  string
		y     var64
		shape []int
		value []float64
	}{
		{"Gather", x.Gather([]int{2, 0, 2}), []int{3, 2}, []float64{5, 6, 1, 2, 5, 6}},
		{"Pick", x.Pick([]int{1, 0, 1}), []int{3}, []float64{2, 3, 6}},
		{"Row", x.Row(2), []int{2}, []float64{5, 6}},
		{"Slice", x.Slice(0, 1, 3), []int{2, 2}, []float64{3, 4, 5, 6}},
		{"Slice -1", x.Slice(-1, 1, 2), []int{3, 1}, []float64{2, 4, 6}},
		{"Split", x.Split(0, 3)[1], []int{1, 2}, []float64{3, 4}},
		{"Concat 0", autodiff.Concat(0, x.Slice(0, 2, 3), x), []int{4, 2}, []float64{5, 6, 1, 2, 3, 4, 5, 6}},
		{"Concat 1", autodiff.Concat(1, x, x.Slice(1, 0, 1)), []int{3, 3}, []float64{1, 2, 1, 3, 4, 3, 5, 6, 5}},
		{"Stack 0", autodiff.Stack(0, x.Row(1), x.Row(0)), []int{2, 2}, []float64{3, 4, 1, 2}},
		{"Stack -1", autodiff.Stack(-1, x.Row(1), x.Row(0)), []int{2, 2}, []float64{3, 1, 4, 2}},
		{"Transpose", x.Transpose(), []int{2, 3}, []float64{1, 3, 5, 2, 4, 6}},
		{"Reverse 0", x.Reverse(0), []int{3, 2}, []float64{5, 6, 3, 4, 1, 2}},
		{"Reverse 1", x.Reverse(1), []int{3, 2}, []float64{2, 1, 4, 3, 6, 5}},
	} {
		if diff := cmp.Diff(c.value, c.y.Value()); diff != "" || !slices.Equal(c.shape, c.y.Shape()) {
			t.Errorf("%s has shape %v and (-want +got):\n%s", c.name, c.y.Shape(), diff)
		}
	}
	// The indices are copied.
	indices := []int{0, 1}
	y, z := x.Gather(indices), x.Slice(0, 0, 2).Pick(indices)
	indices[0], indices[1] = 2, 2
	tape.Backward(y.Sum().Add(z.Sum()))
	if diff := cmp.Diff([]float64{2, 1, 1, 2, 0, 0}, x.Grad()); diff != "" {
		t.Error(diff)
	}
}

func TestIndexErrors(t *testing.T) {
	var tape tape64
	one, six := tape.Number(1), tape.Variable(make([]float64, 6), 3, 2)
	for want, f := range map[string]func(){
		"autodiff: Gather with index 3 at position 1, which has to be at least 0 and below 3":  func() { six.Gather([]int{0, 3}) },
		"autodiff: Gather with index -1 at position 0, which has to be at least 0 and below 3": func() { six.Gather([]int{-1}) },
		"autodiff: Pick with index 2 at position 2, which has to be at least 0 and below 2":    func() { six.Pick([]int{0, 0, 2}) },
		"autodiff: Row with index 3 at position 0, which has to be at least 0 and below 3":     func() { six.Row(3) },
	} {
		if err := panics[*autodiff.IndexError](t, want, f); err != nil && err.Error() != want {
			t.Errorf("panic of %q, want %q", err, want)
		}
	}
	for want, f := range map[string]func(){
		"autodiff: Gather of a number: there is no axis 0":                   func() { one.Gather(nil) },
		"autodiff: Pick of 3×2: there are 2 indices":                         func() { six.Pick([]int{0, 1}) },
		"autodiff: Pick of a number: it has no axis":                         func() { one.Pick([]int{0}) },
		"autodiff: Row of a number: there is no axis 0":                      func() { one.Row(0) },
		"autodiff: Slice of 3×2: there is no part from 1 to 3 along axis -1": func() { six.Slice(-1, 1, 3) },
		"autodiff: Slice of 3×2: there is no part from 2 to 1 along axis 0":  func() { six.Slice(0, 2, 1) },
		"autodiff: Slice of 3×2: there is no part from -1 to 1 along axis 0": func() { six.Slice(0, -1, 1) },
		"autodiff: Split of 3×2: axis 0 has no 2 equal parts":                func() { six.Split(0, 2) },
		"autodiff: Split of 3×2: axis 0 has no 0 equal parts":                func() { six.Split(0, 0) },
		"autodiff: Concat of 3×2 and 2: along axis 0":                        func() { autodiff.Concat(0, six, six.Row(0)) },
		"autodiff: Concat of 3×2 and 2×3: along axis 1":                      func() { autodiff.Concat(1, six, six.Transpose()) },
		"autodiff: Stack of 3×2 and 2":                                       func() { autodiff.Stack(0, six, six.Row(0)) },
		"autodiff: Stack of 3×2: the result has no axis 3":                   func() { autodiff.Stack(3, six, six) },
		"autodiff: Transpose of 3×2: its axes cannot become [0 0]":           func() { six.Transpose(0, 0) },
		"autodiff: Transpose of 3×2: its axes cannot become [1 2]":           func() { six.Transpose(1, 2) },
		"autodiff: Transpose of 2: its axes cannot become []":                func() { six.Row(0).Transpose() },
		"autodiff: Transpose of a number: its axes cannot become []":         func() { one.Transpose() },
		"autodiff: Reverse of 3×2: there is no axis 2":                       func() { six.Reverse(2) },
	} {
		if err := panics[*autodiff.ShapeError](t, want, f); err != nil && err.Error() != want {
			t.Errorf("panic of %q, want %q", err, want)
		}
	}
}

// A Concat or Stack of nothing has no tape.
func TestJoiningNothing(t *testing.T) {
	for name, f := range map[string]func(){"Concat": func() { autodiff.Concat[float64](0) }, "Stack": func() { autodiff.Stack[float64](0) }} {
		func() {
			defer func() {
				if got, want := recover(), "autodiff: "+name+" of nothing"; got != want {
					t.Errorf("panic of %v, want %q", got, want)
				}
			}()
			f()
		}()
	}
}
