package process

import "math"

// The eliminations of stationary.go and hitting.go in numbers of a wide range. Where
// probabilities are very small, their products are below what float64 holds, and what
// is lost may be the only way between two parts of a chain. Then, and only then, the
// work is done again here, some ten times as slowly.

// A wide number is mantissa × 2^exponent, never negative, the mantissa in [½, 1) or 0.
type wide struct {
	mantissa float64
	exponent int
}

// narrow is the bound of what float64 is trusted with: 2^±900, so that another
// product of that size is seen before it is lost.
const narrow = 900

var tiny, vast = math.Ldexp(1, -narrow), math.Ldexp(1, narrow)

func widen(x float64) wide {
	m, e := math.Frexp(x)
	return wide{m, e}
}

func widenAll(x []float64) []wide {
	out := make([]wide, len(x))
	for i, v := range x {
		out[i] = widen(v)
	}
	return out
}

// float returns the nearest float64: 0 or +Inf out of its range.
func (a wide) float() float64 { return math.Ldexp(a.mantissa, a.exponent) }

func (a wide) times(b wide) wide {
	m, e := math.Frexp(a.mantissa * b.mantissa)
	return wide{m, e + a.exponent + b.exponent}
}

func (a wide) over(b wide) wide {
	m, e := math.Frexp(a.mantissa / b.mantissa)
	return wide{m, e + a.exponent - b.exponent}
}

func (a wide) plus(b wide) wide {
	if a.mantissa == 0 {
		return b
	}
	if b.mantissa == 0 {
		return a
	}
	if a.exponent < b.exponent {
		a, b = b, a
	}
	m, e := math.Frexp(a.mantissa + math.Ldexp(b.mantissa, b.exponent-a.exponent))
	return wide{m, e + a.exponent}
}

// reduceWide is reduce.
func reduceWide(p []float64, k int) []float64 {
	a := widenAll(p)
	for m := k - 1; m > 0; m-- {
		last := a[m*k : m*k+m]
		var out wide
		for _, v := range last {
			out = out.plus(v)
		}
		for r := range m {
			row := a[r*k : r*k+m+1]
			if row[m].mantissa == 0 {
				continue
			}
			row[m] = row[m].over(out)
			for s, v := range last {
				row[s] = row[s].plus(row[m].times(v))
			}
		}
	}
	pi := make([]wide, k)
	pi[0] = widen(1)
	sum := pi[0]
	for m := 1; m < k; m++ {
		for r := range m {
			pi[m] = pi[m].plus(pi[r].times(a[r*k+m]))
		}
		sum = sum.plus(pi[m])
	}
	out := make([]float64, k)
	for i, v := range pi {
		out[i] = v.over(sum).float()
	}
	return out
}

// eliminateWide is eliminate.
func (s *transientPart) eliminateWide() {
	m, k := s.m, s.k
	within, absorbed, time := widenAll(s.within), widenAll(s.absorbed), widenAll(s.time)
	for e := m - 1; e >= 0; e-- {
		row, leave := within[e*m:e*m+e], absorbed[e*k:(e+1)*k]
		var out wide
		for _, v := range row {
			out = out.plus(v)
		}
		for _, v := range leave {
			out = out.plus(v)
		}
		for b := range row {
			row[b] = row[b].over(out)
		}
		for b := range leave {
			leave[b] = leave[b].over(out)
		}
		time[e] = time[e].over(out)
		for a := range e {
			f := within[a*m+e]
			if f.mantissa == 0 {
				continue
			}
			to, end := within[a*m:a*m+e], absorbed[a*k:(a+1)*k]
			for b, v := range row {
				to[b] = to[b].plus(f.times(v))
			}
			for b, v := range leave {
				end[b] = end[b].plus(f.times(v))
			}
			time[a] = time[a].plus(f.times(time[e]))
		}
	}
	for e := range m {
		end := absorbed[e*k : (e+1)*k]
		for a, f := range within[e*m : e*m+e] {
			if f.mantissa == 0 {
				continue
			}
			for b, v := range absorbed[a*k : (a+1)*k] {
				end[b] = end[b].plus(f.times(v))
			}
			time[e] = time[e].plus(f.times(time[a]))
		}
	}
	for i, v := range absorbed {
		s.absorbed[i] = v.float()
	}
	for i, v := range time {
		s.time[i] = v.float()
	}
}

// leastPositive returns the least positive one of some numbers; +Inf if there is none.
func leastPositive(x []float64) float64 {
	least := math.Inf(1)
	for _, v := range x {
		if v > 0 && v < least {
			least = v
		}
	}
	return least
}
