package information_test

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/information"
	"github.com/belief-go/belief/dist/joint"
)

// What three outcomes can have in entropy (Qiu 2019, appendix E.1): none, 1.5·log 2, and
// log 3 at most.
func ExampleProbabilities() {
	for _, p := range [][]float64{{1, 0, 0}, {1. / 2, 1. / 4, 1. / 4}, {1. / 3, 1. / 3, 1. / 3}} {
		d, err := information.NewProbabilities(p)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.3f: %.4f nats, perplexity %.4f\n", p, d.Entropy(), d.Perplexity())
	}
	// Output:
	// [1.000 0.000 0.000]: 0.0000 nats, perplexity 1.0000
	// [0.500 0.250 0.250]: 1.0397 nats, perplexity 2.8284
	// [0.333 0.333 0.333]: 1.0986 nats, perplexity 3.0000
}

func ExampleKL() {
	p, q := dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 1, Sigma: 2}
	there, _ := information.KL(p, q)
	back, _ := information.KL(q, p)
	fmt.Printf("%.4f there, %.4f back, by %v\n", there.Value, back.Value, there.Method)
	// Output: 0.4431 there, 1.3069 back, by closed form
}

// A value says how it was computed and what it is worth.
func ExampleValue() {
	v, err := information.TotalVariation(dist.Normal{Sigma: 1}, dist.Laplace{Scale: 1})
	fmt.Printf("%.4f, %v by %v, %t, %v\n", v.Value, v.Kind, v.Method, v.Error < 1e-10, err)
	v, _ = information.JensenShannon(dist.Bernoulli{P: 0}, dist.Bernoulli{P: 1})
	fmt.Printf("%.4f bit\n", v.Bits().Value)
	// Output:
	// 0.1175, approximation by quadrature, true, <nil>
	// 1.0000 bit
}

func ExampleMethod() {
	v, _ := information.JensenShannon(dist.Poisson{Lambda: 1}, dist.Poisson{Lambda: 2})
	fmt.Println(v.Method == information.Series, v.Method)
	// Output: true series
}

// What the grass says about the rain.
func ExampleMutualInformation() {
	table, err := joint.New([]joint.Variable{
		joint.NewVariable("rain", "yes", "no"), joint.NewVariable("grass", "wet", "dry"),
	}, []float64{0.18, 0.02, 0.08, 0.72})
	if err != nil {
		fmt.Println(err)
		return
	}
	rain, grass := []string{"rain"}, []string{"grass"}
	h, _ := information.JointEntropy(table, "rain")
	left, _ := information.ConditionalEntropy(table, rain, grass)
	i, _ := information.MutualInformation(table, rain, grass)
	fmt.Printf("%.4f − %.4f = %.4f nats\n", h, left, i)
	// Output: 0.5004 − 0.2524 = 0.2480 nats
}

// Of vectors, formulas first and draws where there is none.
func ExampleMonteCarlo() {
	p, _ := dist.NewMultivariateNormal([]float64{0, 0}, mat.NewSymDense(2, []float64{1, 0.5, 0.5, 2}))
	q, _ := dist.NewMultivariateNormal([]float64{1, 0}, mat.NewSymDense(2, []float64{2, 0, 0, 1}))
	ctx, c := context.Background(), information.MonteCarlo{Samples: 20000, Seed: 1}
	kl, _ := c.KL(ctx, p, q)
	tv, _ := c.TotalVariation(ctx, p, q)
	fmt.Printf("%.4f by %v\n", kl.Value, kl.Method)
	fmt.Printf("%.1f by %v, %t\n", tv.Value, tv.Method, tv.StdErr < 0.01)
	// Output:
	// 0.5668 by closed form
	// 0.4 by Monte Carlo, true
}

// A distribution of one's own needs a density and a sampler.
func ExampleDistribution() {
	var p, q information.Distribution = dist.Dirichlet{Alpha: []float64{1, 1, 1}}, dist.Dirichlet{Alpha: []float64{2, 2, 2}}
	v, err := information.MonteCarlo{}.KL(context.Background(), p, q)
	fmt.Printf("%.4f %v\n", v.Value, err)
	// Output: 0.4057 <nil>
}

// A bell that is to stand for two hills: forwards it must cover both, backwards it may
// sit on one.
func ExampleKL_mixture() {
	hills, err := dist.NewMixture([]dist.Univariate{dist.Normal{Mu: -2, Sigma: 0.6}, dist.Normal{Mu: 2, Sigma: 0.6}}, []float64{0.5, 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, bell := range []dist.Normal{{Mu: 0, Sigma: 2.09}, {Mu: 2, Sigma: 0.6}} {
		forward, _ := information.KL(hills, bell)
		reverse, _ := information.KL(bell, hills)
		fmt.Printf("%v: forward %.3f, reverse %.3f\n", bell, forward.Value, reverse.Value)
	}
	// Output:
	// Normal(Mu: 0, Sigma: 2.09): forward 0.555, reverse 1.275
	// Normal(Mu: 2, Sigma: 0.6): forward 10.419, reverse 0.692
}
