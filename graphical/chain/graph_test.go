package chain_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/inference"
)

// The network and the factor graph of a chain, asked by the engines for any graph, say
// what the chain says.
func TestGraphs(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(6, 9))
	for trial := range 10 {
		s, k, n := 1+r.IntN(4), 1+r.IntN(4), 1+r.IntN(8)
		names := []string{"a", "b", "c", "d"}
		row := func(n int) []float64 {
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
		c := &chain.Categorical{Symbols: names[:k]}
		h := &chain.HMM{Initial: row(s), Emission: c}
		if trial%2 == 0 {
			h.States = names[4-s:]
		}
		for range s {
			h.Transition = append(h.Transition, row(s)...)
			c.P = append(c.P, row(k)...)
		}
		seq := make([]int, n)
		ev := graphical.Evidence{}
		for i := range seq {
			seq[i] = r.IntN(k)
			if i%4 == 3 {
				seq[i] = -1
			} else {
				ev = ev.And(fmt.Sprintf("x%d", i), names[seq[i]])
			}
		}
		seqs, err := data.FromSymbols(data.Column{Name: "symbol", Categories: c.Symbols}, [][]int{seq})
		if err != nil {
			t.Fatal(err)
		}
		gamma, err := h.Smooth(ctx, seqs)
		if err != nil {
			t.Fatal(err)
		}
		logp, err := h.LogProb(ctx, seqs)
		if err != nil {
			t.Fatal(err)
		}
		net, err := h.BayesNet(n)
		if err != nil {
			t.Fatal(err)
		}
		evidence, err := h.EvidenceTo(nil, seqs, []int{0})
		if err != nil {
			t.Fatal(err)
		}
		graph, err := h.FactorGraph(evidence[0])
		if err != nil {
			t.Fatal(err)
		}
		for name, ask := range map[string]func() (*inference.Posterior, error){
			"network":      func() (*inference.Posterior, error) { return inference.Marginals(ctx, net, ev) },
			"factor graph": func() (*inference.Posterior, error) { return inference.Marginals(ctx, graph, graphical.Evidence{}) },
		} {
			post, err := ask()
			if err != nil {
				t.Fatal(name, err)
			}
			if math.Abs(post.LogEvidence.Value-logp[0]) > 1e-12 {
				t.Errorf("%s: log p(x) is %v, want %v", name, post.LogEvidence.Value, logp[0])
			}
			for i := range n {
				m, err := post.Marginal(fmt.Sprintf("z%d", i))
				if err != nil {
					t.Fatal(err)
				}
				for j := range s {
					if got, want := m.Probs[j], gamma[0][i*s+j]; math.Abs(got-want) > 1e-12 {
						t.Errorf("%s: p(z%d = %d) is %v, want %v", name, i, j, got, want)
					}
				}
			}
		}
	}
}

func TestGraphsRefuse(t *testing.T) {
	g, err := chain.NewDiagonalGaussian([][]float64{{0}}, [][]float64{{1}})
	if err != nil {
		t.Fatal(err)
	}
	h := &chain.HMM{Initial: []float64{1}, Transition: []float64{1}, Emission: g}
	var config *belief.ConfigError
	if _, err := h.BayesNet(2); !errors.As(err, &config) || config.Field != "Emission" {
		t.Errorf("numbers in a discrete network: %v", err)
	}
	h.Emission = &chain.Categorical{Symbols: []string{"a"}, P: []float64{1}}
	if _, err := h.BayesNet(0); !errors.As(err, &config) || config.Field != "times" {
		t.Errorf("no time: %v", err)
	}
	var large *belief.TooLargeError
	if _, err := h.BayesNet(math.MaxInt); !errors.As(err, &large) {
		t.Errorf("a long network: %v", err)
	}
	var bad *chain.EvidenceError
	if _, err := h.FactorGraph(chain.Evidence{Log: []float64{math.NaN()}}); !errors.As(err, &bad) {
		t.Errorf("NaN: %v", err)
	}
}
