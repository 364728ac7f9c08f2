package chain

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
)

var background = context.Background()

// weather is the friend's weather of many lessons: what he does tells of it.
func weather() *HMM {
	return &HMM{
		States:     []string{"rainy", "sunny"},
		Initial:    []float64{0.6, 0.4},
		Transition: []float64{0.7, 0.3, 0.4, 0.6},
		Emission:   &Categorical{Symbols: []string{"walk", "shop", "clean"}, P: []float64{0.1, 0.4, 0.5, 0.6, 0.3, 0.1}},
	}
}

// boxes are the boxes and balls of Li Hang (2012), examples 10.2 and 10.3.
func boxes() *HMM {
	return &HMM{
		Initial:    []float64{0.2, 0.4, 0.4},
		Transition: []float64{0.5, 0.2, 0.3, 0.3, 0.5, 0.2, 0.2, 0.3, 0.5},
		Emission:   &Categorical{Symbols: []string{"red", "white"}, P: []float64{0.5, 0.5, 0.4, 0.6, 0.7, 0.3}},
	}
}

// umbrella is the umbrella world of Russell & Norvig (2010), section 15.2.
func umbrella() *HMM {
	return &HMM{
		States:     []string{"rain", "no rain"},
		Initial:    []float64{0.5, 0.5},
		Transition: []float64{0.7, 0.3, 0.3, 0.7},
		Emission:   &Categorical{Symbols: []string{"umbrella", "none"}, P: []float64{0.9, 0.1, 0.2, 0.8}},
	}
}

func symbols(t testing.TB, h *HMM, seqs ...[]int) *data.Sequences {
	t.Helper()
	s, err := data.FromSymbols(data.Column{Name: "symbol", Categories: h.Emission.(*Categorical).Symbols}, seqs)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTextbooks(t *testing.T) {
	h := boxes()
	seqs := symbols(t, h, []int{0, 1, 0})
	logp, err := h.LogProb(background, seqs)
	if err != nil || math.Abs(math.Exp(logp[0])-0.130218) > 5e-7 {
		t.Errorf("boxes: p(red, white, red) = %v, want 0.130218; %v", math.Exp(logp[0]), err)
	}
	paths, err := h.Viterbi(background, seqs)
	if err != nil || fmt.Sprint(paths[0].States) != "[2 2 2]" || math.Abs(math.Exp(paths[0].LogProb)-0.0147) > 1e-6 {
		t.Errorf("boxes: path %v with %v, want 3, 3, 3 with 0.0147; %v", paths[0].States, math.Exp(paths[0].LogProb), err)
	}

	h = weather()
	seqs = symbols(t, h, []int{0, 1, 2})
	paths, err = h.Viterbi(background, seqs)
	if err != nil || strings.Join(h.Names(paths[0].States), " ") != "sunny rainy rainy" || math.Abs(math.Exp(paths[0].LogProb)-0.01344) > 1e-12 {
		t.Errorf("weather: path %v with %v, want sunny, rainy, rainy with 0.01344; %v", h.Names(paths[0].States), math.Exp(paths[0].LogProb), err)
	}

	h = umbrella()
	seqs = symbols(t, h, []int{0, 0})
	gamma, err := h.Smooth(background, seqs)
	if err != nil {
		t.Fatal(err)
	}
	var w Workspace
	ev, err := h.EvidenceTo(nil, seqs, []int{0})
	if err != nil {
		t.Fatal(err)
	}
	alpha := make([]float64, 4)
	if _, err := w.Filter(alpha, h.Markov(), ev[0]); err != nil {
		t.Fatal(err)
	}
	near(t, "umbrella: rain on day 1, on day 2, on day 1 seen from day 2", []float64{alpha[0], alpha[2], gamma[0][0]}, []float64{0.818, 0.883, 0.883}, 5e-4)
}

// A missing symbol says nothing: p is the sum over all that it could be.
func TestMissingSymbols(t *testing.T) {
	h := weather()
	seqs := symbols(t, h, []int{0, -1, 2}, []int{0, 0, 2}, []int{0, 1, 2}, []int{0, 2, 2}, []int{-1, -1})
	logp, err := h.LogProb(background, seqs)
	if err != nil {
		t.Fatal(err)
	}
	sum := math.Exp(logp[1]) + math.Exp(logp[2]) + math.Exp(logp[3])
	near(t, "p with a gap", []float64{math.Exp(logp[0]), math.Exp(logp[4])}, []float64{sum, 1}, 1e-15)
	// −1 in a column of numbers says the same.
	table, err := data.FromRows([][]float64{{0}, {-1}, {2}}, "did")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := data.NewSequences(table, []int{3})
	if err != nil {
		t.Fatal(err)
	}
	same, err := h.LogProb(background, plain)
	if err != nil || same[0] != logp[0] {
		t.Errorf("−1: %v, want %v; %v", same, logp[0], err)
	}
	dst := make([]float64, 4)
	if err := h.Emission.LogProbTo(dst, []float64{math.NaN(), 1}); err != nil {
		t.Fatal(err)
	}
	near(t, "log b", dst, []float64{0, 0, math.Log(0.4), math.Log(0.3)}, 1e-15)
}

// Categories are found by their names, in any order; one that the model does not know is
// named.
func TestCategoriesByName(t *testing.T) {
	h := weather()
	want, err := h.LogProb(background, symbols(t, h, []int{0, 1, 2}))
	if err != nil {
		t.Fatal(err)
	}
	seqs, err := data.FromSymbols(data.Column{Name: "did", Categories: []string{"clean", "shop", "walk"}}, [][]int{{2, 1, 0}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.LogProb(background, seqs)
	if err != nil || got[0] != want[0] {
		t.Errorf("log p is %v, want %v; %v", got, want, err)
	}
	seqs, err = data.FromSymbols(data.Column{Name: "did", Categories: []string{"walk", "shopp"}}, [][]int{{0}})
	if err != nil {
		t.Fatal(err)
	}
	var unknown *belief.UnknownNameError
	if _, err := h.LogProb(background, seqs); !errors.As(err, &unknown) || unknown.Name != "shopp" || unknown.Suggestions[0] != "shop" {
		t.Errorf("an unknown category: %v", err)
	}
}

func TestErrorsNamePlaces(t *testing.T) {
	h := weather()
	h.Transition = []float64{1, 0, 0, 1}
	h.Emission.(*Categorical).P = []float64{1, 0, 0, 0, 0.5, 0.5}
	var seqs [][]int
	for range 100 {
		seqs = append(seqs, []int{0, 0, 0})
	}
	seqs[77] = []int{0, 1, 0}
	d := symbols(t, h, seqs...)
	for name, call := range map[string]func() error{
		"LogProb": func() error { _, err := h.LogProb(background, d); return err },
		"Smooth":  func() error { _, err := h.Smooth(background, d); return err },
		"Viterbi": func() error { _, err := h.Viterbi(background, d); return err },
		"Decode":  func() error { _, err := h.Decode(background, d); return err },
		"KBest":   func() error { _, err := h.KBest(background, d, 2); return err },
	} {
		var impossible *ImpossibleError
		if err := call(); !errors.As(err, &impossible) || impossible.Sequence != 77 || impossible.Time != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	table, err := data.FromRows([][]float64{{0}, {1.5}}, "did")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := data.NewSequences(table, []int{1, 1})
	if err != nil {
		t.Fatal(err)
	}
	var value *data.ValueError
	if _, err := h.LogProb(background, plain); !errors.As(err, &value) || value.Column != "did" || !strings.Contains(err.Error(), "sequence 1") {
		t.Errorf("half a symbol: %v", err)
	}
	cancelled, cancel := context.WithCancel(background)
	cancel()
	if _, err := h.LogProb(cancelled, plain); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestValidate(t *testing.T) {
	for field, spoil := range map[string]func(h *HMM){
		"Initial":          func(h *HMM) { h.Initial[0] = 0.7 },
		"Initial[1]":       func(h *HMM) { h.Initial[1] = -0.1 },
		"Transition":       func(h *HMM) { h.Transition = h.Transition[:3] },
		"Transition[1]":    func(h *HMM) { h.Transition[2] = 0.5 },
		"Transition[0][1]": func(h *HMM) { h.Transition[1] = math.NaN() },
		"States":           func(h *HMM) { h.States = []string{"a"} },
		"States[1]":        func(h *HMM) { h.States = []string{"a", "a"} },
		"Columns":          func(h *HMM) { h.Columns = []string{"a", "b"} },
		"Emission":         func(h *HMM) { h.Emission = nil },
		"P[1]":             func(h *HMM) { h.Emission.(*Categorical).P[4] = 0.9 },
		"P[0][2]":          func(h *HMM) { h.Emission.(*Categorical).P[2] = math.Inf(1) },
		"P":                func(h *HMM) { h.Emission.(*Categorical).P = nil },
		"Symbols":          func(h *HMM) { h.Emission.(*Categorical).Symbols = nil },
		"Symbols[2]":       func(h *HMM) { h.Emission.(*Categorical).Symbols[2] = "walk" },
		"Mean":             func(h *HMM) { h.Emission = &Gaussian{} },
		"Components":       func(h *HMM) { h.Emission = &GaussianMixture{} },
		"Distributions":    func(h *HMM) { h.Emission = Distributions{} },
		"Distributions[1]": func(h *HMM) { h.Emission = Distributions{dist.Product{dist.Poisson{Lambda: 1}}, nil} },
	} {
		h := weather()
		if err := h.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(h)
		var config *belief.ConfigError
		if err := h.Validate(); !errors.As(err, &config) || config.Field != field {
			t.Errorf("%s: %v", field, err)
		}
		if _, err := h.LogProb(background, symbols(t, weather(), []int{0})); err == nil {
			t.Errorf("%s: log p without an error", field)
		}
	}
	if err := (&HMM{}).Validate(); err == nil {
		t.Error("the zero value is valid")
	}
}

// What is drawn has the frequencies of the model: the number of each pair of neighbours in
// a long sequence, within 4.9 standard errors that allow for the chain's memory.
func TestSampleHMM(t *testing.T) {
	h := weather()
	h.Columns = []string{"did"}
	r := rand.New(rand.NewPCG(6, 8))
	seqs, states, err := h.Sample([]int{40_000, 0, 3}, r)
	if err != nil {
		t.Fatal(err)
	}
	if seqs.Len() != 3 || seqs.Length(1) != 0 || seqs.Columns()[0].Name != "did" || len(seqs.Columns()[0].Categories) != 3 {
		t.Fatalf("%d sequences with columns %v", seqs.Len(), seqs.Columns())
	}
	p, err := h.Stationary()
	if err != nil {
		t.Fatal(err)
	}
	var pairs [2][2]float64
	var shows [2][3]float64
	x := seqs.Rows(0)
	for i, z := range states[0] {
		shows[z][int(x[i])]++
		if i > 0 {
			pairs[states[0][i-1]][z]++
		}
	}
	const n = 40_000
	bound := 4.9 * math.Sqrt(0.25/n*2) // the autocorrelation 0.3 makes 1.3/0.7 of the variance
	for i := range 2 {
		for j := range 2 {
			if got, want := pairs[i][j]/n, p[i]*h.Transition[i*2+j]; math.Abs(got-want) > bound {
				t.Errorf("from %d to %d: %v, want %v", i, j, got, want)
			}
		}
		for k := range 3 {
			if got, want := shows[i][k]/n, p[i]*h.Emission.(*Categorical).P[i*3+k]; math.Abs(got-want) > bound {
				t.Errorf("state %d shows %d: %v, want %v", i, k, got, want)
			}
		}
	}
	var config *belief.ConfigError
	if _, _, err := h.Sample([]int{-1}, r); !errors.As(err, &config) {
		t.Errorf("a negative length: %v", err)
	}
	var large *belief.TooLargeError
	if _, _, err := h.Sample([]int{math.MaxInt}, r); !errors.As(err, &large) {
		t.Errorf("a long sample: %v", err)
	}
}

func TestStationary(t *testing.T) {
	h := weather()
	p, err := h.Stationary()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "weather", p, []float64{4. / 7, 3. / 7}, 1e-15)
	one := func(s int, a ...float64) *HMM {
		d := make(Distributions, s)
		for i := range d {
			d[i] = dist.Product{dist.Normal{Mu: 0, Sigma: 1}}
		}
		initial := make([]float64, s)
		initial[0] = 1
		return &HMM{Initial: initial, Transition: a, Emission: d}
	}
	for _, c := range []struct {
		h    *HMM
		want []float64
	}{
		{one(1, 1), []float64{1}},
		{one(2, 0, 1, 1, 0), []float64{0.5, 0.5}},                               // periodic
		{one(3, 0.5, 0.5, 0, 0, 0.5, 0.5, 0, 0, 1), []float64{0, 0, 1}},         // absorbed
		{one(2, 1-1e-18, 1e-18, 1, 0), []float64{1, 1e-18}},                     // small
		{one(3, 0, 0.5, 0.5, 0, 0.9, 0.1, 0, 0.3, 0.7), []float64{0, .75, .25}}, // left at once
	} {
		p, err := c.h.Stationary()
		if err != nil {
			t.Fatal(err)
		}
		near(t, fmt.Sprint(c.h.Transition), p, c.want, 1e-15)
		for i, v := range p {
			if math.Abs(v-c.want[i]) > 1e-14*c.want[i] {
				t.Errorf("state %d: %v, want %v", i, v, c.want[i])
			}
		}
	}
	var config *belief.ConfigError
	if _, err := one(2, 1, 0, 0, 1).Stationary(); !errors.As(err, &config) {
		t.Errorf("two closed classes: %v", err)
	}
}
