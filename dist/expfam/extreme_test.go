package expfam_test

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
)

// Nil pointers, no family and statistics that no constructor made are errors.
func TestNothing(t *testing.T) {
	some, err := expfam.NewStatistics(expfam.Normal{})
	if err != nil {
		t.Fatal(err)
	}
	second := func(_ any, err error) error { return err }
	for name, s := range map[string]*expfam.Statistics{"zero": {}, "nil": nil} {
		_, _, moments := s.Moments()
		for method, err := range map[string]error{
			"Add": s.Add([]float64{1}, 1), "AddBatch": s.AddBatch([]float64{1}, nil), "Fit": second(s.Fit()),
			"Counts": second(s.Counts()), "Moments": moments, "Merge": s.Merge(some), "merging": some.Merge(s),
			"MarshalBinary": second(s.MarshalBinary()), "UnmarshalBinary": s.UnmarshalBinary(nil),
		} {
			var e *belief.ConfigError
			if !errors.As(err, &e) {
				t.Errorf("%s statistics, %s: %v", name, method, err)
			}
		}
	}
	var config *belief.ConfigError
	if _, err := expfam.NewStatistics(nil); !errors.As(err, &config) {
		t.Errorf("no family: %v", err)
	}
	for _, d := range []any{(*dist.MultivariateNormal)(nil), (*dist.Wishart)(nil)} {
		if _, _, err := expfam.Of(d); !errors.As(err, &config) {
			t.Errorf("nil %T: %v", d, err)
		}
	}
}

// An invalid distribution is called that, and not degenerate.
func TestOfInvalid(t *testing.T) {
	for _, d := range []dist.Univariate{dist.Normal{Mu: math.NaN(), Sigma: 1}, dist.Gamma{Shape: -1, Rate: 1}, dist.ChiSquared{Nu: math.NaN()}} {
		var want, e *dist.ParameterError
		if !errors.As(d.Validate(), &want) {
			t.Fatal(d)
		}
		if _, _, err := expfam.Of(d); !errors.As(err, &e) || e.Parameter != want.Parameter {
			t.Errorf("%v: %v, want %v", d, err, want)
		}
	}
	var e *dist.ParameterError
	if _, err := (expfam.Normal{}).Natural(dist.Normal{Mu: math.NaN(), Sigma: 1}); !errors.As(err, &e) || !math.IsNaN(e.Value) {
		t.Errorf("natural parameters of a mean that is NaN: %v", err)
	}
}

// Shapes that differ by sixteen orders of magnitude come back from their mean.
func TestNaturalOutweighed(t *testing.T) {
	for _, eta := range [][]float64{{1e-8, 1e8}, {1e8, 1e-8}, {1e-4, 1e4}, {1e-12, 1e12}, {1e-8, 1}, {1e-3, 1e9}, {2, 1e12}} {
		got, err := expfam.Beta{}.NaturalTo(nil, expfam.Beta{}.MeanTo(nil, eta))
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if math.Abs(v/eta[i]-1) > 1e-10 {
				t.Errorf("Beta %v came back as %v", eta, got)
			}
		}
	}
	eta := []float64{1e-8, 1e8, 1e-3, 1}
	got, err := expfam.Dirichlet{K: 4}.NaturalTo(nil, expfam.Dirichlet{K: 4}.MeanTo(nil, eta))
	for i := range eta {
		if err != nil || math.Abs(got[i]/eta[i]-1) > 1e-10 {
			t.Fatalf("Dirichlet %v came back as %v, %v", eta, got, err)
		}
	}
}

// The shape of data that differ by 1e-9: log k − ψ(k) = log E x − E log x with mpmath at
// 60 digits for the float64 numbers themselves.
func TestGammaHardlyVaries(t *testing.T) {
	for _, c := range []struct {
		x    []float64
		want float64
	}{
		{[]float64{1, 1 + 1e-9, 1 + 2e-9}, 1.5000000878457919e+18},
		{[]float64{7e100, 7e100 * (1 + 1e-9), 7e100 * (1 + 3e-9)}, 6.428571135995839e+17},
		{[]float64{3e-5, 3e-5 * (1 + 1e-6)}, 4000004000344.5261},
	} {
		s, err := expfam.NewStatistics(expfam.Gamma{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AddBatch(c.x, nil); err != nil {
			t.Fatal(err)
		}
		got, err := s.Fit()
		if err != nil || math.Abs(got[0]/c.want-1) > 1e-8 {
			t.Errorf("%v: shape %v, want %v (%v)", c.x, got, c.want, err)
		}
		s, err = expfam.NewStatistics(expfam.InverseGamma{})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range c.x {
			if err := s.Add([]float64{1 / x}, 1); err != nil {
				t.Fatal(err)
			}
		}
		// 1/x is rounded, which moves x by up to 1e-16.
		if got, err = s.Fit(); err != nil || math.Abs(got[0]/c.want-1) > 3e-6 {
			t.Errorf("1/%v: shape %v, want %v (%v)", c.x, got, c.want, err)
		}
	}
	var e *dist.FitError
	for _, x := range []float64{1, 0.3, 1e300, 5e-324} {
		s, err := expfam.NewStatistics(expfam.Gamma{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.AddBatch([]float64{x, x, x}, []float64{0.1, 0.2, 0.7}); err != nil {
			t.Fatal(err)
		}
		if eta, err := s.Fit(); !errors.As(err, &e) {
			t.Errorf("three times %v: %v, %v", x, eta, err)
		}
	}
}
