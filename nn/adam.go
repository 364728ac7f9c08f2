package nn

import (
	"math"

	"github.com/belief-go/belief/internal/kernel"
)

// Adam has momentum, and divides the rate of each weight by the size of its recent
// gradients, both corrected for their start at zero (Kingma & Ba 2015, algorithm 1;
// Qiu 2019, eq. 7.19 to 7.23). In step t:
//
//	m ← β₁·m + (1 − β₁)·g
//	s ← β₂·s + (1 − β₂)·g²
//	w ← w − rate·m/(1 − β₁ᵗ) / (√(s/(1 − β₂ᵗ)) + ε)
//
// Qiu suggests β₂ = 0.99, and has ε under the root.
type Adam struct {
	Rate        float64 // the learning rate; 0 means 0.001
	Beta1       float64 // β₁; 0 means 0.9, None no momentum
	Beta2       float64 // β₂; 0 means 0.999
	Epsilon     float64 // ε; 0 means 1e-8
	WeightDecay float64 // adds WeightDecay·w to the gradient
	// AMSGrad divides by the largest s so far, so that rates never grow (Reddi, Kale
	// & Kumar 2018, algorithm 2, with the corrections).
	AMSGrad bool
}

// Validate checks the settings.
func (a Adam) Validate() error { return a.validate("Adam") }

func (a Adam) validate(name string) error {
	return check(name, setting{"Rate", a.LearningRate(), wantSize}, setting{"Beta1", or(a.Beta1, 0.9), wantFraction},
		setting{"Beta2", or(a.Beta2, 0.999), wantFraction}, setting{"Epsilon", a.Epsilon, wantSize},
		setting{"WeightDecay", a.WeightDecay, wantSize})
}

// LearningRate is Rate, or its default.
func (a Adam) LearningRate() float64 { return or(a.Rate, 0.001) }

// Memory is the means of gradients and of their squares, and with AMSGrad the largest
// of these.
func (a Adam) Memory() int {
	if a.AMSGrad {
		return 3
	}
	return 2
}

// Update32 takes a step in single precision.
func (a Adam) Update32(u *Update[float32]) { penalize(a.WeightDecay, u); adam(a, u, 0) }

// Update64 takes a step in double precision.
func (a Adam) Update64(u *Update[float64]) { penalize(a.WeightDecay, u); adam(a, u, 0) }

// adam takes a step, with a decay apart from the gradient.
func adam[T Float](a Adam, u *Update[T], decay float64) {
	if !u.Decayed {
		decay = 0
	}
	beta1, beta2, eps := or(a.Beta1, 0.9), or(a.Beta2, 0.999), epsilon[T](a.Epsilon, 1e-8)
	c1, c2 := 1/(1-math.Pow(beta1, float64(u.Step))), 1/(1-math.Pow(beta2, float64(u.Step)))
	w, m, s := u.Weights, u.Memory[0], u.Memory[1]
	if !a.AMSGrad {
		kernel.Adam(w, m, s, u.Grad, T(u.Rate), T(beta1), T(beta2), eps, T(decay), T(c1), T(c2))
		return
	}
	most := u.Memory[2]
	keep1, rest1, keep2, rest2 := T(beta1), T(1-beta1), T(beta2), T(1-beta2)
	for i, g := range u.Grad {
		m[i] = keep1*m[i] + rest1*g
		s[i] = keep2*s[i] + rest2*(g*g)
		most[i] = max(most[i], s[i])
		w[i] -= T(u.Rate) * (T(c1)*m[i]/(T(math.Sqrt(float64(T(c2)*most[i])))+eps) + T(decay)*w[i])
	}
}

// AdamW is [Adam] with a weight decay of its own, w ← w − rate·WeightDecay·w, which
// the size of the gradients does not divide (Loshchilov & Hutter 2019, algorithm 2;
// Qiu 2019, eq. 7.64, where the decay does not follow the rate).
type AdamW struct {
	Rate        float64 // the learning rate; 0 means 0.001
	Beta1       float64 // β₁; 0 means 0.9, None no momentum
	Beta2       float64 // β₂; 0 means 0.999
	Epsilon     float64 // ε; 0 means 1e-8
	WeightDecay float64 // 0 means 0.01, None means none
	AMSGrad     bool    // as of Adam
}

func (a AdamW) adam() Adam {
	return Adam{a.Rate, a.Beta1, a.Beta2, a.Epsilon, a.decay(), a.AMSGrad}
}

func (a AdamW) decay() float64 { return or(a.WeightDecay, 0.01) }

// Validate checks the settings.
func (a AdamW) Validate() error { return a.adam().validate("AdamW") }

// LearningRate is Rate, or its default.
func (a AdamW) LearningRate() float64 { return a.adam().LearningRate() }

// Memory is that of Adam.
func (a AdamW) Memory() int { return a.adam().Memory() }

// Update32 takes a step in single precision.
func (a AdamW) Update32(u *Update[float32]) { adam(a.adam(), u, a.decay()) }

// Update64 takes a step in double precision.
func (a AdamW) Update64(u *Update[float64]) { adam(a.adam(), u, a.decay()) }
