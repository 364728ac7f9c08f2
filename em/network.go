package em

// Tables of Bayesian networks from data with missing cells and hidden variables.

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/internal/stream"
)

// Network learns the tables of a Bayesian network of which rows need not show every
// variable: cells may be missing, and variables without a column are hidden in all rows.
// What is missing has to be so at random: whether it is must not depend on what it would
// have been (Rubin 1976). The zero values, but for Net, are maximum likelihood.
//
// The E step is exact. What is missing in a row falls into parts that the observed
// variables separate; each is a small junction tree whose potentials are entries of the
// tables, made once for all rows in which the same variables are missing (Lauritzen 1995).
// Rows that are the same are looked at once. An iteration costs what these trees cost, and
// for a row in which nothing is missing one addition per variable.
//
// Columns are matched with variables, and categories with states, by name, as
// [learn.Match] says.
type Network struct {
	// Net is the structure, and its tables what the first start begins with. If they do
	// not tell states of a hidden variable apart, EM never would, and those of its
	// children are drawn.
	Net   *graphical.BayesNet `json:"-"`
	Prior learn.Prior         `json:"prior"`
	// Fix names variables that keep their distributions. Those that have no table must be
	// among them.
	Fix []string `json:"fix,omitempty"`
	// Random draws the tables of the first start as well; those of further starts always
	// are. Without a prior, zeros in the tables of Net stay zeros.
	Random bool `json:"random,omitempty"`
	// Indices says that columns of numbers hold indices of states, from 0.
	Indices bool `json:"indices,omitempty"`
	// Memory is how many bytes tables may take, those of the network and the largest of a
	// junction tree; 0 means 1 GiB.
	Memory int64 `json:"memory,omitempty"`
}

// networkStarts is the number of starts if there are hidden variables.
const networkStarts = 5

// Fit learns from rows. Config.Starts 0 means five if there are hidden variables. Besides
// the errors of [learn.Match], [learn.NewFamilies] and [NewRows] there are a
// [*learn.ConditionalError], a [*belief.TooLargeError] for a junction tree beyond Memory,
// and an [*ImpossibleRowError].
func (n Network) Fit(ctx context.Context, src data.Source, c Config) (*Run[*NetworkModel], error) {
	rows, begin, c, err := n.prepare(ctx, src, c)
	if err != nil {
		return nil, err
	}
	return Fit(ctx, rows, begin, c)
}

// Steps learns an iteration at a time.
func (n Network) Steps(ctx context.Context, src data.Source, c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		rows, begin, c, err := n.prepare(ctx, src, c)
		if err != nil {
			yield(Step{}, err)
			return
		}
		Steps(ctx, rows, begin, c)(yield)
	}
}

// prepare checks the settings and reads the data.
func (n Network) prepare(ctx context.Context, src data.Source, c Config) (Data[*Block], Starter[*NetworkModel], Config, error) {
	fail := func(err error) (Data[*Block], Starter[*NetworkModel], Config, error) { return nil, nil, c, err }
	if _, err := c.withDefaults(); err != nil {
		return fail(err)
	}
	f, err := learn.NewFamilies(n.Net, n.Memory)
	if err != nil {
		return fail(err)
	}
	given, err := newNetworkModel(f, n.Prior, n.Fix, n.Memory)
	if err != nil {
		return fail(err)
	}
	if err := f.Parameters(given.theta, n.Net); err != nil {
		return fail(err)
	}
	states, err := learn.Match(n.Net, src, n.Indices)
	if err != nil {
		return fail(err)
	}
	rows, err := NewRows(ctx, states, c, AllowMissing)
	if err != nil {
		return fail(err)
	}
	for _, column := range states.Columns() {
		v, _ := n.Net.Variable(column.Name) // Match has found it
		given.columns = append(given.columns, n.Net.Index(v))
	}
	d, err := newNetworkRows(ctx, rows, given, c)
	if err != nil {
		return fail(err)
	}
	given.rowOf = d.rowOf
	hidden := false
	for i := range given.fixed {
		hidden = hidden || !d.observed[i]
	}
	if c.Starts == 0 && hidden {
		c.Starts = networkStarts
	}
	given.context = ctx
	c.Settings = []any{n.Random, n.Indices, given}
	return d, func(_ context.Context, start int) (*NetworkModel, error) {
		m := given.clone()
		rng := stream.New(c.Seed, "em network", uint64(start))
		m.soften()
		if n.Random || start > 0 {
			for i, fixed := range m.fixed {
				if !fixed {
					m.draw(i, rng)
				}
			}
		}
		m.breakSymmetry(d.observed, rng)
		m.ready()
		return m, nil
	}, c, nil
}

// soften takes zeros out of tables that a prior holds to be positive, as it would take a
// start with them to be impossible.
func (m *NetworkModel) soften() {
	const share = 1e-3
	for i, fixed := range m.fixed {
		if fixed || m.alphas[i] == 0 {
			continue
		}
		k := m.structure.states[i]
		for t := m.table(i); len(t) > 0; t = t[k:] {
			zero := false
			for _, p := range t[:k] {
				zero = zero || p == 0
			}
			for s := 0; zero && s < k; s++ {
				t[s] = (1-share)*t[s] + share/float64(k)
			}
		}
	}
}

// draw puts random rows into table i, uniform among all distributions, with zeros where
// there are some.
func (m *NetworkModel) draw(i int, rng *rand.Rand) {
	k := m.structure.states[i]
	for t := m.table(i); len(t) > 0; t = t[k:] {
		total := 0.0
		for s, p := range t[:k] {
			if p > 0 {
				t[s] = rng.ExpFloat64() + math.SmallestNonzeroFloat64
				total += t[s]
			}
		}
		for s := range t[:k] {
			t[s] /= total
		}
	}
}

// breakSymmetry draws the tables of the children of hidden variables of which the tables
// do not tell some states apart.
func (m *NetworkModel) breakSymmetry(observed []bool, rng *rand.Rand) {
	for v := range observed {
		if observed[v] || !m.alike(v) {
			continue
		}
		for _, f := range m.structure.touch[v] {
			if f != v && !m.fixed[f] {
				m.draw(f, rng)
			}
		}
	}
}

// alike says whether there are children of v, and two states of it that none of their
// tables tells apart.
func (m *NetworkModel) alike(v int) bool {
	if len(m.structure.touch[v]) < 2 {
		return false
	}
	k := m.structure.states[v]
	for a := range k {
		last := k
		if k > 64 { // pairs would be many
			last = min(k, a+2)
		}
		for b := a + 1; b < last; b++ {
			if m.same(v, a, b) {
				return true
			}
		}
	}
	return false
}

// same says whether the tables of the children of v are the same for two of its states.
func (m *NetworkModel) same(v, a, b int) bool {
	k := m.structure.states[v]
	for _, f := range m.structure.touch[v] {
		if f == v {
			continue
		}
		vars, strides := m.structure.families.Members(f)
		step := 0
		for j, u := range vars {
			if u == v {
				step = strides[j]
			}
		}
		t := m.table(f)
		for first := a * step; first < len(t); first += k * step {
			for at := first; at < first+step; at++ {
				if t[at] != t[at+(b-a)*step] {
					return false
				}
			}
		}
	}
	return true
}
