package chain

import (
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
)

// Gaussian emissions against the density written out; missing cells against the density
// of the others.
func TestGaussian(t *testing.T) {
	mean := [][]float64{{0, 1}, {-2, 3}}
	full, err := NewGaussian(mean, [][]float64{{2, 0.5, 0.5, 1}, {1, -0.3, -0.3, 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	diagonal, err := NewDiagonalGaussian(mean, [][]float64{{2, 1}, {1, 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	rows := []float64{0.3, 0.2, nan, 0.2, 0.3, nan, nan, nan, -1, 4}
	normal := func(x, mu, v float64) float64 { return -0.5*(x-mu)*(x-mu)/v - 0.5*math.Log(2*math.Pi*v) }
	for _, g := range []*Gaussian{full, diagonal} {
		dst := make([]float64, 10)
		if err := g.LogProbTo(dst, rows); err != nil {
			t.Fatal(err)
		}
		var want []float64
		for row := 0; row < 5; row++ {
			x, y := rows[2*row], rows[2*row+1]
			for s := range 2 {
				var a, b, c float64
				if g.Diagonal() {
					a, b, c = g.Variance()[s][0], 0, g.Variance()[s][1]
				} else {
					a, b, c = g.Covariance()[s][0], g.Covariance()[s][1], g.Covariance()[s][3]
				}
				switch l := 0.0; {
				case x != x && y != y:
					want = append(want, 0)
				case x != x:
					want = append(want, normal(y, mean[s][1], c))
				case y != y:
					want = append(want, normal(x, mean[s][0], a))
				default:
					l = normal(x, mean[s][0], a) + normal(y, mean[s][1]+b/a*(x-mean[s][0]), c-b*b/a)
					want = append(want, l)
				}
			}
		}
		near(t, "log b", dst, want, 1e-13)
		whole := make([]float64, 4)
		if err := g.LogProbTo(whole, []float64{0.3, 0.2, -1, 4}); err != nil {
			t.Fatal(err)
		}
		near(t, "log b of whole rows", whole, append(want[:2:2], want[8:]...), 1e-13)
		var value *data.ValueError
		if err := g.LogProbTo(whole, []float64{0, 0, 1, math.Inf(1)}); !errors.As(err, &value) || value.Row != 1 {
			t.Errorf("infinity: %v", err)
		}
		// A mixture of one component is the same, and one of two equal ones.
		for _, k := range []int{1, 2} {
			var weights [][]float64
			components := &Gaussian{}
			var means, variances, covariances [][]float64
			for s := range 2 {
				weights = append(weights, [][]float64{{1}, {0.25, 0.75}}[k-1])
				for range k {
					means = append(means, mean[s])
					if g.Diagonal() {
						variances = append(variances, g.Variance()[s])
					} else {
						covariances = append(covariances, g.Covariance()[s])
					}
				}
			}
			if g.Diagonal() {
				components, err = NewDiagonalGaussian(means, variances)
			} else {
				components, err = NewGaussian(means, covariances)
			}
			if err != nil {
				t.Fatal(err)
			}
			mixture, err := NewGaussianMixture(weights, components)
			if err != nil {
				t.Fatal(err)
			}
			if err := mixture.LogProbTo(dst, rows); err != nil {
				t.Fatal(err)
			}
			near(t, "log b of a mixture", dst, want, 1e-13)
		}
	}
}

func TestGaussianRefuses(t *testing.T) {
	m := [][]float64{{0, 0}}
	for what, err := range map[string]error{
		"no mean":            second(NewGaussian(nil, nil)),
		"no covariance":      second(NewGaussian(m, nil)),
		"a short covariance": second(NewGaussian(m, [][]float64{{1, 0, 0}})),
		"an oblique one":     second(NewGaussian(m, [][]float64{{1, 0.5, 0.4, 1}})),
		"a ragged mean":      second(NewGaussian([][]float64{{0}, {0, 1}}, [][]float64{{1}, {1}})),
		"no variance":        second(NewDiagonalGaussian(m, [][]float64{{1, 0}})),
		"a NaN variance":     second(NewDiagonalGaussian(m, [][]float64{{1, math.NaN()}})),
	} {
		var config *belief.ConfigError
		if !errors.As(err, &config) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"a singular covariance": second(NewGaussian(m, [][]float64{{1, 1, 1, 1}})),
		"a NaN mean":            second(NewGaussian([][]float64{{math.NaN()}}, [][]float64{{1}})),
	} {
		var parameter *dist.ParameterError
		if !errors.As(err, &parameter) {
			t.Errorf("%s: %v", what, err)
		}
	}
	g, err := NewDiagonalGaussian([][]float64{{0}, {1}}, [][]float64{{1}, {1}})
	if err != nil {
		t.Fatal(err)
	}
	for what, w := range map[string][][]float64{
		"no weights": nil, "too few": {{1}}, "ragged": {{0.5, 0.5}, {1}}, "a wrong sum": {{0.5, 0.4}}, "negative": {{-1, 2}},
	} {
		var config *belief.ConfigError
		if _, err := NewGaussianMixture(w, g); !errors.As(err, &config) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Any distribution will do.
func TestDistributions(t *testing.T) {
	d := Distributions{
		dist.Product{dist.Poisson{Lambda: 2}, dist.Exponential{Rate: 1}},
		dist.Product{dist.Poisson{Lambda: 5}, dist.Exponential{Rate: 3}},
	}
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	dst := make([]float64, 8)
	nan := math.NaN()
	if err := d.LogProbTo(dst, []float64{3, 0.5, 3, nan, nan, 0.5, nan, nan}); err != nil {
		t.Fatal(err)
	}
	p := func(s int) float64 { return dist.Poisson{Lambda: []float64{2, 5}[s]}.LogProb(3) }
	e := func(s int) float64 { return dist.Exponential{Rate: []float64{1, 3}[s]}.LogProb(0.5) }
	near(t, "log b", dst, []float64{p(0) + e(0), p(1) + e(1), p(0), p(1), e(0), e(1), 0, 0}, 1e-14)
	n, err := dist.NewMultivariateNormal([]float64{0, 0}, mat.NewSymDense(2, []float64{1, 0, 0, 1}))
	if err != nil {
		t.Fatal(err)
	}
	var value *data.ValueError
	if err := (Distributions{n}).LogProbTo(dst[:2], []float64{0, 0, 1, nan}); !errors.As(err, &value) || value.Row != 1 {
		t.Errorf("half a row: %v", err)
	}
}
