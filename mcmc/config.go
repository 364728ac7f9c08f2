package mcmc

import (
	"fmt"
	"math"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/mcmc/draws"
)

// Config says how a run is done, whatever the sampler. Its zero value is four
// chains of 1000 draws on all cores.
type Config struct {
	Chains int `json:"chains"` // 0 means 4
	// WarmUp is how many steps each chain takes before its first draw, in which
	// samplers tune themselves; others call it burn-in. 0 means what the sampler
	// suggests, NoWarmUp none.
	WarmUp int `json:"warm_up"`
	Draws  int `json:"draws"` // draws kept of each chain; 0 means 1000
	// Thin is how many steps make one draw, of which the last is kept; 0 means what
	// the sampler suggests if it is a [Thinner], as [Ensemble] is, else 1. Thinning
	// loses information and saves only memory (Link & Eaton 2012).
	Thin int    `json:"thin"`
	Seed uint64 `json:"seed"` // 0 is a seed like any other
	// Workers is the number of chains that run at the same time; 0 means as many
	// as there are cores. It does not change a bit of the result.
	Workers int `json:"workers,omitempty"`
	// Start holds a starting point for every chain, or one for all of them. None
	// means that each chain finds its own: uniform on (−2, 2)ⁿ, or among the Values
	// of a block of [Gibbs], tried until the density is positive, and then improved
	// if the sampler can do so.
	Start      [][]float64 `json:"start,omitempty"`
	KeepWarmUp bool        `json:"keep_warm_up,omitempty"` // keep the warm-up beside the draws
	// Memory is how many bytes the draws may take; 0 means 4 GiB.
	Memory int64 `json:"memory,omitempty"`

	// Sink takes every draw as it comes, beside the memory; nil means none.
	Sink draws.Sink `json:"-"`
	// Discard keeps no draws in memory: the sink has them.
	Discard bool `json:"discard,omitempty"`

	// Checkpoint is a directory in which the run keeps what it needs to go on
	// after a crash; empty means none. A run that finds its own checkpoint there
	// goes on from it, to the draws that it would have had without interruption.
	// A finished run can be made longer by asking for more draws.
	Checkpoint string `json:"checkpoint,omitempty"`
	// CheckpointEvery is the time between checkpoints of a chain; 0 means 10 s.
	CheckpointEvery time.Duration `json:"checkpoint_every,omitempty"`

	// Progress is called from time to time, and once at the end, always from
	// one goroutine. Nil means never.
	Progress func(Progress) `json:"-"`
	// ProgressEvery is the time between calls; 0 means 200 ms.
	ProgressEvery time.Duration `json:"progress_every,omitempty"`
}

// NoWarmUp as the warm-up of a [Config] is none at all.
const NoWarmUp = -1

// withDefaults returns the configuration with its defaults filled in, or a
// *belief.ConfigError.
func (c Config) withDefaults(s Sampler, dim int) (Config, error) {
	if dim < 1 {
		return c, &belief.ConfigError{Field: "Target.Dim", Value: dim, Want: "at least 1: there is nothing to sample"}
	}
	thin := 1
	if t, ok := s.(Thinner); ok {
		thin = t.Thin()
	}
	for _, f := range []struct {
		name  string
		value *int
		least int
		whenZ int
	}{{"Chains", &c.Chains, 1, 4}, {"WarmUp", &c.WarmUp, NoWarmUp, s.WarmUp()}, {"Draws", &c.Draws, 1, 1000}, {"Thin", &c.Thin, 1, thin}} {
		if *f.value == 0 {
			*f.value = f.whenZ
		} else if *f.value < f.least {
			return c, &belief.ConfigError{Field: f.name, Value: *f.value, Want: fmt.Sprintf("at least %d, or 0 for the default", f.least)}
		}
	}
	c.WarmUp = max(c.WarmUp, 0)
	const most = min(1<<40, math.MaxInt)
	if c.WarmUp > most {
		return c, &belief.ConfigError{Field: "WarmUp", Value: c.WarmUp, Want: "fewer steps than 2^40"}
	}
	if c.Draws > most/c.Thin {
		return c, &belief.ConfigError{Field: "Draws", Value: c.Draws, Want: fmt.Sprintf("fewer than 2^40 steps in all, of which %d make a draw", c.Thin)}
	}
	if c.Workers < 0 {
		return c, &belief.ConfigError{Field: "Workers", Value: c.Workers, Want: "at least 0, which means all cores"}
	}
	if c.Chains > 1<<20 {
		return c, &belief.ConfigError{Field: "Chains", Value: c.Chains, Want: "at most a million"}
	}
	if n := len(c.Start); n > 1 && n != c.Chains {
		return c, &belief.ConfigError{Field: "Start", Value: n, Want: fmt.Sprintf("one point, or one for each of %d chains", c.Chains)}
	}
	for i, x := range c.Start {
		if len(x) != dim {
			return c, &belief.ConfigError{Field: fmt.Sprintf("Start[%d]", i), Value: fmt.Sprintf("of length %d", len(x)), Want: fmt.Sprintf("of the target's dimension, %d", dim)}
		}
		for j, v := range x {
			if v-v != 0 { // neither NaN nor infinite
				return c, &belief.ConfigError{Field: fmt.Sprintf("Start[%d][%d]", i, j), Value: v, Want: "finite"}
			}
		}
	}
	if c.Discard && c.Sink == nil {
		return c, &belief.ConfigError{Field: "Discard", Value: true, Want: "a Sink, or the draws are lost"}
	}
	for _, f := range []struct {
		name  string
		value int64
	}{{"Memory", c.Memory}, {"CheckpointEvery", int64(c.CheckpointEvery)}, {"ProgressEvery", int64(c.ProgressEvery)}} {
		if f.value < 0 {
			return c, &belief.ConfigError{Field: f.name, Value: f.value, Want: "at least 0, which is the default"}
		}
	}
	if c.Memory == 0 {
		c.Memory = 4 << 30
	}
	if c.CheckpointEvery == 0 {
		c.CheckpointEvery = 10 * time.Second
	}
	if c.ProgressEvery == 0 {
		c.ProgressEvery = 200 * time.Millisecond
	}
	return c, nil
}

// checkMemory refuses draws that would not fit.
func (c Config) checkMemory(width int) error {
	rows := float64(c.Draws)
	if c.KeepWarmUp {
		rows += float64(c.WarmUp)
	}
	need := 8 * rows * float64(width) * float64(c.Chains)
	if !c.Discard && need > float64(c.Memory) {
		return &belief.TooLargeError{What: "draws in memory", Bytes: need, Budget: c.Memory,
			Advice: "write them to a Sink and Discard them, thin them, or raise Memory"}
	}
	return nil
}
