package linear

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/patience"
)

// Against scikit-learn's FactorAnalysis, which finds the same maximum by another way.
func TestFactorGolden(t *testing.T) {
	g := readGolden(t)
	table := must(data.FromRows(g.Rows))(t)
	run := must(FactorAnalysis{Factors: 2}.Fit(background, table, em.Config{Tolerance: 1e-14, Iterations: 20000}))(t)
	near(t, "log-likelihood", []float64{run.LogLikelihood}, []float64{g.FA.LogLikelihood}, 1e-9)
	near(t, "noise", run.Model.Noise, g.FA.Noise, 1e-4)
	near(t, "mean", run.Model.Mean, g.FA.Mean, 1e-12)
	normal := must(run.Model.Normal())(t)
	cov := normal.CovarianceTo(nil)
	for i := range 6 {
		for j := range 6 {
			near(t, "covariance", []float64{cov.At(i, j)}, []float64{g.FA.Covariance[i][j]}, 1e-4)
		}
	}
	turned := run.Model.Varimax()
	for f := range 2 {
		var column []float64
		for j := range 6 {
			column = append(column, turned.Loadings[j*2+f])
		}
		best := math.Inf(1) // over the factors there, in whatever order and sign
		for _, want := range g.FA.Varimax {
			s := 0.0
			for j, v := range upToSign(want, column) {
				s += math.Abs(v - column[j])
			}
			best = min(best, s)
		}
		if best > 1e-3 {
			t.Errorf("varimax: factor %d, %v, is %v off", f, column, best)
		}
	}
	if p := run.Parameters(); p != 6+6+12-1 {
		t.Errorf("%d parameters", p)
	}
	near(t, "BIC", []float64{run.BIC()}, []float64{-2*run.LogLikelihood + 23*math.Log(60)}, 1e-14)
}

// The known answer, by the closed form and by EM from random loadings.
func TestPPCADigits(t *testing.T) {
	src := must(data.ReadAll(digits(t), data.Limits{}))(t)
	closed := must(ProbabilisticPCA{Components: 10}.Fit(background, src, em.Config{}))(t)
	if mean := closed.LogLikelihood / 1797; math.Abs(mean+159.9937312) > 1e-6 || !closed.Converged || closed.Iterations > 3 {
		t.Errorf("closed form: %v nats per sample after %d iterations, converged %t", mean, closed.Iterations, closed.Converged)
	}
	random := must(ProbabilisticPCA{Components: 10, RandomStart: true}.Fit(background, src, em.Config{Tolerance: 1e-10, Iterations: 3000}))(t)
	if mean := random.LogLikelihood / 1797; math.Abs(mean+159.9937312) > 1e-6 {
		t.Errorf("EM: %v nats per sample after %d iterations", mean, random.Iterations)
	}
	pca := must(PCA{Components: 10}.Fit(background, src, em.Config{}))(t)
	near(t, "noise", closed.Model.Noise[:1], []float64{pca.NoiseVariance}, 1e-9)
	for f := range 10 {
		strength := math.Sqrt(pca.ExplainedVariance[f] - pca.NoiseVariance)
		for j := range 64 {
			near(t, "loading", closed.Model.Loadings[j*10+f:j*10+f+1], []float64{strength * pca.Component(f)[j]}, 1e-6)
		}
	}
}

// factorData draws rows of k factors in d columns, noise j having deviation noise(j), and
// leaves out cells with probability gap.
func factorData(seed uint64, n, d, k int, noise func(j int) float64, gap float64) *data.Table {
	r := rand.New(rand.NewPCG(seed, 3))
	w := make([]float64, d*k)
	for i := range w {
		w[i] = r.NormFloat64()
	}
	x := make([]float64, n*d)
	for i := range n {
		z := make([]float64, k)
		for f := range z {
			z[f] = r.NormFloat64()
		}
		for j := range d {
			v := 5 + noise(j)*r.NormFloat64()
			for f := range k {
				v += z[f] * w[j*k+f]
			}
			if r.Float64() < gap {
				v = math.NaN()
			}
			x[i*d+j] = v
		}
	}
	t, err := data.FromMatrix(x, d)
	if err != nil {
		panic(err)
	}
	return t
}

// observed is the judge: the density of the cells that are there, by the marginal of the
// whole normal distribution.
func observed(t testing.TB, m *FactorModel, row []float64) float64 {
	normal := must(m.Normal())(t)
	var at []int
	var values []float64
	for j, v := range row {
		if v == v {
			at, values = append(at, j), append(values, v)
		}
	}
	if len(at) == 0 {
		return 0
	}
	return must(normal.Marginal(at))(t).LogProb(values)
}

func TestFactorMissing(t *testing.T) {
	table := factorData(1, 60, 5, 2, func(j int) float64 { return 0.5 + 0.2*float64(j) }, 0.3)
	copy(table.Row(7), []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()})
	for name, fit := range map[string]func(c em.Config) (*em.Run[*FactorModel], error){
		"factors": func(c em.Config) (*em.Run[*FactorModel], error) {
			return FactorAnalysis{Factors: 2}.Fit(background, table, c)
		},
		"ppca": func(c em.Config) (*em.Run[*FactorModel], error) {
			return ProbabilisticPCA{Components: 2}.Fit(background, table, c)
		},
	} {
		run := must(fit(em.Config{Tolerance: 1e-11, Iterations: 20000}))(t)
		m := run.Model
		ll := must(em.LogProb(background, m, table))(t)
		sum := func(m *FactorModel) (s float64) {
			for i := range table.Rows() {
				s += observed(t, m, table.Row(i))
			}
			return s
		}
		total := 0.0
		for i, v := range ll {
			near(t, name+": log density", []float64{v}, []float64{observed(t, m, table.Row(i))}, 1e-11)
			total += v
		}
		near(t, name+": log-likelihood", []float64{run.LogLikelihood}, []float64{total}, 1e-12)
		// The maximum: all derivatives of the judge's likelihood vanish.
		slope := func(x *float64) float64 {
			const h = 1e-4
			at := *x
			*x = at + h
			up := sum(m)
			*x = at - h
			down := sum(m)
			*x = at
			return (up - down) / (2 * h)
		}
		for _, x := range [][]float64{m.Mean, m.Loadings} {
			for i := range x {
				if s := slope(&x[i]); math.Abs(s) > 2e-3 {
					t.Errorf("%s: slope %v", name, s)
				}
			}
		}
		if !m.Isotropic {
			for j := range m.Noise {
				// Near the floor a difference is not a derivative.
				if s := slope(&m.Noise[j]); m.Noise[j] > 0.01 && math.Abs(s) > 2e-3 {
					t.Errorf("%s: slope in the noise %v", name, s)
				}
			}
		}
		// What is imputed is the conditional mean.
		normal := must(m.Normal())(t)
		got := make([]float64, 5*table.Rows())
		if err := m.ImputeTo(got, blockOf(table)); err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			var at, gaps []int
			var values []float64
			for j, v := range table.Row(i) {
				if v == v {
					at, values = append(at, j), append(values, v)
				} else {
					gaps = append(gaps, j)
				}
			}
			if len(at) == 0 || len(gaps) == 0 {
				continue
			}
			mean := must(normal.Conditional(at, values))(t).MeanTo(nil)
			for p, j := range gaps {
				near(t, name+": imputed", got[i*5+j:i*5+j+1], mean[p:p+1], 1e-10)
			}
		}
	}
}

// The posterior of the factors against the joint normal distribution of factors and row.
func TestFactorPosterior(t *testing.T) {
	table := factorData(2, 50, 4, 2, func(int) float64 { return 0.7 }, 0.2)
	m := must(FactorAnalysis{Factors: 2}.Fit(background, table, em.Config{Iterations: 20}))(t).Model
	joint := &FactorModel{Mean: append([]float64{0, 0}, m.Mean...), K: 2, Noise: append([]float64{1e-12, 1e-12}, m.Noise...), Loadings: append([]float64{1, 0, 0, 1}, m.Loadings...)}
	normal := must(joint.Normal())(t)
	scores := must(Transform(background, m, table))(t)
	mean, cov := make([]float64, 2), make([]float64, 4)
	for i := range 20 {
		row := table.Row(i)
		var at []int
		var values []float64
		for j, v := range row {
			if v == v {
				at, values = append(at, j+2), append(values, v)
			}
		}
		if len(at) == 0 {
			continue
		}
		given := must(normal.Conditional(at, values))(t)
		if err := m.PosteriorTo(mean, cov, row); err != nil {
			t.Fatal(err)
		}
		c := given.CovarianceTo(nil)
		near(t, "posterior mean", mean, given.MeanTo(nil)[:2], 1e-8)
		near(t, "scores", scores[2*i:2*i+2], mean, 1e-13)
		near(t, "posterior covariance", cov, []float64{c.At(0, 0), c.At(0, 1), c.At(1, 0), c.At(1, 1)}, 1e-8)
	}
}

// The likelihood never falls, with gaps, weights, scales and offsets of all kinds; scaling
// columns changes nothing for factor analysis.
func TestFactorRises(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := rapid.IntRange(2, 6).Draw(r, "d")
		k := rapid.IntRange(1, d-1).Draw(r, "k")
		n := rapid.IntRange(2, 12).Draw(r, "n")
		table := factorData(rapid.Uint64().Draw(r, "seed"), n, d, k, func(int) float64 { return 0.5 }, rapid.Float64Range(0, 0.5).Draw(r, "gap"))
		w := make([]float64, n)
		for i := range w {
			w[i] = rapid.Float64Range(0.5, 2).Draw(r, "w")
		}
		x := append([]float64(nil), table.Matrix()...)
		by, offset := rapid.SampledFrom([]float64{1, 1e12, 1e-12}).Draw(r, "scale"), rapid.SampledFrom([]float64{0, 1e6}).Draw(r, "offset")
		for i := range x {
			x[i] = (x[i] + offset) * by
		}
		src := must(data.NewTable(table.Columns(), x, w))(t)
		c := em.Config{Iterations: 30, Tolerance: -1, Seed: 1}
		random := rapid.Bool().Draw(r, "random")
		var run *em.Run[*FactorModel]
		var err error
		if rapid.Bool().Draw(r, "isotropic") {
			run, err = ProbabilisticPCA{Components: k, RandomStart: random}.Fit(background, src, c)
		} else {
			run, err = FactorAnalysis{Factors: k, RandomStart: random}.Fit(background, src, c)
		}
		if err != nil {
			var value *data.ValueError
			var fit *dist.FitError
			if !errors.As(err, &value) && !errors.As(err, &fit) {
				r.Fatal(err)
			}
			return
		}
		// Where the noise is at its floor, rounding counts by signal over noise.
		rounding := 0.0
		for j, v := range run.Model.Noise {
			if v <= run.Model.Floor[j] {
				rounding = max(rounding, 0x1p-50*dot(run.Model.loading(j), run.Model.loading(j))/v)
			}
		}
		for i := 1; i < len(run.History); i++ {
			if fall := run.History[i-1] - run.History[i]; fall > (1e-9+rounding)*(math.Abs(run.History[i])+float64(n*d)) {
				r.Fatalf("step %d falls by %v: %v; noise %v floor %v loadings %v", i, fall, run.History, run.Model.Noise, run.Model.Floor, run.Model.Loadings)
			}
		}
	})
}

// Rows count as often as their weights say.
func TestFactorWeights(t *testing.T) {
	table := factorData(4, 12, 4, 1, func(int) float64 { return 1 }, 0.1)
	w := make([]float64, 12)
	var repeated []float64
	for i := range w {
		w[i] = float64(i % 3)
		for range i % 3 {
			repeated = append(repeated, table.Row(i)...)
		}
	}
	c := em.Config{Iterations: 10, Tolerance: -1}
	for _, s := range []FactorAnalysis{{}, {RandomStart: true}} {
		a := must(s.Fit(background, must(data.NewTable(table.Columns(), table.Matrix(), w))(t), c))(t)
		b := must(s.Fit(background, must(data.NewTable(table.Columns(), repeated, nil))(t), c))(t)
		near(t, "noise", a.Model.Noise, b.Model.Noise, 1e-10)
		near(t, "loadings", a.Model.Loadings, b.Model.Loadings, 1e-10)
		near(t, "log-likelihood", []float64{a.LogLikelihood}, []float64{b.LogLikelihood}, 1e-11)
	}
}

func TestFactorPlanted(t *testing.T) {
	noise := func(j int) float64 { return 0.3 + 0.3*float64(j%4) }
	table := factorData(5, 8_000, 8, 2, noise, 0.1)
	m := must(FactorAnalysis{Factors: 2}.Fit(background, table, em.Config{}))(t).Model
	for j, v := range m.Noise {
		// Standard errors are about 2.4 % of a variance; six of them.
		if math.Abs(v/(noise(j)*noise(j))-1) > 0.15 {
			t.Errorf("noise %d is %v, planted %v", j, v, noise(j)*noise(j))
		}
	}
	// Draws have the model's density: the mean of the log densities is that of the
	// entropy, whose standard error is √(d/2n).
	r, sum, normal := rand.New(rand.NewPCG(1, 1)), 0.0, must(m.Normal())(t)
	const n = 4000
	x := make([]float64, 8)
	for range n {
		m.RandTo(x, r)
		sum += normal.LogProb(x)
	}
	if z := (sum/n + normal.Entropy()) / math.Sqrt(8.0/2/n); math.Abs(z) > 5 {
		t.Errorf("draws are %v standard errors off", z)
	}
}

func TestFactorBits(t *testing.T) {
	for _, gap := range []float64{0, 0.1} {
		table := factorData(6, 1500, 9, 2, func(int) float64 { return 0.5 }, gap)
		c := em.Config{Iterations: 8, Workers: 1, Seed: 3, Starts: 2}
		want := must(FactorAnalysis{Factors: 2, Varimax: true}.Fit(background, table, c))(t)
		for _, workers := range []int{2, 7} {
			c.Workers, c.Memory = workers, 1
			got := must(FactorAnalysis{Factors: 2, Varimax: true}.Fit(background, streamed{table}, c))(t)
			if d := cmp.Diff(want.Model, got.Model); d != "" || want.LogLikelihood != got.LogLikelihood {
				t.Errorf("gap %v, %d workers, streamed: %s", gap, workers, d)
			}
		}
		var read FactorModel
		if err := json.Unmarshal(must(json.Marshal(want.Model))(t), &read); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want.Model, &read); d != "" {
			t.Error(d)
		}
		s := want.Model.NewStatistics()
		block := &em.Block{Rows: 512, Columns: 9, X: table.Matrix()}
		dst := make([]float64, 512)
		if n := patience.Allocations(20, func() {
			if err := errors.Join(want.Model.Expect(block, s), want.Model.LogProbTo(dst, block)); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("gap %v: a warm E step allocates %v times", gap, n)
		}
	}
}
