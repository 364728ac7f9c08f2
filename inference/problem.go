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

// budget resolves a configured memory budget; the error is a
// [*belief.ConfigError].
func budget(configured int64) (int64, error) {
	switch {
	case configured < 0:
		return 0, &belief.ConfigError{Field: "MemoryBudget", Value: configured, Want: "a number of bytes, or 0 for 4 GiB"}
	case configured == 0:
		return defaultBudget, nil
	}
	return configured, nil
}

// checkWorkers refuses a number of goroutines without meaning; the error is a
// [*belief.ConfigError].
func checkWorkers(n int) error {
	if n < 0 {
		return &belief.ConfigError{Field: "Workers", Value: n, Want: "a number of goroutines, or 0 for all cores"}
	}
	return nil
}

// A problem is a model and its evidence in the form that engines compute with:
// variables and factors are numbers, and what cannot matter is left out.
type problem struct {
	model    graphical.Model
	vars     []*graphical.Variable // those that matter, in the model's order
	findings []graphical.Finding   // their Index is a position in vars
	// card is the number of states that matter: 1 for variables that the
	// evidence took out of the model.
	card    []int
	fixed   []int   // the state at which the evidence took a variable out, −1 for others
	factors []int   // of the model, those that matter
	scopes  [][]int // of every factor, as given, fixed variables included
	targets []int
}

// pruneError is how far rows may miss one for barren variables to be pruned, which
// takes their rows to be one. Tables are to be used as they are given.
const pruneError = 1e-6

// newProblem resolves names. With reduce, hard evidence is taken into the model.
// With prune, a Bayesian network is cut down to what can matter to the targets.
func newProblem(m graphical.Model, ev graphical.Evidence, targets []string, reduce, prune bool) (*problem, error) {
	findings, err := ev.Resolve(m)
	if err != nil {
		return nil, err
	}
	wanted, err := findTargets(m, targets)
	if err != nil {
		return nil, err
	}
	p := &problem{model: m, findings: findings, targets: wanted}
	if net, directed := m.(*graphical.BayesNet); directed && prune && len(wanted) < len(m.Variables()) && net.RowError() <= pruneError {
		p.pruned()
	} else {
		p.whole()
	}
	p.card, p.fixed = make([]int, len(p.vars)), make([]int, len(p.vars))
	for i, v := range p.vars {
		p.card[i], p.fixed[i] = v.NumStates(), -1
	}
	if reduce {
		for _, f := range p.findings {
			if f.State >= 0 {
				p.card[f.Index], p.fixed[f.Index] = 1, f.State
			}
		}
	}
	return p, nil
}

// whole takes all variables and factors of the model, under their own numbers.
func (p *problem) whole() {
	p.vars = p.model.Variables()
	k := p.model.NumFactors()
	p.factors, p.scopes = make([]int, k), make([][]int, k)
	total := 0
	for i := range k {
		total += len(p.model.Scope(i))
	}
	flat := make([]int, 0, total)
	for i := range k {
		start := len(flat)
		for _, v := range p.model.Scope(i) {
			flat = append(flat, p.model.Index(v))
		}
		p.factors[i], p.scopes[i] = i, flat[start:len(flat):len(flat)]
	}
}

// pruned takes only the ancestors of targets and evidence: any other variable is
// barren, its distribution sums to one and drops out (Shachter 1986). What the
// evidence separates from the targets stays, because p(e) depends on it.
func (p *problem) pruned() {
	all := p.model.Variables()
	number := make([]int, len(all)) // in the problem, plus one
	need := func(i int) {
		if number[i] == 0 {
			number[i] = 1
			p.factors = append(p.factors, i) // factor i is that of variable i
		}
	}
	for _, i := range p.targets {
		need(i)
	}
	for _, f := range p.findings {
		need(f.Index)
	}
	for k := 0; k < len(p.factors); k++ {
		for _, v := range p.model.Scope(p.factors[k]) {
			need(p.model.Index(v))
		}
	}
	slices.Sort(p.factors)
	for k, i := range p.factors {
		number[i] = k + 1
		p.vars = append(p.vars, all[i])
	}
	p.scopes = make([][]int, len(p.factors))
	for k, i := range p.factors {
		for _, v := range p.model.Scope(i) {
			p.scopes[k] = append(p.scopes[k], number[p.model.Index(v)]-1)
		}
	}
	for k, i := range p.targets {
		p.targets[k] = number[i] - 1
	}
	for k := range p.findings {
		p.findings[k].Index = number[p.findings[k].Index] - 1
	}
}

// scope appends to dst the variables of factor i that can still vary.
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
// whose table alone is over the budget, so that the graph stays small as well.
func (p *problem) graph(what string, budget int64) (*graphical.Graph, error) {
	var lists [][]int
	var scope []int
	for i := range p.factors {
		start := len(scope)
		scope = p.scope(i, scope)
		list := scope[start:len(scope):len(scope)]
		if bytes := 8 * p.entries(list); bytes > float64(budget) {
			return nil, &belief.TooLargeError{
				What: what, Bytes: bytes, Budget: budget, AtLeast: true, Width: len(list) - 1,
				Entries: p.entries(list), Largest: p.names(list),
				Advice: fmt.Sprintf("the table of one factor, number %d, is too large by itself", p.factors[i]),
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
		// Tables of cliques are never held, but the message of this one has at
		// least its entries but for one variable.
		most := 1
		for _, v := range found.Largest {
			most = max(most, p.card[v])
		}
		e.Bytes = 8 * e.Entries / float64(most)
		e.Advice = "every elimination order tried was given up at that size; more evidence or fewer targets make a model smaller"
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
