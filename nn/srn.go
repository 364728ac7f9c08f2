package nn

import (
	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// SRN is the simple recurrent network of Elman (1990); Qiu 2019, eq. 6.5 to 6.7:
//
//	h_t = f(x_t·W + h_{t−1}·U + b)
//
// Its gradient vanishes or explodes as a power of the number of steps (Bengio, Simard
// & Frasconi 1994; Qiu 2019, eq. 6.48).
type SRN struct {
	In, Hidden int
	Activation Activation // f: Tanh, which is the default, Logistic or ReLU
	Reverse    bool       // go through time from the last step to the first

	// InputDropout and StateDropout are the probabilities with which an entry of all
	// inputs of a sequence, and of all states that the next step sees, is zero when
	// Training: one draw for all steps (variational dropout, Gal & Ghahramani 2016).
	// The rest is divided by its probability. A state in the output is whole.
	InputDropout, StateDropout float64

	Init          Init // of W; by default Xavier
	RecurrentInit Init // of U; by default Orthogonal
}

func (c SRN) sizes() sizes {
	return sizes{c.In, c.Hidden, 1, 1, c.Reverse, c.InputDropout, c.StateDropout, c.Init, c.RecurrentInit}
}

func (c SRN) with(in int, reverse bool) Cell {
	c.In, c.Reverse = in, reverse
	return c
}

// Validate checks sizes, probabilities and the activation.
func (c SRN) Validate() error {
	switch c.Activation {
	case "", Tanh, Logistic, ReLU:
		return c.sizes().validate("SRN")
	}
	return &belief.ConfigError{Field: "SRN.Activation", Value: string(c.Activation), Want: "tanh, logistic or relu"}
}

// SRN makes a simple recurrent layer.
func (n *Net[T]) SRN(name string, c SRN) *RecurrentLayer[T] {
	must(c.Validate())
	return newRecurrent(n, name, c, srn[T]{c.Activation}, Constant(0))
}

type srn[T Float] struct{ f Activation }

func (srn[T]) name() string { return "SRN" }
func (srn[T]) saved() int   { return 0 }

func (srn[T]) pack(p pass[T], trans bool) (panel, second []T) {
	return p.pack(trans, 0, p.width), nil
}

func (c srn[T]) forward(p pass[T], from, to int) {
	p.start(from, to)
	for s := range p.time {
		p.gather(s, from, to)
		if !p.first(s) {
			p.times(p.panel, 0, p.width, from, to)
		}
		for b := from; b < to; b++ {
			h := p.step(p.y, b, s)
			switch {
			case p.skips(b, s):
				copy(h, p.before(p.y, 0, b, s))
				continue
			case c.f == ReLU:
				kernel.ReLU(0, h, p.row(p.buf, b))
			case c.f == Logistic:
				kernel.Sigmoid(h, p.row(p.buf, b))
			default:
				kernel.Tanh(h, p.row(p.buf, b))
			}
			p.show(b, h)
		}
	}
}

func (c srn[T]) backward(p pass[T], from, to int) {
	for s := p.time - 1; s >= 0; s-- {
		for b := from; b < to; b++ {
			dh, dz, h := p.row(p.dh, b), p.step(p.dz, b, s), p.step(p.y, b, s)
			kernel.Add(dh, dh, p.step(p.dy, b, s))
			clear(dz)
			switch {
			case p.skips(b, s):
				continue
			case c.f == ReLU:
				kernel.ReLUGrad(0, dz, h, dh)
			case c.f == Logistic:
				kernel.SigmoidGrad(dz, h, dh)
			default:
				kernel.TanhGrad(dz, h, dh)
			}
			clear(dh)
		}
		if !p.first(s) {
			p.back(p.panel, 0, p.width, s, from, to)
			p.hide(from, to)
		}
	}
}

func (srn[T]) sums(p pass[T]) {
	if p.dRecurrent != nil {
		kernel.Gemm(true, false, p.hidden, p.width, p.batch*p.time, 1, p.seen(), p.hidden, p.dz, p.width, 1, p.dRecurrent, p.width, p.node.Tape().Workers)
	}
}
