package em

// Where the fits of hidden Markov models start.

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/stream"
)

// hmmBeginner makes the models that starts begin with.
type hmmBeginner struct {
	HiddenMarkov
	seqs          *data.Sequences
	seed          uint64
	columns       []string
	symbols       []string // nil with numbers
	center, scale []float64
	rows          []float64 // a sample, in units of variance one, zero where a cell is missing
}

// newBeginner checks that settings and data go together.
func (h HiddenMarkov) newBeginner(seqs *data.Sequences, c Config) (*hmmBeginner, error) {
	seqs = weighty(seqs, h.Weights)
	b := &hmmBeginner{HiddenMarkov: h, seqs: seqs, seed: c.Seed, columns: columnNames(seqs.Columns())}
	columns, numbers := seqs.Columns(), true
	for _, column := range columns {
		numbers = numbers && column.Categories == nil
	}
	if b.Emission == AutoEmission {
		b.Emission = DiagonalEmission
		if len(columns) == 1 && !numbers {
			b.Emission = CategoricalEmission
		}
		if g, ok := b.begun().(*chain.Gaussian); ok && !g.Diagonal() {
			b.Emission = FullEmission
		} else if g, ok := b.begun().(*chain.GaussianMixture); ok && !g.Components().Diagonal() {
			b.Emission = FullEmission
		}
	}
	b.Mixture = max(b.Mixture, 1)
	d, s := float64(len(columns)), float64(b.States)
	if b.Emission == CategoricalEmission {
		if len(columns) != 1 || columns[0].Categories == nil {
			return nil, &belief.ConfigError{Field: "Emission", Value: b.Emission, Want: "one of numbers unless there is a single column, of categories"}
		}
		if b.Mixture > 1 {
			return nil, &belief.ConfigError{Field: "Mixture", Value: b.Mixture, Want: "0 or 1 with symbols"}
		}
		b.symbols = columns[0].Categories
		if s*float64(len(b.symbols)) > hmmLimit {
			return nil, &belief.ConfigError{Field: "States", Value: b.States, Want: fmt.Sprintf("at most %d for so many symbols", hmmLimit/len(b.symbols))}
		}
	} else {
		if !numbers {
			return nil, &belief.ConfigError{Field: "columns", Value: "of categories", Want: "of numbers, unless a column of categories is the only one and the emission categorical"}
		}
		if s*float64(b.Mixture)*(d+1)*(d+1) > hmmLimit {
			return nil, &belief.ConfigError{Field: "States", Value: b.States, Want: "less: the normals would have too many parameters"}
		}
		var err error
		if b.center, b.scale, err = columnMoments(seqs); err != nil {
			return nil, err
		}
		b.sample()
	}
	if b.Begin != nil {
		return b, b.checkBegin()
	}
	if t := b.Ties.Transition; t != nil && b.Mask != nil {
		for i := range t {
			if j := slices.Index(t, t[i]); !slices.Equal(b.Mask[i*b.States:(i+1)*b.States], b.Mask[j*b.States:(j+1)*b.States]) {
				return nil, &belief.ConfigError{Field: "Ties.Transition", Value: fmt.Sprintf("the same for states %d and %d", j, i), Want: "different where the mask is"}
			}
		}
	}
	for i := range b.States {
		some := false
		for j := range b.States {
			some = some || b.allowed(i, j)
		}
		if !some {
			return nil, &belief.ConfigError{Field: "Mask", Value: fmt.Sprintf("no transition from state %d that the topology has", i), Want: "a transition from every state"}
		}
	}
	return b, nil
}

func (b *hmmBeginner) begun() chain.Emission {
	if b.Begin == nil {
		return nil
	}
	return b.Begin.Emission
}

// checkBegin checks that the given start goes together with the settings and the data.
func (b *hmmBeginner) checkBegin() error {
	if err := b.Begin.Validate(); err != nil {
		return fmt.Errorf("setting Begin: %w", err)
	}
	bad := func(value any, want string) error {
		return &belief.ConfigError{Field: "Begin", Value: value, Want: want}
	}
	if n := len(b.Begin.Initial); n != b.States {
		return bad(fmt.Sprintf("a model of %d states", n), fmt.Sprintf("one of %d", b.States))
	}
	if c := b.Begin.Columns; c != nil && !slices.Equal(c, b.columns) {
		return bad(fmt.Sprintf("a model of the columns %q", c), fmt.Sprintf("one of %q", b.columns))
	}
	if c, ok := b.Begin.Emission.(*chain.Categorical); ok {
		if b.symbols == nil {
			return bad("a model of symbols", "one of numbers, as the data are")
		}
		b.symbols = c.Symbols
	} else {
		n := hmmNormalsOf(b.Begin.Emission)
		full := b.Emission == FullEmission
		if n == nil || b.symbols != nil || n.dim != len(b.columns) || n.full != full || n.mixture != b.Mixture {
			return bad(fmt.Sprintf("a model with a %T", b.Begin.Emission), fmt.Sprintf("one whose emission is %v, with a mixture of %d, for %d columns", b.Emission, b.Mixture, len(b.columns)))
		}
	}
	for k, p := range b.Begin.Transition {
		if i, j := k/b.States, k%b.States; p > 0 && !b.allowed(i, j) {
			return bad(fmt.Sprintf("a model whose transition from state %d to %d has probability %v", i, j, p), "one where it has none, as mask and topology say")
		}
	}
	m := b.model(b.Begin)
	differ := func(field string, ties []int, row func(i int) []float64) error {
		for i, first := range hmmClasses(ties, b.States) {
			if !slices.Equal(row(i), row(first)) {
				return &belief.ConfigError{Field: field, Value: fmt.Sprintf("the same for states %d and %d", first, i), Want: "different for states that are different in Begin"}
			}
		}
		return nil
	}
	if err := differ("Ties.Transition", b.Ties.Transition, func(i int) []float64 { return b.Begin.Transition[i*b.States : (i+1)*b.States] }); err != nil {
		return err
	}
	return differ("Ties.Emission", b.Ties.Emission, m.emissionRow)
}

// emissionRow is all that a state's emission depends on.
func (m *HiddenMarkovModel) emissionRow(i int) []float64 {
	if c, ok := m.HMM.Emission.(*chain.Categorical); ok {
		return c.P[i*c.Len() : (i+1)*c.Len()]
	}
	n := m.normals
	k, d, v := n.mixture, n.mixture*n.dim, n.mixture*n.covSize()
	return slices.Concat(n.weights[i*k:(i+1)*k], n.means[i*d:(i+1)*d], n.covs[i*v:(i+1)*v])
}

// model is a model with parameters, whose zeros stay.
func (b *hmmBeginner) model(h *chain.HMM) *HiddenMarkovModel {
	start := *h
	start.Columns = b.columns
	if b.Names != nil {
		start.States = b.Names
	}
	m := &HiddenMarkovModel{HMM: &start, settings: b.HiddenMarkov}
	m.free = hmmFreeOf(&start)
	if m.normals = hmmNormalsOf(start.Emission); m.normals != nil {
		m.normals.center, m.normals.scale = b.center, b.scale
	}
	return m
}

func hmmFreeOf(h *chain.HMM) hmmFree {
	free := func(p []float64) []bool {
		f := make([]bool, len(p))
		for i, v := range p {
			f[i] = v > 0
		}
		return f
	}
	f := hmmFree{initial: free(h.Initial), transition: free(h.Transition)}
	if c, ok := h.Emission.(*chain.Categorical); ok {
		f.symbols = free(c.P)
	}
	return f
}

// start implements [Starter].
func (b *hmmBeginner) start(ctx context.Context, start int) (*HiddenMarkovModel, error) {
	if b.Begin != nil && start == 0 {
		return b.model(b.Begin), nil
	}
	r := stream.New(b.seed, "em hidden markov", uint64(start))
	h := &chain.HMM{Initial: make([]float64, b.States), Transition: make([]float64, b.States*b.States)}
	for i := range h.Initial {
		some := b.Topology == Ergodic || i == 0
		if b.Begin != nil {
			some = b.Begin.Initial[i] > 0
			h.States = b.Begin.States
		}
		if some {
			h.Initial[i] = 0.5 + r.ExpFloat64()
		}
	}
	hmmScale(h.Initial)
	for i := range b.States {
		row := h.Transition[i*b.States : (i+1)*b.States]
		for j := range row {
			some := b.allowed(i, j)
			if b.Begin != nil {
				some = b.Begin.Transition[i*b.States+j] > 0
			}
			if v := 0.5 + r.ExpFloat64(); some {
				row[j] = v
				if i == j && b.symbols == nil { // rows near in time are often alike
					row[j] += float64(b.States)
				}
			}
		}
		hmmScale(row)
	}
	for i, first := range hmmClasses(b.Ties.Transition, b.States) {
		copy(h.Transition[i*b.States:(i+1)*b.States], h.Transition[first*b.States:(first+1)*b.States])
	}
	classes := hmmClasses(b.Ties.Emission, b.States)
	var err error
	if b.symbols != nil {
		h.Emission = b.startSymbols(r, classes)
	} else if h.Emission, err = b.startNormals(ctx, r, classes); err != nil {
		return nil, err
	}
	if b.Begin != nil {
		if b.Fix.Initial {
			h.Initial = b.Begin.Initial
		}
		if b.Fix.Transition {
			h.Transition = b.Begin.Transition
		}
		if b.Fix.Emission {
			h.Emission = b.Begin.Emission
		}
	}
	return b.model(h), ctx.Err()
}

func hmmScale(p []float64) {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	for i := range p {
		p[i] /= sum
	}
}

// startSymbols has each state emit what the data have, more or less.
func (b *hmmBeginner) startSymbols(r *rand.Rand, classes []int) *chain.Categorical {
	k := len(b.symbols)
	counts := make([]float64, k)
	for i := range counts {
		counts[i] = 0.5
	}
	if b.Begin == nil {
		for _, v := range b.seqs.Table().Matrix() {
			if v == v {
				counts[int(v)]++
			}
		}
	}
	c := &chain.Categorical{Symbols: b.symbols, P: make([]float64, b.States*k)}
	begun, _ := b.begun().(*chain.Categorical)
	for i, first := range classes {
		row := c.P[i*k : (i+1)*k]
		for y := range row {
			if v := counts[y] * (0.5 + r.ExpFloat64()); begun == nil || begun.P[i*k+y] > 0 {
				row[y] = v
			}
		}
		hmmScale(row)
		copy(row, c.P[first*k:(first+1)*k])
	}
	return c
}

// hmmSample is how many rows starts are found on.
const hmmSample = 4096

// sample puts rows, spread over the data, into units of variance one.
func (b *hmmBeginner) sample() {
	d, table := len(b.columns), b.seqs.Table()
	n := min(table.Rows(), hmmSample)
	for k := range n {
		row, there := table.Row(int(int64(k)*int64(table.Rows())/int64(n))), false
		at := len(b.rows)
		for j, v := range row {
			z := 0.0
			if v == v {
				z, there = (v-b.center[j])/math.Sqrt(b.scale[j]), true
			}
			b.rows = append(b.rows, z)
		}
		if !there {
			b.rows = b.rows[:at]
		}
	}
	if len(b.rows) == 0 {
		b.rows = make([]float64, d)
	}
}

// startNormals puts normals where there are rows.
func (b *hmmBeginner) startNormals(ctx context.Context, r *rand.Rand, classes []int) (chain.Emission, error) {
	d, k := len(b.columns), b.Mixture
	n := newHMMNormals(b.States, k, d, b.Emission == FullEmission, b.center, b.scale)
	rows := len(b.rows) / d
	row := func(i int) []float64 { return b.rows[i*d : (i+1)*d] }
	spread := make([]float64, d) // within groups
	for j := range spread {
		spread[j] = 1
	}
	centers := make([]float64, b.States*d)
	switch {
	case b.Init == RandomInit:
		for s := range b.States {
			copy(centers[s*d:(s+1)*d], row(r.IntN(rows)))
		}
	case b.Topology == LeftToRight:
		b.byTime(centers)
	default:
		owner, means, err := cluster(ctx, b.rows, d, b.States, nil, r)
		if err != nil {
			return nil, err
		}
		copy(centers, means)
		clear(spread)
		for i, s := range owner {
			for j, v := range row(i) {
				v -= centers[s*d+j]
				spread[j] += v * v / float64(rows)
			}
		}
	}
	begun, _ := b.begun().(*chain.GaussianMixture)
	for s, first := range classes {
		for i := range k {
			if c := s*k + i; begun == nil || begun.Weights()[s][i] > 0 {
				n.weights[c] = 1
			}
		}
		hmmScale(n.weights[s*k : (s+1)*k])
		for i := range k {
			c := s*k + i
			for j := range d {
				unit := math.Sqrt(b.scale[j])
				z := centers[s*d+j]
				if k > 1 || b.Init == ClusterInit && rows <= b.States {
					z += 0.7 * math.Sqrt(spread[j]) * r.NormFloat64()
				}
				n.mean(c)[j] = b.center[j] + unit*z
				at := j
				if n.full {
					at = j*d + j
				}
				n.cov(c)[at] = b.scale[j] * max(spread[j], 1e-3, b.floor())
			}
			copy(n.mean(c), n.mean(first*k+i))
		}
	}
	return n.emission()
}

// byTime cuts every sequence into as many parts as there are states.
func (b *hmmBeginner) byTime(centers []float64) {
	d := len(b.columns)
	counts := make([]float64, len(centers))
	for i := range b.seqs.Len() {
		x, n := b.seqs.Rows(i), b.seqs.Length(i)
		for t := range n {
			s := int(int64(t) * int64(b.States) / int64(n))
			for j, v := range x[t*d : (t+1)*d] {
				if v == v {
					counts[s*d+j]++
					centers[s*d+j] += ((v-b.center[j])/math.Sqrt(b.scale[j]) - centers[s*d+j]) / counts[s*d+j]
				}
			}
		}
	}
}
