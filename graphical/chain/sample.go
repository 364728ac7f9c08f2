package chain

import (
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Sample draws paths from p(z | x), as many as there are in paths, whose memory it takes
// if there is enough: forward filtering, backward sampling (Scott 2002, section 2.1.3).
// The error is an [*ImpossibleError] or [*EvidenceError].
func (w *Workspace) Sample(paths [][]int, m Markov, e Evidence, r *rand.Rand) error {
	if err := m.check(e); err != nil {
		return err
	}
	s := m.States()
	n := e.Len(s)
	for k := range paths {
		paths[k] = grow(paths[k], n)
	}
	w.weights = grow(w.weights, s)
	if n == 0 {
		return nil
	}
	w.watch()
	if !w.LogSpace {
		w.alone(m, e)
		c := &w.groups.scaled
		length := c.segment(w.Memory)
		if c.forwardAll(length); c.err != nil {
			return c.err
		}
		if !c.dead[0] {
			c.follow = false // what is computed again is what it was
			for k := (n + length - 1) / length; k > 0; k-- {
				if c.first != (k-1)*length {
					c.forward((k-1)*length, min(k*length, n), c.savedRows(k-2, length))
				}
				if c.err != nil {
					return c.err
				}
				for t := c.last - 1; t >= c.first; t-- {
					w.sampleTime(paths, m, t, c.rowsOf(t), r)
				}
			}
			return nil
		}
	}
	if err := checkEvidence(e, s, 0); err != nil {
		return err
	}
	w.log.begin(m)
	_, zero := w.log.forward(e, n)
	if w.log.err != nil {
		return w.log.err
	}
	if zero >= 0 {
		return &ImpossibleError{Time: zero}
	}
	for t := n - 1; t >= 0; t-- {
		for _, path := range paths {
			copy(w.weights, w.log.alpha[t*s:])
			if t < n-1 {
				w.log.load(t + 1)
				kernel.Add(w.weights, w.weights, w.log.back[path[t+1]*s:(path[t+1]+1)*s])
			}
			kernel.AddConst(-kernel.Max(w.weights), w.weights, w.weights)
			kernel.Exp(w.weights, w.weights)
			path[t] = draw(w.weights, r)
		}
	}
	return nil
}

// sampleTime draws the states of time t, where alpha is p(z_t | x_0 … x_t).
func (w *Workspace) sampleTime(paths [][]int, m Markov, t int, alpha []float64, r *rand.Rand) {
	s := len(alpha)
	a := m.Transition
	if m.Varying && t*s*s < len(a) {
		a = a[t*s*s : (t+1)*s*s]
	}
	for _, path := range paths {
		if t == len(path)-1 {
			path[t] = draw(alpha, r)
			continue
		}
		most := 0.0
		for i, p := range alpha {
			w.weights[i] = p * a[i*s+path[t+1]]
			most = max(most, w.weights[i])
		}
		if most < 0x1p-900 { // so small that products may have been lost
			for i, p := range alpha {
				w.weights[i] = careful.Log(p) + careful.Log(a[i*s+path[t+1]])
			}
			kernel.AddConst(-kernel.Max(w.weights), w.weights, w.weights)
			kernel.Exp(w.weights, w.weights)
		}
		path[t] = draw(w.weights, r)
	}
}
