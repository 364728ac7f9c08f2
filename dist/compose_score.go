package dist

import "math"

// This file has the gradients of compositions in their parameters: those of what
// they are made of, and their own.

// Params returns the weights, and then the parameters of all components that are a
// [Scorer], one after the other.
func (d Mixture) Params() []float64 {
	out := d.Weights()
	for _, c := range d.t.parts {
		if s, ok := c.(Scorer); ok {
			out = append(out, s.Params()...)
		}
	}
	return out
}

// ScoreTo implements [Scorer]: p_k(x)/p(x) − 1 for the weights, the derivative with
// w_k/Σ w_j in place of w_k, and the scores of the components weighted with their
// responsibilities. It is NaN where the density is zero.
func (d Mixture) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, len(d.Params()))
	total := d.LogProb(x)
	if math.IsInf(total, 0) || math.IsNaN(total) {
		return contNaN(dst)
	}
	at := len(d.t.parts)
	for k, c := range d.t.parts {
		ratio := math.Exp(c.LogProb(x) - total)
		dst[k] = ratio - 1
		s, ok := c.(Scorer)
		if !ok {
			continue
		}
		score := dst[at : at+len(s.Params())]
		at += len(score)
		share := d.t.weight[k] * ratio
		if share == 0 {
			clear(score)
			continue
		}
		s.ScoreTo(score, x)
		for i := range score {
			score[i] *= share
		}
	}
	return dst
}

// Params returns a and b, and then the parameters of the base if it is a [Scorer].
func (d Affine) Params() []float64 {
	out := []float64{d.Shift, d.Scale}
	if s, ok := d.Base.(Scorer); ok {
		out = append(out, s.Params()...)
	}
	return out
}

// ScoreTo implements [Scorer]. With x = (y − a)/b and g the derivative of the base's
// log density there, it is −g/b and −(1 + x g)/b for a and b: NaN if the base is
// discrete or no [Grader].
func (d Affine) ScoreTo(dst []float64, y float64) []float64 {
	dst = dstFor(dst, len(d.Params()))
	x := d.back(y)
	dst[0], dst[1] = math.NaN(), math.NaN()
	if d.Base.Support().Discrete {
		x = math.RoundToEven(x)
	} else if g, ok := d.Base.(Grader); ok {
		slope := g.GradLogProb(x)
		dst[0], dst[1] = -slope/d.Scale, -(1+x*slope)/d.Scale
	}
	if s, ok := d.Base.(Scorer); ok {
		s.ScoreTo(dst[2:], x)
	}
	return dst
}

// Params returns the parameters of the base, none if it is no [Scorer].
func (d Truncated) Params() []float64 {
	if s, ok := d.base.(Scorer); ok {
		return s.Params()
	}
	return nil
}

// ScoreTo implements [Scorer]: the score of the base less its mean on the interval,
// which is the derivative of the logarithm of the mass there. It takes one integral
// for each parameter, and is NaN outside the interval.
func (d Truncated) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, len(d.Params()))
	s, ok := d.base.(Scorer)
	if !ok {
		return dst
	}
	if math.IsInf(d.LogProb(x), -1) || math.IsNaN(x) {
		return contNaN(dst)
	}
	s.ScoreTo(dst, x)
	score := make([]float64, len(dst))
	for k := range dst {
		if t := d.tail; t != nil {
			dst[k] -= t.expect(func(u, _ float64) float64 { return s.ScoreTo(score, t.end+t.sign*u)[k] })
		} else {
			dst[k] -= d.expect(func(v, _ float64) float64 { return s.ScoreTo(score, v)[k] })
		}
	}
	return dst
}
