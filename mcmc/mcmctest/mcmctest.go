package mcmctest

import (
	"fmt"
	"slices"

	"github.com/belief-go/belief/mcmc"
)

// T is what a suite needs of a [testing.T].
type T interface {
	Helper()
	Errorf(format string, args ...any)
}

// An Expectation is what the mean of a function over a target is.
type Expectation struct {
	Of   string                    // what it is the mean of, for the complaint
	F    func(x []float64) float64 // of a draw; it must not keep x
	Want float64
}

// A Case is a sampler, and a target of which enough is known.
type Case struct {
	Sampler mcmc.Sampler
	// Target is what to sample; nil means a normal distribution of three
	// correlated coordinates of different scale. It must have positive density
	// on (−2, 2)ⁿ.
	Target mcmc.Target
	// Mean and SD are those of the coordinates of Target.
	Mean, SD []float64
	// Expectations say more of Target: a sampler that never asks the target has
	// the right Mean and SD as soon as its author knows them. Products of
	// coordinates show that these belong together, shares of draws below a point
	// the shape.
	Expectations []Expectation
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
		c.Target, c.Mean, c.SD = Normal(), normalMean[:], normalSD[:]
		c.Expectations = slices.Concat(c.Expectations, normalExpectations())
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
