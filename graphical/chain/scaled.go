package chain

import (
	"math"
	"slices"

	"github.com/belief-go/belief/internal/kernel"
)

// scaled is forward–backward in linear space for a group of sequences that go forward
// side by side. Row t of log b is divided by its largest number, and every row of α by its
// sum c, so that with the β that are scaled by the same c
//
//	α_t(j) = Σ_i α_{t−1}(i) a_ij b_t(j) / c_t,    Σ_s α_t(s) β_t(s) = 1,
//	log Z = Σ_t log c_t + Σ_t max log b_t.
//
// A number below 2⁻¹⁰²² may be lost. What that does at most is followed, see lose and
// betaLimit, and a sequence for which it could show in a result is given up: it is dead,
// and logarithms have to do it.
type scaled struct {
	watch
	m      Markov
	s      int
	forth  []float64 // panel of a
	back   []float64 // panel of aᵀ
	growth float64   // the largest sum of a row of a

	members []int // the sequences of the group, longest first
	ev      []Evidence
	lik     [][]float64 // of each, b divided by the largest of its row
	top     [][]float64 // the logarithm of what it was divided by
	dead    []bool
	lost    []float64 // the probability, at most, that has been lost so far
	follow  bool      // whether lost is kept
	tables  []table

	n     []int // n[t]: how many sequences have a time t
	off   []int // off[t]: where their rows begin
	norm  []float64
	logs  []float64
	alpha []float64 // rows of the times from first−1 to before last
	first int
	last  int
	saved []float64 // checkpoints: the last rows of each segment
	reach []reachable
}

// A table is evidence in linear space.
type table struct {
	log      []float64 // what it was made of
	indexed  bool      // else its rows are times, and may be rescued
	lik, top []float64
}

// groupSize is how many sequences go side by side: as many as make a step an efficient
// product of matrices, and few enough for their rows to stay in the caches.
const groupSize = 12

const (
	least     = 0x1p-100 // of a sum, below which too much may have been lost beside it
	small     = 0x1p-900 // of a probability: one below may be what is left of a larger one
	betaLimit = 0x1p+800 // of β, above which what was lost beside it could matter
	lostLimit = 0x1p-60
)

// begin makes ready for a chain.
func (c *scaled) begin(m Markov) {
	c.m, c.s = m, m.States()
	c.growth = 0
	for r := 0; r < len(m.Transition); r += c.s {
		c.growth = max(c.growth, kernel.Sum(m.Transition[r:r+c.s]))
	}
	c.tables = c.tables[:0]
	if m.Varying {
		return
	}
	size := kernel.PanelLen[float64](c.s, c.s)
	c.forth, c.back = grow(c.forth, size), grow(c.back, size)
	kernel.PackPanel(c.forth, false, c.s, c.s, m.Transition, c.s)
	kernel.PackPanel(c.back, true, c.s, c.s, m.Transition, c.s)
}

// group makes the members, of which the first is the longest, the sequences to work on.
// What is lost going forward is to be followed unless there is a backward pass, which sees
// by itself whether it could matter.
func (c *scaled) group(members []int, batch []Evidence, follow bool) {
	g := len(members)
	c.follow = follow
	c.members, c.ev = members, c.ev[:0]
	c.lik, c.top = c.lik[:0], c.top[:0]
	c.dead, c.lost = grow(c.dead, g), grow(c.lost, g)
	clear(c.dead)
	clear(c.lost)
	for i := range c.tables {
		if !c.tables[i].of(batch[members[0]]) { // the one that the group begins with may be all that it has
			c.tables[i].log = nil
		}
	}
	for j := range c.reach {
		c.reach[j].time = -1
	}
	for _, i := range members {
		e := batch[i]
		c.ev = append(c.ev, e)
		t := c.table(e)
		c.lik, c.top = append(c.lik, t.lik), append(c.top, t.top)
	}
	times := c.ev[0].Len(c.s)
	c.n, c.off = grow(c.n, times+1), grow(c.off, times+1)
	rows, live := 0, g
	for t := range times {
		for c.ev[live-1].Len(c.s) <= t {
			live--
		}
		c.n[t], c.off[t] = live, rows
		rows += live
	}
	c.n[times], c.off[times] = 0, rows
	c.norm = grow(c.norm, rows)
}

// of says whether the table is made of evidence.
func (t *table) of(e Evidence) bool {
	return t.indexed == (e.Index != nil) && sameSlice(t.log, e.Log)
}

func sameSlice(a, b []float64) bool {
	return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0]
}

// table returns the evidence in linear space, made anew unless it is there.
func (c *scaled) table(e Evidence) table {
	log := e.Log
	for i := range c.tables {
		if c.tables[i].of(e) {
			return c.tables[i]
		}
	}
	at := -1
	for i := range c.tables {
		if c.tables[i].log == nil {
			at = i
			break
		}
	}
	if at < 0 {
		if at = len(c.tables); at < cap(c.tables) {
			c.tables = c.tables[:at+1]
		} else {
			c.tables = append(c.tables, table{})
		}
	}
	t := &c.tables[at]
	rows := len(log) / c.s
	t.log, t.indexed, t.lik, t.top = log, e.Index != nil, grow(t.lik, len(log)), grow(t.top, rows)
	for r := range rows {
		row := log[r*c.s : (r+1)*c.s]
		most := kernel.Max(row)
		switch {
		case math.IsInf(most, 1):
			most = math.NaN()
		case math.IsInf(most, -1):
			most = 0
		}
		t.top[r] = most
		kernel.AddConst(-most, t.lik[r*c.s:(r+1)*c.s], row)
	}
	kernel.Exp(t.lik, t.lik)
	return *t
}

// at is the row of evidence of a time of the j-th sequence.
func (c *scaled) at(j, t int) int {
	if index := c.ev[j].Index; index != nil {
		return index[t]
	}
	return t
}

// rowsOf returns the rows of α of a time that is in memory.
func (c *scaled) rowsOf(t int) []float64 {
	base := c.off[max(c.first-1, 0)]
	return c.alpha[(c.off[t]-base)*c.s : (c.off[t]-base+c.n[t])*c.s]
}

// forward computes α of the times from first to before last, from those of first−1,
// which are nil at the beginning.
func (c *scaled) forward(first, last int, before []float64) {
	c.first, c.last = first, last
	c.alpha = grow(c.alpha, (c.off[last]-c.off[max(first-1, 0)])*c.s)
	s := c.s
	if first > 0 {
		copy(c.rowsOf(first-1), before)
	}
	for t := first; t < last; t++ {
		n, cur := c.n[t], c.rowsOf(t)
		if c.ended(n * s * s) {
			return
		}
		if t == 0 {
			for j := range n {
				copy(cur[j*s:(j+1)*s], c.m.Initial)
			}
		} else {
			c.product(t, false, cur, c.rowsOf(t - 1)[:n*s])
		}
		norm := c.norm[c.off[t] : c.off[t]+n]
		for j := range norm {
			row := cur[j*s : (j+1)*s]
			k := c.at(j, t)
			sum := kernel.MulSum(row, row, c.lik[j][k*s:(k+1)*s])
			if !(sum >= least && sum <= math.MaxFloat64) && !c.dead[j] {
				var ok bool
				if sum, ok = c.rescue(j, t, row); !ok {
					c.dead[j] = true
				}
			}
			if c.dead[j] {
				clear(row)
				norm[j] = 1
				continue
			}
			norm[j] = sum
			kernel.Scale(1/sum, row, row)
		}
		if c.follow && !(kernel.Min(cur) >= small) {
			c.lose(t)
		}
		if c.follow {
			c.carry(norm)
		}
	}
}

// product is dst = src·a for the transition to time t, or src·aᵀ.
func (c *scaled) product(t int, transposed bool, dst, src []float64) {
	s, n := c.s, len(dst)/c.s
	if c.m.Varying {
		a := c.m.Transition[(t-1)*s*s : t*s*s]
		kernel.Gemm(false, transposed, n, s, s, 1, src, s, a, s, 0, dst, s, 1)
		return
	}
	panel := c.forth
	if transposed {
		panel = c.back
	}
	clear(dst)
	kernel.AddPanel(n, s, s, src, s, panel, dst, s)
}

// carry lets the probability that was lost before grow as much as it can in a step.
func (c *scaled) carry(norm []float64) {
	for j, sum := range norm {
		if c.lost[j] == 0 || c.dead[j] {
			continue
		}
		if c.lost[j] *= max(c.growth/sum, 1); !(c.lost[j] <= lostLimit) {
			c.dead[j] = true
		}
	}
}

// lose looks for probabilities that are small although nothing forbids the state.
func (c *scaled) lose(t int) {
	s, cur := c.s, c.rowsOf(t)
	for j := range c.n[t] {
		if c.dead[j] || c.lost[j] > 0 {
			continue
		}
		row, log := cur[j*s:(j+1)*s], c.ev[j].row(t, s)
		for k, p := range row {
			if p < small && !math.IsInf(log[k], -1) && c.allowed(j, t, k) {
				c.lost[j] = small
				break
			}
		}
	}
}

// allowed says whether state k can follow what is possible at time t−1.
func (c *scaled) allowed(j, t, k int) bool {
	s := c.s
	if t == 0 {
		return c.m.Initial[k] > 0
	}
	a := c.m.Transition
	if c.m.Varying {
		a = a[(t-1)*s*s : t*s*s]
	}
	for i, p := range c.rowsOf(t - 1)[j*s : (j+1)*s] {
		if p > 0 && a[i*s+k] > 0 {
			return true
		}
	}
	return false
}

// logZ writes log p(x) of every sequence that is not dead, NaN where the evidence is none.
func (c *scaled) logZ(dst []float64) {
	times := len(c.n) - 1
	c.logs = grow(c.logs, len(c.norm))
	kernel.Log(c.logs, c.norm)
	for j, i := range c.members {
		sum, top := 0.0, 0.0
		for t := range times {
			if c.n[t] <= j {
				break
			}
			sum += c.logs[c.off[t]+j]
			top += c.top[j][c.at(j, t)]
		}
		dst[i] = sum + top
	}
}

// segment returns how many times are kept at once.
func (c *scaled) segment(memory int64) int {
	times := len(c.n) - 1
	return segmentOf(times, c.off[times], c.s, memory)
}

// segmentOf is all times, or about their root where so many rows need more than so much
// memory.
func segmentOf(times, rows, states int, memory int64) int {
	if memory <= 0 {
		memory = 64 << 20
	}
	if float64(rows)*float64(states)*8 <= float64(memory) {
		return max(times, 1)
	}
	return int(math.Ceil(math.Sqrt(float64(times))))
}

// forwardAll goes forward over all times by segments, of which it saves the last rows, so
// that each can be computed again; the last segment is left in memory.
func (c *scaled) forwardAll(length int) {
	times := len(c.n) - 1
	segments := (times + length - 1) / length
	g := len(c.members) * c.s
	c.saved = grow(c.saved, max(segments-1, 0)*g)
	for k := range segments {
		c.forward(k*length, min((k+1)*length, times), c.savedRows(k-1, length))
		if k < segments-1 {
			copy(c.savedRows(k, length), c.rowsOf(c.last-1))
		}
	}
}

// savedRows returns the last rows of segment k.
func (c *scaled) savedRows(k, length int) []float64 {
	if k < 0 {
		return nil
	}
	g := len(c.members) * c.s
	return c.saved[k*g : k*g+c.n[(k+1)*length-1]*c.s]
}

// byLength sorts the numbers of sequences, the longest first.
func byLength(order []int, batch []Evidence, states int) []int {
	order = grow(order, len(batch))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return batch[b].Len(states) - batch[a].Len(states) })
	return order
}
