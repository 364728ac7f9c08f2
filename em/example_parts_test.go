package em_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

func ExampleKindError() {
	err := em.NewStatistics("coins", 3).Merge(em.NewStatistics("dice", 6))
	var kind *em.KindError
	fmt.Println(errors.As(err, &kind), err)
	// Output: true em: "dice" where "coins" is wanted
}

func ExampleObjectiveError() {
	impossible := at(coins{0.5, 1, 1}) // the coins show heads only
	_, err := em.Fit(context.Background(), tossed(), impossible, em.Config{})
	var objective *em.ObjectiveError
	fmt.Println(errors.As(err, &objective))
	fmt.Println(err)
	// Output:
	// true
	// em: the objective of start 0 is -Inf in iteration 1: the data are impossible under the model's parameters
}

// A file that is there, and no checkpoint of this run, is not written over.
func ExampleCheckpointError() {
	path := filepath.Join(os.TempDir(), "belief-em-example")
	if err := os.WriteFile(path, []byte("a letter"), 0o600); err != nil {
		log.Fatal(err)
	}
	defer os.Remove(path)
	_, err := em.Mixture{Start: threeCoins(0.4, 0.6, 0.7)}.Fit(context.Background(), tosses(), em.Config{Checkpoint: path})
	var checkpoint *em.CheckpointError
	fmt.Println(errors.As(err, &checkpoint), checkpoint.Path == path)
	// Output: true true
}

func ExampleRows() {
	rows := tossed()
	fmt.Println(rows.Len(), "rows of weight", rows.Weight(), "in memory:", rows.Table() != nil)
	// Output: 10 rows of weight 10 in memory: true
}

func ExampleBlock() {
	b := em.Block{Rows: 2, Columns: 2, X: []float64{1, 2, 3, 4}}
	fmt.Println(b.Row(1), b.Weight(1))
	// Output: [3 4] 1
}

func ExamplePass() {
	err := tossed().Each(context.Background(), em.Pass{Rows: 4}, func(_ int, b *em.Block) error {
		fmt.Println(b.First, b.X)
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 0 [1 1 0 1]
	// 4 [0 0 1 0]
	// 8 [1 1]
}

func ExampleMissing() {
	src, err := data.FromMatrix([]float64{1, math.NaN()}, 1, "heads")
	if err != nil {
		log.Fatal(err)
	}
	for _, missing := range []em.Missing{em.AllowMissing, em.RefuseMissing} {
		_, err := em.NewRows(context.Background(), src, em.Config{}, missing)
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// column "heads" of row 1 is NaN; it must be finite
}

func ExampleSequences() {
	words, err := data.FromSymbols(data.Column{Name: "letter", Categories: []string{"a", "b"}}, [][]int{{0, 1, 1}, {1}, {0, 0}})
	if err != nil {
		log.Fatal(err)
	}
	s, err := em.NewSequences(words, []float64{1, 2, 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(s.Weight())
	// Output: 4
}

func ExampleSequenceBlock() {
	words, err := data.FromSymbols(data.Column{Name: "letter", Categories: []string{"a", "b"}}, [][]int{{0, 1, 1}, {1}, {0, 0}})
	if err != nil {
		log.Fatal(err)
	}
	s, err := em.NewSequences(words, nil)
	if err != nil {
		log.Fatal(err)
	}
	err = s.Each(context.Background(), em.Pass{Rows: 3}, func(_ int, b *em.SequenceBlock) error {
		for _, i := range b.Members {
			fmt.Println(b.Members, b.From.Rows(i), b.Weight(i))
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// [0] [0 1 1] 1
	// [1 2] [1] 1
	// [1 2] [0 0] 1
}

// Data are rows or sequences.
func ExampleData() {
	var d em.Data[*em.Block] = tossed()
	fmt.Println(d.Weight())
	// Output: 10
}

func ExampleHardModel() {
	var _ em.HardModel[*em.Block] = &coins{}
	fit, err := em.Fit(context.Background(), tossed(), at(coins{0.4, 0.3, 0.6}), em.Config{Hard: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f after %d iterations\n", *fit.Model, fit.Iterations)
	// Output: {0.4 0.0 1.0} after 2 iterations
}

func ExampleStepwise() {
	var _ em.Stepwise = &coins{}
	fit, err := em.Fit(context.Background(), tossed(), at(coins{0.4, 0.6, 0.7}), em.Config{Batch: 5, Iterations: 20})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.3f\n", fit.LogLikelihood)
	// Output: -6.730
}

func ExampleBounded() {
	var m em.Bounded = &coins{0.5, 0.5, 0.5}
	s := em.NewStatistics("coins", 3)
	s.Sums[0], s.Sums[1], s.Sums[2], s.Weight = 5, 3, 3, 10
	fmt.Printf("%.4f\n", m.Complete(s))
	// Output: -13.8629
}

func ExamplePrior() {
	var m em.Prior = &coins{}
	fmt.Println(m.LogPrior())
	// Output: 0
}

func ExampleCounted() {
	var m em.Counted = &coins{}
	fmt.Println(m.Parameters())
	// Output: 3
}

func ExampleWarner() {
	var m em.Warner = &coins{0.5, 0.6, 0.6}
	fmt.Println(m.Warnings()[0])
	// Output: the two coins are the same
}

func ExampleRowModel() {
	var m em.RowModel = &coins{}
	fmt.Println(m.Columns())
	// Output: [heads]
}

func ExampleDensity() {
	var m em.Density = &coins{0.4, 0.6, 0.7}
	lp, err := em.LogProb(context.Background(), m, tosses())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f\n", lp[:3])
	// Output: [-0.4155 -0.4155 -1.0788]
}

func ExampleClustering() {
	var m em.Clustering = &coins{0.4, 0.6, 0.7}
	r, err := em.Responsibilities(context.Background(), m, tosses())
	if err != nil {
		log.Fatal(err)
	}
	labels, err := em.Labels(context.Background(), m, tosses())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.4f %v\n", r[:2], labels[:3])
	// Output: [0.3636 0.6364] [1 1 1]
}
