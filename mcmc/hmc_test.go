package mcmc

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// Of a normal target the trajectories of eight steps of this size are whole periods:
// with steps that never vary a chain would stay where it is.
func TestHMCLeavesPeriods(t *testing.T) {
	const steps = 8
	k, err := HMC{Steps: steps}.Kernel(NewGuard(hamStandard(1)))
	if err != nil {
		t.Fatal(err)
	}
	h := k.(*hmc)
	h.eps, h.scaled = 2*math.Sin(math.Pi/steps), true // cos(2π/steps) = 1 − ε²/2
	r, s := stream.New(1, "test"), &State{X: []float64{1}}
	if err := k.Init(s); err != nil {
		t.Fatal(err)
	}
	const n = 4000
	x := make([]float64, n)
	for i := range x {
		info, err := k.Step(r, s)
		if err != nil {
			t.Fatal(err)
		}
		if info.Leapfrogs != steps {
			t.Fatalf("%d steps", info.Leapfrogs)
		}
		x[i] = s.X[0]
	}
	if a := slowest(x, 1); !(a < 0.95) {
		t.Errorf("autocorrelation %v", a)
	}
	square := dot(x, x) / n
	if se := math.Sqrt(2. / n * 40); !(math.Abs(square-1) < 5*se) { // 40 draws are worth one at worst
		t.Errorf("second moment %v", square)
	}
}

// Metrics have names, in JSON too.
func TestMetricText(t *testing.T) {
	for m := AutoMetric; m <= DenseMetric; m++ {
		text, err := json.Marshal(Tuning{Metric: m})
		var back Tuning
		if err == nil {
			err = json.Unmarshal(text, &back)
		}
		if err != nil || back.Metric != m {
			t.Errorf("%v is written %s and read as %v: %v", m, text, back.Metric, err)
		}
	}
	if a, b := LowRankMetric.String(), Metric(9).String(); a != "low-rank" || b != "Metric(9)" {
		t.Error(a, b)
	}
	var m Metric
	var name *belief.UnknownNameError
	if err := m.UnmarshalText([]byte("dens")); !errors.As(err, &name) {
		t.Error(err)
	}
	var bad *belief.ConfigError
	if _, err := Metric(-1).MarshalText(); !errors.As(err, &bad) || bad.Field != "Metric" {
		t.Error(err)
	}
}
