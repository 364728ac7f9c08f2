package dist_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
)

// A bus leaves every ten minutes; how long one waits is uniform.
func ExampleUniform() {
	wait, err := dist.NewUniform(0, 10)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.1f, more than 8 minutes %.2f\n", wait.Mean(), wait.Survival(8))
	_, err = dist.NewUniform(1, 1)
	fmt.Println(err)
	// Output:
	// mean 5.0, more than 8 minutes 0.20
	// uniform: Upper is 1 and must be greater than Lower by a finite width
}

// Incomes: the mean is above the median.
func ExampleLogNormal() {
	income, err := dist.NewLogNormal(10, 0.6)
	if err != nil {
		panic(err)
	}
	fmt.Printf("median %.0f, mean %.0f, top percentile %.0f\n", income.Quantile(0.5), income.Mean(), income.UpperQuantile(0.01))
	// Output:
	// median 22026, mean 26370, top percentile 88948
}

// The fit of a Cauchy distribution hardly sees an outlier that moves the mean far.
func ExampleCauchy() {
	d, err := dist.NewCauchy(0, 1)
	if err != nil {
		panic(err)
	}
	fmt.Printf("quartiles %.0f and %.0f, beyond 100: %.4f\n", d.Quantile(0.25), d.Quantile(0.75), d.Survival(100))
	x := []float64{9.8, 10.1, 10.0, 9.9, 10.2, 500}
	robust, err := dist.FitCauchy(x, nil)
	if err != nil {
		panic(err)
	}
	normal, err := dist.FitNormal(x, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("location %.2f, mean %.2f\n", robust.Location, normal.Mu)
	// Output:
	// quartiles -1 and 1, beyond 100: 0.0032
	// location 10.00, mean 91.67
}

// A weakly informative prior of a standard deviation.
func ExampleHalfNormal() {
	prior, err := dist.NewHalfNormal(2)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.3f, 95%% below %.3f\n", prior.Mean(), prior.Quantile(0.95))
	// Output:
	// mean 1.596, 95% below 3.920
}

// The prior of a group's spread in hierarchical models (Gelman 2006): half of it is
// below the scale, and its tail is long.
func ExampleHalfCauchy() {
	prior, err := dist.NewHalfCauchy(5)
	if err != nil {
		panic(err)
	}
	fmt.Printf("median %.0f, above 50: %.3f, mean %v\n", prior.Quantile(0.5), prior.Survival(50), prior.Mean())
	// Output:
	// median 5, above 50: 0.063, mean +Inf
}

// The location of greatest likelihood is the median.
func ExampleLaplace() {
	d, err := dist.NewLaplace(0, 1)
	if err != nil {
		panic(err)
	}
	fmt.Printf("log density %.3f at 0 and %.3f at 3\n", d.LogProb(0), d.LogProb(3))
	fit, err := dist.FitLaplace([]float64{1, 2, 4, 8, 90}, nil)
	fmt.Println(fit, err)
	// Output:
	// log density -0.693 at 0 and -3.693 at 3
	// Laplace(Location: 4, Scale: 19) <nil>
}

// The distribution function is the sigmoid, whose far tails keep their digits.
func ExampleLogistic() {
	d, err := dist.NewLogistic(0, 1)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f %.4g %.4g\n", d.CDF(1), d.Survival(50), d.LogCDF(-1000))
	// Output:
	// 0.7311 1.929e-22 -1000
}

// Waiting times without memory: the mean of the draws is near one over the rate.
func ExampleExponential() {
	d, err := dist.NewExponential(0.5)
	if err != nil {
		panic(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 100000)
	for i := range x {
		x[i] = d.Rand(r)
	}
	fit, err := dist.FitExponential(x, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("rate %.2f, median %.3f\n", fit.Rate, d.Quantile(0.5))
	// Output:
	// rate 0.50, median 1.386
}

// Lifetimes that wear out: the shape is above one.
func ExampleWeibull() {
	life, err := dist.NewWeibull(1.5, 1000)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.0f hours, one in a thousand fails before %.1f\n", life.Mean(), life.Quantile(0.001))
	fit, err := dist.FitWeibull([]float64{310, 550, 620, 880, 1010, 1300, 1900}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("shape %.2f, scale %.0f\n", fit.Shape, fit.Scale)
	// Output:
	// mean 903 hours, one in a thousand fails before 10.0
	// shape 2.03, scale 1064
}

// The rule of 80 to 20 is a tail index of 1.16; its variance diverges.
func ExamplePareto() {
	wealth, err := dist.NewPareto(1, 1.16)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.2f, variance %v, richest millionth above %.0f\n", wealth.Mean(), wealth.Variance(), wealth.UpperQuantile(1e-6))
	// Output:
	// mean 7.25, variance +Inf, richest millionth above 148735
}

// The flood of a hundred years, from the greatest level of each year.
func ExampleGumbel() {
	flood, err := dist.FitGumbel([]float64{3.1, 2.7, 4.0, 3.3, 2.9, 5.2, 3.6, 3.0, 4.4, 3.5}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("location %.2f, scale %.2f, once in 100 years %.1f\n", flood.Location, flood.Scale, flood.UpperQuantile(0.01))
	_, err = dist.NewGumbel(0, -1)
	fmt.Println(err)
	// Output:
	// location 3.24, scale 0.53, once in 100 years 5.7
	// Gumbel: Scale is -1 and must be positive and finite
}

// The estimate of a task by its best, likeliest and worst case.
func ExampleTriangular() {
	days, err := dist.NewTriangular(2, 3, 10)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.0f days, 90%% sure within %.1f\n", days.Mean(), days.Quantile(0.9))
	fit, err := dist.FitTriangular(2, 10, []float64{2.5, 3, 4, 6}, nil)
	fmt.Println(fit, err)
	// Output:
	// mean 5 days, 90% sure within 7.6
	// Triangular(Lower: 2, Mode: 2.5, Upper: 10) <nil>
}

// Rain per day: the fit has the mean of the data.
func ExampleGamma() {
	rain, err := dist.FitGamma([]float64{0.4, 1.1, 2.3, 5.2, 0.9, 3.6, 7.8}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("shape %.2f, mean %.2f, above 20: %.4f\n", rain.Shape, rain.Mean(), rain.Survival(20))
	_, err = dist.NewGamma(0, 1)
	fmt.Println(err)
	// Output:
	// shape 1.35, mean 3.04, above 20: 0.0004
	// gamma: Shape is 0 and must be positive and finite
}

// A prior of a variance: it is unlikely to be near zero.
func ExampleInverseGamma() {
	prior, err := dist.NewInverseGamma(3, 2)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.0f, variance %.0f, below 0.1: %.1e\n", prior.Mean(), prior.Variance(), prior.CDF(0.1))
	// Output:
	// mean 1, variance 1, below 0.1: 4.6e-07
}

// How large a sum of five squares must be to be surprising.
func ExampleChiSquared() {
	d, err := dist.NewChiSquared(5)
	if err != nil {
		panic(err)
	}
	fmt.Printf("5%%: %.2f, one in a billion: %.1f\n", d.UpperQuantile(0.05), d.UpperQuantile(1e-9))
	// Output:
	// 5%: 11.07, one in a billion: 50.7
}

// Heights of people who are admitted only above a limit; and a normal variable so
// far out that its probability is no float64.
func ExampleTruncated() {
	guards, err := dist.NewTruncated(dist.Normal{Mu: 178, Sigma: 7}, 185, math.Inf(1))
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.1f, tallest percent above %.1f\n", guards.Mean(), guards.UpperQuantile(0.01))
	far, err := dist.NewTruncated(dist.Normal{Sigma: 1}, 50, 51)
	if err != nil {
		panic(err)
	}
	fmt.Printf("log probability %.2f, median %.4f\n", far.LogMass(), far.Quantile(0.5))
	// Output:
	// mean 188.7, tallest percent above 198.7
	// log probability -1254.83, median 50.0139
}
