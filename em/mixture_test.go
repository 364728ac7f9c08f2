package em

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

func mixtureTable(t testing.TB, columns []data.Column, x, w []float64) *data.Table {
	t.Helper()
	table, err := data.NewTable(columns, x, w)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// The deaths of women over 80 in The Times of 1910–1912, by the number on a day, are the
// standard example of a Poisson mixture (Hasselblad 1969; Lange 2010, section 13.4 has
// 0.3599, 1.2561 and 2.6634 and −1989.946 for its likelihood).
func TestMixtureOfPoissons(t *testing.T) {
	days := []float64{162, 267, 271, 185, 111, 61, 27, 8, 3, 1}
	var x []float64
	for i := range days {
		x = append(x, float64(i))
	}
	src := mixtureTable(t, data.Numbers("deaths"), x, days)
	run, err := Mixture{K: 2, Family: expfam.Poisson{}}.Fit(context.Background(), src, Config{Seed: 1, Tolerance: 1e-12, Iterations: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	m := run.Model
	i := 0
	if m.Means(0)[0] > m.Means(1)[0] {
		i = 1
	}
	got := []float64{m.Weights()[i], m.Means(i)[0], m.Means(1 - i)[0], run.LogLikelihood}
	if d := cmp.Diff([]float64{0.3599, 1.2561, 2.6634, -1989.946}, got, cmpopts.EquateApprox(0, 6e-4)); d != "" || !run.Converged {
		t.Errorf("converged %t: %s", run.Converged, d)
	}
	if run.Weight != 1096 || m.Parameters() != 3 {
		t.Errorf("weight %v, %d parameters", run.Weight, m.Parameters())
	}
}

// plainMixture is EM for categorical columns (Bernoulli ones have two categories) as the
// books write it, in probabilities.
type plainMixture struct {
	w []float64
	p [][][]float64 // component, column, category
}

func (m *plainMixture) step(x [][]float64, weights []float64, smoothing float64) (loglikelihood float64) {
	k := len(m.w)
	n := make([]float64, k)
	counts := make([][][]float64, k)
	for c := range counts {
		for _, p := range m.p[c] {
			counts[c] = append(counts[c], make([]float64, len(p)))
		}
	}
	for i, row := range x {
		joint, sum := make([]float64, k), 0.0
		for c := range k {
			joint[c] = m.w[c]
			for j, v := range row {
				if v == v {
					joint[c] *= m.p[c][j][int(v)]
				}
			}
			sum += joint[c]
		}
		loglikelihood += weights[i] * math.Log(sum)
		for c := range k {
			r := weights[i] * joint[c] / sum
			n[c] += r
			for j, v := range row {
				if v == v {
					counts[c][j][int(v)] += r
				}
			}
		}
	}
	total := 0.0
	for _, v := range n {
		total += v + smoothing
	}
	for c := range k {
		m.w[c] = (n[c] + smoothing) / total
		for j := range m.p[c] {
			sum := 0.0
			for _, v := range counts[c][j] {
				sum += v + smoothing
			}
			for i, v := range counts[c][j] {
				m.p[c][j][i] = (v + smoothing) / sum
			}
		}
	}
	return loglikelihood
}

// Bernoulli and categorical columns, missing cells, weights, zeros and smoothing: all as
// in the plain program.
func TestMixtureAgainstPlainEM(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 4).Draw(t, "k")
		sizes := rapid.SliceOfN(rapid.IntRange(2, 4), 1, 4).Draw(t, "categories")
		n := rapid.IntRange(2, 30).Draw(t, "rows")
		smoothing := rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "smoothing")
		p := rapid.Float64Range(0.05, 0.95)
		plain := plainMixture{w: make([]float64, k), p: make([][][]float64, k)}
		components := make([][]any, k)
		left := 1.0
		for c := range k {
			plain.w[c] = left
			if c < k-1 {
				plain.w[c] = left * p.Draw(t, "weight")
			}
			left -= plain.w[c]
			for _, size := range sizes {
				q, sum := make([]float64, size), 0.0
				for i := range q {
					q[i] = p.Draw(t, "p")
					sum += q[i]
				}
				for i := range q {
					q[i] /= sum
				}
				plain.p[c] = append(plain.p[c], q)
				if size == 2 {
					components[c] = append(components[c], dist.Bernoulli{P: q[1]})
					continue
				}
				d, err := dist.NewCategorical(q)
				if err != nil {
					t.Fatal(err)
				}
				components[c] = append(components[c], d)
			}
		}
		start, err := NewMixture(plain.w, components...)
		if err != nil {
			t.Fatal(err)
		}
		x, weights, flat := make([][]float64, n), make([]float64, n), []float64(nil)
		for i := range x {
			weights[i] = rapid.SampledFrom([]float64{1, 1, 1, 2.5}).Draw(t, "w")
			for _, size := range sizes {
				v := float64(rapid.IntRange(0, size-1).Draw(t, "x"))
				if rapid.IntRange(0, 9).Draw(t, "missing") == 0 {
					v = math.NaN()
				}
				x[i] = append(x[i], v)
			}
			flat = append(flat, x[i]...)
		}
		names := []string{"a", "b", "c", "d"}[:len(sizes)]
		table, err := data.NewTable(data.Numbers(names...), flat, weights)
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		run, err := Mixture{Start: start, Smoothing: smoothing}.Fit(context.Background(), table, Config{Iterations: 6, Tolerance: -1, Progress: func(s Step) {
			want := plain.step(x, weights, smoothing)
			if math.Abs(s.LogLikelihood-want) > 1e-9*(1+math.Abs(want)) {
				t.Fatalf("iteration %d: %v, want %v", s.Iteration, s.LogLikelihood, want)
			}
			if s.Bound < s.Objective-1e-9*(1+math.Abs(s.Objective)) {
				t.Fatalf("bound %v below %v", s.Bound, s.Objective)
			}
			steps++
		}})
		if err != nil {
			t.Fatal(err)
		}
		if steps != 7 {
			t.Fatalf("%d steps", steps)
		}
		for i := 1; i < len(run.History); i++ {
			if run.History[i] < run.History[i-1]-1e-9*(1+math.Abs(run.History[i])) {
				t.Fatalf("%v", run.History)
			}
		}
		for _, w := range run.Warnings {
			if w.Code == "objective-fell" {
				t.Fatal(w)
			}
		}
	})
}

// Every family: planted parameters are found, the objective never falls, the bound holds,
// what is saved comes back, and draws have the planted means.
func TestMixtureOfEveryFamily(t *testing.T) {
	if testing.Short() {
		t.Skip("too long under the race detector (-short)")
	}
	t.Parallel()
	mvn := func(x, y float64) any {
		d, err := dist.NewMultivariateNormal([]float64{x, y}, expfamCovariance())
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	dirichlet := func(a ...float64) any {
		d, err := dist.NewDirichlet(a)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	multinomial := func(p ...float64) any {
		d, err := dist.NewMultinomial(20, p)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct{ a, b any }{
		{dist.Binomial{N: 20, P: 0.2}, dist.Binomial{N: 20, P: 0.7}},
		{dist.Poisson{Lambda: 2}, dist.Poisson{Lambda: 15}},
		{dist.Geometric{P: 0.9}, dist.Geometric{P: 0.02}},
		{dist.NegativeBinomial{R: 3, P: 0.8}, dist.NegativeBinomial{R: 3, P: 0.1}},
		{dist.Normal{Mu: 0, Sigma: 1}, dist.Normal{Mu: 6, Sigma: 2}},
		{dist.LogNormal{Mu: 0, Sigma: 0.5}, dist.LogNormal{Mu: 3, Sigma: 0.5}},
		{dist.Exponential{Rate: 1}, dist.Exponential{Rate: 0.01}},
		{dist.Gamma{Shape: 3, Rate: 1}, dist.Gamma{Shape: 30, Rate: 1}},
		{dist.InverseGamma{Shape: 5, Scale: 1}, dist.InverseGamma{Shape: 5, Scale: 50}},
		{dist.Beta{Alpha: 2, Beta: 20}, dist.Beta{Alpha: 20, Beta: 2}},
		{dist.Pareto{Scale: 1, Shape: 5}, dist.Pareto{Scale: 1, Shape: 0.2}},
		{dist.Weibull{Shape: 3, Scale: 1}, dist.Weibull{Shape: 3, Scale: 8}},
		{dist.Laplace{Location: 1, Scale: 0.1}, dist.Laplace{Location: 1, Scale: 20}},
		{dist.VonMises{Mu: -1, Kappa: 9}, dist.VonMises{Mu: 1.5, Kappa: 9}},
		{mvn(0, 0), mvn(5, -4)},
		{dirichlet(2, 20, 9), dirichlet(20, 2, 9)},
		{multinomial(0.2, 0.3, 0.5), multinomial(0.6, 0.3, 0.1)},
	} {
		truth, err := NewMixture([]float64{0.4, 0.6}, []any{c.a}, []any{c.b})
		if err != nil {
			t.Fatal(err)
		}
		family := truth.Families()[0]
		t.Run(family.String(), func(t *testing.T) {
			const n = 4000
			d := len(truth.columns)
			x := make([]float64, n*d)
			rng := rand.New(rand.NewPCG(11, 12))
			for i := range n {
				truth.RandTo(x[i*d:(i+1)*d], rng)
			}
			table := mixtureTable(t, truth.columns, x, nil)
			settings := Mixture{K: 2, Family: family}
			run, err := settings.Fit(context.Background(), table, Config{Seed: 3})
			if err != nil {
				t.Fatal(err)
			}
			if !run.Converged || len(run.Warnings) > 0 {
				t.Errorf("converged %t, %v", run.Converged, run.Warnings)
			}
			m := run.Model
			first := 0
			if math.Abs(m.weights[0]-0.6) < math.Abs(m.weights[0]-0.4) {
				first = 1
			}
			// Means of T within 6 of their standard errors: a false alarm in 1e-8.
			for k := range 2 {
				got, want := m.Means((k+first)%2), truth.Means(k)
				h := family.HessianTo(nil, truth.eta[k*m.dim:(k+1)*m.dim])
				for i := range got {
					if se := math.Sqrt(h.At(i, i) / (0.4 * n)); math.Abs(got[i]-want[i]) > 8*se {
						t.Errorf("component %d: mean %d of T is %v, want %v ± %v", k, i, got[i], want[i], se)
					}
				}
			}
			// The log-likelihood is the sum of the mixture's density by the distributions.
			lp, err := LogProb(context.Background(), m, table)
			if err != nil {
				t.Fatal(err)
			}
			sum, direct := 0.0, 0.0
			var each [2]any
			for k := range 2 {
				ds, err := m.Distributions(k)
				if err != nil {
					t.Fatal(err)
				}
				each[k] = ds[0]
			}
			for i, v := range lp {
				sum += v
				p := 0.0
				for k, e := range each {
					switch e := e.(type) {
					case dist.LogProber:
						p += m.weights[k] * math.Exp(e.LogProb(x[i]))
					case dist.VectorLogProber:
						p += m.weights[k] * math.Exp(e.LogProb(x[i*d:(i+1)*d]))
					}
				}
				direct += math.Log(p)
			}
			if math.Abs(sum-run.LogLikelihood) > 1e-9*math.Abs(sum) || math.Abs(direct-sum) > 1e-8*math.Abs(sum) {
				t.Errorf("log-likelihood %v, by rows %v, by distributions %v", run.LogLikelihood, sum, direct)
			}
			text, err := json.Marshal(m)
			if err != nil {
				t.Fatal(err)
			}
			var back MixtureModel
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([][]float64{m.weights, m.means, m.eta, m.partition}, [][]float64{back.weights, back.means, back.eta, back.partition}); d != "" {
				t.Error(d)
			}
			settings.Smoothing = 1
			smooth, err := settings.Fit(context.Background(), table, Config{Seed: 3})
			if err != nil {
				t.Fatal(err)
			}
			if len(smooth.Warnings) > 0 || math.Abs(smooth.Objective-smooth.LogLikelihood-smooth.Model.LogPrior()) > 1e-6 {
				t.Errorf("with smoothing: %v; %v", smooth.Warnings, smooth.Objective)
			}
		})
	}
}

func expfamCovariance() *mat.SymDense { return mat.NewSymDense(2, []float64{1, 0.5, 0.5, 2}) }
