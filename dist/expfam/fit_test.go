package expfam_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// fits are the distributions' own estimates, which were written without these
// families.
var fits = map[string]func(x, w []float64) (any, error){
	"Bernoulli":   func(x, w []float64) (any, error) { return dist.FitBernoulli(x, w) },
	"Binomial":    func(x, w []float64) (any, error) { return dist.FitBinomial(30, x, w) },
	"Categorical": func(x, w []float64) (any, error) { return dist.FitCategorical(5, x, w) },
	"Multinomial": func(x, w []float64) (any, error) { return dist.FitMultinomial(4, x, w) },
	"Poisson":     func(x, w []float64) (any, error) { return dist.FitPoisson(x, w) },
	"Geometric":   func(x, w []float64) (any, error) { return dist.FitGeometric(x, w) },
	"Normal":      func(x, w []float64) (any, error) { return dist.FitNormal(x, w) },
	"LogNormal":   func(x, w []float64) (any, error) { return dist.FitLogNormal(x, w) },
	"Exponential": func(x, w []float64) (any, error) { return dist.FitExponential(x, w) },
	"Gamma":       func(x, w []float64) (any, error) { return dist.FitGamma(x, w) },
	"InverseGamma": func(x, w []float64) (any, error) {
		return dist.FitInverseGamma(x, w)
	},
	"Beta":               func(x, w []float64) (any, error) { return dist.FitBeta(x, w) },
	"VonMises":           func(x, w []float64) (any, error) { return dist.FitVonMises(x, w) },
	"Dirichlet":          func(x, w []float64) (any, error) { return dist.FitDirichlet(3, x, w) },
	"MultivariateNormal": func(x, w []float64) (any, error) { return dist.FitMultivariateNormal(3, x, w) },
	"Wishart":            func(x, w []float64) (any, error) { return dist.FitWishart(2, 0, x, w) },
}

// TestAgainstFit compares the estimates from statistics with the distributions' own,
// by the log probability of the data's first value.
func TestAgainstFit(t *testing.T) {
	tested := 0
	for _, m := range members {
		name, _, _ := strings.Cut(m.family, "(")
		fit, ok := fits[name]
		if !ok {
			continue
		}
		r := rand.New(rand.NewPCG(14, uint64(len(m.family))))
		for range 5 {
			d := m.make(r)
			f, _, err := expfam.Of(d)
			if err != nil {
				t.Fatal(err)
			}
			var x, w []float64
			for range 200 {
				x, w = append(x, draw(d, r)...), append(w, r.ExpFloat64())
			}
			s := statistics(t, f)
			if err := s.AddBatch(x, w); err != nil {
				t.Fatalf("%v: %v", d, err)
			}
			own, err := fit(x, w)
			if err != nil {
				t.Logf("%v has no fit of its own: %v", d, err)
				continue
			}
			eta, err := s.Fit()
			if err != nil {
				t.Logf("%v has no fit: %v", d, err)
				continue
			}
			back, err := m.back(f, eta)
			if err != nil {
				t.Fatal(err)
			}
			tested++
			if got, want := logProb(back, x[:f.Size()]), logProb(own, x[:f.Size()]); math.Abs(got-want) > 1e-8*(1+math.Abs(want)) {
				t.Errorf("%v: the fit is %v, that of dist is %v", d, back, own)
			}
		}
	}
	if tested < 75 {
		t.Errorf("only %d fits compared", tested)
	}
}
