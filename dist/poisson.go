package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Poisson is the distribution of the number of events where λ are expected,
//
//	P(x) = λ^x e^(−λ)/x!,  x = 0, 1, …
//
// λ = 0 is allowed, as nothing is then certain.
type Poisson struct {
	Lambda float64 // expected number
}

// NewPoisson returns the distribution, or a [*ParameterError].
func NewPoisson(lambda float64) (Poisson, error) {
	d := Poisson{lambda}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Poisson) Validate() error {
	if !(d.Lambda >= 0) || math.IsInf(d.Lambda, 1) {
		return &ParameterError{"poisson", "Lambda", d.Lambda, "zero or positive, and finite"}
	}
	return nil
}

// String returns "Poisson(Lambda: …)".
func (d Poisson) String() string { return fmt.Sprintf("Poisson(Lambda: %g)", d.Lambda) }

// Support is 0, 1, …, or 0 if λ = 0.
func (d Poisson) Support() Support {
	if d.Lambda == 0 {
		return Support{Discrete: true}
	}
	return Support{Lower: 0, Upper: math.Inf(1), Discrete: true}
}

// Statistics.

// Mean returns λ.
func (d Poisson) Mean() float64 { return d.Lambda }

// Variance returns λ.
func (d Poisson) Variance() float64 { return d.Lambda }

// Entropy is summed, in time that does not grow with λ.
func (d Poisson) Entropy() float64 {
	sd := math.Sqrt(d.Lambda)
	return discEntropy(d.Support(), d.Lambda, sd, discReach(sd), d.logMass)
}

// Evaluation.

// logMass is log P(x) for real x ≥ 0.
func (d Poisson) logMass(x float64) float64 { return discPoisson(x, d.Lambda) }

// LogProb implements [LogProber] by Loader's expansion.
func (d Poisson) LogProb(x float64) float64 {
	if l, out := discOutside(x, d.Support()); out {
		return l
	}
	return d.logMass(x)
}

// LogProbTo implements [Batcher].
func (d Poisson) LogProbTo(dst, x []float64) []float64 {
	dst = dstFor(dst, len(x))
	s, logRate := d.Support(), careful.Log(d.Lambda)
	for i, v := range x {
		if l, out := discOutside(v, s); out {
			dst[i] = l
		} else if l, ok := discSmall(v); ok && v > 0 && d.Lambda < 100 {
			dst[i] = v*logRate - d.Lambda - l
		} else {
			dst[i] = d.logMass(v)
		}
	}
	return dst
}

// tails returns the logarithms of CDF and survival, from P(X > x) = P(x+1, λ)
// (DLMF 8.4.10).
func (d Poisson) tails(x float64) (logCDF, logSurvival float64) {
	if c, s, beyond := discBeyond(x, d.Support()); beyond {
		return c, s
	}
	logSurvival, logCDF = gammaTails(math.Floor(x)+1, d.Lambda)
	return logCDF, logSurvival
}

// CDF implements [CDFer].
func (d Poisson) CDF(x float64) float64 { return math.Exp(d.LogCDF(x)) }

// LogCDF implements [CDFer].
func (d Poisson) LogCDF(x float64) float64 {
	c, _ := d.tails(x)
	return c
}

// Survival implements [CDFer].
func (d Poisson) Survival(x float64) float64 {
	_, s := d.tails(x)
	return math.Exp(s)
}

// LogSurvival implements [LogSurvivaler].
func (d Poisson) LogSurvival(x float64) float64 {
	_, l := d.tails(x)
	return l
}

// Quantile implements [Quantiler].
func (d Poisson) Quantile(p float64) float64 {
	sd := math.Sqrt(d.Lambda)
	return discQuantile(p, d.Support(), d.Lambda, sd, 1/max(1, sd), d.CDF)
}

// UpperQuantile implements [UpperQuantiler].
func (d Poisson) UpperQuantile(q float64) float64 {
	sd := math.Sqrt(d.Lambda)
	return discUpperQuantile(q, d.Support(), d.Lambda, sd, 1/max(1, sd), d.Survival)
}

// Gradients.

// Params returns λ.
func (d Poisson) Params() []float64 { return []float64{d.Lambda} }

// ScoreTo implements [Scorer]: x/λ − 1.
func (d Poisson) ScoreTo(dst []float64, x float64) []float64 {
	dst = dstFor(dst, 1)
	dst[0] = -1
	if x > 0 {
		dst[0] = (x - d.Lambda) / d.Lambda
	}
	return dst
}

// Sampling.

// Rand draws by inversion where λ < 10, and else by transformed rejection (Hörmann
// 1993, The transformed rejection method for generating Poisson random variables,
// algorithm PTRS).
func (d Poisson) Rand(r *rand.Rand) float64 {
	if d.Lambda < 10 {
		return d.randInversion(r)
	}
	if math.IsInf(d.Lambda, 1) {
		return d.Lambda
	}
	b := 0.931 + 2.53*math.Sqrt(d.Lambda)
	a := -0.059 + 0.02483*b
	quick := 0.9277 - 3.6224/(b-2)
	for {
		u, v := r.Float64()-0.5, r.Float64()
		near := 0.5 - math.Abs(u)
		x := math.Floor((2*a/near+b)*u + d.Lambda + 0.43)
		if near >= 0.07 && v <= quick {
			return x
		}
		if !(x >= 0 && x <= math.MaxFloat64) || near < 0.013 && v > near {
			continue
		}
		alpha := 1.1239 + 1.1328/(b-3.4)
		if math.Log(v*alpha/(a/(near*near)+b)) <= d.logMass(x) {
			return x
		}
	}
}

// randInversion searches upwards from zero.
func (d Poisson) randInversion(r *rand.Rand) float64 {
	zero := math.Exp(-d.Lambda)
	for {
		u, mass := r.Float64(), zero
		for x := 0.0; mass > 0; {
			if u < mass {
				return x
			}
			u -= mass
			x++
			mass *= d.Lambda / x
		}
		// Rounding left a rest of u above all masses: draw again.
	}
}

// Fitting.

// FitPoisson returns the distribution of greatest likelihood: λ is the weighted
// mean, where the score vanishes. Weights may be nil. The error is a [*FitError].
func FitPoisson(x, w []float64) (Poisson, error) {
	total, err := checkSample("poisson", Poisson{1}.Support(), x, w)
	if err != nil {
		return Poisson{}, err
	}
	return Poisson{discMean(x, w, total)}, nil
}
