package mcmctest_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief/mcmc"
	"github.com/belief-go/belief/mcmc/mcmctest"
)

// fault is what is wrong with a walk, and how a complaint of it begins.
type fault struct{ name, check string }

var faults = []fault{
	{"forgets the ratio", "draws:"},
	{"is asymmetric", "draws:"},
	{"shrinks", "draws:"},
	{"has chains of different targets", "draws:"},
	{"accepts with probability two", "draws:"},
	{"draws each coordinate by itself", "draws: the correlation of x[1] and x[2]"},
	{"draws from a box", "draws: the share of x[3] below its 0.9"},
	{"flips a coordinate", "draws: the share of the squared distance below its 0.5"},
	{"uses a clock", "workers:"},
	{"shows an old log density", "state:"},
	{"hides a state", "restore:"},
	{"forgets its scale", "restore:"},
	{"takes any tuning", "hostile tuning:"},
	{"swallows errors", "errors:"},
	{"moves before the error", "errors:"},
	{"visits density zero", "zero density:"},
	{"allocates", "allocations:"},
}

// walk is random-walk Metropolis with a fault.
type walk struct{ fault string }

func (walk) WarmUp() int { return 500 }
func (w walk) Kernel(t *mcmc.Guard) (mcmc.Kernel, error) {
	return &kernel{fault: w.fault, t: t, scale: 1, to: make([]float64, t.Dim())}, nil
}

type kernel struct {
	fault  string
	t      *mcmc.Guard
	scale  float64
	to     []float64
	hidden float64
	trash  []byte
}

func (k *kernel) Init(s *mcmc.State) (err error) {
	s.LogDensity, err = k.t.LogDensity(s.X)
	if k.fault == "has chains of different targets" && k.hidden == 0 {
		k.hidden = s.X[0]
	}
	return err
}

func (k *kernel) Step(r *rand.Rand, s *mcmc.State) (mcmc.Info, error) {
	if ignoresTarget(k.fault) {
		return k.ignore(r, s)
	}
	scale := k.scale
	switch k.fault {
	case "hides a state":
		k.hidden++
		scale *= 1 + 0.01*math.Sin(k.hidden)
	case "uses a clock":
		r = rand.New(rand.NewPCG(rand.Uint64(), 0))
	case "allocates":
		k.trash = make([]byte, 100)
	}
	for i, x := range s.X {
		k.to[i] = x + scale*r.NormFloat64()
	}
	switch k.fault {
	case "is asymmetric":
		k.to[0] += 0.1 * scale
	case "moves before the error":
		s.X[0] += 1e-9
	}
	l, err := k.t.LogDensity(k.to)
	if err != nil {
		if k.fault == "swallows errors" {
			return mcmc.Info{}, nil
		}
		return mcmc.Info{}, err
	}
	d := l - s.LogDensity
	switch k.fault {
	case "forgets the ratio":
		d /= 2
	case "shrinks":
		d *= 1.5
	case "has chains of different targets":
		d += 3 * k.hidden * (k.to[0] - s.X[0])
	case "visits density zero":
		if math.IsInf(d, -1) {
			d = -1
		}
	}
	accept := min(1, math.Exp(d))
	if r.Float64() < accept {
		copy(s.X, k.to)
		if k.fault != "shows an old log density" || d > -0.5 {
			s.LogDensity = l
		}
	}
	if k.fault == "accepts with probability two" {
		accept *= 2
	}
	return mcmc.Info{Accept: accept}, nil
}

// exact is no fault: it draws from the target itself.
const exact = "knows the target"

func ignoresTarget(fault string) bool {
	return fault == "draws each coordinate by itself" || fault == "draws from a box" || fault == "flips a coordinate" || fault == exact
}

// ignore draws what has the means and standard deviations of the target, and goes
// there whatever the target says.
func (k *kernel) ignore(r *rand.Rand, s *mcmc.State) (mcmc.Info, error) {
	a, b, c := r.NormFloat64(), r.NormFloat64(), r.NormFloat64()
	switch k.fault {
	case exact:
		b = 0.8*a + 0.6*b
	case "draws from a box":
		a, b, c = math.Sqrt(3)*(2*r.Float64()-1), math.Sqrt(3)*(2*r.Float64()-1), math.Sqrt(3)*(2*r.Float64()-1)
	case "flips a coordinate":
		// Every marginal and the correlation of 0.8 are right.
		if b = a; r.Float64() < 0.1 {
			b = -a
		}
	}
	k.to[0], k.to[1], k.to[2] = 1+a, -0.5+0.5*b, 0.2+2*c
	l, err := k.t.LogDensity(k.to)
	if err != nil || math.IsInf(l, -1) {
		return mcmc.Info{}, err
	}
	copy(s.X, k.to)
	s.LogDensity = l
	return mcmc.Info{Accept: 1}, nil
}

func (k *kernel) BeginWarmUp(int)             {}
func (k *kernel) EndWarmUp(*mcmc.State) error { return nil }
func (k *kernel) Tune(_ *mcmc.State, i mcmc.Info) error {
	k.scale *= math.Exp(0.05 * (min(1, i.Accept) - 0.3))
	return nil
}
func (k *kernel) MarshalBinary() ([]byte, error) {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(k.scale)), nil
}
func (k *kernel) UnmarshalBinary(b []byte) error {
	if len(b) != 8 {
		if k.fault == "takes any tuning" {
			return nil
		}
		return fmt.Errorf("%d bytes are no tuning", len(b))
	}
	if k.fault != "forgets its scale" {
		k.scale = math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return nil
}

// recorder takes complaints instead of failing.
type recorder struct{ complaints []string }

func (*recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.complaints = append(r.complaints, fmt.Sprintf(format, args...))
}

func TestRunAccepts(t *testing.T) {
	mcmctest.Run(t, mcmctest.Case{Sampler: walk{}})
	mcmctest.Run(t, mcmctest.Case{Sampler: walk{exact}, Draws: 20_000})
}

// What a case expects of a target of its own is held against the draws.
func TestExpectations(t *testing.T) {
	c := mcmctest.Case{Sampler: walk{}, Draws: 1000, Mean: []float64{0}, SD: []float64{1},
		Target: mcmc.Func(1, func(x []float64) float64 { return -x[0] * x[0] / 2 })}
	for _, e := range []mcmctest.Expectation{
		{Of: "fourth power", F: func(x []float64) float64 { return math.Pow(x[0], 4) }, Want: 3},
		{Of: "fourth power", F: func(x []float64) float64 { return math.Pow(x[0], 4) }, Want: 6},
		{Of: "NaN", F: func([]float64) float64 { return math.NaN() }, Want: 0},
	} {
		var r recorder
		c.Expectations = []mcmctest.Expectation{e}
		mcmctest.Run(&r, c)
		if e.Want == 3 && len(r.complaints) > 0 || e.Want != 3 && (len(r.complaints) != 1 || !strings.HasPrefix(r.complaints[0], "draws: the "+e.Of+" is ")) {
			t.Errorf("%s of %v: %q", e.Of, e.Want, r.complaints)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	for _, f := range faults {
		var r recorder
		mcmctest.Run(&r, mcmctest.Case{Sampler: walk{f.name}})
		if !slices.ContainsFunc(r.complaints, func(s string) bool { return strings.HasPrefix(s, f.check) }) {
			t.Errorf("a sampler that %s gets no complaint of %s, but %q", f.name, f.check, r.complaints)
		}
	}
}
