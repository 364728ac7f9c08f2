package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

// program is a straight-line program over vectors in single assignment, run for
// each vector of its sources. Its values are numbered; text comes out when all uses
// are known.
type program struct {
	target
	params []param
	ops    []op
	consts []uint64 // bit patterns
}

// param is an argument of the function besides the count: a number for all lanes, or
// a slice that is read, written or both.
type param struct {
	name   string
	scalar bool
}

// value is what an operation yields.
type value int

type op struct {
	name  string // of the instruction, with its suffix
	imm   string // "$1, " or nothing
	args  []operand
	param int // of loads and stores
	kind  kind
}

type kind int

const (
	plain       kind = iota
	destructive      // overwrites its last argument
	compare          // yields a mask
	blend            // chooses its second argument where the mask, its third, is set
	source           // loads from a slice
	scalar           // a number, made a vector before the loop
	store            // to a slice
	accumulator      // adds to what lasts beyond the loop
)

// operand is a value or a constant in memory.
type operand struct {
	v     value
	con   int // index, if isCon
	isCon bool
}

func (v value) operand() operand { return operand{v: v} }

// con is a constant.
type con int

func (c con) operand() operand { return operand{con: int(c), isCon: true} }

type arg interface{ operand() operand }

func (p *program) param(name string, scalar bool) int {
	want := param{name, scalar}
	if i := slices.Index(p.params, want); i >= 0 {
		return i
	}
	p.params = append(p.params, want)
	return len(p.params) - 1
}

// source is a vector of the slice of that name.
func (p *program) source(name string) value {
	return p.emit(op{name: "VMOVU" + p.ps, kind: source, param: p.param(name, false)})
}

// scalar is the argument of that name, in all lanes.
func (p *program) scalar(name string) value {
	return p.emit(op{name: "VBROADCAST" + p.ss, kind: scalar, param: p.param(name, true)})
}

// store writes a vector of the slice of that name, after all that is read of it.
func (p *program) store(name string, v value) {
	p.emit(op{name: "VMOVU" + p.ps, kind: store, param: p.param(name, false)}, v)
}

func (p *program) bits(b uint64) con {
	if i := slices.Index(p.consts, b); i >= 0 {
		return con(i)
	}
	p.consts = append(p.consts, b)
	return con(len(p.consts) - 1)
}

// num is a constant number.
func (p *program) num(x float64) con {
	if p.bytes == 4 {
		return p.bits(uint64(math.Float32bits(float32(x))))
	}
	return p.bits(math.Float64bits(x))
}

func (p *program) emit(o op, args ...arg) value {
	for _, a := range args {
		o.args = append(o.args, a.operand())
	}
	p.ops = append(p.ops, o)
	return value(len(p.ops) - 1)
}

// Operations take arguments in the order of mathematics; where an instruction
// allows one operand in memory, it is the last.
func (p *program) two(name string, a, b arg) value { return p.emit(op{name: name}, a, b) }

func (p *program) add(a, b arg) value { return p.two("VADD"+p.ps, a, b) }
func (p *program) sub(a, b arg) value { return p.two("VSUB"+p.ps, a, b) }
func (p *program) mul(a, b arg) value { return p.two("VMUL"+p.ps, a, b) }
func (p *program) div(a, b arg) value { return p.two("VDIV"+p.ps, a, b) }
func (p *program) and(a, b arg) value { return p.two("VAND"+p.ps, a, b) }
func (p *program) or(a, b arg) value  { return p.two("VOR"+p.ps, a, b) }
func (p *program) xor(a, b arg) value { return p.two("VXOR"+p.ps, a, b) }

// sqrt is the square root.
func (p *program) sqrt(a arg) value { return p.emit(op{name: "VSQRT" + p.ps}, a) }

// min and max return b if either argument is NaN.
func (p *program) min(a, b arg) value { return p.two("VMIN"+p.ps, a, b) }
func (p *program) max(a, b arg) value { return p.two("VMAX"+p.ps, a, b) }

// addInt adds integers of the lanes' size.
func (p *program) addInt(a, b arg) value { return p.two("VPADD"+p.ints, a, b) }
func (p *program) subInt(a, b arg) value { return p.two("VPSUB"+p.ints, a, b) }

func (p *program) shiftLeft(a arg, n int) value {
	return p.emit(op{name: "VPSLL" + p.ints, imm: fmt.Sprintf("$%d, ", n)}, a)
}
func (p *program) shiftRight(a arg, n int) value {
	return p.emit(op{name: "VPSRL" + p.ints, imm: fmt.Sprintf("$%d, ", n)}, a)
}

// load makes a value of a constant.
func (p *program) load(c con) value { return p.emit(op{name: "VMOVU" + p.ps}, c) }

// fma returns a·b + c; a and c are values.
func (p *program) fma(a value, b arg, c arg) value {
	if k, ok := c.(con); ok {
		c = p.load(k)
	}
	return p.emit(op{name: "VFMADD231" + p.ps, kind: destructive}, b, a, c)
}

// fnma returns c − a·b.
func (p *program) fnma(a value, b arg, c value) value {
	return p.emit(op{name: "VFNMADD231" + p.ps, kind: destructive}, b, a, c)
}

// Predicates of comparisons, all ordered: false for NaN, except unordered.
const (
	equal     = 0x00
	less      = 0x11
	greater   = 0x1e
	unordered = 0x03
)

// where returns x in the lanes in which a and b compare as asked, else y.
func (p *program) where(a value, predicate int, b arg, x arg, y value) value {
	mask := p.emit(op{name: "VCMP" + p.ps, imm: fmt.Sprintf("$%d, ", predicate), kind: compare}, a, b)
	return p.emit(op{kind: blend}, y, x, mask)
}

// poly evaluates c[0] + c[1]·x + c[2]·x² + …
func (p *program) poly(x value, c ...float64) value {
	acc := p.load(p.num(c[len(c)-1]))
	for i := len(c) - 2; i >= 0; i-- {
		acc = p.emit(op{name: "VFMADD213" + p.ps, kind: destructive}, p.num(c[i]), x, acc)
	}
	return acc
}

// pointers are the registers that hold where the slices begin; R8 holds how far the
// loop is.
var pointers = []string{"AX", "BX", "DX", "SI", "DI", "R9", "R10", "R11"}

// writer gives out registers.
type writer struct {
	*program
	b               *bytes.Buffer
	full            string
	free, freeMasks []string
	reg             []string // of each value
	last            []int    // op that uses a value last
}

// constants writes the table: whole vectors, or single numbers where an instruction
// repeats them itself.
func (w *writer) constants() {
	fmt.Fprintf(w.b, "\n")
	for i, c := range w.consts {
		for off := 0; off < w.conBytes(); off += w.bytes {
			fmt.Fprintf(w.b, "DATA %sConst<>+%d(SB)/%d, $0x%x\n", w.full, i*w.conBytes()+off, w.bytes, c)
		}
	}
	if len(w.consts) > 0 {
		fmt.Fprintf(w.b, "GLOBL %sConst<>(SB), RODATA|NOPTR, $%d\n\n", w.full, len(w.consts)*w.conBytes())
	}
}

func (p *program) conBytes() int {
	if p.masks {
		return p.bytes
	}
	return p.vectorBytes
}

func (w *writer) take(mask bool) string {
	free := &w.free
	if mask && w.masks {
		free = &w.freeMasks
	}
	if len(*free) == 0 {
		panic(w.full + " needs too many registers")
	}
	r := (*free)[len(*free)-1]
	*free = (*free)[:len(*free)-1]
	return r
}

// release takes back the registers of values that op i uses last.
func (w *writer) release(i int, except value) {
	var done []value
	for _, a := range w.ops[i].args {
		if a.isCon || w.last[a.v] != i || a.v == except || slices.Contains(done, a.v) {
			continue
		}
		done = append(done, a.v)
		if r := w.reg[a.v]; strings.HasPrefix(r, "K") {
			w.freeMasks = append(w.freeMasks, r)
		} else {
			w.free = append(w.free, r)
		}
	}
}

func (w *writer) op(i int, o op) {
	name, srcs := o.name, []string(nil)
	for _, a := range o.args {
		if !a.isCon {
			srcs = append(srcs, w.reg[a.v])
			continue
		}
		srcs = append(srcs, fmt.Sprintf("%sConst<>+%d(SB)", w.full, a.con*w.conBytes()))
	}
	// Where constants are single numbers, the instruction says so.
	suffix := ""
	if w.masks && slices.ContainsFunc(o.args, func(a operand) bool { return a.isCon }) {
		suffix = ".BCST"
	}
	switch o.kind {
	case destructive:
		acc := o.args[len(o.args)-1]
		if w.last[acc.v] == i {
			w.reg[i] = w.reg[acc.v]
			w.release(i, acc.v)
		} else {
			w.reg[i] = w.take(false)
			fmt.Fprintf(w.b, "\tVMOVA%s %s, %s\n", w.ps, srcs[2], w.reg[i])
			w.release(i, -1)
		}
		fmt.Fprintf(w.b, "\t%s%s %s, %s, %s\n", name, suffix, srcs[0], srcs[1], w.reg[i])
		return
	case blend:
		w.release(i, -1)
		w.reg[i] = w.take(false)
		if w.masks {
			fmt.Fprintf(w.b, "\tVBLENDM%s%s %s, %s, %s, %s\n", w.ps, suffix, srcs[1], srcs[0], srcs[2], w.reg[i])
		} else {
			fmt.Fprintf(w.b, "\tVBLENDV%s %s, %s, %s, %s\n", w.ps, srcs[2], srcs[1], srcs[0], w.reg[i])
		}
		return
	}
	w.release(i, -1)
	w.reg[i] = w.take(o.kind == compare)
	if w.masks && strings.HasPrefix(name, "VMOVU") {
		name, suffix = "VBROADCAST"+w.ss, ""
	}
	slices.Reverse(srcs)
	fmt.Fprintf(w.b, "\t%s%s %s%s, %s\n", name, suffix, o.imm, strings.Join(srcs, ", "), w.reg[i])
}
