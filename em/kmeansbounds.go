package em

// Bounds on distances, by which most rows know their centre without looking at all of
// them (Elkan 2003; Hamerly 2010).
//
// The distance of each row from its own centre is computed in every iteration, as
// inertia needs it. If a row's second nearest centre was at least l away, and no other
// has since moved by more than p in all, then the row stays where it is while its
// distance is below l − p. What is stored is l plus the movements so far, so that a bound
// is brought up to date by a subtraction and need not be written.

import "math"

// withBounds prepares for bounds, before the first centres are set.
func (c *kmeansCenters) withBounds(w *kmeansWork) {
	if w.label == nil {
		return
	}
	c.moved, c.others = make([]float64, c.k), make([]float64, c.k)
	if w.elkan != nil || c.k <= len(w.label)/64 { // else the pairs cost more than they save
		c.apart = make([]float64, c.k)
	}
	if w.elkan != nil {
		c.between = make([]float64, c.k*c.k)
	}
	c.radius = -1 // no centres yet
}

// move brings what bounds need up to date after new centres were set.
func (c *kmeansCenters) move(before []float64) {
	if before != nil {
		first, second, at := 0.0, 0.0, -1 // the farthest moves
		for j := range c.k {
			p := c.distance(c.cost(before[j*c.d:(j+1)*c.d], j)) * (1 + c.slack)
			c.moved[j] += p
			if p > first {
				first, second, at = p, first, j
			} else if p > second {
				second = p
			}
		}
		for j := range c.k {
			if j == at {
				c.others[j] += second
			} else {
				c.others[j] += first
			}
		}
	}
	if c.apart == nil {
		return
	}
	for j := range c.apart {
		c.apart[j] = math.Inf(1)
	}
	for j := range c.k {
		for i := range j {
			half := c.distance(c.cost(c.c[i*c.d:(i+1)*c.d], j)) / 2
			c.apart[i], c.apart[j] = min(c.apart[i], half), min(c.apart[j], half)
			if c.between != nil {
				c.between[i*c.k+j], c.between[j*c.k+i] = half, half
			}
		}
	}
}

// below reports whether a distance is below a bound that had to add up a sum of
// movements, whatever rounding did to either.
func (c *kmeansCenters) below(u, stored, sum float64) bool {
	return u*(1+c.slack)+8*ulp*sum < stored-sum
}

// stored is the bound that follows from the least cost of the second nearest centre.
func (c *kmeansCenters) stored(cost, moved float64) float64 {
	return c.distance(max(cost, 0))*(1-c.slack) + moved
}

// bounded finds label and cost of the rows of a block that is in memory, given what is
// known of them from the iterations before.
func (c *kmeansCenters) bounded(w *kmeansWork, s *kmeansScratch, first int, reach float64) {
	b := &s.all
	rows := len(b.label)
	label := w.label[first : first+rows]
	var lower, elkan []float64
	if w.lower != nil {
		lower = w.lower[first : first+rows]
	}
	if w.elkan != nil {
		elkan = w.elkan[first*c.k : (first+rows)*c.k]
	}
	if owner := &w.owner[first/kmeansUnit]; *owner != c { // nothing is known, or of others
		*owner = c
		if elkan != nil {
			c.settleAll(b, s.f, elkan, reach)
		} else {
			c.settle(b, s.f, reach)
		}
		copy(label, b.label)
		for i := range lower {
			lower[i] = c.stored(b.lower[i], c.others[label[i]])
		}
		return
	}
	todo := s.todo[:0]
	for i, a := range label {
		b.cost[i] = c.cost(b.x[i*c.d:(i+1)*c.d], int(a))
		if lower != nil {
			u := c.distance(b.cost[i])
			if c.apart != nil && u*(1+c.slack) < c.apart[a] || c.below(u, lower[i], c.others[a]) {
				continue
			}
		}
		todo = append(todo, int32(i))
	}
	copy(b.label, label)
	s.todo = todo
	switch {
	case len(todo) == 0:
	case elkan != nil:
		for _, i := range todo {
			i := int(i)
			c.elkan(b, i, elkan[i*c.k:(i+1)*c.k])
			label[i], lower[i] = b.label[i], b.lower[i]+c.others[b.label[i]]
		}
	case len(todo) == rows:
		c.resettle(b, s.f, reach)
		copy(label, b.label)
		for i := range lower {
			lower[i] = c.stored(b.lower[i], c.others[label[i]])
		}
	default:
		few := c.gather(s)
		c.resettle(few, s.f, reach)
		for at, i := range todo {
			b.label[i], b.cost[i] = few.label[at], few.cost[at]
			label[i], lower[i] = few.label[at], c.stored(few.lower[at], c.others[few.label[at]])
		}
	}
}

// gather puts the rows that are to be done one after the other.
func (c *kmeansCenters) gather(s *kmeansScratch) *kmeansBatch {
	b, few, n := &s.all, &s.few, len(s.todo)
	if cap(few.label) < n {
		rows := len(b.label)
		*few = kmeansBatch{make([]float64, rows*c.d), make([]int32, rows), make([]float64, rows), make([]float64, rows)}
	}
	few.x, few.label, few.cost, few.lower = few.x[:n*c.d], few.label[:n], few.cost[:n], few.lower[:n]
	for at, i := range s.todo {
		copy(few.x[at*c.d:(at+1)*c.d], b.x[int(i)*c.d:])
		few.label[at], few.cost[at] = b.label[i], b.cost[i]
	}
	return few
}

// settleAll is settle, with bounds of all distances.
func (c *kmeansCenters) settleAll(b *kmeansBatch, f, bounds []float64, reach float64) {
	for i := range b.label {
		x, row := b.x[i*c.d:(i+1)*c.d], bounds[i*c.k:(i+1)*c.k]
		less := 0.0 // from what is in the row to least costs
		if c.manhattan {
			b.label[i], b.cost[i], b.lower[i] = c.search(x, row)
		} else {
			f := c.product(f, b, i)
			copy(row, f)
			b.label[i], b.cost[i], b.lower[i] = c.nearest(f, x, reach)
			less = row[b.label[i]] - b.cost[i] + reach
		}
		for j, v := range row {
			row[j] = c.stored(v-less, c.moved[j])
		}
	}
}

// elkan finds label and cost of row i, and as lower a bound of the distance, not of the
// cost, from the second nearest centre. It looks at the distances that the bounds leave
// open.
func (c *kmeansCenters) elkan(b *kmeansBatch, i int, bounds []float64) {
	x, a, cost := b.x[i*c.d:(i+1)*c.d], int(b.label[i]), b.cost[i]
	u := c.distance(cost)
	low := math.Inf(1)
	for j, stored := range bounds {
		if j == a {
			continue
		}
		// By the triangle inequality it is half the distance of the centres away at least
		// if the own centre is no farther.
		half := c.between[a*c.k+j]
		if u*(1+c.slack) < half {
			low = min(low, 2*half-u*(1+c.slack))
			continue
		}
		if c.below(u, stored, c.moved[j]) {
			low = min(low, stored-c.moved[j])
			continue
		}
		other := c.cost(x, j)
		distance := c.distance(other)
		bounds[j] = distance*(1-c.slack) + c.moved[j]
		if other < cost || other == cost && j < a {
			bounds[a] = u*(1-c.slack) + c.moved[a]
			low = min(low, u)
			a, cost, u = j, other, distance
		} else {
			low = min(low, distance)
		}
	}
	b.label[i], b.cost[i], b.lower[i] = int32(a), cost, low*(1-c.slack)
}
