package data

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

// WriteCSV writes a source as comma-separated text with a header, the weights, if there
// are any, as a last column "weight". Numbers have as many digits as it takes to read
// the same bits back, and missing cells are empty; in a lone column they are marked.
//
// [ReadCSV] with the Columns of the source, and Weights, reads back what was written.
// Without them it finds out the same, unless a name or all categories of a column look
// like numbers, a category looks like a mark of something missing, or the categories
// are not sorted or not all in use.
//
// Names and categories that are not UTF-8, and a column "weight" beside weights, are a
// [*belief.ConfigError].
func WriteCSV(w io.Writer, src Source) error {
	out := csvWriter{w: bufio.NewWriter(w), columns: src.Columns(), missing: make([]string, len(src.Columns()))}
	for _, c := range out.columns {
		for _, text := range append([]string{c.Name}, c.Categories...) {
			if !utf8.ValidString(text) {
				return &belief.ConfigError{Field: "column", Value: fmt.Sprintf("%q", text), Want: "UTF-8"}
			}
		}
	}
	p, err := src.Pass(Order{})
	if err != nil {
		return err
	}
	err = out.all(src, p)
	if closing := p.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return out.w.Flush()
}

type csvWriter struct {
	w       *bufio.Writer
	columns []Column
	missing []string // marks, per column
	number  []byte
}

func (out *csvWriter) all(src Source, p Pass) error {
	var b Batch
	err := p.Next(&b)
	if err != nil && err != io.EOF {
		return err
	}
	weighted := b.Weights != nil
	if t, ok := src.(*Table); ok {
		weighted = t.weights != nil // perhaps there are no rows
	}
	if head := out.header(weighted); head != nil {
		return head
	}
	for ; err == nil; err = p.Next(&b) {
		for i := range b.Rows {
			for j, v := range b.Row(i) {
				if j > 0 {
					out.w.WriteByte(',')
				}
				if err := out.cell(j, v); err != nil {
					return err
				}
			}
			if weighted {
				if len(out.columns) > 0 {
					out.w.WriteByte(',')
				}
				out.float(b.Weights[i])
			}
			if err := out.w.WriteByte('\n'); err != nil {
				return err
			}
		}
	}
	if err == io.EOF {
		return nil
	}
	return err
}

func (out *csvWriter) header(weighted bool) error {
	for j, c := range out.columns {
		if weighted && c.Name == weightName {
			return &belief.ConfigError{Field: "column", Value: c.Name, Want: "another name, for there are weights too"}
		}
		if j > 0 {
			out.w.WriteByte(',')
		}
		out.text(c.Name)
	}
	switch {
	case weighted && len(out.columns) > 0:
		out.w.WriteByte(',')
		fallthrough
	case weighted:
		out.w.WriteString(weightName)
	case len(out.columns) == 0:
		return &belief.ConfigError{Field: "src", Value: "a source without columns and weights", Want: "at least one column"}
	case len(out.columns) == 1:
		mark, err := missingMark(out.columns[0])
		if err != nil {
			return err
		}
		out.missing[0] = mark
	}
	return out.w.WriteByte('\n')
}

const weightName = "weight"

// missingMark returns one that is no category of a column that stands alone: its lines
// cannot be empty.
func missingMark(c Column) (string, error) {
	for _, mark := range []string{"NA", "NaN", "N/A", "#N/A", "null", "?", "."} {
		used := false
		for _, text := range c.Categories {
			used = used || text == mark
		}
		if !used {
			return mark, nil
		}
	}
	return "", &belief.ConfigError{Field: "column", Value: c.Name, Want: "without categories for every mark of a missing cell"}
}

func (out *csvWriter) cell(j int, v float64) error {
	c := out.columns[j]
	switch {
	case v != v:
		out.w.WriteString(out.missing[j])
	case c.Categories != nil:
		if err := checkCategory(c, 0, v); err != nil {
			return err
		}
		out.text(c.Categories[int(v)])
	default:
		out.float(v)
	}
	return nil
}

// text writes a text, quoted if it could be taken for something else.
func (out *csvWriter) text(s string) {
	if s != "" && !strings.ContainsAny(s, " \t\r\n,;|\"#\ufeff") {
		out.w.WriteString(s)
		return
	}
	out.w.WriteByte('"')
	out.w.WriteString(strings.ReplaceAll(s, `"`, `""`))
	out.w.WriteByte('"')
}

func (out *csvWriter) float(v float64) {
	format := byte('g')
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		format = 'f'
	}
	out.number = strconv.AppendFloat(out.number[:0], v, format, -1, 64)
	out.w.Write(out.number)
}
