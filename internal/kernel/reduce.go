package kernel

import "math"

// Max returns the largest of src, NaN if there is one, −Inf if there is nothing.
func Max[T Float](src []T) T {
	most := T(math.Inf(-1))
	for _, x := range src {
		if x > most || x != x {
			most = x
		}
	}
	return most
}

// SumSquares returns the sum of the squares of x.
func SumSquares[T Float](x []T) T { return Dot(x, x) }

// SquaredDistance returns the sum of the squares of a − b.
func SquaredDistance[T Float](a, b []T) (s T) {
	wantLen("the second source", len(b), len(a))
	for i, x := range a {
		d := x - b[i]
		s += d * d
	}
	return s
}

// LogSumExp returns log Σeˣ over src, without overflow: −Inf if there is nothing,
// +Inf if an x is.
func LogSumExp[T Float](src []T) T {
	most := Max(src)
	if math.IsInf(float64(most), 0) {
		return most
	}
	var sum float64
	for _, x := range src {
		sum += math.Exp(float64(x - most))
	}
	return most + T(math.Log(sum))
}

// AddRow adds row to each of the rows of dst, a matrix of rows×cols without gaps, as
// a bias is added to a batch.
func AddRow[T Float](rows, cols int, dst, row []T) {
	wantLen("the destination", len(dst), rows*cols)
	wantLen("the row", len(row), cols)
	for i := range rows {
		r := dst[i*cols : (i+1)*cols]
		Add(r, r, row)
	}
}

// SumRows adds the sum of the rows of src, a matrix of rows×cols without gaps, to dst.
func SumRows[T Float](rows, cols int, dst, src []T) {
	wantLen("the destination", len(dst), cols)
	wantLen("the source", len(src), rows*cols)
	for i := range rows {
		Add(dst, dst, src[i*cols:(i+1)*cols])
	}
}

// SoftmaxRows is [Softmax] for each of the rows of a matrix of rows×cols without gaps,
// with the logarithms of the sums in logSums, unless that is nil.
func SoftmaxRows[T Float](rows, cols int, dst, src, logSums []T) {
	wantLen("the destination", len(dst), rows*cols)
	wantLen("the source", len(src), rows*cols)
	if logSums != nil {
		wantLen("logSums", len(logSums), rows)
	}
	for i := range rows {
		s := Softmax(dst[i*cols:(i+1)*cols], src[i*cols:(i+1)*cols])
		if logSums != nil {
			logSums[i] = s
		}
	}
}
