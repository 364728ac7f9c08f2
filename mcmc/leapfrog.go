package mcmc

import (
	"math"
	"math/rand/v2"
)

// A phasePoint is a position with a momentum. Energies are in nats.
type phasePoint struct {
	x, g []float64 // position, and gradient of the log density there
	p, v []float64 // momentum p, and velocity Σp
	w    []float64 // Σg; unused if the metric is diagonal
	l    float64   // log density at x
	refs int       // how many ends and choices of spans it is
}

// A dynamics is a particle on the potential of a target, −log density, with the
// kinetic energy of a metric. It integrates by leapfrogs and is the [trajectory]
// of NUTS. Memory for points is taken once.
type dynamics struct {
	target  *Guard
	metric  *metric
	eps     float64 // step size
	part    float64 // of it that the present trajectory takes
	r       *rand.Rand
	points  []phasePoint
	unused  []int // of points
	sums    [][]float64
	spare   []int // of sums
	handles []int // 0, 1, 2, …

	// Of the present trajectory:
	start   float64 // energy where it started
	accept  float64 // sum of the probabilities of acceptance
	steps   int
	diverge bool
	worst   float64 // the greatest error of the energy
	err     error   // ends the run
}

// divergence is the error of the energy at which a trajectory has diverged, as
// in Stan.
const divergence = 1000

// newDynamics has room for the trees of a depth.
func newDynamics(t *Guard, depth int) *dynamics {
	n := t.Dim()
	d := &dynamics{target: t, metric: newMetric(n)}
	d.points = make([]phasePoint, 3*depth+8)
	block := make([]float64, 5*n*len(d.points))
	cut := func() []float64 { c := block[:n:n]; block = block[n:]; return c }
	for i := range d.points {
		d.points[i] = phasePoint{x: cut(), g: cut(), p: cut(), v: cut(), w: cut()}
	}
	d.sums = make([][]float64, depth+3)
	block = make([]float64, n*len(d.sums))
	for i := range d.sums {
		d.sums[i] = cut()
	}
	d.unused, d.spare = make([]int, len(d.points)), make([]int, len(d.sums))
	for i := range d.points {
		d.handles = append(d.handles, i)
	}
	return d
}

// begin starts a trajectory at s with a fresh momentum and returns its first
// point.
func (d *dynamics) begin(r *rand.Rand, s *State) int {
	d.unused, d.spare = d.unused[:len(d.points)], d.spare[:len(d.sums)]
	copy(d.unused, d.handles)
	copy(d.spare, d.handles)
	i := d.take()
	z := &d.points[i]
	copy(z.x, s.X)
	copy(z.g, s.Grad)
	z.l = s.LogDensity
	d.metric.draw(r, z.p, z.v)
	if !d.metric.diagonal() {
		d.metric.mulTo(z.w, z.g)
	}
	d.r = r
	d.start = 0.5*dot(z.p, z.v) - z.l
	d.accept, d.steps, d.diverge, d.worst, d.err = 0, 0, false, 0, nil
	return i
}

// energy is the Hamiltonian.
func (z *phasePoint) energy() float64 { return 0.5*dot(z.p, z.v) - z.l }

// leapfrog writes to b the point one step of size eps from a, and returns the
// difference of its energy to that of the start; +Inf where the density is zero.
func (d *dynamics) leapfrog(b, a *phasePoint, eps float64) float64 {
	n, h := len(a.x), 0.5*eps
	x, g, p, v := b.x[:n], b.g[:n], b.p[:n], b.v[:n]
	ax, ag, ap, av := a.x[:n], a.g[:n], a.p[:n], a.v[:n]
	d.steps++
	kinetic := 0.0
	if d.metric.diagonal() {
		square := d.metric.square[:n]
		for i := range ax {
			p[i] = ap[i] + h*ag[i]
			x[i] = ax[i] + eps*square[i]*p[i]
		}
		if b.l, d.err = d.target.unguarded(x, g); d.err != nil {
			return math.Inf(1)
		}
		for i := range g {
			q := p[i] + h*g[i]
			p[i], v[i] = q, square[i]*q
			kinetic += q * v[i]
		}
	} else {
		aw, w := a.w[:n], b.w[:n]
		for i := range ax {
			v[i] = av[i] + h*aw[i]
			p[i] = ap[i] + h*ag[i]
			x[i] = ax[i] + eps*v[i]
		}
		if b.l, d.err = d.target.unguarded(x, g); d.err != nil {
			return math.Inf(1)
		}
		d.metric.mulTo(w, g)
		for i := range g {
			v[i] += h * w[i]
			p[i] += h * g[i]
			kinetic += v[i] * p[i]
		}
	}
	delta := 0.5*kinetic - b.l - d.start
	if delta-delta != 0 { // the gradient may be to blame
		if !math.IsInf(b.l, -1) {
			d.target.checkGrad(g)
		}
		return math.Inf(1)
	}
	return delta
}

// step implements [trajectory].
func (d *dynamics) step(beside int, forward bool) (span, bool) {
	i, eps := d.take(), d.eps*d.part
	if !forward {
		eps = -eps
	}
	z := &d.points[i]
	delta := d.leapfrog(z, &d.points[beside], eps)
	s := d.leaf(i, delta)
	d.accept += s.mass.over(mass{m: 1})
	if delta > d.worst {
		d.worst, d.diverge = delta, delta > divergence // which ends the trajectory
	}
	return s, !(delta > divergence)
}

// leaf is the span of a point whose energy differs from the start's by delta.
func (d *dynamics) leaf(i int, delta float64) span {
	sum := d.spare[len(d.spare)-1]
	d.spare = d.spare[:len(d.spare)-1]
	d.points[i].refs = 3
	copy(d.sums[sum], d.points[i].p)
	return span{first: i, last: i, choice: i, sum: sum, mass: newMass(-delta)}
}

// join implements [trajectory] with the generalized criterion of Betancourt
// (2013): a row turns unless the velocities at both of its ends have a positive
// product with the sum of its momenta. It is also asked of each part with the
// nearest point of the other, without which trees of some step sizes on nearly
// independent normal variables run through whole periods unnoticed.
func (d *dynamics) join(a, b span) (span, bool) {
	n := d.metric.n
	ra, rb := d.sums[a.sum][:n], d.sums[b.sum][:n]
	v1, v4 := d.points[a.first].v[:n], d.points[b.last].v[:n]
	var first, last float64
	straight := true
	if a.first == a.last && b.first == b.last {
		for i := range ra {
			s := ra[i] + rb[i]
			first += v1[i] * s
			last += v4[i] * s
			ra[i] = s
		}
	} else {
		v2, v3 := d.points[a.last].v[:n], d.points[b.first].v[:n]
		p2, p3 := d.points[a.last].p[:n], d.points[b.first].p[:n]
		var left1, left2, right1, right2 float64
		for i := range ra {
			sa, sb := ra[i], rb[i]
			s, left, right := sa+sb, sa+p3[i], sb+p2[i]
			first += v1[i] * s
			last += v4[i] * s
			left1 += v1[i] * left
			left2 += v3[i] * left
			right1 += v2[i] * right
			right2 += v4[i] * right
			ra[i] = s
		}
		straight = left1 > 0 && left2 > 0 && right1 > 0 && right2 > 0
	}
	d.release(a.last)
	d.release(b.first)
	d.spare = append(d.spare, b.sum)
	a.last = b.last
	return a, !(straight && first > 0 && last > 0)
}

// choose implements [trajectory].
func (d *dynamics) choose(a, b int, p float64) int {
	if p < 1 {
		other := a
		if d.r.Float64() < p { // a coin that no processor can foresee: two moves, no jump
			other = b
		}
		a, b = a+b-other, other
	}
	d.release(a)
	return b
}

// take returns a point that nobody uses.
func (d *dynamics) take() int {
	i := d.unused[len(d.unused)-1]
	d.unused = d.unused[:len(d.unused)-1]
	return i
}

func (d *dynamics) release(i int) {
	if d.points[i].refs--; d.points[i].refs == 0 {
		d.unused = append(d.unused, i)
	}
}
