package autodiff

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A ShapeError is the panic of an operation whose arrays do not fit together. Text
// says what is wanted where the shapes alone do not show it.
type ShapeError struct {
	Op     string
	Shapes [][]int
	Text   string
}

func (e *ShapeError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "autodiff: %s of", e.Op)
	for i, s := range e.Shapes {
		if i > 0 {
			b.WriteString(" and")
		}
		fmt.Fprintf(&b, " %s", FormatShape(s))
	}
	if e.Text != "" {
		b.WriteString(": " + e.Text)
	}
	return b.String()
}

// FormatShape writes a shape as 2×3, and that of a single number as "a number".
func FormatShape(shape []int) string {
	if len(shape) == 0 {
		return "a number"
	}
	parts := make([]string, len(shape))
	for i, n := range shape {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, "×")
}

// wrongShape panics with a ShapeError of the nodes' shapes.
func wrongShape[T Float](op, text string, nodes ...*Node[T]) {
	e := &ShapeError{Op: op, Text: text}
	for _, n := range nodes {
		e.Shapes = append(e.Shapes, slices.Clone(n.shape))
	}
	panic(e)
}

// size returns the number of entries, and panics if a dimension is negative or no
// memory could hold them.
func size(op string, shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 || d > 0 && n > math.MaxInt/16/d {
			panic(&ShapeError{Op: op, Shapes: [][]int{slices.Clone(shape)}, Text: "no array can have this shape"})
		}
		n *= d
	}
	return n
}

// broadcast returns the shape that a and b have when dimensions of 1, and missing
// ones, are repeated.
func broadcast[T Float](op string, a, b *Node[T]) []int {
	if slices.Equal(a.shape, b.shape) {
		return a.shape
	}
	first, second := a, b
	if len(b.shape) > len(a.shape) {
		a, b = b, a
	}
	extra := len(a.shape) - len(b.shape)
	same := true // as the shape of a
	for i, d := range b.shape {
		if e := a.shape[extra+i]; d != e && d != 1 {
			same = false
			if e != 1 {
				wrongShape(op, "", first, second)
			}
		}
	}
	if same {
		return a.shape
	}
	shape := a.tape.ints.take(len(a.shape))
	copy(shape, a.shape)
	for i, d := range b.shape {
		if d != 1 {
			shape[extra+i] = d
		}
	}
	return shape
}

// rows walks through an array of a shape, a row of its last dimension at a time, and
// beside it through arrays that are repeated to that shape.
type rows[T Float] struct {
	n, width int      // rows and their entries
	inner    [2]bool  // whether an array has the last dimension, else one entry
	shape    []int    // of the outer dimensions
	strides  [2][]int // in the outer dimensions
	index    []int
	at       [2]int
}

// rowsOf prepares a walk; b may be nil.
func rowsOf[T Float](t *Tape[T], shape []int, a, b *Node[T]) rows[T] {
	r := rows[T]{n: 1, width: 1}
	if len(shape) > 0 {
		last := len(shape) - 1
		r.width, r.shape = shape[last], shape[:last]
	}
	for _, d := range r.shape {
		r.n *= d
	}
	r.index = t.ints.take(len(r.shape))
	clear(r.index)
	for k, x := range [2]*Node[T]{a, b} {
		if x == nil {
			continue
		}
		r.inner[k] = len(x.shape) > 0 && (x.shape[len(x.shape)-1] != 1 || r.width == 1)
		r.strides[k] = t.ints.take(len(r.shape))
		clear(r.strides[k])
		stride := 1
		for i := len(x.shape) - 1; i >= 0; i-- {
			if o := i + len(shape) - len(x.shape); o < len(r.shape) && x.shape[i] != 1 {
				r.strides[k][o] = stride
			}
			stride *= x.shape[i]
		}
	}
	return r
}

// spare returns memory for a row of array k, if it has only one entry.
func (r *rows[T]) spare(t *Tape[T], k int) []T {
	if r.inner[k] {
		return nil
	}
	return t.values.take(r.width)
}

// next goes to the next row.
func (r *rows[T]) next() {
	for i := len(r.shape) - 1; i >= 0; i-- {
		r.index[i]++
		for k := range r.at {
			if r.strides[k] != nil {
				r.at[k] += r.strides[k][i]
			}
		}
		if r.index[i] < r.shape[i] {
			return
		}
		r.index[i] = 0
		for k := range r.at {
			if r.strides[k] != nil {
				r.at[k] -= r.strides[k][i] * r.shape[i]
			}
		}
	}
}

// row returns the row of array k whose entries x holds: all of them, or the repeated
// one, spread over spare.
func (r *rows[T]) row(k int, x, spare []T) []T {
	if r.inner[k] {
		return x[r.at[k] : r.at[k]+r.width]
	}
	v := x[r.at[k]]
	for i := range spare {
		spare[i] = v
	}
	return spare
}

// Size returns the number of entries of an array of that shape.
func Size(shape []int) int { return size("Size", shape) }
