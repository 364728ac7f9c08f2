package kernel

import "math"

// Softmax writes eˣ/Σeˣ over the numbers of src to dst, which may be src, and
// returns log Σeˣ. If the largest is infinite, it is the result, and dst is NaN. What
// would not be a normal number may be zero.
func Softmax[T Float](dst, src []T) (logSum T) {
	wantLen("the destination", len(dst), len(src))
	most, sum := softmax(dst, src)
	return logOf(most, sum)
}

// softmax returns the largest of src and Σexp(x − largest), 1 if it is infinite.
func softmax[T Float](dst, src []T) (most, sum T) {
	k := active[T]()
	most = k.max(src)
	if math.IsInf(float64(most), 0) {
		for i := range dst {
			dst[i] = T(math.NaN())
		}
		return most, 1
	}
	sum = k.expSum(most, dst, src)
	k.scale(1/sum, dst, dst)
	return most, sum
}

func logOf[T Float](most, sum T) T { return most + T(math.Log(float64(sum))) }

// SoftmaxRows is [Softmax] for each of the rows of a matrix of rows×cols without gaps,
// with the logarithms of the sums in logSums, unless that is nil.
func SoftmaxRows[T Float](rows, cols int, dst, src, logSums []T) {
	wantLen("the destination", len(dst), rows*cols)
	wantLen("the source", len(src), rows*cols)
	if logSums != nil {
		wantLen("logSums", len(logSums), rows)
	}
	for i := range rows {
		most, sum := softmax(dst[i*cols:(i+1)*cols], src[i*cols:(i+1)*cols])
		if logSums != nil {
			logSums[i] = logOf(most, sum)
		}
	}
}

// LogSumExp returns log Σeˣ over src, without overflow: −Inf if there is nothing,
// +Inf if an x is.
func LogSumExp[T Float](src []T) T {
	most := Max(src)
	if math.IsInf(float64(most), 0) {
		return most
	}
	return logOf(most, active[T]().sumExp(most, src))
}
