// Package engine is the skeleton of an inference engine: copy it, rename it, and
// put your own method where the sum over all joint states stands.
package engine

import (
	"context"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/internal/careful"
)

// Joint answers from the logarithms of the whole joint table,
//
//	p(x_i = s | e) = Σ_{x: x_i = s} Π_k φ_k(x) λ(x) / Σ_x Π_k φ_k(x) λ(x),
//
// where λ weighs states by the evidence. It holds one number per joint state and
// spends O(joint states · factors) time. It is exact, and safe for concurrent use.
type Joint struct {
	MemoryBudget int64 `json:"memory_budget"` // in bytes; 0: 64 MiB
}

var _ inference.Engine = Joint{}

// Name implements [inference.Engine].
func (Joint) Name() string { return "joint" }

// Marginals implements [inference.Engine].
func (e Joint) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*inference.Posterior, error) {
	// Names first: they cost nothing and fail most often.
	findings, err := ev.Resolve(m)
	if err != nil {
		return nil, err
	}
	wanted := m.Variables()
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
	for _, v := range m.Variables() {
		entries *= float64(v.NumStates())
	}
	budget := e.MemoryBudget
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
	logEvidence := careful.LogSumExp(joint)
	if math.IsInf(logEvidence, -1) {
		return nil, &belief.ImpossibleEvidenceError{}
	}
	var marginals []inference.Marginal
	for _, v := range wanted {
		p, stride := make([]float64, v.NumStates()), 1
		for _, after := range m.Variables()[m.Index(v)+1:] {
			stride *= after.NumStates()
		}
		for i, l := range joint {
			p[i/stride%len(p)] += math.Exp(l - logEvidence)
		}
		marginals = append(marginals, inference.Marginal{Variable: v, Probs: p})
	}
	return inference.NewPosterior(e.Name(), belief.Estimate{Value: logEvidence, Kind: belief.Exact}, marginals), nil
}

// logJoint returns the logarithm of every joint state's weight, the last variable
// changing fastest. Logarithms cannot underflow, however many factors there are.
func logJoint(ctx context.Context, m graphical.Model, findings []graphical.Finding, entries int) ([]float64, error) {
	const checkEvery = 4096
	vars := m.Variables()
	joint, x := make([]float64, entries), make([]int, len(vars))
	for k := range m.NumFactors() {
		f, err := m.Factor(k)
		if err != nil {
			return nil, err
		}
		states := make([]int, len(f.Scope()))
		for i := range joint {
			if i%checkEvery == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			unpack(x, vars, i)
			for j, v := range f.Scope() {
				states[j] = x[m.Index(v)]
			}
			joint[i] += f.Log(states...)
		}
	}
	for i := range joint {
		unpack(x, vars, i)
		for _, f := range findings {
			joint[i] += careful.Log(f.Weights[x[f.Index]]) + f.LogScale
		}
	}
	return joint, ctx.Err()
}

// unpack writes the states of joint state i into x.
func unpack(x []int, vars []*graphical.Variable, i int) {
	for k := len(vars) - 1; k >= 0; k-- {
		x[k] = i % vars[k].NumStates()
		i /= vars[k].NumStates()
	}
}
