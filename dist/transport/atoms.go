package transport

import (
	"math"
	"slices"
	"sort"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// This file lists the values of discrete distributions, with a bound on the work.

const (
	deepest   = 700     // the end of the integrals: e^−700 is a normal number
	mostAtoms = 1 << 18 // values that are listed one by one
	mostJumps = 1 << 13
)

// atoms are the values of a discrete distribution, increasing, and their probabilities.
type atoms struct {
	x, mass []float64
	whole   bool    // all values are there
	open    bool    // the support goes on beyond them
	rough   float64 // by how far values may be off, on average of order p
	missing float64 // by how much the masses fail to sum to one
}

// newAtoms lists values between the e^−700 quantiles at most, one by one if they are
// few, and else in blocks that stand for their middles. Blocks are small near the ends
// of the support, where densities may have poles.
func newAtoms(d dist.Univariate, p float64) atoms {
	s := d.Support()
	lo, hi := s.Lower, s.Upper
	if !(hi-lo < mostAtoms) {
		tiny := math.Exp(-deepest)
		lo = max(lo, d.Quantile(tiny))
		if u, ok := d.(dist.UpperQuantiler); ok {
			hi = min(hi, u.UpperQuantile(tiny))
		} else {
			hi = min(hi, farthest(d, tiny))
		}
	}
	a := atoms{whole: lo == s.Lower && hi == s.Upper, open: lo != s.Lower || hi != s.Upper}
	if !(hi-lo < math.MaxFloat64) {
		return a
	}
	block := 1 + 2*math.Floor((hi-lo)/(2*mostAtoms)) // the largest, odd to have a middle
	var sum, moved careful.Accumulator
	for x := lo; x <= hi; {
		size := 1.0
		if block > 1 {
			size = min(block, 1+2*math.Floor(min(x-lo, hi-x)/128), 1+2*math.Floor((hi-x)/2))
			size = max(size, math.Nextafter(x, math.Inf(1))-x)
		}
		middle := x + math.Floor(size/2)
		if m := size * math.Exp(d.LogProb(middle)); m > 0 {
			a.x, a.mass = append(a.x, middle), append(a.mass, m)
			sum.Add(m)
			moved.Add(m * math.Pow((size-1)/(2*block), p))
		}
		x += size
	}
	total := sum.Sum()
	a.missing = math.Abs(1 - total)
	if block == 1 {
		return a
	}
	a.whole = false
	if a.missing > 1e-3 {
		return steppingStones(d, lo, hi, a)
	}
	a.rough = block * root(moved.Sum()/total, p)
	for i := range a.mass {
		a.mass[i] /= total
	}
	return a
}

// farthest returns a value beyond which there is less than tiny.
func farthest(d dist.Univariate, tiny float64) float64 {
	middle, step := d.Quantile(0.5), 1.0
	for d.Survival(middle+step) > tiny && step < 1e300 {
		step *= 2
	}
	return middle + step
}

// steppingStones goes from value to value by quantiles, for distributions that skip most
// whole numbers. If these are too many as well, nobody knows how far values are off.
func steppingStones(d dist.Univariate, lo, hi float64, dense atoms) atoms {
	a, before := atoms{open: dense.open}, 0.0
	for x := lo; len(a.x) < mostJumps; {
		below := d.CDF(x)
		if below > before {
			a.x, a.mass = append(a.x, x), append(a.mass, below-before)
		}
		if below >= 1 || x >= hi {
			a.missing = math.Abs(1 - below)
			return a
		}
		before = below
		x = max(d.Quantile(math.Nextafter(below, 2)), x+1)
	}
	dense.rough = math.Inf(1)
	return dense
}

// A side is one half of the values: those of one tail, from its end on, with the
// probabilities up to each of them, the last of which is the first of at least a half.
type side struct{ x, tail []float64 }

func (a atoms) side(upper bool) (s side) {
	var sum careful.Accumulator
	for k := range a.x {
		i := k
		if upper {
			i = len(a.x) - 1 - k
		}
		sum.Add(a.mass[i])
		s.x, s.tail = append(s.x, a.x[i]), append(s.tail, sum.Sum())
		if sum.Sum() >= 0.5 {
			return s
		}
	}
	if len(s.tail) > 0 {
		s.tail[len(s.tail)-1] = 0.5
	}
	return s
}

// quantile returns the value at a tail of e^−t.
func (s side) quantile(t float64) float64 {
	i := sort.SearchFloat64s(s.tail, math.Exp(-t))
	return s.x[min(i, len(s.x)-1)]
}

// jumps returns the probabilities below one half, decreasing, at which the quantile
// jumps: those next to the median, if they are too many.
func (s side) jumps() []float64 {
	out := slices.Clone(s.tail)
	slices.Reverse(out)
	out = slices.DeleteFunc(out, func(t float64) bool { return t >= 0.5 || t < math.Exp(-deepest) })
	return out[:min(len(out), mostJumps)]
}

// sumSteps returns W_p of two discrete distributions: in both halves the tails' ends
// are paired in order.
func sumSteps(p float64, a, b atoms) (value, wrong float64, ok bool) {
	if len(a.x) == 0 || len(b.x) == 0 {
		return 0, 0, false
	}
	var c coupling
	peak, rest := math.Inf(-1), math.Inf(-1)
	for _, upper := range []bool{false, true} {
		x, y := a.side(upper), b.side(upper)
		at, first := 0.0, true
		for i, j := 0, 0; i < len(x.x) && j < len(y.x) && at < 0.5; {
			upto, apart := min(x.tail[i], y.tail[j], 0.5), math.Abs(x.x[i]-y.x[j])
			if upto > at {
				c.mass, c.apart = append(c.mass, upto-at), append(c.apart, apart)
				term := careful.Log(upto-at) + p*math.Log(apart)
				peak = max(peak, term)
				if first && (a.open || b.open) {
					rest = max(rest, term) // what is beyond is less, and as far apart
				}
				at, first = upto, false
			}
			nextX, nextY := x.tail[i] <= upto, y.tail[j] <= upto
			if nextX {
				i++
			}
			if nextY {
				j++
			}
		}
	}
	if math.IsInf(peak, -1) {
		return 0, a.rough + b.rough, true
	}
	var integral, noise careful.Accumulator
	for k, m := range c.mass {
		l := careful.Log(m)
		integral.Add(math.Exp(l + p*math.Log(c.apart[k]) - peak))
		noise.Add(math.Exp(l + p*math.Log(c.apart[k]+1) - peak))
	}
	unit, sum := math.Exp(peak/p), integral.Sum()
	value = unit * root(sum, p)
	// Masses have relative errors, and what they move wrongly goes one value further.
	off := (16*0x1p-52+a.missing+b.missing)*noise.Sum() + 2*math.Exp(rest-peak)
	wrong = min(unit*root(off, p), value*off/(p*sum)) + 4*0x1p-52*value
	return value, wrong + a.rough + b.rough, true
}
