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
	mostPanels    = 150
	slowest       = 1e-3 // a rate of fall per unit of log distance below which an integral diverges
)

// ladder has minus the logarithms of the tail probabilities at whose quantiles the
// line is cut.
var ladder = []float64{math.Ln2, 1, 1.4, 2, 2.8, 4, 5.6, 8, 11, 16, 22, 32, 45, 64, 90, 128, 180, 256, 360, 512, 700}

// integrate sums over the union of both supports.
func integrate(m *measure, p, q dist.Univariate) (Value, error) {
	if math.IsInf(m.onlyP, 1) && outside(p, q) {
		return exact(math.Inf(1), ClosedForm), nil
	}
	g := grid(p, q)
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
		if t := lp - lq; t*m.growth > 100 {
			return lp + m.growth*t
		}
		return lp + math.Log(m.term(lp-lq))
	}
	sum, wrong := 0.0, 0.0
	for _, d := range []dist.Univariate{p, q} {
		lost, err := g.lost(d)
		if err != nil {
			return Value{}, err
		}
		wrong += lost
	}
	first, last := g.cuts[0], g.cuts[len(g.cuts)-1]
	for _, end := range []struct {
		x            float64
		massP, massQ float64
		inner        float64
	}{
		{first, p.CDF(first), q.CDF(first), g.cuts[1]},
		{last, p.Survival(last), q.Survival(last), g.cuts[len(g.cuts)-2]},
	} {
		rest := m.tail(end.massP, end.massQ, p.LogProb(end.x)-q.LogProb(end.x))
		if math.IsInf(m.onlyP, 1) && g.diverges(height, end.x, end.inner) {
			return Value{Estimate: belief.Estimate{Value: math.Inf(1), Kind: belief.Approximation}, Method: Quadrature}, nil
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

// lost returns how much of a density's mass the cuts miss, beyond rounding; too much is
// an error.
func (g cutLine) lost(d dist.Univariate) (float64, error) {
	mass := 0.0
	for _, part := range g.parts() {
		v, _ := quadrature.Adaptive(part.substitute(func(x, speed float64) float64 {
			if l := d.LogProb(x); !math.IsInf(l, 1) {
				return math.Exp(l + speed)
			}
			return 0
		}), part.cuts, 1e-10, mostPanels)
		mass += v
	}
	off := math.Abs(mass - 1)
	if !(off < 1e-3) {
		return 0, &dist.ParameterError{Distribution: d.String(), Parameter: "integral of the density", Value: mass, Want: "one"}
	}
	if off < 1e-9 {
		return 0, nil
	}
	return off, nil
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
}

// grid cuts the line at quantiles of both distributions and at the ends of the
// supports.
func grid(p, q dist.Univariate) cutLine {
	sp, sq := p.Support(), q.Support()
	g := cutLine{lower: min(sp.Lower, sq.Lower), upper: max(sp.Upper, sq.Upper)}
	add := func(x float64) {
		if !math.IsNaN(x) && !math.IsInf(x, 0) && math.Abs(x) < 1e300 {
			g.cuts = append(g.cuts, x)
		}
	}
	for _, d := range []dist.Univariate{p, q} {
		s := d.Support()
		add(s.Lower)
		add(s.Upper)
		for _, depth := range ladder {
			add(d.Quantile(math.Exp(-depth)))
			if u, ok := d.(dist.UpperQuantiler); ok {
				add(u.UpperQuantile(math.Exp(-depth)))
			} else if depth < 36 {
				add(d.Quantile(-math.Expm1(-depth)))
			}
		}
	}
	slices.Sort(g.cuts)
	g.cuts = slices.Compact(g.cuts)
	g.center = 0.5*p.Quantile(0.5) + 0.5*q.Quantile(0.5)
	return g
}

// diverges says whether the integral grows without end towards x, the outermost cut:
// per unit of log distance, the term there must fall.
func (g cutLine) diverges(height func(x float64) float64, x, inner float64) bool {
	from := g.center
	if x == g.lower || x == g.upper {
		// Towards a finite end the distance shrinks: go on from the nearest cut.
		step := inner - x
		from, inner, x = x, x+step*0x1p-20, x+step*0x1p-40
		if x == from {
			return false // no number is that near
		}
	}
	dx, di := math.Abs(x-from), math.Abs(inner-from)
	if dx == 0 || di == 0 || dx == di {
		return false
	}
	outer, before := height(x)+careful.Log(dx), height(inner)+careful.Log(di)
	if math.IsInf(outer, 0) || math.IsInf(before, 0) {
		return math.IsInf(outer, 1)
	}
	return outer-before > -slowest*math.Abs(careful.Log(dx)-careful.Log(di))
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
			near = max((b-g.lower)*0x1p-60, math.Abs(g.lower)*0x1p-52, 1e-300)
		}
		if !(near < b-g.lower) {
			break
		}
		return part{g.lower, 1, []float64{careful.Log(near), careful.Log(b - g.lower)}}
	case !math.IsInf(g.upper, 1) && g.upper-a > wide*(g.upper-b) && a >= g.center:
		near := g.upper - b
		if near == 0 {
			near = max((g.upper-a)*0x1p-60, math.Abs(g.upper)*0x1p-52, 1e-300)
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
