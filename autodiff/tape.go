package autodiff

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// Float is the type of an array's entries.
type Float = kernel.Float

// A Tape holds the arrays of one computation and how they came about. The zero value
// is ready for use.
type Tape[T Float] struct {
	// Workers bounds the goroutines of large operations; 0 means all cores. The
	// results do not depend on it.
	Workers int
	// Training tells operations that behave differently in learning, such as dropout
	// and batch normalization, that this is it; Rand is what they draw from.
	Training bool
	Rand     *rand.Rand
	// Memory bounds the bytes of a step's arrays, and those of their gradients; 0
	// stands for 16 GiB. More panics with a *belief.TooLargeError.
	Memory int64

	step   uint32
	label  string
	nodes  []*Node[T] // of this step: the first used ones
	used   int
	swept  bool // by a Backward of this step
	params map[*Param[T]]*Node[T]

	values, grads arena[T]
	ints          arena[int]
	links         arena[*Node[T]]
	vars          arena[Var[T]]
	chunk         []T // what part returns
}

// Reset forgets everything but the memory. A Var, and the slices that one has
// given, must not be used any more.
func (t *Tape[T]) Reset() {
	t.step++
	t.swept = false
	t.label = ""
	clear(t.params)
	if t.values.replaced() || t.grads.replaced() {
		// Nothing may hold on to the old blocks.
		for _, n := range t.nodes {
			n.value, n.grad, n.Saved = nil, nil, nil
		}
	}
	t.used = 0
	t.values.reset()
	t.grads.reset()
	t.ints.reset()
	t.links.reset()
	t.vars.reset()
}

// SetLabel names the part of the model that computes from now on, and returns the
// former name, to be set again at its end. Operations remember it for errors.
func (t *Tape[T]) SetLabel(label string) (before string) {
	before, t.label = t.label, label
	return before
}

// Variable returns an array whose gradient Backward computes. It keeps the slice, of
// as many entries as the shape has; the shape of a single number is empty.
func (t *Tape[T]) Variable(value []T, shape ...int) Var[T] {
	n := t.leaf("Variable", value, shape)
	n.needs = true
	return n.Var()
}

// Constant returns an array that has no gradient. It keeps the slice.
func (t *Tape[T]) Constant(value []T, shape ...int) Var[T] {
	return t.leaf("Constant", value, shape).Var()
}

// Number returns a constant that is a single number.
func (t *Tape[T]) Number(v T) Var[T] {
	n := t.node(leaf[T]{}, nil)
	n.number[0] = v
	n.value = n.number[:]
	return n.Var()
}

// Param returns the parameter as a Var of this step. Backward adds to p.Grad, unless
// p is Fixed.
func (t *Tape[T]) Param(p *Param[T]) Var[T] {
	if n := t.params[p]; n != nil {
		return n.Var()
	}
	n := t.leaf("Param", p.Value, p.Shape)
	n.param = p
	n.needs = !p.Fixed
	if n.needs && len(p.Grad) != len(p.Value) {
		panic(fmt.Sprintf("autodiff: parameter %q has %d values and %d gradients", p.Name, len(p.Value), len(p.Grad)))
	}
	if t.params == nil {
		t.params = make(map[*Param[T]]*Node[T])
	}
	t.params[p] = n
	return n.Var()
}

// leaf is the operation of what is not computed.
type leaf[T Float] struct{}

func (leaf[T]) Name() string      { return "leaf" }
func (leaf[T]) Backward(*Node[T]) {}

func (t *Tape[T]) leaf(op string, value []T, shape []int) *Node[T] {
	if size(op, shape) != len(value) {
		panic(&ShapeError{Op: op, Shapes: [][]int{slices.Clone(shape)}, Text: fmt.Sprintf("there are %d values", len(value))})
	}
	n := t.node(leaf[T]{}, nil)
	n.shape = t.ints.take(len(shape))
	copy(n.shape, shape)
	n.value = value
	return n
}

// node returns a new node without a value.
func (t *Tape[T]) node(op Operation[T], shape []int) *Node[T] {
	if t.used == len(t.nodes) {
		block := make([]Node[T], max(64, min(len(t.nodes), 4096)))
		for i := range block {
			block[i].tape = t
			block[i].id = len(t.nodes)
			t.nodes = append(t.nodes, &block[i])
		}
	}
	if t.used == 0 {
		t.values.budget, t.grads.budget = t.budget(), t.budget()
	}
	n := t.nodes[t.used]
	t.used++
	n.step, n.label, n.op, n.shape = t.step, t.label, op, shape
	n.inputs, n.value, n.grad, n.Saved, n.Ints = nil, nil, nil, nil, nil
	n.needs, n.onPath, n.adjoint, n.param = false, false, nil, nil
	return n
}

// Record puts an operation on the tape, and returns its node, whose value the caller
// has to fill: what is in it is arbitrary. The shape is kept. All inputs must be of
// this tape, and of this step.
func (t *Tape[T]) Record(op Operation[T], shape []int, inputs ...Var[T]) *Node[T] {
	n := t.node(op, shape)
	if len(inputs) <= len(n.pair) {
		n.inputs = n.pair[:len(inputs)]
	} else {
		n.inputs = t.links.take(len(inputs))
	}
	for i, x := range inputs {
		n.inputs[i] = x.node(t)
		n.needs = n.needs || n.inputs[i].needs
	}
	n.take(size(op.Name(), shape))
	return n
}

// like records an operation of x alone whose result has the shape of x.
func (x Var[T]) like(op Operation[T]) *Node[T] {
	in := x.Node()
	n := in.tape.node(op, in.shape)
	n.pair[0] = in
	n.inputs, n.needs = n.pair[:1], in.needs
	n.take(len(in.value))
	return n
}

// take gets memory for the value.
func (n *Node[T]) take(size int) {
	if size == 1 {
		n.value = n.number[:]
	} else {
		n.value = n.tape.values.take(size)
	}
}

// Backward computes the gradient of y, a single number, in every Variable and every
// Param it depends on. It forgets the gradients of an earlier Backward, except those
// of parameters, which add up. It takes a few times as long as computing y did.
func (t *Tape[T]) Backward(y Var[T]) {
	n := y.node(t)
	if len(n.value) != 1 {
		wrongShape("Backward", "the gradient is that of a single number", n)
	}
	if t.swept {
		for _, m := range t.nodes[:t.used] {
			m.grad = nil
		}
		t.grads.reset()
	}
	t.swept = true
	if !n.needs {
		return
	}
	grad, _ := n.Into()
	grad[0]++
	for i := n.id; i >= 0; i-- {
		if m := t.nodes[i]; m.grad != nil {
			m.op.Backward(m)
		}
	}
}

// NonFinite returns where a computation of this step first gave NaN or an infinity:
// the operation, the label it had and, if a parameter holds it already, the
// parameter's name. It reports false if all is finite.
func (t *Tape[T]) NonFinite() (op, label, param string, found bool) {
	for _, n := range t.nodes[:t.used] {
		// The difference of a number with itself is not zero for these.
		for _, v := range n.value {
			if v-v != 0 {
				if n.param != nil {
					param = n.param.Name
				}
				return n.op.Name(), n.label, param, true
			}
		}
	}
	return "", "", "", false
}

// Scratch returns memory of this step, zeroed, that the tape takes back with Reset.
func (t *Tape[T]) Scratch(n int) []T {
	s := t.values.take(n)
	clear(s)
	return s
}

// defaultMemory is what Memory 0 stands for.
const defaultMemory = 16 << 30

// budget returns how many numbers the memory has room for.
func (t *Tape[T]) budget() int64 {
	memory := t.Memory
	if memory == 0 {
		memory = defaultMemory
	}
	return max(memory/bytesOf[T](), 1)
}

func bytesOf[T Float]() int64 {
	if _, single := any(T(0)).(float32); single {
		return 4
	}
	return 8
}

// part returns memory that every operation may use until it is done.
func (t *Tape[T]) part() []T {
	if t.chunk == nil {
		t.chunk = make([]T, 512)
	}
	return t.chunk
}

// arena hands out slices that are all given back at once.
type arena[E any] struct {
	block []E
	used  int
	over  int // entries that did not fit into blocks of this round
	peak  int // entries at once, when some of them were given back
	// budget bounds the entries of a round; 0 for no bound.
	budget int64
	most   int // entries of a round, of the last rounds
	rounds int
}

// patience is the number of rounds after which a block that is far too large goes.
const patience = 256

// take returns a slice whose contents are arbitrary.
func (a *arena[E]) take(n int) []E {
	if a.used+n > len(a.block) || a.block == nil {
		block := make([]E, a.within(a.over+a.used, n, max(n, 1024, len(a.block))))
		a.over += a.used
		a.block, a.used = block, 0
	}
	s := a.block[a.used : a.used+n : a.used+n]
	a.used += n
	return s
}

// within returns how many of the entries wanted the budget has room for, after those
// that are taken. It panics if they are fewer than needed.
func (a *arena[E]) within(taken, needed, wanted int) int {
	if a.budget == 0 {
		return wanted
	}
	if left := a.budget - int64(taken); int64(wanted) > left {
		wanted = int(max(left, 0))
	}
	if wanted >= needed {
		return wanted
	}
	bytes := int64(8)
	if _, single := any(a.block).([]float32); single {
		bytes = 4
	}
	need := int64(taken) + int64(needed)
	panic(&belief.TooLargeError{What: "arrays of a step of automatic differentiation", Bytes: float64(need) * float64(bytes), Budget: a.budget * bytes, Advice: "raise Memory of the tape if the machine has more"})
}

// replaced reports whether reset may make another block.
func (a *arena[E]) replaced() bool { return a.over > 0 || a.rounds+1 >= patience }

// reset makes one block that would have held everything of this round, or of the last
// rounds if they needed far less than there is.
func (a *arena[E]) reset() {
	round := max(a.over+a.used, a.peak)
	a.most = max(a.most, round)
	if a.rounds++; a.over > 0 {
		a.block = nil // before there is another
		a.block = make([]E, a.within(0, 0, round+round/8))
	} else if a.rounds >= patience {
		if len(a.block) > max(1<<16, 4*a.most) {
			a.block = make([]E, a.most+a.most/8)
		}
		a.most, a.rounds = 0, 0
	}
	a.used, a.over, a.peak = 0, 0, 0
}
