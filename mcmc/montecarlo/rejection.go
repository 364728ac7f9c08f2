package montecarlo

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// A Rejection draws from a density that is nowhere above k times that of a proposal
// q: it draws x from q and keeps it with probability p̂(x)/(k q(x)) (Qiu 2019,
// algorithm 11.1). Draws that are kept are independent and have density p̂/Z exactly.
//
// The acceptance rate is Z/k: the better k q fits, the higher. It falls
// exponentially with the dimension.
type Rejection struct {
	LogDensity func(x []float64) float64 // log p̂, p̂ known up to a constant factor
	Proposal   Proposal                  // q, normalized
	LogK       float64                   // log k; k q must nowhere be below p̂
	// Adapt raises k where p̂ turns out higher than k q, and begins with the
	// largest p̂/q of 10,000 draws of q, so that LogK may be −Inf. Draws that were
	// kept before k was raised stay: they are approximate (Caffo, Booth & Davis
	// 2002).
	Adapt bool
	// Tries is the largest number of draws of q per draw that is wanted; 0:
	// 10,000.
	Tries   int
	Seed    uint64
	Workers int // 0: all cores; the draws are the same
}

// Accepted is what rejection sampling kept.
type Accepted struct {
	Dim   int
	Draws []float64 // one point after the other
	Tries int       // draws of the proposal
	// Acceptance is the rate of acceptance, estimated without bias, and
	// Interval has 95 % of confidence for it (Clopper & Pearson 1934).
	Acceptance belief.Estimate
	Interval   [2]float64
	LogK       float64 // as it was in the end
	// LogZ is the logarithm of the integral of p̂: that of k times the rate. If k
	// was too small, so is this.
	LogZ      belief.Estimate
	Converged bool // all the draws that were wanted are there
	Warnings  []belief.Warning
}

// Len is the number of draws.
func (a *Accepted) Len() int { return len(a.Draws) / a.Dim }

// Row returns draw i; it shares the memory of a.
func (a *Accepted) Row(i int) []float64 { return a.Draws[i*a.Dim : (i+1)*a.Dim : (i+1)*a.Dim] }

// String tells how many draws it took how many tries to get.
func (a *Accepted) String() string {
	return fmt.Sprintf("%d draws from %d tries, acceptance %v", a.Len(), a.Tries, a.Acceptance)
}

// An EnvelopeError says where a density is above the envelope k q that it was said
// to have, so that rejection sampling is wrong.
type EnvelopeError struct {
	X           []float64
	LogDensity  float64
	LogEnvelope float64 // log k q(x)
}

// Error names the point and says by how much log k is too small.
func (e *EnvelopeError) Error() string {
	return fmt.Sprintf("montecarlo: the density is above its envelope at x = %s: log density %.6g, log k q %.6g; raise LogK by at least %.3g or choose a proposal with heavier tails",
		formatPoint(e.X), e.LogDensity, e.LogEnvelope, e.LogDensity-e.LogEnvelope)
}

const (
	keptBlock  = 256 // draws of one stream
	pilotDraws = 10_000
)

// Sample returns n draws. A density above the envelope is an [*EnvelopeError] unless
// Adapt is set, one that is NaN or +Inf a [*PointError]. Where tries run out or ctx
// ends, the draws that are there are returned, with ctx's error.
func (s Rejection) Sample(ctx context.Context, n int) (*Accepted, error) {
	dim, err := s.check(n)
	if err != nil {
		return nil, err
	}
	out := &Accepted{Dim: dim}
	if s.Adapt {
		if err := s.pilot(dim); err != nil {
			return nil, err
		}
	}
	blocks := (n + keptBlock - 1) / keptBlock
	results, draws := make([]kept, blocks), make([]float64, n*dim)
	err = parallel.For(ctx, blocks, s.Workers, func(b int) (err error) {
		from, to := b*keptBlock, min((b+1)*keptBlock, n)
		results[b], err = s.block(ctx, uint64(b), dim, draws[from*dim:to*dim])
		return err
	})
	if err != nil && (ctx.Err() == nil || err != ctx.Err()) {
		return nil, err
	}
	// Close the gaps of blocks that did not get all of theirs.
	count, raised := 0, false
	out.LogK = s.LogK
	for b, k := range results {
		copy(draws[count*dim:], draws[b*keptBlock*dim:b*keptBlock*dim+k.kept*dim])
		count += k.kept
		out.Tries += k.tries
		if k.tries > 0 && k.logK > out.LogK {
			out.LogK, raised = k.logK, true
		}
	}
	out.Draws = draws[:count*dim]
	out.Converged = count == n
	out.judge(n, s.Adapt, raised)
	return out, err
}

func (s *Rejection) check(n int) (dim int, err error) {
	if s.Proposal == nil {
		return 0, &belief.ConfigError{Field: "Proposal", Value: "nil", Want: "a distribution"}
	}
	if dim, err = checkSource("Proposal", s.Proposal); err != nil {
		return 0, err
	}
	if err := checkSize("n", n, dim); err != nil {
		return 0, err
	}
	if s.LogDensity == nil {
		return 0, &belief.ConfigError{Field: "LogDensity", Value: "nil", Want: "a function"}
	}
	if s.LogK != s.LogK || math.IsInf(s.LogK, 1) || math.IsInf(s.LogK, -1) && !s.Adapt {
		return 0, &belief.ConfigError{Field: "LogK", Value: s.LogK, Want: "finite"}
	}
	if s.Tries == 0 {
		s.Tries = 10_000
	}
	if s.Tries < 1 || s.Tries > min(1<<40, math.MaxInt) {
		return 0, &belief.ConfigError{Field: "Tries", Value: s.Tries, Want: "between 1 and 2^40"}
	}
	return dim, nil
}

// pilot raises LogK to the largest ratio of some draws.
func (s *Rejection) pilot(dim int) error {
	r, x := stream.New(s.Seed, "montecarlo rejection pilot"), make([]float64, dim)
	for range pilotDraws {
		s.Proposal.RandTo(x, r)
		lp, lq, err := densities(s.LogDensity, s.Proposal, x)
		if err != nil {
			return err
		}
		if !math.IsInf(lp, -1) {
			s.LogK = max(s.LogK, lp-lq)
		}
	}
	if math.IsInf(s.LogK, -1) {
		return &belief.ConfigError{Field: "LogK", Value: s.LogK, Want: fmt.Sprintf("finite, as %d draws of the proposal found no point of positive density", pilotDraws)}
	}
	return nil
}

// kept counts what a block did.
type kept struct {
	kept, tries int
	logK        float64
}

// block fills dst with draws of one stream.
func (s *Rejection) block(ctx context.Context, index uint64, dim int, dst []float64) (kept, error) {
	r := stream.New(s.Seed, "montecarlo rejection", index)
	k := kept{logK: s.LogK}
	want := len(dst) / dim
	for most := want * s.Tries; k.kept < want && k.tries < most; {
		x := dst[k.kept*dim : (k.kept+1)*dim]
		s.Proposal.RandTo(x, r)
		u := r.Float64()
		k.tries++
		lp, lq, err := densities(s.LogDensity, s.Proposal, x)
		if err != nil {
			return k, err
		}
		excess := lp - (k.logK + lq)
		if excess > 1e-12*(1+math.Abs(lp)+math.Abs(lq)+math.Abs(k.logK)) {
			if !s.Adapt {
				return k, &EnvelopeError{X: append([]float64(nil), x...), LogDensity: lp, LogEnvelope: k.logK + lq}
			}
			k.logK += excess
			excess = 0
		}
		if u < math.Exp(excess) {
			k.kept++
		}
		if k.tries%1024 == 0 && ctx.Err() != nil {
			return k, ctx.Err()
		}
	}
	return k, nil
}

// judge works out rate, interval and warnings.
func (a *Accepted) judge(wanted int, adapted, raised bool) {
	n, t := float64(a.Len()), float64(a.Tries)
	a.Acceptance, a.LogZ = unknown(), unknown()
	a.Interval = [2]float64{0, 1}
	if t > 0 {
		a.Acceptance, a.Interval = rate(n, t, a.Converged)
		p := a.Acceptance
		a.LogZ = belief.Estimate{Value: a.LogK + math.Log(p.Value), Kind: belief.Sampled, StdErr: p.StdErr / p.Value}
		if p.Value == 0 {
			a.LogZ.StdErr = math.Inf(1)
		}
	}
	warn := func(code, text string) {
		a.Warnings = append(a.Warnings, belief.Warning{Code: code, Text: text})
	}
	if !a.Converged {
		warn("tries", fmt.Sprintf("%d of %d draws were kept in %d tries; find a proposal that is closer to the density, or a smaller k", a.Len(), wanted, a.Tries))
	}
	switch {
	case raised:
		warn("envelope", fmt.Sprintf("k was raised to exp(%.6g) on the way: draws that were kept before are too few where the density is highest above the proposal; draw again with this LogK", a.LogK))
	case adapted:
		warn("adapted", fmt.Sprintf("that k = exp(%.6g) is large enough is only known of the points that were tried, so the draws are approximate", a.LogK))
	}
}

// rate estimates the probability of success from n of t tries, the last of which
// was a success if the number of successes was fixed.
func rate(n, t float64, fixed bool) (belief.Estimate, [2]float64) {
	const tail = 0.025
	p, v := n/t, t
	upper := dist.Beta{Alpha: n + 1, Beta: t - n}
	if fixed && n > 1 { // a negative binomial number of tries
		p, v = (n-1)/(t-1), t-2
		upper = dist.Beta{Alpha: n, Beta: t - n}
	}
	interval := [2]float64{0, 1}
	if n > 0 {
		interval[0] = dist.Beta{Alpha: n, Beta: t - n + 1}.Quantile(tail)
	}
	if t > n {
		interval[1] = upper.Quantile(1 - tail)
	}
	return belief.Estimate{Value: p, Kind: belief.Sampled, StdErr: math.Sqrt(p * (1 - p) / max(v, 1))}, interval
}
