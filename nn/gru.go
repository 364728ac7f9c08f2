package nn

import "github.com/belief-go/belief/internal/kernel"

// GRU is the gated recurrent unit (Cho et al. 2014; Qiu 2019, eq. 6.66 to 6.69):
//
//	r_t = σ(x_t·W_r + h_{t−1}·U_r + b_r)
//	z_t = σ(x_t·W_z + h_{t−1}·U_z + b_z)
//	n_t = tanh(x_t·W_h + (r_t⊙h_{t−1})·U_h + b_h)
//	h_t = z_t⊙h_{t−1} + (1 − z_t)⊙n_t
//
// The weights lie in the order r, z, n, as those of PyTorch do. Chung et al. (2014)
// exchange z and 1 − z.
type GRU struct {
	In, Hidden int
	// ResetAfter resets the product with the recurrent matrix, not the state,
	//
	//	n_t = tanh(x_t·W_h + b_h + r_t⊙(h_{t−1}·U_h + b_u))
	//
	// as cuDNN, PyTorch and Keras do: it takes one product per step instead of two.
	// The two are different models with the same weights.
	ResetAfter bool
	Reverse    bool // go through time from the last step to the first

	// InputDropout and StateDropout are as in [SRN]. The part of the state that z
	// keeps is never dropped.
	InputDropout, StateDropout float64

	Init          Init // of W; by default Xavier for each gate
	RecurrentInit Init // of U; by default Orthogonal for each gate
}

func (c GRU) sizes() sizes {
	return sizes{c.In, c.Hidden, 3, 1, c.Reverse, c.InputDropout, c.StateDropout, c.Init, c.RecurrentInit}
}

func (c GRU) with(in int, reverse bool) Cell {
	c.In, c.Reverse = in, reverse
	return c
}

// Validate checks sizes and probabilities.
func (c GRU) Validate() error { return c.sizes().validate("GRU") }

// GRU makes a gated recurrent layer. The bias b_u that is reset is the parameter
// name.recurrent_bias.
func (n *Net[T]) GRU(name string, c GRU) *RecurrentLayer[T] {
	must(c.Validate())
	if !c.ResetAfter {
		return newRecurrent(n, name, c, gru[T]{}, Constant(0))
	}
	l := newRecurrent(n, name, c, gruAfter[T]{}, Constant(0))
	l.Extra = n.Param(name+".recurrent_bias", Constant(0), 1, 1, c.Hidden)
	return l
}

// packGates packs the weights of the gates and those of the candidate.
func packGates[T Float](p pass[T], trans bool) (panel, second []T) {
	return p.pack(trans, 0, 2*p.hidden), p.pack(trans, 2*p.hidden, 3*p.hidden)
}

// gru resets the state before the product.
type gru[T Float] struct{}

func (gru[T]) name() string { return "GRU" }
func (gru[T]) saved() int   { return 0 }

func (gru[T]) pack(p pass[T], trans bool) (panel, second []T) { return packGates(p, trans) }

func (gru[T]) forward(p pass[T], from, to int) {
	h := p.hidden
	p.start(from, to)
	for s := range p.time {
		p.gather(s, from, to)
		if !p.first(s) {
			p.times(p.panel, 0, 2*h, from, to)
		}
		for b := from; b < to; b++ {
			if !p.skips(b, s) {
				z := p.wide(p.z, b, s)
				kernel.Sigmoid(z[:2*h], p.buf[b*p.width:b*p.width+2*h])
				kernel.Mul(p.row(p.h, b), p.row(p.h, b), z[:h])
			}
		}
		if !p.first(s) {
			p.times(p.second, 2*h, h, from, to)
		}
		for b := from; b < to; b++ {
			before, out := p.before(p.y, 0, b, s), p.step(p.y, b, s)
			if p.skips(b, s) {
				copy(out, before)
				continue
			}
			z := p.wide(p.z, b, s)
			kernel.Tanh(z[2*h:], p.buf[b*p.width+2*h:(b+1)*p.width])
			mix(out, z[h:2*h], before, z[2*h:])
			p.show(b, out)
		}
	}
}

// mix writes n + z·(h − n).
func mix[T Float](dst, z, h, n []T) {
	kernel.Sub(dst, h, n)
	kernel.Mul(dst, dst, z)
	kernel.Add(dst, dst, n)
}

func (gru[T]) backward(p pass[T], from, to int) {
	h := p.hidden
	for s := p.time - 1; s >= 0; s-- {
		for b := from; b < to; b++ {
			dh, dz := p.row(p.dh, b), p.wide(p.dz, b, s)
			kernel.Add(dh, dh, p.step(p.dy, b, s))
			if p.skips(b, s) {
				clear(dz)
				continue
			}
			kernel.GRUGrad(dz[h:2*h], dz[2*h:], dh, p.wide(p.z, b, s)[h:], p.before(p.y, 0, b, s))
		}
		// The gradient of what the candidate sees, r⊙h, comes into dSeen and goes
		// on to that of r and of h.
		if p.first(s) {
			for b := from; b < to; b++ {
				clear(p.wide(p.dz, b, s)[:h])
			}
			continue
		}
		p.back(p.second, 2*h, h, s, from, to)
		for b := from; b < to; b++ {
			if p.skips(b, s) {
				continue
			}
			dz, r, d := p.wide(p.dz, b, s), p.wide(p.z, b, s)[:h], p.row(p.dSeen, b)
			p.show(b, p.before(p.y, 0, b, s))
			kernel.Mul(p.row(p.h, b), p.row(p.h, b), d)
			clear(dz[:h])
			kernel.SigmoidGrad(dz[:h], r, p.row(p.h, b))
			kernel.Mul(d, d, r)
		}
		p.back(p.panel, 0, 2*h, s, from, to)
		p.hide(from, to)
	}
}

func (gru[T]) sums(p pass[T]) {
	if p.dRecurrent == nil {
		return
	}
	h, rows, workers := p.hidden, p.batch*p.time, p.node.Tape().Workers
	seen := p.seen()
	kernel.Gemm(true, false, h, 2*h, rows, 1, seen, h, p.dz, p.width, 1, p.dRecurrent, p.width, workers)
	for i := range rows {
		row := seen[i*h : (i+1)*h]
		kernel.Mul(row, row, p.z[i*p.width:i*p.width+h])
	}
	kernel.Gemm(true, false, h, h, rows, 1, seen, h, tail(p.dz, 2*h), p.width, 1, tail(p.dRecurrent, 2*h), p.width, workers)
}

// tail returns x from i on, nothing if it is shorter.
func tail[T Float](x []T, i int) []T { return x[min(i, len(x)):] }

// gruAfter resets the product.
type gruAfter[T Float] struct{}

func (gruAfter[T]) name() string { return "GRU" }
func (gruAfter[T]) saved() int   { return 1 } // times hidden: h·U_h + b_u, then its gradient

func (gruAfter[T]) pack(p pass[T], trans bool) (panel, second []T) { return packGates(p, trans) }

func (gruAfter[T]) forward(p pass[T], from, to int) {
	h := p.hidden
	p.start(from, to)
	for s := range p.time {
		p.gather(s, from, to)
		for b := from; b < to; b++ {
			copy(p.step(p.kept, b, s), p.extra)
		}
		if !p.first(s) {
			p.times(p.panel, 0, 2*h, from, to)
			kernel.AddPanel(to-from, h, h, p.h[from*h:], h, p.second, p.kept[(from*p.time+p.at(s))*h:], p.time*h)
		}
		for b := from; b < to; b++ {
			before, out := p.before(p.y, 0, b, s), p.step(p.y, b, s)
			if p.skips(b, s) {
				copy(out, before)
				continue
			}
			z, net := p.wide(p.z, b, s), p.buf[b*p.width:(b+1)*p.width]
			kernel.Sigmoid(z[:2*h], net[:2*h])
			kernel.MulAdd(net[2*h:], z[:h], p.step(p.kept, b, s))
			kernel.Tanh(z[2*h:], net[2*h:])
			mix(out, z[h:2*h], before, z[2*h:])
			p.show(b, out)
		}
	}
}

func (gruAfter[T]) backward(p pass[T], from, to int) {
	h := p.hidden
	for s := p.time - 1; s >= 0; s-- {
		for b := from; b < to; b++ {
			dh, dz, q, dq := p.row(p.dh, b), p.wide(p.dz, b, s), p.step(p.kept, b, s), p.step(p.dKept, b, s)
			kernel.Add(dh, dh, p.step(p.dy, b, s))
			clear(dz)
			if p.skips(b, s) {
				continue
			}
			z := p.wide(p.z, b, s)
			kernel.GRUGrad(dz[h:2*h], dz[2*h:], dh, z[h:], p.before(p.y, 0, b, s))
			kernel.Mul(dq, dz[2*h:], q)
			kernel.SigmoidGrad(dz[:h], z[:h], dq)
			kernel.Mul(dq, dz[2*h:], z[:h])
		}
		if !p.first(s) {
			p.back(p.panel, 0, 2*h, s, from, to)
			kernel.AddPanel(to-from, h, h, p.dKept[(from*p.time+p.at(s))*h:], p.time*h, p.second, p.dSeen[from*h:], h)
			p.hide(from, to)
		}
	}
}

func (gruAfter[T]) sums(p pass[T]) {
	h, rows, workers := p.hidden, p.batch*p.time, p.node.Tape().Workers
	if p.dExtra != nil {
		kernel.SumRows(rows, h, p.dExtra, p.dKept)
	}
	if p.dRecurrent == nil {
		return
	}
	seen := p.seen()
	kernel.Gemm(true, false, h, 2*h, rows, 1, seen, h, p.dz, p.width, 1, p.dRecurrent, p.width, workers)
	kernel.Gemm(true, false, h, h, rows, 1, seen, h, p.dKept, h, 1, tail(p.dRecurrent, 2*h), p.width, workers)
}
