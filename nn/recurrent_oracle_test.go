package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/stream"
)

type v64 = autodiff.Var[float64]

// selection returns a constant matrix of rows×cols that has a one in (from+i, to+i) for
// each i below count. It cuts and joins arrays by multiplication.
func selection(t *autodiff.Tape[float64], rows, cols, from, to, count int) v64 {
	m := t.Scratch(rows * cols)
	for i := range count {
		m[(from+i)*cols+to+i] = 1
	}
	return t.Constant(m, rows, cols)
}

// oracle is a recurrent layer written down step by step, as the equations stand, on
// operations of the tape. It returns outputs and the last state.
func oracle(l *RecurrentLayer[float64], x, state, mask v64) (y, last v64) {
	t := x.Tape()
	batch, time, in, h := x.Dim(0), x.Dim(1), l.size.in, l.size.hidden
	width := l.size.gates * h
	if t.Training && l.size.inputDropout > 0 {
		x = x.Mul(DropoutMask(t, l.size.inputDropout, batch, 1, in))
	}
	ones := make([]float64, batch*h)
	for i := range ones {
		ones[i] = 1
	}
	drop := t.Constant(ones, batch, h)
	if t.Training && l.size.stDropout > 0 {
		drop = DropoutMask(t, l.size.stDropout, batch, h)
	}
	x = x.Reshape(batch, time*in)
	part := func(k int) v64 { return state.MatMul(selection(t, l.size.states*h, h, k*h, 0, h)) }
	hidden := part(0)
	cell := t.Constant(make([]float64, batch*h), batch, h)
	if l.size.states == 2 {
		cell = part(1)
	}
	block := func(p *autodiff.Param[float64], k int) v64 {
		return t.Param(p).Reshape(-1, width).MatMul(selection(t, width, h, k*h, 0, h))
	}
	y = t.Constant(make([]float64, batch*time*h), batch, time*h)
	for s := range time {
		at := s
		if l.size.reverse {
			at = time - 1 - s
		}
		xt := x.MatMul(selection(t, time*in, in, at*in, 0, in))
		seen := hidden.Mul(drop)
		net := func(k int, seen v64) v64 {
			return xt.MatMul(block(l.Weight, k)).Add(seen.MatMul(block(l.Recurrent, k))).Add(block(l.Bias, k))
		}
		next, nextCell := hidden, cell
		switch c := l.Cell.(type) {
		case SRN:
			f := c.Activation
			if f == "" {
				f = Tanh
			}
			next = Activate(f, net(0, seen))
		case LSTM:
			count := 3
			if c.NoForget || c.Coupled {
				count = 2
			}
			peep := func(k int, c64 v64) v64 {
				if !c.Peephole {
					return c64.Scale(0)
				}
				return c64.Mul(selection(t, 1, count, 0, k, 1).MatMul(t.Param(l.Extra)))
			}
			i := net(0, seen).Add(peep(0, cell)).Sigmoid()
			g := net(count, seen).Tanh()
			switch {
			case c.NoForget:
				nextCell = cell.Add(i.Mul(g))
			case c.Coupled:
				nextCell = i.Neg().Shift(1).Mul(cell).Add(i.Mul(g))
			default:
				nextCell = net(1, seen).Add(peep(1, cell)).Sigmoid().Mul(cell).Add(i.Mul(g))
			}
			o := net(count-1, seen).Add(peep(count-1, nextCell)).Sigmoid()
			next = o.Mul(nextCell.Tanh())
		case GRU:
			r, z := net(0, seen).Sigmoid(), net(1, seen).Sigmoid()
			var n v64
			if c.ResetAfter {
				product := seen.MatMul(block(l.Recurrent, 2)).Add(t.Param(l.Extra))
				n = xt.MatMul(block(l.Weight, 2)).Add(block(l.Bias, 2)).Add(r.Mul(product)).Tanh()
			} else {
				n = net(2, r.Mul(seen)).Tanh()
			}
			next = z.Mul(hidden).Add(z.Neg().Shift(1).Mul(n))
		}
		if mask != (v64{}) {
			m := mask.MatMul(selection(t, time, 1, at, 0, 1))
			next = m.Mul(next).Add(m.Neg().Shift(1).Mul(hidden))
			nextCell = m.Mul(nextCell).Add(m.Neg().Shift(1).Mul(cell))
		}
		hidden, cell = next, nextCell
		y = y.Add(hidden.MatMul(selection(t, h, time*h, 0, at*h, h)))
	}
	states := l.size.states * h
	last = hidden.MatMul(selection(t, h, states, 0, 0, h))
	if l.size.states == 2 {
		last = last.Add(cell.MatMul(selection(t, h, states, 0, h, h)))
	}
	return y.Reshape(batch, time, h), last
}

// cells are all kinds.
var cells = map[string]Cell{
	"SRN":                           SRN{In: 3, Hidden: 4},
	"SRN ReLU reversed":             SRN{In: 3, Hidden: 4, Activation: ReLU, Reverse: true},
	"SRN logistic dropped":          SRN{In: 3, Hidden: 4, Activation: Logistic, InputDropout: 0.4, StateDropout: 0.4},
	"LSTM":                          LSTM{In: 3, Hidden: 4},
	"LSTM reversed":                 LSTM{In: 2, Hidden: 5, Reverse: true},
	"LSTM of one":                   LSTM{In: 1, Hidden: 1},
	"LSTM no forget gate":           LSTM{In: 3, Hidden: 4, NoForget: true},
	"LSTM coupled":                  LSTM{In: 3, Hidden: 4, Coupled: true},
	"LSTM peephole":                 LSTM{In: 3, Hidden: 4, Peephole: true},
	"LSTM peephole no forget gate":  LSTM{In: 3, Hidden: 4, Peephole: true, NoForget: true},
	"LSTM peephole coupled dropped": LSTM{In: 3, Hidden: 4, Peephole: true, Coupled: true, InputDropout: 0.3, StateDropout: 0.5},
	"LSTM dropped":                  LSTM{In: 3, Hidden: 17, InputDropout: 0.3, StateDropout: 0.5},
	"GRU":                           GRU{In: 3, Hidden: 4},
	"GRU reversed dropped":          GRU{In: 3, Hidden: 4, Reverse: true, StateDropout: 0.5},
	"GRU after":                     GRU{In: 3, Hidden: 4, ResetAfter: true},
	"GRU after reversed dropped":    GRU{In: 2, Hidden: 9, ResetAfter: true, Reverse: true, InputDropout: 0.3, StateDropout: 0.5},
}

// trial is a recurrent layer with random weights, inputs, a state and a mask.
type trial struct {
	net           *Net[float64]
	layer         *RecurrentLayer[float64]
	state         *autodiff.Param[float64]
	x, mask, coef []float64
	batch, time   int
	tape          autodiff.Tape[float64]
	source        rand.PCG
}

func newTrial(c Cell, batch, time int) *trial {
	net := New[float64](3)
	l := recurrentOf(net, "l", c)
	p := &trial{net: net, layer: l, batch: batch, time: time}
	p.state = net.Param("state", Normal(1), 1, 1, batch, l.StateSize())
	r := rand.New(rand.NewPCG(1, uint64(batch*time)))
	for _, q := range net.Params() {
		for i := range q.Value {
			q.Value[i] += 0.4 * r.NormFloat64()
		}
	}
	draw := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = r.NormFloat64()
		}
		return v
	}
	p.x, p.coef = draw(batch*time*l.size.in), draw(batch*time*l.size.hidden+batch*l.StateSize())
	p.mask = make([]float64, batch*time)
	for b := range batch { // a sequence with all, one with none, others with some
		for s := range time {
			if b == 0 || b > 1 && s <= b%time {
				p.mask[b*time+s] = 1
			}
		}
	}
	p.tape.Training, p.tape.Rand = true, rand.New(&p.source)
	return p
}

type runner func(l *RecurrentLayer[float64], x, state, mask v64) (y, last v64)

// gradients runs the layer, and goes back from a weighted sum of outputs and last
// state.
func (p *trial) gradients(f runner, masked, zero bool) map[string][]float64 {
	t := &p.tape
	t.Reset()
	stream.Reset(&p.source, 5, "draws")
	p.net.ZeroGrad()
	x := t.Variable(p.x, p.batch, p.time, p.layer.size.in)
	var mask v64
	if masked {
		mask = t.Constant(p.mask, p.batch, p.time)
	}
	state := t.Param(p.state)
	if zero {
		state = state.Scale(0)
	}
	y, last := f(p.layer, x, state, mask)
	cut := len(y.Value())
	sum := y.Mul(t.Constant(p.coef[:cut], y.Shape()...)).Sum().Add(last.Mul(t.Constant(p.coef[cut:], last.Shape()...)).Sum())
	t.Backward(sum)
	p.net.ZeroGrad()
	t.Backward(sum) // nothing of the first may be left
	all := map[string][]float64{"y": y.Value(), "last": last.Value(), "x": x.Grad()}
	for _, q := range p.net.Params() {
		all[q.Name] = append([]float64(nil), q.Grad...)
	}
	for k, v := range all {
		all[k] = append([]float64(nil), v...)
	}
	return all
}

func compare(t *testing.T, what string, got, want map[string][]float64, tol float64) {
	t.Helper()
	for name, w := range want {
		g := got[name]
		if len(g) != len(w) {
			t.Fatalf("%s: %s has %d entries, want %d", what, name, len(g), len(w))
		}
		for i := range w {
			if !(math.Abs(g[i]-w[i]) <= tol*(1+math.Abs(w[i]))) {
				t.Errorf("%s: %s[%d] is %v, want %v", what, name, i, g[i], w[i])
				break
			}
		}
	}
}

func run(l *RecurrentLayer[float64], x, state, mask v64) (y, last v64) { return l.Run(x, state, mask) }

// Outputs, last states and all gradients are those of the equations.
func TestRecurrentOracle(t *testing.T) {
	for name, c := range cells {
		t.Run(name, func(t *testing.T) {
			for _, size := range [][2]int{{3, 5}, {1, 1}, {2, 1}, {7, 3}} {
				p := newTrial(c, size[0], size[1])
				for _, masked := range []bool{false, true} {
					want := p.gradients(oracle, masked, false)
					got := p.gradients(run, masked, false)
					compare(t, "from a state", got, want, 1e-12)
					zero := func(l *RecurrentLayer[float64], x, _, mask v64) (y, last v64) { return l.Run(x, v64{}, mask) }
					compare(t, "from zeros", p.gradients(zero, masked, true), p.gradients(oracle, masked, true), 1e-12)
				}
			}
		})
	}
}

// What the oracle does not see: differences of values, and that a warm step does not
// allocate.
func TestRecurrentDifferences(t *testing.T) {
	for name, c := range cells {
		if name == "LSTM dropped" || name == "GRU after reversed dropped" {
			continue // large
		}
		t.Run(name, func(t *testing.T) {
			s := c.sizes()
			checkLayer(t, func(net *Net[float64]) func(x v64) v64 {
				l := recurrentOf(net, "l", c)
				state := net.Param("state", Normal(1), 1, 1, 2, l.StateSize())
				mask := []float64{1, 1, 1, 1, 0, 1}
				return func(x v64) v64 {
					y, last := l.Run(x, x.Tape().Param(state), x.Tape().Constant(mask, 2, 3))
					return y.Mul(y).Sum().Add(last.Sum())
				}
			}, 2, 3, s.in)
		})
	}
}
