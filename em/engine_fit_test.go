package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// engineScript is a model whose objectives are given.
type engineScript struct {
	objectives []float64
	fail       error // of the M step that follows the last of them
	blind      error // of the E step
	at         int
	beta       float64 // of its warnings
}

func (m *engineScript) NewStatistics() *Statistics { return NewStatistics("script", 0) }
func (m *engineScript) Expect(b *Block, s *Statistics) error {
	if m.blind != nil {
		return m.blind
	}
	if b.First == 0 {
		s.LogLikelihood = m.objectives[min(m.at, len(m.objectives)-1)]
	}
	return nil
}

func (m *engineScript) Maximize(*Statistics) error {
	if m.at++; m.at >= len(m.objectives) && m.fail != nil {
		return m.fail
	}
	return nil
}
func (m *engineScript) Warnings() []belief.Warning { return []belief.Warning{{Code: "own"}} }

func engineScripts(scripts ...*engineScript) Starter[*engineScript] {
	return func(_ context.Context, start int) (*engineScript, error) {
		if scripts[start] == nil {
			return nil, errors.New("no beginning")
		}
		return scripts[start], nil
	}
}

func TestEngineStarts(t *testing.T) {
	rows := engineRows(t, []float64{1}, 1, Config{})
	broken := errors.New("broken")
	run, err := Fit(context.Background(), rows, engineScripts(
		nil,
		&engineScript{objectives: []float64{-9, -5}, beta: 1},
		&engineScript{objectives: []float64{-3, -2, -1}, fail: broken},
		&engineScript{objectives: []float64{-9, -4, -5}, beta: 2},
		&engineScript{objectives: []float64{-8, -5}, beta: 3},
		&engineScript{objectives: []float64{-8, math.NaN()}},
		&engineScript{blind: errors.New("blind")},
	), Config{Starts: 7})
	if err != nil {
		t.Fatal(err)
	}
	want := []Start{
		{Objective: math.NaN(), Problem: "no beginning"},
		{Objective: -5, Iterations: 4, Converged: true},
		{Objective: math.NaN(), Iterations: 2, Problem: "broken"},
		{Objective: -5, Iterations: 5, Converged: true},
		{Objective: -5, Iterations: 4, Converged: true},
		{Objective: math.NaN(), Iterations: 1, Problem: "em: the objective of start 5 is NaN in iteration 2: the model's E step has made a number of it that is none"},
		{Objective: math.NaN(), Problem: "blind"},
	}
	if d := cmp.Diff(want, run.Starts, cmpopts.EquateNaNs()); d != "" {
		t.Error(d)
	}
	if run.Model.beta != 1 || run.Objective != -5 || !run.Converged || run.Iterations != 4 {
		t.Errorf("of equals the first is kept: %+v", run)
	}
	if d := cmp.Diff([]float64{-9, -5, -5, -5, -5}, run.History); d != "" {
		t.Error(d)
	}
	var codes []string
	for _, w := range run.Warnings {
		codes = append(codes, w.Code)
	}
	if d := cmp.Diff([]string{"objective-fell", "starts-failed", "own"}, codes); d != "" {
		t.Error(d)
	}
	// With one start its error is the run's; with several that of the first.
	if _, err := Fit(context.Background(), rows, engineScripts(&engineScript{objectives: []float64{-3}, fail: broken}), Config{}); err != broken {
		t.Errorf("%v", err)
	}
	if _, err := Fit(context.Background(), rows, engineScripts(nil, &engineScript{objectives: []float64{math.Inf(1)}}), Config{Starts: 2}); err == nil || !strings.Contains(err.Error(), "none of 2 starts came to an end; the first: no beginning") {
		t.Errorf("%v", err)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := Fit(context.Background(), rows, engineScripts(&engineScript{objectives: []float64{-3, v}}), Config{})
		var bad *ObjectiveError
		if !errors.As(err, &bad) || bad.Iteration != 2 || bad.Start != 0 {
			t.Errorf("%v: %v", v, err)
		}
	}
}

func TestEngineIterationLimit(t *testing.T) {
	rows := engineRows(t, engineTosses, 1, Config{})
	run, err := Fit(context.Background(), rows, enginePairFrom(pair{0.4, 0.6, 0.9}), Config{Iterations: 3, Tolerance: -1})
	if err != nil {
		t.Fatal(err)
	}
	if run.Converged || run.Iterations != 3 || len(run.History) != 4 || len(run.Warnings) != 1 || run.Warnings[0].Code != "not-converged" {
		t.Errorf("%+v", run)
	}
	// The objective is that of the model returned.
	s := run.Model.NewStatistics()
	b := Block{Rows: 10, Columns: 1, X: engineTosses}
	if err := run.Model.Expect(&b, s); err != nil || s.LogLikelihood != run.Objective || run.LogLikelihood != run.Objective || run.History[3] != run.Objective {
		t.Errorf("%v is not the objective of the model, %v", run.Objective, s.LogLikelihood)
	}
	if run.Parameters() != 3 || math.Abs(run.BIC()-(-2*run.Objective+3*math.Log(10))) > 1e-12 || run.AIC() != -2*run.Objective+6 {
		t.Errorf("BIC %v, AIC %v", run.BIC(), run.AIC())
	}
}

// Steps, Fit and Progress tell the same.
func TestEngineStepsAreFit(t *testing.T) {
	rows := engineRows(t, engineTosses, 1, Config{})
	for _, c := range []Config{{}, {Hard: true}, {Batch: 3, Iterations: 5}, {Starts: 2}} {
		var seen []Step
		c.Progress = func(s Step) { seen = append(seen, s) }
		run, err := Fit(context.Background(), rows, enginePairFrom(pair{0.4, 0.3, 0.6}), c)
		if err != nil {
			t.Fatal(err)
		}
		var steps []Step
		last := &pair{}
		begin := func(context.Context, int) (*pair, error) { last = &pair{0.4, 0.3, 0.6}; return last, nil }
		for s, err := range Steps(context.Background(), rows, begin, c) {
			if err != nil {
				t.Fatal(err)
			}
			steps = append(steps, s)
		}
		if d := cmp.Diff(steps, seen[:len(steps)], cmpopts.EquateNaNs()); d != "" {
			t.Error(d)
		}
		if *last != *run.Model || steps[len(steps)-1].Objective != run.Objective || len(run.Starts) != max(c.Starts, 1) {
			t.Errorf("%+v: %+v and %+v", c, last, run)
		}
	}
}

// The bound rises over the objective of the iteration, stays below the next objective,
// and the difference is the Kullback–Leibler divergence of the two posteriors.
func TestEngineBoundAndGap(t *testing.T) {
	rows := engineRows(t, engineTosses, 1, Config{})
	m := &pair{0.3, 0.2, 0.9}
	posterior := func(x float64) float64 {
		p, q := m.Pi*(x*m.P+(1-x)*(1-m.P)), (1-m.Pi)*(x*m.Q+(1-x)*(1-m.Q))
		return p / (p + q)
	}
	var last Step
	var q [2]float64 // the posterior of the E step before the last
	r := [2]float64{posterior(0), posterior(1)}
	for s, err := range Steps(context.Background(), rows, func(context.Context, int) (*pair, error) { return m, nil }, Config{Iterations: 4, Tolerance: -1}) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Iteration == 5 {
			if s.Bound != s.Objective {
				t.Errorf("the last bound is %v, the objective %v", s.Bound, s.Objective)
			}
			s.Bound = last.Bound
		}
		if s.Iteration > 1 {
			kl := func(p, q float64) float64 { return p*math.Log(p/q) + (1-p)*math.Log((1-p)/(1-q)) }
			gap := s.Objective - last.Bound
			if !(last.Bound >= last.Objective-1e-12 && gap >= -1e-12) {
				t.Errorf("bound %v between %v and %v", last.Bound, last.Objective, s.Objective)
			}
			if want := 4*kl(q[0], r[0]) + 6*kl(q[1], r[1]); math.Abs(gap-want) > 1e-12 {
				t.Errorf("gap %v, want %v", gap, want)
			}
		}
		last, q, r = s, r, [2]float64{posterior(0), posterior(1)}
	}
}

func TestEnginePriorAndOrigin(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 3000)
	for i := range x {
		x[i] = float64(rng.IntN(3) / 2)
	}
	rows := engineRows(t, x, 1, Config{})
	begin := func(prior bool) Starter[*movingPair] {
		return func(context.Context, int) (*movingPair, error) {
			return &movingPair{pair{0.4, 0.3, 0.6}, prior}, nil
		}
	}
	run, err := Fit(context.Background(), rows, begin(true), Config{Iterations: 100})
	if err != nil {
		t.Fatal(err)
	}
	m := run.Model
	if math.Abs(run.Objective-run.LogLikelihood-m.LogPrior()) > 1e-9 || len(run.Warnings) != 1 || run.Warnings[0].Code != "not-converged" {
		t.Errorf("objective %v, likelihood %v, prior %v; %v", run.Objective, run.LogLikelihood, m.LogPrior(), run.Warnings)
	}
	// Stepwise EM with a moving origin is that with one that stays, to rounding.
	c := Config{Batch: 100, Iterations: 3, Seed: 7}
	moving, err := Fit(context.Background(), rows, begin(false), c)
	if err != nil {
		t.Fatal(err)
	}
	fixed, err := Fit(context.Background(), rows, enginePairFrom(pair{0.4, 0.3, 0.6}), c)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(*fixed.Model, moving.Model.pair, cmpopts.EquateApprox(0, 1e-12)); d != "" {
		t.Error(d)
	}
	if fixed.Converged || fixed.Iterations != 3 || len(fixed.History) != 4 {
		t.Errorf("%+v", fixed)
	}
}

// A model that cannot do what it is told to says so.
func TestEngineUnable(t *testing.T) {
	rows := engineRows(t, []float64{1}, 1, Config{})
	for field, c := range map[string]Config{
		"Hard": {Hard: true}, "Batch": {Batch: 1}, "Checkpoint": {Checkpoint: t.TempDir() + "/x"},
		"Iterations": {Iterations: -1}, "Tolerance": {Tolerance: math.NaN()}, "Starts": {Starts: -1}, "Workers": {Workers: -1},
		"Decay": {Decay: 0.5}, "Memory": {Memory: -1},
	} {
		_, err := Fit(context.Background(), rows, engineScripts(&engineScript{objectives: []float64{1}}), c)
		var bad *belief.ConfigError
		if !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	one := &pair{0.4, 0.6, 0.7}
	_, err := Fit(context.Background(), rows, func(context.Context, int) (*pair, error) { return one, nil }, Config{Starts: 2})
	var bad *belief.ConfigError
	if !errors.As(err, &bad) || bad.Field != "Starts" {
		t.Errorf("one model for two starts: %v", err)
	}
}

// Whatever the data and the start, nothing falls, with a prior and without, hard or not.
func TestEngineNeverFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(0.01, 0.99)
		start := pair{p.Draw(t, "π"), p.Draw(t, "p"), p.Draw(t, "q")}
		n := rapid.IntRange(1, 40).Draw(t, "n")
		x, w := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i] = float64(rapid.IntRange(0, 1).Draw(t, "x"))
			w[i] = rapid.Float64Range(0.1, 3).Draw(t, "w")
		}
		table, err := data.NewTable(data.Numbers("x"), x, w)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := NewRows(context.Background(), table, Config{}, RefuseMissing)
		if err != nil {
			t.Fatal(err)
		}
		run, err := Fit(context.Background(), rows, func(context.Context, int) (*movingPair, error) {
			return &movingPair{start, true}, nil
		}, Config{Iterations: 60})
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(run.History); i++ {
			if run.History[i] < run.History[i-1]-1e-9 {
				t.Fatalf("%v after %v", run.History[i], run.History[i-1])
			}
		}
	})
}

// The same bits for any number of workers, in memory, streamed and with weights.
func TestEngineSameBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	x, w := make([]float64, 20_000), make([]float64, 20_000)
	for i := range x {
		x[i], w[i] = float64(rng.IntN(2)), rng.Float64()
	}
	table, err := data.NewTable(data.Numbers("x"), x, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Config{{Iterations: 4}, {Iterations: 3, Batch: 1000, Seed: 5}, {Iterations: 3, Hard: true}} {
		var want *Run[*pair]
		for _, workers := range []int{1, 2, 7} {
			for _, memory := range []int64{0, 1} {
				c.Workers, c.Memory = workers, memory
				var src data.Source = table
				if memory == 1 {
					src = engineStream{table}
				}
				rows, err := NewRows(context.Background(), src, c, RefuseMissing)
				if err != nil {
					t.Fatal(err)
				}
				if (rows.Table() == nil) != (memory == 1) {
					t.Fatal("what is to be streamed is in memory, or the other way round")
				}
				run, err := Fit(context.Background(), rows, enginePairFrom(pair{0.4, 0.3, 0.6}), c)
				if err != nil {
					t.Fatal(err)
				}
				if want == nil {
					want = run
				} else if d := cmp.Diff(want, run); d != "" {
					t.Errorf("%d workers, memory %d: %s", workers, memory, d)
				}
			}
		}
	}
}

// engineStream hides that a source is a table.
type engineStream struct{ t *data.Table }

func (s engineStream) Columns() []data.Column               { return s.t.Columns() }
func (s engineStream) Rows() int                            { return s.t.Rows() }
func (s engineStream) Pass(o data.Order) (data.Pass, error) { return s.t.Pass(o) }
