package mcmc

import (
	"context"
	"strings"
	"testing"
)

// A run with a wrong gradient that spoils it says how to look for that.
func TestWrongGradientIsSuspected(t *testing.T) {
	for name, wrong := range map[string]float64{"wrong sign": -1, "zero": 0} {
		target := GradFunc(3, func(x, grad []float64) float64 {
			l := 0.0
			for i, v := range x {
				l -= v * v / 2
				grad[i] = -wrong * v
			}
			return l
		})
		run, err := NUTS{}.Run(context.Background(), target, Config{Draws: 100, WarmUp: 100, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		summary := run.Summary()
		if summary.Converged || !strings.Contains(summary.String(), "mcmc.CheckGradient") {
			t.Errorf("%s:\n%v", name, summary)
		}
	}
}
