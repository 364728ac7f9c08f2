package inference

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
)

// TreeConfig configures a junction tree, and as an [Engine] compiles one for a
// single question. The zero value is the default.
type TreeConfig struct {
	Order        graphical.OrderConfig `json:"order"`         // the search for an elimination order
	MemoryBudget int64                 `json:"memory_budget"` // bytes for tables and messages; 0: 4 GiB
	Workers      int                   `json:"workers"`       // goroutines of one query on a large tree; 0: all cores
	Progress     func(Progress)        `json:"-"`             // called now and then by a query on a large tree; may be nil
}

// Progress is a snapshot of a query under way.
type Progress struct {
	Done, Total float64 // table entries visited, and to visit; of samplers: draws or sweeps
	StdErr      float64 // of samplers: the largest standard error of a probability so far
}

// A JunctionTree is a model compiled for exact queries. It is immutable and safe
// for concurrent use; every query in flight holds messages of its own.
type JunctionTree struct {
	problem   *problem
	cfg       TreeConfig
	nodes     []node
	parent    []int
	children  [][]int
	tables    []staticTable
	constant  float64   // log of what multiplies everything
	log       bool      // some table fits no float64 and is held in logarithms
	carrier   []carrier // of the evidence on each variable
	home      []int     // the node that yields each variable's marginal, −1 for fixed ones
	numInputs int       // of all nodes
	stats     Stats
	work      float64   // table entries of one propagation
	pool      sync.Pool // of *Session
	logs      struct {  // the static tables' logarithms, made when first needed
		sync.Once
		tables [][]float64
	}
}

// parallelWork is how many table entries make a tree large: below, starting
// goroutines costs more than it saves.
const parallelWork = 1 << 20

// NewJunctionTree compiles a model; see [TreeConfig.Compile].
func NewJunctionTree(m graphical.Model, cfg TreeConfig) (*JunctionTree, error) {
	return cfg.Compile(context.Background(), m)
}

// Compile compiles a model. The cost in time and memory is that of finding an
// elimination order, and of one pass over all tables of the model. Errors:
// [*belief.TooLargeError], what lowering a conditional distribution to a table
// gives, or ctx's.
func (cfg TreeConfig) Compile(ctx context.Context, m graphical.Model) (*JunctionTree, error) {
	p, err := newProblem(m, graphical.Evidence{}, nil, false, false)
	if err != nil {
		return nil, err
	}
	return compile(ctx, p, cfg)
}

// Name implements [Engine].
func (TreeConfig) Name() string { return "junction-tree" }

// Marginals implements [Engine]. The tree is compiled for this question alone:
// observed variables and, if there are targets, variables that cannot matter to
// them leave the model first, which can make the tree much smaller.
func (cfg TreeConfig) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	p, err := newProblem(m, ev, targets, true, true)
	if err != nil {
		return nil, err
	}
	t, err := compile(ctx, p, cfg)
	if err != nil {
		return nil, err
	}
	s := t.NewSession()
	s.setFindings(p.findings)
	return s.posterior(ctx, p.targets)
}

// Stats returns the size of the tree.
func (t *JunctionTree) Stats() Stats {
	s := t.stats
	s.Clique = slices.Clone(s.Clique)
	return s
}

// Query returns all marginals given the evidence, or those of the named targets
// alone, which spares the branches of the tree that hold none. Errors are those of
// [Engine].Marginals.
func (t *JunctionTree) Query(ctx context.Context, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	findings, err := ev.Resolve(t.problem.model)
	if err != nil {
		return nil, err
	}
	wanted, err := findTargets(t.problem.model, targets)
	if err != nil {
		return nil, err
	}
	s := t.session()
	defer t.pool.Put(s)
	s.setFindings(findings)
	return s.posterior(ctx, wanted)
}

// LogEvidence returns log p(e) in nats, −Inf for impossible evidence. It takes
// half of a query.
func (t *JunctionTree) LogEvidence(ctx context.Context, ev graphical.Evidence) (float64, error) {
	findings, err := ev.Resolve(t.problem.model)
	if err != nil {
		if _, impossible := err.(*belief.ImpossibleEvidenceError); impossible {
			return math.Inf(-1), nil
		}
		return math.NaN(), err
	}
	s := t.session()
	defer t.pool.Put(s)
	s.setFindings(findings)
	return s.logEvidence(ctx)
}

// Warnings returns what a reader of answers from this tree ought to know.
func (t *JunctionTree) Warnings() []belief.Warning { return modelWarnings(t.problem.model) }

// session returns a session from the pool.
func (t *JunctionTree) session() *Session {
	if s, ok := t.pool.Get().(*Session); ok {
		return s
	}
	return t.NewSession()
}

// compile finds an order, lays the tree out, checks its memory, and fills it.
func compile(ctx context.Context, p *problem, cfg TreeConfig) (*JunctionTree, error) {
	limit, err := budget(cfg.MemoryBudget)
	if err != nil {
		return nil, err
	}
	if err := checkWorkers(cfg.Workers); err != nil {
		return nil, err
	}
	g, err := p.graph("junction tree", limit)
	if err != nil {
		return nil, err
	}
	order, err := p.order(ctx, g, cfg.Order, "junction tree", limit)
	if err != nil {
		return nil, err
	}
	ct := g.CliqueTree(order.Vertices)
	t := &JunctionTree{
		problem: p, cfg: cfg, parent: ct.Parent, home: ct.Home,
		nodes: make([]node, len(ct.Cliques)), children: make([][]int, len(ct.Cliques)),
		carrier: make([]carrier, len(p.vars)),
	}
	for c, parent := range ct.Parent {
		if parent >= 0 {
			t.children[parent] = append(t.children[parent], c)
		}
	}
	for _, f := range p.findings {
		if p.fixed[f.Index] >= 0 {
			t.constant += careful.Log(f.Weights[f.State]) + f.LogScale
		}
	}
	l := newLayout(t, ct)
	l.assignFactors()
	for c := range t.nodes {
		if c&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		l.layNode(c)
	}
	l.countCarriers()
	t.stats = Stats{
		Variables: l.variables, Factors: l.factors, Cliques: len(t.nodes), Width: order.Width,
		Largest: order.Entries, Clique: p.names(order.Largest), Total: l.entries, Bytes: 8 * l.words,
		Heuristic: order.Heuristic.String(), OrderTries: order.Tries,
	}
	if l.refused || t.stats.Bytes > float64(limit) {
		e := &belief.TooLargeError{
			What: "junction tree", Bytes: t.stats.Bytes, Budget: limit, Width: order.Width,
			Entries: order.Entries, Largest: p.names(order.Largest),
			Advice: "raise the memory budget, or query fewer targets with more evidence",
		}
		if l.refused {
			e.AtLeast, e.Advice = true, "a single table of it has more than 2^31 entries, which is beyond any budget"
		}
		return nil, e
	}
	if err := l.fillTables(ctx); err != nil {
		return nil, err
	}
	for c := range t.nodes {
		if c&255 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		l.planNode(c)
	}
	return t, nil
}

// String says how large the tree is.
func (t *JunctionTree) String() string {
	return fmt.Sprintf("junction tree: cliques %d, width %d, entries of the largest %.3g, of all %.3g",
		t.stats.Cliques, t.stats.Width, t.stats.Largest, t.stats.Total)
}

// workers is how many goroutines a query should use.
func (t *JunctionTree) workers() int {
	if t.work < parallelWork || len(t.nodes) < 2 {
		return 1
	}
	return t.cfg.Workers
}

// logTables returns the logarithms of the static tables.
func (t *JunctionTree) logTables() [][]float64 {
	t.logs.Do(func() {
		for _, table := range t.tables {
			if table.log {
				t.logs.tables = append(t.logs.tables, table.data)
				continue
			}
			l := slices.Clone(table.data)
			for i, x := range l {
				l[i] = careful.Log(x)
			}
			t.logs.tables = append(t.logs.tables, l)
		}
	})
	return t.logs.tables
}
