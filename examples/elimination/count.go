package main

// Counting what the two forms of the sum for p(x1, x4) cost.

// A counter does arithmetic and counts it.
type counter struct{ additions, multiplications int }

func (c *counter) times(a, b float64) float64 {
	c.multiplications++
	return a * b
}

// sum adds terms, the first of them to nothing.
func (c *counter) sum(terms []float64) float64 {
	total := terms[0]
	for _, t := range terms[1:] {
		c.additions++
		total += t
	}
	return total
}

// A slice of the four tables at one x1 and one x4.
type tables struct {
	first  float64     // p(x1)
	second []float64   // p(x2|x1), by x2
	third  []float64   // p(x3|x1), by x3
	fourth [][]float64 // p(x4|x2,x3), by x2 and x3
}

// plain is (11.30): Σ_{x2,x3} p(x1) p(x2|x1) p(x3|x1) p(x4|x2,x3).
func (t tables) plain(c *counter) float64 {
	var terms []float64
	for i, p2 := range t.second {
		for j, p3 := range t.third {
			terms = append(terms, c.times(c.times(c.times(t.first, p2), p3), t.fourth[i][j]))
		}
	}
	return c.sum(terms)
}

// nested is (11.32): p(x1) Σ_{x3} p(x3|x1) Σ_{x2} p(x2|x1) p(x4|x2,x3).
func (t tables) nested(c *counter) float64 {
	var outer []float64
	for j, p3 := range t.third {
		var inner []float64
		for i, p2 := range t.second {
			inner = append(inner, c.times(p2, t.fourth[i][j]))
		}
		outer = append(outer, c.times(p3, c.sum(inner)))
	}
	return c.times(t.first, c.sum(outer))
}

// operations counts both forms for variables of k values, whatever the tables.
func operations(k int) (plain, nested counter) {
	t := tables{first: 1, second: make([]float64, k), third: make([]float64, k)}
	for range k {
		t.fourth = append(t.fourth, make([]float64, k))
	}
	t.plain(&plain)
	t.nested(&nested)
	return plain, nested
}
