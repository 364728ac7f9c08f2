package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
)

// Parameters.

// MultivariateMixture is the distribution of a vector that one of several
// distributions draws, which is itself drawn first,
//
//	p(x) = Σ w_k p_k(x)
//
// (Bishop 2006, equation 9.7 for normal components). Its components are of one
// dimension, and all densities or all masses.
type MultivariateMixture struct {
	Weights    []float64
	Components []Multivariate
}

// NewMultivariateMixture returns the distribution, or a [*ParameterError]; a component
// that is nil is a [*belief.ConfigError]. The weights must sum to one up to 1e-8, and are then divided by their sum; both lists
// are copied.
func NewMultivariateMixture(components []Multivariate, weights []float64) (MultivariateMixture, error) {
	d := MultivariateMixture{slices.Clone(weights), slices.Clone(components)}
	if err := d.Validate(); err != nil {
		return d, err
	}
	sum := simplexSum(weights)
	for k := range d.Weights {
		d.Weights[k] /= sum
	}
	return d, nil
}

// Validate returns a [*ParameterError] if no such distribution exists.
func (d MultivariateMixture) Validate() error {
	const name = "mixture"
	if n := len(d.Components); n == 0 || n != len(d.Weights) {
		return &ParameterError{name, "number of weights", float64(len(d.Weights)), fmt.Sprintf("that of components, which is %d, and positive", n)}
	}
	sum := 0.0
	for k, w := range d.Weights {
		if err := probability(name, fmt.Sprintf("Weights[%d]", k), w); err != nil {
			return err
		}
		sum += w
		part := fmt.Sprintf("Components[%d]", k)
		switch c := d.Components[k].(type) {
		case nil:
			return &belief.ConfigError{Field: name + " " + part, Value: "nil", Want: "a distribution"}
		case interface{ Validate() error }:
			if err := partError(name, part, c); err != nil {
				return err
			}
		}
		if n, want := d.Components[k].Dim(), d.Components[0].Dim(); n != want {
			return &ParameterError{name, "dimension of " + part, float64(n), fmt.Sprintf("%d, that of the first one", want)}
		}
	}
	if !(math.Abs(sum-1) <= simplexTolerance) {
		return &ParameterError{name, "sum of Weights", sum, "one"}
	}
	return nil
}

// String returns the components with their weights, shortened to eight.
func (d MultivariateMixture) String() string {
	var parts []string
	for k, c := range d.Components {
		if k == 8 {
			return fmt.Sprintf("MultivariateMixture(%s + …, of %d)", strings.Join(parts, " + "), len(d.Components))
		}
		parts = append(parts, fmt.Sprintf("%.4g %v", d.Weights[k], c))
	}
	return "MultivariateMixture(" + strings.Join(parts, " + ") + ")"
}

// Dim returns the dimension of the components.
func (d MultivariateMixture) Dim() int { return d.Components[0].Dim() }

// Statistics.

// MeanTo implements [Multivariate]: Σ w_k μ_k.
func (d MultivariateMixture) MeanTo(dst []float64) []float64 {
	dst = dstFor(dst, d.Dim())
	clear(dst)
	mean := make([]float64, len(dst))
	for k, c := range d.Components {
		if d.Weights[k] > 0 {
			for i, v := range c.MeanTo(mean) {
				dst[i] += d.Weights[k] * v
			}
		}
	}
	return dst
}

// CovarianceTo implements [Multivariate] by the law of total covariance,
// Σ w_k (Σ_k + (μ_k − μ)(μ_k − μ)ᵀ).
func (d MultivariateMixture) CovarianceTo(dst *mat.SymDense) *mat.SymDense {
	n := d.Dim()
	dst = symmetricFor(dst, n)
	dst.Zero()
	within, center, mean := mat.NewSymDense(n, nil), d.MeanTo(nil), make([]float64, n)
	for k, c := range d.Components {
		w := d.Weights[k]
		if w == 0 {
			continue
		}
		c.CovarianceTo(within)
		c.MeanTo(mean)
		for i := range n {
			for j := range i + 1 {
				dst.SetSym(i, j, dst.At(i, j)+w*(within.At(i, j)+(mean[i]-center[i])*(mean[j]-center[j])))
			}
		}
	}
	return dst
}

// Entropy returns NaN, as no closed form exists, unless one component has all the
// weight. Package dist/information estimates it with a standard error.
func (d MultivariateMixture) Entropy() float64 {
	for k, w := range d.Weights {
		if w == 1 {
			return d.Components[k].Entropy()
		}
	}
	return math.NaN()
}

// Evaluation.

// A logSum is a running log Σ exp: the greatest term, and the sum in its units.
type logSum struct{ top, sum float64 }

// add adds a term.
func (s logSum) add(l float64) logSum {
	ratio := 0.0
	if s.sum > 0 {
		ratio = math.Exp(-math.Abs(l - s.top))
	}
	return s.addRatio(l, ratio)
}

// addRatio adds a term, with the smaller over the greater of it and the top.
func (s logSum) addRatio(l, ratio float64) logSum {
	switch {
	case math.IsInf(l, -1) || math.IsInf(s.top, 1):
		return s
	case s.sum == 0 || math.IsInf(l, 1) || math.IsNaN(l):
		return logSum{l, s.sum + 1}
	case l > s.top:
		return logSum{l, s.sum*ratio + 1}
	}
	return logSum{s.top, s.sum + ratio}
}

// value is the sum's logarithm.
func (s logSum) value() float64 { return s.valueOf(math.Log(s.sum)) }

// valueOf is value with log s.sum computed.
func (s logSum) valueOf(logSum float64) float64 {
	if s.sum == 0 {
		return math.Inf(-1)
	}
	if math.IsInf(s.top, 1) {
		return s.top
	}
	return s.top + logSum
}

// LogProb implements [VectorLogProber]; it does not underflow.
func (d MultivariateMixture) LogProb(x []float64) float64 {
	vectorLength(x, d.Dim())
	var s logSum
	for k, c := range d.Components {
		if w := d.Weights[k]; w > 0 {
			l := math.Log(w) + c.LogProb(x)
			if math.IsNaN(l) {
				return l
			}
			s = s.add(l)
		}
	}
	return s.value()
}

// LogProbTo implements [VectorBatcher], component by component.
func (d MultivariateMixture) LogProbTo(dst, x []float64) []float64 {
	n := d.Dim()
	dst = dstFor(dst, vectorCount(x, n))
	b := batchBuffers.Get().(*batchBuffer)
	defer batchBuffers.Put(b)
	for from := 0; from < len(dst); from += batchRows {
		out := dst[from:min(from+batchRows, len(dst))]
		rows := x[from*n : (from+len(out))*n]
		logs, tops, sums, ratios := b[0][:len(out)], b[1][:len(out)], b[2][:len(out)], b[3][:len(out)]
		clear(tops)
		clear(sums)
		for k, c := range d.Components {
			w := d.Weights[k]
			if w == 0 {
				continue
			}
			if batch, ok := c.(VectorBatcher); ok {
				batch.LogProbTo(logs, rows)
			} else {
				for j := range logs {
					logs[j] = c.LogProb(rows[j*n : (j+1)*n])
				}
			}
			lw := math.Log(w)
			for j, l := range logs {
				ratios[j] = -math.Abs(lw + l - tops[j])
			}
			kernel.Exp(ratios, ratios)
			for j, l := range logs {
				s := logSum{tops[j], sums[j]}.addRatio(lw+l, ratios[j])
				tops[j], sums[j] = s.top, s.sum
			}
		}
		kernel.Log(ratios, sums)
		for j := range out {
			out[j] = logSum{tops[j], sums[j]}.valueOf(ratios[j])
		}
	}
	return dst
}

// ResponsibilitiesTo writes the probabilities that x came from each of the
// components, w_k p_k(x)/p(x) (Bishop 2006, equation 9.13), to dst and returns it.
// They are NaN where p(x) is zero or infinite.
func (d MultivariateMixture) ResponsibilitiesTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(d.Components))
	if total := d.ratiosTo(dst, x); math.IsInf(total, 0) {
		return contNaN(dst)
	}
	sum := 0.0 // one, but for the rounding of large logarithms
	for k, w := range d.Weights {
		dst[k] *= w
		sum += dst[k]
	}
	for k := range dst {
		dst[k] /= sum
	}
	return dst
}

// ratiosTo writes p_k(x)/p(x) to dst and returns log p(x).
func (d MultivariateMixture) ratiosTo(dst, x []float64) float64 {
	total := d.LogProb(x)
	for k, c := range d.Components {
		dst[k] = math.Exp(c.LogProb(x) - total)
	}
	return total
}

// Gradients.

// GradLogProbTo implements [VectorGrader]: the gradients of the components weighted
// with their responsibilities, NaN if one of them is no [VectorGrader].
func (d MultivariateMixture) GradLogProbTo(dst, x []float64) []float64 {
	n := d.Dim()
	dst = dstFor(dst, n)
	total := d.LogProb(x)
	if math.IsInf(total, 0) || math.IsNaN(total) {
		return contNaN(dst)
	}
	clear(dst)
	grad := make([]float64, n)
	for k, c := range d.Components {
		share := d.Weights[k] * math.Exp(c.LogProb(x)-total)
		if share == 0 {
			continue
		}
		g, ok := c.(VectorGrader)
		if !ok {
			return contNaN(dst)
		}
		for i, v := range g.GradLogProbTo(grad, x) {
			dst[i] += share * v
		}
	}
	return dst
}

// Params returns the weights, and then the parameters of all components that are a
// [VectorScorer], one after the other.
func (d MultivariateMixture) Params() []float64 {
	out := slices.Clone(d.Weights)
	for _, c := range d.Components {
		if s, ok := c.(VectorScorer); ok {
			out = append(out, s.Params()...)
		}
	}
	return out
}

// ScoreTo implements [VectorScorer]: p_k(x)/p(x) − 1 for the weights, the derivative
// with w_k/Σ w_j in place of w_k, and the scores of the components weighted with
// their responsibilities.
func (d MultivariateMixture) ScoreTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(d.Params()))
	ratio := make([]float64, len(d.Components))
	if total := d.ratiosTo(ratio, x); math.IsInf(total, 0) || math.IsNaN(total) {
		return contNaN(dst)
	}
	at := len(ratio)
	for k, c := range d.Components {
		dst[k] = ratio[k] - 1
		s, ok := c.(VectorScorer)
		if !ok {
			continue
		}
		score := dst[at : at+len(s.Params())]
		at += len(score)
		share := d.Weights[k] * ratio[k]
		if share == 0 {
			clear(score)
			continue
		}
		s.ScoreTo(score, x)
		for i := range score {
			score[i] *= share
		}
	}
	return dst
}

// Sampling.

// RandTo draws a component, and from it the value.
func (d MultivariateMixture) RandTo(dst []float64, r *rand.Rand) []float64 {
	u, last := r.Float64(), 0
	for k, w := range d.Weights {
		if w == 0 {
			continue
		}
		if last = k; u < w {
			break
		}
		u -= w
	}
	return d.Components[last].RandTo(dst, r)
}
