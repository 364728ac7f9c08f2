package ladder

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief/internal/parallel"
)

// This file chooses the next temperature of a population by the conditional
// effective sample size (Zhou, Johansen & Aston 2016, section 3.3).

// choose finds the next temperature and leaves the log ratios that lead there in
// p.ratio. Of those of its own choice it is the largest whose conditional effective
// sample size is large enough.
func (p *population[S]) choose(ctx context.Context, k int, beta float64) (next, cess float64, err error) {
	if s := p.cfg.Schedule; s != nil {
		cess, err = p.reweigh(ctx, k, beta, s[k])
		return s[k], cess, err
	}
	want := p.cfg.CESS * float64(p.layout.chains)
	if cess, err = p.reweigh(ctx, k, beta, 1); err != nil || cess >= want {
		return 1, cess, err
	}
	// Halve the step until it is short enough, which for a base far wider than the
	// target takes many halvings; then bisect between the last two.
	low, high := beta, 1.0
	for halvings := 0; low == beta && halvings < 64; halvings++ {
		middle := beta + (high-beta)/2
		if middle <= beta || middle >= high {
			break
		}
		if cess, err = p.reweigh(ctx, k, beta, middle); err != nil {
			return 0, 0, err
		}
		if cess >= want {
			low = middle
		} else {
			high = middle
		}
	}
	if low == beta {
		// No step is short enough: a part of the particles has no weight anywhere
		// above beta. The least step ends that.
		cess, err = p.reweigh(ctx, k, beta, high)
		return high, cess, err
	}
	for range 12 { // to a quarter of a thousandth of the step
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			break
		}
		if cess, err = p.reweigh(ctx, k, beta, middle); err != nil {
			return 0, 0, err
		}
		if cess >= want {
			low = middle
		} else {
			high = middle
		}
	}
	cess, err = p.reweigh(ctx, k, beta, low)
	return low, cess, err
}

// reweigh computes the log ratios of a step and their conditional effective sample
// size, N (Σ W u)²/Σ W u².
func (p *population[S]) reweigh(ctx context.Context, k int, from, to float64) (float64, error) {
	err := parallel.For(ctx, len(p.batches), p.cfg.Workers, func(j int) error {
		low, high := p.layout.bounds(j)
		if err := p.path.LogRatioTo(p.ratio[low:high], p.batches[j], from, to); err != nil {
			return fmt.Errorf("ladder: step %d: %w", k, err)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	top := math.Inf(-1)
	for i, v := range p.ratio {
		if p.w[i] == 0 && math.IsInf(p.logw[i], -1) {
			continue
		}
		if math.IsNaN(v) || math.IsInf(v, 1) {
			return 0, &WeightError{Step: k, Beta: to, Chain: i, Value: v}
		}
		top = max(top, v)
	}
	if math.IsInf(top, -1) {
		return 0, nil
	}
	sum, squares := 0.0, 0.0
	for i, v := range p.ratio {
		if w := p.w[i]; w > 0 {
			u := math.Exp(v - top)
			sum += w * u
			squares += w * u * u
		}
	}
	if squares == 0 { // all that is not negligible has lost its weight
		return 0, nil
	}
	return float64(p.layout.chains) * sum * sum / squares, nil
}
