package transport

import (
	"encoding/json"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/quadrature"
)

// A Distance is a W_p by quadrature.
type Distance struct {
	belief.Estimate
	Error float64 // by how much Value may be wrong; an estimate, and zero if Value is not finite
}

// MarshalJSON writes the estimate and its error.
func (d Distance) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Value belief.Number `json:"value"`
		Kind  belief.Kind   `json:"kind"`
		Error belief.Number `json:"error"`
	}{belief.Number(d.Value), d.Kind, belief.Number(d.Error)})
}

// Quantiles returns W_p of two distributions of a number for a finite p ≥ 1, as the
// integral of |F⁻¹(u) − G⁻¹(u)|^p. Each half is integrated in the logarithm of the
// probability of its own tail, which makes the ends of heavy tails smooth, by adaptive
// Gauss–Kronrod quadrature cut at the jumps of discrete distributions; the aim is a
// relative 1e-11, and Error says what came of it. Two discrete distributions with few
// values are summed, and the result is exact.
//
// The distance is +Inf if the integrand does not fall along a tail; a distribution
// whose quantiles are NaN gives NaN. The error is a [*belief.ConfigError] or that of
// Validate.
func Quantiles(p float64, a, b dist.Univariate) (Distance, error) {
	if !(p >= 1) || math.IsInf(p, 1) {
		return Distance{}, &belief.ConfigError{Field: "p", Value: p, Want: "at least 1 and finite"}
	}
	for _, d := range []dist.Univariate{a, b} {
		if err := d.Validate(); err != nil {
			return Distance{}, err
		}
	}
	lower, upper := newHalf(p, a, b, false), newHalf(p, a, b, true)
	if lower.state != 0 || upper.state != 0 { // +Inf or NaN, which wins
		return Distance{Estimate: belief.Estimate{Value: lower.state + upper.state, Kind: belief.Approximation}}, nil
	}
	scale := max(lower.peak, upper.peak)
	if math.IsInf(scale, -1) {
		return Distance{}, nil // no quantile differs
	}
	lower.peak, upper.peak = scale, scale
	low, high := lower.integrate(), upper.integrate()
	integral, wrong := low.integral+high.integral, low.wrong+high.wrong
	unit, value := math.Exp(scale/p), root(integral, p)
	out := Distance{Estimate: belief.Estimate{Value: unit * value, Kind: belief.Approximation}}
	out.Error = unit * root(wrong, p)
	if integral > 0 {
		out.Error = min(out.Error, unit*value*wrong/(p*integral))
	}
	// Quantiles with a relative error move the distance by at most that error times
	// the norms of both, by Minkowski's inequality.
	out.Error += 4 * 0x1p-52 * unit * (value + root(low.size+high.size, p))
	if low.whole && high.whole {
		out.Kind, out.Error = belief.Exact, 0
	}
	return out, nil
}

const (
	deepest   = 700  // the end of the integrals: e^−700 is a normal number
	shallow   = 34   // the end where 1 − e^−s must not be one
	slowest   = 1e-3 // a rate of fall, per unit of s, below which an integral diverges
	mostJumps = 1 << 13
)

// A half is the integral over the probabilities e^−s, s ≥ log 2, of one tail.
type half struct {
	p                  float64
	quantileA          func(s float64) float64
	quantileB          func(s float64) float64
	cuts               []float64 // bounds of the panels, increasing
	tails              []float64 // the probabilities at cuts
	constant, complete bool      // the quantiles are constant within panels, and all of them are there
	peak               float64   // the greatest logarithm of the integrand that was seen
	rest               float64   // logarithm of a bound on what lies beyond the cuts
	state              float64   // +Inf or NaN if that is the answer, else zero
}

// newHalf finds the end of the integral and the panels.
func newHalf(p float64, a, b dist.Univariate, upper bool) *half {
	h := &half{p: p, peak: math.Inf(-1), rest: math.Inf(-1)}
	end := float64(deepest)
	for side, d := range []dist.Univariate{a, b} {
		quantile := func(s float64) float64 { return d.Quantile(math.Exp(-s)) }
		if upper {
			if u, ok := d.(dist.UpperQuantiler); ok {
				quantile = func(s float64) float64 { return u.UpperQuantile(math.Exp(-s)) }
			} else {
				quantile = func(s float64) float64 { return d.Quantile(-math.Expm1(-s)) }
				end = shallow
			}
		}
		if side == 0 {
			h.quantileA = quantile
		} else {
			h.quantileB = quantile
		}
	}
	jumpsA, allA := jumps(a, upper)
	jumpsB, allB := jumps(b, upper)
	h.constant = a.Support().Discrete && b.Support().Discrete
	h.complete = allA && allB
	last := h.probe(end)
	if h.state != 0 {
		return h
	}
	h.cuts, h.tails = []float64{math.Ln2}, []float64{0.5}
	for i, j, s := 0, 0, 1.0; ; {
		next, tail := last, math.Exp(-last)
		if i < len(jumpsA) && -math.Log(jumpsA[i]) < next {
			next, tail = -math.Log(jumpsA[i]), jumpsA[i]
		}
		if j < len(jumpsB) && -math.Log(jumpsB[j]) < next {
			next, tail = -math.Log(jumpsB[j]), jumpsB[j]
		}
		if !(h.constant && h.complete) && s < next {
			next, tail = s, math.Exp(-s)
		}
		for ; i < len(jumpsA) && -math.Log(jumpsA[i]) <= next; i++ {
		}
		for ; j < len(jumpsB) && -math.Log(jumpsB[j]) <= next; j++ {
		}
		for s <= next {
			s *= 1.5
		}
		if next > h.cuts[len(h.cuts)-1] {
			h.cuts, h.tails = append(h.cuts, next), append(h.tails, tail)
		}
		if next >= last {
			break
		}
	}
	if h.constant && h.complete { // the last step goes on to probability zero
		h.tails[len(h.tails)-1] = 0
	}
	return h
}

// jumps returns the probabilities below one half, decreasing, at which the quantile of
// a discrete distribution jumps, and whether that is all of them.
func jumps(d dist.Univariate, upper bool) (tails []float64, all bool) {
	s := d.Support()
	if !s.Discrete {
		return nil, false
	}
	x := d.Quantile(0.5)
	for len(tails) < mostJumps {
		var tail float64
		if upper { // above the tail of x lies x
			tail = d.Survival(x)
			x++
		} else {
			x--
			tail = d.CDF(x)
		}
		if tail < math.Exp(-deepest) {
			return tails, tail == 0
		}
		if tail < 0.5 && (len(tails) == 0 || tail < tails[len(tails)-1]) {
			tails = append(tails, tail)
		}
	}
	return tails, false
}

// at returns the logarithm of the integrand at s, −Inf where the quantiles agree up to
// rounding, and that of the sum of their sizes in place of their difference.
func (h *half) at(s float64) (log, size float64) {
	x, y := h.quantileA(s), h.quantileB(s)
	apart, both := math.Abs(x-y), math.Abs(x)+math.Abs(y)
	if apart <= 8*0x1p-52*both {
		return math.Inf(-1), math.Inf(-1)
	}
	return h.p*math.Log(apart) - s, h.p*math.Log(both) - s
}

// probe walks along the tail, and returns where its integral may end.
func (h *half) probe(end float64) float64 {
	if x, y := h.quantileA(math.Ln2), h.quantileB(math.Ln2); math.IsNaN(x) || math.IsNaN(y) {
		h.state = math.NaN()
		return end
	}
	last, grid := math.Ln2, []float64{}
	for s := math.Ln2; s <= end; s += 0.5 {
		x, y := h.quantileA(s), h.quantileB(s)
		if math.IsInf(x, 0) || math.IsInf(y, 0) || math.IsNaN(x) || math.IsNaN(y) {
			break
		}
		l, _ := h.at(s)
		grid = append(grid, l)
		h.peak = max(h.peak, l)
		last = s
	}
	if last == math.Ln2 {
		h.state = math.Inf(1)
		return end
	}
	k := len(grid) - 1
	if math.IsInf(grid[k], -1) {
		// The difference has sunk below rounding, and what is left is of its size.
		x, y := h.quantileA(last), h.quantileB(last)
		for ; k > 0 && math.IsInf(grid[k], -1); k-- {
		}
		if k > 0 && (x != y || k > len(grid)/8) {
			h.rest = grid[k]
		}
		return last
	}
	half := k / 2
	slope := (grid[k] - grid[half]) / (0.5 * float64(k-half))
	switch {
	case math.IsInf(grid[half], -1):
		h.rest = grid[k]
	case slope > -slowest:
		h.state = math.Inf(1)
	default:
		h.rest = grid[k] - math.Log(-slope)
	}
	return last
}

// A result is an integral in units of exp(peak).
type result struct {
	integral, wrong float64
	size            float64 // roughly, that of the sum of both quantiles' sizes
	whole           bool    // an exact sum
}

// integrate sums the steps of two discrete distributions, and else integrates.
func (h *half) integrate() result {
	var r result
	if h.constant && h.complete {
		for k := 1; k < len(h.cuts); k++ {
			s := 0.5 * (h.cuts[k-1] + h.cuts[k])
			log, size := h.at(s)
			mass := h.tails[k-1] - h.tails[k]
			r.integral += mass * math.Exp(log+s-h.peak)
			r.size += mass * math.Exp(size+s-h.peak)
		}
		r.whole = true
		return r
	}
	r.integral, r.wrong = quadrature.Adaptive(func(s float64) float64 {
		log, _ := h.at(s)
		return math.Exp(log - h.peak)
	}, h.cuts, 1e-12, 4000)
	r.wrong += math.Exp(h.rest - h.peak)
	r.size, _ = quadrature.Adaptive(func(s float64) float64 {
		_, size := h.at(s)
		return math.Exp(size - h.peak)
	}, h.cuts, 1, 0)
	return r
}
