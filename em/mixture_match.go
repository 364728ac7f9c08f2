package em

// Mixtures of categories: other sources may number them otherwise.

import (
	"fmt"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/suggest"
)

// Categories returns what the values of a column stand for, nil if they are numbers.
func (m *MixtureModel) Categories(column int) []string { return m.columns[column].Categories }

// Match returns a source, whose columns are the model's, with categories numbered as the
// model numbers them. A category that it does not know is a [*belief.UnknownNameError],
// and a column of numbers in place of categories a [*belief.ConfigError], as is the
// opposite.
func (m *MixtureModel) Match(src data.Source) (data.Source, error) {
	r := &recoded{src: src, columns: m.columns, places: make([][]float64, len(m.columns))}
	same := true
	for j, c := range src.Columns() {
		known := m.columns[j].Categories
		if (known == nil) != (c.Categories == nil) {
			what := [2]string{"numbers", "categories"}
			has, want := what[0], what[1]
			if known == nil {
				has, want = want, has
			}
			return nil, &belief.ConfigError{Field: fmt.Sprintf("column %q", c.Name), Value: "one of " + has, Want: "one of " + want}
		}
		if slices.Equal(known, c.Categories) {
			continue
		}
		same = false
		r.places[j] = make([]float64, len(c.Categories))
		for i, name := range c.Categories {
			at := slices.Index(known, name)
			if at < 0 {
				return nil, &belief.UnknownNameError{Kind: "category", Name: name, In: fmt.Sprintf("column %q", c.Name), Suggestions: suggest.Nearest(name, slices.Values(known), 3)}
			}
			r.places[j][i] = float64(at)
		}
	}
	if same {
		return src, nil
	}
	return r, nil
}

// recoded is a source whose categories are numbered otherwise.
type recoded struct {
	src     data.Source
	columns []data.Column
	places  [][]float64 // of the categories of a column; nil where they are the same
}

// Columns implements [data.Source].
func (r *recoded) Columns() []data.Column { return r.columns }

// Rows implements [data.Source].
func (r *recoded) Rows() int { return r.src.Rows() }

// Pass implements [data.Source].
func (r *recoded) Pass(o data.Order) (data.Pass, error) {
	p, err := r.src.Pass(o)
	if err != nil {
		return nil, err
	}
	return &recodedPass{p, r.places}, nil
}

type recodedPass struct {
	data.Pass
	places [][]float64
}

// Next implements [data.Pass].
func (p *recodedPass) Next(b *data.Batch) error {
	if err := p.Pass.Next(b); err != nil {
		return err
	}
	for i, v := range b.X {
		if places := p.places[i%b.Columns]; places != nil && v >= 0 && int(v) < len(places) {
			b.X[i] = places[int(v)]
		}
	}
	return nil
}
