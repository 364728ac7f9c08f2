package joint

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// This file has tables as text for people and as JSON.

// mostRows and mostColumns are how much of a table String shows.
const (
	mostRows    = 40
	mostColumns = 10
)

// String returns the table: with the sums of rows and columns if it has two
// variables, and else line by line.
func (t *Table) String() string { return t.text(t.p, "p", true) }

// String returns the counts, as [Table.String] does.
func (c *Counts) String() string { return c.text(c.n, "count", true) }

// String returns the table, a row for each combination of the parents' states.
func (c *Conditional) String() string {
	if len(c.vars) == 2 {
		return c.text(c.p, "p", false)
	}
	return c.text(c.p, fmt.Sprintf("p(%s | %s)", strings.Join(c.Children(), ", "), strings.Join(c.Parents(), ", ")), false)
}

// text writes cells; with sums only if they are wanted.
func (s *space) text(cells []float64, what string, sums bool) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if len(s.vars) == 2 && s.dims[1] <= mostColumns {
		s.cross(w, cells, sums)
	} else {
		fmt.Fprintf(w, "%s\t%s\n", strings.Join(names(s.vars), "\t"), what)
		states := make([]int, len(s.vars))
		for i, p := range cells {
			if i == mostRows {
				fmt.Fprintf(w, "… (%d more)\n", len(cells)-i)
				break
			}
			for k, state := range states {
				fmt.Fprintf(w, "%s\t", s.vars[k].States[state])
			}
			fmt.Fprintf(w, "%.6g\n", p)
			s.next(states)
		}
	}
	// A strings.Builder takes everything.
	_ = w.Flush()
	return b.String()
}

// cross writes a table of two variables with sums at its margins.
func (s *space) cross(w *tabwriter.Writer, cells []float64, sums bool) {
	rows, columns := s.vars[0].States, s.vars[1].States
	fmt.Fprintf(w, "%s \\ %s\t%s", s.vars[0].Name, s.vars[1].Name, strings.Join(columns, "\t"))
	if sums {
		fmt.Fprint(w, "\tsum")
	}
	fmt.Fprintln(w)
	line := func(name string, row []float64) {
		fmt.Fprint(w, name)
		for _, p := range row {
			fmt.Fprintf(w, "\t%.6g", p)
		}
		if sums {
			fmt.Fprintf(w, "\t%.6g", careful.Sum(row))
		}
		fmt.Fprintln(w)
	}
	for i, name := range rows {
		if i == mostRows {
			fmt.Fprintf(w, "… (%d more)\n", len(rows)-i)
			break
		}
		line(name, cells[i*len(columns):(i+1)*len(columns)])
	}
	if sums {
		line("sum", sumTo(nil, s, cells, []int{1}))
	}
}

// version is that of the JSON texts.
const version = 1

// A document is a table in JSON. Numbers are [belief.Number], as the rows of
// impossible parents are NaN.
type document struct {
	Version   int             `json:"version"`
	Parents   []Variable      `json:"parents,omitempty"`
	Variables []Variable      `json:"variables"`
	P         []belief.Number `json:"p,omitempty"`
	Counts    []belief.Number `json:"counts,omitempty"`
}

func toNumbers(x []float64) []belief.Number {
	out := make([]belief.Number, len(x))
	for i, v := range x {
		out[i] = belief.Number(v)
	}
	return out
}

// read parses a document.
func (d *document) read(data []byte) error {
	if err := json.Unmarshal(data, d); err != nil {
		return &belief.ParseError{Format: "joint table JSON", Err: err}
	}
	if d.Version != version {
		return &belief.ParseError{Format: "joint table JSON", Msg: fmt.Sprintf("version %d is unknown; %d is known", d.Version, version)}
	}
	return nil
}

func toFloats(x []belief.Number) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// MarshalJSON writes variables and probabilities.
func (t *Table) MarshalJSON() ([]byte, error) {
	return json.Marshal(document{Version: version, Variables: t.vars, P: toNumbers(t.p)})
}

// UnmarshalJSON reads what MarshalJSON writes, to the same bits.
func (t *Table) UnmarshalJSON(data []byte) error {
	var d document
	if err := d.read(data); err != nil {
		return err
	}
	p := toFloats(d.P)
	table, err := New(d.Variables, p)
	if err != nil {
		return err
	}
	*t = *table
	if math.Abs(careful.Sum(p)-1) < 1e-12 { // nothing that the division should change
		t.p = p
	}
	return nil
}

// MarshalJSON writes variables and counts.
func (c *Counts) MarshalJSON() ([]byte, error) {
	return json.Marshal(document{Version: version, Variables: c.vars, Counts: toNumbers(c.n)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Counts) UnmarshalJSON(data []byte) error {
	var d document
	if err := d.read(data); err != nil {
		return err
	}
	counts, err := NewCounts(d.Variables, toFloats(d.Counts))
	if err != nil {
		return err
	}
	*c = *counts
	return nil
}

// MarshalJSON writes parents, children and probabilities; those of impossible
// parents are null.
func (c *Conditional) MarshalJSON() ([]byte, error) {
	return json.Marshal(document{Version: version, Parents: c.vars[:c.parents], Variables: c.vars[c.parents:], P: toNumbers(c.p)})
}

// UnmarshalJSON reads what MarshalJSON writes, to the same bits.
func (c *Conditional) UnmarshalJSON(data []byte) error {
	var d document
	if err := d.read(data); err != nil {
		return err
	}
	p := toFloats(d.P)
	filled := slices.Clone(p)
	width := 1
	for _, v := range d.Variables {
		if width *= max(1, len(v.States)); width > len(p) {
			break
		}
	}
	for from := 0; from+width <= len(p); from += width { // NaN stands for a row, never for a part of it
		row := filled[from : from+width]
		if !slices.ContainsFunc(row, func(v float64) bool { return !math.IsNaN(v) }) {
			clear(row)
			row[0] = 1
		}
	}
	table, err := NewConditional(d.Variables, d.Parents, filled)
	if err != nil {
		return err
	}
	*c = *table
	for i, row := range c.rows() {
		raw := p[i*len(row) : (i+1)*len(row)]
		if math.IsNaN(raw[0]) || math.Abs(careful.Sum(raw)-1) < 1e-12 {
			copy(row, raw)
		}
	}
	return nil
}
