package dist

import "math"

// This file has the fit that Student's t distribution and its half have in common.

// fitStudent climbs the likelihood of Student's t distribution by Newton's method in
// m, log s and log ν, damped until it gains (Marquardt 1963). If centered, m stays.
func fitStudent(name string, d StudentT, values, shares []float64, centered bool) (StudentT, error) {
	likelihood := func(d StudentT) float64 {
		sum := studentNorm(d.Nu) - math.Log(d.Scale)
		for i, v := range values {
			sum -= shares[i] * studentLog(d.Nu, (v-d.Location)/d.Scale)
		}
		return sum
	}
	const problem = "the distances of the observations from each other span more than a float64 holds"
	damping, least := 0.0, 1e-9*d.Scale
	last := likelihood(d)
	if math.IsInf(last, 0) || math.IsNaN(last) {
		return d, &FitError{name, -1, problem}
	}
	for range 1000 {
		g, h := studentHessian(d, values, shares, centered)
		var next StudentT
		var step [3]float64
		gained, over := false, false
		for range 60 {
			var ok bool
			if step, ok = studentStep(g, h, damping); ok {
				next = StudentT{d.Nu * math.Exp(step[2]), d.Location + d.Scale*step[0], d.Scale * math.Exp(step[1])}
				l := likelihood(next)
				if l >= last-1e-14*(1+math.Abs(last)) { // sums are no finer
					last, gained = l, true
					break
				}
				over = over || math.IsInf(l, -1)
			}
			damping = max(1e-3, 4*damping)
		}
		if !gained || over && damping > 1e9 { // what stops the climb is no maximum
			return d, &FitError{name, -1, problem}
		}
		d = next
		if damping /= 8; damping < 1e-6 {
			damping = 0
		}
		if d.Nu > 1e7 {
			return d, &FitError{name, -1, "the tails are no heavier than those of a normal distribution"}
		}
		if d.Scale < least || d.Nu < 1e-9 {
			return d, &FitError{name, -1, "the likelihood grows without bound at an observation"}
		}
		if damping == 0 && math.Abs(step[0])+math.Abs(step[1])+math.Abs(step[2]) < 1e-9 { // the next would be its square
			break
		}
	}
	return d, nil
}

// studentExponent returns the power of two to divide observations by, so that their
// differences do not overflow and are not subnormal. Those that are small beside others
// keep their digits, as there may be many of them.
func studentExponent(values []float64) int {
	switch e := contExponent(values, nil); {
	case e > 1000:
		return 10
	case e < -contSquares:
		return e
	}
	return 0
}

// studentHessian returns the gradient and minus the Hessian of the mean log
// likelihood in m/s, log s and log ν.
func studentHessian(d StudentT, values, shares []float64, centered bool) (g [3]float64, h [3][3]float64) {
	nu := d.Nu
	slope := studentSlope(nu)
	bend := (studentSlope(nu*1.0001) - studentSlope(nu*0.9999)) / (2e-4 * nu)
	g = [3]float64{0, -1, nu * slope}
	h[2][2] = -nu*slope - nu*nu*bend
	for i, v := range values {
		z := (v - d.Location) / d.Scale
		pull, moment := studentPull(nu, z)
		w := (z / nu) * z
		share := 1.0 // w/(1+w) = z²/(ν+z²)
		if !math.IsInf(w, 1) {
			share = w / (1 + w)
		}
		bent := pull * (1 - 2*share) // z times minus the second derivative in z
		curve := 0.0
		if z != 0 {
			curve = bent / z
		}
		force := 0.5*studentExcess(nu, z, w, share) + 0.5*share/nu // in ν
		cross := 0.0                                               // minus the derivative of force in z
		if z != 0 {
			cross = share / z * (share - (1-share)/nu) // z(z²−1)/(ν+z²)²
		}
		// The derivative of force in ν.
		turn := 0.5*share/nu - 0.5*share*((nu+1)*(2-share)/nu-1)/nu
		g[0] += shares[i] * pull
		g[1] += shares[i] * moment
		g[2] += shares[i] * nu * force
		h[0][0] += shares[i] * curve
		h[0][1] += shares[i] * (bent + pull)
		h[1][1] += shares[i] * (moment + z*bent)
		h[0][2] -= shares[i] * nu * cross
		h[1][2] -= shares[i] * nu * z * cross
		h[2][2] -= shares[i] * (nu*force + nu*nu*turn)
	}
	h[1][0], h[2][0], h[2][1] = h[0][1], h[0][2], h[1][2]
	if centered {
		g[0] = 0
		h[0] = [3]float64{1, 0, 0}
		h[1][0], h[2][0] = 0, 0
	}
	return g, h
}

// studentStep solves (h + damping·(1 + diagonal)) step = g by Cholesky's
// factorization, if that is positive definite.
func studentStep(g [3]float64, h [3][3]float64, damping float64) (step [3]float64, ok bool) {
	var l [3][3]float64
	for i := range 3 {
		for j := range i + 1 {
			sum := h[i][j]
			if i == j {
				sum += damping * (1e-3 + math.Abs(h[i][i]))
			}
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if i == j {
				if !(sum > 0) {
					return step, false
				}
				l[i][i] = math.Sqrt(sum)
			} else {
				l[i][j] = sum / l[j][j]
			}
		}
	}
	for i := range 3 {
		step[i] = g[i]
		for k := range i {
			step[i] -= l[i][k] * step[k]
		}
		step[i] /= l[i][i]
	}
	for i := 2; i >= 0; i-- {
		for k := i + 1; k < 3; k++ {
			step[i] -= l[k][i] * step[k]
		}
		step[i] /= l[i][i]
	}
	long := max(math.Abs(step[0]), math.Abs(step[1]), math.Abs(step[2]))
	if long > 2 {
		for i := range step {
			step[i] *= 2 / long
		}
	}
	return step, !math.IsNaN(long)
}
