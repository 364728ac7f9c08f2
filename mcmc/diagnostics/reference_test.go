package diagnostics

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/belief-go/belief/internal/datadir"
)

// number reads a number of a reference, where text or null stand for NaN.
type number float64

func (n *number) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*float64)(n)) != nil || string(data) == "null" {
		*n = number(math.NaN())
		if string(data) == `"Inf"` {
			*n = number(math.Inf(1))
		}
	}
	return nil
}

// readColumns reads a CSV file with a line of names; NA is NaN.
func readColumns(t testing.TB, path string) [][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := make([][]float64, len(rows[0]))
	for _, row := range rows[1:] {
		for j, cell := range row {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				if cell != "NA" {
					t.Fatal(err)
				}
				v = math.NaN()
			}
			columns[j] = append(columns[j], v)
		}
	}
	return columns
}

func readJSON(t testing.TB, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// near tells whether got is want to a relative error; NaN is near NaN only.
func near(got, want, tolerance float64) bool {
	if math.IsNaN(want) || math.IsNaN(got) {
		return math.IsNaN(want) && math.IsNaN(got)
	}
	return got == want || math.Abs(got-want) <= tolerance*math.Abs(want)
}

// diagnosed are the diagnostics by the names of the reference.
var diagnosed = map[string]func(chains [][]float64) float64{
	"rhat":               RHat,
	"rhat_basic_split":   func(c [][]float64) float64 { return RHatBasic(c, true) },
	"rhat_basic_nosplit": func(c [][]float64) float64 { return RHatBasic(c, false) },
	"ess_bulk":           ESSBulk,
	"ess_tail":           ESSTail,
	"ess_mean":           ESSMean,
	"ess_sd":             ESSSD,
	"ess_median":         func(c [][]float64) float64 { return ESSQuantile(c, 0.5) },
	"ess_q05":            func(c [][]float64) float64 { return ESSQuantile(c, 0.05) },
	"ess_q95":            func(c [][]float64) float64 { return ESSQuantile(c, 0.95) },
	"ess_basic_split":    func(c [][]float64) float64 { return ESSBasic(c, true) },
	"ess_basic_nosplit":  func(c [][]float64) float64 { return ESSBasic(c, false) },
	"mcse_mean":          MCSEMean,
	"mcse_sd":            MCSESD,
	"mcse_median":        func(c [][]float64) float64 { return MCSEQuantile(c, 0.5) },
	"mcse_q05":           func(c [][]float64) float64 { return MCSEQuantile(c, 0.05) },
	"mcse_q95":           func(c [][]float64) float64 { return MCSEQuantile(c, 0.95) },
	"mean":               func(c [][]float64) float64 { return mean(newSample(c).x) },
	"sd":                 func(c [][]float64) float64 { return newSample(c).sd() },
	"median":             func(c [][]float64) float64 { return Quantile(newSample(c).x, 0.5) },
	"q05":                func(c [][]float64) float64 { return Quantile(newSample(c).x, 0.05) },
	"q95":                func(c [][]float64) float64 { return Quantile(newSample(c).x, 0.95) },
	"mad": func(c [][]float64) float64 {
		s := newSample(c)
		if s.nan {
			return math.NaN()
		}
		s.sort()
		return medianDeviation(s.sorted)
	},
}

// TestPosterior compares every diagnostic with posterior 1.4.0 on 20 samples.
func TestPosterior(t *testing.T) {
	expected := make(map[string]map[string]number)
	readJSON(t, datadir.Path(t, "diagnostics", "expected.json"), &expected)
	if len(expected) != 20 {
		t.Errorf("%d samples, want 20", len(expected))
	}
	for name, want := range expected {
		chains := readColumns(t, datadir.Path(t, "diagnostics", name+".csv"))
		for key, f := range diagnosed {
			w, ok := want[key]
			if !ok {
				t.Fatalf("%s has no %s", name, key)
			}
			if got := f(chains); !near(got, float64(w), 1e-8) {
				t.Errorf("%s: %s is %.15g, want %.15g", name, key, got, float64(w))
			}
		}
	}
}

// TestPrimitives compares what the diagnostics are made of with posterior 1.4.0.
func TestPrimitives(t *testing.T) {
	expected := make(map[string]struct {
		Autocovariance  []float64 `json:"autocovariance_chain1"`
		Autocorrelation []float64 `json:"autocorrelation_chain1"`
		ZScale          []float64 `json:"z_scale_first5"`
		EBFMI           float64   `json:"ebfmi_of_chain1"`
		Quantiles       []float64 `json:"quantile_type7"`
	})
	readJSON(t, datadir.Path(t, "diagnostics", "expected_primitives.json"), &expected)
	for name, want := range expected {
		chains := readColumns(t, filepath.Join(datadir.Path(t, "diagnostics"), name+".csv"))
		quantiles := []float64{}
		for _, p := range []float64{0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975} {
			quantiles = append(quantiles, Quantile(newSample(chains).x, p))
		}
		for _, c := range []struct {
			what      string
			got, want []float64
		}{
			{"autocovariance", Autocovariance(chains[0]), want.Autocovariance},
			{"autocorrelation", Autocorrelation(chains[0]), want.Autocorrelation},
			{"z scale", ZScale(chains)[0], want.ZScale},
			{"E-BFMI", []float64{EBFMI(chains[0])}, []float64{want.EBFMI}},
			{"quantiles", quantiles, want.Quantiles},
		} {
			for i, w := range c.want {
				if !near(c.got[i], w, 1e-8) {
					t.Errorf("%s: %s[%d] is %.15g, want %.15g", name, c.what, i, c.got[i], w)
				}
			}
		}
	}
}
