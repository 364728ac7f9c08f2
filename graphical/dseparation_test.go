package graphical_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// shortestByDefinition searches all simple trails of the graph for active ones, as
// the definition has it, and returns the length of the shortest, −1 if none is
// active.
func shortestByDefinition(d dag, x, y, z []bool) int {
	paths := d.paths()
	opens := func(v int) bool { // v or a descendant is observed
		for u := range d {
			if z[u] && (u == v || paths[v][u]) {
				return true
			}
		}
		return false
	}
	best := -1
	var trail []int
	var extend func(v int)
	extend = func(v int) {
		if k := len(trail); k >= 2 {
			a, b := trail[k-2], trail[k-1]
			collider := d[a][b] && d[v][b]
			if collider && !opens(b) || !collider && z[b] {
				return
			}
		}
		if slices.Contains(trail, v) {
			return
		}
		trail = append(trail, v)
		if y[v] && !z[v] && (best < 0 || len(trail)-1 < best) {
			best = len(trail) - 1
		}
		for u := range d {
			if d[v][u] || d[u][v] {
				extend(u)
			}
		}
		trail = trail[:len(trail)-1]
	}
	for v := range d {
		if x[v] && !z[v] {
			extend(v)
		}
	}
	return best
}

// separatedByMoralization is the criterion of Lauritzen, Dawid, Larsen & Leimer
// (1990): keep the three sets and their ancestors, marry parents, drop
// directions, and look whether removing z leaves a path from x to y.
func separatedByMoralization(d dag, x, y, z []bool) bool {
	paths := d.paths()
	keep := make([]bool, len(d))
	for v := range d {
		for u := range d {
			if (x[u] || y[u] || z[u]) && (u == v || paths[v][u]) {
				keep[v] = true
			}
		}
	}
	joined := func(a, b int) bool {
		for c := range d {
			if keep[c] && d[a][c] && d[b][c] {
				return true
			}
		}
		return d[a][b] || d[b][a]
	}
	reached := make([]bool, len(d))
	for v := range d {
		reached[v] = x[v] && !z[v]
	}
	for range d { // as many rounds as any path is long
		for a := range d {
			for b := range d {
				if reached[a] && keep[a] && keep[b] && !z[b] && joined(a, b) {
					reached[b] = true
				}
			}
		}
	}
	for v := range d {
		if reached[v] && y[v] {
			return false
		}
	}
	return true
}

// checkTrail verifies a trail node by node.
func checkTrail(d dag, net *graphical.BayesNet, trail *graphical.Trail, x, y, z []bool) error {
	paths := d.paths()
	at := make([]int, len(trail.Nodes))
	for i, node := range trail.Nodes {
		at[i] = net.Index(node.Variable)
		if slices.Contains(at[:i], at[i]) {
			return fmt.Errorf("visits %v twice", node.Variable)
		}
	}
	last := trail.Len()
	if first := at[0]; !x[first] || z[first] || !y[at[last]] || z[at[last]] {
		return fmt.Errorf("does not lead from X to Y")
	}
	for i, node := range trail.Nodes {
		if i < last && node.Forward != d[at[i]][at[i+1]] || i < last && !d[at[i]][at[i+1]] && !d[at[i+1]][at[i]] {
			return fmt.Errorf("no such edge after %v", node.Variable)
		}
		var want graphical.TrailRole
		switch {
		case i == 0 || i == last:
			want = graphical.TrailEnd
		case d[at[i-1]][at[i]] && d[at[i+1]][at[i]]:
			want = graphical.TrailCollider
		case d[at[i]][at[i-1]] && d[at[i]][at[i+1]]:
			want = graphical.TrailCommonCause
		default:
			want = graphical.TrailLink
		}
		if node.Role != want {
			return fmt.Errorf("%v is a %v, not a %v", node.Variable, want, node.Role)
		}
		if (node.Opener != nil) != (want == graphical.TrailCollider) {
			return fmt.Errorf("%v: opener %v of a %v", node.Variable, node.Opener, want)
		}
		switch {
		case want == graphical.TrailCollider:
			if o := net.Index(node.Opener); !z[o] || o != at[i] && !paths[at[i]][o] || z[at[i]] && o != at[i] {
				return fmt.Errorf("%v does not open %v", node.Opener, node.Variable)
			}
		case z[at[i]]:
			return fmt.Errorf("%v is observed", node.Variable)
		}
	}
	return nil
}

// drawSets draws three sets of variables, which may overlap, as marks and names.
func drawSets(t *rapid.T, n int) (marks [3][]bool, names [3][]string) {
	for s, label := range []string{"X", "Y", "Z"} {
		marks[s] = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, label)
		for v, in := range marks[s] {
			if in {
				names[s] = append(names[s], fmt.Sprintf("X%d", v))
			}
		}
	}
	return marks, names
}

// checkSeparation asks one question and verifies the answer in all ways.
func checkSeparation(t interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}, d dag, net *graphical.BayesNet, marks [3][]bool, names [3][]string) {
	t.Helper()
	x, y, z := marks[0], marks[1], marks[2]
	trail, err := net.ActiveTrailBetween(names[0], names[1], names[2])
	if err != nil {
		t.Fatal(err)
	}
	want := shortestByDefinition(d, x, y, z)
	if (trail == nil) != (want < 0) || trail != nil && trail.Len() != want {
		t.Fatalf("trail %v, but a shortest by definition has %d edges", trail, want)
	}
	if sep := separatedByMoralization(d, x, y, z); sep != (trail == nil) {
		t.Fatalf("trail %v, separated by moralization: %t", trail, sep)
	}
	if trail != nil {
		if err := checkTrail(d, net, trail, x, y, z); err != nil {
			t.Fatalf("trail %v: %v", trail, err)
		}
	}
	for _, back := range [][2][]string{{names[0], names[1]}, {names[1], names[0]}} {
		sep, err := net.DSeparatedSets(back[0], back[1], names[2])
		if err != nil || sep != (trail == nil) {
			t.Fatalf("%v ⊥ %v | %v is %t, %v; the trail is %v", back[0], back[1], names[2], sep, err, trail)
		}
	}
}

// Every directed acyclic graph of up to five variables in topological order, and
// every question about two of them.
func TestDSeparationInAllSmallGraphs(t *testing.T) {
	roles := map[graphical.TrailRole]int{}
	for n := 2; n <= 5; n++ {
		allGraphs(n, func(m matrix) {
			d := make(dag, n)
			for i := range d {
				d[i] = make([]bool, n)
				for j := i + 1; j < n; j++ {
					d[i][j] = m[i][j]
				}
			}
			net := d.net(half)
			for x := range n {
				for y := range x {
					for given := range 1 << n {
						if given>>x&1 == 1 || given>>y&1 == 1 {
							continue
						}
						marks := [3][]bool{make([]bool, n), make([]bool, n), make([]bool, n)}
						names := [3][]string{{fmt.Sprintf("X%d", x)}, {fmt.Sprintf("X%d", y)}, nil}
						marks[0][x], marks[1][y] = true, true
						for v := range n {
							if given>>v&1 == 1 {
								marks[2][v] = true
								names[2] = append(names[2], fmt.Sprintf("X%d", v))
							}
						}
						checkSeparation(t, d, net, marks, names)
						if trail, _ := net.ActiveTrail(names[0][0], names[1][0], names[2]...); trail != nil {
							for _, node := range trail.Nodes {
								roles[node.Role]++
							}
						}
					}
				}
			}
		})
	}
	for role := graphical.TrailEnd; role <= graphical.TrailCollider; role++ {
		if roles[role] < 100 {
			t.Errorf("%d variables are passed as a %v, which shows little", roles[role], role)
		}
	}
}

// Larger graphs and sets of variables, which may overlap.
func TestDSeparation(t *testing.T) {
	t.Run("sets", rapid.MakeCheck(func(t *rapid.T) {
		d := drawDAG(t, 7)
		marks, names := drawSets(t, len(d))
		checkSeparation(t, d, d.net(half), marks, names)
	}))
	t.Run("pairs", rapid.MakeCheck(func(t *rapid.T) {
		d := drawDAG(t, 7)
		marks, names := drawSets(t, len(d))
		for s := range 2 {
			v := rapid.IntRange(0, len(d)-1).Draw(t, "variable")
			clear(marks[s])
			marks[s][v] = true
			names[s] = []string{fmt.Sprintf("X%d", v)}
		}
		checkSeparation(t, d, d.net(half), marks, names)
		net := d.net(half)
		sep, err := net.DSeparated(names[0][0], names[1][0], names[2]...)
		trail, err2 := net.ActiveTrail(names[0][0], names[1][0], names[2]...)
		if err != nil || err2 != nil || sep != (trail == nil) {
			t.Fatalf("separated: %t, %v; trail: %v, %v", sep, err, trail, err2)
		}
	}))
}

// What the graph promises holds for the numbers of any tables, and with tables
// drawn at random nothing else does: sums of the joint distribution tell.
func TestDSeparationAgainstNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 3))
	separated, connected := 0, 0
	for range 300 {
		n := 3 + r.IntN(3)
		d := make(dag, n)
		for i := range d {
			d[i] = make([]bool, n)
			for j := range i {
				d[j][i] = r.IntN(2) == 0
			}
		}
		net := d.net(func() float64 { return 0.05 + 0.9*r.Float64() })
		perm := r.Perm(n)
		x, y := net.Variables()[perm[0]], net.Variables()[perm[1]]
		var given []*graphical.Variable
		for _, i := range perm[2:] {
			if r.IntN(2) == 0 {
				given = append(given, net.Variables()[i])
			}
		}
		sep, err := net.DSeparated(x.Name(), y.Name(), namesOf(given)...)
		if err != nil {
			t.Fatal(err)
		}
		off := dependence(t, net, x, y, given)
		if sep {
			separated++
		} else {
			connected++
		}
		if sep && off > 1e-15 || !sep && off < 1e-8 {
			t.Errorf("%v ⊥ %v | %v: separated %t, but the numbers are off by %g", x, y, given, sep, off)
		}
	}
	if separated < 50 || connected < 50 {
		t.Errorf("%d separated and %d connected cases show little", separated, connected)
	}
}

// dependence returns the largest |p(x,y,z) p(z) − p(x,z) p(y,z)|.
func dependence(t *testing.T, net *graphical.BayesNet, x, y *graphical.Variable, z []*graphical.Variable) float64 {
	t.Helper()
	var factors []*graphical.Factor
	for i := range net.NumFactors() {
		f, err := net.Factor(i)
		if err != nil {
			t.Fatal(err)
		}
		factors = append(factors, f)
	}
	joint := graphical.SumProduct(append([]*graphical.Variable{x, y}, z...), factors...)
	xz := joint.SumOut(y)
	yz := joint.SumOut(x)
	pz := joint.SumOut(x, y)
	left, right := graphical.Product(joint, pz), graphical.Product(xz, yz).Permute(append([]*graphical.Variable{x, y}, z...)...)
	worst := 0.0
	for i, l := range left.Values() {
		worst = max(worst, math.Abs(l-right.Values()[i]))
	}
	return worst
}

// The network of the doc comments: X1 → X2 ← X3, X2 → X4 → X5, and X6 → X3.
func bookLike() *graphical.BayesNet {
	d := make(dag, 7)
	for i := range d {
		d[i] = make([]bool, 7)
	}
	for _, e := range [][2]int{{1, 2}, {3, 2}, {2, 4}, {4, 5}, {6, 3}} {
		d[e[0]][e[1]] = true
	}
	return d.net(half)
}

func TestTrailString(t *testing.T) {
	net := bookLike()
	for _, c := range []struct{ x, y, given, want string }{
		{"X1", "X3", "", "<nil>"},
		{"X1", "X3", "X5", "X1 → X2 ← X3 (X2 is a collider with observed descendant X5)"},
		{"X1", "X3", "X4 X5", "X1 → X2 ← X3 (X2 is a collider with observed descendant X4)"},
		{"X1", "X3", "X2", "X1 → X2 ← X3 (X2 is an observed collider)"},
		{"X1", "X6", "X2", "X1 → X2 ← X3 ← X6 (X2 is an observed collider; X3 is an unobserved link)"},
		{"X6", "X5", "", "X6 → X3 → X2 → X4 → X5 (X3 is an unobserved link; X2 is an unobserved link; X4 is an unobserved link)"},
		{"X1", "X2", "X3", "X1 → X2"},
		{"X2", "X1", "X3", "X2 ← X1"},
		{"X1", "X1", "X3", "X1"},
		{"X1", "X1", "X1", "<nil>"},
		{"X0", "X1", "", "<nil>"},
	} {
		trail, err := net.ActiveTrail(c.x, c.y, strings.Fields(c.given)...)
		if err != nil {
			t.Fatal(err)
		}
		got := "<nil>"
		if trail != nil {
			got = trail.String()
		}
		if got != c.want {
			t.Errorf("trail from %s to %s given %q is\n%s, want\n%s", c.x, c.y, c.given, got, c.want)
		}
	}
	fork := dag{{false, true, true}, {false, false, false}, {false, false, false}}.net(half)
	trail, err := fork.ActiveTrail("X1", "X2")
	if err != nil || trail.String() != "X1 ← X0 → X2 (X0 is an unobserved common cause)" {
		t.Errorf("trail %v, %v", trail, err)
	}
}

func TestDSeparationOfUnknownNames(t *testing.T) {
	net := bookLike()
	for _, c := range []struct{ x, y, given string }{{"X", "X1", "X2"}, {"X1", "Y2", "X2"}, {"X1", "X2", "X33"}} {
		sep, err := net.DSeparated(c.x, c.y, c.given)
		var unknown *belief.UnknownNameError
		if sep || !errors.As(err, &unknown) || unknown.Kind != "variable" || unknown.Suggestions == nil {
			t.Errorf("DSeparated(%q, %q, %q) is %t, %v", c.x, c.y, c.given, sep, err)
		}
		if trail, err := net.ActiveTrail(c.x, c.y, c.given); trail != nil || !errors.As(err, &unknown) {
			t.Errorf("ActiveTrail(%q, %q, %q) is %v, %v", c.x, c.y, c.given, trail, err)
		}
	}
}

func TestTrailRoleString(t *testing.T) {
	if got := fmt.Sprint(graphical.TrailEnd, graphical.TrailCollider, graphical.TrailRole(9)); got != "end collider TrailRole(9)" {
		t.Error(got)
	}
}
