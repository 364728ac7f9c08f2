package data

// What the first pass over a CSV file finds out.

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

// A csvFile is text that can be read again and again, and what is known of it.
type csvFile struct {
	opts  CSVOptions // resolved
	name  string
	open  func(offset int64) (io.ReadCloser, error)
	seeks bool        // open can start anywhere
	info  os.FileInfo // nil: the text cannot change

	delim, mark byte
	header      bool
	missing     map[string]bool // nil: isMissing
	early       bool            // some mark of something missing looks like a number
	start       csvMark         // of the first row
	marks       []csvMark       // of every markEvery-th row
	rows        int
	fields      []csvColumn // in the order of the file
	columns     []Column    // of the source
	weighted    bool
	texts       int64 // bytes of all categories
}

// A csvMark is a place in the text.
type csvMark struct {
	offset int64
	lines  int // before it
}

// markEvery is how many rows there are from one mark to the next.
const markEvery = 4096

// A csvColumn is a column of the file.
type csvColumn struct {
	name    string
	out     int // the column of the source; −1: the weights; −2: none
	text    bool
	given   bool // its kind and categories are
	index   map[string]int
	numbers int // fields that are numbers, in a column that may turn out as text
	others  int
	odd     string // the first that is no number
	oddLine int
}

const (
	toWeights = -1
	toNowhere = -2
)

// source goes over the file and returns what reads it.
func (f *csvFile) source() (Source, error) {
	if f.opts.Missing != nil {
		f.missing = map[string]bool{}
		for _, m := range f.opts.Missing {
			f.missing[m] = true
		}
	}
	s, err := f.at(csvMark{})
	if err != nil {
		return nil, err
	}
	defer func() { s.close() }()
	if err := f.begin(s); err != nil {
		return nil, err
	}
	for {
		if err := f.learn(s); err != nil {
			return nil, err
		}
		again, err := f.settle()
		if err != nil {
			return nil, err
		}
		if !again {
			break
		}
		// Some columns are text, and what looked like numbers are categories.
		s.close()
		if s, err = f.at(f.start); err != nil {
			return nil, err
		}
	}
	if need := 8 * float64(min(f.opts.Window, f.rows)) * float64(len(f.columns)+1); need > float64(f.opts.Limits.Memory) {
		return nil, &belief.TooLargeError{What: "window", Bytes: need, Budget: f.opts.Limits.Memory, Advice: "make Window smaller, or raise Limits.Memory"}
	}
	return &sequential{columns: f.columns, rows: f.rows, window: f.opts.Window, open: f.pass}, nil
}

// at returns what reads the text from a mark on.
func (f *csvFile) at(m csvMark) (*csvScanner, error) {
	from := m
	if !f.seeks {
		from = csvMark{}
	}
	r, err := f.open(from.offset)
	if err != nil {
		return nil, err
	}
	s := &csvScanner{r: r, name: f.name, delim: f.delim, comment: f.opts.Comment, most: f.opts.MaxLine, columns: f.opts.MaxColumns, offset: from.offset, lines: m.lines}
	for s.offset < m.offset {
		if s.i == s.end {
			if more, err := s.fill(); err != nil || !more {
				s.close()
				return nil, cmp.Or(err, s.fail(0, errChanged))
			}
		}
		s.use(int(min(int64(s.end-s.i), m.offset-s.offset)))
	}
	return s, nil
}

// begin reads what comes before the rows and lays out the columns.
func (f *csvFile) begin(s *csvScanner) error {
	for s.end-s.i < 3 {
		if more, err := s.fill(); err != nil {
			return err
		} else if !more {
			break
		}
	}
	head := s.buf[s.i:s.end]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.use(3)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return s.fail(1, "this is UTF-16; want UTF-8")
	}
	for k := range f.opts.SkipLines {
		n, end, err := s.lineEnd()
		if err != nil {
			return err
		}
		if n+end == 0 {
			return s.fail(0, "there are no more than %s, of which SkipLines leaves out %d", count(k, "line"), f.opts.SkipLines)
		}
		s.use(n + end)
		s.lines += end
	}
	if err := f.sniff(s); err != nil {
		return err
	}
	s.delim, s.comment = f.delim, f.opts.Comment
	for m := range f.missing {
		if _, kind := parseNumber([]byte(m), f.mark); kind != notNumber {
			f.early = true
		}
	}
	err := s.next(true)
	if err == io.EOF {
		return s.fail(0, "there is no table in it")
	}
	if err != nil {
		return err
	}
	for _, field := range s.fields {
		if !field.quoted && bytes.IndexByte(field.b, '\r') >= 0 {
			return s.fail(s.line, "%s", loneCR)
		}
	}
	names, err := f.names(s)
	if err != nil {
		return err
	}
	if err := f.layOut(names); err != nil {
		return err
	}
	if !f.header {
		s.back()
	}
	f.start = csvMark{s.offset, s.lines}
	return nil
}

// learn goes over all rows from where s is.
func (f *csvFile) learn(s *csvScanner) error {
	f.rows, f.marks = 0, f.marks[:0]
	for {
		mark := csvMark{s.offset, s.lines}
		err := s.next(true)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if f.rows%markEvery == 0 {
			f.marks = append(f.marks, mark)
		}
		f.rows++
		if len(s.fields) != len(f.fields) {
			return f.ragged(s)
		}
		for i := range f.fields {
			if c := &f.fields[i]; c.out != toNowhere {
				if err := f.learnField(s, c, s.fields[i]); err != nil {
					return err
				}
			}
		}
	}
}

func (f *csvFile) ragged(s *csvScanner) error {
	return s.fail(s.line, "%s, where the table has %d columns, from %q to %q", count(len(s.fields), "field"), len(f.fields), f.fields[0].name, f.fields[len(f.fields)-1].name)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// learnField learns from one field, or checks it if there is nothing to learn.
func (f *csvFile) learnField(s *csvScanner, c *csvColumn, field csvField) error {
	if c.given {
		_, err := f.value(s, c, field)
		return err
	}
	if !c.text {
		kind := notNumber
		if !f.early || !f.isMissing(field) {
			_, kind = parseNumber(field.b, f.mark)
		}
		if kind == outOfRange {
			return f.tooFar(s, c, field)
		}
		if kind == isNumber {
			c.numbers++
			return nil
		}
	}
	if f.isMissing(field) {
		return nil
	}
	if c.others++; c.others == 1 {
		c.odd, c.oddLine = string(field.b), s.line
	}
	if c.index == nil {
		c.index = map[string]int{}
	}
	if _, known := c.index[string(field.b)]; known {
		return nil
	}
	if !utf8.Valid(field.b) {
		return s.fail(s.line, "column %q: %q is not UTF-8", c.name, field.b)
	}
	const each = 64 // bytes of a category besides its own, about
	if f.texts += int64(len(field.b)) + each; f.texts > f.opts.Limits.Memory || len(c.index) == f.opts.MaxCategories {
		if c.numbers > c.others {
			return f.mixed(c)
		}
		return &belief.TooLargeError{
			What:  fmt.Sprintf("%s: column %q of %d categories", orCSV(f.name), c.name, len(c.index)+1),
			Bytes: float64(f.texts), Budget: min(f.opts.Limits.Memory, f.texts-1), AtLeast: true,
			Advice: "put it into Ignore, or raise MaxCategories or Limits.Memory",
		}
	}
	c.index[string(field.b)] = len(c.index)
	return nil
}

func (f *csvFile) mixed(c *csvColumn) error {
	return &belief.ParseError{
		Format: "CSV", File: f.name, Line: c.oddLine,
		Msg: fmt.Sprintf("column %q: %.40q is not a number, as most of the column is; put %q into Text if it is a text, the field into Missing if it means that", c.name, c.odd, c.name),
	}
}

func (f *csvFile) tooFar(s *csvScanner, c *csvColumn, field csvField) error {
	return s.fail(s.line, "column %q: the number %.40q is too large", c.name, field.b)
}

// settle says what the columns are, and whether the file must be read again because
// text was taken for numbers.
func (f *csvFile) settle() (again bool, err error) {
	for i := range f.fields {
		c := &f.fields[i]
		if c.given || c.out < 0 {
			continue
		}
		if c.numbers > c.others && c.others > 0 {
			return false, f.mixed(c)
		}
		if !c.text && c.numbers > 0 && c.others > 0 {
			c.text, c.numbers, c.others = true, 0, 0
			again = true
		}
	}
	if again {
		for i := range f.fields {
			if c := &f.fields[i]; !c.given && c.out >= 0 && !c.text {
				c.numbers, c.others = 0, 0
			}
		}
		return true, nil
	}
	for i := range f.fields {
		c := &f.fields[i]
		if c.given || c.out < 0 || !c.text && c.others == 0 {
			continue
		}
		c.text = true
		names := slices.SortedFunc(maps.Keys(c.index), cmp.Compare[string])
		for k, text := range names {
			c.index[text] = k
		}
		f.columns[c.out].Categories = slices.Clip(append([]string{}, names...))
	}
	return false, nil
}

// isMissing says whether a field marks a missing cell. What is quoted and empty does.
func (f *csvFile) isMissing(field csvField) bool {
	if f.missing == nil {
		return isMissing(field.b)
	}
	return len(field.b) == 0 || f.missing[string(field.b)]
}
