package chain

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// A Markov is the chain of the hidden states, as arrays. Entries are finite and not
// negative, for others there is a [*belief.ConfigError], and need not sum to one.
type Markov struct {
	Initial []float64 // S
	// Transition is S×S, row i for what comes after state i. If Varying it has one such
	// matrix for every time but the first.
	Transition []float64
	Varying    bool
}

// States is the number of states.
func (m Markov) States() int { return len(m.Initial) }

// Evidence is how probable each state makes what was observed: log p(x_t | s), −Inf where
// it is impossible.
type Evidence struct {
	Log []float64 // rows × S
	// Index is the row of Log for every time. Nil means that row t is for time t.
	// Evidence of one alphabet shares its Log, which is then looked at only once.
	Index []int
}

// Len is the number of times, under a chain of so many states.
func (e Evidence) Len(states int) int {
	if e.Index != nil {
		return len(e.Index)
	}
	return len(e.Log) / states
}

// row returns log p(x_t | ·).
func (e Evidence) row(t, states int) []float64 {
	if e.Index != nil {
		t = e.Index[t]
	}
	return e.Log[t*states : (t+1)*states]
}

// Validate says what is wrong with the numbers: a [*belief.ConfigError] names the entry.
func (m Markov) Validate() error {
	s := len(m.Initial)
	if s == 0 {
		return &belief.ConfigError{Field: "Initial", Value: "empty", Want: "one number for each state, at least one"}
	}
	if i := firstBad(m.Initial); i >= 0 {
		return &belief.ConfigError{Field: fmt.Sprintf("Initial[%d]", i), Value: m.Initial[i], Want: "finite and not negative"}
	}
	square := s * s
	if !m.Varying && len(m.Transition) != square || len(m.Transition)%square != 0 {
		return &belief.ConfigError{Field: "Transition", Value: fmt.Sprintf("of %d numbers", len(m.Transition)), Want: fmt.Sprintf("%d×%d", s, s)}
	}
	if i := firstBad(m.Transition); i >= 0 {
		field := fmt.Sprintf("Transition[%d][%d]", i/s%s, i%s)
		if m.Varying {
			field = fmt.Sprintf("Transition[%d][%d][%d]", i/square, i/s%s, i%s)
		}
		return &belief.ConfigError{Field: field, Value: m.Transition[i], Want: "finite and not negative"}
	}
	return nil
}

// firstBad is the first number that is negative or not finite, −1 if none is.
func firstBad(x []float64) int {
	if kernel.Min(x) >= 0 && kernel.Max(x) <= math.MaxFloat64 {
		return -1
	}
	for i, v := range x {
		if !(v >= 0 && v <= math.MaxFloat64) {
			return i
		}
	}
	return -1
}

// check panics unless the lengths agree: they are the programmer's. The error is that of
// Validate.
func (m Markov) check(batch ...Evidence) error {
	for _, e := range batch {
		m.checkLengths(e)
	}
	return m.Validate()
}

func (m Markov) checkLengths(e Evidence) {
	s := len(m.Initial)
	if s == 0 || !m.Varying && len(m.Transition) != s*s {
		panic(fmt.Sprintf("chain: %d initial numbers and %d transitions are no chain", s, len(m.Transition)))
	}
	if len(e.Log)%s != 0 {
		panic(fmt.Sprintf("chain: %d log-likelihoods are no rows for %d states", len(e.Log), s))
	}
	if t := e.Len(s); m.Varying && len(m.Transition) != max(t-1, 0)*s*s {
		panic(fmt.Sprintf("chain: %d transitions for %d times and %d states", len(m.Transition), t, s))
	}
}

// An ImpossibleError says that a model gives probability zero to what was observed. It
// wraps a [*belief.ImpossibleEvidenceError].
type ImpossibleError struct {
	Sequence int // its number, from 0
	Time     int // the first at which the observations so far are impossible, from 0
}

// Error names the sequence and the time.
func (e *ImpossibleError) Error() string {
	return fmt.Sprintf("chain: sequence %d: the model gives probability zero to what is observed up to time %d", e.Sequence, e.Time)
}

// Unwrap returns the error that all of the library's packages have for this.
func (e *ImpossibleError) Unwrap() error { return &belief.ImpossibleEvidenceError{} }

// An EvidenceError says which log-likelihood is none.
type EvidenceError struct {
	Sequence, Time, State int // from 0
	Value                 float64
}

// Error names sequence, time and state.
func (e *EvidenceError) Error() string {
	return fmt.Sprintf("chain: sequence %d, time %d, state %d: the log-likelihood is %v; it must be finite or −Inf", e.Sequence, e.Time, e.State, e.Value)
}
