package draws

// The text of a file, line by line, with its limits and its place in errors.

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

// Options say how draws are read. The zero value is a good choice.
type Options struct {
	File string // the file's name, for messages
	// MaxBytes is the memory that the draws may take; 0 is 1 GiB. Text may have
	// four times as many bytes.
	MaxBytes int64
}

func (o Options) budget() int64 {
	if o.MaxBytes > 0 {
		return o.MaxBytes
	}
	return 1 << 30
}

// A source is a file that is being read.
type source struct {
	opts     Options
	format   string // for messages
	in       *bufio.Reader
	long     []byte // a line that does not fit the buffer
	line     int    // number of the line that next has returned
	whole    bool   // that line ended as lines do
	text     int64  // bytes read
	taken    int64  // bytes of memory taken
	warnings []belief.Warning
}

// open decompresses what is compressed and drops a byte order mark.
func open(r io.Reader, format string, o Options) (*source, error) {
	s := &source{opts: o, format: format, in: bufio.NewReaderSize(r, 64<<10)}
	if magic, _ := s.in.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(s.in)
		if err != nil {
			return nil, s.fail(0, "", errGzip)
		}
		s.in = bufio.NewReaderSize(z, 64<<10)
	}
	if mark, _ := s.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		s.in.Discard(3)
	}
	return s, nil
}

var errGzip = errors.New("the gzip data is damaged")

// next returns the next line without its end, or io.EOF. It is valid until the
// next call. A file that is cut short ends where it is cut.
func (s *source) next() ([]byte, error) {
	s.long = s.long[:0]
	for {
		part, err := s.in.ReadSlice('\n')
		s.text += int64(len(part))
		if s.text/4 > s.opts.budget() {
			return nil, &belief.TooLargeError{What: s.where("the text"), Bytes: float64(s.text), Budget: 4 * s.opts.budget(), AtLeast: true}
		}
		switch {
		case err == nil:
			s.line++
			s.whole = true
			if len(s.long) > 0 {
				part = append(s.long, part...)
				s.long = part
			}
			return bytes.TrimSuffix(part[:len(part)-1], []byte("\r")), nil
		case errors.Is(err, bufio.ErrBufferFull):
			s.long = append(s.long, part...)
			if n := len(s.long); int64(n) > s.opts.budget() {
				return nil, &belief.TooLargeError{What: s.where("a line"), Bytes: float64(n), Budget: s.opts.budget(), AtLeast: true}
			}
			continue
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			s.long = append(s.long, part...)
			s.whole = false
			if len(s.long) == 0 {
				return nil, io.EOF
			}
			s.line++
			return s.long, nil
		case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), isCorrupt(err):
			return nil, s.fail(0, "", errGzip)
		}
		return nil, s.fail(0, "", err)
	}
}

// isCorrupt knows the errors of package flate, which are of a type of its own.
func isCorrupt(err error) bool {
	return err != nil && bytes.HasPrefix([]byte(err.Error()), []byte("flate:"))
}

// where names the file.
func (s *source) where(what string) string {
	if s.opts.File == "" {
		return what
	}
	return what + " of " + s.opts.File
}

// take counts memory before it is taken.
func (s *source) take(bytes int) error {
	if s.taken += int64(bytes); s.taken > s.opts.budget() {
		return &belief.TooLargeError{What: s.where("the draws"), Bytes: float64(s.taken), Budget: s.opts.budget(), AtLeast: true}
	}
	return nil
}

// fail is an error at a column of the current line, or nowhere in it if 0.
func (s *source) fail(col int, msg string, cause error) error {
	return &belief.ParseError{Format: s.format, File: s.opts.File, Line: s.line, Col: col, Msg: msg, Err: cause}
}

func (s *source) warn(code, format string, args ...any) {
	where := s.opts.File
	s.warnings = append(s.warnings, belief.Warning{Code: code, Where: where, Text: fmt.Sprintf(format, args...)})
}

// cutShort says that the last line is left out.
func (s *source) cutShort() {
	s.warn("cut-short", "line %d is cut short and left out: the run is still writing or was killed", s.line)
}

// column is the number of the character at a byte of a line.
func column(line []byte, at int) int { return 1 + utf8.RuneCount(line[:at]) }
