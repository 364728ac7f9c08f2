package joint

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// same compares two tables cell by cell.
func same(a, b *Table) bool {
	if !cmp.Equal(a.vars, b.vars) || len(a.p) != len(b.p) {
		return false
	}
	for i := range a.p {
		if !near(a.p[i], b.p[i]) {
			return false
		}
	}
	return true
}

// Each row is what conditioning the table gives, and chain and Bayes' rule lead back
// to the table.
func TestConditional(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		if len(table.vars) < 2 {
			return
		}
		parents := rapid.Permutation(names(table.vars)).Draw(t, "order")
		parents = parents[:rapid.IntRange(1, len(parents)-1).Draw(t, "parents")]
		c, err := table.Conditional(parents...)
		if err != nil {
			t.Fatal(err)
		}
		marginal, err := table.Marginal(parents...)
		if err != nil {
			t.Fatal(err)
		}
		enumerate(marginal, func(e Event, _ []float64, p float64) {
			row, err := c.At(e)
			if p == 0 {
				var impossible *belief.ImpossibleEvidenceError
				if !errors.As(err, &impossible) {
					t.Fatal(err)
				}
				return
			}
			given, err2 := table.Given(e)
			if err != nil || err2 != nil || !same(row, given) {
				t.Fatalf("p(· | %v) is %v, want %v (%v, %v)", e, row, given, err, err2)
			}
		})
		ordered, err := table.Marginal(append(c.Parents(), c.Children()...)...)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Chain(marginal, c)
		if err != nil || !same(back, ordered) {
			t.Fatalf("p(x) p(y | x) is\n%v, want\n%v (%v)", back, ordered, err)
		}
		inverse, err := Bayes(marginal, c)
		if err != nil {
			t.Fatal(err)
		}
		want, err := table.Conditional(c.Children()...)
		if err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(inverse.Parents(), c.Children()) {
			t.Fatalf("Bayes' rule gives %v given %v", inverse.Children(), inverse.Parents())
		}
		effects, err := table.Marginal(c.Children()...)
		if err != nil {
			t.Fatal(err)
		}
		enumerate(effects, func(e Event, _ []float64, p float64) {
			if p == 0 {
				return
			}
			got, err1 := inverse.At(e)
			row, err2 := want.At(e)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if got, err = got.Marginal(names(row.vars)...); err != nil || !same(got, row) {
				t.Fatalf("Bayes' rule at %v gives %v, want %v (%v)", e, got, row, err)
			}
		})
	})
}

// The product rule over all variables, one after the other.
func TestChain(t *testing.T) {
	table := sprinkler(t)
	first, err1 := table.Marginal("rain")
	pair, err2 := table.Marginal("rain", "sprinkler")
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	second, err1 := pair.Conditional("rain")
	third, err2 := table.Conditional("rain", "sprinkler")
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	got, err := Chain(first, second, third)
	if err != nil || !same(got, table) {
		t.Errorf("got\n%v, want\n%v (%v)", got, table, err)
	}
	// A conditional row that nobody knows does no harm where the prior is zero.
	dead, err := New([]Variable{NewVariable("a", "0", "1"), NewVariable("b", "0", "1")}, []float64{0.3, 0.7, 0, 0})
	if err != nil {
		t.Fatal(err)
	}
	c, err := dead.Conditional("a")
	if err != nil {
		t.Fatal(err)
	}
	prior := func(p ...float64) *Table {
		prior, err := New([]Variable{NewVariable("a", "0", "1")}, p)
		if err != nil {
			t.Fatal(err)
		}
		return prior
	}
	if got, err := Chain(prior(1, 0), c); err != nil || !same(got, dead) {
		t.Errorf("%v, %v", got, err)
	}
	var impossible *belief.ImpossibleEvidenceError
	if _, err := Chain(prior(0.5, 0.5), c); !errors.As(err, &impossible) || !cmp.Equal(impossible.Conflict, []string{"a=1"}) {
		t.Error(err)
	}
}

func TestIndependentTables(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := randomTable(t)
		b, err := New([]Variable{NewVariable("x", "0", "1")}, []float64{0.25, 0.75})
		if err != nil {
			t.Fatal(err)
		}
		both, err := Independent(a, b)
		if err != nil {
			t.Fatal(err)
		}
		gap, err := both.Independence(names(a.vars), []string{"x"})
		if err != nil || !gap.Holds(1e-15) {
			t.Fatal(gap, err)
		}
		back, err := both.Marginal(names(a.vars)...)
		if err != nil || !same(back, a) {
			t.Fatal(back, err)
		}
		var variable *VariableError
		if _, err := Independent(a, b, b); !errors.As(err, &variable) {
			t.Fatal(err)
		}
	})
}

func TestConditionalErrors(t *testing.T) {
	a, b, c := NewVariable("a", "0", "1"), NewVariable("b", "0", "1"), NewVariable("c", "0", "1")
	rows := []float64{0.25, 0.75, 0.5, 0.5}
	list := func(v ...Variable) []Variable { return v }
	for name, x := range map[string]struct {
		err  error
		want string
	}{
		"no children": {errOf(NewConditional(nil, list(a), rows)), "no children"},
		"no parents":  {errOf(NewConditional(list(a), nil, rows)), "no parents"},
		"twice":       {errOf(NewConditional(list(a), list(a), rows)), `"a" occurs twice`},
		"cells":       {errOf(NewConditional(list(a), list(b), rows[:3])), "number of probabilities is 3"},
		"row":         {errOf(NewConditional(list(b), list(a), []float64{0.25, 0.75, 0.5, 0.6})), "P(· | a=1) is 1.1"},
		"negative":    {errOf(NewConditional(list(b), list(a), []float64{0.25, 0.75, -0.5, 1.5})), "P(a=1, b=0) is -0.5"},
	} {
		var variable *VariableError
		var param *dist.ParameterError
		if !errors.As(x.err, &variable) && !errors.As(x.err, &param) || !strings.Contains(x.err.Error(), x.want) {
			t.Errorf("%s: %v", name, x.err)
		}
	}
	cond, err := NewConditional(list(b), list(a), rows)
	if err != nil {
		t.Fatal(err)
	}
	var variable *VariableError
	var unknown *belief.UnknownNameError
	for _, e := range []Event{{}, {"b": "0"}, {"a": "0", "b": "1"}} {
		if _, err := cond.At(e); !errors.As(err, &variable) {
			t.Errorf("at %v: %v", e, err)
		}
	}
	if _, err := cond.At(Event{"a": "2"}); !errors.As(err, &unknown) {
		t.Error(err)
	}
	other, err := New(list(c), []float64{0.5, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Chain(other, cond); !errors.As(err, &unknown) {
		t.Error(err)
	}
	renamed, err := New(list(NewVariable("a", "no", "yes")), []float64{0.5, 0.5})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Chain(renamed, cond); !errors.As(err, &variable) || !strings.Contains(err.Error(), `["no" "yes"]`) {
		t.Error(err)
	}
	if _, err := other.Conditional("c"); !errors.As(err, &variable) {
		t.Error(err)
	}
	if _, err := other.Conditional(); !errors.As(err, &variable) {
		t.Error(err)
	}
	// Chains are measured before they are made.
	wide := make([]string, 1<<14)
	for i := range wide {
		wide[i] = string(rune(0x4e00 + i))
	}
	p := make([]float64, len(wide))
	p[0] = 1
	x, err1 := New(list(NewVariable("x", wide...)), p)
	y, err2 := New(list(NewVariable("y", wide...)), p)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var large *belief.TooLargeError
	if _, err := Independent(x, y); !errors.As(err, &large) {
		t.Error(err)
	}
}

func errOf[T any](_ T, err error) error { return err }

// JSON gives back the same bits.
func TestJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := randomTable(t)
		data, err := table.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back Table
		if err := back.UnmarshalJSON(data); err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(table.vars, back.vars) || !cmp.Equal(table.p, back.p) {
			t.Fatalf("%v came back as %v", table, &back)
		}
		counts, err := NewCounts(table.vars, table.p)
		if err != nil {
			t.Fatal(err)
		}
		var countsBack Counts
		if data, err = counts.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
		if err := countsBack.UnmarshalJSON(data); err != nil || !cmp.Equal(counts.n, countsBack.n) {
			t.Fatal(err, countsBack.n)
		}
		if len(table.vars) < 2 {
			return
		}
		c, err := table.Conditional(table.vars[0].Name)
		if err != nil {
			t.Fatal(err)
		}
		var cBack Conditional
		if data, err = c.MarshalJSON(); err != nil {
			t.Fatal(err)
		}
		if err := cBack.UnmarshalJSON(data); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if !cmp.Equal(c.vars, cBack.vars) || len(c.p) != len(cBack.p) || c.parents != cBack.parents {
			t.Fatalf("%v came back as %v", c, &cBack)
		}
		for i, v := range c.p {
			if w := cBack.p[i]; math.Float64bits(v) != math.Float64bits(w) && !(math.IsNaN(v) && math.IsNaN(w)) {
				t.Fatalf("%v came back as %v", c.p, cBack.p)
			}
		}
	})
}

func TestJSONRefuses(t *testing.T) {
	for name, c := range map[string]string{
		"no JSON":     `{`,
		"version":     `{"version":2,"variables":[{"name":"a","states":["0"]}],"p":[1]}`,
		"no version":  `{"variables":[{"name":"a","states":["0"]}],"p":[1]}`,
		"null":        `{"version":1,"variables":[{"name":"a","states":["0"]}],"p":[null]}`,
		"sum":         `{"version":1,"variables":[{"name":"a","states":["0"]}],"p":[0.5]}`,
		"no cells":    `{"version":1,"variables":[{"name":"a","states":["0"]}]}`,
		"no variable": `{"version":1,"p":[1]}`,
		"value":       `{"version":1,"variables":[{"name":"a","states":["0"],"values":[1,2]}],"p":[1]}`,
	} {
		var table Table
		if err := table.UnmarshalJSON([]byte(c)); err == nil {
			t.Errorf("%s: read as %v", name, &table)
		}
		var counts Counts
		if err := counts.UnmarshalJSON([]byte(c)); err == nil {
			t.Errorf("%s: read as %v", name, &counts)
		}
	}
	for name, c := range map[string]string{
		"half a row": `{"version":1,"parents":[{"name":"a","states":["0"]}],"variables":[{"name":"b","states":["0","1"]}],"p":[null,1]}`,
		"no parents": `{"version":1,"variables":[{"name":"b","states":["0","1"]}],"p":[0.5,0.5]}`,
		"few":        `{"version":1,"parents":[{"name":"a","states":["0"]}],"variables":[{"name":"b","states":["0","1"]}],"p":[1]}`,
		"none":       `{"version":1,"parents":[{"name":"a","states":["0"]}],"variables":[{"name":"b","states":[]}],"p":[]}`,
	} {
		var cond Conditional
		if err := cond.UnmarshalJSON([]byte(c)); err == nil {
			t.Errorf("%s: read as %v", name, &cond)
		}
	}
}

// FuzzJSON: whatever is read writes and reads again.
func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"version":1,"variables":[{"name":"a","states":["0","1"],"values":[0,1]}],"p":[0.25,0.75]}`))
	f.Add([]byte(`{"version":1,"parents":[{"name":"b","states":["x"]}],"variables":[{"name":"a","states":["0","1"]}],"p":[null,null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Conditional
		_ = c.UnmarshalJSON(data)
		var table, back Table
		if table.UnmarshalJSON(data) != nil {
			return
		}
		_ = table.String()
		again, err := table.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := back.UnmarshalJSON(again); err != nil || !cmp.Equal(table.p, back.p) {
			t.Fatalf("%s: %v", again, err)
		}
	})
}
