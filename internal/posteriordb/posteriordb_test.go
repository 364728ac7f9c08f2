package posteriordb

import (
	"encoding/json"
	"errors"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	belief "github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/mcmc"
)

var (
	_ mcmc.GradTarget = (*Posterior)(nil)
	_ mcmc.Cloner     = (*Posterior)(nil)
	_ mcmc.Quantifier = (*Posterior)(nil)
)

// each runs a test for every posterior.
func each(t *testing.T, test func(t *testing.T, name string, p *Posterior)) {
	dir := datadir.Path(t, "posteriordb")
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			p, err := Load(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			test(t, name, p)
		})
	}
}

// A stanPoint is what Stan says about a point.
type stanPoint struct {
	Unconstrained, Grad []float64
	LP                  float64 `json:"lp"`
	NoJacobian          float64 `json:"lp_no_jacobian"`
	Constrained         map[string]any
}

func stanPoints(t *testing.T, name string) []stanPoint {
	t.Helper()
	folder, err := Folder(name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(datadir.Path(t, "logdensity", folder+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var in struct{ Points []stanPoint }
	if err := json.Unmarshal(data, &in); err != nil {
		t.Fatal(err)
	}
	if len(in.Points) < 2 {
		t.Fatalf("%d points", len(in.Points))
	}
	return in.Points
}

// tolerances are how far log densities and gradients may be from Stan's, relative to
// the size of what is compared. Stan's numbers have 15 digits, but its solution of
// the differential equation is wrong by up to 0.4 at these points, with tolerances of
// 1e-5 and 1e-3; TestLotkaVolterraSolution knows better.
func tolerances(name string) (value, gradient float64) {
	if name == "lotka_volterra" {
		return 2e-4, 1.2e-2
	}
	return 1e-13, 1e-11
}

func TestAgainstStan(t *testing.T) {
	each(t, func(t *testing.T, name string, p *Posterior) {
		if name == "mesquite" {
			t.Skip("Stan's numbers are there for all others; differences stand for them")
		}
		tolValue, tolGradient := tolerances(name)
		var shift, shiftNoJacobian float64
		grad := make([]float64, p.Dim())
		for i, point := range stanPoints(t, name) {
			x := point.Unconstrained
			value, err := p.LogDensityGrad(x, grad)
			if err != nil {
				t.Fatal(err)
			}
			jacobian := p.LogJacobian(x)
			if i == 0 {
				shift, shiftNoJacobian = value-point.LP, value-jacobian-point.NoJacobian
			}
			compare := func(what string, got, want, tol, size float64) {
				t.Helper()
				if !(math.Abs(got-want) <= tol*size) {
					t.Errorf("point %d: %s is %.15g, Stan has %.15g", i, what, got, want)
				}
			}
			size := 1 + math.Abs(value) + math.Abs(shift)
			compare("log density", value-shift, point.LP, tolValue, size)
			compare("log density without Jacobian", value-jacobian-shiftNoJacobian, point.NoJacobian, tolValue, size)
			compare("log Jacobian", jacobian, point.LP-point.NoJacobian, 1e-13, size)
			largest := 0.0
			for _, g := range point.Grad {
				largest = max(largest, math.Abs(g))
			}
			for j, g := range point.Grad {
				compare("gradient", grad[j], g, tolGradient, math.Abs(g)+0.05*largest)
			}
			compareConstrained(t, p, x, point.Constrained)
		}
	})
}

// compareConstrained compares the quantities that Stan has under the same name.
func compareConstrained(t *testing.T, p *Posterior, x []float64, constrained map[string]any) {
	t.Helper()
	names := p.Names()
	values := make([]float64, len(names))
	p.QuantitiesTo(values, x)
	seen := 0
	check := func(name string, want float64) {
		if i := slices.Index(names, name); i >= 0 {
			seen++
			if !(math.Abs(values[i]-want) <= 1e-12*(1+math.Abs(want))) {
				t.Errorf("%s is %.15g, Stan has %.15g", name, values[i], want)
			}
		}
	}
	for name, v := range constrained {
		name = strings.Replace(name, "theta_trans", "z", 1)
		switch v := v.(type) {
		case float64:
			check(name, v)
		case []any:
			for i, n := range indexed(name, len(v)) {
				check(n, v[i].(float64))
			}
		}
	}
	if seen != len(names) {
		t.Errorf("%d of the %d quantities have been compared", seen, len(names))
	}
}

// points are where gradients are looked at: near zero and near the mode, which some
// steps uphill find.
func points(p *Posterior) [][]float64 {
	r := rand.New(rand.NewPCG(1, 2))
	var out [][]float64
	for range 4 {
		x := make([]float64, p.Dim())
		for j := range x {
			x[j] = 2*r.Float64() - 1
		}
		out = append(out, x, climbed(p, x))
	}
	return out
}

func climbed(p *Posterior, start []float64) []float64 {
	x, grad := slices.Clone(start), make([]float64, p.Dim())
	next := slices.Clone(x)
	value, _ := p.LogDensityGrad(x, grad)
	evaluations := 0
	for step := 1.0; step > 1e-9 && evaluations < 500; evaluations++ {
		norm := 0.0
		for _, g := range grad {
			norm += g * g
		}
		for j, g := range grad {
			next[j] = x[j] + step*g/math.Sqrt(norm)
		}
		if v, _ := p.LogDensity(next); v > value {
			copy(x, next)
			value, _ = p.LogDensityGrad(x, grad)
			step *= 1.5
		} else {
			step /= 3
		}
	}
	return x
}

func TestGradientAgainstDifferences(t *testing.T) {
	each(t, func(t *testing.T, name string, p *Posterior) {
		tol := 1e-9
		if name == "lotka_volterra" {
			tol = 3e-6 // so well is the equation solved, with steps that vary
		}
		for i, x := range points(p) {
			grad := make([]float64, p.Dim())
			value, err := p.LogDensityGrad(x, grad)
			if err != nil || math.IsInf(value, 0) || math.IsNaN(value) {
				t.Fatalf("point %d: log density %v, %v", i, value, err)
			}
			for j := range x {
				want, size := slope(p, x, j)
				if !(math.Abs(grad[j]-want) <= tol*(size+math.Abs(want))) {
					t.Errorf("point %d: gradient in coordinate %d is %.12g, differences give %.12g", i, j, grad[j], want)
				}
			}
		}
	})
}

// slope returns the derivative in coordinate j by central differences of order six,
// and the size of the numbers that cancel in it over the step.
func slope(p *Posterior, x []float64, j int) (slope, size float64) {
	const h = 1e-3
	y := slices.Clone(x)
	at := func(k float64) float64 {
		y[j] = x[j] + k*h
		v, _ := p.LogDensity(y)
		size = max(size, math.Abs(v))
		return v
	}
	slope = (45*(at(1)-at(-1)) - 9*(at(2)-at(-2)) + at(3) - at(-3)) / (60 * h)
	return slope, size
}

func TestReferenceNames(t *testing.T) {
	dir := datadir.Path(t, "posteriordb")
	each(t, func(t *testing.T, name string, p *Posterior) {
		moments, err := References(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		names := p.Names()
		if len(moments) == 0 || len(names) < len(moments) {
			t.Fatalf("%d quantities, %d references", len(names), len(moments))
		}
		for _, n := range names[:len(moments)] {
			m, ok := moments[n]
			if !ok {
				t.Errorf("no reference for %s", n)
			}
			if !(m.SD > 0 && m.MCSEMean > 0 && m.MCSESD > 0) {
				t.Errorf("reference for %s is %+v", n, m)
			}
		}
	})
}

func TestNoAllocation(t *testing.T) {
	each(t, func(t *testing.T, name string, p *Posterior) {
		x, grad, values := make([]float64, p.Dim()), make([]float64, p.Dim()), make([]float64, len(p.Names()))
		for what, f := range map[string]func(){
			"LogDensityGrad": func() { p.LogDensityGrad(x, grad) },
			"LogDensity":     func() { p.LogDensity(x) },
			"QuantitiesTo":   func() { p.QuantitiesTo(values, x) },
		} {
			if n := patience.Allocations(20, f); n != 0 {
				t.Errorf("%s allocates %v times", what, n)
			}
		}
	})
}

// TestClone runs original and clone at once: under the race detector shared memory
// is found, and without it values that differ.
func TestClone(t *testing.T) {
	each(t, func(t *testing.T, name string, p *Posterior) {
		all := points(p)
		want := make([]float64, len(all))
		for i, x := range all {
			want[i], _ = p.LogDensity(x)
		}
		done := make(chan bool)
		run := func(p *Posterior, shift int) {
			defer func() { done <- true }()
			for k, begin := 0, time.Now(); time.Since(begin) < 10*time.Millisecond; k++ {
				i := (k + shift) % len(all)
				if v, _ := p.LogDensity(all[i]); v != want[i] {
					t.Errorf("log density at point %d is %v, was %v", i, v, want[i])
					return
				}
			}
		}
		go run(p, 0)
		go run(p.Clone().(*Posterior), 1)
		<-done
		<-done
	})
}

// TestFarAway says that no point, however wild, brings NaN, +Inf or a panic.
func TestFarAway(t *testing.T) {
	each(t, func(t *testing.T, name string, p *Posterior) {
		r := rand.New(rand.NewPCG(3, 4))
		x, grad := make([]float64, p.Dim()), make([]float64, p.Dim())
		for _, size := range []float64{3, 30, 290, 1e3, 1e100} {
			for range 50 {
				for j := range x {
					x[j] = size * (2*r.Float64() - 1)
				}
				value, err := p.LogDensityGrad(x, grad)
				if err != nil && !errors.Is(err, mcmc.ErrReject) {
					t.Fatal(err)
				}
				if err == nil && (math.IsNaN(value) || math.IsInf(value, 1)) {
					t.Fatalf("log density %v at %v", value, x)
				}
			}
		}
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			for j := range x {
				clear(x)
				x[j] = v
				if value, _ := p.LogDensity(x); value > -1e300 {
					t.Errorf("log density %v where coordinate %d is %v", value, j, v)
				}
			}
		}
	})
}

func TestWrongLength(t *testing.T) {
	each(t, func(t *testing.T, name string, p *Posterior) {
		defer func() {
			if s, _ := recover().(string); !strings.HasPrefix(s, "posteriordb: ") {
				t.Errorf("panic is %q", s)
			}
		}()
		p.LogDensity(make([]float64, p.Dim()+1))
	})
}

func TestLoadErrors(t *testing.T) {
	var unknown *belief.UnknownNameError
	if _, err := Load("", "eight_school_centered"); !errors.As(err, &unknown) || !slices.Contains(unknown.Suggestions, "eight_schools_centered") {
		t.Errorf("error is %v", err)
	}
	if _, err := Load(t.TempDir(), "arK"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
	for _, name := range Names() {
		for _, text := range []string{"", "[]", "{}", `{"J":3,"N":3,"T":3,"K":1,"D":1,"y":[1],"Y":[1],"sigma":[1],"X":[[1]],"weight":[1],"diam1":[]}`} {
			dir := t.TempDir()
			folder, _ := Folder(name)
			if err := os.Mkdir(filepath.Join(dir, folder), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, folder, "data.json"), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			var parse *belief.ParseError
			if _, err := Load(dir, name); !errors.As(err, &parse) {
				t.Errorf("%s of %q: error is %v", name, text, err)
			}
		}
	}
}

func BenchmarkLogDensityGrad(b *testing.B) {
	dir := datadir.Path(b, "posteriordb")
	for _, name := range Names() {
		b.Run(name, func(b *testing.B) {
			p, err := Load(dir, name)
			if err != nil {
				b.Fatal(err)
			}
			x, grad := climbed(p, make([]float64, p.Dim())), make([]float64, p.Dim())
			b.ReportAllocs()
			for b.Loop() {
				p.LogDensityGrad(x, grad)
			}
		})
	}
}
