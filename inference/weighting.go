package inference

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
	"github.com/belief-go/belief/mcmc/diagnostics"
)

// Weighting is likelihood weighting (Fung & Chang 1990; Shachter & Peot 1990): the
// variables of a Bayesian network are drawn parents first, observed ones stay as
// they were seen, and a draw weighs as much as the evidence is probable given it,
//
//	p(x_i = s | e) ≈ Σ_n w_n 1[x_i^n = s] / Σ_n w_n,   p(e) ≈ (1/N) Σ_n w_n.
//
// Draws keep to states that the evidence leaves possible, and soft evidence takes
// part in the draw of its variable. The estimate of p(e) is unbiased. Errors are
// those of self-normalized importance sampling (Owen 2013, equation 9.8). The
// draws are independent and no table matters, so zeros do no harm; but where the
// evidence is improbable given what is drawn, few draws have most of the weight:
// the effective sample size and Pareto k (Vehtari et al. 2024) tell.
//
// The zero value is ready. Time is O(draws · variables · states), and memory does
// not grow with the draws beyond 8 MB of weights.
type Weighting struct {
	Draws   int64   `json:"draws"`   // at most; 0: 100,000, or 10,000,000 if StdErr is set
	StdErr  float64 `json:"std_err"` // stop when no probability's standard error is larger; 0: make all draws
	Seed    uint64  `json:"seed"`
	Workers int     `json:"workers"` // goroutines; 0: all cores. The answer does not depend on it
	// Progress is called now and then with the draws made; may be nil.
	Progress func(Progress) `json:"-"`
}

// Draws are made in shards with streams of their own, and shards in groups after
// which settings and progress are looked at.
const (
	shardDraws  = 1024
	groupShards = 32
	keptWeights = 1 << 20 // for Pareto k
)

// Name implements [Engine].
func (Weighting) Name() string { return "weighting" }

// Marginals implements [Engine]. When ctx ends it returns ctx's error and, if there
// are draws, the answer of those. Errors: [*DirectedError], [*RareEvidenceError].
func (lw Weighting) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	draws, err := drawSettings("Draws", lw.Draws, 100_000, lw.StdErr)
	if err == nil {
		err = checkWorkers(lw.Workers)
	}
	if err != nil {
		return nil, err
	}
	w, p, err := newWalk(m, ev, targets, true, lw.Name())
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if w == nil {
		return nil, impossible(ctx, m, ev, p)
	}
	total := newTally(w.s)
	var kept []float64
	err = inShards(ctx, draws, lw.Workers, func(shard uint64, n int) *tally {
		return weightedShard(ctx, w.clone(), lw.Seed, shard, n)
	}, func(_ uint64, t *tally) {
		total.merge(t)
		kept = append(kept, t.logs[:min(len(t.logs), keptWeights-len(kept))]...)
	}, func() bool {
		worst := total.worst()
		if lw.Progress != nil {
			lw.Progress(Progress{Done: float64(total.n), Total: float64(draws), StdErr: worst})
		}
		return lw.StdErr > 0 && worst <= lw.StdErr
	})
	if total.n == 0 && err != nil {
		return nil, err
	}
	if total.sum == 0 {
		if err != nil {
			return nil, err
		}
		return nil, rare(ctx, w.s, m, ev, lw.Seed, lw.Name(), total.n)
	}
	post := total.posterior(lw.Name())
	post.LogEvidence = total.logMean()
	post.Warnings = modelWarnings(m)
	lw.judge(post, total, kept)
	return post, err
}

// judge says how far the weights are to be trusted.
func (lw Weighting) judge(post *Posterior, t *tally, logs []float64) {
	const few = 100
	// Weights of few different values may have a tail without variation, to which
	// nothing can be fitted, and are bounded.
	if k := diagnostics.PSIS(logs, 0); !math.IsInf(k, 1) {
		post.Sampling.ParetoK = k
	}
	limit := diagnostics.ParetoLimit(len(logs))
	const advice = "; make more draws, or use Gibbs sampling or an exact method"
	switch {
	case post.Sampling.ESS < few:
		post.Converged = false
		post.Warnings = append(post.Warnings, belief.Warning{Code: "low-ess",
			Text: fmt.Sprintf("%d weighted draws are worth only %.3g equal ones, and their standard errors are not to be relied on%s", t.n, post.Sampling.ESS, advice)})
	case post.Sampling.ParetoK > limit:
		post.Converged = false
		post.Warnings = append(post.Warnings, belief.Warning{Code: "pareto-k",
			Text: fmt.Sprintf("the weights have so heavy a tail (Pareto k %.2f, more than %.2g) that draws not made yet may change the answer%s", post.Sampling.ParetoK, limit, advice)})
	}
	stdErrMissed(post, lw.StdErr)
}

// stdErrMissed warns that the standard errors asked for were not reached.
func stdErrMissed(post *Posterior, want float64) {
	if want > 0 && !(post.Sampling.MaxStdErr <= want) {
		post.Converged = false
		post.Warnings = append(post.Warnings, belief.Warning{Code: "std-err",
			Text: fmt.Sprintf("the largest standard error is %.2g, and not yet the %.2g asked for; allow more draws", post.Sampling.MaxStdErr, want)})
	}
}

// drawSettings checks a number of draws and an error to reach.
func drawSettings(field string, n, standard int64, stdErr float64) (int64, error) {
	if !(stdErr >= 0) || math.IsInf(stdErr, 1) {
		return 0, &belief.ConfigError{Field: "StdErr", Value: stdErr, Want: "a standard error, or 0 for none"}
	}
	if stdErr > 0 {
		standard *= 100
	}
	return count(field, n, standard, fmt.Sprintf("a number of draws, or 0 for %d", standard))
}

// inShards makes draws in parallel and merges the shards in their order, so that
// the sum does not depend on the number of workers. It stops when done says so.
// Shards that were cut short by ctx are left out.
func inShards(ctx context.Context, draws int64, workers int, body func(shard uint64, n int) *tally, merge func(shard uint64, t *tally), done func() bool) error {
	for first := int64(0); first < draws; {
		group := min(groupShards, int((draws-first+shardDraws-1)/shardDraws))
		out := make([]*tally, group)
		err := parallel.For(ctx, group, workers, func(i int) error {
			at := first + int64(i)*shardDraws
			out[i] = body(uint64(at/shardDraws), int(min(shardDraws, draws-at)))
			return nil
		})
		for i, t := range out {
			if t != nil {
				merge(uint64(first/shardDraws)+uint64(i), t)
			}
		}
		if err != nil {
			return err
		}
		first += int64(group) * shardDraws
		if done() {
			break
		}
	}
	return nil
}

// weightedShard makes the draws of one shard; nil if ctx ends.
func weightedShard(ctx context.Context, w *walk, seed, shard uint64, n int) *tally {
	r := stream.New(seed, "weighting", shard)
	t := newTally(w.s)
	x := make([]int, len(w.s.p.vars))
	t.logs = make([]float64, 0, n)
	for i := range n {
		if i%drawsPerLook == 0 && ctx.Err() != nil {
			return nil
		}
		l := w.draw(r, x)
		t.logs = append(t.logs, l)
		t.add(x, l)
	}
	return t
}

// A tally sums weighted draws. Weights are relative to the largest so far.
type tally struct {
	s      *space
	n      int64
	some   int64   // of positive weight
	peak   float64 // log of the largest weight
	sum    float64
	sum2   float64 // of squares
	first  []int   // position of each target's first state
	known  []bool  // variables that the evidence decides
	w, w2  []float64
	logs   []float64 // of the weights, of one shard
	states int
}

func newTally(s *space) *tally {
	t := &tally{s: s, peak: math.Inf(-1)}
	for v := range s.size {
		t.known = append(t.known, !s.free(v))
	}
	for _, v := range s.p.targets {
		t.first = append(t.first, t.states)
		t.states += s.p.vars[v].NumStates()
	}
	t.w, t.w2 = make([]float64, t.states), make([]float64, t.states)
	return t
}

// rescale makes weights relative to a larger peak.
func (t *tally) rescale(peak float64) {
	f := math.Exp(t.peak - peak)
	t.peak = peak
	t.sum *= f
	t.sum2 *= f * f
	for i := range t.w {
		t.w[i] *= f
		t.w2[i] *= f * f
	}
}

func (t *tally) add(x []int, logWeight float64) {
	t.n++
	if math.IsInf(logWeight, -1) {
		return
	}
	t.some++
	if logWeight > t.peak {
		t.rescale(logWeight)
	}
	w := math.Exp(logWeight - t.peak)
	t.sum += w
	t.sum2 += w * w
	for i, v := range t.s.p.targets {
		k := t.first[i] + x[v]
		t.w[k] += w
		t.w2[k] += w * w
	}
}

func (t *tally) merge(o *tally) {
	t.n += o.n
	t.some += o.some
	if o.sum == 0 {
		return
	}
	if o.peak > t.peak {
		t.rescale(o.peak)
	}
	f := math.Exp(o.peak - t.peak)
	t.sum += f * o.sum
	t.sum2 += f * f * o.sum2
	for i := range t.w {
		t.w[i] += f * o.w[i]
		t.w2[i] += f * f * o.w2[i]
	}
}

// ess is the effective number of draws (Kong 1992).
func (t *tally) ess() float64 {
	if t.sum == 0 {
		return 0
	}
	return t.sum * t.sum / t.sum2
}

// prob returns the estimate at a position and its standard error. A state that
// no draw was in, or all were in, is credited with the error of a single draw.
func (t *tally) prob(k int) (p, se float64) {
	p = t.w[k] / t.sum
	v := (t.w2[k]*(1-2*p) + p*p*t.sum2) / (t.sum * t.sum)
	ess := t.ess()
	return p, math.Sqrt(max(v, 0) + 1/(ess*ess))
}

// worst is the largest standard error of a probability.
func (t *tally) worst() float64 {
	if t.sum == 0 {
		return math.Inf(1)
	}
	worst := 0.0
	for i, v := range t.s.p.targets {
		if !t.known[v] {
			for k := range t.s.domain[v] {
				_, se := t.prob(t.first[i] + k)
				worst = max(worst, se)
			}
		}
	}
	return worst
}

// logMean is the estimate of the log evidence; its error is that of the mean
// weight relative to it.
func (t *tally) logMean() belief.Estimate {
	n := float64(t.n)
	rel := (t.sum2/(t.sum*t.sum) - 1/n) * n / max(n-1, 1)
	return belief.Estimate{Value: t.s.log + t.peak + careful.Log(t.sum/n), Kind: belief.Sampled, StdErr: math.Sqrt(max(rel, 0))}
}

// posterior makes the answer.
func (t *tally) posterior(method string) *Posterior {
	out := make([]Marginal, len(t.s.p.targets))
	for i, v := range t.s.p.targets {
		m := Marginal{Variable: t.s.p.vars[v]}
		for k, in := range t.s.domain[v] {
			p, se := t.prob(t.first[i] + k)
			if !in || t.known[v] {
				se = 0 // the evidence decides
			}
			m.Probs = append(m.Probs, p)
			m.Accuracy = append(m.Accuracy, Accuracy{StdErr: se, ESS: essOf(p, se), RHat: math.NaN()})
		}
		out[i] = m
	}
	post := NewPosterior(method, belief.Estimate{}, out)
	post.Stats = t.s.stats(8 * float64(t.states) * 2 * groupShards)
	post.Sampling = &Sampling{Draws: t.n, ESS: t.ess(), ParetoK: math.NaN(), MaxRHat: math.NaN()}
	post.Sampling.MaxStdErr = t.worst()
	return post
}
