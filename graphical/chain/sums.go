package chain

import "github.com/belief-go/belief/internal/kernel"

// sums is the backward pass of a group, and what it adds up on the way.
type sums struct {
	scaled
	weights []float64 // of the members
	limit   float64   // of β
	beta    []float64
	gamma   []float64
	// w are the rows b_t β_t / c_t of the last few times, from which both β_{t−1} = a w
	// and the sum of ξ come; those from at on are in use.
	w  []float64
	at int
	// initial, pairs and rows are the sums of the group. That of ξ is divided by a, and
	// is a product of matrices, unless the chain varies or single ξ are wanted.
	initial, pairs, rows, terms []float64
}

// chunkRows is how many rows of w are kept, about.
const chunkRows = 256

// expect adds the group to x, but for those sequences that turn out to be dead.
func (c *sums) expect(x *Expected, weights []float64, memory int64) {
	g := len(c.members)
	c.weights = grow(c.weights, g)
	c.limit = 0
	for j, i := range c.members {
		c.weights[j] = weightOf(weights, i)
		c.limit = max(c.limit, c.weights[j])
	}
	c.limit *= betaLimit
	length := c.segment(memory)
	c.forwardAll(length)
	for c.err == nil && !c.backward(x, length) {
		// What is dead now must not be in the sums: from the beginning, without it.
		c.forwardAll(length)
	}
	if c.err != nil {
		return
	}
	c.logZ(x.LogZ)
	kernel.Add(x.Initial, x.Initial, c.initial)
	if c.stepwise(x) {
		kernel.Add(x.Transition, x.Transition, c.pairs)
	} else {
		kernel.MulAdd(x.Transition, c.pairs, c.m.Transition)
	}
	if x.Rows != nil {
		kernel.Add(x.Rows, x.Rows, c.rows)
	}
}

func (c *sums) stepwise(x *Expected) bool { return c.m.Varying || x.Pairs != nil }

// backward goes back from the last segment, which is in memory. It says whether all
// sequences that were alive still are.
func (c *sums) backward(x *Expected, length int) bool {
	s, g := c.s, len(c.members)
	times := len(c.n) - 1
	c.initial, c.pairs = grow(c.initial, s), grow(c.pairs, s*s)
	clear(c.initial)
	clear(c.pairs)
	c.rows = grow(c.rows, len(x.Rows))
	clear(c.rows)
	c.beta, c.gamma, c.terms = grow(c.beta, g*s), grow(c.gamma, g*s), grow(c.terms, s)
	c.w = grow(c.w, (chunkRows+g)*s)
	for k := (times + length - 1) / length; k > 0; k-- {
		if c.first != (k-1)*length {
			c.forward((k-1)*length, min(k*length, times), c.savedRows(k-2, length))
		}
		c.at = len(c.w)
		for t := c.last - 1; t >= c.first; t-- {
			if !c.step(x, t) {
				return false
			}
		}
		c.flush(max(c.first, 1))
	}
	return true
}

// step is the backward pass of one time, whose β are there but for those of sequences
// that end.
func (c *sums) step(x *Expected, t int) bool {
	s, n := c.s, c.n[t]
	if c.ended(2 * n * s * s) {
		return false
	}
	beta, gamma, alpha := c.beta[:n*s], c.gamma[:n*s], c.rowsOf(t)
	for j := c.n[t+1]; j < n; j++ {
		end := c.weights[j]
		if c.dead[j] {
			end = 0
		}
		row := beta[j*s : (j+1)*s]
		for i := range row {
			row[i] = end
		}
	}
	if !(kernel.Max(beta) <= c.limit) {
		for j := range n {
			if !(kernel.Max(beta[j*s:(j+1)*s]) <= c.limit) {
				c.dead[j] = true
			}
		}
		return false
	}
	kernel.Mul(gamma, alpha, beta)
	for j := range n {
		row := gamma[j*s : (j+1)*s]
		if t == 0 {
			kernel.Add(c.initial, c.initial, row)
		}
		if x.Gamma != nil {
			copy(x.Gamma[c.members[j]][t*s:], row)
		}
		if x.Rows != nil {
			k := c.ev[j].Index[t]
			sum := c.rows[k*s : (k+1)*s]
			kernel.Add(sum, sum, row)
		}
	}
	if t == 0 {
		return true
	}
	if c.at < n*s || c.n[t-1] != n { // no room, or α of the two times is not side by side as w is
		c.flush(t + 1)
	}
	c.at -= n * s
	w := c.w[c.at : c.at+n*s]
	norm := c.norm[c.off[t]:]
	for j := range n {
		k, row := c.scaled.at(j, t), w[j*s:(j+1)*s]
		if c.dead[j] { // its b may be NaN
			clear(row)
			continue
		}
		kernel.Mul(row, beta[j*s:(j+1)*s], c.lik[j][k*s:(k+1)*s])
		kernel.Scale(1/norm[j], row, row)
	}
	c.product(t, true, beta, w)
	if c.stepwise(x) {
		c.single(x, t, w)
		c.at = len(c.w)
	}
	return true
}

// flush adds the ξ, divided by a, of the times from t on whose w is kept.
func (c *sums) flush(t int) {
	s := c.s
	n := (len(c.w) - c.at) / s
	if n > 0 {
		from := (c.off[t-1] - c.off[max(c.first-1, 0)]) * s
		kernel.Gemm(true, false, s, s, n, 1, c.alpha[from:], s, c.w[c.at:], s, 1, c.pairs, s, 1)
	}
	c.at = len(c.w)
}

// single adds the ξ of time t one by one.
func (c *sums) single(x *Expected, t int, w []float64) {
	s := c.s
	a := c.m.Transition
	if c.m.Varying {
		a = a[(t-1)*s*s : t*s*s]
	}
	before := c.rowsOf(t - 1)
	for j := range c.n[t] {
		next := w[j*s : (j+1)*s]
		for i := range s {
			xi := c.terms[:s]
			kernel.Mul(xi, a[i*s:(i+1)*s], next)
			kernel.Scale(before[j*s+i], xi, xi)
			sum := c.pairs[i*s : (i+1)*s]
			kernel.Add(sum, sum, xi)
			if x.Pairs != nil {
				copy(x.Pairs[c.members[j]][((t-1)*s+i)*s:], xi)
			}
		}
	}
}
