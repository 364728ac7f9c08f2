package textio

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/belief-go/belief"
)

// DefaultMaxBytes is how much text is read where the caller sets no bound.
const DefaultMaxBytes = 1 << 28

// What no text of a model compresses to, by far: data beyond freeRatio bytes that
// is more than maxRatio times as long as its gzip form is refused as a bomb.
const (
	maxRatio  = 200
	freeRatio = 16 << 20
)

// A DamagedError says that gzip data does not end well or does not start well.
type DamagedError struct{ Err error }

// Error says the same of all damages; Unwrap tells them apart.
func (e *DamagedError) Error() string { return "the gzip data is damaged or cut short" }

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// A Reader is a stream that knows whether and how large it is in a file.
type Reader struct {
	*bufio.Reader
	size   int64          // the expected size in bytes, 0 if unknown
	packed *countedReader // the compressed bytes, nil if there are none
}

// Open returns r, decompressed if it starts as gzip data does, whatever its name.
func Open(r io.Reader) (*Reader, error) {
	if opened, ok := r.(*Reader); ok {
		return opened, nil
	}
	const buffer = 1 << 16
	size := sizeOf(r)
	packed := &countedReader{r: r}
	br := bufio.NewReaderSize(packed, buffer)
	head, err := br.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if string(head) != "\x1f\x8b" {
		return &Reader{Reader: br, size: size}, nil
	}
	z, err := gzip.NewReader(br)
	if err != nil {
		return nil, damaged(err)
	}
	return &Reader{Reader: bufio.NewReaderSize(&unzipper{z}, buffer), packed: packed}, nil
}

// A countedReader counts what it passes on.
type countedReader struct {
	r io.Reader
	n int64
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// An unzipper decompresses, with one wording for all damages.
type unzipper struct{ z *gzip.Reader }

func (u *unzipper) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	return n, damaged(err)
}

// damaged wraps the errors that are about gzip data; those of the reader below
// stay as they are.
func damaged(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &corrupt):
		return &DamagedError{err}
	}
	return err
}

// sizeOf guesses how many bytes r still holds.
func sizeOf(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len())
	case interface {
		io.Seeker
		Stat() (fs.FileInfo, error)
	}:
		info, err := r.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		if at, err := r.Seek(0, io.SeekCurrent); err == nil {
			return max(info.Size()-at, 0)
		}
	}
	return 0
}

// Text reads all of r, decompressed if need be, as UTF-8 without byte order mark.
// Text that is not valid UTF-8 is taken for Latin-1. More than most bytes end in
// a [*belief.TooLargeError], as does text that is far longer than its gzip form;
// 0 means [DefaultMaxBytes].
func Text(r io.Reader, most int64) (string, error) {
	if most == 0 {
		most = DefaultMaxBytes
	}
	in, err := Open(r)
	if err != nil {
		return "", err
	}
	if in.size > most {
		return "", tooLong(in.size, most, false)
	}
	parts := decoder{known: in.size}
	for {
		err := parts.read(in)
		switch {
		case parts.total > most:
			return "", tooLong(parts.total, most, true)
		case in.packed != nil && parts.total > freeRatio && parts.total/maxRatio > in.packed.n:
			return "", &belief.TooLargeError{
				What: "gzip data", Bytes: float64(parts.total), AtLeast: true, Budget: freeRatio,
				Advice: fmt.Sprintf("no model's text compresses more than %d to 1; if it is meant, decompress it first", maxRatio),
			}
		case errors.Is(err, io.EOF):
			return parts.text(), nil
		case err != nil:
			return "", err
		}
	}
}

func tooLong(n, most int64, atLeast bool) error {
	return &belief.TooLargeError{
		What: "input", Bytes: float64(n), AtLeast: atLeast, Budget: most,
		Advice: "raise MaxBytes if it is meant",
	}
}

// WriteFile creates or truncates a file and hands it to write, through gzip if
// the name ends in .gz.
func WriteFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return closeAfter(f, writeTo(f, strings.HasSuffix(path, ".gz"), write))
}

// closeAfter closes c and returns the first error.
func closeAfter(c io.Closer, err error) error {
	if closing := c.Close(); err == nil {
		return closing
	}
	return err
}

func writeTo(f io.Writer, zip bool, write func(io.Writer) error) error {
	if !zip {
		return write(f)
	}
	z := gzip.NewWriter(f)
	return closeAfter(z, write(z))
}
