package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/belief-go/belief"
	"pgregory.net/rapid"
)

func zipped(tb testing.TB, parts ...[]byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		if _, err := w.Write(p); err != nil {
			tb.Fatal(err)
		}
		if err := w.Close(); err != nil {
			tb.Fatal(err)
		}
	}
	return b.Bytes()
}

// What is read is what was written, zipped or not, in one member or several.
func TestOpenRoundTrip(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOf(rapid.Byte()).Filter(func(b []byte) bool {
			return len(b) < 2 || b[0] != 0x1f || b[1] != 0x8b
		}).Draw(t, "a")
		b := rapid.SliceOf(rapid.Byte()).Draw(t, "b")
		both := append(bytes.Clone(a), b...)
		for name, c := range map[string]struct{ file, want []byte }{
			"plain":    {a, a},
			"zipped":   {packed(a), a},
			"two":      {append(packed(a), packed(b)...), both},
			"liar.gz":  {a, a},
			"zip.text": {packed(both), both},
		} {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := Open(path, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(iotest.OneByteReader(f))
			if err != nil || !bytes.Equal(got, c.want) {
				t.Fatalf("%s: read %x, %v; want %x", name, got, err, c.want)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// packer is kept, for a new one takes most of a megabyte.
var packer = gzip.NewWriter(nil)

func packed(p []byte) []byte {
	var b bytes.Buffer
	packer.Reset(&b)
	packer.Write(p)
	packer.Close()
	return b.Bytes()
}

// A bomb is stopped at the limit, exactly, and nothing is kept of it.
func TestOpenBomb(t *testing.T) {
	const size = 10_000_000
	bomb := zipped(t, make([]byte, size))
	if len(bomb) > size/500 {
		t.Fatalf("the bomb has %d bytes", len(bomb))
	}
	for _, c := range []struct {
		limit int64
		stop  bool
	}{{size - 1, true}, {size, false}, {1, true}, {0, false}} {
		r, err := Decompress(bytes.NewReader(bomb), "bomb.gz", Limits{Stream: c.limit})
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, r)
		var large *belief.TooLargeError
		switch {
		case c.stop && (!errors.As(err, &large) || n != c.limit):
			t.Errorf("limit %d: read %d bytes, error %v", c.limit, n, err)
		case c.stop && (large.Budget != c.limit || !strings.Contains(err.Error(), "bomb.gz")):
			t.Errorf("limit %d: %v", c.limit, err)
		case !c.stop && (err != nil || n != size):
			t.Errorf("limit %d: read %d bytes, error %v; want all", c.limit, n, err)
		}
	}
	// What is not compressed has no limit.
	r, err := Decompress(bytes.NewReader(make([]byte, 100)), "", Limits{Stream: 1})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, r); n != 100 || err != nil {
		t.Errorf("plain data: %d bytes, %v", n, err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	whole := zipped(t, []byte("some text that is long enough to be cut"))
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-6] ^= 1 // in the checksum
	file := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		path string
		want string
	}{
		{file("cut", whole[:len(whole)-9]), "the data is damaged or cut short"},
		{file("head", whole[:5]), "the data is damaged or cut short"},
		{file("method", []byte("\x1f\x8b\x07aaaaaaaaaaaaaa")), "the data is damaged or cut short"},
		{file("sum", flipped), "the data is damaged or cut short"},
		{file("tail", append(bytes.Clone(whole), "no gzip"...)), "the data is damaged or cut short"},
		{filepath.Join(dir, "absent"), "no such file"},
		{dir, "is a directory"},
	} {
		f, err := Open(c.path, Limits{})
		if err == nil {
			_, err = io.ReadAll(f)
			f.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Count(err.Error(), c.path) != 1 {
			t.Errorf("%s: %v, want %q and the path once", c.path, err, c.want)
		}
		var parse *belief.ParseError
		var path *fs.PathError
		if !errors.As(err, &parse) && !errors.As(err, &path) {
			t.Errorf("%s: an error of type %T", c.path, err)
		}
	}
	own := errors.New("own")
	if _, err := Decompress(iotest.ErrReader(own), "tape", Limits{}); !errors.Is(err, own) || !strings.HasPrefix(err.Error(), "tape: ") {
		t.Errorf("error of the reader below: %v", err)
	}
	for _, lim := range []Limits{{Stream: -1}, {Memory: -1}} {
		var config *belief.ConfigError
		if _, err := Decompress(strings.NewReader(""), "", lim); !errors.As(err, &config) {
			t.Errorf("%v: %v", lim, err)
		}
	}
}

// A stream that was opened is not unpacked twice.
func TestDecompressOnce(t *testing.T) {
	inner := zipped(t, []byte("inner"))
	outer := zipped(t, inner)
	r, err := Decompress(bytes.NewReader(outer), "", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decompress(r, "", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(again); err != nil || !bytes.Equal(got, inner) {
		t.Errorf("read %q, %v", got, err)
	}
}
