package em

// Mixtures of exponential families: the fitted model.

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/kernel"
)

// mixtureShape is what all models of a fit have in common.
type mixtureShape struct {
	columns    []data.Column
	parts      []mixturePart
	components int
	dim        int  // of T over all parts
	identity   bool // T(x) = x
	bits       bool // all columns are of Bernoulli distributions
	smoothing  float64
	center     []float64 // the mean of T over all data, if smoothing needs it
}

// newMixtureShape refuses shapes that are too large, before memory is taken.
func newMixtureShape(columns []data.Column, parts []mixturePart, components int) (*mixtureShape, error) {
	s := &mixtureShape{columns: columns, parts: parts, components: components, identity: true, bits: true}
	for _, p := range parts {
		s.dim = min(s.dim+p.dim, 1<<30)
		_, bit := p.family.(expfam.Bernoulli)
		s.identity, s.bits = s.identity && p.identity, s.bits && bit
	}
	if need := float64(components) * (float64(s.dim) + float64(len(parts)) + 1); need > mixtureLimit {
		return nil, &belief.TooLargeError{What: fmt.Sprintf("mixture of %d components with %d parameters each", components, s.dim), Bytes: 8 * need, Budget: 8 * mixtureLimit}
	}
	return s, nil
}

// conjugate says whether there are families whose prior has the mean of T.
func (s *mixtureShape) conjugate() bool {
	return slices.ContainsFunc(s.parts, func(p mixturePart) bool { return p.outcomes == 0 })
}

// model returns a model without parameters.
func (s *mixtureShape) model() *MixtureModel {
	k, parts := s.components, len(s.parts)
	return &MixtureModel{mixtureShape: s, weights: make([]float64, k), means: make([]float64, k*s.dim),
		eta: make([]float64, k*s.dim), partition: make([]float64, k*parts), bias: make([]float64, k)}
}

// MixtureModel is a mixture of products of exponential families, see [Mixture]. The zero
// value is none; UnmarshalJSON makes one of it.
//
// A probability of zero counts as e^−700, so that a row that is impossible has a very
// small density.
type MixtureModel struct {
	*mixtureShape
	weights []float64
	means   []float64 // E T: components × dim. These and the weights are the parameters.

	eta       []float64                        // η, components × dim
	partition []float64                        // A(η), components × parts
	bias      []float64                        // log w_k − Σ_j A(η_kj)
	kept      []string                         // what the last M step could not set
	samplers  atomic.Pointer[[]mixtureSampler] // components × parts, when they are needed
}

// NewMixture returns a mixture with the given weights, whose sum is one, of products of
// distributions, each of them a list with one distribution per column or with one of the
// rows. They are those of package dist that [expfam.Of] knows. It is a start for a
// [Mixture], or a model to sample.
func NewMixture(weights []float64, components ...[]any) (*MixtureModel, error) {
	if len(components) == 0 || len(weights) != len(components) {
		return nil, &belief.ConfigError{Field: "weights", Value: len(weights), Want: fmt.Sprintf("one for each of the components, and at least one; these are %d", len(components))}
	}
	var m *MixtureModel
	for k, dists := range components {
		families, etas := make([]expfam.Family, len(dists)), make([][]float64, len(dists))
		for j, d := range dists {
			var err error
			if families[j], etas[j], err = expfam.Of(d); err != nil {
				return nil, fmt.Errorf("em: distribution %d of component %d: %w", j, k, err)
			}
		}
		if m == nil {
			if err := checkMixtureFamilies(families); err != nil {
				return nil, err
			}
			parts := layOutParts(families)
			last := parts[len(parts)-1]
			columns := make([]data.Column, last.first+last.size)
			for i := range columns {
				columns[i].Name = madeName(i)
			}
			shape, err := newMixtureShape(columns, parts, len(weights))
			if err != nil {
				return nil, err
			}
			m = shape.model()
		}
		if len(families) != len(m.parts) {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("components[%d]", k), Value: len(families), Want: fmt.Sprintf("%d distributions, as the first has", len(m.parts))}
		}
		for j, p := range m.parts {
			if families[j].String() != p.family.String() {
				return nil, &belief.ConfigError{Field: fmt.Sprintf("components[%d][%d]", k, j), Value: families[j], Want: p.family.String()}
			}
			mean := m.means[k*m.dim+p.at:][:p.dim]
			p.family.MeanTo(mean, etas[j])
			// Where the distribution has its mean, no digit of it is lost on the way.
			if d, ok := dists[j].(dist.Momenter); ok && p.identity {
				mean[0] = d.Mean()
			} else if d, ok := dists[j].(dist.Categorical); ok {
				copy(mean, d.Params())
			}
		}
	}
	copy(m.weights, weights)
	if err := m.prepare(); err != nil {
		return nil, err
	}
	return m, m.Validate()
}

// checkMixtureFamilies checks that families can be those of one model.
func checkMixtureFamilies(families []expfam.Family) error {
	if len(families) == 0 {
		return &belief.ConfigError{Field: "components", Value: "without distributions", Want: "at least one distribution each"}
	}
	for _, f := range families {
		if err := f.Validate(); err != nil {
			return err
		}
		if len(families) > 1 && f.Size() > 1 {
			return &belief.ConfigError{Field: "components", Value: f, Want: "distributions of single numbers, or one of rows"}
		}
	}
	return nil
}

// Validate returns an error if the parameters are none.
func (m *MixtureModel) Validate() error {
	if m == nil || m.mixtureShape == nil {
		return &belief.ConfigError{Field: "MixtureModel", Value: "zero", Want: "one that was fitted, read or made by NewMixture"}
	}
	sum := 0.0
	for k, w := range m.weights {
		if !(w >= 0 && w <= 1+1e-9) {
			return &belief.ConfigError{Field: fmt.Sprintf("weights[%d]", k), Value: w, Want: "between 0 and 1"}
		}
		sum += w
	}
	if !(math.Abs(sum-1) <= 1e-9) {
		return &belief.ConfigError{Field: "weights", Value: sum, Want: "ones with the sum 1"}
	}
	return nil
}

// Columns are the names of the columns.
func (m *MixtureModel) Columns() []string {
	names := make([]string, len(m.columns))
	for i, c := range m.columns {
		names[i] = c.Name
	}
	return names
}

// Components is the number of components.
func (m *MixtureModel) Components() int { return m.components }

// Weights are the probabilities of the components.
func (m *MixtureModel) Weights() []float64 { return slices.Clone(m.weights) }

// Means returns E T of a component, column after column: of columns of single numbers
// whose family has T = x, such as [expfam.Bernoulli] and [expfam.Poisson], the mean.
func (m *MixtureModel) Means(component int) []float64 {
	return slices.Clone(m.means[component*m.dim : (component+1)*m.dim])
}

// Families are those of the columns, or the one of the rows.
func (m *MixtureModel) Families() []expfam.Family {
	families := make([]expfam.Family, len(m.parts))
	for j, p := range m.parts {
		families[j] = p.family
	}
	return families
}

// Parameters is the number of free parameters.
func (m *MixtureModel) Parameters() int { return m.components - 1 + m.components*m.dim }

// mixtureNever is the logarithm of a probability of zero.
const mixtureNever = -700

// natural writes the η of a part with the given mean of T, and returns A.
func (p *mixturePart) natural(eta, mean []float64) (partition float64, err error) {
	switch {
	case p.outcomes > 0:
		logs := func(v float64) float64 { return max(math.Log(v/p.trials), mixtureNever) }
		sum := 0.0
		for _, v := range mean {
			if !(v >= 0 && v <= p.trials) {
				return 0, fmt.Errorf("a mean of %v: %w", v, &belief.ConfigError{Field: "means", Value: v, Want: "between 0 and the number of trials"})
			}
			sum += v
		}
		if !(sum <= p.trials*(1+1e-9)) {
			return 0, &belief.ConfigError{Field: "means", Value: sum, Want: "with a sum of at most the number of trials"}
		}
		last := logs(max(p.trials-sum, 0))
		for i, v := range mean {
			eta[i] = logs(v) - last
		}
	case len(mean) == 1 && mean[0] == 0 && p.countable():
		eta[0] = mixtureNever
	default:
		if _, err := p.family.NaturalTo(eta, mean); err != nil {
			return 0, err
		}
	}
	partition = p.family.LogPartition(eta)
	if !finiteObjective(partition) {
		return 0, &belief.ConfigError{Field: "means", Value: mean[0], Want: fmt.Sprintf("that of a distribution of the family %v", p.family)}
	}
	return partition, nil
}

// countable says whether the family has a limit in which all counts are zero.
func (p *mixturePart) countable() bool {
	switch p.family.(type) {
	case expfam.Poisson, expfam.Geometric, expfam.NegativeBinomial:
		return true
	}
	return false
}

// name says which part is meant.
func (s *mixtureShape) name(p mixturePart) string {
	if p.size > 1 || p.first >= len(s.columns) {
		return "the rows"
	}
	return fmt.Sprintf("column %q", s.columns[p.first].Name)
}

// prepare computes what follows from weights and means.
func (m *MixtureModel) prepare() error {
	for k := range m.components {
		for j := range m.parts {
			if err := m.preparePart(k, j, m.means[k*m.dim:][:m.dim]); err != nil {
				return fmt.Errorf("em: %s in component %d: %w", m.name(m.parts[j]), k, err)
			}
		}
	}
	m.prepareBias()
	return nil
}

// preparePart sets η and A of one part; an error leaves them as they were.
func (m *MixtureModel) preparePart(k, j int, means []float64) error {
	p := &m.parts[j]
	eta := m.eta[k*m.dim+p.at:][:p.dim]
	old := slices.Clone(eta)
	a, err := p.natural(eta, means[p.at:][:p.dim])
	if err != nil {
		copy(eta, old)
		return err
	}
	m.partition[k*len(m.parts)+j] = a
	return nil
}

func (m *MixtureModel) prepareBias() {
	n := len(m.parts)
	for k := range m.components {
		m.bias[k] = math.Log(m.weights[k]) - careful.Sum(m.partition[k*n:(k+1)*n])
	}
	m.samplers.Store(nil)
}

// LogPrior is the logarithm of the density that Smoothing stands for, up to a constant.
func (m *MixtureModel) LogPrior() float64 {
	if m.smoothing == 0 {
		return 0
	}
	sum := 0.0
	for k, w := range m.weights {
		sum += math.Log(w)
		for j, p := range m.parts {
			eta, a := m.eta[k*m.dim+p.at:][:p.dim], m.partition[k*len(m.parts)+j]
			if p.outcomes > 0 {
				// Σ log p_i with p_i = exp(η_i − A/trials), of the last too.
				sum -= float64(p.outcomes) * a / p.trials
				sum += kernel.Sum(eta)
			} else {
				sum += kernel.Dot(eta, m.center[p.at:][:p.dim]) - a
			}
		}
	}
	return m.smoothing * sum
}

// Warnings says which parameters the last M step could not set.
func (m *MixtureModel) Warnings() []belief.Warning {
	var warnings []belief.Warning
	for _, where := range m.kept {
		warnings = append(warnings, belief.Warning{Code: "degenerate", Where: where,
			Text: "what is left to it of the data determines no distribution of the family; it has the last one that was determined. Use fewer components, or Smoothing"})
	}
	return warnings
}
