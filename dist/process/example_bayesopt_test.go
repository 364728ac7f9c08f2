package process_test

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/belief-go/belief/dist/process"
)

// objective has its minimum, −1.8013, at (2.20, 1.57) (Michalewicz).
func objective(_ context.Context, x []float64) (float64, error) {
	sum := 0.0
	for i, v := range x {
		sum -= math.Sin(v) * math.Pow(math.Sin(float64(i+1)*v*v/math.Pi), 2)
	}
	return sum, nil
}

func ExampleBayesianOptimization() {
	search := process.BayesianOptimization{Lower: []float64{0, 0}, Upper: []float64{math.Pi, math.Pi}, Seed: 1}
	best, err := search.Run(context.Background(), objective)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.1f after %d evaluations\n", best.Value, len(best.Evaluations))
	// Output: -1.8 after 30 evaluations
}

func ExampleStep() {
	search := process.BayesianOptimization{Lower: []float64{0, 0}, Upper: []float64{3, 3}}
	for step, err := range search.Steps(context.Background(), objective) {
		if err != nil {
			panic(err)
		}
		if step.Index == 9 {
			fmt.Println(step.Designed, len(step.X), step.BestValue <= step.Value)
			break
		}
	}
	// Output: false 2 true
}

func ExampleOptimum() {
	search := process.BayesianOptimization{Lower: []float64{-1}, Upper: []float64{1}, Maximize: true, Evaluations: 15}
	best, err := search.Run(context.Background(), func(_ context.Context, x []float64) (float64, error) {
		return math.Sqrt(x[0]) * (1 - x[0]), nil // NaN where x < 0
	})
	fmt.Printf("%.3f, some failed: %v, %v\n", best.Value, best.Failed > 0, err)
	// Output: 0.385, some failed: true, <nil>
}

func ExampleEvaluation() {
	search := process.BayesianOptimization{Lower: []float64{0, 0}, Upper: []float64{3, 3}, Evaluations: 4}
	best, err := search.Run(context.Background(), objective)
	if err != nil {
		panic(err)
	}
	for _, e := range best.Evaluations {
		fmt.Println(len(e.X), e.Err)
	}
	// Output:
	// 2 <nil>
	// 2 <nil>
	// 2 <nil>
	// 2 <nil>
}

func ExampleEvaluationError() {
	search := process.BayesianOptimization{Lower: []float64{0}, Upper: []float64{1}, Evaluations: 3}
	best, err := search.Run(context.Background(), func(context.Context, []float64) (float64, error) { return math.NaN(), nil })
	var ee *process.EvaluationError
	fmt.Println(errors.Is(err, process.ErrAllFailed), errors.As(best.Evaluations[0].Err, &ee))
	// Output: true true
}

func ExampleAcquisition() {
	best := 1.0
	for _, a := range []process.Acquisition{process.ExpectedImprovement{}, process.ProbabilityOfImprovement{}, process.UpperConfidenceBound{}} {
		fmt.Printf("%v: %.3f\n", a, a.Score(1.5, 0.5, best))
	}
	// Output:
	// ExpectedImprovement(Xi: 0): -3.178
	// ProbabilityOfImprovement(Xi: 0): -1.841
	// UpperConfidenceBound(Beta: 0): -0.500
}

func ExampleExpectedImprovement() {
	ei := process.ExpectedImprovement{}
	fmt.Printf("%.4f, and 100 standard deviations off %.1f\n", ei.Value(0, 1, 0), ei.Score(100, 1, 0))
	// Output: 0.3989, and 100 standard deviations off -5010.1
}

func ExampleProbabilityOfImprovement() {
	fmt.Printf("%.3f\n", process.ProbabilityOfImprovement{Xi: 0.5}.Value(0, 1, 0))
	// Output: 0.309
}

func ExampleUpperConfidenceBound() {
	fmt.Println(process.UpperConfidenceBound{Beta: 3}.Score(1, 0.5, 0))
	// Output: 0.5
}
