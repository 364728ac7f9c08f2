package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
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
		a += logBeta(sum, v)
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
		dst[i] = -digammaRise(v, others)
	}
	return dst
}

// HessianTo implements [Family]: −ψ'(Σ η_j), with ψ'(η_i) added on the diagonal.
func (f Dirichlet) HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense {
	dst = symFor(dst, f.K)
	if !f.Contains(eta) {
		return nanSym(dst)
	}
	all := trigamma(careful.Sum(eta))
	for i, v := range eta {
		for j := range i {
			dst.SetSym(i, j, -all)
		}
		dst.SetSym(i, i, trigammaFall(v, rest(eta, i)))
	}
	return dst
}

// NaturalTo implements [Family] by Newton's method, whose steps take O(K) (Minka
// 2000, Estimating a Dirichlet distribution, section 1).
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
	// For large Σ η, exp(share) is about 1 − (K−1)/(2 Σ η); small η_i are near
	// −1/E log x_i.
	sum := 0.5 * float64(f.Dim()-1) / -math.Expm1(share)
	eta := make([]float64, f.Dim())
	for i, m := range mean {
		eta[i] = max(sum*math.Exp(m-share), -1/m)
	}
	d := Dirichlet{f.Dim()}
	grad, step, next := make([]float64, d.K), make([]float64, d.K), make([]float64, d.K)
	objective := func(eta []float64) float64 { // convex, least where the mean is right
		return d.LogPartition(eta) - floats.Dot(eta, mean)
	}
	value := objective(eta)
	for range 500 {
		// The Hessian is that of q_i = ψ'(η_i) on the diagonal, less z = ψ'(Σ η)
		// everywhere, which makes its inverse one of rank one, too.
		d.MeanTo(grad, eta)
		z := trigamma(careful.Sum(eta))
		top, bottom := 0.0, 1.0
		for i, v := range eta {
			grad[i] -= mean[i]
			step[i] = trigamma(v)
			top += grad[i] / step[i]
			bottom -= z / step[i]
		}
		length, most := 1.0, 0.0
		for i, v := range eta {
			step[i] = (grad[i] + z*top/bottom) / step[i]
			most = max(most, math.Abs(step[i]/v))
			length = min(length, 0.9*v/max(0, step[i])) // stay positive
		}
		if !finite(step) {
			break
		}
		for range 60 {
			for i, v := range eta {
				next[i] = v - length*step[i]
			}
			if l := objective(next); l <= value+1e-14*math.Abs(value) {
				value = l
				break
			}
			length /= 2
		}
		copy(eta, next)
		if most < 1e-14 {
			break
		}
	}
	if !d.Contains(eta) {
		return nil, noMember(f, "the observations hardly vary")
	}
	copy(dst, eta)
	return dst, nil
}
