package nn_test

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/nn"
)

func TestSchedules(t *testing.T) {
	for _, c := range []struct {
		name string
		s    nn.Schedule
		at   int
		want float64
	}{
		{"step", nn.StepDecay{Every: 10, Factor: 0.5}, 9, 1},
		{"step", nn.StepDecay{Every: 10, Factor: 0.5}, 10, 0.5},
		{"step", nn.StepDecay{Every: 10, Factor: 0.5}, 35, 0.125},
		// Qiu (2019) eq. 7.5 to 7.7 with β = 0.96.
		{"inverse time", nn.InverseTimeDecay{Rate: 0.96}, 5, 1 / 5.8},
		{"exponential", nn.ExponentialDecay{Factor: 0.96}, 3, 0.96 * 0.96 * 0.96},
		{"natural", nn.NaturalDecay{Rate: 0.96}, 5, math.Exp(-4.8)},
		{"exponential", nn.ExponentialDecay{Factor: 0.25, Every: 100}, 50, 0.5},
		{"root", nn.RootDecay{}, 0, 1},
		{"root", nn.RootDecay{}, 3, 0.5},
		{"root", nn.RootDecay{From: 100}, 300, 0.5},
		{"linear", nn.LinearDecay{Steps: 8}, 2, 0.75},
		{"linear", nn.LinearDecay{Steps: 8}, 8, 0},
		{"linear", nn.LinearDecay{Steps: 8, End: 0.5}, 9, 0.5},
		{"linear", nn.LinearDecay{Steps: 8, End: 0.5}, 4, 0.75},
		{"cosine", nn.CosineDecay{Steps: 12}, 0, 1},
		{"cosine", nn.CosineDecay{Steps: 12}, 4, 0.75}, // the cosine of 60 degrees is 1/2
		{"cosine", nn.CosineDecay{Steps: 12}, 6, 0.5},
		{"cosine", nn.CosineDecay{Steps: 12, End: 0.2}, 13, 0.2},
		{"cosine", nn.CosineDecay{Steps: 12, End: 0.2}, 6, 0.6},
		{"warm-up", nn.WarmUp{Steps: 4}, 0, 0.25},
		{"warm-up", nn.WarmUp{Steps: 4}, 3, 1},
		{"warm-up", nn.WarmUp{Steps: 4}, 400, 1},
		{"warm-up", nn.WarmUp{Steps: 4, Then: nn.CosineDecay{Steps: 12}}, 4, 1},
		{"warm-up", nn.WarmUp{Steps: 4, Then: nn.CosineDecay{Steps: 12}}, 8, 0.75},
		{"function", nn.ScheduleFunc(func(t int) float64 { return float64(t) }), 3, 3},
	} {
		if err := c.s.Validate(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := c.s.Scale(c.at); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s after %d steps is %v, want %v", c.name, c.at, got, c.want)
		}
	}
}

// The schedule of Vaswani et al. (2017) eq. 3 is min(t^(−1/2), t·w^(−3/2)) in step t,
// whose largest value is w^(−1/2).
func TestRootDecayAfterWarmUp(t *testing.T) {
	const w = 4000.0
	s := nn.WarmUp{Steps: w, Then: nn.RootDecay{From: w}}
	for _, step := range []float64{1, 2, 3999, 4000, 4001, 5000, 1e5} {
		want := math.Min(1/math.Sqrt(step), step*math.Pow(w, -1.5)) * math.Sqrt(w)
		// Here the rate is as large in the first step after the warm-up as in its last.
		if step > w {
			want = math.Sqrt(w / (step - 1))
		}
		if got := s.Scale(int(step) - 1); math.Abs(got-want) > 1e-12 {
			t.Errorf("in step %v the scale is %v, want %v", step, got, want)
		}
	}
}

func TestScheduleSettings(t *testing.T) {
	for _, c := range []struct {
		s     nn.Schedule
		field string
	}{
		{nn.StepDecay{Factor: 0.5}, "StepDecay.Every"},
		{nn.StepDecay{Every: 1, Factor: 1.5}, "StepDecay.Factor"},
		{nn.ExponentialDecay{Factor: math.NaN()}, "ExponentialDecay.Factor"},
		{nn.ExponentialDecay{Factor: 0.9, Every: -1}, "ExponentialDecay.Every"},
		{nn.NaturalDecay{Rate: -1}, "NaturalDecay.Rate"},
		{nn.InverseTimeDecay{Rate: math.Inf(1)}, "InverseTimeDecay.Rate"},
		{nn.RootDecay{From: -1}, "RootDecay.From"},
		{nn.LinearDecay{}, "LinearDecay.Steps"},
		{nn.LinearDecay{Steps: 1, End: 2}, "LinearDecay.End"},
		{nn.CosineDecay{Steps: -1}, "CosineDecay.Steps"},
		{nn.CosineDecay{Steps: 1, End: -1}, "CosineDecay.End"},
		{nn.WarmUp{}, "WarmUp.Steps"},
		{nn.WarmUp{Steps: 1, Then: nn.LinearDecay{}}, "LinearDecay.Steps"},
		{nn.ScheduleFunc(nil), "ScheduleFunc"},
	} {
		var bad *belief.ConfigError
		if err := c.s.Validate(); !errors.As(err, &bad) || bad.Field != c.field {
			t.Errorf("%T: %v, want an error of %s", c.s, err, c.field)
		}
	}
}
