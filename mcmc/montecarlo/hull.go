package montecarlo

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/belief-go/belief"
)

// A Hull is the envelope of a [LogConcave] density: a function whose logarithm is
// linear on pieces, and nowhere below the density. It belongs to one goroutine, for
// drawing improves it. A draw takes O(log Points), an improvement O(Points).
type Hull struct {
	s      LogConcave // Lower and Upper move in where the density turns out to be zero
	points []point    // in order; their log densities are finite
	pieces []line     // the envelope
	below  []float64  // mass of the pieces before, in units of exp(top)
	top    float64
	// Evaluations counts calls of the log density.
	evaluations int
}

// A point is where the log density is known.
type point struct{ x, l, slope float64 }

// A line is a piece of the envelope: l + slope·(x − at0) from one end to the other.
type line struct{ from, to, at0, l, slope float64 }

func (p *line) at(x float64) float64 { return p.l + p.slope*(x-p.at0) }

// Evaluations is how often the log density was asked so far.
func (h *Hull) Evaluations() int { return h.evaluations }

// LogNormalizer returns an upper bound of the logarithm of the integral of the
// density: that of the envelope, which improves while draws are taken.
func (h *Hull) LogNormalizer() belief.Estimate {
	return belief.Estimate{Value: h.top + math.Log(h.below[len(h.pieces)]), Kind: belief.UpperBound}
}

func (h *Hull) clone() *Hull {
	c := *h
	c.points = append(make([]point, 0, h.s.Points), h.points...)
	c.pieces = append(make([]line, 0, 2*h.s.Points+2), h.pieces...)
	c.below = append(make([]float64, 0, 2*h.s.Points+3), h.below...)
	return &c
}

// evaluate asks for the density at x.
func (h *Hull) evaluate(x float64) (point, error) {
	h.evaluations++
	l, err := valueAt("log density", h.s.LogDensity, x)
	p := point{x: x, l: l}
	if err == nil {
		err = checkLog("log density", []float64{x}, p.l)
	}
	if err != nil {
		return p, err
	}
	if h.s.Slope != nil && !math.IsInf(p.l, -1) {
		if p.slope, err = valueAt("slope of the log density", h.s.Slope, x); err != nil {
			return p, err
		}
		if p.slope-p.slope != 0 {
			return p, &PointError{Function: "slope of the log density", X: []float64{x}, Value: p.slope}
		}
	}
	return p, nil
}

// begin finds points that bound the density on both sides: the start, and one on
// either side, farther and farther away until the envelope falls towards an end
// that is infinite.
func (h *Hull) begin() error {
	start, err := h.evaluate(h.s.Start)
	if err != nil {
		return err
	}
	if math.IsInf(start.l, -1) {
		return &belief.ConfigError{Field: "Start", Value: h.s.Start, Want: "a point of positive density"}
	}
	h.points = append(make([]point, 0, h.s.Points), start)
	for _, side := range []float64{-1, 1} {
		p, err := h.walk(start, side)
		if err != nil {
			return err
		}
		if side < 0 {
			h.points = slices.Insert(h.points, 0, p)
		} else {
			h.points = append(h.points, p)
		}
	}
	if h.s.Slope != nil { // even where no two points contradict each other
		for _, p := range []point{h.points[0], h.points[2]} {
			if err := h.checkSlope(p, 1e-3*math.Abs(p.x-start.x)); err != nil {
				return err
			}
		}
	}
	return h.rebuild()
}

// walk finds a point of positive density on one side of the start.
func (h *Hull) walk(start point, side float64) (point, error) {
	end := &h.s.Lower
	if side > 0 {
		end = &h.s.Upper
	}
	step := max(1, math.Abs(start.x)*1e-3)
	for range 4000 {
		x := start.x + side*step
		if !(side*x < side**end) {
			x = 0.5*start.x + 0.5**end
		}
		if x == start.x || math.IsInf(x, 0) {
			break
		}
		p, err := h.evaluate(x)
		if err != nil {
			return p, err
		}
		if err := h.checkTangents(start, p); err != nil {
			return p, h.blame(err, math.Abs(x-start.x), p, start)
		}
		down := p.l < start.l
		if h.s.Slope != nil {
			down = side*p.slope < 0
		}
		switch {
		case math.IsInf(p.l, -1): // a concave function stays there
			*end = x
		case down || !math.IsInf(*end, 0):
			return p, nil
		default:
			step *= 2
		}
	}
	return point{}, &belief.ConfigError{Field: "Start", Value: start.x, Want: "where the density is not flat, and has a finite integral, as far as points on either side tell"}
}

// rebuild makes pieces and their masses from the points.
func (h *Hull) rebuild() error {
	h.pieces = h.pieces[:0]
	p, n := h.points, len(h.points)
	chord := func(i int) float64 { return (p[i+1].l - p[i].l) / (p[i+1].x - p[i].x) }
	cross := func(i int, left, right float64) float64 { // where lines through points i and i+1 meet
		w := p[i+1].x - p[i].x
		if z := (p[i+1].l - p[i].l - right*w) / (left - right); z >= 0 && z <= w {
			return p[i].x + z
		}
		return p[i].x + 0.5*w
	}
	from := h.s.Lower
	add := func(i int, to, slope float64) {
		if to > from {
			h.pieces = append(h.pieces, line{from, to, p[i].x, p[i].l, slope})
			from = to
		}
	}
	if h.s.Slope != nil {
		for i := range n - 1 {
			add(i, cross(i, p[i].slope, p[i+1].slope), p[i].slope)
		}
		add(n-1, h.s.Upper, p[n-1].slope)
	} else {
		add(0, p[0].x, chord(0))
		for i := range n - 1 {
			switch {
			case i == 0:
				add(i+1, p[i+1].x, chord(i+1))
			case i == n-2:
				add(i, p[i+1].x, chord(i-1))
			default:
				add(i, cross(i, chord(i-1), chord(i+1)), chord(i-1))
				add(i+1, p[i+1].x, chord(i+1))
			}
		}
		add(n-1, h.s.Upper, chord(n-2))
	}
	h.top = math.Inf(-1)
	for i := range h.pieces {
		h.top = max(h.top, h.pieces[i].logMass())
	}
	h.below = append(h.below[:0], 0)
	for i := range h.pieces {
		h.below = append(h.below, h.below[i]+math.Exp(h.pieces[i].logMass()-h.top))
	}
	if math.IsInf(h.top, 0) || h.top != h.top {
		return &ConcavityError{X: p[n/2].x, LogDensity: p[n/2].l, Problem: "and no envelope of finite mass lies above what is known of it"}
	}
	return nil
}

// logMass is the logarithm of the integral under a piece.
func (p *line) logMass() float64 {
	w, g := p.to-p.from, math.Abs(p.slope)
	high := p.at(p.to)
	if p.slope < 0 || math.IsInf(p.to, 1) {
		high = p.at(p.from)
	}
	switch a := g * w; {
	case (p.slope >= 0 && math.IsInf(p.to, 1)) || (p.slope <= 0 && math.IsInf(p.from, -1)):
		return math.Inf(1)
	case a < 1e-12:
		return high + math.Log(w)
	default:
		return high + math.Log(-math.Expm1(-a)/g)
	}
}

// propose draws from the envelope by two uniform numbers, and says from which piece.
func (h *Hull) propose(u, v float64) (x float64, piece int) {
	n := len(h.pieces)
	want := u * h.below[n]
	i := sort.Search(n-1, func(i int) bool { return h.below[i+1] >= want })
	p := &h.pieces[i]
	w, g := p.to-p.from, math.Abs(p.slope)
	far := v * w
	if g*w >= 1e-12 {
		far = -math.Log1p(v*math.Expm1(-g*w)) / g
	}
	if p.slope < 0 {
		x = p.from + far
	} else {
		x = p.to - far
	}
	return min(max(x, p.from), p.to), i
}

// neighbours returns the number of points below x.
func (h *Hull) neighbours(x float64) int {
	return sort.Search(len(h.points), func(i int) bool { return h.points[i].x >= x })
}

// chord is the lower bound of the log density between points.
func (h *Hull) chord(x float64) float64 {
	i := h.neighbours(x)
	if i == 0 || i == len(h.points) {
		return math.Inf(-1)
	}
	p, q := h.points[i-1], h.points[i]
	return p.l + (q.l-p.l)*((x-p.x)/(q.x-p.x))
}

// check is checkConcave with a look at who is at fault.
func (h *Hull) check(p point, piece *line) error {
	err := h.checkConcave(p, piece)
	if err == nil || h.s.Slope == nil {
		return err
	}
	i, distance := h.neighbours(p.x), math.Inf(1)
	suspects := []point{p}
	for _, q := range h.points[max(i-1, 0):min(i+1, len(h.points))] {
		if q.x != p.x {
			suspects = append(suspects, q)
			distance = min(distance, math.Abs(q.x-p.x))
		}
	}
	return h.blame(err, distance, suspects...)
}

// checkConcave holds a new point against what a concave function leaves it: top is
// the envelope there. Rounding of a billionth is forgiven.
func (h *Hull) checkConcave(p point, piece *line) error {
	top, i := piece.at(p.x), h.neighbours(p.x)
	inside := i > 0 && i < len(h.points)
	wrong := func(format string, args ...any) error {
		return &ConcavityError{X: p.x, LogDensity: p.l, Problem: fmt.Sprintf(format, args...)}
	}
	if math.IsInf(p.l, -1) {
		if inside {
			return wrong("between points where the density is positive")
		}
		return nil
	}
	slack := 1e-9 * (1 + math.Abs(p.l) + math.Abs(piece.l) + math.Abs(piece.slope*(p.x-piece.at0)))
	if p.l > top+slack {
		return wrong("above %.9g, which its tangents or chords do not allow", top)
	}
	for _, q := range h.points[max(i-1, 0):min(i+1, len(h.points))] {
		if err := h.checkTangents(q, p); err != nil {
			return err
		}
	}
	if !inside {
		return nil
	}
	a, b := h.points[i-1], h.points[i]
	if low := h.chord(p.x); p.l < low-slack-1e-9*(math.Abs(a.l)+math.Abs(b.l)) {
		return wrong("below %.9g, the chord from %g to %g", low, a.x, b.x)
	}
	if s := 1e-7 * (math.Abs(a.slope) + math.Abs(b.slope)); h.s.Slope != nil && (p.slope > a.slope+s || p.slope < b.slope-s) {
		return wrong("with a slope of %g between slopes of %g and %g", p.slope, a.slope, b.slope)
	}
	return nil
}

// learn evaluates the density at a draw from a piece and takes it into the envelope.
func (h *Hull) learn(x float64, piece *line) (point, error) {
	p, err := h.evaluate(x)
	if err != nil {
		return p, err
	}
	if err := h.check(p, piece); err != nil {
		return p, err
	}
	if i := h.neighbours(x); i == len(h.points) || h.points[i].x != x {
		return p, h.insert(p)
	}
	// The piece is so steep that all its draws are one number: it is halved.
	middle := 0.5*piece.from + 0.5*piece.to
	if !(middle > piece.from && middle < piece.to) {
		return p, nil
	}
	q, err := h.evaluate(middle)
	if err == nil {
		err = h.check(q, piece)
	}
	if err == nil {
		err = h.insert(q)
	}
	return p, err
}

// insert takes in a new point, or moves an end in where the density is zero.
func (h *Hull) insert(p point) error {
	i := h.neighbours(p.x)
	switch {
	case math.IsInf(p.l, -1) && i == 0:
		h.s.Lower = max(h.s.Lower, p.x)
	case math.IsInf(p.l, -1):
		h.s.Upper = min(h.s.Upper, p.x)
	case i < len(h.points) && h.points[i].x == p.x || len(h.points) >= h.s.Points && !h.forget(p):
		return nil
	default:
		h.points = slices.Insert(h.points, h.neighbours(p.x), p)
	}
	return h.rebuild()
}

// forget makes room for p by dropping an outermost point that is left over from
// the search for the mode: one that is e⁵⁰ times less likely than p, and without
// which the envelope still falls to that side.
func (h *Hull) forget(p point) bool {
	const little = 50
	n := len(h.points)
	falls := func(near, far point, side float64) bool {
		if h.s.Slope != nil {
			return side*far.slope < 0
		}
		return far.l < near.l
	}
	a := h.points
	switch {
	case a[0].l < p.l-little && p.x > a[2].x && falls(a[2], a[1], -1):
		h.points = slices.Delete(a, 0, 1)
	case a[n-1].l < p.l-little && p.x < a[n-3].x && falls(a[n-3], a[n-2], 1):
		h.points = a[:n-1]
	default:
		return false
	}
	return true
}
