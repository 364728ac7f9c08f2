package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

// A wishartGolden is what testdata/wishart.py has computed.
type wishartGolden struct {
	Dist                       string
	Size                       int
	Nu                         float64 // of LKJ it is η
	Scale                      []float64
	Cond                       float64 // of the scale
	Entropy                    float64
	Mean, Covariance, Variance []float64
	Points                     []struct {
		X, Grad, Score   []float64
		LogP, Size, Cond float64
		// The largest element of the matrices that gradient and score are sums of.
		GradSize, ScoreSize float64
	}
}

type matrixVariate interface {
	dist.Multivariate
	dist.VectorGrader
	dist.VectorScorer
}

func (g wishartGolden) distribution() matrixVariate {
	switch g.Dist {
	case "Wishart":
		return must(dist.NewWishart(g.Nu, symmetric(g.Scale)))
	case "InverseWishart":
		return must(dist.NewInverseWishart(g.Nu, symmetric(g.Scale)))
	}
	return must(dist.NewLKJCholesky(g.Size, g.Nu))
}

// TestMatrixGoldens holds every number to relative 1e-10. Log densities and entropies
// are sums of terms that may cancel, and are held to 1e-13 of the largest. A matrix
// with large condition has lost digits before: rounding it moves its determinant and
// its inverse by its condition number times 1e-16.
func TestMatrixGoldens(t *testing.T) {
	count := map[string]int{}
	for _, g := range readGoldens[wishartGolden](t, "wishart.json") {
		d := g.distribution()
		near := func(what string, got, want, floor, tol float64) {
			t.Helper()
			count[g.Dist+" "+what]++
			if !(math.Abs(got-want) <= max(1e-10, tol)*max(math.Abs(want), floor)) && got != want {
				t.Errorf("%s of size %d, ν=%v: %s is %v, want %v (off by %.2g, conditions %.1g)", g.Dist, g.Size, g.Nu, what, got, want, math.Abs(got-want)/max(math.Abs(want), floor), g.Cond)
			}
		}
		n := g.Size * g.Size
		largest := float64(g.Size) * (1 + g.Nu) * (1 + math.Log(1+g.Nu))
		near("entropy", d.Entropy(), g.Entropy, 1e-3*largest, 0)
		if g.Mean != nil {
			for i, v := range d.MeanTo(nil) {
				near("mean", v, g.Mean[i], 0, 0)
			}
		}
		cov := d.CovarianceTo(nil)
		for i := range n {
			if g.Variance != nil {
				near("covariance", cov.At(i, i), g.Variance[i], 0, 0)
			}
			for j := range n {
				if g.Covariance != nil {
					near("covariance", cov.At(i, j), g.Covariance[i*n+j], math.Sqrt(cov.At(i, i)*cov.At(j, j)), 0)
				}
			}
		}
		for _, p := range g.Points {
			tol := 1e-15 * max(p.Cond, g.Cond)
			near("log density", d.LogProb(p.X), p.LogP, 1e-3*p.Size, tol)
			for i, v := range d.GradLogProbTo(nil, p.X) {
				near("gradient", v, p.Grad[i], p.GradSize, tol)
			}
			score := d.ScoreTo(nil, p.X)
			near("score of ν", score[0], p.Score[0], 1e-2, tol)
			for i, v := range score[1:] {
				near("score", v, p.Score[1+i], p.ScoreSize, tol)
			}
		}
	}
	for _, kind := range []string{"Wishart", "InverseWishart", "LKJ"} {
		for what, want := range map[string]int{"entropy": 20, "mean": 20, "covariance": 20, "log density": 20, "gradient": 20, "score of ν": 20} {
			if n := count[kind+" "+what]; n < want {
				t.Errorf("%d goldens of %s %s", n, kind, what)
			}
		}
	}
}
