package em

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/belief-go/belief/data"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// gaussianRandom draws a mixture; narrow makes its components so.
func gaussianRandom(r *rand.Rand, form Covariance, k, d int, narrow float64) *GaussianModel {
	p := GaussianParameters{Covariance: form}
	for range k {
		p.Weights = append(p.Weights, 1/float64(k))
		row := make([]float64, d)
		for j := range row {
			row[j] = r.NormFloat64()
		}
		p.Means = append(p.Means, row)
		variances := make([]float64, d)
		for j := range variances {
			variances[j] = narrow * math.Exp(r.NormFloat64())
		}
		switch form {
		case Diagonal:
			p.Variances = append(p.Variances, variances)
		case Spherical:
			p.Variances = append(p.Variances, variances[:1])
		default:
			root := mat.NewDense(d, d, nil)
			for i := range d {
				for j := range d {
					root.Set(i, j, math.Sqrt(narrow)*r.NormFloat64())
				}
				root.Set(i, i, math.Sqrt(variances[i])+root.At(i, i))
			}
			var product mat.SymDense
			product.SymOuterK(1, root)
			matrix := make([][]float64, d)
			for i := range matrix {
				for j := range d {
					v := product.At(i, j)
					if i == j {
						v += narrow / 10
					}
					matrix[i] = append(matrix[i], v)
				}
			}
			if form == Full || len(p.Covariances) == 0 {
				p.Covariances = append(p.Covariances, matrix)
			}
		}
	}
	m, err := NewGaussianModel(p)
	if err != nil {
		panic(err)
	}
	m.floor, m.floored, m.emptied = 1e-9, make([]bool, k), make([]bool, k)
	return m
}

// gaussianSimple is the simple version: an iteration of EM by the formulas, row by row.
// It returns the log-likelihood before and the parameters after.
func gaussianSimple(t testing.TB, m *GaussianModel, b *Block, hard bool) (ll float64, weights []float64, means [][]float64, spread func(k, i, j int) float64) {
	t.Helper()
	mix, err := m.Mixture()
	if err != nil {
		t.Fatal(err)
	}
	k, d := m.Components(), b.Columns
	shares := make([][]float64, b.Rows)
	weights = make([]float64, k)
	total := 0.0
	for i := range shares {
		w := b.Weight(i)
		shares[i] = mix.ResponsibilitiesTo(nil, b.Row(i))
		v := mix.LogProb(b.Row(i))
		if hard {
			best := 0
			for j, r := range shares[i] {
				if r > shares[i][best] {
					best = j
				}
			}
			v += math.Log(shares[i][best])
			clear(shares[i])
			shares[i][best] = 1
		}
		ll += w * v
		total += w
		for j := range shares[i] {
			shares[i][j] *= w
			weights[j] += shares[i][j]
		}
	}
	means = make([][]float64, k)
	full := make([][]float64, k)
	for c := range k {
		means[c], full[c] = make([]float64, d), make([]float64, d*d)
		for i := range shares {
			for j, v := range b.Row(i) {
				means[c][j] += shares[i][c] * v / weights[c]
			}
		}
		for i := range shares {
			x := b.Row(i)
			for r := range d {
				for s := range d {
					full[c][r*d+s] += shares[i][c] * (x[r] - means[c][r]) * (x[s] - means[c][s])
				}
			}
		}
	}
	counts := append([]float64(nil), weights...)
	spread = func(c, i, j int) float64 {
		switch {
		case m.covariance == Tied:
			v := 0.0
			for l := range k {
				v += full[l][i*d+j] / total
			}
			return v
		case m.covariance == Full:
			return full[c][i*d+j] / counts[c]
		case i != j:
			return 0
		case m.covariance == Diagonal:
			return full[c][i*d+i] / counts[c]
		}
		v := 0.0
		for l := range d {
			v += full[c][l*d+l] / counts[c] / float64(d)
		}
		return v
	}
	for c := range weights {
		weights[c] /= total
	}
	return ll, weights, means, spread
}

// The fast steps do what the simple ones do, in all forms, for components that are narrow
// too, for more columns than have products as features, and for odd numbers of rows.
func TestGaussianStepsJudged(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		for _, c := range []struct {
			k, d, n  int
			narrow   float64
			weighted bool
			hard     bool
		}{{1, 1, 40, 1, false, false}, {3, 2, 611, 0.3, true, false}, {5, 7, 700, 1e-8, false, false}, {3, 3, 300, 0.5, true, true}, {2, 40, 400, 1, true, false}} {
			m := gaussianRandom(r, form, c.k, c.d, c.narrow)
			b := &Block{Rows: c.n, Columns: c.d, X: make([]float64, c.n*c.d)}
			for i := range c.n {
				m.RandTo(b.Row(i), r)
				if c.weighted {
					b.Weights = append(b.Weights, float64(r.IntN(4)))
				}
			}
			m = gaussianRandom(r, form, c.k, c.d, max(c.narrow, 1e-6)) // another, to be moved
			if c.narrow < 1e-6 {
				for i := range c.k {
					copy(b.Row(i), m.Means[i]) // so that each is wanted
				}
			}
			what := fmt.Sprintf("%v %+v", form, c)
			ll, weights, means, spread := gaussianSimple(t, m, b, c.hard)
			s := m.NewStatistics()
			expect := m.Expect
			if c.hard {
				expect = m.ExpectHard
			}
			if err := expect(b, s); err != nil {
				t.Fatal(err)
			}
			if math.Abs(s.LogLikelihood-ll) > 1e-10*math.Abs(ll)+1e-9 {
				t.Errorf("%s: log-likelihood %v, want %v", what, s.LogLikelihood, ll)
			}
			if m.floor = 1e-300; c.narrow < 1e-6 {
				continue // where a component is a point, floors decide
			}
			if err := m.Maximize(s); err != nil {
				t.Fatal(err)
			}
			for i := range c.k {
				if math.Abs(m.Weights[i]-weights[i]) > 1e-10 {
					t.Errorf("%s: weight %v, want %v", what, m.Weights[i], weights[i])
				}
				for j := range c.d {
					if math.Abs(m.Means[i][j]-means[i][j]) > 1e-9 {
						t.Errorf("%s: mean %v, want %v", what, m.Means[i][j], means[i][j])
					}
					for l := range c.d {
						if math.Abs(m.covarianceAt(i, j, l)-spread(i, j, l)) > 1e-9 {
							t.Fatalf("%s: covariance %v, want %v", what, m.covarianceAt(i, j, l), spread(i, j, l))
						}
					}
				}
			}
		}
	}
}

// scikit-learn's log-likelihoods after some iterations from the same parameters; columns
// are far from zero and of unlike sizes. See testdata/gaussian.py.
func TestGaussianPeer(t *testing.T) {
	text, err := os.ReadFile("testdata/gaussian.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Rows, Means    [][]float64
		Weights, SD    []float64
		LogLikelihoods map[string][]float64 `json:"log_likelihoods"`
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	table, err := data.FromRows(want.Rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		p := GaussianParameters{Covariance: form, Weights: want.Weights, Means: want.Means}
		matrix, mean := make([][]float64, 3), 0.0
		variances := make([]float64, 3)
		for j, sd := range want.SD {
			variances[j] = sd * sd
			matrix[j] = make([]float64, 3)
			matrix[j][j] = sd * sd
			mean += sd * sd / 3
		}
		switch form {
		case Full:
			p.Covariances = [][][]float64{matrix, matrix, matrix}
		case Tied:
			p.Covariances = [][][]float64{matrix}
		case Diagonal:
			p.Variances = [][]float64{variances, variances, variances}
		case Spherical:
			p.Variances = [][]float64{{mean}, {mean}, {mean}}
		}
		m, err := NewGaussianModel(p)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range []int{1, 2, 5, 10} {
			run, err := GaussianMixture{K: 3, Covariance: form, Start: m, Floor: 1e-10}.Fit(context.Background(), table, Config{Iterations: n, Tolerance: -1})
			if err != nil {
				t.Fatal(err)
			}
			if w := want.LogLikelihoods[form.String()][i]; math.Abs(run.LogLikelihood-w) > 1e-9*math.Abs(w) {
				t.Errorf("%v after %d: %.10f, want %.10f", form, n, run.LogLikelihood, w)
			}
		}
	}
}

// The objective never falls, with and without priors, whatever the model and the data,
// and the bound after an M step lies between this objective and the next.
func TestGaussianRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := GaussianMixture{K: rapid.IntRange(1, 5).Draw(t, "k"), Covariance: Covariance(rapid.IntRange(0, 3).Draw(t, "form"))}
		if rapid.Bool().Draw(t, "prior") {
			g.Prior, g.Concentration = &GaussianPrior{Shrinkage: 0.5}, 2
		}
		d := rapid.IntRange(1, 4).Draw(t, "d")
		table, _ := gaussianPlanted(rapid.IntRange(5, 60).Draw(t, "n"), d, 3, rapid.Uint64().Draw(t, "seed"))
		c := Config{Iterations: 12, Tolerance: -1, Hard: rapid.Bool().Draw(t, "hard")}
		last, bound := math.Inf(-1), math.Inf(-1)
		for step, err := range g.Steps(context.Background(), table, c) {
			if err != nil {
				t.Fatal(err)
			}
			slack := 1e-8 * (1 + math.Abs(step.Objective))
			if step.Objective < last-slack {
				t.Fatalf("from %v to %v in iteration %d", last, step.Objective, step.Iteration)
			}
			if step.Objective < bound-slack || step.Bound < step.Objective-slack {
				t.Fatalf("objective %v, last bound %v, bound %v", step.Objective, bound, step.Bound)
			}
			last = step.Objective
			if !math.IsNaN(step.Bound) {
				bound = step.Bound
			}
		}
	})
}
