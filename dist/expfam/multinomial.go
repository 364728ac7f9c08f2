package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
)

// Multinomial is the family of the multinomial distributions of a number n of
// trials with K outcomes: T = (x₁, …, x_{K−1}), the last count being what is left,
// h = n!/(x₁! ⋯ x_K!),
//
//	η_i = log(p_i/p_K),  A = n log(1 + Σ e^η_i),  η real.
type Multinomial struct {
	N float64 // number of trials, whole and positive
	K int     // number of outcomes, at least 2
}

// Dim implements [Family].
func (f Multinomial) Dim() int { return f.K - 1 }

// Size implements [Family].
func (f Multinomial) Size() int { return f.K }

// Validate implements [Family].
func (f Multinomial) Validate() error {
	if err := between("multinomial", "N", f.N, 1, maxCount); err != nil {
		return err
	}
	return between("multinomial", "K", float64(f.K), 2, maxClasses)
}

// String returns "Multinomial(N: …, K: …)".
func (f Multinomial) String() string { return fmt.Sprintf("Multinomial(N: %v, K: %d)", f.N, f.K) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Multinomial) Natural(d dist.Multinomial) ([]float64, error) {
	if d.N != f.N {
		return natural(f, "N", d.N, f.N)
	}
	return logRatios(f, d.P, f.K)
}

// logRatios returns η of probabilities.
func logRatios(f Family, p []float64, k int) ([]float64, error) {
	if len(p) != k {
		return natural(f, "K", float64(len(p)), float64(k))
	}
	eta, last := make([]float64, k-1), careful.Log(p[k-1])
	for i := range eta {
		eta[i] = careful.Log(p[i]) - last
	}
	return natural(f, "", 0, 0, eta...)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Multinomial) Distribution(eta []float64) (dist.Multinomial, error) {
	if err := domain(f, eta); err != nil {
		return dist.Multinomial{}, err
	}
	return dist.NewMultinomial(f.N, softmax(eta))
}

// softmax returns the K probabilities.
func softmax(eta []float64) []float64 {
	p := make([]float64, len(eta)+1)
	a := logSumExp1(eta)
	for i, v := range eta {
		p[i] = math.Exp(v - a)
	}
	p[len(eta)] = math.Exp(-a)
	return p
}

// logSumExp1 returns log(1 + Σ exp(η_i)).
func logSumExp1(eta []float64) float64 {
	top := 0.0
	for _, v := range eta {
		top = max(top, v)
	}
	if top == 0 {
		sum := 0.0
		for _, v := range eta {
			sum += math.Exp(v)
		}
		return math.Log1p(sum)
	}
	sum, first := math.Exp(-top), true // the largest is taken out
	for _, v := range eta {
		if v == top && first {
			first = false
			continue
		}
		sum += math.Exp(v - top)
	}
	return top + math.Log1p(sum)
}

// SufficientTo implements [Family].
func (f Multinomial) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, f.K-1)
	check("value", x, f.K)
	copy(dst, x)
	return dst
}

// LogBase implements [Family]: a sum of logarithms of binomial coefficients.
func (f Multinomial) LogBase(x []float64) float64 {
	check("value", x, f.K)
	left, sum := f.N, 0.0
	for _, v := range x {
		if !count(v, left) {
			return inside(false, v, 0)
		}
		sum += logChoose(left, v)
		left -= v
	}
	return inside(left == 0, left, sum)
}

// Contains implements [Family].
func (f Multinomial) Contains(eta []float64) bool {
	check("η", eta, f.K-1)
	return finite(eta)
}

// LogPartition implements [Family].
func (f Multinomial) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	return f.N * logSumExp1(eta)
}

// MeanTo implements [Family]: n p_i.
func (f Multinomial) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, f.K-1)
	if !f.Contains(eta) {
		return nan(dst)
	}
	a := logSumExp1(eta)
	for i, v := range eta {
		dst[i] = f.N * math.Exp(v-a)
	}
	return dst
}

// HessianTo implements [Family]: −n p_i p_j, and n p_i (1 − p_i) on the diagonal.
func (f Multinomial) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, f.K-1)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	p := softmax(eta)
	for i := range eta {
		for j := range i {
			dst.SetSym(i, j, -f.N*p[i]*p[j])
		}
		dst.SetSym(i, i, f.N*p[i]*rest(p, i))
	}
	return dst
}

// NaturalTo implements [Family]: log(m_i/(n − Σ m_j)) for m_i > 0 with a sum below n.
func (f Multinomial) NaturalTo(dst, mean []float64) ([]float64, error) {
	return f.naturalTo(dst, mean, make([]float64, len(mean)))
}

// naturalTo has the digits of the mean beyond float64 in rest.
func (f Multinomial) naturalTo(dst, mean, rest []float64) ([]float64, error) {
	return naturalCounts(f, f.N, dst, mean, rest)
}

// naturalCounts solves for η under other families' names, too.
func naturalCounts(f Family, n float64, dst, mean, rest []float64) ([]float64, error) {
	dst = dstFor(dst, f.Dim())
	check("mean", mean, f.Dim())
	left := careful.Pair{High: n}
	for i, m := range mean {
		left = left.Minus(careful.Pair{High: m, Low: rest[i]})
	}
	last := remainder(left.High, n)
	for i, m := range mean {
		if !(m > 0 && last > 0) || math.IsInf(m, 1) {
			return nil, noMember(f, "some outcome never comes up")
		}
		dst[i] = math.Log(m) - math.Log(last)
	}
	return dst, nil
}
