package main

import (
	"bytes"
	"fmt"
)

// gemm writes the micro-kernel of the matrix product, c = alpha·a·b + beta·c for a
// tile of up to tileRows × 2 vectors. The sums stay in registers; for each step in
// depth two vectors of b are loaded, and one number of a for each row. Every number
// of rows has a loop of its own, for two vectors and for one; what sticks out of the
// tile to the right is masked.
func gemm(b *bytes.Buffer, t target) {
	full := t.function("gemmTile")
	off := 24 + 2*t.bytes // behind alpha and beta
	fmt.Fprintf(b, "\n// func %s%s\nTEXT ·%[1]s(SB), NOSPLIT, $0-%[3]d\n", full, t.tileSignature(), off+104)
	for _, m := range []struct {
		name string
		off  int
		to   string
	}{{"rows", 0, "R13"}, {"cols", 8, "CX"}, {"a_base", off, "AX"}, {"rs", off + 24, "R9"}, {"cs", off + 32, "R8"},
		{"b_base", off + 40, "BX"}, {"ldb", off + 64, "DX"}, {"c_base", off + 72, "DI"}} {
		fmt.Fprintf(b, "\tMOVQ %s+%d(FP), %s\n", m.name, m.off, m.to)
	}
	for _, r := range []string{"R9", "R8", "DX"} {
		fmt.Fprintf(b, "\tSHLQ $%d, %s\n", log2(t.bytes), r)
	}
	fmt.Fprintf(b, "\tLEAQ (R9)(R9*2), R10\n\tLEAQ (R9)(R9*4), R11\n")
	// The widths: two vectors and one, and both without a mask where masks are dear.
	modes := []tileMode{{"two", 2, "K1"}, {"one", 1, "K1"}}
	if !t.masks {
		mask := fmt.Sprintf("%s%d", t.register, t.registers-1)
		modes = []tileMode{{"whole", 2, ""}, {"half", 1, ""}, {"two", 2, mask}, {"one", 1, mask}}
		fmt.Fprintf(b, "\tCMPQ CX, $%d\n\tJEQ whole\n\tCMPQ CX, $%d\n\tJEQ half\n", 2*t.lanes(), t.lanes())
	}
	fmt.Fprintf(b, "\tCMPQ CX, $%d\n\tJLE one\n\tJMP two\n", t.lanes())
	for _, m := range modes {
		fmt.Fprintf(b, "\n%s:\n", m.name)
		if m.name == "two" {
			fmt.Fprintf(b, "\tSUBQ $%d, CX\n", t.lanes())
		}
		if m.mask != "" {
			restMask(b, t, m.mask)
		}
		fmt.Fprintf(b, "\tMOVQ k+16(FP), CX\n")
		for rows := t.tileRows; rows > 1; rows-- {
			fmt.Fprintf(b, "\tCMPQ R13, $%d\n\tJEQ %s%[1]d\n", rows, m.name)
		}
		for rows := 1; rows <= t.tileRows; rows++ {
			m.write(b, t, rows)
		}
	}
}

// stripBytes is what a strip of b may take of the first cache, which is 32 KiB and
// has to hold a strip of a, too.
const stripBytes = 20 << 10

// tileSignature is that of the micro-kernel.
func (t target) tileSignature() string {
	return fmt.Sprintf("(rows, cols, k int, alpha, beta %s, a []%[1]s, rs, cs int, b []%[1]s, ldb int, c []%[1]s, ldc int)", t.typ)
}

// tileMode is a width of tiles: so many vectors, the last under a mask, if any.
type tileMode struct {
	name    string
	vectors int
	mask    string
}

// write writes the loop for so many rows.
func (m tileMode) write(b *bytes.Buffer, t target, rows int) {
	reg := func(i int) string { return fmt.Sprintf("%s%d", t.register, i) }
	acc := func(i, j int) string { return reg(m.vectors*i + j) }
	first := t.tileRows * 2 // register that holds no sum
	number := reg(first + 2)
	under := func(j int) string {
		if j == m.vectors-1 {
			return m.mask
		}
		return ""
	}
	each := func(do func(i, j int)) {
		for i := range rows {
			for j := range m.vectors {
				do(i, j)
			}
		}
	}

	fmt.Fprintf(b, "\n%s%d:\n", m.name, rows)
	each(func(i, j int) { t.zero(b, acc(i, j)) })
	// The tile of c is wanted at the end: fetch it meanwhile.
	fmt.Fprintf(b, "\tMOVQ ldc+%d(FP), R13\n\tSHLQ $%d, R13\n\tMOVQ DI, R12\n", 120+2*t.bytes, log2(t.bytes))
	for i := range rows {
		if i > 0 {
			fmt.Fprintf(b, "\tADDQ R13, R12\n")
		}
		for v := 0; v < m.vectors*t.vectorBytes; v += 64 {
			fmt.Fprintf(b, "\tPREFETCHT0 %d(R12)\n", v)
		}
	}
	if rows > 6 {
		fmt.Fprintf(b, "\tLEAQ (AX)(R10*2), SI\n")
	}
	fmt.Fprintf(b, "\n\tPCALIGN $32\n%s%dLoop:\n", m.name, rows)
	for j := range m.vectors {
		b.WriteString(t.loadUnder(under(j), fmt.Sprintf("%d(BX)", j*t.vectorBytes), reg(first+j)))
	}
	for i := range rows {
		base := "AX"
		if i >= 6 {
			base = "SI"
		}
		index := []string{"", "(R9*1)", "(R9*2)", "(R10*1)", "(R9*4)", "(R11*1)"}[i%6]
		fmt.Fprintf(b, "\tVBROADCAST%s (%s)%s, %s\n", t.ss, base, index, number)
		for j := range m.vectors {
			fmt.Fprintf(b, "\tVFMADD231%s %s, %s, %s\n", t.ps, reg(first+j), number, acc(i, j))
		}
	}
	fmt.Fprintf(b, "\tADDQ R8, AX\n")
	if rows > 6 {
		fmt.Fprintf(b, "\tADDQ R8, SI\n")
	}
	fmt.Fprintf(b, "\tADDQ DX, BX\n\tDECQ CX\n\tJNZ %s%dLoop\n\n", m.name, rows)

	fmt.Fprintf(b, "\tMOVQ R13, SI\n")
	if m.mask != "" && !t.masks { // bytes under the mask, for stores
		fmt.Fprintf(b, "\tMOVQ cols+8(FP), CX\n\tSUBQ $%d, CX\n\tSHLQ $%d, CX\n", (m.vectors-1)*t.lanes(), log2(t.bytes))
	}
	alpha, beta, old := reg(first), reg(first+1), number
	fmt.Fprintf(b, "\tVBROADCAST%s alpha+24(FP), %s\n", t.ss, alpha)
	each(func(i, j int) { fmt.Fprintf(b, "\tVMUL%s %s, %s, %[3]s\n", t.ps, alpha, acc(i, j)) })
	// Where beta is 0, c is not read: it may be NaN.
	fmt.Fprintf(b, "\tMOV%s beta+%d(FP), R12\n\tADD%[1]s R12, R12\n\tJZ %[3]s%[4]dStore\n", map[int]string{4: "L", 8: "Q"}[t.bytes], 24+t.bytes, m.name, rows)
	fmt.Fprintf(b, "\tVBROADCAST%s beta+%d(FP), %s\n\tMOVQ DI, R12\n", t.ss, 24+t.bytes, beta)
	each(func(i, j int) {
		if i > 0 && j == 0 {
			fmt.Fprintf(b, "\tADDQ SI, R12\n")
		}
		address := fmt.Sprintf("%d(R12)", j*t.vectorBytes)
		if under(j) == "" {
			fmt.Fprintf(b, "\tVFMADD231%s %s, %s, %s\n", t.ps, address, beta, acc(i, j))
			return
		}
		b.WriteString(t.loadUnder(under(j), address, old))
		fmt.Fprintf(b, "\tVFMADD231%s %s, %s, %s\n", t.ps, old, beta, acc(i, j))
	})
	fmt.Fprintf(b, "\n%s%dStore:\n", m.name, rows)
	each(func(i, j int) {
		if i > 0 && j == 0 {
			fmt.Fprintf(b, "\tADDQ SI, DI\n")
		}
		b.WriteString(t.storeUnder(under(j), acc(i, j), fmt.Sprintf("%d(DI)", j*t.vectorBytes), fmt.Sprintf("%s%dRow%d", m.name, rows, i), old))
	})
	fmt.Fprintf(b, "\tVZEROUPPER\n\tRET\n")
}
