package transport

import (
	"encoding/json"
	"math"
	"slices"

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
// relative 1e-11, and Error says what came of it. Two discrete distributions are summed,
// with probabilities by LogProb, exactly if they have at most 2^18 values; the values
// of greater ones are thinned out, by no more than Error says.
//
// Beyond the last quantile that float64 has, a tail goes on as it has fallen so far.
// The distance is +Inf if it does not fall; if moments say that there is a distance
// nevertheless, Error is +Inf. A distribution whose quantiles are NaN gives NaN. The
// error is a [*belief.ConfigError] or that of Validate.
func Quantiles(p float64, a, b dist.Univariate) (Distance, error) {
	if !(p >= 1) || math.IsInf(p, 1) {
		return Distance{}, &belief.ConfigError{Field: "p", Value: p, Want: "at least 1 and finite"}
	}
	for _, d := range []dist.Univariate{a, b} {
		if err := d.Validate(); err != nil {
			return Distance{}, err
		}
	}
	var values [2]atoms // none of a density
	for k, d := range []dist.Univariate{a, b} {
		if d.Support().Discrete {
			values[k] = newAtoms(d, p)
		}
	}
	if a.Support().Discrete && b.Support().Discrete {
		value, wrong, ok := sumSteps(p, values[0], values[1])
		if !ok {
			value = math.NaN()
		}
		out := Distance{Estimate: belief.Estimate{Value: value, Kind: belief.Approximation}, Error: wrong}
		if values[0].whole && values[1].whole {
			out.Kind = belief.Exact
		}
		return out, nil
	}
	lower, upper := newHalf(p, a, b, values, false), newHalf(p, a, b, values, true)
	if lower.state != 0 || upper.state != 0 { // +Inf or NaN, which wins
		return Distance{Estimate: belief.Estimate{Value: lower.state + upper.state, Kind: belief.Approximation}}, nil
	}
	scale := max(lower.peak, upper.peak)
	if math.IsInf(scale, -1) {
		return Distance{}, nil // no quantile differs
	}
	lower.peak, upper.peak = scale, scale
	low, high := lower.integrate(), upper.integrate()
	rough := values[0].rough + values[1].rough
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
	out.Error += rough
	if missing := values[0].missing + values[1].missing; missing > 0 {
		out.Error += missing * unit * (value + root(low.size+high.size, p))
	}
	return out, nil
}

const shallow = 34 // the end where 1 − e^−s must not be one

// A half is the integral over the probabilities e^−s, s ≥ log 2, of one tail.
type half struct {
	p               float64
	quantileA       func(s float64) float64
	quantileB       func(s float64) float64
	cuts            []float64 // bounds of the panels, increasing
	peak            float64   // the greatest logarithm of the integrand that was seen
	rest, restWrong float64   // logarithms of what lies beyond the cuts, and of its error
	state           float64   // +Inf or NaN if that is the answer, else zero
}

// newHalf finds the end of the integral and the panels.
func newHalf(p float64, a, b dist.Univariate, values [2]atoms, upper bool) *half {
	h := &half{p: p, peak: math.Inf(-1), rest: math.Inf(-1), restWrong: math.Inf(-1)}
	var jumps [2][]float64
	end := float64(deepest)
	for side, d := range []dist.Univariate{a, b} {
		quantile := func(s float64) float64 { return d.Quantile(math.Exp(-s)) }
		if d.Support().Discrete {
			s := values[side].side(upper)
			if len(s.x) == 0 {
				h.state = math.NaN()
				return h
			}
			quantile, jumps[side] = s.quantile, s.jumps()
		} else if upper {
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
	last := h.probe(end, finiteMoment(p, a) && finiteMoment(p, b))
	if h.state != 0 {
		return h
	}
	h.cuts = []float64{math.Ln2}
	for _, some := range jumps {
		for _, tail := range some {
			h.cuts = append(h.cuts, -math.Log(tail))
		}
	}
	for s := 1.0; s < last; s *= 1.5 {
		h.cuts = append(h.cuts, s)
	}
	slices.Sort(h.cuts)
	h.cuts = slices.DeleteFunc(slices.Compact(append(h.cuts, last)), func(s float64) bool { return s > last })
	slices.Sort(h.cuts)
	return h
}

// finiteMoment says whether the moment of order p is known to exist.
func finiteMoment(p float64, d dist.Univariate) bool {
	v := d.Variance()
	return p <= 2 && v-v == 0 || p == 1 && d.Mean()-d.Mean() == 0
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
func (h *half) probe(end float64, finite bool) float64 {
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
			h.restWrong = grid[k]
		}
		return last
	}
	h.rest, h.restWrong = quadrature.Tail(func(s float64) float64 {
		log, _ := h.at(s)
		return log
	}, 0.5*last, last)
	switch {
	case math.IsInf(h.rest, 1) && finite:
		h.rest = math.Inf(-1)
	case math.IsInf(h.rest, 1):
		h.state = h.rest
	case math.IsNaN(h.rest):
		h.rest, h.restWrong = math.Inf(-1), math.Inf(1)
	}
	return last
}

// A result is an integral in units of exp(peak).
type result struct {
	integral, wrong float64
	size            float64 // roughly, that of the sum of both quantiles' sizes
}

// integrate adds the integral up to the last cut to what is beyond.
func (h *half) integrate() result {
	var r result
	r.integral, r.wrong = quadrature.Adaptive(func(s float64) float64 {
		log, _ := h.at(s)
		return math.Exp(log - h.peak)
	}, h.cuts, 1e-12, 4000)
	r.integral += math.Exp(h.rest - h.peak)
	r.wrong += math.Exp(h.restWrong - h.peak)
	r.size, _ = quadrature.Adaptive(func(s float64) float64 {
		_, size := h.at(s)
		return math.Exp(size - h.peak)
	}, h.cuts, 1, 0)
	return r
}
