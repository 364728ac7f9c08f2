package kernel

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// operations is one implementation of the loops over slices of any length for one
// element type. Their arguments have been checked. What a loop writes for an element
// does not depend on the element's place.
type operations[T Float] struct {
	exp, log, log1p, expm1  func(dst, src []T)
	sigmoid, tanh, softplus func(dst, src []T)

	add, sub, mul, div, mulAdd      func(dst, a, b []T)
	reluGrad, sigmoidGrad, tanhGrad func(dst, x, g []T)
	leakyGrad                       func(slope T, dst, x, g []T)
	scale, addConst, leaky          func(c T, dst, src []T)
	squareFrom, addSquareFrom       func(c T, dst, src []T)
	sqrt, relu                      func(dst, src []T)
	axpy                            func(alpha T, x, y []T)

	max, min        func(src []T) T
	sum, sumSquares func(x []T) T
	dot             func(x, y []T) T
	mulSum          func(dst, a, b []T) T
	squaredDistance func(a, b []T) T
	sumExp          func(shift T, src []T) T
	expSum          func(shift T, dst, src []T) T
	dotExp          func(start, scale T, w, x []T) T

	addRow, sumRows func(rows int, matrix, row []T)
	maxPlus         func(rows int, matrix, row, x []T)

	// The scalars are those of Adam, prepared.
	adam               func(beta1, rest1, beta2, rest2, step, c2, eps, decay T, w, m, v, g []T)
	momentum, nesterov func(rate, mu T, w, vel, g []T)
	rmsProp            func(rate, rho, rest, eps T, w, v, g []T)
}

func genericOperations[T Float]() *operations[T] {
	return &operations[T]{
		exp: mapped[T](genericExp), log: mapped[T](careful.Log), log1p: mapped[T](math.Log1p), expm1: mapped[T](genericExpm1),
		sigmoid: mapped[T](sigmoid), tanh: mapped[T](math.Tanh), softplus: mapped[T](softplus),
		add: genericAdd[T], sub: genericSub[T], mul: genericMul[T], div: genericDiv[T], mulAdd: genericMulAdd[T],
		reluGrad: genericReLUGrad[T], sigmoidGrad: genericSigmoidGrad[T], tanhGrad: genericTanhGrad[T],
		leakyGrad: genericLeakyGrad[T],
		scale:     genericScale[T], addConst: genericAddConst[T], leaky: genericLeaky[T],
		sqrt: genericSqrt[T], relu: genericReLU[T],
		axpy:       genericAxpy[T],
		squareFrom: genericSquareFrom[T], addSquareFrom: genericAddSquareFrom[T],
		max: genericMax[T], min: genericMin[T], sum: genericSum[T], dot: genericDot[T], mulSum: genericMulSum[T], sumSquares: genericSumSquares[T], squaredDistance: genericSquaredDistance[T],
		sumExp: genericSumExp[T], expSum: genericExpSum[T], dotExp: genericDotExp[T],
		addRow: genericAddRow[T], sumRows: genericSumRows[T], maxPlus: genericMaxPlus[T],
		adam: genericAdam[T], momentum: genericMomentum[T], nesterov: genericNesterov[T], rmsProp: genericRMSProp[T],
	}
}

func genericAdd[T Float](dst, a, b []T) {
	dst, b = dst[:len(a)], b[:len(a)]
	for i, x := range a {
		dst[i] = x + b[i]
	}
}

func genericSub[T Float](dst, a, b []T) {
	dst, b = dst[:len(a)], b[:len(a)]
	for i, x := range a {
		dst[i] = x - b[i]
	}
}

func genericMul[T Float](dst, a, b []T) {
	dst, b = dst[:len(a)], b[:len(a)]
	for i, x := range a {
		dst[i] = x * b[i]
	}
}

func genericDiv[T Float](dst, a, b []T) {
	dst, b = dst[:len(a)], b[:len(a)]
	for i, x := range a {
		dst[i] = x / b[i]
	}
}

func genericMulAdd[T Float](dst, a, b []T) {
	dst, b = dst[:len(a)], b[:len(a)]
	for i, x := range a {
		dst[i] += x * b[i]
	}
}

func genericAxpy[T Float](alpha T, x, y []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += alpha * v
	}
}

func genericScale[T Float](alpha T, dst, src []T) {
	dst = dst[:len(src)]
	for i, x := range src {
		dst[i] = alpha * x
	}
}

func genericAddConst[T Float](c T, dst, src []T) {
	dst = dst[:len(src)]
	for i, x := range src {
		dst[i] = x + c
	}
}

func genericSqrt[T Float](dst, src []T) {
	dst = dst[:len(src)]
	for i, x := range src {
		dst[i] = T(math.Sqrt(float64(x)))
	}
}

func genericReLU[T Float](dst, src []T) {
	dst = dst[:len(src)]
	for i, x := range src {
		if x <= 0 {
			x = 0
		}
		dst[i] = x
	}
}

func genericLeaky[T Float](slope T, dst, src []T) {
	dst = dst[:len(src)]
	for i, x := range src {
		if !(x > 0) {
			x *= slope
		}
		dst[i] = x
	}
}

func genericReLUGrad[T Float](dst, x, g []T) {
	dst, g = dst[:len(x)], g[:len(x)]
	for i, v := range x {
		if v > 0 {
			dst[i] += g[i]
		}
	}
}

func genericLeakyGrad[T Float](slope T, dst, x, g []T) {
	dst, g = dst[:len(x)], g[:len(x)]
	for i, v := range x {
		d := g[i]
		if !(v > 0) {
			d *= slope
		}
		dst[i] += d
	}
}

func genericSigmoidGrad[T Float](dst, y, g []T) {
	dst, g = dst[:len(y)], g[:len(y)]
	for i, v := range y {
		dst[i] += g[i] * (v * (1 - v))
	}
}

func genericTanhGrad[T Float](dst, y, g []T) {
	dst, g = dst[:len(y)], g[:len(y)]
	for i, v := range y {
		dst[i] += g[i] * ((1 - v) * (1 + v))
	}
}

func genericSquareFrom[T Float](c T, dst, src []T) {
	dst = dst[:len(src)]
	for i, x := range src {
		d := x - c
		dst[i] = d * d
	}
}

func genericAddSquareFrom[T Float](c T, dst, src []T) {
	dst = dst[:len(src)]
	for i, x := range src {
		d := x - c
		dst[i] += d * d
	}
}

func genericMin[T Float](src []T) T {
	least := T(math.Inf(1))
	for _, x := range src {
		if x < least || x != x {
			least = x
		}
	}
	return least
}

func genericMax[T Float](src []T) T {
	most := T(math.Inf(-1))
	for _, x := range src {
		if x > most || x != x {
			most = x
		}
	}
	return most
}

// The sums have four accumulators, so that they are not as slow as an addition.

func genericSum[T Float](x []T) T {
	var s0, s1, s2, s3 T
	n := len(x) &^ 3
	for i := 0; i < n; i += 4 {
		x := x[i : i+4 : i+4]
		s0 += x[0]
		s1 += x[1]
		s2 += x[2]
		s3 += x[3]
	}
	for _, v := range x[n:] {
		s0 += v
	}
	return s0 + s1 + (s2 + s3)
}

func genericDot[T Float](x, y []T) T {
	var s0, s1, s2, s3 T
	n := len(x) &^ 3
	for i := 0; i < n; i += 4 {
		x, y := x[i:i+4:i+4], y[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for i := n; i < len(x); i++ {
		s0 += x[i] * y[i]
	}
	return s0 + s1 + (s2 + s3)
}

func genericMulSum[T Float](dst, a, b []T) T {
	genericMul(dst, a, b)
	return genericSum(dst)
}

func genericSumSquares[T Float](x []T) T {
	var s0, s1, s2, s3 T
	n := len(x) &^ 3
	for i := 0; i < n; i += 4 {
		x := x[i : i+4 : i+4]
		s0 += x[0] * x[0]
		s1 += x[1] * x[1]
		s2 += x[2] * x[2]
		s3 += x[3] * x[3]
	}
	for _, v := range x[n:] {
		s0 += v * v
	}
	return s0 + s1 + (s2 + s3)
}

func genericSquaredDistance[T Float](a, b []T) T {
	var s0, s1, s2, s3 T
	n := len(a) &^ 3
	for i := 0; i < n; i += 4 {
		a, b := a[i:i+4:i+4], b[i:i+4:i+4]
		d0, d1, d2, d3 := a[0]-b[0], a[1]-b[1], a[2]-b[2], a[3]-b[3]
		s0 += d0 * d0
		s1 += d1 * d1
		s2 += d2 * d2
		s3 += d3 * d3
	}
	for i := n; i < len(a); i++ {
		d := a[i] - b[i]
		s0 += d * d
	}
	return s0 + s1 + (s2 + s3)
}

func genericSumExp[T Float](shift T, src []T) T {
	s := 0.0
	for _, x := range src {
		s += genericExp(float64(x - shift))
	}
	return T(s)
}

func genericExpSum[T Float](shift T, dst, src []T) T {
	s := 0.0
	for i, x := range src {
		e := genericExp(float64(x - shift))
		dst[i] = T(e)
		s += e
	}
	return T(s)
}

func genericDotExp[T Float](start, scale T, w, x []T) T {
	s := 0.0
	for i, v := range x {
		s += float64(w[i]) * genericExp(float64(start)+float64(scale)*float64(v))
	}
	return T(s)
}

func genericAddRow[T Float](rows int, matrix, row []T) {
	for i := range rows {
		r := matrix[i*len(row) : (i+1)*len(row)]
		genericAdd(r, r, row)
	}
}

func genericSumRows[T Float](rows int, matrix, row []T) {
	for i := range rows {
		genericAdd(row, row, matrix[i*len(row):(i+1)*len(row)])
	}
}

func genericMaxPlus[T Float](rows int, matrix, row, x []T) {
	for i := range rows {
		c := x[i]
		for j, v := range matrix[i*len(row) : (i+1)*len(row)] {
			if v += c; v > row[j] {
				row[j] = v
			}
		}
	}
}

func genericAdam[T Float](beta1, rest1, beta2, rest2, step, c2, eps, decay T, w, m, v, g []T) {
	w, m, v = w[:len(g)], m[:len(g)], v[:len(g)]
	for i, d := range g {
		mean := beta1*m[i] + rest1*d
		square := beta2*v[i] + rest2*d*d
		m[i], v[i] = mean, square
		w[i] -= step*mean/(T(math.Sqrt(float64(c2*square)))+eps) + decay*w[i]
	}
}

func genericMomentum[T Float](rate, mu T, w, vel, g []T) {
	w, vel = w[:len(g)], vel[:len(g)]
	for i, d := range g {
		vel[i] = mu*vel[i] - rate*d
		w[i] += vel[i]
	}
}

func genericNesterov[T Float](rate, mu T, w, vel, g []T) {
	w, vel = w[:len(g)], vel[:len(g)]
	for i, d := range g {
		vel[i] = mu*vel[i] - rate*d
		w[i] += mu*vel[i] - rate*d
	}
}

func genericRMSProp[T Float](rate, rho, rest, eps T, w, v, g []T) {
	w, v = w[:len(g)], v[:len(g)]
	for i, d := range g {
		v[i] = rho*v[i] + rest*d*d
		w[i] -= rate * d / (T(math.Sqrt(float64(v[i]))) + eps)
	}
}
