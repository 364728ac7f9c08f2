package process

import (
	"fmt"
	"math"

	"github.com/belief-go/belief/dist"
)

// A Kernel is a covariance function k(x, y) of points, symmetric and positive
// semidefinite, with positive hyperparameters. It is an immutable value, and is
// differentiated in the logarithms of its hyperparameters, in which one searches
// without bounds.
//
// Whether x and y are one and the same observation is told by same, because equal
// points may be two observations, each with noise of its own.
type Kernel interface {
	// Eval returns k(x, y).
	Eval(x, y []float64, same bool) float64
	// GradTo writes ∂k(x, y)/∂ log θ to dst, of length NumParams, and returns
	// k(x, y).
	GradTo(dst, x, y []float64, same bool) float64
	// NumParams returns the number of hyperparameters.
	NumParams() int
	// ParamsTo writes log θ to dst, in the order of the fields.
	ParamsTo(dst []float64)
	// WithParams returns the kernel with the hyperparameters exp(log θ).
	WithParams(logTheta []float64) Kernel
	// Validate returns a [*dist.ParameterError] if a hyperparameter has no meaning
	// or the kernel does not suit points of the given dimension.
	Validate(dim int) error
	fmt.Stringer
}

// checkPositive checks one hyperparameter.
func checkPositive(kernel, param string, v float64) error {
	if !(v > 0) || math.IsInf(v, 1) {
		return &dist.ParameterError{Distribution: kernel, Parameter: param, Value: v, Want: "positive and finite"}
	}
	return nil
}

// Constant is the kernel of a constant of variance σ², which the process adds.
type Constant struct {
	Sigma float64 // σ
}

// Eval implements [Kernel].
func (k Constant) Eval(_, _ []float64, _ bool) float64 { return k.Sigma * k.Sigma }

// GradTo implements [Kernel].
func (k Constant) GradTo(dst, _, _ []float64, _ bool) float64 {
	v := k.Sigma * k.Sigma
	dst[0] = 2 * v
	return v
}

// NumParams implements [Kernel].
func (k Constant) NumParams() int { return 1 }

// ParamsTo implements [Kernel].
func (k Constant) ParamsTo(dst []float64) { dst[0] = math.Log(k.Sigma) }

// WithParams implements [Kernel].
func (k Constant) WithParams(logTheta []float64) Kernel { return Constant{math.Exp(logTheta[0])} }

// Validate implements [Kernel].
func (k Constant) Validate(int) error { return checkPositive("constant kernel", "Sigma", k.Sigma) }

// String returns "Constant(Sigma: …)".
func (k Constant) String() string { return fmt.Sprintf("Constant(Sigma: %.4g)", k.Sigma) }

// White is the kernel of independent noise of variance σ² at every observation. It
// is part of what a prediction is about; noise that only observations have is the
// field Noise of [GaussianProcess].
type White struct {
	Sigma float64 // σ
}

// Eval implements [Kernel].
func (k White) Eval(_, _ []float64, same bool) float64 {
	if same {
		return k.Sigma * k.Sigma
	}
	return 0
}

// GradTo implements [Kernel].
func (k White) GradTo(dst, x, y []float64, same bool) float64 {
	v := k.Eval(x, y, same)
	dst[0] = 2 * v
	return v
}

// NumParams implements [Kernel].
func (k White) NumParams() int { return 1 }

// ParamsTo implements [Kernel].
func (k White) ParamsTo(dst []float64) { dst[0] = math.Log(k.Sigma) }

// WithParams implements [Kernel].
func (k White) WithParams(logTheta []float64) Kernel { return White{math.Exp(logTheta[0])} }

// Validate implements [Kernel].
func (k White) Validate(int) error { return checkPositive("white kernel", "Sigma", k.Sigma) }

// String returns "White(Sigma: …)".
func (k White) String() string { return fmt.Sprintf("White(Sigma: %.4g)", k.Sigma) }

// Linear is the kernel of linear functions through the origin with independent
// slopes of variance σ², k(x, y) = σ² x·y. Add a [Constant] for the intercept.
type Linear struct {
	Sigma float64 // σ
}

// Eval implements [Kernel].
func (k Linear) Eval(x, y []float64, _ bool) float64 {
	dot := 0.0
	for i, v := range x {
		dot += v * y[i]
	}
	return k.Sigma * k.Sigma * dot
}

// GradTo implements [Kernel].
func (k Linear) GradTo(dst, x, y []float64, same bool) float64 {
	v := k.Eval(x, y, same)
	dst[0] = 2 * v
	return v
}

// NumParams implements [Kernel].
func (k Linear) NumParams() int { return 1 }

// ParamsTo implements [Kernel].
func (k Linear) ParamsTo(dst []float64) { dst[0] = math.Log(k.Sigma) }

// WithParams implements [Kernel].
func (k Linear) WithParams(logTheta []float64) Kernel { return Linear{math.Exp(logTheta[0])} }

// Validate implements [Kernel].
func (k Linear) Validate(int) error { return checkPositive("linear kernel", "Sigma", k.Sigma) }

// String returns "Linear(Sigma: …)".
func (k Linear) String() string { return fmt.Sprintf("Linear(Sigma: %.4g)", k.Sigma) }

// Periodic is the kernel of functions that repeat themselves with period p in every
// coordinate,
//
//	k(x, y) = σ² exp(−2/ℓ² Σ_d sin²(π (x_d − y_d)/p))
//
// (MacKay 1998; Rasmussen & Williams 2006, equation 4.31).
type Periodic struct {
	Sigma  float64 // σ
	Length float64 // ℓ, relative to the period
	Period float64 // p
}

// Eval implements [Kernel].
func (k Periodic) Eval(x, y []float64, _ bool) float64 {
	sum := 0.0
	for i, v := range x {
		s := math.Sin(math.Pi * (v - y[i]) / k.Period)
		sum += s * s
	}
	return k.Sigma * k.Sigma * math.Exp(-2*sum/(k.Length*k.Length))
}

// GradTo implements [Kernel].
func (k Periodic) GradTo(dst, x, y []float64, _ bool) float64 {
	sum, slope := 0.0, 0.0
	for i, v := range x {
		at := math.Pi * (v - y[i]) / k.Period
		s, c := math.Sincos(at)
		sum += s * s
		slope += 2 * s * c * at
	}
	scale := 2 / (k.Length * k.Length)
	v := k.Sigma * k.Sigma * math.Exp(-sum*scale)
	dst[0], dst[1], dst[2] = 2*v, 2*v*sum*scale, v*slope*scale
	return v
}

// NumParams implements [Kernel].
func (k Periodic) NumParams() int { return 3 }

// ParamsTo implements [Kernel].
func (k Periodic) ParamsTo(dst []float64) {
	dst[0], dst[1], dst[2] = math.Log(k.Sigma), math.Log(k.Length), math.Log(k.Period)
}

// WithParams implements [Kernel].
func (k Periodic) WithParams(logTheta []float64) Kernel {
	return Periodic{math.Exp(logTheta[0]), math.Exp(logTheta[1]), math.Exp(logTheta[2])}
}

// Validate implements [Kernel].
func (k Periodic) Validate(int) error {
	for _, err := range []error{
		checkPositive("periodic kernel", "Sigma", k.Sigma),
		checkPositive("periodic kernel", "Length", k.Length),
		checkPositive("periodic kernel", "Period", k.Period),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// String returns "Periodic(Sigma: …, Length: …, Period: …)".
func (k Periodic) String() string {
	return fmt.Sprintf("Periodic(Sigma: %.4g, Length: %.4g, Period: %.4g)", k.Sigma, k.Length, k.Period)
}
