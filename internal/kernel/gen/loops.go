package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

// loop is a program over slices of any length, which may sum up as well. What is left
// after the whole vectors is done under a mask, by the same instructions.
type loop struct {
	name string
	// args are the parameters in order, numbers with a colon.
	args string
	do   func(*program)
	// unroll is how many vectors have accumulators of their own.
	unroll int
}

// accumulate adds to an accumulator of the loop, or takes the maximum or the union
// of bits: what the instruction does to its last operand.
func (p *program) accumulate(name string, args ...arg) {
	p.emit(op{name: name, kind: accumulator}, args...)
}

// fold is the instruction that joins two accumulators.
func (p *program) fold(o op) string {
	if strings.HasPrefix(o.name, "VFMADD") {
		return "VADD" + p.ps
	}
	return o.name
}

// begin is the constant that an accumulator begins with.
func (p *program) begin(o op) con {
	switch {
	case strings.HasPrefix(o.name, "VMAX"):
		return p.num(math.Inf(-1))
	case strings.HasPrefix(o.name, "VMIN"):
		return p.num(math.Inf(1))
	}
	return p.num(0)
}

// program makes the program, and says what the function is in Go.
func (l loop) program(t target) (p *program, signature string) {
	p = &program{target: t}
	var parts []string
	for _, a := range strings.Fields(l.args) {
		name, isScalar := strings.CutSuffix(a, ":")
		p.param(name, isScalar)
		if isScalar {
			parts = append(parts, name+" "+t.typ)
		} else {
			parts = append(parts, name+" []"+t.typ)
		}
	}
	l.do(p)
	signature = "(" + strings.Join(parts, ", ") + ")"
	if p.sums() != nil {
		signature += " (s " + t.typ + ")"
	}
	return p, signature
}

// sums returns the numbers of the operations that accumulate.
func (p *program) sums() (at []int) {
	for i, o := range p.ops {
		if o.kind == accumulator {
			at = append(at, i)
		}
	}
	return at
}

// vector is the name of a register.
func (t target) vector(i int) string { return fmt.Sprintf("%s%d", t.register, i) }

func (t target) zero(b *bytes.Buffer, r string) {
	fmt.Fprintf(b, "\tVXOR%s %s, %[2]s, %[2]s\n", t.ps, r)
}

// tailMask writes the table from which masks for a rest are read where there are no
// mask registers: a vector of ones and one of zeros.
func tailMask(b *bytes.Buffer, t target) {
	if t.masks {
		return
	}
	fmt.Fprintf(b, "\n")
	for i := 0; i < 2*t.vectorBytes; i += 8 {
		fmt.Fprintf(b, "DATA tailMask<>+%d(SB)/8, $%d\n", i, -max(0, 1-i/t.vectorBytes))
	}
	fmt.Fprintf(b, "GLOBL tailMask<>(SB), RODATA|NOPTR, $%d\n", 2*t.vectorBytes)
}

// restMask makes the mask of the last CX elements, in a register of the target's.
func restMask(b *bytes.Buffer, t target, register string) {
	if t.masks {
		fmt.Fprintf(b, "\tMOVQ $1, R12\n\tSHLQ CX, R12\n\tDECQ R12\n\tKMOVW R12, %s\n", register)
		return
	}
	fmt.Fprintf(b, "\tSHLQ $%d, CX\n\tLEAQ tailMask<>(SB), R12\n\tSUBQ CX, R12\n\tVMOVUPS %d(R12), %s\n", log2(t.bytes), t.vectorBytes, register)
}

// loadUnder loads the lanes of a mask, or all if there is none.
func (t target) loadUnder(mask, address, register string) string {
	switch {
	case mask == "":
		return fmt.Sprintf("\tVMOVU%s %s, %s\n", t.ps, address, register)
	case t.masks:
		return fmt.Sprintf("\tVMOVU%s.Z %s, %s, %s\n", t.ps, address, mask, register)
	}
	return fmt.Sprintf("\tVMASKMOV%s %s, %s, %s\n", t.ps, address, mask, register)
}

// storeUnder stores the lanes of a mask, or all if there is none. Without mask
// registers CX has the number of bytes instead, and spare is another register: some
// processors take long for VMASKMOV to memory.
func (t target) storeUnder(mask, register, address, label, spare string) string {
	switch {
	case mask == "":
		return fmt.Sprintf("\tVMOVU%s %s, %s\n", t.ps, register, address)
	case t.masks:
		return fmt.Sprintf("\tVMOVU%s %s, %s, %s\n", t.ps, register, mask, address)
	}
	low, rest := strings.Replace(register, "Y", "X", 1), strings.Replace(spare, "Y", "X", 1)
	text := fmt.Sprintf("\tLEAQ %s, R13\n\tVMOVAPS %s, %s\n", address, low, rest)
	text += fmt.Sprintf("\tTESTQ $16, CX\n\tJZ %s8\n\tVMOVUPS %s, (R13)\n\tVEXTRACTF128 $1, %s, %[2]s\n\tADDQ $16, R13\n\n%[1]s8:\n", label, rest, register)
	if t.bytes == 8 {
		return text + fmt.Sprintf("\tTESTQ $8, CX\n\tJZ %sEnd\n\tVMOVSD %s, (R13)\n\n%[1]sEnd:\n", label, rest)
	}
	text += fmt.Sprintf("\tTESTQ $8, CX\n\tJZ %s4\n\tVMOVSD %s, (R13)\n\tVPSRLDQ $8, %[2]s, %[2]s\n\tADDQ $8, R13\n\n%[1]s4:\n", label, rest)
	return text + fmt.Sprintf("\tTESTQ $4, CX\n\tJZ %sEnd\n\tVMOVSS %s, (R13)\n\n%[1]sEnd:\n", label, rest)
}

// write writes the function.
func (l loop) write(b *bytes.Buffer, t target) {
	p, signature := l.program(t)
	w := writer{program: p, b: b, full: p.function(l.name), reg: make([]string, len(p.ops)), last: make([]int, len(p.ops))}
	for i, o := range p.ops {
		for _, a := range o.args {
			if !a.isCon {
				w.last[a.v] = i
			}
		}
	}
	sums := p.sums()
	for _, i := range sums {
		p.begin(p.ops[i]) // among the constants
	}
	w.constants()

	size, count := 0, ""
	args := make([]string, len(p.params))
	for i, a := range p.params {
		if a.scalar {
			args[i] = fmt.Sprintf("%s+%d(FP)", a.name, size)
			size += p.bytes
			continue
		}
		size = (size + 7) &^ 7
		args[i] = fmt.Sprintf("%s_base+%d(FP)", a.name, size)
		if count == "" {
			count = fmt.Sprintf("%s_len+%d(FP)", a.name, size+8)
		}
		size += 24
	}
	frame := size
	if sums != nil {
		frame += p.bytes
	}
	fmt.Fprintf(b, "// func %s%s\nTEXT ·%[1]s(SB), NOSPLIT, $0-%[3]d\n\tMOVQ %[4]s, CX\n", w.full, signature, frame, count)

	slice := make([]string, len(p.params))
	n := 0
	for i, a := range p.params {
		if !a.scalar {
			slice[i] = pointers[n]
			n++
			fmt.Fprintf(b, "\tMOVQ %s, %s\n", args[i], slice[i])
		}
	}
	for r := p.registers - 1; r >= 0; r-- {
		w.free = append(w.free, p.vector(r))
	}
	restRegister := "K7"
	for r := 6; r >= 1 && p.masks; r-- {
		w.freeMasks = append(w.freeMasks, fmt.Sprintf("K%d", r))
	}
	unroll := max(1, l.unroll)
	accs := make([][]string, unroll) // of each vector of the body
	for u := range accs {
		for _, i := range sums {
			r := w.take(false)
			accs[u] = append(accs[u], r)
			if p.begin(p.ops[i]) == p.num(0) {
				p.zero(b, r)
			} else {
				fmt.Fprintf(b, "\tVBROADCAST%s %sConst<>+%d(SB), %s\n", p.ss, w.full, int(p.begin(p.ops[i]))*p.conBytes(), r)
			}
		}
	}
	for i, o := range p.ops {
		if o.kind == scalar {
			w.last[i] = len(p.ops) // all times round
			w.reg[i] = w.take(false)
			fmt.Fprintf(b, "\t%s %s, %s\n", o.name, args[o.param], w.reg[i])
		}
	}
	body := func(u int, mask string) {
		for i, o := range p.ops {
			switch o.kind {
			case scalar:
			case source:
				w.reg[i] = w.take(false)
				fmt.Fprint(b, p.loadUnder(mask, fmt.Sprintf("%d(%s)(R8*1)", u*p.vectorBytes, slice[o.param]), w.reg[i]))
			case store:
				spare := ""
				if mask != "" && !p.masks {
					spare = w.take(false)
					w.free = append(w.free, spare)
				}
				fmt.Fprint(b, p.storeUnder(mask, w.reg[o.args[0].v], fmt.Sprintf("%d(%s)(R8*1)", u*p.vectorBytes, slice[o.param]), fmt.Sprintf("store%d", i), spare))
				w.release(i, -1)
			case accumulator:
				w.accumulate(i, o, accs[u][slices.Index(sums, i)], mask)
			default:
				w.op(i, o)
			}
		}
	}
	run := func(label, next string, vectors int) {
		fmt.Fprintf(b, "\tSUBQ $%d, CX\n\tJLT %s\n\n%s:\n", vectors*p.lanes(), next, label)
		for u := range vectors {
			body(u, "")
		}
		fmt.Fprintf(b, "\tADDQ $%d, R8\n\tSUBQ $%d, CX\n\tJGE %s\n\n%s:\n\tADDQ $%[2]d, CX\n", vectors*p.vectorBytes, vectors*p.lanes(), label, next)
	}
	fmt.Fprintf(b, "\tXORQ R8, R8\n")
	if unroll > 1 {
		run("loop", "single", unroll)
		run("singleLoop", "rest", 1)
	} else {
		run("loop", "rest", 1)
	}
	fmt.Fprintf(b, "\tJZ done\n")
	if !p.masks {
		restRegister = w.take(false)
	}
	restMask(b, t, restRegister)
	body(0, restRegister)
	fmt.Fprintf(b, "\ndone:\n")
	if sums != nil {
		w.result(sums, accs)
		fmt.Fprintf(b, "\tVMOV%s %s, s+%d(FP)\n", p.ss, strings.Replace(accs[0][0], p.register, "X", 1), size)
	}
	fmt.Fprintf(b, "\tVZEROUPPER\n\tRET\n")
}

// accumulate writes one operation of a sum, in which lanes beyond the mask have no
// part.
func (w *writer) accumulate(i int, o op, acc, mask string) {
	var srcs []string
	for _, a := range o.args {
		srcs = append(srcs, w.reg[a.v])
	}
	w.release(i, -1)
	if mask != "" && w.masks {
		if len(srcs) == 1 {
			srcs = append(srcs, acc)
		}
		fmt.Fprintf(w.b, "\t%s %s, %s, %s\n", o.name, strings.Join(srcs, ", "), mask, acc)
		return
	}
	if len(srcs) == 2 { // squares, of zeros beyond the mask
		fmt.Fprintf(w.b, "\t%s %s, %s, %s\n", o.name, srcs[0], srcs[1], acc)
		return
	}
	if mask != "" {
		// The source's register is free now, unless it is used again.
		r := w.take(false)
		if w.begin(o) == w.num(0) {
			fmt.Fprintf(w.b, "\tVAND%s %s, %s, %s\n", w.ps, mask, srcs[0], r)
		} else {
			fmt.Fprintf(w.b, "\tVMOVU%s %sConst<>+%d(SB), %s\n\tVBLENDV%[1]s %[5]s, %[6]s, %[4]s, %[4]s\n",
				w.ps, w.full, int(w.begin(o))*w.conBytes(), r, mask, srcs[0])
		}
		srcs[0] = r
		w.free = append(w.free, r)
	}
	fmt.Fprintf(w.b, "\t%s %s, %s, %[3]s\n", o.name, srcs[0], acc)
}

// result joins the accumulators, and then the lanes of each; the first of several is
// joined with the bits of the others.
func (w *writer) result(sums []int, accs [][]string) {
	for k, i := range sums {
		fold := w.fold(w.ops[i])
		for step := 1; step < len(accs); step *= 2 {
			for u := 0; u+step < len(accs); u += 2 * step {
				fmt.Fprintf(w.b, "\t%s %s, %s, %[3]s\n", fold, accs[u+step][k], accs[u][k])
			}
		}
		half := func(r, from, to string) string { return strings.Replace(r, from, to, 1) }
		r, other := accs[0][k], w.take(false)
		if w.vectorBytes == 64 {
			fmt.Fprintf(w.b, "\tVEXTRACTF64X4 $1, %s, %s\n\t%s %[2]s, %[4]s, %[4]s\n", r, half(other, "Z", "Y"), fold, half(r, "Z", "Y"))
			r, other = half(r, "Z", "Y"), half(other, "Z", "Y")
		}
		x, y := half(r, "Y", "X"), half(other, "Y", "X")
		fmt.Fprintf(w.b, "\tVEXTRACTF128 $1, %s, %s\n\t%s %[2]s, %[4]s, %[4]s\n", r, y, fold, x)
		fmt.Fprintf(w.b, "\tVPSHUFD $0x4e, %s, %s\n\t%s %[2]s, %[1]s, %[1]s\n", x, y, fold)
		if w.bytes == 4 {
			fmt.Fprintf(w.b, "\tVPSHUFD $0xb1, %s, %s\n\t%s %[2]s, %[1]s, %[1]s\n", x, y, fold)
		}
		w.free = append(w.free, strings.Replace(y, "X", w.register, 1))
		if k > 0 {
			fmt.Fprintf(w.b, "\tVOR%s %s, %s, %[3]s\n", w.ps, x, half(half(accs[0][0], "Z", "Y"), "Y", "X"))
		}
	}
}
