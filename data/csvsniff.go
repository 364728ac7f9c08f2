package data

// What a CSV file does not say of itself: delimiter, header, decimal mark.

import (
	"bytes"
	"io"
	"slices"
)

// csvSample is how much of a file is looked at.
const csvSample = 64 << 10

// sniff finds out what the options leave open, from the start of the table.
func (f *csvFile) sniff(s *csvScanner) error {
	for s.end-s.i < csvSample {
		if more, err := s.fill(); err != nil {
			return err
		} else if !more {
			break
		}
	}
	sample, whole := s.buf[s.i:s.end], s.eof
	if len(sample) > csvSample {
		sample, whole = sample[:csvSample], false
	}
	if f.delim = f.opts.Delimiter; f.delim == 0 {
		f.delim = f.divides(sample, whole)
	}
	records := f.records(sample, whole, f.delim)
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
		for _, field := range records[0] {
			if _, kind := parseNumber(field.b, f.mark); kind != notNumber {
				f.header = false
			}
		}
	}
	return nil
}

// divides returns the delimiter that divides a sample best. One that leaves quotes
// within fields is likely to have cut through a quotation.
func (f *csvFile) divides(sample []byte, whole bool) byte {
	second := byte(',')
	for _, d := range []byte("\t;|, ") {
		records := f.records(sample, whole, d)
		if !even(records) {
			continue
		}
		bare := func(field csvField) bool { return !field.quoted && bytes.IndexByte(field.b, '"') >= 0 }
		if slices.ContainsFunc(records, func(r []csvField) bool { return slices.ContainsFunc(r, bare) }) {
			if second == ',' {
				second = d
			}
			continue
		}
		return d
	}
	return second
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

// records cuts a sample into records, none if they cannot be read. The last one counts
// only if it is whole, or the first.
func (f *csvFile) records(sample []byte, whole bool, delim byte) [][]csvField {
	s := &csvScanner{buf: sample, end: len(sample), eof: true, delim: delim, comment: f.opts.Comment, most: len(sample)}
	var records [][]csvField
	for {
		err := s.next(true)
		if err == io.EOF {
			return records
		}
		if !whole && s.i == s.end && len(records) > 0 {
			return records // cut off
		}
		if err != nil {
			if !whole && s.eof && len(records) > 0 {
				return records // within a quotation
			}
			return nil
		}
		fields := slices.Clone(s.fields)
		for k := range fields {
			if fields[k].quoted { // the others stay where they are, in the sample
				fields[k].b = bytes.Clone(fields[k].b)
			}
		}
		records = append(records, fields)
	}
}
