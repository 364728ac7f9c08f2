package linear

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/internal/patience"
)

// Against scikit-learn's full solver, whose variances are divided by n − 1.
func TestPCAGolden(t *testing.T) {
	g := readGolden(t)
	table := must(data.FromRows(g.Rows))(t)
	n := float64(table.Rows())
	m := must(PCA{Components: 3}.Fit(background, table, em.Config{}))(t)
	near(t, "mean", m.Mean, g.PCA.Mean, 1e-13)
	near(t, "ratio", m.Ratio(), g.PCA.Ratio, 1e-12)
	near(t, "singular values", m.SingularValues(), g.PCA.Singular, 1e-12)
	for i, v := range m.ExplainedVariance {
		near(t, "variance", []float64{v * n / (n - 1)}, g.PCA.Variance[i:i+1], 1e-12)
		near(t, "component", m.Component(i), upToSign(g.PCA.Components[i], m.Component(i)), 1e-11)
	}
	near(t, "noise", []float64{m.NoiseVariance * n / (n - 1)}, []float64{g.PCA.Noise}, 1e-11)
	for _, c := range []struct {
		white bool
		want  [][]float64
		by    float64
	}{{false, g.PCA.Scores, 1}, {true, g.PCA.White, math.Sqrt(n / (n - 1))}} {
		m.Whiten = c.white
		got := must(Transform(background, m, data.Range(table, 0, 3)))(t)
		for i, row := range c.want {
			for j := range row {
				sign := math.Copysign(1, upToSign(g.PCA.Components[j], m.Component(j))[0]*g.PCA.Components[j][0])
				near(t, fmt.Sprintf("score, white %t", c.white), got[i*3+j:i*3+j+1], []float64{c.by * sign * row[j]}, 1e-11)
			}
		}
	}
	wide := must(PCA{Components: 4}.Fit(background, data.Range(table, 0, 5), em.Config{}))(t)
	near(t, "singular values of few rows", wide.SingularValues(), g.Wide.Singular, 1e-12)
	for i := range 4 {
		near(t, "component of few rows", wide.Component(i), upToSign(g.Wide.Components[i], wide.Component(i)), 1e-11)
	}
}

// The known answer of probabilistic PCA: ten components of the optical digits.
func TestPCADigits(t *testing.T) {
	m := must(PCA{Components: 10}.Fit(background, digits(t), em.Config{}))(t)
	sum := 0.0
	ll := must(em.LogProb(background, m, digits(t)))(t)
	for _, v := range ll {
		sum += v
	}
	if mean := sum / float64(len(ll)); math.Abs(mean+159.9937312) > 1e-6 {
		t.Errorf("%v nats per sample", mean)
	}
}

func digits(t testing.TB) data.Source {
	src := must(data.ReadCSVFile(datadir.Path(t, "tables", "digits.csv.gz"), data.CSVOptions{}))(t)
	var pixels []string
	for _, c := range src.Columns()[:64] {
		pixels = append(pixels, c.Name)
	}
	return must(data.Select(src, pixels...))(t)
}

// spectra are covariances with eigenvalues of all kinds, turned at random.
func spectra(n int) map[string][]float64 {
	out := map[string][]float64{}
	for name, f := range map[string]func(i int) float64{
		"linear":    func(i int) float64 { return float64(n - i) },
		"geometric": func(i int) float64 { return math.Pow(0.7, float64(i)) },
		"steep":     func(i int) float64 { return math.Pow(10, -float64(min(i, 30))/5) },
		"equal":     func(int) float64 { return 3 },
		"groups":    func(i int) float64 { return math.Pow(2, -float64(i/8)) },
		"low rank":  func(i int) float64 { return max(0, float64(6-i)) },
		"one":       func(i int) float64 { return float64(max(0, 1-i)) * 1e12 },
		"pairs":     func(i int) float64 { return 1 + 1/float64(1+i/2) },
	} {
		v := make([]float64, n)
		for i := range v {
			v[i] = f(i)
		}
		out[name] = v
	}
	return out
}

// turned returns a symmetric matrix with the given eigenvalues.
func turned(values []float64) []float64 {
	n := len(values)
	r := rand.New(rand.NewPCG(7, 8))
	q := make([]float64, n*n)
	for i := range q {
		q[i] = r.NormFloat64()
	}
	orthonormalize(q, 0, n, n)
	c := make([]float64, n*n)
	for i := range n {
		for j := i; j < n; j++ {
			for k, v := range values {
				c[i*n+j] += v * q[k*n+i] * q[k*n+j]
			}
			c[j*n+i] = c[i*n+j]
		}
	}
	return c
}

// The fast solver for a few of many against gonum's for all, on its own ground.
func TestChebyshevAgainstFull(t *testing.T) {
	const n, k = 150, 12
	for name, values := range spectra(n) {
		c := turned(values)
		got, vectors := chebyshev(c, n, k, 1)
		if got == nil {
			t.Errorf("%s: not converged", name)
			continue
		}
		var e mat.EigenSym
		if !e.Factorize(mat.NewSymDense(n, c), true) {
			t.Fatal("gonum")
		}
		want := e.Values(nil)
		top := want[n-1]
		for i, v := range got {
			if math.Abs(v-want[n-1-i]) > 1e-13*top {
				t.Errorf("%s: eigenvalue %d is %v, want %v", name, i, v, want[n-1-i])
			}
		}
		checkEigen(t, name, c, got, vectors, n, 2e-13*top)
	}
}

func checkEigen(t *testing.T, name string, c, values, vectors []float64, n int, tolerance float64) {
	t.Helper()
	for i, v := range values {
		x := vectors[i*n : (i+1)*n]
		for j := range i + 1 {
			want, dot := 0.0, 0.0
			if i == j {
				want = 1
			}
			for p := range n {
				dot += x[p] * vectors[j*n+p]
			}
			if math.Abs(dot-want) > 1e-13 {
				t.Errorf("%s: vectors %d and %d have product %v", name, i, j, dot)
				return
			}
		}
		for p := range n {
			r := -v * x[p]
			for q := range n {
				r += c[p*n+q] * x[q]
			}
			if math.Abs(r) > tolerance {
				t.Errorf("%s: vector %d has residual %v", name, i, r)
				return
			}
		}
	}
}

// Directions with a gap come to 1e-10 as from a full solver.
func TestPCADirections(t *testing.T) {
	table := peerData(400, 180)
	few := must(PCA{Components: 8}.Fit(background, table, em.Config{}))(t)
	all := must(PCA{}.Fit(background, table, em.Config{}))(t)
	near(t, "components", few.Components, all.Components[:8*180], 1e-10)
	near(t, "variances", few.ExplainedVariance, all.ExplainedVariance[:8], 1e-12)
	rest := 0.0
	for _, v := range all.ExplainedVariance[8:] {
		rest += v / 172
	}
	near(t, "noise", []float64{few.NoiseVariance}, []float64{rest}, 1e-12)
	if all.NoiseVariance != 0 || all.K != 180 {
		t.Errorf("all %d components leave noise %v", all.K, all.NoiseVariance)
	}
	random := must(PCA{Components: 8, Solver: Randomized, PowerIterations: 30}.Fit(background, table, em.Config{}))(t)
	near(t, "randomized", random.Components, few.Components, 1e-7)
	near(t, "randomized variances", random.ExplainedVariance, few.ExplainedVariance, 1e-12)
	part := must(PCA{Explained: 0.5}.Fit(background, table, em.Config{}))(t)
	sum := 0.0
	for i, r := range part.Ratio() {
		if sum >= 0.5 {
			t.Errorf("component %d is not needed for half of the variance", i)
		}
		sum += r
	}
	near(t, "noise beside half", []float64{part.NoiseVariance * float64(180-part.K)}, []float64{(1 - sum) * part.TotalVariance}, 1e-10)
}

// Few rows of many columns and their transposed give one spectrum, and weights count as
// rows do.
func TestPCAWeights(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, d := rapid.IntRange(2, 9).Draw(r, "n"), rapid.IntRange(1, 9).Draw(r, "d")
		x := rapid.SliceOfN(rapid.Float64Range(-1, 1), n*d, n*d).Draw(r, "x")
		w := make([]float64, n)
		var repeated []float64
		total := 0
		for i := range w {
			times := rapid.IntRange(0, 3).Draw(r, "w")
			w[i] = float64(times)
			total += times
			for range times {
				repeated = append(repeated, x[i*d:(i+1)*d]...)
			}
		}
		if total < min(n, d) || total == 0 {
			return
		}
		columns := must(data.FromMatrix(x, d))(t).Columns()
		a, err := PCA{}.Fit(background, must(data.NewTable(columns, x, w))(t), em.Config{})
		if err != nil {
			return // no variance
		}
		b := must(PCA{}.Fit(background, must(data.NewTable(columns, repeated, nil))(t), em.Config{}))(t)
		k := min(a.K, b.K)
		near(t, "variances", a.ExplainedVariance[:k], b.ExplainedVariance[:k], 1e-12)
		near(t, "means", a.Mean, b.Mean, 1e-13)
		sum := 0.0
		for _, v := range a.ExplainedVariance {
			sum += v
		}
		near(t, "trace", []float64{sum}, []float64{a.TotalVariance}, 1e-12)
		block := &em.Block{Rows: n, Columns: d, X: x}
		scores, back, errs := make([]float64, n*a.K), make([]float64, n*d), make([]float64, n)
		for _, err := range []error{a.TransformTo(scores, block), a.ErrorTo(errs, block)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		a.InverseTo(back, scores, n)
		for i := range n {
			s := 0.0
			for j := range d {
				s += (back[i*d+j] - x[i*d+j]) * (back[i*d+j] - x[i*d+j])
			}
			near(t, "reconstruction error", errs[i:i+1], []float64{s}, 1e-12)
			if w[i] > 0 && s > 1e-14 && a.K == min(n, d) && total >= d {
				t.Errorf("all components leave %v", s)
			}
		}
	})
}

// The density is that of the normal distribution it stands for, and whitened scores have
// variance one.
func TestPCADensity(t *testing.T) {
	table := must(data.FromRows(readGolden(t).Rows))(t)
	for _, k := range []int{1, 3, 6} {
		m := must(PCA{Components: k, Whiten: true}.Fit(background, table, em.Config{}))(t)
		d := len(m.Mean)
		cov := mat.NewSymDense(d, nil)
		for i := range d {
			for j := i; j < d; j++ {
				v := 0.0
				if i == j {
					v = m.NoiseVariance
				}
				for f := range k {
					v += (m.ExplainedVariance[f] - m.NoiseVariance) * m.Component(f)[i] * m.Component(f)[j]
				}
				cov.SetSym(i, j, v)
			}
		}
		normal := must(dist.NewMultivariateNormal(m.Mean, cov))(t)
		got := must(em.LogProb(background, m, table))(t)
		for i, v := range got {
			near(t, "log density", []float64{v}, []float64{normal.LogProb(table.Row(i))}, 1e-10)
		}
		scores := must(Transform(background, m, table))(t)
		for f := range k {
			s := 0.0
			for i := range table.Rows() {
				s += scores[i*k+f] * scores[i*k+f]
			}
			near(t, "variance of white scores", []float64{s / float64(table.Rows())}, []float64{1}, 1e-11)
		}
		back := make([]float64, len(table.Matrix()))
		m.InverseTo(back, scores, table.Rows())
		if k == d {
			near(t, "inverse", back, table.Matrix(), 1e-12)
		}
		// Draws have these moments; five standard errors are left with probability 6e-7.
		r, x, sum, n := rand.New(rand.NewPCG(1, 1)), make([]float64, d), 0.0, 4000
		for range n {
			m.RandTo(x, r)
			sum += (x[0] - m.Mean[0]) * (x[0] - m.Mean[0]) / cov.At(0, 0)
		}
		if z := (sum/float64(n) - 1) * math.Sqrt(float64(n)/2); math.Abs(z) > 5 {
			t.Errorf("k=%d: the variance of draws is %v standard errors off", k, z)
		}
	}
}

// The same bits for any number of workers, for files and memory; JSON holds them.
func TestPCABits(t *testing.T) {
	table := peerData(2500, 130)
	for _, s := range []PCA{{Components: 5}, {Components: 5, Solver: Randomized}, {Components: 3, Whiten: true}} {
		want := must(s.Fit(background, table, em.Config{Workers: 1}))(t)
		for _, workers := range []int{2, 7} {
			got := must(s.Fit(background, streamed{table}, em.Config{Workers: workers, Memory: 1}))(t)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%+v, %d workers, streamed: %s", s, workers, d)
			}
		}
		text := must(json.Marshal(want))(t)
		var read PCAModel
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, &read); d != "" {
			t.Error(d)
		}
		dst, block := make([]float64, 512*5), &em.Block{Rows: 512, Columns: 130, X: table.Matrix()}
		if n := patience.Allocations(20, func() {
			if err := want.TransformTo(dst, block); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("TransformTo allocates %v times", n)
		}
	}
}
