package mcmc

import "math"

// A dualAverage finds the step size at which the mean acceptance is what is
// wanted, by the stochastic optimization of Nesterov (2009) as Hoffman & Gelman
// (2014, section 3.2) use it: early steps are bold, and what counts in the end is
// an average that forgets them.
type dualAverage struct {
	mu    float64 // where log step sizes are drawn to
	count float64
	error float64 // weighted mean of wanted less observed acceptance
	log   float64 // of the present step size
	mean  float64 // of log, weighted towards the recent
}

// Constants of Hoffman & Gelman.
const (
	averageGamma = 0.05 // how strongly towards mu
	averageDelay = 10   // iterations by which early ones are damped
	averageKappa = 0.75 // how fast old ones are forgotten
)

// restart begins anew from a step size.
func (a *dualAverage) restart(eps float64) {
	*a = dualAverage{mu: math.Log(10 * eps), log: math.Log(eps), mean: math.Log(eps)}
}

// update learns from an acceptance and returns the next step size to try.
func (a *dualAverage) update(accept, want float64) float64 {
	a.count++
	weight := 1 / (a.count + averageDelay)
	a.error += weight * (want - accept - a.error)
	a.log = a.mu - a.error*math.Sqrt(a.count)/averageGamma
	a.mean += math.Pow(a.count, -averageKappa) * (a.log - a.mean)
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
