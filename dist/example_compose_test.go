package dist_test

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/belief-go/belief/dist"
)

// Heights of women and men together, and whose a height is likely to be.
func ExampleMixture() {
	d, err := dist.NewMixture([]dist.Univariate{
		dist.Normal{Mu: 165, Sigma: 6},
		dist.Normal{Mu: 178, Sigma: 7},
	}, []float64{0.5, 0.5})
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.1f, variance %.1f, median %.1f, entropy %.3f\n", d.Mean(), d.Variance(), d.Quantile(0.5), d.Entropy())
	fmt.Printf("at 175: %.2f\n", d.ResponsibilitiesTo(nil, 175))
	// Output:
	// mean 171.5, variance 84.8, median 171.0, entropy 3.625
	// at 175: [0.24 0.76]
}

// Temperatures in degrees Fahrenheit, of a distribution given in degrees Celsius.
func ExampleAffine() {
	celsius := dist.Gumbel{Location: 30, Scale: 2} // the hottest day of a year
	d, err := dist.NewAffine(celsius, 32, 1.8)
	if err != nil {
		panic(err)
	}
	fmt.Printf("median %.1f °F, once in a hundred years %.1f °F\n", d.Quantile(0.5), d.UpperQuantile(0.01))
	_, err = dist.NewAffine(dist.Poisson{Lambda: 3}, 0, 0.5)
	fmt.Println(err)
	// Output:
	// median 87.3 °F, once in a hundred years 102.6 °F
	// affine: Scale is 0.5 and must be a whole number between −2^53 and 2^53, as the base is discrete
}

// The bootstrap: how far the mean of a small sample may be off.
func ExampleEmpirical() {
	d, err := dist.NewEmpirical([]float64{3.1, 4.7, 2.2, 5.9, 3.1, 4.0}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("mean %.2f, median %.1f, P(X ≤ 3.1) = %.2f\n", d.Mean(), d.Quantile(0.5), d.CDF(3.1))
	r := rand.New(rand.NewPCG(1, 2))
	means := make([]float64, 2000)
	for i := range means {
		for range 6 {
			means[i] += d.Rand(r) / 6
		}
	}
	b, err := dist.NewEmpirical(means, nil)
	if err != nil {
		panic(err)
	}
	fmt.Printf("nine of ten means between %.1f and %.1f\n", b.Quantile(0.05), b.Quantile(0.95))
	// Output:
	// mean 3.83, median 3.1, P(X ≤ 3.1) = 0.50
	// nine of ten means between 3.0 and 4.7
}

// A distribution that only gonum has, with a stream of random numbers of one's own.
func ExampleFromGonum() {
	d, err := dist.FromGonum(distuv.F{D1: 5, D2: 20})
	if err != nil {
		panic(err)
	}
	fmt.Println(d)
	fmt.Printf("mean %.3f, 95%% quantile %.2f\n", d.Mean(), d.Quantile(0.95))
	a, b := d.Rand(rand.New(rand.NewPCG(1, 2))), d.Rand(rand.New(rand.NewPCG(1, 2)))
	fmt.Println("the same draw:", a == b)
	// Output:
	// distuv.F(D1: 5, D2: 20)
	// mean 1.111, 95% quantile 2.71
	// the same draw: true
}

// A function written for gonum's interfaces takes a distribution of this package.
func ExampleGonum() {
	expectation := func(d distuv.Rander, f func(x float64) float64) (mean float64) {
		for range 10000 {
			mean += f(d.Rand()) / 10000
		}
		return mean
	}
	d := dist.ToGonum(dist.VonMises{Mu: 1, Kappa: 4}, rand.NewPCG(1, 2))
	fmt.Printf("mean angle %.2f, median %.2f\n", expectation(d, func(x float64) float64 { return x }), d.Quantile(0.5))
	// Output:
	// mean angle 1.00, median 1.00
}
