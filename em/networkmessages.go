package em

// Messages in the junction tree of what is missing in a row.

import (
	"math"
	"slices"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/tensor"
)

// faint is what the largest entry of a message, before it is scaled to one, may be at
// least: entries of products are at most one, so that what underflows besides is less
// than 1e-100 of it. Else the work is done with logarithms.
const faint = 1e-200

// logTotal is the logarithm of the sum of a table.
func logTotal(x []float64, logs bool) float64 {
	if logs {
		return careful.LogSumExp(x)
	}
	return math.Log(kernel.Sum(x))
}

// single is the E step of a part of one variable.
func (p *networkPart) single(w *networkScratch, m *NetworkModel, weight float64, counts []float64) float64 {
	k := m.structure.states[p.vars[0]]
	if len(w.arena) < k {
		w.arena = make([]float64, k)
	}
	post := w.arena[:k]
	for s := range post {
		post[s] = 1
	}
	for i := range p.families {
		f := &p.families[i]
		t := m.theta[w.base[f.family]:f.end]
		for s, o := range f.offsets {
			post[s] *= t[o]
		}
	}
	total := 0.0
	for _, x := range post {
		total += x
	}
	l := 0.0
	if total < faint {
		clear(post)
		for i := range p.families {
			f := &p.families[i]
			t := m.logTheta[w.base[f.family]:f.end]
			for s, o := range f.offsets {
				post[s] += t[o]
			}
		}
		if l = careful.LogSumExp(post); math.IsInf(l, -1) {
			return l
		}
		for s, x := range post {
			post[s] = math.Exp(x - l)
		}
		total = 1
	} else {
		l = math.Log(total)
	}
	if counts == nil {
		return l
	}
	each := 1 / total // and not weight / total, which may be infinite
	for s := range post {
		post[s] *= each
		post[s] *= weight
	}
	for i := range p.families {
		f := &p.families[i]
		t := counts[w.base[f.family]:f.end]
		for s, o := range f.offsets {
			t[o] += post[s]
		}
	}
	return l
}

// expect is the E step of a part: messages to the root give the likelihood, and messages
// back the posteriors of all families.
func (p *networkPart) expect(w *networkScratch, m *NetworkModel, weight float64, counts []float64) (float64, error) {
	l, ok, err := p.propagate(w, m, counts != nil, false)
	if err == nil && !ok {
		l, _, err = p.propagate(w, m, counts != nil, true)
	}
	if err != nil || counts == nil || math.IsInf(l, -1) {
		return l, err
	}
	for i := range p.families {
		f := &p.families[i]
		post := w.arena[f.at : f.at+len(f.offsets)]
		total := 0.0
		for _, x := range post {
			total += x
		}
		t, each := counts[w.base[f.family]:f.end], 1/total
		for j, o := range f.offsets {
			t[o] += weight * (each * post[j])
		}
	}
	return l, nil
}

// propagate sends the messages, with logarithms if so wanted. It reports false if it had
// better be done with logarithms.
func (p *networkPart) propagate(w *networkScratch, m *NetworkModel, back, logs bool) (float64, bool, error) {
	l := 0.0
	alone := back && len(p.cliques) == 1 // its posteriors tell the likelihood as well
	for i := 0; i < len(p.cliques) && !alone; i++ {
		c := &p.cliques[i]
		up := w.arena[c.up : c.up+c.sep]
		w.out = append(w.out[:0], up)
		if err := p.run(w, m, c, c.collect, false, logs); err != nil {
			return 0, false, err
		}
		peak, ok := scaleMessage(up, logs)
		if !ok || math.IsInf(peak, -1) {
			return peak, ok, nil
		}
		l += peak
	}
	for i := len(p.cliques) - 1; i >= 0 && back; i-- {
		c := &p.cliques[i]
		w.out = w.out[:0]
		for k, in := range c.inputs {
			if k < c.nf {
				f := &p.families[in]
				w.out = append(w.out, w.arena[f.at:f.at+len(f.offsets)])
			} else {
				child := &p.cliques[in]
				w.out = append(w.out, w.arena[child.dn:child.dn+child.sep])
			}
		}
		if err := p.run(w, m, c, c.spread, c.parent >= 0, logs); err != nil {
			return 0, false, err
		}
		if alone {
			if l = logTotal(w.out[0], logs); math.IsInf(l, -1) {
				return l, logs, nil
			}
		}
		for k, in := range c.inputs {
			if k < c.nf && !logs {
				if slices.Max(w.out[k]) < faint {
					return 0, false, nil
				}
				continue
			}
			peak, ok := scaleMessage(w.out[k], logs)
			if !ok || math.IsInf(peak, -1) {
				return peak, ok, nil
			}
			if k < c.nf {
				for j, x := range w.out[k] {
					w.out[k][j] = math.Exp(x)
				}
				continue
			}
			child := &p.cliques[in]
			divideMessage(w.out[k], w.arena[child.up:child.up+child.sep], logs)
			scaleMessage(w.out[k], logs)
		}
	}
	return l, true, nil
}

// run multiplies what a clique has, with the message from its parent if it is wanted, and
// sums to w.out.
func (p *networkPart) run(w *networkScratch, m *NetworkModel, c *networkClique, plan *tensor.Plan, parent, logs bool) error {
	tables := m.theta
	if logs {
		tables = m.logTheta
	}
	w.in = w.in[:0]
	for k, in := range c.inputs {
		if k < c.nf {
			f := &p.families[in]
			w.in = append(w.in, tables[w.base[f.family]:f.end])
		} else {
			child := &p.cliques[in]
			w.in = append(w.in, w.arena[child.up:child.up+child.sep])
		}
	}
	if parent {
		w.in = append(w.in, w.arena[c.dn:c.dn+c.sep])
	}
	if logs {
		return plan.LogSumProduct(m.context, &w.tensor, w.in, w.out)
	}
	return plan.SumProduct(m.context, &w.tensor, w.in, w.out)
}

// scaleMessage divides by the largest entry and returns its logarithm; false means that
// it is too small for what is beside it to be there.
func scaleMessage(x []float64, logs bool) (float64, bool) {
	peak := slices.Max(x)
	if logs {
		if !math.IsInf(peak, -1) {
			for i := range x {
				x[i] -= peak
			}
		}
		return peak, true
	}
	if peak < faint {
		return 0, false
	}
	for i := range x {
		x[i] /= peak
	}
	return math.Log(peak), true
}

// divideMessage leaves of the belief of a separator the message to the child, 0/0 being 0.
func divideMessage(belief, up []float64, logs bool) {
	for i, x := range up {
		switch {
		case logs && !math.IsInf(x, -1):
			belief[i] -= x
		case !logs && x != 0:
			belief[i] /= x
		}
	}
}
