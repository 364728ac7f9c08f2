package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/graphical/textbook"
)

// States of a hidden variable that the tables do not tell apart are told apart by a draw;
// otherwise nothing would ever be learnt.
func TestNetworkSymmetry(t *testing.T) {
	b := graphical.NewBayesNet()
	h := b.Variable("h", "1", "2")
	b.Table(h).Row(0.5, 0.5)
	var columns []data.Column
	for _, name := range []string{"x", "y", "z"} {
		v := b.Variable(name, "0", "1")
		b.Table(v, h).Row(0.5, 0.5).Row(0.5, 0.5)
		columns = append(columns, data.Column{Name: name, Categories: []string{"0", "1"}})
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	src, err := data.NewTable(columns, []float64{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0}, nil)
	if err != nil {
		t.Fatal(err)
	}
	independent := 2 * 6 * math.Log(0.5)
	for _, starts := range []int{1, 0} {
		run, err := Network{Net: net}.Fit(context.Background(), src, Config{Starts: starts})
		if err != nil {
			t.Fatal(err)
		}
		if want := max(starts, 5*(1-starts)); len(run.Starts) != want {
			t.Errorf("%d starts, want %d", len(run.Starts), want)
		}
		if run.LogLikelihood < independent+0.3 {
			t.Errorf("log-likelihood %v, that of a table without a class is %v", run.LogLikelihood, independent)
		}
	}
}

// Starts begin with other tables, the first with those that are given unless it is not to.
func TestNetworkStarts(t *testing.T) {
	c := networkDraw(t, rand.New(rand.NewPCG(51, 52)), 5, 50, 1, 0.1, false)
	m := networkOf(t, c.net, c.src.Columns())
	given := 0.0
	logs, b := make([]float64, c.src.Rows()), networkBlock(t, m, c.src)
	if err := m.LogProbTo(logs, b); err != nil {
		t.Fatal(err)
	}
	for i, l := range logs {
		given += b.Weight(i) * l
	}
	for _, random := range []bool{false, true} {
		var first []float64
		for step, err := range (Network{Net: c.net, Random: random}).Steps(context.Background(), c.src, Config{Starts: 3, Iterations: 1}) {
			if err != nil {
				t.Fatal(err)
			}
			if step.Iteration == 1 {
				first = append(first, step.Objective)
			}
		}
		if len(first) != 3 || first[0] == first[1] || first[1] == first[2] || (math.Abs(first[0]-given) < 1e-9) == random {
			t.Errorf("random %t: the starts have %v; the given tables %v", random, first, given)
		}
	}
}

func TestNetworkRefuses(t *testing.T) {
	ctx := context.Background()
	rain, err := textbook.Network("sprinkler")
	if err != nil {
		t.Fatal(err)
	}
	states := []string{"true", "false"}
	columns := []data.Column{{Name: "Sprinkler", Categories: states}, {Name: "Rain", Categories: states}, {Name: "WetGrass", Categories: states}}
	nan := math.NaN()
	table := func(x ...float64) *data.Table {
		src, err := data.NewTable(columns, x, nil)
		if err != nil {
			t.Fatal(err)
		}
		return src
	}
	// Neither sprinkler nor rain, and the grass is wet: impossible.
	var row *ImpossibleRowError
	wonder := []float64{0, 0, 0, 1, nan, 0, 1, nan, 0, nan, nan, nan, 0, 0, 0, 1, 1, 0}
	_, err = Network{Net: rain}.Fit(ctx, table(wonder...), Config{Starts: 1})
	if !errors.As(err, &row) || row.Row != 5 || row.Variable != "WetGrass" {
		t.Errorf("impossible row: %v", err)
	}
	// It does not matter if it has no weight, with or without rows that are the same.
	for _, n := range []int{2, 6} {
		weights := []float64{1, 1, 1, 1, 1, 0}[6-n:]
		src, err := data.NewTable(columns, wonder[3*(6-n):], weights)
		if err != nil {
			t.Fatal(err)
		}
		for _, batch := range []int{0, 2} {
			if _, err = (Network{Net: rain}).Fit(ctx, src, Config{Starts: 1, Batch: batch, Iterations: 3}); err != nil {
				t.Errorf("%d rows, batches of %d: %v", n, batch, err)
			}
		}
	}
	if _, err = (Network{Net: rain, Prior: learn.Prior{BDeu: 1}}).Fit(ctx, table(0, 0, 0, 1, 1, 0), Config{Starts: 1}); err != nil {
		t.Errorf("with a prior: %v", err)
	}
	good := table(0, 0, 0, 1, nan, 1)
	var config *belief.ConfigError
	var unknown *belief.UnknownNameError
	var state *learn.StateError
	var large *belief.TooLargeError
	empty := data.Range(good, 0, 0)
	other, err := data.NewTable([]data.Column{{Name: "Rain", Categories: []string{"true", "maybe"}}}, []float64{0, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	zero, err := data.NewTable(columns, good.Matrix(), []float64{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		set    Network
		src    data.Source
		c      Config
		target any
	}{
		"no network": {Network{}, good, Config{}, &config},
		"no source":  {Network{Net: rain}, nil, Config{}, &config},
		"no rows":    {Network{Net: rain}, empty, Config{}, &config},
		"no weight":  {Network{Net: rain}, zero, Config{}, &config},
		"prior":      {Network{Net: rain, Prior: learn.Prior{BDeu: -1}}, good, Config{}, &config},
		"fix":        {Network{Net: rain, Fix: []string{"Snow"}}, good, Config{}, &unknown},
		"config":     {Network{Net: rain}, good, Config{Iterations: -1}, &config},
		"state":      {Network{Net: rain}, other, Config{}, &state},
		"memory":     {Network{Net: rain, Memory: 64}, good, Config{}, &large},
	} {
		if _, err := c.set.Fit(ctx, c.src, c.c); err == nil || !errors.As(err, c.target) {
			t.Errorf("%s: %v", name, err)
		}
		for _, err := range c.set.Steps(ctx, c.src, c.c) {
			if err == nil || !errors.As(err, c.target) {
				t.Errorf("%s, stepwise: %v", name, err)
			}
		}
	}
	m := networkOf(t, rain, columns)
	for _, x := range []float64{2, -1, 0.5, math.Inf(1), 1e300} {
		var cell *data.ValueError
		if err := m.LogProbTo(make([]float64, 1), &Block{Rows: 1, Columns: 3, X: []float64{0, x, 0}}); !errors.As(err, &cell) || cell.Column != "Rain" {
			t.Errorf("a state %v: %v", x, err)
		}
	}
	s := m.NewStatistics()
	before := slices.Clone(m.theta)
	for _, v := range []float64{0, -1, nan, math.Inf(1), -2} {
		if s.Sums[0] = v; v == -2 {
			s.Sums[1] = 5
		}
		if err := m.Maximize(s); !errors.As(err, &config) || !slices.Equal(before, m.theta) {
			t.Errorf("sums of %v: %v", v, err)
		}
	}
}
