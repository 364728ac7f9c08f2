package chain

import (
	"fmt"

	"github.com/belief-go/belief"
)

// Stationary returns the distribution π of the states that a step does not change,
// π a = π, which is where the chain is in the long run, or on average if it is periodic.
// It works by elimination without a subtraction (Grassmann, Taksar & Heyman 1985), so that
// small probabilities are as accurate as large ones, in O(S³). A chain with several closed
// classes of states has no single one, which is a [*belief.ConfigError].
func (h *HMM) Stationary() ([]float64, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	s := len(h.Initial)
	class, classes := closed(h.Transition, s)
	if classes != 1 {
		return nil, &belief.ConfigError{Field: "Transition", Value: fmt.Sprintf("one with %d closed classes of states", classes), Want: "one with a single class that is never left"}
	}
	n := len(class)
	a := make([]float64, n*n)
	for i, from := range class {
		for j, to := range class {
			a[i*n+j] = h.Transition[from*s+to]
		}
	}
	// State k is left out: what went through it goes where it would have gone.
	for k := n - 1; k > 0; k-- {
		out := 0.0
		for j := range k {
			out += a[k*n+j]
		}
		for i := range k {
			a[i*n+k] /= out
			for j := range k {
				a[i*n+j] += a[i*n+k] * a[k*n+j]
			}
		}
	}
	p := make([]float64, n)
	p[0] = 1
	sum := 1.0
	for k := 1; k < n; k++ {
		for i := range k {
			p[k] += p[i] * a[i*n+k]
		}
		sum += p[k]
	}
	out := make([]float64, s)
	for i, at := range class {
		out[at] = p[i] / sum
	}
	return out, nil
}

// closed returns the states of the first closed class, in which every state leads to every
// other and to no further one, and how many such classes there are.
func closed(a []float64, s int) (class []int, classes int) {
	reach := make([]bool, s*s)
	for from := range s {
		stack := []int{from}
		reach[from*s+from] = true
		for len(stack) > 0 {
			i := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for j := range s {
				if a[i*s+j] > 0 && !reach[from*s+j] {
					reach[from*s+j] = true
					stack = append(stack, j)
				}
			}
		}
	}
	seen := make([]bool, s)
	for i := range s {
		if seen[i] {
			continue
		}
		var members []int
		open := false
		for j := range s {
			if reach[i*s+j] {
				open = open || !reach[j*s+i]
				members = append(members, j)
			}
		}
		if open {
			continue
		}
		for _, j := range members {
			seen[j] = true
		}
		if classes++; classes == 1 {
			class = members
		}
	}
	return class, classes
}
