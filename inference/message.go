package inference

import (
	"context"
	"math"
	"sync"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/tensor"
)

// collect computes the message of a clique to its parent,
//
//	up(separator) = Σ_{rest of the clique} Π inputs,
//
// scaled so that its largest entry is one. For a root it is the sum of all.
func (s *Session) collect(ctx context.Context, c int, scratch *tensor.Scratch) error {
	nd := &s.t.nodes[c]
	if err := s.combine(ctx, nd, c, scratch); err != nil {
		return err
	}
	in, bound := s.list(nd, c)
	if !s.fits(bound) {
		return errRange
	}
	up := s.up[c]
	if err := s.sum(ctx, nd.up, scratch, in, append(s.results[c][:0], up)); err != nil {
		return err
	}
	s.logScale[c], s.upRange[c] = s.scale(up)
	s.upOK[c] = true
	s.progress.add(nd.entries)
	return nil
}

// distribute forms the belief of a clique, block by block, and sums it to the
// marginals of its own variables and to the separators of its children. Dividing a
// separator's belief by the child's own message leaves the message to the child
// (Jensen, Lauritzen & Olesen 1990); where that message is zero so is the belief.
func (s *Session) distribute(ctx context.Context, c int, scratch *tensor.Scratch) error {
	nd := &s.t.nodes[c]
	in, bound := s.list(nd, c)
	if s.t.parent[c] >= 0 {
		in = append(in, s.sep[c])
		bound = bound.plus(s.sepRange[c])
	}
	if !s.fits(bound) {
		return errRange
	}
	out := s.results[c][:0]
	for i := range nd.outputs {
		if nd.outputs[i].from < 0 {
			out = append(out, s.result(&nd.outputs[i]))
		}
	}
	if err := s.sum(ctx, nd.down, scratch, in, out); err != nil {
		return err
	}
	for i := range nd.outputs {
		o := &nd.outputs[i]
		if o.from < 0 {
			continue
		}
		from, to := append(s.operands[c][:0], s.result(&nd.outputs[o.from])), append(out[:0], s.result(o))
		if err := s.sum(ctx, o.plan, scratch, from, to); err != nil {
			return err
		}
	}
	for i := range nd.outputs {
		o := &nd.outputs[i]
		if o.child < 0 {
			s.normalize(s.marginal[o.variable])
			continue
		}
		message := s.sep[o.child]
		s.divide(message, s.up[o.child])
		_, s.sepRange[o.child] = s.scale(message)
	}
	s.downOK[c] = true
	s.progress.add(nd.entries)
	return nil
}

// result is where an output goes.
func (s *Session) result(o *output) []float64 {
	if o.child >= 0 {
		return s.sep[o.child]
	}
	return s.marginal[o.variable]
}

// combine multiplies evidence into the tables that carry it, and absorbed inputs
// into their hosts, smallest first.
func (s *Session) combine(ctx context.Context, nd *node, c int, scratch *tensor.Scratch) error {
	for i := len(nd.inputs) - 1; i >= 0; i-- {
		in, k := &nd.inputs[i], nd.first+i
		base, bound := s.base(nd, i)
		bound = span{}.plus(bound)
		carries := in.child < 0 && s.carries(nd, c, i)
		if len(in.absorbed) == 0 && !carries {
			s.eff[k], s.effRange[k] = base, bound
			continue
		}
		if s.own[k] == nil {
			s.own[k] = make([]float64, in.size)
		}
		own := s.own[k]
		if len(in.absorbed) > 0 {
			operands := append(s.operands[c][:0], base)
			for _, j := range in.absorbed {
				operands = append(operands, s.eff[nd.first+j])
				bound = bound.plus(s.effRange[nd.first+j])
			}
			if !s.fits(bound) {
				return errRange
			}
			if err := s.sum(ctx, in.absorb, scratch, operands, append(s.results[c][:0], own)); err != nil {
				return err
			}
		} else {
			copy(own, base)
		}
		if carries {
			for a := range in.axes {
				v := nd.vars[in.axes[a]]
				if w := s.weights[v]; w != nil && s.t.carrier[v].node == c && s.t.carrier[v].input == i {
					bound = bound.plus(s.weigh(own, s.t.carrier[v], w))
				}
			}
			if !s.fits(bound) {
				return errRange
			}
		}
		s.eff[k], s.effRange[k] = own, bound
	}
	return nil
}

// base is an input before anything is multiplied in.
func (s *Session) base(nd *node, i int) ([]float64, span) {
	in := &nd.inputs[i]
	switch {
	case in.child >= 0:
		return s.up[in.child], s.upRange[in.child]
	case s.log:
		return s.t.logTables()[in.table], span{}
	default:
		table := &s.t.tables[in.table]
		return table.data, table.bound
	}
}

// carries says whether there is evidence for input i of node c to carry.
func (s *Session) carries(nd *node, c, i int) bool {
	if len(s.evidence) == 0 {
		return false
	}
	for _, a := range nd.inputs[i].axes {
		v := nd.vars[a]
		if s.weights[v] != nil && s.t.carrier[v].node == c && s.t.carrier[v].input == i {
			return true
		}
	}
	return false
}

// weigh multiplies weights of a variable's states into a table around it, and
// returns their range.
func (s *Session) weigh(table []float64, c carrier, weights []float64) span {
	for o := 0; o < c.outer; o++ {
		for k, w := range weights {
			part := table[(o*c.states+k)*c.step:][:c.step]
			if s.log {
				l := careful.Log(w)
				for j := range part {
					part[j] += l
				}
				continue
			}
			for j := range part {
				part[j] *= w
			}
		}
	}
	low, high := careful.Exponents(weights)
	return span{low, high}
}

// list gathers the operands of a clique and bounds their product.
func (s *Session) list(nd *node, c int) ([][]float64, span) {
	in, bound := s.operands[c][:0], span{}
	for _, i := range nd.top {
		in = append(in, s.eff[nd.first+i])
		bound = bound.plus(s.effRange[nd.first+i])
	}
	return in, bound
}

// plus bounds a product from the bounds of its parts, and with it the product of
// any of them, in whatever order they are multiplied.
func (a span) plus(b span) span { return span{a.low + min(b.low, 0), a.high + max(b.high, 0)} }

// fits says whether a product within the bound is safe, also after its largest
// entry is scaled to one. Logarithms always are.
func (s *Session) fits(b span) bool {
	return s.log || b.low > -safeExponent && b.high < safeExponent && b.high-b.low < safeExponent
}

// sum runs a plan in the session's arithmetic.
func (s *Session) sum(ctx context.Context, p *tensor.Plan, scratch *tensor.Scratch, in, out [][]float64) error {
	if s.log {
		return p.LogSumProduct(ctx, scratch, in, out)
	}
	return p.SumProduct(ctx, scratch, in, out)
}

// scale divides a table by its largest entry, whose logarithm it returns with the
// range of the rest. A table of zeros stays as it is, with −Inf.
func (s *Session) scale(table []float64) (float64, span) {
	if s.log {
		peak := math.Inf(-1)
		for _, x := range table {
			peak = max(peak, x)
		}
		if math.IsInf(peak, -1) {
			return peak, span{}
		}
		for i := range table {
			table[i] -= peak
		}
		return peak, span{}
	}
	peak, least := 0.0, math.Inf(1)
	for _, x := range table {
		peak = max(peak, x)
		if x > 0 {
			least = min(least, x)
		}
	}
	if peak == 0 {
		return math.Inf(-1), span{}
	}
	for i, x := range table {
		table[i] = x / peak
	}
	_, low := math.Frexp(least / peak)
	return careful.Log(peak), span{low: low - 1, high: 1}
}

// divide divides a separator's belief by the child's message, 0/0 being 0.
func (s *Session) divide(belief, message []float64) {
	message = message[:len(belief)]
	if s.log {
		for i, m := range message {
			if !math.IsInf(m, -1) {
				belief[i] -= m
			}
		}
		return
	}
	for i, m := range message {
		if m != 0 {
			belief[i] /= m
		}
	}
}

// normalize turns a marginal into probabilities.
func (s *Session) normalize(m []float64) {
	if s.log {
		total := careful.LogSumExp(m)
		for i, x := range m {
			m[i] = math.Exp(x - total)
		}
		return
	}
	total := 0.0
	for _, x := range m {
		total += x
	}
	for i, x := range m {
		m[i] = x / total
	}
}

// A meter adds up work and tells the caller's progress function.
type meter struct {
	mu       sync.Mutex
	report   func(Progress)
	progress Progress
	next     float64
}

// newMeter returns a meter for one propagation, nil if nobody listens.
func newMeter(t *JunctionTree) *meter {
	if t.cfg.Progress == nil {
		return nil
	}
	return &meter{report: t.cfg.Progress, progress: Progress{Total: t.work}}
}

func (m *meter) add(entries float64) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.progress.Done = min(m.progress.Done+entries, m.progress.Total)
	if m.progress.Done >= m.next {
		m.next = m.progress.Done + m.progress.Total/200
		m.report(m.progress)
	}
}
