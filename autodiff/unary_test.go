package autodiff_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/autodiff/autodifftest"
)

// smooth draws numbers that are not near a kink of a function that is linear piece by
// piece.
func smooth(r *rand.Rand) float64 {
	for {
		v := 1.5 * r.NormFloat64()
		if d := math.Abs(v - math.Round(v)); d > 0.02 {
			return v
		}
	}
}

func positive(r *rand.Rand) float64 { return 0.1 + 3*r.Float64() }

// function is an elementwise function.
type function struct {
	name string
	f64  func(x var64) var64
	f32  func(x var32) var32
	draw func(r *rand.Rand) float64
	of   func(x float64) float64 // what it is, by other means
	once bool                    // no second derivative
}

var functions = []function{
	{name: "Exp", f64: var64.Exp, f32: var32.Exp, of: math.Exp},
	{name: "Expm1", f64: var64.Expm1, f32: var32.Expm1, of: func(x float64) float64 { return math.Exp(x) - 1 }},
	{name: "Log", f64: var64.Log, f32: var32.Log, draw: positive, of: math.Log},
	{name: "Log1p", f64: var64.Log1p, f32: var32.Log1p, draw: positive, of: func(x float64) float64 { return math.Log(1 + x) }},
	{name: "Sin", f64: var64.Sin, f32: var32.Sin, of: math.Sin},
	{name: "Cos", f64: var64.Cos, f32: var32.Cos, of: math.Cos},
	{name: "Neg", f64: var64.Neg, f32: var32.Neg, of: func(x float64) float64 { return -x }},
	{name: "Square", f64: var64.Square, f32: var32.Square, of: func(x float64) float64 { return x * x }},
	{name: "Sqrt", f64: var64.Sqrt, f32: var32.Sqrt, draw: positive, of: func(x float64) float64 { return math.Pow(x, 0.5) }},
	{name: "Pow 2.5", f64: func(x var64) var64 { return x.Pow(2.5) }, f32: func(x var32) var32 { return x.Pow(2.5) },
		draw: positive, of: func(x float64) float64 { return x * x * math.Sqrt(x) }},
	{name: "Pow -1", f64: func(x var64) var64 { return x.Pow(-1) }, f32: func(x var32) var32 { return x.Pow(-1) },
		draw: away, of: func(x float64) float64 { return 1 / x }},
	{name: "Pow 0", f64: func(x var64) var64 { return x.Pow(0) }, f32: func(x var32) var32 { return x.Pow(0) },
		of: func(float64) float64 { return 1 }},
	{name: "Pow 1", f64: func(x var64) var64 { return x.Pow(1) }, f32: func(x var32) var32 { return x.Pow(1) },
		of: func(x float64) float64 { return x }},
	{name: "Abs", f64: var64.Abs, f32: var32.Abs, draw: smooth, of: func(x float64) float64 { return math.Sqrt(x * x) }},

	{name: "Tanh", f64: var64.Tanh, f32: var32.Tanh, of: math.Tanh},
	{name: "Sigmoid", f64: var64.Sigmoid, f32: var32.Sigmoid, of: logistic},
	{name: "Softplus", f64: var64.Softplus, f32: var32.Softplus, of: func(x float64) float64 { return -math.Log(logistic(-x)) }},
	{name: "LogSigmoid", f64: var64.LogSigmoid, f32: var32.LogSigmoid, of: func(x float64) float64 { return math.Log(logistic(x)) }},
	{name: "Swish 1", f64: func(x var64) var64 { return x.Swish(1) }, f32: func(x var32) var32 { return x.Swish(1) },
		of: func(x float64) float64 { return x * logistic(x) }},
	{name: "Swish 2", f64: func(x var64) var64 { return x.Swish(2) }, f32: func(x var32) var32 { return x.Swish(2) },
		of: func(x float64) float64 { return x * logistic(2*x) }},
	{name: "ELU", f64: func(x var64) var64 { return x.ELU(0.7) }, f32: func(x var32) var32 { return x.ELU(0.7) },
		draw: smooth, of: func(x float64) float64 { return max(0, x) + min(0, 0.7*(math.Exp(x)-1)) }},
	{name: "ReLU", f64: var64.ReLU, f32: var32.ReLU, draw: smooth, of: func(x float64) float64 { return max(0, x) }},
	{name: "LeakyReLU", f64: func(x var64) var64 { return x.LeakyReLU(0.1) }, f32: func(x var32) var32 { return x.LeakyReLU(0.1) },
		draw: smooth, of: func(x float64) float64 { return max(0, x) + 0.1*min(0, x) }},
	{name: "HardTanh", f64: var64.HardTanh, f32: var32.HardTanh, draw: smooth, of: func(x float64) float64 { return max(min(x, 1), -1) }},
	{name: "HardSigmoid", f64: var64.HardSigmoid, f32: var32.HardSigmoid, draw: smooth,
		of: func(x float64) float64 { return max(min(0.25*x+0.5, 1), 0) }},
	{name: "Clip", f64: func(x var64) var64 { return x.Clip(-2, 1) }, f32: func(x var32) var32 { return x.Clip(-2, 1) },
		draw: smooth, of: func(x float64) float64 { return max(min(x, 1), -2) }},

	{name: "Lgamma", f64: var64.Lgamma, f32: var32.Lgamma, draw: positive, of: func(x float64) float64 { return math.Log(math.Gamma(x)) }},
	{name: "Digamma", f64: var64.Digamma, f32: var32.Digamma, draw: positive, once: true},
	{name: "Erf", f64: var64.Erf, f32: var32.Erf, of: math.Erf},
	{name: "LogNormalCDF", f64: var64.LogNormalCDF, f32: var32.LogNormalCDF,
		of: func(x float64) float64 { return math.Log(0.5 * math.Erfc(-x/math.Sqrt2)) }},
	{name: "GELU", f64: var64.GELU, f32: var32.GELU, of: func(x float64) float64 { return 0.5 * x * (1 + math.Erf(x/math.Sqrt2)) }},
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func TestFunctions(t *testing.T) {
	for _, f := range functions {
		for _, shape := range [][]int{{}, {1}, {3, 4}, {0}, {2, 1, 1}} {
			autodifftest.Run(t, autodifftest.Case{
				Name: f.name + " of " + autodiff.FormatShape(shape), Shapes: [][]int{shape}, Draw: f.draw, Twice: !f.once,
				F64: func(_ *tape64, x []var64) var64 { return f.f64(x[0]) },
				F32: func(_ *tape32, x []var32) var32 { return f.f32(x[0]) },
			})
		}
	}
}

// TestFunctionValues holds the values, of single numbers and of many, to a plain
// formula.
func TestFunctionValues(t *testing.T) {
	for _, f := range functions {
		if f.of == nil {
			continue
		}
		draw := f.draw
		if draw == nil {
			draw = (*rand.Rand).NormFloat64
		}
		r := rand.New(rand.NewPCG(1, 2))
		x := make([]float64, 1100) // more than is computed at a time
		for i := range x {
			x[i] = draw(r)
		}
		var tape tape64
		all := tape.Variable(x, len(x))
		y := f.f64(all)
		tape.Backward(y.Sum())
		grads := append([]float64(nil), all.Grad()...)
		for i, v := range x {
			want := f.of(v)
			alone := tape.Variable(x[i:i+1], 1)
			single := f.f64(alone)
			for _, got := range []float64{y.Value()[i], single.Number()} {
				if !(math.Abs(got-want) <= 1e-13*(1+math.Abs(want))) {
					t.Fatalf("%s of %v is %v, want %v", f.name, v, got, want)
				}
			}
			tape.Backward(single)
			if got, want := alone.Grad()[0], grads[i]; !(math.Abs(got-want) <= 1e-13*(1+math.Abs(want))) {
				t.Fatalf("the slope of %s at %v is %v alone and %v among others", f.name, v, got, want)
			}
		}
	}
}

// TestFunctionsAtTheEdges has arguments at which formulas overflow, cancel or have
// kinks.
func TestFunctionsAtTheEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name     string
		f        func(x var64) var64
		x        float64
		y, slope float64
	}{
		{"Sigmoid", var64.Sigmoid, -1000, 0, 0},
		{"Sigmoid", var64.Sigmoid, 1000, 1, 0},
		{"Softplus", var64.Softplus, 1000, 1000, 1},
		{"Softplus", var64.Softplus, -1000, 0, 0},
		{"Softplus", var64.Softplus, -40, math.Exp(-40), math.Exp(-40)},
		{"LogSigmoid", var64.LogSigmoid, -1000, -1000, 1},
		{"LogSigmoid", var64.LogSigmoid, 40, -math.Exp(-40), math.Exp(-40)},
		{"ELU", func(x var64) var64 { return x.ELU(1) }, 1000, 1000, 1},
		{"ELU", func(x var64) var64 { return x.ELU(1) }, 0, 0, 1},
		{"Swish", func(x var64) var64 { return x.Swish(1) }, -1000, 0, 0},
		{"Swish", func(x var64) var64 { return x.Swish(1) }, 1000, 1000, 1},
		{"GELU", var64.GELU, -100, 0, 0},
		{"GELU", var64.GELU, 100, 100, 1},
		{"ReLU", var64.ReLU, 0, 0, 0},
		{"ReLU", var64.ReLU, -inf, 0, 0},
		{"Abs", var64.Abs, 0, 0, 0},
		{"Clip", func(x var64) var64 { return x.Clip(0, 1) }, 1, 1, 1},
		{"HardTanh", var64.HardTanh, inf, 1, 0},
		{"Sqrt", var64.Sqrt, 0, 0, inf},
		{"Log", var64.Log, 0, -inf, inf},
		{"Lgamma", var64.Lgamma, 0, inf, -inf},
		{"Expm1", var64.Expm1, 1e-20, 1e-20, 1},
		{"Expm1", var64.Expm1, -40, -1, math.Exp(-40)},
		{"Log1p", var64.Log1p, 1e-20, 1e-20, 1},
		{"Pow 2", func(x var64) var64 { return x.Pow(2) }, 0, 0, 0},
		{"Pow 3", func(x var64) var64 { return x.Pow(3) }, -2, -8, 12},
		// log Φ(x), and φ(x)/Φ(x), from mpmath.
		{"LogNormalCDF", var64.LogNormalCDF, -29.9, -451.322912458528677, 29.9333704112961677},
		{"LogNormalCDF", var64.LogNormalCDF, -30.1, -457.329564416382215, 30.1331496545784511},
		{"LogNormalCDF", var64.LogNormalCDF, -1000, -500007.826694812184, 1000.00099999800001},
		{"LogNormalCDF", var64.LogNormalCDF, 5, -2.86651612963763593e-7, 1.48671994090490571e-6},
		{"LogNormalCDF", var64.LogNormalCDF, 12, -1.776482112077679e-33, 2.14638373566306035e-32},
	} {
		var tape tape64
		x := tape.Variable([]float64{c.x, c.x, c.x}, 3)
		tape.Backward(c.f(x).Sum())
		for _, i := range []int{0, 2} {
			// The slope of LogNormalCDF has the error of an exponent of about 450.
			if got := c.f(x).Value()[i]; !(math.Abs(got-c.y) <= 1e-13*math.Abs(c.y)) && got != c.y {
				t.Errorf("%s of %v is %v, want %v", c.name, c.x, got, c.y)
			}
			if got := x.Grad()[i]; !(math.Abs(got-c.slope) <= 1e-13*math.Abs(c.slope)) && got != c.slope {
				t.Errorf("the slope of %s at %v is %v, want %v", c.name, c.x, got, c.slope)
			}
		}
	}
}

// NaN goes through everything.
func TestFunctionsOfNaN(t *testing.T) {
	for _, f := range functions {
		if f.name == "Pow 0" { // as in math.Pow
			continue
		}
		for _, n := range []int{1, 5} {
			x := make([]float64, n)
			for i := range x {
				x[i] = math.NaN()
			}
			var tape tape64
			for _, v := range f.f64(tape.Variable(x, n)).Value() {
				if !math.IsNaN(v) {
					t.Errorf("%s of NaN is %v", f.name, v)
				}
			}
		}
	}
}
