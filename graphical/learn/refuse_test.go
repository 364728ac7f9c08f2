package learn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
)

// Numbers stand for states that are called so, and for indices only if asked.
func TestNumbers(t *testing.T) {
	fit := func(indices bool, states []string, text string) (*learn.Fit, error) {
		return learn.Tables{Indices: indices}.Fit(context.Background(), structure(t, states, "x"), read(t, text))
	}
	for _, c := range []struct {
		indices bool
		states  []string
		text    string
		want    []float64
	}{
		{false, []string{"10", "0", "-2.5"}, "x\n0\n10\n10\n-2.50\n", []float64{2, 1, 1}},
		{false, []string{"0", "1", "many"}, "x\n1\n1\n0\n", []float64{1, 2, 0}},
		{true, []string{"low", "high"}, "x\n1\n1\n0\n", []float64{1, 2}},
		{true, []string{"low", "high"}, "x\nhigh\nhigh\nlow\n", []float64{1, 2}}, // texts are names all the same
	} {
		f, err := fit(c.indices, c.states, c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if d := cmp.Diff(c.want, f.Counts.Sums); d != "" {
			t.Errorf("%q: %s", c.text, d)
		}
	}
	for _, c := range []struct {
		indices bool
		states  []string
		text    string
		row     int
		want    string
	}{
		{false, []string{"low", "high"}, "x\n0\n1\n", 0, "only if Indices"},
		{true, []string{"low", "high"}, "x\n0\n1\n2\n", 2, "from 0 to 1"},
		{true, []string{"low", "high"}, "x\n0\n0.5\n", 1, "from 0 to 1"},
		{true, []string{"low", "high"}, "x\n0\n-1\n", 1, "from 0 to 1"},
		{false, []string{"1", "2"}, "x\n1\n3\n", 1, `unknown state "3"`},
		{false, []string{"1", "2"}, "x\n1\nInf\n", 1, `unknown state "+Inf"`},
		{false, []string{"low", "high"}, "x\nlow\nhgih\n", 1, `did you mean "high"`},
	} {
		_, err := fit(c.indices, c.states, c.text)
		var bad *learn.StateError
		var unknown *belief.UnknownNameError
		if !errors.As(err, &bad) || !errors.As(err, &unknown) || bad.Row != c.row || bad.Column != "x" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

type noisy struct {
	child   *graphical.Variable
	parents []*graphical.Variable
}

func (n noisy) Child() *graphical.Variable          { return n.child }
func (n noisy) Parents() []*graphical.Variable      { return n.parents }
func (n noisy) Prob(state int, given []int) float64 { return 0.5 }
func (n noisy) NumParameters() float64              { return 1 }
func (n noisy) Factor() (*graphical.Factor, error) {
	return graphical.NewFactor(append(n.parents[:len(n.parents):len(n.parents)], n.child), []float64{0.9, 0.1, 0.4, 0.6})
}

// What is no table is refused by name, or kept if it is fixed.
func TestFixed(t *testing.T) {
	b := graphical.NewBayesNet()
	x, y := b.Variable("x", presence...), b.Variable("y", presence...)
	b.Table(x).Row(0.3, 0.7)
	b.Conditional(noisy{y, []*graphical.Variable{x}})
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	src := read(t, "x,y\nabsent,present\nabsent,absent\npresent,present\nabsent,absent\n")
	_, err = learn.Tables{}.Fit(context.Background(), net, src)
	var kind *learn.ConditionalError
	if !errors.As(err, &kind) || kind.Variable != "y" {
		t.Errorf("a distribution that is no table: %v", err)
	}
	fit, err := learn.Tables{Fix: []string{"y"}}.Fit(context.Background(), net, src)
	if err != nil {
		t.Fatal(err)
	}
	if _, same := fit.Net.Conditional(y).(noisy); !same || fit.Parameters != 1 || fit.Net.Conditional(x).Prob(0, nil) != 0.75 {
		t.Errorf("%v with %d parameters", fit.Net.Conditional(y), fit.Parameters)
	}
	want := 3*math.Log(0.75) + math.Log(0.25) + 2*math.Log(0.9) + math.Log(0.1) + math.Log(0.6)
	if math.Abs(fit.LogLikelihood-want) > 1e-12 {
		t.Errorf("log-likelihood %v, want %v", fit.LogLikelihood, want)
	}
	fit, err = learn.Tables{Fix: []string{"x", "y"}}.Fit(context.Background(), net, src)
	if err != nil || fit.Net.Conditional(x).Prob(0, nil) != 0.3 || fit.Parameters != 0 {
		t.Errorf("all fixed: %v", err)
	}
}

func TestRefuses(t *testing.T) {
	net := structure(t, presence, "x1", "x2|x1", "x3|x2")
	other := structure(t, presence, "x1", "x2|x1", "x3|x1")
	good := read(t, cases)
	type anyError = func(error) bool
	as := func(target any) anyError { return func(err error) bool { return errors.As(err, target) } }
	var (
		config  *belief.ConfigError
		unknown *belief.UnknownNameError
		cell    *data.ValueError
		large   *belief.TooLargeError
	)
	wide := structure(t, presence, "x1", "x2", "x3|x1 x2")
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	weightless, err := data.NewTable(good.Columns(), good.Matrix(), make([]float64, good.Rows()))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		ctx  context.Context
		set  learn.Tables
		net  *graphical.BayesNet
		src  data.Source
		want anyError
		text string
	}{
		"no network":      {net: nil, src: good, want: as(&config), text: "network"},
		"no source":       {net: net, want: as(&config), text: "source"},
		"no rows":         {net: net, src: data.Range(good, 0, 0), want: as(&config), text: "0 rows"},
		"no weight":       {net: net, src: weightless, want: as(&config), text: "weight 0"},
		"negative prior":  {set: learn.Tables{Prior: learn.Prior{BDeu: -1}}, net: net, src: good, want: as(&config), text: "BDeu"},
		"prior of NaN":    {set: learn.Tables{Prior: learn.Prior{Pseudocount: math.NaN()}}, net: net, src: good, want: as(&config), text: "Pseudocount"},
		"two priors":      {set: learn.Tables{Prior: learn.Prior{Pseudocount: 1, BDeu: 1}}, net: net, src: good, want: as(&config), text: "BDeu"},
		"own prior":       {set: learn.Tables{Prior: learn.Prior{Variables: map[string]learn.Prior{"x4": {}}}}, net: net, src: good, want: as(&unknown), text: "x4"},
		"own bad prior":   {set: learn.Tables{Prior: learn.Prior{Variables: map[string]learn.Prior{"x2": {BDeu: math.Inf(1)}}}}, net: net, src: good, want: as(&config), text: "x2"},
		"nested priors":   {set: learn.Tables{Prior: learn.Prior{Variables: map[string]learn.Prior{"x2": {Variables: map[string]learn.Prior{}}}}}, net: net, src: good, want: as(&config), text: "nil"},
		"fix nobody":      {set: learn.Tables{Fix: []string{"x12"}}, net: net, src: good, want: as(&unknown), text: "x12"},
		"memory":          {set: learn.Tables{Memory: -1}, net: net, src: good, want: as(&config), text: "Memory"},
		"too large":       {set: learn.Tables{Memory: 90}, net: wide, src: good, want: as(&large), text: "x3"},
		"column too many": {net: structure(t, presence, "x1", "x2|x1"), src: good, want: as(&unknown), text: "x3"},
		"misspelt column": {net: net, src: read(t, strings.Replace(cases, "x3", "y3", 1)), want: as(&unknown), text: `"y3"`},
		"column missing":  {net: net, src: read(t, "x1,x3\nabsent,absent\n"), want: as(&config), text: `"x2"`},
		"cell missing":    {net: net, src: read(t, "x1,x2,x3\nabsent,present,absent\nabsent,,absent\n"), want: as(&cell), text: `"x2" of row 1`},
		"context":         {ctx: cancelled, net: net, src: good, want: func(err error) bool { return errors.Is(err, context.Canceled) }},
	} {
		ctx := c.ctx
		if ctx == nil {
			ctx = context.Background()
		}
		_, err := c.set.Fit(ctx, c.net, c.src)
		if err == nil || !c.want(err) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	fit, err := learn.Tables{}.Fit(context.Background(), net, good)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fit.Counts.LogLikelihood(other); !errors.As(err, &config) {
		t.Errorf("another structure: %v", err)
	}
	if _, err := fit.Counts.LogMarginal(learn.Prior{}); !errors.As(err, &config) {
		t.Errorf("no prior: %v", err)
	}
	// A huge table is refused by its scope alone.
	if _, err := learn.NewFamilies(huge(t), 0); !errors.As(err, &large) || large.Width != 40 {
		t.Errorf("huge: %v", err)
	}
}

// huge has a distribution whose table would have 2^41 entries.
func huge(t *testing.T) *graphical.BayesNet {
	b := graphical.NewBayesNet()
	n := noisy{child: b.Variable("y", presence...)}
	for i := range 40 {
		p := b.Variable(fmt.Sprintf("x%d", i), presence...)
		b.Table(p).Row(0.5, 0.5)
		n.parents = append(n.parents, p)
	}
	b.Conditional(n)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// Files and memory give the same tables, and passes in any order the same rows.
func TestMatchSource(t *testing.T) {
	net := structure(t, presence, "x3", "x2|x3", "x1|x2")
	table := read(t, cases)
	m, err := learn.Match(net, table, false)
	if err != nil {
		t.Fatal(err)
	}
	if names := []string{m.Columns()[0].Name, m.Columns()[1].Name, m.Columns()[2].Name}; !cmp.Equal(names, []string{"x3", "x2", "x1"}) {
		t.Errorf("columns %v", names)
	}
	for _, o := range []data.Order{{}, {Shuffle: true, Seed: 3}} {
		p, err := m.Pass(o)
		if err != nil {
			t.Fatal(err)
		}
		q, err := table.Pass(o)
		if err != nil {
			t.Fatal(err)
		}
		b, c := &data.Batch{Size: 3}, &data.Batch{Size: 3}
		p.Skip(2)
		q.Skip(2)
		for p.Next(b) == nil && q.Next(c) == nil {
			for i := range b.Rows {
				if b.Row(i)[0] != c.Row(i)[2] || b.Row(i)[1] != c.Row(i)[1] || b.Row(i)[2] != c.Row(i)[0] {
					t.Errorf("%v is not %v turned round", b.Row(i), c.Row(i))
				}
			}
		}
	}
}
