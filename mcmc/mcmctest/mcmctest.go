package mcmctest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// T is what a suite needs of a [testing.T].
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// A Case is a sampler, and a target whose moments are known.
type Case struct {
	Sampler mcmc.Sampler
	// Target is what to sample; nil means a normal distribution of three
	// correlated coordinates of different scale. It must have positive density
	// on (−2, 2)ⁿ.
	Target mcmc.Target
	// Mean and SD are those of the coordinates of Target.
	Mean, SD []float64
	// Draws is how many each of four chains takes; 0 means 4000.
	Draws int
	// Allocates says that the sampler allocates in its steps.
	Allocates bool
}

// Run holds a sampler against the suite. What is random in it has a false-alarm
// rate below 1e-6, and a fixed seed.
func Run(t T, c Case) {
	t.Helper()
	if c.Target == nil {
		c.Target, c.Mean, c.SD = Normal(), []float64{1, -0.5, 0.2}, []float64{1, 0.5, 2}
	}
	if c.Draws == 0 {
		c.Draws = 4000
	}
	s := &suite{Case: c}
	for _, check := range []struct {
		name string
		do   func()
	}{
		{"draws", s.draws}, {"workers", s.workers}, {"state", s.state}, {"restore", s.restore}, {"hostile tuning", s.hostile},
		{"errors", s.errors}, {"zero density", s.zeroDensity}, {"allocations", s.allocations},
	} {
		s.check = check.name
		check.do()
	}
	for _, complaint := range s.complaints {
		t.Errorf("%s", complaint)
	}
}

type suite struct {
	Case
	check      string
	complaints []string
}

func (s *suite) complain(format string, args ...any) {
	s.complaints = append(s.complaints, s.check+": "+fmt.Sprintf(format, args...))
}

// Normal is the target that a [Case] has unless it says otherwise.
func Normal() mcmc.GradTarget {
	mean, sd := [3]float64{1, -0.5, 0.2}, [3]float64{1, 0.5, 2}
	// Correlations of 0.8 between the first two; the third stands alone.
	const rho = 0.8
	const d = 1 - rho*rho
	return mcmc.GradFunc(3, func(x, grad []float64) float64 {
		var z [3]float64
		for i := range z {
			z[i] = (x[i] - mean[i]) / sd[i]
		}
		a, b := (z[0]-rho*z[1])/d, (z[1]-rho*z[0])/d
		grad[0], grad[1], grad[2] = -a/sd[0], -b/sd[1], -z[2]/sd[2]
		return -(z[0]*a + z[1]*b + z[2]*z[2]) / 2
	})
}

// draws compares moments and the correlation of two coordinates with the truth.
func (s *suite) draws() {
	run, err := mcmc.Sample(context.Background(), s.Sampler, s.Target, mcmc.Config{Draws: s.Draws, Seed: 1})
	if err != nil {
		s.complain("%v", err)
		return
	}
	const bound = 5.5 // standard errors: 4e-8 for each of a few
	for j, name := range run.Names[:len(s.Mean)] {
		chains, _ := run.Column(name)
		if r := diagnostics.RHat(chains); !(r < 1.05) {
			s.complain("R-hat of %s is %v", name, r)
		}
		for _, q := range []struct {
			what           string
			got, want, err float64
		}{
			{"mean", pooled(chains, func(x float64) float64 { return x }), s.Mean[j], diagnostics.MCSEMean(chains)},
			{"standard deviation", deviation(chains), s.SD[j], diagnostics.MCSESD(chains)},
		} {
			if z := (q.got - q.want) / q.err; !(math.Abs(z) < bound) {
				s.complain("the %s of %s is %v ± %v, want %v", q.what, name, q.got, q.err, q.want)
			}
		}
	}
	for i, c := range run.Chains {
		accepts, _ := run.Column("accept_stat__")
		for j, a := range accepts[i] {
			if !(a >= 0 && a <= 1) {
				s.complain("draw %d of chain %d was accepted with probability %v", j, i, a)
				return
			}
		}
		if len(c.Values) > 0 && slices.Max(c.Values) == slices.Min(c.Values) {
			s.complain("chain %d does not move", i)
		}
	}
}

func pooled(chains [][]float64, f func(float64) float64) float64 {
	sum, n := 0.0, 0
	for _, c := range chains {
		for _, x := range c {
			sum += f(x)
		}
		n += len(c)
	}
	return sum / float64(n)
}

func deviation(chains [][]float64) float64 {
	m := pooled(chains, func(x float64) float64 { return x })
	return math.Sqrt(pooled(chains, func(x float64) float64 { return (x - m) * (x - m) }))
}

// workers compares runs on one and on three cores.
func (s *suite) workers() {
	var want *mcmc.Run
	for _, workers := range []int{1, 3} {
		run, err := mcmc.Sample(context.Background(), s.Sampler, s.Target, mcmc.Config{Draws: 50, WarmUp: 50, Workers: workers, Seed: 2})
		if err != nil {
			s.complain("%v", err)
			return
		}
		if want == nil {
			want = run
		}
		for i := range run.Chains {
			if !slices.Equal(run.Chains[i].Values, want.Chains[i].Values) {
				s.complain("chain %d has other draws on three cores than on one", i)
			}
		}
	}
}

// walker drives a kernel by hand.
type walker struct {
	kernel mcmc.Kernel
	guard  *mcmc.Guard
	state  mcmc.State
	steps  int
}

// walker returns a kernel at a point of positive density, that of a run's start.
func (s *suite) walker(t mcmc.Target, warmUp int) *walker {
	if c, ok := t.(mcmc.Cloner); ok {
		t = c.Clone()
	}
	w := &walker{guard: mcmc.NewGuard(t)}
	var err error
	if w.kernel, err = s.Sampler.Kernel(w.guard); err != nil {
		s.complain("%v", err)
		return nil
	}
	if tuner, ok := w.kernel.(mcmc.Tuner); ok && warmUp > 0 {
		tuner.BeginWarmUp(warmUp)
	}
	rng := stream.New(3, "mcmctest")
	w.state.X = make([]float64, t.Dim())
	for range 1000 {
		for i := range w.state.X {
			w.state.X[i] = 2*rng.Float64() - 1
		}
		if err := w.kernel.Init(&w.state); err != nil {
			s.complain("Init: %v", err)
			return nil
		}
		if !math.IsInf(w.state.LogDensity, -1) {
			return w
		}
	}
	s.complain("no starting point")
	return nil
}

// step takes a step of the warm-up, or of what follows, with the random numbers
// that belong to it.
func (w *walker) step(warmUp int) error {
	info, err := w.kernel.Step(stream.New(4, "mcmctest", uint64(w.steps)), &w.state)
	if err != nil {
		return err
	}
	w.steps++
	tuner, ok := w.kernel.(mcmc.Tuner)
	if !ok || w.steps > warmUp {
		return nil
	}
	if err := tuner.Tune(&w.state, info); err != nil || w.steps < warmUp {
		return err
	}
	return tuner.EndWarmUp(&w.state)
}

func clone(s mcmc.State) mcmc.State {
	s.X, s.Grad, s.Aux = slices.Clone(s.X), slices.Clone(s.Grad), slices.Clone(s.Aux)
	return s
}

func same(a, b mcmc.State) bool {
	return slices.Equal(a.X, b.X) && a.LogDensity == b.LogDensity && slices.Equal(a.Grad, b.Grad) && slices.Equal(a.Aux, b.Aux)
}

const warmUp = 100

// state checks that the state says the truth about its point.
func (s *suite) state() {
	w := s.walker(s.Target, warmUp)
	if w == nil {
		return
	}
	judge := mcmc.NewGuard(s.Target)
	grad := make([]float64, judge.Dim())
	for w.steps < 2*warmUp {
		if err := w.step(warmUp); err != nil {
			s.complain("step %d: %v", w.steps, err)
			return
		}
		l, err := judge.LogDensity(w.state.X)
		if err != nil || !close(l, w.state.LogDensity) {
			s.complain("after step %d the log density at %v is %v, and that of the state %v", w.steps, w.state.X, l, w.state.LogDensity)
			return
		}
		if w.state.Grad == nil {
			continue
		}
		if _, err := judge.LogDensityGrad(w.state.X, grad); err != nil || !slices.EqualFunc(grad, w.state.Grad, close) {
			s.complain("after step %d the gradient at %v is %v, and that of the state %v", w.steps, w.state.X, grad, w.state.Grad)
			return
		}
	}
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(a)) }

// restore moves a chain to a new kernel, in the warm-up and after it.
func (s *suite) restore() {
	for _, at := range []int{0, 1, warmUp / 2, warmUp - 1, warmUp, warmUp + 10} {
		old, young := s.walker(s.Target, warmUp), s.walker(s.Target, warmUp)
		if old == nil || young == nil {
			return
		}
		for old.steps < at {
			if err := old.step(warmUp); err != nil {
				s.complain("step %d: %v", old.steps, err)
				return
			}
		}
		young.steps = at
		young.state.X = slices.Clone(old.state.X)
		if err := young.kernel.Init(&young.state); err != nil {
			s.complain("Init: %v", err)
			return
		}
		if tuner, ok := old.kernel.(mcmc.Tuner); ok {
			data, err := tuner.MarshalBinary()
			if err == nil {
				err = young.kernel.(mcmc.Tuner).UnmarshalBinary(data)
			}
			if err != nil {
				s.complain("tuning after %d steps: %v", at, err)
				return
			}
		}
		young.state = clone(old.state)
		for old.steps < warmUp+30 {
			if err := errors.Join(old.step(warmUp), young.step(warmUp)); err != nil {
				s.complain("step %d: %v", old.steps, err)
				return
			}
			if !same(old.state, young.state) {
				s.complain("restored after %d steps of which %d warm up, the chain goes another way at step %d", at, warmUp, old.steps)
				break
			}
		}
	}
}

// hostile feeds a kernel with tuning that was cut off.
func (s *suite) hostile() {
	w := s.walker(s.Target, warmUp)
	if w == nil {
		return
	}
	tuner, ok := w.kernel.(mcmc.Tuner)
	if !ok {
		return
	}
	data, err := tuner.MarshalBinary()
	if err != nil {
		s.complain("%v", err)
		return
	}
	for n := range data {
		victim := s.walker(s.Target, warmUp)
		if victim.kernel.(mcmc.Tuner).UnmarshalBinary(data[:n]) == nil {
			s.complain("%d of %d bytes are taken for all", n, len(data))
			return
		}
	}
}

var errTarget = errors.New("the target gives up")

// errors makes the target fail at every early evaluation in turn.
func (s *suite) errors() {
	for n := range 40 {
		failing := wrap(s.Target)
		w := s.walker(failing, 0)
		if w == nil {
			return
		}
		failing = w.guard.Target().(wrapper)
		left := n
		failing.set(func([]float64) error {
			if left--; left < 0 {
				return errTarget
			}
			return nil
		})
		for range 100 {
			before := clone(w.state)
			err := w.step(0)
			if err == nil && left >= 0 {
				continue
			}
			if !errors.Is(err, errTarget) {
				s.complain("the target failed at evaluation %d, and the error was: %v", n, err)
				return
			}
			if !same(before, w.state) {
				s.complain("a step that failed at evaluation %d has moved the state", n)
				return
			}
			break
		}
	}
}

// zeroDensity takes half of the space away.
func (s *suite) zeroDensity() {
	half := wrap(s.Target)
	half.set(func(x []float64) error {
		if x[0] > 0.25 {
			return mcmc.ErrReject
		}
		return nil
	})
	w := s.walker(half, warmUp)
	if w == nil {
		return
	}
	for w.steps < 5*warmUp {
		if err := w.step(warmUp); err != nil {
			s.complain("step %d: %v", w.steps, err)
			return
		}
		if w.state.X[0] > 0.25 || math.IsInf(w.state.LogDensity, -1) {
			s.complain("step %d leads to %v, where the density is zero", w.steps, w.state.X)
			return
		}
	}
}

func (s *suite) allocations() {
	if s.Allocates {
		return
	}
	w := s.walker(s.Target, warmUp)
	if w == nil {
		return
	}
	for w.steps < warmUp {
		if err := w.step(warmUp); err != nil {
			s.complain("step %d: %v", w.steps, err)
			return
		}
	}
	rng := rand.New(rand.NewPCG(5, 6))
	var err error
	n := testing.AllocsPerRun(300, func() {
		if _, e := w.kernel.Step(rng, &w.state); e != nil {
			err = e
		}
	})
	if n >= 1 || err != nil {
		s.complain("a step allocates %v times; error %v", n, err)
	}
}
