package process_test

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/belief-go/belief/dist/process"
)

// observations of a sine.
func sine() (x, y []float64) {
	for k := range 9 {
		t := 0.75 * float64(k)
		x, y = append(x, t), append(y, math.Sin(t))
	}
	return x, y
}

func ExampleGaussianProcess() {
	x, y := sine()
	g := process.GaussianProcess{Kernel: process.SquaredExponential{Sigma: 1, Length: []float64{1}}, Noise: 0.1}
	fit, err := g.Fit(context.Background(), x, y, process.HyperparameterConfig{Seed: 1})
	if err != nil {
		panic(err)
	}
	mean, variance := fit.Predict([]float64{1.1})
	fmt.Printf("%.2f, truth %.2f, sd below 0.05: %v\n", mean, math.Sin(1.1), math.Sqrt(variance) < 0.05)
	// Output: 0.89, truth 0.89, sd below 0.05: true
}

func ExamplePosterior() {
	g := process.GaussianProcess{Kernel: process.Matern{Nu: 1.5, Sigma: 1, Length: []float64{1}}, Noise: 0.1}
	p, err := g.Condition([]float64{0, 1, 3}, []float64{0.5, -0.2, 1})
	if err != nil {
		panic(err)
	}
	mean, variance := p.Predict([]float64{2})
	fmt.Printf("mean %.3f, variance %.3f, evidence %.3f, jitter %g\n", mean, variance, p.LogMarginalLikelihood(), p.Jitter())
	// Output: mean 0.273, variance 0.586, evidence -3.439, jitter 0
}

func ExampleHyperparameterConfig() {
	x, y := sine()
	g := process.GaussianProcess{Kernel: process.Matern{Nu: 2.5, Sigma: 1, Length: []float64{1}}, Noise: 0.1}
	starts := 0
	cfg := process.HyperparameterConfig{Restarts: 3, PriorSD: 1, Progress: func(process.HyperparameterStart) { starts++ }}
	_, err := g.Fit(context.Background(), x, y, cfg)
	fmt.Println(starts, err)
	// Output: 3 <nil>
}

func ExampleHyperparameterFit() {
	x, y := sine()
	g := process.GaussianProcess{Kernel: process.SquaredExponential{Sigma: 1, Length: []float64{1}}, Noise: 0.1}
	fit, err := g.Fit(context.Background(), x, y, process.HyperparameterConfig{Restarts: 2, PriorSD: 1})
	if err != nil {
		panic(err)
	}
	fmt.Println(fit.Converged, len(fit.Starts), fit.Warnings)
	// Output: true 2 []
}

func ExampleHyperparameterStart() {
	x, y := sine()
	g := process.GaussianProcess{Kernel: process.Constant{Sigma: 3}, Noise: 1}
	fit, err := g.Fit(context.Background(), x, y, process.HyperparameterConfig{Restarts: 1, PriorSD: 1})
	if err != nil {
		panic(err)
	}
	start := fit.Starts[0]
	fmt.Printf("start %d: %d hyperparameters, converged %v\n", start.Index, len(start.LogTheta), start.Converged)
	// Output: start 0: 2 hyperparameters, converged true
}

func ExampleLeaveOneOut() {
	g := process.GaussianProcess{Kernel: process.SquaredExponential{Sigma: 1, Length: []float64{1}}, Noise: 0.1}
	p, err := g.Condition([]float64{0, 0.5, 1, 1.5}, []float64{0, 0.5, 3, 1.4})
	if err != nil {
		panic(err)
	}
	l := p.LeaveOneOut()
	fmt.Printf("the third is %.1f standard deviations off\n", (3-l.Mean[2])/math.Sqrt(l.Variance[2]))
	// Output: the third is 11.1 standard deviations off
}

func ExampleNotPositiveDefiniteError() {
	g := process.GaussianProcess{Kernel: process.Constant{Sigma: 1e200}} // its square is out of range
	_, err := g.Condition([]float64{1, 2}, []float64{0, 0})
	var ne *process.NotPositiveDefiniteError
	fmt.Println(errors.As(err, &ne))
	// Output: true
}

func ExampleKernel() {
	// A trend, a season, and noise that belongs to the process.
	var k process.Kernel = process.Sum{
		process.Linear{Sigma: 0.1},
		process.Product{process.Periodic{Sigma: 1, Length: 1, Period: 12}, process.SquaredExponential{Sigma: 1, Length: []float64{50}}},
		process.White{Sigma: 0.3},
	}
	fmt.Println(k.NumParams(), k.Validate(1))
	// Output: 7 <nil>
}

func ExampleSquaredExponential() {
	k := process.SquaredExponential{Sigma: 1, Length: []float64{1, 10}} // the second coordinate matters less
	fmt.Printf("%.3f %.3f\n", k.Eval([]float64{0, 0}, []float64{1, 0}, false), k.Eval([]float64{0, 0}, []float64{0, 1}, false))
	// Output: 0.607 0.995
}

func ExampleMatern() {
	for _, nu := range []float64{0.5, 1.5, 2.5} {
		k := process.Matern{Nu: nu, Sigma: 1, Length: []float64{1}}
		fmt.Printf("%.3f ", k.Eval([]float64{0}, []float64{0.1}, false))
	}
	// Output: 0.905 0.987 0.992
}

func ExamplePeriodic() {
	k := process.Periodic{Sigma: 1, Length: 1, Period: 24}
	fmt.Printf("%.3f %.3f\n", k.Eval([]float64{3}, []float64{27}, false), k.Eval([]float64{3}, []float64{15}, false))
	// Output: 1.000 0.135
}

func ExampleLinear() {
	fmt.Println(process.Linear{Sigma: 2}.Eval([]float64{1, 2}, []float64{3, 4}, false))
	// Output: 44
}

func ExampleConstant() {
	fmt.Println(process.Constant{Sigma: 2}.Eval([]float64{1}, []float64{9}, false))
	// Output: 4
}

func ExampleWhite() {
	x := []float64{1}
	k := process.White{Sigma: 2}
	fmt.Println(k.Eval(x, x, true), k.Eval(x, x, false))
	// Output: 4 0
}

func ExampleSum() {
	k := process.Sum{process.Constant{Sigma: 2}, process.Linear{Sigma: 1}}
	fmt.Println(k.Eval([]float64{3}, []float64{5}, false), k)
	// Output: 19 Constant(Sigma: 2) + Linear(Sigma: 1)
}

func ExampleProduct() {
	k := process.Product{process.Constant{Sigma: 2}, process.Linear{Sigma: 1}}
	fmt.Println(k.Eval([]float64{3}, []float64{5}, false), k)
	// Output: 60 Constant(Sigma: 2) × Linear(Sigma: 1)
}
