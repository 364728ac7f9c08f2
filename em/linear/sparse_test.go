package linear

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/patience"
)

func goldenDictionary(t *testing.T) (*SparseModel, *em.Block, golden) {
	g := readGolden(t)
	m := &SparseModel{Names: []string{"a", "b", "c", "d", "e"}, P: 12, Atoms: flat(g.Sparse.Atoms), Eta: g.Sparse.Eta}
	return m, &em.Block{Rows: len(g.Sparse.Rows), Columns: 5, X: flat(g.Sparse.Rows)}, g
}

// Codes against scikit-learn's coordinate descent and least angle regression.
func TestSparseCodesGolden(t *testing.T) {
	for _, solver := range []CodeSolver{FISTA, ISTA} {
		m, b, g := goldenDictionary(t)
		m.Solver, m.CodeTolerance, m.CodeIterations = solver, 1e-14, 200_000
		z := make([]float64, b.Rows*12)
		if err := m.TransformTo(z, b); err != nil {
			t.Fatal(err)
		}
		near(t, "coordinate descent", z, flat(g.Sparse.Lasso), 1e-6)
		near(t, "least angles", z, flat(g.Sparse.Lars), 1e-6)
	}
}

// descend is the judge: exact minimization over one number of the code after the other,
// which for ℓ1 ends at the best code.
func descend(m *SparseModel, x []float64) []float64 {
	z, r := make([]float64, m.P), append([]float64(nil), x...)
	for range 5000 {
		for j := range m.P {
			a := m.atom(j)
			own, c := 0.0, 0.0
			for i, v := range a {
				own += v * v
				c += v * (r[i] + v*z[j])
			}
			u := 0.0
			if own > 0 && math.Abs(c) > m.Eta/2 {
				u = (c - math.Copysign(m.Eta/2, c)) / own
			}
			for i, v := range a {
				r[i] += v * (z[j] - u)
			}
			z[j] = u
		}
	}
	return z
}

func TestSparseCodesDescent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][2]int{{3, 2}, {6, 20}, {1, 1}, {9, 4}} {
		d, p := size[0], size[1]
		m := &SparseModel{Names: make([]string, d), P: p, Atoms: make([]float64, d*p), Eta: 0.3, CodeTolerance: 1e-9}
		for i := range m.Atoms {
			m.Atoms[i] = r.NormFloat64()
		}
		b := &em.Block{Rows: 30, Columns: d, X: make([]float64, 30*d)}
		for i := range b.X {
			b.X[i] = r.NormFloat64()
		}
		for _, solver := range []CodeSolver{FISTA, ISTA} {
			m.Solver, m.CodeIterations = solver, 100_000
			z, judge := make([]float64, 30*p), make([]float64, 30*p)
			if err := m.TransformTo(z, b); err != nil {
				t.Fatal(err)
			}
			for i := range 30 {
				copy(judge[i*p:], descend(m, b.Row(i)))
			}
			got, want := make([]float64, 30), make([]float64, 30)
			m.CostTo(got, b, z)
			m.CostTo(want, b, judge)
			near(t, fmt.Sprintf("%v, %q: cost", size, solver), got, want, 2e-8)
		}
	}
}

// Codes under the other penalties are points without slope, and no worse than zero.
func TestSparseCodesNonconvex(t *testing.T) {
	for _, penalty := range []Penalty{LogPenalty, Exponential} {
		m, b, _ := goldenDictionary(t)
		m.Penalty, m.CodeTolerance, m.CodeIterations = penalty, 1e-16, 100_000
		n := b.Rows * 12
		z, cost, zero := make([]float64, n), make([]float64, b.Rows), make([]float64, b.Rows)
		m.CostTo(zero, b, z)
		if err := m.TransformTo(z, b); err != nil {
			t.Fatal(err)
		}
		m.CostTo(cost, b, z)
		up, down := make([]float64, b.Rows), make([]float64, b.Rows)
		for i := range z {
			const h = 1e-5
			at := z[i]
			z[i] = at + h
			m.CostTo(up, b, z)
			z[i] = at - h
			m.CostTo(down, b, z)
			z[i] = at
			if s := (up[i/12] - down[i/12]) / (2 * h); math.Abs(s) > 1e-5 {
				t.Errorf("%s: slope %v", penalty, s)
			}
			if cost[i/12] >= zero[i/12] {
				t.Errorf("%s: cost %v, without a code %v", penalty, cost[i/12], zero[i/12])
			}
		}
	}
	// The formulas of the source.
	z := []float64{1, -2}
	near(t, "ρ", []float64{L1.of(z), LogPenalty.of(z), Exponential.of(z)}, []float64{3, math.Log(2) + math.Log(5), -math.Exp(-1) - math.Exp(-4)}, 1e-15)
}

// planted are rows of three of p atoms each.
func planted(n, d, p int, noise float64) (atoms []float64, t *data.Table) {
	r := rand.New(rand.NewPCG(8, 9))
	m := &SparseModel{Names: make([]string, d), P: p, Atoms: make([]float64, p*d)}
	for j := range p {
		m.unit(m.atom(j), r.NormFloat64)
		for i := range m.atom(j) {
			m.atom(j)[i] = r.NormFloat64()
		}
		m.unit(m.atom(j), r.NormFloat64)
	}
	x := make([]float64, n*d)
	for i := range n {
		for range 3 {
			c := 1 + r.Float64()
			if r.IntN(2) == 0 {
				c = -c
			}
			for q, v := range m.atom(r.IntN(p)) {
				x[i*d+q] += c * v
			}
		}
		for q := range d {
			x[i*d+q] += noise * r.NormFloat64()
		}
	}
	t, err := data.FromMatrix(x, d)
	if err != nil {
		panic(err)
	}
	return m.Atoms, t
}

func TestSparsePlanted(t *testing.T) {
	const d, p = 10, 12
	atoms, table := planted(600, d, p, 0.02)
	run := must(SparseCoding{Atoms: p, Eta: 0.3, CodeTolerance: 1e-5}.Fit(background, table, em.Config{Iterations: 50, Seed: 1, Starts: 4}))(t)
	found := 0
	for j := range p {
		best := 0.0
		for i := range p {
			s := 0.0
			for q, v := range run.Model.atom(i) {
				s += v * atoms[j*d+q]
			}
			best = max(best, math.Abs(s))
		}
		if best > 0.99 {
			found++
		}
	}
	if found < p {
		t.Errorf("%d of %d atoms found; objective %v", found, p, run.Objective)
	}
}

// The objective never rises, that is −L never falls, whatever the penalty and the data; no
// atom leaves the ball.
func TestSparseFalls(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, d, p := rapid.IntRange(1, 8).Draw(r, "n"), rapid.IntRange(1, 4).Draw(r, "d"), rapid.IntRange(1, 7).Draw(r, "p")
		x := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-2, 2), rapid.Just(0.0)), n*d, n*d).Draw(r, "x")
		w := rapid.SliceOfN(rapid.Float64Range(0.5, 3), n, n).Draw(r, "w")
		s := SparseCoding{Atoms: p, Penalty: rapid.SampledFrom([]Penalty{L1, LogPenalty, Exponential}).Draw(r, "penalty"),
			Solver: rapid.SampledFrom([]CodeSolver{FISTA, ISTA}).Draw(r, "solver"), Ridge: rapid.SampledFrom([]float64{0, 0.3}).Draw(r, "ridge"), CodeIterations: 40}
		run, err := s.Fit(background, must(data.NewTable(must(data.FromMatrix(x, d))(t).Columns(), x, w))(t), em.Config{Iterations: 15, Tolerance: -1})
		if err != nil {
			var fit *dist.FitError
			if !errors.As(err, &fit) {
				r.Fatal(err)
			}
			return
		}
		for i := 1; i < len(run.History); i++ {
			if fall := run.History[i-1] - run.History[i]; fall > 1e-11*(1+math.Abs(run.History[i])) {
				r.Fatalf("step %d falls by %v: %v", i, fall, run.History)
			}
		}
		for j := range p {
			if v := run.Model.atom(j); s.Ridge == 0 && math.Sqrt(dot(v, v)) > 1+1e-12 {
				r.Fatalf("atom %d is %v", j, v)
			}
		}
	})
}

func dot(x, y []float64) (s float64) {
	for i := range x {
		s += x[i] * y[i]
	}
	return s
}

// The ridge's dictionary has no slope; the ball's is the best of small changes within it.
func TestSparseDictionary(t *testing.T) {
	_, table := planted(60, 4, 6, 0.1)
	for _, ridge := range []float64{0, 0.5} {
		m := must(SparseCoding{Atoms: 6, Eta: 0.3, Ridge: ridge}.Fit(background, table, em.Config{Iterations: 3}))(t).Model
		b := blockOf(table)
		z := make([]float64, 60*6)
		m.codes = append([]float64(nil), z...)
		s := m.NewStatistics()
		if err := m.Expect(b, s); err != nil {
			t.Fatal(err)
		}
		copy(z, m.codes)
		if err := m.Maximize(s); err != nil {
			t.Fatal(err)
		}
		cost := make([]float64, 60)
		total := func() (sum float64) {
			m.CostTo(cost, b, z)
			for _, v := range cost {
				sum += v
			}
			return sum - m.LogPrior()
		}
		at, r := total(), rand.New(rand.NewPCG(4, 4))
		for range 200 {
			old := append([]float64(nil), m.Atoms...)
			for j := range m.P {
				a := m.atom(j)
				for i := range a {
					a[i] += 1e-3 * r.NormFloat64()
				}
				if n := math.Sqrt(dot(a, a)); n > 1 && ridge == 0 {
					for i := range a {
						a[i] /= n
					}
				}
			}
			if better := total(); better < at-1e-9 {
				t.Errorf("ridge %v: %v is better than %v", ridge, better, at)
			}
			m.Atoms = old
		}
	}
}

func TestSparseBits(t *testing.T) {
	_, table := planted(1300, 5, 8, 0.1)
	c := em.Config{Iterations: 4, Workers: 1, Seed: 5, Starts: 2, Memory: 1 << 20}
	want := must(SparseCoding{Atoms: 8}.Fit(background, table, c))(t)
	for _, workers := range []int{2, 7} {
		c.Workers = workers
		c.Memory = 1 << 20
		got := must(SparseCoding{Atoms: 8}.Fit(background, streamed{table}, c))(t)
		if d := cmp.Diff(want.Model, got.Model, cmp.AllowUnexported(SparseModel{})); d != "" || want.Objective != got.Objective {
			t.Errorf("%d workers: %s", workers, d)
		}
	}
	var read SparseModel
	if err := json.Unmarshal(must(json.Marshal(want.Model))(t), &read); err != nil {
		t.Fatal(err)
	}
	read.seed, read.start = want.Model.seed, want.Model.start // not of the model
	if d := cmp.Diff(want.Model, &read, cmp.AllowUnexported(SparseModel{})); d != "" {
		t.Error(d)
	}
	if run := must(SparseCoding{Atoms: 8}.Fit(background, table, em.Config{Batch: 100, Iterations: 4}))(t); !(run.Objective > 1.05*want.Objective) {
		t.Errorf("by batches %v, by all %v", run.Objective, want.Objective)
	}
	if cold := must(SparseCoding{Atoms: 8}.Fit(background, streamed{table}, em.Config{Iterations: 4, Seed: 5, Starts: 2, Memory: 1}))(t); math.Abs(cold.Objective-want.Objective) > 1e-3*math.Abs(want.Objective) {
		t.Errorf("from cold starts %v, from warm ones %v", cold.Objective, want.Objective)
	}
	dst, b := make([]float64, 100*8), &em.Block{Rows: 100, Columns: 5, X: table.Matrix()}
	if n := patience.Allocations(5, func() {
		if err := want.Model.TransformTo(dst, b); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("coding allocates %v times", n)
	}
}

func TestSparseDegenerate(t *testing.T) {
	fit := func(s SparseCoding, c em.Config, x ...float64) (*em.Run[*SparseModel], error) {
		return s.Fit(background, must(data.FromMatrix(x, 2))(t), c)
	}
	for _, s := range []SparseCoding{{Atoms: -1}, {Penalty: "l0"}, {Eta: -1}, {Eta: math.Inf(1)}, {Ridge: math.NaN()}, {Solver: "lars"}, {CodeIterations: -1}, {CodeTolerance: 1}} {
		_, err := fit(s, em.Config{}, 1, 2)
		wantError[*belief.ConfigError](t, fmt.Sprintf("%+v", s), err)
	}
	_, err := fit(SparseCoding{}, em.Config{Checkpoint: "x"}, 1, 2)
	wantError[*belief.ConfigError](t, "checkpoint", err)
	_, err = fit(SparseCoding{Atoms: 1 << 20}, em.Config{}, 1, 2)
	wantError[*belief.TooLargeError](t, "a large dictionary", err)
	_, err = fit(SparseCoding{}, em.Config{}, 1, math.NaN())
	wantError[*data.ValueError](t, "missing", err)
	_, err = fit(SparseCoding{}, em.Config{}, 0, 0)
	wantError[*dist.FitError](t, "zero", err)
	_, err = fit(SparseCoding{}, em.Config{}, 1e-155, 0)
	wantError[*dist.FitError](t, "underflow", err)
	_, err = fit(SparseCoding{}, em.Config{}, 1e200, 1)
	wantError[*dist.FitError](t, "overflow", err)
	for _, err := range (SparseCoding{Eta: -1}).Steps(background, nil, em.Config{}) {
		wantError[*belief.ConfigError](t, "steps", err)
	}
	for _, scale := range []float64{1, 1e12, 1e-12} {
		run := must(fit(SparseCoding{}, em.Config{}, 1*scale, 2*scale, 1*scale, 2*scale, 0, 0))(t)
		if r := run.Objective / (scale * scale); math.IsNaN(r) || r < -10 || run.Model.Validate() != nil {
			t.Errorf("scale %v: %v", scale, run.Objective)
		}
	}
	run := must(fit(SparseCoding{CodeIterations: 1, CodeTolerance: 1e-15, Eta: 0.01}, em.Config{Iterations: 1}, 1, 2, 2, 1, 5, -3))(t)
	if w := run.Model.Warnings(); len(w) != 1 || w[0].Code != "codes" {
		t.Errorf("one step is enough: %v", w)
	}
}

func FuzzSparseModel(f *testing.F) {
	f.Add(`{"kind":"sparse-coding","version":1,"model":{"columns":["a","b"],"atoms":[[1,0],[0,1],[1,1]],"eta":0.5,"code_iterations":20,"code_tolerance":0.01}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m SparseModel
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		m.CodeIterations = min(m.CodeIterations, 100)
		x := make([]float64, len(m.Names))
		x[0] = 1
		z := make([]float64, m.P)
		if err := m.TransformTo(z, &em.Block{Rows: 1, Columns: len(x), X: x}); err != nil {
			t.Fatal(err)
		}
		var read SparseModel
		if err := json.Unmarshal(must(json.Marshal(&m))(t), &read); err != nil {
			t.Fatal(err)
		}
	})
}
