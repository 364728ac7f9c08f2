package inference

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/tensor"
)

// SumProduct is belief propagation on a factor graph without loops (Pearl 1988;
// Kschischang, Frey & Loeliger 2001, equations 5 and 6): from the leaves to a root
// and back, every edge carries one message each way,
//
//	variable to factor: ν_{x→f}(x) = Π_{g ∋ x, g ≠ f} μ_{g→x}(x)
//	factor to variable: μ_{f→x}(x) = Σ_{others} f(…) Π_{y ≠ x} ν_{y→f}(y)
//
// and a variable's posterior is the normalized product of what arrives. Messages
// are computed with logarithms, so that no length of chain makes them underflow.
// The zero value is ready.
type SumProduct struct {
	MemoryBudget int64 `json:"memory_budget"` // bytes for the factors' logarithms; 0: 4 GiB
}

// A LoopError says that a factor graph has a loop, on which sum-product would not
// be exact.
type LoopError struct {
	Path []string // variables and, between them, factors as "φ(a, b)"; the first is also the last
}

// Error shows the loop.
func (e *LoopError) Error() string {
	path := e.Path
	const most = 13
	if len(path) > most {
		path = append(append(slices.Clone(path[:most/2]), "…"), path[len(path)-most/2:]...)
	}
	return "sum-product is exact only without loops, and this model has one: " + strings.Join(path, " – ") + "; use a junction tree"
}

// Name implements [Engine].
func (SumProduct) Name() string { return "sum-product" }

// Marginals implements [Engine]; a model with a loop gives a [*LoopError].
func (sp SumProduct) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	wanted, err := findTargets(m, targets)
	if err != nil {
		return nil, err
	}
	ms, err := sp.Run(ctx, m, ev)
	if err != nil {
		return nil, err
	}
	marginals := make([]Marginal, len(wanted))
	for i, v := range wanted {
		marginals[i] = Marginal{Variable: ms.p.vars[v], Probs: ms.belief(v)}
	}
	post := NewPosterior(sp.Name(), belief.Estimate{Value: ms.logZ}, marginals)
	post.Warnings = modelWarnings(m)
	post.Stats = ms.stats
	return post, nil
}

// Messages are the messages of a finished run of sum-product.
type Messages struct {
	p      *problem
	scopes [][]int
	edge   []int   // of every factor: the number of its first edge
	of     [][]int // the edges of every variable
	owner  []int   // the factor of every edge
	ends   []int   // the variable of every edge
	tables [][]float64

	prior  [][]float64 // log weights of evidence, by variable
	toVar  [][]float64 // log μ, by edge
	toFact [][]float64 // log ν, by edge
	logZ   float64
	stats  Stats
}

// Run passes all messages. Errors: [*LoopError], and those of [Engine].Marginals.
func (sp SumProduct) Run(ctx context.Context, m graphical.Model, ev graphical.Evidence) (*Messages, error) {
	p, err := newProblem(m, ev, nil, false, false)
	if err != nil {
		return nil, err
	}
	ms := &Messages{p: p, scopes: p.scopes, of: make([][]int, len(p.vars)), prior: make([][]float64, len(p.vars))}
	limit, err := budget(sp.MemoryBudget)
	if err != nil {
		return nil, err
	}
	if err := ms.size(limit); err != nil {
		return nil, err
	}
	for f, scope := range ms.scopes {
		ms.edge = append(ms.edge, len(ms.owner))
		for _, v := range scope {
			ms.of[v] = append(ms.of[v], len(ms.owner))
			ms.owner, ms.ends = append(ms.owner, f), append(ms.ends, v)
		}
	}
	walk, via, loop := ms.walk()
	if loop != nil {
		return nil, loop
	}
	if err := ms.load(ctx); err != nil {
		return nil, err
	}
	if err := ms.pass(ctx, walk, via); err != nil {
		return nil, err
	}
	if math.IsInf(ms.logZ, -1) {
		tree, err := TreeConfig{MemoryBudget: sp.MemoryBudget}.Compile(ctx, m)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, everything(p.findings)
		}
		return nil, tree.conflict(ctx, p.findings)
	}
	return ms, nil
}

// size fills the statistics and refuses tables over the budget.
func (ms *Messages) size(limit int64) error {
	ms.stats = Stats{Variables: len(ms.p.vars), Factors: len(ms.scopes)}
	largest := []int(nil)
	for _, scope := range ms.scopes {
		e := ms.p.entries(scope)
		ms.stats.Total += e
		if e > ms.stats.Largest {
			ms.stats.Largest, largest = e, scope
		}
		ms.stats.Width = max(ms.stats.Width, len(scope)-1)
	}
	ms.stats.Bytes = 8 * ms.stats.Total
	if ms.stats.Bytes > float64(limit) {
		return &belief.TooLargeError{
			What: "sum-product", Bytes: ms.stats.Bytes, Budget: limit, Width: ms.stats.Width,
			Entries: ms.stats.Largest, Largest: ms.p.names(largest),
		}
	}
	return nil
}

// walk lists the variables of every tree of the forest, each after the one nearer
// to the root; via is the edge by which each is reached, −1 for roots. It finds a
// loop if there is one.
func (ms *Messages) walk() (order, via []int, loop *LoopError) {
	n := len(ms.p.vars)
	via = make([]int, n)
	reached := make([]bool, n)
	entry := make([]int, len(ms.scopes)) // the edge by which a factor is reached, −1 for not yet
	for f := range entry {
		entry[f] = -1
	}
	for root := range n {
		if reached[root] {
			continue
		}
		reached[root], via[root] = true, -1
		order = append(order, root)
		for i := len(order) - 1; i < len(order); i++ {
			v := order[i]
			for _, e := range ms.of[v] {
				f := ms.owner[e]
				if via[v] >= 0 && f == ms.owner[via[v]] {
					continue
				}
				if entry[f] >= 0 {
					return nil, nil, ms.loop(via, entry, v, f)
				}
				entry[f] = e
				for k, u := range ms.scopes[f] {
					if u == v {
						continue
					}
					if reached[u] {
						return nil, nil, ms.loop(via, entry, u, f)
					}
					reached[u], via[u] = true, ms.edge[f]+k
					order = append(order, u)
				}
			}
		}
	}
	return order, via, nil
}

// loop names the loop closed by variable v meeting factor f, both reached before.
func (ms *Messages) loop(via, entry []int, v, f int) *LoopError {
	name := func(f int) string {
		return "φ(" + strings.Join(ms.p.names(ms.scopes[f]), ", ") + ")"
	}
	// The ways back to the root, alternating variables and factors.
	back := func(v int) (path []int) {
		for {
			path = append(path, v)
			if via[v] < 0 {
				return path
			}
			g := ms.owner[via[v]]
			path = append(path, ^g)
			v = ms.ends[entry[g]]
		}
	}
	a := back(v)
	b := append([]int{^f}, back(ms.ends[entry[f]])...)
	for len(a) > 1 && len(b) > 1 && a[len(a)-2] == b[len(b)-2] && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	slices.Reverse(b)
	if len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[0] {
		b = b[1:]
	}
	var out []string
	for _, x := range append(append(slices.Clone(a), b...), a[0]) {
		if x < 0 {
			out = append(out, name(^x))
		} else {
			out = append(out, ms.p.vars[x].Name())
		}
	}
	return &LoopError{Path: out}
}

// load takes the logarithms of factors and evidence.
func (ms *Messages) load(ctx context.Context) error {
	ms.tables = make([][]float64, len(ms.scopes))
	for f := range ms.scopes {
		factor, err := ms.p.model.Factor(f)
		if err != nil {
			return err
		}
		l := make([]float64, len(factor.Values()))
		for i, x := range factor.Values() {
			l[i] = careful.Log(x) + factor.LogScale()
		}
		ms.tables[f] = l
		if f&63 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	for v := range ms.prior {
		ms.prior[v] = make([]float64, ms.p.card[v])
	}
	for _, f := range ms.p.findings {
		ms.logZ += f.LogScale
		for s, w := range f.Weights {
			ms.prior[f.Index][s] = careful.Log(w)
		}
	}
	return nil
}

// pass sends the messages to the roots and back.
func (ms *Messages) pass(ctx context.Context, walk, via []int) error {
	ms.toVar, ms.toFact = make([][]float64, len(ms.owner)), make([][]float64, len(ms.owner))
	var scratch tensor.Scratch
	for i := len(walk) - 1; i >= 0; i-- { // from the leaves: variable v tells the factor towards the root
		v := walk[i]
		if i&255 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for _, e := range ms.of[v] {
			if e != via[v] { // a factor further out, all of whose other variables have spoken
				if err := ms.fromFactor(ctx, &scratch, e); err != nil {
					return err
				}
			}
		}
		if via[v] >= 0 {
			ms.fromVariable(v, via[v])
		} else {
			ms.logZ += careful.LogSumExp(ms.product(v))
		}
	}
	for f, scope := range ms.scopes {
		if len(scope) == 0 {
			ms.logZ += ms.tables[f][0]
		}
	}
	for i, v := range walk { // from the root: the factor towards it tells v, v tells the others
		if i&255 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if e := via[v]; e >= 0 {
			if err := ms.fromFactor(ctx, &scratch, e); err != nil {
				return err
			}
		}
		ms.fromVariable(v, -1)
	}
	return ctx.Err()
}

// product is the sum of the logarithms of all that arrives at a variable.
func (ms *Messages) product(v int) []float64 {
	sum := slices.Clone(ms.prior[v])
	for _, e := range ms.of[v] {
		for s, x := range ms.toVar[e] {
			sum[s] += x
		}
	}
	return sum
}

// fromVariable computes ν of one edge of a variable, or of all of them if edge is
// −1. The sums over all edges but one are put together from prefixes and suffixes,
// because a difference of infinities would say nothing.
func (ms *Messages) fromVariable(v, edge int) {
	edges := ms.of[v]
	suffix := make([][]float64, len(edges)+1)
	suffix[len(edges)] = make([]float64, ms.p.card[v])
	for i := len(edges) - 1; i >= 0; i-- {
		suffix[i] = slices.Clone(suffix[i+1])
		for s, x := range ms.toVar[edges[i]] { // nil while that factor has not spoken
			suffix[i][s] += x
		}
	}
	prefix := slices.Clone(ms.prior[v])
	for i, e := range edges {
		if edge < 0 || e == edge {
			out := slices.Clone(prefix)
			for s, x := range suffix[i+1] {
				out[s] += x
			}
			ms.toFact[e] = out
		}
		for s, x := range ms.toVar[e] {
			prefix[s] += x
		}
	}
}

// fromFactor computes μ of an edge.
func (ms *Messages) fromFactor(ctx context.Context, scratch *tensor.Scratch, edge int) error {
	f := ms.owner[edge]
	scope := ms.scopes[f]
	dims, all := ms.p.dims(scope)
	in, strides := [][]float64{ms.tables[f]}, [][]int{tensor.Strides(dims, all)}
	for k := range scope {
		if e := ms.edge[f] + k; e != edge {
			in, strides = append(in, ms.toFact[e]), append(strides, tensor.Strides(dims, []int{k}))
		}
	}
	out := make([]float64, ms.p.card[ms.ends[edge]])
	plan := tensor.New(dims, strides, [][]int{tensor.Strides(dims, []int{edge - ms.edge[f]})})
	ms.toVar[edge] = out
	return plan.LogSumProduct(ctx, scratch, in, [][]float64{out})
}
