package ladder

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// This file turns log weights into an evidence and judges what it is worth.

// mean is that of weights, of which the logarithms are known.
type mean struct {
	logMean float64
	stdErr  float64 // of logMean by the delta method: the relative one of the mean
	ess     float64
}

// meanOf takes weights that are not all zero. The relative variance of the mean of n
// weights is Σ(n W_i − 1)²/(n(n−1)), W_i being normalized; that of one weight is not
// known, and its standard error +Inf.
func meanOf(logw []float64) mean {
	n := float64(len(logw))
	if n == 0 {
		return mean{math.NaN(), math.Inf(1), 0}
	}
	total := careful.LogSumExp(logw)
	m := mean{logMean: total - math.Log(n), stdErr: math.Inf(1)}
	if math.IsInf(total, -1) { // of a part of the chains only
		return m
	}
	var spread, squares careful.Accumulator
	for _, l := range logw {
		w := math.Exp(l - total)
		spread.Add((n*w - 1) * (n*w - 1))
		squares.Add(w * w)
	}
	if n > 1 {
		m.stdErr = math.Sqrt(spread.Sum() / (n * (n - 1)))
	}
	m.ess = 1 / squares.Sum()
	return m
}

// normalized returns weights that sum to one, zero where the logarithm is NaN.
func normalized(logw []float64) []float64 {
	w := make([]float64, len(logw))
	top := math.Inf(-1)
	for _, l := range logw {
		top = max(top, orZero(l))
	}
	if math.IsInf(top, -1) {
		return w
	}
	sum := 0.0
	for i, l := range logw {
		w[i] = math.Exp(orZero(l) - top)
		sum += w[i]
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}

// orZero takes a weight that is not known for zero.
func orZero(l float64) float64 {
	if math.IsNaN(l) {
		return math.Inf(-1)
	}
	return l
}

// weightWarnings says where the standard error must not be relied on.
func weightWarnings(n int, m mean, k float64) []belief.Warning {
	var out []belief.Warning
	warn := func(code, format string, args ...any) {
		out = append(out, belief.Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	switch {
	case n == 0:
		warn("ais-nothing", "no chain is through, so that nothing is known of the evidence; give the run more time")
	case n == 1:
		warn("ais-one-chain", "one chain tells no standard error; take more")
	case m.ess < 10:
		warn("ais-weights", "%d chains are worth %.1f: the evidence rests on a few large weights and its standard error cannot be trusted; take more temperatures or transitions", n, m.ess)
	case k > diagnostics.ParetoLimit(n):
		warn("ais-pareto", "the tail of the weights is heavy, Pareto k = %.2f: the standard error is too small; take more temperatures or transitions", k)
	}
	return out
}
