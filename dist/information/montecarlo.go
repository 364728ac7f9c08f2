package information

import (
	"context"
	"fmt"
	"math"

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
type MonteCarlo struct {
	Samples int    // how many draws in all, at least 4; 0: 100,000
	Seed    uint64 // the same seed gives the same value
	Workers int    // 0: all cores; the value is the same
}

// KL returns the Kullback–Leibler divergence E_p[log p/q]. It is +Inf if a draw of p has
// density zero under q. Errors: a [*belief.ConfigError], a [*dist.ParameterError] for
// different dimensions, or that of ctx; so it is of the other measures.
func (c MonteCarlo) KL(ctx context.Context, p, q Distribution) (Value, error) {
	if v, ok := closedVectorKL(p, q); ok {
		return exact(v, ClosedForm), nil
	}
	return c.compare(ctx, &kullback, p, q)
}

// CrossEntropy returns −E_p[log q], from draws of p.
func (c MonteCarlo) CrossEntropy(ctx context.Context, p, q Distribution) (Value, error) {
	if v, ok := closedVectorKL(p, q); ok {
		if e, ok := p.(dist.Entropyer); ok {
			return exact(v+e.Entropy(), ClosedForm), nil
		}
	}
	n, err := c.check(p, q)
	if err != nil {
		return Value{}, err
	}
	a, err := c.sample(ctx, "cross-entropy", p, n, func(x []float64) float64 { return -q.LogProb(x) })
	if err != nil {
		return Value{}, err
	}
	return sampled(a.mean, math.Sqrt(a.variance()/a.n)), nil
}

// JensenShannon returns the Jensen–Shannon divergence, at most log 2.
func (c MonteCarlo) JensenShannon(ctx context.Context, p, q Distribution) (Value, error) {
	return c.compare(ctx, &jensen, p, q)
}

// Hellinger returns the Hellinger distance, at most one. From draws, the root of the
// estimated square is too small by about half its variance over its value.
func (c MonteCarlo) Hellinger(ctx context.Context, p, q Distribution) (Value, error) {
	if v, ok := closedVectorRenyi(0.5, p, q); ok {
		return exact(math.Sqrt(-math.Expm1(-0.5*v)), ClosedForm), nil
	}
	return c.compare(ctx, &hellinger, p, q)
}

// TotalVariation returns the total variation distance, at most one.
func (c MonteCarlo) TotalVariation(ctx context.Context, p, q Distribution) (Value, error) {
	return c.compare(ctx, &variation, p, q)
}

// Renyi returns the Rényi divergence of a positive, finite order; order one is KL.
func (c MonteCarlo) Renyi(ctx context.Context, alpha float64, p, q Distribution) (Value, error) {
	m, err := renyi(alpha)
	if err != nil {
		return Value{}, err
	}
	if alpha == 1 {
		return c.KL(ctx, p, q)
	}
	if v, ok := closedVectorRenyi(alpha, p, q); ok {
		return exact(v, ClosedForm), nil
	}
	v, err := c.compare(ctx, m, p, q)
	if err == nil && farApart(alpha, v.Value) {
		return c.compare(ctx, affinity(alpha), p, q)
	}
	return v, err
}

func (c MonteCarlo) check(p, q Distribution) (samples int, err error) {
	if p.Dim() != q.Dim() {
		return 0, &dist.ParameterError{Distribution: "pair of distributions", Parameter: "dimension of the second", Value: float64(q.Dim()), Want: fmt.Sprintf("%d, that of the first", p.Dim())}
	}
	if c.Samples == 0 {
		c.Samples = 100000
	}
	if c.Samples < 4 || c.Samples > 1<<31 {
		return 0, &belief.ConfigError{Field: "Samples", Value: c.Samples, Want: "between 4 and 2^31"}
	}
	return c.Samples, nil
}

// compare estimates ½ E_p[f/m] + ½ E_q[f/m] for the terms f and m = ½(p + q).
func (c MonteCarlo) compare(ctx context.Context, m *measure, p, q Distribution) (Value, error) {
	n, err := c.check(p, q)
	if err != nil {
		return Value{}, err
	}
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
		return Value{}, err
	}
	b, err := c.sample(ctx, "second", q, n-n/2, term)
	if err != nil {
		return Value{}, err
	}
	sum := 0.5*a.mean + 0.5*b.mean
	if math.IsInf(sum, 1) {
		return sampled(m.value(sum), 0), nil
	}
	stdErr := 0.5 * math.Sqrt(a.variance()/a.n+b.variance()/b.n)
	if stdErr > 0 {
		stdErr *= m.slope(sum)
	}
	return sampled(m.value(sum), stdErr), nil
}

func sampled(value, stdErr float64) Value {
	return Value{Estimate: belief.Estimate{Value: value, Kind: belief.Sampled, StdErr: stdErr}, Method: Sampling}
}

// moments are a running mean and sum of squared deviations (Welford 1962).
type moments struct{ n, mean, square float64 }

func (a *moments) add(v float64) {
	a.n++
	d := v - a.mean
	a.mean += d / a.n
	a.square += d * (v - a.mean)
}

// merge adds what another run saw (Chan, Golub & LeVeque 1983).
func (a *moments) merge(b moments) {
	n, d := a.n+b.n, b.mean-a.mean
	a.mean += d * (b.n / n)
	a.square += b.square + d*d*(a.n*b.n/n)
	a.n = n
}

func (a moments) variance() float64 { return a.square / (a.n - 1) }

const chunk = 4096 // draws of one stream

// sample returns the moments of f over draws of d.
func (c MonteCarlo) sample(ctx context.Context, purpose string, d dist.VectorRander, n int, f func(x []float64) float64) (moments, error) {
	dim := d.(Distribution).Dim()
	parts := make([]moments, (n+chunk-1)/chunk)
	infinite := make([]bool, len(parts))
	err := parallel.For(ctx, len(parts), c.Workers, func(k int) error {
		r, x := stream.New(c.Seed, "information "+purpose, uint64(k)), make([]float64, dim)
		for range min(chunk, n-k*chunk) {
			v := f(d.RandTo(x, r))
			if math.IsInf(v, 1) {
				infinite[k] = true
				return nil
			}
			parts[k].add(v)
		}
		return nil
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
