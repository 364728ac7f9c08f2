package inference

import (
	"context"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
)

// Enumeration sums over every joint state of the model. It is the definition of a
// posterior put into code, too slow for anything but tiny models, and what the
// other engines are judged by. The zero value is ready.
type Enumeration struct{}

// maxJointStates is how many joint states Enumeration visits at most.
const maxJointStates = 1 << 24

// Name implements [Engine].
func (Enumeration) Name() string { return "enumeration" }

// Marginals implements [Engine]. It costs O(joint states × factors) and refuses
// models of more than 2^24 joint states.
func (Enumeration) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	p, err := newProblem(m, ev, targets, false, false)
	if err != nil {
		return nil, err
	}
	all := make([]int, len(p.vars))
	for i := range all {
		all[i] = i
	}
	states := p.entries(all)
	if states > maxJointStates {
		return nil, &belief.TooLargeError{
			What: "enumeration of all joint states", Bytes: 8 * states, Budget: 8 * maxJointStates,
			Entries: states, Largest: p.names(all), Advice: "use another method",
		}
	}
	logs := make([][]float64, m.NumFactors())
	for i := range logs {
		f, err := m.Factor(i)
		if err != nil {
			return nil, err
		}
		for _, x := range f.Values() {
			logs[i] = append(logs[i], careful.Log(x)+f.LogScale())
		}
	}
	// Weights relative to the largest, which a first pass finds.
	peak := math.Inf(-1)
	sums := make([][]careful.Accumulator, len(p.vars))
	for v := range sums {
		sums[v] = make([]careful.Accumulator, p.card[v])
	}
	var total careful.Accumulator
	state := make([]int, len(p.vars))
	visit := func(use func(logWeight float64)) error {
		clear(state)
		for n := 0; ; n++ {
			if n&0xffff == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			logWeight := 0.0
			for _, f := range p.findings {
				logWeight += careful.Log(f.Weights[state[f.Index]]) + f.LogScale
			}
			for i, scope := range p.scopes {
				at := 0
				for _, v := range scope {
					at = at*p.card[v] + state[v]
				}
				logWeight += logs[i][at]
			}
			use(logWeight)
			v := len(state) - 1
			for ; v >= 0; v-- {
				if state[v]++; state[v] < p.card[v] {
					break
				}
				state[v] = 0
			}
			if v < 0 {
				return nil
			}
		}
	}
	if err := visit(func(l float64) { peak = max(peak, l) }); err != nil {
		return nil, err
	}
	if math.IsInf(peak, -1) {
		return nil, everything(p.findings)
	}
	err = visit(func(l float64) {
		w := math.Exp(l - peak)
		total.Add(w)
		for v, s := range state {
			sums[v][s].Add(w)
		}
	})
	if err != nil {
		return nil, err
	}
	marginals := make([]Marginal, len(p.targets))
	for i, v := range p.targets {
		marginals[i] = Marginal{Variable: p.vars[v], Probs: make([]float64, p.card[v])}
		for s := range sums[v] {
			marginals[i].Probs[s] = sums[v][s].Sum() / total.Sum()
		}
	}
	post := NewPosterior(Enumeration{}.Name(), belief.Estimate{Value: careful.Log(total.Sum()) + peak}, marginals)
	post.Warnings = modelWarnings(m)
	post.Stats = Stats{Variables: len(p.vars), Factors: len(logs), Width: len(p.vars) - 1, Largest: states, Total: states}
	return post, nil
}
