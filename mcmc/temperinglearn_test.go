package mcmc

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// pupil is a sampler whose kernels write down how they are taught.
type pupil struct{ Metropolis }

func (p pupil) Kernel(t *Guard) (Kernel, error) {
	k, err := p.Metropolis.Kernel(t)
	return &taught{Kernel: k}, err
}

type taught struct {
	Kernel
	begun, learnt, after int       // warm-ups, steps tuned, steps since the end
	end                  []float64 // where the warm-up ended
}

func (k *taught) Step(r *rand.Rand, s *State) (Info, error) {
	if k.end != nil {
		k.after++
	}
	return k.Kernel.Step(r, s)
}
func (k *taught) BeginWarmUp(int)                { k.begun++ }
func (k *taught) Tune(*State, Info) error        { k.learnt++; return nil }
func (k *taught) EndWarmUp(s *State) error       { k.end = slices.Clone(s.X); return nil }
func (k *taught) MarshalBinary() ([]byte, error) { return nil, nil }
func (k *taught) UnmarshalBinary(_ []byte) error { return nil }

// The kernels of all levels learn during the warm-up, end it at their replica, and
// learn no more; so do those of a Gibbs sampler's blocks.
func TestInnerWarmUp(t *testing.T) {
	target := Func(2, func(x []float64) float64 { return -(x[0]*x[0] + x[1]*x[1]) / 2 })
	k, state, r := warmedUp(t, target, Tempering{Sampler: pupil{}, Levels: 3}, 40)
	ladder := k.(*tempering)
	check := func(where string, k Kernel, at []float64) {
		p := k.(*taught)
		if p.begun != 1 || p.learnt != 40 || p.after != 0 || !slices.Equal(p.end, at) {
			t.Errorf("%s: begun %d times, %d steps tuned, %d after the end at %v, want %v", where, p.begun, p.learnt, p.after, p.end, at)
		}
	}
	replicas := newReplicas(state.Aux, 3, 2)
	for i, l := range ladder.levels {
		check("a level", l.kernel, replicas.x(i))
	}
	gibbsKernel, gibbsState, gr := warmedUp(t, target, Gibbs{Blocks: []Block{{Of: []int{1}, Sampler: pupil{}}, {Of: []int{0}, Sampler: pupil{}}}}, 40)
	for i, b := range gibbsKernel.(*gibbs).blocks {
		check("a block", b.kernel(), gibbsState.X[1-i:2-i])
	}
	for range 10 {
		if _, err := k.Step(r, state); err != nil {
			t.Fatal(err)
		}
		if _, err := gibbsKernel.Step(gr, gibbsState); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range ladder.levels {
		if p := l.kernel.(*taught); p.learnt != 40 || p.after != 10 {
			t.Errorf("a level: %d steps tuned, %d after the end", p.learnt, p.after)
		}
	}
	for _, b := range gibbsKernel.(*gibbs).blocks {
		if p := b.kernel().(*taught); p.learnt != 40 || p.after != 10 {
			t.Errorf("a block: %d steps tuned, %d after the end", p.learnt, p.after)
		}
	}
}
