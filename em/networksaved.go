package em

// Networks in files, with what it takes to go on learning.

import (
	"fmt"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/internal/saved"
)

// networkKind is what saved networks are called.
const networkKind = "network"

type networkForm struct {
	Name      string            `json:"name,omitempty"`
	Columns   []string          `json:"columns"`
	Prior     learn.Prior       `json:"prior"`
	Variables []networkVariable `json:"variables"`
}

type networkVariable struct {
	Name    string    `json:"name"`
	States  []string  `json:"states"`
	Parents []string  `json:"parents,omitempty"`
	Table   []float64 `json:"table"` // a row per joint state of the parents, the last changing fastest
	Fixed   bool      `json:"fixed,omitempty"`
}

// MarshalJSON writes the structure and the tables. Distributions that are no tables become
// such.
func (m *NetworkModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	net := m.structure.families.Net()
	form := networkForm{Name: net.Name(), Columns: m.Columns(), Prior: m.prior}
	for i, v := range net.Variables() {
		out := networkVariable{Name: v.Name(), States: v.States(), Table: m.table(i), Fixed: m.fixed[i]}
		for _, p := range net.Parents(v) {
			out.Parents = append(out.Parents, p.Name())
		}
		form.Variables = append(form.Variables, out)
	}
	return saved.Marshal(networkKind, 1, form)
}

// UnmarshalJSON reads what MarshalJSON has written. The error is a [*belief.ParseError].
func (m *NetworkModel) UnmarshalJSON(text []byte) error {
	var form networkForm
	if _, err := saved.Unmarshal(text, networkKind, 1, &form); err != nil {
		return err
	}
	read, err := form.model()
	if err != nil {
		return &belief.ParseError{Format: networkKind, Err: err}
	}
	if m.structure != nil && m.structure.families.Parameters(read.theta, read.structure.families.Net()) == nil {
		// The same network, which a run goes on with.
		read.structure, read.rowOf, read.context = m.structure, m.rowOf, m.context
	}
	*m = *read
	return nil
}

// model makes the model of a form, if there is one.
func (form *networkForm) model() (*NetworkModel, error) {
	b := graphical.NewBayesNet().Name(form.Name)
	vars := map[string]*graphical.Variable{}
	var fix []string
	for _, v := range form.Variables {
		if _, twice := vars[v.Name]; !twice {
			vars[v.Name] = b.Variable(v.Name, v.States...)
		}
		if v.Fixed {
			fix = append(fix, v.Name)
		}
	}
	for _, v := range form.Variables {
		var parents []*graphical.Variable
		for _, name := range v.Parents {
			p := vars[name]
			if p == nil {
				return nil, &belief.UnknownNameError{Kind: "variable", Name: name, In: fmt.Sprintf("the parents of %q", v.Name)}
			}
			parents = append(parents, p)
		}
		b.Table(vars[v.Name], parents...).Values(v.Table)
	}
	net, err := b.Build()
	if err != nil {
		return nil, err
	}
	f, err := learn.NewFamilies(net, 0)
	if err != nil {
		return nil, err
	}
	m, err := newNetworkModel(f, form.Prior, fix, 0)
	if err != nil {
		return nil, err
	}
	if err := f.Parameters(m.theta, net); err != nil {
		return nil, err
	}
	seen := map[int]bool{}
	for _, name := range form.Columns {
		v, err := net.Variable(name)
		if err != nil {
			return nil, err
		}
		i := net.Index(v)
		if seen[i] {
			return nil, &belief.ConfigError{Field: "columns", Value: fmt.Sprintf("%q", name), Want: "there once only"}
		}
		seen[i] = true
		m.columns = append(m.columns, i)
	}
	m.ready()
	return m, nil
}
