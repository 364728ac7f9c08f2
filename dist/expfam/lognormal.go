package expfam

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// LogNormal is the family of the log-normal distributions: T = (log x, log² x),
// which is that of [Normal] for log x, h = 1/(x √(2π)) for x > 0,
//
//	η = (μ/σ², −1/(2σ²)),  A = −η₁²/(4η₂) − ½ log(−2η₂),  η₂ < 0.
type LogNormal struct{}

// Dim implements [Family].
func (LogNormal) Dim() int { return 2 }

// Size implements [Family].
func (LogNormal) Size() int { return 1 }

// Validate implements [Family]; it is always valid.
func (LogNormal) Validate() error { return nil }

// String returns "LogNormal".
func (LogNormal) String() string { return "LogNormal" }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f LogNormal) Natural(d dist.LogNormal) ([]float64, error) {
	return natural(f, "", 0, 0, d.Mu/d.Sigma/d.Sigma, -0.5/d.Sigma/d.Sigma)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f LogNormal) Distribution(eta []float64) (dist.LogNormal, error) {
	if err := domain(f, eta); err != nil {
		return dist.LogNormal{}, err
	}
	mu, variance := normalMoments(eta)
	return dist.NewLogNormal(mu, math.Sqrt(variance))
}

// SufficientTo implements [Family].
func (LogNormal) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, 2)
	check("value", x, 1)
	l := math.Log(x[0])
	dst[0], dst[1] = l, l*l
	return dst
}

// roundingTo writes what T(x) has beyond float64, log x being taken as exact.
func (LogNormal) roundingTo(dst, x []float64) {
	l := math.Log(x[0])
	dst[0], dst[1] = 0, math.FMA(l, l, -l*l)
}

// LogBase implements [Family].
func (LogNormal) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(x[0] > 0 && !math.IsInf(x[0], 1), x[0], -halfLog2Pi-math.Log(x[0]))
}

// Contains implements [Family].
func (LogNormal) Contains(eta []float64) bool { return Normal{}.Contains(eta) }

// LogPartition implements [Family].
func (LogNormal) LogPartition(eta []float64) float64 { return Normal{}.LogPartition(eta) }

// MeanTo implements [Family].
func (LogNormal) MeanTo(dst, eta []float64) []float64 { return Normal{}.MeanTo(dst, eta) }

// HessianTo implements [Family].
func (LogNormal) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return Normal{}.HessianTo(dst, eta)
}

// NaturalTo implements [Family] as [Normal] does.
func (f LogNormal) NaturalTo(dst, mean []float64) ([]float64, error) {
	check("mean", mean, 2)
	return f.naturalTo(dst, mean, []float64{0, 0})
}

// naturalTo has the digits of the mean beyond float64 in rest.
func (f LogNormal) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	return naturalNormal(f, dst, mean, rest)
}
