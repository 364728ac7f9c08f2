package transform_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist/transform"
	"github.com/belief-go/belief/internal/stream"
)

// What every transform must satisfy, whatever it is.

type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// A conformance case is a transform and what the suite cannot know of it.
type conformance struct {
	name string
	t    transform.Transform
	// chart gives the coordinates that a density of x is meant in, as many as
	// there are free numbers.
	chart func(x, y []float64) []float64
	// density is the log density of what the chart has beyond x, if anything.
	density func(x, y []float64) float64
	// back is the inverse's accuracy for |y| up to about 4; 0: 1e-12.
	back float64
	// many says that several y have one x, and that the inverse returns one.
	many bool
}

func (c conformance) run(t reporter) {
	t.Helper()
	if err := c.t.Validate(); err != nil {
		t.Errorf("%s: %v", c.name, err)
		return
	}
	r := stream.New(1, "conformance")
	for _, scale := range []float64{0.1, 1, 1.5} {
		for range 5 {
			y := make([]float64, c.t.FreeDim())
			for i := range y {
				y[i] = scale * r.NormFloat64()
			}
			c.there(t, y)
			c.jacobian(t, y)
			c.gradient(t, y, r)
			c.inPlace(t, y, r)
		}
	}
	c.extremes(t, r)
	c.nan(t)
}

// there goes to the constrained value and back.
func (c conformance) there(t reporter, y []float64) {
	t.Helper()
	keep := slices.Clone(y)
	x := c.t.ForwardTo(nil, y)
	if !slices.Equal(keep, y) {
		t.Errorf("%s: ForwardTo changes its input", c.name)
	}
	back, err := c.t.InverseTo(nil, x)
	if err != nil {
		t.Errorf("%s: InverseTo(ForwardTo(%v)): %v", c.name, y, err)
		return
	}
	tol := c.back
	if tol == 0 {
		tol = 1e-12
	}
	for i := range y {
		if !c.many && !(math.Abs(back[i]-y[i]) <= tol*max(1, math.Abs(y[i]))) {
			t.Errorf("%s: InverseTo(ForwardTo(y))[%d] is %v, want %v", c.name, i, back[i], y[i])
		}
	}
	for i, v := range c.t.ForwardTo(nil, back) {
		if !(math.Abs(v-x[i]) <= tol*max(1, math.Abs(x[i]))) {
			t.Errorf("%s: ForwardTo(InverseTo(x))[%d] is %v, want %v", c.name, i, v, x[i])
		}
	}
}

// jacobian compares with the determinant of differences, whose error is below 1e-9.
func (c conformance) jacobian(t reporter, y []float64) {
	t.Helper()
	n := len(y)
	if n == 0 {
		return
	}
	x := c.t.ForwardTo(nil, y)
	at := c.chart(x, y)
	if len(at) != n {
		t.Errorf("%s: the chart has %d coordinates, want %d", c.name, len(at), n)
		return
	}
	m := mat.NewDense(n, n, nil)
	for j := range y {
		column := make([]float64, n)
		for _, s := range [][2]float64{{1, 8}, {-1, -8}, {2, -1}, {-2, 1}} { // five points, order h⁴
			z := slices.Clone(y)
			h := step(y)
			z[j] += s[0] * h
			for i, v := range c.chart(c.t.ForwardTo(nil, z), z) {
				column[i] += s[1] * v / (12 * h)
			}
		}
		m.SetCol(j, column)
	}
	want, _ := mat.LogDet(m)
	if c.density != nil {
		want += c.density(x, y)
	}
	if got := c.t.LogJacobian(y); !(math.Abs(got-want) <= 1e-8*max(1, float64(n))) {
		t.Errorf("%s: LogJacobian(%v) is %v, want %v", c.name, y, got, want)
	}
}

// step is that of differences, small against the length of y.
func step(y []float64) float64 { return 1e-3 * min(1, length(y)) }

// gradient compares with differences of log p(f(y)) + log J for a quadratic log p.
func (c conformance) gradient(t reporter, y []float64, r *rand.Rand) {
	t.Helper()
	linear, square := make([]float64, c.t.ConstrainedDim()), make([]float64, c.t.ConstrainedDim())
	for i := range linear {
		linear[i], square[i] = r.NormFloat64(), r.NormFloat64()
	}
	logQ := func(y []float64) float64 {
		sum := c.t.LogJacobian(y)
		for i, v := range c.t.ForwardTo(nil, y) {
			sum += v * (linear[i] + 0.5*v*square[i])
		}
		return sum
	}
	x := c.t.ForwardTo(nil, y)
	g := make([]float64, len(x))
	for i, v := range x {
		g[i] = linear[i] + v*square[i]
	}
	grad := c.t.GradTo(nil, y, x, g)
	for j := range y {
		want := 0.0
		for _, s := range [][2]float64{{1, 8}, {-1, -8}, {2, -1}, {-2, 1}} {
			z := slices.Clone(y)
			h := step(y)
			z[j] += s[0] * h
			want += s[1] * logQ(z) / (12 * h)
		}
		if !(math.Abs(grad[j]-want) <= 1e-7*max(1, math.Abs(want))) {
			t.Errorf("%s: GradTo(%v)[%d] is %v, want %v", c.name, y, j, grad[j], want)
		}
	}
}

// inPlace wants the same bits if the destination begins where the input does.
func (c conformance) inPlace(t reporter, y []float64, r *rand.Rand) {
	t.Helper()
	n, m := c.t.ConstrainedDim(), c.t.FreeDim()
	same := func(what string, got, want []float64) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s in place gives %v, want %v", c.name, what, got, want)
		}
	}
	buf := make([]float64, max(n, m))
	copy(buf, y)
	x := c.t.ForwardTo(nil, y)
	same("ForwardTo", c.t.ForwardTo(buf[:n], buf[:m]), x)
	back, err := c.t.InverseTo(nil, x)
	if err != nil {
		t.Errorf("%s: %v", c.name, err)
		return
	}
	copy(buf, x)
	got, err := c.t.InverseTo(buf[:m], buf[:n])
	if err != nil {
		t.Errorf("%s: InverseTo in place: %v", c.name, err)
		return
	}
	same("InverseTo", got, back)
	g := make([]float64, n)
	for i := range g {
		g[i] = r.NormFloat64()
	}
	want := c.t.GradTo(nil, y, x, g)
	same("GradTo", c.t.GradTo(g[:m], y, x, g), want)
}

// extremes wants finite values inside the set for the largest free values.
func (c conformance) extremes(t reporter, r *rand.Rand) {
	t.Helper()
	m := c.t.FreeDim()
	for trial := range 40 {
		y := make([]float64, m)
		for i := range y {
			size := []float64{50, 700}[trial%2]
			switch {
			case trial < 4: // all on one side
				y[i] = math.Copysign(size, float64(2*(trial/2)-1))
			case trial < 8:
				y[i] = math.Copysign(size, float64(2*((trial/2+i)%2)-1))
			default:
				y[i] = math.Copysign(size, r.NormFloat64())
			}
		}
		x := c.t.ForwardTo(nil, y)
		if _, err := c.t.InverseTo(nil, x); err != nil {
			t.Errorf("%s: ForwardTo(%v): %v", c.name, y, err)
		}
		g := make([]float64, len(x))
		for i := range g {
			g[i] = 1 / max(1, math.Abs(x[i])) // of Σ log x, about
		}
		numbers := append(slices.Clone(x), c.t.LogJacobian(y))
		for _, v := range append(numbers, c.t.GradTo(nil, y, x, g)...) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Errorf("%s: not finite at %v: %v", c.name, y, v)
				break
			}
		}
	}
}

// nan wants NaN to show, and refused where values are checked.
func (c conformance) nan(t reporter) {
	t.Helper()
	for i := range c.t.FreeDim() {
		y := make([]float64, c.t.FreeDim())
		for k := range y {
			y[k] = 0.5
		}
		y[i] = math.NaN()
		if x := c.t.ForwardTo(nil, y); !slices.ContainsFunc(x, math.IsNaN) {
			t.Errorf("%s: a NaN at %d is lost: %v", c.name, i, x)
		}
	}
	for i := range c.t.ConstrainedDim() {
		x := c.t.ForwardTo(nil, make([]float64, c.t.FreeDim()))
		x[i] = math.NaN()
		_, err := c.t.InverseTo(nil, x)
		if e := (*transform.DomainError)(nil); !errors.As(err, &e) {
			t.Errorf("%s: InverseTo with a NaN at %d gives the error %v", c.name, i, err)
		}
	}
}

// all are the transforms in several sizes.
func all() []conformance {
	whole := func(x, _ []float64) []float64 { return x }
	lower := func(k, shift int) func(x, _ []float64) []float64 {
		return func(x, _ []float64) []float64 {
			var c []float64
			for i := range k {
				c = append(c, x[i*k:i*k+i+shift]...)
			}
			return c
		}
	}
	cases := []conformance{
		{name: "identity", t: transform.Identity{N: 3}, chart: whole},
		{name: "affine", t: transform.Affine{Location: 3, Scale: -2, N: 2}, chart: whole},
		{name: "positive", t: transform.Positive{N: 3}, chart: whole},
		{name: "one positive", t: transform.Positive{}, chart: whole},
		{name: "lower", t: transform.Lower{Bound: -2, N: 3}, chart: whole},
		{name: "upper", t: transform.Upper{Bound: 5, N: 2}, chart: whole},
		{name: "interval", t: transform.Interval{Lower: -1, Upper: 2, N: 3}, chart: whole},
		{name: "unit interval", t: transform.Interval{Upper: 1}, chart: whole},
		{name: "ordered", t: transform.Ordered{K: 4}, chart: whole},
		{name: "positive ordered", t: transform.Ordered{K: 3, Positive: true}, chart: whole},
		{name: "one ordered", t: transform.Ordered{K: 1}, chart: whole},
	}
	for _, k := range []int{1, 2, 3, 6} {
		first := func(x, _ []float64) []float64 { return x[:k-1] }
		cases = append(cases, conformance{name: fmt.Sprint("simplex ", k), t: transform.Simplex{K: k}, chart: first},
			conformance{name: fmt.Sprint("correlation ", k), t: transform.CorrelationCholesky{K: k}, chart: lower(k, 0)},
			conformance{name: fmt.Sprint("covariance ", k), t: transform.CovarianceCholesky{K: k}, chart: lower(k, 1)},
			conformance{name: fmt.Sprint("unit vector ", k), t: transform.UnitVector{K: k}, many: true,
				// The first K−1 entries and the length. The surface over the
				// entries is 1/|x_K| times as large as they are.
				chart: func(x, y []float64) []float64 { return append(slices.Clone(x[:k-1]), length(y)) },
				density: func(x, y []float64) float64 {
					return logChi(float64(k), length(y)) - math.Log(math.Abs(x[k-1]))
				}})
	}
	return append(cases,
		conformance{name: "three simplexes", t: transform.Repeat{Of: transform.Simplex{K: 3}, N: 3},
			chart: func(x, _ []float64) []float64 { return []float64{x[0], x[1], x[3], x[4], x[6], x[7]} }},
		conformance{name: "two correlations", t: transform.Repeat{Of: transform.CorrelationCholesky{K: 3}, N: 2},
			chart: func(x, y []float64) []float64 {
				return append(lower(3, 0)(x[:9], nil), lower(3, 0)(x[9:], nil)...)
			}},
		conformance{name: "join", t: transform.Join{transform.Identity{N: 2}, transform.Simplex{K: 3}, transform.Positive{}, transform.Simplex{K: 2}},
			chart: func(x, _ []float64) []float64 { return []float64{x[0], x[1], x[2], x[3], x[5], x[6]} }},
		conformance{name: "two orders", t: transform.Repeat{Of: transform.Ordered{K: 2}, N: 2}, chart: whole})
}

// logChi is the log density of the chi distribution.
func logChi(k, r float64) float64 {
	g, _ := math.Lgamma(k / 2)
	return (k-1)*math.Log(r) - r*r/2 - (k/2-1)*math.Ln2 - g
}

func length(y []float64) float64 {
	sum := 0.0
	for _, v := range y {
		sum += v * v
	}
	return math.Sqrt(sum)
}

func TestConformance(t *testing.T) {
	for _, c := range all() {
		t.Run(c.name, func(t *testing.T) { c.run(t) })
	}
}
