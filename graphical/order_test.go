package graphical

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
)

// randomGraph joins every two of n vertices with probability p.
func randomGraph(r *rand.Rand, n int, p float64) (*Graph, []int) {
	g := NewGraph(n)
	states := make([]int, n)
	for u := range n {
		states[u] = 2 + r.IntN(4)
		for v := range u {
			if r.Float64() < p {
				g.AddEdge(u, v)
			}
		}
	}
	return g, states
}

// naiveCost plays the elimination game on a matrix and returns total, largest
// clique and width.
func naiveCost(g *Graph, states, order []int) (total, largest float64, width int) {
	n := g.Len()
	joined := make([][]bool, n)
	for u := range joined {
		joined[u] = make([]bool, n)
		for _, v := range g.adj[u] {
			joined[u][v] = true
		}
	}
	gone := make([]bool, n)
	for _, v := range order {
		var around []int
		size := float64(states[v])
		for u := range n {
			if joined[v][u] && !gone[u] {
				around = append(around, u)
				size *= float64(states[u])
			}
		}
		for _, a := range around {
			for _, b := range around {
				joined[a][b] = a != b
			}
		}
		gone[v] = true
		total += size
		largest = max(largest, size)
		width = max(width, len(around))
	}
	return total, largest, width
}

// maximalCost is the table entries of the maximal cliques that an order makes.
func maximalCost(g *Graph, states, order []int) float64 {
	total := 0.0
	for _, c := range g.CliqueTree(order).Cliques {
		size := 1.0
		for _, v := range c {
			size *= float64(states[v])
		}
		total += size
	}
	return total
}

// What an order says it costs is what eliminating in that order costs, and on
// small graphs its maximal cliques are seldom far from the best of all orders.
func TestOrderCost(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(1, 1))
	found, best := 0.0, 0.0
	for range 60 {
		g, states := randomGraph(r, 2+r.IntN(5), 0.4)
		for _, h := range []Heuristic{AnyHeuristic, MinFill, MinWeight, WeightedMinFill} {
			o, err := g.EliminationOrder(ctx, states, OrderConfig{Heuristic: h, Restarts: 5, Seed: 3})
			if err != nil {
				t.Fatal(err)
			}
			total, largest, width := naiveCost(g, states, o.Vertices)
			if total != o.Total || largest != o.Entries || width != o.Width {
				t.Fatalf("%v: order says %v, %v, %d; the game says %v, %v, %d", h, o.Total, o.Entries, o.Width, total, largest, width)
			}
			size := 1.0
			for _, v := range o.Largest {
				size *= float64(states[v])
			}
			if size != largest {
				t.Fatalf("largest clique %v has %v entries, not %v", o.Largest, size, largest)
			}
			if h != AnyHeuristic && o.Heuristic != h {
				t.Fatalf("asked for %v, got %v", h, o.Heuristic)
			}
			if h == AnyHeuristic {
				found += math.Log(maximalCost(g, states, o.Vertices))
			}
		}
		least := math.Inf(1)
		order := make([]int, g.Len())
		for i := range order {
			order[i] = i
		}
		permutations(order, 0, func() {
			least = min(least, maximalCost(g, states, order))
		})
		best += math.Log(least)
	}
	if excess := (found - best) / 60; excess > 0.01 {
		t.Errorf("orders cost on average %.1f %% more than the best", 100*excess)
	}
}

func permutations(p []int, k int, visit func()) {
	if k == len(p) {
		visit()
		return
	}
	for i := k; i < len(p); i++ {
		p[k], p[i] = p[i], p[k]
		permutations(p, k+1, visit)
		p[k], p[i] = p[i], p[k]
	}
}

// The fill counts kept by differences are those counted anew after every step.
func TestEliminatorCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 40 {
		g, states := randomGraph(r, 2+r.IntN(25), 0.2)
		e, _ := newEliminator(context.Background(), g, states)
		e.reset()
		e.heap.reset(g.Len(), nil)
		for _, v := range r.Perm(g.Len()) {
			for u := range e.adj {
				if e.heap.pos[u] < 0 {
					continue
				}
				fill, weighted, sum := 0.0, 0.0, 0.0
				around := e.living(int32(u))
				for i, a := range around {
					sum += e.states[a]
					for _, b := range around[:i] {
						if !slices.Contains(e.adj[a], b) {
							fill++
							weighted += e.states[a] * e.states[b]
						}
					}
				}
				if fill != e.fill[u] || weighted != e.weighted[u] || sum != e.sum[u] {
					t.Fatalf("vertex %d: kept %v, %v, %v; counted %v, %v, %v", u, e.fill[u], e.weighted[u], e.sum[u], fill, weighted, sum)
				}
			}
			before := map[int]float64{}
			for u := range e.adj {
				before[u] = e.fill[u] + 1e6*e.size(u)
			}
			e.heap.pos[v] = -1
			e.eliminate(v)
			for u := range e.adj {
				if e.heap.pos[u] >= 0 && before[u] != e.fill[u]+1e6*e.size(u) && !slices.Contains(e.touched, int32(u)) {
					t.Fatalf("vertex %d changed and is not listed as touched", u)
				}
			}
		}
	}
}

func TestOrderIsReproducible(t *testing.T) {
	ctx := context.Background()
	g, states := randomGraph(rand.New(rand.NewPCG(3, 3)), 60, 0.1)
	first, err := g.EliminationOrder(ctx, states, OrderConfig{Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	again, err := g.EliminationOrder(ctx, states, OrderConfig{Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("the same seed gives another order:\n%s", diff)
	}
	none, err := g.EliminationOrder(ctx, states, OrderConfig{Restarts: -1})
	if err != nil {
		t.Fatal(err)
	}
	many, err := g.EliminationOrder(ctx, states, OrderConfig{Restarts: 300})
	if err != nil {
		t.Fatal(err)
	}
	if none.Tries != 3 || many.Tries != 303 || many.Total >= none.Total {
		t.Errorf("%d tries reach %v, %d reach %v", none.Tries, none.Total, many.Tries, many.Total)
	}
}

func TestOrderOfChordalGraphNeedsOneTry(t *testing.T) {
	g := NewGraph(2000)
	states := make([]int, g.Len())
	for v := range states {
		states[v] = 3
		if v > 0 {
			g.AddEdge(v, v/2)
		}
	}
	o, err := g.EliminationOrder(context.Background(), states, OrderConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if o.Tries != 1 || o.Width != 1 {
		t.Errorf("a tree takes %d tries and has width %d", o.Tries, o.Width)
	}
}

func TestOrderTooLargeAndCancelled(t *testing.T) {
	n := 60
	g := NewGraph(n)
	states := make([]int, n)
	all := make([]int, n)
	for v := range n {
		states[v], all[v] = 4, v
	}
	g.AddClique(all...)
	o, err := g.EliminationOrder(context.Background(), states, OrderConfig{})
	var e *belief.TooLargeError
	if !errors.As(err, &e) || !e.AtLeast || e.Width != n-1 || len(o.Largest) != n {
		t.Errorf("order %+v, error %v", o, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	big, states := randomGraph(rand.New(rand.NewPCG(4, 4)), 400, 0.01)
	if _, err := big.EliminationOrder(ctx, states, OrderConfig{Restarts: 1e9}); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
}

// The cliques of a clique tree are the maximal cliques of the triangulated graph,
// and those that hold a vertex hang together (Jensen & Jensen 1994).
func TestCliqueTree(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		g, _ := randomGraph(r, 1+r.IntN(20), 0.15)
		order := r.Perm(g.Len())
		chordal, fill := g.Triangulate(order)
		if chordal.NumEdges() != g.NumEdges()+len(fill) || !chordal.IsChordal() {
			t.Fatalf("%d edges and %d more give %d, chordal %v", g.NumEdges(), len(fill), chordal.NumEdges(), chordal.IsChordal())
		}
		var want, got [][]int
		for c := range chordal.MaximalCliques() {
			want = append(want, slices.Sorted(slices.Values(c)))
		}
		tree := g.CliqueTree(order)
		position := make([]int, g.Len())
		for i, v := range order {
			position[v] = i
		}
		for i, c := range tree.Cliques {
			got = append(got, slices.Sorted(slices.Values(c)))
			if !slices.IsSortedFunc(c, func(a, b int) int { return position[b] - position[a] }) {
				t.Errorf("clique %v is not in reverse order of elimination %v", c, order)
			}
			if tree.Parent[i] >= 0 && tree.Parent[i] <= i {
				t.Errorf("clique %d has parent %d", i, tree.Parent[i])
			}
			if (tree.Parent[i] < 0) != (tree.Shared[i] == 0) {
				t.Errorf("clique %d has parent %d and shares %d vertices", i, tree.Parent[i], tree.Shared[i])
			}
			for _, v := range tree.Separator(i) {
				if !slices.Contains(tree.Cliques[tree.Parent[i]], v) {
					t.Errorf("separator vertex %d is not in the parent", v)
				}
			}
			for _, v := range tree.Residual(i) {
				if tree.Home[v] != i {
					t.Errorf("home of %d is %d, not %d", v, tree.Home[v], i)
				}
			}
		}
		slices.SortFunc(want, slices.Compare)
		slices.SortFunc(got, slices.Compare)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("cliques (-maximal +tree):\n%s", diff)
		}
		// Running intersection: the cliques with v, less its home, each share v
		// with their parent.
		for v := range g.Len() {
			for i, c := range tree.Cliques {
				if slices.Contains(c, v) && i != tree.Home[v] && !slices.Contains(tree.Separator(i), v) {
					t.Fatalf("vertex %d is cut off in clique %d", v, i)
				}
			}
		}
	}
}

func BenchmarkEliminationOrder(b *testing.B) {
	g, states := randomGraph(rand.New(rand.NewPCG(6, 6)), 1000, 0.002)
	for b.Loop() {
		if _, err := g.EliminationOrder(context.Background(), states, OrderConfig{Restarts: -1}); err != nil {
			b.Fatal(err)
		}
	}
}
