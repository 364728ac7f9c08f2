package check

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief/mcmc"
)

// A panic of a model's function ends a check with an error that tells the function and
// the parameters.
func TestPanics(t *testing.T) {
	cause := errors.New("out of tables")
	for function, spoil := range map[string]func(m *Model[[]float64]){
		"Prior":    func(m *Model[[]float64]) { m.Prior = func(*rand.Rand) []float64 { panic(cause) } },
		"Simulate": func(m *Model[[]float64]) { m.Simulate = func(*rand.Rand, []float64) []float64 { panic(cause) } },
		"Target":   func(m *Model[[]float64]) { m.Target = func([]float64) (mcmc.Target, error) { panic(cause) } },
		"Position": func(m *Model[[]float64]) { m.Position = func([]float64) []float64 { panic(cause) } },
		"loglik":   func(m *Model[[]float64]) { m.Quantities[0].F = func(_, _ []float64) float64 { panic(cause) } },
		"QuantitiesTo at x = ": func(m *Model[[]float64]) {
			target := m.Target
			m.Target = func(y []float64) (mcmc.Target, error) {
				inner, err := target(y)
				return speechless{inner.(*normalTarget), cause}, err
			}
		},
	} {
		m := mean(2, 1)
		spoil(&m)
		errs := map[string]error{}
		_, errs["geweke"] = Geweke[[]float64]{Model: m, Sampler: walk{sd: 1}, Draws: 400}.Run(ctx)
		if function != "Position" && !strings.HasPrefix(function, "Quant") { // the run's own errors
			_, errs["sbc"] = SBC[[]float64]{Model: m, Sampler: walk{sd: 1}, Simulations: 3}.Run(ctx)
		}
		if function == "Prior" || function == "Simulate" || function == "loglik" {
			_, errs["predictive"] = Predictive[[]float64]{Model: m, Data: []float64{1, 2, 3}}.Prior(ctx)
		}
		for check, err := range errs {
			var simulation *SimulationError
			if !errors.As(err, &simulation) || !errors.Is(err, cause) || !strings.Contains(err.Error(), function) {
				t.Errorf("%s, %s: %v", check, function, err)
				continue
			}
			known := function != "Prior" && !strings.HasPrefix(function, "Quant")
			if known && (len(simulation.Theta) != 1 || !strings.Contains(simulation.Stack, "TestPanics")) {
				t.Errorf("%s, %s: parameters %v, stack %s", check, function, simulation.Theta, simulation.Stack)
			}
		}
	}
}

// speechless panics when it is asked for its quantities.
type speechless struct {
	*normalTarget
	cause error
}

func (speechless) Names() []string               { return []string{"theta"} }
func (s speechless) QuantitiesTo(_, _ []float64) { panic(s.cause) }

func TestJSON(t *testing.T) {
	stuck, err := Geweke[[]float64]{Model: mean(2, 1), Sampler: walk{sd: 0}, Draws: 400, Chains: 1}.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	stuck.Scores = append(stuck.Scores, Score{Name: "a", Respect: "spread", Z: math.Inf(-1), ESS: math.NaN(), P: 0.25, OK: true})
	var scores Comparison
	roundTrip(t, *stuck, &scores)
	m := mean(2, 1)
	m.Quantities[0].F = func(theta, _ []float64) float64 {
		if theta[0] > 0 {
			return math.Inf(1)
		}
		return theta[0]
	}
	p, err := Predictive[[]float64]{Model: m, Data: []float64{1, 2, 3}, Draws: 100}.Prior(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var prediction Prediction
	roundTrip(t, *p, &prediction)
}

func roundTrip[T any](t *testing.T, want T, back *T) {
	t.Helper()
	text, err := json.Marshal(want)
	if err != nil || json.Unmarshal(text, back) != nil {
		t.Fatalf("%s, %v", text, err)
	}
	if d := cmp.Diff(want, *back, cmpopts.EquateNaNs()); d != "" {
		t.Error(d)
	}
}
