package mcmc

// Func is a target of n dimensions whose log density is a function that is safe
// for concurrent use.
func Func(n int, logDensity func(x []float64) float64) Target { return funcTarget{n, logDensity} }

type funcTarget struct {
	n int
	f func([]float64) float64
}

func (t funcTarget) Dim() int                                { return t.n }
func (t funcTarget) LogDensity(x []float64) (float64, error) { return t.f(x), nil }

// GradFunc is a target of n dimensions whose log density is a function that
// returns its value at x and writes its gradient to grad. It must be safe for
// concurrent use.
func GradFunc(n int, logDensityGrad func(x, grad []float64) float64) GradTarget {
	return &gradFuncTarget{n, logDensityGrad, make([]float64, n)}
}

type gradFuncTarget struct {
	n       int
	f       func(x, grad []float64) float64
	scratch []float64
}

func (t *gradFuncTarget) Dim() int                                { return t.n }
func (t *gradFuncTarget) LogDensity(x []float64) (float64, error) { return t.f(x, t.scratch), nil }
func (t *gradFuncTarget) LogDensityGrad(x, grad []float64) (float64, error) {
	return t.f(x, grad), nil
}
func (t *gradFuncTarget) Clone() Target { return GradFunc(t.n, t.f) }
