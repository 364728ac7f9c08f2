package graphical

import (
	"fmt"
	"slices"
	"sort"
)

// A CliqueTree is the skeleton of a junction tree: the maximal cliques of a
// triangulated graph, joined so that the cliques that hold a vertex are connected
// (Jensen & Jensen 1994). A disconnected graph gives a forest.
type CliqueTree struct {
	// Cliques lists the vertices of every clique, those shared with the parent
	// first and, throughout, later eliminated before earlier eliminated. Cliques
	// come children before parents.
	Cliques [][]int
	Parent  []int // of each clique, −1 for a root
	Shared  []int // how many leading vertices of each clique its parent has too
	Home    []int // of each vertex: the clique closest to the root that has it
}

// Separator returns the vertices that clique i shares with its parent.
func (t *CliqueTree) Separator(i int) []int { return t.Cliques[i][:t.Shared[i]] }

// Residual returns the vertices of clique i that its parent lacks.
func (t *CliqueTree) Residual(i int) []int { return t.Cliques[i][t.Shared[i]:] }

// later runs the elimination game and returns, for every vertex, the neighbours
// that it still has when it is eliminated, in order of elimination. It takes time
// proportional to the edges of the triangulated graph.
func (g *Graph) later(order []int) [][]int32 {
	n := g.Len()
	position := make([]int, n)
	for v := range position {
		position[v] = -1
	}
	for i, v := range order {
		if v < 0 || v >= n || position[v] >= 0 {
			panic(fmt.Sprintf("graphical: order is not a permutation of the %d vertices", n))
		}
		position[v] = i
	}
	if len(order) != n {
		panic(fmt.Sprintf("graphical: order has %d of %d vertices", len(order), n))
	}
	later := make([][]int32, n)
	children := make([][]int32, n)
	seen := make([]int, n)
	for i, v := range order {
		stamp := i + 1
		seen[v] = stamp
		var list []int32
		collect := func(from []int32) {
			for _, u := range from {
				if position[u] > i && seen[u] != stamp {
					seen[u] = stamp
					list = append(list, u)
				}
			}
		}
		collect(g.adj[v])
		for _, c := range children[v] {
			collect(later[c])
		}
		slices.SortFunc(list, func(a, b int32) int { return position[a] - position[b] })
		later[v] = list
		if len(list) > 0 {
			children[list[0]] = append(children[list[0]], int32(v))
		}
	}
	return later
}

// Triangulate returns the chordal graph that eliminating the vertices in the given
// order makes of g, and the edges it adds, in order.
func (g *Graph) Triangulate(order []int) (*Graph, [][2]int) {
	later := g.later(order)
	t := g.Clone()
	var fill [][2]int
	for v, list := range later {
		for _, u := range list {
			if !g.HasEdge(v, int(u)) {
				fill = append(fill, [2]int{min(v, int(u)), max(v, int(u))})
			}
		}
	}
	sort.Slice(fill, func(i, j int) bool {
		return fill[i][0] < fill[j][0] || fill[i][0] == fill[j][0] && fill[i][1] < fill[j][1]
	})
	for _, e := range fill {
		t.AddEdge(e[0], e[1])
	}
	return t, fill
}

// CliqueTree returns the clique tree of the graph triangulated by an elimination
// order.
func (g *Graph) CliqueTree(order []int) *CliqueTree {
	later := g.later(order)
	n := g.Len()
	// A vertex whose elimination clique is its child's less one vertex is in no
	// maximal clique of its own: it joins that child's.
	joins := make([]int, n) // the child it joins, −1 for none
	for v := range joins {
		joins[v] = -1
	}
	joined := make([]bool, n) // its parent joined it
	for _, v := range order {
		if len(later[v]) == 0 {
			continue
		}
		if p := later[v][0]; joins[p] < 0 && len(later[v]) == len(later[p])+1 {
			joins[p] = v
			joined[v] = true
		}
	}
	t := &CliqueTree{Home: make([]int, n)}
	for _, top := range order {
		if joined[top] {
			continue // not the last eliminated of its clique's own vertices
		}
		var own []int
		for v := top; v >= 0; v = joins[v] {
			own = append(own, v)
			t.Home[v] = len(t.Cliques)
		}
		shared := later[top]
		clique := make([]int, 0, len(shared)+len(own))
		for i := len(shared) - 1; i >= 0; i-- {
			clique = append(clique, int(shared[i]))
		}
		t.Cliques = append(t.Cliques, append(clique, own...))
		t.Shared = append(t.Shared, len(shared))
	}
	t.Parent = make([]int, len(t.Cliques))
	for i := range t.Cliques {
		t.Parent[i] = -1
		if sep := t.Separator(i); len(sep) > 0 {
			first := sep[len(sep)-1] // the earliest eliminated
			t.Parent[i] = t.Home[first]
		}
	}
	return t
}
