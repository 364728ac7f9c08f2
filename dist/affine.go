package dist

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// Parameters.

// Affine is the distribution of a + bX for an X of another one and b ≠ 0,
//
//	p(y) = p_X((y − a)/b) / |b|.
//
// A discrete X must stay on whole numbers: then a and b must be whole, and
// probabilities are not divided by |b|.
type Affine struct {
	Base  Univariate // the distribution of X
	Shift float64    // a
	Scale float64    // b; below zero it mirrors
}

// NewAffine returns the distribution, or a [*ParameterError] or, for the base, a
// [*belief.ConfigError].
func NewAffine(base Univariate, shift, scale float64) (Affine, error) {
	d := Affine{base, shift, scale}
	return d, d.Validate()
}

// Validate implements [Univariate].
func (d Affine) Validate() error {
	const name = "affine"
	discrete, err := composeKind(name, "Base", d.Base)
	if err != nil {
		return err
	}
	if err := firstError(finite(name, "Shift", d.Shift), finite(name, "Scale", d.Scale)); err != nil {
		return err
	}
	if d.Scale == 0 {
		return &ParameterError{name, "Scale", 0, "other than zero"}
	}
	if discrete {
		whole := func(param string, v float64) *ParameterError {
			return contOrdered(name, param, v, v == math.Floor(v) && math.Abs(v) <= discMaxCount, "a whole number between −2^53 and 2^53, as the base is discrete")
		}
		if err := firstError(whole("Shift", d.Shift), whole("Scale", d.Scale)); err != nil {
			return err
		}
	}
	if s := d.Support(); !(s.Lower < s.Upper || discrete && s.Lower == s.Upper) {
		return &belief.ConfigError{Field: name + " Support", Value: s, Want: "an interval that float64 can tell from a point"}
	}
	return nil
}

// String returns "Affine(a + b X, X ~ …)".
func (d Affine) String() string {
	return fmt.Sprintf("Affine(%g + %g X, X ~ %v)", d.Shift, d.Scale, d.Base)
}

// Support is that of the base, moved.
func (d Affine) Support() Support {
	s := d.Base.Support()
	low, high := d.forth(s.Lower), d.forth(s.Upper)
	return Support{min(low, high), max(low, high), s.Discrete}
}

// forth returns a + bx.
func (d Affine) forth(x float64) float64 { return d.Shift + d.Scale*x }

// back returns (y − a)/b, kept in the support of the base where only rounding takes
// it out.
func (d Affine) back(y float64) float64 {
	x := (y - d.Shift) / d.Scale
	if s := d.Base.Support(); !s.Contains(x) && !s.Discrete && d.Support().Contains(y) {
		x = min(s.Upper, max(s.Lower, x))
	}
	return x
}

// Statistics.

// Mean returns a plus b times the mean of the base.
func (d Affine) Mean() float64 { return d.forth(d.Base.Mean()) }

// Variance returns b² times the variance of the base.
func (d Affine) Variance() float64 { return d.Scale * d.Scale * d.Base.Variance() }

// Entropy returns the entropy of the base, plus log |b| for a density.
func (d Affine) Entropy() float64 {
	if d.Base.Support().Discrete {
		return d.Base.Entropy()
	}
	return d.Base.Entropy() + careful.Log(math.Abs(d.Scale))
}

// Evaluation.

// LogProb implements [LogProber].
func (d Affine) LogProb(y float64) float64 {
	x := d.back(y)
	if d.Base.Support().Discrete {
		if x = math.RoundToEven(x); d.forth(x) != y && !math.IsNaN(y) {
			return math.Inf(-1)
		}
		return d.Base.LogProb(x)
	}
	return d.Base.LogProb(x) - careful.Log(math.Abs(d.Scale))
}

// LogProbTo implements [Batcher], as fast as the base's where it has that.
func (d Affine) LogProbTo(dst, y []float64) []float64 {
	dst = dstFor(dst, len(y))
	batch, ok := d.Base.(Batcher)
	if !ok {
		return contEach(dst, y, d.LogProb)
	}
	b := borrow(len(y))
	defer scratch.Put(b)
	x, discrete := *b, d.Base.Support().Discrete
	for i, v := range y {
		if x[i] = d.back(v); discrete {
			x[i] = math.RoundToEven(x[i])
		}
	}
	batch.LogProbTo(dst, x)
	shift := 0.0
	if !discrete {
		shift = careful.Log(math.Abs(d.Scale))
	}
	for i, v := range y {
		if dst[i] -= shift; discrete && d.forth(x[i]) != v && !math.IsNaN(v) {
			dst[i] = math.Inf(-1)
		}
	}
	return dst
}

// before returns the greatest value of a discrete base that is less than x, or x
// itself for a density: with a mirrored base, what is less than x has to be counted.
func (d Affine) before(x float64) float64 {
	if d.Base.Support().Discrete {
		return math.Ceil(x) - 1
	}
	return x
}

// CDF implements [CDFer].
func (d Affine) CDF(y float64) float64 {
	if x := d.back(y); d.Scale < 0 {
		return d.Base.Survival(d.before(x))
	} else {
		return d.Base.CDF(x)
	}
}

// LogCDF implements [CDFer]. With a mirrored base it is the logarithm of the survival
// of the base, and −Inf where that underflows and the base is no [LogSurvivaler].
func (d Affine) LogCDF(y float64) float64 {
	if x := d.back(y); d.Scale < 0 {
		return logSurvival(d.Base, d.before(x))
	} else {
		return d.Base.LogCDF(x)
	}
}

// LogSurvival implements [LogSurvivaler], as far as the base does.
func (d Affine) LogSurvival(y float64) float64 {
	if x := d.back(y); d.Scale < 0 {
		return d.Base.LogCDF(d.before(x))
	} else {
		return logSurvival(d.Base, x)
	}
}

// Survival implements [CDFer].
func (d Affine) Survival(y float64) float64 {
	if x := d.back(y); d.Scale < 0 {
		return d.Base.CDF(d.before(x))
	} else {
		return d.Base.Survival(x)
	}
}

// Quantile implements [Quantiler].
func (d Affine) Quantile(p float64) float64 {
	switch {
	case !contProbability(p):
		return math.NaN()
	case d.Scale > 0:
		return d.forth(d.Base.Quantile(p))
	case p == 0 || p == 1: // the ends of the base, in the other order
		return d.forth(d.Base.Quantile(1 - p))
	case d.Base.Support().Discrete:
		// The greatest x with P(X ≥ x) ≥ p is the least one with P(X > x) < p.
		return d.forth(d.whole(p, func(x float64) bool { return d.Base.Survival(x) < p }))
	}
	return d.forth(composeExact(d.Base, p))
}

// UpperQuantile implements [UpperQuantiler]; of a discrete base, the least y with
// P(Y > y) ≤ q.
func (d Affine) UpperQuantile(q float64) float64 {
	switch {
	case !contProbability(q):
		return math.NaN()
	case q == 0 || q == 1:
		return d.Quantile(1 - q)
	case d.Base.Support().Discrete && d.Scale > 0:
		return d.forth(d.whole(q, func(x float64) bool { return d.Base.Survival(x) <= q }))
	case d.Base.Support().Discrete:
		// P(Y > y) is P(X < x), at most q up to the least x with P(X ≤ x) > q.
		return d.forth(composeWhole(d.Base.Quantile(q), d.Base.Support().Lower, d.Base.Support().Upper, func(x float64) bool { return d.Base.CDF(x) > q }))
	case d.Scale < 0:
		return d.forth(d.Base.Quantile(q))
	}
	return d.forth(composeExact(d.Base, q))
}

// whole searches the values of a discrete base from about where P(X > x) is q.
func (d Affine) whole(q float64, ok func(x float64) bool) float64 {
	s := d.Base.Support()
	return composeWhole(d.Base.Quantile(min(1-q, 1-1e-15)), s.Lower, s.Upper, ok)
}

// Gradients.

// GradLogProb returns the gradient of the base divided by b, NaN if it has none.
func (d Affine) GradLogProb(y float64) float64 {
	if g, ok := d.Base.(Grader); ok {
		return g.GradLogProb(d.back(y)) / d.Scale
	}
	return math.NaN()
}

// Sampling.

// Rand draws from the base.
func (d Affine) Rand(r *rand.Rand) float64 { return d.forth(d.Base.Rand(r)) }
