package expfam_test

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// TestChiSquared finds the gamma distribution that a χ² distribution is.
func TestChiSquared(t *testing.T) {
	d := dist.ChiSquared{Nu: 3}
	f, eta, err := expfam.Of(d)
	if err != nil || f != (expfam.Gamma{}) {
		t.Fatalf("χ² is of family %v, %v", f, err)
	}
	if got, want := expfam.LogProb(f, eta, []float64{2}), d.LogProb(2); math.Abs(got-want) > 1e-14 {
		t.Errorf("log p is %v, want %v", got, want)
	}
}

// TestOfErrors looks at what is no member.
func TestOfErrors(t *testing.T) {
	var unknown *belief.UnknownNameError
	for _, d := range []any{dist.Cauchy{Location: 0, Scale: 1}, dist.Uniform{Lower: 0, Upper: 1}, 3, nil} {
		if _, _, err := expfam.Of(d); !errors.As(err, &unknown) {
			t.Errorf("Of(%v) gives %v", d, err)
		}
	}
	var param *dist.ParameterError
	for _, d := range []any{
		dist.Bernoulli{P: 0}, dist.Bernoulli{P: 1}, dist.Bernoulli{P: math.NaN()}, dist.Binomial{N: 0, P: 0.5},
		dist.Binomial{N: 3, P: 1}, dist.Poisson{Lambda: 0}, dist.Geometric{P: 1}, dist.NegativeBinomial{R: 0, P: 0.5},
		dist.Normal{Mu: 0, Sigma: 0}, dist.Normal{Mu: 1, Sigma: 1e-200}, dist.LogNormal{Mu: math.Inf(1), Sigma: 1},
		dist.Exponential{Rate: -1}, dist.Pareto{Scale: 0, Shape: 1}, dist.Weibull{Shape: -1, Scale: 1}, dist.Categorical{},
		dist.Laplace{Location: math.NaN(), Scale: 1}, must(dist.NewCategorical([]float64{0.5, 0, 0.5})),
		must(dist.NewCategorical([]float64{1})),
	} {
		if f, eta, err := expfam.Of(d); !errors.As(err, &param) {
			t.Errorf("Of(%v) gives %v, %v, %v", d, f, eta, err)
		}
	}
	if _, err := (expfam.Binomial{N: 3}).Natural(dist.Binomial{N: 4, P: 0.5}); !errors.As(err, &param) || param.Parameter != "N" {
		t.Errorf("another number of trials gives %v", err)
	}
	if _, err := (expfam.Categorical{K: 3}).Natural(must(dist.NewCategorical([]float64{0.5, 0.5})).(dist.Categorical)); err == nil {
		t.Errorf("another number of classes is let in")
	}
}
