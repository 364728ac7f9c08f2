package nn

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
)

// A Schedule changes the learning rate in the course of a run: [StepDecay],
// [ExponentialDecay], [NaturalDecay], [InverseTimeDecay], [RootDecay], [LinearDecay],
// [CosineDecay], any of them after a [WarmUp], or a [ScheduleFunc].
type Schedule interface {
	// Scale returns what the rate is multiplied with after so many steps, from 0.
	Scale(steps int) float64
	// Validate returns a *belief.ConfigError for settings that make no sense.
	Validate() error
}

// ScheduleFunc is a function as a Schedule.
type ScheduleFunc func(steps int) float64

// Scale calls f.
func (f ScheduleFunc) Scale(steps int) float64 { return f(steps) }

// Validate checks that there is a function.
func (f ScheduleFunc) Validate() error {
	if f == nil {
		return &belief.ConfigError{Field: "ScheduleFunc", Value: nil, Want: "a function"}
	}
	return nil
}

// StepDecay multiplies the rate with Factor after every so many steps.
type StepDecay struct {
	Every  int
	Factor float64
}

// Scale is Factor^⌊t/Every⌋ after t steps.
func (s StepDecay) Scale(t int) float64 { return math.Pow(s.Factor, float64(t/s.Every)) }

// Validate checks the settings.
func (s StepDecay) Validate() error {
	if err := positive("StepDecay", "Every", s.Every); err != nil {
		return err
	}
	return within("StepDecay.Factor", s.Factor, 1)
}

// ExponentialDecay multiplies the rate with Factor in every step (Qiu 2019, eq. 7.6),
// or a little in every step so that Factor comes together in Every steps.
type ExponentialDecay struct {
	Factor float64
	Every  int // 0 means 1
}

// Scale is Factor^(t/Every) after t steps.
func (e ExponentialDecay) Scale(t int) float64 {
	return math.Pow(e.Factor, float64(t)/float64(max(e.Every, 1)))
}

// Validate checks the settings.
func (e ExponentialDecay) Validate() error {
	if e.Every < 0 {
		return &belief.ConfigError{Field: "ExponentialDecay.Every", Value: e.Every, Want: "at least 0"}
	}
	return within("ExponentialDecay.Factor", e.Factor, 1)
}

// NaturalDecay is exponential decay with the rate β (Qiu 2019, eq. 7.7).
type NaturalDecay struct{ Rate float64 }

// Scale is e^(−β·t) after t steps.
func (n NaturalDecay) Scale(t int) float64 { return math.Exp(-n.Rate * float64(t)) }

// Validate checks the setting.
func (n NaturalDecay) Validate() error { return within("NaturalDecay.Rate", n.Rate, math.MaxFloat64) }

// InverseTimeDecay lets the rate fall like 1/t (Qiu 2019, eq. 7.5, with β the Rate).
type InverseTimeDecay struct{ Rate float64 }

// Scale is 1/(1 + β·t) after t steps.
func (i InverseTimeDecay) Scale(t int) float64 { return 1 / (1 + i.Rate*float64(t)) }

// Validate checks the setting.
func (i InverseTimeDecay) Validate() error {
	return within("InverseTimeDecay.Rate", i.Rate, math.MaxFloat64)
}

// RootDecay lets the rate fall like 1/√t. With a WarmUp of as many steps as From it
// is the schedule of Vaswani et al. (2017, eq. 3), but for a factor and one step.
type RootDecay struct {
	From int // 0 means 1: the first step has the full rate, the second 1/√2 of it
}

// Scale is √(From/(From + t)) after t steps.
func (r RootDecay) Scale(t int) float64 {
	from := float64(max(r.From, 1))
	return math.Sqrt(from / (from + float64(t)))
}

// Validate checks the setting.
func (r RootDecay) Validate() error {
	if r.From < 0 {
		return &belief.ConfigError{Field: "RootDecay.From", Value: r.From, Want: "at least 0"}
	}
	return nil
}

// LinearDecay takes the rate down to End times its start in equal steps, and leaves
// it there.
type LinearDecay struct {
	Steps int
	End   float64
}

// Scale is 1 − (1 − End)·t/Steps after t steps, at most Steps.
func (l LinearDecay) Scale(t int) float64 {
	done := min(float64(t)/float64(l.Steps), 1)
	return (1 - done) + l.End*done
}

// Validate checks the settings.
func (l LinearDecay) Validate() error {
	if err := positive("LinearDecay", "Steps", l.Steps); err != nil {
		return err
	}
	return within("LinearDecay.End", l.End, 1)
}

// CosineDecay takes the rate down to End times its start along half a period of the
// cosine, and leaves it there (Loshchilov & Hutter 2017, eq. 5, without restarts).
type CosineDecay struct {
	Steps int
	End   float64
}

// Scale is End + (1 − End)·(1 + cos(π·t/Steps))/2 after t steps, at most Steps.
func (c CosineDecay) Scale(t int) float64 {
	done := min(float64(t)/float64(c.Steps), 1)
	return c.End + (1-c.End)*(1+math.Cos(math.Pi*done))/2
}

// Validate checks the settings.
func (c CosineDecay) Validate() error {
	if err := positive("CosineDecay", "Steps", c.Steps); err != nil {
		return err
	}
	return within("CosineDecay.End", c.End, 1)
}

// WarmUp lets the rate grow to its full size in equal steps, the first of which has
// 1/Steps of it, and then follows another schedule.
type WarmUp struct {
	Steps int
	Then  Schedule // which counts from the end of the warm-up; nil means no change
}

// Scale is (t + 1)/Steps after t steps, and from Steps on that of Then.
func (w WarmUp) Scale(t int) float64 {
	switch {
	case t < w.Steps:
		return float64(t+1) / float64(w.Steps)
	case w.Then == nil:
		return 1
	}
	return w.Then.Scale(t - w.Steps)
}

// Validate checks the settings, those of Then too.
func (w WarmUp) Validate() error {
	if err := positive("WarmUp", "Steps", w.Steps); err != nil || w.Then == nil {
		return err
	}
	return w.Then.Validate()
}

// within checks a setting of at least 0.
func within(field string, v, most float64) error {
	if v >= 0 && v <= most {
		return nil
	}
	want := "finite and at least 0"
	if most < math.MaxFloat64 {
		want = fmt.Sprintf("from 0 to %v", most)
	}
	return &belief.ConfigError{Field: field, Value: v, Want: want}
}
