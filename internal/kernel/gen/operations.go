package main

import (
	"bytes"
	"fmt"
	"math"
)

// arithmetic are the loops that are not functions of one argument.
var arithmetic = []loop{
	{"add", "dst a b", binary((*program).add), 1},
	{"sub", "dst a b", binary((*program).sub), 1},
	{"mul", "dst a b", binary((*program).mul), 1},
	{"div", "dst a b", binary((*program).div), 1},
	{"mulAdd", "dst a b", func(p *program) {
		p.store("dst", p.fma(p.source("a"), p.source("b"), p.source("dst")))
	}, 1},
	{"axpy", "alpha: x y", func(p *program) {
		p.store("y", p.fma(p.scalar("alpha"), p.source("x"), p.source("y")))
	}, 1},
	{"scale", "c: dst src", func(p *program) { p.store("dst", p.mul(p.scalar("c"), p.source("src"))) }, 1},
	{"addConst", "c: dst src", func(p *program) { p.store("dst", p.add(p.scalar("c"), p.source("src"))) }, 1},
	{"sqrt", "dst src", func(p *program) { p.store("dst", p.sqrt(p.source("src"))) }, 1},

	{"relu", "dst src", func(p *program) { p.store("dst", p.max(p.load(p.num(0)), p.source("src"))) }, 1},
	{"leaky", "slope: dst src", func(p *program) {
		x := p.source("src")
		p.store("dst", p.where(x, greater, p.num(0), x, p.mul(p.scalar("slope"), x)))
	}, 1},
	{"reluGrad", "dst x g", func(p *program) {
		g := p.where(p.source("x"), greater, p.num(0), p.source("g"), p.load(p.num(0)))
		p.store("dst", p.add(p.source("dst"), g))
	}, 1},
	{"leakyGrad", "slope: dst x g", func(p *program) {
		slope := p.where(p.source("x"), greater, p.num(0), p.num(1), p.scalar("slope"))
		p.store("dst", p.fma(slope, p.source("g"), p.source("dst")))
	}, 1},
	{"sigmoidGrad", "dst y g", func(p *program) {
		y := p.source("y")
		slope := p.mul(y, p.sub(p.load(p.num(1)), y))
		p.store("dst", p.fma(slope, p.source("g"), p.source("dst")))
	}, 1},
	{"tanhGrad", "dst y g", func(p *program) {
		y, one := p.source("y"), p.load(p.num(1))
		slope := p.mul(p.sub(one, y), p.add(one, y))
		p.store("dst", p.fma(slope, p.source("g"), p.source("dst")))
	}, 1},

	{"squareFrom", "c: dst src", func(p *program) {
		d := p.sub(p.source("src"), p.scalar("c"))
		p.store("dst", p.mul(d, d))
	}, 1},
	{"addSquareFrom", "c: dst src", func(p *program) {
		d := p.sub(p.source("src"), p.scalar("c"))
		p.store("dst", p.fma(d, d, p.source("dst")))
	}, 1},

	{"max", "src", extreme("VMAX"), 4},
	{"min", "src", extreme("VMIN"), 4},
	{"sum", "x", func(p *program) { p.accumulate("VADD"+p.ps, p.source("x")) }, 4},
	{"dot", "x y", func(p *program) { p.accumulate("VFMADD231"+p.ps, p.source("x"), p.source("y")) }, 4},
	{"mulSum", "dst a b", func(p *program) {
		x := p.mul(p.source("a"), p.source("b"))
		p.store("dst", x)
		p.accumulate("VADD"+p.ps, x)
	}, 4},
	{"sumSquares", "x", func(p *program) {
		x := p.source("x")
		p.accumulate("VFMADD231"+p.ps, x, x)
	}, 4},
	{"squaredDistance", "a b", func(p *program) {
		d := p.sub(p.source("a"), p.source("b"))
		p.accumulate("VFMADD231"+p.ps, d, d)
	}, 4},
	{"sumExp", "shift: src", func(p *program) {
		p.accumulate("VADD"+p.ps, p.quickExp(p.sub(p.source("src"), p.scalar("shift"))))
	}, 1},
	{"expSum", "shift: dst src", func(p *program) {
		e := p.quickExp(p.sub(p.source("src"), p.scalar("shift")))
		p.store("dst", e)
		p.accumulate("VADD"+p.ps, e)
	}, 1},
	{"dotExp", "start: scale: w x", func(p *program) {
		x := p.fma(p.scalar("scale"), p.source("x"), p.scalar("start"))
		e := p.where(x, greater, p.num(p.quickHigh()), p.num(math.Inf(1)), p.quickExp(x))
		p.accumulate("VADD"+p.ps, p.mul(e, p.source("w")))
	}, 1},

	{"adam", "beta1: rest1: beta2: rest2: step: c2: eps: decay: w m v g", func(p *program) {
		g := p.source("g")
		m := p.fma(p.scalar("beta1"), p.source("m"), p.mul(p.scalar("rest1"), g))
		p.store("m", m)
		v := p.fma(p.scalar("beta2"), p.source("v"), p.mul(p.mul(p.scalar("rest2"), g), g))
		p.store("v", v)
		size := p.add(p.scalar("eps"), p.sqrt(p.mul(p.scalar("c2"), v)))
		w := p.source("w")
		p.store("w", p.sub(w, p.fma(w, p.scalar("decay"), p.div(p.mul(p.scalar("step"), m), size))))
	}, 1},
	{"momentum", "rate: mu: w vel g", func(p *program) {
		vel := p.fnma(p.scalar("rate"), p.source("g"), p.mul(p.scalar("mu"), p.source("vel")))
		p.store("vel", vel)
		p.store("w", p.add(vel, p.source("w")))
	}, 1},
	{"nesterov", "rate: mu: w vel g", func(p *program) {
		g, mu, rate := p.source("g"), p.scalar("mu"), p.scalar("rate")
		vel := p.fnma(rate, g, p.mul(mu, p.source("vel")))
		p.store("vel", vel)
		p.store("w", p.add(p.source("w"), p.fnma(rate, g, p.mul(mu, vel))))
	}, 1},
	{"rmsProp", "rate: rho: rest: eps: w v g", func(p *program) {
		g := p.source("g")
		v := p.fma(p.scalar("rho"), p.source("v"), p.mul(p.mul(p.scalar("rest"), g), g))
		p.store("v", v)
		size := p.add(p.scalar("eps"), p.sqrt(v))
		p.store("w", p.sub(p.source("w"), p.div(p.mul(p.scalar("rate"), g), size)))
	}, 1},
}

// binary makes a loop of an operation of two arguments.
func binary(f func(p *program, a, b arg) value) func(*program) {
	return func(p *program) { p.store("dst", f(p, p.source("a"), p.source("b"))) }
}

// extreme makes a loop for the largest or smallest.
func extreme(instruction string) func(*program) {
	return func(p *program) {
		x := p.source("src")
		p.accumulate(instruction+p.ps, x)
		p.accumulate("VOR"+p.ps, p.unordered(x)) // all bits are those of NaN
	}
}

// unordered is a vector of all bits where x is NaN and of none elsewhere.
func (p *program) unordered(x value) value {
	return p.where(x, unordered, x, p.bits(1<<(8*p.bytes)-1), p.load(p.num(0)))
}

// quickExp is eˣ up to quickHigh, and 0 where it is about to be no normal number.
func (p *program) quickExp(x value) value {
	f := p.format()
	t := p.fma(x, p.num(1/math.Ln2), p.num(f.magic))
	n := p.sub(t, p.num(f.magic))
	r := p.fnma(n, p.num(f.ln2Lo), p.fnma(n, p.num(f.ln2Hi), x))
	two := p.addInt(p.shiftLeft(t, f.mantissa), p.num(1))
	e := p.fma(p.expm1Reduced(r), two, two)
	low := -708.0
	if p.bytes == 4 {
		low = -87
	}
	return p.where(x, less, p.num(low), p.num(0), e)
}

func (p *program) quickHigh() float64 {
	if p.bytes == 4 {
		return 88
	}
	return 709
}

// rowNames are the loops that rowLoops writes, with their signatures.
var rowNames = []struct{ name, signature string }{
	{"addRow", "(rows int, matrix, row []%s)"},
	{"sumRows", "(rows int, matrix, row []%s)"},
	{"maxPlus", "(rows int, matrix, row, x []%s)"},
}

// rowLoops writes addRow, sumRows and maxPlus, over columns of 4 vectors, of one, and under
// a mask. What stays in registers is a part of the row.
func rowLoops(b *bytes.Buffer, t target) {
	for _, l := range rowNames {
		name, full := l.name, t.function(l.name)
		frame := 56
		if name == "maxPlus" {
			frame = 80
		}
		fmt.Fprintf(b, "\n// func %s%s\nTEXT ·%[1]s(SB), NOSPLIT, $0-%[3]d\n", full, fmt.Sprintf(l.signature, t.typ), frame)
		fmt.Fprintf(b, "\tMOVQ rows+0(FP), BX\n\tMOVQ matrix_base+8(FP), AX\n\tMOVQ row_base+32(FP), DI\n\tMOVQ row_len+40(FP), CX\n")
		fmt.Fprintf(b, "\tMOVQ CX, DX\n\tSHLQ $%d, DX\n\tTESTQ BX, BX\n\tJZ done\n\tSUBQ $%d, CX\n\tJLT single\n", log2(t.bytes), 4*t.lanes())
		block := func(label string, vectors int, mask string) {
			fmt.Fprintf(b, "\n%s:\n", label)
			at := func(u int, base string) string { return fmt.Sprintf("%d(%s)", u*t.vectorBytes, base) }
			for u := range vectors {
				fmt.Fprint(b, t.loadUnder(mask, at(u, "DI"), t.vector(u)))
			}
			fmt.Fprintf(b, "\tMOVQ AX, SI\n\tMOVQ BX, R9\n")
			if name == "maxPlus" {
				fmt.Fprintf(b, "\tMOVQ x_base+56(FP), R11\n")
			}
			fmt.Fprintf(b, "\n%sRows:\n", label)
			if name == "maxPlus" {
				fmt.Fprintf(b, "\tVBROADCAST%s (R11), %s\n\tADDQ $%d, R11\n", t.ss, t.vector(9), t.bytes)
			}
			for u := range vectors {
				fmt.Fprint(b, t.loadUnder(mask, at(u, "SI"), t.vector(4+u)))
				switch name {
				case "addRow":
					fmt.Fprintf(b, "\tVADD%s %s, %s, %[3]s\n", t.ps, t.vector(u), t.vector(4+u))
					fmt.Fprint(b, t.storeUnder(mask, t.vector(4+u), at(u, "SI"), "inner", t.vector(8)))
				case "sumRows":
					fmt.Fprintf(b, "\tVADD%s %s, %s, %[3]s\n", t.ps, t.vector(4+u), t.vector(u))
				case "maxPlus": // what is there stays unless the other is larger
					fmt.Fprintf(b, "\tVADD%s %s, %s, %[3]s\n", t.ps, t.vector(9), t.vector(4+u))
					fmt.Fprintf(b, "\tVMAX%s %s, %s, %[2]s\n", t.ps, t.vector(u), t.vector(4+u))
				}
			}
			fmt.Fprintf(b, "\tADDQ DX, SI\n\tDECQ R9\n\tJNZ %sRows\n", label)
			for u := 0; u < vectors && name != "addRow"; u++ {
				fmt.Fprint(b, t.storeUnder(mask, t.vector(u), at(u, "DI"), "outer", t.vector(8)))
			}
			if mask == "" {
				fmt.Fprintf(b, "\tADDQ $%d, AX\n\tADDQ $%[1]d, DI\n\tSUBQ $%d, CX\n\tJGE %s\n", vectors*t.vectorBytes, vectors*t.lanes(), label)
			}
		}
		block("four", 4, "")
		fmt.Fprintf(b, "\nsingle:\n\tADDQ $%d, CX\n\tSUBQ $%d, CX\n\tJLT rest\n", 4*t.lanes(), t.lanes())
		block("one", 1, "")
		fmt.Fprintf(b, "\nrest:\n\tADDQ $%d, CX\n\tJZ done\n", t.lanes())
		mask := "K7"
		if !t.masks {
			mask = t.vector(15)
		}
		restMask(b, t, mask)
		block("last", 1, mask)
		fmt.Fprintf(b, "\ndone:\n\tVZEROUPPER\n\tRET\n")
	}
}
