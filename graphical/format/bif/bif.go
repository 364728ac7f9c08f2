package bif

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/internal/textio"
)

const formatName = "BIF"

// Bounds that hold where [Options] leaves them zero.
const (
	DefaultMaxBytes   = textio.DefaultMaxBytes // 256 MiB of text
	DefaultMaxEntries = 1 << 26                // 512 MiB of table entries
)

// Options say how to read. The zero value is the default.
type Options struct {
	// File is the name that errors give; ReadFile sets it to the path if it is
	// empty.
	File string
	// Normalize divides every row of every table by its sum. Without it a row
	// that misses one by more than 1e-3 is refused.
	Normalize bool
	// MaxBytes bounds the text, after decompression; 0 means DefaultMaxBytes.
	// Whatever it is, more than 16 MiB that gzip holds in less than a 200th are
	// refused.
	MaxBytes int64
	// MaxEntries bounds the entries of all tables together, eight bytes each; 0
	// means DefaultMaxEntries.
	MaxEntries int64
}

// options returns the only one of opts, checked and with defaults in place.
func options(opts []Options) (Options, error) {
	var o Options
	switch len(opts) {
	case 0:
	case 1:
		o = opts[0]
	default:
		panic("bif: more than one Options")
	}
	if o.MaxBytes < 0 || o.MaxEntries < 0 {
		return o, fmt.Errorf("bif: negative bound in %+v", o)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxEntries == 0 {
		o.MaxEntries = DefaultMaxEntries
	}
	o.MaxEntries = min(o.MaxEntries, 1<<40, math.MaxInt>>4) // what make takes
	return o, nil
}

// Read reads the network that r holds, up to the end of r; gzip data is
// decompressed. At most one Options is taken.
//
// What is wrong with the text ends in a [*belief.ParseError] that wraps the
// mistake where it has a type: [*belief.UnknownNameError] for variables and
// states, [*belief.TooLargeError], [*graphical.NameError],
// [*graphical.SizeError], [*graphical.TableError], and [*graphical.BuildError]
// for what only the whole network shows, such as a cycle.
func Read(r io.Reader, opts ...Options) (*graphical.BayesNet, error) {
	o, err := options(opts)
	if err != nil {
		return nil, err
	}
	src, err := textio.Text(r, o.MaxBytes)
	if err != nil {
		return nil, &belief.ParseError{Format: formatName, File: o.File, Err: err}
	}
	return parse(src, o)
}

// Unmarshal reads the network that data holds, as [Read] does.
func Unmarshal(data []byte, opts ...Options) (*graphical.BayesNet, error) {
	return Read(bytes.NewReader(data), opts...)
}

// ReadFile reads the network of a file, as [Read] does. A file that cannot be
// opened ends in the error of [os.Open].
func ReadFile(path string, opts ...Options) (*graphical.BayesNet, error) {
	o, err := options(opts)
	if err != nil {
		return nil, err
	}
	if o.File == "" {
		o.File = path
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, o)
}

// Sniff says whether a text that begins with head looks like BIF: whether its
// first word, after comments, is network. The head may be cut anywhere.
func Sniff(head []byte) bool {
	s := scanner{src: string(bytes.TrimPrefix(head, []byte("\uFEFF")))}
	s.skip()
	return s.bare() == "network"
}
