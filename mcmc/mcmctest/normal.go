package mcmctest

import (
	"fmt"

	"github.com/belief-go/belief/mcmc"
)

var normalMean, normalSD = [3]float64{1, -0.5, 0.2}, [3]float64{1, 0.5, 2}

// normalRho is the correlation of the first two coordinates; the third stands
// alone.
const normalRho = 0.8

// Normal is the target that a [Case] has unless it says otherwise.
func Normal() mcmc.GradTarget {
	return mcmc.GradFunc(3, func(x, grad []float64) float64 {
		z, a, b := standard(x)
		grad[0], grad[1], grad[2] = -a/normalSD[0], -b/normalSD[1], -z[2]/normalSD[2]
		return -(z[0]*a + z[1]*b + z[2]*z[2]) / 2
	})
}

// standard returns x in standard deviations from the mean, and what the inverse of
// the correlations makes of the first two.
func standard(x []float64) (z [3]float64, a, b float64) {
	for i := range z {
		z[i] = (x[i] - normalMean[i]) / normalSD[i]
	}
	const d = 1 - normalRho*normalRho
	return z, (z[0] - normalRho*z[1]) / d, (z[1] - normalRho*z[0]) / d
}

// normalExpectations are what [Normal] is known by beside means and deviations:
// the shape of each coordinate, how two of them go together, and that nothing but
// the density tells where draws lie: minus twice its logarithm has a χ²
// distribution with three degrees of freedom.
func normalExpectations() []Expectation {
	var out []Expectation
	share := func(of string, f func(x []float64) float64, below, p float64) {
		out = append(out, Expectation{fmt.Sprintf("share of %s below its %v quantile", of, p), func(x []float64) float64 {
			if f(x) < below {
				return 1
			}
			return 0
		}, p})
	}
	distance := func(x []float64) float64 {
		z, a, b := standard(x)
		return z[0]*a + z[1]*b + z[2]*z[2]
	}
	for _, q := range []struct{ p, normal, chi2 float64 }{
		{0.1, -1.2815515655446004, 0.5843743741551832},
		{0.5, 0, 2.3659738843753377},
		{0.9, 1.2815515655446004, 6.2513886311703235},
	} {
		for i := range normalMean {
			share(fmt.Sprintf("x[%d]", i+1), func(x []float64) float64 { return x[i] }, normalMean[i]+normalSD[i]*q.normal, q.p)
		}
		share("the squared distance", distance, q.chi2, q.p)
	}
	for _, c := range []struct {
		i, j int
		rho  float64
	}{{0, 1, normalRho}, {0, 2, 0}, {1, 2, 0}} {
		out = append(out, Expectation{fmt.Sprintf("correlation of x[%d] and x[%d]", c.i+1, c.j+1), func(x []float64) float64 {
			z, _, _ := standard(x)
			return z[c.i] * z[c.j]
		}, c.rho})
	}
	return out
}
