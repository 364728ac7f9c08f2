package mcmc

import (
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"sync/atomic"
)

// A Target is a density on ℝⁿ, known up to a constant factor.
//
// Chains run in parallel: a target that keeps scratch memory implements
// [Cloner], and one that does not must be safe for concurrent use.
type Target interface {
	// Dim is the dimension n. It never changes.
	Dim() int
	// LogDensity returns the logarithm of the density at x, in nats; −Inf is
	// density zero. An error that wraps ErrReject says that the density cannot
	// be computed at x, and counts as density zero; any other ends the run. x
	// must not be kept or changed.
	LogDensity(x []float64) (float64, error)
}

// A GradTarget is a target with its gradient.
type GradTarget interface {
	Target
	// LogDensityGrad returns the log density at x and writes its gradient to
	// grad, which has length Dim. Errors are as in LogDensity.
	LogDensityGrad(x, grad []float64) (float64, error)
}

// A Cloner is a target that cannot be shared by goroutines.
type Cloner interface {
	// Clone returns an equal target with memory of its own.
	Clone() Target
}

// A Quantifier is a target that says what of a point is written down. Without
// it draws hold the coordinates themselves, named x[1], x[2], …
type Quantifier interface {
	// Names are the names of the quantities, as "mu" or "theta[3]".
	Names() []string
	// QuantitiesTo writes the quantities of the point x to dst, of the length
	// of Names. It may be called by the chain that owns the target only.
	QuantitiesTo(dst, x []float64)
}

// ErrReject says that a density cannot be computed at a point, and that the
// point is to be treated as one of density zero. Targets wrap it.
var ErrReject = errors.New("the point is rejected")

// A TargetError says at which point a target failed.
type TargetError struct {
	X   []float64 // the point
	Err error     // what the target returned, or what is wrong with its value
	// Stack is that of the target's panic, empty if it was none.
	Stack string
}

// Error tells the cause and the point, whose middle is left out if it is long.
func (e *TargetError) Error() string {
	return fmt.Sprintf("mcmc: the target fails at x = %s: %v", formatPoint(e.X), e.Err)
}

// Unwrap returns the cause.
func (e *TargetError) Unwrap() error { return e.Err }

// ErrPositiveInfinity is the cause of a [TargetError] where the log density is
// +Inf, at which no sampler can do right.
var ErrPositiveInfinity = errors.New("the log density is +Inf")

func formatPoint(x []float64) string {
	if len(x) <= 8 {
		return fmt.Sprint(x)
	}
	head, tail := fmt.Sprint(x[:4]), fmt.Sprint(x[len(x)-2:])
	return fmt.Sprintf("%s … %s (%d coordinates)", head[:len(head)-1], tail[1:], len(x))
}

// A Guard is a target as kernels see it: it counts evaluations and leaves them
// only two cases, a number or an error that ends the run. Rejections, NaN, and
// gradients that are not finite become −Inf; +Inf and panics become a
// [*TargetError]. A Guard belongs to one goroutine.
type Guard struct {
	// Evaluations counts calls of LogDensity and LogDensityGrad together.
	Evaluations int64
	// Gradients counts calls of LogDensityGrad.
	Gradients int64
	// NotANumber counts values of NaN, and finite densities whose gradient is
	// not finite: mostly a sign of a mistake in the target.
	NotANumber int64

	target Target
	grad   GradTarget // nil if the target has no gradient
	at     []float64  // where the target is being called by unguarded
	// interrupted, if not nil, makes every call fail once it is true.
	interrupted *atomic.Bool
}

// errInterrupted says that a call came after its chain had to end.
var errInterrupted = errors.New("mcmc: interrupted")

func (g *Guard) isInterrupted() bool { return g.interrupted != nil && g.interrupted.Load() }

// NewGuard guards a target. A target that is a Guard already is returned as it is.
func NewGuard(t Target) *Guard {
	if g, ok := t.(*Guard); ok {
		return g
	}
	g := &Guard{target: t}
	g.grad, _ = t.(GradTarget)
	return g
}

// Target returns the target that is guarded.
func (g *Guard) Target() Target { return g.target }

// Dim is the dimension of the target.
func (g *Guard) Dim() int { return g.target.Dim() }

// HasGrad tells whether the target has a gradient.
func (g *Guard) HasGrad() bool { return g.grad != nil }

// LogDensity returns the log density at x, −Inf included, or an error that ends
// the run.
func (g *Guard) LogDensity(x []float64) (l float64, err error) {
	if g.isInterrupted() {
		return math.NaN(), errInterrupted
	}
	g.Evaluations++
	defer g.recovered(x, &l, &err)
	l, err = g.target.LogDensity(x)
	return g.judge(x, l, err)
}

// LogDensityGrad returns the log density at x and writes its gradient to grad,
// which means nothing where the log density is −Inf. It panics if the target has
// no gradient.
func (g *Guard) LogDensityGrad(x, grad []float64) (l float64, err error) {
	if g.grad == nil {
		panic("mcmc: the target has no gradient")
	}
	defer g.recovered(x, &l, &err)
	if l, err = g.unguarded(x, grad); err == nil && !math.IsInf(l, -1) && !g.checkGrad(grad) {
		return math.Inf(-1), nil
	}
	return l, err
}

// unguarded is LogDensityGrad without a look at the gradient, and without the
// recovery from panics, which its caller defers to recoveredAt once for many calls.
func (g *Guard) unguarded(x, grad []float64) (float64, error) {
	if g.isInterrupted() {
		return math.NaN(), errInterrupted
	}
	g.Evaluations++
	g.Gradients++
	g.at = x
	l, err := g.grad.LogDensityGrad(x, grad)
	g.at = nil
	if err == nil && l-l == 0 { // finite
		return l, nil
	}
	return g.judge(x, l, err)
}

// checkGrad tells whether the gradient is finite, and counts one that is not.
func (g *Guard) checkGrad(grad []float64) bool {
	for _, v := range grad {
		if v-v != 0 { // neither NaN nor infinite
			g.NotANumber++
			return false
		}
	}
	return true
}

// judge sorts a value into the two cases.
func (g *Guard) judge(x []float64, l float64, err error) (float64, error) {
	switch {
	case err != nil && errors.Is(err, ErrReject):
		return math.Inf(-1), nil
	case err != nil:
		if errors.As(err, new(*TargetError)) { // of a target that this one is a view of
			return math.NaN(), err
		}
		return math.NaN(), &TargetError{X: slices.Clone(x), Err: err}
	case l != l:
		g.NotANumber++
		return math.Inf(-1), nil
	case l > math.MaxFloat64:
		return math.NaN(), &TargetError{X: slices.Clone(x), Err: ErrPositiveInfinity}
	}
	return l, nil
}

// recovered turns a panic of the target into an error with the point.
func (g *Guard) recovered(x []float64, l *float64, err *error) {
	if p := recover(); p != nil {
		*l, *err = math.NaN(), panicked(x, p)
	}
}

// recoveredAt is recovered for calls of unguarded. It lets other panics pass.
func (g *Guard) recoveredAt(err *error) {
	if g.at == nil {
		return
	}
	if p := recover(); p != nil {
		*err = panicked(g.at, p)
	}
	g.at = nil
}

func panicked(x []float64, p any) error {
	cause, ok := p.(error)
	if !ok {
		cause = fmt.Errorf("%v", p)
	}
	return &TargetError{X: slices.Clone(x), Err: fmt.Errorf("panic: %w", cause), Stack: string(debug.Stack())}
}
