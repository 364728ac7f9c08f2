package autodiff

import (
	"math"

	"github.com/belief-go/belief/internal/special"
)

// Functions of the gamma distribution and of the normal one.

// Lgamma returns log Γ(x) of each entry; NaN of those below zero.
func (x Var[T]) Lgamma() Var[T] { return x.each(lgammaOp[T]{}, lgamma) }

func lgamma(x float64) float64 {
	if x < 0 {
		return math.NaN()
	}
	return special.LogGamma(x)
}

type lgammaOp[T Float] struct{}

func (lgammaOp[T]) Name() string { return "Lgamma" }
func (lgammaOp[T]) Backward(n *Node[T]) {
	eachBack(n, func(x, _ float64) float64 { return special.Digamma(x) })
}
func (lgammaOp[T]) Chain(n *Node[T], grad Var[T]) { n.Give(0, grad.Mul(n.inputs[0].Var().Digamma())) }

// Digamma returns the derivative of log Γ(x) of each entry; NaN of those below zero. It
// has no second derivative here.
func (x Var[T]) Digamma() Var[T] { return x.each(digammaOp[T]{}, special.Digamma) }

type digammaOp[T Float] struct{}

func (digammaOp[T]) Name() string { return "Digamma" }
func (digammaOp[T]) Backward(n *Node[T]) {
	eachBack(n, func(x, _ float64) float64 { return special.Trigamma(x) })
}

// Erf returns the error function of each entry.
func (x Var[T]) Erf() Var[T] { return x.each(erfOp[T]{}, math.Erf) }

type erfOp[T Float] struct{}

func (erfOp[T]) Name() string { return "Erf" }
func (erfOp[T]) Backward(n *Node[T]) {
	eachBack(n, func(x, _ float64) float64 { return math.Exp(-x*x) * 2 / math.SqrtPi })
}
func (erfOp[T]) Chain(n *Node[T], grad Var[T]) {
	slope := n.inputs[0].Var().Square().Neg().Exp().Scale(T(2 / math.SqrtPi))
	n.Give(0, grad.Mul(slope))
}

const halfLog2Pi = 0.91893853320467274178 // ½ log 2π

// LogNormalCDF returns log Φ(x) of each entry, where Φ is the standard normal
// distribution's CDF.
func (x Var[T]) LogNormalCDF() Var[T] { return x.each(logNormalCDFOp[T]{}, logNormalCDF) }

func logNormalCDF(x float64) float64 {
	switch {
	case x > 0:
		return math.Log1p(-0.5 * math.Erfc(x/math.Sqrt2))
	case x < -30: // the function underflows soon
		return -0.5*x*x - halfLog2Pi - math.Log(-x) + math.Log1p(-millsRest(x))
	}
	return math.Log(0.5 * math.Erfc(-x/math.Sqrt2))
}

// logNormalSlope is the derivative φ(x)/Φ(x) of y = log Φ(x).
func logNormalSlope(x, y float64) float64 {
	if x < -30 {
		return -x / (1 - millsRest(x))
	}
	return math.Exp(-0.5*x*x - halfLog2Pi - y)
}

// millsRest returns 1 + xΦ(x)/φ(x) for x < −30 (DLMF 7.12.1).
func millsRest(x float64) float64 {
	y := 1 / (x * x)
	return y * (1 - y*(3-y*(15-y*(105-y*(945-y*(10395-y*135135))))))
}

type logNormalCDFOp[T Float] struct{}

func (logNormalCDFOp[T]) Name() string        { return "LogNormalCDF" }
func (logNormalCDFOp[T]) Backward(n *Node[T]) { eachBack(n, logNormalSlope) }
func (logNormalCDFOp[T]) Chain(n *Node[T], grad Var[T]) {
	slope := n.inputs[0].Var().Square().Scale(-0.5).Shift(-halfLog2Pi).Sub(n.Var()).Exp()
	n.Give(0, grad.Mul(slope))
}

// GELU returns x·Φ(x) of each entry (Hendrycks & Gimpel 2016), exactly and not by the
// hyperbolic tangent.
func (x Var[T]) GELU() Var[T] {
	return x.each(geluOp[T]{}, func(x float64) float64 { return x * normalCDF(x) })
}

func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

type geluOp[T Float] struct{}

func (geluOp[T]) Name() string { return "GELU" }
func (geluOp[T]) Backward(n *Node[T]) {
	eachBack(n, func(x, _ float64) float64 { return normalCDF(x) + x*math.Exp(-0.5*x*x-halfLog2Pi) })
}
func (geluOp[T]) Chain(n *Node[T], grad Var[T]) {
	x := n.inputs[0].Var()
	cdf := x.Scale(T(math.Sqrt2 / 2)).Erf().Scale(0.5).Shift(0.5)
	density := x.Square().Scale(-0.5).Shift(-halfLog2Pi).Exp()
	n.Give(0, grad.Mul(cdf.Add(x.Mul(density))))
}
