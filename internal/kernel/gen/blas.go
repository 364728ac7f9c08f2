package main

import (
	"bytes"
	"fmt"
)

// Loops over vectors that need more than a program has.

func (t target) zero(b *bytes.Buffer, r string) {
	fmt.Fprintf(b, "\tVXOR%s %s, %[2]s, %[2]s\n", t.ps, r)
}

// blas writes loops over whole vectors: n is a multiple of 4 vectors.
func blas(b *bytes.Buffer, t target) {
	head := func(name, args string, frame int) {
		fmt.Fprintf(b, "\n// func %s(%s)\nTEXT ·%[1]s(SB), NOSPLIT, $0-%[3]d\n", t.function(name), args, frame)
	}
	reg := func(i int) string { return fmt.Sprintf("%s%d", t.register, i) }
	next := func(label string, regs ...string) {
		for _, r := range regs {
			fmt.Fprintf(b, "\tADDQ $%d, %s\n", 4*t.vectorBytes, r)
		}
		fmt.Fprintf(b, "\tSUBQ $%d, CX\n\tJNZ %s\n", 4*t.lanes(), label)
	}
	total := func() { // of the first four registers into the return value
		fmt.Fprintf(b, "\tVADD%s %s, %s, %[3]s\n\tVADD%[1]s %[4]s, %[5]s, %[5]s\n\tVADD%[1]s %[5]s, %[3]s, %[3]s\n", t.ps, reg(1), reg(0), reg(3), reg(2))
		if t.vectorBytes == 64 {
			fmt.Fprintf(b, "\tVEXTRACTF64X4 $1, Z0, Y1\n\tVADD%s Y1, Y0, Y0\n", t.ps)
		}
		fmt.Fprintf(b, "\tVEXTRACTF128 $1, Y0, X1\n\tVADD%s X1, X0, X0\n", t.ps)
		if t.bytes == 4 {
			fmt.Fprintf(b, "\tVHADDPS X0, X0, X0\n\tVHADDPS X0, X0, X0\n")
		} else {
			fmt.Fprintf(b, "\tVHADDPD X0, X0, X0\n")
		}
	}
	zero := func() {
		for u := range 4 {
			t.zero(b, reg(u))
		}
	}

	head("axpy", "n int, alpha "+t.typ+", x, y *"+t.typ, 32)
	fmt.Fprintf(b, "\tMOVQ n+0(FP), CX\n\tVBROADCAST%s alpha+8(FP), %s\n\tMOVQ x+16(FP), AX\n\tMOVQ y+24(FP), BX\n\nloop:\n", t.ss, reg(8))
	for u := range 4 {
		fmt.Fprintf(b, "\tVMOVU%s %d(BX), %s\n", t.ps, u*t.vectorBytes, reg(u))
	}
	for u := range 4 {
		fmt.Fprintf(b, "\tVFMADD231%s %d(AX), %s, %s\n", t.ps, u*t.vectorBytes, reg(8), reg(u))
	}
	for u := range 4 {
		fmt.Fprintf(b, "\tVMOVU%s %s, %d(BX)\n", t.ps, reg(u), u*t.vectorBytes)
	}
	next("loop", "AX", "BX")
	fmt.Fprintf(b, "\tVZEROUPPER\n\tRET\n")

	head("dot", "n int, x, y *"+t.typ+") (s "+t.typ, 24+t.bytes)
	fmt.Fprintf(b, "\tMOVQ n+0(FP), CX\n\tMOVQ x+8(FP), AX\n\tMOVQ y+16(FP), BX\n")
	zero()
	fmt.Fprintf(b, "\nloop:\n")
	for u := range 4 {
		fmt.Fprintf(b, "\tVMOVU%s %d(AX), %s\n", t.ps, u*t.vectorBytes, reg(4+u))
	}
	for u := range 4 {
		fmt.Fprintf(b, "\tVFMADD231%s %d(BX), %s, %s\n", t.ps, u*t.vectorBytes, reg(4+u), reg(u))
	}
	next("loop", "AX", "BX")
	total()
	fmt.Fprintf(b, "\tVMOV%s X0, s+24(FP)\n\tVZEROUPPER\n\tRET\n", t.ss)

	head("sum", "n int, x *"+t.typ+") (s "+t.typ, 16+t.bytes)
	fmt.Fprintf(b, "\tMOVQ n+0(FP), CX\n\tMOVQ x+8(FP), AX\n")
	zero()
	fmt.Fprintf(b, "\nloop:\n")
	for u := range 4 {
		fmt.Fprintf(b, "\tVADD%s %d(AX), %s, %s\n", t.ps, u*t.vectorBytes, reg(u), reg(u))
	}
	next("loop", "AX")
	total()
	fmt.Fprintf(b, "\tVMOV%s X0, s+16(FP)\n\tVZEROUPPER\n\tRET\n", t.ss)
}
