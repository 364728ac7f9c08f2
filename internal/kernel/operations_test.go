package kernel

import (
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// operation is a loop over slices and what it does to one element.
type operation[T Float] struct {
	name   string
	slices int // the first written of which are written
	writes int
	run    func(s [][]T)
	// naive maps an element of each slice to those that are written. The loop may
	// differ by ulps of size, the sum of the absolute terms, or not at all if ulps is
	// zero.
	naive func(x []float64) []float64
	size  func(x []float64) []float64
	ulps  float64
}

// operationsFor lists the loops that work element by element.
func operationsFor[T Float]() []operation[T] {
	one := func(y float64) []float64 { return []float64{y} }
	exact := func(name string, slices int, run func(s [][]T), naive func(x []float64) []float64) operation[T] {
		return operation[T]{name: name, slices: slices, writes: 1, run: run, naive: naive}
	}
	const c = 0.375
	positive := func(x float64, y, n float64) float64 {
		if x > 0 {
			return y
		}
		return n
	}
	adam := func(x []float64, abs bool) []float64 {
		w, m, v, g := x[0], x[1], math.Abs(x[2]), x[3]
		if abs {
			w, m, g = math.Abs(w), math.Abs(m), math.Abs(g)
		}
		m = 0.75*m + 0.25*g
		v = 0.875*v + 0.125*g*g
		step := 0.5 * 1.5 * m / (math.Sqrt(2*v) + 0.125)
		if abs {
			return []float64{w + step + 0.5*0.25*w, m, v}
		}
		return []float64{w - (step + 0.5*0.25*w), m, v}
	}
	momentum := func(x []float64, nesterov, abs bool) []float64 {
		w, vel, g := x[0], x[1], x[2]
		if abs {
			w, vel, g = math.Abs(w), math.Abs(vel), -math.Abs(g)
		}
		vel = 0.75*vel - 0.5*g
		if nesterov {
			return []float64{w + (0.75*vel - 0.5*g), vel}
		}
		return []float64{w + vel, vel}
	}
	rms := func(x []float64, abs bool) []float64 {
		w, v, g := x[0], math.Abs(x[1]), x[2]
		if abs {
			w, g = math.Abs(w), -math.Abs(g)
		}
		v = 0.875*v + 0.125*g*g
		return []float64{w - 0.5*g/(math.Sqrt(v)+0.125), v}
	}
	absolute := func(s []T) {
		for i, v := range s {
			s[i] = T(math.Abs(float64(v)))
		}
	}
	sizeOf := func(f func(x []float64) []float64) func(x []float64) []float64 {
		return func(x []float64) []float64 {
			y := make([]float64, len(x))
			for i := range x {
				y[i] = math.Abs(x[i])
			}
			return f(y)
		}
	}
	return []operation[T]{
		exact("add", 3, func(s [][]T) { Add(s[0], s[1], s[2]) }, func(x []float64) []float64 { return one(x[1] + x[2]) }),
		exact("sub", 3, func(s [][]T) { Sub(s[0], s[1], s[2]) }, func(x []float64) []float64 { return one(x[1] - x[2]) }),
		exact("mul", 3, func(s [][]T) { Mul(s[0], s[1], s[2]) }, func(x []float64) []float64 { return one(x[1] * x[2]) }),
		exact("div", 3, func(s [][]T) { Div(s[0], s[1], s[2]) }, func(x []float64) []float64 { return one(x[1] / x[2]) }),
		exact("scale", 2, func(s [][]T) { Scale(c, s[0], s[1]) }, func(x []float64) []float64 { return one(c * x[1]) }),
		exact("addConst", 2, func(s [][]T) { AddConst(c, s[0], s[1]) }, func(x []float64) []float64 { return one(x[1] + c) }),
		exact("sqrt", 2, func(s [][]T) { Sqrt(s[0], s[1]) }, func(x []float64) []float64 { return one(math.Sqrt(x[1])) }),
		exact("relu", 2, func(s [][]T) { ReLU(0, s[0], s[1]) }, func(x []float64) []float64 {
			if x[1] <= 0 {
				return one(0)
			}
			return one(x[1])
		}),
		exact("leaky", 2, func(s [][]T) { ReLU(c, s[0], s[1]) }, func(x []float64) []float64 { return one(positive(x[1], x[1], c*x[1])) }),
		exact("reluGrad", 3, func(s [][]T) { ReLUGrad(0, s[0], s[1], s[2]) }, func(x []float64) []float64 { return one(x[0] + positive(x[1], x[2], 0)) }),
		{"leakyGrad", 3, 1, func(s [][]T) { ReLUGrad(c, s[0], s[1], s[2]) },
			func(x []float64) []float64 { return one(x[0] + positive(x[1], x[2], c*x[2])) },
			func(x []float64) []float64 { return one(math.Abs(x[0]) + math.Abs(x[2])) }, 2},
		{"squareFrom", 2, 1, func(s [][]T) { SquareFrom(c, s[0], s[1]) },
			func(x []float64) []float64 { return one((x[1] - c) * (x[1] - c)) },
			sizeOf(func(x []float64) []float64 { return one((x[1] + c) * (x[1] + c)) }), 4},
		{"addSquareFrom", 2, 1, func(s [][]T) { AddSquareFrom(c, s[0], s[1]) },
			func(x []float64) []float64 { return one(x[0] + (x[1]-c)*(x[1]-c)) },
			sizeOf(func(x []float64) []float64 { return one(x[0] + (x[1]+c)*(x[1]+c)) }), 6},
		{"mulAdd", 3, 1, func(s [][]T) { MulAdd(s[0], s[1], s[2]) },
			func(x []float64) []float64 { return one(x[0] + x[1]*x[2]) },
			sizeOf(func(x []float64) []float64 { return one(x[0] + x[1]*x[2]) }), 2},
		{"sigmoidGrad", 3, 1, func(s [][]T) { SigmoidGrad(s[0], s[1], s[2]) },
			func(x []float64) []float64 { return one(x[0] + x[2]*(x[1]*(1-x[1]))) },
			sizeOf(func(x []float64) []float64 { return one(x[0] + x[2]*(x[1]*(1+x[1]))) }), 4},
		{"tanhGrad", 3, 1, func(s [][]T) { TanhGrad(s[0], s[1], s[2]) },
			func(x []float64) []float64 { return one(x[0] + x[2]*((1-x[1])*(1+x[1]))) },
			sizeOf(func(x []float64) []float64 { return one(x[0] + x[2]*((1+x[1])*(1+x[1]))) }), 4},
		{"adam", 4, 3, func(s [][]T) {
			absolute(s[2])
			Adam(s[0], s[1], s[2], s[3], 0.5, 0.75, 0.875, 0.125, 0.25, 1.5, 2)
		}, func(x []float64) []float64 { return adam(x, false) }, func(x []float64) []float64 { return adam(x, true) }, 8},
		{"momentum", 3, 2, func(s [][]T) { Momentum(s[0], s[1], s[2], 0.5, 0.75, false) },
			func(x []float64) []float64 { return momentum(x, false, false) }, func(x []float64) []float64 { return momentum(x, false, true) }, 4},
		{"nesterov", 3, 2, func(s [][]T) { Momentum(s[0], s[1], s[2], 0.5, 0.75, true) },
			func(x []float64) []float64 { return momentum(x, true, false) }, func(x []float64) []float64 { return momentum(x, true, true) }, 6},
		{"rmsProp", 3, 2, func(s [][]T) { absolute(s[1]); RMSProp(s[0], s[1], s[2], 0.5, 0.875, 0.125) },
			func(x []float64) []float64 { return rms(x, false) }, func(x []float64) []float64 { return rms(x, true) }, 8},
	}
}

// longest is the longest length at which loops are tried: every rest, with several
// vectors before it.
const longest = 70

// draw returns a number like those of a model, or one at the edges.
func draw[T Float](r *rand.Rand, edges bool) T {
	inf := math.Inf(1)
	tiny := []float64{0, math.Copysign(0, -1), 0x1p-149, -0x1p-140, 0x1p-1074, 1e-300, inf, -inf, math.NaN(), 1, -1}
	if edges && r.IntN(3) == 0 {
		return T(tiny[r.IntN(len(tiny))])
	}
	return T(r.NormFloat64())
}

// filled returns slices of n elements with room around, so that writing beyond them
// shows, and at every alignment.
func filled[T Float](r *rand.Rand, count, n, offset int, edges bool) (all, parts [][]T) {
	for k := range count {
		s := make([]T, n+40)
		for i := range s {
			s[i] = draw[T](r, edges)
		}
		all = append(all, s)
		from := 8 + (offset+k)%5
		parts = append(parts, s[from:from+n:from+n])
	}
	return all, parts
}

func clone[T any](s [][]T) [][]T {
	var out [][]T
	for _, v := range s {
		out = append(out, slices.Clone(v))
	}
	return out
}

// epsilon is half an ulp of 1.
func epsilon[T Float]() float64 {
	if T(1)+0x1p-30 == 1 {
		return 0x1p-24
	}
	return 0x1p-53
}

// Every loop, at every length and alignment, against its formula; nothing else is
// written, and a result does not depend on the place.
func testOperations[T Float](t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, o := range operationsFor[T]() {
		for n := range longest + 1 {
			edges := n%2 == 1
			all, parts := filled[T](r, o.slices, n, n, edges)
			before, in := clone(all), clone(parts)
			o.run(parts)
			for k := range all {
				from := 8 + (n+k)%5
				for i := range all[k] {
					if written := k < o.writes && i >= from && i < from+n; !written && !same(float64(all[k][i]), float64(before[k][i])) {
						t.Fatalf("%s of %d: slice %d changed at %d", o.name, n, k, i-from)
					}
				}
			}
			for i := range n {
				x := make([]float64, o.slices)
				alone := make([][]T, o.slices)
				for k := range x {
					x[k], alone[k] = float64(in[k][i]), []T{in[k][i]}
				}
				want := o.naive(x)
				o.run(alone)
				for k := range o.writes {
					got, want := float64(parts[k][i]), want[k]
					if !same(got, float64(alone[k][0])) {
						t.Fatalf("%s of %d at %d: %v, but alone %v", o.name, n, i, got, alone[k][0])
					}
					if same(got, float64(T(want))) {
						continue
					}
					if o.ulps == 0 || !(math.Abs(got-want) <= o.ulps*epsilon[T]()*o.size(x)[k]+16*math.SmallestNonzeroFloat32) {
						t.Fatalf("%s%v of %d at %d: slice %d is %v, want %v", o.name, x, n, i, k, got, want)
					}
				}
			}
		}
	}
}

func TestOperations(t *testing.T) {
	force(t, func(t *testing.T) {
		testOperations[float32](t)
		testOperations[float64](t)
	})
}

// A destination may be any of the sources.
func TestOperationsInPlace(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	force(t, func(t *testing.T) {
		for _, o := range operationsFor[float32]() {
			if o.writes > 1 {
				continue
			}
			for k := 1; k < o.slices; k++ {
				for _, n := range []int{1, 8, 37} {
					_, want := filled[float32](r, o.slices, n, n, false)
					copy(want[0], want[k])
					one := clone(want)
					one[k] = one[0]
					o.run(want)
					o.run(one)
					if !slices.EqualFunc(want[0], one[0], func(a, b float32) bool { return same(float64(a), float64(b)) }) {
						t.Errorf("%s of %d: source %d as the destination changes the result", o.name, n, k)
					}
				}
			}
		}
	})
}

// Wrong lengths panic, before anything is written.
func TestOperationsLengths(t *testing.T) {
	for _, o := range operationsFor[float64]() {
		for k := range o.slices {
			s := make([][]float64, o.slices)
			for i := range s {
				s[i] = make([]float64, 8)
			}
			s[k] = s[k][:7]
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s takes slice %d one too short", o.name, k)
					}
				}()
				o.run(s)
			}()
		}
	}
}

// No loop allocates.
func TestOperationsAllocate(t *testing.T) {
	force(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, o := range operationsFor[float32]() {
			_, s := filled[float32](r, o.slices, 37, 0, false)
			if n := patience.Allocations(10, func() { o.run(s) }); n != 0 {
				t.Errorf("%s allocates %v times", o.name, n)
			}
		}
	})
}
