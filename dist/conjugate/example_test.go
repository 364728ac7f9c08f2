package conjugate_test

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/conjugate"
)

// Three heads in four throws of a coin about which nothing was known.
func ExampleBetaBernoulli() {
	coin := conjugate.BetaBernoulli{Alpha: 1, Beta: 1}
	after, err := coin.Update([]float64{1, 0, 1, 1}, nil)
	if err != nil {
		panic(err)
	}
	p := after.Parameter()
	fmt.Printf("%v: mean %.3f, 95%% between %.3f and %.3f\n", p, p.Mean(), p.Quantile(0.025), p.Quantile(0.975))
	// Output:
	// Beta(Alpha: 4, Beta: 2): mean 0.667, 95% between 0.284 and 0.947
}

// A coin that was spun 250 times and fell heads 140 times (MacKay 2003, section 3.2):
// a bias of which nothing is known explains that only half as well as none.
func ExampleBetaBinomial() {
	unknown, err := conjugate.BetaBinomial{N: 250, Alpha: 1, Beta: 1}.LogMarginal([]float64{140}, nil)
	if err != nil {
		panic(err)
	}
	fair := dist.Binomial{N: 250, P: 0.5}.LogProb(140)
	fmt.Printf("Bayes factor %.2f\n", math.Exp(unknown-fair))
	// Output:
	// Bayes factor 0.48
}

// A die that has shown four sixes in five throws.
func ExampleDirichletCategorical() {
	die := conjugate.DirichletCategorical{Alpha: []float64{1, 1, 1, 1, 1, 1}}
	die, err := die.Update([]float64{5, 5, 2, 5, 5}, nil)
	if err != nil {
		panic(err)
	}
	next, err := die.Predictive()
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f\n", next.Params())
	// Output:
	// [0.091 0.091 0.182 0.091 0.091 0.455]
}

// Two polls of ten people each about three parties.
func ExampleDirichletMultinomial() {
	polls := conjugate.DirichletMultinomial{N: 10, Alpha: []float64{1, 1, 1}}
	polls, err := polls.Update([]float64{5, 3, 2, 7, 2, 1}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(polls.Predictive())
	// Output:
	// DirichletMultinomial(N: 10, Alpha: [13 6 4])
}

// Asthma mortality (Gelman et al. 2013, section 2.6): three deaths among twice 100,000
// people in a year, of whom it does not matter to which half they belonged.
func ExampleGammaPoisson() {
	rate := conjugate.GammaPoisson{Shape: 3, Rate: 5}
	rate, err := rate.Update([]float64{3, 0}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.2f, P(rate > 1) = %.2f\n", rate.Parameter().Mean(), rate.Parameter().Survival(1))
	// Output:
	// mean 0.86, P(rate > 1) = 0.30
}

// Three waiting times, and the next one.
func ExampleGammaExponential() {
	belief := conjugate.GammaExponential{Shape: 2, Rate: 1}
	belief, err := belief.Update([]float64{0.5, 1.5, 1}, nil)
	if err != nil {
		panic(err)
	}
	next := belief.Predictive()
	fmt.Printf("mean %.3f, P(x > 1) = %.3f\n", next.Mean(), next.Survival(1))
	// Output:
	// mean 1.000, P(x > 1) = 0.328
}

// A known measurement error of 2: four measurements halve it.
func ExampleNormalNormal() {
	belief := conjugate.NormalNormal{Mu: 0, Tau: 1e6, Sigma: 2}
	belief, err := belief.Update([]float64{9, 11, 10, 12}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f ± %.3f\n", belief.Mu, belief.Tau)
	// Output:
	// 10.500 ± 1.000
}

// Mean and variance both unknown.
func ExampleNormalInverseGamma() {
	belief := conjugate.NormalInverseGamma{Mu: 0, Kappa: 0.01, Alpha: 1, Beta: 1}
	belief, err := belief.Update([]float64{9, 11, 10, 12}, nil)
	if err != nil {
		panic(err)
	}
	mean, next := belief.Mean(), belief.Predictive()
	fmt.Printf("mean %.2f, 95%% below %.2f; the next 95%% below %.2f\n", mean.Location, mean.Quantile(0.95), next.Quantile(0.95))
	// Output:
	// mean 10.47, 95% below 11.60; the next 95% below 13.00
}

// Mean and covariance of points in the plane.
func ExampleNormalInverseWishart() {
	belief := conjugate.NormalInverseWishart{Mu: []float64{0, 0}, Kappa: 1, Nu: 4, Psi: mat.NewSymDense(2, []float64{1, 0, 0, 1})}
	belief, err := belief.Update([]float64{1, 2, 3, 4, 5, 5}, nil)
	if err != nil {
		panic(err)
	}
	sigma, err := belief.Covariance()
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.2f, E Σ = %.3f\n", belief.Mu, sigma.MeanTo(nil))
	// Output:
	// mean [2.25 2.75], E Σ = [3.937 3.562 3.562 3.937]
}
