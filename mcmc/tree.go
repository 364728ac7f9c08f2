package mcmc

import "math"

// The trees of NUTS, written against an abstract trajectory so that a test can
// enumerate every one of them on a row of integers.
//
// A tree doubles a row of consecutive points, forwards or backwards by the toss
// of a coin, until the row makes a U-turn, holds a sub-row that does, or
// diverges. The draw is taken from the points by their weights, among sub-rows as
// they are joined, with a preference for the newer half of the whole row
// (Hoffman & Gelman 2014, algorithm 3; Betancourt 2017, appendix A.3).

// A span is a row of consecutive points of a trajectory. Points and sums are
// handles that the trajectory gives out.
type span struct {
	first, last int  // its ends, in the order in which it was built
	sum         int  // of the momenta of its points
	choice      int  // the point that was drawn from it
	mass        mass // sum of its points' weights
}

// A trajectory is a row of points without ends.
type trajectory interface {
	// step returns the span of the point beside another, or false if the
	// trajectory diverges there.
	step(beside int, forward bool) (span, bool)
	// join returns the row of a and then b, which are neighbours; its choice and
	// mass are those of a. It reports whether the row makes a U-turn, as a whole
	// or where the two meet.
	join(a, b span) (row span, turned bool)
	// choose returns b with probability p, else a, and lets go of the other.
	choose(a, b int, p float64) int
}

// growTree draws a point from a tree that grows from s, the span of the point
// where the chain stands. Bit d of directions tells which way doubling d goes.
// Turns of rows of fewer than 2^minDepth points do not count. The depth is the
// number of doublings that succeeded.
func growTree(t trajectory, s span, minDepth, maxDepth int, directions uint64) (drawn, depth int) {
	forward := true
	for depth < maxDepth {
		if f := directions>>depth&1 != 0; f != forward {
			s.first, s.last, forward = s.last, s.first, f
		}
		b, ok := subtree(t, depth, minDepth, s.last, forward)
		if !ok {
			break
		}
		depth++
		s.choice = t.choose(s.choice, b.choice, b.mass.over(s.mass))
		s.mass = s.mass.plus(b.mass)
		turned := false
		if s, turned = t.join(s, b); turned && depth >= minDepth {
			break
		}
	}
	return s.choice, depth
}

// subtree returns the span of the 2ᵈ points beside a point, or false if one of
// its subtrees, or itself, turns or diverges.
func subtree(t trajectory, depth, minDepth, beside int, forward bool) (span, bool) {
	if depth == 0 {
		return t.step(beside, forward)
	}
	a, ok := subtree(t, depth-1, minDepth, beside, forward)
	if !ok {
		return a, false
	}
	b, ok := subtree(t, depth-1, minDepth, a.last, forward)
	if !ok {
		return b, false
	}
	total := a.mass.plus(b.mass)
	a.choice = t.choose(a.choice, b.choice, b.mass.over(total))
	a.mass = total
	a, turned := t.join(a, b)
	return a, !turned || depth < minDepth
}

// A mass is the non-negative number m·exp(shift). With a shift that is zero
// unless numbers are extreme, sums of weights need no logarithms.
type mass struct{ m, shift float64 }

// massLimit is where a mass needs a shift: below it, whole trees cannot overflow.
const massLimit = 300

// newMass returns exp(l).
func newMass(l float64) mass {
	if l > -massLimit && l < massLimit {
		return mass{exp(l), 0}
	}
	return mass{1, l}
}

// exp is the exponential for |l| < massLimit, to 14 digits, in half the time of
// math.Exp, whose result the next steps of a trajectory would wait for: the
// series to eleventh order of what is left of a multiple of log 2.
func exp(l float64) float64 {
	const magic = 3 << 51 // numbers of this size have no fraction bits
	k := l*math.Log2E + magic
	n := int64(math.Float64bits(k) - math.Float64bits(magic))
	k -= magic
	const high, low = 0x1.62e42fee00000p-1, 0x1.a39ef35793c76p-33 // log 2 in two parts
	x := l - k*high - k*low
	x2 := x * x
	x4 := x2 * x2
	p := (1 + x) + x2*(1./2+x*(1./6)) +
		x4*((1./24+x*(1./120))+x2*(1./720+x*(1./5040))) +
		x4*x4*((1./40320+x*(1./362880))+x2*(1./3628800+x*(1./39916800)))
	return p * math.Float64frombits(uint64(n+1023)<<52)
}

// plus returns the sum.
func (a mass) plus(b mass) mass {
	switch {
	case a.shift == b.shift:
	case a.shift < b.shift:
		a = mass{a.m * math.Exp(a.shift-b.shift), b.shift}
	default:
		b.m *= math.Exp(b.shift - a.shift)
	}
	return mass{a.m + b.m, a.shift}
}

// over returns a/b, at most 1.
func (a mass) over(b mass) float64 {
	q := a.m / b.m
	if a.shift != b.shift {
		q *= math.Exp(a.shift - b.shift)
	}
	return min(q, 1)
}
