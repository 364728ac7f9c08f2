package conjugate_test

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/conjugate"
	"github.com/belief-go/belief/dist/expfam"
)

// A view is what the tests ask of any belief.
type view struct {
	family   expfam.Family
	hyper    []float64 // all hyperparameters
	update   func(x, w []float64) (view, error)
	from     func(s *expfam.Statistics) (view, error)
	marginal func(x, w []float64) (float64, error)
	predict  func(x []float64) float64 // log density of the next value
	prior    func(theta any) float64   // log density of the parameters
	draw     func(r *rand.Rand) any    // parameters as a distribution of data
}

// must returns d, which has to be valid.
func must[D any](d D, err error) D {
	if err != nil {
		panic(err)
	}
	return d
}

// then views the result of an update.
func then[B any](b B, err error, see func(B) view) (view, error) {
	if err != nil {
		return view{}, err
	}
	return see(b), nil
}

func seeBernoulli(b conjugate.BetaBernoulli) view {
	return view{
		family: expfam.Bernoulli{}, hyper: []float64{b.Alpha, b.Beta}, marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seeBernoulli)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seeBernoulli)
		},
		predict: func(x []float64) float64 { return b.Predictive().LogProb(x[0]) },
		prior:   func(d any) float64 { return b.Parameter().LogProb(d.(dist.Bernoulli).P) },
		draw:    func(r *rand.Rand) any { return b.Draw(r) },
	}
}

func seeBinomial(b conjugate.BetaBinomial) view {
	return view{
		family: expfam.Binomial{N: b.N}, hyper: []float64{b.N, b.Alpha, b.Beta}, marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seeBinomial)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seeBinomial)
		},
		predict: func(x []float64) float64 { return b.Predictive().LogProb(x[0]) },
		prior:   func(d any) float64 { return b.Parameter().LogProb(d.(dist.Binomial).P) },
		draw:    func(r *rand.Rand) any { return b.Draw(r) },
	}
}

func seeCategorical(b conjugate.DirichletCategorical) view {
	return view{
		family: expfam.Categorical{K: len(b.Alpha)}, hyper: b.Alpha, marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seeCategorical)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seeCategorical)
		},
		predict: func(x []float64) float64 { return must(b.Predictive()).LogProb(x[0]) },
		prior:   func(d any) float64 { return b.Parameter().LogProb(d.(dist.Categorical).Params()) },
		draw:    func(r *rand.Rand) any { return must(b.Draw(r)) },
	}
}

func seeMultinomial(b conjugate.DirichletMultinomial) view {
	return view{
		family: expfam.Multinomial{N: b.N, K: len(b.Alpha)}, hyper: append([]float64{b.N}, b.Alpha...), marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seeMultinomial)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seeMultinomial)
		},
		predict: func(x []float64) float64 { return b.Predictive().LogProb(x) },
		prior:   func(d any) float64 { return b.Parameter().LogProb(d.(dist.Multinomial).P) },
		draw:    func(r *rand.Rand) any { return b.Draw(r) },
	}
}

func seePoisson(b conjugate.GammaPoisson) view {
	return view{
		family: expfam.Poisson{}, hyper: []float64{b.Shape, b.Rate}, marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seePoisson)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seePoisson)
		},
		predict: func(x []float64) float64 { return b.Predictive().LogProb(x[0]) },
		prior:   func(d any) float64 { return b.Parameter().LogProb(d.(dist.Poisson).Lambda) },
		draw:    func(r *rand.Rand) any { return b.Draw(r) },
	}
}

func seeExponential(b conjugate.GammaExponential) view {
	return view{
		family: expfam.Exponential{}, hyper: []float64{b.Shape, b.Rate}, marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seeExponential)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seeExponential)
		},
		predict: func(x []float64) float64 { return b.Predictive().LogProb(x[0]) },
		prior:   func(d any) float64 { return b.Parameter().LogProb(d.(dist.Exponential).Rate) },
		draw:    func(r *rand.Rand) any { return b.Draw(r) },
	}
}

func seeNormal(b conjugate.NormalNormal) view {
	return view{
		family: expfam.Normal{}, hyper: []float64{b.Mu, b.Tau, b.Sigma}, marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seeNormal)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seeNormal)
		},
		predict: func(x []float64) float64 { return b.Predictive().LogProb(x[0]) },
		prior:   func(d any) float64 { return b.Parameter().LogProb(d.(dist.Normal).Mu) },
		draw:    func(r *rand.Rand) any { return b.Draw(r) },
	}
}

func seeInverseGamma(b conjugate.NormalInverseGamma) view {
	return view{
		family: expfam.Normal{}, hyper: []float64{b.Mu, b.Kappa, b.Alpha, b.Beta}, marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seeInverseGamma)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seeInverseGamma)
		},
		predict: func(x []float64) float64 { return b.Predictive().LogProb(x[0]) },
		prior: func(d any) float64 {
			n := d.(dist.Normal)
			return b.LogProb(n.Mu, n.Variance())
		},
		draw: func(r *rand.Rand) any { return b.Draw(r) },
	}
}

func seeWishart(b conjugate.NormalInverseWishart) view {
	hyper := append([]float64{b.Kappa, b.Nu}, b.Mu...)
	for i := range b.Mu {
		for j := range i + 1 {
			hyper = append(hyper, b.Psi.At(i, j))
		}
	}
	return view{
		family: expfam.MultivariateNormal{D: len(b.Mu)}, hyper: hyper, marginal: b.LogMarginal,
		update: func(x, w []float64) (view, error) {
			n, err := b.Update(x, w)
			return then(n, err, seeWishart)
		},
		from: func(s *expfam.Statistics) (view, error) {
			n, err := b.UpdateStatistics(s)
			return then(n, err, seeWishart)
		},
		predict: func(x []float64) float64 { return must(b.Predictive()).LogProb(x) },
		prior: func(d any) float64 {
			n := d.(*dist.MultivariateNormal)
			return must(b.LogProb(n.MeanTo(nil), n.CovarianceTo(nil)))
		},
		draw: func(r *rand.Rand) any { return must(b.Draw(r)) },
	}
}

// spread draws a positive number over some orders of magnitude.
func spread(r *rand.Rand) float64 { return math.Exp(r.NormFloat64()) + 0.3 }

// beliefs draws a belief of each kind.
var beliefs = map[string]func(r *rand.Rand) view{
	"BetaBernoulli": func(r *rand.Rand) view {
		return seeBernoulli(conjugate.BetaBernoulli{Alpha: spread(r), Beta: spread(r)})
	},
	"BetaBinomial": func(r *rand.Rand) view {
		return seeBinomial(conjugate.BetaBinomial{N: 7, Alpha: spread(r), Beta: spread(r)})
	},
	"DirichletCategorical": func(r *rand.Rand) view {
		return seeCategorical(conjugate.DirichletCategorical{Alpha: []float64{spread(r), spread(r), spread(r)}})
	},
	"DirichletMultinomial": func(r *rand.Rand) view {
		return seeMultinomial(conjugate.DirichletMultinomial{N: 5, Alpha: []float64{spread(r), spread(r), spread(r)}})
	},
	"GammaPoisson": func(r *rand.Rand) view { return seePoisson(conjugate.GammaPoisson{Shape: spread(r), Rate: spread(r)}) },
	"GammaExponential": func(r *rand.Rand) view {
		return seeExponential(conjugate.GammaExponential{Shape: spread(r), Rate: spread(r)})
	},
	"NormalNormal": func(r *rand.Rand) view {
		return seeNormal(conjugate.NormalNormal{Mu: r.NormFloat64(), Tau: spread(r), Sigma: spread(r)})
	},
	"NormalInverseGamma": func(r *rand.Rand) view {
		return seeInverseGamma(conjugate.NormalInverseGamma{Mu: r.NormFloat64(), Kappa: spread(r), Alpha: spread(r), Beta: spread(r)})
	},
	"NormalInverseWishart": func(r *rand.Rand) view {
		a, c := spread(r), r.NormFloat64()
		psi := mat.NewSymDense(2, []float64{a, c, c, c*c/a + spread(r)})
		return seeWishart(conjugate.NormalInverseWishart{Mu: []float64{r.NormFloat64(), 1}, Kappa: spread(r), Nu: 3 + spread(r), Psi: psi})
	},
}

// data draws n values under parameters drawn from the belief.
func (v view) data(n int, r *rand.Rand) []float64 {
	d, x := v.draw(r), []float64(nil)
	for range n {
		if one, ok := d.(dist.Rander); ok {
			x = append(x, one.Rand(r))
		} else {
			x = append(x, d.(dist.VectorRander).RandTo(nil, r)...)
		}
	}
	return x
}

// logProb evaluates a distribution of numbers or of vectors.
func logProb(d any, x []float64) float64 {
	if v, ok := d.(dist.VectorLogProber); ok {
		return v.LogProb(x)
	}
	return d.(dist.LogProber).LogProb(x[0])
}
