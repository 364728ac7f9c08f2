package mcmctest

import (
	"math"
	"slices"

	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc"
)

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
