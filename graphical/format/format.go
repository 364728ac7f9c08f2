package format

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/internal/textio"
)

// Options say how to read, in every format alike. The zero value is the default.
type Options struct {
	// File is the name that errors give and whose extension helps to choose;
	// ReadFile sets it to the path if it is empty.
	File string
	// Normalize divides every row of every conditional table by its sum.
	Normalize bool
	// MaxBytes bounds the text, after decompression; 0 means 256 MiB. Whatever it
	// is, more than 16 MiB that gzip holds in less than a 200th are refused.
	MaxBytes int64
	// MaxEntries bounds the entries of all tables together, eight bytes each; 0
	// means the default of the format's package.
	MaxEntries int64
}

// A ModelError says that a format cannot hold a model.
type ModelError struct {
	Format string          // the format's name
	Model  graphical.Model // what was to be written
	Holds  string          // what the format holds
}

// Error names both.
func (e *ModelError) Error() string {
	return fmt.Sprintf("format %s holds a %s, not a %T", e.Format, e.Holds, e.Model)
}

// Names returns the names of the formats.
func Names() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Read reads the model that r holds in the named format, or in the one that its
// content shows if name is empty. At most one Options is taken. The error is a
// [*belief.UnknownNameError] for the format's name, else that of the format's
// package.
func Read(r io.Reader, name string, opts ...Options) (graphical.Model, error) {
	o := only(opts)
	if name != "" {
		f, err := named(name)
		if err != nil {
			return nil, err
		}
		return f.read(r, o)
	}
	const most = 4 << 10
	in, err := textio.Open(r)
	if err != nil {
		return nil, &belief.ParseError{File: o.File, Err: err}
	}
	head, err := in.Peek(most)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, &belief.ParseError{File: o.File, Err: err}
	}
	if len(head) == 0 {
		return nil, &belief.ParseError{File: o.File, Msg: "it is empty"}
	}
	for _, f := range formats {
		if f.sniff(head) {
			return f.read(in, o)
		}
	}
	if f := byExtension(o.File); f != nil {
		return f.read(in, o)
	}
	return nil, &belief.ParseError{
		File: o.File,
		Msg:  "neither the content nor the name shows a known format; known are " + strings.Join(Names(), ", "),
	}
}

// ReadText reads all of r as Read does before it looks for a format, for other
// texts that belong to models: gzip data is decompressed, text that is not UTF-8 is
// taken for Latin-1, and a byte order mark is left out. More than maxBytes end in a
// [*belief.TooLargeError]; 0 means 256 MiB.
func ReadText(r io.Reader, maxBytes int64) (string, error) { return textio.Text(r, maxBytes) }

// ReadFile reads the model of a file in the format that its content or extension
// shows. A file that cannot be opened ends in the error of [os.Open].
func ReadFile(path string, opts ...Options) (graphical.Model, error) {
	o := only(opts)
	if o.File == "" {
		o.File = path
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f, "", o)
}

// only returns the only one of opts, or the default.
func only(opts []Options) Options {
	switch len(opts) {
	case 0:
		return Options{}
	case 1:
		return opts[0]
	}
	panic("format: more than one Options")
}

// Write writes m in the named format. The error is a [*belief.UnknownNameError]
// for the format's name, a [*ModelError], or that of the format's package.
func Write(w io.Writer, name string, m graphical.Model) error {
	f, err := named(name)
	if err != nil {
		return err
	}
	return f.write(w, m)
}

// WriteFile writes m to a file in the format of its extension, compressed if ".gz"
// follows that. An unknown extension ends in a [*belief.UnknownNameError].
func WriteFile(path string, m graphical.Model) error {
	f := byExtension(path)
	if f == nil {
		known := make([]string, 0, len(formats))
		for _, f := range formats {
			known = append(known, f.extensions...)
		}
		return fmt.Errorf("%w; known are %s",
			&belief.UnknownNameError{Kind: "extension of a model file", Name: filepath.Base(path)}, strings.Join(known, ", "))
	}
	return f.writeFile(path, m)
}

// byExtension returns the format of a file's name, or nil.
func byExtension(path string) *format {
	path = strings.ToLower(strings.TrimSuffix(path, ".gz"))
	for i, f := range formats {
		for _, ext := range f.extensions {
			if strings.HasSuffix(path, ext) {
				return &formats[i]
			}
		}
	}
	return nil
}
