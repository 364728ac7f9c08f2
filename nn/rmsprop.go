package nn

import "github.com/belief-go/belief/internal/kernel"

// RMSProp divides the rate of each weight by the size of its recent gradients
// (Tieleman & Hinton 2012):
//
//	s ← ρ·s + (1 − ρ)·g²
//	w ← w − rate·g/(√s + ε)
//
// Qiu (2019) eq. 7.12 has ε under the root, which makes a difference only as long as
// gradients are as small as √ε.
type RMSProp struct {
	Rate        float64 // the learning rate; 0 means 0.001
	Rho         float64 // ρ; 0 means 0.9
	Epsilon     float64 // ε; 0 means 1e-8
	WeightDecay float64 // adds WeightDecay·w to the gradient
}

// Validate checks the settings.
func (r RMSProp) Validate() error {
	return check("RMSProp", setting{"Rate", r.LearningRate(), wantSize}, setting{"Rho", or(r.Rho, 0.9), wantFraction},
		setting{"Epsilon", r.Epsilon, wantSize}, setting{"WeightDecay", r.WeightDecay, wantSize})
}

// LearningRate is Rate, or its default.
func (r RMSProp) LearningRate() float64 { return or(r.Rate, 0.001) }

// Memory is the mean square.
func (r RMSProp) Memory() int { return 1 }

// Update32 takes a step in single precision.
func (r RMSProp) Update32(u *Update[float32]) { rmsProp(r, u) }

// Update64 takes a step in double precision.
func (r RMSProp) Update64(u *Update[float64]) { rmsProp(r, u) }

func rmsProp[T Float](r RMSProp, u *Update[T]) {
	penalize(r.WeightDecay, u)
	kernel.RMSProp(u.Weights, u.Memory[0], u.Grad, T(u.Rate), T(or(r.Rho, 0.9)), epsilon[T](r.Epsilon, 1e-8))
}
