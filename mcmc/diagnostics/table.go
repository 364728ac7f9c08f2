package diagnostics

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

// String returns a table with a row for each quantity, and the warnings. Numbers have
// two digits of their Monte Carlo standard errors, and the error of the mean is in
// the column mcse; "NaN" is what cannot be computed. Shapes and warnings follow.
func (s *Summary) String() string {
	head := []string{"", "mean", "mcse", "sd"}
	for _, p := range s.Probabilities {
		head = append(head, percent(p)+"%")
	}
	rows := [][]string{append(head, "ess_bulk", "ess_tail", "rhat")}
	for _, q := range s.Quantities {
		row := []string{q.Name, fitted(q.Mean, q.MCSEMean), fitted(q.MCSEMean, q.MCSEMean), fitted(q.SD, q.MCSESD)}
		for i, v := range q.Quantiles {
			row = append(row, fitted(v, q.MCSEQuantiles[i]))
		}
		rows = append(rows, append(row, decimals(q.ESSBulk, 0), decimals(q.ESSTail, 0), decimals(q.RHat, 3)))
	}
	var b strings.Builder
	writeAligned(&b, rows)
	fmt.Fprintf(&b, "%s of %s", counted(s.Chains, "chain"), counted(s.Iterations, "draw"))
	if s.trajectories {
		fmt.Fprintf(&b, ", %s", counted(s.Divergences, "divergence"))
	}
	if s.EBFMI != nil {
		b.WriteString(", E-BFMI")
		for _, v := range s.EBFMI {
			b.WriteByte(' ')
			b.WriteString(decimals(v, 2))
		}
	}
	b.WriteByte('\n')
	for _, w := range s.Warnings {
		fmt.Fprintf(&b, "warning: %v\n", w)
	}
	return b.String()
}

// writeAligned writes rows with the first column to the left, others to the right.
func writeAligned(b *strings.Builder, rows [][]string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for j, cell := range row {
			widths[j] = max(widths[j], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		for j, cell := range row {
			pad := strings.Repeat(" ", widths[j]-utf8.RuneCountInString(cell))
			if j == 0 {
				b.WriteString(cell + pad)
			} else {
				b.WriteString("  " + pad + cell)
			}
		}
		b.WriteByte('\n')
	}
}

// decimals writes v with so many digits behind the point.
func decimals(v float64, digits int) string {
	switch {
	case math.IsNaN(v), math.IsInf(v, 0):
		return fitted(v, 0)
	case math.Abs(v) >= 1e15:
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	return strconv.FormatFloat(v, 'f', digits, 64)
}

// percent writes a probability in percent, without the sign.
func percent(p float64) string { return strconv.FormatFloat(100*p, 'g', 10, 64) }

// A field is one number of a row in JSON and CSV.
type field struct {
	key   string
	value float64
}

// fields are the numbers of a quantity under the names that are customary in files:
// q05 stands for the 5% quantile, ess_q05 and mcse_q05 for its worth.
func (q *Quantity) fields(probabilities []float64) []field {
	f := []field{
		{"rhat", q.RHat}, {"rhat_basic_split", q.RHatBasicSplit}, {"rhat_basic_nosplit", q.RHatBasicNoSplit},
		{"ess_bulk", q.ESSBulk}, {"ess_tail", q.ESSTail}, {"ess_mean", q.ESSMean}, {"ess_sd", q.ESSSD},
		{"ess_basic_split", q.ESSMean}, {"ess_basic_nosplit", q.ESSBasicNoSplit},
		{"mcse_mean", q.MCSEMean}, {"mcse_sd", q.MCSESD},
		{"mean", q.Mean}, {"sd", q.SD},
		{"median", q.Median}, {"ess_median", q.ESSMedian}, {"mcse_median", q.MCSEMedian}, {"mad", q.MAD},
	}
	for i, p := range probabilities {
		if p == 0.5 {
			continue // it is the median
		}
		key := percent(p)
		if whole, _, _ := strings.Cut(key, "."); len(whole) < 2 {
			key = "0" + key
		}
		f = append(f, field{"q" + key, q.Quantiles[i]}, field{"ess_q" + key, q.ESSQuantiles[i]}, field{"mcse_q" + key, q.MCSEQuantiles[i]})
	}
	return f
}

// MarshalJSON writes an object with the key "quantities", a list of objects with
// "name" and the keys rhat, ess_bulk, mcse_mean, q05, …; what is not finite is null,
// "Inf" or "-Inf".
func (s *Summary) MarshalJSON() ([]byte, error) {
	quantities := make([]json.RawMessage, len(s.Quantities))
	for i := range s.Quantities {
		q := &s.Quantities[i]
		name, err := json.Marshal(q.Name)
		if err != nil {
			return nil, err
		}
		text := append([]byte(`{"name":`), name...)
		for _, f := range q.fields(s.Probabilities) {
			value, err := belief.Number(f.value).MarshalJSON()
			if err != nil {
				return nil, err
			}
			text = append(append(append(append(text, `,"`...), f.key...), `":`...), value...)
		}
		quantities[i] = append(text, '}')
	}
	out := struct {
		Chains      int               `json:"chains"`
		Iterations  int               `json:"iterations"`
		Converged   bool              `json:"converged"`
		Quantities  []json.RawMessage `json:"quantities"`
		Divergences *int              `json:"divergences,omitempty"`
		Saturated   *int              `json:"max_treedepth_hits,omitempty"`
		EBFMI       []belief.Number   `json:"ebfmi,omitempty"`
		Warnings    []belief.Warning  `json:"warnings"`
	}{Chains: s.Chains, Iterations: s.Iterations, Converged: s.Converged, Quantities: quantities, Warnings: s.Warnings}
	if s.trajectories {
		out.Divergences, out.Saturated = &s.Divergences, &s.Saturated
	}
	for _, v := range s.EBFMI {
		out.EBFMI = append(out.EBFMI, belief.Number(v))
	}
	return json.Marshal(out)
}

// WriteCSV writes a line of names, and a line for each quantity with as many digits
// as it takes to read the same bits back; NaN, Inf and -Inf stand for themselves.
func (s *Summary) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	header := []string{"name"}
	empty := newQuantity("", len(s.Probabilities))
	for _, f := range empty.fields(s.Probabilities) {
		header = append(header, f.key)
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for i := range s.Quantities {
		q := &s.Quantities[i]
		row := []string{q.Name}
		for _, f := range q.fields(s.Probabilities) {
			cell := strconv.FormatFloat(f.value, 'g', -1, 64)
			row = append(row, strings.TrimPrefix(cell, "+"))
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
