package dist_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// The body heights of a population, and who is tall.
func ExampleNormal() {
	d, err := dist.NewNormal(171, 7)
	if err != nil {
		panic(err)
	}
	fmt.Println(d, d.Mean(), d.Variance())
	fmt.Printf("above 190: %.4f, nine in ten below %.1f\n", d.Survival(190), d.Quantile(0.9))
	// Output:
	// Normal(Mu: 171, Sigma: 7) 171 49
	// above 190: 0.0033, nine in ten below 180.0
}

// Whatever the distribution, one asks the same of it.
func ExampleUnivariate() {
	for _, d := range []dist.Univariate{dist.Exponential{Rate: 0.5}, dist.Poisson{Lambda: 2}, dist.Logistic{Location: 2, Scale: 1}} {
		fmt.Printf("%v: mean %.2f, median %.2f, P(X > 4) = %.3f\n", d, d.Mean(), d.Quantile(0.5), d.Survival(4))
	}
	// Output:
	// Exponential(Rate: 0.5): mean 2.00, median 1.39, P(X > 4) = 0.135
	// Poisson(Lambda: 2): mean 2.00, median 2.00, P(X > 4) = 0.053
	// Logistic(Location: 2, Scale: 1): mean 2.00, median 2.00, P(X > 4) = 0.119
}

// ramp is a distribution of one's own with the density 2x on (0, 1). Functions that
// ask for no more than a density take it.
type ramp struct{}

func (ramp) LogProb(x float64) float64 {
	if x < 0 || x > 1 {
		return math.Inf(-1)
	}
	return math.Log(2 * x)
}

// The likelihood of observations under a density of one's own, and a known one.
func ExampleLogProber() {
	for _, d := range []dist.LogProber{ramp{}, dist.Uniform{Lower: 0, Upper: 1}} {
		sum := 0.0
		for _, x := range []float64{0.9, 0.6, 0.8} {
			sum += d.LogProb(x)
		}
		fmt.Printf("%.4f\n", sum)
	}
	// Output:
	// 1.2401
	// 0.0000
}

// A mean by simulation, and what it should be.
func ExampleRander() {
	var d dist.Rander = dist.Gamma{Shape: 2, Rate: 4}
	r := rand.New(rand.NewPCG(1, 2))
	sum := 0.0
	for range 100000 {
		sum += d.Rand(r)
	}
	fmt.Printf("%.2f\n", sum/100000)
	// Output:
	// 0.50
}

// Each tail keeps its digits, and the logarithm goes on where the CDF has ended.
func ExampleCDFer() {
	var d dist.CDFer = dist.Normal{Mu: 0, Sigma: 1}
	fmt.Printf("%.3f %.3e %.3e %.3f\n", d.CDF(1.96), d.Survival(10), d.CDF(-40), d.LogCDF(-40))
	// Output:
	// 0.975 7.620e-24 0.000e+00 -804.608
}

// The middle half of a distribution.
func ExampleQuantiler() {
	var d dist.Quantiler = dist.Cauchy{Location: 1, Scale: 2}
	fmt.Printf("%.3f to %.3f\n", d.Quantile(0.25), d.Quantile(0.75))
	// Output:
	// -1.000 to 3.000
}

// A loss with probability 1e-20: one less that is one.
func ExampleUpperQuantiler() {
	var d dist.UpperQuantiler = dist.Normal{Mu: 0, Sigma: 1}
	fmt.Printf("%.4f %v\n", d.UpperQuantile(1e-20), dist.Normal{Mu: 0, Sigma: 1}.Quantile(1-1e-20))
	// Output:
	// 9.2623 +Inf
}

// Moments that diverge are infinite, and those that do not exist NaN.
func ExampleMomenter() {
	for _, d := range []dist.Momenter{dist.Pareto{Scale: 1, Shape: 3}, dist.Pareto{Scale: 1, Shape: 1.5}, dist.Cauchy{Location: 0, Scale: 1}} {
		fmt.Println(d.Mean(), d.Variance())
	}
	// Output:
	// 1.5 0.75
	// 3 +Inf
	// NaN NaN
}

// The entropy of a fair coin in bits.
func ExampleEntropyer() {
	var d dist.Entropyer = dist.Bernoulli{P: 0.5}
	fmt.Printf("%.3f\n", d.Entropy()/math.Ln2)
	// Output:
	// 1.000
}

// Uphill to the mode of a density.
func ExampleGrader() {
	var d dist.Grader = dist.Gumbel{Location: 3, Scale: 1}
	x := 0.0
	for range 200 {
		x += 0.1 * d.GradLogProb(x)
	}
	fmt.Printf("%.4f\n", x)
	// Output:
	// 3.0000
}

// At the maximum of the likelihood, the scores sum to zero.
func ExampleScorer() {
	x := []float64{0.4, 1.9, 2.6, 1.1}
	d, err := dist.FitGamma(x, nil)
	if err != nil {
		panic(err)
	}
	var s dist.Scorer = d
	var sum [2]float64
	for _, v := range x {
		for i, g := range s.ScoreTo(nil, v) {
			sum[i] += g
		}
	}
	fmt.Printf("%.3f %t\n", s.Params(), math.Abs(sum[0])+math.Abs(sum[1]) < 1e-9)
	// Output:
	// [2.520 1.680] true
}

// Many log densities in one call, which does not allocate.
func ExampleBatcher() {
	var d dist.Batcher = dist.Laplace{Location: 0, Scale: 1}
	dst := make([]float64, 3)
	fmt.Printf("%.3f\n", d.LogProbTo(dst, []float64{-1, 0, 2}))
	// Output:
	// [-1.693 -0.693 -2.693]
}

// The numbers that dice can show.
func ExampleSupport() {
	s := dist.DiscreteUniform{Lower: 1, Upper: 6}.Support()
	fmt.Println(s.Lower, s.Upper, s.Contains(3), s.Contains(3.5), s.Contains(7))
	// Output:
	// 1 6 true false false
}

// Constructors say which parameter is wrong, and why.
func ExampleParameterError() {
	_, err := dist.NewGamma(2, -1)
	fmt.Println(err)
	if e, ok := errors.AsType[*dist.ParameterError](err); ok {
		fmt.Println(e.Parameter, e.Value)
	}
	// Output:
	// gamma: Rate is -1 and must be positive and finite
	// Rate -1
}

// Fits say which observation cannot be one.
func ExampleFitError() {
	_, err := dist.FitExponential([]float64{1, 2, -3}, nil)
	fmt.Println(err)
	if e, ok := errors.AsType[*dist.FitError](err); ok {
		fmt.Println(e.Row)
	}
	// Output:
	// exponential: cannot be fitted: observation 2 is -3, outside the support
	// 2
}

// exampleNormal is a normal distribution in the plane.
func exampleNormal() *dist.MultivariateNormal {
	d, err := dist.NewMultivariateNormal([]float64{1, -1}, mat.NewSymDense(2, []float64{2, 1, 1, 3}))
	if err != nil {
		panic(err)
	}
	return d
}

// Mean, spread and entropy of any distribution of vectors.
func ExampleMultivariate() {
	dirichlet, err := dist.NewDirichlet([]float64{1, 3})
	if err != nil {
		panic(err)
	}
	for _, d := range []dist.Multivariate{exampleNormal(), dirichlet} {
		c := d.CovarianceTo(nil)
		fmt.Printf("mean %v, covariance %.4f, entropy %.4f\n", d.MeanTo(nil), c.At(0, 1), d.Entropy())
	}
	// Output:
	// mean [1 -1], covariance 1.0000, entropy 3.6426
	// mean [0.25 0.75], covariance -0.0375, entropy -0.4319
}

// The log density at the mean.
func ExampleVectorLogProber() {
	var d dist.VectorLogProber = exampleNormal()
	fmt.Printf("%d %.4f\n", d.Dim(), d.LogProb([]float64{1, -1}))
	// Output:
	// 2 -2.6426
}

// Draws into one buffer.
func ExampleVectorRander() {
	var d dist.VectorRander = exampleNormal()
	r := rand.New(rand.NewPCG(1, 2))
	x, product := make([]float64, 2), 0.0
	for range 100000 {
		d.RandTo(x, r)
		product += (x[0] - 1) * (x[1] + 1)
	}
	fmt.Printf("covariance about %.1f\n", product/100000)
	// Output:
	// covariance about 1.0
}

// The gradient points to the mean.
func ExampleVectorGrader() {
	var d dist.VectorGrader = exampleNormal()
	fmt.Printf("%.2f\n", d.GradLogProbTo(nil, []float64{0, 0}))
	// Output:
	// [0.80 -0.60]
}

// The parameters are the mean and the lower triangle of the covariance matrix.
func ExampleVectorScorer() {
	var d dist.VectorScorer = exampleNormal()
	fmt.Printf("%v %.2f\n", d.Params(), d.ScoreTo(nil, []float64{0, 0}))
	// Output:
	// [1 -1 2 1 3] [-0.80 0.60 0.02 -0.28 -0.02]
}

// Two values at once, which stand one after the other.
func ExampleVectorBatcher() {
	var d dist.VectorBatcher = exampleNormal()
	fmt.Printf("%.4f\n", d.LogProbTo(nil, []float64{1, -1, 0, 0}))
	// Output:
	// [-2.6426 -3.3426]
}
