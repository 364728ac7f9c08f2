package tensor

import "context"

// checkEvery is how many blocks pass between two looks at the context.
const checkEvery = 1024

// SumProduct runs the plan: every output becomes the sum, over the axes it lacks,
// of the product of the inputs. Only ctx can make it fail.
func (p *Plan) SumProduct(ctx context.Context, s *Scratch, in, out [][]float64) error {
	for i := range out {
		clear(out[i])
	}
	s.start(p)
	for blocks := 1; ; blocks++ {
		if p.product(s, in) {
			for i := range p.out {
				p.out[i].accumulate(s.buf, out[i], s.base[len(p.in)+i])
			}
		}
		if !s.next(p) {
			return nil
		}
		if blocks%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// MaxProduct is SumProduct with the maximum in place of the sum. Entries must not
// be negative.
func (p *Plan) MaxProduct(ctx context.Context, s *Scratch, in, out [][]float64) error {
	for i := range out {
		clear(out[i])
	}
	s.start(p)
	for blocks := 1; ; blocks++ {
		if p.product(s, in) {
			for i := range p.out {
				p.out[i].each(s.base[len(p.in)+i], func(k, o int) {
					out[i][o] = max(out[i][o], s.buf[k])
				})
			}
		}
		if !s.next(p) {
			return nil
		}
		if blocks%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// product forms a block of the product in the buffer; false means that it is all
// zero and was not formed.
func (p *Plan) product(s *Scratch, in [][]float64) bool {
	x := 1.0
	for _, i := range p.scalars {
		x *= in[i][s.base[i]]
	}
	if x == 0 {
		return false
	}
	if len(p.vectors) == 0 {
		for k := range s.buf {
			s.buf[k] = x
		}
		return true
	}
	first := p.vectors[0]
	p.in[first].set(s.buf, in[first], s.base[first], x)
	for _, i := range p.vectors[1:] {
		p.in[i].multiply(s.buf, in[i], s.base[i])
	}
	return true
}

// each calls f with the position in the block and the offset in the operand of
// every entry of a block.
func (op *operand) each(base int, f func(k, offset int)) {
	k := 0
	for _, o := range op.offsets {
		o := base + int(o)
		for range op.run {
			f(k, o)
			k++
			if op.vary {
				o++
			}
		}
	}
}

// set writes x times the operand's block to buf.
func (op *operand) set(buf, in []float64, base int, x float64) {
	in = in[base:]
	run, k := op.run, 0
	switch {
	case !op.vary && run == 2:
		for _, o := range op.offsets {
			b, y := buf[k:k+2], x*in[o]
			b[0], b[1] = y, y
			k += 2
		}
	case !op.vary:
		for _, o := range op.offsets {
			b, y := buf[k:k+run], x*in[o]
			for i := range b {
				b[i] = y
			}
			k += run
		}
	case run == 2:
		for _, o := range op.offsets {
			b, v := buf[k:k+2], in[o:][:2]
			b[0], b[1] = x*v[0], x*v[1]
			k += 2
		}
	default:
		for _, o := range op.offsets {
			b, v := buf[k:k+run], in[o:]
			v = v[:len(b)]
			for i := range b {
				b[i] = x * v[i]
			}
			k += run
		}
	}
}

// multiply multiplies buf by the operand's block. Short runs are written out,
// because there the loop costs more than its body.
func (op *operand) multiply(buf, in []float64, base int) {
	in = in[base:]
	run, k := op.run, 0
	switch {
	case run == 1:
		buf = buf[:len(op.offsets)]
		for j, o := range op.offsets {
			buf[j] *= in[o]
		}
	case !op.vary && run == 2:
		for _, o := range op.offsets {
			b, y := buf[k:k+2], in[o]
			b[0] *= y
			b[1] *= y
			k += 2
		}
	case !op.vary && run == 3:
		for _, o := range op.offsets {
			b, y := buf[k:k+3], in[o]
			b[0] *= y
			b[1] *= y
			b[2] *= y
			k += 3
		}
	case !op.vary && run == 4:
		for _, o := range op.offsets {
			b, y := buf[k:k+4], in[o]
			b[0] *= y
			b[1] *= y
			b[2] *= y
			b[3] *= y
			k += 4
		}
	case !op.vary:
		for _, o := range op.offsets {
			b, y := buf[k:k+run], in[o]
			for i := range b {
				b[i] *= y
			}
			k += run
		}
	case run == 2:
		for _, o := range op.offsets {
			b, v := buf[k:k+2], in[o:][:2]
			b[0] *= v[0]
			b[1] *= v[1]
			k += 2
		}
	case run == 3:
		for _, o := range op.offsets {
			b, v := buf[k:k+3], in[o:][:3]
			b[0] *= v[0]
			b[1] *= v[1]
			b[2] *= v[2]
			k += 3
		}
	case run == 4:
		for _, o := range op.offsets {
			b, v := buf[k:k+4], in[o:][:4]
			b[0] *= v[0]
			b[1] *= v[1]
			b[2] *= v[2]
			b[3] *= v[3]
			k += 4
		}
	default:
		for _, o := range op.offsets {
			b, v := buf[k:k+run], in[o:]
			v = v[:len(b)]
			for i := range b {
				b[i] *= v[i]
			}
			k += run
		}
	}
}

// accumulate adds the block in buf to the operand, summing over what the operand
// does not vary along.
func (op *operand) accumulate(buf, out []float64, base int) {
	out = out[base:]
	run, k := op.run, 0
	switch {
	case run == 1:
		buf = buf[:len(op.offsets)]
		for j, o := range op.offsets {
			out[o] += buf[j]
		}
	case !op.vary && run == 2:
		for _, o := range op.offsets {
			b := buf[k : k+2]
			out[o] += b[0] + b[1]
			k += 2
		}
	case !op.vary && run == 3:
		for _, o := range op.offsets {
			b := buf[k : k+3]
			out[o] += b[0] + b[1] + b[2]
			k += 3
		}
	case !op.vary && run == 4:
		for _, o := range op.offsets {
			b := buf[k : k+4]
			out[o] += (b[0] + b[1]) + (b[2] + b[3])
			k += 4
		}
	case !op.vary:
		for _, o := range op.offsets {
			out[o] += sum(buf[k : k+run])
			k += run
		}
	case run == 2:
		for _, o := range op.offsets {
			b, v := buf[k:k+2], out[o:][:2]
			v[0] += b[0]
			v[1] += b[1]
			k += 2
		}
	default:
		for _, o := range op.offsets {
			b, v := buf[k:k+run], out[o:]
			v = v[:len(b)]
			for i := range b {
				v[i] += b[i]
			}
			k += run
		}
	}
}

// sum adds in four lanes, because one addition waits for the one before it.
func sum(b []float64) float64 {
	var s0, s1, s2, s3 float64
	for len(b) >= 4 {
		s0 += b[0]
		s1 += b[1]
		s2 += b[2]
		s3 += b[3]
		b = b[4:]
	}
	for _, v := range b {
		s0 += v
	}
	return (s0 + s1) + (s2 + s3)
}
