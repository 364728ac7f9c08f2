package transform_test

import (
	"encoding/json"
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/transform"
)

// byName are the transforms that testdata/golden.py computes, by the number of free
// values.
var byName = map[string]func(n int) transform.Transform{
	"positive": func(n int) transform.Transform { return transform.Positive{N: n} },
	"lower":    func(n int) transform.Transform { return transform.Lower{Bound: -2, N: n} },
	"upper":    func(n int) transform.Transform { return transform.Upper{Bound: 5, N: n} },
	"interval": func(n int) transform.Transform { return transform.Interval{Lower: -1, Upper: 2, N: n} },
	"ordered":  func(n int) transform.Transform { return transform.Ordered{K: n} },
	"simplex":  func(n int) transform.Transform { return transform.Simplex{K: n + 1} },
	"unit":     func(n int) transform.Transform { return transform.UnitVector{K: n} },
	"correlation": func(n int) transform.Transform {
		return transform.CorrelationCholesky{K: (1 + int(math.Sqrt(float64(1+8*n)))) / 2}
	},
	"covariance": func(n int) transform.Transform {
		return transform.CovarianceCholesky{K: (-1 + int(math.Sqrt(float64(1+8*n)))) / 2}
	},
}

// TestGoldens holds every number to relative 1e-12. Where it is a sum that cancels,
// the sizes of values and gradients of the case, about ten, count.
func TestGoldens(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Name                       string
		Free, Constrained, A, Grad []float64
		LogJacobian                float64
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 20*len(byName) {
		t.Errorf("only %d rows", len(rows))
	}
	for _, g := range rows {
		tr := byName[g.Name](len(g.Free))
		near := func(what string, i int, got, want, floor float64) {
			t.Helper()
			if !(math.Abs(got-want) <= 1e-12*max(floor, math.Abs(want))) {
				t.Errorf("%s at %v: %s[%d] is %v, want %v", g.Name, g.Free, what, i, got, want)
			}
		}
		x := tr.ForwardTo(nil, g.Free)
		biggest := 1.0
		for i, v := range x {
			biggest = max(biggest, math.Abs(v))
			floor := 0.0
			if g.Name == "lower" || g.Name == "upper" || g.Name == "interval" || g.Name == "ordered" {
				floor = 5 // a bound or an entry before that it is added to
			}
			near("value", i, v, g.Constrained[i], floor)
		}
		near("log Jacobian", 0, tr.LogJacobian(g.Free), g.LogJacobian, 1)
		for i, v := range tr.GradTo(nil, g.Free, x, g.A) {
			near("gradient", i, v, g.Grad[i], 10*biggest)
		}
	}
}

// A free value may be anything, and comes back as exactly as the types say.
func TestThereAndBack(t *testing.T) {
	const ulp = 0x1p-52
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 40).Draw(t, "K")
		size := rapid.Float64Range(0, 15).Draw(t, "size")
		vector := func(n int) []float64 {
			return rapid.SliceOfN(rapid.Float64Range(-size, size), n, n).Draw(t, "y")
		}
		back := func(tr transform.Transform, y []float64) (x, z []float64) {
			x = tr.ForwardTo(nil, y)
			z, err := tr.InverseTo(nil, x)
			if err != nil {
				t.Fatalf("%T: %v", tr, err)
			}
			return x, z
		}
		s, c := transform.Simplex{K: k}, transform.CorrelationCholesky{K: min(k, 12)}
		y := vector(s.FreeDim())
		_, z := back(s, y)
		for i := range y {
			if !(math.Abs(z[i]-y[i]) <= 4*float64(k)*ulp*max(1, math.Abs(y[i]))) {
				t.Errorf("simplex: %v became %v", y[i], z[i])
			}
		}
		y = vector(c.FreeDim())
		_, z = back(c, y)
		for i := range y {
			if !(math.Abs(z[i]-y[i]) <= 8*float64(k)*ulp*max(1, math.Abs(y[i]))) {
				t.Errorf("correlation: %v became %v", y[i], z[i])
			}
		}
		bound := rapid.Float64Range(-1e6, 1e6).Draw(t, "bound")
		y = vector(3)
		x, z := back(transform.Lower{Bound: bound, N: 3}, y)
		for i := range y {
			if room := math.Exp(y[i]); !(math.Abs(z[i]-y[i]) <= 4*ulp*(1+math.Abs(y[i])+max(math.Abs(x[i]), math.Abs(bound))/room)) {
				t.Errorf("above %v: %v became %v", bound, y[i], z[i])
			}
		}
		x, z = back(transform.Interval{Lower: bound, Upper: bound + 3, N: 3}, y)
		for i := range y {
			room := min(x[i]-bound, bound+3-x[i])
			if !(math.Abs(z[i]-y[i]) <= 4*ulp*(1+math.Abs(y[i])+(math.Abs(bound)+3)/room)) {
				t.Errorf("interval at %v: %v became %v", bound, y[i], z[i])
			}
		}
	})
}

// A simplex of a thousand numbers sums to one, wherever it comes from.
func TestLargeSimplex(t *testing.T) {
	s := transform.Simplex{K: 1000}
	for _, y := range [][]float64{constant(999, 0), constant(999, 700), constant(999, -700), alternating(999, 700), alternating(999, 3)} {
		x := s.ForwardTo(nil, y)
		sum := 0.0
		for _, v := range x {
			sum += v
			if !(v > 0) {
				t.Fatalf("an entry is %v", v)
			}
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("the sum is one but for %v", sum-1)
		}
		if v := s.LogJacobian(y); math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("the log Jacobian is %v", v)
		}
	}
	for _, v := range s.ForwardTo(nil, constant(999, 0)) {
		if math.Abs(v-1e-3) > 1e-15 {
			t.Fatalf("the middle has an entry %v", v)
		}
	}
}

func constant(n int, v float64) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = v
	}
	return y
}

func alternating(n int, v float64) []float64 {
	y := constant(n, v)
	for i := 1; i < n; i += 2 {
		y[i] = -v
	}
	return y
}

// The tail of an interval is computed from the free value and does not end with the
// room that the constrained one has.
func TestTails(t *testing.T) {
	if got := (transform.Interval{Upper: 1}).LogJacobian([]float64{-600}); got != -600 {
		t.Errorf("log Jacobian at −600 is %v", got)
	}
	if got := (transform.Interval{Upper: 1}).ForwardTo(nil, []float64{-600})[0]; math.Abs(got/math.Exp(-600)-1) > 1e-15 {
		t.Errorf("value at −600 is %v", got)
	}
	if got := (transform.Interval{Upper: 1}).ForwardTo(nil, []float64{600})[0]; got != math.Nextafter(1, 0) {
		t.Errorf("value at 600 is %v", got)
	}
	if got := (transform.Lower{Bound: 1}).ForwardTo(nil, []float64{-600})[0]; got != math.Nextafter(1, 2) {
		t.Errorf("value at −600 is %v", got)
	}
	if l := (transform.CorrelationCholesky{K: 2}).ForwardTo(nil, []float64{1e-9}); math.Abs(l[2]/1e-9-1) > 1e-15 {
		t.Errorf("a correlation of 1e-9 is %v", l[2])
	}
	if y, err := (transform.Interval{Lower: -1, Upper: 1}).InverseTo(nil, []float64{1e-10}); err != nil || math.Abs(y[0]/2e-10-1) > 1e-15 {
		t.Errorf("the inverse near the middle is %v, %v", y, err)
	}
	for _, c := range []struct{ bound, x, want float64 }{{0, 5e-324, -1074 * math.Ln2}, {-1.5e308, 1.5e308, math.Log(1.5e308) + math.Ln2}} {
		if y, err := (transform.Lower{Bound: c.bound}).InverseTo(nil, []float64{c.x}); err != nil || math.Abs(y[0]/c.want-1) > 1e-15 {
			t.Errorf("%v above %v: %v, %v, want %v", c.x, c.bound, y, err, c.want)
		}
	}
	for _, y := range []float64{-1e6, 1e6, math.Inf(1), math.Inf(-1)} {
		if x := (transform.Positive{}).ForwardTo(nil, []float64{y})[0]; !(x > 0 && x <= math.MaxFloat64) {
			t.Errorf("positive at %v is %v", y, x)
		}
	}
	u := transform.UnitVector{K: 3}
	for _, y := range [][]float64{{1e-310, 0, 0}, {1e300, 1e300, 0}, {0, 0, 0}} {
		if x := u.ForwardTo(nil, y); math.Abs(length(x)-1) > 1e-15 {
			t.Errorf("the direction of %v is %v", y, x)
		}
	}
	zero := make([]float64, 3)
	if v := u.LogJacobian(zero); !math.IsInf(v, -1) {
		t.Errorf("log Jacobian at the origin is %v", v)
	}
	if g := u.GradTo(nil, zero, u.ForwardTo(nil, zero), zero); !math.IsNaN(g[0]) {
		t.Errorf("gradient at the origin is %v", g)
	}
}

func TestOutside(t *testing.T) {
	for _, c := range []struct {
		t    transform.Transform
		x    []float64
		want string
	}{
		{transform.Identity{}, []float64{math.Inf(1)}, "identity: the value is outside: entry 0 is +Inf and must be finite"},
		{transform.Affine{Scale: 1}, []float64{math.Inf(-1)}, "affine transform: the value is outside: entry 0 is -Inf and must be finite"},
		{transform.Positive{N: 2}, []float64{1, 0}, "positive: the value is outside: entry 1 is 0 and must be finite and greater than 0"},
		{transform.Lower{Bound: 2}, []float64{2}, "lower bound: the value is outside: entry 0 is 2 and must be finite and greater than 2"},
		{transform.Upper{Bound: 2}, []float64{3}, "upper bound: the value is outside: entry 0 is 3 and must be finite and less than 2"},
		{transform.Interval{Upper: 1}, []float64{1}, "interval: the value is outside: entry 0 is 1 and must be between 0 and 1"},
		{transform.Ordered{K: 2}, []float64{1, 1}, "ordered: the value is outside: entry 1 is 1 and must be finite and greater than the one before"},
		{transform.Ordered{K: 2, Positive: true}, []float64{0, 1}, "ordered: the value is outside: entry 0 is 0 and must be positive"},
		{transform.Simplex{K: 2}, []float64{0, 1}, "simplex: the value is outside: entry 0 is 0 and must be positive and at most one"},
		{transform.Simplex{K: 2}, []float64{0.5, 0.25}, "simplex: the value is outside: it has 0.75 and must have a sum of one"},
		{transform.UnitVector{K: 2}, []float64{0.6, 0}, "unit vector: the value is outside: it has 0.6 and must have length one"},
		{transform.CorrelationCholesky{K: 2}, []float64{1, 0.1, 0, 1}, "correlation Cholesky factor: the value is outside: entry 1 is 0.1 and must be zero, being above the diagonal"},
		{transform.CorrelationCholesky{K: 2}, []float64{1, 0, 0.75, 1}, "correlation Cholesky factor: the value is outside: entry 3 is 1.25 and must be such that its row has length one"},
		{transform.CovarianceCholesky{K: 2}, []float64{1, 0, 3, 0}, "covariance Cholesky factor: the value is outside: entry 3 is 0 and must be positive, being on the diagonal"},
		{transform.Repeat{Of: transform.Positive{N: 2}, N: 2}, []float64{1, 1, 1, -1}, "positive: the value is outside: entry 3 is -1 and must be finite and greater than 0"},
		{transform.Join{transform.Simplex{K: 2}, transform.Positive{}}, []float64{0.5, 0.5, -1}, "positive: the value is outside: entry 2 is -1 and must be finite and greater than 0"},
	} {
		_, err := c.t.InverseTo(nil, c.x)
		if e := (*transform.DomainError)(nil); !errors.As(err, &e) || err.Error() != c.want {
			t.Errorf("%T: %v, want %s", c.t, err, c.want)
		}
	}
}

func TestValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []transform.Transform{
		transform.Identity{N: -1}, transform.Positive{N: -1}, transform.Affine{}, transform.Affine{Scale: nan}, transform.Affine{Location: inf, Scale: 1},
		transform.Lower{Bound: inf}, transform.Upper{Bound: nan}, transform.Interval{}, transform.Interval{Lower: 2, Upper: 1}, transform.Interval{Lower: nan, Upper: 1},
		transform.Interval{Upper: inf}, transform.Interval{Lower: -1e308, Upper: 1e308}, transform.Interval{Lower: 1, Upper: math.Nextafter(1, 2)},
		transform.Simplex{}, transform.Ordered{}, transform.UnitVector{}, transform.CorrelationCholesky{}, transform.CovarianceCholesky{K: 1 << 40},
		transform.Repeat{}, transform.Repeat{Of: transform.Simplex{}, N: 1}, transform.Repeat{Of: transform.Simplex{K: 2}}, transform.Repeat{Of: transform.Simplex{K: 1 << 30}, N: 1 << 30},
		transform.Join{}, transform.Join{nil}, transform.Join{transform.Simplex{}}, transform.Join{transform.Identity{N: 1 << 40}, transform.Identity{}},
	} {
		if e := (*dist.ParameterError)(nil); !errors.As(c.Validate(), &e) {
			t.Errorf("%#v: %v", c, c.Validate())
		}
	}
}

func TestWrongLengths(t *testing.T) {
	for _, c := range all() {
		short := make([]float64, c.t.ConstrainedDim()+1)
		for name, call := range map[string]func(){
			"ForwardTo":   func() { c.t.ForwardTo(nil, short) },
			"InverseTo":   func() { _, _ = c.t.InverseTo(nil, short) },
			"LogJacobian": func() { c.t.LogJacobian(short) },
			"GradTo":      func() { c.t.GradTo(nil, short, short, short) },
			"destination": func() { c.t.ForwardTo(short, make([]float64, c.t.FreeDim())) },
		} {
			func() {
				defer func() {
					if s, ok := recover().(string); !ok || !strings.HasPrefix(s, "transform: ") {
						t.Errorf("%s: %s does not panic as it should", c.name, name)
					}
				}()
				call()
			}()
		}
	}
}

func TestNoAllocation(t *testing.T) {
	for _, c := range all() {
		y := constant(c.t.FreeDim(), 0.3)
		x, z := c.t.ForwardTo(nil, y), make([]float64, c.t.FreeDim())
		g := constant(len(x), 1)
		if n := patience.Allocations(20, func() {
			c.t.ForwardTo(x, y)
			_, _ = c.t.InverseTo(z, x)
			c.t.LogJacobian(y)
			c.t.GradTo(z, y, x, g)
		}); n != 0 {
			t.Errorf("%s allocates %v times", c.name, n)
		}
	}
}

func BenchmarkSimplex(b *testing.B) {
	s := transform.Simplex{K: 100}
	y, g := constant(99, 0.3), constant(100, 1)
	x, dst := s.ForwardTo(nil, y), make([]float64, 99)
	b.ReportAllocs()
	for b.Loop() {
		s.ForwardTo(x, y)
		s.LogJacobian(y)
		s.GradTo(dst, y, x, g)
	}
}

func BenchmarkCorrelationCholesky(b *testing.B) {
	s := transform.CorrelationCholesky{K: 20}
	y, g := constant(s.FreeDim(), 0.1), constant(400, 1)
	x, dst := s.ForwardTo(nil, y), make([]float64, s.FreeDim())
	b.ReportAllocs()
	for b.Loop() {
		s.ForwardTo(x, y)
		s.LogJacobian(y)
		s.GradTo(dst, y, x, g)
	}
}
