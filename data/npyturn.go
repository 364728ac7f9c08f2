package data

// Fortran order, in which the first index runs fastest, turned into C order.

// turn returns the values of an array in C order that are given in Fortran order.
func turn(values any, shape []int) any {
	switch v := values.(type) {
	case []bool:
		return turned(v, shape)
	case []uint8:
		return turned(v, shape)
	case []int8:
		return turned(v, shape)
	case []uint16:
		return turned(v, shape)
	case []int16:
		return turned(v, shape)
	case []uint32:
		return turned(v, shape)
	case []int32:
		return turned(v, shape)
	case []uint64:
		return turned(v, shape)
	case []int64:
		return turned(v, shape)
	case []float32:
		return turned(v, shape)
	case []float64:
		return turned(v, shape)
	}
	panic("data: no values to turn")
}

func turned[T any](in []T, shape []int) []T {
	out := make([]T, len(in))
	last := len(shape) - 1
	stride := make([]int, len(shape)) // in Fortran order
	for i, s := 0, 1; i <= last; i++ {
		stride[i] = s
		s *= shape[i]
	}
	index := make([]int, last) // of all dimensions but the last
	for at, from := 0, 0; at < len(out); {
		for j := range shape[last] {
			out[at+j] = in[from+j*stride[last]]
		}
		at += shape[last]
		for d := last - 1; d >= 0; d-- {
			from += stride[d]
			if index[d]++; index[d] < shape[d] {
				break
			}
			from -= shape[d] * stride[d]
			index[d] = 0
		}
	}
	return out
}
