package process

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/dist"
)

// The kernels that depend on the scaled distance r² = Σ_d ((x_d − y_d)/ℓ_d)² alone.

// SquaredExponential is the kernel of functions with all derivatives,
//
//	k(x, y) = σ² exp(−r²/2)
//
// (Rasmussen & Williams 2006, equations 4.9 and 5.1).
type SquaredExponential struct {
	Sigma float64 // σ
	// Length is one length scale ℓ for all coordinates, or one for each, which
	// then tell which coordinates matter.
	Length []float64
}

// Eval implements [Kernel].
func (k SquaredExponential) Eval(x, y []float64, _ bool) float64 {
	return k.Sigma * k.Sigma * math.Exp(-0.5*squareDistance(k.Length, x, y))
}

// GradTo implements [Kernel].
func (k SquaredExponential) GradTo(dst, x, y []float64, _ bool) float64 {
	v := k.Sigma * k.Sigma * math.Exp(-0.5*squareDistance(k.Length, x, y))
	dst[0] = 2 * v
	gradLength(dst[1:], k.Length, x, y, v)
	return v
}

// NumParams implements [Kernel].
func (k SquaredExponential) NumParams() int { return 1 + len(k.Length) }

// ParamsTo implements [Kernel].
func (k SquaredExponential) ParamsTo(dst []float64) { logsTo(dst, k.Sigma, k.Length) }

// WithParams implements [Kernel].
func (k SquaredExponential) WithParams(logTheta []float64) Kernel {
	sigma, length := exps(logTheta)
	return SquaredExponential{sigma, length}
}

// Validate implements [Kernel].
func (k SquaredExponential) Validate(dim int) error {
	return checkLengths("squared exponential kernel", k.Sigma, k.Length, dim)
}

// String returns "SquaredExponential(Sigma: …, Length: […])".
func (k SquaredExponential) String() string {
	return fmt.Sprintf("SquaredExponential(Sigma: %.4g, Length: %.4g)", k.Sigma, k.Length)
}

// Matern is the kernel of functions that are rougher the smaller ν is: ν − ½ times
// differentiable. With s = √(2ν) r it is σ² times
//
//	e^(−s)                 for ν = ½,
//	(1 + s) e^(−s)         for ν = 3/2,
//	(1 + s + s²/3) e^(−s)  for ν = 5/2
//
// (Rasmussen & Williams 2006, equations 4.16 to 4.18).
type Matern struct {
	Nu     float64   // ν: 0.5, 1.5 or 2.5; not a hyperparameter to be fitted
	Sigma  float64   // σ
	Length []float64 // ℓ, one for all coordinates or one for each
}

// parts returns k, and −(dk/dr)/r, which is what the length scales need.
func (k Matern) parts(x, y []float64) (value, slope float64) {
	square := squareDistance(k.Length, x, y)
	v := k.Sigma * k.Sigma
	switch k.Nu {
	case 0.5:
		r := math.Sqrt(square)
		v *= math.Exp(-r)
		if r == 0 {
			return v, 0 // where the slope is multiplied by zero
		}
		return v, v / r
	case 1.5:
		s := math.Sqrt(3 * square)
		v *= math.Exp(-s)
		return v * (1 + s), 3 * v
	case 2.5:
		s := math.Sqrt(5 * square)
		v *= math.Exp(-s)
		return v * (1 + s + s*s/3), 5.0 / 3 * v * (1 + s)
	}
	return math.NaN(), math.NaN()
}

// Eval implements [Kernel].
func (k Matern) Eval(x, y []float64, _ bool) float64 {
	v, _ := k.parts(x, y)
	return v
}

// GradTo implements [Kernel].
func (k Matern) GradTo(dst, x, y []float64, _ bool) float64 {
	v, slope := k.parts(x, y)
	dst[0] = 2 * v
	gradLength(dst[1:], k.Length, x, y, slope)
	return v
}

// NumParams implements [Kernel].
func (k Matern) NumParams() int { return 1 + len(k.Length) }

// ParamsTo implements [Kernel].
func (k Matern) ParamsTo(dst []float64) { logsTo(dst, k.Sigma, k.Length) }

// WithParams implements [Kernel].
func (k Matern) WithParams(logTheta []float64) Kernel {
	sigma, length := exps(logTheta)
	return Matern{k.Nu, sigma, length}
}

// Validate implements [Kernel].
func (k Matern) Validate(dim int) error {
	if k.Nu != 0.5 && k.Nu != 1.5 && k.Nu != 2.5 {
		return &dist.ParameterError{Distribution: "matern kernel", Parameter: "Nu", Value: k.Nu, Want: "0.5, 1.5 or 2.5"}
	}
	return checkLengths("matern kernel", k.Sigma, k.Length, dim)
}

// String returns "Matern(Nu: …, Sigma: …, Length: […])".
func (k Matern) String() string {
	return fmt.Sprintf("Matern(Nu: %g, Sigma: %.4g, Length: %.4g)", k.Nu, k.Sigma, k.Length)
}

// squareDistance returns r².
func squareDistance(length, x, y []float64) float64 {
	sum := 0.0
	if len(length) == 1 {
		for i, v := range x {
			d := (v - y[i]) / length[0]
			sum += d * d
		}
		return sum
	}
	for i, v := range x {
		d := (v - y[i]) / length[i]
		sum += d * d
	}
	return sum
}

// gradLength writes slope · ((x_d − y_d)/ℓ_d)² to dst, summed if there is but one
// length scale. An infinite distance times a slope of zero is zero.
func gradLength(dst, length, x, y []float64, slope float64) {
	clear(dst)
	if slope == 0 {
		return
	}
	for i, v := range x {
		j := min(i, len(length)-1)
		d := (v - y[i]) / length[j]
		dst[j] += slope * d * d
	}
}

func logsTo(dst []float64, sigma float64, length []float64) {
	dst[0] = math.Log(sigma)
	for i, l := range length {
		dst[1+i] = math.Log(l)
	}
}

func exps(logTheta []float64) (sigma float64, length []float64) {
	length = make([]float64, len(logTheta)-1)
	for i := range length {
		length[i] = math.Exp(logTheta[1+i])
	}
	return math.Exp(logTheta[0]), length
}

func checkLengths(kernel string, sigma float64, length []float64, dim int) error {
	if err := checkPositive(kernel, "Sigma", sigma); err != nil {
		return err
	}
	if len(length) != 1 && len(length) != dim {
		return &dist.ParameterError{Distribution: kernel, Parameter: "number of length scales", Value: float64(len(length)), Want: fmt.Sprintf("1 or %d", dim)}
	}
	for i, l := range length {
		if err := checkPositive(kernel, fmt.Sprintf("Length[%d]", i), l); err != nil {
			return err
		}
	}
	return nil
}
