package mcmc

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
)

// A Schedule is a ladder of inverse temperatures from 0, where all is easy, to 1,
// where the target is: 0 = β₀ < β₁ < … < β_K = 1. A user's own is a literal. The
// ladders of package mcmc/ladder climb it, and parallel tempering takes it
// downwards from 1, without the 0 where that would not be a density.
type Schedule []float64

// maxSchedule bounds a schedule's steps, at 128 MiB.
const maxSchedule = 1 << 24

// Validate returns a [*belief.ConfigError] unless the schedule rises strictly
// from 0 to 1.
func (s Schedule) Validate() error {
	bad := func(i int, want string) error {
		return &belief.ConfigError{Field: fmt.Sprintf("Schedule[%d]", i), Value: s[i], Want: want}
	}
	if len(s) < 2 {
		return &belief.ConfigError{Field: "Schedule", Value: []float64(s), Want: "two inverse temperatures or more, the first 0 and the last 1"}
	}
	for i, b := range s {
		switch {
		case i == 0 && b != 0:
			return bad(i, "0")
		case i > 0 && !(b > s[i-1]): // NaN too
			return bad(i, "above the one before it")
		}
	}
	if last := len(s) - 1; s[last] != 1 {
		return bad(last, "1")
	}
	return nil
}

// LinearSchedule returns k equal steps, β_i = i/k.
func LinearSchedule(k int) (Schedule, error) { return TwoPhaseSchedule(k, 0, 1) }

// GeometricSchedule returns 0 and then k values that rise by equal factors from
// first to 1, for targets that are far narrower than the base.
func GeometricSchedule(k int, first float64) (Schedule, error) {
	if err := checkSteps("K", k, 2); err != nil {
		return nil, err
	}
	return TwoPhaseSchedule(1, k-1, first)
}

// TwoPhaseSchedule returns equal steps from 0 to knee and then steps by equal
// factors from there to 1, as Neal (2001, section 5) has them: 40 steps to 0.01
// and 160 beyond.
func TwoPhaseSchedule(linear, geometric int, knee float64) (Schedule, error) {
	if err := checkSteps("linear steps", linear, 1); err != nil {
		return nil, err
	}
	if err := checkSteps("geometric steps", geometric, 0); err != nil {
		return nil, err
	}
	if geometric == 0 && knee != 1 || geometric > 0 && !(knee > 0 && knee < 1) {
		return nil, &belief.ConfigError{Field: "knee", Value: knee, Want: "between 0 and 1, and 1 if no step follows it"}
	}
	s := make(Schedule, linear+geometric+1)
	for i := range linear {
		s[i] = knee * float64(i) / float64(linear)
	}
	for i := range geometric {
		s[linear+i] = math.Pow(knee, 1-float64(i)/float64(geometric))
	}
	s[linear+geometric] = 1
	return s, s.Validate() // steps below the spacing of the numbers do not rise
}

// SigmoidSchedule returns k steps that are small at both ends, where the density
// changes fastest (Grosse, Ghahramani & Adams 2015, section 5):
//
//	β_i = (σ(t_i) − σ(−δ)) / (σ(δ) − σ(−δ)),  t_i = δ (2i/k − 1),
//
// σ being the logistic function. They take δ = 4, and delta 0 stands for that.
func SigmoidSchedule(k int, delta float64) (Schedule, error) {
	if err := checkSteps("K", k, 1); err != nil {
		return nil, err
	}
	if delta == 0 {
		delta = 4
	}
	if !(delta > 0 && delta <= 30) {
		return nil, &belief.ConfigError{Field: "delta", Value: delta, Want: "above 0 and at most 30"}
	}
	// σ(t) − ½ is ½ tanh(t/2), an odd function.
	s := make(Schedule, k+1)
	top := math.Tanh(delta / 2)
	for i := range s {
		t := delta * (2*float64(i)/float64(k) - 1)
		s[i] = (1 + math.Tanh(t/2)/top) / 2
	}
	s[0], s[k] = 0, 1
	return s, s.Validate()
}

// checkSteps refuses too few steps and more than memory is for.
func checkSteps(field string, k, least int) error {
	if k < least || k > maxSchedule {
		return &belief.ConfigError{Field: field, Value: k, Want: fmt.Sprintf("between %d and %d", least, maxSchedule)}
	}
	return nil
}
