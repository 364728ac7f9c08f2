package tensor

import (
	"context"
	"math"
)

// LogSumProduct is SumProduct for tables of logarithms, with −Inf for zero:
// products are sums, and sums are taken as log Σ exp about their largest term, so
// that no ratio of entries is too large to hold. It walks the product twice and
// needs memory for one more copy of every output.
func (p *Plan) LogSumProduct(ctx context.Context, s *Scratch, in, out [][]float64) error {
	peak := make([][]float64, len(out))
	for i := range out {
		peak[i] = make([]float64, len(out[i]))
		for j := range peak[i] {
			peak[i][j] = math.Inf(-1)
		}
		clear(out[i])
	}
	err := p.logBlocks(ctx, s, in, func() {
		for i := range p.out {
			p.out[i].each(s.base[len(p.in)+i], func(k, o int) {
				peak[i][o] = max(peak[i][o], s.buf[k])
			})
		}
	})
	if err != nil {
		return err
	}
	err = p.logBlocks(ctx, s, in, func() {
		for i := range p.out {
			p.out[i].each(s.base[len(p.in)+i], func(k, o int) {
				if v := s.buf[k]; !math.IsInf(v, -1) {
					out[i][o] += math.Exp(v - peak[i][o])
				}
			})
		}
	})
	for i := range out {
		for j, v := range out[i] {
			out[i][j] = math.Log(v) + peak[i][j]
		}
	}
	return err
}

// logBlocks forms every block of the sum of the inputs and hands it to use.
func (p *Plan) logBlocks(ctx context.Context, s *Scratch, in [][]float64, use func()) error {
	s.start(p)
	for blocks := 1; ; blocks++ {
		clear(s.buf)
		for i := range p.in {
			p.in[i].each(s.base[i], func(k, o int) { s.buf[k] += in[i][o] })
		}
		use()
		if !s.next(p) {
			return nil
		}
		if blocks%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
