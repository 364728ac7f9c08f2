package expfam

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// Categorical is the family of the categorical distributions of K classes, the
// values 0, …, K−1: T_i = 1 if x = i and 0 else, for all but the last class, h = 1,
//
//	η_i = log(p_i/p_{K−1}),  A = log(1 + Σ e^η_i),  η real.
type Categorical struct {
	K int // number of classes, at least 2
}

// Dim implements [Family].
func (f Categorical) Dim() int { return f.K - 1 }

// Size implements [Family].
func (Categorical) Size() int { return 1 }

// Validate implements [Family].
func (f Categorical) Validate() error {
	return between("categorical", "K", float64(f.K), 2, maxClasses)
}

// String returns "Categorical(K: …)".
func (f Categorical) String() string { return fmt.Sprintf("Categorical(K: %d)", f.K) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Categorical) Natural(d dist.Categorical) ([]float64, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	return logRatios(f, d.Params(), f.K)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Categorical) Distribution(eta []float64) (dist.Categorical, error) {
	if err := domain(f, eta); err != nil {
		return dist.Categorical{}, err
	}
	return dist.NewCategorical(softmax(eta))
}

// SufficientTo implements [Family].
func (f Categorical) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, f.K-1)
	check("value", x, 1)
	clear(dst)
	switch v := x[0]; {
	case !count(v, float64(f.K-1)):
		return nan(dst)
	case v < float64(f.K-1):
		dst[int(v)] = 1
	}
	return dst
}

// LogBase implements [Family].
func (f Categorical) LogBase(x []float64) float64 {
	check("value", x, 1)
	return inside(count(x[0], float64(f.K-1)), x[0], 0)
}

// one is the same family as counts of one trial.
func (f Categorical) one() Multinomial { return Multinomial{1, f.K} }

// Contains implements [Family].
func (f Categorical) Contains(eta []float64) bool { return f.one().Contains(eta) }

// LogPartition implements [Family].
func (f Categorical) LogPartition(eta []float64) float64 { return f.one().LogPartition(eta) }

// MeanTo implements [Family]: the probabilities of all but the last class.
func (f Categorical) MeanTo(dst, eta []float64) []float64 { return f.one().MeanTo(dst, eta) }

// HessianTo implements [Family].
func (f Categorical) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	return f.one().HessianTo(dst, eta)
}

// NaturalTo implements [Family].
func (f Categorical) NaturalTo(dst, mean []float64) ([]float64, error) {
	return f.naturalTo(dst, mean, make([]float64, len(mean)))
}

// naturalTo has the digits of the mean beyond float64 in rest.
func (f Categorical) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	return naturalCounts(f, 1, dst, mean, rest)
}
