package graphical_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// sameError compares errors by type and text, as NaN is no different from itself
// for a reader.
var sameError = cmp.Comparer(func(a, b error) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && a.Error() == b.Error()
})

func mistakesOf(t *testing.T, err error) []error {
	t.Helper()
	var build *graphical.BuildError
	if !errors.As(err, &build) {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	if build.More != 0 {
		t.Fatalf("%d more mistakes than are listed", build.More)
	}
	return build.Mistakes
}

// Every mistake is reported with the names it concerns.
func TestBuilderMistakes(t *testing.T) {
	type builder = *graphical.BayesNetBuilder
	nan, inf := math.NaN(), math.Inf(1)
	foreign, err := graphical.NewVariable("alien", "yes", "no")
	if err != nil {
		t.Fatal(err)
	}
	one := func(row ...float64) func(b builder) { // a network of one table
		return func(b builder) { b.Table(b.Variable("rain", "yes", "no")).Row(row...) }
	}
	two := func(rows ...[]float64) func(b builder) { // wet | rain, with the rows of wet
		return func(b builder) {
			rain := b.Variable("rain", "yes", "no")
			b.Table(rain).Row(0.2, 0.8)
			t := b.Table(b.Variable("wet", "yes", "no"), rain)
			for _, r := range rows {
				t.Row(r...)
			}
		}
	}
	for _, c := range []struct {
		name  string
		build func(b builder)
		want  []error
	}{
		{"variable without a name", func(b builder) { b.Variable("", "yes") },
			[]error{&graphical.NameError{Kind: "variable", Problem: "a variable needs a name"}}},
		{"variable without states", func(b builder) { b.Table(b.Variable("rain")).Row() },
			[]error{&graphical.NameError{Kind: "variable", Name: "rain", Problem: "it has no states"}}},
		{"state without a name", func(b builder) { b.Variable("rain", "yes", "") },
			[]error{&graphical.NameError{Kind: "variable", Name: "rain", Problem: "its state 1 has an empty name"}}},
		{"state twice", func(b builder) { b.Variable("rain", "yes", "no", "yes") },
			[]error{&graphical.NameError{Kind: "state", Name: "yes", Problem: `variable "rain" has it twice`}}},
		{"state of many twice", func(b builder) {
			states := make([]string, 40)
			for i := range states {
				states[i] = strconv.Itoa(i % 39)
			}
			b.Variable("day", states...)
		}, []error{&graphical.NameError{Kind: "state", Name: "0", Problem: `variable "day" has it twice`}}},
		{"variable twice", func(b builder) {
			b.Table(b.Variable("rain", "yes", "no")).Row(0.2, 0.8)
			b.Table(b.Variable("rain", "yes", "no")).Row(0.2, 0.8)
		}, []error{&graphical.NameError{Kind: "variable", Name: "rain", Problem: "declared twice"}}},
		{"same variable added twice", func(b builder) {
			b.Table(foreign).Row(0.2, 0.8)
			b.Add(foreign).Add(foreign)
		}, []error{&graphical.NameError{Kind: "variable", Name: "alien", Problem: "declared twice"}}},
		{"no table", func(b builder) { b.Variable("rain", "yes", "no") },
			[]error{&graphical.TableError{Variable: "rain", Problem: "it has no table"}}},
		{"two tables", func(b builder) {
			rain := b.Variable("rain", "yes", "no")
			b.Table(rain).Row(0.2, 0.8)
			b.Table(rain).Row(0.2, 0.8)
		}, []error{&graphical.TableError{Variable: "rain", Problem: "it has two tables"}}},
		{"table of an unknown variable", func(b builder) { one(0.2, 0.8)(b); b.Table(foreign).Row(0.2, 0.8) },
			[]error{&belief.UnknownNameError{Kind: "variable", Name: "alien"}}},
		{"table of nothing", func(b builder) { one(0.2, 0.8)(b); b.Table(nil).Row(0.2, 0.8) },
			[]error{&graphical.NameError{Kind: "variable", Problem: "a table has no variable"}}},
		{"nil conditional", func(b builder) { one(0.2, 0.8)(b); b.Conditional(nil) },
			[]error{&graphical.NameError{Kind: "variable", Problem: "a conditional distribution is nil"}}},
		{"table of another variable of the name", func(b builder) {
			b.Table(b.Variable("alien", "yes", "no")).Row(0.2, 0.8)
			b.Table(foreign).Row(0.2, 0.8)
		}, []error{&graphical.NameError{Kind: "variable", Name: "alien", Problem: "a table is of another variable of that name"}}},
		{"parent without states", func(b builder) {
			rain := b.Variable("rain")
			b.Table(rain).Row()
			b.Table(b.Variable("wet", "yes", "no"), rain).Row(0.2, 0.8)
		}, []error{&graphical.NameError{Kind: "variable", Name: "rain", Problem: "it has no states"}}},
		{"short row", two([]float64{0.9, 0.1}, []float64{1}),
			[]error{&graphical.SizeError{Variable: "wet", Row: "rain=no", What: "entries", Got: 1, Want: 2}}},
		{"long row", two([]float64{0.9, 0.05, 0.05}, []float64{1}),
			[]error{&graphical.SizeError{Variable: "wet", Row: "rain=yes", What: "entries", Got: 3, Want: 2}}},
		{"row too few", two([]float64{0.9, 0.1}),
			[]error{&graphical.SizeError{Variable: "wet", What: "entries", Got: 2, Want: 4}}},
		{"row too many", two([]float64{0.9, 0.1}, []float64{0.9, 0.1}, []float64{0.9, 0.1}),
			[]error{&graphical.SizeError{Variable: "wet", What: "entries", Got: 6, Want: 4}}},
		{"long row too many", two([]float64{0.9, 0.1}, []float64{0.9, 0.1}, []float64{0.9, 0.1, 0}),
			[]error{&graphical.SizeError{Variable: "wet", What: "entries", Got: 7, Want: 4}}},
		{"values too many", func(b builder) { b.Table(b.Variable("rain", "yes", "no")).Values([]float64{0.2, 0.8, 0}) },
			[]error{&graphical.SizeError{Variable: "rain", What: "entries", Got: 3, Want: 2}}},
		{"astronomic table", func(b builder) {
			var parents []*graphical.Variable
			for i := range 2000 {
				p := b.Variable("p"+strconv.Itoa(i), "yes", "no")
				b.Table(p).Row(0.2, 0.8)
				parents = append(parents, p)
			}
			b.Table(b.Variable("child", "yes", "no"), parents...).Row(0.2, 0.8)
		}, []error{&graphical.SizeError{Variable: "child", What: "entries", Got: 2, Want: inf}}},
		{"negative entry", two([]float64{0.9, 0.1}, []float64{1.1, -0.1}),
			[]error{&graphical.EntryError{Variable: "wet", Row: "rain=no", State: "no", Value: -0.1}}},
		{"NaN", one(nan, 1), []error{&graphical.EntryError{Variable: "rain", State: "yes", Value: nan}}},
		{"infinity", one(0, inf), []error{&graphical.EntryError{Variable: "rain", State: "no", Value: inf}}},
		{"sums too high", one(0.2, 0.801001), []error{&graphical.RowSumError{Variable: "rain", Sum: 1.001001}}},
		{"sums too low", two([]float64{0.9, 0.098999}, []float64{0, 0}), []error{
			&graphical.RowSumError{Variable: "wet", Row: "rain=yes", Sum: 0.998999},
			&graphical.RowSumError{Variable: "wet", Row: "rain=no", Sum: 0}}},
		{"zero row, normalized", func(b builder) { b.Normalize(); one(0, 0)(b) },
			[]error{&graphical.RowSumError{Variable: "rain", Sum: 0}}},
		{"negative, normalized", func(b builder) { b.Normalize(); one(3, -1)(b) },
			[]error{&graphical.EntryError{Variable: "rain", State: "no", Value: -1}}},
		{"overflowing, normalized", func(b builder) { b.Normalize(); one(math.MaxFloat64, math.MaxFloat64)(b) },
			[]error{&graphical.RowSumError{Variable: "rain", Sum: inf}}},
		{"cycle", func(b builder) {
			x, y, z := b.Variable("x", "0", "1"), b.Variable("y", "0", "1"), b.Variable("z", "0", "1")
			b.Table(x, z).Row(0.5, 0.5).Row(0.5, 0.5)
			b.Table(y, x).Row(0.5, 0.5).Row(0.5, 0.5)
			b.Table(z, y).Row(0.5, 0.5).Row(0.5, 0.5)
		}, []error{&graphical.CycleError{Path: []string{"x", "y", "z", "x"}}}},
		{"several at once", func(b builder) {
			rain := b.Variable("rain", "yes", "no")
			b.Variable("sun", "yes", "yes")
			b.Table(rain).Row(0.2, 0.9)
			b.Table(b.Variable("wet", "yes", "no"), rain).Row(0.2, 0.8)
			b.Variable("wind", "yes", "no")
		}, []error{
			&graphical.NameError{Kind: "state", Name: "yes", Problem: `variable "sun" has it twice`},
			&graphical.RowSumError{Variable: "rain", Sum: 1.1},
			&graphical.SizeError{Variable: "wet", What: "entries", Got: 2, Want: 4},
			&graphical.TableError{Variable: "wind", Problem: "it has no table"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := graphical.NewBayesNet()
			c.build(b)
			net, err := b.Build()
			if net != nil {
				t.Errorf("a network of mistakes is built")
			}
			if diff := cmp.Diff(c.want, mistakesOf(t, err), sameError); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
			_, again := b.Build()
			if !cmp.Equal(err, again, sameError) {
				t.Errorf("a second build finds %v after %v", again, err)
			}
		})
	}
}

// Mistakes about the parents of a table, which are the only ones.
func TestBuilderMistakesAboutParents(t *testing.T) {
	stranger, err := graphical.NewVariable("stranger", "0", "1")
	if err != nil {
		t.Fatal(err)
	}
	double, err := graphical.NewVariable("a", "0", "1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		parents func(a, x *graphical.Variable) []*graphical.Variable
		want    string
		kind    any
	}{
		{"unknown", func(a, x *graphical.Variable) []*graphical.Variable { return []*graphical.Variable{a, stranger} },
			`parent of "x": unknown variable "stranger"`, new(*belief.UnknownNameError)},
		{"of the same name", func(a, x *graphical.Variable) []*graphical.Variable { return []*graphical.Variable{double} },
			`parent of "x": variable "a": another variable of that name is meant`, new(*graphical.NameError)},
		{"nil", func(a, x *graphical.Variable) []*graphical.Variable { return []*graphical.Variable{a, nil} },
			`variable "x": its parent 1 is nil`, new(*graphical.TableError)},
		{"itself", func(a, x *graphical.Variable) []*graphical.Variable { return []*graphical.Variable{a, x} },
			"the network has a cycle: x → x", new(*graphical.CycleError)},
		{"twice", func(a, x *graphical.Variable) []*graphical.Variable { return []*graphical.Variable{a, a} },
			`variable "x": parent "a" is listed twice`, new(*graphical.TableError)},
	} {
		b := graphical.NewBayesNet()
		a, x := b.Variable("a", "0", "1"), b.Variable("x", "0", "1")
		b.Table(a).Row(0.5, 0.5)
		b.Table(x, c.parents(a, x)...).Row(0.5, 0.5).Row(0.5, 0.5).Row(0.5, 0.5).Row(0.5, 0.5)
		_, err := b.Build()
		if mistakes := mistakesOf(t, err); len(mistakes) != 1 || mistakes[0].Error() != c.want || !errors.As(err, c.kind) {
			t.Errorf("%s: got %v, want %s of kind %T", c.name, mistakes, c.want, c.kind)
		}
	}
}

func TestBuilderRemembersSoManyMistakes(t *testing.T) {
	b := graphical.NewBayesNet()
	for i := range 150 {
		b.Table(b.Variable(fmt.Sprintf("x%d", i), "0", "1")).Row(0.1, 0.1)
	}
	_, err := b.Build()
	var build *graphical.BuildError
	if !errors.As(err, &build) || len(build.Mistakes) != 100 || build.More != 50 {
		t.Fatalf("%d mistakes and %d more: %v", len(build.Mistakes), build.More, err)
	}
	const want = `table of "x0" sums to 0.2, not 1; table of "x1" sums to 0.2, not 1; table of "x2" sums to 0.2, not 1; and 147 more mistakes`
	if err.Error() != want {
		t.Errorf("error text\n%v, want\n%v", err, want)
	}
}

func TestCycleErrorIsShort(t *testing.T) {
	var path []string
	for i := range 1000 {
		path = append(path, "v"+strconv.Itoa(i))
	}
	path = append(path, "v0")
	const want = "the network has a cycle: v0 → v1 → v2 → v3 → v4 → v5 → … (989 more) → v995 → v996 → v997 → v998 → v999 → v0"
	if got := (&graphical.CycleError{Path: path}).Error(); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

// In any graph with a cycle, the path reported is one.
func TestCyclePath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 8).Draw(t, "variables")
		b := graphical.NewBayesNet()
		vars := make([]*graphical.Variable, n)
		for i := range vars {
			vars[i] = b.Variable("X"+strconv.Itoa(i), "0", "1")
		}
		d := make(dag, n) // perhaps not acyclic, after all
		for i := range d {
			d[i] = make([]bool, n)
		}
		for i, v := range vars {
			var parents []*graphical.Variable
			for j, p := range vars {
				if i != j && rapid.IntRange(0, 3).Draw(t, "edge") == 0 {
					parents = append(parents, p)
					d[j][i] = true
				}
			}
			values := make([]float64, 2<<len(parents))
			for i := range values {
				values[i] = 0.5
			}
			b.Table(v, parents...).Values(values)
		}
		paths, cyclic := d.paths(), false
		for i := range d {
			cyclic = cyclic || paths[i][i]
		}
		_, err := b.Build()
		if !cyclic {
			if err != nil {
				t.Errorf("acyclic, but %v", err)
			}
			return
		}
		var cycle *graphical.CycleError
		if !errors.As(err, &cycle) {
			t.Fatalf("a cycle goes unseen: %v", err)
		}
		at := make([]int, len(cycle.Path))
		for i, name := range cycle.Path {
			at[i] = slices.IndexFunc(vars, func(v *graphical.Variable) bool { return v.Name() == name })
		}
		last := len(at) - 1
		if last < 2 || at[0] != at[last] {
			t.Fatalf("path %v is not closed", cycle.Path)
		}
		for i := range last {
			if !d[at[i]][at[i+1]] || slices.Contains(at[:i], at[i]) {
				t.Fatalf("path %v is no cycle", cycle.Path)
			}
		}
	})
}

// Rows that nearly sum to one: within 1e-9 they are one, within 1e-3 they are
// kept with a warning.
func TestRowSums(t *testing.T) {
	for _, c := range []struct {
		off    float64
		accept bool
		warn   bool
	}{
		{0, true, false}, {0.9e-9, true, false}, {-0.9e-9, true, false}, {1.1e-9, true, true}, {-1.1e-9, true, true},
		{0.999e-3, true, true}, {-0.999e-3, true, true}, {1.001e-3, false, false}, {-1.001e-3, false, false},
	} {
		for _, normalize := range []bool{false, true} {
			b := graphical.NewBayesNet()
			if normalize {
				b.Normalize()
			}
			given := []float64{0.25, 0.75 + c.off}
			rain := b.Variable("rain", "yes", "no")
			b.Table(rain).Row(given...)
			net, err := b.Build()
			if accept := c.accept || normalize; accept != (err == nil) {
				t.Errorf("off by %g, normalize %t: %v", c.off, normalize, err)
				continue
			}
			if err != nil {
				var sum *graphical.RowSumError
				if !errors.As(err, &sum) || sum.Variable != "rain" {
					t.Errorf("off by %g: %v", c.off, err)
				}
				continue
			}
			warnings := net.Warnings()
			if warn := c.warn && !normalize; warn != (len(warnings) == 1) || warn && warnings[0].Code != "row-sum" {
				t.Errorf("off by %g, normalize %t: warnings %v", c.off, normalize, warnings)
			}
			row := net.Conditional(rain).(*graphical.Table).Row(0)
			want := given
			if normalize {
				sum := given[0] + given[1]
				want = []float64{given[0] / sum, given[1] / sum}
			}
			if diff := cmp.Diff(want, row); diff != "" {
				t.Errorf("off by %g, normalize %t: row (-want +got):\n%s", c.off, normalize, diff)
			}
		}
	}
}

func TestRowSumWarning(t *testing.T) {
	b := graphical.NewBayesNet()
	rain, wet := b.Variable("rain", "yes", "no"), b.Variable("wet", "yes", "no")
	b.Table(rain).Row(0.2, 0.8+1e-6)
	b.Table(wet, rain).Row(0.9, 0.1+1e-6).Row(0.1, 0.9-1e-4)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	want := []belief.Warning{{
		Code:  "row-sum",
		Where: `table of "wet", row rain=no`,
		Text:  "the row sums to 0.9999, the worst of 3 rows that miss 1; rows are used as given, normalize to divide each by its sum",
	}}
	if diff := cmp.Diff(want, net.Warnings()); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// Normalizing leaves the caller's numbers alone and takes rows of any size.
func TestNormalize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 5).Draw(t, "states")
		scale := math.Pow(10, float64(rapid.IntRange(-300, 300).Draw(t, "exponent")))
		values := rapid.SliceOfN(rapid.Float64Range(0, 1), k, k).Draw(t, "row")
		values[0] += 0.1
		for i := range values {
			values[i] *= scale
		}
		states := make([]string, k)
		for i := range states {
			states[i] = strconv.Itoa(i)
		}
		b := graphical.NewBayesNet().Normalize()
		v := b.Variable("v", states...)
		kept := slices.Clone(values)
		b.Table(v).Values(values)
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, p := range net.Conditional(v).(*graphical.Table).Values() {
			sum += p
			if got, want := p*kept[0], kept[i]*(net.Conditional(v).Prob(0, nil)); math.Abs(got-want) > 1e-15*scale {
				t.Errorf("entry %d is %g; the ratios of %v changed", i, p, kept)
			}
		}
		if math.Abs(sum-1) > 1e-15*float64(k) {
			t.Errorf("the row sums to %v", sum)
		}
		if diff := cmp.Diff(kept, values); diff != "" {
			t.Errorf("the caller's numbers changed:\n%s", diff)
		}
	})
}

func TestBayesNetAccess(t *testing.T) {
	b := graphical.NewBayesNet().Name("garden").
		Property(graphical.Property{Text: "version 1"}).
		Property(graphical.Property{Variable: "rain", OnTable: true, Text: "guessed"})
	wet := b.Variable("wet", "dry", "damp", "soaked") // declared before its parents
	rain := b.Variable("rain", "yes", "no")
	hose := b.Variable("hose", "on", "off")
	values := []float64{
		0.0, 0.2, 0.8,
		0.1, 0.4, 0.5,
		0.2, 0.4, 0.4,
		0.9, 0.1, 0.0,
	}
	b.Table(wet, rain, hose).Values(values)
	b.Table(rain).Row(0.2, 0.8)
	b.Table(hose).Row(0.1, 0.9)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if net.Name() != "garden" || net.NumVariables() != 3 || net.NumEdges() != 2 || net.NumFactors() != 3 || net.NumParameters() != 10 {
		t.Errorf("%q: %d variables, %d edges, %d factors, %v parameters", net.Name(), net.NumVariables(), net.NumEdges(), net.NumFactors(), net.NumParameters())
	}
	if diff := cmp.Diff([]graphical.Property{{Text: "version 1"}, {Variable: "rain", OnTable: true, Text: "guessed"}}, net.Properties()); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	for what, pair := range map[string][2][]*graphical.Variable{
		"variables":         {{wet, rain, hose}, net.Variables()},
		"parents of wet":    {{rain, hose}, net.Parents(wet)},
		"children of rain":  {{wet}, net.Children(rain)},
		"children of wet":   {nil, net.Children(wet)},
		"scope of wet":      {{rain, hose, wet}, net.Scope(0)},
		"topological order": {{rain, hose, wet}, net.TopologicalOrder()},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s: %v, want %v", what, pair[1], pair[0])
		}
	}
	table := net.Conditional(wet).(*graphical.Table)
	if table.Child() != wet || table.NumRows() != 4 || !slices.Equal(table.Row(1), values[3:6]) || !slices.Equal(table.RowStates(make([]int, 2), 1), []int{0, 1}) {
		t.Errorf("row 1 of %d is %v at %v", table.NumRows(), table.Row(1), table.RowStates(make([]int, 2), 1))
	}
	f, err := net.Factor(0)
	if err != nil {
		t.Fatal(err)
	}
	for r := range 2 {
		for h := range 2 {
			for w := range 3 {
				want := values[(r*2+h)*3+w]
				if p, q := table.Prob(w, []int{r, h}), f.At(r, h, w); p != want || q != want {
					t.Errorf("p(wet=%d | rain=%d, hose=%d) is %v in the table and %v in the factor, want %v", w, r, h, p, q, want)
				}
			}
		}
	}
	mustPanic(t, "Prob with a parent missing", func() { table.Prob(0, []int{1}) })
	stranger := &graphical.Variable{}
	mustPanic(t, "Conditional of a stranger", func() { net.Conditional(stranger) })
	mustPanic(t, "Parents of a stranger", func() { net.Parents(stranger) })
	mustPanic(t, "Children of a stranger", func() { net.Children(stranger) })
	if net.Index(stranger) != -1 {
		t.Error("a stranger has an index")
	}
	_, err = net.Variable("hoes")
	var unknown *belief.UnknownNameError
	if !errors.As(err, &unknown) || !slices.Equal(unknown.Suggestions, []string{"hose"}) {
		t.Errorf("looking for hoes gives %v", err)
	}
}

func TestTopologicalOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDAG(t, 8)
		net := d.net(half)
		position := make([]int, len(d))
		for i := range position {
			position[i] = -1
		}
		declared := true
		for i := range d {
			for j := range i {
				declared = declared && !d[i][j]
			}
		}
		for i, v := range net.TopologicalOrder() {
			position[net.Index(v)] = i
		}
		for i := range d {
			if declared && position[i] != i {
				t.Errorf("the declaration is in order, but %d comes at %d", i, position[i])
			}
			for j := range d {
				if position[i] < 0 || d[i][j] && position[i] > position[j] {
					t.Errorf("positions %v put %d after its child %d", position, i, j)
				}
			}
		}
	})
}

func TestVariable(t *testing.T) {
	few, err := graphical.NewVariable("few", "low", "high")
	if err != nil {
		t.Fatal(err)
	}
	states := make([]string, 1000)
	for i := range states {
		states[i] = "state" + strconv.Itoa(i)
	}
	many, err := graphical.NewVariable("many", states...)
	if err != nil {
		t.Fatal(err)
	}
	states[0] = "changed" // the variable has its own copy
	for _, v := range []*graphical.Variable{few, many} {
		if v.NumStates() != len(v.States()) || v.String() != v.Name() || v.States()[0] == "changed" {
			t.Errorf("%v has %d states, the first %q", v, v.NumStates(), v.States()[0])
		}
		for want, s := range v.States() {
			if i, err := v.FindState(s); i != want || err != nil {
				t.Fatalf("state %q of %v is at %d: %v", s, v, i, err)
			}
		}
		if _, ok := v.StateIndex("none such"); ok {
			t.Errorf("%v has a state that it has not", v)
		}
	}
	for _, c := range []struct {
		v     *graphical.Variable
		state string
		want  string
	}{
		{few, "hihg", `unknown state "hihg" of variable "few"; did you mean "high"?`},
		{few, "xyzzy", `unknown state "xyzzy" of variable "few"; did you mean "low" or "high"?`},
		{many, "sttae77", `unknown state "sttae77" of variable "many"; did you mean "state77", `},
		{many, "xyzzy", `unknown state "xyzzy" of variable "many"`},
	} {
		_, err := c.v.FindState(c.state)
		var unknown *belief.UnknownNameError
		if !errors.As(err, &unknown) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
