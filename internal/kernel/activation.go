package kernel

// Rectifiers, and the gradients of activations: they add to dst, which may be any of
// the sources, what reaches the argument of a gradient g of the result.

// ReLU writes x where x > 0 and slope·x elsewhere to dst, for each x of src. Slope 0
// gives the plain rectifier, which is 0 at −Inf. NaN stays NaN.
func ReLU[T Float](slope T, dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	if slope == 0 {
		for i, x := range src {
			if x <= 0 {
				x = 0
			}
			dst[i] = x
		}
		return
	}
	for i, x := range src {
		if !(x > 0) {
			x *= slope
		}
		dst[i] = x
	}
}

// ReLUGrad adds g where x > 0 and slope·g elsewhere to dst. With slope 0 it adds
// nothing there, even if g is infinite. For slope ≥ 0, x may as well be the result.
func ReLUGrad[T Float](slope T, dst, x, g []T) {
	wantSame(dst, x, g)
	for i, v := range x {
		if v > 0 {
			dst[i] += g[i]
		} else if slope != 0 {
			dst[i] += slope * g[i]
		}
	}
}

// SigmoidGrad adds g·y·(1 − y) to dst, where y is the logistic function's value.
func SigmoidGrad[T Float](dst, y, g []T) {
	wantSame(dst, y, g)
	for i, v := range y {
		dst[i] += g[i] * (v * (1 - v))
	}
}

// TanhGrad adds g·(1 − y²) to dst, where y is the hyperbolic tangent's value.
func TanhGrad[T Float](dst, y, g []T) {
	wantSame(dst, y, g)
	for i, v := range y {
		dst[i] += g[i] * ((1 - v) * (1 + v))
	}
}
