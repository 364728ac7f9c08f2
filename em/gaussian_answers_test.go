package em

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/data"
)

// p(x, y) = p(y) p(x | y), in all forms, with the distributions of package dist as judge
// of the joint; and samples have the moments of the mixture.
func TestGaussianAnswers(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 7))
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		m := gaussianRandom(r, form, 3, 4, 0.5)
		mix, err := m.Mixture()
		if err != nil {
			t.Fatal(err)
		}
		x := m.RandTo(nil, r)
		given, err := m.Marginal("x4", "x2")
		if err != nil {
			t.Fatal(err)
		}
		rest, err := m.Conditional(map[string]float64{"x4": x[3], "x2": x[1]})
		if err != nil {
			t.Fatal(err)
		}
		a, b, d := make([]float64, 1), make([]float64, 1), make([]float64, 1)
		for _, c := range []struct {
			m   *GaussianModel
			dst []float64
			x   []float64
		}{{given, a, []float64{x[3], x[1]}}, {rest, b, []float64{x[0], x[2]}}} {
			if err := c.m.LogProbTo(c.dst, &Block{Rows: 1, Columns: 2, X: c.x}); err != nil {
				t.Fatal(err)
			}
		}
		if want := mix.LogProb(x); math.Abs(a[0]+b[0]-want) > 1e-10 {
			t.Errorf("%v: log p(y) + log p(x | y) = %v, want %v", form, a[0]+b[0], want)
		}
		if err := m.MahalanobisTo(d, &Block{Rows: 1, Columns: 4, X: x}); err != nil {
			t.Fatal(err)
		}
		want := math.Inf(1)
		for k := range 3 {
			c, err := m.Component(k)
			if err != nil {
				t.Fatal(err)
			}
			want = min(want, c.Mahalanobis(x))
		}
		if math.Abs(d[0]-want) > 1e-10*want {
			t.Errorf("%v: Mahalanobis distance %v, want %v", form, d[0], want)
		}
		// Five standard errors of means: 8 numbers, false alarms below 1e-5 over all seeds.
		const n = 4000
		mean, expected, variance := make([]float64, 4), mix.MeanTo(nil), mix.CovarianceTo(nil)
		for range n {
			for j, v := range m.RandTo(x, r) {
				mean[j] += v / n
			}
		}
		for j := range mean {
			if math.Abs(mean[j]-expected[j]) > 5.5*math.Sqrt(variance.At(j, j)/n) {
				t.Errorf("%v: mean of samples %v, want %v", form, mean, expected)
			}
		}
	}
}

// Rows that are so far away that their density is zero still have a nearest component.
func TestGaussianFarAway(t *testing.T) {
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		m := gaussianRandom(rand.New(rand.NewPCG(4, 4)), form, 3, 2, 1)
		b := &Block{Rows: 1, Columns: 2, X: []float64{1e200, -1e300}}
		shares, density := make([]float64, 3), make([]float64, 1)
		if err := m.ResponsibilitiesTo(shares, b); err != nil {
			t.Fatal(err)
		}
		if err := m.LogProbTo(density, b); err != nil {
			t.Fatal(err)
		}
		if s := shares[0] + shares[1] + shares[2]; math.Abs(s-1) > 1e-12 || math.IsNaN(density[0]) || density[0] > -1e100 {
			t.Errorf("%v: responsibilities %v, log density %v", form, shares, density)
		}
	}
}

// Iris, three full components: the adjusted Rand index with the species is 0.904.
func TestGaussianIrisLabels(t *testing.T) {
	iris := gaussianTable(t, "iris.csv")
	species, err := iris.Column("Species")
	if err != nil {
		t.Fatal(err)
	}
	src, err := data.Without(iris, "Species")
	if err != nil {
		t.Fatal(err)
	}
	run, err := GaussianMixture{K: 3}.Fit(context.Background(), src, Config{})
	if err != nil {
		t.Fatal(err)
	}
	labels, err := Labels(context.Background(), run.Model, src)
	if err != nil {
		t.Fatal(err)
	}
	var both [3][3]float64
	var rows, cols [3]float64
	for i, l := range labels {
		s := int(species[i])
		both[l][s]++
		rows[l]++
		cols[s]++
	}
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	var index, a, b float64
	for i := range 3 {
		a += pairs(rows[i])
		b += pairs(cols[i])
		for j := range 3 {
			index += pairs(both[i][j])
		}
	}
	expected := a * b / pairs(150)
	if ari := (index - expected) / ((a+b)/2 - expected); math.Abs(ari-0.904) > 5e-4 {
		t.Errorf("adjusted Rand index %.4f, want 0.904", ari)
	}
}
