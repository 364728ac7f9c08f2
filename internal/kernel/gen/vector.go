package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

// program is a straight-line program over vectors in single assignment. Its
// values are numbered; text comes out when all uses are known.
type program struct {
	precision
	ops    []op
	consts []uint64 // bit patterns
}

// value is what an operation yields.
type value int

type op struct {
	name string // of the instruction, with its suffix
	imm  string // "$1, " or nothing
	args []operand
	// destructive operations overwrite their last argument.
	destructive bool
}

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
	return value(len(p.ops)) // value 0 is the argument
}

// Operations take arguments in the order of mathematics; where an instruction
// allows one operand in memory, it is the last.
func (p *program) two(name string, a, b arg) value { return p.emit(op{name: name}, a, b) }

func (p *program) add(a, b arg) value { return p.two("VADD"+p.ps, a, b) }
func (p *program) sub(a, b arg) value { return p.two("VSUB"+p.ps, a, b) }
func (p *program) mul(a, b arg) value { return p.two("VMUL"+p.ps, a, b) }
func (p *program) div(a, b arg) value { return p.two("VDIV"+p.ps, a, b) }
func (p *program) and(a, b arg) value { return p.two("VANDPS", a, b) }
func (p *program) or(a, b arg) value  { return p.two("VORPS", a, b) }
func (p *program) xor(a, b arg) value { return p.two("VXORPS", a, b) }

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
func (p *program) load(c con) value { return p.emit(op{name: "VMOVUPS"}, c) }

// fma returns a·b + c; a and c are values.
func (p *program) fma(a value, b arg, c arg) value {
	if k, ok := c.(con); ok {
		c = p.load(k)
	}
	return p.emit(op{name: "VFMADD231" + p.ps, destructive: true}, b, a, c)
}

// fnma returns c − a·b.
func (p *program) fnma(a value, b arg, c value) value {
	return p.emit(op{name: "VFNMADD231" + p.ps, destructive: true}, b, a, c)
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
	mask := p.emit(op{name: "VCMP" + p.ps, imm: fmt.Sprintf("$%d, ", predicate)}, a, b)
	return p.emit(op{name: "VBLENDV" + p.ps, imm: "MASK"}, y, x, mask)
}

// poly evaluates c[0] + c[1]·x + c[2]·x² + …
func (p *program) poly(x value, c ...float64) value {
	acc := p.load(p.num(c[len(c)-1]))
	for i := len(c) - 2; i >= 0; i-- {
		acc = p.emit(op{name: "VFMADD213" + p.ps, destructive: true}, p.num(c[i]), x, acc)
	}
	return acc
}

// write writes a function that maps src to dst, n elements, a multiple of a vector.
func (p *program) write(b *bytes.Buffer, name string) {
	full := name + "_" + p.precision.name
	last := make([]int, len(p.ops)+1) // op that uses a value last
	for i, o := range p.ops {
		for _, a := range o.args {
			if !a.isCon {
				last[a.v] = i
			}
		}
	}
	last[len(p.ops)] = len(p.ops)

	fmt.Fprintf(b, "\n")
	for i, c := range p.consts {
		for off := 0; off < vectorBytes; off += p.bytes {
			fmt.Fprintf(b, "DATA %sConst<>+%d(SB)/%d, $0x%x\n", full, i*vectorBytes+off, p.bytes, c)
		}
	}
	if len(p.consts) > 0 {
		fmt.Fprintf(b, "GLOBL %sConst<>(SB), RODATA|NOPTR, $%d\n\n", full, len(p.consts)*vectorBytes)
	}
	fmt.Fprintf(b, "// func %s(n int, dst, src *%s)\nTEXT ·%[1]s(SB), NOSPLIT, $0-24\n", full, p.precision.name)
	fmt.Fprintf(b, "\tMOVQ n+0(FP), CX\n\tMOVQ dst+8(FP), DI\n\tMOVQ src+16(FP), SI\n\nloop:\n\tVMOVU%s (SI), Y0\n", p.ps)

	reg := make([]int, len(p.ops)+1)
	free := make([]int, 0, 16)
	for r := 15; r >= 1; r-- {
		free = append(free, r)
	}
	take := func() int {
		if len(free) == 0 {
			panic(full + " needs too many registers")
		}
		r := free[len(free)-1]
		free = free[:len(free)-1]
		return r
	}
	text := func(a operand) string {
		if a.isCon {
			return fmt.Sprintf("%sConst<>+%d(SB)", full, a.con*vectorBytes)
		}
		return fmt.Sprintf("Y%d", reg[a.v])
	}
	for i, o := range p.ops {
		v := i + 1
		var srcs []string
		for _, a := range o.args {
			srcs = append(srcs, text(a))
		}
		release := func(except value) {
			done := map[value]bool{}
			for _, a := range o.args {
				if !a.isCon && last[a.v] == i && a.v != except && !done[a.v] {
					done[a.v] = true
					free = append(free, reg[a.v])
				}
			}
		}
		if o.destructive {
			acc := o.args[len(o.args)-1]
			if last[acc.v] == i {
				reg[v] = reg[acc.v]
				release(acc.v)
			} else {
				reg[v] = take()
				fmt.Fprintf(b, "\tVMOVAPS %s, Y%d\n", srcs[2], reg[v])
				release(-1)
			}
			fmt.Fprintf(b, "\t%s %s, %s, Y%d\n", o.name, srcs[0], srcs[1], reg[v])
			continue
		}
		release(-1)
		reg[v] = take()
		switch {
		case o.imm == "MASK": // VBLENDV: mask, x, y, dst
			fmt.Fprintf(b, "\t%s %s, %s, %s, Y%d\n", o.name, srcs[2], srcs[1], srcs[0], reg[v])
		default:
			slices.Reverse(srcs)
			fmt.Fprintf(b, "\t%s %s%s, Y%d\n", o.name, o.imm, strings.Join(srcs, ", "), reg[v])
		}
	}
	fmt.Fprintf(b, "\tVMOVU%s Y%d, (DI)\n\tADDQ $%d, SI\n\tADDQ $%[3]d, DI\n\tSUBQ $%[4]d, CX\n\tJNZ loop\n\tVZEROUPPER\n\tRET\n",
		p.ps, reg[len(p.ops)], vectorBytes, p.lanes())
}
