package em

// Mixtures of exponential families: their distributions, and rows drawn from them.

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/internal/careful"
)

// Distributions returns those of a component: one per column, or one of the rows. The
// error is a [*belief.ConfigError] for a family that is not of package expfam.
func (m *MixtureModel) Distributions(component int) ([]any, error) {
	out := make([]any, len(m.parts))
	for j, p := range m.parts {
		var err error
		if out[j], err = m.member(component, p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// member returns the distribution of one part of a component, from the mean where that is
// its parameter, which may be zero.
func (m *MixtureModel) member(component int, p mixturePart) (any, error) {
	eta, mean := m.eta[component*m.dim+p.at:][:p.dim], m.means[component*m.dim+p.at:][:p.dim]
	switch f := p.family.(type) {
	case expfam.Bernoulli:
		return dist.NewBernoulli(mean[0])
	case expfam.Binomial:
		return dist.NewBinomial(f.N, mean[0]/f.N)
	case expfam.Categorical:
		return dist.NewCategorical(append(slices.Clone(mean), max(1-careful.Sum(mean), 0)))
	case expfam.Multinomial:
		return f.Distribution(eta)
	case expfam.Poisson:
		return dist.NewPoisson(mean[0])
	case expfam.Geometric:
		return f.Distribution(eta)
	case expfam.NegativeBinomial:
		return f.Distribution(eta)
	case expfam.Normal:
		return f.Distribution(eta)
	case expfam.LogNormal:
		return f.Distribution(eta)
	case expfam.Exponential:
		return f.Distribution(eta)
	case expfam.Gamma:
		return f.Distribution(eta)
	case expfam.InverseGamma:
		return f.Distribution(eta)
	case expfam.Beta:
		return f.Distribution(eta)
	case expfam.Pareto:
		return f.Distribution(eta)
	case expfam.Weibull:
		return f.Distribution(eta)
	case expfam.Laplace:
		return f.Distribution(eta)
	case expfam.VonMises:
		return f.Distribution(eta)
	case expfam.MultivariateNormal:
		return f.Distribution(eta)
	case expfam.Dirichlet:
		return f.Distribution(eta)
	case expfam.Wishart:
		return f.Distribution(eta)
	}
	return nil, &belief.ConfigError{Field: "family", Value: p.family, Want: "one of package expfam"}
}

// A mixtureSampler draws the value of a part.
type mixtureSampler func(dst []float64, r *rand.Rand)

// RandTo draws a row from r, writes it to dst, which has a place for every column, and
// returns it. It panics for a family that is not of package expfam.
func (m *MixtureModel) RandTo(dst []float64, r *rand.Rand) []float64 {
	if len(dst) != len(m.columns) {
		panic(fmt.Sprintf("em: a destination of length %d for a row of %d columns", len(dst), len(m.columns)))
	}
	draw := m.samplers.Load()
	if draw == nil {
		made := m.makeSamplers()
		draw = &made
		m.samplers.Store(draw)
	}
	u, k := r.Float64(), 0
	for ; k < m.components-1; k++ {
		if u -= m.weights[k]; u < 0 {
			break
		}
	}
	for j, p := range m.parts {
		(*draw)[k*len(m.parts)+j](dst[p.first:p.first+p.size], r)
	}
	return dst
}

func (m *MixtureModel) makeSamplers() []mixtureSampler {
	var out []mixtureSampler
	for k := range m.components {
		for _, p := range m.parts {
			d, err := m.member(k, p)
			if err != nil {
				panic("em: a mixture that cannot be sampled: " + err.Error())
			}
			switch d := d.(type) {
			case dist.VectorRander:
				out = append(out, func(dst []float64, r *rand.Rand) { d.RandTo(dst, r) })
			case dist.Rander:
				out = append(out, func(dst []float64, r *rand.Rand) { dst[0] = d.Rand(r) })
			default:
				panic(fmt.Sprintf("em: a %T cannot be sampled into a row", d))
			}
		}
	}
	return out
}
