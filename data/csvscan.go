package data

// Records and fields of separated text, at the speed of the memory where nothing is
// quoted.

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"github.com/belief-go/belief"
)

// A csvScanner cuts text into records of fields.
type csvScanner struct {
	r       io.Reader
	name    string // of the file, for errors
	delim   byte   // ' ' stands for any blanks
	comment byte   // 0: none
	most    int    // bytes of a record
	columns int    // the most fields of a record; 0: any number

	buf    []byte
	i, end int   // buf[i:end] has been read and not been used
	offset int64 // of buf[i] in the text
	eof    bool
	lines  int // before buf[i]

	line   int   // of the current record, from 1
	from   int64 // where it starts in the text
	fields []csvField
	text   []byte // of quoted fields
	spans  []csvSpan
	open   bool // the text has ended within a quotation
}

// A csvField is a field without its quotes and the blanks around it. It is valid until
// the next record.
type csvField struct {
	b      []byte
	quoted bool
}

// A csvSpan is a field in text if it is quoted, else behind buf[i].
type csvSpan struct {
	from, to int
	quoted   bool
}

const loneCR = "there is a CR without LF, as if lines ended in CR alone; want LF or CRLF"

const csvBuffer = 256 << 10

// close closes the file, if it is one.
func (s *csvScanner) close() error {
	if c, ok := s.r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

func (s *csvScanner) fail(line int, format string, args ...any) error {
	return &belief.ParseError{Format: "CSV", File: s.name, Line: line, Msg: fmt.Sprintf(format, args...)}
}

// fill reads more, behind what has not been used, and says whether there was more.
func (s *csvScanner) fill() (bool, error) {
	if s.eof {
		return false, nil
	}
	if s.i > 0 {
		copy(s.buf, s.buf[s.i:s.end])
		s.i, s.end = 0, s.end-s.i
	}
	if s.end == len(s.buf) {
		bigger := make([]byte, max(csvBuffer, 2*len(s.buf)))
		copy(bigger, s.buf[:s.end])
		s.buf = bigger
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if err == io.EOF {
			s.eof = true
			return n > 0, nil
		}
		if err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, io.ErrNoProgress
}

func (s *csvScanner) tooLong(n int) error {
	return &belief.TooLargeError{
		What: fmt.Sprintf("line %d of %s", s.lines+1, orCSV(s.name)), Bytes: float64(n), Budget: int64(s.most), AtLeast: true,
		Advice: "if it is a table, raise MaxLine",
	}
}

// tooMany refuses a record before memory is taken for all of its fields.
func (s *csvScanner) tooMany() error {
	const each = 128 // bytes of a column, about
	n := s.columns + 1
	return &belief.TooLargeError{
		What: fmt.Sprintf("record of %d fields in line %d of %s", n, s.line, orCSV(s.name)), Bytes: each * float64(n), Budget: each * int64(s.columns), AtLeast: true,
		Advice: "if it is a table, raise MaxColumns",
	}
}

func orCSV(name string) string {
	if name == "" {
		return "the CSV text"
	}
	return name
}

// next reads the next record that is neither blank nor a comment, and returns io.EOF
// when there is none. With split false, fields are not looked for where they need not.
func (s *csvScanner) next(split bool) error {
	line, n, err := s.skipBlank()
	if err != nil {
		return err
	}
	s.line, s.from = s.lines+1, s.offset
	s.fields = s.fields[:0]
	if bytes.IndexByte(line, '"') >= 0 {
		return s.quoted()
	}
	if split && !s.split(line) {
		return s.tooMany()
	}
	s.use(n)
	s.lines++
	return nil
}

// skipBlank passes over blank lines and comments. It returns the line after them, which
// is not used yet, and its length with its end.
func (s *csvScanner) skipBlank() (line []byte, length int, err error) {
	for {
		empty := 0 // lines, of which there may be many
		for _, c := range s.buf[s.i:s.end] {
			if c != '\n' {
				break
			}
			empty++
		}
		s.use(empty)
		s.lines += empty
		n, end, err := s.lineEnd()
		if err != nil {
			return nil, 0, err
		}
		if n > s.most {
			return nil, 0, s.tooLong(n)
		}
		line := s.buf[s.i : s.i+n]
		if n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		switch {
		case n == 0 && end == 0:
			return nil, 0, io.EOF
		case len(line) > 0 && s.comment != 0 && line[0] == s.comment, s.isBlank(line):
			s.use(n + end)
			s.lines++
		default:
			return line, n + end, nil
		}
	}
}

// back makes the current record the next one again.
func (s *csvScanner) back() {
	s.i -= int(s.offset - s.from) // nothing has been read since that would have moved it
	s.offset, s.lines = s.from, s.line-1
}

// use marks bytes as used.
func (s *csvScanner) use(n int) {
	s.i += n
	s.offset += int64(n)
}

// lineEnd returns the length of the line that starts at buf[i], and that of its end,
// which is 1, or 0 at the end of the text.
func (s *csvScanner) lineEnd() (n, end int, err error) {
	for {
		if k := bytes.IndexByte(s.buf[s.i+n:s.end], '\n'); k >= 0 {
			return n + k, 1, nil
		}
		if n = s.end - s.i; n > s.most {
			return 0, 0, s.tooLong(n)
		}
		more, err := s.fill()
		if err != nil {
			return 0, 0, err
		}
		if !more {
			return n, 0, nil
		}
	}
}

// isBlank says whether a line has only blanks. Tabs that separate fields are none.
func (s *csvScanner) isBlank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && (c != '\t' || s.delim == '\t') {
			return false
		}
	}
	return true
}

// split cuts a line without quotes into fields, and says whether they are not too many.
func (s *csvScanner) split(line []byte) bool {
	most := s.columns
	if most == 0 {
		most = math.MaxInt
	}
	if s.delim == ' ' {
		for {
			line = s.trim(line)
			if len(line) == 0 {
				return true
			}
			if len(s.fields) == most {
				return false
			}
			k := 0
			for k < len(line) && line[k] != ' ' && line[k] != '\t' {
				k++
			}
			s.fields = append(s.fields, csvField{b: line[:k]})
			line = line[k:]
		}
	}
	from := 0
	for k, c := range line {
		if c == s.delim {
			if len(s.fields)+1 >= most { // one more is behind it
				return false
			}
			s.fields = append(s.fields, csvField{b: s.trim(line[from:k])})
			from = k + 1
		}
	}
	s.fields = append(s.fields, csvField{b: s.trim(line[from:])})
	return true
}

// trim takes away the blanks around a field.
func (s *csvScanner) trim(b []byte) []byte {
	if n := len(b); n > 0 && b[0] > ' ' && b[n-1] > ' ' {
		return b
	}
	return s.trimBlanks(b)
}

func (s *csvScanner) trimBlanks(b []byte) []byte {
	for len(b) > 0 && s.blank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && s.blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

func (s *csvScanner) blank(c byte) bool { return c == ' ' || c == '\t' && s.delim != '\t' }

// peek returns the byte n places behind buf[i], if there is one.
func (s *csvScanner) peek(n int) (byte, bool, error) {
	for s.i+n >= s.end {
		if n > s.most {
			return 0, false, s.tooLong(n)
		}
		if more, err := s.fill(); !more || err != nil {
			return 0, false, err
		}
	}
	return s.buf[s.i+n], true, nil
}

// quoted reads a record in which quotes occur, perhaps over several lines. A quote
// starts a field or stands for itself.
func (s *csvScanner) quoted() error {
	s.text, s.spans = s.text[:0], s.spans[:0]
	n, lines := 0, 0
	for done := false; !done; {
		if s.columns > 0 && len(s.spans) > s.columns {
			return s.tooMany()
		}
		c, ok, err := s.afterBlanks(&n)
		switch {
		case err != nil:
			return err
		case s.delim == ' ' && (!ok || c == '\n'):
		case ok && c == '"':
			from := len(s.text)
			if n, lines, err = s.quotation(n+1, lines); err != nil {
				return err
			}
			s.spans = append(s.spans, csvSpan{from, len(s.text), true})
			behind := n
			if c, ok, err = s.afterBlanks(&n); err != nil {
				return err
			}
			if ok && c == '\r' {
				n++
				if c, ok, err = s.peek(n); ok && c != '\n' {
					return s.fail(s.line+lines, "%s", loneCR)
				}
			}
			if err != nil {
				return err
			}
			if ok && c != '\n' && c != s.delim && (s.delim != ' ' || n == behind) {
				return s.fail(s.line+lines, "after a closing quote comes %q; want a delimiter, %q", rune(c), rune(s.delim))
			}
		default:
			from := n
			for ok && c != '\n' && c != s.delim && (s.delim != ' ' || c != '\t') {
				n++
				if c, ok, err = s.peek(n); err != nil {
					return err
				}
			}
			to := n
			if (!ok || c == '\n') && to > from && s.buf[s.i+to-1] == '\r' {
				to--
			}
			for to > from && s.blank(s.buf[s.i+to-1]) {
				to--
			}
			if to > from || s.delim != ' ' { // else the end of a line is all there was
				s.spans = append(s.spans, csvSpan{from, to, false})
			}
		}
		switch {
		case !ok:
			done = true
		case c == '\n':
			done = true
			n++
			lines++
		case s.delim != ' ':
			n++
		}
	}
	if s.columns > 0 && len(s.spans) > s.columns {
		return s.tooMany()
	}
	if n > s.most {
		return s.tooLong(n)
	}
	for _, f := range s.spans {
		b := s.buf[s.i+f.from : s.i+f.to : s.i+f.to]
		if f.quoted {
			b = s.text[f.from:f.to:f.to]
		}
		s.fields = append(s.fields, csvField{b, f.quoted})
	}
	s.use(n)
	s.lines += lines
	return nil
}

// afterBlanks returns the first byte from place n on that is no blank, and moves n.
func (s *csvScanner) afterBlanks(n *int) (byte, bool, error) {
	for {
		c, ok, err := s.peek(*n)
		if !ok || err != nil || !s.blank(c) {
			return c, ok, err
		}
		*n++
	}
}

// quotation takes in what stands from place n to the closing quote, and returns the
// place behind it.
func (s *csvScanner) quotation(n, lines int) (int, int, error) {
	for {
		rest := s.buf[min(s.i+n, s.end):s.end]
		k := bytes.IndexByte(rest, '"')
		part := rest
		if k >= 0 {
			part = rest[:k]
		}
		s.text = append(s.text, part...)
		lines += bytes.Count(part, []byte{'\n'})
		n += len(part)
		if k < 0 {
			if n > s.most {
				return 0, 0, s.tooLong(n)
			}
			more, err := s.fill()
			if err != nil {
				return 0, 0, err
			}
			if !more {
				s.open = true
				return 0, 0, s.fail(s.line, "a quote is not closed")
			}
			continue
		}
		n++
		c, ok, err := s.peek(n)
		if err != nil {
			return 0, 0, err
		}
		if !ok || c != '"' {
			return n, lines, nil
		}
		s.text = append(s.text, '"') // two stand for one
		n++
	}
}
