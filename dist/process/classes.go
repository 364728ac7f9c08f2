package process

// The communicating classes of a chain by Tarjan's algorithm (1972, Depth-first
// search and linear graph algorithms), without recursion, and their periods.

// A Class is a set of states each of which can be reached from every other.
type Class struct {
	States    []int // in ascending order
	Recurrent bool  // the chain never leaves it
	// Period is the greatest common divisor of the lengths of all ways from a
	// state back to itself; 0 if there is none, which only a transient state by
	// itself can have.
	Period int
}

// Classes returns the communicating classes in the order of their first states, in
// O(n²).
func (c *MarkovChain) Classes() []Class {
	n := c.Len()
	of := c.components()
	number := make([]int, n) // of a component, from the order of first states
	for i := range number {
		number[i] = -1
	}
	var classes []Class
	for i, k := range of {
		if number[k] < 0 {
			number[k] = len(classes)
			classes = append(classes, Class{Recurrent: true})
		}
		class := &classes[number[k]]
		class.States = append(class.States, i)
		for j, p := range c.row(i) {
			if p > 0 && of[j] != k {
				class.Recurrent = false
				break
			}
		}
	}
	for i := range classes {
		classes[i].Period = c.period(classes[i].States, of)
	}
	return classes
}

// components returns for each state the number of its strongly connected component.
func (c *MarkovChain) components() []int {
	n := c.Len()
	of, order, low := make([]int, n), make([]int, n), make([]int, n)
	next := make([]int, n) // the successor to look at
	var open, path []int
	visited, found := 0, 0
	for root := range n {
		if order[root] > 0 {
			continue
		}
		path = append(path, root)
		for len(path) > 0 {
			i := path[len(path)-1]
			if order[i] == 0 {
				visited++
				order[i], low[i], of[i] = visited, visited, -1
				open = append(open, i)
			}
			row := c.row(i)
			deeper := false
			for ; next[i] < n && !deeper; next[i]++ {
				j := next[i]
				switch {
				case row[j] == 0:
				case order[j] == 0:
					path, deeper = append(path, j), true
					next[i]-- // come back to take its low
				case of[j] < 0:
					low[i] = min(low[i], low[j])
				}
			}
			if deeper {
				continue
			}
			path = path[:len(path)-1]
			if low[i] < order[i] {
				continue
			}
			for { // i is the first of its component
				j := open[len(open)-1]
				open = open[:len(open)-1]
				of[j] = found
				if j == i {
					break
				}
			}
			found++
		}
	}
	return of
}

// period returns the greatest common divisor of level(i) + 1 − level(j) over the
// steps i → j inside a class, where level is the distance from its first state
// (Denardo 1977, Periods of connected networks and powers of nonnegative matrices).
func (c *MarkovChain) period(states, of []int) int {
	level := map[int]int{states[0]: 0}
	gcd := 0
	queue := []int{states[0]}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for j, p := range c.row(i) {
			if p == 0 || of[j] != of[i] {
				continue
			}
			at, seen := level[j]
			if !seen {
				level[j] = level[i] + 1
				queue = append(queue, j)
				continue
			}
			a, b := gcd, level[i]+1-at
			if b < 0 {
				b = -b
			}
			for b != 0 {
				a, b = b, a%b
			}
			gcd = a
		}
	}
	return gcd
}

// Irreducible says whether every state can be reached from every other.
func (c *MarkovChain) Irreducible() bool { return len(c.Classes()) == 1 }

// Ergodic says whether the chain is irreducible and aperiodic. Then, and only then,
// the distribution converges from any start to one that is positive everywhere.
func (c *MarkovChain) Ergodic() bool {
	classes := c.Classes()
	return len(classes) == 1 && classes[0].Period == 1
}

// forgets says whether the distribution converges to the same limit from any start:
// there is one recurrent class, it is aperiodic, and others may lead to it.
func forgets(classes []Class) bool {
	recurrent, period := 0, 0
	for _, class := range classes {
		if class.Recurrent {
			recurrent++
			period = class.Period
		}
	}
	return recurrent == 1 && period == 1
}
