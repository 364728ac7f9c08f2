package em

// Names, means and variances of columns.

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

func columnNames(columns []data.Column) []string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Name)
	}
	return names
}

// weighty returns the sequences that have a weight: the others say nothing.
func weighty(seqs *data.Sequences, weights []float64) *data.Sequences {
	if !slices.Contains(weights, 0) {
		return seqs
	}
	var which []int
	for i, w := range weights {
		if w > 0 {
			which = append(which, i)
		}
	}
	return seqs.Pick(which)
}

// checkColumnNames refuses columns that are not found by their names.
func checkColumnNames(names []string) error {
	seen := map[string]bool{"": true}
	for j, name := range names {
		if seen[name] {
			return &belief.ConfigError{Field: fmt.Sprintf("Columns[%d]", j), Value: fmt.Sprintf("%q", name), Want: "a name, and unlike those before it"}
		}
		seen[name] = true
	}
	return nil
}

// columnMoments returns the means and variances of what is there in each column, one
// where there is none that differs.
func columnMoments(seqs *data.Sequences) (means, variances []float64, err error) {
	summary, err := data.Summarize(seqs.Table())
	if err != nil {
		return nil, nil, err
	}
	for _, c := range summary.Columns {
		if c.Missing == summary.Rows {
			return nil, nil, &belief.ConfigError{Field: "column " + c.Name, Value: "without a number", Want: "one with at least one"}
		}
		v := c.SD * c.SD
		if !(v > 0) {
			v = 1
		}
		if !(v <= math.MaxFloat64) {
			return nil, nil, &belief.ConfigError{Field: "column " + c.Name, Value: "of numbers whose squares overflow", Want: "one of smaller numbers"}
		}
		means, variances = append(means, c.Mean), append(variances, v)
	}
	return means, variances, nil
}
