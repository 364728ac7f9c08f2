// Gaussianprocess learns a function from noisy values at a few points: Gaussian-process
// regression (Qiu Xipeng 2019, Neural Networks and Deep Learning, draft of 6 April
// 2019, appendix D.3.2, equations D.52–D.55). With prior mean zero the posterior at x*
// is normal with
//
//	μ̂  = K(x*, X) (K(X, X) + σ²I)⁻¹ y                                       (D.55)
//	σ̂² = k(x*, x*) − K(x*, X) (K(X, X) + σ²I)⁻¹ K(x*, X)ᵀ                     (D.54)
//
// The draft puts a variance and a standard deviation under one name in (D.52); σ̂² is
// the variance. Length, height and noise are those of the greatest marginal
// likelihood.
//
// The book gives no numbers. The function here is our own, seen at 25 points with a
// gap between them: the posterior is sure of itself where there are points, and knows
// that it knows little in the gap and beyond the ends.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/belief-go/belief/dist/process"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// truth is the function that is to be learnt.
func truth(x float64) float64 { return math.Sin(2*x) + 0.3*x }

const noise = 0.15 // standard deviation of what is seen

// observations are noisy values on [0, 2] and [4, 6].
func observations() (x, y []float64) {
	r := rand.New(rand.NewPCG(1, 2))
	for k := range 25 {
		v := 4 * float64(k) / 24
		if v > 2 {
			v += 2
		}
		x, y = append(x, v), append(y, truth(v)+noise*r.NormFloat64())
	}
	return x, y
}

// learn chooses the hyperparameters and conditions on the observations.
func learn(x, y []float64) (*process.HyperparameterFit, error) {
	prior := process.GaussianProcess{
		Kernel: process.SquaredExponential{Sigma: 1, Length: []float64{1}},
		Noise:  0.1,
	}
	return prior.Fit(context.Background(), x, y, process.HyperparameterConfig{Seed: 1})
}

func run(w io.Writer) error {
	x, y := observations()
	fit, err := learn(x, y)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "learnt from %d points: %v\n", len(x), fit.Process())
	fmt.Fprintf(w, "log marginal likelihood %.3f\n\n", fit.LogMarginalLikelihood())
	fmt.Fprintln(w, "   x   truth    mean      sd")
	const width, low, high = 56, -2.5, 4.0
	column := func(v float64) int {
		return min(max(int(math.Round((v-low)/(high-low)*width)), 0), width)
	}
	for v := -0.5; v <= 7; v += 0.25 {
		mean, variance := fit.Predict([]float64{v})
		sd := math.Sqrt(variance)
		line := []byte(strings.Repeat(" ", width+1))
		for c := column(mean - 2*sd); c <= column(mean+2*sd); c++ {
			line[c] = '-'
		}
		line[column(mean)], line[column(truth(v))] = 'o', '*'
		fmt.Fprintf(w, "%5.2f  %6.3f  %6.3f  %6.3f  |%s\n", v, truth(v), mean, sd, strings.TrimRight(string(line), " "))
	}
	fmt.Fprintln(w, "\n* the function, o its posterior mean, - two standard deviations to either side")
	return nil
}
