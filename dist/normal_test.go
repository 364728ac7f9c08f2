package dist_test

import (
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

func TestNormal(t *testing.T) {
	for _, d := range []dist.Normal{{Mu: 0, Sigma: 1}, {Mu: -3, Sigma: 0.01}, {Mu: 1e3, Sigma: 50}} {
		disttest.Run(t, disttest.Case{
			Dist: d,
			New:  func(p []float64) dist.Univariate { return dist.Normal{Mu: p[0], Sigma: p[1]} },
			Fit:  func(x, w []float64) (dist.Univariate, error) { return dist.FitNormal(x, w) },
		})
	}
}
