package special

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// functions are what the goldens name, and how much each number may be off: relative
// to itself, or to the second number where that is greater. The floor is what the
// value is a difference of.
var functions = map[string]struct {
	of    func(x ...float64) float64
	floor func(x ...float64) float64
}{
	"Digamma":      {of: one(Digamma)},
	"DigammaRest":  {of: one(DigammaRest)},
	"Trigamma":     {of: one(Trigamma)},
	"TrigammaRest": {of: one(TrigammaRest)},
	"LogGamma":     {of: one(LogGamma)},
	"LogGamma1p":   {of: one(LogGamma1p)},
	"Stirling":     {one(Stirling), func(x ...float64) float64 { return 0.1 }},
	"DigammaRise":  {of: two(DigammaRise)},
	"TrigammaFall": {of: two(TrigammaFall)},
	"LogGammaRise": {two(LogGammaRise), func(x ...float64) float64 {
		if x[1] < x[0] {
			return 0
		}
		return math.Abs(LogGamma(x[0]))
	}},
	"LogBeta":          {of: two(LogBeta)},
	"LogBetaScaled":    {of: two(LogBetaScaled)},
	"Log1mExp":         {of: one(Log1mExp)},
	"Expm2":            {of: one(Expm2)},
	"Logistic":         {of: one(Logistic)},
	"LogLogistic":      {of: one(LogLogistic)},
	"Softplus":         {of: one(Softplus)},
	"Logit":            {of: one(Logit)},
	"Bessel.Log":       {of: one(func(k float64) float64 { return BesselI(k).Log })},
	"Bessel.LogScaled": {of: one(func(k float64) float64 { return BesselI(k).LogScaled })},
	"Bessel.Ratio":     {of: one(func(k float64) float64 { return BesselI(k).Ratio })},
	"Bessel.Gap":       {of: one(func(k float64) float64 { return BesselI(k).Gap })},
	"Bessel.Slope": {one(func(k float64) float64 { return BesselI(k).Slope }), func(x ...float64) float64 {
		if x[0] > 20 {
			return 0
		}
		return 0.005
	}},
}

func one(f func(x float64) float64) func(x ...float64) float64 {
	return func(x ...float64) float64 { return f(x[0]) }
}

func two(f func(a, x float64) float64) func(x ...float64) float64 {
	return func(x ...float64) float64 { return f(x[0], x[1]) }
}

// TestGoldens holds every number of testdata/special.py to a relative 1e-13.
func TestGoldens(t *testing.T) {
	data, err := os.ReadFile("testdata/special.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Function  string
		Arguments []float64
		Value     float64
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, r := range rows {
		f := functions[r.Function]
		count[r.Function]++
		size := math.Abs(r.Value)
		if f.floor != nil {
			size = max(size, f.floor(r.Arguments...))
		}
		if got := f.of(r.Arguments...); !(math.Abs(got-r.Value) <= 1e-13*size) {
			t.Errorf("%s(%v) = %v, want %v (off by %.2g)", r.Function, r.Arguments, got, r.Value, math.Abs(got/r.Value-1))
		}
	}
	for name := range functions {
		if count[name] < 20 {
			t.Errorf("%s has %d goldens", name, count[name])
		}
	}
}

// TestOutside shows that nothing hangs where a function is not defined, and that NaN
// does not pass.
func TestOutside(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for name, f := range functions {
		for _, x := range []float64{0, -1, -1e300, -inf, inf, 5e-324} {
			f.of(x, x)
			f.of(1, x)
			f.of(x, 1)
		}
		if v := f.of(nan, nan); !math.IsNaN(v) {
			t.Errorf("%s at NaN is %v", name, v)
		}
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Digamma(0)", Digamma(0), -inf}, {"Digamma(Inf)", Digamma(inf), inf}, {"Digamma(5e-324)", Digamma(5e-324), -inf},
		{"Trigamma(0)", Trigamma(0), inf}, {"Trigamma(Inf)", Trigamma(inf), 0}, {"DigammaRest(Inf)", DigammaRest(inf), 0},
		{"DigammaRise(2, Inf)", DigammaRise(2, inf), inf}, {"DigammaRise(2, 0)", DigammaRise(2, 0), 0},
		{"TrigammaFall(2, Inf)", TrigammaFall(2, inf), Trigamma(2)}, {"TrigammaFall(2, 0)", TrigammaFall(2, 0), 0},
		{"LogGammaRise(2, 0)", LogGammaRise(2, 0), 0}, {"Log1mExp(0)", Log1mExp(0), -inf}, {"Log1mExp(-Inf)", Log1mExp(-inf), 0},
		{"Expm2(0)", Expm2(0), 0}, {"Expm2(Inf)", Expm2(inf), inf}, {"Expm2(-Inf)", Expm2(-inf), inf},
		{"Logistic(-Inf)", Logistic(-inf), 0}, {"Logistic(Inf)", Logistic(inf), 1}, {"LogLogistic(-Inf)", LogLogistic(-inf), -inf},
		{"Softplus(-Inf)", Softplus(-inf), 0}, {"Softplus(Inf)", Softplus(inf), inf}, {"Logit(0)", Logit(0), -inf}, {"Logit(1)", Logit(1), inf},
		{"I(0)", BesselI(0).Log, 0}, {"the slope of I at 0", BesselI(0).Slope, 0.5},
	} {
		if c.got != c.want {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
}
