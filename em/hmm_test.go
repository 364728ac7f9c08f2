package em

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/datadir"
)

func hmmSequences(t testing.TB, columns int, rows ...[]float64) *data.Sequences {
	t.Helper()
	var all []float64
	var lengths []int
	for _, x := range rows {
		all = append(all, x...)
		lengths = append(lengths, len(x)/columns)
	}
	table, err := data.FromMatrix(all, columns)
	if err != nil {
		t.Fatal(err)
	}
	seqs, err := data.NewSequences(table, lengths)
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

// hmmStandard reads data/hmm.
func hmmStandard(t testing.TB) (*chain.HMM, *data.Sequences, float64) {
	t.Helper()
	f, err := os.Open(datadir.Path(t, "hmm", "baum_welch_32x64.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Sequences            [][]int
		Start                []float64
		Transition, Emission [][]float64
		LogLikelihood        float64 `json:"log_likelihood_after_6_iterations"`
	}
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	c := new(chain.Categorical)
	h := &chain.HMM{Initial: file.Start, Emission: c}
	for _, row := range file.Transition {
		h.Transition = append(h.Transition, row...)
	}
	for _, row := range file.Emission {
		c.P = append(c.P, row...)
	}
	for k := range file.Emission[0] {
		c.Symbols = append(c.Symbols, string(rune('0'+k)))
	}
	seqs, err := data.FromSymbols(data.Column{Name: "symbol", Categories: c.Symbols}, file.Sequences)
	if err != nil {
		t.Fatal(err)
	}
	return h, seqs, file.LogLikelihood
}

// Three independent programs agree on this log-likelihood, which the sixth E step finds: it
// is that of the parameters after five M steps. Here it has the same bits for any number of
// workers.
func TestHMMStandard(t *testing.T) {
	if testing.Short() {
		t.Skip("too long under the race detector (-short)")
	}
	t.Parallel()
	begin, seqs, want := hmmStandard(t)
	var first []float64
	for _, workers := range []int{1, 2} {
		run, err := HiddenMarkov{States: 32, Begin: begin}.Fit(context.Background(), seqs, Config{Iterations: 5, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if got := run.History[5]; math.Abs(got-want) > 1e-4 {
			t.Errorf("%d workers: the sixth E step finds %.6f, want %.4f", workers, got, want)
		}
		all := append(append([]float64(nil), run.History...), run.Model.HMM.Transition...)
		if first == nil {
			first = all
		}
		for i, v := range all {
			if v != first[i] {
				t.Fatalf("number %d differs with %d workers: %v, %v", i, workers, v, first[i])
			}
		}
	}
}

func BenchmarkBaumWelch(b *testing.B) {
	begin, seqs, _ := hmmStandard(b)
	set := HiddenMarkov{States: 32, Begin: begin}
	d, start, err := set.prepare(seqs, &Config{})
	if err != nil {
		b.Fatal(err)
	}
	m, err := start(context.Background(), 0)
	if err != nil {
		b.Fatal(err)
	}
	s := m.NewStatistics()
	b.ReportAllocs()
	for b.Loop() {
		s.Reset()
		if err := d.Each(context.Background(), Pass{Workers: 1}, func(_ int, block *SequenceBlock) error { return m.Expect(block, s) }); err != nil {
			b.Fatal(err)
		}
		if err := m.Maximize(s); err != nil {
			b.Fatal(err)
		}
	}
}

// TestHMMPeer compares fits of normals and mixtures with those of testdata/hmm_golden.py.
func TestHMMPeer(t *testing.T) {
	text, err := os.ReadFile("testdata/hmm_golden.json")
	if err != nil {
		t.Fatal(err)
	}
	type parameters struct{ Start, Transition, Weights, Means, Covs []float64 }
	var cases []struct {
		Kind                        string
		States, Components, Columns int
		Weights                     []float64
		Sequences                   [][]*float64
		Begin, End                  parameters
		LogLikelihoods              []float64 `json:"log_likelihoods"`
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		var rows [][]float64
		for _, seq := range c.Sequences {
			x := []float64{}
			for _, v := range seq {
				if v == nil {
					x = append(x, math.NaN())
				} else {
					x = append(x, *v)
				}
			}
			rows = append(rows, x)
		}
		seqs := hmmSequences(t, c.Columns, rows...)
		emission := func(p parameters) *hmmNormals {
			n := newHMMNormals(c.States, c.Components, c.Columns, c.Kind == "full", nil, nil)
			copy(n.weights, p.Weights)
			copy(n.means, p.Means)
			if n.full {
				copy(n.covs, p.Covs)
			} else {
				d := c.Columns
				for q := range n.covs {
					n.covs[q] = p.Covs[q/d*d*d+q%d*(d+1)]
				}
			}
			return n
		}
		e, err := emission(c.Begin).emission()
		if err != nil {
			t.Fatal(err)
		}
		set := HiddenMarkov{States: c.States, Mixture: c.Components, Floor: 1e-10, Weights: c.Weights,
			Begin: &chain.HMM{Initial: c.Begin.Start, Transition: c.Begin.Transition, Emission: e}}
		run, err := set.Fit(context.Background(), seqs, Config{Iterations: 6, Tolerance: -1})
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		near := func(what string, got, want []float64) {
			t.Helper()
			if len(got) != len(want) {
				t.Fatalf("case %d: %d numbers of %s, want %d", i, len(got), what, len(want))
			}
			for q := range want {
				if math.Abs(got[q]-want[q]) > 1e-7*(1+math.Abs(want[q])) {
					t.Errorf("case %d: %s[%d] is %.12g, want %.12g", i, what, q, got[q], want[q])
				}
			}
		}
		near("log-likelihood", run.History, c.LogLikelihoods)
		near("initial", run.Model.HMM.Initial, c.End.Start)
		near("transition", run.Model.HMM.Transition, c.End.Transition)
		got, want := run.Model.normals, emission(c.End)
		near("weights", got.weights, want.weights)
		near("means", got.means, want.means)
		near("covariances", got.covs, want.covs)
	}
}
