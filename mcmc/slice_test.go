package mcmc

import (
	"context"
	"fmt"
	"testing"
)

// Widths suit the slices from any width at first, however few steps an interval may
// take: the sampler converges, and its candidates are not many.
func TestSliceWidths(t *testing.T) {
	t.Parallel()
	normal := Func(1, func(x []float64) float64 { return -x[0] * x[0] / 2 })
	for _, c := range []struct {
		steps     int
		low, high float64 // of the width, in standard deviations
	}{{1, 6, 20}, {2, 2.5, 10}, {3, 1.8, 7}, {5, 1.5, 5}, {6, 1.2, 4}, {0, 1.2, 4}} {
		for _, width := range []float64{1e-3, 1, 1e3} {
			run, err := Sample(context.Background(), Slice{Width: width, MaxSteps: c.steps}, normal, Config{Draws: 2000, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			name := fmt.Sprintf("%d steps of %v at first", c.steps, width)
			if s := run.Summary(); !s.Converged || s.Quantities[1].ESSBulk < 1500 {
				t.Errorf("%s: %v", name, s)
			}
			for i, k := range run.Kernels {
				if w := k.(*slicer).width[0]; !(w > c.low && w < c.high) {
					t.Errorf("%s: width %v", name, w)
				}
				if n := float64(run.Reports[i].Evaluations) / float64(run.Reports[i].Steps); n > 9 {
					t.Errorf("%s: %v evaluations for each step", name, n)
				}
			}
		}
	}
}
