package inference_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/inference/inferencetest"
	"github.com/belief-go/belief/internal/datadir"
)

// Samplers on the kit's models: what they claim is right within five of their own
// errors, or they say that it is not to be relied on.
func TestSamplersConform(t *testing.T) {
	for name, engine := range map[string]inference.Engine{
		"systematic":  inference.Gibbs{Sweeps: 2000},
		"random":      inference.Gibbs{Sweeps: 2000, RandomScan: true, Seed: 1},
		"single site": inference.Gibbs{Sweeps: 2000, SingleSite: true, Seed: 2},
		"thinned":     inference.Gibbs{Sweeps: 5000, Thin: 3, Chains: 2, Seed: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inferencetest.Run(t, engine, inferencetest.Options{Seed: 7, Models: 60, Errors: 5, Tol: 1e-9})
		})
	}
	for _, engine := range []inference.Engine{inference.Weighting{Draws: 10000}, inference.Rejection{Draws: 2000, Tries: 20000}} {
		t.Run(engine.Name(), func(t *testing.T) {
			t.Parallel()
			inferencetest.Run(t, engine, inferencetest.Options{Seed: 8, Models: 60, Errors: 5, Tol: 1e-9, Directed: true})
		})
	}
}

// Published networks with and without evidence against the answers of another
// program: within five standard errors, a rate of false alarms of 6e-7 for each
// probability. The tolerance is for rows that do not sum to one.
func TestSampledNetworks(t *testing.T) {
	for _, name := range []string{"asia", "alarm", "win95pts"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			net := readNetwork(t, name)
			for _, c := range []string{"none", "e2", "e3", "e5", "e10"} {
				data, err := os.ReadFile(datadir.Path(t, "bif", "expected") + "/" + name + "." + c + ".json")
				if os.IsNotExist(err) {
					continue
				}
				var want expected
				if err := json.Unmarshal(data, &want); err != nil {
					t.Fatal(err)
				}
				engines := []inference.Engine{inference.Gibbs{Sweeps: 6000, Seed: 1}, inference.Gibbs{Sweeps: 2000, Seed: 1, RandomScan: true}, inference.Weighting{Draws: 20000, Seed: 1}}
				if c == "none" || name == "asia" {
					engines = append(engines, inference.Rejection{Draws: 5000})
				}
				for _, engine := range engines {
					want.compareSampled(t, name+"."+c, net, engine)
				}
			}
		})
	}
}

func (e expected) compareSampled(t *testing.T, what string, net *graphical.BayesNet, engine inference.Engine) {
	t.Helper()
	post, err := engine.Marginals(context.Background(), net, e.Evidence)
	if err != nil {
		t.Fatal(err)
	}
	if l := post.LogEvidence; !math.IsNaN(l.Value) && math.Abs(l.Value-e.LogEvidence) > 5*l.StdErr+1e-6 {
		t.Errorf("%s by %s: log evidence %v, want %v", what, post.Method, l, e.LogEvidence)
	}
	for _, m := range post.Marginals() {
		for s, p := range m.Probs {
			truth := e.Marginals[m.Variable.Name()][m.Variable.States()[s]]
			if !(math.Abs(p-truth) <= 5*m.Accuracy[s].StdErr+1e-6) {
				t.Errorf("%s by %+v: p(%v=%s) is %v ± %v, want %v", what, engine, m.Variable, m.Variable.States()[s], p, m.Accuracy[s].StdErr, truth)
			}
		}
	}
}

// Over many seeds the errors have the size that they are said to have: the mean of
// z² is near 1. With 120 seeds a factor of 1.6 either way is beyond four standard
// errors of that mean; standard errors are themselves estimated, and answers of one
// run correlated, for which the rest is.
func TestErrorsAreCalibrated(t *testing.T) {
	ctx := context.Background()
	net, err := textbook.Network("student")
	if err != nil {
		t.Fatal(err)
	}
	ev := graphical.Observe("Letter", "l1")
	want, err := inference.Marginals(ctx, net, ev)
	if err != nil {
		t.Fatal(err)
	}
	for name, engine := range map[string]func(seed uint64) inference.Engine{
		"gibbs":       func(s uint64) inference.Engine { return inference.Gibbs{Sweeps: 1000, Seed: s} },
		"random scan": func(s uint64) inference.Engine { return inference.Gibbs{Sweeps: 1000, Seed: s, RandomScan: true} },
		"single site": func(s uint64) inference.Engine { return inference.Gibbs{Sweeps: 1000, Seed: s, SingleSite: true} },
		"weighting":   func(s uint64) inference.Engine { return inference.Weighting{Draws: 2000, Seed: s} },
		"rejection":   func(s uint64) inference.Engine { return inference.Rejection{Draws: 1000, Seed: s} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const seeds = 120
			var z2, n, evidence float64
			for seed := range uint64(seeds) {
				post, err := engine(seed).Marginals(ctx, net, ev)
				if err != nil {
					t.Fatal(err)
				}
				for i, m := range post.Marginals() {
					if a := m.Accuracy[0]; a.StdErr > 0 {
						z := (m.Probs[0] - want.Marginals()[i].Probs[0]) / a.StdErr
						z2, n = z2+z*z, n+1
					}
				}
				if l := post.LogEvidence; !math.IsNaN(l.Value) {
					z := (l.Value - want.LogEvidence.Value) / l.StdErr
					evidence += z * z / seeds
				}
			}
			if z2 /= n; z2 < 1/1.6 || z2 > 1.6 {
				t.Errorf("the mean square of errors over standard errors is %.2f", z2)
			}
			if evidence != 0 && (evidence < 1/1.6 || evidence > 1.6) {
				t.Errorf("that of the log evidence is %.2f", evidence)
			}
		})
	}
}

// The number of workers does not show in a single bit.
func TestSamplersIgnoreWorkers(t *testing.T) {
	ctx := context.Background()
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	ev := graphical.Observe("dysp", "yes")
	for _, engine := range []func(workers int) inference.Engine{
		func(w int) inference.Engine { return inference.Gibbs{Sweeps: 500, Workers: w, StdErr: 1e-3, Seed: 4} },
		func(w int) inference.Engine { return inference.Weighting{Draws: 100_000, Workers: w, StdErr: 0.003} },
		func(w int) inference.Engine { return inference.Rejection{Draws: 5000, Workers: w} },
	} {
		var first *inference.Posterior
		for _, workers := range []int{1, 2, 5} {
			post, err := engine(workers).Marginals(ctx, net, ev)
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = post
				continue
			}
			same := cmp.Options{cmpopts.EquateNaNs(), cmp.Comparer(func(a, b *graphical.Variable) bool { return a == b })}
			if diff := cmp.Diff(first.Marginals(), post.Marginals(), same) + cmp.Diff(first.Sampling, post.Sampling, same); diff != "" {
				t.Errorf("%s with %d workers: %s", post.Method, workers, diff)
			}
		}
	}
}

// A run ends when the error asked for is reached, and says so when it is not.
func TestStdErr(t *testing.T) {
	ctx := context.Background()
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		engine  inference.Engine
		reached bool
	}{
		{inference.Gibbs{StdErr: 0.01}, true},
		{inference.Gibbs{StdErr: 0.0001, Sweeps: 2000}, false},
		{inference.Weighting{StdErr: 0.002}, true},
		{inference.Weighting{StdErr: 0.002, Draws: 5000}, false},
		{inference.Rejection{StdErr: 0.004}, true},
		{inference.Rejection{StdErr: 0.0004, Draws: 5000}, false},
	} {
		post, err := c.engine.Marginals(ctx, net, graphical.Observe("smoke", "yes"))
		if err != nil {
			t.Fatal(err)
		}
		missed := false
		for _, w := range post.Warnings {
			missed = missed || w.Code == "std-err"
		}
		if missed == c.reached || post.Converged != c.reached {
			t.Errorf("%+v: warnings %v, largest error %v after %d draws", c.engine, post.Warnings, post.Sampling.MaxStdErr, post.Sampling.Draws)
		}
		if c.reached && post.Sampling.Draws > 400_000 {
			t.Errorf("%+v took %d draws", c.engine, post.Sampling.Draws)
		}
	}
}

// When time runs out the answer so far comes with ctx's error.
func TestSamplersCut(t *testing.T) {
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	want, err := inference.Marginals(context.Background(), net, graphical.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	const many = 1 << 30
	for _, engine := range []func(report func(inference.Progress)) inference.Engine{
		func(f func(inference.Progress)) inference.Engine { return inference.Gibbs{Sweeps: many, Progress: f} },
		func(f func(inference.Progress)) inference.Engine {
			return inference.Gibbs{Sweeps: many, Progress: f, Workers: 1}
		},
		func(f func(inference.Progress)) inference.Engine {
			return inference.Weighting{Draws: many, Progress: f}
		},
		func(f func(inference.Progress)) inference.Engine {
			return inference.Rejection{Draws: many, Tries: many, Progress: f}
		},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var last inference.Progress
		e := engine(func(p inference.Progress) {
			if p.Done < last.Done || p.Total < p.Done || !(p.StdErr > 0) {
				t.Errorf("progress %+v after %+v", p, last)
			}
			if last = p; p.Done > 20000 {
				cancel()
			}
		})
		start := time.Now()
		post, err := e.Marginals(ctx, net, graphical.Evidence{})
		cancel()
		if !errors.Is(err, context.Canceled) || post == nil {
			t.Errorf("%s: %v, %v", e.Name(), post, err)
			continue
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %v", e.Name(), took)
		}
		if err := inferencetest.CompareSampled(want, post, 6, 1e-9); err != nil {
			t.Errorf("%s, cut short: %v", e.Name(), err)
		}
	}
}

func TestSamplerSettings(t *testing.T) {
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	for field, engine := range map[string]inference.Engine{
		"Sweeps": inference.Gibbs{Sweeps: -1}, "Chains": inference.Gibbs{Chains: -1}, "Thin": inference.Gibbs{Thin: 11, Sweeps: 10},
		"StdErr": inference.Gibbs{StdErr: math.NaN()}, "MemoryBudget": inference.Gibbs{MemoryBudget: -1}, "Draws": inference.Weighting{Draws: math.MaxInt64},
		"Tries": inference.Rejection{Tries: -1},
	} {
		_, err := engine.Marginals(context.Background(), net, graphical.Evidence{})
		var e *belief.ConfigError
		if !errors.As(err, &e) || e.Field != field {
			t.Errorf("%s: error %v", field, err)
		}
	}
	for _, engine := range []inference.Engine{inference.Gibbs{Workers: -1}, inference.Weighting{Workers: -1}, inference.Rejection{Workers: -1}, inference.TreeConfig{Workers: -1}, inference.Auto{Workers: -1}} {
		for _, targets := range [][]string{nil, {"lung"}} {
			_, err := engine.Marginals(context.Background(), net, graphical.Evidence{}, targets...)
			var e *belief.ConfigError
			if !errors.As(err, &e) || e.Field != "Workers" {
				t.Errorf("%s with -1 workers: error %v", engine.Name(), err)
			}
		}
	}
	var large *belief.TooLargeError
	if _, err := (inference.Gibbs{MemoryBudget: 1000}).Marginals(context.Background(), net, graphical.Evidence{}); !errors.As(err, &large) {
		t.Errorf("a record over the budget gives %v", err)
	}
}
