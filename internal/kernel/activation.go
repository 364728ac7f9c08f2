package kernel

// Rectifiers, and the gradients of activations: they add to dst, which may be any of
// the sources, what reaches the argument of a gradient g of the result.

// ReLU writes x where x > 0 and slope·x elsewhere to dst, for each x of src. Slope 0
// gives the plain rectifier, which is 0 at −Inf. NaN stays NaN.
func ReLU[T Float](slope T, dst, src []T) {
	wantLen("the destination", len(dst), len(src))
	if slope == 0 {
		active[T]().relu(dst, src)
	} else {
		active[T]().leaky(slope, dst, src)
	}
}

// ReLUGrad adds g where x > 0 and slope·g elsewhere to dst. With slope 0 it adds
// nothing there, even if g is infinite. For slope ≥ 0, x may as well be the result.
func ReLUGrad[T Float](slope T, dst, x, g []T) {
	wantSame(dst, x, g)
	if slope == 0 {
		active[T]().reluGrad(dst, x, g)
	} else {
		active[T]().leakyGrad(slope, dst, x, g)
	}
}

// SigmoidGrad adds g·y·(1 − y) to dst, where y is the logistic function's value.
func SigmoidGrad[T Float](dst, y, g []T) {
	wantSame(dst, y, g)
	active[T]().sigmoidGrad(dst, y, g)
}

// TanhGrad adds g·(1 − y²) to dst, where y is the hyperbolic tangent's value.
func TanhGrad[T Float](dst, y, g []T) {
	wantSame(dst, y, g)
	active[T]().tanhGrad(dst, y, g)
}
