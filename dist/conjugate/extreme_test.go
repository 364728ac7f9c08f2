package conjugate_test

import (
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/conjugate"
	"github.com/belief-go/belief/dist/disttest"
	"github.com/belief-go/belief/dist/expfam"
)

// The next waiting time runs the suite of every distribution.
func TestWaitingSuite(t *testing.T) {
	for _, b := range []conjugate.GammaExponential{{Shape: 2, Rate: 1}, {Shape: 0.7, Rate: 1e-5}, {Shape: 1e8, Rate: 1e10}, {Shape: 5, Rate: 1e100}} {
		t.Run(b.Predictive().String(), func(t *testing.T) { disttest.Run(t, disttest.Case{Dist: b.Predictive()}) })
	}
}

// Times far below the rate have all their digits: to first order, P(X ≤ x) = k x/r.
func TestWaitingSmall(t *testing.T) {
	next := conjugate.GammaExponential{Shape: 2, Rate: 1e10}.Predictive()
	if got := next.CDF(1e-8); math.Abs(got/2e-18-1) > 1e-14 {
		t.Errorf("P(X ≤ 1e-8) = %v, want 2e-18", got)
	}
	if got := next.Quantile(1e-18); math.Abs(got/5e-9-1) > 1e-14 {
		t.Errorf("quantile of 1e-18 is %v, want 5e-9", got)
	}
	if got := (conjugate.GammaExponential{Shape: 1e10, Rate: 1e10}).Predictive().Mean(); got != 1e10/(1e10-1) {
		t.Errorf("mean %v, want 1.0000000001", got)
	}
	next = conjugate.GammaExponential{Shape: 0.5, Rate: 1e-10}.Predictive()
	if got, want := next.LogCDF(1e300), -math.Sqrt(1e-310); math.Abs(got/want-1) > 1e-12 {
		t.Errorf("log P(X ≤ 1e300) = %v, want %v", got, want)
	}
}

// No matrix and no statistics are errors.
func TestNothing(t *testing.T) {
	b := conjugate.NormalInverseWishart{Mu: []float64{0}, Kappa: 1, Nu: 2, Psi: (*mat.SymDense)(nil)}
	var parameter *dist.ParameterError
	if err := b.Validate(); !errors.As(err, &parameter) {
		t.Errorf("nil Psi: %v", err)
	}
	b.Psi = mat.NewSymDense(1, []float64{1})
	for _, sigma := range []mat.Symmetric{nil, (*mat.SymDense)(nil), mat.NewSymDense(2, nil)} {
		if _, err := b.LogProb([]float64{0}, sigma); !errors.As(err, &parameter) {
			t.Errorf("Σ of %v: %v", sigma, err)
		}
	}
	var config *belief.ConfigError
	for _, s := range []*expfam.Statistics{nil, {}} {
		if _, err := (conjugate.GammaPoisson{Shape: 1, Rate: 1}).UpdateStatistics(s); !errors.As(err, &config) {
			t.Errorf("statistics %v: %v", s, err)
		}
		if _, err := b.UpdateStatistics(s); !errors.As(err, &config) {
			t.Errorf("statistics %v of vectors: %v", s, err)
		}
	}
}
