package montecarlo

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// Importance draws from a proposal q and weighs the draws, so that means under
// another density p come out right (Qiu 2019, section 11.3.3). q must be positive
// where p is, and should have the heavier tails: the weights tell how well it fits.
// In many dimensions few draws carry nearly all the weight.
type Importance struct {
	LogDensity func(x []float64) float64 // log p̂, p̂ known up to a constant factor
	Proposal   Proposal                  // q, normalized
	Draws      int                       // 0: 10,000
	Seed       uint64
	Workers    int // 0: all cores; the draws are the same
}

// Weighted is a sample of draws with weights.
type Weighted struct {
	Dim        int
	Draws      []float64 // one point after the other
	LogWeights []float64 // log p̂ − log q of each
	// Smoothed are the logarithms of weights that sum to one, the largest of
	// which were replaced by quantiles of a generalized Pareto distribution
	// (Vehtari et al. 2024).
	Smoothed []float64
	// K is the shape k̂ of that distribution: the tail of the weights. Above 0.7
	// no estimate is to be relied on. −Inf if all weights are equal, +Inf where
	// there are too few to tell.
	K float64
	// ESS is the number of draws of p that would be worth as much as these:
	// 1/Σ w² of the smoothed weights (Kong 1992).
	ESS      float64
	LogZ     belief.Estimate // the logarithm of the integral of p̂
	Warnings []belief.Warning
}

// Sample draws and weighs. Errors: a [*belief.ConfigError], a [*belief.TooLargeError],
// a [*PointError] where log p̂ is NaN or +Inf. When ctx ends, the draws up to then
// are returned with its error.
func (s Importance) Sample(ctx context.Context) (*Weighted, error) {
	dim, err := s.check()
	if err != nil {
		return nil, err
	}
	w := &Weighted{Dim: dim, Draws: make([]float64, s.Draws*dim), LogWeights: make([]float64, s.Draws)}
	const block = 1024
	done := make([]bool, (s.Draws+block-1)/block)
	err = parallel.For(ctx, len(done), s.Workers, func(b int) error {
		r := stream.New(s.Seed, "montecarlo importance", uint64(b))
		for i := b * block; i < min((b+1)*block, s.Draws); i++ {
			x := w.Row(i)
			s.Proposal.RandTo(x, r)
			lp, lq, err := densities(s.LogDensity, s.Proposal, x)
			if err != nil {
				return err
			}
			w.LogWeights[i] = lp - lq
		}
		done[b] = true
		return nil
	})
	if err != nil {
		if err != ctx.Err() {
			return nil, err
		}
		n := 0
		for n < len(done) && done[n] {
			n++
		}
		n = min(n*block, s.Draws)
		w.Draws, w.LogWeights = w.Draws[:n*dim], w.LogWeights[:n]
	}
	w.judge()
	return w, err
}

func (s *Importance) check() (dim int, err error) {
	if s.Proposal == nil {
		return 0, &belief.ConfigError{Field: "Proposal", Value: "nil", Want: "a distribution"}
	}
	if dim, err = checkSource("Proposal", s.Proposal); err != nil {
		return 0, err
	}
	if s.LogDensity == nil {
		return 0, &belief.ConfigError{Field: "LogDensity", Value: "nil", Want: "a function"}
	}
	if s.Draws == 0 {
		s.Draws = 10_000
	}
	return dim, checkSize("Draws", s.Draws, dim+2)
}

// densities returns both log densities at a draw of the proposal.
func densities(logDensity func(x []float64) float64, q Proposal, x []float64) (lp, lq float64, err error) {
	if lp, err = value("log density", logDensity, x); err != nil {
		return 0, 0, err
	}
	if lq, err = value("log density of the proposal", q.LogProb, x); err != nil {
		return 0, 0, err
	}
	if err := checkLog("log density", x, lp); err != nil {
		return 0, 0, err
	}
	if err := checkLog("log density of the proposal", x, lq); err != nil {
		return 0, 0, err
	}
	if math.IsInf(lq, -1) { // though it has just been drawn
		return 0, 0, &PointError{Function: "log density of the proposal", X: append([]float64(nil), x...), Value: lq}
	}
	return lp, lq, nil
}

// Len is the number of draws.
func (w *Weighted) Len() int { return len(w.LogWeights) }

// Row returns draw i; it shares the memory of w.
func (w *Weighted) Row(i int) []float64 { return w.Draws[i*w.Dim : (i+1)*w.Dim : (i+1)*w.Dim] }

// String tells the number of draws and what they are worth.
func (w *Weighted) String() string {
	return fmt.Sprintf("%d draws worth %.4g, Pareto k %.2f", w.Len(), w.ESS, w.K)
}

// judge works out what the weights say of themselves.
func (w *Weighted) judge() {
	warn := func(code, format string, args ...any) {
		w.Warnings = append(w.Warnings, belief.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	n := float64(w.Len())
	w.LogZ, w.K = unknown(), math.Inf(1)
	total := careful.LogSumExp(w.LogWeights)
	if n == 0 || math.IsInf(total, -1) {
		w.LogZ.Value = total // −Inf, for all that is known
		w.Smoothed = slices.Clone(w.LogWeights)
		warn("no-weight", "no draw of %d has positive density: the proposal misses the density altogether; choose another one", w.Len())
		return
	}
	square := 0.0
	for _, l := range w.LogWeights {
		off := n*math.Exp(l-total) - 1
		square += off * off
	}
	w.LogZ = belief.Estimate{Value: total - math.Log(n), Kind: belief.Sampled, StdErr: math.Sqrt(square / n / max(n-1, 1))}
	if n == 1 {
		w.LogZ.StdErr = math.Inf(1)
	}
	w.Smoothed = slices.Clone(w.LogWeights)
	w.K = diagnostics.PSIS(w.Smoothed, 1)
	w.ESS = diagnostics.ESSWeights(w.Smoothed)
	total = careful.LogSumExp(w.Smoothed)
	for i := range w.Smoothed {
		w.Smoothed[i] -= total
	}
	switch limit := diagnostics.ParetoLimit(w.Len()); {
	case math.IsInf(w.K, 1):
		warn("few-draws", "%d draws, or those of positive weight among them, are too few to see how heavy the tail of the weights is; take more", w.Len())
	case w.K > 1:
		warn("pareto-k", "the weights have a Pareto k of %.2f, above 1: not even their mean seems to exist, and estimates are worthless; choose a proposal with heavier tails", w.K)
	case w.K > limit:
		warn("pareto-k", "the weights have a Pareto k of %.2f, above %.2f: estimates and their standard errors are not to be relied on with %d draws; choose a proposal closer to the density, with heavier tails", w.K, limit, w.Len())
	}
	if w.ESS < 100 {
		warn("ess", "the draws are worth only %.3g draws of the density itself; take more, or choose a proposal closer to it", w.ESS)
	}
}

// Plain returns the mean of f(x) p̂(x)/q(x), which is without bias the mean of f
// under p if p̂ is normalized (Qiu 2019, equation 11.50), else Z times that. f must
// be finite where p̂ is positive, or the error is a [*PointError].
func (w *Weighted) Plain(f func(x []float64) float64) (belief.Estimate, error) {
	value, err := w.values(f, w.LogWeights)
	if err != nil || len(value) == 0 {
		return unknown(), err
	}
	top := slices.Max(w.LogWeights)
	if math.IsInf(top, -1) {
		top = 0
	}
	for i, l := range w.LogWeights {
		value[i] *= math.Exp(l - top)
	}
	m := momentsOf(value, 1)
	unit, n := math.Exp(top), float64(m.n)
	e := belief.Estimate{Value: unit * m.mean[0], Kind: belief.Sampled, StdErr: unit * math.Sqrt(m.square[0]/n/max(n-1, 1))}
	if m.n == 1 || m.square[0] == 0 && m.mean[0] == 0 {
		e.StdErr = math.Inf(1) // nothing was seen
	}
	return e, nil
}

// SelfNormalized returns Σ f(x) ŵ(x) / Σ ŵ(x), for a p̂ that need not be normalized
// (equation 11.53), with the weights as they are. Its bias is of order 1/N.
func (w *Weighted) SelfNormalized(f func(x []float64) float64) (belief.Estimate, error) {
	return w.ratio(f, w.LogWeights)
}

// Mean is SelfNormalized with the smoothed weights: a little more bias for a much
// smaller variance. It is the estimate to use.
func (w *Weighted) Mean(f func(x []float64) float64) (belief.Estimate, error) {
	return w.ratio(f, w.Smoothed)
}

// ratio divides weighted sums; the standard error is that of the delta method,
// √Σ w²(f − mean)² for weights that sum to one (Owen 2013, equation 9.9).
func (w *Weighted) ratio(f func(x []float64) float64, logs []float64) (belief.Estimate, error) {
	total := careful.LogSumExp(logs)
	value, err := w.values(f, logs)
	if err != nil || len(value) == 0 || math.IsInf(total, -1) {
		return unknown(), err
	}
	var mean careful.Accumulator
	for i, l := range logs {
		mean.Add(math.Exp(l-total) * value[i])
	}
	square := 0.0
	for i, l := range logs {
		off := math.Exp(l-total) * (value[i] - mean.Sum())
		square += off * off
	}
	e := belief.Estimate{Value: mean.Sum(), Kind: belief.Sampled, StdErr: math.Sqrt(square)}
	if len(value) == 1 {
		e.StdErr = math.Inf(1)
	}
	return e, nil
}

// values evaluates f where weights are positive, and is zero elsewhere.
func (w *Weighted) values(f func(x []float64) float64, logs []float64) ([]float64, error) {
	out := make([]float64, len(logs))
	for i, l := range logs {
		if math.IsInf(l, -1) {
			continue
		}
		v, err := value("function", f, w.Row(i))
		if err != nil {
			return nil, err
		}
		if v-v != 0 { // neither NaN nor infinite
			return nil, &PointError{Function: "function", X: slices.Clone(w.Row(i)), Value: v}
		}
		out[i] = v
	}
	return out, nil
}

// Resample returns n draws of the smoothed weights' distribution over the points, by
// systematic resampling, which are approximately draws of p.
func (w *Weighted) Resample(n int, r *rand.Rand) ([]float64, error) {
	if err := checkSize("n", n, w.Dim); err != nil {
		return nil, err
	}
	below := make([]float64, w.Len())
	total := 0.0
	for i, l := range w.Smoothed {
		total += math.Exp(l)
		below[i] = total
	}
	if !(total > 0) {
		return nil, &belief.ConfigError{Field: "weights", Value: total, Want: "positive somewhere"}
	}
	out, shift := make([]float64, 0, n*w.Dim), open(r)
	for k := range n {
		want := (float64(k) + shift) / float64(n) * total
		i := sort.Search(len(below)-1, func(i int) bool { return below[i] >= want })
		out = append(out, w.Row(i)...)
	}
	return out, nil
}
