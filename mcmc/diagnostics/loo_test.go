package diagnostics

import (
	"context"
	"math"
	"testing"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/datadir"
)

// TestLOOReference compares with loo 2.5.1 on two models, one with outliers.
func TestLOOReference(t *testing.T) {
	var expected map[string]struct {
		LOO       map[string]float64 `json:"loo"`
		LOOSE     map[string]float64 `json:"loo_se"`
		ELPD      []float64          `json:"pointwise_elpd_loo"`
		MCSE      []float64          `json:"pointwise_mcse"`
		K         []float64          `json:"pareto_k"`
		ESS       []float64          `json:"psis_n_eff"`
		MaxWeight []float64          `json:"max_log_weight"`
		WAIC      map[string]float64 `json:"waic"`
		WAICSE    map[string]float64 `json:"waic_se"`
	}
	readJSON(t, datadir.Path(t, "diagnostics", "loo", "expected.json"), &expected)
	check := func(what string, got, want float64) {
		t.Helper()
		if !near(got, want, 1e-8) {
			t.Errorf("%s is %.15g, want %.15g", what, got, want)
		}
	}
	for name, want := range expected {
		var logLik [][][]float64
		for _, column := range readColumns(t, datadir.Path(t, "diagnostics", "loo", name+"_loglik.csv")) {
			logLik = append(logLik, [][]float64{column})
		}
		loo, err := LOO(context.Background(), logLik, LOOConfig{RelativeEfficiency: 1})
		if err != nil {
			t.Fatal(err)
		}
		waic, err := WAIC(context.Background(), logLik)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range loo.Points {
			check("elpd", p.ELPD, want.ELPD[i])
			check("mcse", p.MCSE, want.MCSE[i])
			check("k", p.K, want.K[i])
			check("ess", p.ESS, want.ESS[i])
			w := make([]float64, loo.Draws)
			largest := math.Inf(-1)
			for j, l := range logLik[i][0] {
				w[j] = -l
			}
			check("k of PSIS", PSIS(w, 1), want.K[i])
			total := careful.LogSumExp(w)
			for j := range w {
				w[j] -= total
				largest = max(largest, w[j])
			}
			check("largest weight", largest, want.MaxWeight[i])
			check("ess of weights", ESSWeights(w), want.ESS[i])
		}
		check("elpd_loo", loo.ELPD.Value, want.LOO["elpd_loo"])
		check("p_loo", loo.P.Value, want.LOO["p_loo"])
		check("looic", loo.IC.Value, want.LOO["looic"])
		check("se of elpd_loo", loo.ELPD.StdErr, want.LOOSE["elpd_loo"])
		check("se of p_loo", loo.P.StdErr, want.LOOSE["p_loo"])
		check("se of looic", loo.IC.StdErr, want.LOOSE["looic"])
		check("elpd_waic", waic.ELPD.Value, want.WAIC["elpd_waic"])
		check("p_waic", waic.P.Value, want.WAIC["p_waic"])
		check("waic", waic.IC.Value, want.WAIC["waic"])
		check("se of elpd_waic", waic.ELPD.StdErr, want.WAICSE["elpd_waic"])
		check("se of p_waic", waic.P.StdErr, want.WAICSE["p_waic"])
		check("se of waic", waic.IC.StdErr, want.WAICSE["waic"])
		t.Log(loo, waic)
	}
}
