package graphical

import "slices"

// Chordal graphs: every cycle of four or more vertices has a chord. They are the
// graphs that some order of elimination leaves as they are, and maximum
// cardinality search finds such an order if there is one (Tarjan & Yannakakis
// 1984).

// IsChordal says whether every cycle of four or more vertices has a chord, in
// O(vertices + edges).
func (g *Graph) IsChordal() bool {
	_, ok := g.PerfectEliminationOrder()
	return ok
}

// PerfectEliminationOrder returns an order in which the vertices can be
// eliminated, the first one first, without joining any two that are not joined
// yet: the neighbours that a vertex has behind it in the order are a clique. Only
// a chordal graph has one; for any other, ok is false and the order nil. It costs
// O(vertices + edges).
func (g *Graph) PerfectEliminationOrder() (order []int, ok bool) {
	visits := g.maxCardinality()
	if g.firstFill(visits) >= 0 {
		return nil, false
	}
	slices.Reverse(visits)
	return visits, true
}

// maxCardinality visits the vertices, always one with the most visited
// neighbours. Vertices wait in one stack per number of visited neighbours; an
// entry that has been overtaken by a later one is skipped.
func (g *Graph) maxCardinality() []int {
	n := len(g.adj)
	stacks := make([][]int32, 1, 8)
	for v := n - 1; v >= 0; v-- {
		stacks[0] = append(stacks[0], int32(v))
	}
	count := make([]int, n) // visited neighbours; −1 for a visited vertex
	visits := make([]int, 0, n)
	for top := 0; len(visits) < n; {
		s := stacks[top]
		if len(s) == 0 {
			top--
			continue
		}
		v := s[len(s)-1]
		stacks[top] = s[:len(s)-1]
		if count[v] != top {
			continue
		}
		count[v] = -1
		visits = append(visits, int(v))
		for _, u := range g.adj[v] {
			if count[u] < 0 {
				continue
			}
			count[u]++
			if count[u] == len(stacks) {
				stacks = append(stacks, nil)
			}
			stacks[count[u]] = append(stacks[count[u]], u)
		}
		top = min(top+1, len(stacks)-1)
	}
	return visits
}

// firstFill returns the first position in the order of visits whose vertex has
// visited neighbours that are no clique, −1 if there is none. If none came
// before, it is enough to look whether the one of them that was visited last is
// joined to the others.
func (g *Graph) firstFill(visits []int) int {
	position := make([]int, len(visits))
	for i, v := range visits {
		position[v] = i
	}
	followers := make([][]int32, len(visits)) // the vertices of which v is the visited neighbour visited last
	for i, v := range visits {
		last := -1
		for _, u := range g.adj[v] {
			if position[u] < i {
				last = max(last, position[u])
			}
		}
		if last >= 0 {
			p := visits[last]
			followers[p] = append(followers[p], int32(v))
		}
	}
	first := len(visits)
	mark := make([]int32, len(visits)) // 1 + the vertex whose neighbour this is
	for p, vs := range followers {
		if len(vs) == 0 {
			continue
		}
		stamp := int32(p + 1)
		mark[p] = stamp
		for _, u := range g.adj[p] {
			mark[u] = stamp
		}
		for _, v := range vs {
			for _, u := range g.adj[v] {
				if position[u] < position[v] && mark[u] != stamp {
					first = min(first, position[v])
				}
			}
		}
	}
	if first == len(visits) {
		return -1
	}
	return first
}

// ChordlessCycle returns the vertices around a cycle of at least four that has no
// chord, which shows that the graph is not chordal; nil if it is. It costs
// O(vertices + edges · log degree).
//
// Let v be the first vertex that maximum cardinality search visits with visited
// neighbours S that are no clique, and H what it visited before, which is
// chordal. With v it is not, so a chordless cycle goes from v to some s in S,
// outside S to some t in S that is not joined to s, and back: some component of
// H − S has neighbours in S that are no clique.
func (g *Graph) ChordlessCycle() []int {
	visits := g.maxCardinality()
	first := g.firstFill(visits)
	if first < 0 {
		return nil
	}
	const outside, inH, inS = -1, -2, -3
	v := visits[first]
	where := make([]int, len(visits)) // outside, inH, inS, or the component
	position := make([]int, len(visits))
	for i, u := range visits {
		position[u] = i
		where[u] = inH
		if i >= first {
			where[u] = outside
		}
	}
	for _, u := range g.adj[v] {
		if where[u] == inH {
			where[u] = inS
		}
	}
	touched := make([]int, len(visits)) // 1 + the last component that touched this vertex of S
	for c, root := range visits[:first] {
		if where[root] != inH {
			continue
		}
		where[root] = c
		queue := []int{root}
		var border []int
		for k := 0; k < len(queue); k++ {
			for _, u := range g.adj[queue[k]] {
				switch {
				case where[u] == inH:
					where[u] = c
					queue = append(queue, int(u))
				case where[u] == inS && touched[u] != c+1:
					touched[u] = c + 1
					border = append(border, int(u))
				}
			}
		}
		// In a chordal graph it is enough to look at who was visited last.
		if len(border) < 2 {
			continue
		}
		s := slices.MaxFunc(border, func(a, b int) int { return position[a] - position[b] })
		for _, t := range border {
			if t != s && !g.HasEdge(s, t) {
				return append([]int{v}, g.shortestPath(s, t, func(u int32) bool { return where[u] == c })...)
			}
		}
	}
	panic("graphical: a graph that is not chordal has a chordless cycle") // by the proof above
}

// shortestPath returns a shortest path from s to t whose inner vertices satisfy
// inner; there must be one.
func (g *Graph) shortestPath(s, t int, inner func(u int32) bool) []int {
	before := map[int]int{t: t} // from t, so that the path need not be turned around
	queue := []int{t}
	for k := 0; ; k++ {
		w := queue[k]
		for _, u := range g.adj[w] {
			_, seen := before[int(u)]
			if int(u) == s && w != t {
				path := []int{s}
				for x := w; ; x = before[x] {
					path = append(path, x)
					if x == t {
						return path
					}
				}
			}
			if !seen && inner(u) {
				before[int(u)] = w
				queue = append(queue, int(u))
			}
		}
	}
}
