package nn

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

// Dropout returns a layer that, in learning, sets each number to zero with
// probability rate and divides the others by 1−rate (Srivastava et al. 2014). A rate
// outside [0, 1) panics with a *belief.ConfigError.
func Dropout[T Float](rate float64) Func[T] {
	checkRate(rate)
	return func(x autodiff.Var[T]) autodiff.Var[T] {
		if t := x.Tape(); t.Training && rate > 0 {
			return x.Mul(DropoutMask(t, rate, x.Shape()...))
		}
		return x
	}
}

// VariationalDropout returns a layer for sequences of batch×time×features that drops
// the same features at all times of a sequence (Gal & Ghahramani 2016).
func VariationalDropout[T Float](rate float64) Func[T] {
	checkRate(rate)
	return func(x autodiff.Var[T]) autodiff.Var[T] {
		if t := x.Tape(); t.Training && rate > 0 {
			return x.Mul(DropoutMask(t, rate, x.Dim(0), 1, x.Dim(2)))
		}
		return x
	}
}

func checkRate(rate float64) {
	if !(rate >= 0 && rate < 1) {
		panic(&belief.ConfigError{Field: "rate", Value: rate, Want: "a probability below 1"})
	}
}

// DropoutMask draws an array from t.Rand whose entries are 0 with probability rate,
// up to 2⁻³², and 1/(1−rate) otherwise.
func DropoutMask[T Float](t *autodiff.Tape[T], rate float64, shape ...int) autodiff.Var[T] {
	if t.Rand == nil {
		panic("nn: dropout needs Tape.Rand")
	}
	mask := t.Scratch(autodiff.Size(shape))
	keep := T(1 / (1 - rate))
	least := uint64(math.Ceil(rate * (1 << 32)))
	for i := 0; i < len(mask); i += 2 {
		bits := t.Rand.Uint64()
		if bits>>32 >= least {
			mask[i] = keep
		}
		if i+1 < len(mask) && bits&(1<<32-1) >= least {
			mask[i+1] = keep
		}
	}
	return t.Constant(mask, shape...)
}
