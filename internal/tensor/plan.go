package tensor

import "fmt"

// blockEntries is about how many entries of the product are formed at a time. A
// larger block needs longer offset tables, a smaller one more odometer steps.
const blockEntries = 1024

// A Plan says how to walk through a product of tables.
type Plan struct {
	dims  []int // the axes, outermost first
	outer int   // how many of them the odometer walks
	block int   // product of the others
	in    []operand
	out   []operand
	// step[a*n+t] moves operand t when outer axis a advances by one and every
	// outer axis inside a returns to zero; n operands, inputs first.
	step []int
	// order visits inputs: those that are constant in a block first.
	scalars []int
	vectors []int
}

// An operand is one table as seen from a block of the product.
type operand struct {
	offsets []int32 // of the runs in a block, relative to the block's base
	run     int     // entries in a run
	vary    bool    // the operand advances along a run; else it is constant
}

// New makes a plan for a product with the given axis lengths, outermost first.
// in[i][a] is the stride of input i along axis a, 0 if the input does not have
// that axis; out likewise. Every length must be positive.
func New(dims []int, in, out [][]int) *Plan {
	p := &Plan{dims: dims, outer: len(dims), block: 1}
	for _, d := range dims {
		if d <= 0 {
			panic(fmt.Sprintf("tensor: axis of length %d", d))
		}
	}
	for p.outer > 0 && (p.block == 1 || p.block*dims[p.outer-1] <= blockEntries) {
		p.outer--
		p.block *= dims[p.outer]
	}
	n := len(in) + len(out)
	operands := make([]operand, n)
	ints := make([]int, p.outer*n+len(in))
	p.in, p.out = operands[:len(in):len(in)], operands[len(in):]
	p.step, p.scalars = ints[:p.outer*n], ints[p.outer*n:p.outer*n]
	length := 0
	for t := range operands {
		strides := p.strides(t, in, out)
		operands[t].run, operands[t].vary = p.run(strides)
		length += p.block / operands[t].run
		p.steps(t, n, strides)
	}
	offsets := make([]int32, length)
	for t := range operands {
		op := &operands[t]
		k := p.block / op.run
		op.offsets, offsets = offsets[:k:k], offsets[k:]
		p.fill(op, p.strides(t, in, out))
	}
	for i, op := range p.in {
		if op.run == p.block && !op.vary {
			p.scalars = append(p.scalars, i)
		}
	}
	p.vectors = p.scalars[len(p.scalars):]
	for i, op := range p.in {
		if op.run < p.block || op.vary {
			p.vectors = append(p.vectors, i)
		}
	}
	return p
}

// strides returns those of operand t, inputs first.
func (p *Plan) strides(t int, in, out [][]int) []int {
	if t < len(in) {
		return in[t]
	}
	return out[t-len(in)]
}

// Strides returns, for each of the product's axes, the stride of a dense
// row-major table over the axes listed in order, the last changing fastest.
func Strides(dims []int, axes []int) []int {
	s := make([]int, len(dims))
	stride := 1
	for i := len(axes) - 1; i >= 0; i-- {
		s[axes[i]] = stride
		stride *= dims[axes[i]]
	}
	return s
}

// run finds how long the runs of an operand are in a block: as many of the
// innermost axes as it either passes through densely or does not have at all.
func (p *Plan) run(strides []int) (run int, vary bool) {
	a := len(p.dims) - 1
	for a >= p.outer && p.dims[a] == 1 {
		a--
	}
	vary = a >= p.outer && strides[a] == 1
	for run = 1; a >= p.outer; a-- {
		if d := p.dims[a]; d > 1 {
			if vary && strides[a] != run || !vary && strides[a] != 0 {
				break
			}
			run *= d
		}
	}
	return run, vary
}

// fill writes the offsets of an operand's runs, axis by axis from the innermost
// outside the run: each axis repeats what is there, shifted by its stride.
func (p *Plan) fill(op *operand, strides []int) {
	inside, have := 1, 1
	op.offsets[0] = 0
	for a := len(p.dims) - 1; a >= p.outer; a-- {
		if inside < op.run {
			inside *= p.dims[a]
			continue
		}
		n := have
		for i := 1; i < p.dims[a]; i++ {
			shift := int32(i * strides[a])
			for k, o := range op.offsets[:n] {
				op.offsets[have+k] = o + shift
			}
			have += n
		}
	}
}

// steps fills in the odometer's moves for operand t of n.
func (p *Plan) steps(t, n int, strides []int) {
	back := 0
	for a := p.outer - 1; a >= 0; a-- {
		p.step[a*n+t] = strides[a] - back
		back += strides[a] * (p.dims[a] - 1)
	}
}

// Scratch is the memory that running plans needs. Its zero value is ready; it
// grows to the largest plan it has run and may be used by one goroutine at a
// time.
type Scratch struct {
	buf   []float64
	base  []int // of every operand
	count []int // of every outer axis
}

// start sets the odometer to the first block.
func (s *Scratch) start(p *Plan) {
	if cap(s.buf) < p.block {
		s.buf = make([]float64, max(p.block, blockEntries))
	}
	s.buf = s.buf[:p.block]
	n := len(p.in) + len(p.out)
	if cap(s.base) < n {
		s.base = make([]int, 2*n)
	}
	s.base = s.base[:n]
	clear(s.base)
	if cap(s.count) < p.outer {
		s.count = make([]int, 2*p.outer)
	}
	s.count = s.count[:p.outer]
	clear(s.count)
}

// next moves the odometer to the next block, and reports false after the last.
func (s *Scratch) next(p *Plan) bool {
	for a := p.outer - 1; a >= 0; a-- {
		if s.count[a]++; s.count[a] < p.dims[a] {
			n := len(s.base)
			for t, d := range p.step[a*n : a*n+n] {
				s.base[t] += d
			}
			return true
		}
		s.count[a] = 0
	}
	return false
}
