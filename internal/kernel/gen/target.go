package main

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
