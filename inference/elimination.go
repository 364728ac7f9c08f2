package inference

import (
	"context"
	"errors"
	"iter"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/tensor"
)

// VariableElimination answers one query by summing variables out one at a time,
// pushing every sum inwards as far as it goes:
//
//	Σ_z Π_i φ_i = Π_{i without z} φ_i · Σ_z Π_{i with z} φ_i
//
// (Zhang & Poole 1994; Dechter 1999). Observed variables are fixed first, and in a
// Bayesian network everything but the ancestors of targets and evidence is left
// out. The zero value is ready.
type VariableElimination struct {
	Order        graphical.OrderConfig `json:"order"`         // the search for an elimination order
	MemoryBudget int64                 `json:"memory_budget"` // bytes for intermediate tables; 0: 4 GiB
}

// Name implements [Engine].
func (VariableElimination) Name() string { return "variable-elimination" }

// Marginals implements [Engine], by one elimination for every target. For many
// targets a junction tree is faster.
func (ve VariableElimination) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	wanted, err := findTargets(m, targets)
	if err != nil {
		return nil, err
	}
	marginals := make([]Marginal, 0, len(wanted))
	var stats Stats
	logEvidence := math.NaN()
	vars := m.Variables()
	if len(wanted) == 0 { // a model without variables still has a constant
		p, err := newProblem(m, ev, nil, true, true)
		if err != nil {
			return nil, err
		}
		t, _, err := ve.eliminate(ctx, p, nil)
		if err != nil {
			return nil, err
		}
		logEvidence = t.logSum()
	}
	for _, v := range wanted {
		p, err := newProblem(m, ev, []string{vars[v].Name()}, true, true)
		if err != nil {
			return nil, err
		}
		t, s, err := ve.eliminate(ctx, p, nil)
		if err != nil {
			return nil, err
		}
		mg := Marginal{Variable: vars[v]}
		switch local := p.targets[0]; {
		case p.fixed[local] >= 0:
			mg.Probs = make([]float64, vars[v].NumStates())
			mg.Probs[p.fixed[local]] = 1
		default:
			mg.Probs = t.probabilities()
		}
		marginals = append(marginals, mg)
		logEvidence = t.logSum()
		if math.IsInf(logEvidence, -1) {
			return nil, ve.impossible(ctx, m, p)
		}
		if s.Total > stats.Total {
			stats = s
		}
	}
	post := NewPosterior(ve.Name(), belief.Estimate{Value: logEvidence}, marginals)
	post.Stats = stats
	post.Warnings = modelWarnings(m)
	return post, nil
}

// Joint returns the joint posterior p(vars | e) as a factor over vars, in their
// order and each once, together with log p(e). Its size is the product of the numbers of states
// of vars, which the memory budget must hold.
func (ve VariableElimination) Joint(ctx context.Context, m graphical.Model, ev graphical.Evidence, vars ...string) (*graphical.Factor, belief.Estimate, error) {
	return ve.joint(ctx, m, ev, vars, nil)
}

// An EliminationStep is one variable summed out.
type EliminationStep struct {
	Variable *graphical.Variable // the one summed out
	Factors  []*graphical.Factor // those that have it, which are multiplied
	Result   *graphical.Factor   // their product summed over it
}

// Steps yields the elimination behind Joint, a variable at a time. The last step
// has no variable: its result is the unnormalized joint p(vars, e), the product of
// the factors left.
func (ve VariableElimination) Steps(ctx context.Context, m graphical.Model, ev graphical.Evidence, vars ...string) iter.Seq2[EliminationStep, error] {
	return func(yield func(EliminationStep, error) bool) {
		_, _, err := ve.joint(ctx, m, ev, vars, func(s EliminationStep) bool { return yield(s, nil) })
		if err != nil && err != errStopped {
			yield(EliminationStep{}, err)
		}
	}
}

// joint eliminates everything but vars and normalizes.
func (ve VariableElimination) joint(ctx context.Context, m graphical.Model, ev graphical.Evidence, vars []string, visit func(EliminationStep) bool) (*graphical.Factor, belief.Estimate, error) {
	p, err := newProblem(m, ev, vars, true, true)
	if err != nil {
		return nil, belief.Estimate{}, err
	}
	if len(vars) == 0 {
		p.targets = nil
	}
	t, _, err := ve.eliminate(ctx, p, visit)
	if err != nil {
		return nil, belief.Estimate{}, err
	}
	logEvidence := t.logSum()
	if math.IsInf(logEvidence, -1) {
		return nil, belief.Estimate{}, ve.impossible(ctx, m, p)
	}
	f, err := graphical.NewFactor(p.variables(t.vars), t.probabilities())
	if err != nil {
		return nil, belief.Estimate{}, err
	}
	parts := []*graphical.Factor{f}
	for _, v := range p.targets {
		if p.card[v] == 1 { // observed, or of one state
			point := make([]float64, p.vars[v].NumStates())
			point[max(p.fixed[v], 0)] = 1
			d, err := graphical.NewFactor([]*graphical.Variable{p.vars[v]}, point)
			if err != nil {
				return nil, belief.Estimate{}, err
			}
			parts = append(parts, d)
		}
	}
	return graphical.Product(parts...).Permute(p.variables(p.targets)...), belief.Estimate{Value: logEvidence}, nil
}

// impossible explains evidence of probability zero.
func (ve VariableElimination) impossible(ctx context.Context, m graphical.Model, p *problem) error {
	tree, err := TreeConfig{Order: ve.Order, MemoryBudget: ve.MemoryBudget}.Compile(ctx, m)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return everything(p.findings)
	}
	return tree.conflict(ctx, p.findings)
}

// errStopped says that the caller wants no further steps.
var errStopped = errors.New("inference: stopped by the caller")

// eliminate returns the product of the problem's factors summed to its targets.
func (ve VariableElimination) eliminate(ctx context.Context, p *problem, visit func(EliminationStep) bool) (*table, Stats, error) {
	keep := slices.DeleteFunc(slices.Clone(p.targets), func(v int) bool { return p.card[v] == 1 })
	order, stats, err := ve.plan(ctx, p, keep)
	if err != nil {
		return nil, stats, err
	}
	buckets := make([][]*table, len(p.vars))
	used := map[*table]bool{}
	var constants []*table
	put := func(t *table) {
		if len(t.vars) == 0 {
			constants = append(constants, t)
		}
		for _, v := range t.vars {
			buckets[v] = append(buckets[v], t)
		}
	}
	for i := range p.factors {
		t, err := p.factorTable(i)
		if err != nil {
			return nil, stats, err
		}
		put(t)
	}
	for _, f := range p.findings {
		switch {
		case p.fixed[f.Index] >= 0:
			constants = append(constants, constantTable(f.Weights[f.State], f.LogScale))
		case p.card[f.Index] == 1:
			constants = append(constants, constantTable(f.Weights[0], f.LogScale))
		default:
			put(findingTable(f))
		}
	}
	var scratch tensor.Scratch
	step := func(v int, tables []*table, scope []int) (*table, error) {
		t, err := p.contract(ctx, &scratch, tables, scope)
		if err != nil || visit == nil {
			return t, err
		}
		s := EliminationStep{Result: p.show(t)}
		if v >= 0 {
			s.Variable = p.vars[v]
		}
		for _, t := range tables {
			s.Factors = append(s.Factors, p.show(t))
		}
		if !visit(s) {
			return nil, errStopped
		}
		return t, nil
	}
	for _, v := range order {
		tables := slices.DeleteFunc(buckets[v], func(t *table) bool { return used[t] })
		buckets[v] = nil
		if len(tables) == 0 { // in no factor: every state counts one
			tables = []*table{constantTable(float64(p.card[v]), 0)}
		}
		t, err := step(v, tables, scopeWithout(tables, v))
		if err != nil {
			return nil, stats, err
		}
		for _, t := range tables {
			used[t] = true
		}
		put(t)
	}
	rest := constants
	for _, v := range keep {
		for _, t := range buckets[v] {
			if !used[t] {
				used[t] = true
				rest = append(rest, t)
			}
		}
	}
	t, err := step(-1, rest, keep)
	if err == nil {
		err = ctx.Err()
	}
	return t, stats, err
}

// scopeWithout returns the variables of tables but v, ascending.
func scopeWithout(tables []*table, v int) []int {
	var scope []int
	for _, t := range tables {
		scope = append(scope, t.vars...)
	}
	slices.Sort(scope)
	scope = slices.Compact(scope)
	return slices.DeleteFunc(scope, func(u int) bool { return u == v })
}

// constantTable is a factor of no variable, x·exp(scale).
func constantTable(x, scale float64) *table {
	t := &table{values: []float64{x}, scale: scale}
	t.bound.low, t.bound.high = careful.Exponents(t.values)
	return t
}

// plan finds an elimination order of all but keep, and its cost, before any table
// is taken. keep is made a clique, and the clique tree is walked from its leaves
// towards a clique that holds keep, so that the order costs no more than the tree.
func (ve VariableElimination) plan(ctx context.Context, p *problem, keep []int) ([]int, Stats, error) {
	limit, err := budget(ve.MemoryBudget)
	if err != nil {
		return nil, Stats{}, err
	}
	if bytes := 8 * p.entries(keep); bytes > float64(limit) {
		return nil, Stats{}, &belief.TooLargeError{
			What: "joint posterior", Bytes: bytes, Budget: limit, Width: len(keep) - 1, Entries: bytes / 8, Largest: p.names(keep),
		}
	}
	g, err := p.graph("variable elimination", limit)
	if err != nil {
		return nil, Stats{}, err
	}
	g.AddClique(keep...)
	found, err := p.order(ctx, g, ve.Order, "variable elimination", limit)
	if err != nil {
		return nil, Stats{}, err
	}
	tree := g.CliqueTree(found.Vertices)
	order, words := p.towards(tree, keep)
	stats := Stats{
		Width: found.Width, Largest: found.Entries, Clique: p.names(found.Largest), Total: found.Total, Bytes: 8 * words,
		Heuristic: found.Heuristic.String(), OrderTries: found.Tries,
	}
	for i := range p.factors {
		stats.Factors++
		stats.Bytes += 8 * p.entries(p.scope(i, nil))
	}
	for v := range p.vars {
		if p.card[v] > 1 {
			stats.Variables++
		}
	}
	if stats.Bytes > float64(limit) {
		return nil, stats, &belief.TooLargeError{
			What: "variable elimination", Bytes: stats.Bytes, Budget: limit, Width: found.Width,
			Entries: found.Entries, Largest: p.names(found.Largest),
		}
	}
	return order, stats, nil
}

// towards lists the variables that can vary, but keep, in the order in which the
// cliques of a tree send them away towards a clique that holds keep. words bounds
// the entries of the tables that come of it.
func (p *problem) towards(tree *graphical.CliqueTree, keep []int) (order []int, words float64) {
	n := len(tree.Cliques)
	near := make([][]int, n)
	for c, parent := range tree.Parent {
		if parent >= 0 {
			near[c] = append(near[c], parent)
			near[parent] = append(near[parent], c)
		}
	}
	root := -1
	if len(keep) > 0 {
		root = slices.IndexFunc(tree.Cliques, func(clique []int) bool {
			return !slices.ContainsFunc(keep, func(v int) bool { return !slices.Contains(clique, v) })
		})
	}
	from := make([]int, n) // the neighbour on the way to the root; −2: not reached
	for c := range from {
		from[c] = -2
	}
	var walk []int // roots before what hangs on them
	reach := func(c int) {
		if from[c] != -2 {
			return
		}
		from[c] = -1
		walk = append(walk, c)
		for i := len(walk) - 1; i < len(walk); i++ {
			for _, d := range near[walk[i]] {
				if from[d] == -2 {
					from[d] = walk[i]
					walk = append(walk, d)
				}
			}
		}
	}
	if root >= 0 {
		reach(root)
	}
	for c := n - 1; c >= 0; c-- {
		reach(c)
	}
	for i := len(walk) - 1; i >= 0; i-- {
		c := walk[i]
		size := p.entries(tree.Cliques[c])
		for j := len(tree.Cliques[c]) - 1; j >= 0; j-- {
			v := tree.Cliques[c][j]
			stays := c == root && slices.Contains(keep, v) || from[c] >= 0 && slices.Contains(tree.Cliques[from[c]], v)
			if stays || p.card[v] == 1 {
				continue
			}
			order = append(order, v)
			size /= float64(p.card[v])
			words += size
		}
	}
	return order, words + p.entries(keep)
}

// variables returns the model's variables by number.
func (p *problem) variables(vars []int) []*graphical.Variable {
	out := make([]*graphical.Variable, len(vars))
	for i, v := range vars {
		out[i] = p.vars[v]
	}
	return out
}

// show turns a table into a factor for the caller to look at.
func (p *problem) show(t *table) *graphical.Factor {
	values := slices.Clone(t.values)
	if t.log {
		for i, x := range values {
			values[i] = math.Exp(x)
		}
	}
	f, err := graphical.NewFactor(p.variables(t.vars), values)
	if err != nil {
		panic("inference: a table of its own making: " + err.Error())
	}
	return f.Scale(t.scale)
}
