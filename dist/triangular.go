package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// Parameters.

// Triangular is the triangular distribution on the interval from a to b with mode c,
// a ≤ c ≤ b and a < b,
//
//	p(x) = 2 (x − a) / ((b − a)(c − a)),  a ≤ x < c,
//	p(x) = 2 (b − x) / ((b − a)(b − c)),  c < x ≤ b,
//
// and p(c) = 2/(b − a).
type Triangular struct {
	Lower float64 // a, the lower end
	Mode  float64 // c
	Upper float64 // b, the upper end
}

// NewTriangular returns the distribution, or a [*ParameterError].
func NewTriangular(lower, mode, upper float64) (Triangular, error) {
	d := Triangular{lower, mode, upper}
	return d, d.Validate()
}

// Validate implements [Univariate]. The width must be finite too.
func (d Triangular) Validate() error {
	return firstError(finite("triangular", "Lower", d.Lower), finite("triangular", "Upper", d.Upper),
		contOrdered("triangular", "Upper", d.Upper, d.Upper > d.Lower && !math.IsInf(d.Upper-d.Lower, 0), "greater than Lower by a finite width"),
		contOrdered("triangular", "Mode", d.Mode, d.Mode >= d.Lower && d.Mode <= d.Upper, "between Lower and Upper"))
}

// String returns "Triangular(Lower: …, Mode: …, Upper: …)".
func (d Triangular) String() string {
	return fmt.Sprintf("Triangular(Lower: %g, Mode: %g, Upper: %g)", d.Lower, d.Mode, d.Upper)
}

// Support is the interval from a to b.
func (d Triangular) Support() Support { return Support{Lower: d.Lower, Upper: d.Upper} }

// widths returns c − a, b − c and b − a.
func (d Triangular) widths() (left, right, all float64) {
	return d.Mode - d.Lower, d.Upper - d.Mode, d.Upper - d.Lower
}

// Statistics.

// Mean returns (a + b + c)/3.
func (d Triangular) Mean() float64 { return d.Lower/3 + d.Mode/3 + d.Upper/3 }

// Variance returns (a² + b² + c² − ab − ac − bc)/18, written in the widths so that
// nothing cancels.
func (d Triangular) Variance() float64 {
	left, right, _ := d.widths()
	return (left*left + left*right + right*right) / 18
}

// Entropy returns ½ + log((b − a)/2).
func (d Triangular) Entropy() float64 { return 0.5 + careful.Log(0.5*(d.Upper-d.Lower)) }

// Evaluation.

// LogProb implements [LogProber].
func (d Triangular) LogProb(x float64) float64 {
	left, right, all := d.widths()
	return d.logProb(x, 1/left, 1/right, math.Ln2-math.Log(all))
}

// logProb has the inverse widths and the logarithm of the peak computed.
func (d Triangular) logProb(x, left, right, peak float64) float64 {
	switch {
	case x < d.Lower || x > d.Upper:
		return math.Inf(-1)
	case x < d.Mode:
		return peak + careful.Log((x-d.Lower)*left)
	case x > d.Mode:
		return peak + careful.Log((d.Upper-x)*right)
	case math.IsNaN(x):
		return x
	}
	return peak
}

// LogProbTo implements [Batcher].
func (d Triangular) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	left, right, all := d.widths()
	left, right, all = 1/left, 1/right, math.Ln2-math.Log(all)
	batchTo(dst, x, func(dst, x, y, _ []float64) {
		for i, v := range x {
			if v < d.Mode {
				y[i] = (v - d.Lower) * left
			} else {
				y[i] = (d.Upper - v) * right
			}
		}
		kernel.Log(y, y)
		for i, v := range x {
			if dst[i] = all + y[i]; v < d.Lower || v > d.Upper {
				dst[i] = math.Inf(-1)
			} else if v == d.Mode {
				dst[i] = all
			}
		}
	})
	return dst
}

// CDF implements [CDFer].
func (d Triangular) CDF(x float64) float64 {
	left, right, all := d.widths()
	switch {
	case x <= d.Lower:
		return 0
	case x >= d.Upper:
		return 1
	case x < d.Mode:
		return (x - d.Lower) / all * ((x - d.Lower) / left)
	case x > d.Mode:
		return left/all + (x-d.Mode)/all*(1+(d.Upper-x)/right) // a trapezoid beside the left triangle
	case math.IsNaN(x):
		return x
	}
	return left / all
}

// LogCDF implements [CDFer].
func (d Triangular) LogCDF(x float64) float64 {
	left, _, all := d.widths()
	switch cdf := d.CDF(x); {
	case x > d.Lower && x < d.Mode && cdf < 1e-300:
		return math.Log((x-d.Lower)/all) + math.Log((x-d.Lower)/left) // the product underflows
	case cdf < 0.5:
		return math.Log(cdf)
	}
	return math.Log1p(-d.Survival(x))
}

// mirror returns the distribution of −X.
func (d Triangular) mirror() Triangular { return Triangular{-d.Upper, -d.Mode, -d.Lower} }

// Survival implements [CDFer].
func (d Triangular) Survival(x float64) float64 { return d.mirror().CDF(-x) }

// LogSurvival implements [LogSurvivaler].
func (d Triangular) LogSurvival(x float64) float64 { return d.mirror().LogCDF(-x) }

// Quantile implements [Quantiler].
func (d Triangular) Quantile(p float64) float64 {
	left, right, all := d.widths()
	switch {
	case !contProbability(p):
		return math.NaN()
	case p*all <= left:
		if area := p * (left / all); area >= 0x1p-1022 {
			return min(d.Upper, d.Lower+all*math.Sqrt(area))
		}
		return d.Lower + all*(math.Sqrt(p)*math.Sqrt(left/all)) // the product underflows
	case p < 0.5: // the root of the trapezoid's area, in the form that does not cancel
		return min(d.Upper, d.Mode+(p*all-left)/(1+math.Sqrt((1-p)*(all/right))))
	}
	return max(d.Lower, d.Upper-all*math.Sqrt((1-p)*(right/all)))
}

// UpperQuantile implements [UpperQuantiler].
func (d Triangular) UpperQuantile(q float64) float64 { return -d.mirror().Quantile(q) }

// Gradients.

// GradLogProb returns 1/(x − a) below the mode, −1/(b − x) above it and 0 at it, and
// NaN outside the interval.
func (d Triangular) GradLogProb(x float64) float64 {
	switch {
	case !(x >= d.Lower && x <= d.Upper):
		return math.NaN()
	case x < d.Mode:
		return 1 / (x - d.Lower)
	case x > d.Mode:
		return -1 / (d.Upper - x)
	}
	return 0
}

// Params returns a, c and b.
func (d Triangular) Params() []float64 { return []float64{d.Lower, d.Mode, d.Upper} }

// ScoreTo implements [Scorer]. With left = c − a, right = b − c and all = b − a it
// is 1/all + 1/left − 1/(x − a), −1/left and −1/all below the mode, and 1/all,
// 1/right and 1/(b − x) − 1/right − 1/all above it. At the mode, where the
// one-sided derivatives differ, it is that of the peak, and outside NaN.
func (d Triangular) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 3)
	left, right, all := d.widths()
	switch {
	case !(x >= d.Lower && x <= d.Upper):
		return contNaN(dst)
	case x < d.Mode:
		dst[0], dst[1], dst[2] = 1/all+1/left-1/(x-d.Lower), -1/left, -1/all
	case x > d.Mode:
		dst[0], dst[1], dst[2] = 1/all, 1/right, 1/(d.Upper-x)-1/right-1/all
	default:
		dst[0], dst[1], dst[2] = 1/all, 0, -1/all
	}
	return dst
}

// Sampling.

// Rand inverts the distribution function.
func (d Triangular) Rand(r *rand.Rand) float64 { return d.Quantile(r.Float64()) }

// Fitting.

// FitTriangular returns the distribution on a known interval whose mode has the
// greatest likelihood. Between two neighbouring observations the logarithm of the
// likelihood is convex in the mode, so that the best mode is an observation (Johnson
// & Kotz 1999); all of them are compared, in one pass after sorting. Weights may
// be nil. The error is a [*ParameterError] for an interval that is none and
// otherwise a [*FitError]; observations at both ends have likelihood zero. Free
// ends, whose likelihood has no closed form, are not looked for.
func FitTriangular(lower, upper float64, x, w []float64) (Triangular, error) {
	if _, err := NewTriangular(lower, lower, upper); err != nil {
		return Triangular{}, err
	}
	total, err := checkSample("triangular", Support{Lower: lower, Upper: upper}, x, w)
	if err != nil {
		return Triangular{}, err
	}
	values, shares := contSorted(x, w, total)
	all := upper - lower
	// The logarithm of the likelihood at mode c is the sum of log((x − a)/(c − a))
	// below c and of log((b − x)/(b − c)) above it. It is kept as the sums of
	// log(x − a) below and of log(b − x) above, and the weights of both sides.
	var below, above, sumBelow, sumAbove float64
	for i, v := range values {
		above += shares[i]
		sumAbove += shares[i] * math.Log((upper-v)/all)
	}
	best, mode := math.Inf(-1), values[0]
	for i := 0; i < len(values); {
		c := values[i]
		share := 0.0
		for ; i < len(values) && values[i] == c; i++ {
			share += shares[i]
		}
		left, right := math.Log((c-lower)/all), math.Log((upper-c)/all)
		above -= share
		sumAbove -= share * right
		value := 0.0
		if below > 0 {
			value += sumBelow - below*left
		}
		if i < len(values) {
			value += sumAbove - above*right
		}
		if value > best {
			best, mode = value, c
		}
		below += share
		sumBelow += share * left
	}
	if math.IsInf(best, -1) {
		return Triangular{}, &FitError{"triangular", -1, "there are observations at both ends, one of which has density zero"}
	}
	return Triangular{lower, mode, upper}, nil
}
