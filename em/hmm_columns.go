package em

// Variances of columns, and floors relative to them.

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// hmmColumns returns the means and variances of what is there in each column, one where
// there is none that differs.
func hmmColumns(seqs *data.Sequences) (means, variances []float64, err error) {
	p, table := len(seqs.Columns()), seqs.Table()
	means, variances = make([]float64, p), make([]float64, p)
	for j := range p {
		origin, sum, square, n := math.NaN(), 0.0, 0.0, 0.0
		for i := range table.Rows() {
			v := table.Row(i)[j]
			if v != v {
				continue
			}
			if n == 0 {
				origin = v
			}
			n++
			delta := (v - origin) - sum // of the running mean, Welford 1962
			sum += delta / n
			square += delta * ((v - origin) - sum)
		}
		if n == 0 {
			return nil, nil, &belief.ConfigError{Field: "column " + seqs.Columns()[j].Name, Value: "without a number", Want: "one with at least one"}
		}
		means[j], variances[j] = origin+sum, square/n
		if !(variances[j] > 0) {
			variances[j] = 1
		}
		if !(variances[j] <= math.MaxFloat64) {
			return nil, nil, &belief.ConfigError{Field: "column " + seqs.Columns()[j].Name, Value: "of numbers whose squares overflow", Want: "one of smaller numbers"}
		}
	}
	return means, variances, nil
}
