// Package textio opens the text files that models are kept in: gzip is
// transparent, sizes are bounded, and what comes out is UTF-8.
package textio

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

// DefaultMaxBytes is how much text is read where the caller sets no bound.
const DefaultMaxBytes = 1 << 28

// A Reader is a stream that knows whether and how large it is in a file.
type Reader struct {
	*bufio.Reader
	size int64 // the expected size in bytes, 0 if unknown
}

// Open returns r, decompressed if it starts as gzip data does, whatever its name.
func Open(r io.Reader) (*Reader, error) {
	if opened, ok := r.(*Reader); ok {
		return opened, nil
	}
	const buffer = 1 << 16
	size := sizeOf(r)
	br := bufio.NewReaderSize(r, buffer)
	head, err := br.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if string(head) != "\x1f\x8b" {
		return &Reader{br, size}, nil
	}
	z, err := gzip.NewReader(br)
	if err != nil {
		return nil, fmt.Errorf("broken gzip data: %w", err)
	}
	return &Reader{bufio.NewReaderSize(z, buffer), 0}, nil
}

// sizeOf guesses how many bytes r holds.
func sizeOf(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len())
	case interface{ Stat() (fs.FileInfo, error) }:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return 0
}

// Text reads all of r, decompressed if need be, as UTF-8 without byte order mark.
// Text that is not valid UTF-8 is taken for Latin-1. More than most bytes end in
// a [*belief.TooLargeError]; 0 means [DefaultMaxBytes].
func Text(r io.Reader, most int64) (string, error) {
	if most == 0 {
		most = DefaultMaxBytes
	}
	in, err := Open(r)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.Grow(int(min(in.size, most)))
	n, err := io.Copy(&b, io.LimitReader(in, min(most, math.MaxInt64-1)+1))
	switch {
	case n > most:
		return "", &belief.TooLargeError{
			What: "input", Bytes: float64(n), AtLeast: true, Budget: most,
			Advice: "raise MaxBytes if it is meant",
		}
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, io.ErrUnexpectedEOF):
		return "", fmt.Errorf("broken gzip data: %w", err)
	case err != nil:
		return "", err
	}
	return decode(b.String())
}

// decode turns the bytes of a text into UTF-8.
func decode(s string) (string, error) {
	const byteOrderMark = "\uFEFF"
	if strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "\xfe\xff") {
		return "", errors.New("the text is UTF-16; save it as UTF-8")
	}
	s = strings.TrimPrefix(s, byteOrderMark)
	if utf8.ValidString(s) {
		return s, nil
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i := range len(s) {
		b.WriteRune(rune(s[i])) // Latin-1 is the first 256 code points
	}
	return b.String(), nil
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
