package autodiff

import "github.com/belief-go/belief/internal/kernel"

// Systems of linear equations with a triangular matrix, of which only that triangle is
// looked at. The right-hand side is a vector or the columns of a matrix. Each takes n²
// operations for a column. A zero on the diagonal gives infinities or NaN.

// SolveLower returns the y with L·y = b, where L is the lower triangle of x.
func (x Var[T]) SolveLower(b Var[T]) Var[T] { return solve("SolveLower", x, b, false, false) }

// SolveLowerT returns the y with Lᵀ·y = b, where L is the lower triangle of x.
func (x Var[T]) SolveLowerT(b Var[T]) Var[T] { return solve("SolveLowerT", x, b, false, true) }

// SolveUpper returns the y with U·y = b, where U is the upper triangle of x.
func (x Var[T]) SolveUpper(b Var[T]) Var[T] { return solve("SolveUpper", x, b, true, false) }

// SolveUpperT returns the y with Uᵀ·y = b, where U is the upper triangle of x.
func (x Var[T]) SolveUpperT(b Var[T]) Var[T] { return solve("SolveUpperT", x, b, true, true) }

func solve[T Float](name string, x, b Var[T], upper, trans bool) Var[T] {
	t := x.Tape()
	a, right := x.node(t), b.node(t)
	size := a.square(name)
	if rank := len(right.shape); rank < 1 || rank > 2 || right.shape[0] != size {
		wrongShape(name, "", a, right)
	}
	n := t.Record(solveOp[T]{}, right.shape, x, b)
	n.Ints = t.ints.take(3)
	n.Ints[0], n.Ints[1], n.Ints[2] = 0, 0, columns(right)
	if upper {
		n.Ints[0] = 1
	}
	if trans {
		n.Ints[1] = 1
	}
	copy(n.value, right.value)
	solveTriangular(upper, trans, size, n.Ints[2], a.value, n.value)
	return n.Var()
}

func columns[T Float](n *Node[T]) int {
	if len(n.shape) == 2 {
		return n.shape[1]
	}
	return 1
}

// A node of solveOp keeps in Ints whether the matrix is upper triangular, whether it
// is transposed, and the number of columns.
type solveOp[T Float] struct{}

func (solveOp[T]) Name() string { return "Solve" }

// The gradient of b is that of y, solved with the transposed matrix; that of the
// matrix is the triangle of −db·yᵀ, or of its transpose (Giles 2008 section 2.3.1).
func (solveOp[T]) Backward(n *Node[T]) {
	upper, trans, cols := n.Ints[0] == 1, n.Ints[1] == 1, n.Ints[2]
	a := n.inputs[0]
	size := a.shape[0]
	db := n.tape.values.take(len(n.value))
	copy(db, n.grad)
	solveTriangular(upper, !trans, size, cols, a.value, db)
	n.pass(1, db)
	da := n.Add(0)
	if da == nil {
		return
	}
	left, right := db, n.value
	if trans {
		left, right = right, left
	}
	for i := range size {
		from, to := 0, i+1
		if upper {
			from, to = i, size
		}
		row := left[i*cols : (i+1)*cols]
		for j := from; j < to; j++ {
			da[i*size+j] -= kernel.Dot(row, right[j*cols:(j+1)*cols])
		}
	}
}

func (n *Node[T]) solveAgain(b Var[T]) Var[T] {
	return solve("Solve", n.inputs[0].Var(), b, n.Ints[0] == 1, n.Ints[1] == 0)
}

func (solveOp[T]) Chain(n *Node[T], grad Var[T]) {
	a := n.inputs[0]
	db := n.solveAgain(grad)
	n.Give(1, db)
	if !n.OnPath(0) {
		return
	}
	left, right := db.Reshape(a.shape[0], n.Ints[2]), n.Var().Reshape(a.shape[0], n.Ints[2])
	if n.Ints[1] == 1 {
		left, right = right, left
	}
	mask := a.triangle(1)
	if n.Ints[0] == 1 {
		mask = mask.Transpose()
	}
	n.Give(0, left.MatMulT(right).Mul(mask).Neg())
}

// solveTriangular replaces the columns of b, n×m, by the solutions for the lower or
// upper triangle of a.
func solveTriangular[T Float](upper, trans bool, n, m int, a, b []T) {
	for k := range n {
		i := k // in the order in which they can be solved
		if upper != trans {
			i = n - 1 - k
		}
		from, to := 0, i // beside the diagonal
		if upper {
			from, to = i+1, n
		}
		row, x := a[i*n+from:i*n+to], b[i*m:(i+1)*m]
		if !trans {
			if m == 1 {
				x[0] -= kernel.Dot(row, b[from:to])
			} else {
				for j, v := range row {
					kernel.Axpy(-v, b[(from+j)*m:(from+j+1)*m], x)
				}
			}
		}
		for j := range x {
			x[j] /= a[i*n+i]
		}
		if trans {
			if m == 1 {
				kernel.Axpy(-x[0], row, b[from:to])
			} else {
				for j, v := range row {
					kernel.Axpy(-v, x, b[(from+j)*m:(from+j+1)*m])
				}
			}
		}
	}
}
