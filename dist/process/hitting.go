package process

import (
	"fmt"
	"math"
	"slices"
)

// Hitting probabilities, expected hitting times and absorption. The linear systems
// are solved by the elimination of stationary.go, in which nothing is subtracted:
// the rate of leaving a state is summed from where one goes, never taken as one
// minus the probability of staying.

// HittingProbabilities returns, for a start in each state, the probability of ever
// being in one of the target states; one for those themselves. O(n³).
func (c *MarkovChain) HittingProbabilities(target ...int) []float64 {
	in := c.targets(target)
	reach := c.backward(in, nil)
	var inner []int
	out := make([]float64, c.Len())
	for i := range out {
		if in[i] {
			out[i] = 1
		} else if reach[i] {
			inner = append(inner, i)
		}
	}
	s := c.transient(inner, 2, func(j int) int {
		if in[j] {
			return 0
		}
		return 1
	})
	s.eliminate()
	for a, i := range inner {
		out[i] = min(1, s.absorbed[2*a])
	}
	for i, certain := range c.certain(in, reach) {
		if certain {
			out[i] = 1
		}
	}
	return out
}

// HittingTimes returns, for a start in each state, the expected number of steps
// until the chain is first in one of the target states: 0 for those themselves, +Inf
// where it is not certain to get there, and where the number is beyond 1.8e308. O(n³).
func (c *MarkovChain) HittingTimes(target ...int) []float64 {
	in := c.targets(target)
	certain := c.certain(in, c.backward(in, nil))
	var inner []int
	out := make([]float64, c.Len())
	for i := range out {
		switch {
		case in[i]:
		case certain[i]:
			inner = append(inner, i)
		default:
			out[i] = math.Inf(1)
		}
	}
	s := c.transient(inner, 1, func(int) int { return 0 })
	s.eliminate()
	for a, i := range inner {
		out[i] = s.time[a]
	}
	return out
}

// Absorption tells where a chain ends up and when.
type Absorption struct {
	Classes []Class // the recurrent ones
	// Prob[i][k] is the probability of ending in Classes[k] from state i.
	Prob [][]float64
	// Steps[i] is the expected number of steps from state i until the chain is in
	// a recurrent class.
	Steps []float64
}

// Absorption returns the probabilities of ending in each of the recurrent classes,
// and the expected times until then. O(n³), memory for n times the number of
// classes.
func (c *MarkovChain) Absorption() Absorption {
	n := c.Len()
	class := make([]int, n)
	var ab Absorption
	var inner []int
	for _, cl := range c.Classes() {
		for _, i := range cl.States {
			class[i] = -1
			if cl.Recurrent {
				class[i] = len(ab.Classes)
			}
		}
		if cl.Recurrent {
			ab.Classes = append(ab.Classes, cl)
		}
	}
	for i, k := range class {
		if k < 0 {
			inner = append(inner, i)
		}
	}
	k := len(ab.Classes)
	s := c.transient(inner, k, func(j int) int { return class[j] })
	s.eliminate()
	ab.Prob, ab.Steps = make([][]float64, n), make([]float64, n)
	for i := range ab.Prob {
		ab.Prob[i] = make([]float64, k)
		if class[i] >= 0 {
			ab.Prob[i][class[i]] = 1
		}
	}
	for a, i := range inner {
		copy(ab.Prob[i], s.absorbed[a*k:(a+1)*k])
		ab.Steps[i] = s.time[a]
	}
	return ab
}

// targets marks the target states.
func (c *MarkovChain) targets(target []int) []bool {
	in := make([]bool, c.Len())
	for _, i := range target {
		if i < 0 || i >= len(in) {
			panic(fmt.Sprintf("process: state %d of %d", i, len(in)))
		}
		in[i] = true
	}
	return in
}

// backward returns which states can reach one of from without going through a
// state that is blocked.
func (c *MarkovChain) backward(from, blocked []bool) []bool {
	n := c.Len()
	reach := append([]bool(nil), from...)
	var stack []int
	for i, in := range from {
		if in {
			stack = append(stack, i)
		}
	}
	for len(stack) > 0 {
		j := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for i := range n {
			if !reach[i] && c.p[i*n+j] > 0 && !(blocked != nil && blocked[i]) {
				reach[i] = true
				stack = append(stack, i)
			}
		}
	}
	return reach
}

// certain returns which states are sure to get to the target: those that cannot,
// before it, get to where it is out of reach.
func (c *MarkovChain) certain(target, reach []bool) []bool {
	lost := make([]bool, len(reach))
	for i, ok := range reach {
		lost[i] = !ok
	}
	out := c.backward(lost, target)
	for i := range out {
		out[i] = !out[i]
	}
	return out
}

// A transientPart is the part of a chain that is left for good: its own
// probabilities, those of leaving to each of several places, and the time a visit
// takes. After elimination it has the probabilities of where one leaves to in the
// end, and the expected times until then.
type transientPart struct {
	m, k     int
	within   []float64 // m × m
	absorbed []float64 // m × k
	time     []float64 // m
}

// transient cuts the states inner out of the chain; place tells to which of k places
// a state outside belongs.
func (c *MarkovChain) transient(inner []int, k int, place func(state int) int) transientPart {
	m := len(inner)
	s := transientPart{m, k, make([]float64, m*m), make([]float64, m*k), make([]float64, m)}
	at := make([]int, c.Len())
	for i := range at {
		at[i] = -1
	}
	for a, i := range inner {
		at[i] = a
	}
	for a, i := range inner {
		s.time[a] = 1
		for j, p := range c.row(i) {
			if p == 0 {
				continue
			}
			if b := at[j]; b >= 0 {
				s.within[a*m+b] = p
			} else {
				s.absorbed[a*k+place(j)] += p
			}
		}
	}
	return s
}

// eliminate takes the states out one after the other, and then puts them back.
func (s *transientPart) eliminate() {
	t := transientPart{s.m, s.k, slices.Clone(s.within), slices.Clone(s.absorbed), slices.Clone(s.time)}
	if t.eliminateNarrow() {
		*s = t
		return
	}
	s.eliminateWide()
}

// eliminateNarrow returns false if a number was out of the range in which float64 is
// trusted.
func (s *transientPart) eliminateNarrow() (ok bool) {
	m, k := s.m, s.k
	for e := m - 1; e >= 0; e-- {
		row, leave := s.within[e*m:e*m+e], s.absorbed[e*k:(e+1)*k]
		out := 0.0
		for _, v := range row {
			out += v
		}
		for _, v := range leave {
			out += v
		}
		for b := range row {
			row[b] /= out
		}
		for b := range leave {
			leave[b] /= out
		}
		s.time[e] /= out
		least := min(leastPositive(row), leastPositive(leave))
		if !(out >= tiny && least >= tiny && s.time[e] < vast) {
			return false
		}
		for a := range e {
			f := s.within[a*m+e]
			if f == 0 {
				continue
			}
			if f*least < tiny {
				return false
			}
			to := s.within[a*m : a*m+e]
			for b, v := range row {
				to[b] += f * v
			}
			end := s.absorbed[a*k : (a+1)*k]
			for b, v := range leave {
				end[b] += f * v
			}
			s.time[a] += f * s.time[e]
		}
	}
	for e := range m {
		end := s.absorbed[e*k : (e+1)*k]
		for a, f := range s.within[e*m : e*m+e] {
			if f == 0 {
				continue
			}
			for b, v := range s.absorbed[a*k : (a+1)*k] {
				end[b] += f * v
			}
			s.time[e] += f * s.time[a]
		}
	}
	return true
}
