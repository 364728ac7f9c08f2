package density

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
)

// A KernelShape is the density that is put around every observation.
type KernelShape uint8

// The kernels, as functions of u, the distance over the bandwidth.
const (
	Gaussian     KernelShape = iota // exp(−u²/2)/√(2π)
	Epanechnikov                    // ¾(1 − u²) on |u| ≤ 1
	Tophat                          // ½ on |u| ≤ 1
)

var shapeNames = []string{"gaussian", "epanechnikov", "tophat"}

// String returns the name of the kernel.
func (k KernelShape) String() string {
	if int(k) < len(shapeNames) {
		return shapeNames[k]
	}
	return fmt.Sprintf("KernelShape(%d)", uint8(k))
}

// check returns an error for a number that is no kernel.
func (k KernelShape) check() error {
	if int(k) >= len(shapeNames) {
		return &belief.ConfigError{Field: "Shape", Value: k, Want: "one of the kernels"}
	}
	return nil
}

const halfLog2Pi = 0.91893853320467274178 // ½ log 2π

// value returns K(u).
func (k KernelShape) value(u float64) float64 {
	switch {
	case k == Gaussian:
		return math.Exp(-0.5*u*u - halfLog2Pi)
	case !(math.Abs(u) <= 1):
		return 0
	case k == Epanechnikov:
		return 0.75 * (1 - u) * (1 + u)
	}
	return 0.5
}

// cdf returns the integral of K up to u.
func (k KernelShape) cdf(u float64) float64 {
	switch {
	case k == Gaussian:
		return 0.5 * math.Erfc(-u/math.Sqrt2)
	case u <= -1:
		return 0
	case u >= 1:
		return 1
	case k == Epanechnikov:
		return 0.25 * (1 + u) * (1 + u) * (2 - u) // no difference of large numbers near −1
	}
	return 0.5 * (1 + u)
}

// overlap returns the convolution of a compact K with itself at u.
func (k KernelShape) overlap(u float64) float64 {
	u = math.Abs(u)
	switch {
	case u >= 2:
		return 0
	case k == Epanechnikov:
		rest := 2 - u
		return 3. / 160 * rest * rest * rest * (4 + u*(6+u))
	}
	return 0.25 * (2 - u)
}

// reach is the |u| beyond which K and its overlap with itself do not matter to
// scores: those of a Gaussian are below 1e-17 of their peaks.
func (k KernelShape) reach() (value, overlap float64) {
	if k == Gaussian {
		return 8.9, 12.6
	}
	return 1, 2
}

// variance returns that of K.
func (k KernelShape) variance() float64 {
	return [...]float64{Gaussian: 1, Epanechnikov: 0.2, Tophat: 1. / 3}[k]
}

// canonical returns the bandwidth of a product of K in d dimensions that smooths as
// much as Gaussian kernels of bandwidth one: the ratio of (∫K²)^(d/(d+4)) over
// variance^(2/(d+4)) (Marron & Nolan 1988).
func (k KernelShape) canonical(d int) float64 {
	square := [...]float64{Gaussian: 0.5 / math.Sqrt(math.Pi), Epanechnikov: 0.6, Tophat: 0.5}
	factor := func(k KernelShape) float64 {
		return math.Pow(math.Pow(square[k], float64(d))/(k.variance()*k.variance()), 1/float64(d+4))
	}
	return factor(k) / factor(Gaussian)
}

// rand draws from K.
func (k KernelShape) rand(r *rand.Rand) float64 {
	switch k {
	case Gaussian:
		return r.NormFloat64()
	case Tophat:
		return 2*r.Float64() - 1
	}
	// Of three uniform numbers, the last unless it is the largest in size, else
	// the second (Devroye & Györfi 1985, page 236).
	a, b, c := 2*r.Float64()-1, 2*r.Float64()-1, 2*r.Float64()-1
	if math.Abs(c) >= math.Abs(a) && math.Abs(c) >= math.Abs(b) {
		return b
	}
	return c
}
