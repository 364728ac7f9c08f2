package information

import (
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/quadrature"
)

// This file integrates the terms of two densities. The line is cut at quantiles of
// both, far into their tails; parts that reach over orders of magnitude, towards
// infinity or towards an end of the support, are integrated in the logarithm of the
// distance, in which heavy tails and singular ends are smooth.

const (
	quadratureAim = 1e-12
	mostPanels    = 150 // halvings
)

// integrate sums over the union of both supports.
func integrate(m *measure, p, q dist.Univariate) (Value, error) {
	if math.IsInf(m.onlyP, 1) && outside(p, q) {
		return exact(math.Inf(1), ClosedForm), nil
	}
	g := grid(p, q, false)
	lost := g.lost(p) + g.lost(q)
	if lost > 0 { // perhaps for a singular end
		if c := grid(p, q, true); c.lost(p)+c.lost(q) < lost {
			g, lost = c, c.lost(p)+c.lost(q)
		}
	}
	if !(lost < mostLost) {
		if v, err := fallBack(m, p, q); !math.IsNaN(v.Value) {
			return v, err
		}
	}
	// The term at x, per unit of a variable in which x moves by exp(speed).
	density := func(x, speed float64) float64 {
		lp, lq := p.LogProb(x), q.LogProb(x)
		if math.IsInf(lp, 1) || math.IsInf(lq, 1) {
			return 0 // a singular end, which has no mass
		}
		return m.atLog(lp+speed, lq+speed)
	}
	// The logarithm of the term at x where p is greater.
	height := func(x float64) float64 {
		lp, lq := p.LogProb(x), q.LogProb(x)
		if !(lp > lq) {
			return math.Inf(-1)
		}
		return m.height(lp, lq)
	}
	sum, wrong := g.rest(func(x float64) float64 { return m.height(p.LogProb(x), q.LogProb(x)) })
	wrong += lost
	first, last := g.cuts[0], g.cuts[len(g.cuts)-1]
	for k, end := range [2]struct{ x, massP, massQ float64 }{
		{first, p.CDF(first), q.CDF(first)},
		{last, p.Survival(last), q.Survival(last)},
	} {
		rest := m.tail(end.massP, end.massQ, p.LogProb(end.x)-q.LogProb(end.x))
		if math.IsInf(m.onlyP, 1) {
			more, off := g.beyond(height, k == 1)
			if math.IsInf(more, 1) {
				return Value{Estimate: belief.Estimate{Value: more, Kind: belief.Approximation}, Method: Quadrature}, nil
			}
			sum += more
			wrong += off
		}
		wrong += rest
	}
	for _, part := range g.parts() {
		if m == &variation { // it has corners, which no rule sees between its nodes
			part.cutCrossings(func(x float64) float64 { return p.LogProb(x) - q.LogProb(x) })
		}
		v, e := quadrature.Adaptive(part.substitute(density), part.cuts, quadratureAim, mostPanels)
		sum += v
		wrong += e
	}
	wrong += 4 * 0x1p-52 * sum * max(fineness(p), fineness(q))
	return m.finish(sum, wrong, Quadrature, belief.Approximation), nil
}

// mostLost is what integrals may miss of the mass before draws are the better way.
const mostLost = 1e-3

// lost returns how much of a density's mass the cuts miss, beyond rounding.
func (g cutLine) lost(d dist.Univariate) float64 {
	mass, _ := g.rest(d.LogProb)
	for _, part := range g.parts() {
		v, _ := quadrature.Adaptive(part.substitute(func(x, speed float64) float64 {
			if l := d.LogProb(x); !math.IsInf(l, 1) {
				return math.Exp(l + speed)
			}
			return 0
		}), part.cuts, 1e-10, mostPanels)
		mass += v
	}
	if off := math.Abs(mass - 1); !(off < massOff) {
		return off
	}
	return 0
}

// fineness returns the distance of a distribution from zero in units of its width: by
// how much more than themselves rounding errors in its values count.
func fineness(d dist.Univariate) float64 {
	return math.Abs(d.Quantile(0.5)) / (d.Quantile(0.75) - d.Quantile(0.25))
}

// A cutLine is the line from the deepest quantile to the highest.
type cutLine struct {
	lower, upper float64 // of the union of the supports
	center       float64
	cuts         []float64
	coarse       bool // the integral goes on by extrapolation where it comes near finite ends
}

// grid cuts the line at quantiles of both distributions and at the ends of the
// supports.
func grid(p, q dist.Univariate, coarse bool) cutLine {
	sp, sq := p.Support(), q.Support()
	g := cutLine{lower: min(sp.Lower, sq.Lower), upper: max(sp.Upper, sq.Upper), coarse: coarse}
	add := func(x float64) {
		inside := x-g.lower > g.nearest(g.lower) && g.upper-x > g.nearest(g.upper) || x == g.lower || x == g.upper
		if math.Abs(x) < 1e300 && inside {
			g.cuts = append(g.cuts, x)
		}
	}
	for _, d := range []dist.Univariate{p, q} {
		s := d.Support()
		add(s.Lower)
		add(s.Upper)
		eachCut(d, add)
	}
	slices.Sort(g.cuts)
	g.cuts = slices.Compact(g.cuts)
	if len(g.cuts) == 0 { // all is beyond 1e300
		g.cuts = []float64{0}
	}
	g.center = 0.5*p.Quantile(0.5) + 0.5*q.Quantile(0.5)
	return g
}

// beyond returns the integral of exp(height) between the outermost cut and an infinite
// end, with its error, or +Inf if it diverges there or at a finite end.
func (g cutLine) beyond(height func(x float64) float64, upper bool) (rest, wrong float64) {
	x, end := g.cuts[0], g.lower
	if upper {
		x, end = last(g.cuts), g.upper
	}
	from, ref, to := g.center, 0.0, 0.0
	if x == end { // towards which the distance shrinks
		from, ref = end, g.center-end
		to = math.Log(math.Abs(ref) / max(g.nearest(end), math.Abs(end)*0x1p-40))
	} else {
		for _, c := range g.cuts { // the nearest to the center on this side
			if d := c - from; upper == (d > 0) && d != 0 && (ref == 0 || math.Abs(d) < math.Abs(ref)) {
				ref = d
			}
		}
		to = careful.Log((x - from) / ref)
	}
	if h := height(x); math.IsInf(h, 1) && x != end {
		return h, h
	}
	if !(to > 2) || math.IsInf(to, 1) {
		return 0, 0
	}
	sign := 1.0
	if x == end {
		sign = -1
	}
	rest, wrong = quadrature.Tail(func(y float64) float64 {
		return height(from+ref*math.Exp(sign*y)) + sign*y + careful.Log(math.Abs(ref))
	}, 0.5*to, to)
	switch {
	case math.IsNaN(rest) || x == end && !math.IsInf(rest, 1):
		return 0, 0
	case to < 10 && math.IsInf(rest, 1) && x == end:
		return 0, 0 // no number is near enough to tell
	}
	return math.Exp(rest), math.Exp(wrong)
}

// nearest is how near to a finite end the integral comes: as numbers do, or so that
// distances keep digits.
func (g cutLine) nearest(end float64) float64 {
	if math.IsInf(end, 0) {
		return 0
	}
	if g.coarse {
		return max(math.Abs(end)*0x1p-34, 1e-300)
	}
	return max(math.Abs(end)*0x1p-52, 1e-300)
}

// rest extrapolates the integral of exp(height) beyond the nearest points to both ends.
func (g cutLine) rest(height func(x float64) float64) (sum, wrong float64) {
	if !g.coarse {
		return 0, 0
	}
	for k, end := range [2]float64{g.lower, g.upper} {
		if math.IsInf(end, 0) || math.IsInf(g.center, 0) || g.cuts[k*(len(g.cuts)-1)] != end {
			continue
		}
		far := g.center - end // from the end
		to := math.Log(math.Abs(far) / g.nearest(end))
		rest, off := quadrature.Tail(func(y float64) float64 {
			return height(end+far*math.Exp(-y)) - y + math.Log(math.Abs(far))
		}, 0.5*to, to)
		if !math.IsInf(rest, 1) && !math.IsNaN(rest) {
			sum += math.Exp(rest)
			wrong += math.Exp(off)
		}
	}
	return sum, wrong
}

// A part is a stretch of panels in one variable: x = from + sign·exp(y), or x = y if
// sign is zero.
type part struct {
	from, sign float64
	cuts       []float64
}

// parts chooses the variable of each panel, and joins neighbours that have the same.
func (g cutLine) parts() []part {
	var out []part
	for k := 1; k < len(g.cuts); k++ {
		p := g.variable(g.cuts[k-1], g.cuts[k])
		if n := len(out); n > 0 && out[n-1].sign == p.sign && out[n-1].from == p.from && last(out[n-1].cuts) == p.cuts[0] {
			out[n-1].cuts = append(out[n-1].cuts, p.cuts[1:]...)
			continue
		}
		out = append(out, p)
	}
	for i := range out {
		if out[i].sign < 0 { // the distance falls as x grows
			slices.Reverse(out[i].cuts)
			out[i].cuts = slices.Compact(out[i].cuts)
		}
	}
	return out
}

func last(x []float64) float64 { return x[len(x)-1] }

const wide = 4 // a ratio of distances from which on the logarithm is taken

// variable chooses for the panel from a to b.
func (g cutLine) variable(a, b float64) part {
	switch {
	case !math.IsInf(g.lower, -1) && b-g.lower > wide*(a-g.lower) && b <= g.center:
		near := a - g.lower
		if near == 0 { // the mass below this is nothing that numbers could resolve
			near = g.nearest(g.lower)
			if !g.coarse {
				near = max(near, (b-g.lower)*0x1p-60)
			}
		}
		if !(near < b-g.lower) {
			break
		}
		return part{g.lower, 1, []float64{careful.Log(near), careful.Log(b - g.lower)}}
	case !math.IsInf(g.upper, 1) && g.upper-a > wide*(g.upper-b) && a >= g.center:
		near := g.upper - b
		if near == 0 {
			near = g.nearest(g.upper)
			if !g.coarse {
				near = max(near, (g.upper-a)*0x1p-60)
			}
		}
		if !(near < g.upper-a) {
			break
		}
		return part{g.upper, -1, []float64{careful.Log(g.upper - a), careful.Log(near)}}
	case a > g.center && b-g.center > wide*(a-g.center):
		return part{g.center, 1, []float64{careful.Log(a - g.center), careful.Log(b - g.center)}}
	case b < g.center && g.center-a > wide*(g.center-b):
		return part{g.center, -1, []float64{careful.Log(g.center - a), careful.Log(g.center - b)}}
	}
	return part{0, 0, []float64{a, b}}
}

// x returns the point of a value of the part's variable.
func (p part) x(y float64) float64 {
	if p.sign == 0 {
		return y
	}
	return p.from + p.sign*math.Exp(y)
}

// cutCrossings adds cuts where f changes its sign, found by bisection.
func (p *part) cutCrossings(f func(x float64) float64) {
	const looks = 8 // within each panel
	var found []float64
	for k := 1; k < len(p.cuts); k++ {
		width := (p.cuts[k] - p.cuts[k-1]) / looks
		for j := range looks {
			a := p.cuts[k-1] + float64(j)*width
			b, above := a+width, f(p.x(a)) > 0
			if f(p.x(b)) > 0 == above {
				continue
			}
			for middle := 0.5 * (a + b); a < middle && middle < b; middle = 0.5 * (a + b) {
				if f(p.x(middle)) > 0 == above {
					a = middle
				} else {
					b = middle
				}
			}
			found = append(found, a)
		}
	}
	p.cuts = append(p.cuts, found...)
	slices.Sort(p.cuts)
	p.cuts = slices.Compact(p.cuts)
}

// substitute returns the integrand in the part's variable.
func (p part) substitute(f func(x, speed float64) float64) func(y float64) float64 {
	if p.sign == 0 {
		return func(x float64) float64 { return f(x, 0) }
	}
	return func(y float64) float64 { return f(p.x(y), y) }
}
