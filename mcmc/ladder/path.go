package ladder

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc"
)

// A Path leads from a base density f₀ that can be sampled exactly to a target f₁,
// both unnormalized, by way of f_b for every inverse temperature b in [0, 1]. S is
// a batch of states that move together, so that a machine with a matrix in it can
// move a hundred chains by one product; [Pointwise] makes a path of functions of
// one state.
//
// Batches move in parallel: the methods must be safe to call at the same time on
// different batches, and what scratch memory they need belongs into S.
type Path[S any] interface {
	// Draw returns a batch of n independent draws from f₀, exact ones: every
	// estimate of this package rests on that.
	Draw(r *rand.Rand, n int) (S, error)
	// LogRatioTo writes log f_to(x) − log f_from(x) of every state x of the batch
	// to dst. −Inf says that f_to(x) is zero; such a state has lost its weight for
	// good, and what is written for it later is not looked at.
	LogRatioTo(dst []float64, s S, from, to float64) error
	// Move moves every state of the batch by a transition that leaves f_b
	// invariant. States without weight may move anywhere.
	Move(r *rand.Rand, s S, b float64) error
}

// A Population is a path whose states can be copied, as sequential Monte Carlo
// does when it resamples.
type Population[S any] interface {
	Path[S]
	// Copy overwrites state i of dst by state j of src, which may be the same batch.
	Copy(dst S, i int, src S, j int)
}

// An Adapter is a path that learns its transitions from weighted particles.
// Sequential Monte Carlo calls Adapt for b = 0 before the first step, where all
// that was learnt in earlier runs is to be forgotten, and then at every
// temperature before the moves. weights sum to one and are in the order of the
// batches; population[j] is that of batch j.
//
// What moves a population should be learnt from the others. A transition that has
// learnt many numbers from the very particles that it moves makes up for what is too
// wide among them and keeps what is too narrow, and the evidence comes out too large.
// A few numbers, such as the length of a step, do no such harm.
type Adapter[S any] interface {
	Adapt(b float64, batches []S, weights []float64, population []int) error
}

// A Mixer is a path that knows how many transitions make its particles forget where
// they were.
type Mixer interface {
	// Moves is asked at every temperature, after Adapt.
	Moves() int
}

// A Preparer is a path that has to learn its transitions before annealed
// importance sampling, whose weights are right only if transitions do not depend
// on the chains. What it learns may depend on the seed and on nothing before.
type Preparer interface {
	Prepare(ctx context.Context, seed uint64, workers int) error
}

// Progress is where a run stands.
type Progress struct {
	Batch, Batches int     // of annealed importance sampling; batches end in any order
	Step, Steps    int     // temperatures done and in all; Steps is 0 if it is not known
	Beta           float64 // the inverse temperature
	ESS            float64 // of sequential Monte Carlo: effective particles
}

// A WeightError says that the density ratio of a chain or particle is no number
// that a weight can be made of: NaN or +Inf.
type WeightError struct {
	Step  int     // the step of the schedule, from 1
	Beta  float64 // the inverse temperature that the step leads to
	Chain int     // the chain or particle, from 0
	Value float64 // the log ratio
}

// Error names step and chain.
func (e *WeightError) Error() string {
	return fmt.Sprintf("ladder: the log weight of chain %d is %v at step %d, inverse temperature %g", e.Chain, e.Value, e.Step, e.Beta)
}

// A DepletedError says that every weight is zero: the base has no draw where the
// target has mass.
type DepletedError struct {
	Step int     // the step of the schedule, from 1, at which the last weight was lost
	Beta float64 // the inverse temperature that the step leads to
}

// Error names the step.
func (e *DepletedError) Error() string {
	return fmt.Sprintf("ladder: every weight is zero after step %d, inverse temperature %g: no draw of the base lies where the target has mass", e.Step, e.Beta)
}

// Pointwise is a path of functions of one state. A batch is a slice of states,
// which are copied by assignment: a state that holds a slice must not be changed in
// place.
type Pointwise[S any] struct {
	// Base draws from f₀.
	Base func(r *rand.Rand) S
	// LogDensity is log f_b(s).
	LogDensity func(s S, b float64) float64
	// Step moves s by a transition that leaves f_b invariant.
	Step func(r *rand.Rand, s S, b float64) S
}

// Draw implements [Path].
func (p Pointwise[S]) Draw(r *rand.Rand, n int) ([]S, error) {
	s := make([]S, n)
	for i := range s {
		s[i] = p.Base(r)
	}
	return s, nil
}

// LogRatioTo implements [Path].
func (p Pointwise[S]) LogRatioTo(dst []float64, s []S, from, to float64) error {
	for i, x := range s {
		dst[i] = p.LogDensity(x, to) - p.LogDensity(x, from)
	}
	return nil
}

// Move implements [Path].
func (p Pointwise[S]) Move(r *rand.Rand, s []S, b float64) error {
	for i, x := range s {
		s[i] = p.Step(r, x, b)
	}
	return nil
}

// Copy implements [Population].
func (p Pointwise[S]) Copy(dst []S, i int, src []S, j int) { dst[i] = src[j] }

// layout is how the chains of a run are cut into batches.
type layout struct{ chains, batch int }

func (l layout) batches() int { return (l.chains-1)/l.batch + 1 }

// bounds are the chains of batch j.
func (l layout) bounds(j int) (low, high int) {
	low = j * l.batch
	return low, min(l.chains, low+l.batch)
}

// newLayout resolves the size of batches and refuses more chains than memory is for.
func newLayout(path any, chains, batch int, memory int64, perChain float64) (layout, error) {
	if chains < 1 {
		return layout{}, &belief.ConfigError{Field: "number of chains", Value: chains, Want: "positive, or 0 for the default"}
	}
	if batch < 0 {
		return layout{}, &belief.ConfigError{Field: "Batch", Value: batch, Want: "positive, or 0 for the default"}
	}
	if memory < 0 {
		return layout{}, &belief.ConfigError{Field: "Memory", Value: memory, Want: "positive, or 0 for the default"}
	}
	if memory == 0 {
		memory = 1 << 30
	}
	bytes := float64(chains) * perChain
	if s, ok := path.(interface{ Bytes(n int) float64 }); ok {
		bytes += s.Bytes(chains)
	}
	if bytes > float64(memory) {
		return layout{}, &belief.TooLargeError{What: "annealing run", Bytes: bytes, Budget: memory, Advice: "take fewer chains"}
	}
	if batch == 0 {
		batch = (chains-1)/16 + 1
	}
	return layout{chains, min(batch, chains)}, nil
}

// moves resolves the number of transitions at each temperature.
func moves(n, otherwise int) (int, error) {
	switch {
	case n < 0:
		return 0, &belief.ConfigError{Field: "Moves", Value: n, Want: "positive, or 0 for the default"}
	case n == 0:
		return otherwise, nil
	}
	return n, nil
}

// warningsOf asks the path.
func warningsOf(path any) []belief.Warning {
	if w, ok := path.(interface{ Warnings() []belief.Warning }); ok {
		return w.Warnings()
	}
	return nil
}

var _ Population[[]int] = Pointwise[int]{}

// reversed is a schedule from the target down to the base.
func reversed(s mcmc.Schedule) []float64 {
	down := make([]float64, len(s))
	for i, b := range s {
		down[len(s)-1-i] = b
	}
	return down
}
