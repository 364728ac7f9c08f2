package nn

import (
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// LSTM is the long short-term memory (Hochreiter & Schmidhuber 1997; Gers, Schmidhuber
// & Cummins 2000; Qiu 2019, eq. 6.51 to 6.56):
//
//	i_t = σ(x_t·W_i + h_{t−1}·U_i + b_i)
//	f_t = σ(x_t·W_f + h_{t−1}·U_f + b_f)
//	o_t = σ(x_t·W_o + h_{t−1}·U_o + b_o)
//	g_t = tanh(x_t·W_c + h_{t−1}·U_c + b_c)
//	c_t = f_t⊙c_{t−1} + i_t⊙g_t
//	h_t = o_t⊙tanh(c_t)
//
// The weights lie in the order i, f, o, g, without those that a variant has not.
// PyTorch orders them i, f, g, o, transposes them, and has two biases, of which b is
// the sum. A state is h and then c. Variants can be combined, except that there must
// be a forget gate to couple.
type LSTM struct {
	In, Hidden int
	NoForget   bool // c_t = c_{t−1} + i_t⊙g_t, as in 1997 and Qiu 2019, eq. 6.60
	Coupled    bool // f_t = 1 − i_t; Qiu 2019, eq. 6.64 and 6.65
	// Peephole lets i and f see c_{t−1}, and o see c_t, through weights v for each
	// unit, as Gers & Schmidhuber (2000) and Qiu 2019, eq. 6.61 to 6.63, whose text
	// has c_{t−1} for o too.
	Peephole bool
	Reverse  bool // go through time from the last step to the first

	// ForgetBias is the start of b_f, since a gate that begins half shut forgets
	// within a few steps (Jozefowicz, Zaremba & Sutskever 2015); 0 means 1, None 0.
	ForgetBias float64

	// InputDropout and StateDropout are as in [SRN]. The memory c is never dropped.
	InputDropout, StateDropout float64

	Init          Init // of W; by default Xavier for each gate
	RecurrentInit Init // of U; by default Orthogonal for each gate
}

func (c LSTM) sizes() sizes {
	gates := 4
	if c.NoForget || c.Coupled {
		gates = 3
	}
	return sizes{c.In, c.Hidden, gates, 2, c.Reverse, c.InputDropout, c.StateDropout, c.Init, c.RecurrentInit}
}

func (c LSTM) with(in int, reverse bool) Cell {
	c.In, c.Reverse = in, reverse
	return c
}

// Validate checks sizes, probabilities and whether the variants go together.
func (c LSTM) Validate() error {
	if c.NoForget && c.Coupled {
		return &belief.ConfigError{Field: "LSTM.Coupled", Value: true, Want: "false if NoForget, as there is no gate to couple"}
	}
	return c.sizes().validate("LSTM")
}

// LSTM makes a long short-term memory layer. Peepholes are the parameter
// name.peephole, a row for each gate.
func (n *Net[T]) LSTM(name string, c LSTM) *RecurrentLayer[T] {
	must(c.Validate())
	var bias Init = Constant(0)
	if !c.NoForget && !c.Coupled {
		bias = forgetBias{c.Hidden, or(c.ForgetBias, 1)}
	}
	l := newRecurrent(n, name, c, lstm[T]{c.NoForget, c.Coupled, c.Peephole}, bias)
	if c.Peephole {
		l.Extra = n.Param(name+".peephole", Constant(0), 1, 1, l.size.gates-1, c.Hidden)
	}
	return l
}

// forgetBias is a start of zeros, but for the second gate.
type forgetBias struct {
	hidden int
	value  float64
}

func (f forgetBias) Draw(_ *rand.Rand, w []float64, _, _ int) {
	for i := f.hidden; i < 2*f.hidden; i++ {
		w[i] = f.value
	}
}

type lstm[T Float] struct{ noForget, coupled, peephole bool }

func (lstm[T]) name() string { return "LSTM" }
func (lstm[T]) saved() int   { return 2 } // times hidden: c and tanh(c)

func (lstm[T]) pack(p pass[T], trans bool) (panel, second []T) {
	return p.pack(trans, 0, p.width), nil
}

// gates cuts a row of z. Without forget gate, f is empty.
func (c lstm[T]) gates(row []T, h int) (i, f, o, g []T) {
	i, row = row[:h], row[h:]
	if !c.noForget && !c.coupled {
		f, row = row[:h], row[h:]
	}
	return i, f, row[:h], row[h:]
}

func (c lstm[T]) forward(p pass[T], from, to int) {
	h := p.hidden
	cells, tanhs := p.kept[:len(p.y)], p.kept[len(p.y):]
	sigmoids := p.width - h
	vi, vf, vo := c.peepholes(p.extra, h)
	p.start(from, to)
	for s := range p.time {
		p.gather(s, from, to)
		if !p.first(s) {
			p.times(p.panel, 0, p.width, from, to)
		}
		for b := from; b < to; b++ {
			before, cell, tanh, out := p.before(cells, 1, b, s), p.step(cells, b, s), p.step(tanhs, b, s), p.step(p.y, b, s)
			if p.skips(b, s) {
				copy(cell, before)
				copy(out, p.before(p.y, 0, b, s))
				continue
			}
			net, z := p.buf[b*p.width:(b+1)*p.width], p.wide(p.z, b, s)
			i, f, o, g := c.gates(z, h)
			if c.peephole {
				ni, nf, no, _ := c.gates(net, h)
				kernel.MulAdd(ni, vi, before)
				if f != nil {
					kernel.MulAdd(nf, vf, before)
				}
				kernel.Sigmoid(z[:sigmoids-h], net[:sigmoids-h])
				kernel.Tanh(g, net[sigmoids:])
				c.remember(cell, i, f, g, before)
				kernel.MulAdd(no, vo, cell)
				kernel.Sigmoid(o, no)
			} else {
				kernel.Sigmoid(z[:sigmoids], net[:sigmoids])
				kernel.Tanh(g, net[sigmoids:])
				c.remember(cell, i, f, g, before)
			}
			kernel.Tanh(tanh, cell)
			kernel.Mul(out, o, tanh)
			p.show(b, out)
		}
	}
}

// remember computes the cell state.
func (c lstm[T]) remember(cell, i, f, g, before []T) {
	switch {
	case c.coupled: // before + i·(g − before)
		kernel.Sub(cell, g, before)
		kernel.Mul(cell, cell, i)
		kernel.Add(cell, cell, before)
	case c.noForget:
		kernel.Mul(cell, i, g)
		kernel.Add(cell, cell, before)
	default:
		kernel.Mul(cell, i, g)
		kernel.MulAdd(cell, f, before)
	}
}

// peepholes cuts the extra parameter.
func (c lstm[T]) peepholes(v []T, h int) (i, f, o []T) {
	if !c.peephole {
		return nil, nil, nil
	}
	i, v = v[:h], v[h:]
	if !c.noForget && !c.coupled {
		f, v = v[:h], v[h:]
	}
	return i, f, v
}

func (c lstm[T]) backward(p pass[T], from, to int) {
	cells, tanhs := p.kept[:len(p.y)], p.kept[len(p.y):]
	for s := p.time - 1; s >= 0; s-- {
		for b := from; b < to; b++ {
			dh, dc, dz := p.row(p.dh, b), p.row(p.dc, b), p.wide(p.dz, b, s)
			kernel.Add(dh, dh, p.step(p.dy, b, s))
			if p.skips(b, s) {
				clear(dz)
				continue
			}
			z, before, tanh := p.wide(p.z, b, s), p.before(cells, 1, b, s), p.step(tanhs, b, s)
			if c == (lstm[T]{}) {
				kernel.LSTMGrad(dz, dc, dh, z, before, tanh)
			} else {
				c.grad(dz, dc, dh, z, before, tanh, p.extra)
			}
			clear(dh)
		}
		if !p.first(s) {
			p.back(p.panel, 0, p.width, s, from, to)
			p.hide(from, to)
		}
	}
}

// grad is kernel.LSTMGrad for the variants.
func (c lstm[T]) grad(dz, dc, dh, z, before, tanh, peephole []T) {
	h := len(dh)
	zi, zf, zo, zg := c.gates(z, h)
	di, df, do, dg := c.gates(dz, h)
	vi, vf, vo := c.peepholes(peephole, h)
	for j, d := range dh {
		i, o, g, t := zi[j], zo[j], zg[j], tanh[j]
		do[j] = d * t * (o * (1 - o))
		e := dc[j] + d*o*((1-t)*(1+t))
		if c.peephole {
			e += do[j] * vo[j]
		}
		di[j] = e * g * (i * (1 - i))
		dg[j] = e * i * ((1 - g) * (1 + g))
		keep := T(1)
		switch {
		case c.coupled:
			di[j] = e * (g - before[j]) * (i * (1 - i))
			keep = 1 - i
		case !c.noForget:
			f := zf[j]
			df[j] = e * before[j] * (f * (1 - f))
			keep = f
		}
		dc[j] = e * keep
		if c.peephole {
			dc[j] += di[j] * vi[j]
			if df != nil {
				dc[j] += df[j] * vf[j]
			}
		}
	}
}

func (c lstm[T]) sums(p pass[T]) {
	if p.dRecurrent != nil {
		kernel.Gemm(true, false, p.hidden, p.width, p.batch*p.time, 1, p.seen(), p.hidden, p.dz, p.width, 1, p.dRecurrent, p.width, p.node.Tape().Workers)
	}
	if p.dExtra == nil || !c.peephole {
		return
	}
	cells := p.kept[:len(p.y)]
	vi, vf, vo := c.peepholes(p.dExtra, p.hidden)
	for b := range p.batch {
		for s := range p.time {
			if p.skips(b, s) {
				continue
			}
			before := p.before(cells, 1, b, s)
			di, df, do, _ := c.gates(p.wide(p.dz, b, s), p.hidden)
			kernel.MulAdd(vi, di, before)
			if df != nil {
				kernel.MulAdd(vf, df, before)
			}
			kernel.MulAdd(vo, do, p.step(cells, b, s))
		}
	}
}
