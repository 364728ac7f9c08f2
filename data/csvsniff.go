package data

// What a CSV file does not say of itself: delimiter, header, decimal mark.

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/belief-go/belief"
)

// csvSample is how much of a file is looked at, or more if that has no two whole records.
const csvSample = 64 << 10

// sniff finds out what the options leave open, from the start of the table.
func (f *csvFile) sniff(s *csvScanner) error {
	s.delim, s.comment = '\t', f.opts.Comment // tabs may be a record
	if _, _, err := s.skipBlank(); err != nil && err != io.EOF {
		return err
	}
	var records [][]csvField
	enough := false
	most := csvSample + 2*min(f.opts.MaxLine, math.MaxInt/4)
	for size := csvSample; !enough; size = min(2*size, most) {
		for s.end-s.i < size {
			if more, err := s.fill(); err != nil {
				return err
			} else if !more {
				break
			}
		}
		sample, whole := s.buf[s.i:s.end], s.eof
		if len(sample) > size {
			sample, whole = sample[:size], false
		}
		if k := bytes.IndexByte(sample, '\r'); k >= 0 && k+1 < len(sample) && !whole &&
			bytes.IndexByte(sample, '\n') < 0 && bytes.IndexByte(sample[:k], '"') < 0 {
			return s.fail(s.lines+1, "%s", loneCR)
		}
		f.delim, records, enough = f.divides(sample, whole)
		enough = enough || whole || size == most
	}
	if f.mark = f.opts.Decimal; f.mark == 0 {
		f.mark = '.'
		commas, points := 0, 0
		for _, r := range records {
			for _, field := range r {
				if _, kind := parseNumber(field.b, ','); kind != notNumber && bytes.IndexByte(field.b, ',') >= 0 {
					commas++
				}
				if _, kind := parseNumber(field.b, '.'); kind != notNumber && bytes.IndexByte(field.b, '.') >= 0 {
					points++
				}
			}
		}
		if commas > 0 && points == 0 && f.delim != ',' {
			f.mark = ','
		}
	}
	f.header = f.opts.Header == HasHeader
	if f.opts.Header == DetectHeader && len(records) > 0 {
		f.header = true
		if f.opts.Columns != nil && f.given(records[0]) {
			return nil
		}
		for _, field := range records[0] {
			if _, kind := parseNumber(field.b, f.mark); kind != notNumber {
				f.header = false
			}
		}
	}
	return nil
}

// given says whether a record has the names of all columns that are given.
func (f *csvFile) given(record []csvField) bool {
	names := make(map[string]bool, len(record))
	for i, field := range record {
		name := string(field.b)
		if name == "" && i == 0 {
			name = unnamed(record)
		}
		names[name] = true
	}
	for _, c := range f.opts.Columns {
		if !names[c.Name] {
			return false
		}
	}
	return f.opts.Weights == "" || names[f.opts.Weights]
}

// divides returns the delimiter that divides a sample best, the records then, and
// whether no delimiter needs a longer sample to be judged. One that leaves quotes within
// fields is likely to have cut through a quotation.
func (f *csvFile) divides(sample []byte, whole bool) (byte, [][]csvField, bool) {
	if d := f.opts.Delimiter; d != 0 {
		c := f.records(sample, whole, d)
		return d, c.records, c.enough
	}
	best := csvCut{delim: ','}
	rank, enough := 0, true
	for _, d := range []byte("\t;|, ") {
		c := f.records(sample, whole, d)
		enough = enough && c.enough
		bare := func(field csvField) bool { return !field.quoted && bytes.IndexByte(field.b, '"') >= 0 }
		r := 0
		switch {
		case c.wide: // better an error of too many columns than one of one
			r = 1
		case !even(c.records):
			if d == ',' && rank == 0 {
				best = c
			}
		case slices.ContainsFunc(c.records, func(r []csvField) bool { return slices.ContainsFunc(r, bare) }):
			r = 2
		default:
			r = 3
		}
		if r > rank {
			rank, best = r, c
		}
	}
	return best.delim, best.records, enough
}

// even says whether all records have the same number of fields, and more than one.
func even(records [][]csvField) bool {
	for _, r := range records {
		if len(r) < 2 || len(r) != len(records[0]) {
			return false
		}
	}
	return len(records) > 0
}

// A csvCut is what a delimiter makes of a sample.
type csvCut struct {
	delim   byte
	records [][]csvField // whole ones; none if the sample cannot be read
	enough  bool         // there are two, or a longer sample would not give more
	wide    bool         // one has too many fields
}

// records cuts a sample into records. One that the end of the sample may have cut off
// does not count: the rest of it could be anything. Of a long sample the first two do.
func (f *csvFile) records(sample []byte, whole bool, delim byte) csvCut {
	s := &csvScanner{buf: sample, end: len(sample), eof: true, delim: delim, comment: f.opts.Comment, most: len(sample), columns: f.opts.MaxColumns}
	c := csvCut{delim: delim, enough: true}
	for s.i < csvSample || len(c.records) < 2 {
		err := s.next(true)
		if !whole && (err == io.EOF || s.open || err == nil && s.i == s.end && sample[s.end-1] != '\n') {
			c.enough = len(c.records) >= 2
			break
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			var large *belief.TooLargeError
			return csvCut{delim: delim, enough: true, wide: errors.As(err, &large)}
		}
		fields := slices.Clone(s.fields)
		for k := range fields {
			if fields[k].quoted { // the others stay where they are, in the sample
				fields[k].b = bytes.Clone(fields[k].b)
			}
		}
		c.records = append(c.records, fields)
	}
	return c
}
