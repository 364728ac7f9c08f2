package transform

// Identity leaves real numbers as they are: x = y.
type Identity struct {
	N int // how many numbers; 0: 1
}

// Validate implements [Transform].
func (t Identity) Validate() error { return checkSize("identity", "N", t.N, 0, maxLen) }

// ConstrainedDim implements [Transform].
func (t Identity) ConstrainedDim() int { return atLeastOne(t.N) }

// FreeDim implements [Transform].
func (t Identity) FreeDim() int { return atLeastOne(t.N) }

// ForwardTo implements [Transform].
func (t Identity) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.FreeDim())
	dst = dstFor(dst, len(free))
	copy(dst, free)
	return dst
}

// InverseTo implements [Transform]. The values must be finite.
func (t Identity) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.ConstrainedDim())
	dst = dstFor(dst, len(constrained))
	for i, x := range constrained {
		if !finite(x) {
			return nil, &DomainError{"identity", i, x, "finite"}
		}
		dst[i] = x
	}
	return dst, nil
}

// LogJacobian returns 0.
func (t Identity) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.FreeDim())
	return 0
}

// GradTo implements [Transform].
func (t Identity) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	copy(dst, grad)
	return dst
}
