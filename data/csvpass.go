package data

// The rows of a CSV file.

import (
	"fmt"
	"io"
	"maps"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
)

// A csvPass goes over the rows of a file in its order.
type csvPass struct {
	f    *csvFile
	s    *csvScanner
	done int // rows
	err  error
}

func (f *csvFile) pass(uint64) (Pass, error) {
	s, err := f.at(f.start)
	if err != nil {
		return nil, err
	}
	return &csvPass{f: f, s: s}, nil
}

func (p *csvPass) Next(b *Batch) error {
	n := min(b.Room(), p.f.rows-p.done)
	if n == 0 && p.err == nil {
		if p.err = p.unchanged(); p.err == nil {
			p.err = io.EOF
		}
	}
	b.Reshape(n, len(p.f.columns), p.f.weighted)
	if p.f.weighted && b.Weights == nil {
		b.Weights = []float64{} // without rows
	}
	for i := 0; i < n && p.err == nil; i++ {
		if p.err = p.s.next(true); p.err == nil {
			p.err = p.row(b, i)
		} else if p.err == io.EOF {
			p.err = p.s.fail(0, errChanged)
		}
	}
	if p.err != nil {
		b.empty()
		return p.err
	}
	p.done += n
	return nil
}

// unchanged says whether the rows that have been read are still those of the file.
func (p *csvPass) unchanged() error {
	if u, ok := p.s.r.(*unpacked); ok && p.f.info != nil {
		return unchanged(u, p.f.info)
	}
	return nil
}

// row puts the current record into row i of b.
func (p *csvPass) row(b *Batch, i int) error {
	f := p.f
	if len(p.s.fields) != len(f.fields) {
		return f.ragged(p.s)
	}
	row := b.Row(i)
	for k := range f.fields {
		c := &f.fields[k]
		if c.out == toNowhere {
			continue
		}
		if c.out >= 0 && !c.text && !f.early { // most fields are plain numbers
			if v, kind := parseNumber(p.s.fields[k].b, f.mark); kind == isNumber {
				row[c.out] = v
				continue
			}
		}
		v, err := f.value(p.s, c, p.s.fields[k])
		if err != nil {
			return err
		}
		if c.out == toWeights {
			b.Weights[i] = v
		} else {
			row[c.out] = v
		}
	}
	return nil
}

// value is what a field means in a column whose kind is known. A category that was
// given may look like a mark of something missing.
func (f *csvFile) value(s *csvScanner, c *csvColumn, field csvField) (float64, error) {
	if c.text {
		if k, ok := c.index[string(field.b)]; ok && (field.quoted || len(field.b) > 0) {
			return float64(k), nil
		}
		if f.isMissing(field) {
			return math.NaN(), nil
		}
		return 0, &belief.ParseError{
			Format: "CSV", File: f.name, Line: s.line,
			Err: &belief.UnknownNameError{
				Kind: "category", Name: string(field.b), In: fmt.Sprintf("column %q", c.name),
				Suggestions: suggest.Nearest(string(field.b), maps.Keys(c.index), 3),
			},
		}
	}
	v, kind := 0.0, notNumber
	if !f.early || !f.isMissing(field) {
		v, kind = parseNumber(field.b, f.mark)
	}
	switch {
	case kind == outOfRange:
		return 0, f.tooFar(s, c, field)
	case c.out == toWeights && (kind != isNumber || !(v >= 0 && v <= math.MaxFloat64)):
		return 0, s.fail(s.line, "column %q: the weight is %.40q; want a finite number, at least 0", c.name, field.b)
	case kind == isNumber:
		return v, nil
	case f.isMissing(field):
		return math.NaN(), nil
	}
	return 0, s.fail(s.line, "column %q: want a number, got %.40q", c.name, field.b)
}

// Skip passes over rows, most of them unread where the file can be entered anywhere.
func (p *csvPass) Skip(rows int) error {
	if rows < 0 {
		panic("data: skipping a negative number of rows")
	}
	if p.err != nil {
		if p.err == io.EOF {
			return nil
		}
		return p.err
	}
	to := p.done + min(rows, p.f.rows-p.done)
	if k := to / markEvery; p.f.seeks && k*markEvery > p.done && k < len(p.f.marks) {
		s, err := p.f.at(p.f.marks[k])
		if err != nil {
			p.err = err
			return err
		}
		p.s.close()
		p.s, p.done = s, k*markEvery
	}
	for ; p.done < to; p.done++ {
		if p.err = p.s.next(false); p.err == io.EOF {
			p.err = p.s.fail(0, errChanged)
		}
		if p.err != nil {
			return p.err
		}
	}
	return nil
}

func (p *csvPass) Close() error {
	p.err = io.EOF
	return p.s.close()
}
