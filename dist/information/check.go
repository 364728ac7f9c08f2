package information

import (
	"math"
	"reflect"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// This file looks at the arguments before any of their methods is trusted.

// failed is the value beside an error.
func failed() Value {
	return Value{Estimate: belief.Estimate{Value: math.NaN(), Kind: belief.Approximation}}
}

// missing says whether d is nil, or a pointer that is.
func missing(d any) bool {
	v := reflect.ValueOf(d)
	return d == nil || v.Kind() == reflect.Pointer && v.IsNil()
}

func validate(p, q dist.Univariate) error {
	for k, d := range [2]dist.Univariate{p, q} {
		if missing(d) {
			return nothing(k)
		}
		if err := d.Validate(); err != nil {
			return err
		}
	}
	return nil
}

// validateVectors asks those that have a method Validate.
func validateVectors(p, q Distribution) error {
	for k, d := range [2]Distribution{p, q} {
		if missing(d) {
			return nothing(k)
		}
		if v, ok := d.(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				return err
			}
		}
		if n := d.Dim(); n < 1 {
			return &dist.ParameterError{Distribution: "distribution of vectors", Parameter: "dimension", Value: float64(n), Want: "positive"}
		}
	}
	return nil
}

func nothing(k int) error {
	return &belief.ConfigError{Field: [2]string{"p", "q"}[k], Value: nil, Want: "a distribution"}
}

// entropyOf returns the entropy of p, and by how much it may be wrong where it is an
// integral or a sum: as the types that compute it so say, about 1e-10.
func entropyOf(p dist.Univariate) (h, wrong float64) {
	h = p.Entropy()
	for {
		switch d := p.(type) {
		case dist.Affine:
			p = d.Base
			continue
		case dist.Mixture, dist.Truncated:
			return h, 1e-10 * max(1, math.Abs(h))
		}
		return h, 0
	}
}
