package graphical_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/patience"
)

// sortedCliques collects cliques in the order of their vertices.
func sortedCliques(g *graphical.Graph) [][]int {
	out := slices.Collect(g.MaximalCliques())
	slices.SortFunc(out, slices.Compare)
	return out
}

// Every graph of up to five vertices, against all sets of vertices.
func TestMaximalCliquesOfAllSmallGraphs(t *testing.T) {
	for n := range 6 {
		allGraphs(n, func(m matrix) {
			clique := func(set int) bool {
				for i := range n {
					for j := range i {
						if (set>>i)&(set>>j)&1 == 1 && !m[i][j] {
							return false
						}
					}
				}
				return true
			}
			var want [][]int
			for set := 1; set < 1<<n; set++ {
				maximal := clique(set)
				for v := range n {
					if set>>v&1 == 0 && clique(set|1<<v) {
						maximal = false
					}
				}
				if !maximal {
					continue
				}
				var vertices []int
				for v := range n {
					if set>>v&1 == 1 {
						vertices = append(vertices, v)
					}
				}
				want = append(want, vertices)
			}
			slices.SortFunc(want, slices.Compare)
			if diff := cmp.Diff(want, sortedCliques(m.graph())); diff != "" {
				t.Fatalf("graph %v (-want +got):\n%s", m, diff)
			}
		})
	}
}

func gonumCliques(m matrix) [][]int {
	g := simple.NewUndirectedGraph()
	for i := range m {
		g.AddNode(simple.Node(i))
	}
	for i := range m {
		for j := range i {
			if m[i][j] {
				g.SetEdge(simple.Edge{F: simple.Node(i), T: simple.Node(j)})
			}
		}
	}
	var out [][]int
	for _, nodes := range topo.BronKerbosch(g) {
		var c []int
		for _, node := range nodes {
			c = append(c, int(node.ID()))
		}
		slices.Sort(c)
		out = append(out, c)
	}
	slices.SortFunc(out, slices.Compare)
	return out
}

func TestMaximalCliquesAgainstGonum(t *testing.T) {
	t.Run("small", rapid.MakeCheck(func(t *rapid.T) {
		m := drawMatrix(t, 14)
		if len(m) == 0 {
			t.Skip("the empty graph is tested elsewhere")
		}
		if diff := cmp.Diff(gonumCliques(m), sortedCliques(m.graph())); diff != "" {
			t.Errorf("(-gonum +got):\n%s", diff)
		}
	}))
	// Larger ones; the last has vertices with more than 64 neighbours behind them
	// in the order.
	r := rand.New(rand.NewPCG(4, 4))
	for _, c := range []struct {
		n      int
		absent int // edges that are left out of the complete graph
		share  float64
	}{{n: 60, share: 0.1}, {n: 40, share: 0.5}, {n: 200, share: 0.05}, {n: 70, absent: 4}} {
		m := newMatrix(c.n)
		for i := range m {
			for j := range i {
				if c.absent > 0 || r.Float64() < c.share {
					m.join(i, j)
				}
			}
		}
		for range c.absent {
			i, j := r.IntN(c.n), r.IntN(c.n)
			m[i][j], m[j][i] = false, false
		}
		got := sortedCliques(m.graph())
		if diff := cmp.Diff(gonumCliques(m), got); diff != "" {
			t.Errorf("%+v (-gonum +got):\n%s", c, diff)
		}
		if len(got) < 10 {
			t.Errorf("%+v has only %d maximal cliques", c, len(got))
		}
	}
}

// moonMoser is the graph of 3k vertices with the most maximal cliques, 3^k (Moon &
// Moser 1965): all edges but those within k triples.
func moonMoser(k int) *graphical.Graph {
	g := graphical.NewGraph(3 * k)
	for i := range 3 * k {
		for j := range i {
			if i/3 != j/3 {
				g.AddEdge(i, j)
			}
		}
	}
	return g
}

func TestMaximalCliquesOfMoonMoser(t *testing.T) {
	n := 0
	for c := range moonMoser(6).MaximalCliques() {
		if len(c) != 6 {
			t.Fatalf("clique %v", c)
		}
		n++
	}
	if n != 729 {
		t.Errorf("%d maximal cliques, want 3⁶", n)
	}
}

// The complete graph less k edges without a common end: one end of each is in a
// maximal clique, and all the others.
func TestMaximalCliquesOfNearlyCompleteGraph(t *testing.T) {
	const n, k = 200, 6
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	m := matrixOf(graphical.GraphOfScopes(n, [][]int{all}))
	for i := range k {
		a, b := 30*i, 30*i+7
		m[a][b], m[b][a] = false, false
	}
	seen := map[[k]bool]bool{}
	for c := range m.graph().MaximalCliques() {
		if len(c) != n-k {
			t.Fatalf("a clique of %d", len(c))
		}
		var which [k]bool
		for i := range which {
			which[i] = slices.Contains(c, 30*i)
			if slices.Contains(c, 30*i+7) == which[i] {
				t.Fatalf("a clique with both or neither of %d and %d", 30*i, 30*i+7)
			}
		}
		seen[which] = true
	}
	if len(seen) != 1<<k {
		t.Errorf("%d cliques, want 2⁶", len(seen))
	}
}

// Whoever stops early waits for no more: of 3^40 cliques the first five come at
// once. The slices are the caller's own.
func TestMaximalCliquesStop(t *testing.T) {
	seen := map[[40]int]bool{}
	var kept [][]int
	for c := range moonMoser(40).MaximalCliques() {
		seen[[40]int(c)] = true
		kept = append(kept, c)
		if len(kept) == 5 {
			break
		}
	}
	for _, c := range kept {
		if !seen[[40]int(c)] {
			t.Errorf("clique %v changed after it was yielded", c)
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d different cliques", len(seen))
	}
}

// Sparse graphs cost little, whatever their largest degree; a square would take
// minutes.
func TestMaximalCliquesOfLargeSparseGraphs(t *testing.T) {
	const n = 100_000
	star := make([][]int, n-1)
	path := make([][]int, n-1)
	for i := range n - 1 {
		star[i] = []int{0, i + 1}
		path[i] = []int{i, i + 1}
	}
	for name, edges := range map[string][][]int{"star": star, "path": path} {
		begin := time.Now()
		count := 0
		for c := range graphical.GraphOfScopes(n, edges).MaximalCliques() {
			if len(c) != 2 {
				t.Fatalf("%s: clique %v", name, c)
			}
			count++
		}
		if count != n-1 {
			t.Errorf("%s: %d cliques, want %d", name, count, n-1)
		}
		patience.Within(t, begin, 5*time.Second, name)
	}
	if got := slices.Collect(graphical.NewGraph(3).MaximalCliques()); len(got) != 3 {
		t.Errorf("three isolated vertices have the maximal cliques %v", got)
	}
	for c := range graphical.NewGraph(0).MaximalCliques() {
		t.Errorf("the empty graph has the clique %v", c)
	}
}

func TestCliquesOfModels(t *testing.T) {
	d := dag{{false, true, true, false}, {false, false, false, true}, {false, false, false, true}, {false, false, false, false}}
	net := d.net(half)
	markov, err := net.MarkovNet()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"X0", "X1", "X2"}, {"X1", "X2", "X3"}}
	var moral, undirected [][]string
	for c := range net.MoralCliques() {
		moral = append(moral, namesOf(c))
	}
	for c := range markov.MaximalCliques() {
		undirected = append(undirected, namesOf(c))
	}
	slices.SortFunc(moral, slices.Compare)
	slices.SortFunc(undirected, slices.Compare)
	if diff := cmp.Diff([][][]string{want, want}, [][][]string{moral, undirected}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range net.MoralCliques() {
		break // must not panic
	}
}

func TestIsClique(t *testing.T) {
	g := graphical.NewGraph(4)
	g.AddClique(0, 1, 2)
	for _, c := range []struct {
		vertices []int
		want     bool
	}{{nil, true}, {[]int{3}, true}, {[]int{2, 0, 1}, true}, {[]int{0, 0}, true}, {[]int{0, 1, 3}, false}} {
		if got := g.IsClique(c.vertices...); got != c.want {
			t.Errorf("IsClique(%v) is %t", c.vertices, got)
		}
	}
}
