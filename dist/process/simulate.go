package process

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"

	"github.com/belief-go/belief/dist"
)

// Simulation of a chain: one alias table per state, made when the first path is
// drawn, with about 44 bytes for every positive probability.

// successors are the states that one state can go to.
type successors struct {
	states []int
	choose dist.Categorical // unused if there is but one
}

func lazySuccessors(c *MarkovChain) func() []successors {
	return sync.OnceValue(func() []successors {
		all := make([]successors, c.Len())
		var p []float64
		for i := range all {
			p = p[:0]
			for j, v := range c.row(i) {
				if v > 0 {
					all[i].states, p = append(all[i].states, j), append(p, v)
				}
			}
			if len(p) > 1 {
				var err error
				if all[i].choose, err = dist.NewCategorical(p); err != nil {
					panic("process: a validated row is refused: " + err.Error())
				}
			}
		}
		return all
	})
}

func (s *successors) next(r *rand.Rand) int {
	if len(s.states) == 1 {
		return s.states[0]
	}
	return s.states[int(s.choose.Rand(r))]
}

// RandTo draws a path that begins in state start, writes it to dst, start first, and
// returns dst. A step takes O(1) and no memory.
func (c *MarkovChain) RandTo(dst []int, start int, r *rand.Rand) []int {
	c.inside(start)
	next := c.draw()
	for t := range dst {
		dst[t] = start
		start = next[start].next(r)
	}
	return dst
}

// Path returns an endless path that begins in state start, start first. It draws
// what RandTo draws, one step for each round of the loop.
func (c *MarkovChain) Path(start int, r *rand.Rand) iter.Seq[int] {
	c.inside(start)
	return func(yield func(int) bool) {
		next := c.draw()
		for i := start; yield(i); i = next[i].next(r) {
		}
	}
}

func (c *MarkovChain) inside(state int) {
	if state < 0 || state >= c.Len() {
		panic(fmt.Sprintf("process: state %d of %d", state, c.Len()))
	}
}
