package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
)

func TestHMMOddData(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		set  HiddenMarkov
		rows [][]float64
	}{
		{"one row", HiddenMarkov{States: 2}, [][]float64{{3, 4}}},
		{"more states than rows", HiddenMarkov{States: 7, Emission: FullEmission}, [][]float64{{3, 4, 5, 6}, {}}},
		{"duplicates", HiddenMarkov{States: 3, Mixture: 2}, [][]float64{{1, 1, 1, 1, 1, 1, 1, 1}}},
		{"constant column", HiddenMarkov{States: 2, Emission: FullEmission}, [][]float64{{7, 1, 7, 2, 7, 5, 7, 4}}},
		{"sequences of one", HiddenMarkov{States: 2}, [][]float64{{1, 2}, {3, 5}, {8, 9}}},
		{"large", HiddenMarkov{States: 2, Emission: FullEmission}, [][]float64{{1e12, 2e12, 3e12, 5e12, 2e12, 2e12, 9e12, 1e12}}},
		{"far", HiddenMarkov{States: 2}, [][]float64{{1e12 + 1, 2, 1e12, 1, 1e12 + 3, 5, 1e12 + 4, 4}}},
		{"a row missing", HiddenMarkov{States: 2}, [][]float64{{1, 2, nan, nan, 3, 5, nan, 9}}},
		{"weight zero", HiddenMarkov{States: 2, Weights: []float64{0, 1}}, [][]float64{{1, 2, 1, 3}, {3, 5, 2, 2}}},
		{"left to right", HiddenMarkov{States: 5, Topology: LeftToRight}, [][]float64{{1, 2, 1, 3}, {3, 5, 2, 2}}},
	} {
		run, err := c.set.Fit(context.Background(), hmmSequences(t, 2, c.rows...), Config{Iterations: 50})
		if err != nil || math.IsNaN(run.LogLikelihood) || math.IsInf(run.LogLikelihood, 0) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	run, err := HiddenMarkov{States: 2}.Fit(context.Background(), hmmSequences(t, 1, []float64{1, 1, 1, 5, 5, 5}), Config{})
	if err != nil || !slices.ContainsFunc(run.Warnings, func(w belief.Warning) bool { return w.Code == "variance-floor" }) {
		t.Errorf("no word of the floor: %v", err)
	}
	// A symbol that never comes, and one that is always missing.
	seqs, err := data.FromSymbols(data.Column{Name: "x", Categories: []string{"a", "b"}}, [][]int{{0, 0, -1}, {-1}})
	if err != nil {
		t.Fatal(err)
	}
	if run, err := (HiddenMarkov{States: 2}).Fit(context.Background(), seqs, Config{}); err != nil || math.Abs(run.LogLikelihood) > 1e-6 {
		t.Errorf("one symbol: %v", err)
	}
}

func TestHMMErrors(t *testing.T) {
	numbers := hmmSequences(t, 1, []float64{1, 2, 3})
	symbols := hmmSymbols(t, rand.New(rand.NewPCG(1, 1)), 2, 0, 5)
	begin := &chain.HMM{Initial: []float64{1, 0}, Transition: []float64{1, 0, 0, 1}, Emission: &chain.Categorical{Symbols: []string{"a", "b"}, P: []float64{1, 0, 0, 1}}}
	back := &chain.HMM{Initial: []float64{1, 0}, Transition: []float64{0.5, 0.5, 0.5, 0.5}, Emission: begin.Emission}
	for _, c := range []struct {
		set   HiddenMarkov
		seqs  *data.Sequences
		field string
	}{
		{HiddenMarkov{}, numbers, "States"},
		{HiddenMarkov{States: 1 << 13}, numbers, "States"},
		{HiddenMarkov{States: 2}, nil, "sequences"},
		{HiddenMarkov{States: 2, Emission: 9}, numbers, "Emission"},
		{HiddenMarkov{States: 2, Emission: CategoricalEmission}, numbers, "Emission"},
		{HiddenMarkov{States: 2, Emission: FullEmission}, symbols, "columns"},
		{HiddenMarkov{States: 2, Mask: make([]bool, 4)}, numbers, "Mask"},
		{HiddenMarkov{States: 2, Topology: LeftToRight, Mask: []bool{true, true, true, false}}, numbers, "Mask"},
		{HiddenMarkov{States: 2, Skip: 1}, numbers, "Skip"},
		{HiddenMarkov{States: 2, Fix: HMMParts{Emission: true}}, numbers, "Fix"},
		{HiddenMarkov{States: 2, Prior: HMMPrior{Symbols: 0.5}}, numbers, "Prior.Symbols"},
		{HiddenMarkov{States: 2, Weights: []float64{math.NaN()}}, numbers, "weights[0]"},
		{HiddenMarkov{States: 2, Ties: HMMTies{Emission: []int{1}}}, numbers, "Ties.Emission"},
		{HiddenMarkov{States: 2, Begin: begin}, numbers, "Begin"},
		{HiddenMarkov{States: 3, Begin: begin}, symbols, "Begin"},
		{HiddenMarkov{States: 2, Begin: begin, Mask: []bool{true, true, true, false}}, symbols, "Begin"},
		{HiddenMarkov{States: 2, Begin: back, Topology: LeftToRight}, symbols, "Begin"},
		{HiddenMarkov{States: 2, Mixture: 2}, symbols, "Mixture"},
		{HiddenMarkov{States: 2, Weights: []float64{1e-300}}, numbers, "Weights"},
		{HiddenMarkov{States: 2, Begin: begin, Ties: HMMTies{Emission: []int{1, 1}}}, symbols, "Ties.Emission"},
	} {
		var bad *belief.ConfigError
		if _, err := c.set.Fit(context.Background(), c.seqs, Config{}); !errors.As(err, &bad) || bad.Field != c.field {
			t.Errorf("%s: %v", c.field, err)
		}
	}
	var impossible *chain.ImpossibleError
	ab, err := data.FromSymbols(symbols.Columns()[0], [][]int{{0}, {}, {0, 1}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (HiddenMarkov{States: 2, Begin: begin}).Fit(context.Background(), ab, Config{}); !errors.As(err, &impossible) || impossible.Sequence != 2 {
		t.Errorf("impossible: %v", err)
	}
	var value *data.ValueError
	if _, err := (HiddenMarkov{States: 2}).Fit(context.Background(), hmmSequences(t, 1, []float64{1, math.Inf(1)}), Config{}); !errors.As(err, &value) {
		t.Errorf("infinite: %v", err)
	}
}

// Sequences of weight zero count nowhere: not for starts, nor for the floor.
func TestHMMWithoutWeight(t *testing.T) {
	some, far := []float64{1, 2, 1, 3, 3, 5, 2, 2}, []float64{1e6, 2e6, -3e6, 5e6}
	c := Config{Iterations: 20}
	for _, init := range []HMMInit{ClusterInit, RandomInit} {
		h := HiddenMarkov{States: 2, Init: init}
		want, err := h.Fit(context.Background(), hmmSequences(t, 1, some), c)
		if err != nil {
			t.Fatal(err)
		}
		h.Weights = []float64{1, 0}
		got, err := h.Fit(context.Background(), hmmSequences(t, 1, some, far), c)
		if err != nil || got.LogLikelihood != want.LogLikelihood {
			t.Errorf("%v: log-likelihood %v, without the sequence %v: %v", init, got.LogLikelihood, want.LogLikelihood, err)
		}
	}
}

// What is zero in Begin is so in all starts.
func TestHMMZerosOfBegin(t *testing.T) {
	normals, err := chain.NewDiagonalGaussian([][]float64{{0}, {1}, {2}, {3}}, [][]float64{{1}, {1}, {1}, {1}})
	if err != nil {
		t.Fatal(err)
	}
	mixture, err := chain.NewGaussianMixture([][]float64{{1, 0}, {0.5, 0.5}}, normals)
	if err != nil {
		t.Fatal(err)
	}
	h := HiddenMarkov{States: 2, Mixture: 2, Begin: &chain.HMM{Initial: []float64{0.5, 0.5}, Transition: []float64{0.5, 0.5, 0.5, 0.5}, Emission: mixture}}
	seqs := hmmSequences(t, 1, []float64{1, 2, 1, 3, 8, 9, 8, 1, 2, 8, 9})
	_, begin, err := h.prepare(seqs, &Config{})
	if err != nil {
		t.Fatal(err)
	}
	for start := range 3 {
		m, err := begin(context.Background(), start)
		if err != nil {
			t.Fatal(err)
		}
		if w := m.normals.weights; w[0] != 1 || w[1] != 0 || w[2] != 0.5 {
			t.Errorf("start %d has the weights %v", start, w)
		}
	}
}

func FuzzHiddenMarkovModel(f *testing.F) {
	f.Add([]byte(`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[1]],"emission":{"kind":"gaussian","mean":[[0]],"variance":[[1]]}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var m HiddenMarkovModel
		if m.UnmarshalJSON(text) != nil {
			return
		}
		m.Parameters()
		m.LogPrior()
		m.NewStatistics()
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
	})
}

// An E step of one long sequence heeds the context.
func TestHMMHeedsContext(t *testing.T) {
	const states, n = 64, 5000
	seqs := hmmSequences(t, 1, make([]float64, n))
	_, begin, err := HiddenMarkov{States: states, Init: RandomInit}.prepare(seqs, &Config{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := begin(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := m.Expect(&SequenceBlock{From: seqs, Members: []int{0}, ctx: ctx}, m.NewStatistics()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
