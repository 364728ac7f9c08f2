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

// fault is what is wrong with a walk; the zero value is nothing.
type fault struct{ name, check string }

var faults = []fault{
	{"forgets the ratio", "draws"},
	{"is asymmetric", "draws"},
	{"shrinks", "draws"},
	{"has chains of different targets", "draws"},
	{"accepts with probability two", "draws"},
	{"uses a clock", "workers"},
	{"shows an old log density", "state"},
	{"hides a state", "restore"},
	{"forgets its scale", "restore"},
	{"takes any tuning", "hostile tuning"},
	{"swallows errors", "errors"},
	{"moves before the error", "errors"},
	{"visits density zero", "zero density"},
	{"allocates", "allocations"},
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
}

func TestRunRefuses(t *testing.T) {
	for _, f := range faults {
		var r recorder
		mcmctest.Run(&r, mcmctest.Case{Sampler: walk{f.name}})
		if !slices.ContainsFunc(r.complaints, func(s string) bool { return strings.HasPrefix(s, f.check+":") }) {
			t.Errorf("a sampler that %s gets no complaint of %s, but %q", f.name, f.check, r.complaints)
		}
	}
}
