package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/conjugate"
	"github.com/belief-go/belief/internal/patience"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// The lower bound rises in every step, whatever the data, the form and the prior, and
// where it ends no parameter can be moved to raise it.
func TestVariationalBoundRises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		d, n := rapid.IntRange(1, 3).Draw(rt, "d"), rapid.IntRange(1, 40).Draw(rt, "n")
		x := bayesRandom(r, n, d, 3, rapid.Float64Range(0, 10).Draw(rt, "apart"))
		g := BayesianGaussianMixture{
			K: rapid.IntRange(1, 5).Draw(rt, "k"), Covariance: bayesShapes[rapid.IntRange(0, 3).Draw(rt, "form")],
			Weights: WeightPrior(rapid.IntRange(0, 1).Draw(rt, "weights")), Concentration: rapid.Float64Range(1e-3, 10).Draw(rt, "concentration"),
			Kappa: rapid.Float64Range(0.01, 3).Draw(rt, "kappa"), Nu: float64(d) + rapid.Float64Range(0, 3).Draw(rt, "nu"),
		}
		for i := range shapeLen(g.Covariance, d) {
			v := 0.0
			if g.Covariance >= Diagonal || i%(d+1) == 0 {
				v = math.Exp(r.NormFloat64())
			}
			g.Psi = append(g.Psi, v)
		}
		last := math.Inf(-1)
		rows, begin, err := g.prepare(context.Background(), bayesTable(t, x, d), Config{})
		if err != nil {
			rt.Fatal(err)
		}
		m, err := begin(context.Background(), 0)
		if err != nil {
			rt.Fatal(err)
		}
		for range 60 {
			s := m.NewStatistics()
			if err := rows.Each(context.Background(), Pass{}, func(_ int, b *Block) error { return m.Expect(b, s) }); err != nil {
				rt.Fatal(err)
			}
			now := s.LogLikelihood + m.LogPrior()
			if now < last-1e-10*(1+math.Abs(last)) {
				rt.Fatalf("the bound fell from %v to %v", last, now)
			}
			// After the M step, with the same responsibilities, it is at least what the E
			// step found, and at most the next.
			before := m.Complete(s)
			if err := m.Maximize(s); err != nil {
				rt.Fatal(err)
			}
			last = s.LogLikelihood + m.Complete(s) - before + m.LogPrior()
			if last < now-1e-10*(1+math.Abs(now)) {
				rt.Fatalf("the M step took the bound from %v to %v", now, last)
			}
		}
		// The M step is exact: any other parameters are worse for the same statistics.
		s := m.NewStatistics()
		if err := rows.Each(context.Background(), Pass{}, func(_ int, b *Block) error { return m.Expect(b, s) }); err != nil {
			rt.Fatal(err)
		}
		if err := m.Maximize(s); err != nil {
			rt.Fatal(err)
		}
		best := m.Complete(s) + m.LogPrior()
		for _, move := range []func(c *BayesianGaussianModel, by float64){
			func(c *BayesianGaussianModel, by float64) { c.e.centers[r.IntN(len(c.e.centers))] += by },
			func(c *BayesianGaussianModel, by float64) { c.kappa[r.IntN(len(c.kappa))] *= 1 + by },
			func(c *BayesianGaussianModel, by float64) { c.nu[r.IntN(len(c.nu))] *= 1 + math.Abs(by) },
			func(c *BayesianGaussianModel, by float64) {
				for i := range c.e.shapeOf(c.psi, 0) {
					c.psi[i] *= 1 + by
				}
			},
			func(c *BayesianGaussianModel, by float64) {
				if len(c.sticks) > 0 {
					c.sticks[r.IntN(len(c.sticks))] *= 1 + by
				}
			},
		} {
			for _, by := range []float64{-0.05, 0.05} {
				c := m.clone()
				move(c, by)
				if err := c.update(); err != nil {
					rt.Fatal(err)
				}
				if v := c.Complete(s) + c.LogPrior(); v > best+1e-10*(1+math.Abs(best)) {
					rt.Fatalf("%v is better than the M step's %v", v, best)
				}
			}
		}
	})
}

// With one component the predictive density is the conjugate one, and draws have its
// moments; with more it is a density.
func TestVariationalPredictive(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	x := bayesRandom(r, 30, 2, 1, 1)
	mu, psi := []float64{0, 0}, []float64{1, 0.3, 0.3, 2}
	g := BayesianGaussianMixture{Mu: mu, Kappa: 0.5, Nu: 4, Psi: psi}
	run, err := g.Fit(context.Background(), bayesTable(t, x, 2), Config{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := conjugate.NormalInverseWishart{Mu: mu, Kappa: 0.5, Nu: 4, Psi: mat.NewSymDense(2, psi)}.Update(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	predictive, err := after.Predictive()
	if err != nil {
		t.Fatal(err)
	}
	got, err := LogProb(context.Background(), run.Model, bayesTable(t, x, 2))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if want := predictive.LogProb(x[2*i : 2*i+2]); math.Abs(v-want) > 1e-11*(1+math.Abs(want)) {
			t.Fatalf("row %d: %v, want %v", i, v, want)
		}
	}
	// Of all forms, E p(x)/q(x) over draws from the model is one for any density p: here a
	// normal one, narrow enough for the ratio to be bounded. And the mean of draws is right.
	x = bayesRandom(r, 60, 2, 2, 3)
	for _, covariance := range bayesShapes {
		run, err := BayesianGaussianMixture{K: 2, Covariance: covariance, Weights: DirichletProcess}.Fit(context.Background(), bayesTable(t, x, 2), Config{})
		if err != nil {
			t.Fatal(err)
		}
		m := run.Model
		const draws = 20000
		center := m.Mu(0)
		rows := make([]float64, 0, 2*draws)
		for range draws {
			rows = append(rows, m.RandTo(nil, r)...)
		}
		logs, err := LogProb(context.Background(), m, bayesTable(t, rows, 2))
		if err != nil {
			t.Fatal(err)
		}
		sum, square := 0.0, 0.0
		for i, l := range logs {
			a, b := rows[2*i]-center[0], rows[2*i+1]-center[1]
			v := math.Exp(-(a*a+b*b)/2/0.25-l) / (2 * math.Pi * 0.25)
			sum += v / draws
			square += v * v / draws
		}
		if sd := math.Sqrt((square - sum*sum) / draws); math.Abs(sum-1) > 5.2*sd || sd > 0.1 {
			t.Errorf("%v: the mean ratio is %v ± %v", covariance, sum, sd)
		}
	}
}

// Bits do not depend on workers nor on where the rows are; weights count rows.
func TestVariationalSameBits(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 6))
	x := bayesRandom(r, 3000, 2, 3, 4)
	table := bayesTable(t, x, 2)
	g := BayesianGaussianMixture{K: 4}
	var first *Run[*BayesianGaussianModel]
	for _, c := range []Config{{Workers: 1}, {Workers: 2}, {Workers: 7}, {Workers: 2, Memory: 30000}} {
		var src data.Source = table
		if c.Memory > 0 {
			src = data.FromFunc(table.Columns(), table.Rows(), func(i int, dst []float64) { copy(dst, table.Row(i)) })
		}
		c.Iterations = 4
		run, err := g.Fit(context.Background(), src, c)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = run
		}
		if !reflect.DeepEqual(run.Model.e.centers, first.Model.e.centers) || !reflect.DeepEqual(run.Model.psi, first.Model.psi) || run.Objective != first.Objective {
			t.Errorf("%+v: other bits", c)
		}
	}
	x = x[:60]
	weights := make([]float64, 30)
	var doubled []float64
	for i := range weights {
		weights[i] = float64(i % 3)
		for range i % 3 {
			doubled = append(doubled, x[2*i:2*i+2]...)
		}
	}
	weighted, err := data.NewTable(table.Columns(), x, weights)
	if err != nil {
		t.Fatal(err)
	}
	g = BayesianGaussianMixture{K: 2, Means: [][]float64{{x[0], x[1]}, {x[2], x[3]}}}
	a, err := g.Fit(context.Background(), weighted, Config{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := g.Fit(context.Background(), bayesTable(t, doubled, 2), Config{})
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(a.Objective-b.Objective) > 1e-9*math.Abs(b.Objective) {
		t.Errorf("weights give %v, copies %v", a.Objective, b.Objective)
	}
}

// Columns far from zero, and of unlike sizes, lose nothing.
func TestVariationalScales(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	x := bayesRandom(r, 200, 2, 2, 5)
	for _, covariance := range []Covariance{Full, Tied, Diagonal} {
		g := BayesianGaussianMixture{K: 3, Covariance: covariance}
		plain, err := g.Fit(context.Background(), bayesTable(t, x, 2), Config{})
		if err != nil {
			t.Fatal(err)
		}
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = 1e12 * v
			if i%2 == 1 {
				y[i] = 1e-6*v + 1
			}
		}
		scaled, err := g.Fit(context.Background(), bayesTable(t, y, 2), Config{})
		if err != nil {
			t.Fatal(err)
		}
		want := plain.Objective - 200*(math.Log(1e12)+math.Log(1e-6))
		if math.Abs(scaled.Objective-want) > 1e-5*math.Abs(want) {
			t.Errorf("%v: %v, want %v", covariance, scaled.Objective, want)
		}
	}
}

func TestVariationalDegenerate(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	psi := []float64{1, 0, 0, 1}
	for _, c := range []struct {
		name string
		g    BayesianGaussianMixture
		x    []float64
		want string // of the error; empty: none; floor: none, and a warning
	}{
		{"one row", BayesianGaussianMixture{K: 3, Psi: psi}, []float64{1, 2}, ""},
		{"fewer rows than components", BayesianGaussianMixture{K: 9, Psi: psi}, []float64{1, 2, 3, 5}, ""},
		{"duplicates", BayesianGaussianMixture{K: 3, Psi: psi}, []float64{1, 2, 1, 2, 1, 2}, ""},
		{"duplicates without a prior", BayesianGaussianMixture{K: 3}, []float64{1, 2, 1, 2, 1, 2}, "floor"},
		{"a constant column", BayesianGaussianMixture{K: 2}, []float64{1, 2, 3, 2, 4, 2}, "floor"},
		{"collinear columns", BayesianGaussianMixture{K: 2, Covariance: Tied}, []float64{1, 2, 3, 6, 4, 8}, "floor"},
		{"a constant column, diagonal", BayesianGaussianMixture{K: 2, Covariance: Diagonal}, []float64{1, 2, 3, 2, 4, 2}, "floor"},
		{"constant columns, spherical", BayesianGaussianMixture{K: 2, Covariance: Spherical}, []float64{1, 2, 1, 2, 1, 2}, "floor"},
		{"NaN", BayesianGaussianMixture{}, []float64{1, 2, nan, 2}, "row"},
		{"infinity", BayesianGaussianMixture{}, []float64{1, 2, 1, inf}, "row"},
		{"overflow", BayesianGaussianMixture{K: 2}, []float64{1e200, 2, -1e200, 1, 3, 4}, "from 1e-140 to 1e140"},
		{"K", BayesianGaussianMixture{K: -1}, []float64{1, 2}, "K is -1"},
		{"Nu", BayesianGaussianMixture{Nu: 0.5}, []float64{1, 2, 3, 5, 4, 4}, "Nu is 0.5"},
		{"Psi", BayesianGaussianMixture{Psi: []float64{1, 2, 2, 1}}, []float64{1, 2, 3, 5, 4, 4}, "positive definite"},
		{"crooked Psi", BayesianGaussianMixture{Psi: []float64{1, 0, 0.2, 1}}, []float64{1, 2, 3, 5, 4, 4}, "it must be symmetric"},
		{"Mu far off", BayesianGaussianMixture{Mu: []float64{1, 1e200}}, []float64{1, 2, 3, 5, 4, 4}, "Mu[1] is 1e+200"},
		{"Mu too far", BayesianGaussianMixture{Mu: []float64{1e30, 1e30}}, []float64{1, 2, 3, 5, 4, 4}, "Mu may be too far"},
		{"length of Psi", BayesianGaussianMixture{Psi: []float64{1}}, []float64{1, 2, 3, 5, 4, 4}, "len(Psi)"},
		{"length of Mu", BayesianGaussianMixture{Mu: []float64{1}}, []float64{1, 2, 3, 5, 4, 4}, "len(Mu)"},
		{"Means", BayesianGaussianMixture{K: 2, Means: [][]float64{{1, 2}}}, []float64{1, 2, 3, 5, 4, 4}, "Means"},
		{"memory", BayesianGaussianMixture{K: 1 << 30}, []float64{1, 2, 3, 5, 4, 4}, "at most 1000"},
	} {
		run, err := c.g.Fit(context.Background(), bayesTable(t, c.x, 2), Config{})
		if floor := err == nil && slices.Contains(gaussianCodes(run.Warnings), "variance-floor"); floor != (c.want == "floor") {
			t.Errorf("%s: %v, a floor: %t", c.name, err, floor)
		}
		c.want = strings.TrimPrefix(c.want, "floor")
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want == "" && (math.IsNaN(run.Objective) || !run.Converged):
			t.Errorf("%s: objective %v, converged %t", c.name, run.Objective, run.Converged)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := (BayesianGaussianMixture{}).Fit(context.Background(), nil, Config{}); !errors.As(err, new(*belief.ConfigError)) {
		t.Errorf("no source: %v", err)
	}
}

func TestVariationalAllocations(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 9))
	x := bayesRandom(r, 512, 3, 3, 4)
	for _, covariance := range bayesShapes {
		run, err := BayesianGaussianMixture{K: 3, Covariance: covariance}.Fit(context.Background(), bayesTable(t, x, 3), Config{Iterations: 2})
		if err != nil {
			t.Fatal(err)
		}
		s, b := run.Model.NewStatistics(), &Block{Rows: 512, Columns: 3, X: x}
		if n := patience.Allocations(5, func() {
			if err := run.Model.Expect(b, s); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("%v: a warm E step allocates %v times", covariance, n)
		}
	}
}
