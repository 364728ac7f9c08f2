package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

// TestLogisticMiddle: near one half the quantile is 4(p − ½), where the difference of
// logarithms may keep few digits.
func TestLogisticMiddle(t *testing.T) {
	for e := 1e-9; e < 1e-6; e *= 1.7 {
		p := 0.5 + e
		if got, want := (dist.Logistic{Scale: 1}).Quantile(p), 4*(p-0.5); math.Abs(got-want) > 1e-11*want {
			t.Errorf("Quantile(%v) is %v, want %v", p, got, want)
		}
	}
}
