package chain

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// Where the state that explains an observation best cannot be reached, as early in a chain
// that only goes on, b divided by its largest number leaves nothing of the states that can
// be. Then the row is divided by the largest of those instead. The states that can be are
// followed only for sequences that need it.

// reachable is the set of states that a sequence can be in, given all −Inf so far.
type reachable struct {
	time int    // the one that can is about, −1 at the beginning
	can  []bool // before the evidence of that time
	next []bool
}

// rescue computes the row of sequence j at time t again with another divisor, and says
// whether the sum that it returns is right. Evidence that others share is left as it is.
func (c *scaled) rescue(j, t int, row []float64) (float64, bool) {
	s := c.s
	if c.ev[j].Index != nil || c.top[j][t] != c.top[j][t] { // or NaN, +Inf among the evidence
		return 0, false
	}
	for len(c.reach) <= j {
		c.reach = append(c.reach, reachable{time: -1})
	}
	r := &c.reach[j]
	c.advance(r, j, t)
	if t == 0 {
		copy(row, c.m.Initial)
	} else {
		c.product(t, false, row, c.rowsOf(t - 1)[j*s:(j+1)*s])
	}
	log := c.ev[j].row(t, s)
	most, lost := math.Inf(-1), math.Inf(-1)
	for k, p := range row {
		switch {
		case !r.can[k]:
		case p >= small:
			most = max(most, log[k])
		default:
			lost = max(lost, log[k])
		}
	}
	// All states that can be, those that are lost too, keep b of at most one.
	if math.IsInf(most, -1) || lost > most {
		return 0, false
	}
	c.top[j][t] = most
	lik := c.lik[j][t*s : (t+1)*s]
	for k := range lik {
		lik[k] = math.Inf(-1)
		if r.can[k] {
			lik[k] = log[k] - most
		}
	}
	kernel.Exp(lik, lik)
	sum := kernel.MulSum(row, row, lik)
	return sum, sum >= least && sum <= math.MaxFloat64
}

// advance makes r about time t.
func (c *scaled) advance(r *reachable, j, t int) {
	s := c.s
	r.can, r.next = grow(r.can, s), grow(r.next, s)
	if r.time < 0 {
		for k, p := range c.m.Initial {
			r.can[k] = p > 0
		}
		r.time = 0
	}
	for ; r.time < t; r.time++ {
		log, a := c.ev[j].row(r.time, s), c.m.Transition
		if c.m.Varying {
			a = a[r.time*s*s : (r.time+1)*s*s]
		}
		clear(r.next)
		for i := range s {
			if !r.can[i] || math.IsInf(log[i], -1) {
				continue
			}
			for k, p := range a[i*s : (i+1)*s] {
				if p > 0 {
					r.next[k] = true
				}
			}
		}
		r.can, r.next = r.next, r.can
	}
}
