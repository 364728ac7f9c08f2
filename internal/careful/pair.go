package careful

import "math"

// A Pair is the unevaluated sum of two numbers, the second of which is at most half a
// unit in the last place of the first, which is its value rounded: about 32 digits
// (Dekker 1971; Knuth 1997, section 4.2.2; Joldes, Muller & Popescu 2017).
type Pair struct{ High, Low float64 }

// twoSum returns a + b and its rounding error.
func twoSum(a, b float64) Pair {
	s := a + b
	t := s - a
	return Pair{s, (a - (s - t)) + (b - t)}
}

// fastTwoSum is twoSum for |a| ≥ |b|.
func fastTwoSum(a, b float64) Pair {
	s := a + b
	return Pair{s, b - (s - a)}
}

// twoProduct returns a b and its rounding error.
func twoProduct(a, b float64) Pair {
	p := a * b
	return Pair{p, math.FMA(a, b, -p)}
}

// Plus returns p + q, with a relative error below 2^−103 (their algorithm 6).
func (p Pair) Plus(q Pair) Pair {
	s, t := twoSum(p.High, q.High), twoSum(p.Low, q.Low)
	s = fastTwoSum(s.High, s.Low+t.High)
	return fastTwoSum(s.High, s.Low+t.Low)
}

// Minus returns p − q.
func (p Pair) Minus(q Pair) Pair { return p.Plus(Pair{-q.High, -q.Low}) }

// Times returns p q.
func (p Pair) Times(q Pair) Pair {
	c := twoProduct(p.High, q.High)
	return fastTwoSum(c.High, c.Low+math.FMA(p.High, q.Low, p.Low*q.High))
}

// Over returns p/q, by long division.
func (p Pair) Over(q Pair) Pair {
	first := p.High / q.High
	rest := p.Minus(q.Times(Pair{first, 0}))
	second := rest.High / q.High
	return fastTwoSum(first, second)
}

// Root returns √p for p ≥ 0, by a step of Newton's method.
func (p Pair) Root() Pair {
	first := math.Sqrt(p.High)
	if first == 0 {
		return Pair{}
	}
	rest := p.MinusProduct(Pair{first, 0}, Pair{first, 0})
	return fastTwoSum(first, rest.High/(2*first))
}

// MinusProduct returns p − q r in one step, which is faster than two; its error is
// below 2^−100 of the largest of the three (Hida, Li & Bailey 2001).
func (p Pair) MinusProduct(q, r Pair) Pair {
	c := twoProduct(q.High, r.High)
	s := twoSum(p.High, -c.High)
	return fastTwoSum(s.High, s.Low+(p.Low-(c.Low+(q.High*r.Low+q.Low*r.High))))
}
