package mcmc

import "math"

// A stepTuner finds the step size at which the mean acceptance is what is
// wanted, by stochastic approximation with averaging (Robbins & Monro 1951; Polyak
// & Juditsky 1992): the logarithm of the step size moves by the gain times the
// excess of acceptance, and what counts in the end is its mean over the later
// steps. The dual averaging of Hoffman & Gelman (2014) is the same idea, with
// gains that keep the step size in wide motion; since acceptance is a concave
// function of it, the mean step is then shorter than is wanted.
type stepTuner struct {
	log   float64 // of the present step size
	mean  float64 // of log, weighted by time
	count float64 // updates since the start
	first float64 // log of the step size at the start
	short float64 // sum of what acceptance fell short of
}

// Gains are stepGain·tˡ with l = −stepForget.
const (
	stepGain   = 0.7
	stepForget = 0.6
)

// The constants of dual averaging are those of Hoffman & Gelman (2014, section
// 3.2.1), with which Stan too draws the step size towards ten times the first.
const (
	dualShrink = 0.05
	dualOffset = 10
	dualForget = 0.75
)

// restart begins anew from a step size.
func (a *stepTuner) restart(eps float64) {
	l := math.Log(eps)
	*a = stepTuner{log: l, mean: l, first: l}
}

// update learns from an acceptance and returns the next step size to try.
func (a *stepTuner) update(accept, want float64) float64 {
	a.count++
	a.log += stepGain * math.Pow(a.count, -stepForget) * (accept - want)
	a.mean += 2 / (a.count + 1) * (a.log - a.mean)
	return math.Exp(a.log)
}

// updateDual is update by dual averaging.
func (a *stepTuner) updateDual(accept, want float64) float64 {
	a.count++
	a.short += want - accept
	a.log = a.first + math.Ln10 - math.Sqrt(a.count)/dualShrink/(a.count+dualOffset)*a.short
	a.mean += math.Pow(a.count, -dualForget) * (a.log - a.mean)
	return math.Exp(a.log)
}

// findStep doubles or halves the step size until the acceptance of one step from
// s crosses 0.8 (Hoffman & Gelman 2014, algorithm 4, with the threshold of Stan).
func (d *dynamics) findStep(first int) {
	a, b := &d.points[first], &d.points[d.take()]
	up := 0
	for range 60 {
		delta := d.leapfrog(b, a, d.eps)
		if d.err != nil {
			return
		}
		direction := -1
		if -delta > math.Log(0.8) {
			direction = 1
		}
		if up == 0 {
			up = direction
		}
		if direction != up {
			return
		}
		if up < 0 {
			d.eps /= 2
		} else if d.eps *= 2; d.eps > 1e7 { // a flat target
			return
		}
	}
}
