package chain

import "math/rand/v2"

// An Emission is what the states of a hidden Markov model emit: a distribution of rows of
// numbers for each. It does not change and may be used concurrently.
type Emission interface {
	// States is the number of states.
	States() int
	// Dim is the number of values in a row.
	Dim() int
	// LogProbTo writes log p(row | state) to dst, rows × States, in nats. The rows stand
	// one after the other; a NaN is a missing cell, and a row of them says nothing. The
	// error is a [*data.ValueError] with the row.
	LogProbTo(dst, rows []float64) error
	// RandTo draws what a state emits.
	RandTo(dst []float64, state int, r *rand.Rand) []float64
	// Validate says what is wrong with the parameters.
	Validate() error
}

// A Table is an emission of one of finitely many symbols: a row is the number of one.
type Table interface {
	Emission
	// LogTableTo writes log p(symbol | state) to dst, symbols × States.
	LogTableTo(dst []float64) []float64
	// Len is the number of symbols.
	Len() int
}
