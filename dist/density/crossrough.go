package density

import (
	"context"
	"math"
)

// Approximate scores, to tell which bandwidths deserve an exact one. In one dimension
// observations within a fraction of the bandwidth count as one at their mean, which
// changes the variance of the kernel by about a hundredth; that costs O(n) and a few
// dozen operations for every group. In several dimensions a few hundred observations
// stand for all, each with its exact part.

const (
	roughReach   = 5.6 // of Gaussian kernels, in bandwidths: beyond it they are below 2e-7
	roughTargets = 400
)

// roughScore approximates score.
func (v *validator) roughScore(ctx context.Context, h float64) (float64, error) {
	if !(h >= leastBandwidth) {
		return math.Inf(1), ctx.Err()
	}
	if len(v.z) == 1 {
		return v.groupedScore(h), ctx.Err()
	}
	n := len(v.w)
	stride := (n + roughTargets - 1) / roughTargets
	targets := (n + stride - 1) / stride
	parts := v.parts[:targets]
	err := inChunks(ctx, targets, v.workers, func(i int) { parts[i] = v.vectorPart(i*stride, h) })
	weight := 0.0
	for i := range targets {
		weight += v.w[i*stride]
	}
	return finiteOr(parts) / weight, err
}

// A group is a set of neighbouring observations of one number.
type group struct {
	first, end        int
	at, weight        float64 // mean and Σ w
	odds, squaredOdds float64 // Σ w/(1−w) and Σ w²/(1−w)
	others            float64 // Σ w K over other groups
}

// groups merges neighbours that are at most width apart.
func (v *validator) groups(width float64) []group {
	x := v.z[0]
	var out []group
	for i := 0; i < len(x); {
		g, low := group{first: i}, x[i]
		shift := 0.0
		for ; i < len(x) && x[i]-low <= width; i++ {
			w := v.w[i]
			g.weight += w
			shift += w * (x[i] - low)
			g.odds += w / (1 - w)
			g.squaredOdds += w * w / (1 - w)
		}
		g.end, g.at = i, low+shift/g.weight
		out = append(out, g)
	}
	return out
}

// groupedScore approximates the score in one dimension.
func (v *validator) groupedScore(h float64) float64 {
	fine, near, far := 8.0, 1.0, 2.0
	if v.shape == Gaussian {
		fine, near, far = 4, roughReach, roughReach*math.Sqrt2
	}
	if v.rule == Likelihood {
		far = near
	}
	all := v.groups(h / fine)
	peak := v.shape.value(0)
	overlap, cross := 0.0, 0.0
	for a := range all {
		g := &all[a]
		own, _ := v.pairAt(0)
		overlap += 0.5 * g.weight * g.weight * own
		cross += peak * (g.odds*g.weight - g.squaredOdds)
		for b := a + 1; b < len(all); b++ {
			o := &all[b]
			u := (o.at - g.at) / h
			if !(u <= far) {
				break
			}
			both, value := v.pairAt(u)
			if v.rule == LeastSquares {
				overlap += g.weight * o.weight * both
				cross += value * (g.odds*o.weight + o.odds*g.weight)
			} else {
				g.others += value * o.weight
				o.others += value * g.weight
			}
		}
	}
	if v.rule == LeastSquares {
		return (2*overlap - 2*cross) / h
	}
	sum := 0.0
	for a, g := range all {
		for i := g.first; i < g.end; i++ {
			w := v.w[i]
			others := g.others + (g.weight-w)*peak
			if g.end-g.first == 1 {
				others = g.others
			}
			if others > 0 || v.shape != Gaussian {
				sum -= w * math.Log(others/(1-w)/h)
				continue
			}
			nearest := math.Inf(1)
			if a > 0 {
				nearest = (g.at - all[a-1].at) / h
			}
			if a+1 < len(all) {
				nearest = min(nearest, (all[a+1].at-g.at)/h)
			}
			sum += w * (0.5*nearest*nearest + halfLog2Pi + math.Log(h) + math.Log(float64(len(v.w))))
		}
	}
	if math.IsNaN(sum) {
		return math.Inf(1)
	}
	return sum
}

// pairAt returns the overlap of two kernels at distance u, and the kernel itself.
func (v *validator) pairAt(u float64) (overlap, value float64) {
	if v.shape != Gaussian {
		return v.shape.overlap(u), v.shape.value(u)
	}
	e := math.Exp(-0.25 * u * u)
	return e * (0.5 / math.SqrtPi), e * e / math.Sqrt(2*math.Pi)
}
