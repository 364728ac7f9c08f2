package conjugate_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/conjugate"
)

// refused says whether draws are not those of a distribution, by the greatest distance
// of the distribution functions. By the inequality of Dvoretzky, Kiefer and Wolfowitz
// with Massart's constant (1990), draws that are are refused once in a million times.
func refused(draws []float64, d dist.CDFer) bool {
	slices.Sort(draws)
	n, most := float64(len(draws)), 0.0
	for i, x := range draws {
		p := d.CDF(x)
		most = max(most, p-float64(i)/n, float64(i+1)/n-p)
	}
	return !(most < math.Sqrt(math.Log(2e6)/2/n))
}

// TestDraw compares drawn parameters with their marginal distributions, and refuses
// those of another belief.
func TestDraw(t *testing.T) {
	const n = 20000
	bernoulli := conjugate.BetaBernoulli{Alpha: 2, Beta: 3}
	binomial := conjugate.BetaBinomial{N: 7, Alpha: 0.5, Beta: 3}
	classes := conjugate.DirichletCategorical{Alpha: []float64{1, 2, 3}}
	outcomes := conjugate.DirichletMultinomial{N: 7, Alpha: []float64{1, 2, 3}}
	poisson := conjugate.GammaPoisson{Shape: 2, Rate: 3}
	waiting := conjugate.GammaExponential{Shape: 0.5, Rate: 3}
	normal := conjugate.NormalNormal{Mu: 1, Tau: 2, Sigma: 3}
	gamma := conjugate.NormalInverseGamma{Mu: 1, Kappa: 2, Alpha: 1.5, Beta: 2}
	wishart := conjugate.NormalInverseWishart{Mu: []float64{1, -1}, Kappa: 2, Nu: 4, Psi: mat.NewSymDense(2, []float64{2, 1, 1, 3})}
	// One component of an inverse Wishart matrix of D rows is inverse gamma with shape
	// (ν−D+1)/2 and scale Ψ_ii/2 (Gelman et al. 2013, appendix A).
	part := conjugate.NormalInverseGamma{Mu: -1, Kappa: 2, Alpha: 1.5, Beta: 1.5}
	beta := func(a, b float64) dist.Beta { return dist.Beta{Alpha: a, Beta: b} }
	for name, c := range map[string]struct {
		draw         func(r *rand.Rand) float64
		right, wrong dist.CDFer
	}{
		"bernoulli":   {func(r *rand.Rand) float64 { return bernoulli.Draw(r).P }, bernoulli.Parameter(), beta(2.2, 3)},
		"binomial":    {func(r *rand.Rand) float64 { return binomial.Draw(r).P }, binomial.Parameter(), beta(0.55, 3)},
		"categorical": {func(r *rand.Rand) float64 { return must(classes.Draw(r)).Params()[1] }, beta(2, 4), beta(2.2, 4)},
		"multinomial": {func(r *rand.Rand) float64 { return outcomes.Draw(r).P[2] }, beta(3, 3), beta(3, 3.3)},
		"poisson":     {func(r *rand.Rand) float64 { return poisson.Draw(r).Lambda }, poisson.Parameter(), dist.Gamma{Shape: 2, Rate: 3.3}},
		"exponential": {func(r *rand.Rand) float64 { return waiting.Draw(r).Rate }, waiting.Parameter(), dist.Gamma{Shape: 0.55, Rate: 3}},
		"normal":      {func(r *rand.Rand) float64 { return normal.Draw(r).Mu }, normal.Parameter(), dist.Normal{Mu: 1.2, Sigma: 2}},
		"mean":        {func(r *rand.Rand) float64 { return gamma.Draw(r).Mu }, gamma.Mean(), gamma.Predictive()},
		"variance":    {func(r *rand.Rand) float64 { return gamma.Draw(r).Variance() }, gamma.Variance(), dist.InverseGamma{Shape: 1.7, Scale: 2}},
		"a mean":      {func(r *rand.Rand) float64 { return must(wishart.Draw(r)).MeanTo(nil)[1] }, part.Mean(), part.Predictive()},
		"a variance": {func(r *rand.Rand) float64 { return must(wishart.Draw(r)).VarianceTo(nil)[1] }, part.Variance(),
			dist.InverseGamma{Shape: 2, Scale: 1.5}},
	} {
		r := rand.New(rand.NewPCG(6, uint64(len(name))))
		draws := make([]float64, n)
		for i := range draws {
			draws[i] = c.draw(r)
		}
		if refused(draws, c.right) {
			t.Errorf("%s: drawn parameters are not those of the belief", name)
		}
		if !refused(draws, c.wrong) {
			t.Errorf("%s: the test lets another belief pass", name)
		}
	}
}

// TestMarginals compares the marginals and predictive of vectors of length one with
// those of numbers: ν = 2α and Ψ = 2β.
func TestMarginals(t *testing.T) {
	one := conjugate.NormalInverseGamma{Mu: 1, Kappa: 2, Alpha: 1.5, Beta: 2}
	vector := conjugate.NormalInverseWishart{Mu: []float64{1}, Kappa: 2, Nu: 3, Psi: mat.NewSymDense(1, []float64{4})}
	mean, predictive, covariance := must(vector.Mean()), must(vector.Predictive()), must(vector.Covariance())
	for _, x := range []float64{-3, 0.1, 1, 2, 7} {
		v := []float64{x}
		if a, b := mean.LogProb(v), one.Mean().LogProb(x); !near(a, b) {
			t.Errorf("mean %v: %v in one dimension, %v for numbers", x, a, b)
		}
		if a, b := predictive.LogProb(v), one.Predictive().LogProb(x); !near(a, b) {
			t.Errorf("predictive %v: %v in one dimension, %v for numbers", x, a, b)
		}
		if x > 0 {
			if a, b := covariance.LogProb(v), one.Variance().LogProb(x); !near(a, b) {
				t.Errorf("variance %v: %v in one dimension, %v for numbers", x, a, b)
			}
		}
	}
	if l := one.LogProb(0, -1); !math.IsInf(l, -1) {
		t.Errorf("a negative variance has log density %v", l)
	}
	if l := one.LogProb(0, math.NaN()); !math.IsNaN(l) {
		t.Errorf("a variance that is NaN has log density %v", l)
	}
}
