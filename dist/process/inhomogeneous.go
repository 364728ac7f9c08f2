package process

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// InhomogeneousPoisson is the Poisson process on t > 0 whose rate λ(t) changes with
// time: the number of events in (a, b] is Poisson with mean ∫ λ(t) dt.
type InhomogeneousPoisson struct {
	Rate func(t float64) float64 // λ, never negative
	// Bound is at least as large as the rate ever is in the time that is looked at.
	Bound float64
	// Cumulative is ∫₀ᵗ λ, if it is known; nil: it is integrated numerically.
	Cumulative func(t float64) float64
}

// A RateError says that the rate of a Poisson process is not between 0 and the bound
// that was stated, so that what was drawn is worth nothing.
type RateError struct {
	Time, Rate, Bound float64
}

// Error gives time, rate and bound.
func (e *RateError) Error() string {
	return fmt.Sprintf("poisson process: the rate at time %v is %v; it must be between 0 and the stated bound %v", e.Time, e.Rate, e.Bound)
}

// Validate returns a [*dist.ParameterError] for the bound, or a
// [*belief.ConfigError] if there is no rate.
func (p InhomogeneousPoisson) Validate() error {
	if p.Rate == nil {
		return &belief.ConfigError{Field: "Rate", Value: nil, Want: "a function of time"}
	}
	return checkRate(p.Bound)
}

// Events returns the events up to a time in ascending order, by thinning (Lewis &
// Shedler 1979, algorithm 1): of the events of a process whose rate is the bound, one
// at t is kept with probability λ(t)/bound. An error ends the sequence: that of
// Validate, or a [*RateError] if the rate is seen to leave its bounds.
func (p InhomogeneousPoisson) Events(until float64, r *rand.Rand) iter.Seq2[float64, error] {
	return func(yield func(float64, error) bool) {
		if err := p.Validate(); err != nil {
			yield(0, err)
			return
		}
		for t := range (PoissonProcess{p.Bound}).Events(until, r) {
			rate := p.Rate(t)
			if !(rate >= 0 && rate <= p.Bound) {
				yield(t, &RateError{t, rate, p.Bound})
				return
			}
			if r.Float64()*p.Bound < rate && !yield(t, nil) {
				return
			}
		}
	}
}

// Sample returns the events up to a time in ascending order. The errors are those of
// Events, a [*belief.TooLargeError] if thinning would have to draw more than 1e7, and
// a [*belief.ConfigError] for a time that is not finite.
func (p InhomogeneousPoisson) Sample(until float64, r *rand.Rand) ([]float64, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	if err := checkUntil(until, p.Bound); err != nil {
		return nil, err
	}
	var out []float64
	for t, err := range p.Events(until, r) {
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Mean returns the expected number of events up to a time ≥ 0, ∫ λ: exact if
// Cumulative is given, else an approximation by adaptive Simpson quadrature, which
// aims at a relative error of 1e-10 and can miss peaks that are narrower than 1/256
// of the time; a rate that is nowhere smooth is given up after a million points.
func (p InhomogeneousPoisson) Mean(until float64) belief.Estimate {
	if p.Cumulative != nil {
		return belief.Estimate{Value: p.Cumulative(until), Kind: belief.Exact}
	}
	return belief.Estimate{Value: simpson(p.Rate, until), Kind: belief.Approximation}
}

// LogLikelihood returns the log density of exactly these events up to a time, Σ log
// λ(t_i) − ∫ λ (Daley & Vere-Jones 2003, proposition 7.2.III), which is as good as
// the integral: −Inf if one of them is outside of (0, until].
func (p InhomogeneousPoisson) LogLikelihood(events []float64, until float64) belief.Estimate {
	mean := p.Mean(until)
	if inside, value := inWindow(events, until); !inside {
		return belief.Estimate{Value: value, Kind: belief.Exact}
	}
	sum := 0.0
	for _, t := range events {
		sum += careful.Log(p.Rate(t))
	}
	return belief.Estimate{Value: sum - mean.Value, Kind: mean.Kind}
}

// simpson integrates f from 0 to b: 256 intervals, each of which is halved until the
// halves agree with the whole, at most 20 times and for at most a million points in
// all (Lyness 1969, Notes on the adaptive Simpson quadrature routine).
func simpson(f func(float64) float64, b float64) float64 {
	const pieces, deepest, most = 256, 20, 1 << 20
	points := 0
	var total careful.Accumulator
	scale := 0.0
	var refine func(a, c, fa, fm, fc, whole float64, depth int) float64
	refine = func(a, c, fa, fm, fc, whole float64, depth int) float64 {
		points += 2
		m := a + (c-a)/2
		fl, fr := f(a+(m-a)/2), f(m+(c-m)/2)
		left, right := (m-a)/6*(fa+4*fl+fm), (c-m)/6*(fm+4*fr+fc)
		off := left + right - whole
		if depth == 0 || points > most || !(math.Abs(off) > 1e-10*max(scale/pieces, math.Abs(whole))) {
			return left + right + off/15
		}
		return refine(a, m, fa, fl, fm, left, depth-1) + refine(m, c, fm, fr, fc, right, depth-1)
	}
	width := b / pieces
	start := f(0)
	for k := range pieces {
		a, c := float64(k)*width, float64(k+1)*width
		middle, end := f(a+width/2), f(c)
		whole := width / 6 * (start + 4*middle + end)
		scale = max(scale, math.Abs(whole)*pieces)
		total.Add(refine(a, c, start, middle, end, whole, deepest))
		start = end
	}
	return total.Sum()
}
