package em

// Mixtures of exponential families: how they are saved.

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
	"github.com/belief-go/belief/internal/saved"
)

const mixtureKind = "mixture"

type mixtureForm struct {
	Columns []mixtureColumn `json:"columns"`
	// Families are one per column, or one for all columns or for the rows.
	Families  []string    `json:"families"`
	Weights   []float64   `json:"weights"`
	Means     [][]float64 `json:"means"` // E T
	Smoothing float64     `json:"smoothing,omitempty"`
	Center    []float64   `json:"center,omitempty"`
}

type mixtureColumn struct {
	Name       string   `json:"name"`
	Categories []string `json:"categories,omitempty"`
}

// MarshalJSON writes the model. The error is that of Validate, or a [*belief.ConfigError]
// for a family that is not of package expfam.
func (m *MixtureModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	form := mixtureForm{Weights: m.weights, Smoothing: m.smoothing, Center: m.center}
	for _, c := range m.columns {
		form.Columns = append(form.Columns, mixtureColumn(c))
	}
	form.Families = m.familyNames()
	for _, name := range form.Families {
		if _, err := parseFamily(name); err != nil {
			return nil, &belief.ConfigError{Field: "family", Value: name, Want: "one of package expfam"}
		}
	}
	for k := range m.components {
		form.Means = append(form.Means, m.means[k*m.dim:(k+1)*m.dim])
	}
	return saved.Marshal(mixtureKind, 1, form)
}

// familyNames are those of the columns, or one if all are the same.
func (s *mixtureShape) familyNames() []string {
	var names []string
	same := true
	for _, p := range s.parts {
		names = append(names, p.family.String())
		same = same && names[0] == names[len(names)-1]
	}
	if same {
		names = names[:1]
	}
	return names
}

// UnmarshalJSON reads what MarshalJSON writes. The error is a [*belief.ParseError] and
// leaves the model as it was.
func (m *MixtureModel) UnmarshalJSON(text []byte) error {
	var form mixtureForm
	if _, err := saved.Unmarshal(text, mixtureKind, 1, &form); err != nil {
		return err
	}
	read, err := form.model()
	if err != nil {
		return &belief.ParseError{Format: mixtureKind, Err: err}
	}
	m.mixtureShape, m.weights, m.means, m.eta, m.partition, m.bias = read.mixtureShape, read.weights, read.means, read.eta, read.partition, read.bias
	m.kept = nil
	m.samplers.Store(nil)
	return nil
}

// model makes the model, of which nothing is larger than what was read.
func (f *mixtureForm) model() (*MixtureModel, error) {
	columns := make([]data.Column, len(f.Columns))
	for i, c := range f.Columns {
		columns[i] = data.Column(c)
	}
	if _, err := data.NewTable(columns, nil, nil); err != nil { // checks the names
		return nil, err
	}
	if len(f.Weights) == 0 || len(f.Means) != len(f.Weights) {
		return nil, &belief.ConfigError{Field: "means", Value: len(f.Means), Want: fmt.Sprintf("one row for each of %d weights, and at least one", len(f.Weights))}
	}
	var families []expfam.Family
	for _, name := range f.Families {
		family, err := parseFamily(name)
		if err != nil {
			return nil, err
		}
		families = append(families, family)
	}
	if len(families) == 1 && families[0].Size() == 1 {
		for len(families) < len(columns) {
			families = append(families, families[0])
		}
	}
	if err := checkMixtureFamilies(families); err != nil {
		return nil, err
	}
	parts := layOutParts(families)
	if last := parts[len(parts)-1]; last.first+last.size != len(columns) {
		return nil, &belief.ConfigError{Field: "families", Value: len(f.Families), Want: fmt.Sprintf("those of %d columns", len(columns))}
	}
	dim := 0
	for _, p := range parts {
		if p.dim > len(f.Means[0])-dim {
			return nil, &belief.ConfigError{Field: "means[0]", Value: len(f.Means[0]), Want: "as many numbers as the families' sufficient statistics have"}
		}
		dim += p.dim
	}
	for k, row := range f.Means {
		if len(row) != dim {
			return nil, &belief.ConfigError{Field: fmt.Sprintf("means[%d]", k), Value: len(row), Want: fmt.Sprintf("%d numbers", dim)}
		}
	}
	shape, err := newMixtureShape(columns, parts, len(f.Weights))
	if err != nil {
		return nil, err
	}
	if !(f.Smoothing >= 0 && f.Smoothing <= 1e15) {
		return nil, &belief.ConfigError{Field: "smoothing", Value: f.Smoothing, Want: "finite and not negative"}
	}
	if needs := f.Smoothing > 0 && shape.conjugate(); needs != (len(f.Center) > 0) || needs && len(f.Center) != dim {
		return nil, &belief.ConfigError{Field: "center", Value: len(f.Center), Want: "as many numbers as a row of means has, if smoothing needs it"}
	}
	shape.smoothing, shape.center = f.Smoothing, f.Center
	m := shape.model()
	copy(m.weights, f.Weights)
	for k, row := range f.Means {
		copy(m.means[k*dim:], row)
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m, m.prepare()
}

// familyForm is how families write themselves: a name and what they fix.
var familyForm = regexp.MustCompile(`^([A-Za-z]+)(?:\(([A-Za-z]+): ([^,)]+)(?:, ([A-Za-z]+): ([^,)]+))?\))?$`)

// parseFamily reads the string of a family. The error is a [*belief.UnknownNameError].
func parseFamily(text string) (expfam.Family, error) {
	unknown := &belief.UnknownNameError{Kind: "exponential family", Name: text}
	match := familyForm.FindStringSubmatch(text)
	if match == nil {
		return nil, unknown
	}
	number := func(i int) float64 {
		v, err := strconv.ParseFloat(match[i], 64)
		if err != nil {
			return -1e300 // of no family but those of a location, which write it another way
		}
		return v
	}
	whole := func(i int) int {
		v, err := strconv.ParseInt(match[i], 10, 32)
		if err != nil {
			return -1
		}
		return int(v)
	}
	var f expfam.Family
	switch match[1] {
	case "Bernoulli":
		f = expfam.Bernoulli{}
	case "Binomial":
		f = expfam.Binomial{N: number(3)}
	case "Categorical":
		f = expfam.Categorical{K: whole(3)}
	case "Multinomial":
		f = expfam.Multinomial{N: number(3), K: whole(5)}
	case "Poisson":
		f = expfam.Poisson{}
	case "Geometric":
		f = expfam.Geometric{}
	case "NegativeBinomial":
		f = expfam.NegativeBinomial{R: number(3)}
	case "Normal":
		f = expfam.Normal{}
	case "LogNormal":
		f = expfam.LogNormal{}
	case "Exponential":
		f = expfam.Exponential{}
	case "Gamma":
		f = expfam.Gamma{}
	case "InverseGamma":
		f = expfam.InverseGamma{}
	case "Beta":
		f = expfam.Beta{}
	case "Pareto":
		f = expfam.Pareto{Scale: number(3)}
	case "Weibull":
		f = expfam.Weibull{Shape: number(3)}
	case "Laplace":
		f = expfam.Laplace{Location: number(3)}
	case "VonMises":
		f = expfam.VonMises{}
	case "MultivariateNormal":
		f = expfam.MultivariateNormal{D: whole(3)}
	case "Dirichlet":
		f = expfam.Dirichlet{K: whole(3)}
	case "Wishart":
		f = expfam.Wishart{D: whole(3)}
	}
	// What is written otherwise is not what was read.
	if f == nil || f.Validate() != nil || f.String() != text {
		return nil, unknown
	}
	return f, nil
}
