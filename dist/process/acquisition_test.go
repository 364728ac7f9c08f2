package process

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/belief-go/belief/dist"
)

// Against 400-digit numbers, to the farthest tails; tolerances are relative to the
// logarithms.
func TestAcquisitionGolden(t *testing.T) {
	for _, k := range readGoldens(t).Acquisition {
		z, ei, pi := k[0], k[1], k[2]
		for _, s := range []float64{1, 1e-3, 1e5} {
			if got, want := (ExpectedImprovement{}).Score(0, s, z*s), ei+math.Log(s); math.Abs(got-want) > 1e-13*max(1, math.Abs(ei)) {
				t.Errorf("log EI at z = %v, s = %v: %v, want %v", z, s, got, want)
			}
			if got := (ProbabilityOfImprovement{Xi: s}).Score(0, s, (z+1)*s); math.Abs(z) < 1e3 && math.Abs(got-pi) > 1e-12*max(1e-300, math.Abs(pi)) {
				t.Errorf("log PI at z = %v, s = %v: %v, want %v", z, s, got, pi)
			}
		}
	}
	if got := (ExpectedImprovement{Xi: 0.5}).Value(1, 0, 3); !near(got, 1.5, 1e-15) {
		t.Errorf("EI of a certain gain of 1.5: %v", got)
	}
	if got := (ExpectedImprovement{}).Score(3, 0, 1); !math.IsInf(got, -1) {
		t.Errorf("log EI of a certain loss: %v", got)
	}
	if a, b := (ProbabilityOfImprovement{}).Value(1, 0, 3), (ProbabilityOfImprovement{}).Value(3, 0, 3); a != 1 || b != 0 {
		t.Errorf("PI of certain ones: %v, %v", a, b)
	}
	if a, b := (UpperConfidenceBound{}).Score(3, 2, 0), (UpperConfidenceBound{Beta: 3}).Score(3, 2, 0); a != 1 || b != 3 {
		t.Errorf("UCB: %v, %v", a, b)
	}
}

// The book's (7.58), ∫ max(y* − y, 0) p(y) dy, by the midpoint rule.
func TestBookExpectedImprovement(t *testing.T) {
	for _, k := range [][3]float64{{0, 1, 0}, {1, 0.5, 0.2}, {-2, 3, 1}} {
		d := dist.Normal{Mu: k[0], Sigma: k[1]}
		best, sum := k[2], 0.0
		const n = 200_000
		low := d.Mu - 12*d.Sigma
		width := (best - low) / n
		for i := range n {
			y := low + (float64(i)+0.5)*width
			sum += (best - y) * math.Exp(d.LogProb(y)) * width
		}
		if got := (ExpectedImprovement{}).Value(d.Mu, d.Sigma, best); !cmp.Equal(got, sum, cmpopts.EquateApprox(1e-8, 0)) {
			t.Errorf("%v, best %v: %v, want %v", d, best, got, sum)
		}
	}
}
