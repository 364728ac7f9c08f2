package chain

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// savedModels are one of each kind, with numbers of many digits.
func savedModels(t fataler, r *rand.Rand) []*HMM {
	t.Helper()
	simplex := func(n int) []float64 {
		x, sum := make([]float64, n), 0.0
		for i := range x {
			x[i] = r.ExpFloat64()
			sum += x[i]
		}
		for i := range x {
			x[i] /= sum
		}
		return x
	}
	numbers := func(rows, n int) [][]float64 {
		x := make([][]float64, rows)
		for i := range x {
			for range n {
				x[i] = append(x[i], r.ExpFloat64())
			}
		}
		return x
	}
	base := func(e Emission) *HMM {
		h := &HMM{Initial: simplex(3), Emission: e}
		for range 3 {
			h.Transition = append(h.Transition, simplex(3)...)
		}
		return h
	}
	c := &Categorical{Symbols: []string{"a", "b", "c"}}
	for range 3 {
		c.P = append(c.P, simplex(3)...)
	}
	var cov [][]float64
	for range 3 {
		v := r.Float64()
		cov = append(cov, []float64{1 + r.Float64(), v, v, 1 + r.Float64()})
	}
	full, err := NewGaussian(numbers(3, 2), cov)
	if err != nil {
		t.Fatal(err)
	}
	diagonal, err := NewDiagonalGaussian(numbers(3, 2), numbers(3, 2))
	if err != nil {
		t.Fatal(err)
	}
	mixture, err := NewGaussianMixture([][]float64{{1}, {1}, {1}}, full)
	if err != nil {
		t.Fatal(err)
	}
	models := []*HMM{base(c), base(full), base(diagonal), base(mixture)}
	models[0].States = []string{"x", "y", "z"}
	models[1].Columns = []string{"p", "q"}
	return models
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		for _, h := range savedModels(t, rand.New(rand.NewPCG(seed, 1))) {
			text, err := json.Marshal(h)
			if err != nil {
				t.Fatal(err)
			}
			var back HMM
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(&back)
			if err != nil || string(again) != string(text) {
				t.Fatalf("%s\nbecomes\n%s, %v", text, again, err)
			}
			if d := cmp.Diff(h.Transition, back.Transition); d != "" {
				t.Fatal(d)
			}
		}
	})
}

func TestSavedRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"kind":"hmm","version":1,"model":{}}`:                                                                                                      "kind of emission",
		`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[1]],"emission":{"kind":"x"}}}`:                                              "kind of emission",
		`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[1,0]],"emission":{"kind":"categorical","symbols":["a"],"p":[[1]]}}}`:        "transition[0]",
		`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[1]],"emission":{"kind":"categorical","symbols":["a","b"],"p":[[1]]}}}`:      "p[0]",
		`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[1]],"emission":{"kind":"categorical","symbols":["a"],"p":[[1],[1]]}}}`:      "Emission",
		`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[1]],"emission":{"kind":"gaussian","mean":[[0]],"variance":[[0]]}}}`:         "Variance[0][0]",
		`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[0.5]],"emission":{"kind":"gaussian","mean":[[0]],"variance":[[1]]}}}`:       "Transition",
		`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[1]],"emission":{"kind":"gaussian-mixture","mean":[[0]],"variance":[[1]]}}}`: "Weights",
	} {
		h := weather()
		err := h.UnmarshalJSON([]byte(text))
		var parse *belief.ParseError
		var config *belief.ConfigError
		if !errors.As(err, &parse) || !errors.As(err, &config) || config.Field != want {
			t.Errorf("%s: %v; want a ConfigError of %s", text, err, want)
		}
		if d := cmp.Diff(h.Initial, weather().Initial); d != "" {
			t.Errorf("%s: the model is changed", text)
		}
	}
	h := weather()
	h.Emission = Distributions{dist.Product{dist.Normal{Sigma: 1}}, dist.Product{dist.Normal{Sigma: 1}}}
	var config *belief.ConfigError
	if _, err := json.Marshal(h); !errors.As(err, &config) {
		t.Errorf("any distribution: %v", err)
	}
}

// A file is refused with a ParseError, or is a model that can be asked and written.
func FuzzUnmarshal(f *testing.F) {
	for _, h := range savedModels(f, rand.New(rand.NewPCG(1, 1))) {
		text, err := json.Marshal(h)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"kind":"hmm","version":1,"model":{"initial":[1],"transition":[[1]],"emission":{"kind":"gaussian","mean":[[]],"covariance":[[]]}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var h HMM
		if err := h.UnmarshalJSON(text); err != nil {
			var parse *belief.ParseError
			if !errors.As(err, &parse) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if err := h.Validate(); err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(&h); err != nil {
			t.Fatal(err)
		}
		row := h.Emission.RandTo(nil, 0, rand.New(rand.NewPCG(1, 1)))
		if err := h.Emission.LogProbTo(make([]float64, len(h.Initial)), row); err != nil && len(row) == 0 {
			t.Fatal(err)
		}
		if len(h.Initial) < 100 {
			_, _ = h.Stationary()
		}
	})
}

// fataler is a test of any package.
type fataler interface {
	Helper()
	Fatal(args ...any)
}
