package montecarlo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime/debug"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A Source draws points.
type Source interface {
	// Dim is the length of a point.
	Dim() int
	dist.VectorRander
}

// A Proposal draws points and knows how likely they are. Its density must be
// normalized. Any [dist.Multivariate] is one.
type Proposal interface {
	dist.VectorLogProber
	dist.VectorRander
}

// A Func is a distribution given by functions, which several goroutines may call
// at once.
type Func struct {
	N    int                                 // the length of a point
	Draw func(dst []float64, r *rand.Rand)   // writes a draw to dst
	Log  func(x []float64) (logProb float64) // nil where no density is needed
}

// Dim returns N.
func (f Func) Dim() int { return f.N }

// RandTo implements [dist.VectorRander].
func (f Func) RandTo(dst []float64, r *rand.Rand) []float64 {
	f.Draw(dst, r)
	return dst
}

// LogProb implements [dist.VectorLogProber]; it is NaN if there is no Log.
func (f Func) LogProb(x []float64) float64 {
	if f.Log == nil {
		return math.NaN()
	}
	return f.Log(x)
}

// Validate looks at what every use needs.
func (f Func) Validate() error {
	if f.Draw == nil {
		return &belief.ConfigError{Field: "Draw", Value: "nil", Want: "a function"}
	}
	return nil
}

// A PointError says at which point a function has a value that nothing can be
// done with, or panics.
type PointError struct {
	Function string    // which function
	X        []float64 // the point
	Value    float64   // what it is there, NaN if it panics
	Err      error     // its panic, nil if there is none
	Stack    string    // of the panic
}

// Unwrap returns the panic.
func (e *PointError) Unwrap() error { return e.Err }

// Error names the function and the point, whose middle is left out if it is long.
func (e *PointError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("montecarlo: the %s panics at x = %s: %v", e.Function, formatPoint(e.X), e.Err)
	}
	return fmt.Sprintf("montecarlo: the %s is %v at x = %s", e.Function, e.Value, formatPoint(e.X))
}

func formatPoint(x []float64) string {
	if len(x) <= 8 {
		return fmt.Sprint(x)
	}
	head, tail := fmt.Sprint(x[:4]), fmt.Sprint(x[len(x)-2:])
	return fmt.Sprintf("%s … %s (%d coordinates)", head[:len(head)-1], tail[1:], len(x))
}

// maxDim is the longest point, and maxBytes the most memory that draws may take.
const (
	maxDim   = 1 << 24
	maxBytes = 4 << 30
)

// checkSource returns the dimension of a source that can be drawn from.
func checkSource(field string, d Source) (dim int, err error) {
	if d == nil {
		return 0, &belief.ConfigError{Field: field, Value: "nil", Want: "a distribution"}
	}
	if v, ok := d.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return 0, err
		}
	}
	if dim = d.Dim(); dim < 1 || dim > maxDim {
		return 0, &belief.ConfigError{Field: "dimension of " + field, Value: dim, Want: fmt.Sprintf("between 1 and %d", maxDim)}
	}
	return dim, nil
}

// checkSize refuses draws that would not fit, before memory is taken: n draws of
// so many numbers each.
func checkSize(field string, n, each int) error {
	if n < 1 {
		return &belief.ConfigError{Field: field, Value: n, Want: "at least 1"}
	}
	if need := 8 * float64(n) * float64(each); need > maxBytes {
		return &belief.TooLargeError{What: "sample of draws", Bytes: need, Budget: maxBytes, Advice: "take fewer draws at a time"}
	}
	return nil
}

// checkLog refuses logarithms of densities that are none.
func checkLog(function string, x []float64, l float64) error {
	if !(l <= math.MaxFloat64) {
		return &PointError{Function: function, X: append([]float64(nil), x...), Value: l}
	}
	return nil
}

// value returns f(x); a panic of f becomes a [*PointError].
func value(function string, f func(x []float64) float64, x []float64) (v float64, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = math.NaN(), panicked(function, append([]float64(nil), x...), p)
		}
	}()
	return f(x), nil
}

// valueAt is value for functions of a number.
func valueAt(function string, f func(x float64) float64, x float64) (v float64, err error) {
	defer func() {
		if p := recover(); p != nil {
			v, err = math.NaN(), panicked(function, []float64{x}, p)
		}
	}()
	return f(x), nil
}

func panicked(function string, x []float64, p any) error {
	cause, ok := p.(error)
	if !ok {
		cause = fmt.Errorf("%v", p)
	}
	return &PointError{Function: function, X: x, Value: math.NaN(), Err: cause, Stack: string(debug.Stack())}
}

// open returns a uniform number of r in (0, 1), never an end.
func open(r *rand.Rand) float64 { return (float64(r.Uint64()>>11) + 0.5) / (1 << 53) }
