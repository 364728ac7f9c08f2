package expfam_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist/expfam"
)

// rayleigh is a family of a user's own: T = x², h = 2x for x > 0, η = −1/(2σ²), and A
// that of an exponential distribution of x².
type rayleigh struct{}

func (rayleigh) Dim() int                            { return 1 }
func (rayleigh) Size() int                           { return 1 }
func (rayleigh) Validate() error                     { return nil }
func (rayleigh) String() string                      { return "rayleigh" }
func (rayleigh) Contains(eta []float64) bool         { return expfam.Exponential{}.Contains(eta) }
func (rayleigh) LogPartition(eta []float64) float64  { return expfam.Exponential{}.LogPartition(eta) }
func (rayleigh) MeanTo(dst, eta []float64) []float64 { return expfam.Exponential{}.MeanTo(dst, eta) }

func (rayleigh) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return expfam.Exponential{}.HessianTo(dst, eta)
}

func (rayleigh) NaturalTo(dst, mean []float64) ([]float64, error) {
	return expfam.Exponential{}.NaturalTo(dst, mean)
}

func (rayleigh) SufficientTo(dst, x []float64) []float64 {
	if dst == nil {
		dst = make([]float64, 1)
	}
	dst[0] = x[0] * x[0]
	return dst
}

func (rayleigh) LogBase(x []float64) float64 {
	if x[0] <= 0 {
		return math.Inf(-1)
	}
	return math.Log(2 * x[0])
}

// TestForeign shows that a family of a user's own is as good as one of these: it
// integrates to one, is fitted by σ² = ½ mean x², and its statistics travel.
func TestForeign(t *testing.T) {
	s, back := statistics(t, rayleigh{}), statistics(t, rayleigh{})
	if err := s.AddBatch([]float64{1, 2, 3}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Add([]float64{-1}, 1); err == nil {
		t.Errorf("a value outside the support is taken")
	}
	data, err := s.MarshalBinary()
	if err != nil || back.UnmarshalBinary(data) != nil {
		t.Fatal(err)
	}
	eta, err := back.Fit()
	if want := -1 / (14. / 3); err != nil || math.Abs(eta[0]-want) > 1e-15 {
		t.Errorf("fit %v, want %v, %v", eta, want, err)
	}
	sum := 0.0
	for x := 0.5e-3; x < 15; x += 1e-3 {
		sum += 1e-3 * math.Exp(expfam.LogProb(rayleigh{}, eta, []float64{x}))
	}
	if math.Abs(sum-1) > 1e-6 {
		t.Errorf("the density integrates to %v", sum)
	}
}
