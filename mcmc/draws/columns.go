package draws

// Files with one quantity and a column for each of its chains.

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strings"

	"github.com/belief-go/belief"
)

// ReadColumns reads the draws of one quantity from a table with a column for each
// chain. Names of columns, if there are any, do not matter; the quantity has the
// name of the file without its extension, or x. Errors are as in [Read].
func ReadColumns(r io.Reader, o Options) (*Draws, []belief.Warning, error) {
	s, err := open(r, "draws", o)
	if err != nil {
		return nil, nil, err
	}
	d := New([]string{quantityOf(o.File)}, nil, 0, 0)
	separator := byte(0)
	var cells []cell
	var values []float64
	for {
		line, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, nil, err
		}
		if text := strings.TrimSpace(string(line)); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		first := separator == 0
		if first {
			separator = separatorOf(line)
		}
		if cells, err = s.cells(cells, line, separator); err == nil && first {
			if err = s.take(256 * len(cells)); err == nil {
				d, values = New(d.Names, nil, len(cells), 0), make([]float64, len(cells))
			}
		}
		if err == nil {
			err = s.spread(d, line, cells, values, first)
		}
		if err != nil && (s.whole || first || isTooLarge(err)) {
			return nil, nil, err
		} else if err != nil {
			s.cutShort()
		}
	}
	if len(d.Chains) == 0 {
		return nil, nil, s.fail(0, "there are no draws in it", nil)
	}
	return d, s.warnings, nil
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*belief.TooLargeError](err)
	return ok
}

// spread gives each chain its draw. The first line may have names instead.
func (s *source) spread(d *Draws, line []byte, cells []cell, values []float64, first bool) error {
	if len(cells) != len(d.Chains) {
		return s.fail(0, fmt.Sprintf("want %d cells, as in the first row, got %d", len(d.Chains), len(cells)), nil)
	}
	if err := s.take(8*len(cells) + 8); err != nil {
		return err
	}
	isName, numbers := -1, 0
	for i, c := range cells {
		x, err := parseNumber(c.text)
		if err != nil && !first {
			return s.fail(column(line, c.at), fmt.Sprintf("%.40q is %v", c.text, err), nil)
		} else if err != nil {
			isName = i
		} else if !math.IsNaN(x) {
			numbers++
		}
		values[i] = x
	}
	switch {
	case isName < 0:
		for i, x := range values {
			d.Chains[i].Values = append(d.Chains[i].Values, x)
		}
	case numbers > 0:
		return s.fail(column(line, cells[isName].at), fmt.Sprintf("%.40q is not a number; the first row has names, or it has numbers", cells[isName].text), nil)
	}
	return nil
}

// quantityOf makes a name of a file's.
func quantityOf(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), ".gz")
	name = strings.TrimSuffix(name, filepath.Ext(name))
	if file == "" || name == "" {
		return "x"
	}
	return name
}
