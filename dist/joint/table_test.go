package joint

import (
	"errors"
	"maps"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// sprinkler is a table of three variables with simple numbers.
func sprinkler(t testing.TB) *Table {
	t.Helper()
	table, err := New([]Variable{
		NewVariable("rain", "yes", "no"), NewVariable("sprinkler", "on", "off"), NewVariable("grass", "wet", "damp", "dry"),
	}, []float64{
		0.01, 0.005, 0.005, 0.12, 0.04, 0.02,
		0.2, 0.1, 0.02, 0.03, 0.05, 0.4,
	})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// randomTable draws a table of up to four variables, some of its cells zero.
func randomTable(t *rapid.T) *Table {
	n := rapid.IntRange(1, 4).Draw(t, "variables")
	var vars []Variable
	cells := 1
	for i := range n {
		d := rapid.IntRange(1, 4).Draw(t, "states")
		values := make([]float64, d)
		for k := range values {
			values[k] = float64(k*k - i)
		}
		vars = append(vars, NewNumber(string(rune('a'+i)), values...))
		cells *= d
	}
	p := rapid.SliceOfN(rapid.IntRange(0, 5), cells, cells).Draw(t, "cells")
	q, sum := make([]float64, cells), 0.0
	for i, v := range p {
		q[i] = float64(v)
		sum += q[i]
	}
	if sum == 0 {
		q[0], sum = 1, 1
	}
	for i := range q {
		q[i] /= sum
	}
	table, err := New(vars, q)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// enumerate calls f with every outcome and its probability.
func enumerate(t *Table, f func(e Event, x []float64, p float64)) {
	states := make([]int, len(t.dims))
	for i := 0; ; i++ {
		x := make([]float64, len(states))
		for k, s := range states {
			x[k] = t.vars[k].value(s)
		}
		f(t.Event(states), x, t.p[i])
		if !t.next(states) {
			return
		}
	}
}

// agrees says whether an outcome is in an event.
func agrees(outcome, e Event) bool {
	for name, state := range e {
		if outcome[name] != state {
			return false
		}
	}
	return true
}

// someEvent draws states of some of the variables.
func someEvent(t *rapid.T, table *Table) Event {
	e := Event{}
	for _, v := range table.vars {
		if rapid.Bool().Draw(t, "fixed") {
			e[v.Name] = rapid.SampledFrom(v.States).Draw(t, "state")
		}
	}
	return e
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-12*(1+math.Abs(want)) }

// Marginals, conditionals and probabilities of events against enumeration.
func TestTableEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		e := someEvent(t, table)
		want := 0.0
		enumerate(table, func(outcome Event, _ []float64, p float64) {
			if agrees(outcome, e) {
				want += p
			}
		})
		got, err := table.Prob(e)
		if err != nil || !near(got, want) {
			t.Fatalf("P(%v) is %v (%v), want %v", e, got, err, want)
		}
		given, err := table.Given(e)
		switch {
		case len(e) == len(table.vars):
			var variable *VariableError
			if !errors.As(err, &variable) {
				t.Fatal(err)
			}
		case want == 0:
			var impossible *belief.ImpossibleEvidenceError
			if !errors.As(err, &impossible) || len(impossible.Conflict) == 0 {
				t.Fatal(err)
			}
		case err != nil:
			t.Fatal(err)
		default:
			enumerate(given, func(outcome Event, _ []float64, p float64) {
				both := maps.Clone(e)
				maps.Copy(both, outcome)
				if q, err := table.Prob(both); err != nil || !near(p, q/want) {
					t.Fatalf("P(%v | %v) is %v, want %v/%v (%v)", outcome, e, p, q, want, err)
				}
			})
		}
		some := rapid.Permutation(names(table.vars)).Draw(t, "order")
		some = some[:rapid.IntRange(1, len(some)).Draw(t, "kept")]
		marginal, err := table.Marginal(some...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(some, names(marginal.vars)); diff != "" {
			t.Fatal(diff)
		}
		enumerate(marginal, func(outcome Event, _ []float64, p float64) {
			if q, err := table.Prob(outcome); err != nil || !near(p, q) {
				t.Fatalf("P(%v) is %v in the marginal, want %v (%v)", outcome, p, q, err)
			}
		})
	})
}

func TestTableErrors(t *testing.T) {
	a, b := NewVariable("a", "0", "1"), NewVariable("b", "0", "1")
	half := []float64{0.5, 0.5}
	for name, c := range map[string]struct {
		vars []Variable
		p    []float64
		want string
	}{
		"no variables": {nil, half, "no variables"},
		"twice":        {[]Variable{a, a}, half, `"a" occurs twice`},
		"no name":      {[]Variable{{States: a.States}}, half, "no name"},
		"no states":    {[]Variable{{Name: "a"}}, half, "no states"},
		"state twice":  {[]Variable{NewVariable("a", "x", "x")}, half, `"x" twice`},
		"empty state":  {[]Variable{NewVariable("a", "x", "")}, half, "state 1 without name"},
		"bytes":        {[]Variable{NewVariable("\xff", "x", "y")}, half, "UTF-8"},
		"state bytes":  {[]Variable{NewVariable("a", "x", "\xff")}, half, "UTF-8"},
		"values":       {[]Variable{{Name: "a", States: a.States, Values: []float64{1}}}, half, "1 values for 2 states"},
		"NaN value":    {[]Variable{{Name: "a", States: a.States, Values: []float64{1, math.NaN()}}}, half, "NaN"},
		"too few":      {[]Variable{a, b}, half, "number of probabilities is 2"},
		"negative":     {[]Variable{a, b}, []float64{0.5, 0.5, -0.5, 0.5}, "P(a=1, b=0) is -0.5"},
		"NaN":          {[]Variable{a}, []float64{math.NaN(), 1}, "P(a=0) is NaN"},
		"sum":          {[]Variable{a}, []float64{0.5, 0.4}, "sum of the probabilities is 0.9"},
		"infinite":     {[]Variable{a}, []float64{math.Inf(1), 0.4}, "P(a=0) is +Inf"},
	} {
		table, err := New(c.vars, c.p)
		var variable *VariableError
		var param *dist.ParameterError
		if table != nil || !errors.As(err, &variable) && !errors.As(err, &param) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	table := sprinkler(t)
	var unknown *belief.UnknownNameError
	if _, err := table.Prob(Event{"rian": "yes"}); !errors.As(err, &unknown) || !cmp.Equal(unknown.Suggestions, []string{"rain"}) {
		t.Error(err)
	}
	if _, err := table.Given(Event{"grass": "wed"}); !errors.As(err, &unknown) || !cmp.Equal(unknown.Suggestions, []string{"wet"}) {
		t.Error(err)
	}
	if _, err := table.Marginal("rain", "grasss"); !errors.As(err, &unknown) {
		t.Error(err)
	}
	var variable *VariableError
	if _, err := table.Marginal(); !errors.As(err, &variable) {
		t.Error(err)
	}
	if _, err := table.Marginal("rain", "rain"); !errors.As(err, &variable) {
		t.Error(err)
	}
}

// Of the findings that cannot hold together, the error has those that are needed.
func TestImpossible(t *testing.T) {
	table, err := New([]Variable{NewVariable("a", "0", "1"), NewVariable("b", "0", "1"), NewVariable("c", "0", "1")},
		[]float64{0.25, 0.25, 0, 0, 0.25, 0.25, 0, 0})
	if err != nil {
		t.Fatal(err)
	}
	_, err = table.Given(Event{"a": "0", "b": "1"})
	var impossible *belief.ImpossibleEvidenceError
	if !errors.As(err, &impossible) || !cmp.Equal(impossible.Conflict, []string{"b=1"}) {
		t.Error(err)
	}
}

// Sizes are checked before memory is taken.
func TestTooLarge(t *testing.T) {
	var vars []Variable
	for i := range 100 {
		vars = append(vars, NewVariable(string(rune('A'+i)), "0", "1"))
	}
	_, err := New(vars, nil)
	var large *belief.TooLargeError
	if !errors.As(err, &large) || large.Bytes < 1e30 {
		t.Error(err)
	}
}

func TestMarginalTo(t *testing.T) {
	table := sprinkler(t)
	dst := make([]float64, 6)
	table.MarginalTo(dst, 2, 0)
	for i, want := range []float64{0.13, 0.23, 0.045, 0.15, 0.025, 0.42} {
		if !near(dst[i], want) {
			t.Errorf("cell %d is %v, want %v", i, dst[i], want)
		}
	}
	if total := table.MarginalTo(nil); len(total) != 1 || !near(total[0], 1) {
		t.Errorf("the total is %v", total)
	}
	for name, f := range map[string]func(){
		"length":   func() { table.MarginalTo(dst, 0) },
		"position": func() { table.MarginalTo(nil, 3) },
		"twice":    func() { table.MarginalTo(nil, 1, 1) },
		"event":    func() { table.Event([]int{0}) },
	} {
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.HasPrefix(p.(string), "joint: ") {
					t.Errorf("%s: panic %v", name, p)
				}
			}()
			f()
		}()
	}
}
