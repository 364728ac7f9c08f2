package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestBernoulli(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.Bernoulli, error) { return dist.NewBernoulli(p[0]) },
		func(_, x, w []float64) (dist.Bernoulli, error) { return dist.FitBernoulli(x, w) },
		[]float64{0.3},
		[]float64{0.5},
		[]float64{0.999})
}

// Probabilities below the normal range have their logarithms, for which math.Log alone
// will not do.
func TestBernoulliSubnormal(t *testing.T) {
	const p, want = 1e-310, -713.8013788281542 // −310 log 10
	c, err := dist.NewCategorical([]float64{1, p})
	if err != nil {
		t.Fatal(err)
	}
	d := dist.Bernoulli{P: p}
	for _, got := range []float64{d.LogProb(1), d.LogProbTo(nil, []float64{1})[0], c.LogProb(1)} {
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("log %g = %v, want %v", p, got, want)
		}
	}
}
