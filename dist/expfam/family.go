package expfam

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// A Family is an exponential family. Its methods panic at slices of wrong length.
type Family interface {
	// Dim is the length of η and of T(x).
	Dim() int
	// Size is the length of a value x.
	Size() int
	// Validate returns a [*dist.ParameterError] if there is no such family.
	Validate() error
	// String names the family and what it fixes. Families are equal if they have
	// the same string.
	String() string

	// SufficientTo writes T(x) to dst and returns it; nil allocates.
	SufficientTo(dst, x []float64) []float64
	// LogBase returns log h(x), −Inf outside the support.
	LogBase(x []float64) float64
	// Contains says whether η is in the domain.
	Contains(eta []float64) bool
	// LogPartition returns A(η), in nats.
	LogPartition(eta []float64) float64
	// MeanTo writes ∇A(η) = E T to dst and returns it; nil allocates.
	MeanTo(dst, eta []float64) []float64
	// HessianTo writes ∇²A(η) = Cov T, which is the Fisher information of η, to
	// dst and returns it; nil allocates.
	HessianTo(dst *mat.SymDense, eta []float64) *mat.SymDense
	// NaturalTo writes the η with ∇A(η) = mean to dst and returns it; nil
	// allocates. For the mean of T over data that is the η of greatest
	// likelihood. The error is a [*dist.FitError].
	NaturalTo(dst, mean []float64) ([]float64, error)
}

// LogProb returns log p(x) of the family's member η: −Inf outside the support, and
// NaN if A(η) is not finite. Where η·T and A are large and nearly cancel, as for
// normal distributions far from the origin, the distribution itself keeps more
// digits.
func LogProb(f Family, eta, x []float64) float64 {
	base, a := f.LogBase(x), f.LogPartition(eta)
	switch {
	case math.IsInf(a, 0):
		return math.NaN()
	case math.IsInf(base, -1) && !math.IsNaN(a):
		return base
	}
	sum := base - a
	for i, t := range f.SufficientTo(nil, x) {
		sum += eta[i] * t
	}
	return sum
}

// What the families share.

const (
	halfLog2Pi = 0.91893853320467274178 // ½ log 2π
	maxCount   = 1 << 53                // above it float64 skips whole numbers
	maxClasses = 1 << 24
	maxRows    = 1 << 12 // of a matrix; T then has eight million entries
)

// check panics at a slice of wrong length.
func check(what string, v []float64, n int) {
	if len(v) != n {
		panic(fmt.Sprintf("expfam: %s of length %d, want %d", what, len(v), n))
	}
}

// dstFor returns dst if it has length n, and a new slice if it is nil.
func dstFor(dst []float64, n int) []float64 {
	if dst == nil {
		return make([]float64, n)
	}
	check("destination", dst, n)
	return dst
}

// symFor returns dst if it has n rows, and a new matrix if it is nil or empty.
func symFor(dst *mat.SymDense, n int) *mat.SymDense {
	if dst == nil {
		return mat.NewSymDense(n, nil)
	}
	if dst.IsEmpty() {
		dst.ReuseAsSym(n)
	}
	if rows := dst.SymmetricDim(); rows != n {
		panic(fmt.Sprintf("expfam: destination of %d rows, want %d", rows, n))
	}
	return dst
}

// nan fills a gradient that does not exist.
func nan(dst []float64) []float64 {
	for i := range dst {
		dst[i] = math.NaN()
	}
	return dst
}

// nanSym fills a matrix that does not exist.
func nanSym(dst *mat.SymDense) *mat.SymDense {
	n := dst.SymmetricDim()
	for i := range n {
		for j := range i + 1 {
			dst.SetSym(i, j, math.NaN())
		}
	}
	return dst
}

// outside returns what A is at an η outside the domain.
func outside(eta []float64) float64 {
	for _, v := range eta {
		if math.IsNaN(v) {
			return v
		}
	}
	return math.Inf(1)
}

// finite says whether all numbers are.
func finite(v []float64) bool {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// count says whether x is a whole number from 0 to n.
func count(x, n float64) bool { return x >= 0 && x <= n && x == math.Floor(x) && !math.IsInf(x, 1) }

// inside returns v where ok, −Inf elsewhere, and NaN at an x that is NaN.
func inside(ok bool, x, v float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case !ok:
		return math.Inf(-1)
	}
	return v
}

// positive checks what a family fixes.
func positive(name, param string, v float64) error {
	if !(v > 0) || math.IsInf(v, 1) {
		return &dist.ParameterError{Distribution: name, Parameter: param, Value: v, Want: "positive and finite"}
	}
	return nil
}

// between checks a whole number that a family fixes.
func between(name, param string, v, low, high float64) error {
	if !(v >= low && v <= high) || v != math.Floor(v) {
		return &dist.ParameterError{Distribution: name, Parameter: param, Value: v,
			Want: fmt.Sprintf("a whole number between %g and %g", low, high)}
	}
	return nil
}

// natural returns η, or the error of a distribution that is not of the family:
// what the family fixes is called param and has to be equal.
func natural(f Family, param string, got, want float64, eta ...float64) ([]float64, error) {
	if got != want {
		return nil, &dist.ParameterError{Distribution: f.String(), Parameter: param, Value: got, Want: "that of the family"}
	}
	for _, v := range eta {
		if math.IsNaN(v) {
			return nil, &dist.ParameterError{Distribution: f.String(), Parameter: "natural parameter", Value: v,
				Want: "a number, which it is for every distribution that exists"}
		}
	}
	if !f.Contains(eta) {
		return nil, degenerate(f)
	}
	return eta, nil
}

// degenerate is the error of a distribution at infinity of η.
func degenerate(f Family) error {
	return &dist.ParameterError{Distribution: f.String(), Parameter: "natural parameter", Value: math.Inf(1),
		Want: "finite, which it is for no degenerate distribution"}
}

// domain returns the error of an η outside the domain.
func domain(f Family, eta []float64) error {
	check("η", eta, f.Dim())
	if f.Contains(eta) {
		return nil
	}
	value := eta[0]
	for _, v := range eta {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			value = v
			break
		}
	}
	return &dist.ParameterError{Distribution: f.String(), Parameter: "natural parameter", Value: value, Want: "in the domain"}
}

// noMember is the error of a mean of T that no member of the family has.
func noMember(f Family, problem string) error {
	return &dist.FitError{Distribution: f.String(), Row: -1, Problem: problem}
}
