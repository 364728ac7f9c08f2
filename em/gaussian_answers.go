package em

// Gaussian mixtures: what they answer, and the mixtures that come of them.

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/suggest"
	"gonum.org/v1/gonum/mat"
)

// Component returns component k as a distribution.
func (m *GaussianModel) Component(k int) (*dist.MultivariateNormal, error) {
	d := len(m.columns)
	switch m.covariance {
	case Diagonal:
		sd := make([]float64, d)
		for j := range sd {
			sd[j] = math.Sqrt(m.spread[k*d+j])
		}
		return dist.NewDiagonalNormal(m.Means[k], sd)
	case Spherical:
		return dist.NewIsotropicNormal(m.Means[k], math.Sqrt(m.spread[k]))
	}
	return dist.NewMultivariateNormal(m.Means[k], m.CovarianceTo(nil, k))
}

// Mixture returns the mixture as a distribution, which can do all that those of package
// dist can.
func (m *GaussianModel) Mixture() (dist.MultivariateMixture, error) {
	var components []dist.Multivariate
	for k := range m.Weights {
		c, err := m.Component(k)
		if err != nil {
			return dist.MultivariateMixture{}, fmt.Errorf("em: component %d: %w", k, err)
		}
		components = append(components, c)
	}
	return dist.NewMultivariateMixture(components, m.Weights)
}

// RandTo draws a row into dst, one number per column, and returns it; nil allocates.
func (m *GaussianModel) RandTo(dst []float64, r *rand.Rand) []float64 {
	d := len(m.columns)
	if dst == nil {
		dst = make([]float64, d)
	}
	if len(dst) != d {
		panic(fmt.Sprintf("em: dst has length %d for %d columns", len(dst), d))
	}
	k, u := len(m.Weights)-1, r.Float64()
	for i, w := range m.Weights {
		if u -= w; u < 0 {
			k = i
			break
		}
	}
	for m.Weights[k] == 0 && k > 0 { // only if the weights do not quite sum to one
		k--
	}
	for j := range dst {
		dst[j] = r.NormFloat64()
	}
	// With z = m + T⁻¹e for independent normal e, T z = T m + e.
	switch m.covariance {
	case Diagonal, Spherical:
		for j := range dst {
			dst[j] /= m.white[k*d+j]
		}
	default:
		t := m.white[:d*d]
		if m.covariance == Full {
			t = m.white[k*d*d : (k+1)*d*d]
		}
		for i := range d {
			for j := range i {
				dst[i] -= t[i*d+j] * dst[j]
			}
			dst[i] /= t[i*d+i]
		}
	}
	for j := range dst {
		dst[j] = m.Means[k][j] + m.scale[j]*dst[j]
	}
	return dst
}

// MahalanobisTo writes, for every row of a block, how far it is from the component that
// is nearest in this sense, in standard deviations √((x − μ)ᵀΣ⁻¹(x − μ)). Of rows of a
// component its square has a χ² distribution with as many degrees as there are columns.
func (m *GaussianModel) MahalanobisTo(dst []float64, b *Block) error {
	if len(dst) != b.Rows {
		panic(fmt.Sprintf("em: dst has length %d for %d rows", len(dst), b.Rows))
	}
	return m.answer(b, func(sc *gaussianScratch, from, n int) {
		out := dst[from : from+n]
		for i := range out {
			out[i] = math.Inf(1)
		}
		for k, w := range m.Weights {
			if w == 0 {
				continue
			}
			m.squares(sc, sc.sum[:n], k, n)
			for i, v := range sc.sum[:n] {
				out[i] = min(out[i], v)
			}
		}
		for i, v := range out {
			out[i] = math.Sqrt(v)
		}
		for _, i := range sc.far {
			row := b.Row(from + i)
			out[i] = m.farLength(sc, m.nearestFarOff(sc, row))
		}
	})
}

// find returns the numbers of columns; an error is a [*belief.UnknownNameError].
func (m *GaussianModel) find(names []string) ([]int, error) {
	var out []int
	for _, name := range names {
		i := slices.Index(m.columns, name)
		if i < 0 {
			return nil, &belief.UnknownNameError{Kind: "column", Name: name, In: "the mixture", Suggestions: suggest.Nearest(name, slices.Values(m.columns), 3)}
		}
		if slices.Contains(out, i) {
			return nil, &belief.ConfigError{Field: "columns", Value: name, Want: "named once"}
		}
		out = append(out, i)
	}
	return out, nil
}

// Marginal returns the mixture of some of the columns, in the order in which they are
// named, whatever the others are (Bishop 2006, equation 2.98).
func (m *GaussianModel) Marginal(columns ...string) (*GaussianModel, error) {
	at, err := m.find(columns)
	if err != nil {
		return nil, err
	}
	if len(at) == 0 {
		return nil, &belief.ConfigError{Field: "columns", Value: "none", Want: "at least one"}
	}
	p := GaussianParameters{Columns: columns, Covariance: m.covariance, Weights: m.Weights}
	for k := range m.Weights {
		mean := make([]float64, len(at))
		for i, j := range at {
			mean[i] = m.Means[k][j]
		}
		p.Means = append(p.Means, mean)
		m.addSpread(&p, k, at, nil)
	}
	return NewGaussianModel(p)
}

// addSpread adds the covariance of component k in the columns at to parameters, or, if
// it is given, that of a conditional distribution.
func (m *GaussianModel) addSpread(p *GaussianParameters, k int, at []int, conditional *mat.SymDense) {
	switch m.covariance {
	case Diagonal:
		row := make([]float64, len(at))
		for i, j := range at {
			row[i] = m.covarianceAt(k, j, j)
		}
		p.Variances = append(p.Variances, row)
	case Spherical:
		p.Variances = append(p.Variances, []float64{m.spread[k]})
	case Tied, Full:
		if m.covariance == Tied && k > 0 {
			return
		}
		matrix := make([][]float64, len(at))
		for i, r := range at {
			for j, c := range at {
				v := m.covarianceAt(k, r, c)
				if conditional != nil {
					v = conditional.At(i, j)
				}
				matrix[i] = append(matrix[i], v)
			}
		}
		p.Covariances = append(p.Covariances, matrix)
	}
}

// Conditional returns the mixture of the other columns, in their order, where the given
// ones have the given values: components move, and those that explain the values gain
// weight (Bishop 2006, equations 2.81 and 2.82). Its mean is the regression on the given
// columns.
func (m *GaussianModel) Conditional(given map[string]float64) (*GaussianModel, error) {
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	slices.Sort(names)
	at, err := m.find(names)
	if err != nil {
		return nil, err
	}
	if len(at) == 0 || len(at) == len(m.columns) {
		return nil, &belief.ConfigError{Field: "given", Value: len(at), Want: fmt.Sprintf("some of the %d columns, not all", len(m.columns))}
	}
	values := make([]float64, len(at))
	for i, name := range names {
		if values[i] = given[name]; math.IsNaN(values[i]) || math.IsInf(values[i], 0) {
			return nil, &belief.ConfigError{Field: "given." + name, Value: values[i], Want: "finite"}
		}
	}
	p := GaussianParameters{Covariance: m.covariance}
	var rest []int
	for j, name := range m.columns {
		if !slices.Contains(at, j) {
			rest = append(rest, j)
			p.Columns = append(p.Columns, name)
		}
	}
	for k, w := range m.Weights {
		normal, err := m.Component(k)
		if err != nil {
			return nil, err
		}
		of, err := normal.Marginal(at)
		if err != nil {
			return nil, err
		}
		to, err := normal.Conditional(at, values)
		if err != nil {
			return nil, err
		}
		p.Weights = append(p.Weights, math.Log(w)+of.LogProb(values))
		p.Means = append(p.Means, to.MeanTo(nil))
		m.addSpread(&p, k, rest, to.CovarianceTo(nil))
	}
	total := careful.LogSumExp(p.Weights)
	if math.IsInf(total, 0) || math.IsNaN(total) {
		return nil, &belief.ConfigError{Field: "given", Value: given, Want: "values whose density is not zero in floating point"}
	}
	for k, v := range p.Weights {
		p.Weights[k] = math.Exp(v - total)
	}
	return NewGaussianModel(p)
}
