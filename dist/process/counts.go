package process

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// TransitionCounts are the sufficient statistics of a Markov chain: how often, by
// weight, each state followed each other. Counts of shards can be merged, in any
// grouping but, for the same bits, in one order.
type TransitionCounts struct {
	states []string
	counts []float64 // row by row
}

// NewTransitionCounts returns empty counts for n states. The error is a
// [*belief.ConfigError] for no states, or a [*belief.TooLargeError] beyond 4096.
func NewTransitionCounts(n int) (*TransitionCounts, error) {
	if n < 1 {
		return nil, &belief.ConfigError{Field: "states", Value: n, Want: "positive"}
	}
	if err := fits("transition counts", float64(n)*float64(n), maxMatrix, "fewer states"); err != nil {
		return nil, err
	}
	return &TransitionCounts{counts: make([]float64, n*n), states: numbered(n)}, nil
}

// Len returns the number of states.
func (t *TransitionCounts) Len() int { return len(t.states) }

// Count returns the weight of the steps from i to j.
func (t *TransitionCounts) Count(i, j int) float64 { return t.counts[i*t.Len()+j] }

// Add counts the steps of a path, each with the given weight. The error is a
// [*dist.FitError] that names the first entry that is no state, or the weight; then
// nothing is counted.
func (t *TransitionCounts) Add(path []int, weight float64) error {
	if !(weight >= 0) || math.IsInf(weight, 1) {
		return &dist.FitError{Distribution: "markov chain", Row: -1, Problem: fmt.Sprintf("the weight of a path is %v", weight)}
	}
	for k, i := range path {
		if i < 0 || i >= t.Len() {
			return &dist.FitError{Distribution: "markov chain", Row: k, Problem: fmt.Sprintf("is state %d of %d", i, t.Len())}
		}
	}
	for i, j := range pairs(path) {
		t.counts[i*t.Len()+j] += weight
	}
	return nil
}

// Reset forgets all counts.
func (t *TransitionCounts) Reset() { clear(t.counts) }

// Merge adds the counts of other, which must have as many states.
func (t *TransitionCounts) Merge(other *TransitionCounts) {
	if t.Len() != other.Len() {
		panic(fmt.Sprintf("process: counts of %d and of %d states", t.Len(), other.Len()))
	}
	for k, v := range other.counts {
		t.counts[k] += v
	}
}

// Fit returns the chain of greatest likelihood, p_ij = (c_ij + a) / Σ_k (c_ik + a),
// where the pseudo-count a is zero for maximum likelihood (Anderson & Goodman 1957)
// and else makes it the posterior mean under a Dirichlet prior with all parameters
// a. Nil names number the states. The error is a [*dist.FitError] if a state is
// never left and a is zero, a [*belief.ConfigError] for a or the names.
func (t *TransitionCounts) Fit(states []string, pseudo float64) (*MarkovChain, error) {
	if !(pseudo >= 0) || math.IsInf(pseudo, 1) {
		return nil, &belief.ConfigError{Field: "pseudo", Value: pseudo, Want: "0 or positive, and finite"}
	}
	if states == nil {
		states = t.states
	}
	n := t.Len()
	if len(states) != n {
		return nil, &belief.ConfigError{Field: "states", Value: len(states), Want: fmt.Sprintf("one name for each of the %d states", n)}
	}
	p := make([][]float64, n)
	for i := range p {
		p[i] = slices.Clone(t.counts[i*n : (i+1)*n])
		peak := slices.Max(p[i]) + pseudo
		if !(peak > 0) || math.IsInf(peak, 1) {
			problem := fmt.Sprintf("state %s is never left in the data; a pseudo-count would do", states[i])
			if peak > 0 {
				problem = fmt.Sprintf("the weights of state %s sum to more than float64 holds", states[i])
			}
			return nil, &dist.FitError{Distribution: "markov chain", Row: -1, Problem: problem}
		}
		for j, v := range p[i] {
			p[i][j] = (v + pseudo) / peak // no sum overflows
		}
		normalize(p[i])
	}
	return NewMarkovChain(states, p)
}

// countsMagic opens the binary form: a version is its last byte.
const countsMagic = "BTC\x01"

// MarshalBinary implements [encoding.BinaryMarshaler].
func (t *TransitionCounts) MarshalBinary() ([]byte, error) {
	out := append(make([]byte, 0, len(countsMagic)+4+8*len(t.counts)), countsMagic...)
	out = binary.LittleEndian.AppendUint32(out, uint32(t.Len()))
	for _, v := range t.counts {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
	}
	return out, nil
}

// UnmarshalBinary implements [encoding.BinaryUnmarshaler]. The error is a
// [*belief.ParseError], and the counts are then as before.
func (t *TransitionCounts) UnmarshalBinary(data []byte) error {
	bad := func(msg string) error { return &belief.ParseError{Format: "transition counts", Msg: msg} }
	head := len(countsMagic) + 4
	if len(data) < head || string(data[:len(countsMagic)]) != countsMagic {
		return bad("the header is missing or of another version")
	}
	n := int(binary.LittleEndian.Uint32(data[len(countsMagic):]))
	if n < 1 || float64(len(data)-head) != 8*float64(n)*float64(n) {
		return bad(fmt.Sprintf("%d bytes of counts for %d states", len(data)-head, n))
	}
	counts := make([]float64, n*n)
	for k := range counts {
		counts[k] = math.Float64frombits(binary.LittleEndian.Uint64(data[head+8*k:]))
		if !(counts[k] >= 0) || math.IsInf(counts[k], 1) {
			return bad(fmt.Sprintf("count %d is %v", k, counts[k]))
		}
	}
	t.counts, t.states = counts, numbered(n)
	return nil
}
