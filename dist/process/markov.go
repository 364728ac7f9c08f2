package process

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/suggest"
)

// A MarkovChain is a time-homogeneous Markov chain on n states,
//
//	P(X_{t+1} = j | X_t = i) = p_ij.
//
// Rows are where one comes from: every row of the matrix sums to one, and a
// distribution over states is a row vector that the matrix multiplies from the
// right. It is immutable and safe for concurrent use.
type MarkovChain struct {
	states []string
	index  map[string]int
	p      []float64 // row by row
	draw   func() []successors
}

// maxMatrix is what one dense n×n matrix of a chain may take: 4096 states.
const maxMatrix = 128 << 20

// A TransitionError says which entry or row makes a matrix no transition matrix.
type TransitionError struct {
	Row, Col int     // from and to; Col is −1 if it is the whole row
	State    string  // the name of the row's state
	Value    float64 // the entry, the sum of the row, or its length
	Want     string  // what Value must be
}

// Error names row and column.
func (e *TransitionError) Error() string {
	if e.Col < 0 {
		return fmt.Sprintf("markov chain: row %d (%s) has %v; it must have %s", e.Row, e.State, e.Value, e.Want)
	}
	return fmt.Sprintf("markov chain: entry %d of row %d (%s) is %v; it must be %s", e.Col, e.Row, e.State, e.Value, e.Want)
}

// NewMarkovChain returns the chain with the transition probabilities p[i][j]. Nil
// states are named "0", "1", …; names must be different, one for each row. Rows
// must sum to one up to 1e-8 and are then divided by their sums; they are copied.
// The errors are [*TransitionError], [*belief.ConfigError] for the names, and
// [*belief.TooLargeError] beyond 4096 states.
func NewMarkovChain(states []string, p [][]float64) (*MarkovChain, error) {
	if states == nil {
		states = numbered(len(p))
	}
	if len(states) != len(p) || len(p) == 0 {
		return nil, &belief.ConfigError{Field: "states", Value: len(states), Want: fmt.Sprintf("one name for each of the %d rows, and at least one", len(p))}
	}
	c, err := emptyChain(states)
	if err != nil {
		return nil, err
	}
	n := len(p)
	for i, row := range p {
		if len(row) != n {
			return nil, &TransitionError{i, -1, states[i], float64(len(row)), fmt.Sprintf("%d entries", n)}
		}
		for j, v := range row {
			if !(v >= 0 && v <= 1+1e-8) {
				return nil, &TransitionError{i, j, states[i], v, "a probability"}
			}
		}
		sum := careful.Sum(row)
		if !(math.Abs(sum-1) <= 1e-8) {
			return nil, &TransitionError{i, -1, states[i], sum, "the sum 1"}
		}
		for j, v := range row {
			c.p[i*n+j] = v / sum
		}
	}
	return c, nil
}

// emptyChain returns a chain without probabilities, its names checked.
func emptyChain(states []string) (*MarkovChain, error) {
	n := len(states)
	if err := fits("transition matrix", float64(n)*float64(n), maxMatrix, "fewer states"); err != nil {
		return nil, err
	}
	c := &MarkovChain{states: slices.Clone(states), index: make(map[string]int, n), p: make([]float64, n*n)}
	for i, name := range states {
		if _, twice := c.index[name]; twice {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("states[%d]", i), Value: strconv.Quote(name), Want: "a name that no other state has"}
		}
		c.index[name] = i
	}
	c.draw = lazySuccessors(c)
	return c, nil
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

// fits refuses a number of float64s that takes more than the budget.
func fits(what string, numbers float64, budget int64, advice string) error {
	if bytes := 8 * numbers; bytes > float64(budget) {
		return &belief.TooLargeError{What: what, Bytes: bytes, Budget: budget, Advice: advice}
	}
	return nil
}

// Len returns the number of states.
func (c *MarkovChain) Len() int { return len(c.states) }

// State returns the name of a state.
func (c *MarkovChain) State(i int) string { return c.states[i] }

// Index returns the state of the given name, or a [*belief.UnknownNameError].
func (c *MarkovChain) Index(name string) (int, error) {
	if i, ok := c.index[name]; ok {
		return i, nil
	}
	return 0, &belief.UnknownNameError{Kind: "state", Name: name, Suggestions: suggest.Nearest(name, slices.Values(c.states), 3)}
}

// Prob returns p_ij, the probability of a step from state i to state j.
func (c *MarkovChain) Prob(i, j int) float64 { return c.row(i)[j] }

func (c *MarkovChain) row(i int) []float64 {
	n := len(c.states)
	return c.p[i*n : (i+1)*n]
}

// String gives the size of the chain.
func (c *MarkovChain) String() string { return fmt.Sprintf("MarkovChain(%d states)", len(c.states)) }

// Power returns the matrix of the probabilities of going from i to j in the given
// number of steps, by repeated squaring in O(n³ log steps). Every product's rows
// are divided by their sums, so that rounding does not add up over very many steps.
func (c *MarkovChain) Power(steps int) *mat.Dense {
	if steps < 0 {
		panic("process: a negative number of steps")
	}
	n := c.Len()
	out := mat.NewDense(n, n, nil)
	for i := range n {
		out.Set(i, i, 1)
	}
	square, scratch := c.dense(), mat.NewDense(n, n, nil)
	for ; steps > 0; steps >>= 1 {
		if steps&1 == 1 {
			scratch.Mul(out, square)
			stochastic(scratch)
			out, scratch = scratch, out
		}
		if steps > 1 {
			scratch.Mul(square, square)
			stochastic(scratch)
			square, scratch = scratch, square
		}
	}
	return out
}

// dense copies the transition matrix.
func (c *MarkovChain) dense() *mat.Dense {
	return mat.NewDense(c.Len(), c.Len(), slices.Clone(c.p))
}

// stochastic divides every row by its sum.
func stochastic(m *mat.Dense) {
	n, _ := m.Dims()
	for i := range n {
		normalize(m.RawRowView(i))
	}
}

func normalize(x []float64) {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	for i := range x {
		x[i] /= sum
	}
}

// EvolveTo writes to dst the distribution after the given number of steps from the
// distribution start, and returns dst; nil allocates. It takes a step at a time in
// O(n²), or the matrix's power where that is less work.
func (c *MarkovChain) EvolveTo(dst, start []float64, steps int) []float64 {
	n := c.Len()
	if dst == nil {
		dst = make([]float64, n)
	}
	if len(dst) != n || len(start) != n || steps < 0 {
		panic(fmt.Sprintf("process: distributions of length %d and %d for %d states and %d steps", len(dst), len(start), n, steps))
	}
	next := make([]float64, n)
	if float64(steps) > 2*float64(n)*math.Log2(float64(steps)+1) {
		c.multiply(next, start, c.Power(steps).RawMatrix().Data)
		copy(dst, next)
		return dst
	}
	copy(dst, start)
	for range steps {
		c.multiply(next, dst, c.p)
		copy(dst, next)
	}
	return dst
}

// multiply sets dst = x·p for a matrix of the chain's size.
func (c *MarkovChain) multiply(dst, x, p []float64) {
	n := len(x)
	clear(dst)
	for i, v := range x {
		if v == 0 {
			continue
		}
		for j, q := range p[i*n : (i+1)*n] {
			dst[j] += v * q
		}
	}
}

// LogLikelihood returns the log probability of a path given its first state, in
// nats: −Inf if the chain cannot go that way.
func (c *MarkovChain) LogLikelihood(path []int) float64 {
	sum := 0.0
	for _, i := range path {
		c.inside(i)
	}
	for i, j := range pairs(path) {
		sum += careful.Log(c.Prob(i, j))
	}
	return sum
}

// pairs iterates over the steps of a path.
func pairs(path []int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for t := 1; t < len(path); t++ {
			if !yield(path[t-1], path[t]) {
				return
			}
		}
	}
}
