package inference

import (
	"context"
	"math/bits"
	"slices"
)

// Where tables have zeros, a sampler that moves one variable at a time may be
// unable to go from one possible state to another. Factors without zeros do not
// matter to that, so the question falls apart into components of variables joined
// by factors with zeros, and in a small component it is decided: its possible
// states are listed, and joined where a move leads from one to the other. What
// stays apart is joined by moves of several variables at once, blocks.

const (
	mostStates   = 4096    // possible states of a component that are listed
	mostBlock    = 1024    // joint states of a block
	mostBlocks   = 64      // of a component
	mostSearched = 1e6     // table look-ups to list a component
	mostPairs    = 1 << 19 // pairs of states compared to find a block
)

// A reach says what moves can reach.
type reach struct {
	blocks [][]int // of variables to be drawn together
	// apart are components, one variable list each, in which some possible
	// states cannot be reached from others; open are those too large to tell.
	apart, open [][]int
	classes     int // of the first of apart
}

// reachOf decides for single moves, with blocks added if they are wanted.
func (s *space) reachOf(ctx context.Context, blocks bool) (reach, error) {
	var out reach
	for _, comp := range s.components() {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		l := s.list(comp)
		if l == nil {
			out.open = append(out.open, comp.vars)
			if blocks {
				out.blocks = append(out.blocks, s.localBlocks(ctx, comp)...)
			}
			continue
		}
		l.join(nil)
		if blocks {
			out.blocks = append(out.blocks, l.bridge()...)
		}
		if n := l.classes(); n > 1 {
			if out.apart == nil {
				out.classes = n
			}
			out.apart = append(out.apart, comp.vars)
		}
	}
	slices.SortFunc(out.blocks, slices.Compare)
	out.blocks = slices.CompactFunc(out.blocks, slices.Equal)
	return out, ctx.Err()
}

// A component is a set of free variables joined by parts with zeros.
type component struct{ vars, parts []int }

func (s *space) components() []component {
	root := make([]int, len(s.size))
	for v := range root {
		root[v] = v
	}
	find := func(v int) int {
		for root[v] != v {
			root[v] = root[root[v]]
			v = root[v]
		}
		return v
	}
	for i := range s.parts {
		if !s.constrains(i) {
			continue
		}
		first := -1
		for _, v := range s.parts[i].vars {
			if s.free(v) {
				if first >= 0 {
					root[find(v)] = find(first)
				}
				first = v
			}
		}
	}
	number := map[int]int{}
	var out []component
	at := func(v int) int {
		c, ok := number[find(v)]
		if !ok {
			c = len(out)
			number[find(v)] = c
			out = append(out, component{})
		}
		return c
	}
	for i := range s.parts {
		if s.constrains(i) {
			for _, v := range s.parts[i].vars {
				if s.free(v) {
					c := at(v)
					out[c].parts = append(out[c].parts, i)
					break
				}
			}
		}
	}
	for v := range root {
		if c, ok := number[find(v)]; ok && s.free(v) {
			out[c].vars = append(out[c].vars, v)
		}
	}
	return out
}

// constrains says whether a part has a zero within the domains, or may have one.
func (s *space) constrains(i int) bool {
	pt := &s.parts[i]
	if !pt.zeros || pt.values == nil {
		return pt.zeros
	}
	zero := false
	s.each(pt.vars, func(x []int) bool {
		o := 0
		for k := range pt.vars {
			o += x[k] * pt.strides[k]
		}
		zero = pt.values[o] == 0
		return !zero
	})
	return zero
}

// each visits the joint states of variables within their domains until visit says
// no.
func (s *space) each(vars []int, visit func(states []int) bool) {
	x := make([]int, len(vars))
	next := func(k int) bool { // the next state of the domain from x[k] on
		d := s.domain[vars[k]]
		for x[k] < len(d) && !d[x[k]] {
			x[k]++
		}
		return x[k] < len(d)
	}
	for k := range x {
		next(k)
	}
	for {
		if !visit(x) {
			return
		}
		k := len(x) - 1
		for ; k >= 0; k-- {
			x[k]++
			if next(k) {
				break
			}
			x[k] = 0
			next(k)
		}
		if k < 0 {
			return
		}
	}
}

// A listing is all possible states of a component, joined into classes.
type listing struct {
	s      *space
	vars   []int
	radix  []uint64
	keys   []uint64 // one per state
	digits []int    // row-major: states × variables
	root   []int
}

// list lists the possible states of a component; nil if they are too many.
func (s *space) list(comp component) *listing {
	l := &listing{s: s, vars: slices.Clone(comp.vars)}
	place := make([]int, len(s.size))
	for v := range place {
		place[v] = -1
	}
	// Variables in an order that completes scopes early.
	l.vars = l.vars[:0]
	for _, i := range comp.parts {
		if s.parts[i].values == nil {
			return nil
		}
		for _, v := range s.parts[i].vars {
			if s.free(v) && place[v] < 0 {
				place[v] = len(l.vars)
				l.vars = append(l.vars, v)
			}
		}
	}
	total := uint64(1)
	l.radix = make([]uint64, len(l.vars))
	for k, v := range l.vars {
		l.radix[k] = total
		high, low := bits.Mul64(total, uint64(len(s.domain[v])))
		if high != 0 {
			return nil
		}
		total = low
	}
	done := make([][]int, len(l.vars)) // parts complete when this variable is set
	for _, i := range comp.parts {
		last := -1
		for _, v := range s.parts[i].vars {
			last = max(last, place[v])
		}
		if last >= 0 {
			done[last] = append(done[last], i)
		}
	}
	x := s.start()
	budget := int(mostSearched)
	var walk func(k int, key uint64) bool
	walk = func(k int, key uint64) bool {
		if k == len(l.vars) {
			if len(l.keys) == mostStates {
				return false
			}
			l.keys = append(l.keys, key)
			for _, v := range l.vars {
				l.digits = append(l.digits, x[v])
			}
			return true
		}
		v := l.vars[k]
	states:
		for state, in := range s.domain[v] {
			if !in {
				continue
			}
			x[v] = state
			for _, i := range done[k] {
				if budget--; budget < 0 {
					return false
				}
				if s.at(i, x, nil) == 0 {
					continue states
				}
			}
			if !walk(k+1, key+uint64(state)*l.radix[k]) {
				return false
			}
		}
		return true
	}
	if len(l.vars) > 64 || !walk(0, 0) { // deep recursion finds too many states anyway
		return nil
	}
	l.root = make([]int, len(l.keys))
	for i := range l.root {
		l.root[i] = i
	}
	return l
}

func (l *listing) find(i int) int {
	for l.root[i] != i {
		l.root[i] = l.root[l.root[i]]
		i = l.root[i]
	}
	return i
}

// join joins states that differ only in the variables at the given places, or, if
// there are none, in any single variable.
func (l *listing) join(places []int) {
	if places == nil {
		for k := range l.vars {
			l.join([]int{k})
		}
		return
	}
	first := make(map[uint64]int, len(l.keys))
	n := len(l.vars)
	for i, key := range l.keys {
		for _, k := range places {
			key -= uint64(l.digits[i*n+k]) * l.radix[k]
		}
		if j, ok := first[key]; ok {
			l.root[l.find(i)] = l.find(j)
		} else {
			first[key] = i
		}
	}
}

func (l *listing) classes() int {
	n := 0
	for i := range l.root {
		if l.root[i] == i {
			n++
		}
	}
	return n
}

// bridge finds blocks until there is a single class, or no block is small enough.
// Each block is made of the variables in which two nearest states of different
// classes differ, seen from the smallest class.
func (l *listing) bridge() [][]int {
	var blocks [][]int
	n := len(l.vars)
	for len(blocks) < mostBlocks && l.classes() > 1 {
		members := map[int][]int{}
		for i := range l.root {
			r := l.find(i)
			members[r] = append(members[r], i)
		}
		small := -1
		for i := range l.root { // by position, for the same blocks every time
			if l.root[i] == i && (small < 0 || len(members[i]) < len(members[small])) {
				small = i
			}
		}
		from := members[small]
		from = from[:min(len(from), max(1, mostPairs/(len(l.root)*n)))]
		best, a, b := n+1, -1, -1
		for _, i := range from {
			for j := range l.root {
				if l.find(j) == small {
					continue
				}
				d := 0
				for k := 0; k < n && d < best; k++ {
					if l.digits[i*n+k] != l.digits[j*n+k] {
						d++
					}
				}
				if d < best {
					best, a, b = d, i, j
				}
			}
		}
		var places, vars []int
		for k := range n {
			if l.digits[a*n+k] != l.digits[b*n+k] {
				places, vars = append(places, k), append(vars, l.vars[k])
			}
		}
		if l.s.joint(vars) > mostBlock {
			break
		}
		l.join(places)
		slices.Sort(vars)
		blocks = append(blocks, vars)
	}
	return blocks
}

// joint is the number of joint states of variables within their domains.
func (s *space) joint(vars []int) float64 {
	n := 1.0
	for _, v := range vars {
		n *= float64(s.size[v])
	}
	return n
}

// localBlocks bridges what each part keeps apart by itself, in a component that is
// too large to be listed.
func (s *space) localBlocks(ctx context.Context, comp component) [][]int {
	var out [][]int
	for _, i := range comp.parts {
		if s.parts[i].values == nil || ctx.Err() != nil {
			continue
		}
		var vars []int
		for _, v := range s.parts[i].vars {
			if s.free(v) {
				vars = append(vars, v)
			}
		}
		if l := s.list(component{vars: vars, parts: []int{i}}); l != nil {
			l.join(nil)
			out = append(out, l.bridge()...)
		}
	}
	return out
}
