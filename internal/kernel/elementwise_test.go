package kernel

import (
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// force runs a test with each implementation in turn.
func force(t *testing.T, do func(t *testing.T)) {
	old32, old64 := active32, active64
	defer func() { active32, active64 = old32, old64 }()
	for _, p := range paths() {
		active32, active64 = p.f32, p.f64
		t.Run(p.name, func(t *testing.T) {
			if !p.here {
				t.Skip("this CPU has no " + p.name)
			}
			do(t)
		})
	}
}

// path is an implementation of both precisions.
type path struct {
	name string
	here bool // this CPU has it
	f32  *table[float32]
	f64  *table[float64]
}

// The best implementation that the CPU has is the one in use.
func TestChosen(t *testing.T) {
	best := path{}
	for _, p := range paths() {
		if p.here {
			best = p
		}
	}
	if active32 != best.f32 || active64 != best.f64 {
		t.Errorf("in use is not %s", best.name)
	}
}

const mostUlps = 2

// The functions in double precision are within 2 ulp of values with 30 digits.
func TestElementwise64(t *testing.T) {
	data, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string][][2]string
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	force(t, func(t *testing.T) {
		for name, f := range map[string]func(dst, src []float64){"exp": Exp[float64], "log": Log[float64], "sigmoid": Sigmoid[float64], "tanh": Tanh[float64], "softplus": Softplus[float64], "log1p": Log1p[float64], "expm1": Expm1[float64]} {
			src := make([]float64, len(golden[name]))
			for i, g := range golden[name] {
				if src[i], err = strconv.ParseFloat(g[0], 64); err != nil {
					t.Fatal(err)
				}
			}
			dst := make([]float64, len(src))
			f(dst, src)
			worst, at := 0.0, 0
			for i, g := range golden[name] {
				want, _, err := big.ParseFloat(g[1], 10, 120, big.ToNearestEven)
				if err != nil {
					t.Fatal(err)
				}
				if e := ulps(dst[i], want); !(e <= worst) {
					worst, at = e, i
				}
			}
			if len(src) < 400 || !(worst <= mostUlps) {
				t.Errorf("%s(%v) = %v, want %s: %.2f ulp", name, src[at], dst[at], golden[name][at][1], worst)
			}
			t.Logf("%s: %.2f ulp at most", name, worst)
		}
	})
}

// ulps is the distance of got from want in units of the last place of want.
func ulps(got float64, want *big.Float) float64 {
	near, _ := want.Float64()
	if got == near {
		return 0
	}
	if math.IsInf(got, 0) || math.IsNaN(got) {
		return math.Inf(1)
	}
	unit := math.Nextafter(math.Abs(near), math.Inf(1)) - math.Abs(near)
	d, _ := new(big.Float).Sub(new(big.Float).SetFloat64(got), want).Float64()
	return math.Abs(d) / unit
}

// Up to the largest number, where math.Exp is infinite too early on some processors.
func TestExpLargest(t *testing.T) {
	force(t, func(t *testing.T) {
		for x, want := range map[float64]float64{
			709.25: 1.0552644065332767e+308, 709.436139303104: 1.271161006153651e+308, 709.5: 1.3549863193146328e+308,
			709.75: 1.7398368732641605e+308, 709.7827128933839: 1.7976931348620688e+308, 709.782712893384: 1.7976931348622732e+308,
		} {
			y := []float64{x, x}
			Exp(y[:1], y[:1])
			Expm1(y[1:], y[1:])
			for _, got := range y {
				if math.Abs(got-want) > 0x1p972 { // two units in the last place
					t.Errorf("exp or expm1 of %v is %v, want %v", x, got, want)
				}
			}
		}
	})
}

// Logarithms of subnormal numbers, which package math has wrong on some processors.
func TestLogSubnormal(t *testing.T) {
	force(t, func(t *testing.T) {
		x := []float64{0x1p-1074, 0x1p-1030, 0x1p-1022}
		Log(x, x)
		for i, e := range []float64{-1074, -1030, -1022} {
			if !near(x[i], e*math.Ln2) {
				t.Errorf("log of 2^%v is %v, want %v", e, x[i], e*math.Ln2)
			}
		}
	})
}

// The functions in single precision are within 2 ulp of those of package math.
func TestElementwise32(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	src := make([]float32, 200_003)
	for i := range src {
		switch i % 3 {
		case 0:
			src[i] = math.Float32frombits(r.Uint32())
		case 1:
			src[i] = float32(4 * r.NormFloat64())
		default:
			src[i] = float32(200*r.Float64() - 104)
		}
		if src[i] != src[i] {
			src[i] = 1
		}
	}
	dst := make([]float32, len(src))
	force(t, func(t *testing.T) {
		for name, f := range map[string]struct {
			fast func(dst, src []float32)
			slow func(float64) float64
		}{"exp": {Exp[float32], math.Exp}, "log": {Log[float32], math.Log}, "sigmoid": {Sigmoid[float32], sigmoid}, "tanh": {Tanh[float32], math.Tanh}, "softplus": {Softplus[float32], softplus}, "log1p": {Log1p[float32], math.Log1p}, "expm1": {Expm1[float32], math.Expm1}} {
			f.fast(dst, src)
			worst, at := 0.0, 0
			for i, x := range src {
				want := f.slow(float64(x))
				if math.IsNaN(want) != (dst[i] != dst[i]) {
					t.Errorf("%s(%v) = %v, want %v", name, x, dst[i], want)
				}
				near := float32(want)
				if dst[i] == near || math.IsNaN(want) {
					continue
				}
				unit := float64(math.Nextafter32(float32(math.Abs(float64(near))), float32(math.Inf(1)))) - math.Abs(float64(near))
				if e := math.Abs(float64(dst[i])-want) / unit; !(e <= worst) {
					worst, at = e, i
				}
			}
			if !(worst <= mostUlps) {
				t.Errorf("%s(%v) = %v, want %v: %.2f ulp", name, src[at], dst[at], f.slow(float64(src[at])), worst)
			}
			t.Logf("%s: %.2f ulp at most", name, worst)
		}
	})
}

// Ends, zeros and what is not a number.
func TestElementwiseSpecial(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	force(t, func(t *testing.T) {
		for _, c := range []struct {
			name    string
			f       func(dst, src []float64)
			f32     func(dst, src []float32)
			x, want float64
		}{
			{"exp", Exp[float64], Exp[float32], inf, inf}, {"exp", Exp[float64], Exp[float32], -inf, 0}, {"exp", Exp[float64], Exp[float32], 0, 1},
			{"exp", Exp[float64], Exp[float32], 1e30, inf}, {"exp", Exp[float64], Exp[float32], -1e30, 0}, {"exp", Exp[float64], Exp[float32], nan, nan},
			{"log", Log[float64], Log[float32], inf, inf}, {"log", Log[float64], Log[float32], 0, -inf}, {"log", Log[float64], Log[float32], 1, 0},
			{"log", Log[float64], Log[float32], -1, nan}, {"log", Log[float64], Log[float32], -inf, nan}, {"log", Log[float64], Log[float32], nan, nan},
			{"log", Log[float64], Log[float32], math.Copysign(0, -1), -inf},
			{"sigmoid", Sigmoid[float64], Sigmoid[float32], inf, 1}, {"sigmoid", Sigmoid[float64], Sigmoid[float32], -inf, 0}, {"sigmoid", Sigmoid[float64], Sigmoid[float32], 0, 0.5},
			{"sigmoid", Sigmoid[float64], Sigmoid[float32], nan, nan},
			{"tanh", Tanh[float64], Tanh[float32], inf, 1}, {"tanh", Tanh[float64], Tanh[float32], -inf, -1}, {"tanh", Tanh[float64], Tanh[float32], 0, 0},
			{"tanh", Tanh[float64], Tanh[float32], nan, nan},
			{"log1p", Log1p[float64], Log1p[float32], inf, inf}, {"log1p", Log1p[float64], Log1p[float32], 0, 0}, {"log1p", Log1p[float64], Log1p[float32], -1, -inf},
			{"log1p", Log1p[float64], Log1p[float32], -2, nan}, {"log1p", Log1p[float64], Log1p[float32], -inf, nan}, {"log1p", Log1p[float64], Log1p[float32], nan, nan},
			{"log1p", Log1p[float64], Log1p[float32], 0x1p-149, 0x1p-149}, {"log1p", Log1p[float64], Log1p[float32], -0x1p-149, -0x1p-149},
			{"expm1", Expm1[float64], Expm1[float32], inf, inf}, {"expm1", Expm1[float64], Expm1[float32], -inf, -1}, {"expm1", Expm1[float64], Expm1[float32], 0, 0},
			{"expm1", Expm1[float64], Expm1[float32], 1e30, inf}, {"expm1", Expm1[float64], Expm1[float32], -1e30, -1}, {"expm1", Expm1[float64], Expm1[float32], nan, nan},
			{"expm1", Expm1[float64], Expm1[float32], 0x1p-149, 0x1p-149}, {"expm1", Expm1[float64], Expm1[float32], -0x1p-149, -0x1p-149},
			{"softplus", Softplus[float64], Softplus[float32], inf, inf}, {"softplus", Softplus[float64], Softplus[float32], -inf, 0}, {"softplus", Softplus[float64], Softplus[float32], nan, nan},
		} {
			for n := 1; n < 20; n++ { // at every place of a vector, and of the rest
				src, dst := make([]float64, n), make([]float64, n)
				src32, dst32 := make([]float32, n), make([]float32, n)
				src[n-1], src32[n-1] = c.x, float32(c.x)
				c.f(dst, src)
				c.f32(dst32, src32)
				if !same(dst[n-1], c.want) || !same(float64(dst32[n-1]), c.want) {
					t.Errorf("%s(%v) = %v and %v, want %v", c.name, c.x, dst[n-1], dst32[n-1], c.want)
					break
				}
			}
		}
	})
}

func same(a, b float64) bool { return a == b || a != a && b != b }
