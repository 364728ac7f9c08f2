package graphical_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// jointOf multiplies all factors of a model over all its variables, in order.
func jointOf(t interface {
	Helper()
	Fatal(...any)
}, m graphical.Model) *graphical.Factor {
	t.Helper()
	factors := make([]*graphical.Factor, m.NumFactors())
	for i := range factors {
		f, err := m.Factor(i)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(f.Scope(), m.Scope(i)) {
			t.Fatal("factor", i, "has the scope", f.Scope(), "but the model says", m.Scope(i))
		}
		factors[i] = f
	}
	return graphical.SumProduct(m.Variables(), factors...)
}

// Conversions keep variables, names and the joint distribution, whose partition
// function is one.
func TestConversions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDAG(t, 5)
		net := d.net(func() float64 { return rapid.Float64Range(0, 1).Draw(t, "p") })
		markov, err := net.MarkovNet()
		if err != nil {
			t.Fatal(err)
		}
		factors, err := net.FactorGraph()
		if err != nil {
			t.Fatal(err)
		}
		want := jointOf(t, net)
		if math.Abs(want.LogSum()) > 1e-14 {
			t.Errorf("the joint sums to exp(%v)", want.LogSum())
		}
		for what, m := range map[string]graphical.Model{
			"Markov network": markov, "its factor graph": markov.FactorGraph(),
			"factor graph": factors, "its Markov network": factors.MarkovNet(),
		} {
			if !slices.Equal(m.Variables(), net.Variables()) || m.NumFactors() != net.NumFactors() {
				t.Errorf("%s: %d factors over %v", what, m.NumFactors(), m.Variables())
			}
			got := jointOf(t, m)
			if diff := cmp.Diff(want.Values(), got.Values()); diff != "" || got.LogScale() != want.LogScale() {
				t.Errorf("%s: joint (-want +got):\n%s", what, diff)
			}
		}
		for i, v := range factors.Variables() {
			var want []int
			for f := range factors.NumFactors() {
				if slices.Contains(factors.Scope(f), v) {
					want = append(want, f)
				}
			}
			if diff := cmp.Diff(want, factors.FactorsOf(v)); diff != "" {
				t.Errorf("factors of %v (-want +got):\n%s", v, diff)
			}
			if m, err := markov.Variable(v.Name()); m != v || err != nil || markov.Index(v) != i {
				t.Errorf("%v is found as %v at %d: %v", v, m, markov.Index(v), err)
			}
		}
	})
}

// Markov networks and factor graphs from potentials: the loop a – b – c – d – a,
// which no Bayesian network has.
func TestFactorBuilder(t *testing.T) {
	b := graphical.NewFactors().Name("loop")
	var vars []*graphical.Variable
	for _, name := range []string{"a", "b", "c", "d"} {
		vars = append(vars, b.Variable(name, "0", "1"))
	}
	for i := range vars {
		b.Factor([]float64{3, 1, 1, 2}, vars[i], vars[(i+1)%4])
	}
	constant, err := graphical.NewFactor(nil, []float64{0.5})
	if err != nil {
		t.Fatal(err)
	}
	b.AddFactor(constant)
	m, err := b.MarkovNet()
	if err != nil {
		t.Fatal(err)
	}
	g, err := b.FactorGraph()
	if err != nil {
		t.Fatal(err)
	}
	if m.Name() != "loop" || g.Name() != "loop" || len(m.Factors()) != 5 || m.NumVariables() != 4 {
		t.Errorf("%q with %d factors over %d variables", m.Name(), len(m.Factors()), m.NumVariables())
	}
	if diff := cmp.Diff([][2]int{{0, 1}, {0, 3}, {1, 2}, {2, 3}}, m.Graph().Edges()); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
	if got := m.Neighbors(vars[0]); !slices.Equal(got, []*graphical.Variable{vars[1], vars[3]}) {
		t.Errorf("a has the neighbours %v", got)
	}
	if diff := cmp.Diff([]int{1, 2}, g.FactorsOf(vars[2])); diff != "" {
		t.Errorf("factors of c (-want +got):\n%s", diff)
	}
	// Z is the trace of the fourth power of the potential, halved by the constant.
	trace, det := 5.0, 5.0
	s := trace*trace - 2*det
	z := (s*s - 2*det*det) / 2
	if got := math.Exp(jointOf(t, m).LogSum()); math.Abs(got-z) > 1e-12*z {
		t.Errorf("the partition function is %v, want %v", got, z)
	}
	mustPanic(t, "Neighbors of a stranger", func() { m.Neighbors(&graphical.Variable{}) })
	mustPanic(t, "FactorsOf of a stranger", func() { g.FactorsOf(&graphical.Variable{}) })
}

func TestFactorBuilderMistakes(t *testing.T) {
	b := graphical.NewFactors()
	a := b.Variable("a", "0", "1")
	b.Factor([]float64{1, 2, 3, 4}, a, b.Variable("a", "0", "1")) // the name is taken, which is reported once
	b.Factor([]float64{1}, b.Variable("c"))
	b.Factor([]float64{1, 2, 3}, a)
	b.Factor([]float64{1, -2}, a)
	b.Factor([]float64{1, 2, 3, 4}, a, a)
	b.Factor([]float64{1, 2}, nil)
	stranger, err := graphical.NewVariable("stranger", "0")
	if err != nil {
		t.Fatal(err)
	}
	b.Factor([]float64{1}, stranger)
	want := []string{
		`variable "a": declared twice`,
		`variable "c": it has no states`,
		`table of "c" has 1 entries, wants 0`,
		`table of "a" has 3 entries, wants 2`,
		`table of "a": the entry of "a=1" is -2; entries must be finite and not negative`,
		`variable "a": it is listed twice in the scope of a factor`,
		`a factor has a nil variable`,
		`unknown variable "stranger" of a factor's scope`,
	}
	m, err := b.MarkovNet()
	if m != nil {
		t.Error("a network of mistakes is built")
	}
	var got []string
	for _, mistake := range mistakesOf(t, err) {
		got = append(got, mistake.Error())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
	for _, kind := range []any{new(*graphical.NameError), new(*graphical.SizeError), new(*graphical.EntryError), new(*graphical.TableError), new(*belief.UnknownNameError)} {
		if !errors.As(err, kind) {
			t.Errorf("no %T among the mistakes", kind)
		}
	}
	if g, err := b.FactorGraph(); g != nil || err == nil {
		t.Error("a factor graph of mistakes is built")
	}
}

// A conditional distribution without a table that cannot be lowered stops the
// conversions and nothing else.
func TestConversionFails(t *testing.T) {
	b := graphical.NewBayesNet()
	v := b.Variable("v", "0", "1")
	broken := &belief.TooLargeError{What: "table"}
	b.Conditional(compact{v, broken})
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := net.MarkovNet(); !errors.Is(err, broken) {
		t.Errorf("MarkovNet gives %v", err)
	}
	if _, err := net.FactorGraph(); !errors.Is(err, broken) {
		t.Errorf("FactorGraph gives %v", err)
	}
	if net.MoralGraph().Len() != 1 || net.NumParameters() != 1 {
		t.Errorf("%d vertices, %v parameters", net.MoralGraph().Len(), net.NumParameters())
	}
}

type compact struct {
	child *graphical.Variable
	err   error
}

func (c compact) Child() *graphical.Variable         { return c.child }
func (c compact) Parents() []*graphical.Variable     { return nil }
func (c compact) Prob(int, []int) float64            { return 0.5 }
func (c compact) NumParameters() float64             { return 1 }
func (c compact) Factor() (*graphical.Factor, error) { return nil, c.err }
