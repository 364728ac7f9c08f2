package main

import (
	"fmt"
	"slices"
	"strings"
)

// target is what a program is written for: a kind of vector unit and an element type.
type target struct {
	machine
	precision
}

// machine is a kind of vector unit.
type machine struct {
	name        string
	vectorBytes int
	register    string // first letter of the vectors'
	registers   int
	masks       bool // comparisons yield mask registers, and numbers in memory can be repeated
	tileRows    int  // of the matrix product; two vectors are its columns
}

var machines = []machine{
	{"avx2", 32, "Y", 16, false, 6},
	{"avx512", 64, "Z", 32, true, 12},
}

// precision is an element type and the suffixes of its instructions.
type precision struct {
	typ   string // Go's
	bytes int
	ps    string // packed
	ss    string // scalar
	ints  string // packed integers of the same size
}

var (
	single = precision{"float32", 4, "PS", "SS", "D"}
	double = precision{"float64", 8, "PD", "SD", "Q"}
)

// lanes is the number of elements of a vector.
func (t target) lanes() int { return t.vectorBytes / t.bytes }

// function is the full name of a function.
func (t target) function(name string) string {
	return name + "_" + t.machine.name + "_" + t.typ
}

// order puts numbers before slices, and slices that are only written before others.
func (p *program) order() {
	class := func(i int) int {
		if p.params[i].scalar {
			return 0
		} else if !slices.ContainsFunc(p.ops, func(o op) bool { return o.kind == source && o.param == i }) {
			return 1
		}
		return 2
	}
	order := make([]int, len(p.params))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return class(i) - class(j) })
	old := p.params
	p.params = nil
	for _, i := range order {
		p.params = append(p.params, old[i])
	}
	for i := range p.ops {
		p.ops[i].param = slices.Index(order, p.ops[i].param)
	}
}

// arguments returns where the parameters are and how many bytes they take. Numbers
// come before slices, if any, so that the end is aligned.
func (p *program) arguments() (text []string, size int) {
	size = 8
	for _, a := range p.params {
		n := 8
		if a.scalar {
			n = p.bytes
		}
		size = (size + n - 1) / n * n
		text = append(text, fmt.Sprintf("%s+%d(FP)", a.name, size))
		size += n
	}
	return text, size
}

// signature is that of the assembly in Go.
func (p *program) signature() string {
	s := "n int"
	for _, a := range p.params {
		if a.scalar {
			s += ", " + a.name + " " + p.typ
		} else {
			s += ", " + a.name + " *" + p.typ
		}
	}
	return s
}

// closure is a function of slices that calls the assembly.
func (p *program) closure(name string) string {
	var params, args []string
	count := ""
	for _, a := range p.params {
		if a.scalar {
			params, args = append(params, a.name+" "+p.typ), append(args, a.name)
			continue
		}
		count = a.name
		params, args = append(params, a.name+" []"+p.typ), append(args, "&"+a.name+"[0]")
	}
	return fmt.Sprintf("func(%s) { %s(len(%s), %s) }", strings.Join(params, ", "), p.function(name), count, strings.Join(args, ", "))
}
