package graphical

import (
	"slices"

	"github.com/belief-go/belief"
)

// A MarkovNet is an undirected model: the product of non-negative potentials,
// p(x) = (1/Z) Π_c φ_c(x_c), whose graph joins any two variables that share a
// potential. It is immutable.
type MarkovNet struct{ factorModel }

// A FactorGraph is the same product with its bipartite graph in view: one node
// for every variable and one for every factor. It is immutable.
type FactorGraph struct {
	factorModel
	factorsOf [][]int // by variable
}

// factorModel is a product of explicit factors.
type factorModel struct {
	domain
	name    string
	factors []*Factor
}

// Name returns the model's name, which may be empty.
func (m *factorModel) Name() string { return m.name }

// NumFactors implements [Model].
func (m *factorModel) NumFactors() int { return len(m.factors) }

// Scope implements [Model].
func (m *factorModel) Scope(i int) []*Variable { return m.factors[i].vars }

// Factor implements [Model].
func (m *factorModel) Factor(i int) (*Factor, error) { return m.factors[i], nil }

// Factors returns all factors.
func (m *factorModel) Factors() []*Factor { return m.factors }

// Graph returns the graph that joins any two variables that share a factor;
// vertex i is Variables()[i].
func (m *factorModel) Graph() *Graph { return scopeGraph(m) }

// FactorsOf returns the positions of the factors that have v in their scope.
func (g *FactorGraph) FactorsOf(v *Variable) []int {
	i := g.Index(v)
	if i < 0 {
		panic("graphical: variable " + v.name + " is not of this factor graph")
	}
	return g.factorsOf[i]
}

// Neighbors returns the variables that share a factor with v, its Markov blanket.
func (m *MarkovNet) Neighbors(v *Variable) []*Variable {
	if m.Index(v) < 0 {
		panic("graphical: variable " + v.name + " is not of this network")
	}
	var out []*Variable
	for _, f := range m.factors {
		if !slices.Contains(f.vars, v) {
			continue
		}
		for _, u := range f.vars {
			if u != v && !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Variable) int { return m.Index(a) - m.Index(b) })
	return out
}

// A FactorBuilder collects variables and factors and turns them into a
// [MarkovNet] or [FactorGraph]. Mistakes do not stop it: building reports all of
// them.
type FactorBuilder struct {
	name     string
	vars     []*Variable
	seen     map[*Variable]bool
	names    map[string]bool
	factors  []*Factor
	mistakes mistakes
}

// NewFactors starts an empty model of variables and factors.
func NewFactors() *FactorBuilder {
	return &FactorBuilder{seen: map[*Variable]bool{}, names: map[string]bool{}}
}

// Name names the model.
func (b *FactorBuilder) Name(name string) *FactorBuilder {
	b.name = name
	return b
}

// Variable declares a variable with its states. The result is never nil, so that
// building can go on after a mistake.
func (b *FactorBuilder) Variable(name string, states ...string) *Variable {
	v, err := NewVariable(name, states...)
	if err != nil {
		b.mistakes.add(err)
		v = &Variable{name: name, states: states}
		b.seen[v] = true // the mistake is known: its factors need not report it again
		return v
	}
	b.Add(v)
	return v
}

// Add declares a variable made elsewhere.
func (b *FactorBuilder) Add(v *Variable) *FactorBuilder {
	if v == nil {
		b.mistakes.add(&NameError{Kind: "variable", Problem: "a nil variable is declared"})
		return b
	}
	if b.names[v.name] {
		b.mistakes.add(&NameError{Kind: "variable", Name: v.name, Problem: "declared twice"})
	} else {
		b.names[v.name] = true
		b.vars = append(b.vars, v)
	}
	b.seen[v] = true
	return b
}

// Factor adds a potential over vars from its entries, row-major, the last
// variable changing fastest. It takes the slice over.
func (b *FactorBuilder) Factor(values []float64, vars ...*Variable) *FactorBuilder {
	f, err := NewFactor(vars, values)
	if err != nil {
		b.mistakes.add(err)
		return b
	}
	return b.AddFactor(f)
}

// AddFactor adds a factor made elsewhere.
func (b *FactorBuilder) AddFactor(f *Factor) *FactorBuilder {
	if f == nil {
		b.mistakes.add(&NameError{Kind: "factor", Problem: "a factor is nil"})
		return b
	}
	for _, v := range f.vars {
		if !b.seen[v] {
			b.mistakes.add(&belief.UnknownNameError{Kind: "variable", Name: v.name, In: "a factor's scope"})
			return b
		}
	}
	b.factors = append(b.factors, f)
	return b
}

// MarkovNet builds the undirected network; the error is a [*BuildError].
func (b *FactorBuilder) MarkovNet() (*MarkovNet, error) {
	m, err := b.build()
	if err != nil {
		return nil, err
	}
	return &MarkovNet{*m}, nil
}

// FactorGraph builds the factor graph; the error is a [*BuildError].
func (b *FactorBuilder) FactorGraph() (*FactorGraph, error) {
	m, err := b.build()
	if err != nil {
		return nil, err
	}
	return newFactorGraph(*m), nil
}

func (b *FactorBuilder) build() (*factorModel, error) {
	if err := b.mistakes.err(); err != nil {
		return nil, err
	}
	return &factorModel{domain: newDomain(slices.Clone(b.vars)), name: b.name, factors: slices.Clone(b.factors)}, nil
}

func newFactorGraph(m factorModel) *FactorGraph {
	g := &FactorGraph{factorModel: m, factorsOf: make([][]int, len(m.vars))}
	for i, f := range m.factors {
		for _, v := range f.vars {
			j := m.Index(v)
			g.factorsOf[j] = append(g.factorsOf[j], i)
		}
	}
	return g
}

// FactorGraph converts: the factors are the conditional distributions, lowered to
// tables.
func (n *BayesNet) FactorGraph() (*FactorGraph, error) {
	m, err := n.lower()
	if err != nil {
		return nil, err
	}
	return newFactorGraph(*m), nil
}

// MarkovNet converts by moralization: every conditional distribution, lowered to
// a table, is a potential on the child and its parents, who become neighbours.
// The partition function is one.
func (n *BayesNet) MarkovNet() (*MarkovNet, error) {
	m, err := n.lower()
	if err != nil {
		return nil, err
	}
	return &MarkovNet{*m}, nil
}

func (n *BayesNet) lower() (*factorModel, error) {
	m := &factorModel{domain: n.domain, name: n.name}
	for i := range n.cpds {
		f, err := n.Factor(i)
		if err != nil {
			return nil, err
		}
		m.factors = append(m.factors, f)
	}
	return m, nil
}

// FactorGraph converts: one node for every potential.
func (m *MarkovNet) FactorGraph() *FactorGraph { return newFactorGraph(m.factorModel) }

// MarkovNet converts: one potential for every factor.
func (g *FactorGraph) MarkovNet() *MarkovNet { return &MarkovNet{g.factorModel} }
