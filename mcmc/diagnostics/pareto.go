package diagnostics

import (
	"math"

	"github.com/belief-go/belief/internal/careful"
)

// Pareto is the generalized Pareto distribution of exceedances y ≥ 0,
//
//	p(y) = (1 + K·y/Sigma)^(−1/K − 1) / Sigma,
//
// which tails of almost every distribution approach. Moments of order 1/K and more
// do not exist; K < 0 is a bounded tail, K = 0 an exponential one.
type Pareto struct {
	K     float64 // shape
	Sigma float64 // scale
}

// FitPareto returns the posterior mean of Zhang and Stephens (2009) for exceedances
// in increasing order, with the weakly informative prior of Vehtari et al. (2024,
// appendix C), which counts as ten observations of K = 1/2. K is +Inf where no fit
// exists: fewer than five exceedances, or a quarter of them zero or more. O(n^1.5).
func FitPareto(exceedances []float64) Pareto {
	const (
		prior       = 3   // of theta: 1/prior is its scale in first quartiles
		fewestNodes = 30  // of the quadrature over theta
		weight      = 10  // observations that the prior of K counts as
		shape       = 0.5 // and what they say
	)
	unfit := Pareto{K: math.Inf(1), Sigma: math.NaN()}
	y := exceedances
	n := len(y)
	if n < fewestTail || !(y[0] >= 0) || math.IsInf(y[n-1], 1) {
		return unfit
	}
	quartile := y[int(float64(n)/4+0.5)-1]
	if quartile <= 0 {
		return unfit
	}
	m := fewestNodes + int(math.Sqrt(float64(n)))
	theta, likelihood := make([]float64, m), make([]float64, m)
	for j := range theta {
		theta[j] = 1/y[n-1] + (1-math.Sqrt(float64(m)/(float64(j)+0.5)))/prior/quartile
		k := meanLog1p(-theta[j], y)
		likelihood[j] = float64(n) * (math.Log(-theta[j]/k) - k - 1)
	}
	total := careful.LogSumExp(likelihood)
	hat := 0.0
	for j, t := range theta {
		hat += t * math.Exp(likelihood[j]-total)
	}
	k := meanLog1p(-hat, y)
	p := Pareto{K: (k*float64(n) + shape*weight) / (float64(n) + weight), Sigma: -k / hat}
	if math.IsNaN(p.K) {
		return unfit
	}
	return p
}

// meanLog1p returns the mean of log(1 + a·y).
func meanLog1p(a float64, y []float64) float64 {
	sum := 0.0
	for _, v := range y {
		sum += math.Log1p(a * v)
	}
	return sum / float64(len(y))
}

// Quantile returns Sigma·((1 − p)^(−K) − 1)/K.
func (d Pareto) Quantile(p float64) float64 {
	l := -math.Log1p(-p)
	if d.K == 0 {
		return d.Sigma * l
	}
	return d.Sigma * math.Expm1(d.K*l) / d.K
}
