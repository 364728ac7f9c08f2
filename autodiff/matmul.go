package autodiff

import (
	"slices"

	"github.com/belief-go/belief/internal/kernel"
)

// MatMul returns the product of matrices x·y. Leading dimensions are a batch: x of
// shape …×m×k and y of k×n give …×m×n, and so does y of …×k×n with the same leading
// dimensions, matrix by matrix. It takes 2·m·k·n operations for each, and Backward
// twice as many.
func (x Var[T]) MatMul(y Var[T]) Var[T] { return matMul("MatMul", x, y, false, false) }

// MatMulT returns x·yᵀ: x of …×m×k and y of n×k, or …×n×k, give …×m×n.
func (x Var[T]) MatMulT(y Var[T]) Var[T] { return matMul("MatMulT", x, y, false, true) }

// TMatMul returns xᵀ·y: x of …×k×m and y of …×k×n, with the same leading dimensions,
// give …×m×n.
func (x Var[T]) TMatMul(y Var[T]) Var[T] { return matMul("TMatMul", x, y, true, false) }

// A node of matMulOp keeps in Ints its batch, m, n, k, and which factor is transposed.
type matMulOp[T Float] struct{}

const (
	plain = iota
	firstTransposed
	secondTransposed
)

func (matMulOp[T]) Name() string { return "MatMul" }

func matMul[T Float](name string, x, y Var[T], transA, transB bool) Var[T] {
	t := x.Tape()
	a, b := x.node(t), y.node(t)
	ra, rb := len(a.shape), len(b.shape)
	if ra < 2 || rb < 2 || (rb > 2 || transA) && (ra != rb || !slices.Equal(a.shape[:ra-2], b.shape[:rb-2])) {
		wrongShape(name, "", a, b)
	}
	m, k, kb, n := a.shape[ra-2], a.shape[ra-1], b.shape[rb-2], b.shape[rb-1]
	way := plain
	if transA {
		m, k, way = k, m, firstTransposed
	}
	if transB {
		kb, n, way = n, kb, secondTransposed
	}
	if k != kb {
		wrongShape(name, "", a, b)
	}
	shape := t.ints.take(ra)
	copy(shape, a.shape[:ra-2])
	shape[ra-2], shape[ra-1] = m, n
	batch := 1
	for _, d := range a.shape[:ra-2] {
		batch *= d
	}
	if rb == 2 {
		batch, m = 1, batch*m
	}
	c := t.Record(matMulOp[T]{}, shape, x, y)
	c.Ints = t.ints.take(5)
	c.Ints[0], c.Ints[1], c.Ints[2], c.Ints[3], c.Ints[4] = batch, m, n, k, way
	lda, ldb := k, n
	if transA {
		lda = m
	}
	if transB {
		ldb = k
	}
	for i := range batch {
		kernel.Gemm(transA, transB, m, n, k, 1, a.value[i*m*k:(i+1)*m*k], lda, b.value[i*k*n:(i+1)*k*n], ldb, 0, c.value[i*m*n:(i+1)*m*n], n, t.Workers)
	}
	return c.Var()
}

func (matMulOp[T]) Backward(c *Node[T]) {
	batch, m, n, k, way := c.Ints[0], c.Ints[1], c.Ints[2], c.Ints[3], c.Ints[4]
	a, b, workers := c.inputs[0], c.inputs[1], c.tape.Workers
	if a.needs {
		grad, beta := into(a)
		for i := range batch {
			g, y, d := c.grad[i*m*n:(i+1)*m*n], b.value[i*k*n:(i+1)*k*n], grad[i*m*k:(i+1)*m*k]
			switch way {
			case plain:
				kernel.Gemm(false, true, m, k, n, 1, g, n, y, n, beta, d, k, workers)
			case secondTransposed:
				kernel.Gemm(false, false, m, k, n, 1, g, n, y, k, beta, d, k, workers)
			case firstTransposed:
				kernel.Gemm(false, true, k, m, n, 1, y, n, g, n, beta, d, m, workers)
			}
		}
	}
	if b.needs {
		grad, beta := into(b)
		for i := range batch {
			g, x, d := c.grad[i*m*n:(i+1)*m*n], a.value[i*m*k:(i+1)*m*k], grad[i*k*n:(i+1)*k*n]
			switch way {
			case plain:
				kernel.Gemm(true, false, k, n, m, 1, x, k, g, n, beta, d, n, workers)
			case secondTransposed:
				kernel.Gemm(true, false, n, k, m, 1, g, n, x, k, beta, d, k, workers)
			case firstTransposed:
				kernel.Gemm(false, false, k, n, m, 1, x, m, g, n, beta, d, n, workers)
			}
		}
	}
}

// into returns the gradient of a node and what to multiply it by before adding.
func into[T Float](n *Node[T]) (grad []T, beta T) {
	grad, fresh := n.Into()
	if fresh {
		return grad, 0
	}
	return grad, 1
}

func (matMulOp[T]) Chain(c *Node[T], g Var[T]) {
	a, b := c.inputs[0].Var(), c.inputs[1].Var()
	if c.OnPath(0) {
		switch c.Ints[4] {
		case plain:
			c.Give(0, g.MatMulT(b))
		case secondTransposed:
			c.Give(0, g.MatMul(b))
		case firstTransposed:
			c.Give(0, b.MatMulT(g))
		}
	}
	if c.OnPath(1) {
		if len(b.Shape()) == 2 && len(a.Shape()) > 2 { // one matrix for the whole batch
			a, g = a.Reshape(-1, a.Dim(-1)), g.Reshape(-1, g.Dim(-1))
		}
		switch c.Ints[4] {
		case plain:
			c.Give(1, a.TMatMul(g))
		case secondTransposed:
			c.Give(1, g.TMatMul(a))
		case firstTransposed:
			c.Give(1, a.MatMul(g))
		}
	}
}
