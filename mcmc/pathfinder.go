package mcmc

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Starting points by Pathfinder (Zhang, Carpenter, Gelman & Vehtari 2022): along
// the way of a quasi-Newton method to the mode, each point with its estimate of
// the inverse Hessian is a normal density near the target; the one with the
// greatest evidence lower bound (ELBO) is where the mass is, and its covariance
// is a first metric. Several ways are gone. One of them is drawn in proportion to
// exp(ELBO), the mass that it has found: modes of next to no mass are left alone,
// those that matter are shared among the chains, for R̂ to tell.

const (
	pathCount   = 8    // ways gone
	pathLength  = 200  // most steps of each
	pathDraws   = 2    // of each estimate of an ELBO
	pathHistory = 20   // pairs that the inverse Hessian is made of
	pathEnd     = 1e-6 // of the log density, less than which is no progress
	pathFlat    = 2    // steps without progress at which a way ends
	pathWorse   = 12   // and steps without a better ELBO
)

// A normalFit is the normal density N(mean, Σ) of a metric.
type normalFit struct {
	*metric
	mean []float64
	elbo float64
}

// Start implements [Starter]. It also takes the metric that it has found.
func (k *hamiltonian) Start(r *rand.Rand, x []float64) (err error) {
	defer k.target.recoveredAt(&err)
	var found []*normalFit
	start := slices.Clone(x)
	for i := range pathCount {
		if i > 0 {
			for j := range start {
				start[j] = 4*r.Float64() - 2
			}
		}
		fit, err := findPath(r, k.target, start)
		if err != nil {
			return err
		}
		if fit != nil {
			found = append(found, fit)
		}
	}
	if len(found) == 0 {
		return nil
	}
	fit, best := found[0], math.Inf(-1)
	for _, f := range found { // a draw from the softmax, by Gumbel's maximum
		if score := f.elbo - math.Log(r.ExpFloat64()); score > best {
			fit, best = f, score
		}
	}
	y := make([]float64, len(x))
	for range 20 {
		fit.draw(r, y)
		l, err := k.target.LogDensity(y)
		if err != nil {
			return err
		}
		if !math.IsInf(l, -1) {
			copy(x, y)
			k.metric.set(fit.scale, fit.values, fit.vectors)
			return nil
		}
	}
	return nil
}

// draw draws x and returns its log density.
func (f *normalFit) draw(r *rand.Rand, x []float64) float64 {
	p := make([]float64, len(x))
	f.metric.draw(r, p, x)
	l := -0.5 * (dot(p, x) + float64(len(x))*math.Log(2*math.Pi))
	for i, s := range f.scale {
		l -= math.Log(s)
		x[i] += f.mean[i]
	}
	for _, v := range f.values {
		l -= 0.5 * math.Log(v)
	}
	return l
}

// findPath follows one way and returns the best fit on it, nil if there is none.
func findPath(r *rand.Rand, t *Guard, start []float64) (*normalFit, error) {
	n := len(start)
	q := newQuasiNewton(n)
	copy(q.x, start)
	var err error
	if q.l, err = t.LogDensityGrad(q.x, q.g); err != nil || math.IsInf(q.l, -1) {
		return nil, err
	}
	var best *normalFit
	y := make([]float64, n)
	flat, worse := 0, 0
	for range pathLength {
		before := q.l
		moved, err := q.move(t)
		if err != nil {
			return nil, err
		}
		if !moved {
			break
		}
		if flat++; q.l-before > pathEnd {
			flat = 0
		}
		if q.l-before > float64(n)/2+2 {
			continue // a normal density here has its mass further up
		}
		fit := q.fit()
		if fit == nil {
			continue
		}
		for range pathDraws {
			logQ := fit.draw(r, y)
			l, err := t.LogDensity(y)
			if err != nil {
				return nil, err
			}
			fit.elbo += (l - logQ) / pathDraws
		}
		if worse++; fit.elbo > math.Inf(-1) && (best == nil || fit.elbo > best.elbo) {
			best, worse = fit, 0
		}
		if flat == pathFlat || best != nil && worse == pathWorse {
			break
		}
	}
	return best, nil
}

// A quasiNewton climbs a log density by L-BFGS (Nocedal & Wright 2006, section
// 7.2), with the diagonal start of Gilbert & Lemaréchal (1989, equation 4.9).
type quasiNewton struct {
	x, g  []float64
	l     float64
	alpha []float64   // diagonal of the inverse Hessian before the pairs
	s, z  [][]float64 // steps and the falls of the gradient along them, oldest first
	a     []float64   // scratch
}

func newQuasiNewton(n int) *quasiNewton {
	q := &quasiNewton{x: make([]float64, n), g: make([]float64, n), alpha: make([]float64, n), a: make([]float64, pathHistory)}
	for i := range q.alpha {
		q.alpha[i] = 1
	}
	return q
}

// mul overwrites v by the inverse Hessian times v.
func (q *quasiNewton) mul(v []float64) {
	for j := len(q.s) - 1; j >= 0; j-- {
		q.a[j] = dot(q.s[j], v) / dot(q.s[j], q.z[j])
		axpy(v, -q.a[j], q.z[j])
	}
	for i, a := range q.alpha {
		v[i] *= a
	}
	for j, s := range q.s {
		axpy(v, q.a[j]-dot(q.z[j], v)/dot(s, q.z[j]), s)
	}
}

// move takes one step uphill and learns from it, or reports that there is none.
func (q *quasiNewton) move(t *Guard) (bool, error) {
	n := len(q.x)
	d, x, g := slices.Clone(q.g), make([]float64, n), make([]float64, n)
	q.mul(d)
	slope := dot(d, q.g)
	if !(slope > 0 && slope <= math.MaxFloat64) {
		return false, nil
	}
	step, low, high := 1.0, 0.0, math.Inf(1)
	if len(q.s) == 0 {
		step = min(1, 1/math.Sqrt(slope))
	}
	// Bisection for the weak Wolfe conditions (Lewis & Overton 2013), which also
	// gets by densities of zero.
	var l float64
	for tries := 0; ; tries++ {
		if tries == 30 {
			return false, nil
		}
		for i := range x {
			x[i] = q.x[i] + step*d[i]
		}
		var err error
		if l, err = t.LogDensityGrad(x, g); err != nil {
			return false, err
		}
		if !(l >= q.l+1e-4*step*slope) {
			high = step
		} else if dot(g, d) > 0.9*slope && tries < 10 {
			low = step
		} else {
			break
		}
		if step = (low + high) / 2; math.IsInf(high, 1) {
			step = 2 * low
		}
	}
	s, z := make([]float64, n), make([]float64, n)
	for i := range x {
		s[i], z[i] = x[i]-q.x[i], q.g[i]-g[i]
	}
	q.x, q.g, q.l = x, g, l
	q.learn(s, z)
	return true, nil
}

// learn takes a pair into the inverse Hessian, if there is curvature along it.
func (q *quasiNewton) learn(s, z []float64) {
	b := dot(s, z)
	if !(b > 1e-12*dot(z, z)) {
		return
	}
	a, c := 0.0, 0.0
	for i, v := range q.alpha {
		a += v * z[i] * z[i]
		c += s[i] * s[i] / v
	}
	for i, v := range q.alpha {
		inverse := a/(b*v) + z[i]*z[i]/b - a*s[i]*s[i]/(b*c*v*v)
		if inverse > 1e-200 && inverse < 1e200 {
			q.alpha[i] = 1 / inverse
		}
	}
	if len(q.s) == pathHistory {
		q.s, q.z = q.s[1:], q.z[1:]
	}
	q.s, q.z = append(q.s, s), append(q.z, z)
}

// fit returns the normal density at the present point, nil if there is none.
func (q *quasiNewton) fit() *normalFit {
	n := len(q.x)
	scale := make([]float64, n)
	for i, a := range q.alpha {
		scale[i] = math.Sqrt(a)
	}
	// Scaled by D⁻¹ on both sides, the inverse Hessian differs from the identity
	// only in the span of these.
	var span []float64
	for j := range q.s {
		for i, s := range q.s[j] {
			span = append(span, s/scale[i])
		}
		for i, z := range q.z[j] {
			span = append(span, z*scale[i])
		}
	}
	basis := orthonormal(span, n)
	r := 0
	if n > 0 {
		r = len(basis) / n
	}
	small := mat.NewSymDense(max(r, 1), nil)
	v := make([]float64, n)
	for j := range r {
		for i, b := range basis[j*n : (j+1)*n] {
			v[i] = b / scale[i]
		}
		q.mul(v)
		for i := range v {
			v[i] /= scale[i]
		}
		for i := range j + 1 {
			small.SetSym(i, j, dot(basis[i*n:(i+1)*n], v))
		}
	}
	fit := &normalFit{metric: newMetric(n), mean: slices.Clone(q.g)}
	q.mul(fit.mean)
	for i, x := range q.x {
		fit.mean[i] += x
	}
	var values, vectors []float64
	if r > 0 {
		var ok bool
		if values, vectors, ok = rotate(small, basis, n, 1); !ok {
			return nil
		}
	}
	fit.set(scale, values, vectors)
	return fit
}
