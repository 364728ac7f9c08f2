package graphical_test

import (
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/graphical"
)

// A matrix is an undirected graph written out: m[i][j] and m[j][i] say that i and
// j are joined.
type matrix [][]bool

func newMatrix(n int) matrix {
	m := make(matrix, n)
	for i := range m {
		m[i] = make([]bool, n)
	}
	return m
}

func (m matrix) join(i, j int) { m[i][j], m[j][i] = true, true }

func (m matrix) graph() *graphical.Graph {
	g := graphical.NewGraph(len(m))
	for i := range m {
		for j := range i {
			if m[i][j] {
				g.AddEdge(i, j)
			}
		}
	}
	return g
}

// matrixOf reads a graph back through HasEdge.
func matrixOf(g *graphical.Graph) matrix {
	m := newMatrix(g.Len())
	for i := range m {
		for j := range m {
			m[i][j] = g.HasEdge(i, j)
		}
	}
	return m
}

// allGraphs calls f with every graph of n labelled vertices, in a matrix that the
// next call reuses.
func allGraphs(n int, f func(m matrix)) {
	m := newMatrix(n)
	for code := range 1 << (n * (n - 1) / 2) {
		for i := range m {
			for j := range i {
				edge := code&1 == 1
				m[i][j], m[j][i] = edge, edge
				code >>= 1
			}
		}
		f(m)
	}
}

// drawMatrix draws a graph of up to most vertices.
func drawMatrix(t *rapid.T, most int) matrix {
	m := newMatrix(rapid.IntRange(0, most).Draw(t, "vertices"))
	density := rapid.IntRange(0, 10).Draw(t, "density")
	for i := range m {
		for j := range i {
			if rapid.IntRange(0, 9).Draw(t, "edge") < density {
				m.join(i, j)
			}
		}
	}
	return m
}

func TestGraphAgainstMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMatrix(t, 12)
		n := len(m)
		g := graphical.NewGraph(n)
		for i := n - 1; i >= 0; i-- { // out of order, and some edges twice
			for j := range m {
				if m[i][j] {
					g.AddEdge(i, j)
				}
			}
		}
		if g.Len() != n {
			t.Errorf("%d vertices, want %d", g.Len(), n)
		}
		if diff := cmp.Diff(m, matrixOf(g)); diff != "" {
			t.Errorf("HasEdge (-want +got):\n%s", diff)
		}
		var edges [][2]int
		for i := range m {
			neighbors := []int{}
			for j := range m {
				if m[i][j] {
					neighbors = append(neighbors, j)
					if i < j {
						edges = append(edges, [2]int{i, j})
					}
				}
			}
			if diff := cmp.Diff(neighbors, g.Neighbors(i)); diff != "" {
				t.Errorf("neighbours of %d (-want +got):\n%s", i, diff)
			}
			if g.Degree(i) != len(neighbors) {
				t.Errorf("vertex %d has degree %d, want %d", i, g.Degree(i), len(neighbors))
			}
		}
		if diff := cmp.Diff(edges, g.Edges()); diff != "" {
			t.Errorf("edges (-want +got):\n%s", diff)
		}
		if g.NumEdges() != len(edges) {
			t.Errorf("%d edges, want %d", g.NumEdges(), len(edges))
		}

		// Components: labels that spread along edges until nothing changes.
		label := make([]int, n)
		for i := range label {
			label[i] = i
		}
		for range n {
			for _, e := range edges {
				low := min(label[e[0]], label[e[1]])
				label[e[0]], label[e[1]] = low, low
			}
		}
		var components [][]int
		for root := range label {
			var c []int
			for v, l := range label {
				if l == root {
					c = append(c, v)
				}
			}
			if c != nil {
				components = append(components, c)
			}
		}
		if diff := cmp.Diff(components, g.Components()); diff != "" {
			t.Errorf("components (-want +got):\n%s", diff)
		}

		clone := g.Clone()
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		clone.AddClique(all...)
		if clone.NumEdges() != n*(n-1)/2 || g.NumEdges() != len(edges) {
			t.Errorf("completing the clone gives it %d edges and leaves %d of %d", clone.NumEdges(), g.NumEdges(), len(edges))
		}
	})
}

func TestGraphPanics(t *testing.T) {
	g := graphical.NewGraph(3)
	mustPanic(t, "a loop", func() { g.AddEdge(1, 1) })
	mustPanic(t, "a vertex too large", func() { g.AddEdge(1, 3) })
	mustPanic(t, "a negative vertex", func() { g.AddEdge(-1, 0) })
	if g.NumEdges() != 0 {
		t.Error("a refused edge is there")
	}
}

func TestMoralGraphAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDAG(t, 7)
		net := d.net(half)
		want := newMatrix(len(d))
		for c := range d {
			for i := range d {
				for j := range d {
					if i != j && d[i][c] && (d[j][c] || j == c) {
						want.join(i, j)
					}
				}
			}
		}
		if diff := cmp.Diff(want, matrixOf(net.MoralGraph())); diff != "" {
			t.Errorf("moral graph (-want +got):\n%s", diff)
		}
		markov, err := net.MarkovNet()
		if err != nil {
			t.Fatal(err)
		}
		factors, err := net.FactorGraph()
		if err != nil {
			t.Fatal(err)
		}
		for name, g := range map[string]*graphical.Graph{"Markov network": markov.Graph(), "factor graph": factors.Graph()} {
			if diff := cmp.Diff(want, matrixOf(g)); diff != "" {
				t.Errorf("graph of the %s (-want +got):\n%s", name, diff)
			}
		}
		// The neighbours of a moral graph are Markov blankets.
		for i, v := range net.Variables() {
			blanket := namesOf(net.MarkovBlanket(v))
			var neighbors []string
			for _, j := range net.MoralGraph().Neighbors(i) {
				neighbors = append(neighbors, "X"+strconv.Itoa(j))
			}
			if !slices.Equal(blanket, neighbors) || !slices.Equal(blanket, namesOf(markov.Neighbors(v))) {
				t.Errorf("%v has blanket %v, moral neighbours %v, Markov neighbours %v", v, blanket, neighbors, markov.Neighbors(v))
			}
		}
	})
}
