package em

// What is learnt of a network: its tables, and what they say of rows.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/internal/careful"
)

// A NetworkModel is a Bayesian network whose tables are learnt. Its columns are the
// variables that the data showed, in the order of the network. In a [Block] the values are
// the indices of states; [LogProb] finds them by their names.
type NetworkModel struct {
	structure *networkStructure
	columns   []int // the variable of each
	prior     learn.Prior
	alphas    []float64 // by variable
	fixed     []bool    // by variable
	theta     []float64 // all tables, as the families lay them out
	logTheta  []float64
	unseen    []*learn.Unseen
	rowOf     []int // the row of the source that a row of the data was first; nil: the same
	context   context.Context
}

// newNetworkModel makes a model without tables.
func newNetworkModel(f *learn.Families, prior learn.Prior, fix []string, memory int64) (*NetworkModel, error) {
	fixed, err := f.Fixed(fix)
	if err != nil {
		return nil, err
	}
	alphas, err := prior.Alphas(f)
	if err != nil {
		return nil, err
	}
	return &NetworkModel{
		structure: newNetworkStructure(f, memory), prior: prior, alphas: alphas, fixed: fixed,
		theta: make([]float64, f.Size()), logTheta: make([]float64, f.Size()), context: context.Background(),
	}, nil
}

// clone copies the tables and shares everything else.
func (m *NetworkModel) clone() *NetworkModel {
	c := *m
	c.theta, c.logTheta = slices.Clone(m.theta), slices.Clone(m.logTheta)
	return &c
}

// ready takes logarithms of new tables.
func (m *NetworkModel) ready() {
	for i, p := range m.theta {
		m.logTheta[i] = careful.Log(p)
	}
}

// table is that of variable i.
func (m *NetworkModel) table(i int) []float64 { return m.structure.families.Table(m.theta, i) }

// Network returns the network with the tables as they are. Distributions that were fixed
// are those of the network that was given.
func (m *NetworkModel) Network() *graphical.BayesNet {
	net, err := m.structure.families.Network(m.theta, m.fixed)
	if err != nil {
		panic("em: " + err.Error()) // Maximize and UnmarshalJSON let no such tables in
	}
	return net
}

// Columns are the names of the variables that the data showed.
func (m *NetworkModel) Columns() []string {
	names := make([]string, len(m.columns))
	for j, v := range m.columns {
		names[j] = m.structure.families.Net().Variables()[v].Name()
	}
	return names
}

// Categories are the states of a column.
func (m *NetworkModel) Categories(column int) []string {
	return m.structure.families.Net().Variables()[m.columns[column]].States()
}

// Match returns a source of the states of the model's columns, as [learn.Match] does.
func (m *NetworkModel) Match(src data.Source) (data.Source, error) {
	return learn.Match(m.structure.families.Net(), src, false)
}

// Parameters is the number of free parameters of the tables that are learnt.
func (m *NetworkModel) Parameters() int { return m.structure.families.Free(m.fixed) }

// Validate returns an error if the tables are none.
func (m *NetworkModel) Validate() error {
	if m.structure == nil {
		return &belief.ConfigError{Field: "NetworkModel", Value: "zero", Want: "one that was fitted or read"}
	}
	_, err := m.structure.families.Network(m.theta, m.fixed)
	return err
}

// Warnings names the rows of tables for which there are no data.
func (m *NetworkModel) Warnings() []belief.Warning {
	var out []belief.Warning
	for _, u := range m.unseen {
		out = append(out, u.Warning())
	}
	return out
}

// Unseen returns the rows of tables for which there are no data.
func (m *NetworkModel) Unseen() []*learn.Unseen { return m.unseen }

// NewStatistics implements [Model]: expected counts of all families.
func (m *NetworkModel) NewStatistics() *Statistics {
	s := NewStatistics(m.layout())
	s.Scratch = newNetworkScratch(m)
	return s
}

// layout is the kind of the statistics, and how many sums they have.
func (m *NetworkModel) layout() (kind string, sums int) { return m.structure.kind, len(m.theta) }

// Counts shows statistics as expected counts of the families; they share memory.
func (m *NetworkModel) Counts(s *Statistics) *learn.Counts {
	if len(s.Sums) != len(m.theta) {
		panic(fmt.Sprintf("em: %d sums for tables of %d entries", len(s.Sums), len(m.theta)))
	}
	return &learn.Counts{Families: m.structure.families, Sums: s.Sums, Weight: s.Weight}
}

// An ImpossibleRowError says that a row has probability zero under the model as it is.
type ImpossibleRowError struct {
	Row      int    // of the source, from 0; with batches, in the order of the pass
	Variable string // whose table has a zero where the row is; empty if none has by itself
}

// Error names the row.
func (e *ImpossibleRowError) Error() string {
	text := fmt.Sprintf("row %d has probability zero under the tables", e.Row)
	if e.Variable != "" {
		text += fmt.Sprintf(": that of %q has a zero there", e.Variable)
	}
	return text + "; a prior, or other tables to start with, make it possible"
}

// Expect implements [Model].
func (m *NetworkModel) Expect(b *Block, s *Statistics) error { return m.expect(b, s, false) }

// ExpectHard implements [HardModel]: what is missing is taken to be what is most probable
// together.
func (m *NetworkModel) ExpectHard(b *Block, s *Statistics) error { return m.expect(b, s, true) }

func (m *NetworkModel) expect(b *Block, s *Statistics, hard bool) error {
	w, ok := s.Scratch.(*networkScratch)
	if !ok || w.structure != m.structure {
		w = newNetworkScratch(m)
		s.Scratch = w
	}
	for i := range b.Rows {
		weight := b.Weight(i)
		if weight == 0 {
			continue
		}
		l, err := m.row(w, b, i, weight, s.Sums, hard)
		if err != nil {
			return err
		}
		if math.IsInf(l, -1) {
			return m.impossible(w, b.First+i)
		}
		s.LogLikelihood += weight * l
		s.Weight += weight
	}
	return nil
}

// impossible names the row, and the table if there is one to blame.
func (m *NetworkModel) impossible(w *networkScratch, row int) error {
	if m.rowOf != nil {
		row = m.rowOf[row]
	}
	e := &ImpossibleRowError{Row: row}
	for _, f := range w.complete {
		if m.theta[w.base[f]] == 0 {
			e.Variable = m.structure.families.Net().Variables()[f].Name()
			break
		}
	}
	return e
}

// Maximize implements [Model]: learn's tables of the expected counts.
func (m *NetworkModel) Maximize(s *Statistics) error {
	f := m.structure.families
	if err := s.Check(m.layout()); err != nil {
		return err
	}
	total := 0.0
	for _, n := range s.Sums {
		if !(n >= 0) {
			return &belief.ConfigError{Field: "Sums", Value: n, Want: "not negative"}
		}
		total += n
	}
	if !(total > 0 && total <= math.MaxFloat64/4) {
		return &belief.ConfigError{Field: "Sums", Value: total, Want: "of a positive, finite sum"}
	}
	m.unseen = nil
	for i, fixed := range m.fixed {
		if fixed {
			continue
		}
		if u := f.Estimate(m.table(i), f.Table(s.Sums, i), i, m.alphas[i]); u != nil {
			m.unseen = append(m.unseen, u)
		}
	}
	m.ready()
	return nil
}

// Origin implements [Stepwise]: counts have none.
func (m *NetworkModel) Origin() []float64 { return nil }

// Recentre implements [Stepwise].
func (m *NetworkModel) Recentre(*Statistics, []float64) {}

// Complete implements [Bounded].
func (m *NetworkModel) Complete(s *Statistics) float64 {
	sum := 0.0
	for i, n := range s.Sums {
		if n > 0 {
			sum += n * m.logTheta[i]
		}
	}
	return sum
}

// LogPrior implements [Prior]: Σ α log θ, the density over logarithms of entries.
func (m *NetworkModel) LogPrior() float64 {
	f, sum := m.structure.families, 0.0
	for i, fixed := range m.fixed {
		if fixed || m.alphas[i] == 0 {
			continue
		}
		for _, l := range f.Table(m.logTheta, i) {
			sum += m.alphas[i] * l
		}
	}
	return sum
}

// LogProbTo writes the log-probability of the observed states of every row to dst.
func (m *NetworkModel) LogProbTo(dst []float64, b *Block) error {
	if len(dst) != b.Rows {
		panic(fmt.Sprintf("em: room for %d of %d rows", len(dst), b.Rows))
	}
	w := newNetworkScratch(m)
	for i := range dst {
		l, err := m.row(w, b, i, 1, nil, false)
		if err != nil {
			return err
		}
		dst[i] = l
	}
	return nil
}

// RandTo draws a row into dst, which it returns: states of the columns, as indices.
func (m *NetworkModel) RandTo(dst []float64, r *rand.Rand) []float64 {
	if len(dst) != len(m.columns) {
		panic(fmt.Sprintf("em: room for %d of %d columns", len(dst), len(m.columns)))
	}
	f := m.structure.families
	net := f.Net()
	state := make([]int, len(m.fixed))
	for _, v := range net.TopologicalOrder() {
		i := net.Index(v)
		vars, strides := f.Members(i)
		at := 0
		for j, p := range vars[:len(vars)-1] {
			at += state[p] * strides[j]
		}
		row := m.table(i)[at : at+m.structure.states[i]]
		total := careful.Sum(row)
		u := r.Float64() * total
		for s, p := range row {
			if p > 0 {
				state[i] = s
				if u -= p; u < 0 {
					break
				}
			}
		}
	}
	for j, v := range m.columns {
		dst[j] = float64(state[v])
	}
	return dst
}

// check refuses a value that is no state.
func (m *NetworkModel) check(v, row int, x float64) error {
	variable := m.structure.families.Net().Variables()[v]
	return &data.ValueError{Column: variable.Name(), Row: row, Value: x, Want: fmt.Sprintf("missing, or the index of one of %d states", variable.NumStates())}
}
