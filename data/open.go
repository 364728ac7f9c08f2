package data

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/belief-go/belief"
)

// Limits bound what reading a file may take. The zero value is a good choice for
// files that one trusts little; [math.MaxInt64] lifts a limit.
type Limits struct {
	// Stream is how many bytes a gzip file may decompress to; 0 is 16 GiB. What is
	// not compressed may have any length, for it cannot be larger than it looks.
	Stream int64
	// Memory is how many bytes what is kept in memory may have, such as the values
	// of an array or the pixels of images; 0 is 2 GiB.
	Memory int64
}

const (
	defaultStream = 16 << 30
	defaultMemory = 2 << 30
)

// resolve fills in the defaults.
func (l Limits) resolve() (Limits, error) {
	if l.Stream < 0 {
		return l, &belief.ConfigError{Field: "Limits.Stream", Value: l.Stream, Want: "at least 0"}
	}
	if l.Memory < 0 {
		return l, &belief.ConfigError{Field: "Limits.Memory", Value: l.Memory, Want: "at least 0"}
	}
	if l.Stream == 0 {
		l.Stream = defaultStream
	}
	if l.Memory == 0 {
		l.Memory = defaultMemory
	}
	return l, nil
}

// Open opens a file for reading, decompressed if it starts as gzip data does,
// whatever its name. Errors name the file, those of the reader as well. A gzip file
// that decompresses to more than lim.Stream bytes ends in a [*belief.TooLargeError]
// after so many bytes.
func Open(path string, lim Limits) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // an *fs.PathError, which names the file
	}
	s, err := newStream(f, path, lim)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.file = f
	return s, nil
}

// Decompress is [Open] for a stream that is open already, such as standard input.
// The name is for errors and may be empty.
func Decompress(r io.Reader, name string, lim Limits) (io.Reader, error) {
	if s, ok := r.(*unpacked); ok {
		return s, nil // has been through here
	}
	return newStream(r, name, lim)
}

// An unpacked reads a plain or compressed file.
type unpacked struct {
	in     *bufio.Reader // the bytes of the file
	zipped bool
	zip    *gzip.Reader // what they decompress to, if zipped
	name   string
	max    int64 // the bytes that zip may give
	left   int64 // those that it may still give
	file   *os.File
}

func newStream(r io.Reader, name string, lim Limits) (*unpacked, error) {
	lim, err := lim.resolve()
	if err != nil {
		return nil, err
	}
	s := &unpacked{in: bufio.NewReaderSize(r, 64<<10), name: name, max: lim.Stream, left: lim.Stream}
	head, err := s.in.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, s.fail(err)
	}
	if string(head) != "\x1f\x8b" {
		return s, nil
	}
	s.zipped = true
	if s.zip, err = gzip.NewReader(s.in); err != nil {
		return nil, s.fail(err)
	}
	s.zip.Multistream(false)
	return s, nil
}

// Read gives the next bytes.
func (s *unpacked) Read(p []byte) (int, error) {
	if !s.zipped {
		n, err := s.in.Read(p)
		return n, s.fail(err)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if s.left == 0 { // one byte more is one too many; the end of the data is not
		var one [1]byte
		n, err := s.inflate(one[:])
		if n == 1 {
			err = &belief.TooLargeError{
				What: s.what(), Bytes: float64(s.max) + 1, Budget: s.max, AtLeast: true,
				Advice: "raise Limits.Stream if the file is to be trusted",
			}
			return 0, err
		}
		return 0, s.fail(err)
	}
	n, err := s.inflate(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	return n, s.fail(err)
}

// inflate reads from one member of the file after the other. Zeros may stand between
// and after them, as tapes and block devices pad files; gzip(1) takes them so as well.
func (s *unpacked) inflate(p []byte) (int, error) {
	for {
		n, err := s.zip.Read(p)
		if n > 0 && err == io.EOF {
			err = nil // it comes again
		}
		if n > 0 || err != io.EOF {
			return n, err
		}
		for {
			b, err := s.in.ReadByte()
			if err != nil {
				return 0, err
			}
			if b != 0 {
				break
			}
		}
		if err := s.in.UnreadByte(); err != nil {
			return 0, err
		}
		if err := s.zip.Reset(s.in); err != nil {
			return 0, err
		}
		s.zip.Multistream(false)
	}
}

// Close closes the file.
func (s *unpacked) Close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

func (s *unpacked) what() string {
	if s.name == "" {
		return "decompressed data"
	}
	return "decompressed " + s.name
}

// fail names the file in an error, and says of all damages of gzip data that they
// are such.
func (s *unpacked) fail(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	var corrupt flate.CorruptInputError
	if s.zipped && errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) ||
		errors.Is(err, gzip.ErrHeader) || errors.As(err, &corrupt) {
		return &belief.ParseError{Format: "gzip", File: s.name, Msg: "the data is damaged or cut short", Err: err}
	}
	var path *os.PathError
	if s.name == "" || errors.As(err, &path) {
		return err
	}
	return fmt.Errorf("%s: %w", s.name, err)
}
