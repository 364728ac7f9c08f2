package dist

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// This file adapts distributions of gonum's stat/distuv to this package, and those of
// this package to gonum's interfaces.

// FromGonum returns a distribution that asks d, of gonum's distuv or with the same
// methods, for everything that it offers: LogProb, CDF, Mean and Variance, which it
// must have, and Survival, Quantile and Entropy, for which there are other ways. The
// accuracy is that of d, and in the tails where there is no Survival, that of a
// difference from one; a missing Entropy is computed as in [Mixture.Entropy].
//
// Types of gonum store a source of random numbers. It is never used. A draw copies d,
// sets the field Src of the copy to the *rand.Rand it is given, and asks the copy: so
// draws depend on nothing else, and are safe to make concurrently. Distributions
// without such a field are sampled by inversion.
//
// Bernoulli, Binomial and Poisson are taken for discrete ones, a Categorical becomes
// that of this package, and all others are taken for densities. d must not be changed afterwards; of a pointer, the value it points
// to is copied now. The error is a [*belief.ConfigError],
// or a [*ParameterError].
func FromGonum(d distuv.LogProber) (Univariate, error) {
	if g, ok := d.(Gonum); ok && g.d != nil {
		return g.d, g.d.Validate()
	}
	v := reflect.ValueOf(d)
	if v.Kind() == reflect.Pointer && !v.IsNil() { // a copy, which later changes do not reach
		copied := reflect.New(v.Type().Elem())
		copied.Elem().Set(v.Elem())
		v = copied
		d = v.Interface().(distuv.LogProber)
	}
	switch c := d.(type) {
	case distuv.Categorical:
		return fromCategorical(c)
	case *distuv.Categorical:
		if c != nil {
			return fromCategorical(*c)
		}
	}
	base, ok := d.(gonumBase)
	if !ok || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, gonumError(d, "one with LogProb, CDF, Mean and Variance")
	}
	out := fromGonum{gonumBase: base}
	if v.Kind() == reflect.Pointer {
		out.value = v.Elem()
	} else {
		out.value = v
	}
	out.pointer = v.Kind() == reflect.Pointer
	if out.value.Kind() == reflect.Struct {
		f, ok := out.value.Type().FieldByName("Src")
		_, rands := d.(distuv.Rander)
		if ok && rands && f.Type == reflect.TypeFor[rand.Source]() {
			out.source = f.Index
		}
	}
	if err := out.probe(); err != nil {
		return nil, err
	}
	return out, nil
}

// fromCategorical takes the probabilities over; gonum keeps the source where it cannot
// be set, and has no variance.
func fromCategorical(c distuv.Categorical) (Univariate, error) {
	p := make([]float64, c.Len())
	for i := range p {
		p[i] = c.Prob(float64(i))
	}
	return NewCategorical(p)
}

// gonumBase is what a distribution of gonum must have.
type gonumBase interface {
	distuv.LogProber
	CDF(x float64) float64
	Mean() float64
	Variance() float64
}

// gonumError refuses a distribution of gonum.
func gonumError(d any, want string) error {
	return &belief.ConfigError{Field: "gonum distribution", Value: fmt.Sprintf("%T", d), Want: want}
}

// fromGonum is a distribution of gonum in the clothes of this package.
type fromGonum struct {
	gonumBase
	value   reflect.Value // the struct
	pointer bool          // its methods are those of the pointer
	source  []int         // the index of the field Src, nil if there is none
	support Support
}

// probe finds the support, and refuses what panics or is no distribution: gonum does
// not check parameters before they are used.
func (d *fromGonum) probe() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = gonumError(d.gonumBase, fmt.Sprintf("one that does not panic (%v)", p))
		}
	}()
	d.support = Support{Lower: math.Inf(-1), Upper: math.Inf(1)}
	if q, ok := d.gonumBase.(distuv.Quantiler); ok {
		d.support.Lower, d.support.Upper = q.Quantile(0), q.Quantile(1)
	}
	known := d.value.Interface()
	switch k := known.(type) {
	case distuv.Bernoulli:
		d.support = Support{0, 1, true}
	case distuv.Poisson:
		d.support = Support{0, math.Inf(1), true}
	case distuv.Binomial:
		d.support = Support{0, k.N, true}
	}
	s := d.support
	if !(s.Lower < s.Upper || s.Discrete && s.Lower == s.Upper) {
		return gonumError(d.gonumBase, fmt.Sprintf("one with a support, which is not from %v to %v", s.Lower, s.Upper))
	}
	x := d.Quantile(0.5)
	if math.IsNaN(x) || math.IsNaN(d.LogProb(x)) || !(d.CDF(x) >= 0.4) || !(d.Survival(x) <= 0.6) {
		return gonumError(d.gonumBase, fmt.Sprintf("a distribution, with parameters that make one (the median would be %v, with log density %v and CDF %v)", x, d.LogProb(x), d.CDF(x)))
	}
	if d.Mean(); d.Variance() < 0 {
		return gonumError(d.gonumBase, fmt.Sprintf("a distribution, with parameters that make one (the variance would be %v)", d.Variance()))
	}
	if e, ok := d.gonumBase.(Entropyer); ok {
		e.Entropy()
	}
	d.Rand(rand.New(rand.NewPCG(0, 0)))
	return nil
}

// Validate implements [Univariate]; what is no distribution was refused.
func (d fromGonum) Validate() error { return nil }

// String returns type and exported fields without the source, as in
// "distuv.Normal(Mu: 0, Sigma: 1)".
func (d fromGonum) String() string {
	var fields []string
	if d.value.Kind() == reflect.Struct {
		for i := range d.value.NumField() {
			if f := d.value.Type().Field(i); f.IsExported() && f.Name != "Src" {
				fields = append(fields, fmt.Sprintf("%s: %v", f.Name, d.value.Field(i)))
			}
		}
	}
	return fmt.Sprintf("%v(%s)", d.value.Type(), strings.Join(fields, ", "))
}

// Support implements [Univariate].
func (d fromGonum) Support() Support { return d.support }

// Entropy implements [Entropyer].
func (d fromGonum) Entropy() float64 {
	if e, ok := d.gonumBase.(Entropyer); ok {
		return e.Entropy()
	}
	return composeEntropy(d.LogProb, []Univariate{d}, d.support.Discrete)
}

// LogProb implements [LogProber].
func (d fromGonum) LogProb(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case !d.support.Contains(x) || math.IsInf(x, 0):
		return math.Inf(-1)
	}
	return d.gonumBase.LogProb(x)
}

// CDF implements [CDFer].
func (d fromGonum) CDF(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x < d.support.Lower || math.IsInf(x, -1):
		return 0
	case x >= d.support.Upper:
		return 1
	}
	return d.gonumBase.CDF(x)
}

// LogCDF implements [CDFer].
func (d fromGonum) LogCDF(x float64) float64 {
	if s := d.Survival(x); s < 0.5 {
		return math.Log1p(-s)
	}
	return careful.Log(d.CDF(x))
}

// Survival implements [CDFer].
func (d fromGonum) Survival(x float64) float64 {
	s, ok := d.gonumBase.(interface{ Survival(x float64) float64 })
	if !ok || math.IsNaN(x) || x < d.support.Lower || x >= d.support.Upper || math.IsInf(x, 0) {
		return 1 - d.CDF(x)
	}
	return s.Survival(x)
}

// Quantile implements [Quantiler], by search if gonum has none.
func (d fromGonum) Quantile(p float64) float64 {
	switch q, ok := d.gonumBase.(distuv.Quantiler); {
	case !contProbability(p):
		return math.NaN()
	case p == 0:
		return d.support.Lower
	case p == 1:
		return d.support.Upper
	case ok:
		return q.Quantile(p)
	case d.support.Discrete:
		return composeWhole(d.Mean(), d.support.Lower, d.support.Upper, func(x float64) bool { return d.CDF(x) >= p })
	}
	low, high := d.support.Lower, d.support.Upper
	for step := 1.0; math.IsInf(low, -1) && step < math.MaxFloat64/2; step *= 2 {
		if d.CDF(-step) < p {
			low = -step
		}
	}
	for step := 1.0; math.IsInf(high, 1) && step < math.MaxFloat64/2; step *= 2 {
		if d.CDF(step) >= p {
			high = step
		}
	}
	return composeRoot(low, high, func(x float64) (value, slope float64) {
		return d.CDF(x) - p, math.Exp(d.LogProb(x))
	})
}

// Rand implements [Rander].
func (d fromGonum) Rand(r *rand.Rand) float64 {
	if d.source == nil {
		return d.Quantile(open(r))
	}
	v := reflect.New(d.value.Type())
	v.Elem().Set(d.value)
	v.Elem().FieldByIndex(d.source).Set(reflect.ValueOf(r))
	if d.pointer {
		return v.Interface().(distuv.Rander).Rand()
	}
	return v.Elem().Interface().(distuv.Rander).Rand()
}

// Gonum is a distribution of this package in the clothes of gonum's distuv: it has
// Rand without an argument, from a source it stores, and Prob and StdDev beside the
// methods of Univariate. It implements [distuv.RandLogProber] and
// [distuv.Quantiler]. As its source it is not safe for concurrent use. It is made by
// [ToGonum].
type Gonum struct {
	gonumMethods
	d Univariate
	r *rand.Rand
}

// gonumMethods are those that need no other clothes.
type gonumMethods interface {
	LogProber
	CDFer
	Quantiler
	Momenter
	Entropyer
	fmt.Stringer
}

// ToGonum returns d with gonum's methods. Draws come from src; as in gonum, nil stands
// for the global source of math/rand/v2, which is not reproducible. Unlike gonum's
// own, its Quantile answers NaN to what is no probability.
func ToGonum(d Univariate, src rand.Source) Gonum {
	if src == nil {
		src = globalSource{}
	}
	return Gonum{d, d, rand.New(src)}
}

// globalSource is the source of the functions of math/rand/v2.
type globalSource struct{}

// Uint64 implements [rand.Source].
func (globalSource) Uint64() uint64 { return rand.Uint64() }

// Rand draws one value from the source.
func (g Gonum) Rand() float64 { return g.d.Rand(g.r) }

// Prob returns the density or mass at x.
func (g Gonum) Prob(x float64) float64 { return math.Exp(g.d.LogProb(x)) }

// StdDev returns the standard deviation.
func (g Gonum) StdDev() float64 { return math.Sqrt(g.d.Variance()) }

// Unwrap returns the distribution in its own clothes.
func (g Gonum) Unwrap() Univariate { return g.d }
