package ladder

import (
	"math"
	"slices"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc"
)

// A tempered is the density f_b of a [Bridge] as a target for kernels. It remembers
// the two points that a chain is most likely to be asked about again: where it stands
// and what it tried last.
type tempered struct {
	b     float64
	base  Base
	slope dist.VectorGrader // of the base, nil if it has none
	guard *mcmc.Guard       // of the target
	grad  []float64         // scratch

	here, last memory
}

// A memory is the log densities at a point.
type memory struct {
	x            []float64
	base, target float64
	known        bool
}

func (m *memory) set(x []float64, base, target float64) {
	copy(m.x, x)
	m.base, m.target, m.known = base, target, true
}

func (m *memory) holds(x []float64) bool { return m.known && slices.Equal(m.x, x) }

func newTempered(base Base, target mcmc.Target) *tempered {
	if c, ok := target.(mcmc.Cloner); ok {
		target = c.Clone()
	}
	d := base.Dim()
	t := &tempered{base: base, guard: mcmc.NewGuard(target), grad: make([]float64, d)}
	t.slope, _ = base.(dist.VectorGrader)
	t.here.x, t.last.x = make([]float64, d), make([]float64, d)
	return t
}

// asTarget returns t, as a target with gradient if both ends have one.
func (t *tempered) asTarget() mcmc.Target {
	if t.slope != nil && t.guard.HasGrad() {
		return temperedGrad{t}
	}
	return t
}

// temper returns log f_b from the log densities of the ends. What has no part in
// f_b is not looked at: not the target at b = 0, not the base at b = 1.
func temper(b, base, target float64) float64 {
	switch b {
	case 0:
		return base
	case 1:
		return target
	}
	return (1-b)*base + b*target
}

// components returns the log densities of base and target. The target is not asked
// where the base has no mass, since no path leads there.
func (t *tempered) components(x []float64) (base, target float64, err error) {
	base = t.base.LogProb(x)
	if !(base > math.Inf(-1)) { // NaN too, of points that are not finite
		return math.Inf(-1), math.Inf(-1), nil
	}
	target, err = t.guard.LogDensity(x)
	return base, target, err
}

// componentsAgain is components with a look into memory.
func (t *tempered) componentsAgain(x []float64) (base, target float64, err error) {
	for _, m := range []*memory{&t.here, &t.last} {
		if m.holds(x) {
			return m.base, m.target, nil
		}
	}
	return t.components(x)
}

// Dim implements [mcmc.Target].
func (t *tempered) Dim() int { return t.base.Dim() }

// LogDensity implements [mcmc.Target].
func (t *tempered) LogDensity(x []float64) (float64, error) {
	if t.here.holds(x) {
		return temper(t.b, t.here.base, t.here.target), nil
	}
	base, target, err := t.components(x)
	if err != nil {
		return 0, err
	}
	t.last.set(x, base, target)
	return temper(t.b, base, target), nil
}

// temperedGrad is a tempered with gradient.
type temperedGrad struct{ *tempered }

// LogDensityGrad implements [mcmc.GradTarget].
func (t temperedGrad) LogDensityGrad(x, grad []float64) (float64, error) {
	base := t.base.LogProb(x)
	if !(base > math.Inf(-1)) {
		return math.Inf(-1), nil
	}
	target, err := t.guard.LogDensityGrad(x, grad)
	if err != nil {
		return 0, err
	}
	t.last.set(x, base, target)
	t.slope.GradLogProbTo(t.grad, x)
	for i, g := range grad {
		grad[i] = temper(t.b, t.grad[i], g)
	}
	return temper(t.b, base, target), nil
}
