package diagnostics

import (
	"context"
	"testing"
)

// goldens are numbers that testdata/diagnostics.py computes at 30 digits.
type goldens struct {
	Samples []struct {
		Name   string
		Chains [][]float64
		Want   map[string]number
	}
	PSIS []struct {
		Weights  []float64
		REff     float64 `json:"r_eff"`
		K        float64
		Smoothed []float64
	}
	LOO []struct {
		LogLik []float64 `json:"log_lik"`
		Want   map[string]float64
	}
}

// goldenTolerance allows for sums of some hundred numbers and, in fits, differences
// of logarithms.
const goldenTolerance = 1e-10

func readGoldens(t *testing.T) (g goldens) {
	t.Helper()
	readJSON(t, "testdata/diagnostics.json", &g)
	if len(g.Samples) != 13 || len(g.PSIS) != 5 || len(g.LOO) != 3 {
		t.Fatalf("%d samples, %d weights, %d log likelihoods; want 13, 5 and 3", len(g.Samples), len(g.PSIS), len(g.LOO))
	}
	return g
}

func TestGoldenDiagnostics(t *testing.T) {
	functions := map[string]func(chains [][]float64) float64{
		"ebfmi": func(c [][]float64) float64 { return EBFMI(c[0]) },
	}
	for name, f := range diagnosed {
		functions[name] = f
	}
	for _, s := range readGoldens(t).Samples {
		if len(s.Want) != len(functions) {
			t.Errorf("%s: %d numbers, want %d", s.Name, len(s.Want), len(functions))
		}
		for key, f := range functions {
			want, ok := s.Want[key]
			if got := f(s.Chains); !ok || !near(got, float64(want), goldenTolerance) {
				t.Errorf("%s: %s is %.15g, want %.15g", s.Name, key, got, float64(want))
			}
		}
	}
}

func TestGoldenPSIS(t *testing.T) {
	for i, c := range readGoldens(t).PSIS {
		w := append([]float64(nil), c.Weights...)
		if k := PSIS(w, c.REff); !near(k, c.K, goldenTolerance) {
			t.Errorf("case %d: k is %.15g, want %.15g", i, k, c.K)
		}
		for j := range w {
			if !near(w[j], c.Smoothed[j], goldenTolerance) {
				t.Errorf("case %d: weight %d is %.15g, want %.15g", i, j, w[j], c.Smoothed[j])
			}
		}
	}
}

func TestGoldenLOO(t *testing.T) {
	for i, c := range readGoldens(t).LOO {
		logLik := [][][]float64{{c.LogLik}}
		loo, err := LOO(context.Background(), logLik, LOOConfig{RelativeEfficiency: 1})
		if err != nil {
			t.Fatal(err)
		}
		waic, err := WAIC(context.Background(), logLik)
		if err != nil {
			t.Fatal(err)
		}
		p := loo.Points[0]
		for key, got := range map[string]float64{
			"elpd": p.ELPD, "p": p.P, "mcse": p.MCSE, "pareto_k": p.K, "ess": p.ESS,
			"waic": waic.Points[0].ELPD, "p_waic": waic.Points[0].P,
		} {
			if want := c.Want[key]; !near(got, want, goldenTolerance) {
				t.Errorf("case %d: %s is %.15g, want %.15g", i, key, got, want)
			}
		}
	}
}
