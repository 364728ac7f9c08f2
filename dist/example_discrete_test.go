package dist_test

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist"
)

// A coin that is not fair, and what its bias is from ten throws.
func ExampleBernoulli() {
	d := dist.Bernoulli{P: 0.2}
	fmt.Printf("%.4f nats\n", d.Entropy())
	fit, err := dist.FitBernoulli([]float64{1, 0, 0, 1, 0, 0, 0, 0, 1, 0}, nil)
	fmt.Println(fit, err)
	// Output:
	// 0.5004 nats
	// Bernoulli(P: 0.3) <nil>
}

// At most one six in ten throws of a die.
func ExampleBinomial() {
	d := dist.Binomial{N: 10, P: 1. / 6}
	fmt.Printf("%.4f\n", d.CDF(1))
	fmt.Println(d.Quantile(0.95))
	// Output:
	// 0.4845
	// 4
}

// Failures before the first success.
func ExampleGeometric() {
	d := dist.Geometric{P: 0.25}
	fmt.Println(d.Mean(), math.Exp(d.LogProb(0)))
	// Output: 3 0.25
}

// Failures before the third success; r need not be whole.
func ExampleNegativeBinomial() {
	d := dist.NegativeBinomial{R: 3, P: 0.5}
	fmt.Printf("%v %.3f\n", d.Mean(), math.Exp(d.LogProb(0)))
	fmt.Printf("%.4f\n", dist.NegativeBinomial{R: 2.5, P: 0.5}.Survival(10))
	// Output:
	// 3 0.125
	// 0.0063
}

// Five cards with at least three aces.
func ExampleHypergeometric() {
	d := dist.Hypergeometric{Population: 52, Successes: 4, Draws: 5}
	fmt.Printf("%.6f\n", d.Survival(2))
	// Output: 0.001755
}

// A tail so far out that it is no float64, but its logarithm is.
func ExamplePoisson() {
	d := dist.Poisson{Lambda: 2000}
	fmt.Printf("%.3g %.3f\n", d.CDF(100), d.LogCDF(100))
	// Output: 0 -1603.598
}

// A die.
func ExampleDiscreteUniform() {
	d := dist.DiscreteUniform{Lower: 1, Upper: 6}
	fmt.Println(d.Mean(), d.CDF(4.5), d.Quantile(0.5))
	// Output: 3.5 0.6666666666666666 3
}

// Trials that share an unknown probability vary more than binomial ones.
func ExampleBetaBinomial() {
	d := dist.BetaBinomial{N: 10, Alpha: 2, Beta: 2}
	fmt.Println(d.Mean(), d.Variance(), dist.Binomial{N: 10, P: 0.5}.Variance())
	// Output: 5 7 2.5
}

// Draws take the same time however many classes there are.
func ExampleCategorical() {
	d, err := dist.NewCategorical([]float64{0.5, 0.25, 0.25})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := rand.New(rand.NewPCG(1, 2))
	var count [3]int
	for range 10_000 {
		count[int(d.Rand(r))]++
	}
	fmt.Println(d, count[0] > 4_800 && count[0] < 5_200)
	fmt.Printf("%.4f\n", d.Entropy())
	// Output:
	// Categorical(P: [0.5 0.25 0.25]) true
	// 1.0397
}
