package em

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/conjugate"

	"gonum.org/v1/gonum/mat"
)

// bayesTable is a table of d columns.
func bayesTable(t testing.TB, x []float64, d int) *data.Table {
	t.Helper()
	table, err := data.FromMatrix(x, d)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// bayesRandom draws n rows of clusters that lie at some distance, with correlations.
func bayesRandom(r *rand.Rand, n, d, clusters int, apart float64) []float64 {
	centers, mix := make([]float64, clusters*d), make([]float64, d*d)
	for i := range centers {
		centers[i] = apart * r.NormFloat64()
	}
	for i := range mix {
		mix[i] = r.NormFloat64()
	}
	x := make([]float64, n*d)
	for i := range n {
		j := r.IntN(clusters)
		row := x[i*d : (i+1)*d]
		for a := range d {
			row[a] = centers[j*d+a]
		}
		for b := range d {
			z := r.NormFloat64()
			for a := range d {
				row[a] += 0.5 * mix[a*d+b] * z
			}
		}
	}
	return x
}

var bayesShapes = []Covariance{Full, Tied, Diagonal, Spherical}

// With one component the posterior is exact, and the lower bound the evidence.
func TestVariationalOneComponentIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	const d = 2
	x := bayesRandom(r, 9, d, 1, 3)
	mu, psi := []float64{0.5, -1}, []float64{2, 0.6, 0.6, 1.5}
	for _, covariance := range bayesShapes {
		g := BayesianGaussianMixture{Covariance: covariance, Mu: mu, Kappa: 0.7, Nu: 2.5, Psi: psi}
		want := 0.0
		switch covariance {
		case Full, Tied:
			niw := conjugate.NormalInverseWishart{Mu: mu, Kappa: 0.7, Nu: 2.5, Psi: mat.NewSymDense(2, psi)}
			v, err := niw.LogMarginal(x, nil)
			if err != nil {
				t.Fatal(err)
			}
			want = v
		case Diagonal:
			g.Psi = []float64{2, 1.5}
			for c := range d {
				want += bayesLineEvidence(x, d, []int{c}, mu, 0.7, 2.5, g.Psi[c])
			}
		case Spherical:
			g.Psi = []float64{2}
			want = bayesLineEvidence(x, d, []int{0, 1}, mu, 0.7, 2.5, 2)
		}
		for _, weights := range []WeightPrior{DirichletWeights, DirichletProcess} {
			g.Weights = weights
			run, err := g.Fit(context.Background(), bayesTable(t, x, d), Config{})
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(run.Objective-want) > 1e-10*math.Abs(want) {
				t.Errorf("%v, %v: lower bound %v, evidence %v", covariance, weights, run.Objective, want)
			}
		}
	}
}

// bayesLineEvidence is the evidence of columns that share one precision τ ~ Gamma(ν/2,
// Ψ/2), in closed form: the integral over the means and τ.
func bayesLineEvidence(x []float64, d int, columns []int, mu []float64, kappa, nu, psi float64) float64 {
	n := float64(len(x) / d)
	total := 0.0
	for _, c := range columns {
		mean, scatter := 0.0, 0.0
		for i := c; i < len(x); i += d {
			mean += x[i] / n
		}
		for i := c; i < len(x); i += d {
			scatter += (x[i] - mean) * (x[i] - mean)
		}
		if n == 0 {
			mean = 0
		}
		total += scatter + kappa*n/(kappa+n)*(mean-mu[c])*(mean-mu[c])
	}
	p := float64(len(columns))
	after := nu + p*n
	a, _ := math.Lgamma(after / 2)
	b, _ := math.Lgamma(nu / 2)
	return a - b + nu/2*math.Log(psi) - after/2*math.Log(psi+total) - p*n/2*math.Log(math.Pi) + p/2*math.Log(kappa/(kappa+n))
}
