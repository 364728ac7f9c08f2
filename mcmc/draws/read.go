package draws

// Reading of files of any known form.

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/belief-go/belief"
)

// Read reads draws in any of the forms that the package comment lists; which one
// it is, and whether gzip has compressed it, is seen from the content. Warnings
// tell of what is missing, such as the rest of a run that is still writing.
//
// Errors are [*belief.ParseError], or [*belief.TooLargeError] if the draws are
// over the budget of the options.
func Read(r io.Reader, o Options) (*Draws, []belief.Warning, error) {
	s, err := open(r, "draws", o)
	if err != nil {
		return nil, nil, err
	}
	read := readTable
	if first := s.firstByte(); first == '{' {
		read = readJSONLines
	}
	d, err := read(s)
	if err != nil {
		return nil, nil, err
	}
	return d, s.warnings, nil
}

// firstByte peeks at the first byte that is not blank, within reason.
func (s *source) firstByte() byte {
	for n := 1; n <= 4096; n++ {
		b, err := s.in.Peek(n)
		if err != nil {
			return 0
		}
		if c := b[n-1]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c
		}
	}
	return 0
}

// ReadFiles reads the draws of one run: a file for each chain, in the order
// given, or files with several chains each. All must have the same columns,
// in whatever order.
func ReadFiles(paths []string, o Options) (*Draws, []belief.Warning, error) {
	var all *Draws
	var warnings []belief.Warning
	for i, path := range paths {
		o.File = path
		f, err := os.Open(path)
		if err != nil {
			return nil, nil, err
		}
		d, w, err := Read(f, o)
		f.Close()
		if err != nil {
			return nil, nil, err
		}
		o.MaxBytes = max(o.budget()-d.bytes(), 1)
		warnings = append(warnings, w...)
		if i == 0 {
			all = d
			continue
		}
		if err := all.Append(d); err != nil {
			return nil, nil, &belief.ParseError{Format: "draws", File: path, Msg: "not of the same run as " + paths[0], Err: err}
		}
	}
	if all == nil {
		return nil, nil, &belief.ConfigError{Field: "paths", Value: paths, Want: "at least one file"}
	}
	return all, warnings, nil
}

// bytes is the memory that the numbers take.
func (d *Draws) bytes() int64 {
	n := 0
	for _, c := range d.Chains {
		n += len(c.Values) + len(c.Stats) + len(c.WarmUp) + len(c.WarmUpStats)
	}
	return 8 * int64(n)
}

// Append adds the chains of e, which must have the columns of d, to those of d.
// The order of columns may differ. It keeps the memory of e.
func (d *Draws) Append(e *Draws) error {
	names, err := permutation(d.Names, e.Names, "quantity")
	if err != nil {
		return err
	}
	stats, err := permutation(d.Stats, e.Stats, "statistic")
	if err != nil {
		return err
	}
	for _, c := range e.Chains {
		permute(c.Values, names)
		permute(c.WarmUp, names)
		permute(c.Stats, stats)
		permute(c.WarmUpStats, stats)
		d.Chains = append(d.Chains, c)
	}
	return nil
}

// permutation finds where in from the names of to stand; nil if in their places.
func permutation(to, from []string, what string) ([]int, error) {
	if slices.Equal(to, from) {
		return nil, nil
	}
	at := make(map[string]int, len(from))
	for i, name := range from {
		at[name] = i
	}
	p := make([]int, len(to))
	for i, name := range to {
		k, ok := at[name]
		if !ok {
			return nil, fmt.Errorf("it has no %s %.60q", what, name)
		}
		p[i] = k
		delete(at, name)
	}
	for _, name := range from {
		if _, extra := at[name]; extra {
			return nil, fmt.Errorf("it has a %s %.60q more", what, name)
		}
	}
	return p, nil
}

// permute brings the rows of a table into another order of columns.
func permute(table []float64, p []int) {
	row := make([]float64, len(p))
	for len(p) > 0 && len(table) > 0 {
		for i, k := range p {
			row[i] = table[k]
		}
		copy(table, row)
		table = table[len(p):]
	}
}
