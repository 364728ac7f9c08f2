package kernel

// Max returns the largest of src, NaN if there is one, −Inf if there is nothing.
func Max[T Float](src []T) T { return active[T]().max(src) }

// Min returns the smallest of src, NaN if there is one, +Inf if there is nothing.
func Min[T Float](src []T) T { return active[T]().min(src) }

// SumSquares returns the sum of the squares of x.
func SumSquares[T Float](x []T) T { return active[T]().sumSquares(x) }

// MulSum writes a·b to dst, and returns the sum of what it writes.
func MulSum[T Float](dst, a, b []T) T {
	wantSame(dst, a, b)
	return active[T]().mulSum(dst, a, b)
}

// SquaredDistance returns the sum of the squares of a − b.
func SquaredDistance[T Float](a, b []T) T {
	wantLen("the second source", len(b), len(a))
	return active[T]().squaredDistance(a, b)
}

// DotExp returns Σ w·exp(start + scale·x), with the argument rounded once where the
// processor can. An exponential above e⁷⁰⁹, e⁸⁸ in single precision, may count as
// infinite, and one below e⁻⁷⁰⁸, e⁻⁸⁷, as zero.
func DotExp[T Float](start, scale T, w, x []T) T {
	wantLen("x", len(x), len(w))
	return active[T]().dotExp(start, scale, w, x)
}

// AddRow adds row to each of the rows of dst, a matrix of rows×cols without gaps, as
// a bias is added to a batch.
func AddRow[T Float](rows, cols int, dst, row []T) {
	wantLen("the destination", len(dst), rows*cols)
	wantLen("the row", len(row), cols)
	active[T]().addRow(rows, dst, row)
}

// SumRows adds the sum of the rows of src, a matrix of rows×cols without gaps, to dst.
func SumRows[T Float](rows, cols int, dst, src []T) {
	wantLen("the destination", len(dst), cols)
	wantLen("the source", len(src), rows*cols)
	active[T]().sumRows(rows, src, dst)
}

// MaxPlus raises dst to the largest x_i + a_ij, for the column j of each of its numbers,
// where a is a matrix of len(x)×len(dst) without gaps: a product of a vector and a matrix
// in which maxima stand for sums and sums for products. A NaN is passed over.
func MaxPlus[T Float](dst, x, a []T) {
	wantLen("the matrix", len(a), len(x)*len(dst))
	active[T]().maxPlus(len(x), a, dst, x)
}
