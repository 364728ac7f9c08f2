package diagnostics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/belief-go/belief"
)

// Limits beyond which a summary warns.
const (
	mostRHat        = 1.01 // Vehtari et al. 2021, section 5
	leastESS        = 100  // for each chain; the same
	leastEBFMI      = 0.3  // Betancourt 2016
	fewestDraws     = 6    // shorter chains have no ESS worth the name
	fewDivergences  = 1000 // draws for each divergence that leaves the others in good standing
	mostNamesListed = 5
)

// warn fills in the warnings, those that cast doubt on all numbers first.
func (s *Summary) warn(lengths []int, maxDepth int) {
	s.Converged = true
	doubt := func(code, where, text string, args ...any) {
		s.Converged = false
		s.Warnings = append(s.Warnings, belief.Warning{Code: code, Where: where, Text: fmt.Sprintf(text, args...)})
	}
	note := func(code, where, text string, args ...any) {
		s.Warnings = append(s.Warnings, belief.Warning{Code: code, Where: where, Text: fmt.Sprintf(text, args...)})
	}
	if s.Chains == 0 {
		doubt("no-draws", "", "there are no draws")
		return
	}
	s.warnLengths(lengths, doubt, note)
	s.warnValues(doubt)
	if s.Iterations >= fewestDraws {
		s.warnMixing(doubt)
	}
	s.warnTrajectories(lengths, maxDepth, doubt, note)
}

type warnFunc func(code, where, text string, args ...any)

// warnLengths looks at the number of chains and draws.
func (s *Summary) warnLengths(lengths []int, doubt, note warnFunc) {
	var empty []string
	unequal := false
	for i, n := range lengths {
		if n == 0 {
			empty = append(empty, fmt.Sprint(i+1))
		}
		unequal = unequal || n != 0 && n != s.Iterations
	}
	if len(empty) > 0 {
		note("empty-chain", "chain "+listed(empty), "no draws, left out here")
	}
	if unequal {
		note("unequal-chains", "", "chains are not equally long: only the first %d draws of each count here; let all chains end", s.Iterations)
	}
	if s.Chains == 1 {
		note("one-chain", "", "with one chain only, R-hat compares its halves and cannot see what a second one would have found elsewhere; run four")
	}
	if s.Iterations < fewestDraws {
		doubt("too-few-draws", "", "chains of %s are too short for R-hat and effective sample sizes; draw at least 100", counted(s.Iterations, "draw"))
	}
}

// warnValues looks for draws that are no numbers, and for chains that do not move.
func (s *Summary) warnValues(doubt warnFunc) {
	constant := 0
	var bad, stuck []string
	draws := 0
	for _, q := range s.Quantities {
		if q.notFinite > 0 {
			bad = append(bad, fmt.Sprintf("%s (%d)", q.Name, q.notFinite))
			draws += q.notFinite
		}
		if q.stuck >= 0 {
			stuck = append(stuck, fmt.Sprintf("%s (chain %d)", q.Name, q.stuck+1))
		}
		if q.Constant {
			constant++
		}
	}
	if len(bad) > 0 {
		doubt("not-finite", listed(bad), "%s NaN or infinite, and what cannot be computed from them is NaN here; look for overflow or division by zero in the quantity",
			counted(draws, "draw is", "draws are"))
	}
	if len(stuck) > 0 {
		doubt("stuck", listed(stuck), "a chain never moves while others do; look at its start and its acceptance rate, and do not use these draws")
	}
	if constant == len(s.Quantities) && constant > 0 && s.Iterations > 1 {
		doubt("constant", "", "nothing varies: the sampler did not move from its start; look at its acceptance rate and at the log density there")
	}
}

// warnMixing looks at R-hat and effective sample sizes.
func (s *Summary) warnMixing(doubt warnFunc) {
	high := s.beyond(func(q *Quantity) float64 { return q.RHat }, "%.2f", func(v float64) bool { return v > mostRHat }, -1)
	if n := len(high); n > 0 {
		doubt("rhat", listed(high), "R-hat is above %g for %d of %s: chains do not agree yet, and their numbers are not to be trusted; draw longer, and if that does not help, look for several modes or write the model with other parameters",
			mostRHat, n, counted(len(s.Quantities), "quantity", "quantities"))
	}
	least := float64(leastESS * s.Chains)
	few := func(v float64) bool { return v < least }
	if low := s.beyond(func(q *Quantity) float64 { return q.ESSBulk }, "%.0f", few, 1); len(low) > 0 {
		doubt("ess-bulk", listed(low), "bulk ESS is below %.0f, %d for each chain, for %d of %s: means and medians are too rough to judge R-hat by; draw longer",
			least, leastESS, len(low), counted(len(s.Quantities), "quantity", "quantities"))
	}
	if low := s.beyond(func(q *Quantity) float64 { return q.ESSTail }, "%.0f", few, 1); len(low) > 0 {
		doubt("ess-tail", listed(low), "tail ESS is below %.0f, %d for each chain, for %d of %s: the 5%% and 95%% quantiles and the spread are rough; draw longer",
			least, leastESS, len(low), counted(len(s.Quantities), "quantity", "quantities"))
	}
}

// beyond lists the quantities whose value is bad, the worst first: the least if sign
// is 1, the greatest if it is −1.
func (s *Summary) beyond(value func(q *Quantity) float64, format string, bad func(v float64) bool, sign float64) []string {
	var found []*Quantity
	for i := range s.Quantities {
		if q := &s.Quantities[i]; bad(value(q)) {
			found = append(found, q)
		}
	}
	slices.SortStableFunc(found, func(p, q *Quantity) int { return cmp.Compare(sign*value(p), sign*value(q)) })
	names := make([]string, len(found))
	for i, q := range found {
		names[i] = fmt.Sprintf("%s ("+format+")", q.Name, value(q))
	}
	return names
}

// warnTrajectories looks at what a Hamiltonian sampler tells of itself.
func (s *Summary) warnTrajectories(lengths []int, maxDepth int, doubt, note warnFunc) {
	draws := 0
	for _, n := range lengths {
		draws += n
	}
	share := func(n int) string {
		return fmt.Sprintf("%d of %d draws (%s)", n, draws, percentage(n, draws))
	}
	var low []string
	for i, v := range s.EBFMI {
		if v < leastEBFMI || math.IsNaN(v) && lengths[i] >= fewestDraws {
			low = append(low, fmt.Sprintf("chain %d (%.2f)", i+1, v))
		}
	}
	switch {
	case s.Divergences == 0:
	case s.Converged && len(low) == 0 && s.Divergences*fewDivergences <= draws:
		note("few-divergences", "", "%s ended in a divergence: so few, with all else well, need not mean anything; see whether they go away with a target acceptance of 0.95 or more, and look at where they are if they do not",
			share(s.Divergences))
	case 2*s.Divergences > draws:
		doubt("divergences", "", "%s ended in a divergence: most likely the gradient is not that of the density (mcmc.CheckGradient), or the density jumps; a bounded parameter is to be transformed (mcmc.Constrain), not given a log density of -Inf beyond its edge",
			share(s.Divergences))
	default:
		doubt("divergences", "", "%s ended in a divergence: the sampler cannot follow the density where it bends sharply, and what lies there is missing; write the model with other parameters, as a non-centered hierarchy, or raise the target acceptance towards 0.99; see too that the gradient is right (mcmc.CheckGradient) and that bounded parameters are transformed (mcmc.Constrain)",
			share(s.Divergences))
	}
	switch {
	case s.Saturated == 0:
	case 2*s.Saturated > draws || !s.Converged:
		note("tree-depth", "", "%s reached the greatest depth of the tree, %d: trajectories do not turn in time, for parameters of very unlike scale or for a gradient that is wrong or zero; check your own gradient (mcmc.CheckGradient), write the model with parameters of like scale, or raise the depth",
			share(s.Saturated), maxDepth)
	default:
		note("tree-depth", "", "%s reached the greatest depth of the tree, %d: right, but slow; raise the depth, or write the model with parameters of like scale",
			share(s.Saturated), maxDepth)
	}
	if len(low) > 0 {
		doubt("ebfmi", listed(low), "E-BFMI is below %g: the chain moves too little between energies and tails are missed; write the model with other parameters, as a non-centered hierarchy, or with lighter tails",
			leastEBFMI)
	}
}

// percentage writes a share for people: three digits at most, and 100 only for all.
func percentage(n, of int) string {
	p := 100 * float64(n) / float64(of)
	switch {
	case n < of && p >= 99.5:
		return "over 99%"
	case p >= 10:
		return fmt.Sprintf("%.0f%%", p)
	}
	return fmt.Sprintf("%.2g%%", p)
}

// listed joins the first few items.
func listed(items []string) string {
	if len(items) > mostNamesListed+1 {
		return fmt.Sprintf("%s, … (%d more)", strings.Join(items[:mostNamesListed], ", "), len(items)-mostNamesListed)
	}
	return strings.Join(items, ", ")
}

// counted writes a number with its noun; the plural is the noun with an s unless
// given.
func counted(n int, noun string, plural ...string) string {
	if n != 1 {
		noun += "s"
		if len(plural) > 0 {
			noun = plural[0]
		}
	}
	return fmt.Sprintf("%d %s", n, noun)
}
