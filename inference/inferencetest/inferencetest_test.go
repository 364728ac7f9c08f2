package inferencetest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// recorder collects what the kit complains about.
type recorder struct{ complaints []string }

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.complaints = append(r.complaints, fmt.Sprintf(format, args...))
}

// broken changes the question or the answer of a right engine.
type broken struct {
	inference.Engine
	question func(m graphical.Model, ev graphical.Evidence) graphical.Evidence
	answer   func(*inference.Posterior)
}

func (b broken) Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*inference.Posterior, error) {
	if b.question != nil {
		ev = b.question(m, ev)
	}
	p, err := b.Engine.Marginals(ctx, m, ev, targets...)
	if err == nil && b.answer != nil {
		b.answer(p)
	}
	return p, err
}

// stubborn ignores its context.
type stubborn struct{ inference.Engine }

func (s stubborn) Marginals(_ context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*inference.Posterior, error) {
	return s.Engine.Marginals(context.Background(), m, ev, targets...)
}

func TestRunPassesTheRightEngine(t *testing.T) {
	Run(t, inference.Enumeration{}, Options{Seed: 1, Models: 60})
}

func TestRunRejects(t *testing.T) {
	for name, engine := range map[string]inference.Engine{
		"evidence ignored": broken{Engine: inference.Enumeration{}, question: func(graphical.Model, graphical.Evidence) graphical.Evidence { return graphical.Evidence{} }},
		"a wrong digit": broken{Engine: inference.Enumeration{}, answer: func(p *inference.Posterior) {
			if m := p.Marginals(); len(m) > 0 {
				m[0].Probs[0] += 1e-9
			}
		}},
		"wrong evidence probability": broken{Engine: inference.Enumeration{}, answer: func(p *inference.Posterior) { p.LogEvidence.Value += 1e-6 }},
		"context ignored":            stubborn{inference.Enumeration{}},
	} {
		var r recorder
		Run(&r, engine, Options{Seed: 1, Models: 60})
		if len(r.complaints) == 0 {
			t.Errorf("the kit accepts an engine with %s", name)
		}
	}
}

// Samplers are judged by their own errors: a right one passes, and one that is
// biased, or too sure of itself, or never sure, does not.
func TestRunJudgesSamplers(t *testing.T) {
	opt := Options{Seed: 3, Models: 40, Errors: 5, Tol: 1e-9, Directed: true}
	right := inference.Weighting{Draws: 5000}
	Run(t, right, opt)
	for name, answer := range map[string]func(*inference.Posterior){
		"a bias": func(p *inference.Posterior) {
			for _, m := range p.Marginals() {
				if q := m.Probs[0]; q > 0.3 && q < 0.7 {
					m.Probs[0] += 0.1
				}
			}
		},
		"errors a tenth of the true ones": func(p *inference.Posterior) {
			for _, m := range p.Marginals() {
				for s := range m.Accuracy {
					m.Accuracy[s].StdErr /= 10
				}
			}
		},
		"errors that are not known": func(p *inference.Posterior) {
			for _, m := range p.Marginals() {
				for s := range m.Accuracy {
					m.Accuracy[s].StdErr = math.NaN()
				}
			}
		},
		"a wrong evidence probability": func(p *inference.Posterior) { p.LogEvidence.Value += 10*p.LogEvidence.StdErr + 1e-6 },
		"a claim of exactness":         func(p *inference.Posterior) { p.LogEvidence.Kind = belief.Exact },
		"no answer ever converged":     func(p *inference.Posterior) { p.Converged = false },
	} {
		var r recorder
		Run(&r, broken{Engine: right, answer: answer}, opt)
		if len(r.complaints) == 0 {
			t.Errorf("the kit accepts a sampler with %s", name)
		}
	}
}

func TestForestsHaveNoLoops(t *testing.T) {
	var r recorder
	Run(&r, inference.SumProduct{}, Options{Seed: 2, Models: 100})
	if !strings.Contains(strings.Join(r.complaints, "\n"), "loop") {
		t.Error("models that may have loops never have one")
	}
	Run(t, inference.SumProduct{}, Options{Seed: 2, Models: 100, Forests: true})
}
