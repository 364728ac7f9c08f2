package mcmc

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// A SplitTarget is a target whose density is the product of a reference, mostly
// the prior, and a likelihood. Ladders of temperatures lead from the one to the
// other: at inverse temperature β the density is reference × likelihood^β.
type SplitTarget interface {
	Target
	// LogSplit returns the logarithms of both factors at x, whose sum is the log
	// density. Errors are as in LogDensity. Evidence estimates take the
	// reference for normalized.
	LogSplit(x []float64) (reference, likelihood float64, err error)
}

// A SplitGradTarget is a SplitTarget with the gradients of both factors.
type SplitGradTarget interface {
	SplitTarget
	// LogSplitGrad writes the gradients of the logarithms of the factors to
	// reference and likelihood.
	LogSplitGrad(x, referenceGrad, likelihoodGrad []float64) (reference, likelihood float64, err error)
}

// LogSplit returns the logarithms of reference and likelihood at x, or an error
// that ends the run; both are −Inf where the point is rejected. It panics if the
// target is not a [SplitTarget].
func (g *Guard) LogSplit(x []float64) (reference, likelihood float64, err error) {
	t, ok := g.target.(SplitTarget)
	if !ok {
		panic("mcmc: the target is not split")
	}
	if g.isInterrupted() {
		return math.NaN(), math.NaN(), errInterrupted
	}
	g.Evaluations++
	defer g.recovered(x, &reference, &err)
	reference, likelihood, err = t.LogSplit(x)
	return g.judgeSplit(x, reference, likelihood, err)
}

// LogSplitGrad is LogSplit with gradients. It panics if the target is not a
// [SplitGradTarget].
func (g *Guard) LogSplitGrad(x, referenceGrad, likelihoodGrad []float64) (reference, likelihood float64, err error) {
	t, ok := g.target.(SplitGradTarget)
	if !ok {
		panic("mcmc: the target is not split or has no gradient")
	}
	if g.isInterrupted() {
		return math.NaN(), math.NaN(), errInterrupted
	}
	g.Evaluations++
	g.Gradients++
	defer g.recovered(x, &reference, &err)
	reference, likelihood, err = t.LogSplitGrad(x, referenceGrad, likelihoodGrad)
	return g.judgeSplit(x, reference, likelihood, err)
}

// judgeSplit judges both factors.
func (g *Guard) judgeSplit(x []float64, reference, likelihood float64, err error) (float64, float64, error) {
	if reference, err = g.judge(x, reference, err); err != nil {
		return reference, math.NaN(), err
	}
	if math.IsInf(reference, -1) {
		return reference, reference, nil // what the likelihood is out there is of no account
	}
	likelihood, err = g.judge(x, likelihood, nil)
	return reference, likelihood, err
}

// NewPosterior returns the target prior × likelihood, which is split, and has a
// gradient if both parts have: the prior by [dist.VectorGrader], the likelihood
// as a [GradTarget]. It can be cloned as the likelihood can; the prior is taken
// for immutable, as the distributions of package dist are. Dimensions that differ
// are a [*belief.ConfigError].
func NewPosterior(prior dist.VectorLogProber, likelihood Target) (SplitTarget, error) {
	if prior == nil || likelihood == nil {
		return nil, &belief.ConfigError{Field: "prior or likelihood", Value: "nil", Want: "given"}
	}
	if m, n := prior.Dim(), likelihood.Dim(); m != n {
		return nil, &belief.ConfigError{Field: "prior", Value: fmt.Sprintf("of dimension %d", m), Want: fmt.Sprintf("of the likelihood's dimension %d", n)}
	}
	p := posterior{prior, likelihood}
	grader, ok := prior.(dist.VectorGrader)
	grad, hasGrad := likelihood.(GradTarget)
	if ok && hasGrad {
		return &gradPosterior{p, grader, grad, make([]float64, prior.Dim())}, nil
	}
	return &p, nil
}

type posterior struct {
	prior      dist.VectorLogProber
	likelihood Target
}

// Dim implements [Target].
func (p *posterior) Dim() int { return p.prior.Dim() }

// LogDensity implements [Target].
func (p *posterior) LogDensity(x []float64) (float64, error) {
	reference, likelihood, err := p.LogSplit(x)
	return reference + likelihood, err
}

// LogSplit implements [SplitTarget]. Outside the prior's support the likelihood
// is not asked.
func (p *posterior) LogSplit(x []float64) (reference, likelihood float64, err error) {
	if reference = p.prior.LogProb(x); math.IsInf(reference, -1) {
		return reference, reference, nil
	}
	likelihood, err = p.likelihood.LogDensity(x)
	return reference, likelihood, err
}

// Clone implements [Cloner].
func (p *posterior) Clone() Target { return &posterior{p.prior, cloned(p.likelihood)} }

// cloned returns a clone of t, or t if it can be shared.
func cloned(t Target) Target {
	if c, ok := t.(Cloner); ok {
		return c.Clone()
	}
	return t
}

// gradPosterior has memory for the gradient of the prior.
type gradPosterior struct {
	posterior
	grader  dist.VectorGrader
	grad    GradTarget
	scratch []float64
}

// LogDensityGrad implements [GradTarget].
func (p *gradPosterior) LogDensityGrad(x, grad []float64) (float64, error) {
	reference, likelihood, err := p.LogSplitGrad(x, p.scratch, grad)
	for i, v := range p.scratch {
		grad[i] += v
	}
	return reference + likelihood, err
}

// LogSplitGrad implements [SplitGradTarget].
func (p *gradPosterior) LogSplitGrad(x, referenceGrad, likelihoodGrad []float64) (reference, likelihood float64, err error) {
	if reference = p.prior.LogProb(x); math.IsInf(reference, -1) {
		return reference, reference, nil
	}
	p.grader.GradLogProbTo(referenceGrad, x)
	likelihood, err = p.grad.LogDensityGrad(x, likelihoodGrad)
	return reference, likelihood, err
}

// Clone implements [Cloner].
func (p *gradPosterior) Clone() Target {
	likelihood := cloned(p.likelihood)
	grad, ok := likelihood.(GradTarget)
	if !ok {
		panic("mcmc: the clone of a target has lost its gradient")
	}
	return &gradPosterior{posterior{p.prior, likelihood}, p.grader, grad, slices.Clone(p.scratch)}
}
