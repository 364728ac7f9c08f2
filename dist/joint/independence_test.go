package joint

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// The violation against its definition, by conditioning and enumeration.
func TestIndependence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		if len(table.vars) < 2 {
			return
		}
		order := rapid.Permutation(names(table.vars)).Draw(t, "order")
		i := rapid.IntRange(1, len(order)-1).Draw(t, "a")
		j := rapid.IntRange(i+1, len(order)).Draw(t, "b")
		a, b, given := order[:i], order[i:j], order[j:]
		got, err := table.Independence(a, b, given...)
		if err != nil {
			t.Fatal(err)
		}
		prob := func(e Event, keep ...string) float64 {
			part := Event{}
			for _, name := range keep {
				part[name] = e[name]
			}
			p, err := table.Prob(part)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		gap := func(e Event) float64 {
			z := prob(e, given...)
			if z == 0 {
				return 0
			}
			return math.Abs(prob(e, order...)/z - prob(e, slices.Concat(a, given)...)/z*prob(e, slices.Concat(b, given)...)/z)
		}
		want := 0.0
		enumerate(table, func(e Event, _ []float64, _ float64) { want = max(want, gap(e)) })
		if !near(got.Violation, want) || !near(gap(got.Where), want) {
			t.Fatalf("%v, want %v; there it is %v", got, want, gap(got.Where))
		}
	})
}

// Two effects of one cause are independent given it, and not without.
func TestConditionalIndependence(t *testing.T) {
	cause := NewVariable("cause", "yes", "no")
	prior, err1 := New([]Variable{cause}, []float64{0.25, 0.75})
	x, err2 := NewConditional([]Variable{NewVariable("x", "0", "1")}, []Variable{cause}, []float64{0.9, 0.1, 0.2, 0.8})
	y, err3 := NewConditional([]Variable{NewVariable("y", "0", "1", "2")}, []Variable{cause}, []float64{0.5, 0.3, 0.2, 0.1, 0.3, 0.6})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	table, err := Chain(prior, x, y)
	if err != nil {
		t.Fatal(err)
	}
	with, err1 := table.Independence([]string{"x"}, []string{"y"}, "cause")
	without, err2 := table.Independence([]string{"x"}, []string{"y"})
	if err1 != nil || err2 != nil || !with.Holds(1e-15) || without.Holds(0.05) {
		t.Error(with, without, err1, err2)
	}
	if !strings.HasPrefix(without.String(), "largest violation 0.0525 at x=") {
		t.Error(without)
	}
	var variable *VariableError
	var unknown *belief.UnknownNameError
	for _, c := range [][3][]string{{{}, {"x"}, {}}, {{"x"}, {}, {}}, {{"x"}, {"x"}, {}}, {{"x"}, {"y"}, {"x"}}} {
		if _, err := table.Independence(c[0], c[1], c[2]...); !errors.As(err, &variable) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := table.Independence([]string{"x"}, []string{"y"}, "caus"); !errors.As(err, &unknown) {
		t.Error(err)
	}
}

// testVariables are a stratum z, a row x and a column y.
func testVariables(strata, rows, columns int) []Variable {
	count := func(name string, n int) Variable {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(i)
		}
		return NewNumber(name, values...)
	}
	return []Variable{count("z", strata), count("x", rows), count("y", columns)}
}

// TestIndependenceGolden compares with testdata/independence.json. Relative 1e-10;
// where p-values are near one, G near zero loses digits to its terms.
func TestIndependenceGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/independence.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Strata, Rows, Columns, DF int
		Counts                    []float64
		Square, G, PSquare, PG    float64
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 20 {
		t.Errorf("%d cases, want 20", len(cases))
	}
	for _, c := range cases {
		counts, err := NewCounts(testVariables(c.Strata, c.Rows, c.Columns), c.Counts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := counts.IndependenceTest([]string{"x"}, []string{"y"}, "z")
		if err != nil {
			t.Fatal(err)
		}
		if got.DF != c.DF {
			t.Errorf("%v: %d degrees of freedom, want %d", c.Counts, got.DF, c.DF)
		}
		for _, v := range [][2]float64{{got.ChiSquare, c.Square}, {got.G, c.G}, {got.PChiSquare, c.PSquare}, {got.PG, c.PG}} {
			if !(math.Abs(v[0]-v[1]) <= 1e-10*math.Abs(v[1])+1e-12) {
				t.Errorf("%v: %v, want %+v", c.Counts, got, c)
				break
			}
		}
	}
}

// Under independence, p-values below α come up in a share α of data sets: of 4000,
// by Hoeffding's bound at 1e-6, up to 0.0426 more or fewer. The statistics of
// dependent variables are rejected.
func TestIndependenceTestLevel(t *testing.T) {
	vars := testVariables(2, 2, 3)
	r := rand.New(rand.NewPCG(5, 6))
	reject := func(tie float64) (square, g float64) {
		const sets, size = 4000, 600
		for range sets {
			cells := make([]float64, 12)
			for range size {
				z := r.IntN(2)
				x := (r.IntN(3) + z) / 2 % 2
				y := r.IntN(3)
				if r.Float64() < tie {
					y = x
				}
				cells[(z*2+x)*3+y]++
			}
			c, err := NewCounts(vars, cells)
			if err != nil {
				t.Fatal(err)
			}
			test, err := c.IndependenceTest([]string{"x"}, []string{"y"}, "z")
			if err != nil || test.DF != 4 || len(test.Warnings) > 0 {
				t.Fatal(test, err)
			}
			if test.PChiSquare < 0.1 {
				square += 1. / sets
			}
			if test.PG < 0.1 {
				g += 1. / sets
			}
		}
		return square, g
	}
	const slack = 0.0426
	if square, g := reject(0); !(math.Abs(square-0.1) <= slack && math.Abs(g-0.1) <= slack) {
		t.Errorf("rejected %v and %v of independent data sets, want 0.1", square, g)
	}
	if square, g := reject(0.2); square < 0.9 || g < 0.9 {
		t.Errorf("rejected %v and %v of dependent data sets", square, g)
	}
}

func TestIndependenceWarnings(t *testing.T) {
	vars := testVariables(1, 2, 2)[1:]
	for _, c := range []struct {
		counts []float64
		code   string
	}{
		{[]float64{20, 20, 20, 20}, ""},
		{[]float64{3, 3, 3, 3}, "small-expected-counts"},
		{[]float64{30, 30, 4, 4}, "small-expected-counts"}, // half of them
		{[]float64{1000, 1000, 0, 1}, "small-expected-counts"},
		{[]float64{9, 9, 0, 0}, "nothing-to-test"},
		{[]float64{0, 0, 0, 0}, "nothing-to-test"},
	} {
		counts, err := NewCounts(vars, c.counts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := counts.IndependenceTest([]string{"x"}, []string{"y"})
		if err != nil {
			t.Fatal(err)
		}
		code := ""
		if len(got.Warnings) > 0 {
			code = got.Warnings[0].Code
		}
		if code != c.code || c.code == "nothing-to-test" && got.PChiSquare != 1 || math.IsNaN(got.PG) || math.IsInf(got.Least, 0) {
			t.Errorf("%v: %+v, want warning %q", c.counts, got, c.code)
		}
	}
}

func TestCount(t *testing.T) {
	vars := []Variable{NewVariable("a", "x", "y"), NewVariable("b", "u", "v")}
	rows := [][]string{{"x", "u"}, {"y", "v"}, {"y", "v"}, {"x", "v"}}
	c, err := Count(vars, rows, nil)
	if err != nil || !slices.Equal(c.Cells(), []float64{1, 1, 0, 2}) || c.Total() != 4 {
		t.Fatal(c, err)
	}
	weighted, err := Count(vars, rows, []float64{0.5, 1, 0, 2})
	if err != nil || !slices.Equal(weighted.Cells(), []float64{0.5, 2, 0, 1}) {
		t.Fatal(weighted, err)
	}
	table, err := c.Table(0)
	if err != nil || !slices.Equal(table.Probs(), []float64{0.25, 0.25, 0, 0.5}) {
		t.Error(table, err)
	}
	smooth, err := c.Table(1)
	if err != nil || !slices.Equal(smooth.Probs(), []float64{0.25, 0.25, 0.125, 0.375}) {
		t.Error(smooth, err)
	}
	var unknown *belief.UnknownNameError
	if _, err := Count(vars, [][]string{{"x", "u"}, {"x", "w"}}, nil); !errors.As(err, &unknown) || !strings.HasPrefix(err.Error(), "observation 1: ") {
		t.Error(err)
	}
	var fit *dist.FitError
	var param *dist.ParameterError
	for _, err := range []error{errOf(Count(vars, [][]string{{"x"}}, nil)), errOf(Count(vars, rows, []float64{1, 1, 1, -1})), errOf(Count(vars, rows, []float64{1, 1, 1, math.NaN()}))} {
		if !errors.As(err, &fit) {
			t.Error(err)
		}
	}
	none, err := Count(vars, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.Table(0); !errors.As(err, &fit) {
		t.Error(err)
	}
	for _, err := range []error{errOf(none.Table(-1)), errOf(none.Table(math.NaN())), errOf(NewCounts(vars, []float64{1, 2, 3, -1})), errOf(NewCounts(vars, []float64{1e308, 1e308, 1e308, 1e308}))} {
		if !errors.As(err, &param) {
			t.Error(err)
		}
	}
}
