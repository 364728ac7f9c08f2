package transport

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

type golden struct {
	Quantiles []struct {
		P    float64
		A, B string
		PA   []float64 `json:"pa"`
		PB   []float64 `json:"pb"`
		Want float64
	}
	Samples []struct {
		P            float64
		X, WX, Y, WY []float64
		Want         float64
	}
	Gaussians []struct {
		M1, C1, M2, C2 []float64
		Rank           int
		Want           float64
	}
}

// goldens are from testdata/transport.py.
func goldens(t *testing.T) golden {
	t.Helper()
	text, err := os.ReadFile("testdata/transport.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func near(got, want, tol float64) bool {
	return got == want || math.Abs(got-want) <= tol*math.Abs(want)
}

func TestSamplesGolden(t *testing.T) {
	g := goldens(t)
	if len(g.Samples) < 20 {
		t.Fatalf("%d cases", len(g.Samples))
	}
	for i, c := range g.Samples {
		got, err := Samples(c.P, c.X, c.WX, c.Y, c.WY)
		if err != nil || !near(got, c.Want, 1e-12) {
			t.Errorf("case %d: W_%g = %v, want %v (%v)", i, c.P, got, c.Want, err)
		}
	}
}

// Equal samples without weights take another way than the same with weights of one.
func TestSamplesWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64Range(-1e3, 1e3)
		x := rapid.SliceOfN(value, 1, 20).Draw(t, "x")
		y := rapid.SliceOfN(value, len(x), len(x)).Draw(t, "y")
		p := rapid.SampledFrom([]float64{1, 2, 3.5, math.Inf(1)}).Draw(t, "p")
		ones := make([]float64, len(x))
		for i := range ones {
			ones[i] = 0.1
		}
		plain, err1 := Samples(p, x, nil, y, nil)
		weighted, err2 := Samples(p, x, ones, y, nil)
		back, err3 := Samples(p, y, nil, x, ones)
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if !near(plain, weighted, 1e-12) || !near(plain, back, 1e-12) {
			t.Errorf("W_%g is %v, with weights %v, turned round %v", p, plain, weighted, back)
		}
		if same, _ := Samples(p, x, nil, slices.Concat(x, x, x), nil); same != 0 {
			t.Errorf("W_%g of a sample and three copies of it is %v", p, same)
		}
	})
}

func TestSamplesEdges(t *testing.T) {
	inf := math.Inf(1)
	// Shares 0.4 at 1 and 0.6 at 2 against 0.75 at 2 and 0.25 at 0.
	for _, c := range []struct{ p, want float64 }{{1, 0.4}, {2, math.Sqrt(0.4)}, {inf, 1}} {
		got, err := Samples(c.p, []float64{1, 2}, []float64{2, 3}, []float64{2, 5, 0}, []float64{3, 0, 1})
		if err != nil || !near(got, c.want, 1e-14) {
			t.Errorf("W_%g = %v, want %v (%v)", c.p, got, c.want, err)
		}
	}
	if got, err := Samples(2, []float64{1e300}, nil, []float64{-1e300, -1e300}, nil); err != nil || got != 2e300 {
		t.Errorf("large values: %v, %v", got, err)
	}
	for _, c := range []struct {
		p        float64
		x, wx, y []float64
		as       any
	}{
		{0.5, []float64{1}, nil, []float64{1}, new(*belief.ConfigError)},
		{math.NaN(), []float64{1}, nil, []float64{1}, new(*belief.ConfigError)},
		{1, nil, nil, []float64{1}, new(*InputError)},
		{1, []float64{math.NaN()}, nil, []float64{1}, new(*InputError)},
		{1, []float64{1}, nil, []float64{inf}, new(*InputError)},
		{1, []float64{1}, []float64{0}, []float64{1}, new(*InputError)},
		{1, []float64{1}, []float64{-1}, []float64{1}, new(*InputError)},
		{1, []float64{1, 1}, []float64{1e308, 1e308}, []float64{1}, new(*InputError)},
	} {
		if _, err := Samples(c.p, c.x, c.wx, c.y, nil); err == nil || !errors.As(err, c.as) || err.Error() == "" {
			t.Errorf("Samples(%v, %v, %v, %v): error %v is no %T", c.p, c.x, c.wx, c.y, err, c.as)
		}
	}
}

func TestGaussiansGolden(t *testing.T) {
	for i, c := range goldens(t).Gaussians {
		d := len(c.M1)
		c1, c2 := mat.NewSymDense(d, c.C1), mat.NewSymDense(d, c.C2)
		got, err1 := Gaussians(c.M1, c1, c.M2, c2)
		back, err2 := Gaussians(c.M2, c2, c.M1, c1)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		// A singular covariance is known up to rounding of its zero eigenvalue, whose
		// root is what moves the distance; so it is where matrices are nearly equal.
		tol, absolute := 1e-12, 0.0
		if c.Rank < d {
			absolute = 3e-8
		} else if i >= 12 {
			absolute = 1e-14
		}
		if !near(got, c.Want, tol) && !(math.Abs(got-c.Want) <= absolute) {
			t.Errorf("case %d: W₂ = %v, want %v", i, got, c.Want)
		}
		if !near(got, back, tol) && !(math.Abs(got-back) <= absolute) {
			t.Errorf("case %d: %v there and %v back", i, got, back)
		}
	}
}

func TestGaussiansClosedForms(t *testing.T) {
	zero2 := []float64{0, 0}
	sym := func(v ...float64) *mat.SymDense { return mat.NewSymDense(int(math.Sqrt(float64(len(v)))), v) }
	for _, c := range []struct {
		name string
		m1   []float64
		c1   mat.Symmetric
		m2   []float64
		c2   mat.Symmetric
		want float64
	}{
		{"points", zero2, sym(0, 0, 0, 0), []float64{3, 4}, sym(0, 0, 0, 0), 5},
		{"diagonal", zero2, sym(1, 0, 0, 4), zero2, mat.NewDiagDense(2, []float64{4, 9}), math.Sqrt2},
		{"diagonal, nearly equal", zero2, sym(1, 0, 0, 1), zero2, sym(1+2e-10, 0, 0, 1), 1e-10},
		// Both have the eigenvectors (1, ±1)/√2: roots 3 and 1 against 2 and 1.
		{"commuting", zero2, sym(5, 4, 4, 5), zero2, sym(2.5, 1.5, 1.5, 2.5), 1},
		// Two lines that are perpendicular have nothing in common: W₂² = 1 + 1.
		{"lines", zero2, sym(0.5, 0.5, 0.5, 0.5), zero2, sym(0.5, -0.5, -0.5, 0.5), math.Sqrt2},
		{"one number", []float64{1}, sym(4), []float64{4}, sym(36), 5},
	} {
		got, err := Gaussians(c.m1, c.c1, c.m2, c.c2)
		if err != nil || !near(got, c.want, 1e-7) && c.name == "diagonal, nearly equal" || !near(got, c.want, 1e-14) && c.name != "diagonal, nearly equal" {
			t.Errorf("%s: %v, want %v (%v)", c.name, got, c.want, err)
		}
	}
	var e *dist.ParameterError
	for _, bad := range []mat.Symmetric{sym(1, 2, 2, 1), sym(-1, 0, 0, 1), sym(math.NaN(), 0, 0, 1), sym(1, math.Inf(1), math.Inf(1), 1)} {
		if _, err := Gaussians(zero2, bad, zero2, sym(1, 0.5, 0.5, 1)); !errors.As(err, &e) {
			t.Errorf("%v: %v", mat.Formatted(bad), err)
		}
		if _, err := Gaussians(zero2, sym(1, 0, 0, 1), zero2, bad); !errors.As(err, &e) {
			t.Errorf("%v: %v", mat.Formatted(bad), err)
		}
	}
	if _, err := Gaussians([]float64{0, math.NaN()}, sym(1, 0, 0, 1), zero2, sym(1, 0, 0, 1)); !errors.As(err, &e) {
		t.Errorf("mean of NaN: %v", err)
	}
}

func TestCosts(t *testing.T) {
	x, y := []float64{0, 0, 3, 4}, []float64{0, 0, 0, 4}
	for _, c := range []struct {
		p    float64
		want []float64
	}{{1, []float64{0, 4, 5, 3}}, {2, []float64{0, 16, 25, 9}}, {3, []float64{0, 64, 125, 27}}} {
		got, err := Costs(2, x, y, c.p)
		if err != nil || len(got) != 4 {
			t.Fatal(got, err)
		}
		for k := range got {
			if !near(got[k], c.want[k], 1e-15) {
				t.Errorf("p = %g: %v, want %v", c.p, got, c.want)
			}
		}
	}
	var config *belief.ConfigError
	if _, err := Costs(1, x, y, math.Inf(1)); !errors.As(err, &config) {
		t.Errorf("p = Inf: %v", err)
	}
	var input *InputError
	if _, err := Costs(1, []float64{1e200}, y, 2); !errors.As(err, &input) {
		t.Errorf("a cost that overflows: %v", err)
	}
	if _, err := Costs(1, []float64{math.NaN()}, y, 1); !errors.As(err, &input) {
		t.Errorf("NaN: %v", err)
	}
	var large *belief.TooLargeError
	if _, err := Costs(1, make([]float64, 1<<15), make([]float64, 1<<15), 1); !errors.As(err, &large) {
		t.Errorf("a large matrix: %v", err)
	}
}

// In one dimension all ways agree: samples, plan, directions.
func TestSliced(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	x, y := make([]float64, 40), make([]float64, 60)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	for i := range y {
		y[i] = 2*r.NormFloat64() + 1
	}
	ctx := context.Background()
	want, _ := Samples(2, x, nil, y, nil)
	got, err := Sliced{}.Distance(ctx, 1, x, nil, y, nil)
	if err != nil || !near(got.Value, want, 1e-13) || got.StdErr > 1e-8 || got.Kind != belief.Sampled {
		t.Errorf("one dimension: %v, want %v (%v)", got, want, err)
	}
	// Moving all by a vector v in d dimensions gives ⟨θ, v⟩², of mean ‖v‖²/d and here variance 7.2. At five standard
	// errors a right mean is refused with probability below 1e-6.
	z := make([]float64, len(y))
	for i := range z {
		z[i] = y[i] + [3]float64{2, -1, 2}[i%3]
	}
	one, err := Sliced{Projections: 4000, Seed: 3, Workers: 1}.Distance(ctx, 3, y, nil, z, nil)
	if err != nil || math.Abs(one.Value-math.Sqrt(3)) > 5*one.StdErr || !near(one.StdErr, math.Sqrt(7.2/4000/12), 0.1) {
		t.Errorf("a shift: %v, want %v (%v)", one, math.Sqrt(3), err)
	}
	first, _ := Sliced{P: 1, Projections: 4000, Seed: 3}.Distance(ctx, 3, y, nil, z, nil)
	if math.Abs(first.Value-1.5) > 5*first.StdErr { // E|⟨θ, v⟩| is half of ‖v‖ in space
		t.Errorf("a shift: W₁ is %v, want 1.5", first)
	}
	many, _ := Sliced{Projections: 4000, Seed: 3, Workers: 7}.Distance(ctx, 3, y, nil, z, nil)
	other, _ := Sliced{Projections: 4000, Seed: 4}.Distance(ctx, 3, y, nil, z, nil)
	if one != many || one == other {
		t.Errorf("1 worker: %v, 7: %v, another seed: %v", one, many, other)
	}
	if same, _ := (Sliced{}).Distance(ctx, 3, y, nil, y, nil); same.Value != 0 || same.StdErr != 0 {
		t.Errorf("a sample and itself: %v", same)
	}
	var config *belief.ConfigError
	for _, s := range []Sliced{{P: 0.5}, {P: math.Inf(1)}, {Projections: 1}, {Projections: -1}, {Projections: 1 << 30}} {
		if _, err := s.Distance(ctx, 1, x, nil, y, nil); !errors.As(err, &config) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	var input *InputError
	if _, err := (Sliced{}).Distance(ctx, 1, []float64{math.Inf(1)}, nil, y, nil); !errors.As(err, &input) {
		t.Errorf("Inf: %v", err)
	}
	if _, err := (Sliced{}).Distance(ctx, 1, nil, nil, y, nil); !errors.As(err, &input) {
		t.Errorf("no points: %v", err)
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := (Sliced{}).Distance(done, 1, x, nil, y, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
