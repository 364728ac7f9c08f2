package nn

import "math"

// AdaGrad divides the rate of each weight by the size of all its gradients so far
// (Duchi, Hazan & Singer 2011, with the diagonal):
//
//	s ← s + g²
//	w ← w − rate·g/(√s + ε)
//
// Qiu (2019) eq. 7.9 has ε under the root, which makes a difference only as long as
// gradients are as small as √ε.
type AdaGrad struct {
	Rate        float64 // the learning rate; 0 means 0.01
	Epsilon     float64 // ε; 0 means 1e-10
	WeightDecay float64 // adds WeightDecay·w to the gradient
}

// Validate checks the settings.
func (a AdaGrad) Validate() error {
	return check("AdaGrad", setting{"Rate", a.LearningRate(), wantSize}, setting{"Epsilon", a.Epsilon, wantSize},
		setting{"WeightDecay", a.WeightDecay, wantSize})
}

// LearningRate is Rate, or its default.
func (a AdaGrad) LearningRate() float64 { return or(a.Rate, 0.01) }

// Memory is the sum of squares.
func (a AdaGrad) Memory() int { return 1 }

// Update32 takes a step in single precision.
func (a AdaGrad) Update32(u *Update[float32]) { adaGrad(a, u) }

// Update64 takes a step in double precision.
func (a AdaGrad) Update64(u *Update[float64]) { adaGrad(a, u) }

func adaGrad[T Float](a AdaGrad, u *Update[T]) {
	penalize(a.WeightDecay, u)
	rate, eps := T(u.Rate), epsilon[T](a.Epsilon, 1e-10)
	w, s := u.Weights, u.Memory[0]
	for i, g := range u.Grad {
		s[i] += g * g
		w[i] -= rate * g / (T(math.Sqrt(float64(s[i]))) + eps)
	}
}
