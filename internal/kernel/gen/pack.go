package main

import (
	"bytes"
	"fmt"
)

// packing writes what copies matrices into the order of the micro-kernel: for each
// step in depth, width numbers one after the other. Whole vectors are stored; what
// is too much lands where the next step is written, or behind the end.
func packing(b *bytes.Buffer, t target) {
	packRuns(b, t)
	if t.vectorBytes == 32 {
		packRows(b, t) // later machines have these instructions, too
	}
}

const (
	runsSignature = "(depth, width int, dst, src []%s, stride int)"
	rowsSignature = "(depth, rows int, dst []%[1]s, width int, src []%[1]s, stride int)"
)

// packRuns writes the copy of runs of width numbers, at most two vectors, of which
// one lies a stride behind the other.
func packRuns(b *bytes.Buffer, t target) {
	reg := func(i int) string { return fmt.Sprintf("%s%d", t.register, i) }
	mask := reg(2)
	if t.masks {
		mask = "K1"
	}
	fmt.Fprintf(b, "\n// func %s%s\nTEXT ·%[1]s(SB), NOSPLIT, $0-72\n", t.function("packRuns"), fmt.Sprintf(runsSignature, t.typ))
	fmt.Fprintf(b, "\tMOVQ depth+0(FP), DX\n\tMOVQ width+8(FP), CX\n\tMOVQ dst_base+16(FP), DI\n\tMOVQ src_base+40(FP), SI\n\tMOVQ stride+64(FP), R8\n")
	fmt.Fprintf(b, "\tSHLQ $%d, R8\n\tMOVQ CX, R9\n\tSHLQ $%[1]d, R9\n\tCMPQ CX, $%d\n\tJLE one\n\tSUBQ $%[2]d, CX\n", log2(t.bytes), t.lanes())
	for vectors := 2; vectors >= 1; vectors-- {
		label := []string{"", "one", "two"}[vectors]
		if vectors == 1 {
			fmt.Fprintf(b, "\none:\n")
		}
		restMask(b, t, mask)
		fmt.Fprintf(b, "\n%sLoop:\n", label)
		last := (vectors - 1) * t.vectorBytes
		if vectors == 2 {
			fmt.Fprintf(b, "\tVMOVU%s (SI), %s\n", t.ps, reg(0))
		}
		b.WriteString(t.loadUnder(mask, fmt.Sprintf("%d(SI)", last), reg(1)))
		if vectors == 2 {
			fmt.Fprintf(b, "\tVMOVU%s %s, (DI)\n", t.ps, reg(0))
		}
		fmt.Fprintf(b, "\tVMOVU%s %s, %d(DI)\n\tADDQ R8, SI\n\tADDQ R9, DI\n\tDECQ DX\n\tJNZ %sLoop\n\tVZEROUPPER\n\tRET\n", t.ps, reg(1), last, label)
	}
}

// packRows writes the transposition of up to four rows: depth is a multiple of a
// vector. Of fewer rows, the last is repeated.
func packRows(b *bytes.Buffer, t target) {
	fmt.Fprintf(b, "\n// func %s%s\nTEXT ·%[1]s(SB), NOSPLIT, $0-80\n", t.function("packRows"), fmt.Sprintf(rowsSignature, t.typ))
	fmt.Fprintf(b, "\tMOVQ depth+0(FP), CX\n\tMOVQ rows+8(FP), DX\n\tMOVQ dst_base+16(FP), DI\n\tMOVQ width+40(FP), R12\n\tMOVQ src_base+48(FP), AX\n\tMOVQ stride+72(FP), R8\n")
	fmt.Fprintf(b, "\tSHLQ $%d, R8\n\tSHLQ $%[1]d, R12\n\tLEAQ (R12)(R12*2), R13\n", log2(t.bytes))
	rows := []string{"AX", "BX", "SI", "R9"}
	for i := 1; i < 4; i++ {
		fmt.Fprintf(b, "\tMOVQ %s, %s\n\tCMPQ DX, $%d\n\tJLE rows%[3]d\n\tADDQ R8, %[2]s\n\nrows%[3]d:\n", rows[i-1], rows[i], i)
	}
	fmt.Fprintf(b, "\tXORQ R10, R10\n\nloop:\n")
	for i, r := range rows {
		fmt.Fprintf(b, "\tVMOVU%s (%s)(R10*1), Y%d\n", t.ps, r, i)
	}
	two := func(name string, low, high, to int) {
		fmt.Fprintf(b, "\t%s Y%d, Y%d, Y%d\n", name, high, low, to)
	}
	if t.bytes == 4 {
		two("VUNPCKLPS", 0, 1, 4)
		two("VUNPCKHPS", 0, 1, 5)
		two("VUNPCKLPS", 2, 3, 6)
		two("VUNPCKHPS", 2, 3, 7)
		two("VUNPCKLPD", 4, 6, 0)
		two("VUNPCKHPD", 4, 6, 1)
		two("VUNPCKLPD", 5, 7, 2)
		two("VUNPCKHPD", 5, 7, 3)
		steps := []string{"(DI)", "(DI)(R12*1)", "(DI)(R12*2)", "(DI)(R13*1)"}
		for i, s := range steps {
			fmt.Fprintf(b, "\tVMOVUPS X%d, %s\n", i, s)
		}
		fmt.Fprintf(b, "\tLEAQ (DI)(R12*4), DI\n")
		for i, s := range steps {
			fmt.Fprintf(b, "\tVEXTRACTF128 $1, Y%d, %s\n", i, s)
		}
	} else {
		two("VUNPCKLPD", 0, 1, 4)
		two("VUNPCKHPD", 0, 1, 5)
		two("VUNPCKLPD", 2, 3, 6)
		two("VUNPCKHPD", 2, 3, 7)
		two("VPERM2F128 $0x20,", 4, 6, 0)
		two("VPERM2F128 $0x20,", 5, 7, 1)
		two("VPERM2F128 $0x31,", 4, 6, 2)
		two("VPERM2F128 $0x31,", 5, 7, 3)
		for i, s := range []string{"(DI)", "(DI)(R12*1)", "(DI)(R12*2)", "(DI)(R13*1)"} {
			fmt.Fprintf(b, "\tVMOVUPD Y%d, %s\n", i, s)
		}
	}
	fmt.Fprintf(b, "\tLEAQ (DI)(R12*4), DI\n\tADDQ $32, R10\n\tSUBQ $%d, CX\n\tJNZ loop\n\tVZEROUPPER\n\tRET\n", t.lanes())
}
