package graphical_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/graphical"
)

// A dag is the matrix of a directed acyclic graph: dag[i][j] is i → j.
type dag [][]bool

// drawDAG draws a graph of up to most variables whose numbering is no
// topological order.
func drawDAG(t *rapid.T, most int) dag {
	n := rapid.IntRange(1, most).Draw(t, "variables")
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i
	}
	perm := rapid.Permutation(numbers).Draw(t, "order")
	d := make(dag, n)
	for i := range d {
		d[i] = make([]bool, n)
	}
	for i := range n {
		for j := range i {
			d[perm[j]][perm[i]] = rapid.Bool().Draw(t, fmt.Sprintf("edge %d → %d", perm[j], perm[i]))
		}
	}
	return d
}

// net makes a network of binary variables X0, X1, … with that graph; row gives
// the rows of the tables.
func (d dag) net(row func() (p float64)) *graphical.BayesNet {
	b := graphical.NewBayesNet()
	vars := make([]*graphical.Variable, len(d))
	for i := range vars {
		vars[i] = b.Variable("X"+strconv.Itoa(i), "0", "1")
	}
	for i, v := range vars {
		var parents []*graphical.Variable
		for j := range d {
			if d[j][i] {
				parents = append(parents, vars[j])
			}
		}
		t := b.Table(v, parents...)
		for range 1 << len(parents) {
			p := row()
			t.Row(p, 1-p)
		}
	}
	net, err := b.Build()
	if err != nil {
		panic(err)
	}
	return net
}

func half() float64 { return 0.5 }

// paths returns the matrix of "a directed path of at least one edge leads from i
// to j" by the closure of Warshall.
func (d dag) paths() [][]bool {
	p := make([][]bool, len(d))
	for i := range d {
		p[i] = slices.Clone(d[i])
	}
	for k := range p {
		for i := range p {
			for j := range p {
				p[i][j] = p[i][j] || p[i][k] && p[k][j]
			}
		}
	}
	return p
}

func namesOf(vars []*graphical.Variable) []string {
	out := []string{}
	for _, v := range vars {
		out = append(out, v.Name())
	}
	return out
}

func TestRelations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDAG(t, 7)
		net := d.net(half)
		vars, paths := net.Variables(), d.paths()
		some := rapid.SliceOfN(rapid.IntRange(0, len(d)-1), 0, 3).Draw(t, "some")
		var chosen []*graphical.Variable
		for _, i := range some {
			chosen = append(chosen, vars[i])
		}
		above, below := []string{}, []string{}
		for i, v := range vars {
			if slices.ContainsFunc(some, func(j int) bool { return paths[i][j] }) {
				above = append(above, v.Name())
			}
			if slices.ContainsFunc(some, func(j int) bool { return paths[j][i] }) {
				below = append(below, v.Name())
			}
		}
		if diff := cmp.Diff(above, namesOf(net.Ancestors(chosen...))); diff != "" {
			t.Errorf("ancestors of %v (-want +got):\n%s", chosen, diff)
		}
		if diff := cmp.Diff(below, namesOf(net.Descendants(chosen...))); diff != "" {
			t.Errorf("descendants of %v (-want +got):\n%s", chosen, diff)
		}
		for i, v := range vars {
			want := []string{}
			for j, u := range vars {
				partner := false
				for c := range d {
					partner = partner || d[i][c] && d[j][c]
				}
				if i != j && (d[i][j] || d[j][i] || partner) {
					want = append(want, u.Name())
				}
			}
			if diff := cmp.Diff(want, namesOf(net.MarkovBlanket(v))); diff != "" {
				t.Errorf("Markov blanket of %v (-want +got):\n%s", v, diff)
			}
		}
	})
}

// A variable is independent of all others given its blanket.
func TestMarkovBlanketShields(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := drawDAG(t, 7).net(half)
		v := rapid.SampledFrom(net.Variables()).Draw(t, "variable")
		blanket := namesOf(net.MarkovBlanket(v))
		var rest []string
		for _, u := range net.Variables() {
			if u != v && !slices.Contains(blanket, u.Name()) {
				rest = append(rest, u.Name())
			}
		}
		if sep, err := net.DSeparatedSets([]string{v.Name()}, rest, blanket); err != nil || !sep {
			t.Errorf("%v is not separated from %v given %v: %v", v, rest, blanket, err)
		}
	})
}

func TestRelationsOfAForeignVariable(t *testing.T) {
	net := dag{{false}}.net(half)
	stranger, err := graphical.NewVariable("X0", "0", "1")
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func(){
		"MarkovBlanket": func() { net.MarkovBlanket(stranger) },
		"Ancestors":     func() { net.Ancestors(stranger) },
		"Descendants":   func() { net.Descendants(stranger) },
	} {
		mustPanic(t, name, call)
	}
}

func mustPanic(t *testing.T, what string, call func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if recover() == nil {
			t.Errorf("%s does not panic", what)
		}
	}()
	call()
}

// longChain is a network X0 → X1 → … of n variables, declared in random order.
func longChain(t *testing.T, n int) *graphical.BayesNet {
	t.Helper()
	b := graphical.NewBayesNet()
	vars := make([]*graphical.Variable, n)
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		vars[i] = b.Variable("X"+strconv.Itoa(i), "0", "1")
	}
	b.Table(vars[0]).Row(0.5, 0.5)
	for i := 1; i < n; i++ {
		b.Table(vars[i], vars[i-1]).Row(0.5, 0.5).Row(0.5, 0.5)
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// Depth costs no stack and length no square.
func TestLongChain(t *testing.T) {
	const n = 50_000
	net := longChain(t, n)
	first, err := net.Variable("X0")
	if err != nil {
		t.Fatal(err)
	}
	last, err := net.Variable("X" + strconv.Itoa(n-1))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(net.Ancestors(last)); got != n-1 {
		t.Errorf("the last of %d has %d ancestors", n, got)
	}
	if got := len(net.Descendants(first)); got != n-1 {
		t.Errorf("the first of %d has %d descendants", n, got)
	}
	for _, v := range net.Variables() {
		if k := len(net.MarkovBlanket(v)); k != 2 && v != first && v != last {
			t.Fatalf("%v has %d variables in its blanket", v, k)
		}
	}
	trail, err := net.ActiveTrail("X0", last.Name())
	if err != nil || trail == nil || trail.Len() != n-1 {
		t.Errorf("the trail from end to end is %.40v, %v", trail, err)
	}
	if sep, err := net.DSeparated("X0", last.Name(), "X777"); err != nil || !sep {
		t.Errorf("an observed link does not cut the chain: %v", err)
	}
	if order := net.TopologicalOrder(); order[0] != first || order[n-1] != last {
		t.Errorf("the order goes from %v to %v", order[0], order[n-1])
	}
}
