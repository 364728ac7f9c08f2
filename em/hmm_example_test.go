package em_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical/chain"
)

// hmmExample draws sequences of a machine that is well, and emits numbers near 0, or ill,
// and emits numbers near 5.
func hmmExample() *data.Sequences {
	e, err := chain.NewDiagonalGaussian([][]float64{{0}, {5}}, [][]float64{{1}, {1}})
	if err != nil {
		panic(err)
	}
	h := &chain.HMM{Columns: []string{"load"}, Initial: []float64{1, 0}, Transition: []float64{0.95, 0.05, 0.1, 0.9}, Emission: e}
	seqs, _, err := h.Sample([]int{300, 200}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		panic(err)
	}
	return seqs
}

func ExampleHiddenMarkov() {
	run, err := em.HiddenMarkov{States: 2}.Fit(context.Background(), hmmExample(), em.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Converged, run.Parameters(), "parameters")
	for _, mean := range run.Model.HMM.Emission.(*chain.Gaussian).Mean() {
		if mean[0] > 4.5 && mean[0] < 5.5 {
			fmt.Println("one state is ill")
		}
	}
	// Output:
	// true 7 parameters
	// one state is ill
}

func ExampleHiddenMarkovModel() {
	run, err := em.HiddenMarkov{States: 2}.Fit(context.Background(), hmmExample(), em.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := json.Marshal(run.Model)
	if err != nil {
		fmt.Println(err)
		return
	}
	var m em.HiddenMarkovModel
	if err := json.Unmarshal(text, &m); err != nil {
		fmt.Println(err)
		return
	}
	paths, err := m.HMM.Viterbi(context.Background(), hmmExample())
	fmt.Println(m.Columns(), len(paths), err)
	// Output: [load] 2 <nil>
}

func ExampleEmissionForm() {
	fmt.Println(em.CategoricalEmission, em.DiagonalEmission, em.FullEmission)
	// Output: categorical diagonal full
}

func ExampleTopology() {
	set := em.HiddenMarkov{States: 3, Topology: em.LeftToRight}
	run, err := set.Fit(context.Background(), hmmExample(), em.Config{Iterations: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := run.Model.HMM
	fmt.Println(h.Initial, h.Transition[2], h.Transition[3], h.Transition[6:])
	// Output: [1 0 0] 0 0 [0 0 1]
}

func ExampleHMMInit() {
	_, err := em.HiddenMarkov{States: 2, Init: em.RandomInit}.Fit(context.Background(), hmmExample(), em.Config{Iterations: 3})
	fmt.Println(em.ClusterInit, em.RandomInit, err)
	// Output: clusters random <nil>
}

func ExampleHMMParts() {
	e, err := chain.NewDiagonalGaussian([][]float64{{0}, {5}}, [][]float64{{1}, {1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	begin := &chain.HMM{Initial: []float64{0.5, 0.5}, Transition: []float64{0.5, 0.5, 0.5, 0.5}, Emission: e}
	run, err := em.HiddenMarkov{States: 2, Begin: begin, Fix: em.HMMParts{Emission: true}}.Fit(context.Background(), hmmExample(), em.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Model.HMM.Emission.(*chain.Gaussian).Mean(), run.Parameters())
	// Output: [[0] [5]] 3
}

func ExampleHMMTies() {
	// Two states that emit the same make the time in both of them less like a geometric one.
	set := em.HiddenMarkov{States: 3, Ties: em.HMMTies{Emission: []int{0, 0, 1}}}
	run, err := set.Fit(context.Background(), hmmExample(), em.Config{Seed: 1, Iterations: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	mean := run.Model.HMM.Emission.(*chain.Gaussian).Mean()
	fmt.Println(mean[0][0] == mean[1][0], mean[0][0] == mean[2][0])
	// Output: true false
}

func ExampleHMMPrior() {
	set := em.HiddenMarkov{States: 2, Prior: em.HMMPrior{Transition: 2, Sticky: 50}}
	run, err := set.Fit(context.Background(), hmmExample(), em.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Model.HMM.Transition[0] > 0.9, run.Objective != run.LogLikelihood)
	// Output: true true
}

func ExampleHMMNormalPrior() {
	set := em.HiddenMarkov{States: 2, Prior: em.HMMPrior{Normal: &em.HMMNormalPrior{Degrees: 5}}}
	run, err := set.Fit(context.Background(), hmmExample(), em.Config{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Converged)
	// Output: true
}
