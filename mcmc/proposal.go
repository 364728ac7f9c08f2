package mcmc

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// A Proposal is a transition density q(y | x) that [MetropolisHastings] takes its
// candidates from. Constants that do not depend on x and y may be left out of
// it. Chains run in parallel: a Proposal must be safe for concurrent use.
type Proposal interface {
	// ProposeTo draws a candidate y for the chain at x and writes it to dst. It
	// must not change or keep x.
	ProposeTo(dst []float64, r *rand.Rand, x []float64)
	// LogProb returns log q(y | x), in nats; −Inf says that x never leads to y.
	LogProb(y, x []float64) float64
}

// A ProposalError says at which point a proposal or a full conditional failed.
type ProposalError struct {
	X         []float64 // where the chain stood
	Candidate []float64 // what was drawn
	Err       error     // what is wrong with it
}

// Error tells the cause and both points.
func (e *ProposalError) Error() string {
	return fmt.Sprintf("mcmc: the proposal %s from x = %s fails: %v", formatPoint(e.Candidate), formatPoint(e.X), e.Err)
}

// Unwrap returns the cause.
func (e *ProposalError) Unwrap() error { return e.Err }

// Causes of a ProposalError.
var (
	errNaNCandidate = errors.New("a coordinate is NaN")
	errNeverDrawn   = errors.New("its own density says that it is never drawn")
)

// proposalError copies the points.
func proposalError(x, candidate []float64, err error) error {
	return &ProposalError{slices.Clone(x), slices.Clone(candidate), err}
}

// recoveredProposal turns a panic of a user's function that draws into an error;
// it must be deferred.
func recoveredProposal(x, candidate []float64, err *error) {
	if p := recover(); p != nil {
		cause, ok := p.(error)
		if !ok {
			cause = fmt.Errorf("%v", p)
		}
		*err = proposalError(x, candidate, fmt.Errorf("panic: %w", cause))
	}
}

// checkCandidate finds NaN, an error, and infinite coordinates, at which every
// density is zero.
func checkCandidate(x, y []float64) (finite bool, err error) {
	finite = true
	for _, v := range y {
		if v != v {
			return false, proposalError(x, y, errNaNCandidate)
		}
		finite = finite && !math.IsInf(v, 0)
	}
	return finite, nil
}

// hastings returns log q(x | y) − log q(y | x), which the acceptance probability
// of a candidate y contains.
func hastings(q Proposal, x, y []float64) (ratio float64, err error) {
	defer recoveredProposal(x, y, &err)
	forward, backward := q.LogProb(y, x), q.LogProb(x, y)
	switch {
	case forward != forward || backward != backward || forward > math.MaxFloat64 || backward > math.MaxFloat64:
		return 0, proposalError(x, y, fmt.Errorf("its log density is %v there and %v back", forward, backward))
	case math.IsInf(forward, -1):
		return 0, proposalError(x, y, errNeverDrawn)
	}
	return backward - forward, nil
}

// A densityKernel is a kernel whose Init does nothing but evaluate the log
// density: where that is known, it need not be called.
type densityKernel interface{ densityOnly() }

// evaluate is the Init of a densityKernel.
func evaluate(g *Guard, s *State) (err error) {
	if len(s.X) != g.Dim() {
		panic(fmt.Sprintf("mcmc: a state of dimension %d for a target of dimension %d", len(s.X), g.Dim()))
	}
	s.LogDensity, err = g.LogDensity(s.X)
	return err
}

// acceptance returns min(1, exp(ratio)).
func acceptance(ratio float64) float64 {
	if ratio >= 0 {
		return 1
	}
	return math.Exp(ratio)
}
