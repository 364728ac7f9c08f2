package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/special"
)

// Dirichlet is the family of the Dirichlet distributions of K probabilities:
// T = (log x₁, …, log x_K), h = 1/(x₁ ⋯ x_K),
//
//	η = α,  A = Σ log Γ(η_i) − log Γ(Σ η_i),  η > 0.
//
// A value counts as x/Σ x_i if Σ x_i is one up to 1e-8, and is outside the support
// otherwise, as in [dist.Dirichlet].
type Dirichlet struct {
	K int // number of probabilities, at least 2
}

// Dim implements [Family].
func (f Dirichlet) Dim() int { return f.K }

// Size implements [Family].
func (f Dirichlet) Size() int { return f.K }

// Validate implements [Family].
func (f Dirichlet) Validate() error { return between("Dirichlet", "K", float64(f.K), 2, maxClasses) }

// String returns "Dirichlet(K: …)".
func (f Dirichlet) String() string { return fmt.Sprintf("Dirichlet(K: %d)", f.K) }

// Natural returns η of a distribution, or a [*dist.ParameterError].
func (f Dirichlet) Natural(d dist.Dirichlet) ([]float64, error) {
	if len(d.Alpha) != f.K {
		return natural(f, "K", float64(len(d.Alpha)), float64(f.K))
	}
	return natural(f, "", 0, 0, append([]float64(nil), d.Alpha...)...)
}

// Distribution returns the member η, or a [*dist.ParameterError].
func (f Dirichlet) Distribution(eta []float64) (dist.Dirichlet, error) {
	if err := domain(f, eta); err != nil {
		return dist.Dirichlet{}, err
	}
	return dist.NewDirichlet(eta)
}

// SufficientTo implements [Family].
func (f Dirichlet) SufficientTo(dst, x []float64) []float64 {
	dst = dstFor(dst, f.K)
	check("value", x, f.K)
	sum := careful.Sum(x)
	for i, v := range x {
		dst[i] = math.Log(v / sum)
	}
	return dst
}

// LogBase implements [Family].
func (f Dirichlet) LogBase(x []float64) float64 {
	check("value", x, f.K)
	sum, logs := careful.Sum(x), 0.0
	for _, v := range x {
		if !(v > 0) {
			return inside(false, sum, 0)
		}
		logs += math.Log(v / sum)
	}
	return inside(math.Abs(sum-1) <= 1e-8, sum, -logs)
}

// Contains implements [Family].
func (f Dirichlet) Contains(eta []float64) bool {
	check("η", eta, f.K)
	for _, v := range eta {
		if !(v > 0) || math.IsInf(v, 1) {
			return false
		}
	}
	return true
}

// LogPartition implements [Family]: the sum of log B(Σ_{j<i} η_j, η_i) over i, whose
// terms do not cancel as the formula's do.
func (f Dirichlet) LogPartition(eta []float64) float64 {
	if !f.Contains(eta) {
		return outside(eta)
	}
	a, sum := 0.0, eta[0]
	for _, v := range eta[1:] {
		a += special.LogBeta(sum, v)
		sum += v
	}
	return a
}

// rest returns Σ η_j over j ≠ i.
func rest(eta []float64, i int) float64 {
	sum := 0.0
	for j, v := range eta {
		if j != i {
			sum += v
		}
	}
	return sum
}

// MeanTo implements [Family]: ψ(η_i) − ψ(Σ η_j).
func (f Dirichlet) MeanTo(dst, eta []float64) []float64 {
	dst = dstFor(dst, f.K)
	if !f.Contains(eta) {
		return nan(dst)
	}
	sum := careful.Sum(eta)
	for i, v := range eta {
		others := sum - v
		if others < 0.5*sum {
			others = rest(eta, i) // at most one η_i is that large
		}
		dst[i] = -special.DigammaRise(v, others)
	}
	return dst
}

// HessianTo implements [Family]: −ψ'(Σ η_j), with ψ'(η_i) added on the diagonal.
func (f Dirichlet) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, f.K)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	all := special.Trigamma(careful.Sum(eta))
	for i, v := range eta {
		for j := range i {
			dst.SetSym(i, j, -all)
		}
		dst.SetSym(i, i, special.TrigammaFall(v, rest(eta, i)))
	}
	return dst
}

// NaturalTo implements [Family]: with S = Σ η, each η_i solves ψ(η_i) = mean_i + ψ(S),
// and S is where they sum to S. That is one equation in log S, which Newton's method
// solves within a bracket; Newton's method for all η_i (Minka 2000, Estimating a
// Dirichlet distribution, section 1) hardly moves where they differ by orders of
// magnitude.
func (f Dirichlet) NaturalTo(dst, mean []float64) ([]float64, error) {
	return naturalDirichlet(f, dst, mean)
}

// naturalDirichlet solves for η under another family's name, too.
func naturalDirichlet(f Family, dst, mean []float64) ([]float64, error) {
	dst = dstFor(dst, f.Dim())
	check("mean", mean, f.Dim())
	share := careful.LogSumExp(mean) // log Σ exp(E log x_i) < 0 by Jensen's inequality
	if !finite(mean) || !(share < 0) {
		return nil, noMember(f, "the observations do not vary")
	}
	heavy := floats.MaxIdx(mean)
	// For large S, exp(share) is about 1 − (K−1)/(2S).
	t := math.Log(0.5 * float64(f.Dim()-1) / -math.Expm1(share))
	low, high := math.Inf(-1), math.Inf(1)
	for step := 1.0; ; {
		sum := math.Exp(t)
		level, slope := special.Digamma(sum), 0.0
		for i, m := range mean {
			dst[i] = inverseDigamma(m + level)
			slope += 1 / special.Trigamma(dst[i])
		}
		total := careful.Sum(dst)
		excess := math.Log(total) - t
		gain := special.Trigamma(sum)*slope*sum/total - 1 // of the excess, in t
		if 2*dst[heavy] > total {
			// ψ(S) − ψ(S − R) must be −mean: with the others' sum R, which S hardly
			// moves, the heavy one keeps its digits.
			others := rest(dst, heavy)
			own, rise := sum-others, -mean[heavy]
			if !(own > 0) {
				excess, gain = 1, -1
			} else if have := special.DigammaRise(own, others); have > 0 {
				excess = math.Log(have / rise)
				moved := special.Trigamma(sum) * (slope - 1/special.Trigamma(dst[heavy]))
				gain = sum * (special.Trigamma(own)*moved - special.TrigammaFall(own, others)) / have
				dst[heavy] = own
			}
		}
		if excess > 0 {
			low = t
		} else {
			high = t
		}
		next := t - excess/gain
		switch {
		case math.IsNaN(excess) || math.Abs(t) > 700:
			return nil, noMember(f, "the natural parameters overflow or vanish")
		case math.IsInf(high, 1):
			if !(next > t && next < t+step) {
				next = t + step
			}
			step *= 2
		case math.IsInf(low, -1):
			if !(next < t && next > t-step) {
				next = t - step
			}
			step *= 2
		case !(next > low && next < high):
			next = 0.5 * (low + high)
		}
		if math.Abs(excess) < 1e-15 || math.Abs(next-t) <= 2e-16*math.Abs(t) || high-low <= 4e-16*math.Abs(t) {
			break
		}
		t = next
	}
	for range 3 {
		polishDirichlet(dst, mean)
	}
	if !f.Contains(dst) {
		return nil, noMember(f, "the natural parameters overflow or vanish")
	}
	return dst, nil
}

// polishDirichlet takes a step of Newton's method in all η_i, for the digits that the
// mean of one that outweighs the others loses in a sum with ψ(S). The Hessian is that
// of q_i = ψ'(η_i) on the diagonal, less z = ψ'(S) everywhere, which makes its inverse
// one of rank one, too.
func polishDirichlet(eta, mean []float64) {
	d := Dirichlet{len(eta)}
	step := d.MeanTo(nil, eta)
	z := special.Trigamma(careful.Sum(eta))
	top, bottom := 0.0, 1.0
	for i, v := range eta {
		q := special.Trigamma(v)
		step[i] = (step[i] - mean[i]) / q
		top += step[i]
		bottom -= z / q
	}
	for i, v := range eta {
		step[i] += z * top / bottom / special.Trigamma(v)
		if !(math.Abs(step[i]) < 1e-3*v) {
			return // nothing but rounding is left to divide by
		}
	}
	floats.Sub(eta, step)
}

// inverseDigamma returns the x > 0 with ψ(x) = y, by Newton's method from an
// approximation that is good at both ends (Minka 2000, appendix C).
func inverseDigamma(y float64) float64 {
	x := math.Exp(y) + 0.5
	if y < -2.22 {
		x = -1 / (y + 0.57721566490153286061)
	}
	for range 10 {
		step := (special.Digamma(x) - y) / special.Trigamma(x)
		x -= step
		if !(math.Abs(step) > 1e-15*x) {
			break
		}
	}
	return x
}
