package chain_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/graphical/chain"
)

// weather is a friend's weather: what he tells to have done depends on it.
var weather = &chain.HMM{
	States:     []string{"rainy", "sunny"},
	Initial:    []float64{0.6, 0.4},
	Transition: []float64{0.7, 0.3, 0.4, 0.6},
	Emission:   &chain.Categorical{Symbols: []string{"walk", "shop", "clean"}, P: []float64{0.1, 0.4, 0.5, 0.6, 0.3, 0.1}},
}

// days are the three days he tells of.
func days() *data.Sequences {
	seqs, err := data.FromSymbols(data.Column{Name: "did", Categories: []string{"walk", "shop", "clean"}}, [][]int{{0, 1, 2}})
	if err != nil {
		log.Fatal(err)
	}
	return seqs
}

func ExampleHMM() {
	ctx := context.Background()
	logp, err := weather.LogProb(ctx, days())
	if err != nil {
		log.Fatal(err)
	}
	paths, err := weather.Viterbi(ctx, days())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("p(x) = %.6f\n", math.Exp(logp[0]))
	fmt.Printf("%v with %.5f\n", weather.Names(paths[0].States), math.Exp(paths[0].LogProb))
	// Output:
	// p(x) = 0.033612
	// [sunny rainy rainy] with 0.01344
}

func ExampleHMM_Smooth() {
	gamma, err := weather.Smooth(context.Background(), days())
	if err != nil {
		log.Fatal(err)
	}
	for t := range 3 {
		fmt.Printf("day %d: rainy %.4f, sunny %.4f\n", t, gamma[0][2*t], gamma[0][2*t+1])
	}
	// Output:
	// day 0: rainy 0.2317, sunny 0.7683
	// day 1: rainy 0.6241, sunny 0.3759
	// day 2: rainy 0.8640, sunny 0.1360
}

func ExamplePath() {
	lists, err := weather.KBest(context.Background(), days(), 3)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range lists[0] {
		fmt.Printf("%v %.5f\n", weather.Names(p.States), math.Exp(p.LogProb))
	}
	// Output:
	// [sunny rainy rainy] 0.01344
	// [sunny sunny rainy] 0.00864
	// [rainy rainy rainy] 0.00588
}

// The boxes of Li Hang (2012), example 10.2, of which three balls are drawn: red, white, red.
func ExampleWorkspace() {
	boxes := chain.Markov{
		Initial:    []float64{0.2, 0.4, 0.4},
		Transition: []float64{0.5, 0.2, 0.3, 0.3, 0.5, 0.2, 0.2, 0.3, 0.5},
	}
	red := []float64{math.Log(0.5), math.Log(0.4), math.Log(0.7)}
	white := []float64{math.Log(0.5), math.Log(0.6), math.Log(0.3)}
	balls := chain.Evidence{Log: append(append([]float64(nil), red...), white...), Index: []int{0, 1, 0}}

	var w chain.Workspace
	gamma := make([]float64, 9)
	logp, err := w.Smooth(gamma, boxes, balls)
	if err != nil {
		log.Fatal(err)
	}
	path, _, err := w.Viterbi(nil, boxes, balls)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("p(x) = %.6f, boxes %v\n", math.Exp(logp), path)
	// Output:
	// p(x) = 0.130218, boxes [2 2 2]
}

// The E step of Baum & Welch, over two sequences that share the alphabet's rows.
func ExampleExpected() {
	m := weather.Markov()
	rows := weather.Emission.(*chain.Categorical).LogTableTo(nil)
	batch := []chain.Evidence{{Log: rows, Index: []int{0, 1, 2}}, {Log: rows, Index: []int{0, 0}}}

	var w chain.Workspace
	x := chain.Expected{Rows: make([]float64, len(rows))}
	if err := w.Expect(&x, m, batch, nil); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("starts      %.3f\n", x.Initial)
	fmt.Printf("transitions %.3f\n", x.Transition)
	fmt.Printf("walks       %.3f\n", x.Rows[:2])
	// Output:
	// starts      [0.367 1.633]
	// transitions [0.803 0.188 0.810 1.199]
	// walks       [0.491 2.509]
}

// Two states that are never left, and an observation that neither makes.
func ExampleMarkov() {
	m := chain.Markov{Initial: []float64{1, 0}, Transition: []float64{1, 0, 0, 1}}
	fmt.Println(m.States(), m.Validate())
	fmt.Printf("%.3f\n", weather.Markov().PredictTo(nil, []float64{1, 0}, 2))
	// Output:
	// 2 <nil>
	// [0.610 0.390]
}

func ExampleEvidence() {
	evidence, err := weather.EvidenceTo(nil, days(), []int{0})
	if err != nil {
		log.Fatal(err)
	}
	e := evidence[0]
	fmt.Println(e.Len(2), e.Index, len(e.Log)) // three symbols and one row for what is missing
	// Output:
	// 3 [0 1 2] 8
}

func ExampleImpossibleError() {
	m := chain.Markov{Initial: []float64{1, 0}, Transition: []float64{1, 0, 0, 1}}
	never := chain.Evidence{Log: []float64{0, 0, math.Inf(-1), 0}}
	var w chain.Workspace
	_, err := w.Smooth(make([]float64, 4), m, never)
	var impossible *chain.ImpossibleError
	fmt.Println(errors.As(err, &impossible), impossible.Time)
	// Output:
	// true 1
}

func ExampleEvidenceError() {
	m := chain.Markov{Initial: []float64{1, 0}, Transition: []float64{1, 0, 0, 1}}
	var w chain.Workspace
	_, err := w.Smooth(make([]float64, 2), m, chain.Evidence{Log: []float64{0, math.NaN()}})
	fmt.Println(err)
	// Output:
	// chain: sequence 0, time 0, state 1: the log-likelihood is NaN; it must be finite or −Inf
}

// The umbrella world of Russell & Norvig (2010), section 15.2.1, day by day.
func ExampleOnline() {
	filter, err := chain.NewOnline(chain.Markov{Initial: []float64{0.5, 0.5}, Transition: []float64{0.7, 0.3, 0.3, 0.7}})
	if err != nil {
		log.Fatal(err)
	}
	umbrella := []float64{math.Log(0.9), math.Log(0.2)}
	for range 2 {
		p, err := filter.Step(umbrella)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("rain %.3f\n", p[0])
	}
	// Output:
	// rain 0.818
	// rain 0.883
}

func ExampleCategorical() {
	text, err := json.Marshal(weather)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
	// Output:
	// {"kind":"hmm","version":1,"model":{"states":["rainy","sunny"],"initial":[0.6,0.4],"transition":[[0.7,0.3],[0.4,0.6]],"emission":{"kind":"categorical","symbols":["walk","shop","clean"],"p":[[0.1,0.4,0.5],[0.6,0.3,0.1]]}}}
}

// A level that jumps, with a cell that is missing.
func ExampleGaussian() {
	levels, err := chain.NewDiagonalGaussian([][]float64{{0}, {5}}, [][]float64{{1}, {1}})
	if err != nil {
		log.Fatal(err)
	}
	h := &chain.HMM{Initial: []float64{0.5, 0.5}, Transition: []float64{0.9, 0.1, 0.1, 0.9}, Emission: levels}
	table, err := data.FromRows([][]float64{{0.3}, {-0.8}, {math.NaN()}, {4.4}, {5.6}}, "level")
	if err != nil {
		log.Fatal(err)
	}
	seqs, err := data.NewSequences(table, []int{5})
	if err != nil {
		log.Fatal(err)
	}
	path, err := h.Decode(context.Background(), seqs)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(path[0])
	// Output:
	// [0 0 0 1 1]
}

func ExampleGaussianMixture() {
	parts, err := chain.NewDiagonalGaussian([][]float64{{-1}, {1}, {0}, {9}}, [][]float64{{1}, {1}, {1}, {1}})
	if err != nil {
		log.Fatal(err)
	}
	mixture, err := chain.NewGaussianMixture([][]float64{{0.5, 0.5}, {0.9, 0.1}}, parts)
	if err != nil {
		log.Fatal(err)
	}
	dst := make([]float64, 2)
	if err := mixture.LogProbTo(dst, []float64{0}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f\n", dst)
	// Output:
	// [-1.4189 -1.0243]
}

func ExampleDistributions() {
	h := &chain.HMM{
		Initial:    []float64{1, 0},
		Transition: []float64{0.9, 0.1, 0.2, 0.8},
		Emission: chain.Distributions{
			dist.Product{dist.Poisson{Lambda: 1}},
			dist.Product{dist.Poisson{Lambda: 10}},
		},
	}
	counts, states, err := h.Sample([]int{8}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(states[0]), counts.Length(0), counts.Columns()[0].Name)
	p, err := h.Stationary()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f\n", p)
	// Output:
	// 8 8 x1
	// [0.6667 0.3333]
}

// What an emission of a table of symbols can do.
func ExampleTable() {
	var table chain.Table = &chain.Categorical{Symbols: []string{"heads", "tails"}, P: []float64{0.5, 0.5, 0.75, 0.25}}
	fmt.Println(table.Len(), table.States())
	fmt.Printf("%.3f\n", table.LogTableTo(nil))
	// Output:
	// 2 2
	// [-0.693 -0.288 -0.693 -1.386]
}

func ExampleEmission() {
	var e chain.Emission = weather.Emission
	dst := make([]float64, 2)
	if err := e.LogProbTo(dst, []float64{2}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.Dim(), math.Exp(dst[0]) > math.Exp(dst[1]))
	// Output:
	// 1 true
}
