// Package autodifftest holds operations of package autodiff, and layers made of them,
// against finite differences.
package autodifftest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/patience"
)

// A Case is a function of arrays in both precisions.
type Case struct {
	Name string
	F64  func(t *autodiff.Tape[float64], x []autodiff.Var[float64]) autodiff.Var[float64]
	F32  func(t *autodiff.Tape[float32], x []autodiff.Var[float32]) autodiff.Var[float32]
	// Shapes are those of the arguments; their entries are drawn from Draw, by
	// default the normal distribution.
	Shapes [][]int
	Draw   func(r *rand.Rand) float64
	// Twice says that the function is differentiable twice.
	Twice bool
}

// Run checks the case, as a subtest: gradients of a random weighting of the results
// in float64 against extrapolated differences, in float32 against float64, those of
// Gradient against those of Backward and, if Twice, the product of the Hessian with a
// vector against differences of gradients. A second step on the same tape must give
// the same bits and allocate nothing.
func Run(t *testing.T, c Case) {
	t.Run(c.Name, func(t *testing.T) { check(t, c) })
}

// reporter is what a test is told by.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

func check(t reporter, c Case) {
	r := rand.New(rand.NewPCG(1, uint64(len(c.Name))))
	if c.Draw == nil {
		c.Draw = (*rand.Rand).NormFloat64
	}
	var x [][]float64
	for _, shape := range c.Shapes {
		v := make([]float64, autodiff.Size(shape))
		for i := range v {
			v[i] = c.Draw(r)
		}
		x = append(x, v)
	}
	f := problem[float64]{f: c.F64, shapes: c.Shapes, seed: 3}
	value, grad := f.gradient(x)
	if math.IsNaN(value) || math.IsInf(value, 0) {
		t.Errorf("the value is %v", value)
		return
	}
	scale := scaleOf(value, grad)
	for i := range x {
		for j := range x[i] {
			at := x[i][j]
			want, slack := Derivative(func(v float64) float64 {
				x[i][j] = v
				return f.value(x)
			}, at)
			x[i][j] = at
			if got := grad[i][j]; !(math.Abs(got-want) <= slack+1e-9*scale) {
				t.Errorf("derivative in entry %d of argument %d is %v, differences give %v ± %.1g", j, i, got, want, slack)
			}
		}
	}
	f.again(t, x, value, grad)
	if c.F32 != nil {
		single := problem[float32]{f: c.F32, shapes: c.Shapes, seed: 3}
		v32, g32 := single.gradient(x)
		near(t, "value in float32", v32, value, 2e-5*scale)
		for i := range grad {
			for j := range grad[i] {
				near(t, fmt.Sprintf("derivative in entry %d of argument %d in float32", j, i), g32[i][j], grad[i][j], 2e-4*scale)
			}
		}
		single.again(t, x, v32, g32)
	}
	if c.Twice {
		f.second(t, r, x, grad, scale)
	}
}

func near(t reporter, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s is %v, want %v ± %.1g", what, got, want, tol)
	}
}

func scaleOf(value float64, grad [][]float64) float64 {
	s := 1 + math.Abs(value)
	for _, g := range grad {
		for _, v := range g {
			s = max(s, math.Abs(v))
		}
	}
	return s
}

// Derivative extrapolates central differences of f at x (Richardson 1911), and says how
// much the last two extrapolations differ. It evaluates f six times within 0.004 of x.
func Derivative(f func(float64) float64, x float64) (value, slack float64) {
	const h = 1e-3
	central := func(h float64) float64 { return (f(x+h) - f(x-h)) / (2 * h) }
	a, b, c := central(4*h), central(2*h), central(h)
	ab, bc := b+(b-a)/3, c+(c-b)/3
	value = bc + (bc-ab)/15
	return value, math.Abs(value - bc)
}

// problem is a weighted sum of a function's results.
type problem[T autodiff.Float] struct {
	f      func(t *autodiff.Tape[T], x []autodiff.Var[T]) autodiff.Var[T]
	shapes [][]int
	seed   uint64
	tape   autodiff.Tape[T]
	args   [][]T
	vars   []autodiff.Var[T]
	weight []T
}

func (p *problem[T]) forward(x [][]float64) autodiff.Var[T] {
	t := &p.tape
	t.Reset()
	p.vars = p.vars[:0]
	for i, v := range x {
		if len(p.args) == i {
			p.args = append(p.args, make([]T, len(v)))
		}
		for j := range v {
			p.args[i][j] = T(v[j])
		}
		p.vars = append(p.vars, t.Variable(p.args[i], p.shapes[i]...))
	}
	y := p.f(t, p.vars)
	if len(p.weight) != len(y.Value()) {
		r := rand.New(rand.NewPCG(p.seed, 0))
		for range y.Value() {
			p.weight = append(p.weight, T(float32(r.NormFloat64())))
		}
	}
	return y.Mul(t.Constant(p.weight, y.Shape()...)).Sum()
}

func (p *problem[T]) value(x [][]float64) float64 { return float64(p.forward(x).Number()) }

func (p *problem[T]) gradient(x [][]float64) (float64, [][]float64) {
	y := p.forward(x)
	p.tape.Backward(y)
	return float64(y.Number()), p.grads(func(v autodiff.Var[T]) []T { return v.Grad() })
}

func (p *problem[T]) grads(of func(v autodiff.Var[T]) []T) [][]float64 {
	all := make([][]float64, len(p.vars))
	for i, v := range p.vars {
		all[i] = make([]float64, len(v.Value()))
		for j, g := range of(v) {
			all[i][j] = float64(g)
		}
	}
	return all
}

// again repeats the step.
func (p *problem[T]) again(t reporter, x [][]float64, value float64, grad [][]float64) {
	v, g := p.gradient(x)
	for i := range grad {
		for j := range grad[i] {
			if g[i][j] != grad[i][j] || v != value {
				t.Errorf("a second step gives other bits: %v and %v", g[i][j], grad[i][j])
			}
		}
	}
	if allocated := patience.Allocations(5, func() { p.tape.Backward(p.forward(x)) }); allocated > 0 {
		t.Errorf("a warm step allocates %v times", allocated)
	}
}

// second compares H·v with differences of gradients.
func (p *problem[T]) second(t reporter, r *rand.Rand, x [][]float64, grad [][]float64, scale float64) {
	dir := make([][]float64, len(x))
	for i := range x {
		dir[i] = make([]float64, len(x[i]))
		for j := range dir[i] {
			dir[i][j] = r.NormFloat64()
		}
	}
	y := p.forward(x)
	total := p.tape.Number(0)
	for i, g := range p.tape.Gradient(y, p.vars...) {
		for j, v := range g.Value() {
			near(t, fmt.Sprintf("entry %d of Gradient in argument %d", j, i), float64(v), grad[i][j], 1e-12*scale)
		}
		v := make([]T, len(dir[i]))
		for j := range v {
			v[j] = T(dir[i][j])
		}
		total = total.Add(g.Mul(p.tape.Constant(v, p.shapes[i]...)).Sum())
	}
	p.tape.Backward(total)
	hv := p.grads(func(v autodiff.Var[T]) []T { return v.Grad() })
	scale = scaleOf(scale, hv)
	for i := range x {
		for j := range x[i] {
			want, slack := Derivative(func(s float64) float64 {
				at := make([][]float64, len(x))
				for k := range x {
					at[k] = make([]float64, len(x[k]))
					for l := range x[k] {
						at[k][l] = x[k][l] + s*dir[k][l]
					}
				}
				_, g := p.gradient(at)
				return g[i][j]
			}, 0)
			near(t, fmt.Sprintf("entry %d of H·v in argument %d", j, i), hv[i][j], want, slack+1e-8*scale)
		}
	}
}
