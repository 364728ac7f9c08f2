package density

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief/dist"
)

// A HistogramConfig says which bins a histogram has. The zero value takes bins of
// equal width, from the least to the greatest observation, as many as the rule of
// Freedman and Diaconis wants.
type HistogramConfig struct {
	Rule  BinRule   // chooses the number of bins
	Bins  int       // that number; 0: by the rule
	Edges []float64 // the edges themselves, increasing; nil: equal bins
}

// Histogram is the density that is constant in each of M bins (Qiu 2019, equation
// 9.44): the share of the observations in the bin, over its width,
//
//	p(x) = K_m / (N Δ_m),  e_m ≤ x < e_{m+1},
//
// the last bin including its upper edge. It is a [dist.Univariate] like any other.
type Histogram struct {
	edges       []float64 // M+1
	mass        []float64 // M
	below, from []float64 // the mass of the bins before, and of this one and those after
}

// FitHistogram counts observations with weights, which may be nil. The error is a
// [*dist.FitError], for observations outside given edges too, a
// [*belief.ConfigError], or a [*belief.TooLargeError] if outliers make a rule want
// more than a million bins.
func FitHistogram(x, w []float64, c HistogramConfig) (*Histogram, error) {
	s, err := newSample("histogram", x, w)
	if err != nil {
		return nil, err
	}
	edges, err := binEdges(s, c)
	if err != nil {
		return nil, err
	}
	if low, high := edges[0], edges[len(edges)-1]; s.x[0] < low || s.x[len(s.x)-1] > high {
		row := slices.IndexFunc(x, func(v float64) bool { return v < low || v > high })
		return nil, &dist.FitError{Distribution: "histogram", Row: row, Problem: fmt.Sprintf("is %v, outside the edges", x[row])}
	}
	h := &Histogram{edges: edges, mass: make([]float64, len(edges)-1)}
	count := 0
	for i, at := 0, 0; i < len(s.x); i++ {
		for at < len(h.mass)-1 && s.x[i] >= edges[at+1] {
			at, count = at+1, 0
		}
		if count++; s.equal {
			h.mass[at] = float64(count) / float64(len(s.x)) // without sums of rounded shares
		} else {
			h.mass[at] += s.w[i]
		}
	}
	h.below, h.from = sums(h.mass)
	return h, nil
}

// Parameters.

// Edges returns the edges of the bins, one more than there are bins.
func (h *Histogram) Edges() []float64 { return slices.Clone(h.edges) }

// Masses returns the probability of each bin.
func (h *Histogram) Masses() []float64 { return slices.Clone(h.mass) }

// Validate implements [dist.Univariate]. A fitted histogram always is valid.
func (h *Histogram) Validate() error {
	if len(h.mass) == 0 {
		return &dist.ParameterError{Distribution: "histogram", Parameter: "Edges", Value: 0, Want: "those of a fitted histogram"}
	}
	return nil
}

// String returns the number of bins and their range.
func (h *Histogram) String() string {
	if len(h.mass) == 0 {
		return "Histogram()"
	}
	return fmt.Sprintf("Histogram(%d bins from %g to %g)", len(h.mass), h.edges[0], h.edges[len(h.mass)])
}

// Support is the range of the bins that are not empty.
func (h *Histogram) Support() dist.Support {
	i, j := 0, len(h.mass)
	for h.mass[i] == 0 {
		i++
	}
	for h.mass[j-1] == 0 {
		j--
	}
	return dist.Support{Lower: h.edges[i], Upper: h.edges[j]}
}

// Statistics.

// Mean returns the mean of the middles.
func (h *Histogram) Mean() float64 {
	mean := 0.0
	for i, m := range h.mass {
		mean += m * (h.edges[i]/2 + h.edges[i+1]/2)
	}
	return mean
}

// Variance returns that of the middles plus the mean of Δ²/12.
func (h *Histogram) Variance() float64 {
	mean, sum := h.Mean(), 0.0
	for i, m := range h.mass {
		off, width := h.edges[i]/2+h.edges[i+1]/2-mean, h.edges[i+1]-h.edges[i]
		sum += m * (off*off + width*width/12)
	}
	return sum
}

// Entropy returns −Σ m log(m/Δ).
func (h *Histogram) Entropy() float64 {
	sum := 0.0
	for i, m := range h.mass {
		if m > 0 {
			sum -= m * (math.Log(m) - math.Log(h.edges[i+1]-h.edges[i]))
		}
	}
	return sum
}

// Evaluation.

// bin returns the bin of x, −1 outside.
func (h *Histogram) bin(x float64) int {
	last := len(h.mass)
	if !(x >= h.edges[0] && x <= h.edges[last]) {
		return -1
	}
	return min(firstAbove(h.edges, x), last) - 1
}

// LogProb implements [dist.LogProber].
func (h *Histogram) LogProb(x float64) float64 {
	i := h.bin(x)
	if math.IsNaN(x) {
		return x
	}
	if i < 0 {
		return math.Inf(-1)
	}
	return math.Log(h.mass[i]) - math.Log(h.edges[i+1]-h.edges[i])
}

// LogProbTo implements [dist.Batcher].
func (h *Histogram) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	for i, v := range x {
		dst[i] = h.LogProb(v)
	}
	return dst
}

// CDF implements [dist.CDFer].
func (h *Histogram) CDF(x float64) float64 {
	i := h.bin(x)
	switch {
	case math.IsNaN(x):
		return x
	case i < 0 && x < h.edges[0]:
		return 0
	case i < 0:
		return 1
	}
	return min(1, h.below[i]+h.mass[i]*((x-h.edges[i])/(h.edges[i+1]-h.edges[i])))
}

// Survival implements [dist.CDFer].
func (h *Histogram) Survival(x float64) float64 {
	i := h.bin(x)
	switch {
	case math.IsNaN(x):
		return x
	case i < 0 && x < h.edges[0]:
		return 1
	case i < 0:
		return 0
	}
	return min(1, h.from[i+1]+h.mass[i]*((h.edges[i+1]-x)/(h.edges[i+1]-h.edges[i])))
}

// LogCDF implements [dist.CDFer].
func (h *Histogram) LogCDF(x float64) float64 {
	if cdf := h.CDF(x); cdf < 0.5 {
		return math.Log(cdf)
	}
	return math.Log1p(-h.Survival(x))
}

// Quantile implements [dist.Quantiler].
func (h *Histogram) Quantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	s := h.Support()
	if p == 0 {
		return s.Lower
	}
	if p > 0.5 {
		return h.UpperQuantile(1 - p)
	}
	i := max(firstFrom(h.below, p)-1, 0) // below[i] < p ≤ below[i+1], and so mass[i] > 0
	if i >= len(h.mass) {
		return s.Upper
	}
	return h.edges[i] + (h.edges[i+1]-h.edges[i])*min(1, (p-h.below[i])/h.mass[i])
}

// UpperQuantile implements [dist.UpperQuantiler]: the least x with Survival(x) ≤ q.
func (h *Histogram) UpperQuantile(q float64) float64 {
	if !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	s := h.Support()
	if q >= 1 {
		return s.Lower
	}
	// from is decreasing: the bin with from[i] > q ≥ from[i+1].
	i, j := 0, len(h.mass)
	for i+1 < j {
		if m := (i + j) / 2; h.from[m] > q {
			i = m
		} else {
			j = m
		}
	}
	if h.mass[i] == 0 {
		return s.Lower // q is one but for rounding
	}
	return h.edges[i+1] - (h.edges[i+1]-h.edges[i])*max(0, min(1, (q-h.from[i+1])/h.mass[i]))
}

// Sampling.

// Rand draws a bin and a number in it.
func (h *Histogram) Rand(r *rand.Rand) float64 {
	u := (float64(r.Uint64()>>11) + 0.5) / (1 << 53) * h.below[len(h.mass)]
	i := firstAbove(h.below, u) - 1
	for i >= len(h.mass) || h.mass[i] == 0 {
		i--
	}
	return h.edges[i] + (h.edges[i+1]-h.edges[i])*r.Float64()
}
