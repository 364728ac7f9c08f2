package diagnostics

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/google/go-cmp/cmp"
)

// predictive makes a Predictive of given densities.
func predictive(method string, elpd ...float64) *Predictive {
	p := &Predictive{Method: method, ELPD: total(elpd)}
	for _, v := range elpd {
		p.Points = append(p.Points, PredictivePoint{ELPD: v})
	}
	return p
}

// TestCompare is worked out by hand: differences of the best and the worst are −4, −6
// and −8, with variance 4, so that the error of their sum is √(3·4).
func TestCompare(t *testing.T) {
	worst := Model{"worst", predictive("loo", -5, -8, -11)}
	best := Model{"best", predictive("loo", -1, -2, -3)}
	second := Model{"close", predictive("loo", -2, -2, -3)}
	worst.Predictive.Warnings = []belief.Warning{{Code: "pareto-k", Where: "observation 2", Text: "…"}}
	c, err := Compare(worst, best, second)
	if err != nil {
		t.Fatal(err)
	}
	sampled := func(v, se float64) belief.Estimate {
		return belief.Estimate{Value: v, Kind: belief.Sampled, StdErr: se}
	}
	want := []ComparisonRow{
		{Name: "best", ELPD: best.Predictive.ELPD},
		{Name: "close", Difference: sampled(-1, 1), ELPD: second.Predictive.ELPD},
		{Name: "worst", Difference: sampled(-18, math.Sqrt(12)), ELPD: worst.Predictive.ELPD},
	}
	if diff := cmp.Diff(want, c.Rows, cmp.Comparer(func(a, b float64) bool { return near(a, b, 1e-14) })); diff != "" {
		t.Error(diff)
	}
	var codes []string
	for _, w := range c.Warnings {
		codes = append(codes, w.Code+" "+w.Where)
	}
	if diff := cmp.Diff([]string{"pareto-k worst, observation 2", "small-difference close", "few-observations "}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestCompareErrors(t *testing.T) {
	good := Model{"a", predictive("loo", -1, -2)}
	for name, models := range map[string][]Model{
		"none":                   nil,
		"nothing computed":       {{Name: "a"}},
		"second not computed":    {good, {Name: "b"}},
		"different methods":      {good, {"b", predictive("waic", -1, -2)}},
		"different observations": {good, {"b", predictive("loo", -1, -2, -3)}},
	} {
		var config *belief.ConfigError
		if _, err := Compare(models...); !errors.As(err, &config) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
