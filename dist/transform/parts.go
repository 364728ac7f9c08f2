package transform

// Transforms of values that stand one after the other. No part is shorter when
// constrained than when free, and so in-place work goes from the end when it
// constrains and from the front when it frees.

func dims(n int, part func(int) Transform) (c, f int) {
	for i := range n {
		p := part(i)
		c += p.ConstrainedDim()
		f += p.FreeDim()
	}
	return c, f
}

func forwardParts(dst, free []float64, n int, part func(int) Transform) {
	c, f := dims(n, part)
	inPlace := same(dst, free)
	for i := n - 1; i >= 0; i-- {
		p := part(i)
		pc, pf := p.ConstrainedDim(), p.FreeDim()
		c, f = c-pc, f-pf
		to, from := dst[c:c+pc], free[f:f+pf]
		if inPlace {
			copy(to, from)
			from = to[:pf]
		}
		p.ForwardTo(to, from)
	}
}

func inverseParts(dst, constrained []float64, n int, part func(int) Transform) error {
	c, f := 0, 0
	inPlace := same(dst, constrained)
	for i := range n {
		p := part(i)
		pc, pf := p.ConstrainedDim(), p.FreeDim()
		to, from := dst[f:f+pf], constrained[c:c+pc]
		at := to
		if inPlace {
			at = from[:pf]
		}
		if _, err := p.InverseTo(at, from); err != nil {
			if e, ok := err.(*DomainError); ok && e.Index >= 0 {
				e.Index += c
			}
			return err
		}
		if inPlace {
			copy(to, at)
		}
		c, f = c+pc, f+pf
	}
	return nil
}

func logJacobianOfParts(free []float64, n int, part func(int) Transform) (sum float64) {
	f := 0
	for i := range n {
		p := part(i)
		pf := p.FreeDim()
		sum += p.LogJacobian(free[f : f+pf])
		f += pf
	}
	return sum
}

func gradOfParts(dst, free, constrained, grad []float64, n int, part func(int) Transform) {
	c, f := 0, 0
	inPlace := same(dst, grad)
	for i := range n {
		p := part(i)
		pc, pf := p.ConstrainedDim(), p.FreeDim()
		to, g := dst[f:f+pf], grad[c:c+pc]
		at := to
		if inPlace {
			at = g[:pf]
		}
		p.GradTo(at, free[f:f+pf], constrained[c:c+pc], g)
		if inPlace {
			copy(to, at)
		}
		c, f = c+pc, f+pf
	}
}
