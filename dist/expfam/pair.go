package expfam

import "math"

// A pair is the unevaluated sum of two numbers, the second of which is at most half
// a unit in the last place of the first, which is its value rounded: about 32 digits (Dekker 1971; Knuth 1997,
// section 4.2.2; Joldes, Muller & Popescu 2017).
type pair struct{ high, low float64 }

// twoSum returns a + b and its rounding error.
func twoSum(a, b float64) pair {
	s := a + b
	t := s - a
	return pair{s, (a - (s - t)) + (b - t)}
}

// fastTwoSum is twoSum for |a| ≥ |b|.
func fastTwoSum(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

// twoProduct returns a b and its rounding error.
func twoProduct(a, b float64) pair {
	p := a * b
	return pair{p, math.FMA(a, b, -p)}
}

// plus returns p + q, with a relative error below 2^−103 (their algorithm 6).
func (p pair) plus(q pair) pair {
	s, t := twoSum(p.high, q.high), twoSum(p.low, q.low)
	s = fastTwoSum(s.high, s.low+t.high)
	return fastTwoSum(s.high, s.low+t.low)
}

// minus returns p − q.
func (p pair) minus(q pair) pair { return p.plus(pair{-q.high, -q.low}) }

// times returns p q.
func (p pair) times(q pair) pair {
	c := twoProduct(p.high, q.high)
	return fastTwoSum(c.high, c.low+math.FMA(p.high, q.low, p.low*q.high))
}

// over returns p/q, by long division.
func (p pair) over(q pair) pair {
	first := p.high / q.high
	rest := p.minus(q.times(pair{first, 0}))
	second := rest.high / q.high
	return fastTwoSum(first, second)
}
