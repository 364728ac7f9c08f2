package graphical

import (
	"fmt"
	"slices"
)

// A Graph is a simple undirected graph on the vertices 0 … Len()−1. The graph of
// a model has one vertex per variable, in the model's order. A Graph is for one
// goroutine while edges are added, and safe to read concurrently afterwards.
type Graph struct {
	adj [][]int32 // neighbours in ascending order
}

// NewGraph returns a graph of n vertices without edges.
func NewGraph(n int) *Graph { return &Graph{adj: make([][]int32, n)} }

// Len returns the number of vertices.
func (g *Graph) Len() int { return len(g.adj) }

// AddEdge joins u and v; joining them again changes nothing. It panics for a
// vertex out of range or joined to itself.
func (g *Graph) AddEdge(u, v int) {
	if u == v || u < 0 || v < 0 || u >= len(g.adj) || v >= len(g.adj) {
		panic(fmt.Sprintf("graphical: no edge %d–%d in a graph of %d vertices", u, v, len(g.adj)))
	}
	g.insert(u, v)
	g.insert(v, u)
}

func (g *Graph) insert(u, v int) {
	if i, found := slices.BinarySearch(g.adj[u], int32(v)); !found {
		g.adj[u] = slices.Insert(g.adj[u], i, int32(v))
	}
}

// AddClique joins every two of the given vertices.
func (g *Graph) AddClique(vertices ...int) {
	for i, u := range vertices {
		for _, v := range vertices[:i] {
			g.AddEdge(u, v)
		}
	}
}

// HasEdge says whether u and v are joined.
func (g *Graph) HasEdge(u, v int) bool {
	_, found := slices.BinarySearch(g.adj[u], int32(v))
	return found
}

// Degree returns the number of neighbours of v.
func (g *Graph) Degree(v int) int { return len(g.adj[v]) }

// Neighbors returns the neighbours of v in ascending order.
func (g *Graph) Neighbors(v int) []int {
	out := make([]int, len(g.adj[v]))
	for i, u := range g.adj[v] {
		out[i] = int(u)
	}
	return out
}

// NumEdges returns the number of edges.
func (g *Graph) NumEdges() int {
	n := 0
	for _, a := range g.adj {
		n += len(a)
	}
	return n / 2
}

// Edges returns all edges (u, v) with u < v, in order.
func (g *Graph) Edges() [][2]int {
	var out [][2]int
	for u, a := range g.adj {
		for _, v := range a {
			if int(v) > u {
				out = append(out, [2]int{u, int(v)})
			}
		}
	}
	return out
}

// Clone returns a copy that can be changed on its own.
func (g *Graph) Clone() *Graph {
	c := NewGraph(len(g.adj))
	for i, a := range g.adj {
		c.adj[i] = slices.Clone(a)
	}
	return c
}

// Components returns the vertices of every connected component, each in
// ascending order, by their lowest vertex.
func (g *Graph) Components() [][]int {
	var out [][]int
	seen := make([]bool, len(g.adj))
	for root := range g.adj {
		if seen[root] {
			continue
		}
		seen[root] = true
		comp := []int{root}
		for i := 0; i < len(comp); i++ {
			for _, u := range g.adj[comp[i]] {
				if !seen[u] {
					seen[u] = true
					comp = append(comp, int(u))
				}
			}
		}
		slices.Sort(comp)
		out = append(out, comp)
	}
	return out
}

// MoralGraph returns the graph that joins every variable to its parents and its
// parents to each other (Lauritzen & Spiegelhalter 1988); vertex i is
// Variables()[i].
func (n *BayesNet) MoralGraph() *Graph { return scopeGraph(n) }

// scopeGraph joins any two variables of a model that share a factor.
func scopeGraph(m Model) *Graph {
	scopes := make([][]int, m.NumFactors())
	for f := range scopes {
		for _, v := range m.Scope(f) {
			scopes[f] = append(scopes[f], m.Index(v))
		}
	}
	return GraphOfScopes(len(m.Variables()), scopes)
}

// GraphOfScopes returns the graph of n vertices that joins any two that share a
// scope. It gathers and sorts all neighbours at once, which is cheaper than edge
// by edge; a scope of k vertices takes k² steps.
func GraphOfScopes(n int, scopes [][]int) *Graph {
	g := NewGraph(n)
	degree := make([]int, n)
	total := 0
	for _, scope := range scopes {
		for _, u := range scope {
			degree[u] += len(scope) - 1
		}
		total += len(scope) * (len(scope) - 1)
	}
	flat := make([]int32, total)
	for v, d := range degree {
		g.adj[v], flat = flat[:0:d], flat[d:]
	}
	for _, scope := range scopes {
		for _, u := range scope {
			for _, v := range scope {
				if u != v {
					g.adj[u] = append(g.adj[u], int32(v))
				}
			}
		}
	}
	for v := range g.adj {
		slices.Sort(g.adj[v])
		g.adj[v] = slices.Compact(g.adj[v])
	}
	return g
}
