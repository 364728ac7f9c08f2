package nn

import (
	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// SGD is stochastic gradient descent, which goes against the gradient g of a batch
// (Robbins & Monro 1951), by itself or with momentum, in which v remembers earlier
// gradients:
//
//	v ← μ·v − rate·g
//	w ← w + v
//
// See Polyak (1964); Qiu (2019) eq. 7.15. Nesterov's gradient is that where v alone
// would lead to (Sutskever, Martens, Dahl & Hinton 2013, eq. 3 and 4; Qiu eq. 7.18).
// The weights here are that place already, as in Bengio, Boulanger-Lewandowski &
// Pascanu (2013) eq. 7, so that a step is w ← w + μ·v − rate·g with the new v.
//
// Libraries that write v ← μ·v + g, w ← w − rate·v take the same steps as long as the
// rate stays what it is.
type SGD struct {
	Rate        float64 // the learning rate; 0 means 0.01
	Momentum    float64 // μ; 0 means none
	Nesterov    bool
	WeightDecay float64 // adds WeightDecay·w to the gradient, as the penalty WeightDecay/2·|w|² does
}

// Validate checks the settings.
func (s SGD) Validate() error {
	if s.Nesterov && s.Momentum == 0 {
		return &belief.ConfigError{Field: "SGD.Momentum", Value: s.Momentum, Want: "positive for Nesterov's"}
	}
	return check("SGD", setting{"Rate", s.LearningRate(), wantSize}, setting{"Momentum", s.Momentum, wantFraction},
		setting{"WeightDecay", s.WeightDecay, wantSize})
}

// LearningRate is Rate, or its default.
func (s SGD) LearningRate() float64 { return or(s.Rate, 0.01) }

// Memory is the velocity, if there is momentum.
func (s SGD) Memory() int {
	if s.Momentum == 0 {
		return 0
	}
	return 1
}

// Update32 takes a step in single precision.
func (s SGD) Update32(u *Update[float32]) { sgd(s, u) }

// Update64 takes a step in double precision.
func (s SGD) Update64(u *Update[float64]) { sgd(s, u) }

func sgd[T Float](s SGD, u *Update[T]) {
	penalize(s.WeightDecay, u)
	if s.Momentum == 0 {
		kernel.Axpy(T(-u.Rate), u.Grad, u.Weights)
		return
	}
	kernel.Momentum(u.Weights, u.Memory[0], u.Grad, T(u.Rate), T(s.Momentum), s.Nesterov)
}

// penalize adds to the gradient that of decay/2·|w|².
func penalize[T Float](decay float64, u *Update[T]) {
	if decay != 0 && u.Decayed {
		kernel.Axpy(T(decay), u.Weights, u.Grad)
	}
}
