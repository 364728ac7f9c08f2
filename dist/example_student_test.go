package dist_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
)

// After seven heads in ten throws, a flat prior has become Beta(8, 4).
func ExampleBeta() {
	d, err := dist.NewBeta(1+7, 1+3)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.3f, 95%% between %.3f and %.3f\n", d.Mean(), d.Quantile(0.025), d.UpperQuantile(0.025))
	fmt.Printf("P(heads less likely than tails) = %.4f\n", d.CDF(0.5))
	// Output:
	// mean 0.667, 95% between 0.390 and 0.891
	// P(heads less likely than tails) = 0.1133
}

// One outlier moves the mean far, and the location of a heavy-tailed fit hardly.
func ExampleStudentT() {
	d, err := dist.NewStudentT(3, 0, 1)
	if err != nil {
		panic(err)
	}
	fmt.Printf("97.5%% quantile %.3f, beyond 10: %.5f\n", d.Quantile(0.975), d.Survival(10))
	x := []float64{9.7, 10.4, 9.9, 10.1, 10.3, 9.6, 10.2, 9.8, 10, 14}
	fit, err := dist.FitStudentT(x, nil)
	if err != nil {
		panic(err)
	}
	normal, err := dist.FitNormal(x, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("location %.2f, mean %.2f\n", fit.Location, normal.Mu)
	// Output:
	// 97.5% quantile 3.182, beyond 10: 0.00106
	// location 10.01, mean 10.40
}

// A weakly informative prior of a standard deviation (Gelman 2006).
func ExampleHalfStudentT() {
	prior, err := dist.NewHalfStudentT(4, 2.5)
	if err != nil {
		panic(err)
	}
	fmt.Printf("median %.2f, mean %.2f, top percentile %.1f\n", prior.Quantile(0.5), prior.Mean(), prior.UpperQuantile(0.01))
	// Output:
	// median 1.85, mean 2.50, top percentile 11.5
}

// Directions around north-east; the density is that of an angle between −π and π.
func ExampleVonMises() {
	d, err := dist.NewVonMises(math.Pi/4, 4)
	if err != nil {
		panic(err)
	}
	fmt.Printf("circular variance %.3f, within 45°: %.3f\n", d.CircularVariance(), d.CDF(math.Pi/2)-d.CDF(0))
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 5000)
	for i := range x {
		x[i] = d.Rand(r)
	}
	fit, err := dist.FitVonMises(x, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("fitted direction %.1f, concentration %.0f\n", fit.Mu, fit.Kappa)
	// Output:
	// circular variance 0.136, within 45°: 0.858
	// fitted direction 0.8, concentration 4
}
