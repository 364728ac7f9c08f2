package transform

import "github.com/belief-go/belief/dist"

// Join puts transforms side by side, each on a stretch of its own: it makes one
// transform of the parameters of a model, in the order in which they stand.
type Join []Transform

func (t Join) part(i int) Transform { return t[i] }

// Validate implements [Transform].
func (t Join) Validate() error {
	if err := checkSize("joined transform", "length", len(t), 1, maxLen); err != nil {
		return err
	}
	total := 0
	for i, p := range t {
		if p == nil {
			return &dist.ParameterError{Distribution: "joined transform", Parameter: "part", Value: float64(i), Want: "not nil"}
		}
		if err := p.Validate(); err != nil {
			return err
		}
		if total += p.ConstrainedDim(); total > maxLen {
			return &dist.ParameterError{Distribution: "joined transform", Parameter: "dimension", Value: float64(total), Want: "fewer values"}
		}
	}
	return nil
}

// ConstrainedDim implements [Transform].
func (t Join) ConstrainedDim() (n int) {
	for _, p := range t {
		n += p.ConstrainedDim()
	}
	return n
}

// FreeDim implements [Transform].
func (t Join) FreeDim() (n int) {
	for _, p := range t {
		n += p.FreeDim()
	}
	return n
}

// ForwardTo implements [Transform].
func (t Join) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.FreeDim())
	dst = dstFor(dst, t.ConstrainedDim())
	forwardParts(dst, free, len(t), t.part)
	return dst
}

// InverseTo implements [Transform]. The index of an error is that in all of the
// value.
func (t Join) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.ConstrainedDim())
	dst = dstFor(dst, t.FreeDim())
	if err := inverseParts(dst, constrained, len(t), t.part); err != nil {
		return nil, err
	}
	return dst, nil
}

// LogJacobian returns the sum over all parts.
func (t Join) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.FreeDim())
	return logJacobianOfParts(free, len(t), t.part)
}

// GradTo implements [Transform].
func (t Join) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	gradOfParts(dst, free, constrained, grad, len(t), t.part)
	return dst
}
