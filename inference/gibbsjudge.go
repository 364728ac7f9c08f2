// What a run of Gibbs sampling says about itself: whether its chains agree, and
// whether they could reach every possible state at all.

package inference

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// Thresholds of what is believed: R-hat of conditional probabilities, effective
// draws in all, and accepted jumps of a chain that depends on them.
const (
	maxRHat  = 1.02
	minESS   = 400
	minJumps = 20
)

// mixed says whether the chains agree and have moved enough.
func (run *gibbsRun) mixed(post *Posterior) bool {
	return post.Sampling.MaxRHat <= maxRHat && enough(post) >= minESS
}

// enough is what the sweeps are worth at most. Where nothing has moved yet there is
// no effective number of draws, and no more than were made.
func enough(post *Posterior) float64 {
	info := post.Sampling
	switch {
	case info.MaxStdErr == 0:
		return math.Inf(1) // nothing varies
	case math.IsNaN(info.ESS):
		return float64(info.Draws)
	}
	return info.ESS
}

// judge adds the warnings.
func (run *gibbsRun) judge(post *Posterior, m graphical.Model) {
	post.Warnings = modelWarnings(m)
	warn := func(code, where, text string, args ...any) {
		post.Warnings = append(post.Warnings, belief.Warning{Code: code, Where: where, Text: fmt.Sprintf(text, args...)})
	}
	const advice = "use an exact method (junction-tree), or weighting"
	few := int64(math.MaxInt64)
	for _, c := range run.chains {
		few = min(few, c.accepted)
	}
	if w := run.doubt(run.jumps, few); w != nil {
		post.Converged = post.Converged && w.Code != "not-ergodic"
		post.Warnings = append(post.Warnings, *w)
	}
	if math.IsNaN(post.Sampling.MaxRHat) || math.IsNaN(post.Sampling.MaxStdErr) {
		post.Converged = false
		warn("few-sweeps", "", "too few sweeps (%d of each chain) to tell what the answer is worth; make more", post.Iterations)
	} else if !(post.Sampling.MaxRHat <= maxRHat) {
		post.Converged = false
		warn("r-hat", run.worst(post), "the chains disagree: R-hat is up to %.3g, more than %g; make more sweeps, or %s", post.Sampling.MaxRHat, maxRHat, advice)
	} else if worth := enough(post); worth < minESS {
		post.Converged = false
		warn("low-ess", "", "the sweeps are worth only %.3g independent draws, fewer than %d; make more", worth, minESS)
	}
	stdErrMissed(post, run.StdErr)
}

// Doubts returns what is known before any chain has run: a warning if zeros in the
// tables keep chains from states that are possible, or may do so for all that can be
// told. Marginals warns by itself; this is for users of States.
func (gs Gibbs) Doubts(ctx context.Context, m graphical.Model, ev graphical.Evidence) ([]belief.Warning, error) {
	gs, err := gs.withDefaults()
	if err != nil {
		return nil, err
	}
	s, err := setUp(ctx, m, ev, nil)
	if err != nil {
		return nil, err
	}
	run := &gibbsRun{Gibbs: gs, s: s}
	if run.reach, err = s.reachOf(ctx, !gs.SingleSite); err != nil {
		return nil, err
	}
	_, directed := m.(*graphical.BayesNet)
	if w := run.doubt(directed && !gs.SingleSite, -1); w != nil {
		return []belief.Warning{*w}, nil
	}
	return nil, nil
}

// doubt is the warning about what cannot be reached, if there is one: by chains of
// which one accepted only so few jumps, or that have not run yet, −1.
func (run *gibbsRun) doubt(jumps bool, few int64) *belief.Warning {
	const advice = "use an exact method (junction-tree), or weighting"
	switch {
	case jumps && (few < 0 || few >= minJumps):
		return nil
	case len(run.reach.apart) > 0:
		remedy := advice
		if run.SingleSite {
			remedy = "sample in blocks (SingleSite off), or " + advice
		}
		return &belief.Warning{Code: "not-ergodic", Where: run.names(run.reach.apart[0]), Text: fmt.Sprintf(
			"zeros in the tables keep the possible states of these variables in %d classes that no move connects, so that each chain stays in the class it starts in and the answer is not the posterior; %s", run.reach.classes, remedy)}
	case len(run.reach.open) > 0:
		why := "this model is too large to tell whether every possible state can be reached"
		if jumps {
			why += fmt.Sprintf(", and the evidence lets too few whole states through (%d in a chain)", few)
		}
		return &belief.Warning{Code: "ergodicity-unproven", Where: run.names(run.reach.open[0]),
			Text: fmt.Sprintf("the tables have zeros, and %s; compare with another seed, or %s", why, advice)}
	}
	return nil
}

// names lists a few variables.
func (run *gibbsRun) names(vars []int) string {
	const most = 6
	names := run.s.p.names(vars[:min(len(vars), most)])
	if len(vars) > most {
		names = append(names, fmt.Sprintf("… (%d more)", len(vars)-most))
	}
	return strings.Join(names, ", ")
}

// worst names the variable with the largest R-hat.
func (run *gibbsRun) worst(post *Posterior) string {
	name, worst := "", 0.0
	for _, m := range post.Marginals() {
		for _, a := range m.Accuracy {
			if a.RHat > worst {
				name, worst = m.Variable.Name(), a.RHat
			}
		}
	}
	return name
}
