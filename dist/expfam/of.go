package expfam

import (
	"fmt"
	"reflect"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// Of returns the family of a distribution and its natural parameters. What the
// family fixes, such as the location of a Laplace distribution, is the
// distribution's; a χ² distribution is one of [Gamma]. The
// error is a [*belief.UnknownNameError] for a distribution of no family, a
// [*dist.ParameterError] for one that is degenerate or invalid, and a
// [*belief.ConfigError] for a nil pointer.
func Of(d any) (Family, []float64, error) {
	if v := reflect.ValueOf(d); v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, nil, &belief.ConfigError{Field: "distribution", Value: d, Want: "other than nil"}
	}
	if v, ok := d.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			return nil, nil, err
		}
	}
	switch d := d.(type) {
	case dist.Bernoulli:
		return member(Bernoulli{}, d)
	case dist.Binomial:
		return member(Binomial{d.N}, d)
	case dist.Categorical:
		return member(Categorical{d.Len()}, d)
	case dist.Multinomial:
		return member(Multinomial{d.N, d.Dim()}, d)
	case dist.Poisson:
		return member(Poisson{}, d)
	case dist.Geometric:
		return member(Geometric{}, d)
	case dist.NegativeBinomial:
		return member(NegativeBinomial{d.R}, d)
	case dist.Normal:
		return member(Normal{}, d)
	case dist.LogNormal:
		return member(LogNormal{}, d)
	case dist.Exponential:
		return member(Exponential{}, d)
	case dist.Gamma:
		return member(Gamma{}, d)
	case dist.ChiSquared:
		return member(Gamma{}, dist.Gamma{Shape: 0.5 * d.Nu, Rate: 0.5})
	case dist.InverseGamma:
		return member(InverseGamma{}, d)
	case dist.Beta:
		return member(Beta{}, d)
	case dist.Pareto:
		return member(Pareto{d.Scale}, d)
	case dist.Weibull:
		return member(Weibull{d.Shape}, d)
	case dist.Laplace:
		return member(Laplace{d.Location}, d)
	case dist.VonMises:
		return member(VonMises{}, d)
	case *dist.MultivariateNormal:
		return member(MultivariateNormal{d.Dim()}, d)
	case *dist.Wishart:
		return member(Wishart{d.Size()}, d)
	case dist.Dirichlet:
		return member(Dirichlet{d.Dim()}, d)
	}
	return nil, nil, &belief.UnknownNameError{Kind: "exponential family of distribution", Name: fmt.Sprintf("%T", d)}
}

// member returns the family and natural parameters of d.
func member[D any, F interface {
	Family
	Natural(d D) ([]float64, error)
}](f F, d D) (Family, []float64, error) {
	if err := f.Validate(); err != nil {
		return nil, nil, err
	}
	eta, err := f.Natural(d)
	if err != nil {
		return nil, nil, err
	}
	return f, eta, nil
}
