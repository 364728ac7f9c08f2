package diagnostics

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/mcmc/draws"
	"gonum.org/v1/gonum/mathext"
)

// A Predictive says how well a model is expected to predict a new observation of
// each kind it has seen: the expected log predictive density (ELPD), in nats. It is
// made by [LOO] or [WAIC].
type Predictive struct {
	Method   string            `json:"method"` // "loo" or "waic"
	ELPD     belief.Estimate   `json:"elpd"`   // Σ of the points; greater is better
	P        belief.Estimate   `json:"p"`      // effective number of parameters
	IC       belief.Estimate   `json:"ic"`     // −2 ELPD, on the scale of deviance
	Draws    int               `json:"draws"`
	Points   []PredictivePoint `json:"points"`
	Warnings []belief.Warning  `json:"warnings"`
}

// A PredictivePoint is the part of one observation in a [Predictive].
type PredictivePoint struct {
	ELPD float64 // log predictive density of the observation, left out of the fit
	P    float64 // how much more the fit with it knows of it
	// Of LOO only, else NaN:
	MCSE float64 // Monte Carlo standard error of ELPD; too small if K is above ParetoLimit
	K    float64 // Pareto k of the weights
	ESS  float64 // of the weighted draws
}

// A LogLikelihoodError says which log likelihood cannot be used.
type LogLikelihoodError struct {
	Observation, Chain, Draw int // from 0
	Value                    float64
}

// Error names the place, counted from 1 as files do.
func (e *LogLikelihoodError) Error() string {
	return fmt.Sprintf("diagnostics: the log likelihood of observation %d is %g in draw %d of chain %d; it must be finite",
		e.Observation+1, e.Value, e.Draw+1, e.Chain+1)
}

// LOOConfig are the settings of [LOO].
type LOOConfig struct {
	// RelativeEfficiency of the draws, ESS over their number. 0 estimates it for
	// each observation, from its likelihoods.
	RelativeEfficiency float64
	Workers            int // goroutines, 0 for all cores; the result does not depend on it
}

// LogLikelihoods returns the log likelihoods of observations in the form that [LOO]
// and [WAIC] take them, from the columns name[1], name[2], … (or name.1, name.2, …)
// of draws, in their order. The error is a [*belief.UnknownNameError].
func LogLikelihoods(d *draws.Draws, name string) ([][][]float64, error) {
	var found [][][]float64
	for _, column := range d.Names {
		rest, ok := strings.CutPrefix(column, name)
		if ok && (rest == "" || rest[0] == '[' || rest[0] == '.') {
			c, _ := d.Column(column)
			found = append(found, c)
		}
	}
	if found == nil {
		return nil, &belief.UnknownNameError{Kind: "quantity", Name: name, In: "the draws"}
	}
	return found, nil
}

// LOO estimates leave-one-out predictive densities without fitting again, by Pareto
// smoothed importance sampling (Vehtari, Gelman and Gabry 2017, equation 10).
// logLik[i] holds the log likelihood of observation i in the chains of draws.
// Observations whose Pareto k says that their estimate is not to be trusted are
// warned of. The error is a [*LogLikelihoodError], a [*belief.ConfigError], or that
// of ctx. O(S log S) for each observation.
func LOO(ctx context.Context, logLik [][][]float64, c LOOConfig) (*Predictive, error) {
	if r := c.RelativeEfficiency; !(r >= 0) || math.IsInf(r, 1) {
		return nil, &belief.ConfigError{Field: "RelativeEfficiency", Value: r, Want: "finite and not negative"}
	}
	return predict(ctx, "loo", logLik, c.Workers, func(s *sample) PredictivePoint {
		return looPoint(s, c.RelativeEfficiency)
	})
}

// looPoint returns the estimate for one observation.
func looPoint(s *sample, efficiency float64) PredictivePoint {
	n := float64(len(s.x))
	l := s.x
	lpd := careful.LogSumExp(l) - math.Log(n)
	if efficiency == 0 {
		efficiency = s.relativeEfficiency(lpd)
	}
	w := make([]float64, len(l))
	for i, v := range l {
		w[i] = -v
	}
	k := PSIS(w, efficiency)
	total := careful.LogSumExp(w)
	terms := make([]float64, len(l))
	for i := range w {
		w[i] -= total
		terms[i] = w[i] + l[i]
	}
	elpd := careful.LogSumExp(terms)
	squares, spread := 0.0, 0.0
	for i, v := range w {
		p := math.Exp(v)
		d := p * (math.Exp(l[i]-elpd) - 1)
		squares += p * p
		spread += d * d
	}
	return PredictivePoint{
		ELPD: elpd,
		P:    lpd - elpd,
		MCSE: logDeviation(math.Sqrt(spread)) / math.Sqrt(efficiency),
		K:    k,
		ESS:  efficiency / squares,
	}
}

// relativeEfficiency returns the ESS of likelihoods over the number of draws, 1 if it
// cannot be computed.
func (s *sample) relativeEfficiency(lpd float64) float64 {
	likelihood := sample{chains: s.chains, iterations: s.iterations}
	likelihood.x = make([]float64, len(s.x))
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range s.x {
		p := math.Exp(v - lpd)
		likelihood.x[i] = p
		low, high = min(low, p), max(high, p)
	}
	likelihood.undefined = constant(low, high)
	ess := likelihood.essBasic(true)
	if math.IsNaN(ess) {
		return 1
	}
	return ess / float64(len(s.x))
}

// logDeviation is the standard deviation of log(1 + r·z) for standard normal z with
// 1 + r·z > 0, over the 1000 quantiles that loo takes for it: the delta method where
// r is small, and bounded where it is not.
func logDeviation(r float64) float64 {
	const n = 1000
	logs := make([]float64, 0, n)
	for i := range n {
		z := mathext.NormalQuantile((float64(i+1) - 0.375) / (n + 0.25))
		if y := 1 + r*z; y > 0 {
			logs = append(logs, math.Log(y))
		}
	}
	return math.Sqrt(variance(logs, mean(logs)))
}

// predict makes a Predictive of what point returns for the log likelihoods of each
// observation.
func predict(ctx context.Context, method string, logLik [][][]float64, workers int,
	point func(s *sample) PredictivePoint) (*Predictive, error) {
	r := &Predictive{Method: method, Points: make([]PredictivePoint, len(logLik)), Warnings: []belief.Warning{}}
	for i, chains := range logLik {
		n := len(chains) * shortest(chains)
		if i == 0 {
			r.Draws = n
		}
		if n != r.Draws || n < 2 {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("logLik[%d]", i),
				Value: fmt.Sprintf("%d draws long", n), Want: "two or more draws, as many as the others"}
		}
		for j, c := range chains {
			for t, v := range c {
				if v-v != 0 {
					return nil, &LogLikelihoodError{Observation: i, Chain: j, Draw: t, Value: v}
				}
			}
		}
	}
	if len(logLik) == 0 {
		return nil, &belief.ConfigError{Field: "logLik", Value: "empty", Want: "at least one observation"}
	}
	err := parallel.For(ctx, len(logLik), workers, func(i int) error {
		r.Points[i] = point(newSample(logLik[i]))
		return nil
	})
	if err != nil {
		return nil, err
	}
	elpd, p := make([]float64, len(r.Points)), make([]float64, len(r.Points))
	for i, q := range r.Points {
		elpd[i], p[i] = q.ELPD, q.P
	}
	r.ELPD, r.P = total(elpd), total(p)
	r.IC = belief.Estimate{Value: -2 * r.ELPD.Value, Kind: r.ELPD.Kind, StdErr: 2 * r.ELPD.StdErr}
	r.warn()
	return r, nil
}
