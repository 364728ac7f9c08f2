package nn

import "math"

// AdaDelta takes the rate from the size of its own recent steps d, in units of the
// weights (Zeiler 2012, algorithm 1; Qiu 2019, eq. 7.13 and 7.14):
//
//	s ← ρ·s + (1 − ρ)·g²
//	d = −√(x + ε)/√(s + ε)·g
//	x ← ρ·x + (1 − ρ)·d²
//	w ← w + rate·d
type AdaDelta struct {
	Rate        float64 // the learning rate; 0 means 1, as in the paper
	Rho         float64 // ρ; 0 means 0.9
	Epsilon     float64 // ε; 0 means 1e-6
	WeightDecay float64 // adds WeightDecay·w to the gradient
}

// Validate checks the settings.
func (a AdaDelta) Validate() error {
	return check("AdaDelta", setting{"Rate", a.LearningRate(), wantSize}, setting{"Rho", or(a.Rho, 0.9), wantFraction},
		setting{"Epsilon", a.Epsilon, wantSize}, setting{"WeightDecay", a.WeightDecay, wantSize})
}

// LearningRate is Rate, or its default.
func (a AdaDelta) LearningRate() float64 { return or(a.Rate, 1) }

// Memory is the mean squares of gradients and of steps.
func (a AdaDelta) Memory() int { return 2 }

// Update32 takes a step in single precision.
func (a AdaDelta) Update32(u *Update[float32]) { adaDelta(a, u) }

// Update64 takes a step in double precision.
func (a AdaDelta) Update64(u *Update[float64]) { adaDelta(a, u) }

func adaDelta[T Float](a AdaDelta, u *Update[T]) {
	penalize(a.WeightDecay, u)
	rate, rho, eps := T(u.Rate), or(a.Rho, 0.9), epsilon[T](a.Epsilon, 1e-6)
	keep, rest := T(rho), T(1-rho)
	w, s, x := u.Weights, u.Memory[0], u.Memory[1]
	for i, g := range u.Grad {
		s[i] = keep*s[i] + rest*(g*g)
		d := T(math.Sqrt(float64((x[i]+eps)/(s[i]+eps)))) * g
		x[i] = keep*x[i] + rest*(d*d)
		w[i] -= rate * d
	}
}
