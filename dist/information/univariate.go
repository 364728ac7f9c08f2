package information

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// KL returns the Kullback–Leibler divergence E_p[log p/q] of two distributions of a
// number, by a formula for two of a kind that has one, else by a sum or quadrature. It
// is +Inf where q has no density and p has, and where the integral diverges. A density
// that quadrature or interpolation cannot follow is sampled, always by the same draws.
//
// The error of this and the other divergences is that of Validate, or a
// [*belief.ConfigError] for nil; the value is then NaN.
func KL(p, q dist.Univariate) (Value, error) {
	if err := validate(p, q); err != nil {
		return failed(), err
	}
	if v, ok := closedKL(p, q); ok {
		return exact(v, ClosedForm), nil
	}
	return compare(&kullback, p, q)
}

// CrossEntropy returns −E_p[log q], the divergence KL plus the entropy of p.
func CrossEntropy(p, q dist.Univariate) (Value, error) {
	v, err := KL(p, q)
	if err != nil {
		return v, err
	}
	h, wrong := entropyOf(p)
	v.Value += h
	v.Error += wrong
	if wrong > 0 && v.Kind == belief.Exact && !math.IsInf(v.Value, 0) {
		v.Kind, v.Method = belief.Approximation, Quadrature
	}
	return v, nil
}

// Perplexity returns exp of the entropy of p.
func Perplexity(p dist.Univariate) (float64, error) {
	if err := validate(p, p); err != nil {
		return math.NaN(), err
	}
	return math.Exp(p.Entropy()), nil
}

// JensenShannon returns the Jensen–Shannon divergence, at most log 2.
func JensenShannon(p, q dist.Univariate) (Value, error) {
	if err := validate(p, q); err != nil {
		return failed(), err
	}
	return compare(&jensen, p, q)
}

// Hellinger returns the Hellinger distance, at most one.
func Hellinger(p, q dist.Univariate) (Value, error) {
	if err := validate(p, q); err != nil {
		return failed(), err
	}
	if v, ok := closedRenyi(0.5, p, q); ok { // −2 log(1 − H²)
		return exact(math.Sqrt(-math.Expm1(-0.5*v)), ClosedForm), nil
	}
	return compare(&hellinger, p, q)
}

// TotalVariation returns the total variation distance, at most one.
func TotalVariation(p, q dist.Univariate) (Value, error) {
	if err := validate(p, q); err != nil {
		return failed(), err
	}
	if v, ok := closedVariation(p, q); ok {
		return exact(v, ClosedForm), nil
	}
	return compare(&variation, p, q)
}

// Renyi returns the Rényi divergence of a positive, finite order; order one is KL. The
// error may be a [*belief.ConfigError] too.
func Renyi(alpha float64, p, q dist.Univariate) (Value, error) {
	m, err := renyi(alpha)
	if err != nil {
		return failed(), err
	}
	if alpha == 1 {
		return KL(p, q)
	}
	if err := validate(p, q); err != nil {
		return failed(), err
	}
	if v, ok := closedRenyi(alpha, p, q); ok {
		return exact(v, ClosedForm), nil
	}
	v, err := compare(m, p, q)
	switch {
	case err == nil && farApart(alpha, v.Value):
		return compare(affinity(alpha), p, q)
	case err == nil && alpha > 1 && !(v.Value < math.MaxFloat64): // may be no more than too large a sum
		return compare(steep(alpha, p, q), p, q)
	}
	return v, err
}

// compare sums or integrates.
func compare(m *measure, p, q dist.Univariate) (Value, error) {
	if empirical(p) || empirical(q) {
		return sumAtoms(m, p, q), nil
	}
	discreteP, discreteQ := p.Support().Discrete, q.Support().Discrete
	if discreteP != discreteQ { // they have nothing in common
		return exact(m.value(m.onlyP+m.onlyQ), ClosedForm), nil
	}
	if len(pieces(p))+len(pieces(q)) > mostPieces {
		return fallBack(m, p, q)
	}
	if discreteP {
		return sumUp(m, p, q)
	}
	return integrate(m, p, q)
}

// outside says whether p has probability where q cannot have any.
func outside(p, q dist.Univariate) bool {
	s, r := p.Support(), q.Support()
	below := s.Lower < r.Lower && (p.CDF(r.Lower) > 0 && !s.Discrete || s.Discrete && p.CDF(math.Ceil(r.Lower)-1) > 0)
	return below || s.Upper > r.Upper && p.Survival(r.Upper) > 0
}

// finish makes the value of a sum that may be wrong by some amount.
func (m *measure) finish(sum, wrong float64, method Method, kind belief.Kind) Value {
	v := Value{Estimate: belief.Estimate{Value: m.value(sum), Kind: kind}, Method: method}
	if math.IsInf(v.Value, 1) && kind != belief.Exact && m.order > 0 && m.order < 1 {
		v.Error = math.Inf(1) // what they have in common may only be too small for float64
	}
	if kind == belief.Exact || math.IsInf(v.Value, 0) || math.IsNaN(v.Value) {
		return v
	}
	// Log densities are right to a few units of the last digit, and so are their
	// differences t. Terms are about t², and those of total variation |t|.
	shake := 16 * 0x1p-52
	if m == &variation {
		wrong += shake
	} else {
		wrong += shake * max(sum, math.Sqrt(sum))
	}
	if math.IsNaN(wrong) {
		wrong = math.Inf(1)
	}
	if wrong > 0 {
		v.Error = math.Abs(m.value(sum+wrong) - v.Value)
		if lower := math.Abs(v.Value - m.value(max(0, sum-wrong))); lower > v.Error {
			v.Error = lower
		}
	}
	v.Error += 4 * 0x1p-52 * math.Abs(v.Value)
	return v
}
