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
	// one less. Like Min and Max they are NaN for want of values, and for categories;
	// they also are if the weights add up to more than a float64 holds.
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
// a large mean. They are kept in a unit that grows with the differences, so that squares
// neither overflow nor vanish.
func Summarize(src Source) (*Summary, error) {
	columns := src.Columns()
	s := &Summary{Columns: make([]ColumnSummary, len(columns))}
	m, at := make([]moments, len(columns)), categorical(columns)
	for j, c := range columns {
		s.Columns[j] = ColumnSummary{Name: c.Name, Min: math.NaN(), Max: math.NaN()}
		if c.Categories != nil {
			s.Columns[j].Categories = make([]CategoryCount, 0, len(c.Categories))
		}
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
			s.Weight += w
			if err := checkRow(columns, at, s.Rows, b.Row(i)); err != nil {
				return nil, err
			}
			for j, v := range b.Row(i) {
				s.Columns[j].add(&m[j], v, w)
			}
			s.Rows++
		}
	}
	for j := range s.Columns {
		c := &s.Columns[j]
		c.Mean, c.SD = math.NaN(), math.NaN()
		if m[j].weight > 0 {
			c.Mean, c.SD = m[j].results()
		}
		slices.SortStableFunc(c.Categories, func(a, b CategoryCount) int { return cmp.Compare(b.Weight, a.Weight) })
	}
	return s, nil
}

// moments are the running sums of a column, of differences from its first value. Mean
// and square are those of the differences times inverse, a power of two.
type moments struct{ first, weight, mean, square, inverse float64 }

// far is where a difference calls for a larger unit: its square is far from overflow.
const far = 1 << 200

// difference returns v less the first value, in the unit.
func (m *moments) difference(v float64) float64 {
	d := v - m.first
	if d == 0 {
		return 0
	}
	u := d * m.inverse
	if m.inverse > 0 && math.Abs(u) < far {
		return u
	}
	_, e := math.Frexp(d)
	if math.IsInf(d, 0) { // the difference of two finite values
		e = 1024
	}
	// The bounds keep the unit and its inverse in the range of normal numbers.
	inverse := math.Ldexp(1, -min(max(e, -1000), 1000))
	if m.inverse > 0 {
		f := inverse / m.inverse
		m.mean, m.square = m.mean*f, m.square*f*f
	}
	m.inverse = inverse
	if math.IsInf(d, 0) {
		return v*inverse - m.first*inverse
	}
	return d * inverse
}

// results returns mean and standard deviation.
func (m *moments) results() (mean, sd float64) {
	if math.IsInf(m.weight, 0) {
		return math.NaN(), math.NaN()
	}
	if m.inverse == 0 { // all values are the same
		return m.first, 0
	}
	mean = m.first + m.mean/m.inverse
	if math.IsInf(mean, 0) {
		mean = (m.first*m.inverse + m.mean) / m.inverse
	}
	sd = math.Sqrt(m.square/m.weight) / m.inverse
	if m.square > 0 { // 0 is for columns that are constant
		sd = max(sd, math.SmallestNonzeroFloat64)
	}
	return mean, sd
}

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
	u := m.difference(v)
	d := u - m.mean
	m.mean += d * (w / m.weight)
	m.square += w * d * (u - m.mean)
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
