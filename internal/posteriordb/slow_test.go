package posteriordb

import (
	"math"
	"os"
	"slices"
	"testing"

	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

func slow(t *testing.T) {
	t.Helper()
	if os.Getenv("BELIEF_SLOW") == "" {
		t.Skip("slow: set BELIEF_SLOW=1, or make slow-mcmc")
	}
}

// TestSlowMoments compares means and standard deviations of 20,000 draws with the
// references: five standard errors of both together, which for normal errors is a
// rate of false alarms of 6e-7 for each of the 200 numbers. Those of the centered
// eight schools are as large as their diagnostics are bad.
func TestSlowMoments(t *testing.T) {
	slow(t)
	dir := datadir.Path(t, "posteriordb")
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			moments, err := References(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			r, _, summary := runNUTS(t, name, 1, 5000)
			largest := 0.0
			for _, q := range summary.Quantities {
				m, ok := moments[q.Name]
				if !ok {
					continue
				}
				delete(moments, q.Name)
				zMean := (q.Mean - m.Mean) / math.Hypot(q.MCSEMean, m.MCSEMean)
				zSD := (q.SD - m.SD) / math.Hypot(q.MCSESD, m.MCSESD)
				for what, z := range map[string]float64{"mean": zMean, "sd": zSD} {
					largest = max(largest, math.Abs(z))
					if !(math.Abs(z) <= 5) {
						t.Errorf("%s of %s is off by %.2f standard errors: %+v, reference %+v", what, q.Name, z, q, m)
					}
				}
			}
			if len(moments) > 0 {
				t.Errorf("no draws of %v", moments)
			}
			t.Logf("largest deviation %.2f standard errors; R-hat %.4f, ESS %.0f, %d divergences, %.4f ESS/gradient",
				largest, r.RHat, r.ESS, r.Divergences, r.perGradient())
		})
	}
}

// TestSlowCenteredIsFlagged says that the centered eight schools, whose draws are
// wrong, never pass for right.
func TestSlowCenteredIsFlagged(t *testing.T) {
	slow(t)
	for seed := 1; seed <= 20; seed++ {
		r, _, summary := runNUTS(t, "eight_schools_centered", seed, 1000)
		least := slices.Min(summary.EBFMI)
		t.Logf("seed %d: %d divergences, least E-BFMI %.3f, R-hat %.4f, converged %v: %v", seed, summary.Divergences, least, r.RHat, summary.Converged, codes(summary))
		if summary.Divergences == 0 && least >= 0.3 && r.RHat < 1.01 {
			t.Errorf("seed %d: nothing is flagged", seed)
		}
		if summary.Converged {
			t.Errorf("seed %d: the summary believes the draws", seed)
		}
	}
}

// TestSlowHardTargets says that two posteriors on which others get stuck converge
// from default starts.
func TestSlowHardTargets(t *testing.T) {
	slow(t)
	for _, name := range []string{"gp_pois_regr", "lotka_volterra"} {
		for seed := 1; seed <= 10; seed++ {
			r, _, summary := runNUTS(t, name, seed, 1000)
			t.Logf("%s, seed %d: R-hat %.4f, ESS %.0f, %d divergences: %v", name, seed, r.RHat, r.ESS, r.Divergences, codes(summary))
			if !(r.RHat < 1.01) {
				t.Errorf("%s, seed %d: R-hat %.4f", name, seed, r.RHat)
			}
		}
	}
}

// codes lists the warnings of a summary.
func codes(s *diagnostics.Summary) []string {
	out := []string{}
	for _, w := range s.Warnings {
		out = append(out, w.Code)
	}
	return out
}
