package process

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// Acquisition functions: what an evaluation promises where a function that is to be
// minimized is predicted to be normal with mean μ and standard deviation s, y* being
// the least value so far. With z = (y* − ξ − μ)/s and h(z) = φ(z) + z Φ(z), the
// expected improvement is s h(z) and the probability of improvement Φ(z).

// An Acquisition says how much one would like to evaluate a function at a point.
type Acquisition interface {
	// Score returns a number that is the larger, the more promising the point.
	// Only the order of scores counts.
	Score(mean, sd, best float64) float64
	// Validate returns a [*belief.ConfigError] if a setting has no meaning.
	Validate() error
}

// ExpectedImprovement is E max(y* − ξ − f, 0) (Jones, Schonlau & Welch 1998, equation
// 15).
type ExpectedImprovement struct {
	Xi float64 // ξ, an improvement that is not worth the effort; in units of the function
}

// Value returns the expected improvement.
func (a ExpectedImprovement) Value(mean, sd, best float64) float64 {
	return math.Exp(a.Score(mean, sd, best))
}

// Score returns the logarithm of the expected improvement, accurate where the
// improvement itself underflows (Ament et al. 2023, equation 9), so that there is a
// way uphill from anywhere.
func (a ExpectedImprovement) Score(mean, sd, best float64) float64 {
	gain := best - a.Xi - mean
	if sd == 0 {
		return math.Log(max(gain, 0))
	}
	return math.Log(sd) + logImprovement(gain/sd)
}

// Validate implements [Acquisition].
func (a ExpectedImprovement) Validate() error { return checkSetting("Acquisition.Xi", a.Xi) }

// ProbabilityOfImprovement is P(f < y* − ξ) (Kushner 1964).
type ProbabilityOfImprovement struct {
	// Xi is ξ. If it is 0, points next to the best are preferred to all others, and
	// the search stays where it is. On Branin's function, whose values have a standard
	// deviation of 51, ξ = 1 comes near the minimum within 30 evaluations.
	Xi float64
}

// Value returns the probability of improvement.
func (a ProbabilityOfImprovement) Value(mean, sd, best float64) float64 {
	return math.Exp(a.Score(mean, sd, best))
}

// Score returns the logarithm of the probability of improvement.
func (a ProbabilityOfImprovement) Score(mean, sd, best float64) float64 {
	gain := best - a.Xi - mean
	if sd == 0 {
		if gain > 0 {
			return 0
		}
		return math.Inf(-1)
	}
	return dist.Normal{Sigma: 1}.LogCDF(gain / sd)
}

// Validate implements [Acquisition].
func (a ProbabilityOfImprovement) Validate() error { return checkSetting("Acquisition.Xi", a.Xi) }

// UpperConfidenceBound prefers the points whose confidence interval reaches farthest
// (Srinivas et al. 2010). In a minimization that is the lower end, μ − β s.
type UpperConfidenceBound struct {
	Beta float64 // β, standard deviations; 0: 2
}

// Score returns β s − μ.
func (a UpperConfidenceBound) Score(mean, sd, _ float64) float64 {
	beta := a.Beta
	if beta == 0 {
		beta = 2
	}
	return beta*sd - mean
}

// Validate implements [Acquisition].
func (a UpperConfidenceBound) Validate() error { return checkSetting("Acquisition.Beta", a.Beta) }

func checkSetting(field string, v float64) error {
	if !(v >= 0) || math.IsInf(v, 1) {
		return &belief.ConfigError{Field: field, Value: v, Want: "0 or positive, and finite"}
	}
	return nil
}

// logImprovement returns log h(z). From −2 downwards φ and zΦ cancel, and h is
// √(2/π) e^(−z²/2) r₀ r₁, where r_n is the ratio of the (n+1)-th to the n-th repeated
// integral of erfc at x = −z/√2, counted from the −1st. The recurrence of the
// integrals (DLMF 7.18.7) makes r_n = 1/(2x + 2(n+1) r_{n+1}), a continued fraction
// with positive terms that is evaluated from its far end.
func logImprovement(z float64) float64 {
	if z > -2 {
		return math.Log(math.Exp(-z*z/2)/math.Sqrt(2*math.Pi) + z*0.5*math.Erfc(-z/math.Sqrt2))
	}
	x := -z / math.Sqrt2
	r, next := 0.0, 0.0
	for n := 12 + math.Floor(170/(x*x)); n >= 0; n-- {
		next, r = r, 1/(2*x+2*(n+1)*r)
	}
	return 0.5*math.Log(2/math.Pi) - z*z/2 + math.Log(r) + math.Log(next)
}

// String returns "ExpectedImprovement(Xi: …)".
func (a ExpectedImprovement) String() string { return fmt.Sprintf("ExpectedImprovement(Xi: %g)", a.Xi) }

// String returns "ProbabilityOfImprovement(Xi: …)".
func (a ProbabilityOfImprovement) String() string {
	return fmt.Sprintf("ProbabilityOfImprovement(Xi: %g)", a.Xi)
}

// String returns "UpperConfidenceBound(Beta: …)".
func (a UpperConfidenceBound) String() string {
	return fmt.Sprintf("UpperConfidenceBound(Beta: %g)", a.Beta)
}
