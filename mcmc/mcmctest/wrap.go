package mcmctest

import "github.com/belief-go/belief/mcmc"

// wrapper is a target that asks a function before it answers.
type wrapper interface {
	mcmc.Target
	set(ask func(x []float64) error)
}

// wrap returns a wrapper that has a gradient if the target has one.
func wrap(t mcmc.Target) wrapper {
	w := &plain{target: t, ask: func([]float64) error { return nil }}
	if g, ok := t.(mcmc.GradTarget); ok {
		return &withGrad{w, g}
	}
	return w
}

type plain struct {
	target mcmc.Target
	ask    func(x []float64) error
}

func (w *plain) Dim() int                        { return w.target.Dim() }
func (w *plain) set(ask func(x []float64) error) { w.ask = ask }
func (w *plain) LogDensity(x []float64) (float64, error) {
	if err := w.ask(x); err != nil {
		return 0, err
	}
	return w.target.LogDensity(x)
}

type withGrad struct {
	*plain
	grad mcmc.GradTarget
}

func (w *withGrad) LogDensityGrad(x, grad []float64) (float64, error) {
	if err := w.ask(x); err != nil {
		return 0, err
	}
	return w.grad.LogDensityGrad(x, grad)
}
