// Package engine is the skeleton of an inference engine: copy it, rename it, and
// put your own method where the sum over all joint states stands.
package engine

import (
	"context"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
)

// An Engine has the shape of inference.Engine, whose answer is an
// *inference.Posterior where this one's is a plain map from names to
// probabilities by state.
type Engine interface {
	// Name is the method's name, such as "joint".
	Name() string
	// Marginals returns the posteriors of the targets, of all variables if
	// none are named, given the evidence.
	Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (map[string][]float64, error)
}

// Joint answers from the table of the whole joint distribution,
//
//	p(x_i = s | e) = Σ_{x: x_i = s} Π_k φ_k(x) λ(x) / Σ_x Π_k φ_k(x) λ(x),
//
// where λ weighs states by the evidence. It holds one number per joint state and
// spends O(joint states · factors) time. It is exact, and safe for concurrent use.
type Joint struct {
	Budget int64 // memory in bytes; 0 means 64 MiB
}

var _ Engine = Joint{}

// Name implements [Engine].
func (Joint) Name() string { return "joint" }

// Marginals implements [Engine]. Errors: a [*belief.TooLargeError] before the
// table is taken, a [*belief.ImpossibleEvidenceError], a
// [*belief.UnknownNameError], those of [graphical.Evidence.Resolve], and ctx's.
func (e Joint) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (map[string][]float64, error) {
	// Names first: they cost nothing and fail most often.
	findings, err := ev.Resolve(m)
	if err != nil {
		return nil, err
	}
	vars, wanted := m.Variables(), m.Variables()
	if len(targets) > 0 {
		wanted = nil
	}
	for _, name := range targets {
		v, err := m.Variable(name)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, v)
	}
	// Then the size, as a float64 because it may be astronomical.
	entries := 1.0
	for _, v := range vars {
		entries *= float64(v.NumStates())
	}
	budget := e.Budget
	if budget <= 0 {
		budget = 64 << 20
	}
	if 8*entries > float64(budget) {
		return nil, &belief.TooLargeError{What: "joint table", Bytes: 8 * entries, Budget: budget}
	}
	joint, err := logJoint(ctx, m, findings, int(entries))
	if err != nil {
		return nil, err
	}
	total := careful.LogSumExp(joint)
	if math.IsInf(total, -1) {
		return nil, &belief.ImpossibleEvidenceError{}
	}
	out := map[string][]float64{}
	for _, v := range wanted {
		p, stride := make([]float64, v.NumStates()), 1
		for _, after := range vars[m.Index(v)+1:] {
			stride *= after.NumStates()
		}
		for i, l := range joint {
			p[i/stride%len(p)] += math.Exp(l - total)
		}
		out[v.Name()] = p
	}
	return out, nil
}

// logJoint returns the logarithm of every joint state's weight, the last
// variable changing fastest. Logarithms cannot underflow, however many factors
// there are.
func logJoint(ctx context.Context, m graphical.Model, findings []graphical.Finding, entries int) ([]float64, error) {
	factors := make([]*graphical.Factor, m.NumFactors())
	for k := range factors {
		var err error
		if factors[k], err = m.Factor(k); err != nil {
			return nil, err
		}
	}
	const checkEvery = 4096
	vars := m.Variables()
	joint, x := make([]float64, entries), make([]int, len(vars))
	var states []int
	for i := range joint {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		for rest, k := i, len(vars)-1; k >= 0; k-- {
			x[k] = rest % vars[k].NumStates()
			rest /= vars[k].NumStates()
		}
		for _, f := range findings {
			joint[i] += math.Log(f.Weights[x[f.Index]])
		}
		for _, f := range factors {
			states = states[:0]
			for _, v := range f.Scope() {
				states = append(states, x[m.Index(v)])
			}
			joint[i] += f.Log(states...)
		}
	}
	return joint, nil
}
