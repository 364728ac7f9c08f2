package density

import (
	"fmt"
	"math"
	"math/bits"

	"gonum.org/v1/gonum/dsp/fourier"

	"github.com/belief-go/belief"
)

// Grid is a kernel estimate at points of equal distance, computed all at once and
// with a known error, for pictures and for integrals.
type Grid struct {
	Lower, Step float64
	Density     []float64 // at Lower + i·Step
	// ErrorBound is a bound on the difference to the exact density at every point.
	ErrorBound float64
}

// X returns point i.
func (g *Grid) X(i int) float64 { return g.Lower + float64(i)*g.Step }

// gridMargin is how far beyond the observations a grid goes for Gaussian kernels, in
// bandwidths; what is left out has a probability below 4e-5.
const gridMargin = 4

// Grid evaluates the estimate at n points, from 2 to about a million, over the
// range of the observations and a margin of four bandwidths, one for compact
// kernels. The error is a [*belief.ConfigError].
//
// Every observation is divided between the two points next to it, in proportion to
// how near they are (linear binning, Jones & Lotwick 1984), and the counts are
// convolved with the kernel by fast Fourier transform (Silverman 1982), in
// O(N + n log n). That replaces the kernel, as a function of the observation, by its
// linear interpolation between points of distance δ, whose error is at most
// δ²/8 max|K″|/h³; a kink of an Epanechnikov kernel adds at most 3/2·δ/4h² times the
// probability of the cells that it falls into, and a step of a tophat 1/2h times
// that. ErrorBound is the sum, with what the transforms may round.
func (k *Kernel) Grid(n int) (*Grid, error) {
	if n < 2 || n > 1<<20 {
		return nil, &belief.ConfigError{Field: "n", Value: n, Want: fmt.Sprintf("between 2 and %d points", 1<<20)}
	}
	margin := k.h
	if k.shape == Gaussian {
		margin *= gridMargin
	}
	low, high := k.s.x[0]-margin, k.s.x[len(k.s.x)-1]+margin
	g := &Grid{Lower: low, Step: (high - low) / float64(n-1), Density: make([]float64, n)}
	if !(g.Step > 0x1p-50*max(math.Abs(low), math.Abs(high))) {
		return nil, &belief.ConfigError{Field: "n", Value: n, Want: "less, since the points are too close together for float64"}
	}

	size := 1 << bits.Len(uint(2*n-1)) // room for both ends, so that nothing wraps around
	counts, cells := make([]float64, size), make([]float64, n+1)
	for i, x := range k.s.x {
		at := min(max((x-low)/g.Step, 0), float64(n-1))
		cell := min(int(at), n-2)
		right := at - float64(cell)
		counts[cell] += k.s.w[i] * (1 - right)
		counts[cell+1] += k.s.w[i] * right
		cells[cell] += k.s.w[i]
	}
	// Two cells, so that a rounded position cannot fall out of them.
	heaviest, countNorm := 0.0, 0.0
	for i := range n {
		heaviest = max(heaviest, cells[i]+cells[i+1])
		countNorm += counts[i] * counts[i]
	}
	kernel := make([]float64, size)
	kernelNorm := 0.0
	for i := range n {
		v := k.shape.value(float64(i)*g.Step/k.h) / k.h
		kernel[i] = v
		if i > 0 {
			kernel[size-i] = v
		}
		kernelNorm += 2 * v * v
	}
	fft := fourier.NewFFT(size)
	a, b := fft.Coefficients(nil, counts), fft.Coefficients(nil, kernel)
	for i := range a {
		a[i] *= b[i]
	}
	fft.Sequence(counts, a)
	for i := range g.Density {
		g.Density[i] = max(0, counts[i]/float64(size)) // rounding may take it below
	}
	g.ErrorBound = k.binningError(g.Step, heaviest, max(math.Abs(low), math.Abs(high)))
	g.ErrorBound += 0x1p-50 * float64(bits.Len(uint(size))) * math.Sqrt(countNorm*kernelNorm)
	return g, nil
}

// binningError bounds what linear binning with cells of width step does to the
// density, if no two neighbouring cells hold more than heaviest, and the positions,
// up to size, are rounded.
func (k *Kernel) binningError(step, heaviest, size float64) float64 {
	relative := step / k.h
	rounding := 0x1p-50 * size / k.h
	switch k.shape {
	case Gaussian: // |K″| ≤ 1/√(2π), |K′| ≤ 0.242
		return (relative*relative/8/math.Sqrt(2*math.Pi) + 0.25*rounding) / k.h
	case Epanechnikov: // |K″| ≤ 3/2, and K′ steps by 3/2 at both ends
		return (1.5*relative*relative/8 + 2*heaviest*1.5*relative/4 + 1.5*rounding) / k.h
	default:
		return heaviest / k.h // half of it at each of two ends
	}
}
