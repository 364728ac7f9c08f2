package linear_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/em/linear"
)

// strokes are pictures of 3×3 pixels, each with one or two of the six lines across it.
func strokes() *data.Table {
	r := rand.New(rand.NewPCG(3, 1))
	x := make([]float64, 300*9)
	for i := range 300 {
		for range 1 + r.IntN(2) {
			line := r.IntN(6)
			for p := range 3 {
				if line < 3 {
					x[i*9+line*3+p]++
				} else {
					x[i*9+p*3+line-3]++
				}
			}
		}
	}
	t, err := data.FromMatrix(x, 9)
	if err != nil {
		panic(err)
	}
	return t
}

func ExampleSparseCoding() {
	fit, err := linear.SparseCoding{Atoms: 6, Eta: 0.2}.Fit(context.Background(), strokes(), em.Config{Seed: 1, Starts: 5})
	if err != nil {
		panic(err)
	}
	for line := range 3 {
		for j := range fit.Model.P {
			for _, v := range fit.Model.Atoms[9*j+3*line : 9*j+3*line+3] {
				if math.Abs(v) > 0.3 {
					fmt.Print("#")
				} else {
					fmt.Print(".")
				}
			}
			fmt.Print("|")
		}
		fmt.Println()
	}
	// Output:
	// ...|#..|###|...|..#|.#.|
	// ...|#..|...|###|..#|.#.|
	// ###|#..|...|...|..#|.#.|
}

func ExampleSparseModel() {
	cross := &linear.SparseModel{Names: []string{"x", "y"}, P: 3, Atoms: []float64{1, 0, 0, 1, 0.6, 0.8}, Eta: 0.1}
	row := &em.Block{Rows: 1, Columns: 2, X: []float64{3, 4}}
	code, back := make([]float64, 3), make([]float64, 2)
	if err := cross.TransformTo(code, row); err != nil {
		panic(err)
	}
	cross.InverseTo(back, code, 1)
	fmt.Printf("code %.2f stands for %.2f\n", code, back)
	// Output:
	// code [0.00 0.00 4.95] stands for [2.97 3.96]
}

func ExamplePenalty() {
	row := &em.Block{Rows: 1, Columns: 2, X: []float64{1.2, 1}}
	for _, p := range []linear.Penalty{linear.L1, linear.LogPenalty, linear.Exponential} {
		m := &linear.SparseModel{Names: []string{"x", "y"}, P: 2, Atoms: []float64{1, 0, 0.6, 0.8}, Penalty: p, Eta: 0.5}
		code := make([]float64, 2)
		if err := m.TransformTo(code, row); err != nil {
			panic(err)
		}
		fmt.Printf("%-13q %.3f\n", p, code)
	}
	// Output:
	// ""            [0.294 1.094]
	// "log"         [0.410 1.024]
	// "exponential" [0.350 1.159]
}

func ExampleCodeSolver() {
	row := &em.Block{Rows: 1, Columns: 2, X: []float64{1.2, 1}}
	for _, s := range []linear.CodeSolver{linear.FISTA, linear.ISTA} {
		m := &linear.SparseModel{Names: []string{"x", "y"}, P: 2, Atoms: []float64{1, 0, 0.6, 0.8}, Solver: s, Eta: 0.5}
		code := make([]float64, 2)
		if err := m.TransformTo(code, row); err != nil {
			panic(err)
		}
		fmt.Printf("%.4f\n", code)
	}
	// Output:
	// [0.2938 1.0937]
	// [0.2938 1.0937]
}
