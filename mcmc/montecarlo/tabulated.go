package montecarlo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"github.com/belief-go/belief"
)

// A Tabulated is a distribution of one number on an interval whose density was
// given up to a constant factor. The density is a polynomial on each of many panels,
// which are halved until the distribution function has an error of about 1e-12;
// a draw finds its panel by bisection and its place in it by Newton's method
// (after Derflinger, Hörmann & Leydold 2010). It is safe for concurrent use.
type Tabulated struct {
	logDensity   func(x float64) float64
	lower, upper float64
	top          float64 // the log density that counts as 0
	panels       []panel
	below        []float64 // mass before each panel, and at last the total
	wrong        float64   // of the distribution function, estimated
}

const (
	nodes     = 16   // of a panel
	scan      = 128  // panels to begin with, on either side
	maxPanels = 8192 // more are refused
	tabAim    = 1e-14
)

// Tabulate prepares a density on the interval from lower to upper, one or both of
// which may be infinite; it is never evaluated at the ends. A peak that is narrower
// than a thousandth of the interval, or of the distance from its finite end or else
// from zero, may be missed: choose an interval that fits. The error is a
// [*PointError] where the log density is NaN or +Inf, and a [*belief.ConfigError]
// for an interval or a density that cannot be used.
func Tabulate(logDensity func(x float64) float64, lower, upper float64) (*Tabulated, error) {
	if !(lower < upper) || math.IsInf(upper-lower, 1) && !math.IsInf(lower, 0) && !math.IsInf(upper, 0) {
		return nil, &belief.ConfigError{Field: "interval", Value: [2]float64{lower, upper}, Want: "one of positive length"}
	}
	if logDensity == nil {
		return nil, &belief.ConfigError{Field: "logDensity", Value: "nil", Want: "a function"}
	}
	d := &Tabulated{logDensity: logDensity, lower: lower, upper: upper, top: math.Inf(-1)}
	for range 100 {
		higher, err := d.build()
		if err != nil {
			return nil, err
		}
		if !higher {
			return d, nil
		}
	}
	return nil, &belief.ConfigError{Field: "logDensity", Value: d.top, Want: "a function with a largest value"}
}

// build fills the panels. It starts over with a new top where the density turns
// out to be much higher than it seemed.
func (d *Tabulated) build() (higher bool, err error) {
	var ends []panel
	for k := range scan {
		from, to := float64(k)/scan, float64(k+1)/scan
		ends = append(ends, panel{from: from, to: to}, panel{upper: true, from: to, to: from})
	}
	if math.IsInf(d.top, -1) { // look before anything is taken as a multiple of exp(top)
		for i := range ends {
			for _, s := range chebyshev {
				l, err := d.at(ends[i].upper, ends[i].at(s))
				if err != nil {
					return false, err
				}
				d.top = max(d.top, l)
			}
		}
		if math.IsInf(d.top, -1) {
			return false, &belief.ConfigError{Field: "interval", Value: [2]float64{d.lower, d.upper}, Want: fmt.Sprintf("closer around where the density is positive: it is 0 at all of %d places", 2*scan*nodes)}
		}
	}
	d.panels = d.panels[:0]
	for i := range ends {
		if higher, err = d.fill(&ends[i]); higher || err != nil {
			return higher, err
		}
		d.panels = append(d.panels, ends[i])
	}
	for split := true; split; {
		total := 0.0
		for i := range d.panels {
			total += d.panels[i].mass
		}
		split = false
		for i, n := 0, len(d.panels); i < n && len(d.panels) < maxPanels; i++ {
			p := d.panels[i]
			middle := p.at(0)
			if !(p.wrong > tabAim*total) || math.Abs(p.to-p.from) < 1e-15*middle+1e-290 {
				continue
			}
			left, right := p, p
			left.to, right.from = middle, middle
			for _, half := range []*panel{&left, &right} {
				if higher, err = d.fill(half); higher || err != nil {
					return higher, err
				}
			}
			d.panels[i] = left
			d.panels = append(d.panels, right)
			split = true
		}
	}
	return false, d.finish()
}

// finish puts the panels in order and sums them up.
func (d *Tabulated) finish() error {
	sort.Slice(d.panels, func(i, j int) bool {
		p, q := &d.panels[i], &d.panels[j]
		if p.upper != q.upper {
			return q.upper
		}
		return (p.from < q.from) != p.upper
	})
	d.below = make([]float64, 1, len(d.panels)+1)
	for i := range d.panels {
		d.below = append(d.below, d.below[i]+d.panels[i].mass)
		d.wrong += d.panels[i].wrong
	}
	total := d.below[len(d.panels)]
	if total == 0 {
		return &belief.ConfigError{Field: "interval", Value: [2]float64{d.lower, d.upper}, Want: "closer around the peak of the density, which is so narrow that its integral comes out as 0 here"}
	}
	if !(total > 0) || math.IsInf(total, 1) {
		return &belief.ConfigError{Field: "logDensity", Value: total, Want: "that of a density with a finite integral"}
	}
	d.wrong = d.wrong/total + 1e-15
	// What may lie between a finite end and the number next to it.
	for _, end := range []float64{d.lower, d.upper} {
		if math.IsInf(end, 0) {
			continue
		}
		next := math.Nextafter(end, d.lower+d.upper-end)
		l, err := valueAt("log density", d.logDensity, next)
		if err != nil {
			return err
		}
		if l-d.top < 700 {
			d.wrong += math.Exp(l-d.top) * math.Abs(next-end) / total
		}
	}
	if d.wrong > 1e-4 {
		return &belief.ConfigError{Field: "logDensity", Value: d.wrong, Want: fmt.Sprintf("smooth enough, and integrable, that %d panels give its integral; the number is the relative error that is left", maxPanels)}
	}
	return nil
}

// place maps the distance e from an end to the interval and gives log |dx/de|. It
// never is an end itself.
func (d *Tabulated) place(upper bool, e float64) (x, logSlope float64) {
	low, high := math.IsInf(d.lower, -1), math.IsInf(d.upper, 1)
	switch {
	case low && high: // x = t/(1 − t²) for t = ±(1 − e)
		s := e * (2 - e)
		x, logSlope = (1-e)/s, math.Log1p((1-e)*(1-e))-2*math.Log(s)
		if !upper {
			x = -x
		}
	case low && upper:
		x, logSlope = d.upper-e/(2-e), math.Ln2-2*math.Log(2-e)
	case low:
		x, logSlope = d.upper-(2-e)/e, math.Ln2-2*math.Log(e)
	case high && upper:
		x, logSlope = d.lower+(2-e)/e, math.Ln2-2*math.Log(e)
	case high:
		x, logSlope = d.lower+e/(2-e), math.Ln2-2*math.Log(2-e)
	default:
		half := 0.5 * (d.upper - d.lower)
		if x, logSlope = d.lower+half*e, math.Log(half); upper {
			x = d.upper - half*e
		}
	}
	if x <= d.lower {
		x = math.Nextafter(d.lower, math.Inf(1))
	}
	if x >= d.upper {
		x = math.Nextafter(d.upper, math.Inf(-1))
	}
	return x, logSlope
}

// spot is the inverse of place.
func (d *Tabulated) spot(x float64) (upper bool, e float64) {
	low, high := math.IsInf(d.lower, -1), math.IsInf(d.upper, 1)
	far := func(y float64) float64 { return 2 / (1 + y) }    // of (2 − e)/e = y
	near := func(y float64) float64 { return 2 / (1/y + 1) } // of e/(2 − e) = y
	switch below, above := x-d.lower, d.upper-x; {
	case low && high:
		y := math.Abs(x)
		root := math.Hypot(1, 2*y)
		return x > 0, (1 + 1/(root+2*y)) / (1 + root)
	case low && above > 1:
		return false, far(above)
	case low:
		return true, near(above)
	case high && below > 1:
		return true, far(below)
	case high:
		return false, near(below)
	case below <= above:
		return false, below / (0.5 * (d.upper - d.lower))
	default:
		return true, above / (0.5 * (d.upper - d.lower))
	}
}

// at returns the log density in e.
func (d *Tabulated) at(upper bool, e float64) (float64, error) {
	x, logSlope := d.place(upper, e)
	l, err := valueAt("log density", d.logDensity, x)
	if err == nil {
		err = checkLog("log density", []float64{x}, l)
	}
	if err != nil {
		return 0, err
	}
	return l + logSlope, nil
}

// LogNormalizer is the logarithm of the integral of the density that was given.
func (d *Tabulated) LogNormalizer() belief.Estimate {
	return belief.Estimate{Value: d.top + math.Log(d.below[len(d.panels)]), Kind: belief.Approximation}
}

// Wrong estimates the largest error of the distribution function: about 1e-12 for
// smooth densities, more if there are poles or very many corners.
func (d *Tabulated) Wrong() float64 { return d.wrong }

// LogProb implements [dist.LogProber], with the density as given.
func (d *Tabulated) LogProb(x float64) float64 {
	if !(x > d.lower && x < d.upper) {
		if x != x {
			return x
		}
		return math.Inf(-1)
	}
	return d.logDensity(x) - d.top - math.Log(d.below[len(d.panels)])
}

// CDF returns P(X ≤ x).
func (d *Tabulated) CDF(x float64) float64 {
	switch {
	case x != x:
		return x
	case x <= d.lower:
		return 0
	case x >= d.upper:
		return 1
	}
	upper, e := d.spot(x)
	i := sort.Search(len(d.panels)-1, func(i int) bool { // the first panel that ends at or above x
		p := &d.panels[i]
		if p.upper != upper {
			return p.upper
		}
		return p.to == e || (p.to > e) != upper
	})
	p := &d.panels[i]
	s := (e - p.at(0)) / (0.5 * (p.to - p.from))
	part := min(max(clenshaw(p.integral[:], min(max(s, -1), 1)), 0), p.mass)
	return min((d.below[i]+part)/d.below[len(d.panels)], 1)
}

// Rand implements [dist.Rander].
func (d *Tabulated) Rand(r *rand.Rand) float64 { return d.Quantile(open(r)) }

// Quantile implements [dist.Quantiler].
func (d *Tabulated) Quantile(q float64) float64 {
	switch {
	case !(q >= 0 && q <= 1):
		return math.NaN()
	case q == 0:
		return d.lower
	case q == 1:
		return d.upper
	}
	total := d.below[len(d.panels)]
	want := q * total
	i := 0 // the last panel that begins at or below want
	for low, high := 0, len(d.panels)-1; low <= high; {
		if i = (low + high) / 2; d.below[i+1] < want {
			low = i + 1
			i = low
		} else {
			high = i - 1
		}
	}
	i = min(i, len(d.panels)-1)
	p := &d.panels[i]
	want -= d.below[i]
	half := 0.5 * math.Abs(p.to-p.from)
	low, high := -1.0, 1.0
	s := -1.0
	if p.mass > 0 {
		s = 2*want/p.mass - 1
	}
	for range 60 {
		gap := clenshaw(p.integral[:], s) - want
		if gap < 0 {
			low = s
		} else {
			high = s
		}
		if math.Abs(gap) <= 1e-16*total {
			break
		}
		step := s - gap/(half*clenshaw(p.density[:], s))
		if !(step > low && step < high) {
			step = 0.5 * (low + high)
		}
		if math.Abs(step-s) <= 1e-16 {
			break
		}
		s = step
	}
	x, _ := d.place(p.upper, p.at(s))
	return x
}
