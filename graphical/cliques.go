package graphical

import (
	"iter"
	"math/bits"
	"slices"
)

// Maximal cliques by the algorithm of Bron & Kerbosch (1973): from every vertex,
// in an order of degeneracy, so that few vertices are left to choose from
// (Eppstein, Löffler & Strash 2010), with the pivot of Tomita, Tanaka & Takahashi
// (2006), which cuts off branches that can end in no new clique.

// MaximalCliques yields every clique that no vertex can be added to, each in
// ascending order; an isolated vertex is one. A graph of n vertices may have
// 3^(n/3) of them, so a caller of a dense graph should be ready to stop. It costs
// O(d n 3^(d/3)) for a graph of degeneracy d.
func (g *Graph) MaximalCliques() iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		order := g.degeneracyOrder()
		position := make([]int, len(order))
		for i, v := range order {
			position[v] = i
		}
		s := &cliqueSearch{g: g, yield: yield, after: make([][]int32, len(order)), local: make([]int, len(order))}
		for v, adj := range g.adj {
			s.local[v] = -1
			for _, u := range adj {
				if position[u] > position[v] {
					s.after[v] = append(s.after[v], u)
				}
			}
		}
		for _, v := range order {
			if !s.from(v) {
				return
			}
		}
	}
}

// degeneracyOrder lists the vertices so that each has few neighbours after it: it
// takes a vertex of least degree away, again and again (Matula & Beck 1983), in
// O(vertices + edges).
func (g *Graph) degeneracyOrder() []int {
	n := len(g.adj)
	degree, most := make([]int, n), 0
	for v := range degree {
		degree[v] = len(g.adj[v])
		most = max(most, degree[v])
	}
	// Vertices sorted by degree; begin[d] is where those of degree d start.
	begin := make([]int, most+2)
	for _, d := range degree {
		begin[d+1]++
	}
	for d := 1; d < len(begin); d++ {
		begin[d] += begin[d-1]
	}
	order, at := make([]int, n), make([]int, n)
	next := slices.Clone(begin)
	for v, d := range degree {
		at[v] = next[d]
		order[at[v]] = v
		next[d]++
	}
	for _, v := range order { // order changes only behind v
		for _, u := range g.adj[v] {
			d := degree[u]
			if d <= degree[v] {
				continue
			}
			// Swap u with the first of its degree, which then has one less.
			first := order[begin[d]]
			order[at[u]], order[begin[d]] = first, int(u)
			at[first], at[u] = at[u], begin[d]
			begin[d]++
			degree[u]--
		}
	}
	return order
}

// A cliqueSearch looks for the maximal cliques whose first vertex in the order is
// given. The vertices that may join are numbered from zero, so that a set of them
// is a row of bits.
type cliqueSearch struct {
	g     *Graph
	yield func([]int) bool
	after [][]int32 // by vertex: the neighbours behind it in the order

	local []int // by vertex: its number, −1 if it has none
	ids   []int // by number: the vertex
	words int   // of a row
	// rows holds, by number, the neighbours among those that may join. The
	// first numbers are those that may join, the others come before the given
	// vertex in the order and only tell whether a clique is maximal.
	rows   []uint64
	clique []int
	sets   []uint64 // a stack of rows
	done   []int    // a stack of the vertices that would make a clique larger
}

// from searches from v; false means that the caller has had enough.
func (s *cliqueSearch) from(v int) bool {
	s.ids = s.ids[:0]
	number := func(u int32) {
		s.local[u] = len(s.ids)
		s.ids = append(s.ids, int(u))
	}
	for _, u := range s.after[v] {
		number(u)
	}
	join := len(s.ids)
	for _, u := range s.g.adj[v] {
		if s.local[u] < 0 {
			number(u)
		}
	}
	s.words = (join + 63) / 64
	s.rows = append(s.rows[:0], make([]uint64, s.words*len(s.ids))...)
	for i, u := range s.ids { // whoever may join is behind all others, and so in their lists
		for _, w := range s.after[u] {
			j := s.local[w]
			if j < 0 || j >= join {
				continue
			}
			s.row(i)[j/64] |= 1 << (j % 64)
			if i < join {
				s.row(j)[i/64] |= 1 << (i % 64)
			}
		}
	}
	for _, u := range s.ids {
		s.local[u] = -1
	}
	s.clique = append(s.clique[:0], v)
	s.sets = append(s.sets[:0], make([]uint64, s.words)...)
	for i := range join {
		s.sets[i/64] |= 1 << (i % 64)
	}
	s.done = s.done[:0]
	for i := join; i < len(s.ids); i++ {
		s.done = append(s.done, i)
	}
	return s.grow(0)
}

func (s *cliqueSearch) row(i int) []uint64 { return s.rows[i*s.words : (i+1)*s.words] }

// grow adds to the clique in all ways: the topmost set holds who may join, done
// from the given position on who would make it larger but was tried before. The
// depth of recursion is the size of the largest clique.
func (s *cliqueSearch) grow(done int) bool {
	top := len(s.sets) - s.words
	join := func() []uint64 { return s.sets[top : top+s.words] } // the stack may move
	pivot, size := s.pivot(join(), s.done[done:])
	if size == 0 {
		if len(s.done) > done {
			return true // not maximal
		}
		out := slices.Clone(s.clique)
		slices.Sort(out)
		return s.yield(out)
	}
	for w := range s.words {
		// Whoever is next to the pivot can wait: a maximal clique has the pivot
		// or someone who is not next to it.
		for b := join()[w] &^ s.row(pivot)[w]; b != 0; b &= b - 1 {
			i := w*64 + bits.TrailingZeros64(b)
			row, now := s.row(i), len(s.done)
			for k, j := range join() {
				s.sets = append(s.sets, j&row[k])
			}
			for _, d := range s.done[done:now] {
				if s.row(d)[i/64]>>(i%64)&1 == 1 {
					s.done = append(s.done, d)
				}
			}
			s.clique = append(s.clique, s.ids[i])
			more := s.grow(now)
			s.clique = s.clique[:len(s.clique)-1]
			s.sets, s.done = s.sets[:top+s.words], s.done[:now]
			if !more {
				return false
			}
			join()[w] &^= 1 << (i % 64)
			s.done = append(s.done, i)
		}
	}
	return true
}

// pivot returns the vertex, of those that may join and those that are done, with
// the most neighbours among those that may join, and how many may join.
func (s *cliqueSearch) pivot(join []uint64, done []int) (best, size int) {
	most := -1
	try := func(i int) {
		n := 0
		for k, r := range s.row(i) {
			n += bits.OnesCount64(r & join[k])
		}
		if n > most {
			best, most = i, n
		}
	}
	for w, b := range join {
		for size += bits.OnesCount64(b); b != 0; b &= b - 1 {
			try(w*64 + bits.TrailingZeros64(b))
		}
	}
	if size > 0 {
		for _, d := range done {
			try(d)
		}
	}
	return best, size
}

// IsClique says whether every two of the given vertices are joined.
func (g *Graph) IsClique(vertices ...int) bool {
	for i, u := range vertices {
		for _, v := range vertices[:i] {
			if u != v && !g.HasEdge(u, v) {
				return false
			}
		}
	}
	return true
}

// MaximalCliques yields the maximal cliques of the network's graph, over which
// its distribution factorizes (Hammersley & Clifford 1971), each in the order of
// the variables. See [Graph.MaximalCliques] for the cost.
func (m *MarkovNet) MaximalCliques() iter.Seq[[]*Variable] {
	return variableSets(m.vars, m.Graph().MaximalCliques())
}

// MoralCliques yields the maximal cliques of the moral graph, each in the order of
// the variables. See [Graph.MaximalCliques] for the cost.
func (n *BayesNet) MoralCliques() iter.Seq[[]*Variable] {
	return variableSets(n.vars, n.MoralGraph().MaximalCliques())
}

func variableSets(vars []*Variable, sets iter.Seq[[]int]) iter.Seq[[]*Variable] {
	return func(yield func([]*Variable) bool) {
		for set := range sets {
			out := make([]*Variable, len(set))
			for i, v := range set {
				out[i] = vars[v]
			}
			if !yield(out) {
				return
			}
		}
	}
}
