package inference

import (
	"context"
	"fmt"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// defaultBudget is the memory that an engine may plan for when its
// configuration names none.
const defaultBudget = 4 << 30

// budget resolves a configured memory budget.
func budget(configured int64) int64 {
	if configured <= 0 {
		return defaultBudget
	}
	return configured
}

// A problem is a model and its evidence in the form that engines compute with:
// variables are numbers, and what is known to be constant is left out of scopes.
type problem struct {
	model    graphical.Model
	vars     []*graphical.Variable
	findings []graphical.Finding
	// card is the number of states that matter: 1 for variables that the
	// evidence took out of the model or that cannot matter to the query.
	card    []int
	fixed   []int   // the state at which the evidence took a variable out, −1 for others
	scopes  [][]int // of every factor, as given, fixed variables included
	keep    []bool  // of every factor: it can matter to the query
	targets []int
}

// newProblem resolves names. With reduce, hard evidence is taken into the model,
// and with prune, factors that cannot matter to the targets are marked.
func newProblem(m graphical.Model, ev graphical.Evidence, targets []string, reduce, prune bool) (*problem, error) {
	findings, err := ev.Resolve(m)
	if err != nil {
		return nil, err
	}
	p := &problem{model: m, vars: m.Variables(), findings: findings}
	if p.targets, err = findTargets(m, targets); err != nil {
		return nil, err
	}
	n := len(p.vars)
	p.card, p.fixed = make([]int, n), make([]int, n)
	for i, v := range p.vars {
		p.card[i], p.fixed[i] = v.NumStates(), -1
	}
	if reduce {
		for _, f := range findings {
			if f.State >= 0 {
				p.card[f.Index], p.fixed[f.Index] = 1, f.State
			}
		}
	}
	k := m.NumFactors()
	p.scopes, p.keep = make([][]int, k), make([]bool, k)
	total := 0
	for i := range k {
		total += len(m.Scope(i))
	}
	flat := make([]int, 0, total)
	for i := range k {
		start := len(flat)
		for _, v := range m.Scope(i) {
			flat = append(flat, m.Index(v))
		}
		p.scopes[i] = flat[start:len(flat):len(flat)]
		p.keep[i] = true
	}
	if net, ok := m.(*graphical.BayesNet); ok && prune && len(p.targets) < n {
		p.prune(net)
	}
	return p, nil
}

// prune keeps only the factors of ancestors of targets and evidence: any other
// variable is barren, its distribution sums to one and drops out (Shachter 1986).
// It then drops the components of what is left that hold no target, provided that
// the evidence's probability is not wanted; it always is, so they stay.
func (p *problem) prune(net *graphical.BayesNet) {
	clear(p.keep)
	var stack []int
	need := func(i int) {
		if !p.keep[i] {
			p.keep[i] = true
			stack = append(stack, i)
		}
	}
	for _, i := range p.targets {
		need(i)
	}
	for _, f := range p.findings {
		need(f.Index)
	}
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, j := range p.scopes[i] {
			need(j)
		}
	}
	for i, keep := range p.keep {
		if !keep {
			p.card[i] = 1
		}
	}
}

// scope returns the variables of factor i that can still vary.
func (p *problem) scope(i int, dst []int) []int {
	for _, v := range p.scopes[i] {
		if p.card[v] > 1 {
			dst = append(dst, v)
		}
	}
	return dst
}

// entries is the number of table entries over variables.
func (p *problem) entries(vars []int) float64 {
	n := 1.0
	for _, v := range vars {
		n *= float64(p.card[v])
	}
	return n
}

// graph joins the variables that share a factor that is kept. It refuses scopes
// whose table alone is over the budget, so that the graph stays small too.
func (p *problem) graph(what string, budget int64) (*graphical.Graph, error) {
	var lists [][]int
	var scope []int
	for i, keep := range p.keep {
		if !keep {
			continue
		}
		start := len(scope)
		scope = p.scope(i, scope)
		list := scope[start:len(scope):len(scope)]
		if bytes := 8 * p.entries(list); bytes > float64(budget) {
			return nil, &belief.TooLargeError{
				What: what, Bytes: bytes, Budget: budget, AtLeast: true, Width: len(list) - 1,
				Entries: p.entries(list), Largest: p.names(list),
				Advice: fmt.Sprintf("the table of one factor, number %d, is too large by itself", i),
			}
		}
		lists = append(lists, list)
	}
	return graphical.GraphOfScopes(len(p.vars), lists), nil
}

// names returns the names of variables.
func (p *problem) names(vars []int) []string {
	out := make([]string, len(vars))
	for i, v := range vars {
		out[i] = p.vars[v].Name()
	}
	return out
}

// order looks for an elimination order of the problem's graph; what names the
// engine that asks, should none be small enough.
func (p *problem) order(ctx context.Context, g *graphical.Graph, cfg graphical.OrderConfig, what string, budget int64) (*graphical.Order, error) {
	found, err := g.EliminationOrder(ctx, p.card, cfg)
	if tl, ok := err.(*belief.TooLargeError); ok {
		e := *tl
		e.What, e.Budget, e.Largest = what, budget, p.names(found.Largest)
		return nil, &e
	}
	return found, err
}

// strides returns the start and the strides, for every variable of scope i that
// can vary, of the factor's table as the model gives it.
func (p *problem) strides(i int) (base int, vars, strides []int) {
	stride := 1
	scope := p.scopes[i]
	for j := len(scope) - 1; j >= 0; j-- {
		v := scope[j]
		full := p.vars[v].NumStates()
		switch {
		case p.fixed[v] >= 0:
			base += p.fixed[v] * stride
		case p.card[v] > 1:
			vars, strides = append(vars, v), append(strides, stride)
		}
		stride *= full
	}
	for a, b := 0, len(vars)-1; a < b; a, b = a+1, b-1 {
		vars[a], vars[b] = vars[b], vars[a]
		strides[a], strides[b] = strides[b], strides[a]
	}
	return base, vars, strides
}

// modelWarnings returns what a model warns of.
func modelWarnings(m graphical.Model) []belief.Warning {
	if net, ok := m.(*graphical.BayesNet); ok {
		return slices.Clone(net.Warnings())
	}
	return nil
}
