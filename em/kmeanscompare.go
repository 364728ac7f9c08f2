package em

// How alike two ways to divide rows into clusters are, whatever the clusters are called.

import (
	"fmt"
	"math"
)

// contingency counts how often labels occur together.
type contingency struct {
	n     float64
	cells []cell
	a, b  []float64 // how often each label occurs
}

type cell struct {
	i, j  int
	count float64
}

func newContingency(a, b []int) *contingency {
	if len(a) != len(b) {
		panic(fmt.Sprintf("em: %d labels compared with %d", len(a), len(b)))
	}
	first, k := numberLabels(a)
	second, l := numberLabels(b)
	c := &contingency{n: float64(len(a)), a: make([]float64, k), b: make([]float64, l)}
	at := map[[2]int]int{}
	for r, i := range first {
		j := second[r]
		c.a[i]++
		c.b[j]++
		place, ok := at[[2]int{i, j}]
		if !ok {
			place = len(c.cells)
			at[[2]int{i, j}] = place
			c.cells = append(c.cells, cell{i: i, j: j})
		}
		c.cells[place].count++
	}
	return c
}

// AdjustedRand returns the adjusted Rand index of two labellings of the same rows: the
// share of pairs of rows that both put together or both put apart, scaled so that it is 1
// for equal clusters and 0 on average for random ones (Hubert & Arabie 1985). Lengths
// that differ panic.
func AdjustedRand(a, b []int) float64 {
	c := newContingency(a, b)
	pairs := func(x float64) float64 { return x * (x - 1) / 2 }
	together, first, second := 0.0, 0.0, 0.0
	for _, e := range c.cells {
		together += pairs(e.count)
	}
	for _, x := range c.a {
		first += pairs(x)
	}
	for _, x := range c.b {
		second += pairs(x)
	}
	if together == first && together == second { // no pair is judged differently
		return 1
	}
	expected := first / pairs(c.n) * second
	return (together - expected) / ((first+second)/2 - expected)
}

// MutualInformation returns what one labelling says of the other, in nats. Lengths that
// differ panic.
func MutualInformation(a, b []int) float64 { return newContingency(a, b).mutual() }

func (c *contingency) mutual() float64 {
	sum := 0.0
	for _, e := range c.cells {
		sum += e.count / c.n * math.Log(e.count*c.n/(c.a[e.i]*c.b[e.j]))
	}
	return max(0, sum)
}

func entropyOf(counts []float64, n float64) float64 {
	sum := 0.0
	for _, x := range counts {
		sum -= x / n * math.Log(x/n)
	}
	return sum
}

// NormalizedMutualInformation returns the mutual information over the mean of both
// entropies: 1 for equal clusters, also if there is just one, 0 for independent ones.
func NormalizedMutualInformation(a, b []int) float64 {
	c := newContingency(a, b)
	if len(c.a) <= 1 && len(c.b) <= 1 {
		return 1
	}
	return c.mutual() / ((entropyOf(c.a, c.n) + entropyOf(c.b, c.n)) / 2)
}

// AdjustedMutualInformation is NormalizedMutualInformation with what random labels of the
// same sizes have in common taken off above and below, so that it is 0 on average for
// those (Vinh, Epps & Bailey 2010, with the mean of the entropies as the upper bound). It
// costs O(k l n) for k and l labels.
func AdjustedMutualInformation(a, b []int) float64 {
	c := newContingency(a, b)
	k, l := len(c.a), len(c.b)
	if k <= 1 && l <= 1 || float64(k) == c.n && float64(l) == c.n {
		return 1
	}
	expected := c.expected()
	above := (entropyOf(c.a, c.n)+entropyOf(c.b, c.n))/2 - expected
	if math.Abs(above) < 1e-15 { // nothing to tell apart
		return 0
	}
	return (c.mutual() - expected) / above
}

// expected is the mean mutual information of random labels of the same sizes (their
// equation 10): the counts of cells are hypergeometric.
func (c *contingency) expected() float64 {
	log := func(x float64) float64 { // log x!
		v, _ := math.Lgamma(x + 1)
		return v
	}
	sum := 0.0
	for _, x := range c.a {
		for _, y := range c.b {
			constant := log(x) + log(y) + log(c.n-x) + log(c.n-y) - log(c.n)
			for m := max(1, x+y-c.n); m <= min(x, y); m++ {
				p := math.Exp(constant - log(m) - log(x-m) - log(y-m) - log(c.n-x-y+m))
				sum += p * m / c.n * math.Log(c.n*m/(x*y))
			}
		}
	}
	return sum
}
