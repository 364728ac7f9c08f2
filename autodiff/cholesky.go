package autodiff

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// A CholeskyError is the panic of Cholesky for a matrix that is not positive definite:
// of the leading parts of Pivot + 1 rows and columns it is the first that is not, and
// Value, what should have been the square of a diagonal entry, is not above zero.
type CholeskyError struct {
	Pivot int
	Value float64
}

func (e *CholeskyError) Error() string {
	return fmt.Sprintf("autodiff: Cholesky of a matrix that is not positive definite: pivot %d is %.3g", e.Pivot, e.Value)
}

// Cholesky returns the lower triangular L with L·Lᵀ = x, or rather the mean of x and
// its transpose, which makes the gradient symmetric. It panics with a *CholeskyError
// if that is not positive definite. It takes n³/3 operations for n×n, and Backward
// about nine times as many (Giles 2008 section 3.2; Murray 2016 equation 10).
//
// With L, log det x is 2·Σ log of its [Var.Diagonal], and bᵀ·x⁻¹·b the sum of the
// squares of L.SolveLower(b).
func (x Var[T]) Cholesky() Var[T] {
	in := x.Node()
	n := in.square("Cholesky")
	l := x.like(choleskyOp[T]{})
	for i := range n {
		row := l.value[i*n : (i+1)*n]
		for j := range i + 1 {
			above := l.value[j*n : j*n+j]
			v := (in.value[i*n+j]+in.value[j*n+i])/2 - kernel.Dot(row[:j], above)
			switch {
			case j < i:
				row[j] = v / l.value[j*n+j]
			case v > 0 && !math.IsInf(float64(v), 1):
				row[j] = T(math.Sqrt(float64(v)))
			default:
				panic(&CholeskyError{Pivot: i, Value: float64(v)})
			}
		}
		clear(row[i+1:])
	}
	return l.Var()
}

// square returns the number of rows of a square matrix.
func (n *Node[T]) square(op string) int {
	if len(n.shape) != 2 || n.shape[0] != n.shape[1] {
		wrongShape(op, "it has to be a square matrix", n)
	}
	return n.shape[0]
}

type choleskyOp[T Float] struct{}

func (choleskyOp[T]) Name() string { return "Cholesky" }

// With Φ, which takes the lower triangle and halves the diagonal, the gradient is
// half of S + Sᵀ for S = L⁻ᵀ·Φ(Lᵀ·G)·L⁻¹, where G is that of L. The upper triangle of G
// has no part in it.
func (choleskyOp[T]) Backward(l *Node[T]) {
	dx := l.Add(0)
	if dx == nil {
		return
	}
	n := l.shape[0]
	p := l.tape.values.take(n * n)
	kernel.Gemm(true, false, n, n, n, 1, l.value, n, l.grad, n, 0, p, n, l.tape.Workers)
	for i := range n {
		p[i*n+i] /= 2
		clear(p[i*n+i+1 : (i+1)*n])
	}
	solveTriangular(false, true, n, n, l.value, p)
	flip(n, p)
	solveTriangular(false, true, n, n, l.value, p)
	for i := range n {
		for j := range n {
			dx[i*n+j] += (p[i*n+j] + p[j*n+i]) / 2
		}
	}
}

// flip transposes a square matrix in place.
func flip[T Float](n int, x []T) {
	for i := range n {
		for j := range i {
			x[i*n+j], x[j*n+i] = x[j*n+i], x[i*n+j]
		}
	}
}

func (choleskyOp[T]) Chain(n *Node[T], grad Var[T]) {
	l := n.Var()
	p := l.TMatMul(grad).Mul(n.triangle(0.5))
	s := l.SolveLowerT(l.SolveLowerT(p).Transpose())
	n.Give(0, s.Add(s.Transpose()).Scale(0.5))
}

// triangle returns a constant, in the shape of n, of ones below the diagonal and zeros
// above.
func (n *Node[T]) triangle(diagonal T) Var[T] {
	c := n.tape.zeros(n.shape)
	size := n.shape[0]
	for i := range size {
		for j := range i {
			c.value[i*size+j] = 1
		}
		c.value[i*size+i] = diagonal
	}
	return c.Var()
}

// Diagonal returns the diagonal of a square matrix.
func (x Var[T]) Diagonal() Var[T] {
	in := x.Node()
	size := in.square("Diagonal")
	n := in.tape.Record(gatherOp[T]{}, in.shape[:1], x)
	n.Ints = diagonal(n.tape, size)
	n.gather()
	return n.Var()
}

// Diag returns the square matrix that has x, a vector, on its diagonal, and zeros
// beside it.
func (x Var[T]) Diag() Var[T] {
	in := x.Node()
	if len(in.shape) != 1 {
		wrongShape("Diag", "it has to be a vector", in)
	}
	size := in.shape[0]
	shape := in.tape.ints.take(2)
	shape[0], shape[1] = size, size
	return x.scatter(shape, diagonal(in.tape, size))
}

// diagonal returns, as gatherOp wants it, where the diagonal is.
func diagonal[T Float](t *Tape[T], size int) []int {
	blocks := t.ints.take(1 + size)
	blocks[0] = 1
	for i := range size {
		blocks[1+i] = i * (size + 1)
	}
	return blocks
}
