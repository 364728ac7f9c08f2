package chain

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/datadir"
)

// standard reads the sequences and the start values of data/hmm: 32 states, 64 symbols,
// 100 sequences of 1000.
func standard(t testing.TB) (*HMM, *data.Sequences, float64) {
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
		Sequences     [][]int     `json:"sequences"`
		Start         []float64   `json:"start"`
		Transition    [][]float64 `json:"transition"`
		Emission      [][]float64 `json:"emission"`
		LogLikelihood float64     `json:"log_likelihood_after_6_iterations"`
	}
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	c := &Categorical{}
	h := &HMM{Initial: file.Start, Emission: c}
	for _, row := range file.Transition {
		h.Transition = append(h.Transition, row...)
	}
	for _, row := range file.Emission {
		c.P = append(c.P, row...)
	}
	for k := range file.Emission[0] {
		c.Symbols = append(c.Symbols, string(rune('0'+k)))
	}
	if err := h.Validate(); err != nil {
		t.Fatal(err)
	}
	seqs, err := data.FromSymbols(data.Column{Name: "symbol", Categories: c.Symbols}, file.Sequences)
	if err != nil {
		t.Fatal(err)
	}
	return h, seqs, file.LogLikelihood
}

func everyOne(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// The sixth E step of Baum & Welch finds the likelihood, that of the parameters after five
// M steps, that three independent programs agree on.
func TestStandardBaumWelch(t *testing.T) {
	h, seqs, want := standard(t)
	c := h.Emission.(*Categorical)
	var w Workspace
	var ev []Evidence
	last := 0.0
	for range 6 {
		var err error
		if ev, err = h.EvidenceTo(ev, seqs, everyOne(seqs.Len())); err != nil {
			t.Fatal(err)
		}
		x := Expected{Rows: make([]float64, 65*32)}
		if err := w.Expect(&x, h.Markov(), ev, nil); err != nil {
			t.Fatal(err)
		}
		last = 0
		for _, l := range x.LogZ {
			last += l
		}
		for s := range 32 {
			h.Initial[s] = x.Initial[s] / 100
			row, all := x.Transition[s*32:(s+1)*32], 0.0
			for _, v := range row {
				all += v
			}
			for j, v := range row {
				h.Transition[s*32+j] = v / all
			}
			all = 0
			for k := range 64 {
				all += x.Rows[k*32+s]
			}
			for k := range 64 {
				c.P[s*64+k] = x.Rows[k*32+s] / all
			}
		}
	}
	if math.Abs(last-want) > 1e-4 {
		t.Errorf("log-likelihood %.4f, want %.4f", last, want)
	}
}

func BenchmarkExpect(b *testing.B) {
	h, seqs, _ := standard(b)
	var w Workspace
	ev, err := h.EvidenceTo(nil, seqs, everyOne(seqs.Len()))
	if err != nil {
		b.Fatal(err)
	}
	x := Expected{Rows: make([]float64, 65*32)}
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Expect(&x, h.Markov(), ev, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// The sequences one by one, as many short ones would not be.
func BenchmarkExpectSingly(b *testing.B) {
	h, seqs, _ := standard(b)
	var w Workspace
	ev, err := h.EvidenceTo(nil, seqs, everyOne(seqs.Len()))
	if err != nil {
		b.Fatal(err)
	}
	x := Expected{Rows: make([]float64, 65*32)}
	for b.Loop() {
		for i := range ev {
			if err := w.Expect(&x, h.Markov(), ev[i:i+1], nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkForward(b *testing.B) {
	h, seqs, _ := standard(b)
	var w Workspace
	ev, err := h.EvidenceTo(nil, seqs, everyOne(seqs.Len()))
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]float64, len(ev))
	b.ReportAllocs()
	for b.Loop() {
		if err := w.LogProb(dst, h.Markov(), ev); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkViterbi(b *testing.B) {
	h, seqs, _ := standard(b)
	var w Workspace
	ev, err := h.EvidenceTo(nil, seqs, everyOne(seqs.Len()))
	if err != nil {
		b.Fatal(err)
	}
	var path []int
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range ev {
			if path, _, err = w.Viterbi(path, h.Markov(), e); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// The log-likelihood at the start values is the same with and without logarithms.
func TestStandardForward(t *testing.T) {
	h, seqs, _ := standard(t)
	ev, err := h.EvidenceTo(nil, seqs, everyOne(10))
	if err != nil {
		t.Fatal(err)
	}
	fast, slow := make([]float64, 10), make([]float64, 10)
	if err := (&Workspace{}).LogProb(fast, h.Markov(), ev); err != nil {
		t.Fatal(err)
	}
	if err := (&Workspace{LogSpace: true}).LogProb(slow, h.Markov(), ev); err != nil {
		t.Fatal(err)
	}
	near(t, "log p", fast, slow, 1e-12*4000)
}
