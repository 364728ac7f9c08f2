package data

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/belief-go/belief"
)

// CSVOptions say how separated text is read. The zero value finds out by itself what
// most files need.
//
// Records are lines, ended by LF or CRLF, or by the end of the text; blank lines do not
// count. A field that starts with a double quote ends at the next that is not doubled,
// and may hold delimiters and line ends (RFC 4180). Blanks around a field do not count
// unless they are quoted. A byte order mark is passed over. Text is UTF-8.
//
// A column all of whose fields are numbers, or missing, is one of numbers; whether they
// are quoted makes no difference. Numbers are decimal, with an exponent perhaps; Inf and
// Infinity, in any case and with a sign, are infinite, and a number too large for
// float64, such as 1e999, is an error. Any other column is one of categories, which are
// sorted by their bytes, unless most of its fields are numbers: then what is not one is
// likely to be a mistake, and an error that says where it stands. An empty field is
// missing, and so are NA, N/A, #N/A, NaN, null, ? and a lone point, in any case.
//
// Columns need names, all different. Only the first may be without one in the header, as
// that of the names of the rows is in what R and pandas write: it is called x1, or, if
// another column is, x1_, with as many underscores as it takes.
type CSVOptions struct {
	File string // the name that errors give to a text that comes from a reader

	Delimiter byte   // 0: the first of tab, ; | , and blanks that divides the first 64 KiB evenly
	Decimal   byte   // '.' or ','; 0: ',' if the first 64 KiB have such numbers, no others, and another delimiter
	Comment   byte   // lines that start with it do not count; 0: none
	SkipLines int    // lines before the table
	Header    Header // whether the first record holds names

	// Columns are the ones wanted, in the order wanted; nil: all. Without a header they
	// must be all, and name them. A text that is none of given categories is an error,
	// and so is what is no number in a column without categories: a file that is read
	// with the columns of another has the same meaning or none.
	Columns []Column
	Ignore  []string // columns to leave out, if Columns is nil
	Text    []string // columns to take as categories even if all fields are numbers, if Columns is nil
	Weights string   // the column that has the weights of the rows; it is none of the columns of the source
	Missing []string // marks of missing cells, in place of the list above, exactly as they stand; empty fields always are

	Window        int    // rows of the window through which OpenCSV shuffles; 0: 65,536, or what fits into 64 MiB
	Limits        Limits // Memory also bounds the text that ReadCSV takes in, and all categories
	MaxLine       int    // bytes of a record; 0: 16 MiB
	MaxColumns    int    // 0: 65,536
	MaxCategories int    // of a column; 0: 65,536
}

// Header says whether the first record of a file holds the names of the columns.
type Header int

const (
	// DetectHeader: it does if none of its fields is a number, or if it holds the names
	// of all the Columns that are given, and of the weights.
	DetectHeader Header = iota
	HasHeader
	NoHeader // the columns are called x1, x2, …, or as given
)

// String names the value.
func (h Header) String() string {
	switch h {
	case DetectHeader:
		return "detect"
	case HasHeader:
		return "yes"
	case NoHeader:
		return "no"
	}
	return fmt.Sprintf("Header(%d)", int(h))
}

const (
	defaultLine       = 16 << 20
	defaultColumns    = 1 << 16
	defaultCategories = 1 << 16
)

// resolve fills in the defaults.
func (o CSVOptions) resolve() (CSVOptions, error) {
	bad := func(field string, value any, want string) (CSVOptions, error) {
		return o, &belief.ConfigError{Field: field, Value: value, Want: want}
	}
	var err error
	if o.Limits, err = o.Limits.resolve(); err != nil {
		return o, err
	}
	special := func(c byte) bool { return c >= 0x80 || c == '"' || c == '\n' || c == '\r' }
	switch {
	case special(o.Delimiter) || o.Delimiter != 0 && (o.Delimiter == '.' || o.Delimiter == '-' || o.Delimiter == '+' || isAlphanumeric(o.Delimiter)):
		return bad("Delimiter", fmt.Sprintf("%q", o.Delimiter), "an ASCII character that no number has")
	case o.Decimal != 0 && o.Decimal != '.' && o.Decimal != ',':
		return bad("Decimal", fmt.Sprintf("%q", o.Decimal), "a point or a comma")
	case o.Decimal != 0 && o.Decimal == o.Delimiter:
		return bad("Decimal", fmt.Sprintf("%q", o.Decimal), "different from the delimiter")
	case special(o.Comment) || o.Comment != 0 && (o.Comment == o.Delimiter || o.Comment == ' ' || o.Comment == '\t'):
		return bad("Comment", fmt.Sprintf("%q", o.Comment), "an ASCII character, no quote, blank or delimiter")
	case o.Header < DetectHeader || o.Header > NoHeader:
		return bad("Header", o.Header, "DetectHeader, HasHeader or NoHeader")
	case o.Columns != nil && (o.Ignore != nil || o.Text != nil):
		return bad("Columns", o.Columns, "nil if Ignore or Text is given")
	}
	for _, n := range []struct {
		field     string
		value     *int
		otherwise int
	}{
		{"SkipLines", &o.SkipLines, 0}, {"Window", &o.Window, 0},
		{"MaxLine", &o.MaxLine, defaultLine}, {"MaxColumns", &o.MaxColumns, defaultColumns}, {"MaxCategories", &o.MaxCategories, defaultCategories},
	} {
		if *n.value < 0 {
			return bad(n.field, *n.value, "at least 0")
		}
		if *n.value == 0 {
			*n.value = n.otherwise
		}
	}
	return o, checkColumns(o.Columns)
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// ReadCSV reads a table from separated text, unpacked if it is gzip data. What is wrong
// in the text is a [*belief.ParseError] with the line and the name of the column, what is
// too large a [*belief.TooLargeError].
func ReadCSV(r io.Reader, o CSVOptions) (*Table, error) {
	o, err := o.resolve()
	if err != nil {
		return nil, err
	}
	if r, err = Decompress(r, o.File, o.Limits); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, min(o.Limits.Memory, 1<<62)+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > o.Limits.Memory {
		return nil, &belief.TooLargeError{
			What: "text of " + orCSV(o.File), Bytes: float64(len(text)), Budget: o.Limits.Memory, AtLeast: true,
			Advice: "use OpenCSV, or raise Limits.Memory",
		}
	}
	f := &csvFile{opts: o, name: o.File, seeks: true, open: func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(text[offset:])), nil
	}}
	return f.table()
}

// ReadCSVFile reads a table from a file of separated text, unpacked if it is gzip data.
// It reads the file twice, and keeps nothing of it but the table. What can be read only
// once, such as a pipe, it reads as [ReadCSV] does.
func ReadCSVFile(path string, o CSVOptions) (*Table, error) {
	once, err := readOnce(path)
	if err != nil {
		return nil, err
	}
	if once {
		r, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		o.File = path
		return ReadCSV(r, o)
	}
	f, err := newCSVFile(path, o)
	if err != nil {
		return nil, err
	}
	return f.table()
}

// OpenCSV returns a source that reads a file of separated text anew in every pass, in
// memory that does not depend on the number of rows. It has been over the file once, to
// count the rows and find out what the columns hold: what is wrong in the file is an
// error now. A file whose size or time of modification changes later, or in whose place there
// is another, makes passes fail with a [*belief.ParseError]. What is no regular file,
// such as a pipe, is a [*belief.ConfigError], for it cannot be read anew.
//
// A shuffled pass goes through a window of o.Window rows: it holds so many, gives out
// one at random and takes in the next. A file that is sorted should be shuffled once
// and for all before, as its rows come late but not early by more than the window.
//
// Skipping, and with it a [Range] or a [Shard], is fast where the file is not
// compressed.
func OpenCSV(path string, o CSVOptions) (Source, error) {
	once, err := readOnce(path)
	if err != nil {
		return nil, err
	}
	if once {
		return nil, &belief.ConfigError{Field: "path", Value: fmt.Sprintf("%q", path), Want: "a regular file, for every pass reads it anew; ReadCSVFile and ReadCSV read a pipe into memory"}
	}
	f, err := newCSVFile(path, o)
	if err != nil {
		return nil, err
	}
	return f.source()
}

func newCSVFile(path string, o CSVOptions) (*csvFile, error) {
	o, err := o.resolve()
	if err != nil {
		return nil, err
	}
	r, err := Open(path, o.Limits)
	if err != nil {
		return nil, err
	}
	u := r.(*unpacked)
	defer u.Close()
	info, err := u.file.Stat()
	if err != nil {
		return nil, err
	}
	return &csvFile{opts: o, name: path, seeks: !u.zipped, info: info, open: func(offset int64) (io.ReadCloser, error) {
		r, err := Open(path, o.Limits)
		if err != nil {
			return nil, err
		}
		u := r.(*unpacked)
		if err = unchanged(u, info); err == nil && offset > 0 {
			_, err = u.file.Seek(offset, io.SeekStart)
			u.in.Reset(u.file)
		}
		if err != nil {
			u.Close()
			return nil, err
		}
		return u, nil
	}}, nil
}

// readOnce says whether there is something other than a file or a directory, such as a
// pipe. It must not be opened for that: what it gives to one reader no other gets.
func readOnce(path string) (bool, error) {
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir(), err
}

// unchanged says whether an open file is what it was.
func unchanged(u *unpacked, was os.FileInfo) error {
	info, err := u.file.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(info, was) || info.Size() != was.Size() || !info.ModTime().Equal(was.ModTime()) {
		return &belief.ParseError{Format: "CSV", File: u.name, Msg: errChanged}
	}
	return nil
}

const errChanged = "the file has changed since it was opened"

// table reads all of a file.
func (f *csvFile) table() (*Table, error) {
	src, err := f.source()
	if err != nil {
		return nil, err
	}
	t, err := ReadAll(src, f.opts.Limits)
	if err == nil && f.weighted && t.weights == nil { // without rows
		t.weights = []float64{}
	}
	return t, err
}
