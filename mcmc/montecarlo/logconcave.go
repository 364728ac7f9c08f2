package montecarlo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// A LogConcave draws numbers from a density whose logarithm is concave, by adaptive
// rejection sampling: tangents of the log density (Gilks & Wild 1992), or without a
// derivative its chords (Gilks 1992), are an envelope that becomes tighter wherever
// it costs a rejection. The draws are exact, and after a few dozen evaluations of
// the density almost every try is accepted without one.
type LogConcave struct {
	LogDensity func(x float64) float64 // up to a constant
	// Slope is the derivative of LogDensity; nil: chords are used. It is compared
	// with differences of LogDensity at two points, and held against what else is
	// known at all others.
	Slope func(x float64) float64
	// Lower and Upper are the ends of the support, which may be infinite; both
	// zero: the real line. The density is not evaluated at the ends.
	Lower, Upper float64
	// Start is a point of positive density, best near the mode. Outside the
	// support it counts as not given: a point inside is taken.
	Start float64
	// Points is the largest number of points of the envelope; 0: 64.
	Points  int
	Seed    uint64
	Workers int // 0: all cores; the draws are the same
}

// A ConcavityError says where a logarithm of a density was found not to be concave,
// so that its envelope, and what was drawn with it, is wrong.
type ConcavityError struct {
	X          float64 // where
	LogDensity float64 // there
	Problem    string  // what it contradicts
}

// Error names the point.
func (e *ConcavityError) Error() string {
	return fmt.Sprintf("montecarlo: the log density is not concave: at x = %v it is %.9g, %s; use slice sampling or Tabulate", e.X, e.LogDensity, e.Problem)
}

// Hull returns the envelope, ready to draw from. Errors: a [*belief.ConfigError], a
// [*PointError], a [*SlopeError] or a [*ConcavityError].
func (s LogConcave) Hull() (*Hull, error) {
	if s.LogDensity == nil {
		return nil, &belief.ConfigError{Field: "LogDensity", Value: "nil", Want: "a function"}
	}
	if s.Lower == 0 && s.Upper == 0 {
		s.Lower, s.Upper = math.Inf(-1), math.Inf(1)
	}
	if !(s.Lower < s.Upper) {
		return nil, &belief.ConfigError{Field: "Lower", Value: s.Lower, Want: fmt.Sprintf("below Upper, %v", s.Upper)}
	}
	if s.Points == 0 {
		s.Points = 64
	}
	if s.Points < 4 || s.Points > 4096 {
		return nil, &belief.ConfigError{Field: "Points", Value: s.Points, Want: "between 4 and 4096"}
	}
	if !(s.Start > s.Lower && s.Start < s.Upper) || math.IsInf(s.Start, 0) {
		switch a, b := math.IsInf(s.Lower, -1), math.IsInf(s.Upper, 1); {
		case a && b:
			s.Start = 0
		case a:
			s.Start = s.Upper - max(1, math.Abs(s.Upper)*1e-3)
		case b:
			s.Start = s.Lower + max(1, math.Abs(s.Lower)*1e-3)
		default:
			s.Start = 0.5*s.Lower + 0.5*s.Upper
		}
	}
	h := &Hull{s: s}
	if err := h.begin(); err != nil {
		return nil, err
	}
	return h, nil
}

// Sample returns n draws. Every block of 1024 draws begins with the same envelope
// and improves its own, so that workers do not show. Errors are those of [LogConcave.Hull];
// when ctx ends, the blocks that are done are returned with its error.
func (s LogConcave) Sample(ctx context.Context, n int) ([]float64, error) {
	if err := checkSize("n", n, 1); err != nil {
		return nil, err
	}
	first, err := s.Hull()
	if err != nil {
		return nil, err
	}
	const block = 1024
	out, done := make([]float64, n), make([]bool, (n+block-1)/block)
	err = parallel.For(ctx, len(done), s.Workers, func(b int) error {
		h, r := first.clone(), stream.New(s.Seed, "montecarlo log-concave", uint64(b))
		for i := b * block; i < min((b+1)*block, n); i++ {
			x, err := h.Draw(r)
			if err != nil {
				return err
			}
			out[i] = x
		}
		done[b] = true
		return nil
	})
	if err == nil {
		return out, nil
	}
	if err != ctx.Err() {
		return nil, err
	}
	count := 0
	for b, ok := range done {
		if ok {
			count += copy(out[count:], out[b*block:min((b+1)*block, n)])
		}
	}
	return out[:count], err
}

// Draw returns one draw, and improves the envelope where it was too wide, as long as
// there is room for a point. It does not allocate once the envelope has all its
// points. The error is a [*ConcavityError], a [*SlopeError] or a
// [*PointError].
func (h *Hull) Draw(r *rand.Rand) (float64, error) {
	for range 100_000 {
		x, i := h.propose(open(r), open(r))
		u := math.Log(open(r))
		if !(x > h.s.Lower && x < h.s.Upper) {
			continue // an end itself
		}
		piece := &h.pieces[i]
		top := piece.at(x)
		if u <= h.chord(x)-top {
			return x, nil
		}
		p, err := h.learn(x, piece)
		if err != nil {
			return 0, err
		}
		if u <= p.l-top {
			return x, nil
		}
	}
	p := h.points[len(h.points)/2]
	return 0, &ConcavityError{X: p.x, LogDensity: p.l, Problem: "and 100,000 tries in a row were rejected under its envelope"}
}
