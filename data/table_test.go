package data

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

func TestValueErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		x, w []float64
		row  int
	}{
		{[]float64{0, 2, 1}, nil, 1},
		{[]float64{0, 1, -1}, nil, 2},
		{[]float64{0.5}, nil, 0},
		{[]float64{0, inf}, nil, 1},
		{[]float64{0, 1}, []float64{1, -1e-300}, 1},
		{[]float64{0, 1}, []float64{nan, 1}, 0},
		{[]float64{nan, 1}, []float64{1, inf}, 1},
	} {
		_, err := NewTable([]Column{{"kind", []string{"a", "b"}}}, c.x, c.w)
		var value *ValueError
		if !errors.As(err, &value) || value.Row != c.row {
			t.Errorf("%v, weights %v: %v", c.x, c.w, err)
		}
		if c.w == nil {
			continue
		}
		rows := [][]float64{}
		for i := range c.x {
			rows = append(rows, []float64{c.x[i], c.w[i]})
		}
		for _, src := range []Source{must(FromRows(rows, "x", "w"))(t), forward(must(FromRows(rows, "x", "w"))(t), 0)} {
			if _, err := Weighted(src, "w"); !errors.As(err, &value) || value.Row != c.row || value.Column != "w" {
				t.Errorf("column %v as weights: %v", c.w, err)
			}
		}
	}
}

func TestWeighted(t *testing.T) {
	table := must(FromRows([][]float64{{1, 2, 3}, {4, 0, 6}}, "a", "w", "b"))(t)
	want := [][]float64{{2, 1, 3}, {0, 4, 6}}
	for _, src := range []Source{table, forward(table, 0)} {
		weighted := must(Weighted(src, "w"))(t)
		conform(t, weighted)
		if d := sameBits(want, rowsOf(t, open(t, weighted, Order{}), 1)); d != "" {
			t.Error(d)
		}
		all := must(ReadAll(weighted, Limits{}))(t)
		if d := cmp.Diff([]float64{2, 0}, all.Weights()); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(Numbers("a", "b"), all.Columns()); d != "" {
			t.Error(d)
		}
	}
}

// Reading all of a source gives the rows of its passes.
func TestReadAll(t *testing.T) {
	src := countTo(t, 2500)
	if got := must(ReadAll(src, Limits{Memory: 1}))(t); got != src {
		t.Error("a table is copied")
	}
	got := must(ReadAll(forward(src, 0), Limits{}))(t)
	if d := cmp.Diff(src, got, cmp.AllowUnexported(Table{}), cmpopts.EquateNaNs()); d != "" {
		t.Error(d)
	}
}

func TestDropMissing(t *testing.T) {
	src := countTo(t, 10)
	got, dropped := src.DropMissing()
	if d := cmp.Diff([]int{3, 8}, dropped); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{0, 1, 2, 4, 5, 6, 7, 9}, numbersIn(t, got)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{0, 1, 2, 0, 1, 2, 3, 1}, got.Weights()); d != "" {
		t.Error(d)
	}
	if again, dropped := got.DropMissing(); again != got || dropped != nil {
		t.Errorf("a complete table loses %v", dropped)
	}
}

// The moments are those of gonum's two-pass formulas, far from zero too.
func TestSummaryMoments(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, offset := range []float64{0, 1e9} {
		n := 3000
		x, w := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], w[i] = offset+r.NormFloat64(), r.ExpFloat64()
		}
		for _, weights := range [][]float64{nil, w} {
			src := must(NewTable(Numbers("x"), x, weights))(t)
			s := must(Summarize(src))(t)
			small := make([]float64, n) // exact, by Sterbenz's lemma or because the offset is 0
			for i := range x {
				small[i] = x[i] - offset
			}
			mean, total := stat.Mean(small, weights), float64(n)
			if weights != nil {
				total = floats.Sum(weights)
			}
			sd := math.Sqrt(stat.MomentAbout(2, small, mean, weights))
			c := s.Columns[0]
			if math.Abs(c.Mean-offset-mean) > 1e-13+1e-16*offset || math.Abs(c.SD-sd) > 1e-13 {
				t.Errorf("offset %v: mean %v sd %v, want %v %v", offset, c.Mean-offset, c.SD, mean, sd)
			}
			if math.Abs(s.Weight-total) > 1e-9 || s.Rows != n {
				t.Errorf("weight %v of %d rows, want %v", s.Weight, s.Rows, total)
			}
		}
	}
}

func TestSummary(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	src := must(NewTable([]Column{{Name: "x"}, {"kind", []string{"a", "b", "c"}}, {Name: "none"}}, []float64{
		1, 1, nan,
		inf, 2, nan,
		nan, nan, nan,
		4, 2, nan,
		-5, 0, nan,
	}, []float64{1, 1, 1, 3, 0}))(t)
	s := must(Summarize(src))(t)
	want := &Summary{Rows: 5, Weight: 6, Columns: []ColumnSummary{
		{Name: "x", Missing: 1, Infinite: 1, Mean: 3.25, SD: math.Sqrt(27.0 / 16), Min: -5, Max: inf},
		{Name: "kind", Missing: 1, Mean: nan, SD: nan, Min: nan, Max: nan, Categories: []CategoryCount{{"c", 4}, {"b", 1}, {"a", 0}}},
		{Name: "none", Missing: 5, Mean: nan, SD: nan, Min: nan, Max: nan},
	}}
	if d := cmp.Diff(want, s, cmpopts.EquateNaNs(), cmpopts.EquateApprox(1e-15, 0)); d != "" {
		t.Error(d)
	}
	text, err := json.Marshal(must(Summarize(must(Select(src, "kind", "x"))(t)))(t))
	const wantText = `{"rows":5,"weight":6,"columns":[{"name":"kind","missing":1,"infinite":0,"mean":null,"sd":null,"min":null,"max":null,` +
		`"categories":[{"text":"c","weight":4},{"text":"b","weight":1},{"text":"a","weight":0}]},` +
		`{"name":"x","missing":1,"infinite":1,"mean":3.25,"sd":1.299038105676658,"min":-5,"max":"Inf"}]}`
	if err != nil || string(text) != wantText {
		t.Errorf("as JSON, %s, %v", text, err)
	}
}

// Undo takes back what Apply does, and what comes out of Apply is standard.
func TestScaling(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 50).Draw(rt, "x")
		if len(x) > 3 {
			x[2] = math.NaN()
		}
		src := must(FromMatrix(x, 1))(t)
		s := must(Standardize(src))(t)
		scaled := must(s.Apply(src))(t)
		sum := must(Summarize(scaled))(t).Columns[0]
		spread := must(Summarize(src))(t).Columns[0]
		if spread.SD > 1e-3 { // else rounding of x is what one sees
			if math.Abs(sum.Mean) > 1e-6 || math.Abs(sum.SD-1) > 1e-6 {
				rt.Fatalf("mean %v, sd %v", sum.Mean, sum.SD)
			}
		}
		back := must(ReadAll(must(s.Undo(scaled))(t), Limits{}))(t)
		for i, v := range back.Matrix() {
			if math.Abs(v-x[i]) > 1e-9 || (v == v) != (x[i] == x[i]) {
				rt.Fatalf("row %d: %v comes back as %v", i, x[i], v)
			}
		}
	})
	constant := must(FromMatrix([]float64{7, 7, 7}, 1))(t)
	if s := must(Standardize(constant))(t); s.Scales[0] != 1 || s.Means[0] != 7 {
		t.Errorf("a constant has the scaling %+v", s)
	}
}

func TestOneHot(t *testing.T) {
	nan := math.NaN()
	src := must(NewTable([]Column{{"k", []string{"a", "b"}}, {Name: "x"}, {"l", []string{"c"}}}, []float64{1, 5, 0, nan, 6, 0, 0, 7, nan}, nil))(t)
	all := must(ReadAll(must(OneHot(src))(t), Limits{}))(t)
	if d := cmp.Diff(Numbers("k=a", "k=b", "x", "l=c"), all.Columns()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]float64{0, 1, 5, 1, nan, nan, 6, 1, 1, 0, 7, nan}, all.Matrix(), cmpopts.EquateNaNs()); d != "" {
		t.Error(d)
	}
	one := must(ReadAll(must(OneHot(src, "l"))(t), Limits{}))(t)
	if d := cmp.Diff([]float64{1, 5, 1, nan, 6, 1, 0, 7, nan}, one.Matrix(), cmpopts.EquateNaNs()); d != "" {
		t.Error(d)
	}
}
