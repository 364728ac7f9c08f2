package em

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/internal/patience"
)

func TestMixtureErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	numbers := func(x ...float64) *data.Table { return mixtureTable(t, data.Numbers("x"), x, nil) }
	two := mixtureTable(t, data.Numbers("x", "y"), []float64{1, 2, 3, 4}, nil)
	var config *belief.ConfigError
	var value *data.ValueError
	var fit *dist.FitError
	var param *dist.ParameterError
	poisson := expfam.Poisson{}
	start, err := NewMixture([]float64{1}, []any{dist.Poisson{Lambda: 1}})
	if err != nil {
		t.Fatal(err)
	}
	texts := mixtureTable(t, []data.Column{{Name: "t", Categories: []string{"u", "v", "w"}}}, []float64{0, 1, 2}, nil)
	other, err := Mixture{K: 1, Family: poisson}.Fit(context.Background(), mixtureTable(t, data.Numbers("a"), []float64{1, 2}, nil), Config{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		settings Mixture
		src      data.Source
		as       any
		text     string
	}{
		"no K":                    {Mixture{Family: poisson}, numbers(1), &config, "K is 0"},
		"K over n":                {Mixture{K: 3, Family: poisson}, numbers(1, 2), &config, "K is 3"},
		"smoothing":               {Mixture{K: 1, Family: poisson, Smoothing: nan}, numbers(1), &config, "Smoothing"},
		"two families":            {Mixture{K: 1, Family: poisson, Columns: []expfam.Family{poisson}}, numbers(1), &config, "Columns"},
		"families per column":     {Mixture{K: 1, Columns: []expfam.Family{poisson}}, two, &config, "one family for each of the 2 columns"},
		"a family of vectors":     {Mixture{K: 1, Family: expfam.Dirichlet{K: 3}}, two, &config, "values of 2 numbers"},
		"vectors in a column":     {Mixture{K: 1, Columns: []expfam.Family{poisson, expfam.Dirichlet{K: 3}}}, two, &config, "Columns[1]"},
		"no such family":          {Mixture{K: 1, Family: expfam.Binomial{N: -1}}, numbers(1), &param, "N"},
		"no categories":           {Mixture{K: 1}, two, &config, `column "x" is one of numbers; it must be one of categories`},
		"texts":                   {Mixture{K: 1, Family: expfam.Normal{}}, texts, &config, `column "t"`},
		"texts that are counted":  {Mixture{K: 1, Columns: []expfam.Family{poisson}}, texts, &config, `column "t"`},
		"texts in a vector":       {Mixture{K: 1, Family: expfam.MultivariateNormal{D: 1}}, texts, &config, `column "t"`},
		"three texts for a bit":   {Mixture{K: 1, Family: expfam.Bernoulli{}}, texts, &config, `column "t"`},
		"texts at a start":        {Mixture{Start: start}, texts, &config, `column "t"`},
		"a start of other names":  {Mixture{Start: other.Model}, numbers(1, 2), &config, `of column "a"`},
		"no source":               {Mixture{K: 1, Family: poisson}, nil, &config, "source"},
		"no rows":                 {Mixture{K: 1, Family: poisson}, numbers(), &config, "source"},
		"infinite":                {Mixture{K: 1, Family: poisson}, numbers(1, inf), &value, `column "x" of row 1`},
		"not a count":             {Mixture{K: 1, Family: poisson}, numbers(1, 2, 0.5), &value, `column "x" of row 2 is 0.5; it must be in the support of the family Poisson`},
		"not a bit":               {Mixture{K: 1, Family: expfam.Bernoulli{}}, numbers(1, 0, 2), &value, `column "x" of row 2 is 2`},
		"negative":                {Mixture{K: 1, Family: expfam.Gamma{}}, numbers(1, 3, -2), &value, `column "x" of row 2 is -2`},
		"missing in a vector":     {Mixture{K: 1, Family: expfam.Dirichlet{K: 2}}, mixtureTable(t, data.Numbers("x", "y"), []float64{0.5, 0.5, nan, 1}, nil), &value, "row 1"},
		"constant":                {Mixture{K: 2, Family: expfam.Gamma{}}, numbers(2, 2, 2), &fit, `column "x"`},
		"constant with smoothing": {Mixture{K: 2, Family: expfam.Normal{}, Smoothing: 1}, numbers(2, 2, 2), &fit, `column "x"`},
		"far from zero":           {Mixture{K: 1, Family: expfam.Normal{}}, numbers(1e12+1, 1e12+3), &config, `column "x" is about 1e+12 with the standard deviation 1`},
		"large":                   {Mixture{K: 1, Family: expfam.Normal{}}, numbers(1e300, -1e300), &config, "GaussianMixture"},
		"nothing there":           {Mixture{K: 1, Family: poisson}, mixtureTable(t, data.Numbers("x"), []float64{1, 2}, []float64{0, 0}), &config, "weights"},
		"a start of another K":    {Mixture{K: 2, Start: start}, numbers(1, 2), &config, "Start"},
		"a start of one column":   {Mixture{Start: start}, two, &config, "Start"},
		"an empty start":          {Mixture{Start: &MixtureModel{}}, two, &config, "MixtureModel"},
		"too large":               {Mixture{K: 1 << 20, Family: expfam.Categorical{K: 1 << 24}}, data.FromFunc(data.Numbers("x"), 1<<20, func(int, []float64) {}), new(*belief.TooLargeError), "too large"},
	} {
		_, err := c.settings.Fit(context.Background(), c.src, Config{})
		if err == nil || !errors.As(err, c.as) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v (%T)", name, err, err)
		}
		for _, e := range c.settings.Steps(context.Background(), c.src, Config{}) {
			if (e == nil) != (err == nil) {
				t.Errorf("%s: steps end with %v", name, e)
			}
		}
	}
}

func TestNewMixtureErrors(t *testing.T) {
	p := dist.Poisson{Lambda: 1}
	for name, err := range map[string]error{
		"none":       func() error { _, err := NewMixture(nil); return err }(),
		"no columns": func() error { _, err := NewMixture([]float64{1}, nil); return err }(),
		"weights":    func() error { _, err := NewMixture([]float64{1}, []any{p}, []any{p}); return err }(),
		"sum":        func() error { _, err := NewMixture([]float64{0.5, 0.6}, []any{p}, []any{p}); return err }(),
		"negative":   func() error { _, err := NewMixture([]float64{-0.5, 1.5}, []any{p}, []any{p}); return err }(),
		"columns":    func() error { _, err := NewMixture([]float64{0.5, 0.5}, []any{p}, []any{p, p}); return err }(),
		"other families": func() error {
			_, err := NewMixture([]float64{0.5, 0.5}, []any{p}, []any{dist.Exponential{Rate: 1}})
			return err
		}(),
		"no distribution": func() error { _, err := NewMixture([]float64{1}, []any{7}); return err }(),
		"degenerate":      func() error { _, err := NewMixture([]float64{1}, []any{dist.Bernoulli{P: 0}}); return err }(),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Data that determine little: an answer that is sane.
func TestMixtureOfDegenerateData(t *testing.T) {
	numbers := func(x ...float64) *data.Table { return mixtureTable(t, data.Numbers("x"), x, nil) }
	for name, c := range map[string]struct {
		settings Mixture
		src      data.Source
	}{
		"one point":             {Mixture{K: 1, Family: expfam.Poisson{}}, numbers(3)},
		"zeros":                 {Mixture{K: 2, Family: expfam.Poisson{}}, numbers(0, 0, 0)},
		"zeros that count runs": {Mixture{K: 2, Family: expfam.Geometric{}}, numbers(0, 0, 0)},
		"duplicates":            {Mixture{K: 3, Family: expfam.Poisson{}}, numbers(2, 2, 2, 2)},
		"constant bits":         {Mixture{K: 2, Family: expfam.Bernoulli{}}, mixtureTable(t, data.Numbers("x", "y"), []float64{1, 0, 1, 0, 1, 1}, nil)},
		"one category":          {Mixture{K: 2}, mixtureTable(t, []data.Column{{Name: "x", Categories: []string{"a"}}}, []float64{0, 0}, nil)},
		"all missing":           {Mixture{K: 1, Family: expfam.Poisson{}}, mixtureTable(t, data.Numbers("x", "y"), []float64{1, math.NaN(), 2, math.NaN()}, nil)},
		"large":                 {Mixture{K: 2, Family: expfam.Exponential{}}, numbers(1e12, 2e12, 5e14, 6e14)},
		"small":                 {Mixture{K: 2, Family: expfam.Exponential{}}, numbers(1e-12, 2e-12, 5e-10, 6e-10)},
		"collapsing":            {Mixture{K: 3, Family: expfam.Gamma{}}, numbers(1, 1, 1, 2, 3, 4, 5, 9)},
		"kept from collapsing":  {Mixture{K: 3, Family: expfam.Gamma{}, Smoothing: 0.1}, numbers(1, 1, 1, 2, 3, 4, 5, 9)},
	} {
		run, err := c.settings.Fit(context.Background(), c.src, Config{Iterations: 300})
		if name == "all missing" {
			// Poisson has a limit at zero, which is what no cell at all would be.
			if err == nil && !finiteObjective(run.Objective) {
				t.Errorf("%s: %v", name, run.Objective)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := run.Model.Validate(); err != nil || !finiteObjective(run.Objective) {
			t.Errorf("%s: %v, %v", name, run.Objective, err)
		}
		for _, w := range run.Warnings {
			if w.Code == "objective-fell" {
				t.Errorf("%s: %v", name, w)
			}
		}
		if name == "kept from collapsing" && (len(run.Warnings) > 0 || run.LogLikelihood > 20) {
			t.Errorf("%s: %v %v", name, run.LogLikelihood, run.Warnings)
		}
	}
}

// A row of weight zero is as if it were not there, even if it is impossible; a cell that
// never was something has probability zero, and the fit scales with the weights.
func TestMixtureWeightsAndZeros(t *testing.T) {
	x := []float64{1, 0, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0}
	columns := data.Numbers("x", "y")
	start, err := NewMixture([]float64{0.5, 0.5}, []any{dist.Bernoulli{P: 0.3}, dist.Bernoulli{P: 0.3}}, []any{dist.Bernoulli{P: 0.7}, dist.Bernoulli{P: 0.4}})
	if err != nil {
		t.Fatal(err)
	}
	fit := func(x, w []float64) *Run[*MixtureModel] {
		t.Helper()
		run, err := Mixture{Start: start}.Fit(context.Background(), mixtureTable(t, columns, x, w), Config{Iterations: 50, Tolerance: -1})
		if err != nil {
			t.Fatal(err)
		}
		return run
	}
	plain := fit(x, nil)
	with := fit(append([]float64{7, 7}, x...), []float64{0, 1, 1, 1, 1, 1, 1})
	if d := cmp.Diff(plain.Model.means, with.Model.means); d != "" || plain.Objective != with.Objective {
		t.Errorf("a row of weight zero: %s", d)
	}
	twice := fit(x, []float64{2, 2, 2, 2, 2, 2})
	if d := cmp.Diff(plain.Model.means, twice.Model.means); d != "" || math.Abs(2*plain.Objective-twice.Objective) > 1e-12 {
		t.Errorf("weights of two: %s", d)
	}
	zero := fit([]float64{1, 0, 0, 0, 1, 0}, nil).Model
	if zero.Means(0)[1] != 0 || zero.Means(1)[1] != 0 {
		t.Errorf("what never was has probability %v, %v", zero.Means(0)[1], zero.Means(1)[1])
	}
	lp, err := LogProb(context.Background(), zero, mixtureTable(t, columns, []float64{0, 1, 0, 0, 3, 3, math.NaN(), 0}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if !(lp[0] < -699) || !(lp[1] > -5) || !math.IsInf(lp[2], -1) || math.Abs(lp[3]) > 1e-9 {
		t.Errorf("log densities %v", lp)
	}
	_, err = Labels(context.Background(), zero, mixtureTable(t, columns, []float64{0, 0, 3, 3}, nil))
	var value *data.ValueError
	if !errors.As(err, &value) || value.Row != 1 {
		t.Errorf("%v", err)
	}
}

// A component to which the data leave no distribution keeps the last one, and says so.
func TestMixtureKeepsWhatIsNotDetermined(t *testing.T) {
	m, err := NewMixture([]float64{0.5, 0.5}, []any{dist.Exponential{Rate: 2}, dist.Poisson{Lambda: 3}}, []any{dist.Exponential{Rate: 4}, dist.Poisson{Lambda: 5}})
	if err != nil {
		t.Fatal(err)
	}
	eta := append([]float64(nil), m.eta...)
	s := m.NewStatistics()
	s.Weight = 10
	// Component 0 has the weight 10, T = (0, 20), component 1 nothing.
	s.Sums[0], s.Sums[3] = 10, 20
	if err := m.Maximize(s); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]float64{eta[0], math.Log(2), eta[2], eta[3]}, m.eta); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{0.5, 2, 0.25, 5}, m.means); d != "" {
		t.Error(d)
	}
	var where []string
	for _, w := range m.Warnings() {
		where = append(where, w.Where)
	}
	if d := cmp.Diff([]string{`column "x1" in component 0`, `column "x1" in component 1`, `column "x2" in component 1`}, where); d != "" {
		t.Error(d)
	}
}

// Draws follow the parameters, also when an M step has changed them.
func TestMixtureDrawsFollow(t *testing.T) {
	m, err := NewMixture([]float64{1}, []any{dist.Bernoulli{P: 0.5}})
	if err != nil {
		t.Fatal(err)
	}
	rng, row := rand.New(rand.NewPCG(1, 1)), make([]float64, 1)
	m.RandTo(row, rng)
	s := m.NewStatistics()
	s.Weight, s.Sums[0], s.Sums[1] = 10, 10, 10
	if err := m.Maximize(s); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if m.RandTo(row, rng)[0] != 1 {
			t.Fatal("a draw under the old parameters")
		}
	}
}

// Binary images: clusters that are those of the digits, the same bits for any number of
// workers and streamed, and an E step that allocates nothing when it is warm.
func TestMixtureOfImages(t *testing.T) {
	if testing.Short() {
		t.Skip("too long under the race detector (-short)")
	}
	images, err := data.Without(data.Digits(600, 1).Binarize(1), "label")
	if err != nil {
		t.Fatal(err)
	}
	settings := Mixture{K: 10, Family: expfam.Bernoulli{}, Smoothing: 1}
	var want *Run[*MixtureModel]
	for _, c := range []Config{{Workers: 1}, {Workers: 2}, {Workers: 7, Memory: 1}} {
		c.Seed, c.Iterations = 2, 5
		run, err := settings.Fit(context.Background(), images, c)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = run
		} else if d := cmp.Diff(want.Model.means, run.Model.means); d != "" || want.Objective != run.Objective {
			t.Errorf("%+v: other bits, %v and %v", c, want.Objective, run.Objective)
		}
	}
	rows, err := NewRows(context.Background(), images, Config{}, AllowMissing)
	if err != nil {
		t.Fatal(err)
	}
	b := Block{Rows: 512, Columns: len(images.Columns()), X: rows.Table().Matrix()[:512*len(images.Columns())]}
	s := want.Model.NewStatistics()
	for _, step := range []func(*Block, *Statistics) error{want.Model.Expect, want.Model.ExpectHard} {
		if n := patience.Allocations(3, func() {
			if err := step(&b, s); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("a warm E step allocates %v times", n)
		}
	}
	draw := make([]float64, b.Columns)
	if n := patience.Allocations(3, func() { want.Model.RandTo(draw, rand.New(rand.NewPCG(1, 1))) }); n > 3 {
		t.Errorf("a draw allocates %v times", n)
	}
}

func FuzzMixtureJSON(f *testing.F) {
	for _, c := range [][]any{{dist.Poisson{Lambda: 1}, dist.Bernoulli{P: 0.25}}, {dist.Gamma{Shape: 2, Rate: 3}}, {dist.Laplace{Location: -1e-9, Scale: 2}}} {
		m, err := NewMixture([]float64{0.25, 0.75}, c, c)
		if err != nil {
			f.Fatal(err)
		}
		text, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"kind":"mixture","version":1,"model":{"columns":[{"name":"a","categories":["x","y"]}],"families":["Categorical(K: 2)"],"weights":[1],"means":[[0.5]]}}`))
	f.Add([]byte(`{"kind":"mixture","version":1,"model":{"columns":[{"name":"a"}],"families":["Wishart(D: 4096)"],"weights":[1],"means":[[0.5]]}}`))
	f.Add([]byte(`{"kind":"mixture","version":1,"model":{"columns":[{"name":"a"},{"name":"b"}],"families":["MultivariateNormal(D: 2)"],"weights":[1],"means":[[0,0,1,0,1]],"smoothing":1,"center":[0,0,1,0,1]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var m MixtureModel
		if err := m.UnmarshalJSON(text); err != nil {
			var parse *belief.ParseError
			if !errors.As(err, &parse) {
				t.Fatalf("%T: %v", err, err)
			}
			if m.mixtureShape != nil {
				t.Fatal("an error has changed the model")
			}
			return
		}
		again, err := m.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back MixtureModel
		if err := back.UnmarshalJSON(again); err != nil {
			t.Fatalf("%v: %s", err, again)
		}
		third, err := back.MarshalJSON()
		if err != nil || !bytes.Equal(again, third) {
			t.Fatalf("%s\n%s", again, third)
		}
		if len(m.columns) < 100 {
			row := make([]float64, len(m.columns))
			if err := m.LogProbTo(make([]float64, 1), &Block{Rows: 1, Columns: len(row), X: row}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func BenchmarkMixtureOfImages(b *testing.B) {
	images, err := data.Without(data.Digits(2000, 1).Binarize(1), "label")
	if err != nil {
		b.Fatal(err)
	}
	rows, err := NewRows(context.Background(), images, Config{}, AllowMissing)
	if err != nil {
		b.Fatal(err)
	}
	run, err := Mixture{K: 10, Family: expfam.Bernoulli{}, Smoothing: 1}.Fit(context.Background(), images, Config{Iterations: 1})
	if err != nil {
		b.Fatal(err)
	}
	s := run.Model.NewStatistics()
	for b.Loop() {
		if err := rows.Each(context.Background(), Pass{Workers: 1}, func(_ int, block *Block) error { return run.Model.Expect(block, s) }); err != nil {
			b.Fatal(err)
		}
	}
}
