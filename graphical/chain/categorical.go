package chain

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/careful"
)

// Categorical emits symbols: a row is one number, that of the symbol from 0, or NaN or −1
// where none was seen.
type Categorical struct {
	Symbols []string  // their names
	P       []float64 // S×K: row s is p(symbol | s)
}

// States implements [Emission].
func (c *Categorical) States() int {
	if len(c.Symbols) == 0 {
		return 0
	}
	return len(c.P) / len(c.Symbols)
}

// Dim implements [Emission]: 1.
func (c *Categorical) Dim() int { return 1 }

// Len implements [Table].
func (c *Categorical) Len() int { return len(c.Symbols) }

// LogTableTo implements [Table].
func (c *Categorical) LogTableTo(dst []float64) []float64 {
	s, k := c.States(), c.Len()
	dst = grow(dst, k*s)
	for i, p := range c.P {
		dst[i%k*s+i/k] = careful.Log(p)
	}
	return dst
}

// LogProbTo implements [Emission].
func (c *Categorical) LogProbTo(dst, rows []float64) error {
	s, k := c.States(), c.Len()
	checkRows(dst, rows, s, 1)
	for t, v := range rows {
		y, err := symbol(v, k, t)
		if err != nil {
			return err
		}
		for i := range s {
			l := 0.0
			if y < k {
				l = careful.Log(c.P[i*k+y])
			}
			dst[t*s+i] = l
		}
	}
	return nil
}

// symbol reads a number of one of k symbols, k where it is missing.
func symbol(v float64, k, row int) (int, error) {
	if v != v || v == -1 {
		return k, nil
	}
	if v >= 0 && v < float64(k) && v == math.Trunc(v) {
		return int(v), nil
	}
	return 0, &data.ValueError{Column: "symbol", Row: row, Value: v, Want: fmt.Sprintf("a whole number from 0 to %d, or NaN or −1 where it is missing", k-1)}
}

// RandTo implements [Emission].
func (c *Categorical) RandTo(dst []float64, state int, r *rand.Rand) []float64 {
	k := c.Len()
	dst = grow(dst, 1)
	dst[0] = float64(draw(c.P[state*k:(state+1)*k], r))
	return dst
}

// draw picks an index with probability in proportion to p, which has a positive sum.
func draw(p []float64, r *rand.Rand) int {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	u := r.Float64() * sum
	last := 0
	for i, v := range p {
		if v == 0 {
			continue
		}
		if u < v {
			return i
		}
		u -= v
		last = i
	}
	return last
}

// Validate implements [Emission]: rows are probabilities.
func (c *Categorical) Validate() error {
	k := len(c.Symbols)
	if k == 0 {
		return &belief.ConfigError{Field: "Symbols", Value: "empty", Want: "the name of one symbol at least"}
	}
	if len(c.P) == 0 || len(c.P)%k != 0 {
		return &belief.ConfigError{Field: "P", Value: fmt.Sprintf("%d numbers", len(c.P)), Want: fmt.Sprintf("a row of %d for each state", k)}
	}
	if err := checkNames("Symbols", c.Symbols); err != nil {
		return err
	}
	return checkDistributions("P", c.P, k)
}

// checkRows panics unless dst has room for the rows.
func checkRows(dst, rows []float64, states, dim int) {
	if len(rows)%dim != 0 || len(dst) != len(rows)/dim*states {
		panic(fmt.Sprintf("chain: %d log-likelihoods for %d numbers in rows of %d and %d states", len(dst), len(rows), dim, states))
	}
}
