package expfam_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// show prints the family, natural parameters and E T of a distribution.
func show(d any) {
	f, eta, err := expfam.Of(d)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%v: η = %.4g, E T = %.4g\n", f, eta, f.MeanTo(nil, eta))
}

// The standard normal distribution moved to 1: A, a log density and the covariance of
// (x, x²).
func ExampleFamily() {
	var f expfam.Family = expfam.Normal{}
	eta := []float64{1, -0.5} // μ = 1, σ = 1
	fmt.Printf("A = %.4g, log p(0) = %.4f\n", f.LogPartition(eta), expfam.LogProb(f, eta, []float64{0}))
	fmt.Printf("Cov T = %v\n", mat.Formatted(f.HessianTo(nil, eta), mat.Prefix("        ")))
	// Output:
	// A = 0.5, log p(0) = -1.4189
	// Cov T = ⎡1  2⎤
	//         ⎣2  6⎦
}

// Two shards of data, and the normal distribution that fits both.
func ExampleStatistics() {
	f := expfam.Normal{}
	a, err := expfam.NewStatistics(f)
	if err != nil {
		panic(err)
	}
	b, err := expfam.NewStatistics(f)
	if err != nil {
		panic(err)
	}
	_ = a.AddBatch([]float64{1e8 - 1, 1e8 + 1}, nil)
	_ = b.AddBatch([]float64{1e8 - 2, 1e8 + 2}, []float64{0.5, 0.5})
	if err := a.Merge(b); err != nil {
		panic(err)
	}
	eta, err := a.Fit()
	if err != nil {
		panic(err)
	}
	d, err := f.Distribution(eta)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%d observations, mean %.0f, variance %.4f\n", a.Count(), d.Mu, d.Variance())
	// Output:
	// 4 observations, mean 100000000, variance 2.0000
}

// The natural parameter is the log-odds.
func ExampleBernoulli() {
	show(dist.Bernoulli{P: 0.75})
	// Output:
	// Bernoulli: η = [1.099], E T = [0.75]
}

// Ten throws of one coin.
func ExampleBinomial() {
	show(dist.Binomial{N: 10, P: 0.5})
	// Output:
	// Binomial(N: 10): η = [0], E T = [5]
}

// Log-odds against the last outcome.
func ExampleMultinomial() {
	show(dist.Multinomial{N: 6, P: []float64{0.5, 0.25, 0.25}})
	// Output:
	// Multinomial(N: 6, K: 3): η = [0.6931 0], E T = [3 1.5]
}

// The natural parameter is log λ.
func ExamplePoisson() {
	show(dist.Poisson{Lambda: 5})
	// Output:
	// Poisson: η = [1.609], E T = [5]
}

// The number of failures has mean (1−p)/p.
func ExampleGeometric() {
	show(dist.Geometric{P: 0.25})
	// Output:
	// Geometric: η = [-0.2877], E T = [3]
}

// A known r is part of the family.
func ExampleNegativeBinomial() {
	show(dist.NegativeBinomial{R: 2.5, P: 0.25})
	// Output:
	// NegativeBinomial(R: 2.5): η = [-0.2877], E T = [7.5]
}

// The statistics are x and x².
func ExampleNormal() {
	show(dist.Normal{Mu: 2, Sigma: 0.5})
	// Output:
	// Normal: η = [8 -2], E T = [2 4.25]
}

// The statistics are log x and its square.
func ExampleLogNormal() {
	show(dist.LogNormal{Mu: 2, Sigma: 0.5})
	// Output:
	// LogNormal: η = [8 -2], E T = [2 4.25]
}

// The natural parameter is less the rate.
func ExampleExponential() {
	show(dist.Exponential{Rate: 4})
	// Output:
	// Exponential: η = [-4], E T = [0.25]
}

// The statistics are log x and x.
func ExampleGamma() {
	show(dist.Gamma{Shape: 2, Rate: 4})
	// Output:
	// Gamma: η = [2 -4], E T = [-0.9635 0.5]
}

// The statistics are −log x and 1/x.
func ExampleInverseGamma() {
	show(dist.InverseGamma{Shape: 2, Scale: 4})
	// Output:
	// InverseGamma: η = [2 -4], E T = [-0.9635 0.5]
}

// The statistics are log x and log(1−x).
func ExampleBeta() {
	show(dist.Beta{Alpha: 2, Beta: 1})
	// Output:
	// Beta: η = [2 1], E T = [-0.5 -1.5]
}

// With a known scale, log(x/s) is exponential.
func ExamplePareto() {
	show(dist.Pareto{Scale: 2, Shape: 4})
	// Output:
	// Pareto(Scale: 2): η = [-4], E T = [0.25]
}

// With a known shape, x^k is exponential.
func ExampleWeibull() {
	show(dist.Weibull{Shape: 2, Scale: 0.5})
	// Output:
	// Weibull(Shape: 2): η = [-4], E T = [0.25]
}

// With a known location, |x − m| is exponential.
func ExampleLaplace() {
	show(dist.Laplace{Location: 1, Scale: 0.5})
	// Output:
	// Laplace(Location: 1): η = [-2], E T = [0.5]
}

// The statistics are cos x and sin x.
func ExampleVonMises() {
	show(dist.VonMises{Mu: 0, Kappa: 2})
	// Output:
	// VonMises: η = [2 0], E T = [0.6978 0]
}

// The statistics are the logarithms of the probabilities.
func ExampleDirichlet() {
	show(dist.Dirichlet{Alpha: []float64{1, 2, 3}})
	// Output:
	// Dirichlet(K: 3): η = [1 2 3], E T = [-2.283 -1.283 -0.7833]
}

// Log-odds against the last class.
func ExampleCategorical() {
	d, err := dist.NewCategorical([]float64{0.5, 0.25, 0.25})
	if err != nil {
		panic(err)
	}
	show(d)
	// Output:
	// Categorical(K: 3): η = [0.6931 0], E T = [0.5 0.25]
}

// The statistics are x and the lower triangle of x xᵀ.
func ExampleMultivariateNormal() {
	d, err := dist.NewMultivariateNormal([]float64{1, 1}, mat.NewSymDense(2, []float64{2, 1, 1, 2}))
	if err != nil {
		panic(err)
	}
	show(d)
	// Output:
	// MultivariateNormal(D: 2): η = [0.3333 0.3333 -0.3333 0.3333 -0.3333], E T = [1 1 3 2 3]
}

// The statistics are the lower triangle of X and log det X. With the identity for a
// scale and ν = 4, E X is four times the identity.
func ExampleWishart() {
	f := expfam.Wishart{D: 2}
	eta := []float64{-0.5, 0, -0.5, 0.5}
	fmt.Printf("%v: E T = %.4g\n", f, f.MeanTo(nil, eta))
	// Output:
	// Wishart(D: 2): E T = [4 0 4 1.846]
}
