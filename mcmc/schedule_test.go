package mcmc

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
)

func ExampleSchedule() {
	s, err := TwoPhaseSchedule(2, 2, 0.01)
	fmt.Println(s, err)
	fmt.Println(Schedule{0, 0.5, 0.4, 1}.Validate())
	// Output:
	// [0 0.005 0.01 0.1 1] <nil>
	// setting Schedule[2] is 0.4; it must be above the one before it
}

func TestSchedules(t *testing.T) {
	logistic := func(t float64) float64 { return 1 / (1 + math.Exp(-t)) }
	sigmoid := func(t float64) float64 {
		return (logistic(t) - logistic(-4)) / (logistic(4) - logistic(-4))
	}
	for _, c := range []struct {
		name string
		make func() (Schedule, error)
		want Schedule
	}{
		{"one step", func() (Schedule, error) { return LinearSchedule(1) }, Schedule{0, 1}},
		{"linear", func() (Schedule, error) { return LinearSchedule(4) }, Schedule{0, 0.25, 0.5, 0.75, 1}},
		{"geometric", func() (Schedule, error) { return GeometricSchedule(4, 1e-3) }, Schedule{0, 1e-3, 1e-2, 1e-1, 1}},
		{"two phases", func() (Schedule, error) { return TwoPhaseSchedule(2, 2, 1e-2) }, Schedule{0, 5e-3, 1e-2, 1e-1, 1}},
		{"sigmoid", func() (Schedule, error) { return SigmoidSchedule(4, 0) }, Schedule{0, sigmoid(-2), 0.5, sigmoid(2), 1}},
	} {
		got, err := c.make()
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
			continue
		}
		for i, b := range got {
			if math.Abs(b-c.want[i]) > 1e-15 {
				t.Errorf("%s: [%d] is %v, want %v", c.name, i, b, c.want[i])
			}
		}
	}
}

// Whatever the settings, a schedule is valid or an error says which setting is not.
func TestScheduleProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, m := rapid.IntRange(-2, 300).Draw(t, "k"), rapid.IntRange(-2, 300).Draw(t, "m")
		x := rapid.Float64().Draw(t, "x")
		for _, f := range []func() (Schedule, error){
			func() (Schedule, error) { return LinearSchedule(k) },
			func() (Schedule, error) { return GeometricSchedule(k, x) },
			func() (Schedule, error) { return TwoPhaseSchedule(k, m, x) },
			func() (Schedule, error) { return SigmoidSchedule(k, x) },
		} {
			s, err := f()
			var config *belief.ConfigError
			if err != nil && !errors.As(err, &config) {
				t.Fatalf("error %v is no ConfigError", err)
			}
			if err == nil && s.Validate() != nil {
				t.Fatalf("%v: %v", s, s.Validate())
			}
		}
	})
}

func TestScheduleRefuses(t *testing.T) {
	nan := math.NaN()
	for _, s := range []Schedule{nil, {0}, {1}, {0, nan, 1}, {nan, 1}, {0, nan}, {0.1, 1}, {0, 0.9}, {0, 0.5, 0.5, 1}, {0, 1, 1}, {0, math.Inf(1)}} {
		var config *belief.ConfigError
		if !errors.As(s.Validate(), &config) {
			t.Errorf("%v is taken", s)
		}
	}
	for name, f := range map[string]func() (Schedule, error){
		"huge":          func() (Schedule, error) { return LinearSchedule(math.MaxInt) },
		"huge second":   func() (Schedule, error) { return TwoPhaseSchedule(1, math.MaxInt, 0.5) },
		"none":          func() (Schedule, error) { return LinearSchedule(0) },
		"one geometric": func() (Schedule, error) { return GeometricSchedule(1, 0.5) },
		"knee NaN":      func() (Schedule, error) { return TwoPhaseSchedule(1, 1, nan) },
		"knee 1":        func() (Schedule, error) { return GeometricSchedule(3, 1) },
		"delta NaN":     func() (Schedule, error) { return SigmoidSchedule(3, nan) },
		"too fine":      func() (Schedule, error) { return TwoPhaseSchedule(3, 1, 5e-324) },
	} {
		var config *belief.ConfigError
		if s, err := f(); !errors.As(err, &config) {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}
