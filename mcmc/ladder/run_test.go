package ladder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
)

// Results have the same bits for any number of workers, run after run on one path.
func TestSameBitsForAnyNumberOfWorkers(t *testing.T) {
	target, n := normalTarget(t, 3)
	s, err := mcmc.LinearSchedule(20)
	if err != nil {
		t.Fatal(err)
	}
	for _, sampler := range []mcmc.Sampler{nil, mcmc.NUTS{MaxDepth: 3}} {
		path := &Bridge{Base: wideBase(t, 3), Target: target, Sampler: sampler, Pilot: 30, WarmUp: 30}
		start := func(r *rand.Rand, k int) (*Points, error) {
			x := make([]float64, 3*k)
			for i := range k {
				n.RandTo(x[3*i:3*i+3], r)
			}
			return path.Start(x)
		}
		type all struct {
			Up, Down, Particles float64
			LogWeights          []float64
			Weights, Last       []float64
		}
		var want all
		for _, workers := range []int{1, 2, 5, 0} {
			up, err := AIS(background, path, AISConfig{Schedule: s, Chains: 33, Workers: workers, KeepState: true})
			if err != nil {
				t.Fatal(err)
			}
			down, err := ReverseAIS(background, path, start, AISConfig{Schedule: s, Chains: 5, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			smc, err := SMC(background, path, SMCConfig{Particles: 50, Workers: workers})
			if err != nil {
				t.Fatal(err)
			}
			got := all{up.LogZ.Value, down.LogZ.Value, smc.LogZ.Value, up.LogWeights, smc.Weights, smc.Batches[2].X}
			if workers == 1 {
				want = got
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("sampler %T, %d workers (-want +got):\n%s", sampler, workers, diff)
			}
			if len(up.Batches) != 11 || up.Batches[10].Len() != 3 || down.Batches != nil {
				t.Errorf("%d batches kept", len(up.Batches))
			}
		}
		if other, err := SMC(background, path, SMCConfig{Particles: 50, Seed: 1}); err != nil || other.LogZ.Value == want.Particles {
			t.Errorf("another seed gives %v, %v", other, err)
		}
	}
}

// A run that was cancelled says what it has; taken up again, it ends in the same bits
// as one that was not.
func TestCancelAndResume(t *testing.T) {
	p := newTiny().pointwise()
	cfg := AISConfig{Chains: 40, Batch: 4, Workers: 1, Schedule: mcmc.Schedule{0, 0.2, 0.5, 1}, Seed: 3}
	want, err := AIS(background, p, cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(background)
	cfg.Progress = func(p Progress) {
		if p.Batches != 10 || p.Steps != 3 {
			t.Errorf("progress %+v", p)
		}
		if p.Batch == 6 && p.Step == 2 {
			cancel()
		}
	}
	got, err := AIS(ctx, p, cfg)
	if !errors.Is(err, context.Canceled) || got == nil {
		t.Fatalf("cancelled run: %v, %v", got, err)
	}
	done := 0
	for i, w := range got.LogWeights {
		if !math.IsNaN(w) {
			done++
			if w != want.LogWeights[i] {
				t.Errorf("chain %d: log weight %g, want %g", i, w, want.LogWeights[i])
			}
		}
	}
	if done != 24 || !(math.Abs(got.LogZ.Value-want.LogZ.Value) < 1) || got.ESS > 24 {
		t.Errorf("%d chains are through, log Z is %v", done, got.LogZ)
	}
	if w := got.Weights(); w[30] != 0 || w[0] == 0 {
		t.Errorf("weights %v", w)
	}
	if text, err := json.Marshal(got); err != nil || !strings.Contains(string(text), "null") {
		t.Errorf("as JSON %s, %v", text, err)
	}
	cfg.Done, cfg.Progress = got.LogWeights, nil
	got, err = AIS(background, p, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("taken up again (-want +got):\n%s", diff)
	}

	ended, cancel := context.WithCancel(background)
	cancel()
	cfg.Done = nil
	if got, err = AIS(ended, p, cfg); !errors.Is(err, context.Canceled) || !math.IsNaN(got.LogZ.Value) || len(got.Warnings) == 0 {
		t.Errorf("cancelled before: %v, %v", got, err)
	}
	target, _ := normalTarget(t, 1)
	if got, err := AIS(ended, &Bridge{Base: wideBase(t, 1), Target: target}, cfg); !errors.Is(err, context.Canceled) || got == nil {
		t.Errorf("cancelled before the pilot: %v, %v", got, err)
	}
}

// Particles of a run that was cancelled are those of the temperature it has reached.
func TestCancelSMC(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	cfg := SMCConfig{Particles: 20, Schedule: mcmc.Schedule{0, 0.2, 0.5, 1}, Progress: func(p Progress) {
		if p.Step == 2 {
			cancel()
		}
	}}
	got, err := SMC(ctx, newTiny().pointwise(), cfg)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if got.Converged || got.LogZ.Kind != belief.Approximation {
		t.Errorf("converged %v at %v", got.Converged, got.LogZ)
	}
	if diff := cmp.Diff(mcmc.Schedule{0, 0.2, 0.5}, got.Schedule()); diff != "" {
		t.Errorf("schedule (-want +got):\n%s", diff)
	}
	// The temperature reached may be that of the base.
	first, stop := context.WithCancel(background)
	slow := newTiny().pointwise()
	density := slow.LogDensity
	slow.LogDensity = func(x int, b float64) float64 { stop(); return density(x, b) }
	base, err := SMC(first, slow, SMCConfig{Particles: 20, BaseLogZ: 3})
	if !errors.Is(err, context.Canceled) || base.LogZ.Value != 3 || base.Lineages != 20 || len(base.LogZs) != 2 || math.Abs(float64(base.LogZs[0])-3) > 1e-12 {
		t.Errorf("cancelled at the base: %+v, %v", base, err)
	}
	// Nothing has begun: the result says so and is no nil.
	got, err = SMC(ctx, newTiny().pointwise(), cfg)
	if !errors.Is(err, context.Canceled) || got == nil || !math.IsNaN(got.LogZ.Value) || got.Converged || len(got.Warnings) == 0 {
		t.Fatalf("cancelled before: %+v, %v", got, err)
	}
	if text, err := json.Marshal(got); err != nil || !strings.Contains(string(text), `"value":null`) {
		t.Errorf("as JSON %s, %v", text, err)
	}
}

// A broken is a path whose log ratio is bad for one chain at one step.
type broken struct {
	Pointwise[int]
	value func(chain int, to float64) float64
}

func (p broken) LogRatioTo(dst []float64, s []int, _, to float64) error {
	for i := range s {
		dst[i] = p.value(i, to)
	}
	return nil
}

// A lastOfPair is broken for the second chain of a batch of two.
type lastOfPair struct{ Pointwise[int] }

func (p lastOfPair) LogRatioTo(dst []float64, s []int, from, to float64) error {
	if err := p.Pointwise.LogRatioTo(dst, s, from, to); err != nil || len(s) != 2 {
		return err
	}
	dst[1] = math.NaN()
	return nil
}

// An error names the step and the chain, and nothing that is no number gets through.
func TestBadWeights(t *testing.T) {
	s := mcmc.Schedule{0, 0.25, 0.5, 0.75, 1}
	run := func(value func(chain int, to float64) float64) (float64, error, float64, error) {
		path := broken{newTiny().pointwise(), value}
		// The broken path sees the place in its batch; all are in one.
		a, errA := AIS(background, path, AISConfig{Schedule: s, Chains: 6, Batch: 6})
		b, errB := SMC(background, path, SMCConfig{Schedule: s, Particles: 6, Batch: 6, ResampleBelow: 1e-9})
		za, zb := math.NaN(), math.NaN()
		if a != nil {
			za = a.LogZ.Value
		}
		if b != nil {
			zb = b.LogZ.Value
		}
		return za, errA, zb, errB
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		_, errA, _, errB := run(func(chain int, to float64) float64 {
			if chain == 4 && to == 0.75 {
				return bad
			}
			return 0.1
		})
		for _, err := range []error{errA, errB} {
			var w *WeightError
			if !errors.As(err, &w) || w.Step != 3 || w.Chain != 4 || w.Beta != 0.75 || fmt.Sprint(w.Value) != fmt.Sprint(bad) {
				t.Errorf("%v: error %v", bad, err)
			}
		}
	}
	// The chain is counted through the batches.
	last := lastOfPair{newTiny().pointwise()}
	_, errA := AIS(background, last, AISConfig{Schedule: s, Chains: 6, Batch: 4})
	_, errB := SMC(background, last, SMCConfig{Schedule: s, Particles: 6, Batch: 4})
	for _, err := range []error{errA, errB} {
		var w *WeightError
		if !errors.As(err, &w) || w.Chain != 5 || w.Step != 1 {
			t.Errorf("second batch: error %v", err)
		}
	}
	// All lose their weight, one after the other.
	_, errA, _, errB = run(func(chain int, to float64) float64 {
		if chain < 3 || to >= 0.5 {
			return math.Inf(-1)
		}
		return 0
	})
	for _, err := range []error{errA, errB} {
		var d *DepletedError
		if !errors.As(err, &d) || d.Step != 2 || d.Beta != 0.5 {
			t.Errorf("no weight: error %v", err)
		}
	}
	// What is written for a chain without weight is not looked at.
	za, errA, zb, errB := run(func(chain int, to float64) float64 {
		switch {
		case chain > 0:
			return 1
		case to == 0.25:
			return math.Inf(-1)
		}
		return math.NaN()
	})
	if want := 4 + math.Log(5./6); errA != nil || errB != nil || math.Abs(za-want) > 1e-12 || math.Abs(zb-want) > 1e-12 {
		t.Errorf("one lost: %g, %v and %g, %v, want %g", za, errA, zb, errB, want)
	}
}

// One temperature, one chain, one particle, and settings that make no sense.
func TestDegenerate(t *testing.T) {
	p := newTiny().pointwise()
	one, err := AIS(background, p, AISConfig{Chains: 1, Schedule: mcmc.Schedule{0, 1}})
	if err != nil || !math.IsInf(one.LogZ.StdErr, 1) || len(one.Warnings) != 1 || one.ESS != 1 {
		t.Errorf("one chain: %+v, %v", one, err)
	}
	single, err := SMC(background, p, SMCConfig{Particles: 1})
	if err != nil || !math.IsInf(single.LogZ.StdErr, 1) || !single.Converged || len(single.Warnings) == 0 {
		t.Errorf("one particle: %+v, %v", single, err)
	}
	target, _ := normalTarget(t, 2)
	for _, s := range []mcmc.Sampler{nil, mcmc.NUTS{}} {
		lone, err := SMC(background, &Bridge{Base: wideBase(t, 2), Target: target, Sampler: s}, SMCConfig{Particles: 1})
		if err != nil || !math.IsInf(lone.LogZ.StdErr, 1) {
			t.Errorf("one particle of a bridge: %+v, %v", lone, err)
		}
	}
	if text, err := json.Marshal(single); err != nil || !strings.Contains(string(text), `"std_err":"Inf"`) {
		t.Errorf("as JSON %s, %v", text, err)
	}
	// A target that is the base: one step, no spread.
	same := newTiny()
	same.target = same.base
	flat, err := SMC(background, same.pointwise(), SMCConfig{Particles: 10})
	if err != nil || len(flat.Steps) != 1 || math.Abs(flat.LogZ.Value) > 1e-12 || flat.LogZ.StdErr > 1e-7 {
		t.Errorf("target and base the same: %+v, %v", flat, err)
	}
	short, err := SMC(background, p, SMCConfig{Particles: 10, CESS: 0.9999, MaxSteps: 1})
	if err != nil || short.Converged || len(short.Warnings) != 1 || short.LogZ.Kind != belief.Approximation {
		t.Errorf("too few steps: %+v, %v", short, err)
	}

	nan := math.NaN()
	for i, c := range []AISConfig{
		{Chains: -1}, {Moves: -1}, {Batch: -1}, {Memory: -1}, {BaseLogZ: nan}, {BaseLogZ: math.Inf(1)},
		{Schedule: mcmc.Schedule{0, nan, 1}}, {Done: []float64{1}}, {Schedule: mcmc.Schedule{}},
	} {
		var config *belief.ConfigError
		if _, err := AIS(background, p, c); !errors.As(err, &config) {
			t.Errorf("AIS settings %d: error %v", i, err)
		}
	}
	for i, c := range []SMCConfig{
		{Particles: -1}, {Moves: -1}, {Batch: -1}, {Memory: -1}, {BaseLogZ: nan}, {CESS: nan}, {CESS: 1}, {CESS: -1},
		{Populations: -1}, {Populations: 101}, {Populations: 11, Particles: 10}, {Populations: 3, Particles: 20, Batch: 10}, {ResampleBelow: 2}, {ResampleBelow: nan}, {MaxSteps: -1}, {Resampling: 9}, {Schedule: mcmc.Schedule{0.5, 1}},
	} {
		var config *belief.ConfigError
		if _, err := SMC(background, p, c); !errors.As(err, &config) {
			t.Errorf("SMC settings %d: error %v", i, err)
		}
	}
	var large *belief.TooLargeError
	if _, err := AIS(background, p, AISConfig{Chains: math.MaxInt}); !errors.As(err, &large) {
		t.Errorf("huge AIS: %v", err)
	}
	if _, err := SMC(background, p, SMCConfig{Particles: math.MaxInt}); !errors.As(err, &large) {
		t.Errorf("huge SMC: %v", err)
	}
	path := &Bridge{Base: wideBase(t, 2), Target: target}
	if _, err := SMC(background, path, SMCConfig{Particles: 1000, Memory: 100_000}); !errors.As(err, &large) || large.Bytes != 112_000 {
		t.Errorf("over budget: %v", err)
	}
}

// Errors of the path come back as what they are.
func TestPathErrors(t *testing.T) {
	fail := errors.New("no disk")
	p := newTiny().pointwise()
	if _, err := ReverseAIS(background, p, func(*rand.Rand, int) ([]int, error) { return nil, fail }, AISConfig{}); !errors.Is(err, fail) {
		t.Errorf("start: %v", err)
	}
	for _, at := range []string{"draw", "ratio", "move"} {
		path := failing{p, at, fail}
		if _, err := AIS(background, path, AISConfig{}); !errors.Is(err, fail) {
			t.Errorf("AIS, %s: %v", at, err)
		}
		if _, err := SMC(background, path, SMCConfig{}); !errors.Is(err, fail) {
			t.Errorf("SMC, %s: %v", at, err)
		}
	}
}

type failing struct {
	Pointwise[int]
	at  string
	err error
}

func (p failing) Draw(r *rand.Rand, n int) ([]int, error) {
	if p.at == "draw" {
		return nil, p.err
	}
	return p.Pointwise.Draw(r, n)
}

func (p failing) LogRatioTo(dst []float64, s []int, from, to float64) error {
	if p.at == "ratio" {
		return p.err
	}
	return p.Pointwise.LogRatioTo(dst, s, from, to)
}

func (p failing) Move(r *rand.Rand, s []int, b float64) error {
	if p.at == "move" {
		return p.err
	}
	return p.Pointwise.Move(r, s, b)
}

// Steps of chains allocate nothing: a run of many temperatures allocates as often as
// one of few.
func TestNoAllocationPerStep(t *testing.T) {
	m := newMachine(rand.New(rand.NewPCG(7, 7)), 6, 4)
	target, _ := normalTarget(t, 3)
	count := func(k int, run func(s mcmc.Schedule)) float64 {
		s, err := mcmc.LinearSchedule(k)
		if err != nil {
			t.Fatal(err)
		}
		return patience.Allocations(1, func() { run(s) })
	}
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, run := range map[string]func(s mcmc.Schedule){
		"machine": func(s mcmc.Schedule) {
			_, err := AIS(background, m, AISConfig{Schedule: s, Chains: 10, Workers: 1})
			check(err)
		},
		"random walk": func(s mcmc.Schedule) {
			_, err := AIS(background, &Bridge{Base: wideBase(t, 3), Target: target, Pilot: 20}, AISConfig{Schedule: s, Chains: 10, Workers: 1})
			check(err)
		},
	} {
		if few, many := count(20, run), count(200, run); many > few+2 {
			t.Errorf("%s: %v allocations in 20 steps, %v in 200", name, few, many)
		}
	}
	// A step of particles allocates as often for many as for few.
	perParticle := func(n int) float64 {
		return count(20, func(s mcmc.Schedule) {
			_, err := SMC(background, m, SMCConfig{Schedule: s, Particles: n, Workers: 1, Resampling: Multinomial, ResampleBelow: 1})
			check(err)
		})
	}
	if few, many := perParticle(160), perParticle(640); many > few+2 {
		t.Errorf("particles: %v allocations for 160, %v for 640", few, many)
	}
}
