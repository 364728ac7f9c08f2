package inference

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/stream"
)

// Rejection is rejection or logic sampling (Henrion 1988): forward draws of a
// Bayesian network that disagree with the evidence are thrown away, and what is
// left are independent draws of the posterior. Soft evidence accepts a state with
// its weight relative to the largest. The rate of acceptance estimates p(e), and
// so the method is for evidence that is not rare. Rows of tables are taken to sum
// to one. The zero value is ready.
type Rejection struct {
	Draws int64 `json:"draws"` // accepted ones, of which no more are made; 0: 10,000, or 1,000,000 if StdErr is set
	// Tries bounds the draws made, accepted or not; 0: a thousand for every draw
	// wanted, and 10,000,000 at most.
	Tries   int64   `json:"tries"`
	StdErr  float64 `json:"std_err"` // stop when no probability's standard error is larger; 0: make all draws
	Seed    uint64  `json:"seed"`
	Workers int     `json:"workers"` // goroutines; 0: all cores. The answer does not depend on it
	// Progress is called now and then with the draws accepted; may be nil.
	Progress func(Progress) `json:"-"`
}

// Name implements [Engine].
func (Rejection) Name() string { return "rejection" }

// settings resolves the numbers of draws.
func (rj Rejection) settings() (draws, tries int64, err error) {
	if err = checkWorkers(rj.Workers); err != nil {
		return 0, 0, err
	}
	if draws, err = drawSettings("Draws", rj.Draws, 10_000, rj.StdErr); err != nil {
		return 0, 0, err
	}
	standard := int64(10_000_000)
	if draws <= standard/1000 {
		standard = draws * 1000
	}
	tries, err = count("Tries", rj.Tries, max(standard, draws), "a number of draws, or 0 for a thousand times Draws and 10,000,000 at most")
	return draws, tries, err
}

// A sieve tells whether a state agrees with evidence.
type sieve struct {
	w        *walk
	order    []graphical.Finding // as the walk meets them
	position []int               // of each in the walk's order
	peak     []float64           // the largest weight of each
	log      float64             // of what soft evidence is scaled by
}

// newSieve is nil if the model itself is impossible.
func newSieve(m graphical.Model, ev graphical.Evidence, targets []string, method string) (*sieve, error) {
	w, p, err := newWalk(m, ev, targets, false, method)
	if err != nil || w == nil {
		return nil, err
	}
	s := &sieve{w: w}
	at := make([]int, len(w.order))
	for k, v := range w.order {
		at[v] = k
	}
	byPlace := make([]int, len(w.order)) // finding plus one
	for i, f := range p.findings {
		byPlace[at[f.Index]] = i + 1
		peak := 0.0
		for _, x := range f.Weights {
			peak = max(peak, x)
		}
		s.log += f.LogScale + careful.Log(peak)
	}
	for place, i := range byPlace {
		if i > 0 {
			f := p.findings[i-1]
			peak := 0.0
			for _, x := range f.Weights {
				peak = max(peak, x)
			}
			s.order, s.position, s.peak = append(s.order, f), append(s.position, place), append(s.peak, peak)
		}
	}
	return s, nil
}

func (s *sieve) clone() *sieve {
	c := *s
	c.w = s.w.clone()
	return &c
}

// draw makes one draw and returns the logarithm of its weight: −Inf if the evidence
// rejects it, at the first disagreement, and else the product of the sums of the
// rows it was drawn from, mostly one.
func (s *sieve) draw(r *rand.Rand, x []int) float64 {
	next, weight := 0, 1.0
	for place, v := range s.w.order {
		weight *= s.w.step(place, r, x)
		if weight == 0 {
			return math.Inf(-1)
		}
		if next < len(s.order) && s.position[next] == place {
			agrees := s.order[next].Weights[x[v]]
			if agrees < s.peak[next] && (agrees == 0 || r.Float64()*s.peak[next] >= agrees) {
				return math.Inf(-1)
			}
			next++
		}
	}
	return careful.Log(weight)
}

// States yields independent draws of the posterior, as indices of states in the
// order of the model's variables, without end. It gives up with a
// [*RareEvidenceError] when Tries draws in a row disagree with the evidence. The
// slice is valid until the next one.
func (rj Rejection) States(ctx context.Context, m graphical.Model, ev graphical.Evidence) iter.Seq2[[]int, error] {
	return func(yield func([]int, error) bool) {
		_, tries, err := rj.settings()
		var s *sieve
		if err == nil {
			s, err = newSieve(m, ev, nil, rj.Name())
		}
		if err == nil && s == nil {
			err = rare(ctx, nil, m, ev, rj.Seed, rj.Name(), 0)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		r := stream.New(rj.Seed, "rejection states")
		x := make([]int, len(s.w.s.p.vars))
		for n, row := 0, int64(0); ; n++ {
			if n%drawsPerLook == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			if !math.IsInf(s.draw(r, x), -1) {
				if row = 0; !yield(x, nil) {
					return
				}
			} else if row++; row >= tries {
				yield(nil, rj.nothing(ctx, m, ev, nil, row))
				return
			}
		}
	}
}

// nothing says why no draw was accepted.
func (rj Rejection) nothing(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets []string, tried int64) error {
	s, err := setUp(ctx, m, ev, targets)
	if err != nil {
		return err
	}
	return rare(ctx, s, m, ev, rj.Seed, rj.Name(), tried)
}

// Marginals implements [Engine]. When ctx ends it returns ctx's error and, if there
// are draws, the answer of those. Errors: [*DirectedError], and a
// [*RareEvidenceError] if nothing is accepted.
func (rj Rejection) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error) {
	draws, tries, err := rj.settings()
	if err != nil {
		return nil, err
	}
	s, err := newSieve(m, ev, targets, rj.Name())
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, rare(ctx, nil, m, ev, rj.Seed, rj.Name(), 0)
	}
	total := newTally(s.w.s)
	for _, f := range s.order {
		total.known[f.Index] = total.known[f.Index] || f.State >= 0
	}
	err = inShards(ctx, tries, rj.Workers, func(shard uint64, n int) *tally {
		return acceptedShard(ctx, s.clone(), rj.Seed, shard, n, math.MaxInt64)
	}, func(shard uint64, t *tally) {
		left := draws - total.some
		if left > 0 && t.some > left {
			// The first of them in the order of the streams, whoever made them.
			t = acceptedShard(context.WithoutCancel(ctx), s.clone(), rj.Seed, shard, int(t.n), left)
		}
		if left > 0 {
			total.merge(t)
		}
	}, func() bool {
		worst := total.worst()
		if rj.Progress != nil {
			rj.Progress(Progress{Done: float64(total.some), Total: float64(draws), StdErr: worst})
		}
		return total.some >= draws || rj.StdErr > 0 && worst <= rj.StdErr
	})
	if total.sum == 0 {
		if err != nil {
			return nil, err
		}
		return nil, rj.nothing(ctx, m, ev, targets, total.n)
	}
	post := total.posterior(rj.Name())
	n, k := float64(total.n), float64(total.some)
	post.LogEvidence = total.logMean()
	post.LogEvidence.Value += s.log
	if len(s.order) > 0 {
		post.LogEvidence.StdErr = math.Hypot(post.LogEvidence.StdErr, 1/n)
	}
	post.Sampling.Draws, post.Sampling.Tried, post.Sampling.Acceptance = total.some, total.n, k/n
	post.Warnings = modelWarnings(m)
	if k < 100 {
		post.Converged = false
		text := fmt.Sprintf("only %d of %d draws agree with the evidence; use weighting, gibbs or an exact method", total.some, total.n)
		if total.some == draws {
			text = fmt.Sprintf("too few draws (%d) for their standard errors to be relied on; make more", total.some)
		}
		post.Warnings = append(post.Warnings, belief.Warning{Code: "few-accepted", Text: text})
	}
	stdErrMissed(post, rj.StdErr)
	return post, err
}

// acceptedShard makes the draws of one shard, up to the last that is accepted if not
// all are wanted; nil if ctx ends.
func acceptedShard(ctx context.Context, s *sieve, seed, shard uint64, n int, wanted int64) *tally {
	r := stream.New(seed, "rejection", shard)
	t := newTally(s.w.s)
	x := make([]int, len(s.w.s.p.vars))
	for i := range n {
		if i%drawsPerLook == 0 && ctx.Err() != nil {
			return nil
		}
		if t.add(x, s.draw(r, x)); t.some == wanted {
			break
		}
	}
	return t
}
