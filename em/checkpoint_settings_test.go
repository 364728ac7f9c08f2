package em

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/graphical/learn"
)

// The checkpoint of a run that has ended is not that of one with other settings.
func TestCheckpointOtherSettings(t *testing.T) {
	ctx, r := context.Background(), rand.New(rand.NewPCG(8, 1))
	x := make([]float64, 120)
	for i := range x {
		x[i] = float64(r.IntN(5) + 6*(i/60))
	}
	rows := func(names ...string) *data.Table {
		src, err := data.FromMatrix(x, 2, names...)
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	table := rows("a", "b")
	type fit = func(c Config) error
	mixture := func(m Mixture) fit {
		return func(c Config) error { _, err := m.Fit(ctx, table, c); return err }
	}
	gaussian := func(g GaussianMixture, src data.Source) fit {
		return func(c Config) error { _, err := g.Fit(ctx, src, c); return err }
	}
	started := func(mean float64) *GaussianModel {
		m, err := NewGaussianModel(GaussianParameters{Columns: []string{"a", "b"}, Weights: []float64{1}, Means: [][]float64{{mean, 2}}, Covariances: [][][]float64{{{9, 0}, {0, 9}}}})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	kmeans := func(k KMeans) fit {
		return func(c Config) error { _, err := k.Fit(ctx, table, c); return err }
	}
	bayes := func(g BayesianGaussianMixture) fit {
		return func(c Config) error { _, err := g.Fit(ctx, table, c); return err }
	}
	symbols := hmmSymbols(t, r, 3, 0, 9, 12, 7)
	hmm := func(h HiddenMarkov) fit {
		return func(c Config) error { _, err := h.Fit(ctx, symbols, c); return err }
	}
	begin := func(p float64) *chain.HMM {
		return &chain.HMM{Initial: []float64{p, 1 - p}, Transition: []float64{.6, .4, .3, .7},
			Emission: &chain.Categorical{Symbols: symbols.Columns()[0].Categories, P: []float64{.5, .3, .2, .2, .2, .6}}}
	}
	level := ldsLevel()
	lds := func(l LinearDynamics) fit {
		return func(c Config) error { _, err := l.Fit(ctx, level, c); return err }
	}
	network := func(p float64, n Network, columns ...string) fit {
		b := graphical.NewBayesNet()
		h := b.Variable("h", "0", "1")
		b.Table(h).Values([]float64{p, 1 - p})
		for _, name := range []string{"a", "b", "c"} {
			b.Table(b.Variable(name, "0", "1"), h).Values([]float64{.8, .2, .3, .7})
		}
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		n.Net, n.Indices = net, true
		src, err := data.FromMatrix([]float64{0, 0, 0, 1, 1, 1, 1, 1, 0, 0}, 2, columns...)
		if err != nil {
			t.Fatal(err)
		}
		return func(c Config) error { _, err := n.Fit(ctx, src, c); return err }
	}
	for name, fits := range map[string][]fit{
		"mixture": {mixture(Mixture{K: 2, Family: expfam.Poisson{}}), mixture(Mixture{K: 3, Family: expfam.Poisson{}}),
			mixture(Mixture{K: 2, Family: expfam.Geometric{}}), mixture(Mixture{K: 2, Family: expfam.Poisson{}, Smoothing: 1})},
		"kmeans": {kmeans(KMeans{K: 2}), kmeans(KMeans{K: 3}), kmeans(KMeans{K: 2, Metric: Manhattan}), kmeans(KMeans{K: 2, Init: KMeansRandom})},
		"gaussian": {gaussian(GaussianMixture{K: 1}, table), gaussian(GaussianMixture{K: 2}, table), gaussian(GaussianMixture{K: 1, Covariance: Diagonal}, table),
			gaussian(GaussianMixture{K: 1, Prior: &GaussianPrior{}}, table), gaussian(GaussianMixture{K: 1}, rows("a", "c")), gaussian(GaussianMixture{K: 1, Start: started(1)}, table)},
		"gaussian start": {gaussian(GaussianMixture{K: 1, Start: started(1)}, table), gaussian(GaussianMixture{K: 1, Start: started(3)}, table)},
		"bayes":          {bayes(BayesianGaussianMixture{K: 2}), bayes(BayesianGaussianMixture{K: 3}), bayes(BayesianGaussianMixture{K: 2, Concentration: 3})},
		"hmm": {hmm(HiddenMarkov{States: 2}), hmm(HiddenMarkov{States: 3}), hmm(HiddenMarkov{States: 2, Topology: LeftToRight}), hmm(HiddenMarkov{States: 2, Floor: 1e-3}),
			hmm(HiddenMarkov{States: 2, Ties: HMMTies{Emission: []int{0, 0}}}), hmm(HiddenMarkov{States: 2, Prior: HMMPrior{Sticky: 1}}), hmm(HiddenMarkov{States: 2, Begin: begin(.5)})},
		"hmm begin": {hmm(HiddenMarkov{States: 2, Begin: begin(.5)}), hmm(HiddenMarkov{States: 2, Begin: begin(.4)}), hmm(HiddenMarkov{States: 2, Begin: begin(.5), Fix: HMMParts{Emission: true}})},
		"lds":       {lds(LinearDynamics{States: 1}), lds(LinearDynamics{States: 1, Diagonal: true}), lds(LinearDynamics{States: 2})},
		"network": {network(.5, Network{}, "a", "b"), network(.5, Network{}, "a", "c"), network(.4, Network{}, "a", "b"),
			network(.5, Network{Prior: learn.Prior{BDeu: 1}}, "a", "b"), network(.5, Network{Fix: []string{"h"}}, "a", "b"), network(.5, Network{Random: true}, "a", "b")},
	} {
		c := Config{Iterations: 2, Starts: 1, Checkpoint: filepath.Join(t.TempDir(), "run")}
		for i, f := range append(fits, fits[0]) {
			err := f(c)
			if same := i == 0 || i == len(fits); same && err != nil || !same && !errors.Is(err, ErrOtherRun) {
				t.Errorf("%s %d: %v", name, i, err)
			}
		}
	}
}

// A model that somebody fits with Fit alone is told apart by its statistics, and by
// Settings.
func TestCheckpointOwnModel(t *testing.T) {
	rows := engineRows(t, []float64{1, 0, 1, 1}, 2, Config{})
	c := Config{Iterations: 2, Checkpoint: filepath.Join(t.TempDir(), "run"), Settings: 1}
	fit := func(m *checkpointSized) error {
		_, err := Fit(context.Background(), rows, func(context.Context, int) (*checkpointSized, error) { return m, nil }, c)
		return err
	}
	for size, want := range map[int]error{2: nil, 3: ErrOtherRun} {
		if err := fit(&checkpointSized{2}); err != nil {
			t.Fatal(err)
		}
		if err := fit(&checkpointSized{size}); !errors.Is(err, want) {
			t.Errorf("size %d: %v", size, err)
		}
	}
	c.Settings = 2
	if err := fit(&checkpointSized{2}); !errors.Is(err, ErrOtherRun) {
		t.Errorf("other settings: %v", err)
	}
}

// checkpointSized is a model of nothing.
type checkpointSized struct{ Size int }

func (m *checkpointSized) NewStatistics() *Statistics           { return NewStatistics("sized", m.Size) }
func (m *checkpointSized) Expect(b *Block, s *Statistics) error { return nil }
func (m *checkpointSized) Maximize(s *Statistics) error         { return nil }
func (m *checkpointSized) MarshalJSON() ([]byte, error)         { return json.Marshal(m.Size) }
func (m *checkpointSized) UnmarshalJSON(b []byte) error         { return json.Unmarshal(b, &m.Size) }
