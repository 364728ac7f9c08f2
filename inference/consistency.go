package inference

import (
	"math/rand/v2"
)

// A consistency is a set of domains that shrink: a state is removed where some
// factor is zero for it whatever the other variables do within theirs (arc
// consistency; Mackworth 1977). What is removed can be brought back, as a search
// with backtracking needs it (maintained consistency; Sabin & Freuder 1994).
type consistency struct {
	s      *space
	domain [][]bool
	size   []int
	trail  [][2]int // variable and state removed
	budget float64  // table entries that may still be visited
	queued []bool
	queue  []int
	seen   []bool // scratch: states with support
	pick   []int  // scratch: the position in a scope
	states [][]int
}

// mostPropagation bounds the entries visited when a model is laid out. Without
// removals samplers are slower, not wrong.
const mostPropagation = 1 << 26

func newConsistency(s *space, budget float64) *consistency {
	c := &consistency{s: s, size: append([]int{}, s.size...), budget: budget, queued: make([]bool, len(s.parts))}
	for _, d := range s.domain {
		c.domain = append(c.domain, append([]bool{}, d...))
	}
	return c
}

// all lists the parts that can remove anything.
func (c *consistency) all() []int {
	var out []int
	for i := range c.s.parts {
		if pt := &c.s.parts[i]; pt.zeros && pt.values != nil {
			out = append(out, i)
		}
	}
	return out
}

// remove takes a state away, and says whether any is left.
func (c *consistency) remove(v, state int) bool {
	c.domain[v][state] = false
	c.size[v]--
	c.trail = append(c.trail, [2]int{v, state})
	for _, i := range c.s.of[v] {
		if pt := &c.s.parts[i]; pt.zeros && pt.values != nil && !c.queued[i] {
			c.queued[i] = true
			c.queue = append(c.queue, i)
		}
	}
	return c.size[v] > 0
}

// undo brings back all that was removed since the trail was that long.
func (c *consistency) undo(to int) {
	for len(c.trail) > to {
		last := c.trail[len(c.trail)-1]
		c.trail = c.trail[:len(c.trail)-1]
		c.domain[last[0]][last[1]] = true
		c.size[last[0]]++
	}
}

// propagate revises parts until nothing changes, and says whether every variable
// has a state left. It gives up, without harm, when the budget is spent.
func (c *consistency) propagate(first []int) bool {
	for _, i := range first {
		if !c.queued[i] {
			c.queued[i] = true
			c.queue = append(c.queue, i)
		}
	}
	ok := true
	for len(c.queue) > 0 {
		i := c.queue[0]
		c.queue = c.queue[1:]
		c.queued[i] = false
		ok = ok && (c.budget <= 0 || c.revise(i))
	}
	c.queue = c.queue[:0]
	return ok
}

// revise removes the states that part i supports nowhere.
func (c *consistency) revise(i int) bool {
	pt := &c.s.parts[i]
	k := len(pt.vars)
	if k == 0 {
		return true
	}
	for len(c.states) < k {
		c.states = append(c.states, nil)
	}
	total, missing := 0, 1
	for j, v := range pt.vars {
		c.states[j] = c.states[j][:0]
		for s, in := range c.domain[v] {
			if in {
				c.states[j] = append(c.states[j], s)
			}
		}
		total += len(c.states[j])
		missing *= len(c.states[j])
	}
	c.budget -= float64(missing)
	c.seen = resize(c.seen, total)
	clear(c.seen)
	c.pick = resize(c.pick, k)
	clear(c.pick)
	missing = total
	at := 0
	for j := range k {
		at += c.states[j][0] * pt.strides[j]
	}
	for missing > 0 {
		if pt.values[at] > 0 {
			first := 0
			for j := range k {
				if q := first + c.pick[j]; !c.seen[q] {
					c.seen[q] = true
					missing--
				}
				first += len(c.states[j])
			}
		}
		j := k - 1
		for ; j >= 0; j-- {
			old := c.states[j][c.pick[j]]
			if c.pick[j]++; c.pick[j] < len(c.states[j]) {
				at += (c.states[j][c.pick[j]] - old) * pt.strides[j]
				break
			}
			c.pick[j] = 0
			at += (c.states[j][0] - old) * pt.strides[j]
		}
		if j < 0 {
			break
		}
	}
	if missing == 0 {
		return true
	}
	first := 0
	for j, v := range pt.vars {
		for q, s := range c.states[j] {
			if !c.seen[first+q] && !c.remove(v, s) {
				return false
			}
		}
		first += len(c.states[j])
	}
	return true
}

// resize returns a slice of length n, the same memory if it holds it.
func resize[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}

// The three ways in which a search ends.
type verdict int

const (
	found verdict = iota
	proven
	spent
)

// search looks for a state of positive probability by trying states in random
// order, the variable with the fewest left first, and keeping domains consistent.
// It ends with one, with the proof that there is none, or when it has tried the
// given number of assignments.
func (s *space) search(r *rand.Rand, tries int) ([]int, verdict) {
	c := newConsistency(s, mostPropagation)
	if !c.propagate(c.all()) {
		return nil, proven
	}
	type level struct {
		v, mark int
		states  []int // still to try
	}
	var stack []level
	x, scratch := make([]int, len(c.domain)), s.scratch()
	descend := func() bool { // pushes the next variable, or reports a full state
		best := -1
		start := 0
		if len(c.size) > 0 {
			start = r.IntN(len(c.size))
		}
		for i := range c.size {
			v := (start + i) % len(c.size)
			if c.size[v] > 1 && (best < 0 || c.size[v] < c.size[best]) {
				best = v
			}
		}
		if best < 0 {
			return false
		}
		l := level{v: best, mark: len(c.trail)}
		for state, in := range c.domain[best] {
			if in {
				l.states = append(l.states, state)
			}
		}
		r.Shuffle(len(l.states), func(a, b int) { l.states[a], l.states[b] = l.states[b], l.states[a] })
		stack = append(stack, l)
		return true
	}
	for {
		if !descend() {
			for v, d := range c.domain {
				for state, in := range d {
					if in {
						x[v] = state
					}
				}
			}
			if s.possible(x, scratch) {
				return x, found
			}
		}
		for { // the next state to try, here or further up
			if len(stack) == 0 {
				return nil, proven
			}
			top := &stack[len(stack)-1]
			c.undo(top.mark)
			if len(top.states) == 0 {
				stack = stack[:len(stack)-1]
				continue
			}
			if tries--; tries < 0 || c.budget <= 0 {
				return nil, spent
			}
			state := top.states[0]
			top.states = top.states[1:]
			ok := true
			for other, in := range c.domain[top.v] {
				if in && other != state {
					c.remove(top.v, other)
				}
			}
			if ok = c.propagate(nil); ok {
				break
			}
		}
	}
}
