package dist_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// A mvnGolden is what testdata/mvnormal.py has computed of a normal distribution, or
// of a Student t distribution if Nu is not zero.
type mvnGolden struct {
	Name, Form          string
	Nu                  float64
	Mu, Matrix          []float64
	Cond                float64 // of the matrix of correlations
	Entropy             float64
	Covariance, Inverse []float64
	Points              []struct {
		X, Grad, Score []float64
		LogP, Distance float64
	}
	Conditional *struct {
		Given                []int
		Values, Mean, Matrix []float64
	}
}

// An elliptical is what both distributions can do.
type elliptical interface {
	dist.Multivariate
	dist.VectorBatcher
	dist.VectorGrader
	dist.VectorScorer
	Mahalanobis(x []float64) float64
}

// distribution makes it from what was given.
func (g mvnGolden) distribution(t *testing.T) elliptical {
	t.Helper()
	switch {
	case g.Nu != 0:
		return studentT(g.Nu, g.Mu, g.Matrix)
	case g.Form == "precision":
		return must(dist.NewMultivariateNormalFromPrecision(g.Mu, symmetric(g.Matrix)))
	case g.Form == "cholesky":
		return must(dist.NewMultivariateNormalFromCholesky(g.Mu, triangle(g.Matrix)))
	case g.Form == "diagonal":
		return must(dist.NewDiagonalNormal(g.Mu, g.Matrix))
	case g.Form == "isotropic":
		return must(dist.NewIsotropicNormal(g.Mu, g.Matrix[0]))
	}
	return fullNormal(g.Mu, g.Matrix)
}

// tolerance is relative 1e-10, but for matrices of large condition, of which the
// factor itself has float64 entries: their rounding moves a distance by the root of
// the condition number times 1e-16, some times over.
func (g mvnGolden) tolerance() float64 {
	return max(1e-10, 4*float64(len(g.Mu))*math.Sqrt(g.Cond)*0x1p-53)
}

// readGoldens reads a file of testdata.
func readGoldens[G any](t *testing.T, file string) (rows []G) {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err == nil {
		err = json.Unmarshal(data, &rows)
	}
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestMultivariateNormalGoldens: log densities are sums of terms that may cancel,
// and are held relative to one where they are smaller.
func TestMultivariateNormalGoldens(t *testing.T) {
	count := map[string]int{}
	for _, g := range readGoldens[mvnGolden](t, "mvnormal.json") {
		d, tol := g.distribution(t), g.tolerance()
		kind := "normal"
		if g.Nu != 0 {
			kind = "Student"
		}
		near := func(what string, got, want, floor float64) {
			t.Helper()
			count[kind+" "+what]++
			if !(math.Abs(got-want) <= tol*max(math.Abs(want), floor)) && got != want {
				t.Errorf("%s %s ν=%v: %s is %v, want %v (off by %.2g, condition %.1g)", g.Name, g.Form, g.Nu, what, got, want, math.Abs(got/want-1), g.Cond)
			}
		}
		near("entropy", d.Entropy(), g.Entropy, 1)
		for _, p := range g.Points {
			near("log density", d.LogProb(p.X), p.LogP, 1)
			near("batch", d.LogProbTo(nil, p.X)[0], p.LogP, 1)
			near("distance", d.Mahalanobis(p.X), p.Distance, 1e-300)
			// What a backward stable solution promises of each element is relative
			// to the root of the precision and the distance.
			pull := p.Distance
			if g.Nu != 0 && pull > 0 {
				pull = (g.Nu + float64(len(g.Mu))) / (g.Nu/pull + pull)
			}
			size := func(i int) float64 { return math.Sqrt(g.Inverse[i*(i+1)/2+i]) }
			for i, v := range d.GradLogProbTo(nil, p.X) {
				near("gradient", v, p.Grad[i], size(i)*pull)
			}
			if g.Form == "diagonal" || g.Form == "isotropic" {
				continue // other parameters
			}
			score, want := d.ScoreTo(nil, p.X), p.Score
			if g.Nu != 0 {
				near("score of ν", score[0], want[0], 1e-6)
				score, want = score[1:], want[1:]
			}
			for i := range g.Mu {
				near("score", score[i], want[i], size(i)*pull)
			}
			k := len(g.Mu)
			for i := range g.Mu {
				for j := range i + 1 {
					near("score", score[k], want[k], size(i)*size(j)*max(1, pull*p.Distance))
					k++
				}
			}
		}
		if n, ok := d.(*dist.MultivariateNormal); ok {
			matrixNear(t, near, "covariance", n.CovarianceTo(nil), g.Covariance)
			matrixNear(t, near, "precision", n.PrecisionTo(nil), g.Inverse)
		}
		if c := g.Conditional; c != nil {
			var rest dist.Multivariate
			var matrix *mat.SymDense
			switch d := d.(type) {
			case *dist.MultivariateNormal:
				r := must(d.Conditional(c.Given, c.Values))
				rest, matrix = r, r.CovarianceTo(nil)
			case *dist.MultivariateStudentT:
				r := must(d.Conditional(c.Given, c.Values))
				rest, matrix = r, r.ScaleTo(nil)
			}
			matrixNear(t, near, "conditional covariance", matrix, c.Matrix)
			mean := rest.MeanTo(nil)
			for i, v := range mean {
				near("conditional mean", v, c.Mean[i], math.Sqrt(matrix.At(i, i)))
			}
		}
	}
	for _, kind := range []string{"normal", "Student"} {
		for _, what := range []string{"entropy", "log density", "batch", "distance", "gradient", "score", "conditional mean", "conditional covariance"} {
			if n := count[kind+" "+what]; n < 20 {
				t.Errorf("%d goldens of %s %s", n, kind, what)
			}
		}
	}
}

// matrixNear compares relative to the diagonal.
func matrixNear(t *testing.T, near func(what string, got, want, floor float64), what string, got *mat.SymDense, want []float64) {
	t.Helper()
	k := 0
	for i := range got.SymmetricDim() {
		for j := range i + 1 {
			near(what, got.At(i, j), want[k], math.Sqrt(got.At(i, i))*math.Sqrt(got.At(j, j)))
			k++
		}
	}
}
