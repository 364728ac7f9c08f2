package em

// The most probable completion of a row, for hard EM.

import "math"

// most finds the most probable states of a part together, counts them, and returns their
// log-probability; of equals always the same. Products are sums of logarithms, so that
// nothing underflows.
func (p *networkPart) most(w *networkScratch, m *NetworkModel, weight float64, counts []float64) float64 {
	if len(w.digits) < len(p.vars) {
		w.digits = make([]int, len(p.vars))
	}
	best := w.digits[:len(p.vars)]
	if len(p.vars) == 1 {
		l := math.Inf(-1)
		for s := range m.structure.states[p.vars[0]] {
			sum := 0.0
			for i := range p.families {
				f := &p.families[i]
				sum += m.logTheta[w.base[f.family]+int(f.offsets[s])]
			}
			if sum > l {
				l, best[0] = sum, s
			}
		}
	} else {
		for i := range p.cliques {
			c := &p.cliques[i]
			p.logInputs(w, m, c)
			for s := range c.sep {
				w.arena[c.up+s], _ = c.scan(w, s)
			}
		}
		for i := len(p.cliques) - 1; i >= 0; i-- {
			c := &p.cliques[i]
			s := 0
			sep := c.strides[len(c.strides)-1]
			for a, v := range c.vars {
				s += sep[a] * best[v] // of those shared; the others have stride 0
			}
			p.logInputs(w, m, c)
			_, at := c.scan(w, s)
			for a := len(c.vars) - 1; a >= 0; a-- {
				best[c.vars[a]], at = at%c.dims[a], at/c.dims[a]
			}
		}
	}
	l := 0.0
	for i := range p.families {
		f := &p.families[i]
		at := w.base[f.family]
		for j, a := range f.axes {
			at += best[a] * f.strides[j]
		}
		l += m.logTheta[at]
		if counts != nil {
			counts[at] += weight
		}
	}
	return l
}

// logInputs lists what a clique adds.
func (p *networkPart) logInputs(w *networkScratch, m *NetworkModel, c *networkClique) {
	w.in = w.in[:0]
	for k, in := range c.inputs {
		if k < c.nf {
			f := &p.families[in]
			w.in = append(w.in, m.logTheta[w.base[f.family]:f.end])
		} else {
			child := &p.cliques[in]
			w.in = append(w.in, w.arena[child.up:child.up+child.sep])
		}
	}
}

// scan returns the largest sum of the inputs over the entries of a clique in which what is
// shared with the parent is in joint state s, and the number of the entry.
func (c *networkClique) scan(w *networkScratch, s int) (float64, int) {
	rest := int(c.entries) / c.sep
	n := len(w.in)
	if len(w.at) < n+len(c.dims) {
		w.at = make([]int, n+len(c.dims))
	}
	at, digit := w.at[:n], w.at[n:n+len(c.dims)]
	clear(at)
	e := s * rest
	for a, left := len(c.dims)-1, e; a >= 0; a-- {
		digit[a] = left % c.dims[a]
		left /= c.dims[a]
		for k := range at {
			at[k] += digit[a] * c.strides[k][a]
		}
	}
	best, where := math.Inf(-1), e
	for i := range rest {
		sum := 0.0
		for k, o := range at {
			sum += w.in[k][o]
		}
		if sum > best {
			best, where = sum, e+i
		}
		for a := len(c.dims) - 1; a >= 0; a-- {
			digit[a]++
			if digit[a] < c.dims[a] {
				for k := range at {
					at[k] += c.strides[k][a]
				}
				break
			}
			digit[a] = 0
			for k := range at {
				at[k] -= (c.dims[a] - 1) * c.strides[k][a]
			}
		}
	}
	return best, where
}
