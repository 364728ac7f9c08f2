package inference

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/graphical"
)

// tinyModel draws a model of at most 60 joint states: a Bayesian network, or
// factors of very different sizes, now and then with zeros.
func tinyModel(t *testing.T, r *rand.Rand, directed bool) graphical.Model {
	t.Helper()
	var vars []*graphical.Variable
	declare := func(variable func(string, ...string) *graphical.Variable) {
		for joint := 1; len(vars) < 4; {
			k := 2 + r.IntN(2)
			if joint *= k; joint > 60 {
				break
			}
			vars = append(vars, variable(fmt.Sprint("v", len(vars)), []string{"a", "b", "c"}[:k]...))
		}
	}
	entry := func() float64 {
		if r.IntN(6) == 0 {
			return 0
		}
		return r.ExpFloat64()
	}
	if directed {
		b := graphical.NewBayesNet()
		declare(b.Variable)
		for i, v := range vars {
			var parents []*graphical.Variable
			rows := 1
			for _, u := range vars[:i] {
				if r.IntN(2) == 0 {
					parents = append(parents, u)
					rows *= u.NumStates()
				}
			}
			table := b.Table(v, parents...)
			for range rows {
				row := make([]float64, v.NumStates())
				sum := 0.0
				for k := range row {
					row[k] = entry()
					sum += row[k]
				}
				if sum == 0 {
					row[0], sum = 1, 1
				}
				for k := range row {
					row[k] /= sum
				}
				table.Row(row...)
			}
		}
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		return net
	}
	b := graphical.NewFactors()
	declare(b.Variable)
	for range len(vars) + 1 {
		u, v := vars[r.IntN(len(vars))], vars[r.IntN(len(vars))]
		scope := []*graphical.Variable{u}
		n := u.NumStates()
		if v != u {
			scope = append(scope, v)
			n *= v.NumStates()
		}
		size := math.Exp(3 * r.NormFloat64())
		values := make([]float64, n)
		for i := range values {
			values[i] = size * entry()
		}
		values[0] = size
		b.Factor(values, scope...)
	}
	m, err := b.FactorGraph()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// tinyEvidence is none, hard or soft.
func tinyEvidence(r *rand.Rand, m graphical.Model) graphical.Evidence {
	v := m.Variables()[r.IntN(len(m.Variables()))]
	switch r.IntN(3) {
	case 0:
		return graphical.Evidence{}.AndIndex(v.Name(), r.IntN(v.NumStates()))
	case 1:
		w := make([]float64, v.NumStates())
		for k := range w {
			w[k] = r.ExpFloat64()
		}
		return graphical.Evidence{}.AndLikelihood(v.Name(), w...)
	}
	return graphical.Evidence{}
}
