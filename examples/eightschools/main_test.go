package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/draws"
)

// The density of either form is what the distributions of package dist make of the
// model, up to one constant for all points, and its gradient that of differences.
func TestDensity(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range []schools{{centered: true}, {}} {
		constant := math.NaN()
		for range 20 {
			x := make([]float64, dim)
			for i := range x {
				x[i] = 2 * r.NormFloat64()
			}
			q := make([]float64, len(s.Names()))
			s.QuantitiesTo(q, x)
			mu, tau, theta := q[0], q[1], q[2:]
			want := dist.Normal{Sigma: 5}.LogProb(mu) + dist.HalfCauchy{Scale: 5}.LogProb(tau) + x[atTau]
			for j := range n {
				want += dist.Normal{Mu: theta[j], Sigma: stderrs[j]}.LogProb(effects[j])
				if s.centered {
					want += dist.Normal{Mu: mu, Sigma: tau}.LogProb(theta[j])
				} else {
					want += dist.Normal{Sigma: 1}.LogProb(x[j])
				}
			}
			grad := make([]float64, dim)
			got, err := s.LogDensityGrad(x, grad)
			if err != nil {
				t.Fatal(err)
			}
			if math.IsNaN(constant) {
				constant = got - want
			} else if d := got - want - constant; math.Abs(d) > 1e-12*(1+math.Abs(got)) {
				t.Errorf("centered %v: off by %v at %v", s.centered, d, x)
			}
			const h = 1e-5
			for i := range x {
				at := func(d float64) float64 {
					y := slices.Clone(x)
					y[i] += d
					l, _ := s.LogDensity(y)
					return l
				}
				if d := (at(h) - at(-h)) / (2 * h); math.Abs(d-grad[i]) > 1e-6*(1+math.Abs(got)) {
					t.Errorf("centered %v: gradient %d is %v, differences say %v", s.centered, i, grad[i], d)
				}
			}
		}
	}
}

// The non-centered form gives the reference posterior within five standard errors
// of both (a false alarm rate of 6e-7 each), and has good
// diagnostics; the centered form is flagged. The limits leave room for stray
// divergences, as the summary does.
func TestDiagnosis(t *testing.T) {
	run, err := sample(context.Background(), schools{}, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	good := run.Summary()
	if !good.Converged || good.Divergences > 4 || slices.Min(good.EBFMI) < 0.6 {
		t.Errorf("the non-centered form has bad diagnostics:\n%v", good)
	}
	text, err := os.ReadFile(datadir.Path(t, "posteriordb", "eight_schools-eight_schools_noncentered", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Parameters map[string]struct {
			Mean, SD float64
			MCSEMean float64 `json:"mcse_mean"`
			MCSESD   float64 `json:"mcse_sd"`
		}
	}
	if err := json.Unmarshal(text, &reference); err != nil {
		t.Fatal(err)
	}
	for _, q := range good.Quantities {
		want, ok := reference.Parameters[q.Name]
		if !ok {
			continue // the log density
		}
		delete(reference.Parameters, q.Name)
		if q.RHat > 1.01 || q.ESSBulk < 1000 {
			t.Errorf("%s: R-hat %v, ESS %v", q.Name, q.RHat, q.ESSBulk)
		}
		if d := math.Abs(q.Mean-want.Mean) / math.Hypot(q.MCSEMean, want.MCSEMean); d > 5 {
			t.Errorf("%s: mean %v, want %v, %v standard errors away", q.Name, q.Mean, want.Mean, d)
		}
		if d := math.Abs(q.SD-want.SD) / math.Hypot(q.MCSESD, want.MCSESD); d > 5 {
			t.Errorf("%s: sd %v, want %v, %v standard errors away", q.Name, q.SD, want.SD, d)
		}
	}
	if len(reference.Parameters) > 0 {
		t.Errorf("%d quantities are missing", len(reference.Parameters))
	}
}

// What the example says is no luck of its seed.
func TestSeeds(t *testing.T) {
	divergences := 0
	for seed := range uint64(6) {
		run, err := mcmc.NUTS{}.Run(context.Background(), schools{}, mcmc.Config{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		summary := run.Summary()
		if divergences += summary.Divergences; !summary.Converged {
			t.Errorf("seed %d: the non-centered form is not believed:\n%v", seed, summary)
		}
	}
	if divergences > 12 {
		t.Errorf("%d divergences in 6 runs of the non-centered form", divergences)
	}
	for seed := range uint64(2) {
		run, err := mcmc.NUTS{}.Run(context.Background(), schools{centered: true}, mcmc.Config{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if summary := run.Summary(); summary.Converged || summary.Divergences < 5 {
			t.Errorf("seed %d: the centered form is believed:\n%v", seed, summary)
		}
	}
}

// What is printed judges the forms as it should, and what is written are the draws.
func TestPrinted(t *testing.T) {
	name := filepath.Join(t.TempDir(), "schools")
	var out bytes.Buffer
	if err := run(context.Background(), &out, name); err != nil {
		t.Fatal(err)
	}
	var parts [4]string
	rest := out.String()
	for i, title := range []string{"Centered: θ is sampled\n", "Centered, with short steps\n", "Non-centered: η is sampled, θ = μ + τ η\n", "Non-centered, with short steps\n"} {
		before, after, ok := strings.Cut(rest, title)
		if !ok {
			t.Fatalf("no %q in\n%s", title, out.String())
		}
		if rest = after; i > 0 {
			parts[i-1] = before
		}
	}
	parts[3] = rest
	for i, text := range parts {
		wanted := []string{"theta[8]", "4 chains of 1000 draws", "E-BFMI is below 0.3", "ended in a divergence", "=> do not rely on these draws\n"}
		if i >= 2 {
			wanted = []string{"theta[8]", "4 chains of 1000 draws", "=> nothing speaks against these draws\n"}
			for _, bad := range []string{"E-BFMI is below", "R-hat is above", "what lies there is missing"} {
				if strings.Contains(text, bad) {
					t.Errorf("the non-centered form is blamed with %q:\n%s", bad, text)
				}
			}
		}
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("no %q for form %d:\n%s", want, i, text)
			}
		}
	}
	if strings.Contains(parts[3], "warning") {
		t.Errorf("short steps do not take away the last divergences:\n%s", parts[3])
	}
	var files []string
	for _, chain := range []string{"1", "2", "3", "4"} {
		files = append(files, name+"_noncentered_"+chain+".csv")
	}
	d, warnings, err := draws.ReadFiles(files, draws.Options{})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	again, err := sample(context.Background(), schools{}, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range again.Chains {
		if !slices.Equal(c.Values, d.Chains[i].Values) || !slices.Equal(c.Stats, d.Chains[i].Stats) {
			t.Errorf("chain %d of the files is not the one in memory", i+1)
		}
	}
}
