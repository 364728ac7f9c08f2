package diagnostics_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/mcmc/diagnostics"
)

// logLikelihoods returns log likelihoods of ten observations, the last one an
// outlier, under Student distributions with the given degrees of freedom and draws of
// their location.
func logLikelihoods(freedom float64) [][][]float64 {
	r := rand.New(rand.NewPCG(3, 4))
	y := []float64{-1.2, 0.4, 0.1, 1.1, -0.5, 0.9, -0.2, 0.3, -0.8, 8}
	logLik := make([][][]float64, len(y))
	for i := range logLik {
		logLik[i] = make([][]float64, 4)
	}
	a, _ := math.Lgamma((freedom + 1) / 2)
	b, _ := math.Lgamma(freedom / 2)
	norm := a - b - 0.5*math.Log(math.Pi*freedom)
	for chain := range 4 {
		for range 1000 {
			mu := 0.1 + 0.4*r.NormFloat64()
			for i, v := range y {
				l := norm - (freedom+1)/2*math.Log1p((v-mu)*(v-mu)/freedom)
				logLik[i][chain] = append(logLik[i][chain], l)
			}
		}
	}
	return logLik
}

func predict(freedom float64) *diagnostics.Predictive {
	p, err := diagnostics.LOO(context.Background(), logLikelihoods(freedom), diagnostics.LOOConfig{})
	if err != nil {
		fmt.Println(err)
	}
	return p
}

func ExamplePredictive() {
	fmt.Print(predict(30))
	// Output:
	// LOO of 10 observations, 4000 draws
	// elpd         -31 ± 18
	// p            2.0 ± 1.0
	// ic            62 ± 35
}

func ExamplePredictivePoint() {
	for _, p := range predict(30).Points[8:] {
		fmt.Printf("elpd %.2f ± %.2f, k = %.2f\n", p.ELPD, p.MCSE, p.K)
	}
	// Output:
	// elpd -1.50 ± 0.01, k = 0.22
	// elpd -18.89 ± 0.02, k = 0.06
}

// Draws known to be independent.
func ExampleLOOConfig() {
	c := diagnostics.LOOConfig{RelativeEfficiency: 1}
	p, err := diagnostics.LOO(context.Background(), logLikelihoods(4), c)
	fmt.Println(p.ELPD, err)
	// Output:
	// -20.5133 ± 6.7 <nil>
}

func ExampleLogLikelihoodError() {
	logLik := logLikelihoods(4)
	logLik[2][1][10] = math.Inf(-1)
	_, err := diagnostics.WAIC(context.Background(), logLik)
	var e *diagnostics.LogLikelihoodError
	fmt.Println(errors.As(err, &e), e)
	// Output:
	// true diagnostics: the log likelihood of observation 3 is -Inf in draw 11 of chain 2; it must be finite
}

func ExampleModel() {
	normal := diagnostics.Model{Name: "nearly normal", Predictive: predict(30)}
	heavy := diagnostics.Model{Name: "heavy tails", Predictive: predict(2)}
	c, err := diagnostics.Compare(normal, heavy)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println("the better one has", c.Rows[0].Name)
	// Output:
	// the better one has heavy tails
}

func ExampleComparison() {
	c, err := diagnostics.Compare(
		diagnostics.Model{Name: "30 degrees", Predictive: predict(30)},
		diagnostics.Model{Name: "4 degrees", Predictive: predict(4)},
		diagnostics.Model{Name: "2 degrees", Predictive: predict(2)},
	)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Print(c)
	// Output:
	// elpd_diff  se_diff   elpd   se     p
	// 2 degrees           0        0  -19.5  4.9  0.75
	// 4 degrees        -1.0      1.9  -20.5  6.7  0.80
	// 30 degrees        -11       13    -31   18   2.0
	// warning: 4 degrees: less than 4 behind 2 degrees: as good, for all that is known here
	// warning: with 10 observations, fewer than 100, errors of differences are likely too small
}

func ExampleComparisonRow() {
	c, err := diagnostics.Compare(
		diagnostics.Model{Name: "30 degrees", Predictive: predict(30)},
		diagnostics.Model{Name: "4 degrees", Predictive: predict(4)},
	)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(c.Rows[1].Name, c.Rows[1].Difference)
	// Output:
	// 30 degrees -10.296 ± 11
}
