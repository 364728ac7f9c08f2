package data

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/belief-go/belief"
)

// A Summary says what is in a source.
type Summary struct {
	Rows    int             `json:"rows"`
	Weight  float64         `json:"weight"` // of all rows; their number if they have no weights
	Columns []ColumnSummary `json:"columns"`
}

// A ColumnSummary says what is in a column. Rows count by their weights in the mean,
// the standard deviation and the categories; Missing and Infinite count rows.
type ColumnSummary struct {
	Name     string
	Missing  int // cells
	Infinite int // cells, which mean and standard deviation leave out
	// Mean and SD are those of the finite values, SD with the weight as divisor, not
	// one less. Like Min and Max they are NaN for want of values, and for categories.
	Mean, SD, Min, Max float64
	Categories         []CategoryCount // most frequent first, those that do not occur last
}

// A CategoryCount says how often a category occurs.
type CategoryCount struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight"` // of the rows that have it
}

// MarshalJSON writes NaN as null, as it stands for want of values.
func (c ColumnSummary) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name       string          `json:"name"`
		Missing    int             `json:"missing"`
		Infinite   int             `json:"infinite"`
		Mean       belief.Number   `json:"mean"`
		SD         belief.Number   `json:"sd"`
		Min        belief.Number   `json:"min"`
		Max        belief.Number   `json:"max"`
		Categories []CategoryCount `json:"categories,omitempty"`
	}{c.Name, c.Missing, c.Infinite, belief.Number(c.Mean), belief.Number(c.SD), belief.Number(c.Min), belief.Number(c.Max), c.Categories})
}

// Summarize goes over a source once. Its sums are those of West (1979, updating mean
// and variance estimates) for differences from the first value, which lose no digits to
// a large mean.
func Summarize(src Source) (*Summary, error) {
	columns := src.Columns()
	s := &Summary{Columns: make([]ColumnSummary, len(columns))}
	m := make([]moments, len(columns))
	for j, c := range columns {
		s.Columns[j] = ColumnSummary{Name: c.Name, Min: math.NaN(), Max: math.NaN()}
		for _, text := range c.Categories {
			s.Columns[j].Categories = append(s.Columns[j].Categories, CategoryCount{Text: text})
		}
	}
	for b, err := range Batches(src, Order{}, 0) {
		if err != nil {
			return nil, err
		}
		for i := range b.Rows {
			w := 1.0
			if b.Weights != nil {
				w = b.Weights[i]
			}
			s.Rows++
			s.Weight += w
			for j, v := range b.Row(i) {
				s.Columns[j].add(&m[j], v, w)
			}
		}
	}
	for j := range s.Columns {
		c := &s.Columns[j]
		c.Mean, c.SD = math.NaN(), math.NaN()
		if m[j].weight > 0 {
			c.Mean, c.SD = m[j].first+m[j].mean, math.Sqrt(m[j].square/m[j].weight)
		}
		slices.SortStableFunc(c.Categories, func(a, b CategoryCount) int { return cmp.Compare(b.Weight, a.Weight) })
	}
	return s, nil
}

// moments are the running sums of a column, of differences from its first value.
type moments struct{ first, weight, mean, square float64 }

func (c *ColumnSummary) add(m *moments, v, w float64) {
	switch {
	case v != v:
		c.Missing++
		return
	case c.Categories != nil:
		c.Categories[int(v)].Weight += w
		return
	}
	if !(c.Min <= v) {
		c.Min = v
	}
	if !(c.Max >= v) {
		c.Max = v
	}
	if math.IsInf(v, 0) {
		c.Infinite++
		return
	}
	if w == 0 {
		return
	}
	if m.weight == 0 {
		m.first = v
	}
	m.weight += w
	v -= m.first
	d := v - m.mean
	m.mean += d * (w / m.weight)
	m.square += w * d * (v - m.mean)
}

// String gives a table for people, one line per column.
func (s *Summary) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows", s.Rows)
	if s.Weight != float64(s.Rows) {
		fmt.Fprintf(&b, " of weight %.6g", s.Weight)
	}
	b.WriteByte('\n')
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "column\tmissing\tmean\tsd\tmin\tmax")
	for _, c := range s.Columns {
		fmt.Fprintf(w, "%s\t%d\t", c.Name, c.Missing)
		if c.Categories == nil {
			fmt.Fprintf(w, "%.6g\t%.6g\t%.6g\t%.6g\n", c.Mean, c.SD, c.Min, c.Max)
			continue
		}
		const most = 3
		for k, cat := range c.Categories {
			if k == most {
				fmt.Fprintf(w, ", … (%d more)", len(c.Categories)-most)
				break
			}
			if k > 0 {
				fmt.Fprint(w, ", ")
			}
			fmt.Fprintf(w, "%s %.6g", cat.Text, cat.Weight)
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String()
}
