package diagnostics

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/mcmc/draws"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// table makes draws of one quantity.
func table(name string, chains [][]float64) *draws.Draws {
	d := draws.New([]string{name}, nil, len(chains), 0)
	for i, c := range chains {
		d.Chains[i].Values = c
	}
	return d
}

// written is a summary as JSON has it.
type written struct {
	Chains, Iterations int
	Converged          bool
	Quantities         []map[string]any
	Divergences        *int
	Saturated          *int `json:"max_treedepth_hits"`
	EBFMI              []number
	Warnings           []belief.Warning
}

func write(t testing.TB, s *Summary) (w written) {
	t.Helper()
	text, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(text, &w)
	}
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// value is a number of JSON, where null stands for NaN.
func value(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case string:
		if v == "Inf" {
			return math.Inf(1)
		}
		return math.Inf(-1)
	}
	return math.NaN()
}

// TestSummaryReference compares the JSON of summaries with all that posterior gives
// for 20 samples, under its names.
func TestSummaryReference(t *testing.T) {
	expected := make(map[string]map[string]any)
	readJSON(t, datadir.Path(t, "diagnostics", "expected.json"), &expected)
	for name, want := range expected {
		s := write(t, Summarize(table(name, readColumns(t, datadir.Path(t, "diagnostics", name+".csv")))))
		if float64(s.Iterations) != want["iterations"] || float64(s.Chains) != want["chains"] {
			t.Errorf("%s: %d chains of %d draws", name, s.Chains, s.Iterations)
		}
		got := s.Quantities[0]
		if got["name"] != name {
			t.Errorf("%s is named %v", name, got["name"])
		}
		seen := 0
		for key, w := range want {
			if key == "iterations" || key == "chains" || key == "rstar_note" {
				continue
			}
			seen++
			v := math.NaN()
			switch w := w.(type) {
			case float64:
				v = w
			case string:
				if w == "Inf" {
					v = math.Inf(1)
				}
			}
			if g, ok := got[key]; !ok || !near(value(g), v, 1e-8) {
				t.Errorf("%s: %s is %v, want %g", name, key, g, v)
			}
		}
		if seen != 23 || len(got) != 24 {
			t.Errorf("%s: %d numbers compared, %d written", name, seen, len(got))
		}
	}
}

// TestSummaryGolden does the same with the samples of testdata.
func TestSummaryGolden(t *testing.T) {
	for _, sample := range readGoldens(t).Samples {
		got := write(t, Summarize(table("x", sample.Chains))).Quantities[0]
		for key, want := range sample.Want {
			if key != "ebfmi" && !near(value(got[key]), float64(want), goldenTolerance) {
				t.Errorf("%s: %s is %v, want %g", sample.Name, key, got[key], float64(want))
			}
		}
	}
}

// several makes draws of quantities of every kind, with statistics.
func several() *draws.Draws {
	d := draws.New([]string{"a", "with \"quotes\", comma", "μ", "fixed", "count"},
		[]string{draws.LogDensity, draws.Divergent, draws.TreeDepth, draws.Energy}, 4, 300)
	r := rand.New(rand.NewPCG(4, 4))
	for _, c := range d.Chains {
		for range 300 {
			x := r.NormFloat64()
			c.Values = append(c.Values, x, 1e6+x, x/0, 1, float64(r.IntN(3)))
			c.Stats = append(c.Stats, -x*x, 0, float64(3+r.IntN(2)), r.NormFloat64())
		}
	}
	return d
}

// TestSummaryWorkers shows that the number of workers changes nothing.
func TestSummaryWorkers(t *testing.T) {
	var first string
	for _, workers := range []int{1, 2, 7} {
		s, err := Config{Workers: workers}.Summarize(context.Background(), several())
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			t.Errorf("%d workers: another result", workers)
		}
	}
}

// TestSummaryCSV reads back what is written, and compares it with the JSON.
func TestSummaryCSV(t *testing.T) {
	s, err := Config{Quantiles: []float64{0, 0.025, 0.05, 0.5, 0.9, 0.975}}.Summarize(context.Background(), several())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := s.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := write(t, s).Quantities
	if len(rows) != 1+len(want) || len(want) != 6 || want[0]["name"] != "lp__" {
		t.Fatalf("%d rows, %d quantities of which the first is %v", len(rows), len(want), want[0]["name"])
	}
	for i, q := range want {
		if len(rows[0]) != len(q) {
			t.Errorf("%d columns, %d keys", len(rows[0]), len(q))
		}
		for j, key := range rows[0] {
			if key == "name" {
				if rows[i+1][j] != q["name"] {
					t.Errorf("name %q, want %q", rows[i+1][j], q["name"])
				}
				continue
			}
			got, err := strconv.ParseFloat(rows[i+1][j], 64)
			if err != nil || !near(got, value(q[key]), 0) {
				t.Errorf("%s of %s is %s, want %v", key, q["name"], rows[i+1][j], q[key])
			}
		}
	}
	for _, key := range []string{"q00", "q02.5", "q05", "q90", "q97.5", "ess_q97.5", "mcse_q02.5", "median"} {
		if _, ok := want[0][key]; !ok {
			t.Errorf("no key %s", key)
		}
	}
	if v, ok := want[0]["q50"]; ok {
		t.Errorf("the median is there twice, also as q50: %v", v)
	}
}

// TestSummaryTable holds the shape of the table: as many columns in every row, of the
// same width.
func TestSummaryTable(t *testing.T) {
	lines := strings.Split(Summarize(several()).String(), "\n")
	for _, line := range lines[:7] {
		if got, want := len([]rune(line)), len([]rune(lines[0])); got != want {
			t.Errorf("a line is %d wide, want %d: %q", got, want, line)
		}
	}
	if want := "4 chains of 300 draws, 0 divergences, E-BFMI "; !strings.HasPrefix(lines[7], want) {
		t.Errorf("%q does not begin with %q", lines[7], want)
	}
}

func TestSummaryErrors(t *testing.T) {
	for name, c := range map[string]Config{
		"above one":      {Quantiles: []float64{0.5, 1.1}},
		"NaN":            {Quantiles: []float64{math.NaN()}},
		"not increasing": {Quantiles: []float64{0.5, 0.5}},
		"negative depth": {MaxTreeDepth: -1},
	} {
		var config *belief.ConfigError
		if _, err := c.Summarize(context.Background(), several()); !errors.As(err, &config) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Config{}).Summarize(ctx, several()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

// TestSummaryAnything summarizes whatever a file can hold.
func TestSummaryAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b"}[:rapid.IntRange(0, 2).Draw(t, "quantities")]
		stats := []string{draws.LogDensity, draws.Divergent, draws.TreeDepth, draws.Energy}[:rapid.IntRange(0, 4).Draw(t, "stats")]
		d := draws.New(names, stats, rapid.IntRange(0, 3).Draw(t, "chains"), 0)
		values := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}))
		for _, c := range d.Chains {
			n := rapid.IntRange(0, 9).Draw(t, "draws")
			c.Values = rapid.SliceOfN(values, n*len(names), n*len(names)).Draw(t, "values")
			c.Stats = rapid.SliceOfN(values, n*len(stats), n*len(stats)).Draw(t, "statistics")
		}
		s := Summarize(d)
		if _, err := json.Marshal(s); err != nil {
			t.Error(err)
		}
		if err := s.WriteCSV(new(bytes.Buffer)); err != nil {
			t.Error(err)
		}
		if s.String() == "" || s.Converged && s.Chains == 0 {
			t.Error("no draws are said to be good")
		}
	})
}

// TestQuantityConstant tells apart what is fixed and what cannot be computed.
func TestQuantityConstant(t *testing.T) {
	s := Summarize(several())
	var fixed []string
	for _, q := range s.Quantities {
		if q.Constant {
			fixed = append(fixed, q.Name)
		}
	}
	if diff := cmp.Diff([]string{"fixed"}, fixed, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}
