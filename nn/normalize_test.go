package nn

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
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

func TestNormalizationGradients(t *testing.T) {
	for _, g := range []groups{{3, 2, 4}, {5, 3, 1}, {1, 4, 5}, {1, 1, 3}, {0, 2, 3}} {
		shape := []int{g.outer, g.n, g.inner}
		name := " of " + autodiff.FormatShape(shape)
		autodifftest.Run(t, autodifftest.Case{
			Name: "standardize" + name, Shapes: [][]int{shape}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { y, _, _ := standardize(x[0], g, 0.1); return y },
			F32: func(_ *tape32, x []var32) var32 { y, _, _ := standardize(x[0], g, 0.1); return y },
		})
		autodifftest.Run(t, autodifftest.Case{
			Name: "affine" + name, Shapes: [][]int{shape, {g.n}, {g.n}}, Twice: true,
			F64: func(_ *tape64, x []var64) var64 { return affine(x[0], g, x[1], x[2]) },
			F32: func(_ *tape32, x []var32) var32 { return affine(x[0], g, x[1], x[2]) },
		})
	}
	for _, shape := range [][]int{{4, 3}, {2, 3, 3}, {2, 3, 2, 2}} {
		checkLayer(t, func(n *Net[float64]) func(x var64) var64 {
			return n.BatchNorm("b", BatchNorm{Channels: 3, Epsilon: 0.1}).Forward
		}, shape...)
		checkLayer(t, func(n *Net[float64]) func(x var64) var64 {
			return n.LayerNorm("l", LayerNorm{Shape: shape[1:], Epsilon: 0.1}).Forward
		}, shape...)
	}
	checkLayer(t, func(n *Net[float64]) func(x var64) var64 {
		return n.LayerNorm("l", LayerNorm{Shape: []int{4}, NoAffine: true}).Forward
	}, 2, 3, 4)
	// Where nothing is learnt by the layers before, such as in a critic that is used.
	checkLayer(t, func(n *Net[float64]) func(x var64) var64 {
		l := n.BatchNorm("b", BatchNorm{Channels: 3})
		copy(l.Mean.Value, []float64{1, -2, 0.5})
		copy(l.Variance.Value, []float64{0.3, 2, 1})
		return func(x var64) var64 {
			x.Tape().Training = false
			return l.Forward(x)
		}
	}, 2, 3, 2, 2)
}

// moments are the mean and the variance, with n in the denominator, of what is chosen.
func moments(x []float64, chosen func(i int) bool) (mean, variance, n float64) {
	for i, v := range x {
		if chosen(i) {
			mean, n = mean+v, n+1
		}
	}
	mean /= n
	for i, v := range x {
		if chosen(i) {
			variance += (v - mean) * (v - mean)
		}
	}
	return mean, variance / n, n
}

func TestBatchNorm(t *testing.T) {
	for _, shape := range [][]int{{6, 3}, {4, 3, 5}, {2, 3, 3, 2}} {
		r := rand.New(rand.NewPCG(1, 2))
		net := New[float64](1)
		l := net.BatchNorm("b", BatchNorm{Channels: 3, Momentum: 0.3, Epsilon: 0.01})
		copy(l.Scale.Value, []float64{2, -1, 0.5})
		copy(l.Shift.Value, []float64{1, 0, -3})
		inner := autodiff.Size(shape[2:])
		channel := func(i int) int { return i / inner % 3 }
		mean, variance := []float64{0, 0, 0}, []float64{1, 1, 1}
		tape := tape64{Training: true}
		x := make([]float64, autodiff.Size(shape))
		close := func(what string, got, want float64) {
			t.Helper()
			if !(math.Abs(got-want) <= 1e-13*max(1, math.Abs(want))) {
				t.Errorf("shape %v: %s is %v, want %v", shape, what, got, want)
			}
		}
		for range 3 {
			for i := range x {
				x[i] = 5*r.NormFloat64() + float64(channel(i))
			}
			tape.Reset()
			y := l.Forward(tape.Constant(x, shape...))
			for c := range 3 {
				m, v, n := moments(x, func(i int) bool { return channel(i) == c })
				for i, got := range y.Value() {
					if channel(i) == c {
						close("an entry in learning", got, (x[i]-m)/math.Sqrt(v+0.01)*l.Scale.Value[c]+l.Shift.Value[c])
					}
				}
				mean[c] = 0.7*mean[c] + 0.3*m
				variance[c] = 0.7*variance[c] + 0.3*v*n/(n-1)
				close("a running mean", l.Mean.Value[c], mean[c])
				close("a running variance", l.Variance.Value[c], variance[c])
			}
		}
		tape.Reset()
		tape.Training = false
		for i, got := range l.Forward(tape.Constant(x, shape...)).Value() {
			c := channel(i)
			close("an entry in use", got, (x[i]-mean[c])/math.Sqrt(variance[c]+0.01)*l.Scale.Value[c]+l.Shift.Value[c])
			close("the running mean after use", l.Mean.Value[c], mean[c])
		}
	}
}

// Numbers that differ in their last digits only.
func TestBatchNormFarFromZero(t *testing.T) {
	x := make([]float32, 4000)
	for i := range x {
		x[i] = 1<<20 + float32(i%4)/8
	}
	for _, shape := range [][]int{{2000, 2}, {10, 2, 200}} {
		l := New[float32](1).BatchNorm("b", BatchNorm{Channels: 2})
		inner := autodiff.Size(shape[2:])
		tape := tape32{Training: true}
		y := l.Forward(tape.Constant(x, shape...)).Value()
		v := make([]float64, len(y))
		for i := range y {
			v[i] = float64(y[i])
		}
		for c := range 2 {
			mean, variance, _ := moments(v, func(i int) bool { return i/inner%2 == c })
			if math.Abs(mean) > 1e-5 || math.Abs(variance-1) > 0.002 { // ε is 0.0013 of the variance at least
				t.Errorf("shape %v, channel %d: mean %v and variance %v", shape, c, mean, variance)
			}
		}
	}
}

func TestBatchNormOfLittle(t *testing.T) {
	net := New[float64](1)
	l := net.BatchNorm("b", BatchNorm{Channels: 2, NoAffine: true})
	tape := tape64{Training: true}
	if y := l.Forward(tape.Constant([]float64{3, 4}, 1, 2)).Value(); !slices.Equal(y, []float64{0, 0}) {
		t.Errorf("a batch of one becomes %v", y)
	}
	if !slices.Equal(l.Variance.Value, []float64{1, 1}) || math.Abs(l.Mean.Value[1]-0.4) > 1e-15 {
		t.Errorf("it leaves the running values %v and %v", l.Mean.Value, l.Variance.Value)
	}
	mean := slices.Clone(l.Mean.Value)
	if y := l.Forward(tape.Constant(nil, 0, 2, 3)).Value(); len(y) != 0 || !slices.Equal(l.Mean.Value, mean) {
		t.Errorf("an empty batch becomes %v and leaves %v", y, l.Mean.Value)
	}
	if net.Size() != 0 || len(net.Params()) != 2 {
		t.Errorf("%d weights are learnt, of %d parameters", net.Size(), len(net.Params()))
	}
}

func TestLayerNorm(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	net := New[float64](1)
	l := net.LayerNorm("l", LayerNorm{Shape: []int{2, 3}})
	x := make([]float64, 4*6)
	for i := range x {
		x[i] = 1e3 + r.NormFloat64()
	}
	for i := range 6 {
		l.Scale.Value[i], l.Shift.Value[i] = r.NormFloat64(), r.NormFloat64()
	}
	var tape tape64
	for i, got := range l.Forward(tape.Constant(x, 2, 2, 2, 3)).Value() {
		m, v, _ := moments(x, func(j int) bool { return j/6 == i/6 })
		want := (x[i]-m)/math.Sqrt(v+1e-5)*l.Scale.Value[i%6] + l.Shift.Value[i%6]
		if !(math.Abs(got-want) <= 1e-11) { // of numbers around 1000
			t.Errorf("entry %d is %v, want %v", i, got, want)
		}
	}
}

func TestNormalizationShapes(t *testing.T) {
	net := New[float64](1)
	for name, f := range map[string]func(x var64) var64{
		"BatchNorm": net.BatchNorm("b", BatchNorm{Channels: 3}).Forward,
		"LayerNorm": net.LayerNorm("l", LayerNorm{Shape: []int{3, 4}}).Forward,
	} {
		for _, shape := range [][]int{{3}, {4, 4}, {3, 4, 3}} {
			func() {
				defer func() {
					err, _ := recover().(error)
					var wrong *autodiff.ShapeError
					if !errors.As(err, &wrong) || wrong.Op != name {
						t.Errorf("%s of %v: panic %v", name, shape, err)
					}
				}()
				var tape tape64
				f(tape.Constant(make([]float64, autodiff.Size(shape)), shape...))
			}()
		}
	}
}
