package diagnostics

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/mcmc/draws"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
		bad := map[string]int{"eight_schools": 1, "kidscore_outliers": 4}[name]
		over := 0
		for _, p := range loo.Points {
			if p.K > 0.7 {
				over++
			}
		}
		if over != bad || len(loo.Warnings) != 1 || loo.Warnings[0].Code != "pareto-k" {
			t.Errorf("%s: %d observations of k above 0.7, want %d; warnings %v", name, over, bad, loo.Warnings)
		}
	}
}

// TestLOOExact compares with exact leave-one-out densities: of a normal mean with
// known variance and a flat prior, N(mean of the others, 1 + 1/(n − 1)).
func TestLOOExact(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	const n = 30
	y, sum := make([]float64, n), 0.0
	for i := range y {
		y[i] = r.NormFloat64()
		sum += y[i]
	}
	logLik := make([][][]float64, n)
	for i := range logLik {
		logLik[i] = make([][]float64, 4)
	}
	for chain := range 4 {
		for range 2000 {
			mu := sum/n + r.NormFloat64()/math.Sqrt(n)
			for i, v := range y {
				logLik[i][chain] = append(logLik[i][chain], -0.5*(v-mu)*(v-mu)-0.5*math.Log(2*math.Pi))
			}
		}
	}
	loo, err := LOO(context.Background(), logLik, LOOConfig{})
	if err != nil {
		t.Fatal(err)
	}
	waic, err := WAIC(context.Background(), logLik)
	if err != nil {
		t.Fatal(err)
	}
	if len(loo.Warnings)+len(waic.Warnings) > 0 {
		t.Errorf("warnings %v, %v", loo.Warnings, waic.Warnings)
	}
	exact := 0.0
	for i, v := range y {
		variance, d := 1+1.0/(n-1), v-(sum-v)/(n-1)
		want := -0.5*d*d/variance - 0.5*math.Log(2*math.Pi*variance)
		exact += want
		p := loo.Points[i]
		if math.Abs(p.ELPD-want) > 6*p.MCSE {
			t.Errorf("observation %d: %g ± %g, want %g", i, p.ELPD, p.MCSE, want)
		}
	}
	if !near(waic.ELPD.Value, exact, 0.002) {
		t.Errorf("WAIC is %g, want %g", waic.ELPD.Value, exact)
	}
	one, err := LOO(context.Background(), logLik, LOOConfig{Workers: 1})
	if diff := cmp.Diff(one, loo); err != nil || diff != "" {
		t.Errorf("one worker gives another result (%v):\n%s", err, diff)
	}
}

// TestRelativeEfficiency shows what it changes where tails are a fifth of the draws
// in any case, and that it is estimated from likelihoods.
func TestRelativeEfficiency(t *testing.T) {
	chains := autoregressive(21, 4, 20, 0.5)
	likelihoods := make([][]float64, len(chains))
	for i, c := range chains {
		for _, l := range c {
			likelihoods[i] = append(likelihoods[i], math.Exp(l))
		}
	}
	point := func(efficiency float64) PredictivePoint {
		p, err := LOO(context.Background(), [][][]float64{chains}, LOOConfig{RelativeEfficiency: efficiency})
		if err != nil {
			t.Fatal(err)
		}
		return p.Points[0]
	}
	one := point(1)
	for configured, actual := range map[float64]float64{0.25: 0.25, 0: ESSMean(likelihoods) / 80} {
		want := one
		want.MCSE /= math.Sqrt(actual)
		want.ESS *= actual
		got := point(configured)
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" || actual > 0.9 {
			t.Errorf("efficiency %g, %g:\n%s", configured, actual, diff)
		}
	}
}

// TestLOOErrors lists input that is refused.
func TestLOOErrors(t *testing.T) {
	good := [][][]float64{{{-1, -2, -3}}, {{-1, -3, -2}}}
	for name, c := range map[string]struct {
		logLik [][][]float64
		config LOOConfig
	}{
		"no observations":     {nil, LOOConfig{}},
		"one draw":            {[][][]float64{{{-1}}}, LOOConfig{}},
		"different lengths":   {[][][]float64{{{-1, -2}}, {{-1, -2, -3}}}, LOOConfig{}},
		"negative efficiency": {good, LOOConfig{RelativeEfficiency: -1}},
		"NaN efficiency":      {good, LOOConfig{RelativeEfficiency: math.NaN()}},
	} {
		var config *belief.ConfigError
		if _, err := LOO(context.Background(), c.logLik, c.config); !errors.As(err, &config) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := LOO(ctx, good, LOOConfig{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		var bad *LogLikelihoodError
		_, err := WAIC(context.Background(), [][][]float64{{{-1, -2}}, {{-1, v}}})
		if !errors.As(err, &bad) || bad.Observation != 1 || bad.Chain != 0 || bad.Draw != 1 {
			t.Errorf("%g: error %v", v, err)
		}
	}
	// Too few draws for a fit are no error, but a warning.
	p, err := LOO(context.Background(), good, LOOConfig{})
	if err != nil || len(p.Warnings) != 1 || p.Warnings[0].Code != "pareto-k" {
		t.Errorf("%v, %v", p, err)
	}
}

func TestLogLikelihoods(t *testing.T) {
	d := draws.New([]string{"log_lik[1]", "log_likelihood", "mu", "log_lik[2]"}, nil, 2, 1)
	for i, c := range d.Chains {
		c.Values = []float64{1, 2, 3, float64(4 + i)}
	}
	got, err := LogLikelihoods(d, "log_lik")
	if diff := cmp.Diff([][][]float64{{{1}, {1}}, {{4}, {5}}}, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	var unknown *belief.UnknownNameError
	if _, err := LogLikelihoods(d, "loglik"); !errors.As(err, &unknown) {
		t.Errorf("error %v", err)
	}
}

// TestPredictiveJSON writes and reads.
func TestPredictiveJSON(t *testing.T) {
	logLik := [][][]float64{autoregressive(1, 2, 50, 0), autoregressive(2, 2, 50, 0)}
	for _, make := range []func() (*Predictive, error){
		func() (*Predictive, error) { return LOO(context.Background(), logLik, LOOConfig{}) },
		func() (*Predictive, error) { return WAIC(context.Background(), logLik) },
	} {
		want, err := make()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got Predictive
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, &got, cmpopts.EquateNaNs()); diff != "" {
			t.Error(diff)
		}
	}
}
