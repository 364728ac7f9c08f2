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
	c, f := t.Of.ConstrainedDim(), t.Of.FreeDim()
	inPlace := same(dst, free)
	for i := t.N - 1; i >= 0; i-- { // from the end, for the sake of in-place use
		to, from := dst[i*c:(i+1)*c], free[i*f:(i+1)*f]
		if inPlace {
			copy(to, from)
			from = to[:f]
		}
		t.Of.ForwardTo(to, from)
	}
	return dst
}

// InverseTo implements [Transform]. The index of an error is that in all of the
// value.
func (t Repeat) InverseTo(dst, constrained []float64) ([]float64, error) {
	wantLen("constrained value", constrained, t.ConstrainedDim())
	dst = dstFor(dst, t.FreeDim())
	c, f := t.Of.ConstrainedDim(), t.Of.FreeDim()
	inPlace := same(dst, constrained)
	for i := range t.N {
		to, from := dst[i*f:(i+1)*f], constrained[i*c:(i+1)*c]
		at := to
		if inPlace {
			at = from[:f]
		}
		if _, err := t.Of.InverseTo(at, from); err != nil {
			if e, ok := err.(*DomainError); ok && e.Index >= 0 {
				e.Index += i * c
			}
			return nil, err
		}
		if inPlace {
			copy(to, at)
		}
	}
	return dst, nil
}

// LogJacobian returns the sum over all values.
func (t Repeat) LogJacobian(free []float64) float64 {
	wantLen("free value", free, t.FreeDim())
	f, sum := t.Of.FreeDim(), 0.0
	for i := range t.N {
		sum += t.Of.LogJacobian(free[i*f : (i+1)*f])
	}
	return sum
}

// GradTo implements [Transform].
func (t Repeat) GradTo(dst, free, constrained, grad []float64) []float64 {
	dst = gradArgs(dst, free, constrained, grad, t.FreeDim(), t.ConstrainedDim())
	c, f := t.Of.ConstrainedDim(), t.Of.FreeDim()
	inPlace := same(dst, grad)
	for i := range t.N {
		to, g := dst[i*f:(i+1)*f], grad[i*c:(i+1)*c]
		at := to
		if inPlace {
			at = g[:f]
		}
		t.Of.GradTo(at, free[i*f:(i+1)*f], constrained[i*c:(i+1)*c], g)
		if inPlace {
			copy(to, at)
		}
	}
	return dst
}
