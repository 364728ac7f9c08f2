package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/careful"
)

// missingHoles makes cells missing, each with probability p, and whole rows now and then.
func missingHoles(r *rand.Rand, x []float64, p float64) []float64 {
	y := append([]float64(nil), x...)
	for i := range y {
		if r.Float64() < p {
			y[i] = math.NaN()
		}
	}
	return y
}

// missingLikelihood is the log-likelihood of the cells that are there, by the marginal
// distributions of package dist, and what is expected of the others by conditional ones.
func missingLikelihood(t testing.TB, m *GaussianModel, x []float64) (total float64, filled []float64) {
	d := len(m.Columns())
	filled = append([]float64(nil), x...)
	for i := 0; i < len(x); i += d {
		var there, missing []int
		var values []float64
		for c, v := range x[i : i+d] {
			if v == v {
				there, values = append(there, c), append(values, v)
			} else {
				missing = append(missing, c)
			}
		}
		logs := make([]float64, m.Components())
		fills := make([]float64, len(missing))
		var means [][]float64
		for j, w := range m.Weights {
			normal, err := m.Component(j)
			if err != nil {
				t.Fatal(err)
			}
			logs[j] = math.Log(w)
			mean := normal.MeanTo(nil)
			if len(there) > 0 {
				marginal, err := normal.Marginal(there)
				if err != nil {
					t.Fatal(err)
				}
				logs[j] += marginal.LogProb(values)
				if len(missing) > 0 {
					conditional, err := normal.Conditional(there, values)
					if err != nil {
						t.Fatal(err)
					}
					mean = conditional.MeanTo(nil)
				}
			}
			means = append(means, mean)
		}
		row := careful.LogSumExp(logs)
		total += row
		for j, l := range logs {
			for a := range missing {
				fills[a] += math.Exp(l-row) * means[j][a]
			}
		}
		for a, c := range missing {
			filled[i+c] = fills[a]
		}
	}
	return total, filled
}

// Likelihood and imputed cells are those of marginal and conditional distributions; the
// objective rises; where it ends no parameter can be moved to raise it.
func TestMissingGaussian(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 1))
	const d = 3
	for _, covariance := range bayesShapes {
		x := missingHoles(r, bayesRandom(r, 60, d, 2, 4), 0.25)
		x[3], x[4], x[5] = math.NaN(), math.NaN(), math.NaN()
		table := bayesTable(t, x, d)
		g := GaussianMixture{K: 2, Covariance: covariance, Floor: 1e-3}
		run, err := g.Fit(context.Background(), table, Config{Tolerance: 1e-13, Iterations: 20000})
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(run.History); i++ {
			if run.History[i] < run.History[i-1]-1e-9*math.Abs(run.History[i]) {
				t.Fatalf("%v: the likelihood fell from %v to %v", covariance, run.History[i-1], run.History[i])
			}
		}
		want, filled := missingLikelihood(t, run.Model, x)
		if math.Abs(run.LogLikelihood-want) > 1e-9*math.Abs(want) {
			t.Errorf("%v: log-likelihood %v, by marginals %v", covariance, run.LogLikelihood, want)
		}
		each, err := LogProb(context.Background(), run.Model, table)
		if err != nil {
			t.Fatal(err)
		}
		sum := careful.Sum(each)
		if math.Abs(sum-want) > 1e-9*math.Abs(want) || math.Abs(each[1]) > 1e-15 {
			t.Errorf("%v: the rows' log densities add up to %v, want %v; of a row without cells %v", covariance, sum, want, each[1])
		}
		imputed, err := Impute(context.Background(), run.Model, table)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range imputed.Matrix() {
			if !(math.Abs(v-filled[i]) <= 1e-9*(1+math.Abs(filled[i]))) {
				t.Fatalf("%v: cell %d imputed %v, want %v", covariance, i, v, filled[i])
			}
		}
		if len(run.Warnings) > 0 {
			continue // at the floor the maximum is not inside
		}
		p := run.Model.Values()
		for move := range 12 {
			q := run.Model.Values()
			by := 1e-3 * float64(1-2*(move%2))
			switch j := move / 2 % 2; move / 4 {
			case 0:
				q.Means[j][move%d] += by
			case 1:
				q.Weights[0], q.Weights[1] = p.Weights[0]+by, p.Weights[1]-by
			default:
				if covariance >= Diagonal {
					q.Variances[j][0] *= 1 + by
				} else {
					q.Covariances[0][0][1] += by * p.Covariances[0][0][0]
					q.Covariances[0][1][0] = q.Covariances[0][0][1]
				}
			}
			m, err := NewGaussianModel(q)
			if err != nil {
				t.Fatal(err)
			}
			if v, _ := missingLikelihood(t, m, x); v > want+1e-9*math.Abs(want) {
				t.Errorf("%v: move %d raises the likelihood from %v to %v", covariance, move, want, v)
			}
		}
	}
}

// With nothing missing the E step is that of complete rows.
func TestMissingNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 1))
	x := bayesRandom(r, 100, 3, 3, 4)
	for _, covariance := range bayesShapes {
		run, err := GaussianMixture{K: 3, Covariance: covariance}.Fit(context.Background(), bayesTable(t, x, 3), Config{Iterations: 3})
		if err != nil {
			t.Fatal(err)
		}
		weights := make([]float64, 100)
		for i := range weights {
			weights[i] = float64(i%4) / 2
		}
		b := &Block{Rows: 100, Columns: 3, X: x, Weights: weights}
		for _, hard := range []bool{false, true} {
			want, got := run.Model.NewStatistics(), run.Model.NewStatistics()
			if err := run.Model.expect(b, want, hard); err != nil {
				t.Fatal(err)
			}
			if err := run.Model.expectMissing(b, got, hard); err != nil {
				t.Fatal(err)
			}
			for i, v := range got.Sums {
				if math.Abs(v-want.Sums[i]) > 1e-9*(1+math.Abs(v)) {
					t.Fatalf("%v, hard %t: sum %d is %v, want %v", covariance, hard, i, v, want.Sums[i])
				}
			}
			if math.Abs(got.LogLikelihood-want.LogLikelihood) > 1e-9*math.Abs(want.LogLikelihood) || got.Weight != want.Weight {
				t.Errorf("%v: %v and %v, want %v and %v", covariance, got.LogLikelihood, got.Weight, want.LogLikelihood, want.Weight)
			}
		}
	}
}

// Parameters come back although a third of the cells is missing at random.
func TestMissingRecovers(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 1))
	var x []float64
	for i := range 3000 {
		far := float64(i % 3 / 2)
		a := r.NormFloat64()
		x = append(x, 8*far+a, -5*far+0.8*a+0.6*r.NormFloat64())
	}
	run, err := GaussianMixture{K: 2}.Fit(context.Background(), bayesTable(t, missingHoles(r, x, 1./3), 2), Config{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	m := run.Model
	near := 0
	if m.Means[0][0] > m.Means[1][0] {
		near = 1
	}
	// Standard errors are below 0.05, so that 0.25 is at five of them.
	for _, c := range [][2]float64{{m.Weights[near], 2. / 3}, {m.Means[near][0], 0}, {m.Means[1-near][0], 8}, {m.Means[1-near][1], -5}, {m.covarianceAt(near, 0, 1), 0.8}, {m.covarianceAt(near, 0, 0), 1}} {
		if !run.Converged || math.Abs(c[0]-c[1]) > 0.25 {
			t.Errorf("%v, want %v", c[0], c[1])
		}
	}
}

func TestMissingDegenerate(t *testing.T) {
	nan := math.NaN()
	var value *data.ValueError
	if _, err := (GaussianMixture{K: 1}).Fit(context.Background(), bayesTable(t, []float64{1, nan, 2, nan}, 2), Config{}); !errors.As(err, &value) || value.Column != "x2" {
		t.Errorf("a column without values: %v", err)
	}
	x := []float64{1, nan, nan, 3, nan, nan, 2, 5, 4, nan}
	run, err := GaussianMixture{K: 2}.Fit(context.Background(), bayesTable(t, x, 2), Config{})
	if err != nil || math.IsNaN(run.Objective) {
		t.Errorf("few cells: %v", err)
	}
	// Bits do not depend on the number of workers.
	r := rand.New(rand.NewPCG(14, 1))
	y := missingHoles(r, bayesRandom(r, 1500, 2, 2, 4), 0.2)
	var first float64
	for i, workers := range []int{1, 2, 7} {
		run, err := GaussianMixture{K: 2}.Fit(context.Background(), bayesTable(t, y, 2), Config{Workers: workers, Iterations: 3})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = run.Objective
		}
		if run.Objective != first {
			t.Errorf("%d workers: %v, want %v", workers, run.Objective, first)
		}
	}
}
