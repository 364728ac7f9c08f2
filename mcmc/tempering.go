package mcmc

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
)

// Tempering is parallel tempering (Geyer 1991): replicas of the chain at inverse
// temperatures β from near 0, where the density is flat or the prior, up to 1,
// where it is the target. Each moves by the same kind of sampler, and neighbours
// trade places with probability
//
//	min(1, exp((β′ − β)(l(x) − l(x′)))),
//
// where x is at β, x′ at β′ and l is the log likelihood. So a point found at a
// high temperature, where modes run together, comes down to the target.
//
// The target is best a [SplitTarget], whose ladder runs from the reference at
// β = 0 with density reference × likelihood^β; of any other the ladder runs from
// Lowest with the density to the power of β. Neighbours 0–1, 2–3, … and 1–2, 3–4,
// … try to trade in alternate steps, which brings points down and up again faster
// than trading at random, and faster the more levels there are (Okabe et al. 2001;
// Syed et al. 2022, who show why). Warm-up spaces the levels such that all
// neighbours trade equally often (Syed et al. 2022, section 5).
//
// A chain is one ladder: its state is the replica at β = 1, and the others are in
// State.Aux. A step moves all of them once. The log evidence of a split target is
// estimated from all levels; see [Ladder].
type Tempering struct {
	// Sampler explores every level; nil means NUTS if the target has the gradients
	// and Slice if not. Its kernels must carry nothing but the point along.
	Sampler Sampler
	// Levels is the number of temperatures, 2 or more; 0 means 10. As many as
	// twice the sum of the rejection rates between neighbours are about right.
	Levels int
	// Schedule, if not nil, has the inverse temperatures to start with in place
	// of Levels; its 0 is left out if the target is not split.
	Schedule Schedule
	// Fixed keeps the inverse temperatures as they are.
	Fixed bool
	// Lowest is the smallest inverse temperature of a target that is not split; 0
	// means 0.01. The density to that power must have a finite integral.
	Lowest float64
}

// WarmUp is that of the sampler, at least 1000 steps.
func (m Tempering) WarmUp() int {
	if m.Sampler == nil {
		return 1000
	}
	return max(1000, m.Sampler.WarmUp())
}

// Kernel implements [Sampler]. It is a [Tempered].
func (m Tempering) Kernel(t *Guard) (Kernel, error) {
	_, split := t.Target().(SplitTarget)
	if m.Sampler == nil {
		m.Sampler = Slice{}
		if hasSplitGrad(t, split) {
			m.Sampler = NUTS{}
		}
	}
	betas, err := m.betas(split)
	if err != nil {
		return nil, err
	}
	n, levels := t.Dim(), len(betas)
	if levels > mostNumbers/(n+4+batches) {
		return nil, &belief.TooLargeError{What: "ladder of replicas", Bytes: 8 * float64(levels) * float64(n+4+batches), Budget: 8 * mostNumbers}
	}
	k := &tempering{target: t, split: split, fixed: m.Fixed, betas: betas, rates: make([]float64, levels-1)}
	for _, beta := range betas {
		l, err := newLevel(t, m.Sampler, beta, split)
		if e := (*belief.ConfigError)(nil); errors.As(err, &e) {
			return nil, &belief.ConfigError{Field: "Sampler." + e.Field, Value: e.Value, Want: e.Want}
		}
		if err != nil {
			return nil, err
		}
		k.levels = append(k.levels, l)
	}
	k.aux = newReplicas(make([]float64, replicaSize(levels, n)), levels, n)
	return k, nil
}

// betas returns the inverse temperatures to start with, rising.
func (m Tempering) betas(split bool) ([]float64, error) {
	if m.Lowest == 0 {
		m.Lowest = 0.01
	}
	if !(m.Lowest > 0 && m.Lowest < 1) {
		return nil, &belief.ConfigError{Field: "Lowest", Value: m.Lowest, Want: "between 0 and 1, or 0 for 0.01"}
	}
	if m.Schedule != nil {
		if err := m.Schedule.Validate(); err != nil {
			return nil, err
		}
		if split {
			return slices.Clone(m.Schedule), nil
		}
		return slices.Clone(m.Schedule[1:]), nil
	}
	if m.Levels == 0 {
		m.Levels = 10
	}
	if m.Levels < 2 || m.Levels > 1<<16 {
		return nil, &belief.ConfigError{Field: "Levels", Value: m.Levels, Want: "from 2 to 65536, or 0 for 10"}
	}
	betas := make([]float64, m.Levels)
	for i := range betas {
		betas[i] = math.Pow(m.Lowest, 1-float64(i)/float64(m.Levels-1))
	}
	if split {
		betas[0] = 0
	}
	return betas, nil
}

// tempering is the kernel of Tempering.
type tempering struct {
	target       *Guard
	split, fixed bool
	levels       []*level
	betas        []float64
	aux          *replicas // of the step that is being taken

	learning   bool
	steps, set float64   // of learning; since levels were spaced
	rates      []float64 // mean acceptance of trades, in the last part of the warm-up
}

// place implements placer, for ladders of Gibbs samplers.
func (k *tempering) place(r *rand.Rand, x []float64) {
	if p, ok := k.levels[0].kernel.(placer); ok {
		p.place(r, x)
	}
}

// Init implements [Kernel]. All replicas start at s.X.
func (k *tempering) Init(s *State) error {
	if err := evaluate(k.target, s); err != nil {
		return err
	}
	reference, likelihood := 0.0, s.LogDensity
	if k.split && !math.IsInf(s.LogDensity, -1) {
		var err error
		if reference, likelihood, err = k.target.LogSplit(s.X); err != nil {
			return err
		}
	}
	clear(k.aux.all)
	for i, l := range k.levels {
		copy(k.aux.x(i), s.X)
		k.aux.reference[i], k.aux.likelihood[i] = reference, likelihood
		if !math.IsInf(s.LogDensity, -1) {
			if err := l.begin(s.X, reference, likelihood); err != nil {
				return err
			}
		}
	}
	k.aux.restart()
	s.Aux = slices.Clone(k.aux.all)
	return nil
}

// Step implements [Kernel]. Info is that of the level at β = 1.
func (k *tempering) Step(r *rand.Rand, s *State) (Info, error) {
	a := k.aux
	if len(s.Aux) != len(a.all) {
		panic("mcmc: the state is not that of a ladder of this size")
	}
	copy(a.all, s.Aux)
	var info Info
	for i, l := range k.levels {
		if err := l.begin(a.x(i), a.reference[i], a.likelihood[i]); err != nil {
			return Info{}, err
		}
		var err error
		if info, err = l.kernel.Step(r, &l.state); err != nil {
			return Info{}, err
		}
		if t, ok := l.kernel.(Tuner); ok && k.learning {
			if err := t.Tune(&l.state, info); err != nil {
				return Info{}, err
			}
		}
		if err = l.finish(a.x(i), &a.reference[i], &a.likelihood[i]); err != nil {
			return Info{}, err
		}
	}
	k.trade(r)
	if !k.learning {
		a.record(k.betas)
	}
	copy(s.Aux, a.all)
	cold := len(k.levels) - 1
	copy(s.X, a.x(cold))
	s.LogDensity = a.reference[cold] + a.likelihood[cold]
	return info, nil
}

// trade lets every other pair of neighbours try to trade places. The random
// number is drawn in any case.
func (k *tempering) trade(r *rand.Rand) {
	a := k.aux
	for i := int(a.counts[parity]); i+1 < len(k.levels); i += 2 {
		p := acceptance((k.betas[i+1] - k.betas[i]) * (a.likelihood[i] - a.likelihood[i+1]))
		if p != p {
			p = 0
		}
		a.traded[i] += p
		a.tries[i]++
		if r.Float64() < p {
			a.swap(i, i+1)
		}
	}
	a.counts[parity] = 1 - a.counts[parity]
}

// BeginWarmUp implements [Tuner].
func (k *tempering) BeginWarmUp(steps int) {
	k.learning, k.steps, k.set = true, 0, 0
	for _, l := range k.levels {
		if t, ok := l.kernel.(Tuner); ok {
			t.BeginWarmUp(steps)
		}
	}
}

// Tune implements [Tuner]. Levels are spaced anew after 16, 32, 64, … steps, from
// the trades since the last time; their kernels learn within the step.
func (k *tempering) Tune(s *State, _ Info) error {
	if k.steps++; k.steps < max(16, 2*k.set) {
		return nil
	}
	k.set = k.steps
	a := newReplicas(s.Aux, len(k.levels), len(s.X))
	if !k.fixed {
		k.space(a)
	}
	a.restart()
	return nil
}

// space sets the levels such that each interval has the same share of the sum of
// the rejection rates, which between the old levels is taken for linear in β
// (Syed et al. 2022, algorithm 3).
func (k *tempering) space(a *replicas) {
	last := len(k.betas) - 1
	sums := make([]float64, last+1)
	for i := range last {
		// A little is added, so that no level lands on another.
		sums[i+1] = sums[i] + max(1-a.rate(i), 0) + 1e-3
	}
	old := slices.Clone(k.betas)
	at := 0
	for i := 1; i < last; i++ {
		want := sums[last] * float64(i) / float64(last)
		for sums[at+1] < want {
			at++
		}
		share := (want - sums[at]) / (sums[at+1] - sums[at])
		k.betas[i] = max(old[at]+share*(old[at+1]-old[at]), math.Nextafter(k.betas[i-1], 1))
		k.levels[i].beta = k.betas[i]
	}
}

// EndWarmUp implements [Tuner].
func (k *tempering) EndWarmUp(s *State) error {
	k.learning = false
	a := newReplicas(s.Aux, len(k.levels), len(s.X))
	for i := range k.rates {
		k.rates[i] = a.rate(i)
	}
	for i, l := range k.levels {
		if t, ok := l.kernel.(Tuner); ok {
			if err := l.begin(a.x(i), a.reference[i], a.likelihood[i]); err != nil {
				return err
			}
			if err := t.EndWarmUp(&l.state); err != nil {
				return err
			}
		}
	}
	a.restart()
	return nil
}

// MarshalBinary implements [Tuner].
func (k *tempering) MarshalBinary() ([]byte, error) {
	data := appendNumbers(nil, k.betas, k.rates, []float64{flag(k.learning), k.steps, k.set})
	var err error
	for _, l := range k.levels {
		if data, err = appendPart(data, l.kernel); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// UnmarshalBinary implements [Tuner].
func (k *tempering) UnmarshalBinary(data []byte) error {
	rest := make([]float64, 3)
	data, err := readNumbers(data, k.betas, k.rates, rest)
	for i, l := range k.levels {
		if err != nil {
			return err
		}
		l.beta = k.betas[i]
		data, err = readPart(data, l.kernel)
	}
	k.learning, k.steps, k.set = rest[0] != 0, rest[1], rest[2]
	if err == nil {
		err = readAllNumbers(data)
	}
	return err
}

// Describe implements [Describer].
func (k *tempering) Describe() []string {
	betas, rates := "Inverse temperatures:", "Mean acceptance of trades between neighbours in the last part of the warm-up:"
	for _, b := range k.betas {
		betas += fmt.Sprintf(" %.4g", b)
	}
	for _, r := range k.rates {
		rates += fmt.Sprintf(" %.2f", r)
	}
	return []string{betas, rates}
}
