package data

import (
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// A TokenBatch holds windows of a long stream of tokens, and for every token the one
// after it: what a language model reads, and what it is to foresee. It keeps its memory,
// so that only the first filling allocates.
type TokenBatch struct {
	Sequences int // windows that are filled at once; 0: 1
	Length    int // tokens of a window; 0: 64

	Steps   int   // tokens of every window that is in: Length, or fewer at the end of a stream
	Inputs  []int // Sequences × Steps tokens, window after window
	Targets []int // Targets[i] follows Inputs[i]

	src rand.PCG
	rng *rand.Rand
}

const defaultTokens = 64

// shape fills in the defaults.
func (b *TokenBatch) shape() {
	if b.Sequences < 0 || b.Length < 0 {
		panic("data: a batch of a negative number of tokens")
	}
	if b.Sequences == 0 {
		b.Sequences = 1
	}
	if b.Length == 0 {
		b.Length = defaultTokens
	}
}

func (b *TokenBatch) resize(steps int) {
	b.Steps = steps
	n := b.Sequences * steps
	if cap(b.Inputs) < n {
		b.Inputs, b.Targets = make([]int, n), make([]int, n)
	}
	b.Inputs, b.Targets = b.Inputs[:n], b.Targets[:n]
}

// set fills window r from place at of the stream.
func (b *TokenBatch) set(r int, tokens []int, at int) {
	copy(b.Inputs[r*b.Steps:(r+1)*b.Steps], tokens[at:])
	copy(b.Targets[r*b.Steps:(r+1)*b.Steps], tokens[at+1:])
}

// Random fills the batch with windows that start anywhere in the stream, all places
// being equally likely. They are a function of seed and step, so that a run can be
// resumed at any step. A stream that is not longer than a window is a
// [*belief.ConfigError].
func (b *TokenBatch) Random(tokens []int, seed, step uint64) error {
	b.shape()
	if len(tokens) <= b.Length {
		return &belief.ConfigError{Field: "tokens", Value: fmt.Sprintf("a stream of %d", len(tokens)), Want: fmt.Sprintf("longer than a window, %d", b.Length)}
	}
	if b.rng == nil {
		b.rng = rand.New(&b.src)
	}
	stream.Reset(&b.src, seed, "data windows", step)
	b.resize(b.Length)
	for r := range b.Sequences {
		b.set(r, tokens, b.rng.IntN(len(tokens)-b.Length))
	}
	return nil
}

// Sequential fills the batch for reading a stream from end to end with a state that is
// carried from one step to the next. The stream is cut into as many strips of one length
// as there are windows; window r at step k goes on in strip r where it was at step k−1.
// It says whether there is such a step, of which only the last may be short. Up to
// Sequences−1 tokens at the end of the stream are not foreseen.
func (b *TokenBatch) Sequential(tokens []int, step int) bool {
	if step < 0 {
		panic("data: a negative step")
	}
	b.shape()
	strip := max(len(tokens)-1, 0) / b.Sequences
	if step > strip/b.Length || step*b.Length >= strip {
		b.resize(0)
		return false
	}
	at := step * b.Length
	b.resize(min(b.Length, strip-at))
	for r := range b.Sequences {
		b.set(r, tokens, r*strip+at)
	}
	return true
}
