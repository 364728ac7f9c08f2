package information

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// A Distribution is what [MonteCarlo] needs: any [dist.Multivariate] is one.
type Distribution interface {
	dist.VectorLogProber
	dist.VectorRander
}

// MonteCarlo compares distributions of vectors: by a formula for two of a kind that has
// one, else from draws of both, each half of the samples. Terms are divided by the
// density of the even mixture of both, which bounds those of every measure but KL and
// Rényi's of order above one, and leaves the former no heavier than log(p/q) under p:
// that draws of p alone miss what only q reaches cannot happen. The zero value has the
// defaults.
//
// The standard error is +Inf where so few draws carry the mean, by (Σv)²/Σv² less than
// 16 of them (Kish 1965), that their variance says nothing: then the value is none.
type MonteCarlo struct {
	Samples int    // how many draws in all, at least 4; 0: 100,000
	Seed    uint64 // the same seed gives the same value
	Workers int    // 0: all cores; the value is the same
}

// validate looks at settings and arguments, and returns the number of draws.
func (c MonteCarlo) validate(p, q Distribution) (samples int, err error) {
	if err := validateVectors(p, q); err != nil {
		return 0, err
	}
	if p.Dim() != q.Dim() {
		return 0, &dist.ParameterError{Distribution: "pair of distributions", Parameter: "dimension of the second", Value: float64(q.Dim()), Want: fmt.Sprintf("%d, that of the first", p.Dim())}
	}
	if c.Samples == 0 {
		c.Samples = 100000
	}
	if c.Samples < 4 || c.Samples > min(1<<31, math.MaxInt) {
		return 0, &belief.ConfigError{Field: "Samples", Value: c.Samples, Want: "between 4 and 2^31"}
	}
	return c.Samples, nil
}

// KL returns the Kullback–Leibler divergence E_p[log p/q]. It is +Inf if a draw of p has
// density zero under q. Errors: a [*belief.ConfigError], a [*dist.ParameterError] of
// Validate or for different dimensions, or that of ctx; so it is of the other measures.
func (c MonteCarlo) KL(ctx context.Context, p, q Distribution) (Value, error) {
	n, err := c.validate(p, q)
	if err != nil {
		return failed(), err
	}
	if v, ok := closedVectorKL(p, q); ok {
		return exact(v, ClosedForm), nil
	}
	return c.compare(ctx, &kullback, p, q, n)
}

// CrossEntropy returns −E_p[log q], from draws of p.
func (c MonteCarlo) CrossEntropy(ctx context.Context, p, q Distribution) (Value, error) {
	n, err := c.validate(p, q)
	if err != nil {
		return failed(), err
	}
	if v, ok := closedVectorKL(p, q); ok {
		if e, ok := p.(dist.Entropyer); ok {
			return exact(v+e.Entropy(), ClosedForm), nil
		}
	}
	a, err := c.sample(ctx, "cross-entropy", p, n, func(x []float64) float64 { return -q.LogProb(x) })
	if err != nil {
		return failed(), err
	}
	return sampled(a.mean, math.Sqrt(a.variance()/a.n)), nil
}

// JensenShannon returns the Jensen–Shannon divergence, at most log 2.
func (c MonteCarlo) JensenShannon(ctx context.Context, p, q Distribution) (Value, error) {
	n, err := c.validate(p, q)
	if err != nil {
		return failed(), err
	}
	return c.compare(ctx, &jensen, p, q, n)
}

// Hellinger returns the Hellinger distance, at most one. From draws, the root of the
// estimated square is too small by about half its variance over its value.
func (c MonteCarlo) Hellinger(ctx context.Context, p, q Distribution) (Value, error) {
	n, err := c.validate(p, q)
	if err != nil {
		return failed(), err
	}
	if v, ok := closedVectorRenyi(0.5, p, q); ok {
		return exact(math.Sqrt(-math.Expm1(-0.5*v)), ClosedForm), nil
	}
	return c.compare(ctx, &hellinger, p, q, n)
}

// TotalVariation returns the total variation distance, at most one.
func (c MonteCarlo) TotalVariation(ctx context.Context, p, q Distribution) (Value, error) {
	n, err := c.validate(p, q)
	if err != nil {
		return failed(), err
	}
	return c.compare(ctx, &variation, p, q, n)
}

// Renyi returns the Rényi divergence of a positive, finite order; order one is KL.
// Distributions that are far apart have little in common that draws would hit: the
// standard error then is +Inf.
func (c MonteCarlo) Renyi(ctx context.Context, alpha float64, p, q Distribution) (Value, error) {
	m, err := renyi(alpha)
	if err != nil {
		return failed(), err
	}
	if alpha == 1 {
		return c.KL(ctx, p, q)
	}
	n, err := c.validate(p, q)
	if err != nil {
		return failed(), err
	}
	if v, ok := closedVectorRenyi(alpha, p, q); ok {
		return exact(v, ClosedForm), nil
	}
	v, err := c.compare(ctx, m, p, q, n)
	if err == nil && math.Abs(1-alpha)*v.Value > math.Ln2 {
		return c.logMean(ctx, alpha, p, q, n)
	}
	return v, err
}

// compare estimates ½ E_p[f/m] + ½ E_q[f/m] for the terms f and m = ½(p + q).
func (c MonteCarlo) compare(ctx context.Context, m *measure, p, q Distribution, n int) (Value, error) {
	term := func(x []float64) float64 {
		lp, lq := p.LogProb(x), q.LogProb(x)
		t := lp - lq
		switch { // with p or q in units of m
		case math.IsNaN(t):
			return math.NaN()
		case t >= 0:
			return m.at(2/(1+math.Exp(-t)), 2*math.Exp(-t)/(1+math.Exp(-t)), t)
		}
		return m.at(2*math.Exp(t)/(1+math.Exp(t)), 2/(1+math.Exp(t)), t)
	}
	a, err := c.sample(ctx, "first", p, n/2, term)
	if err != nil {
		return failed(), err
	}
	b, err := c.sample(ctx, "second", q, n-n/2, term)
	if err != nil {
		return failed(), err
	}
	sum := 0.5*a.mean + 0.5*b.mean
	if math.IsInf(sum, 1) {
		return sampled(m.value(sum), 0), nil
	}
	if sum == 0 { // no draw saw a difference
		return sampled(m.value(sum), 0), nil
	}
	stdErr := 0.5 * math.Sqrt(a.variance()/a.n+b.variance()/b.n)
	a.merge(b)
	if !(a.effective() >= fewest) {
		return sampled(m.value(sum), math.Inf(1)), nil
	}
	if stdErr > 0 {
		stdErr *= m.slope(sum)
	}
	return sampled(m.value(sum), stdErr), nil
}

// logMean estimates Rényi's divergence of order alpha from the logarithms of
// p^α q^(1−α)/m, whose mean may be too small or too large for float64.
func (c MonteCarlo) logMean(ctx context.Context, alpha float64, p, q Distribution, n int) (Value, error) {
	beta := 1 - alpha
	term := func(x []float64) float64 {
		switch t := p.LogProb(x) - q.LogProb(x); {
		case math.IsInf(t, 1) && alpha > 1:
			return t
		case math.IsInf(t, 0):
			return math.Inf(-1)
		case t >= 0:
			return math.Ln2 - beta*t - math.Log1p(math.Exp(-t))
		default:
			return math.Ln2 + alpha*t - math.Log1p(math.Exp(t))
		}
	}
	a, err := c.sampleLogs(ctx, "first", p, n/2, term)
	if err != nil {
		return failed(), err
	}
	b, err := c.sampleLogs(ctx, "second", q, n-n/2, term)
	if err != nil {
		return failed(), err
	}
	a.merge(b)
	return a.value(-beta), nil
}

// fallBack compares distributions of a number by draws.
func fallBack(m *measure, p, q dist.Univariate) (Value, error) {
	c := MonteCarlo{Samples: drawsOf(p, q)}
	n, err := c.validate(number{p}, number{q})
	if err != nil {
		return failed(), err
	}
	if m.order > 0 {
		return c.logMean(context.Background(), m.order, number{p}, number{q}, n)
	}
	return c.compare(context.Background(), m, number{p}, number{q}, n)
}

// A number is a vector of one.
type number struct{ dist.Univariate }

func (number) Dim() int                      { return 1 }
func (d number) LogProb(x []float64) float64 { return d.Univariate.LogProb(x[0]) }

func (d number) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst[0] = d.Rand(r)
	return dst
}

func sampled(value, stdErr float64) Value {
	return Value{Estimate: belief.Estimate{Value: value, Kind: belief.Sampled, StdErr: stdErr}, Method: Sampling}
}

const chunk = 4096 // draws of one stream

// each visits n draws of d, from any number of workers.
func (c MonteCarlo) each(ctx context.Context, purpose string, d Distribution, n int, visit func(i int, x []float64)) error {
	return parallel.For(ctx, (n+chunk-1)/chunk, c.Workers, func(k int) error {
		r, x := stream.New(c.Seed, "information "+purpose, uint64(k)), make([]float64, d.Dim())
		for i := k * chunk; i < min(n, (k+1)*chunk); i++ {
			visit(i, d.RandTo(x, r))
		}
		return nil
	})
}

// sample returns the moments of f over draws of d.
func (c MonteCarlo) sample(ctx context.Context, purpose string, d Distribution, n int, f func(x []float64) float64) (moments, error) {
	parts := make([]moments, (n+chunk-1)/chunk)
	infinite := make([]bool, len(parts))
	err := c.each(ctx, purpose, d, n, func(i int, x []float64) {
		if k, v := i/chunk, f(x); math.IsInf(v, 1) {
			infinite[k] = true
		} else {
			parts[k].add(v)
		}
	})
	if err != nil {
		return moments{}, err
	}
	var all moments
	for k, part := range parts {
		if infinite[k] {
			return moments{n: float64(n), mean: math.Inf(1)}, nil
		}
		all.merge(part)
	}
	return all, nil
}

// sampleLogs is sample for the logarithms of values.
func (c MonteCarlo) sampleLogs(ctx context.Context, purpose string, d Distribution, n int, f func(x []float64) float64) (logMoments, error) {
	parts := make([]logMoments, (n+chunk-1)/chunk)
	for k := range parts {
		parts[k].peak = math.Inf(-1)
	}
	err := c.each(ctx, purpose, d, n, func(i int, x []float64) { parts[i/chunk].add(f(x)) })
	if err != nil {
		return logMoments{}, err
	}
	for _, part := range parts[1:] {
		parts[0].merge(part)
	}
	return parts[0], nil
}
