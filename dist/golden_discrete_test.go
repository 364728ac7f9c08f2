package dist_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/belief-go/belief/dist"
)

// A discreteGolden is one distribution of testdata/discrete.json, whose numbers
// testdata/discrete.py sums at 50 digits.
type discreteGolden struct {
	Dist                    string
	Params                  []float64
	Mean, Variance, Entropy float64
	Points                  []struct {
		X, LogProb, CDF, Survival float64
		LogCDF                    *float64
	}
	Quantiles []struct{ P, X float64 }
}

// discreteByName makes distributions from their names and parameters.
var discreteByName = map[string]func(p []float64) (dist.Univariate, error){
	"bernoulli":        func(p []float64) (dist.Univariate, error) { return dist.NewBernoulli(p[0]) },
	"binomial":         func(p []float64) (dist.Univariate, error) { return dist.NewBinomial(p[0], p[1]) },
	"geometric":        func(p []float64) (dist.Univariate, error) { return dist.NewGeometric(p[0]) },
	"negativebinomial": func(p []float64) (dist.Univariate, error) { return dist.NewNegativeBinomial(p[0], p[1]) },
	"poisson":          func(p []float64) (dist.Univariate, error) { return dist.NewPoisson(p[0]) },
	"hypergeometric":   func(p []float64) (dist.Univariate, error) { return dist.NewHypergeometric(p[0], p[1], p[2]) },
	"discreteuniform":  func(p []float64) (dist.Univariate, error) { return dist.NewDiscreteUniform(p[0], p[1]) },
	"betabinomial":     func(p []float64) (dist.Univariate, error) { return dist.NewBetaBinomial(p[0], p[1], p[2]) },
	"categorical":      func(p []float64) (dist.Univariate, error) { return dist.NewCategorical(p) },
}

// discreteTolerance is 1e-10 relative, for all of them.
const discreteTolerance = 1e-10

func TestDiscreteGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/discrete.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []discreteGolden
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, c := range cases {
		d, err := discreteByName[c.Dist](c.Params)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, x, got, want float64) {
			count[c.Dist+" "+strings.Fields(what)[0]]++
			if got != want && !(math.Abs(got-want) <= discreteTolerance*math.Abs(want)) && !(math.Abs(want) < 1e-300 && math.Abs(got) < 1e-300) {
				t.Errorf("%v: %s at %v is %v, want %v, off by %.2g", d, what, x, got, want, math.Abs(got-want)/math.Abs(want))
			}
		}
		check("mean", 0, d.Mean(), c.Mean)
		check("variance", 0, d.Variance(), c.Variance)
		check("entropy", 0, d.Entropy(), c.Entropy)
		for _, p := range c.Points {
			check("LogProb", p.X, d.LogProb(p.X), p.LogProb)
			check("CDF", p.X, d.CDF(p.X), p.CDF)
			check("Survival", p.X, d.Survival(p.X), p.Survival)
			if p.LogCDF != nil {
				check("LogCDF", p.X, d.LogCDF(p.X), *p.LogCDF)
			}
		}
		for _, q := range c.Quantiles {
			check("Quantile", q.P, d.Quantile(q.P), q.X)
		}
	}
	for name := range discreteByName {
		for _, what := range []string{"mean", "variance", "entropy", "LogProb", "CDF", "Survival", "LogCDF", "Quantile"} {
			if count[name+" "+what] < 20 {
				t.Errorf("%s has %d reference values of %s, want 20", name, count[name+" "+what], what)
			}
		}
	}
}
