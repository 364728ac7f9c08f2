package autodiff_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/autodiff"
)

// A program computes with random operations on random arrays; one that does not fit
// its arrays is left out.
type program []struct{ op, x, y int }

var smoothOps = []func(x, y var64) var64{
	func(x, y var64) var64 { return x.Add(y) },
	func(x, y var64) var64 { return x.Sub(y) },
	func(x, y var64) var64 { return x.Mul(y) },
	func(x, y var64) var64 { return x.Div(y.Square().Shift(1)) },
	func(x, y var64) var64 { return x.MatMul(y) },
	func(x, y var64) var64 { return x.Dot(y) },
	func(x, y var64) var64 { return x.BinaryCrossEntropy(y.Tanh()) },
	func(x, y var64) var64 { return x.SoftCrossEntropy(y) },
	func(x, y var64) var64 { return autodiff.Concat(-1, x, y) },
	func(x, y var64) var64 { return autodiff.Stack(0, x, y) },
	func(x, _ var64) var64 { return x.Tanh() },
	func(x, _ var64) var64 { return x.Sigmoid() },
	func(x, _ var64) var64 { return x.Sin() },
	func(x, _ var64) var64 { return x.Softplus() },
	func(x, _ var64) var64 { return x.LogSigmoid() },
	func(x, _ var64) var64 { return x.GELU() },
	func(x, _ var64) var64 { return x.Square().Shift(1).Log() },
	func(x, _ var64) var64 { return x.Square().Shift(1).Sqrt() },
	func(x, _ var64) var64 { return x.Square().Shift(1).Lgamma() },
	func(x, _ var64) var64 { return x.LogSumExp() },
	func(x, _ var64) var64 { return x.Softmax() },
	func(x, _ var64) var64 { return x.LogSoftmax() },
	func(x, _ var64) var64 { return x.Normalize(1) },
	func(x, _ var64) var64 { return x.SumAxis(0) },
	func(x, _ var64) var64 { return x.MeanAxis(-1) },
	func(x, _ var64) var64 { return x.Transpose() },
	func(x, _ var64) var64 { return x.Reverse(-1) },
	func(x, _ var64) var64 { return x.Reshape(-1) },
	func(x, _ var64) var64 { return x.Gather([]int{1, 0, 1}) },
	func(x, _ var64) var64 { return x.Slice(-1, 1, 2) },
	func(x, _ var64) var64 { return x.Row(1) },
	func(x, _ var64) var64 { return x.TMatMul(x).Add(x.TMatMul(x).Diagonal().Diag()).Shift(0) },
}

func (p program) run(args []var64) var64 {
	all := slices.Clone(args)
	for _, step := range p {
		func() {
			defer func() {
				switch e := recover().(type) {
				case nil, *autodiff.ShapeError, *autodiff.IndexError:
				default:
					panic(e)
				}
			}()
			y := smoothOps[step.op%len(smoothOps)](all[step.x%len(all)], all[step.y%len(all)])
			if len(y.Value()) <= 64 {
				all = append(all, y.Tanh().Scale(2))
			}
		}()
	}
	total := args[0].Tape().Number(0)
	for i, v := range all {
		total = total.Add(v.Sum().Scale(0.3 + 0.1*float64(i)))
	}
	return total
}

var argShapes = [][]int{{2, 3}, {3}, {2, 1}, {}}

func drawProgram(t *rapid.T) (p program, x [][]float64) {
	for range rapid.IntRange(1, 12).Draw(t, "steps") {
		p = append(p, struct{ op, x, y int }{
			rapid.IntRange(0, len(smoothOps)-1).Draw(t, "op"), rapid.IntRange(0, 20).Draw(t, "x"), rapid.IntRange(0, 20).Draw(t, "y"),
		})
	}
	for _, shape := range argShapes {
		n := autodiff.Size(shape)
		x = append(x, rapid.SliceOfN(rapid.Float64Range(-2, 2), n, n).Draw(t, "array"))
	}
	return p, x
}

func variables(tape *tape64, x [][]float64) (args []var64) {
	tape.Reset()
	for i, v := range x {
		args = append(args, tape.Variable(v, argShapes[i]...))
	}
	return args
}

// TestPrograms holds the gradients of random programs to differences, those of
// Gradient to those of Backward, and the product of the Hessian with a direction to
// differences of gradients.
func TestPrograms(t *testing.T) {
	var tape, other tape64
	rapid.Check(t, func(t *rapid.T) {
		p, x := drawProgram(t)
		along := func(s float64) [][]float64 { // a line through x
			at := make([][]float64, len(x))
			for i := range x {
				for j, v := range x[i] {
					at[i] = append(at[i], v+s*math.Sin(float64(3*i+j+1)))
				}
			}
			return at
		}
		slope := func(tape *tape64, s float64) (value, slope float64) {
			args := variables(tape, along(s))
			y := p.run(args)
			tape.Backward(y)
			for i, v := range args {
				for j, g := range v.Grad() {
					slope += g * math.Sin(float64(3*i+j+1))
				}
			}
			return y.Number(), slope
		}
		differences := func(of func(s float64) float64) (value, slack float64) {
			central := func(h float64) float64 { return (of(h) - of(-h)) / (2 * h) }
			const h = 2e-3
			a, b, c := central(4*h), central(2*h), central(h)
			ab, bc := b+(b-a)/3, c+(c-b)/3
			return bc + (bc-ab)/15, math.Abs(bc - ab)
		}
		value, got := slope(&tape, 0)
		want, slack := differences(func(s float64) float64 { v, _ := slope(&other, s); return v })
		if !(math.Abs(got-want) <= slack+1e-8*(1+math.Abs(value)+math.Abs(want))) {
			t.Fatalf("the slope is %v, differences give %v ± %.1g", got, want, slack)
		}

		args := variables(&tape, x)
		y := p.run(args)
		grads := tape.Gradient(y, args...)
		total := tape.Number(0)
		for i, g := range grads {
			d := make([]float64, len(x[i]))
			for j := range d {
				d[j] = math.Sin(float64(3*i + j + 1))
			}
			total = total.Add(g.Dot(tape.Constant(d, argShapes[i]...)))
		}
		if math.Abs(total.Number()-got) > 1e-12*(1+math.Abs(got)) {
			t.Fatalf("Gradient gives a slope of %v, Backward of %v", total.Number(), got)
		}
		tape.Backward(total)
		curvature := 0.0
		for i, v := range args {
			for j, g := range v.Grad() {
				curvature += g * math.Sin(float64(3*i+j+1))
			}
		}
		want, slack = differences(func(s float64) float64 { _, v := slope(&other, s); return v })
		if !(math.Abs(curvature-want) <= slack+1e-8*(1+math.Abs(got)+math.Abs(want))) {
			t.Fatalf("the curvature is %v, differences give %v ± %.1g", curvature, want, slack)
		}
	})
}

// TestLinear says that the gradient of a weighted sum is that of the gradients.
func TestLinear(t *testing.T) {
	var tape tape64
	rapid.Check(t, func(t *rapid.T) {
		p, x := drawProgram(t)
		q, _ := drawProgram(t)
		u, v := rapid.Float64Range(-3, 3).Draw(t, "u"), rapid.Float64Range(-3, 3).Draw(t, "v")
		args := variables(&tape, x)
		f, g := p.run(args), q.run(args)
		var parts [3][]float64
		for k, y := range []var64{f, g, f.Scale(u).Add(g.Scale(v))} {
			tape.Backward(y)
			for _, a := range args {
				parts[k] = append(parts[k], a.Grad()...)
			}
		}
		for i, got := range parts[2] {
			if want := u*parts[0][i] + v*parts[1][i]; math.Abs(got-want) > 1e-10*(1+math.Abs(u*parts[0][i])+math.Abs(v*parts[1][i])) {
				t.Fatalf("entry %d is %v, want %v", i, got, want)
			}
		}
	})
}
