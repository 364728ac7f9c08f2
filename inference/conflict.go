package inference

import (
	"context"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// conflictQueries bounds the evidence probabilities computed to explain an
// impossibility.
const conflictQueries = 64

// conflict explains why findings are impossible together: it looks for a set of
// them in which every one is needed for the impossibility. The set grows from the
// back: the shortest impossible prefix of the findings ends in a member, which is
// kept, and the search goes on in front of it (Junker 2004, in its simplest form).
func (t *JunctionTree) conflict(ctx context.Context, findings []graphical.Finding) error {
	findings = slices.Clone(findings)
	for i := range findings { // numbered as in the whole model
		findings[i].Index = t.problem.model.Index(findings[i].Variable)
	}
	if t.reduced() {
		// Findings can be taken back only in a tree without them.
		p, err := newProblem(t.problem.model, graphical.Evidence{}, nil, false, false)
		if err == nil {
			t, err = compile(ctx, p, t.cfg)
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return everything(findings)
		}
	}
	s := t.session()
	defer t.pool.Put(s)
	queries := 0
	impossible := func(kept, prefix []graphical.Finding) (bool, error) {
		queries++
		s.setFindings(append(append([]graphical.Finding{}, kept...), prefix...))
		l, err := s.logEvidence(ctx)
		return l < -1e300, err // −Inf
	}
	var kept []graphical.Finding
	rest := findings
	partial := false
	for {
		done, err := impossible(kept, nil)
		if err != nil {
			return err
		}
		if done {
			break
		}
		low, high := 0, len(rest) // kept with rest[:low] is possible, with rest[:high] not
		for high-low > 1 {
			if queries >= conflictQueries {
				partial = true
				break
			}
			mid := (low + high) / 2
			bad, err := impossible(kept, rest[:mid])
			if err != nil {
				return err
			}
			if bad {
				high = mid
			} else {
				low = mid
			}
		}
		if partial {
			kept = append(kept, rest[:high]...)
			break
		}
		if high == 0 {
			return everything(findings) // this tree holds possible what the caller's engine does not
		}
		kept = append(kept, rest[high-1])
		rest = rest[:high-1]
	}
	out := &belief.ImpossibleEvidenceError{Partial: partial}
	for i := len(kept) - 1; i >= 0; i-- {
		out.Conflict = append(out.Conflict, kept[i].String())
	}
	return out
}

// reduced says whether evidence was taken into the tree, or variables left out.
func (t *JunctionTree) reduced() bool {
	return len(t.problem.vars) < len(t.problem.model.Variables()) || slices.ContainsFunc(t.problem.fixed, func(state int) bool { return state >= 0 })
}

// everything blames all findings, when there is no telling which.
func everything(findings []graphical.Finding) error {
	out := &belief.ImpossibleEvidenceError{Partial: true}
	for _, f := range findings {
		out.Conflict = append(out.Conflict, f.String())
	}
	return out
}
