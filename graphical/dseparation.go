package graphical

import (
	"fmt"
	"strings"
)

// Which independences a network promises by its graph alone: d-separation (Pearl
// 1988), decided by rolling balls along the edges (Shachter 1998; Koller &
// Friedman 2009, algorithm 3.1).

// DSeparated says whether the graph promises that x and y are independent given
// the variables named. It costs O(variables + edges). A name that the network
// does not have is a [*belief.UnknownNameError].
//
// A variable that is given is known and so independent of everything; a variable
// that is not given depends on itself.
func (n *BayesNet) DSeparated(x, y string, given ...string) (bool, error) {
	return n.DSeparatedSets([]string{x}, []string{y}, given)
}

// DSeparatedSets is DSeparated for sets: no variable of x depends on one of y.
// The empty set is separated from everything.
func (n *BayesNet) DSeparatedSets(x, y, given []string) (bool, error) {
	t, err := n.ActiveTrailBetween(x, y, given)
	return t == nil && err == nil, err
}

// ActiveTrail returns a shortest trail along which x and y may depend on each
// other given the variables named, or nil if they are d-separated. Among equally
// short trails it prefers those through parents, and through variables declared
// early. Cost and errors are those of DSeparated.
func (n *BayesNet) ActiveTrail(x, y string, given ...string) (*Trail, error) {
	return n.ActiveTrailBetween([]string{x}, []string{y}, given)
}

// ActiveTrailBetween is ActiveTrail for sets: a shortest active trail from any
// variable of x to any of y. A variable of both that is not given is a trail by
// itself.
func (n *BayesNet) ActiveTrailBetween(x, y, given []string) (*Trail, error) {
	from, err := n.indices(x)
	if err != nil {
		return nil, err
	}
	to, err := n.indices(y)
	if err != nil {
		return nil, err
	}
	seen, err := n.indices(given)
	if err != nil {
		return nil, err
	}
	return n.activeTrail(from, to, seen), nil
}

// indices looks names up.
func (n *BayesNet) indices(names []string) ([]int, error) {
	out := make([]int, len(names))
	for i, name := range names {
		v, err := n.Variable(name)
		if err != nil {
			return nil, err
		}
		out[i] = n.Index(v)
	}
	return out, nil
}

// A ball has rolled to a variable either along an edge (from a parent) or against
// one (from a child); a place is 2·variable, plus 1 for along.
const (
	fromChild  = 0
	fromParent = 1
)

// activeTrail rolls balls from all of from, breadth first, until one of to is hit.
// The walk that the first one took visits no variable twice: a loop could be cut
// out and left an active walk, since a variable where the loop turns back is an
// ancestor of an observed one.
func (n *BayesNet) activeTrail(from, to, given []int) *Trail {
	opener, observed := n.openers(given)
	target := make([]bool, len(n.vars))
	for _, i := range to {
		target[i] = !observed[i]
	}
	const unseen, start = -2, -1
	came := make([]int, 2*len(n.vars)) // the place before
	for p := range came {
		came[p] = unseen
	}
	var queue []int
	roll := func(v, how, before int) {
		if p := 2*v + how; came[p] == unseen {
			came[p] = before
			queue = append(queue, p)
		}
	}
	for _, v := range from {
		if !observed[v] {
			roll(v, fromChild, start) // a ball may leave its start both ways
		}
	}
	for k := 0; k < len(queue); k++ {
		p := queue[k]
		v, how := p/2, p%2
		if target[v] {
			return n.trail(came, p, opener)
		}
		if how == fromChild && !observed[v] || how == fromParent && opener[v] >= 0 {
			for _, u := range n.cpds[v].Parents() {
				roll(n.Index(u), fromChild, p)
			}
		}
		if !observed[v] {
			for _, u := range n.children[v] {
				roll(n.Index(u), fromParent, p)
			}
		}
	}
	return nil
}

// openers returns, for every variable, the observed variable that opens it as a
// collider, which is itself or a nearest observed descendant, or −1 if there is
// none; and which variables are observed.
func (n *BayesNet) openers(given []int) (opener []int, observed []bool) {
	opener, observed = make([]int, len(n.vars)), make([]bool, len(n.vars))
	for i := range opener {
		opener[i] = -1
	}
	var queue []int
	for _, i := range given {
		if !observed[i] {
			observed[i] = true
			opener[i] = i
			queue = append(queue, i)
		}
	}
	for k := 0; k < len(queue); k++ {
		i := queue[k]
		for _, p := range n.cpds[i].Parents() {
			if j := n.Index(p); opener[j] < 0 {
				opener[j] = opener[i]
				queue = append(queue, j)
			}
		}
	}
	return opener, observed
}

// trail retraces the walk that ended at place p.
func (n *BayesNet) trail(came []int, p int, opener []int) *Trail {
	var places []int
	for ; p >= 0; p = came[p] {
		places = append(places, p)
	}
	t := &Trail{Nodes: make([]TrailNode, len(places))}
	last := len(places) - 1
	for i := range t.Nodes {
		p := places[last-i]
		node := &t.Nodes[i]
		node.Variable = n.vars[p/2]
		if i < last {
			node.Forward = places[last-i-1]%2 == fromParent
		}
		if i == 0 || i == last {
			continue
		}
		switch into := t.Nodes[i-1].Forward; {
		case into && !node.Forward:
			node.Role = TrailCollider
			node.Opener = n.vars[opener[p/2]]
		case !into && node.Forward:
			node.Role = TrailCommonCause
		default:
			node.Role = TrailLink
		}
	}
	return t
}

// A Trail is a path in the graph of a Bayesian network, whichever way its edges
// point, that is active: information passes every inner variable. It starts and
// ends at variables that are not observed.
type Trail struct{ Nodes []TrailNode }

// A TrailNode is one variable of a trail and how the trail passes it.
type TrailNode struct {
	Variable *Variable
	Role     TrailRole
	Forward  bool      // the edge to the next node points at that node; false at the last
	Opener   *Variable // of a collider: the observed variable that opens it, itself or a nearest descendant
}

// A TrailRole says how a trail passes a variable, and so what makes it pass.
type TrailRole uint8

// The roles of the variables of an active trail.
const (
	TrailEnd         TrailRole = iota // the first or the last
	TrailLink                         // → v → or ← v ←, not observed
	TrailCommonCause                  // ← v →, not observed
	TrailCollider                     // → v ←, observed or with an observed descendant
)

var trailRoles = [...]string{"end", "link", "common cause", "collider"}

// String gives the role in words.
func (r TrailRole) String() string {
	if int(r) < len(trailRoles) {
		return trailRoles[r]
	}
	return fmt.Sprintf("TrailRole(%d)", r)
}

// Len returns the number of edges.
func (t *Trail) Len() int { return len(t.Nodes) - 1 }

// String shows the trail and why every inner variable lets it pass, such as
// "X1 → X2 ← X3 (X2 is a collider with observed descendant X5)".
func (t *Trail) String() string {
	var b strings.Builder
	for i, node := range t.Nodes {
		b.WriteString(node.Variable.name)
		switch {
		case i == t.Len():
		case node.Forward:
			b.WriteString(" → ")
		default:
			b.WriteString(" ← ")
		}
	}
	sep := " ("
	for _, node := range t.Nodes {
		if why := node.why(); why != "" {
			b.WriteString(sep + why)
			sep = "; "
		}
	}
	if sep == "; " {
		b.WriteByte(')')
	}
	return b.String()
}

// why says what makes the node pass information on.
func (t TrailNode) why() string {
	switch {
	case t.Role == TrailEnd:
		return ""
	case t.Role != TrailCollider:
		return fmt.Sprintf("%s is an unobserved %v", t.Variable.name, t.Role)
	case t.Opener == t.Variable:
		return fmt.Sprintf("%s is an observed collider", t.Variable.name)
	}
	return fmt.Sprintf("%s is a collider with observed descendant %s", t.Variable.name, t.Opener.name)
}
