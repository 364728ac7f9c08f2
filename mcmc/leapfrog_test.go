package mcmc

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/internal/stream"
)

// hamBanana is a curved density with known gradient: x ~ N(0, 1), y ~ N(x², ½).
var hamBanana = hamTarget{2, func(x, grad []float64) (float64, error) {
	d := x[1] - x[0]*x[0]
	grad[0], grad[1] = -x[0]+4*d*x[0], -2*d
	return -0.5*x[0]*x[0] - d*d, nil
}}

// hamFunnel is Neal's (2003): v ~ N(0, 9), x ~ N(0, exp(v)) nine times.
var hamFunnel = hamTarget{10, func(x, grad []float64) (float64, error) {
	v := x[0]
	l, e := -v*v/18, math.Exp(-v)
	grad[0] = -v / 9
	for i, y := range x[1:] {
		l -= 0.5 * (v + y*y*e)
		grad[0] += 0.5*y*y*e - 0.5
		grad[i+1] = -y * e
	}
	return l, nil
}}

// hamMetrics are one of every form, in two dimensions.
func hamMetrics() map[string]*metric {
	diagonal, low, full := newMetric(2), newMetric(2), newMetric(2)
	diagonal.set([]float64{0.5, 2}, nil, nil)
	full.set([]float64{0.5, 2}, []float64{3, 0.2}, []float64{0.6, 0.8, -0.8, 0.6})
	low.set([]float64{0.5, 2}, []float64{3}, []float64{0.6, 0.8})
	low.full = nil // of so few dimensions all are kept in full
	return map[string]*metric{"diagonal": diagonal, "low rank": low, "full": full}
}

// hamFlow integrates some steps from (x, p) and returns where they lead.
func hamFlow(t *testing.T, m *metric, x, p []float64, steps int, eps float64) (out []float64) {
	t.Helper()
	d := newDynamics(NewGuard(hamBanana), 3)
	d.metric = m
	s := &State{X: x, Grad: make([]float64, 2)}
	s.LogDensity, _ = hamBanana.grad(s.X, s.Grad)
	a, b := &d.points[d.begin(stream.New(1, "test"), s)], &d.points[d.take()]
	copy(a.p, p)
	m.mulTo(a.v, a.p)
	for range steps {
		if d.leapfrog(b, a, eps); d.err != nil {
			t.Fatal(d.err)
		}
		a, b = b, a
	}
	// The velocity is kept along with the momentum, and must stay Σp.
	v := make([]float64, 2)
	m.mulTo(v, a.p)
	for i := range v {
		if math.Abs(v[i]-a.v[i]) > 1e-12*(1+math.Abs(v[i])) {
			t.Errorf("the velocity is %v, want %v", a.v, v)
		}
	}
	return append(append(out, a.x...), a.p...)
}

func TestLeapfrogReversible(t *testing.T) {
	for name, m := range hamMetrics() {
		start := []float64{0.3, -0.7, 1.1, 0.4}
		end := hamFlow(t, m, start[:2], start[2:], 20, 0.1)
		back := hamFlow(t, m, end[:2], end[2:], 20, -0.1)
		for i := range start {
			if math.Abs(back[i]-start[i]) > 1e-12 {
				t.Errorf("%s: there and back leads from %v to %v", name, start, back)
				break
			}
		}
		if math.Abs(end[0]-start[0]) < 0.1 {
			t.Errorf("%s: the flow leads nowhere: %v", name, end)
		}
	}
}

// The map of phase space keeps volume: its Jacobian, by differences, has
// determinant 1.
func TestLeapfrogKeepsVolume(t *testing.T) {
	for name, m := range hamMetrics() {
		start := []float64{0.3, -0.7, 1.1, 0.4}
		const h = 1e-5
		jacobian := mat.NewDense(4, 4, nil)
		for j := range 4 {
			up, down := append([]float64{}, start...), append([]float64{}, start...)
			up[j] += h
			down[j] -= h
			a, b := hamFlow(t, m, up[:2], up[2:], 5, 0.3), hamFlow(t, m, down[:2], down[2:], 5, 0.3)
			for i := range 4 {
				jacobian.Set(i, j, (a[i]-b[i])/(2*h))
			}
		}
		if d := mat.Det(jacobian); math.Abs(d-1) > 1e-6 {
			t.Errorf("%s: the determinant of the flow is %v", name, d)
		}
	}
}

func TestDivergencesOfTheFunnel(t *testing.T) {
	k, err := NUTS{}.Kernel(NewGuard(hamFunnel))
	if err != nil {
		t.Fatal(err)
	}
	h := k.(*nuts)
	h.eps, h.scaled = 1, true
	s := &State{X: make([]float64, 10)}
	if err := k.Init(s); err != nil {
		t.Fatal(err)
	}
	r, divergent := stream.New(1, "test"), 0
	for range 500 {
		info, err := k.Step(r, s)
		if err != nil {
			t.Fatal(err)
		}
		if info.Divergent {
			divergent++
		}
		if math.IsInf(s.LogDensity, 0) || math.IsNaN(s.LogDensity) {
			t.Fatalf("the chain stands where the log density is %v", s.LogDensity)
		}
	}
	if divergent < 10 {
		t.Errorf("%d of 500 trajectories diverge", divergent)
	}
}

// Densities of zero, NaN and gradients that are not finite stop a trajectory,
// and the chain never stands there.
func TestHamiltonianBadRegions(t *testing.T) {
	for name, bad := range map[string]func(grad []float64) (float64, error){
		"zero":         func([]float64) (float64, error) { return math.Inf(-1), nil },
		"rejected":     func([]float64) (float64, error) { return 0, fmt.Errorf("no: %w", ErrReject) },
		"NaN":          func([]float64) (float64, error) { return math.NaN(), nil },
		"NaN gradient": func(grad []float64) (float64, error) { grad[0] = math.NaN(); return -1, nil },
		"Inf gradient": func(grad []float64) (float64, error) { grad[0] = math.Inf(1); return -1, nil },
	} {
		target := hamTarget{1, func(x, grad []float64) (float64, error) {
			if x[0] < 0 {
				return bad(grad)
			}
			grad[0] = -1
			return -x[0], nil
		}}
		guard := NewGuard(target)
		for _, s := range []Sampler{NUTS{}, HMC{}} {
			k, err := s.Kernel(guard)
			if err != nil {
				t.Fatal(err)
			}
			state, r := &State{X: []float64{1}}, stream.New(1, "test")
			if err := k.Init(state); err != nil {
				t.Fatal(err)
			}
			divergent := false
			for range 200 {
				info, err := k.Step(r, state)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				divergent = divergent || info.Divergent
				if !(state.X[0] >= 0) {
					t.Fatalf("%s: the chain stands at %v", name, state.X)
				}
			}
			if !divergent {
				t.Errorf("%s: no divergence", name)
			}
		}
		if counted := guard.NotANumber > 0; counted != strings.Contains(name, "N") && counted != strings.Contains(name, "Inf") {
			t.Errorf("%s: %d evaluations were not a number", name, guard.NotANumber)
		}
	}
}

// What ends a run reaches the user with the point, and leaves the state alone.
func TestHamiltonianFinalErrors(t *testing.T) {
	cause := errors.New("the disk is full")
	for name, fail := range map[string]func() (float64, error){
		"error": func() (float64, error) { return 0, cause },
		"+Inf":  func() (float64, error) { return math.Inf(1), nil },
		"panic": func() (float64, error) { panic(cause) },
	} {
		target := hamTarget{1, func(x, grad []float64) (float64, error) {
			if x[0] < 0 {
				return fail()
			}
			grad[0] = -1
			return -x[0], nil
		}}
		for _, s := range []Sampler{NUTS{}, HMC{}} {
			k, err := s.Kernel(NewGuard(target))
			if err != nil {
				t.Fatal(err)
			}
			state, r := &State{X: []float64{1}}, stream.New(1, "test")
			if err := k.Init(state); err != nil {
				t.Fatal(err)
			}
			before := 0.0
			for range 200 {
				before = state.X[0]
				if _, err = k.Step(r, state); err != nil {
					break
				}
			}
			var failed *TargetError
			if !errors.As(err, &failed) || !(failed.X[0] < 0) || state.X[0] != before {
				t.Errorf("%s of %T: error %v, the chain goes from %v to %v", name, s, err, before, state.X)
			}
			if name != "+Inf" && !errors.Is(err, cause) || (name == "panic") != (failed != nil && failed.Stack != "") {
				t.Errorf("%s of %T: error %v", name, s, err)
			}
		}
	}
}

func ExampleCheckGradient() {
	wrong := hamTarget{2, func(x, grad []float64) (float64, error) {
		grad[0], grad[1] = -x[0], x[1] // the sign
		return -0.5 * (x[0]*x[0] + x[1]*x[1]), nil
	}}
	err := CheckGradient(wrong, []float64{1, 2})
	var bad *GradientError
	if errors.As(err, &bad) {
		fmt.Printf("coordinate %d: %.3f instead of %.3f\n", bad.Coordinate, bad.Gradient, bad.Difference)
	}
	// Output: coordinate 1: 2.000 instead of -2.000
}

func TestCheckGradient(t *testing.T) {
	for _, x := range [][]float64{{0.3, -2}, {0, 0}, {1e4, -1e-4}} {
		if err := CheckGradient(hamBanana, x); err != nil {
			t.Error(err)
		}
		for i := range x {
			wrong := hamTarget{2, func(x, grad []float64) (float64, error) {
				l, err := hamBanana.grad(x, grad)
				grad[i] = grad[i]*1.001 + 0.001
				return l, err
			}}
			var bad *GradientError
			if err := CheckGradient(wrong, x); !errors.As(err, &bad) || bad.Coordinate != i {
				t.Errorf("coordinate %d wrong at %v: %v", i, x, err)
			}
		}
	}
	if err := CheckGradient(hamFunnel, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}); err != nil {
		t.Error(err)
	}
}

func ExampleGradientError() {
	err := &GradientError{Coordinate: 3, X: []float64{1, 2, 3, 4}, Gradient: 2, Difference: -2, Tolerance: 1e-6}
	fmt.Println(err)
	// Output: mcmc: coordinate 3 of the gradient is 2, but differences of the log density give -2 (± 1e-06) at x = [1 2 3 4]
}

// Joined rows turn by the sums of momenta that their points have, as a whole and
// across the place where they meet.
func TestJoin(t *testing.T) {
	const n, points = 3, 4
	r, seen := stream.New(1, "test"), [2][2]int{}
	for range 2000 {
		d := newDynamics(NewGuard(hamStandard(n)), 3)
		d.metric.set([]float64{0.5, 1, 3}, nil, nil)
		s := &State{X: make([]float64, n), Grad: make([]float64, n)}
		p, v, spans := [points][]float64{}, [points][]float64{}, [points]span{}
		at := d.begin(r, s)
		for i := range points {
			z := &d.points[at]
			for j := range n { // not quite at random, that some rows are straight
				z.p[j] = (1 + r.NormFloat64()) / d.metric.scale[j]
			}
			d.metric.mulTo(z.v, z.p)
			p[i], v[i] = append([]float64{}, z.p...), append([]float64{}, z.v...)
			spans[i] = d.leaf(at, 0)
			at = d.take()
		}
		turned := func(first, last int) bool {
			sum := make([]float64, n)
			for i := first; i <= last; i++ {
				axpy(sum, 1, p[i])
			}
			return !(dot(v[first], sum) > 0 && dot(v[last], sum) > 0)
		}
		left, turnedLeft := d.join(spans[0], spans[1])
		right, turnedRight := d.join(spans[2], spans[3])
		if turnedLeft != turned(0, 1) || turnedRight != turned(2, 3) {
			t.Fatal("two points: wrong turn")
		}
		_, got := d.join(left, right)
		whole, across := turned(0, 3), turned(0, 2) || turned(1, 3)
		if got != (whole || across) {
			t.Fatalf("four points: turned %v, as a whole %v, across %v", got, whole, across)
		}
		a, b := toInt(whole), toInt(across)
		seen[a][b]++
	}
	if seen[0][0] == 0 || seen[0][1] == 0 || seen[1][0] == 0 {
		t.Errorf("not all cases occur: %v", seen)
	}
}
