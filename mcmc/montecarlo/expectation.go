package montecarlo

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// An Expectation is the estimate of a mean from independent draws. The zero value
// takes 100,000 draws.
//
// A wanted standard error makes the number of draws random: it is looked at after
// whole rounds of draws only, and not before the first 4096, so that the error is
// right in the limit of small ones (Glynn & Whitt 1992).
type Expectation struct {
	// Draws is the number of draws, with StdErr the largest one; 0: 100,000, and
	// with StdErr 100,000,000.
	Draws int
	// StdErr is the standard error at which to stop; 0: after all draws.
	StdErr float64
	// Antithetic writes to dst the partner of x: a point with the same
	// distribution on which f is large where it is small on x, such as 2μ − x of
	// a symmetric distribution. A draw then is the mean of f on both.
	Antithetic func(dst, x []float64)
	// Controls are functions whose means are known. What the draws miss of these
	// corrects the estimate, by linear regression of f on them.
	Controls []Control
	Seed     uint64
	Workers  int // 0: all cores; the estimate is the same
}

// A Control is a control variate: a function with a known mean.
type Control struct {
	F    func(x []float64) float64
	Mean float64 // of F under the distribution, exactly
}

// A Mean is an estimated expectation.
type Mean struct {
	Estimate  belief.Estimate
	Draws     int              // taken
	Variance  float64          // of f, or what controls and antithetic pairs leave of it
	Converged bool             // the standard error that was asked for is reached
	Warnings  []belief.Warning // why the standard error may be wrong
}

// String gives estimate and number of draws.
func (m Mean) String() string { return fmt.Sprintf("%v (%d draws)", m.Estimate, m.Draws) }

const (
	blockDraws  = 4096 // of one stream
	roundBlocks = 1024 // between looks at the result
	maxControls = 64
)

// Of estimates the mean of f under the distribution that d draws from. f must be
// finite: a value that is not is a [*PointError]. Other errors are a
// [*belief.ConfigError] and those of d's Validate. When ctx ends, the mean of what
// was drawn until then comes with its error.
func (e Expectation) Of(ctx context.Context, d Source, f func(x []float64) float64) (Mean, error) {
	dim, err := e.check(d, f)
	if err != nil {
		return Mean{Estimate: unknown()}, err
	}
	total := newMoments(1 + len(e.Controls))
	for err == nil && total.n < e.Draws {
		if err = e.round(ctx, d, dim, f, total, e.next(total)); err != nil {
			break
		}
		if e.StdErr > 0 && e.reached(total) {
			break
		}
	}
	if total.n == 0 {
		return Mean{Estimate: unknown()}, err
	}
	if _, bad := err.(*PointError); bad {
		return Mean{Estimate: unknown()}, err
	}
	return e.result(total), err
}

// unknown is the estimate of those who have seen nothing.
func unknown() belief.Estimate {
	return belief.Estimate{Value: math.NaN(), Kind: belief.Sampled, StdErr: math.Inf(1)}
}

// check looks at the settings and fills in the defaults.
func (e *Expectation) check(d Source, f func(x []float64) float64) (dim int, err error) {
	if dim, err = checkSource("distribution", d); err != nil {
		return 0, err
	}
	if f == nil {
		return 0, &belief.ConfigError{Field: "f", Value: "nil", Want: "a function"}
	}
	if !(e.StdErr >= 0) || math.IsInf(e.StdErr, 1) {
		return 0, &belief.ConfigError{Field: "StdErr", Value: e.StdErr, Want: "zero or positive, and finite"}
	}
	if e.Draws < 0 || e.Draws == 1 {
		return 0, &belief.ConfigError{Field: "Draws", Value: e.Draws, Want: "at least 2, or 0 for the default"}
	}
	if e.Draws == 0 {
		e.Draws = 100_000
		if e.StdErr > 0 {
			e.Draws = 100_000_000
		}
	}
	if len(e.Controls) > maxControls {
		return 0, &belief.ConfigError{Field: "Controls", Value: len(e.Controls), Want: fmt.Sprintf("at most %d", maxControls)}
	}
	for _, c := range e.Controls {
		if c.F == nil || c.Mean-c.Mean != 0 {
			return 0, &belief.ConfigError{Field: "Controls", Value: c.Mean, Want: "functions with finite means"}
		}
	}
	return dim, nil
}

// next is how many draws to take before the next look.
func (e *Expectation) next(m *moments) int {
	most := min(e.Draws-m.n, roundBlocks*blockDraws)
	if e.StdErr == 0 {
		return most
	}
	if m.n == 0 {
		return min(most, blockDraws)
	}
	_, variance, _ := e.regress(m)
	need := 1.02*variance/(e.StdErr*e.StdErr) - float64(m.n)
	n := min(need, 7*float64(m.n)) // the variance itself is a guess so far
	return min(most, int(max(n, 256)))
}

func (e *Expectation) reached(m *moments) bool {
	_, variance, _ := e.regress(m)
	return math.Sqrt(variance/float64(m.n)) <= e.StdErr
}

// round adds n more draws to the moments. Blocks that ended before an error of ctx
// count as long as there is no gap.
func (e *Expectation) round(ctx context.Context, d Source, dim int, f func(x []float64) float64, total *moments, n int) error {
	blocks := make([]*moments, (n+blockDraws-1)/blockDraws)
	first := total.blocks
	err := parallel.For(ctx, len(blocks), e.Workers, func(i int) error {
		b, err := e.block(d, dim, f, uint64(first+i), min(blockDraws, n-i*blockDraws))
		blocks[i] = b
		return err
	})
	for _, b := range blocks {
		if b == nil {
			break
		}
		total.merge(b)
	}
	total.blocks += len(blocks)
	return err
}

// block takes the draws of one stream.
func (e *Expectation) block(d Source, dim int, f func(x []float64) float64, index uint64, n int) (*moments, error) {
	r := stream.New(e.Seed, "montecarlo expectation", index)
	width := 1 + len(e.Controls)
	x, partner, values := make([]float64, dim), make([]float64, dim), make([]float64, n*width)
	at := func(row, x []float64, share float64) error {
		for k := range row {
			g, name := f, "function"
			if k > 0 {
				g, name = e.Controls[k-1].F, "control"
			}
			v, err := value(name, g, x)
			if err != nil {
				return err
			}
			if v-v != 0 { // neither NaN nor infinite
				return &PointError{Function: name, X: append([]float64(nil), x...), Value: v}
			}
			row[k] += share * v
		}
		return nil
	}
	pair := func(x []float64) float64 {
		e.Antithetic(partner, x)
		return 0
	}
	for i := range n {
		row := values[i*width : (i+1)*width]
		d.RandTo(x, r)
		share := 1.0
		if e.Antithetic != nil {
			share = 0.5
			if _, err := value("antithetic partner", pair, x); err != nil {
				return nil, err
			}
			if err := at(row, partner, share); err != nil {
				return nil, err
			}
		}
		if err := at(row, x, share); err != nil {
			return nil, err
		}
	}
	return momentsOf(values, width), nil
}

// regress returns the mean and variance of f less the part that the controls
// explain, and whether they could be told apart.
func (e *Expectation) regress(m *moments) (mean, variance float64, ok bool) {
	mean, variance = m.mean[0], m.square[0]/float64(m.n-1)
	k := len(e.Controls)
	if k == 0 {
		return mean, variance, true
	}
	// The correlations, so that the scale of a control does not matter.
	scale := func(i int) float64 { return math.Sqrt(m.square[i*m.width+i]) }
	c, b := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
	for i := range k {
		if !(scale(i+1) > 0) {
			return mean, variance, false
		}
		for j := i; j < k; j++ {
			c.SetSym(i, j, m.square[(i+1)*m.width+j+1]/(scale(i+1)*scale(j+1)))
		}
		b.SetVec(i, m.square[i+1]/scale(i+1))
	}
	var chol mat.Cholesky
	if !chol.Factorize(c) || chol.Cond() > 1e10 || m.n < 10*k {
		return mean, variance, false
	}
	beta := mat.NewVecDense(k, nil)
	if chol.SolveVecTo(beta, b) != nil {
		return mean, variance, false
	}
	left := m.square[0]
	for i, control := range e.Controls {
		mean -= beta.AtVec(i) / scale(i+1) * (m.mean[i+1] - control.Mean)
		left -= beta.AtVec(i) * b.AtVec(i)
	}
	return mean, max(left, 0) / float64(m.n-1-k), true
}

// result judges the moments of all draws.
func (e *Expectation) result(m *moments) Mean {
	mean, variance, ok := e.regress(m)
	stdErr := math.Sqrt(variance / float64(m.n))
	if m.n < 2 {
		variance, stdErr = math.NaN(), math.Inf(1)
	}
	out := Mean{
		Estimate:  belief.Estimate{Value: mean, Kind: belief.Sampled, StdErr: stdErr},
		Draws:     m.n,
		Variance:  variance,
		Converged: e.StdErr == 0 && m.n == e.Draws || e.StdErr > 0 && stdErr <= e.StdErr,
	}
	warn := func(code, text string) {
		out.Warnings = append(out.Warnings, belief.Warning{Code: code, Text: text})
	}
	if !ok {
		warn("controls", "the controls do not vary, depend on one another or are too many for so few draws, and were not used; leave some out")
	}
	far := max(m.most-m.mean[0], m.mean[0]-m.least)
	switch share := far * far / m.square[0]; {
	case m.square[0] == 0:
		warn("constant", fmt.Sprintf("all of %d draws gave the same value, so that the standard error says nothing; if the function is not constant, what makes it vary is too rare for so few draws", m.n))
	case m.n >= 1000 && !(share < 0.2):
		warn("heavy-tail", fmt.Sprintf("one draw of %d makes up %.0f %% of the variance: the variance may be infinite and the standard error too small; draw from a distribution that reaches the tail more often (importance sampling)", m.n, 100*share))
	}
	if e.StdErr > 0 && !out.Converged {
		warn("stderr", fmt.Sprintf("the standard error is %.2g after %d draws, not yet %.2g; it falls as one over the root of their number", stdErr, m.n, e.StdErr))
	}
	return out
}
