package transform

import (
	"math"

	"github.com/belief-go/belief/dist"
)

// Repeat applies one transform to each of N values, which stand one after the other:
// the rows of a transition matrix are a Repeat of a [Simplex]. It is the batch form
// of every transform.
type Repeat struct {
	Of Transform
	N  int // how many, at least 1
}

func (t Repeat) part(int) Transform { return t.Of }

// Validate implements [Transform].
func (t Repeat) Validate() error {
	if t.Of == nil {
		return &dist.ParameterError{Distribution: "repeated transform", Parameter: "Of", Value: math.NaN(), Want: "a transform"}
	}
	if err := t.Of.Validate(); err != nil {
		return err
	}
	return checkSize("repeated transform", "N", t.N, 1, max(1, maxLen/t.Of.ConstrainedDim()))
}

// ConstrainedDim implements [Transform].
func (t Repeat) ConstrainedDim() int { return t.N * t.Of.ConstrainedDim() }

// FreeDim implements [Transform].
func (t Repeat) FreeDim() int { return t.N * t.Of.FreeDim() }

// ForwardTo implements [Transform].
func (t Repeat) ForwardTo(dst, free []float64) []float64 {
	wantLen("free value", free, t.FreeDim())
	dst = dstFor(dst, t.ConstrainedDim())
	forwardParts(dst, free, t.N, t.part)
	return dst
}

// InverseTo implements [Transform]. The index of an error is that in all of the
// value.
func (t Repeat) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.ConstrainedDim())
	dst = dstFor(dst, t.FreeDim())
	if err := inverseParts(dst, constrained, t.N, t.part); err != nil {
		return nil, err
	}
	return dst, nil
}

// LogJacobian returns the sum over all values.
func (t Repeat) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.FreeDim())
	return logJacobianOfParts(free, t.N, t.part)
}

// GradTo implements [Transform].
func (t Repeat) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	gradOfParts(dst, free, constrained, grad, t.N, t.part)
	return dst
}
