package em

// Whether the objective rises as it must, and how far it still has to go.

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
)

// A rise is the objective of a start, iteration by iteration.
type rise struct {
	History []float64 `json:"history"`
	Streak  int       `json:"streak"`  // iterations in a row in which little seemed to be left
	Noise   float64   `json:"noise"`   // the largest fall that was taken for rounding
	Falls   int       `json:"falls"`   // larger ones
	First   int       `json:"first"`   // the iteration of the first of them
	Largest float64   `json:"largest"` // fall
}

const (
	// fallRounding is the fall, relative to the objective, that rounding may cause. The
	// sum of the logarithms of a million rows has an error of about 1e-13; the solution of
	// ill-conditioned equations in an M step takes some digits too.
	fallRounding = 1e-10
	// gainShare is the part of the tolerance that the last gain may be. What rises by a
	// factor up to 1 − gainShare less in every step cannot hide behind what is faster.
	gainShare = 0.01
	// streakLength is how often in a row little has to seem to be left.
	streakLength = 3
)

// add appends the objective of an iteration. Where it is exact, a fall is one of EM.
func (r *rise) add(objective, weight, tolerance float64, exact, hard bool) (gain, left float64, converged bool) {
	r.History = append(r.History, objective)
	t := len(r.History)
	if t == 1 {
		return math.NaN(), math.Inf(1), false
	}
	gain = objective - r.History[t-2]
	scale := max(math.Abs(objective), weight)
	small := tolerance * scale
	fell := gain < -fallRounding*scale
	if exact && fell {
		if r.Falls++; r.Falls == 1 {
			r.First = t
		}
		r.Largest = max(r.Largest, -gain)
	} else if exact {
		r.Noise = max(r.Noise, -gain)
	}
	nothing := max(1e-14*scale, 1e-6*small, 4*r.Noise)
	left = gainLeft(r.History, nothing)
	if !fell && math.Abs(gain) <= max(gainShare*small, min(nothing, small)) && left <= small {
		r.Streak++
	} else {
		r.Streak = 0
	}
	return gain, left, r.Streak >= streakLength || hard && gain == 0 && tolerance >= 0
}

// gainLeft estimates what is left to gain from the last four objectives at a distance of
// k iterations. Their gains have ratios A. If these are equal, the limit is Aitken's,
// G A/(1−A) above the last. If they approach one, the rise is slower than geometric:
// where the distance to the limit falls as t^−p, 1/(1−A) grows by d = 1/(p+1) with
// every stride, and Aitken's estimate is short by the factor 1 − d (as in Levin's
// and Brezinski's transformations: Weniger 1989, sections 6 and 10). Strides that grow
// with t keep rounding out of the ratios.
func gainLeft(history []float64, nothing float64) float64 {
	t := len(history)
	k := max(1, t/32)
	gain := func(i int) float64 { return history[t-1-i*k] - history[t-1-(i+1)*k] }
	if t <= k {
		return math.Inf(1)
	}
	g1 := gain(0)
	if math.Abs(g1) <= nothing {
		return 0
	}
	if t <= 3*k {
		return math.Inf(1)
	}
	g2, g3 := gain(1), gain(2)
	if !(g1 > 0 && g2 > g1 && g3 > g2) {
		return math.Inf(1)
	}
	u1, u2 := g2/(g2-g1), g3/(g3-g2)
	d := max(0, u1-u2)
	if d >= 1 {
		return math.Inf(1)
	}
	return g1 * (u1 - 1) / (1 - d)
}

// warning says how often the objective fell.
func (r *rise) warning(start int) (belief.Warning, bool) {
	if r.Falls == 0 {
		return belief.Warning{}, false
	}
	more := ""
	if r.Falls > 1 {
		more = fmt.Sprintf(", and in %d iterations in all", r.Falls)
	}
	return belief.Warning{
		Code: "objective-fell", Where: fmt.Sprintf("start %d, iteration %d", start, r.First),
		Text: fmt.Sprintf("the objective fell%s, at most by %.3g, which steps of EM cannot do: the model's E step and M step do not fit together, or its numbers have lost their digits", more, r.Largest),
	}, true
}
