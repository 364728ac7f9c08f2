package em

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/patience"
	"github.com/google/go-cmp/cmp"
)

func gaussianCodes(warnings []belief.Warning) (out []string) {
	for _, w := range warnings {
		out = append(out, w.Code)
	}
	return out
}

// Data that say little end in a finite answer, with a warning where a floor acts.
func TestGaussianDegenerateData(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	make1 := func(n int, row func(i int) []float64) [][]float64 {
		out := make([][]float64, n)
		for i := range out {
			out[i] = row(i)
		}
		return out
	}
	for name, c := range map[string]struct {
		rows   [][]float64
		k      int
		floors bool
	}{
		"one point":       {[][]float64{{3, 4}}, 1, true},
		"k > n":           {[][]float64{{1, 2}, {5, 1}, {3, 9}}, 7, true},
		"duplicates":      {make1(60, func(i int) []float64 { return []float64{float64(i % 3), float64(i % 2)} }), 6, true},
		"all alike":       {make1(20, func(int) []float64 { return []float64{0.1, 1e12} }), 2, true},
		"constant column": {make1(50, func(int) []float64 { return []float64{r.NormFloat64(), 7e9} }), 1, true},
		"collinear":       {make1(50, func(int) []float64 { v := r.NormFloat64(); return []float64{v, 2 * v} }), 1, true},
		"1e12": {make1(80, func(i int) []float64 {
			return []float64{1e12 * (r.NormFloat64() + float64(i%2*9)), 1e-12 * r.NormFloat64()}
		}), 2, false},
		"far from zero": {make1(80, func(i int) []float64 { return []float64{1e9 + r.NormFloat64() + float64(i%2*9), r.NormFloat64()} }), 2, false},
	} {
		table, err := data.FromRows(c.rows)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
			run, err := GaussianMixture{K: c.k, Covariance: form}.Fit(context.Background(), table, Config{})
			if err != nil {
				t.Errorf("%s, %v: %v", name, form, err)
				continue
			}
			codes := gaussianCodes(run.Warnings)
			if math.IsNaN(run.LogLikelihood) || math.IsInf(run.LogLikelihood, 0) || run.Model.Validate() != nil || !run.Converged {
				t.Errorf("%s, %v: log-likelihood %v, converged %t, %v", name, form, run.LogLikelihood, run.Converged, run.Model.Validate())
			}
			spherical := form == Spherical && (name == "constant column" || name == "collinear" || name == "1e12")
			diagonal := form == Diagonal && name == "collinear"
			if floors := slices.Contains(codes, "variance-floor"); floors != c.floors && !spherical && !diagonal {
				t.Errorf("%s, %v: warnings %v", name, form, codes)
			}
			if slices.Contains(codes, "objective-fell") {
				t.Errorf("%s, %v: %v", name, form, run.Warnings)
			}
		}
	}
}

// Rows of weight zero count for nothing, wherever they are.
func TestGaussianZeroWeight(t *testing.T) {
	x := []float64{1, 2, 3, 4, 1e300, 9}
	with, err := data.NewTable(data.Numbers("x"), x, []float64{1, 1, 1, 1, 0, 1})
	if err != nil {
		t.Fatal(err)
	}
	run, err := GaussianMixture{K: 1}.Fit(context.Background(), with, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got := run.Model.Means[0][0]; math.Abs(got-3.8) > 1e-12 || math.IsNaN(run.LogLikelihood) {
		t.Errorf("mean %v, log-likelihood %v; want 3.8", got, run.LogLikelihood)
	}
}

func TestGaussianRefuses(t *testing.T) {
	good, err := data.FromRows([][]float64{{1, 2}, {3, 5}, {4, 4}})
	if err != nil {
		t.Fatal(err)
	}
	for field, g := range map[string]GaussianMixture{
		"K":             {},
		"Covariance":    {K: 1, Covariance: 9},
		"Floor":         {K: 1, Floor: math.NaN()},
		"Init":          {K: 1, Init: 4},
		"Tries":         {K: 1, Tries: -1},
		"Means":         {K: 2, Means: [][]float64{{1, 2}}},
		"Means[0]":      {K: 1, Means: [][]float64{{1, math.NaN()}}},
		"Concentration": {K: 1, Concentration: 0.5},
		"Start":         {K: 1, Start: &GaussianModel{}},
		"Prior.Mean":    {K: 1, Prior: &GaussianPrior{Mean: []float64{1}}},
		"Prior.Degrees": {K: 1, Prior: &GaussianPrior{Degrees: 1}},
		"Prior.Scale":   {K: 1, Prior: &GaussianPrior{Scale: [][]float64{{1, 2}, {2, 1}}}},
	} {
		var want *belief.ConfigError
		if _, err := g.Fit(context.Background(), good, Config{}); !errors.As(err, &want) || want.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, v := range []float64{math.Inf(1), math.Inf(-1)} {
		bad, err := data.FromRows([][]float64{{1, 2}, {3, v}})
		if err != nil {
			t.Fatal(err)
		}
		var cell *data.ValueError
		if _, err := (GaussianMixture{K: 1}).Fit(context.Background(), bad, Config{}); !errors.As(err, &cell) || cell.Row != 1 || cell.Column != "x2" {
			t.Errorf("%v: %v", v, err)
		}
	}
	var config *belief.ConfigError
	wide, err := data.FromRows([][]float64{{1e300}, {-1e300}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (GaussianMixture{K: 1}).Fit(context.Background(), wide, Config{}); !errors.As(err, &config) {
		t.Errorf("1e300: %v", err)
	}
}

// mclust 6 with priorControl() on Old Faithful, 2 full components: its mode.
func TestGaussianPriorPeer(t *testing.T) {
	run, err := GaussianMixture{K: 2, Prior: &GaussianPrior{}}.Fit(context.Background(), gaussianTable(t, "faithful.csv"), Config{Tolerance: 1e-12})
	if err != nil {
		t.Fatal(err)
	}
	m, big := run.Model, 0
	if m.Weights[1] > m.Weights[0] {
		big = 1
	}
	for i, c := range [][2]float64{{run.LogLikelihood, -1130.511148}, {m.Weights[big], 0.6438942424}, {m.Means[big][0], 4.290115978},
		{m.Means[big][1], 79.973593323}, {m.Means[1-big][0], 2.037108167}, {m.Means[1-big][1], 54.486038982}} {
		if math.Abs(c[0]-c[1]) > 2e-4*math.Abs(c[1]) {
			t.Errorf("number %d: %v, want %v", i, c[0], c[1])
		}
	}
}

// One fit has the same bits for any number of workers, and from memory as from a stream.
func TestGaussianSameBits(t *testing.T) {
	table, _ := gaussianPlanted(3000, 3, 3, 9)
	x := table.Matrix()
	streamed := data.FromFunc(table.Columns(), table.Rows(), func(i int, dst []float64) { copy(dst, x[3*i:]) })
	var want string
	for i, c := range []Config{{Workers: 1}, {Workers: 2}, {Workers: 7}, {Memory: 1}, {Batch: 700}, {Batch: 700, Workers: 3}} {
		c.Iterations = 5
		var src data.Source = table
		if c.Memory > 0 {
			src = streamed
		}
		run, err := GaussianMixture{K: 3}.Fit(context.Background(), src, c)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(run.Model)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 || i == 4 {
			want = string(text)
		}
		if string(text) != want {
			t.Errorf("%+v gives other bits", c)
		}
		var back GaussianModel
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(&back)
		if err != nil || string(again) != string(text) || !cmp.Equal(back.Values(), run.Model.Values()) {
			t.Errorf("read and written again: %s, %v", again, err)
		}
	}
}

// Planted parameters are found again, up to the order of components. With 1500 rows of
// each a mean is off by less than 6 standard errors but once in 10⁸ fits.
func TestGaussianRecovers(t *testing.T) {
	want := gaussianRandom(rand.New(rand.NewPCG(8, 8)), Full, 4, 3, 0.02)
	r := rand.New(rand.NewPCG(1, 9))
	rows := make([][]float64, 6000)
	for i := range rows {
		rows[i] = want.RandTo(nil, r)
	}
	table, err := data.FromRows(rows)
	if err != nil {
		t.Fatal(err)
	}
	run, err := GaussianMixture{K: 4}.Fit(context.Background(), table, Config{})
	if err != nil {
		t.Fatal(err)
	}
	for k, mean := range want.Means {
		found := false
		for _, got := range run.Model.Means {
			close := true
			for j := range mean {
				close = close && math.Abs(got[j]-mean[j]) < 6*math.Sqrt(want.covarianceAt(k, j, j)/1300)
			}
			found = found || close
		}
		if !found {
			t.Errorf("mean %v is not among %v", mean, run.Model.Means)
		}
	}
}

func TestGaussianAllocations(t *testing.T) {
	table, _ := gaussianPlanted(512, 6, 4, 3)
	b := &Block{Rows: 512, Columns: 6, X: table.Matrix()}
	m := gaussianRandom(rand.New(rand.NewPCG(1, 1)), Full, 4, 6, 1)
	s, dst := m.NewStatistics(), make([]float64, 512)
	for what, f := range map[string]func() error{
		"Expect": func() error { return m.Expect(b, s) }, "ExpectHard": func() error { return m.ExpectHard(b, s) }} {
		if n := patience.Allocations(10, func() {
			if err := f(); err != nil {
				t.Error(err)
			}
		}); n > 0 {
			t.Errorf("%s allocates %v times", what, n)
		}
	}
	if n := patience.Allocations(10, func() { _ = m.LogProbTo(dst, b) }); n > 4 {
		t.Errorf("LogProbTo allocates %v times", n)
	}
}

func FuzzGaussianModel(f *testing.F) {
	for _, form := range []Covariance{Full, Tied, Diagonal, Spherical} {
		text, err := json.Marshal(gaussianRandom(rand.New(rand.NewPCG(1, 1)), form, 2, 2, 1))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var m GaussianModel
		if json.Unmarshal(text, &m) != nil {
			return
		}
		d := len(m.columns)
		b := &Block{Rows: 2, Columns: d, X: make([]float64, 2*d)}
		for j := range d {
			b.X[j] = m.Means[0][j]
			b.X[d+j] = math.MaxFloat64
		}
		dst := make([]float64, 2)
		shares := make([]float64, 2*m.Components())
		if err := errors.Join(m.LogProbTo(dst, b), m.ResponsibilitiesTo(shares, b), m.MahalanobisTo(dst, b)); err != nil {
			t.Fatal(err)
		}
		for _, v := range append(dst, shares...) {
			if math.IsNaN(v) {
				t.Fatalf("%v, %v of %s", dst, shares, text)
			}
		}
		again, err := json.Marshal(&m)
		if err != nil {
			t.Fatal(err)
		}
		var back GaussianModel
		if err := json.Unmarshal(again, &back); err != nil || !cmp.Equal(back.Values(), m.Values()) {
			t.Fatalf("%v: %s", err, again)
		}
	})
}
