package transform

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/belief-go/belief/dist"
)

// A Transform is a one-to-one map from free space to a set of constrained values.
type Transform interface {
	// ConstrainedDim is the length of a constrained value.
	ConstrainedDim() int
	// FreeDim is the length of a free one; it is never greater.
	FreeDim() int
	// ForwardTo writes the constrained value of free to dst and returns it.
	ForwardTo(dst, free []float64) []float64
	// InverseTo writes the free value of constrained to dst and returns it. A
	// value outside the set is a [*DomainError]; dst then is in disorder.
	InverseTo(dst, constrained []float64) ([]float64, error)
	// LogJacobian returns log |det ∂ constrained / ∂ free|.
	LogJacobian(free []float64) float64
	// GradTo takes the gradient of a log density of the constrained value and
	// writes that of log density plus LogJacobian in the free value to dst. The
	// constrained value must be that of free. dst may be grad.
	GradTo(dst, free, constrained, grad []float64) []float64
	// Validate returns a [*dist.ParameterError] if there is no such transform.
	Validate() error
}

// A DomainError says why a value is outside the constrained set.
type DomainError struct {
	Transform string
	Index     int     // where in the value, −1 if it is all of it
	Value     float64 // the offending entry, or the sum or norm that is wrong
	Want      string  // what it must be
}

// Error names transform, entry and value.
func (e *DomainError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("%s: the value is outside: it has %v and must have %s", e.Transform, e.Value, e.Want)
	}
	return fmt.Sprintf("%s: the value is outside: entry %d is %v and must be %s", e.Transform, e.Index, e.Value, e.Want)
}

const (
	// least is the smallest normal number. Below it logarithms, reciprocals and
	// products lose their digits.
	least = 0x1p-1022
	// slack is how far a sum or norm may be from one.
	slack = 1e-8
	// maxOrder bounds matrices, so that their size is no surprise.
	maxOrder = 1 << 15
	// maxLen bounds vectors.
	maxLen = min(1<<40, math.MaxInt)
)

// dstFor returns dst if it has length n and a new slice if it is nil.
func dstFor(dst []float64, n int) []float64 {
	if dst == nil {
		return make([]float64, n)
	}
	wantLen("destination", dst, n)
	return dst
}

// wantLen panics if x has not length n.
func wantLen(what string, x []float64, n int) {
	if len(x) != n {
		panic(fmt.Sprintf("transform: %s of length %d, want %d", what, len(x), n))
	}
}

// gradArgs checks the arguments of GradTo.
func gradArgs(dst, free, constrained, grad []float64, freeDim, constrainedDim int) []float64 {
	wantLen("free value", free, freeDim)
	wantLen("constrained value", constrained, constrainedDim)
	wantLen("gradient", grad, constrainedDim)
	return dstFor(dst, len(free))
}

// same says whether two slices begin at the same number.
func same(a, b []float64) bool { return unsafe.SliceData(a) == unsafe.SliceData(b) }

// finite says whether x is a number.
func finite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

// checkFinite validates a parameter.
func checkFinite(name, param string, v float64) error {
	if !finite(v) {
		return &dist.ParameterError{Distribution: name, Parameter: param, Value: v, Want: "finite"}
	}
	return nil
}

// checkSize validates a length or an order.
func checkSize(name, param string, v, low, high int) error {
	if v < low || v > high {
		return &dist.ParameterError{Distribution: name, Parameter: param, Value: float64(v), Want: fmt.Sprintf("from %d to %d", low, high)}
	}
	return nil
}

// atLeastOne is the length of elementwise transforms: 0 stands for one number.
func atLeastOne(n int) int { return max(n, 1) }

// expIn returns exp(y), kept between least and the greatest number.
func expIn(y float64) float64 { return min(max(math.Exp(y), least), math.MaxFloat64) }

// logSech returns log(1/cosh y).
func logSech(y float64) float64 {
	y = math.Abs(y)
	return math.Ln2 - y - math.Log1p(math.Exp(-2*y))
}

// above returns the next number greater than x.
func above(x float64) float64 {
	if x >= 0 && x < least {
		return least
	}
	return math.Nextafter(x, math.Inf(1))
}

// below returns the next number less than x.
func below(x float64) float64 { return -above(-x) }
