package montecarlo

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A panic of a user's function is an error with the function and the point.
func TestPanics(t *testing.T) {
	cause := errors.New("out of tables")
	at := func(x float64) float64 {
		if x > 0.5 {
			panic(cause)
		}
		return -x * x / 2
	}
	of := func(x []float64) float64 { return at(x[0]) }
	flat := func([]float64) float64 { return 0 }
	unit := Func{N: 1, Draw: func(dst []float64, r *rand.Rand) { dst[0] = r.Float64() }, Log: flat}
	broken := unit
	broken.Log = of
	mean := func(e Expectation, f func([]float64) float64) error {
		_, err := e.Of(ctx, unit, f)
		return err
	}
	weighted := func(s Importance) error {
		_, err := s.Sample(ctx)
		return err
	}
	w, err := Importance{LogDensity: flat, Proposal: unit, Draws: 1000}.Sample(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second := func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"function":                        mean(Expectation{}, of),
		"function, one worker":            mean(Expectation{Workers: 1}, of),
		"control":                         mean(Expectation{Controls: []Control{{of, 0}}}, flat),
		"antithetic partner":              mean(Expectation{Antithetic: func(_, x []float64) { of(x) }}, flat),
		"log density, importance":         weighted(Importance{LogDensity: of, Proposal: unit}),
		"log density of the proposal":     weighted(Importance{LogDensity: flat, Proposal: broken}),
		"function, plain":                 second(w.Plain(of)),
		"function, smoothed":              second(w.Mean(of)),
		"log density, rejection":          second(Rejection{LogDensity: of, Proposal: unit}.Sample(ctx, 100)),
		"log density, hull":               second(LogConcave{LogDensity: at}.Sample(ctx, 1000)),
		"slope of the log density":        second(LogConcave{LogDensity: dist.Normal{Mu: 0, Sigma: 1}.LogProb, Slope: func(x float64) float64 { at(x); return -x }}.Sample(ctx, 1000)),
		"log density, table":              second(Tabulate(at, 0, 1)),
		"distribution function, inverted": second(InvertCDF(func(x float64) float64 { at(x); return 0 }, 0, 1)),
	} {
		function, _, _ := strings.Cut(name, ",")
		var point *PointError
		if !errors.As(err, &point) || !errors.Is(err, cause) || point.Function != function || len(point.X) != 1 || !(point.X[0] > 0.5) || !strings.Contains(point.Stack, "TestPanics") ||
			!strings.Contains(err.Error(), "panics at x = [") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is not finite comes through JSON.
func TestJSON(t *testing.T) {
	some := func(x []float64) float64 {
		if x[0] < 0.5 {
			return math.Inf(-1)
		}
		return 0
	}
	unit := Func{N: 1, Draw: func(dst []float64, r *rand.Rand) { dst[0] = r.Float64() }, Log: func([]float64) float64 { return 0 }}
	for _, n := range []int{1, 5, 200} {
		w, err := Importance{LogDensity: some, Proposal: unit, Draws: n}.Sample(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var back Weighted
		text, err := json.Marshal(*w)
		if err != nil || json.Unmarshal(text, &back) != nil {
			t.Fatalf("%s, %v", text, err)
		}
		if d := cmp.Diff(*w, back); d != "" {
			t.Error(d)
		}
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	for _, m := range []Mean{
		{Estimate: unknown(), Variance: math.NaN(), Draws: 1},
		{Estimate: belief.Estimate{Value: 2, Kind: belief.Sampled, StdErr: 0.5}, Variance: 0.25, Converged: true},
	} {
		var back Mean
		text, err := json.Marshal(m)
		if err != nil || json.Unmarshal(text, &back) != nil {
			t.Fatalf("%s, %v", text, err)
		}
		if d := cmp.Diff(m, back, cmpopts.EquateNaNs()); d != "" {
			t.Error(d)
		}
	}
	m, err := Expectation{}.Of(stopped, unit, some)
	if text, e := json.Marshal(m); err == nil || e != nil || !strings.Contains(string(text), `"Variance":0`) {
		t.Errorf("%s, %v, %v", text, e, err)
	}
}

// A peak between the places that Tabulate looks at is said to be one.
func TestTabulateMissed(t *testing.T) {
	narrow := func(x float64) float64 { return dist.Normal{Mu: 0.123456, Sigma: 1e-6}.LogProb(x) }
	for _, f := range []func(float64) float64{narrow, func(x float64) float64 {
		if math.Abs(x-0.123456) > 1e-7 {
			return math.Inf(-1)
		}
		return 0
	}} {
		_, err := Tabulate(f, -1000, 1000)
		var config *belief.ConfigError
		if !errors.As(err, &config) || config.Field != "interval" || !strings.Contains(config.Want, "closer around") {
			t.Error(err)
		}
	}
}
