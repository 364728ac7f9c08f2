package mcmctest

// What the draws of whole runs say.

import (
	"context"
	"math"
	"slices"

	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// draws compares moments and expectations with the truth.
func (s *suite) draws() {
	run, err := mcmc.Sample(context.Background(), s.Sampler, s.Target, mcmc.Config{Draws: s.Draws, Seed: 1})
	if err != nil {
		s.complain("%v", err)
		return
	}
	for j, name := range run.Names[:len(s.Mean)] {
		chains, _ := run.Column(name)
		if r := diagnostics.RHat(chains); !(r < 1.05) {
			s.complain("R-hat of %s is %v", name, r)
		}
		s.judge("mean of "+name, pooled(chains, func(x float64) float64 { return x }), s.Mean[j], diagnostics.MCSEMean(chains))
		s.judge("standard deviation of "+name, deviation(chains), s.SD[j], diagnostics.MCSESD(chains))
	}
	values := make([][]float64, len(run.Chains))
	for _, e := range s.Expectations {
		for i := range run.Chains {
			values[i] = values[i][:0]
			for j := range run.Len(i) {
				values[i] = append(values[i], e.F(run.Row(i, j)))
			}
		}
		s.judge(e.Of, pooled(values, func(v float64) float64 { return v }), e.Want, diagnostics.MCSEMean(values))
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

// bound is in standard errors: 2e-9 for each of two dozen normal errors, and less
// than 4e-8 for the tails of a share of 0.1 of a thousand effective draws, which
// are heavier.
const bound = 6

func (s *suite) judge(what string, got, want, err float64) {
	if z := (got - want) / err; !(math.Abs(z) < bound) {
		s.complain("the %s is %v ± %v, want %v", what, got, err, want)
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
