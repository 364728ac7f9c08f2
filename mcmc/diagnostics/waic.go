package diagnostics

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// WAIC estimates predictive densities by the widely applicable information criterion
// of Watanabe (2010): log mean p(y_i) less the variance of log p(y_i) over draws
// (Vehtari, Gelman and Gabry 2017, equations 12 and 13). [LOO] fails later and knows
// when it does; prefer it. Arguments and errors are those of LOO. O(S) for each
// observation.
func WAIC(ctx context.Context, logLik [][][]float64) (*Predictive, error) {
	return predict(ctx, "waic", logLik, 0, func(s *sample) PredictivePoint {
		lpd := careful.LogSumExp(s.x) - math.Log(float64(len(s.x)))
		v := variance(s.x, mean(s.x))
		return PredictivePoint{ELPD: lpd - v, P: v, MCSE: math.NaN(), K: math.NaN(), ESS: math.NaN()}
	})
}

// unreliableP is the variance of a log density above which WAIC is not to be trusted
// (Vehtari, Gelman and Gabry 2017, section 3.3).
const unreliableP = 0.4

// warn fills in the warnings.
func (r *Predictive) warn() {
	limit := ParetoLimit(r.Draws)
	var bad []string
	worst := math.Inf(-1)
	for i, p := range r.Points {
		over := p.K
		if r.Method == "waic" {
			over = p.P
			limit = unreliableP
		}
		if over > limit || math.IsNaN(over) {
			bad = append(bad, fmt.Sprintf("%d (%.2f)", i+1, over))
			worst = max(worst, over)
		}
	}
	if len(bad) == 0 {
		return
	}
	where := "observation "
	if len(bad) > 1 {
		where = "observations "
	}
	w := belief.Warning{Code: "pareto-k", Where: where + listed(bad)}
	switch {
	case r.Method == "waic":
		w.Code = "p-waic"
		w.Text = fmt.Sprintf("the variance of the log density is above %g, and WAIC is not to be trusted there; use LOO", limit)
	case worst > 1:
		w.Text = fmt.Sprintf("Pareto k is above %.2g: these observations move the posterior so far that importance sampling fails, and the sum is too optimistic; fit again without each of them, or see whether the model describes them at all", limit)
	default:
		w.Text = fmt.Sprintf("Pareto k is above %.2g: the estimate is biased and its error too small; draw more, or fit again without each of these observations", limit)
	}
	r.Warnings = append(r.Warnings, w)
}

// String tells the sums with their standard errors, and the warnings.
func (r *Predictive) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of %d observations, %d draws\n", strings.ToUpper(r.Method), len(r.Points), r.Draws)
	for _, row := range []struct {
		name string
		e    belief.Estimate
	}{{"elpd", r.ELPD}, {"p", r.P}, {"ic", r.IC}} {
		value, stdErr := fitted(row.e.Value, row.e.StdErr), fitted(row.e.StdErr, row.e.StdErr)
		fmt.Fprintf(&b, "%-4s  %10s ± %s\n", row.name, value, stdErr)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "warning: %v\n", w)
	}
	return b.String()
}

// MarshalJSON writes numbers that JSON has no name for as [belief.Number] does.
func (p PredictivePoint) MarshalJSON() ([]byte, error) {
	return json.Marshal(pointJSON{belief.Number(p.ELPD), belief.Number(p.P), belief.Number(p.MCSE),
		belief.Number(p.K), belief.Number(p.ESS)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *PredictivePoint) UnmarshalJSON(data []byte) error {
	var in pointJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*p = PredictivePoint{float64(in.ELPD), float64(in.P), float64(in.MCSE), float64(in.K), float64(in.ESS)}
	return nil
}

type pointJSON struct {
	ELPD belief.Number `json:"elpd"`
	P    belief.Number `json:"p"`
	MCSE belief.Number `json:"mcse"`
	K    belief.Number `json:"pareto_k"`
	ESS  belief.Number `json:"ess"`
}
