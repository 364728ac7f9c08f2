package data

// Which columns of a CSV file go where.

import (
	"slices"
	"unicode/utf8"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
)

// names returns those of the columns of the file.
func (f *csvFile) names(s *csvScanner) ([]string, error) {
	n := len(s.fields)
	if !f.header {
		if f.opts.Columns == nil {
			return defaultNames(n), nil
		}
		if n != len(f.opts.Columns) {
			return nil, s.fail(s.line, "there are %d fields and no header, where %d columns are given", n, len(f.opts.Columns))
		}
		names := make([]string, n)
		for i, c := range f.opts.Columns {
			names[i] = c.Name
		}
		return names, nil
	}
	names := make([]string, n)
	seen := make(map[string]int, n)
	for i, field := range s.fields {
		name := string(field.b)
		if name == "" && i == 0 {
			name = unnamed(s.fields)
		}
		if name == "" {
			return nil, s.fail(s.line, "column %d has no name in the header; give names with SkipLines, NoHeader and Columns", i+1)
		}
		if !utf8.ValidString(name) {
			return nil, s.fail(s.line, "the name of column %d, %q, is not UTF-8", i+1, name)
		}
		if k, twice := seen[name]; twice {
			return nil, s.fail(s.line, "columns %d and %d have the same name %q", k+1, i+1, name)
		}
		seen[name] = i
		names[i] = name
	}
	return names, nil
}

// unnamed is the name of the first column if the header has none: of the default names
// the first, with underscores if another column has it.
func unnamed(header []csvField) string {
	name := "x1"
	used := make(map[string]bool, len(header))
	for _, field := range header {
		used[string(field.b)] = true
	}
	for used[name] {
		name += "_"
	}
	return name
}

// layOut says where the columns of the file go.
func (f *csvFile) layOut(names []string) error {
	at := make(map[string]int, len(names))
	f.fields = make([]csvColumn, len(names))
	for i, name := range names {
		at[name] = i
		f.fields[i] = csvColumn{name: name, out: toNowhere}
	}
	find := func(name string) (*csvColumn, error) {
		i, ok := at[name]
		if !ok {
			return nil, &belief.UnknownNameError{Kind: "column", Name: name, In: orCSV(f.name), Suggestions: suggest.Nearest(name, slices.Values(names), 3)}
		}
		return &f.fields[i], nil
	}
	if f.opts.Weights != "" {
		c, err := find(f.opts.Weights)
		if err != nil {
			return err
		}
		c.out, c.given, f.weighted = toWeights, true, true
	}
	for _, name := range f.opts.Ignore {
		if c, err := find(name); err != nil {
			return err
		} else if c.out == toNowhere {
			c.given = true
		}
	}
	for _, name := range f.opts.Text {
		c, err := find(name)
		if err != nil {
			return err
		}
		if c.out == toWeights {
			return &belief.ConfigError{Field: "Text", Value: name, Want: "without the column of the weights"}
		}
		c.text = true
	}
	wanted := f.opts.Columns
	if wanted == nil {
		for _, c := range f.fields {
			if !c.given {
				wanted = append(wanted, Column{Name: c.name})
			}
		}
	}
	for _, w := range wanted {
		c, err := find(w.Name)
		if err != nil {
			return err
		}
		if c.out == toWeights {
			continue
		}
		c.out = len(f.columns)
		f.columns = append(f.columns, w)
		if f.opts.Columns == nil {
			if c.text {
				c.index = map[string]int{}
			}
			continue
		}
		c.given, c.text = true, w.Categories != nil
		c.index = make(map[string]int, len(w.Categories))
		for k, text := range w.Categories {
			c.index[text] = k
		}
	}
	return nil
}
