package dist_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/dist"
)

// TestVectorGoldens holds products, mixtures of vectors and empirical distributions to
// what testdata/vectors.py has computed, relative 1e-10 and 1e-12 near zero, where
// logarithms and covariances are small differences.
func TestVectorGoldens(t *testing.T) {
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Params, Mean, Variance, Covariance []float64
		Entropy                            float64
		Points                             [][]float64
	}
	var golden struct {
		Product, Mixture []row
		Empirical        []struct {
			X, W                    []float64
			Mean, Variance, Entropy float64
			Points                  [][4]float64 // x, log P, CDF, survival
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	count := 0
	near := func(d any, what string, got, want float64) {
		t.Helper()
		count++
		if !(math.Abs(got-want) <= 1e-10*math.Abs(want)+1e-12) {
			t.Errorf("%v: %s is %v, want %v", d, what, got, want)
		}
	}
	for _, g := range golden.Product {
		p := g.Params
		d := must(dist.NewProduct(dist.Normal{Mu: p[0], Sigma: p[1]}, dist.Gamma{Shape: p[2], Rate: p[3]}))
		mean, cov := d.MeanTo(nil), d.CovarianceTo(nil)
		for i := range mean {
			near(d, "mean", mean[i], g.Mean[i])
			near(d, "variance", cov.At(i, i), g.Variance[i])
		}
		near(d, "covariance", cov.At(0, 1), 0)
		near(d, "entropy", d.Entropy(), g.Entropy)
		for _, q := range g.Points {
			near(d, "log density", d.LogProb(q[:2]), q[2])
		}
	}
	for _, g := range golden.Mixture {
		p := g.Params
		part := func(p []float64) dist.Multivariate {
			return must(dist.NewDiagonalNormal([]float64{p[0], p[2]}, []float64{p[1], p[3]}))
		}
		d := must(dist.NewMultivariateMixture([]dist.Multivariate{part(p[1:5]), part(p[5:9])}, []float64{p[0], 1 - p[0]}))
		mean, cov := d.MeanTo(nil), d.CovarianceTo(nil)
		for i := range mean {
			near(d, "mean", mean[i], g.Mean[i])
			for j := range mean {
				near(d, "covariance", cov.At(i, j), g.Covariance[2*i+j])
			}
		}
		for _, q := range g.Points {
			near(d, "log density", d.LogProb(q[:2]), q[2])
		}
	}
	for _, g := range golden.Empirical {
		d := must(dist.NewEmpirical(g.X, g.W))
		near(d, "mean", d.Mean(), g.Mean)
		near(d, "variance", d.Variance(), g.Variance)
		near(d, "entropy", d.Entropy(), g.Entropy)
		for _, q := range g.Points {
			near(d, "log mass", d.LogProb(q[0]), q[1])
			near(d, "CDF", d.CDF(q[0]), q[2])
			near(d, "survival", d.Survival(q[0]), q[3])
			if q[2] < 1 {
				near(d, "quantile", d.Quantile(q[2]*(1-1e-9)), q[0])
			}
		}
	}
	if count < 700 {
		t.Errorf("only %d numbers", count)
	}
}
