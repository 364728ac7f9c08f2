package graphical_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/graphical"
)

// chordalByRemoval takes away vertices whose neighbours are a clique as long as
// there are any: all vertices of a chordal graph go and of no other (Fulkerson &
// Gross 1965).
func chordalByRemoval(m matrix) bool {
	gone := make([]bool, len(m))
	simplicial := func(v int) bool {
		for i := range m {
			for j := range i {
				if !gone[i] && !gone[j] && m[v][i] && m[v][j] && !m[i][j] {
					return false
				}
			}
		}
		return true
	}
	for range m {
		v := 0
		for v < len(m) && (gone[v] || !simplicial(v)) {
			v++
		}
		if v == len(m) {
			return false
		}
		gone[v] = true
	}
	return true
}

// chordalBySets looks at every set of four or more vertices for a cycle without
// chords: two neighbours each within the set, and connected.
func chordalBySets(m matrix) bool {
	for set := range 1 << len(m) {
		var vertices []int
		for v := range m {
			if set>>v&1 == 1 {
				vertices = append(vertices, v)
			}
		}
		if len(vertices) < 4 {
			continue
		}
		ring := true
		for _, v := range vertices {
			degree := 0
			for _, u := range vertices {
				if m[v][u] {
					degree++
				}
			}
			ring = ring && degree == 2
		}
		if !ring {
			continue
		}
		around, before, at := 0, -1, vertices[0]
		for around == 0 || at != vertices[0] {
			next := slices.IndexFunc(vertices, func(u int) bool { return m[at][u] && u != before })
			before, at = at, vertices[next]
			around++
		}
		if around == len(vertices) {
			return false
		}
	}
	return true
}

// checkChordality compares what the graph says of itself with the truth, and
// verifies the witness of either side.
func checkChordality(t interface {
	Helper()
	Fatalf(string, ...any)
}, m matrix, want bool) {
	t.Helper()
	g := m.graph()
	order, ok := g.PerfectEliminationOrder()
	cycle := g.ChordlessCycle()
	if ok != want || g.IsChordal() != want || (cycle == nil) != want || (order == nil) == want && len(m) > 0 {
		t.Fatalf("graph %v: chordal %t, want %t; order %v, cycle %v", g.Edges(), ok, want, order, cycle)
	}
	if want {
		position := make([]int, len(m))
		for i := range position {
			position[i] = -1
		}
		for i, v := range order {
			position[v] = i
		}
		if len(order) != len(m) || slices.Contains(position, -1) {
			t.Fatalf("graph %v: order %v is no permutation", g.Edges(), order)
		}
		for v := range m {
			for a := range m {
				for b := range a {
					if m[v][a] && m[v][b] && position[a] > position[v] && position[b] > position[v] && !m[a][b] {
						t.Fatalf("graph %v: order %v: eliminating %d joins %d and %d", g.Edges(), order, v, a, b)
					}
				}
			}
		}
		return
	}
	for i, u := range cycle {
		for j, v := range cycle[:i] {
			next := i == j+1 || i == len(cycle)-1 && j == 0
			if u == v || m[u][v] != next {
				t.Fatalf("graph %v: %v is no chordless cycle", g.Edges(), cycle)
			}
		}
	}
	if len(cycle) < 4 {
		t.Fatalf("graph %v: cycle %v is short", g.Edges(), cycle)
	}
}

// Every graph of up to six vertices. The numbers of labelled chordal graphs are
// sequence A058862 of the On-Line Encyclopedia of Integer Sequences.
func TestChordalityOfAllSmallGraphs(t *testing.T) {
	for n, known := range []int{1, 1, 2, 8, 61, 822, 18154} {
		count := 0
		allGraphs(n, func(m matrix) {
			want := chordalByRemoval(m)
			if n <= 5 && chordalBySets(m) != want {
				t.Fatalf("the oracles disagree on %v", m.graph().Edges())
			}
			checkChordality(t, m, want)
			if want {
				count++
			}
		})
		if count != known {
			t.Errorf("%d of the graphs of %d vertices are chordal, want %d", count, n, known)
		}
	}
}

func TestChordality(t *testing.T) {
	t.Run("any", rapid.MakeCheck(func(t *rapid.T) {
		m := drawMatrix(t, 20)
		checkChordality(t, m, chordalByRemoval(m))
	}))
	t.Run("nearly chordal", rapid.MakeCheck(func(t *rapid.T) {
		m := drawChordal(t)
		checkChordality(t, m, true)
		if len(m) < 2 {
			return
		}
		for range rapid.IntRange(1, 3).Draw(t, "flips") { // one edge more or less makes long cycles
			i := rapid.IntRange(1, len(m)-1).Draw(t, "one end")
			j := rapid.IntRange(0, i-1).Draw(t, "other end")
			m[i][j], m[j][i] = !m[i][j], !m[i][j]
		}
		checkChordality(t, m, chordalByRemoval(m))
	}))
}

// drawChordal adds vertices one by one, each joined to a clique, and renames them.
func drawChordal(t *rapid.T) matrix {
	n := rapid.IntRange(1, 25).Draw(t, "vertices")
	names := make([]int, n)
	for i := range names {
		names[i] = i
	}
	names = rapid.Permutation(names).Draw(t, "names")
	m := newMatrix(n)
	for i := 1; i < n; i++ {
		var clique []int
		for range rapid.IntRange(0, 4).Draw(t, "tries") {
			u := names[rapid.IntRange(0, i-1).Draw(t, "neighbour")]
			if !slices.ContainsFunc(clique, func(c int) bool { return c == u || !m[c][u] }) {
				clique = append(clique, u)
			}
		}
		for _, u := range clique {
			m.join(names[i], u)
		}
	}
	return m
}

func TestChordalityOfLargeGraphs(t *testing.T) {
	const n = 100_000
	r := rand.New(rand.NewPCG(5, 9))
	perm := r.Perm(n)
	ring := make([][]int, n)
	for i := range ring {
		ring[i] = []int{perm[i], perm[(i+1)%n]}
	}
	if cycle := graphical.GraphOfScopes(n, ring).ChordlessCycle(); len(cycle) != n {
		t.Errorf("a ring of %d has a chordless cycle of %d", n, len(cycle))
	}

	// A 3-tree: every vertex joins a triangle of its predecessors.
	tree := [][]int{{perm[0], perm[1], perm[2]}}
	for i := 3; i < n; i++ {
		c := tree[r.IntN(len(tree))]
		k := r.IntN(3)
		tree = append(tree, []int{perm[i], c[k], c[(k+1)%3]})
		if i < n/2 {
			continue
		}
		tree[len(tree)-1] = append(tree[len(tree)-1], c[(k+2)%3])
	}
	g := graphical.GraphOfScopes(n, tree)
	order, ok := g.PerfectEliminationOrder()
	if !ok || len(order) != n || g.ChordlessCycle() != nil {
		t.Errorf("a graph of triangles on triangles is not chordal: %t, order of %d", ok, len(order))
	}

	// A star, whose centre has every other vertex for a neighbour.
	star := graphical.NewGraph(n)
	for i := 1; i < n; i++ {
		star.AddEdge(0, i)
	}
	if !star.IsChordal() {
		t.Error("a star is not chordal")
	}
	star.AddEdge(1, 2)
	star.AddEdge(2, 3)
	if !star.IsChordal() {
		t.Error("two triangles on a star are not chordal")
	}
	star.AddEdge(3, 4)
	star.AddEdge(4, 1)
	if star.IsChordal() || len(star.ChordlessCycle()) != 4 {
		t.Error("a wheel's rim is a chordless cycle")
	}
}
