package nn

import (
	"math"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/kernel"
)

// Clip bounds gradients before a step, which keeps one that explodes from throwing
// the weights away (Pascanu, Mikolov & Bengio 2013). The zero value does nothing.
type Clip struct {
	Value float64 // the largest absolute value of a number (Qiu 2019, eq. 7.24); 0 means no bound
	Norm  float64 // the largest Euclidean norm of all numbers together (eq. 7.25), after Value; 0 means no bound
}

// Validate checks the settings.
func (c Clip) Validate() error {
	if err := within("Clip.Value", c.Value, math.MaxFloat64); err != nil {
		return err
	}
	return within("Clip.Norm", c.Norm, math.MaxFloat64)
}

// ClipGradients bounds the gradients of parameters and returns the Euclidean norm
// that they had. Gradients that are not finite are left as they are, and so is their
// norm.
func ClipGradients[T Float](params []*autodiff.Param[T], c Clip) (norm float64) {
	norm = GradientNorm(params)
	if norm-norm != 0 {
		return norm
	}
	size := norm
	if c.Value > 0 && norm > c.Value {
		most := T(min(c.Value, largest[T]()))
		for _, p := range params {
			for i, g := range p.Grad {
				p.Grad[i] = max(min(g, most), -most)
			}
		}
		size = GradientNorm(params)
	}
	if c.Norm > 0 && size > c.Norm {
		for _, p := range params {
			kernel.Scale(T(c.Norm/size), p.Grad, p.Grad)
		}
	}
	return norm
}

// GradientNorm returns the Euclidean norm of all gradients of the parameters
// together: infinite or NaN if one of them is.
func GradientNorm[T Float](params []*autodiff.Param[T]) float64 {
	norm := 0.0
	for _, p := range params {
		for from := 0; from < len(p.Grad); from += partSize {
			norm = math.Hypot(norm, euclidean(p.Grad[from:min(from+partSize, len(p.Grad))]))
		}
	}
	return norm
}

// euclidean returns the norm of x, also where its square would be out of range.
func euclidean[T Float](x []T) float64 {
	if s := float64(kernel.SumSquares(x)); s > 1e-30 && s < 1e37 {
		return math.Sqrt(s)
	}
	norm := 0.0
	for _, v := range x {
		if v != v {
			return math.NaN() // which Hypot with an infinity is not
		}
		if v != 0 {
			norm = math.Hypot(norm, float64(v))
		}
	}
	return norm
}

func largest[T Float]() float64 {
	if _, ok := any(T(0)).(float32); ok {
		return math.MaxFloat32
	}
	return math.MaxFloat64
}
