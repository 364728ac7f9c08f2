package nn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
	"github.com/belief-go/belief/internal/patience"
	"github.com/belief-go/belief/internal/stream"
)

// checkLayer holds the gradients of a layer, in its input and in every parameter that
// is learnt, against extrapolated differences, in learning, with the same draws every
// time. A warm step must not allocate.
func checkLayer(t *testing.T, build func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64], shape ...int) {
	t.Helper()
	net := New[float64](5)
	forward := build(net)
	r := rand.New(rand.NewPCG(7, 9))
	x := make([]float64, autodiff.Size(shape))
	for i := range x {
		x[i] = r.NormFloat64()
	}
	for _, p := range net.Params() { // so that nothing is zero by chance
		if !p.Fixed {
			for i := range p.Value {
				p.Value[i] += 0.1 * r.NormFloat64()
			}
		}
	}
	tape := autodiff.Tape[float64]{Training: true}
	source := new(rand.PCG)
	tape.Rand = rand.New(source)
	var weights []float64
	var input autodiff.Var[float64]
	loss := func() autodiff.Var[float64] {
		stream.Reset(source, 11, "draws")
		tape.Reset()
		input = tape.Variable(x, shape...)
		y := forward(input)
		for len(weights) < len(y.Value()) {
			weights = append(weights, r.NormFloat64())
		}
		return y.Mul(tape.Constant(weights, y.Shape()...)).Sum()
	}
	net.ZeroGrad()
	y := loss()
	tape.Backward(y)
	scale := 1 + math.Abs(y.Number())
	checked, unclear := 0, 0 // where a kink is between the differences
	check := func(name string, value, grad []float64) {
		for i, at := range value {
			want, slack := autodifftest.Derivative(func(v float64) float64 {
				value[i] = v
				return loss().Number()
			}, at)
			value[i] = at
			if checked++; slack > 1e-5*scale {
				unclear++
				continue
			}
			if !(math.Abs(grad[i]-want) <= slack+1e-8*max(scale, math.Abs(want))) {
				t.Errorf("derivative in %s[%d] is %v, differences give %v ± %.1g", name, i, grad[i], want, slack)
			}
		}
	}
	grads := [][]float64{make([]float64, len(x))} // of zeros if nothing depends on the input
	copy(grads[0], input.Grad())
	for _, p := range net.Params() {
		grads = append(grads, append([]float64(nil), p.Grad...))
	}
	check("the input", x, grads[0])
	for i, p := range net.Params() {
		if !p.Fixed {
			check(p.Name, p.Value, grads[i+1])
		}
	}
	if unclear*10 > checked {
		t.Errorf("differences say nothing about %d of %d derivatives", unclear, checked)
	}
	if allocated := patience.Allocations(5, func() { tape.Backward(loss()) }); allocated > 0 {
		t.Errorf("a warm step allocates %v times", allocated)
	}
}

func TestDense(t *testing.T) {
	for _, a := range []Activation{"", Logistic, HardLogistic, Tanh, HardTanh, ReLU, Softplus, GELU, LeakyReLU(0.2), ELU(1.5), Swish(0.7)} {
		t.Run(string(a), func(t *testing.T) {
			checkLayer(t, func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
				return net.Dense("d", Dense{In: 3, Out: 4, Activation: a}).Forward
			}, 5, 3)
		})
	}
	checkLayer(t, func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
		return net.Dense("d", Dense{In: 3, Out: 1, NoBias: true}).Forward
	}, 2, 2, 3)
}

func TestDropout(t *testing.T) {
	layer := func(l Func[float64]) func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
		return func(*Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] { return l }
	}
	checkLayer(t, layer(Dropout[float64](0.4)), 7, 3)
	checkLayer(t, layer(VariationalDropout[float64](0.4)), 2, 4, 3)

	const n, rate = 100_000, 0.3
	tape := autodiff.Tape[float64]{Rand: stream.New(1, "test")}
	ones := make([]float64, n)
	for i := range ones {
		ones[i] = 1
	}
	x := tape.Constant(ones, 100, 10, 100)
	if y := Dropout[float64](rate)(x); y != x {
		t.Error("numbers are dropped where nothing is learnt")
	}
	tape.Training = true
	dropped := 0
	for _, v := range Dropout[float64](rate)(x).Value() {
		switch {
		case v == 0:
			dropped++
		case v != 1/(1-rate):
			t.Fatalf("a 1 becomes %v", v)
		}
	}
	// Five standard deviations: a false alarm in 1.7 million.
	if d := math.Abs(float64(dropped) - n*rate); d > 5*math.Sqrt(n*rate*(1-rate)) {
		t.Errorf("%d of %d dropped at rate %v", dropped, n, rate)
	}
	same := VariationalDropout[float64](rate)(x).Value()
	for i := range 100 {
		for j := range 1000 {
			if same[i*1000+j] != same[i*1000+j%100] {
				t.Fatal("the mask is another one at another time")
			}
		}
	}
}

func TestLosses(t *testing.T) {
	var tape autodiff.Tape[float64]
	x, y := []float64{1, -2, 0.5, 3}, []float64{1, 1, -1, -1}
	for _, c := range []struct {
		name string
		f    func(x, y autodiff.Var[float64]) autodiff.Var[float64]
		want float64
	}{
		{"squared error", SquaredError[float64], (0 + 9 + 2.25 + 16) / 2},
		{"absolute error", AbsoluteError[float64], (0 + 3 + 1.5 + 4) / 2},
		{"Huber", func(x, y autodiff.Var[float64]) autodiff.Var[float64] { return Huber(x, y, 2) }, (0 + 2*(3-1) + 1.125 + 2*(4-1)) / 2},
		{"hinge", Hinge[float64], (0 + 3 + 1.5 + 4) / 2},
		{"perceptron", Perceptron[float64], (0 + 2 + 0.5 + 3) / 2},
		{"cross-entropy", func(x, _ autodiff.Var[float64]) autodiff.Var[float64] { return CrossEntropy(x, []int{0, 1}, 0) },
			(math.Log1p(math.Exp(-3)) + math.Log1p(math.Exp(-2.5))) / 2},
		{"smoothed", func(x, _ autodiff.Var[float64]) autodiff.Var[float64] { return CrossEntropy(x, []int{0, 1}, 0.1) },
			(math.Log1p(math.Exp(-3)) + 0.1*3 + math.Log1p(math.Exp(-2.5)) + 0.1*2.5) / 2},
		{"binary", func(x, y autodiff.Var[float64]) autodiff.Var[float64] { return BinaryCrossEntropy(x, y.Square()) },
			(math.Log1p(math.Exp(-1)) + math.Log1p(math.Exp(2)) + math.Log1p(math.Exp(-0.5)) + math.Log1p(math.Exp(-3))) / 2},
	} {
		tape.Reset()
		if got := c.f(tape.Constant(x, 2, 2), tape.Constant(y, 2, 2)).Number(); math.Abs(got-c.want) > 1e-14 {
			t.Errorf("%s is %v, want %v", c.name, got, c.want)
		}
		checkLayer(t, func(*Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
			return func(x autodiff.Var[float64]) autodiff.Var[float64] { return c.f(x, x.Tape().Constant(y, 2, 2)) }
		}, 2, 2)
	}
}

// A column and a row are not compared, though they could be broadcast.
func TestLossShapes(t *testing.T) {
	for name, f := range map[string]func(x, y autodiff.Var[float64]) autodiff.Var[float64]{
		"SquaredError": SquaredError[float64], "AbsoluteError": AbsoluteError[float64], "Hinge": Hinge[float64], "Perceptron": Perceptron[float64],
		"Huber":              func(x, y autodiff.Var[float64]) autodiff.Var[float64] { return Huber(x, y, 1) },
		"BinaryCrossEntropy": BinaryCrossEntropy[float64],
	} {
		func() {
			defer func() {
				var e *autodiff.ShapeError
				if err, _ := recover().(error); !errors.As(err, &e) || e.Op != name {
					t.Errorf("%s of 4×1 and 4: %v", name, err)
				}
			}()
			var tape autodiff.Tape[float64]
			f(tape.Constant(make([]float64, 4), 4, 1), tape.Constant(make([]float64, 4), 4))
		}()
	}
}

// The spread of the starting weights is what their authors say, within five standard
// errors of a variance (normal 1.7e-6, uniform less).
func TestInits(t *testing.T) {
	const in, out = 300, 200
	w := make([]float64, in*out)
	for _, c := range []struct {
		init Init
		want float64 // variance
	}{
		{Xavier{}, 2.0 / (in + out)}, {Xavier{Normal: true, Gain: 2}, 8.0 / (in + out)}, {He{}, 2.0 / in}, {He{Uniform: true}, 2.0 / in},
		{He{Slope: 0.5}, 2.0 / 1.25 / in}, {LeCun{}, 1.0 / in}, {LeCun{Uniform: true}, 1.0 / in}, {Normal(0.3), 0.09}, {Uniform(3), 3},
		{Orthogonal{}, 1.0 / in},
	} {
		c.init.Draw(stream.New(3, fmt.Sprint(c.init)), w, in, out)
		sum, squares := 0.0, 0.0
		for _, v := range w {
			sum += v
			squares += v * v
		}
		n := float64(len(w))
		if got := squares / n; math.Abs(got/c.want-1) > 5*math.Sqrt(2/n) {
			t.Errorf("%T%v has variance %v, want %v", c.init, c.init, got, c.want)
		}
		if math.Abs(sum/n) > 5*math.Sqrt(c.want/n) {
			t.Errorf("%T%v has mean %v", c.init, c.init, sum/n)
		}
	}
	for _, sizes := range [][2]int{{5, 3}, {3, 5}, {4, 4}, {1, 7}} {
		rows, cols := sizes[0], sizes[1]
		q := make([]float64, rows*cols)
		Orthogonal{}.Draw(stream.New(1, "test"), q, rows, cols)
		for i := range min(rows, cols) {
			for j := range min(rows, cols) {
				dot := 0.0
				for k := range max(rows, cols) {
					if rows >= cols {
						dot += q[k*cols+i] * q[k*cols+j]
					} else {
						dot += q[i*cols+k] * q[j*cols+k]
					}
				}
				if i == j {
					dot--
				}
				if math.Abs(dot) > 1e-14 {
					t.Errorf("%d×%d: the product of %d and %d is off by %v", rows, cols, i, j, dot)
				}
			}
		}
	}
}

// The gradient penalty of a critic (Gulrajani et al. 2017) is differentiable.
func TestGradientPenalty(t *testing.T) {
	for _, a := range []Activation{Tanh, LeakyReLU(0.2), Softplus} {
		t.Run(string(a), func(t *testing.T) {
			checkLayer(t, func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
				critic := Sequence[float64]{net.Dense("a", Dense{In: 3, Out: 6, Activation: a}), net.Dense("b", Dense{In: 6, Out: 5, Activation: a}), net.Dense("c", Dense{In: 5, Out: 1})}
				return func(x autodiff.Var[float64]) autodiff.Var[float64] {
					g := x.Tape().Gradient(critic.Forward(x).Sum(), x)[0]
					norm := g.Square().SumTo(4, 1).Sqrt()
					return norm.Shift(-1).Square().Mean()
				}
			}, 4, 3)
		})
	}
}

func TestUnits(t *testing.T) {
	checkLayer(t, func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
		return net.PReLU("p", PReLU{Units: 3}).Forward
	}, 4, 3)
	checkLayer(t, func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
		return net.PReLU("p", PReLU{Units: 1}).Forward
	}, 2, 2, 3)
	for _, shape := range [][]int{{5, 3}, {2, 2, 3}} {
		checkLayer(t, func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
			return net.Maxout("m", Maxout{In: 3, Out: 2, Pieces: 4}).Forward
		}, shape...)
	}
	checkLayer(t, func(net *Net[float64]) func(x autodiff.Var[float64]) autodiff.Var[float64] {
		e := net.Embedding("e", Embedding{Size: 5, Dim: 3})
		return func(x autodiff.Var[float64]) autodiff.Var[float64] {
			return e.Logits(e.Lookup(x.Tape(), []int{4, 0, 4, 1}, 2, 2).Mul(x))
		}
	}, 2, 2, 3)
}
