package nn

import (
	"context"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/parallel"
)

// recurrence is the operation of a recurrent layer: the way of whole sequences
// through its steps, and back through time. The rows of a batch do not depend on each
// other, so that workers share them and the bits do not tell.
type recurrence[T Float] struct{ l *RecurrentLayer[T] }

func (r recurrence[T]) Name() string { return r.l.step.name() }

// The inputs of its node.
const (
	inProjected = iota // x·W, whose value gives way to the activated gates
	inRecurrent
	inBias
	inState // or empty, as those that follow
	inMask
	inDrop
	inExtra
)

// A stepper takes the sequences of a batch, from one to before another, through
// their steps. It has no state.
type stepper[T Float] interface {
	name() string
	// saved returns how many arrays of batch×time×hidden the way back needs.
	saved() int
	forward(p pass[T], from, to int)
	backward(p pass[T], from, to int)
	// sums adds the gradients of the recurrent weights, when all sequences are back.
	sums(p pass[T])
	// pack packs the recurrent weights, or their transpose for the way back.
	pack(p pass[T], trans bool) (panel, second []T)
}

// pass is one way through the sequences. Its arrays are those of the node and of its
// inputs; those that are not there are empty.
type pass[T Float] struct {
	sizes
	l           *RecurrentLayer[T]
	node        *autodiff.Node[T]
	batch, time int
	width       int // gates·hidden
	z           []T // batch×time×width
	u           []T // hidden×width
	bias, extra []T
	state       []T // batch×states·hidden
	mask        []T // batch×time
	drop        []T // batch×hidden
	y           []T // batch×time×hidden
	kept, dKept []T // what the stepper saves, and room for gradients of it
	dLast       []T // the gradient of the last state

	panel, second []T // packed recurrent weights, all or of gates and of the candidate
	buf           []T // batch×width
	h             []T // batch×hidden: the state that gates see
	zeros         []T // hidden

	dy, dz     []T
	dh, dc     []T // batch×hidden, on their way back
	dSeen      []T // batch×hidden, of what gates see; zero between steps
	dState     []T // nil if nobody wants it
	dRecurrent []T
	dBias      []T
	dExtra     []T
}

func passOf[T Float](l *RecurrentLayer[T], n *autodiff.Node[T]) pass[T] {
	shape := n.Shape()
	p := pass[T]{
		sizes: l.size, l: l, node: n, batch: shape[0], time: shape[1], width: l.size.gates * l.size.hidden,
		z: n.Input(inProjected).Value(), u: n.Input(inRecurrent).Value(), bias: n.Input(inBias).Value(),
		state: n.Input(inState).Value(), mask: n.Input(inMask).Value(), drop: n.Input(inDrop).Value(),
		extra: n.Input(inExtra).Value(), y: n.Value(),
	}
	cut := len(p.y) * l.step.saved()
	p.kept, p.dLast = n.Saved[:cut], n.Saved[cut:]
	p.zeros = n.Tape().Scratch(p.hidden)
	return p
}

// forward computes the node's value.
func (p pass[T]) forward() {
	t := p.node.Tape()
	p.panel, p.second = p.l.step.pack(p, false)
	p.buf, p.h = t.Scratch(p.batch*p.width), t.Scratch(p.batch*p.hidden)
	if parts := p.parts(); parts > 1 {
		shared := p // on the heap, which one worker is spared
		p.share(parts, func(from, to int) { shared.l.step.forward(shared, from, to) })
		return
	}
	if p.batch > 0 {
		p.l.step.forward(p, 0, p.batch)
	}
}

func (r recurrence[T]) Backward(n *autodiff.Node[T]) {
	p := passOf(r.l, n)
	t := n.Tape()
	p.dy = n.Grad()
	if n.Wants(inProjected) {
		p.dz, _ = n.Input(inProjected).Into() // of which every entry is set
	} else {
		p.dz = t.Scratch(len(p.z))
	}
	p.dRecurrent, p.dBias, p.dState, p.dExtra = n.Add(inRecurrent), n.Add(inBias), n.Add(inState), n.Add(inExtra)
	p.dh, p.dc, p.dSeen = t.Scratch(p.batch*p.hidden), t.Scratch(p.batch*p.hidden), t.Scratch(p.batch*p.hidden)
	p.dKept, p.h = t.Scratch(len(p.kept)), t.Scratch(p.batch*p.hidden)
	p.panel, p.second = p.l.step.pack(p, true)
	for b := range p.batch {
		from := b * p.states * p.hidden
		copy(p.dh[b*p.hidden:(b+1)*p.hidden], p.dLast[from:])
		if p.states == 2 {
			copy(p.dc[b*p.hidden:(b+1)*p.hidden], p.dLast[from+p.hidden:])
		}
	}
	clear(p.dLast) // for another Backward
	if parts := p.parts(); parts > 1 {
		shared := p
		p.share(parts, func(from, to int) { shared.l.step.backward(shared, from, to) })
	} else if p.batch > 0 {
		p.l.step.backward(p, 0, p.batch)
	}
	if p.dBias != nil {
		kernel.SumRows(p.batch*p.time, p.width, p.dBias, p.dz)
	}
	p.l.step.sums(p)
	if p.dState == nil {
		return
	}
	for b := range p.batch {
		row := p.dState[b*p.states*p.hidden : (b+1)*p.states*p.hidden]
		kernel.Add(row[:p.hidden], row[:p.hidden], p.row(p.dh, b))
		if p.states == 2 {
			kernel.Add(row[p.hidden:], row[p.hidden:], p.row(p.dc, b))
		}
	}
}

// parts returns among how many workers to divide the batch.
func (p pass[T]) parts() int {
	if p.batch*p.time*p.hidden*p.width < 1<<18 {
		return 1
	}
	return min(parallel.Workers(p.node.Tape().Workers), (p.batch+5)/6)
}

func (p pass[T]) share(parts int, do func(from, to int)) {
	err := parallel.For(context.Background(), parts, parts, func(i int) error {
		do(i*p.batch/parts, (i+1)*p.batch/parts)
		return nil
	})
	if err != nil {
		panic(err)
	}
}

// at returns the time of step s.
func (p *pass[T]) at(s int) int {
	if p.reverse {
		return p.time - 1 - s
	}
	return s
}

// row returns the row of sequence b in an array of batch×hidden.
func (p *pass[T]) row(x []T, b int) []T { return x[b*p.hidden : (b+1)*p.hidden] }

// step returns the row of step s of sequence b in an array of batch×time×hidden.
func (p *pass[T]) step(x []T, b, s int) []T {
	i := (b*p.time + p.at(s)) * p.hidden
	return x[i : i+p.hidden]
}

// wide returns that of an array of batch×time×width.
func (p *pass[T]) wide(x []T, b, s int) []T {
	i := (b*p.time + p.at(s)) * p.width
	return x[i : i+p.width]
}

// before returns part k of the state of sequence b before step s, where x holds that
// part after every step.
func (p *pass[T]) before(x []T, k, b, s int) []T {
	switch {
	case s > 0:
		return p.step(x, b, s-1)
	case len(p.state) > 0:
		i := (b*p.states + k) * p.hidden
		return p.state[i : i+p.hidden]
	}
	return p.zeros
}

// skips reports whether sequence b has no entry at step s.
func (p *pass[T]) skips(b, s int) bool {
	return len(p.mask) > 0 && p.mask[b*p.time+p.at(s)] == 0
}

// show writes to p.h what the gates of sequence b see of its state h before a step.
func (p *pass[T]) show(b int, h []T) {
	if len(p.drop) > 0 {
		kernel.Mul(p.row(p.h, b), h, p.row(p.drop, b))
	} else {
		copy(p.row(p.h, b), h)
	}
}

// hide adds dSeen of the sequences from one to before another to dh, and clears it.
func (p *pass[T]) hide(from, to int) {
	from, to = from*p.hidden, to*p.hidden
	seen, dh := p.dSeen[from:to], p.dh[from:to]
	if len(p.drop) > 0 {
		kernel.MulAdd(dh, seen, p.drop[from:to])
	} else {
		kernel.Add(dh, dh, seen)
	}
	clear(seen)
}

// seen returns what the gates saw at every step, batch×time×hidden.
func (p *pass[T]) seen() []T {
	all := p.node.Tape().Scratch(p.batch * p.time * p.hidden)
	for b := range p.batch {
		for s := range p.time {
			to, h := p.step(all, b, s), p.before(p.y, 0, b, s)
			if len(p.drop) > 0 {
				kernel.Mul(to, h, p.row(p.drop, b))
			} else {
				copy(to, h)
			}
		}
	}
	return all
}

// pack packs columns from one to before another of the recurrent weights, or their
// transpose.
func (p *pass[T]) pack(trans bool, from, to int) []T {
	k, n := p.hidden, to-from
	if trans {
		k, n = n, k
	}
	panel := p.node.Tape().Scratch(kernel.PanelLen[T](k, n))
	kernel.PackPanel(panel, trans, k, n, p.u[from:], p.width)
	return panel
}

// first reports whether step s starts from zeros, so that there is nothing to multiply.
func (p *pass[T]) first(s int) bool { return s == 0 && len(p.state) == 0 }

// start shows every sequence's state before the first step.
func (p *pass[T]) start(from, to int) {
	for b := from; b < to; b++ {
		p.show(b, p.before(p.y, 0, b, 0))
	}
}

// gather sets buf to the inputs of step s with the biases.
func (p *pass[T]) gather(s, from, to int) {
	for b := from; b < to; b++ {
		kernel.Add(p.buf[b*p.width:(b+1)*p.width], p.wide(p.z, b, s), p.bias)
	}
}

// times adds what the gates see, through the panel of n columns, to column at of buf.
func (p *pass[T]) times(panel []T, at, n, from, to int) {
	kernel.AddPanel(to-from, n, p.hidden, p.h[from*p.hidden:], p.hidden, panel, p.buf[from*p.width+at:], p.width)
}

// back adds the gradients of n gates of step s, starting at column at of dz, through the panel
// to dSeen.
func (p *pass[T]) back(panel []T, at, n, s, from, to int) {
	kernel.AddPanel(to-from, p.hidden, n, p.dz[(from*p.time+p.at(s))*p.width+at:], p.time*p.width, panel, p.dSeen[from*p.hidden:], p.hidden)
}

// lastState is the operation that takes the outputs of a recurrence to its last
// state. It hands the gradient on in the recurrence's node.
type lastState[T Float] struct{ l *RecurrentLayer[T] }

func (lastState[T]) Name() string { return "last state" }

func (l *RecurrentLayer[T]) last(y autodiff.Var[T]) autodiff.Var[T] {
	t := y.Tape()
	from := y.Node()
	dims := from.TakeInts(2)
	dims[0], dims[1] = y.Dim(0), l.StateSize()
	n := t.Record(lastState[T]{l}, dims, y)
	p := passOf(l, from)
	for b := range p.batch {
		row := n.Value()[b*dims[1] : (b+1)*dims[1]]
		for k := range p.states {
			x := p.y
			if k == 1 {
				x = p.kept
			}
			copy(row[k*p.hidden:], p.before(x, k, b, p.time))
		}
	}
	return n.Var()
}

func (o lastState[T]) Backward(n *autodiff.Node[T]) {
	if n.Add(0) == nil { // the recurrence's turn comes only with a gradient
		return
	}
	from := n.Input(0)
	d := from.Saved[len(from.Saved)-len(n.Grad()):]
	kernel.Add(d, d, n.Grad())
}
