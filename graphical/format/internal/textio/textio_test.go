package textio

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/belief-go/belief"
)

func zip(parts ...string) string {
	var b bytes.Buffer
	for _, p := range parts {
		z := gzip.NewWriter(&b)
		io.WriteString(z, p)
		z.Close()
	}
	return b.String()
}

func TestText(t *testing.T) {
	long := strings.Repeat("0123456789", 1<<14)
	for in, want := range map[string]string{
		"":                    "",
		"a":                   "a",
		"\x1f":                "\x1f",
		"größer":              "größer",
		"gr\xf6\xdfer \x80":   "größer \u0080",
		"\uFEFFa\uFEFF":       "a\uFEFF",
		zip(""):               "",
		zip("a", "b"):         "ab",
		zip("gr\xf6\xdf"):     "größ",
		zip("\uFEFFa"):        "a",
		long:                  long,
		zip(long):             long,
		"\xef\xbb\xbfgr\xf6ß": "gr\u00f6\u00c3\u009f",
	} {
		for _, most := range []int64{0, 1 << 20, math.MaxInt64} {
			for name, r := range map[string]io.Reader{
				"whole": strings.NewReader(in), "bytes": iotest.OneByteReader(strings.NewReader(in)),
			} {
				if got, err := Text(r, most); err != nil || got != want {
					t.Errorf("%.20q, %s, at most %d: %.20q %v", in, name, most, got, err)
				}
			}
		}
	}
}

func TestBound(t *testing.T) {
	for _, in := range []string{"12345", zip("12345"), zip("123", "45"), zip(strings.Repeat("0", 1<<20))} {
		var large *belief.TooLargeError
		known := in == "12345"
		if _, err := Text(strings.NewReader(in), 4); !errors.As(err, &large) || large.Budget != 4 || large.AtLeast == known {
			t.Errorf("%.10q: %v", in, err)
		}
		if _, err := Text(iotest.HalfReader(strings.NewReader(in)), 4); !errors.As(err, &large) || large.Budget != 4 || !large.AtLeast {
			t.Errorf("%.10q of unknown length: %v", in, err)
		}
	}
	if s, err := Text(strings.NewReader("1234"), 4); s != "1234" || err != nil {
		t.Errorf("%q %v", s, err)
	}
}

// TestBomb holds that a small file cannot take more memory than the bound.
func TestBomb(t *testing.T) {
	bomb := zip(strings.Repeat("0", 1<<23))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Text(strings.NewReader(bomb), 1<<10)
	runtime.ReadMemStats(&after)
	var large *belief.TooLargeError
	if took := after.TotalAlloc - before.TotalAlloc; !errors.As(err, &large) || took > 1<<19 {
		t.Errorf("%d bytes allocated, error %v", took, err)
	}
}

// A known size is refused before anything is read, and counts from where the file
// stands.
func TestKnownSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, []byte("0123456789"), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var large *belief.TooLargeError
	if _, err := Text(f, 9); !errors.As(err, &large) || large.Bytes != 10 || large.AtLeast {
		t.Errorf("%v", err)
	}
	if _, err := f.Seek(5, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if s, err := Text(f, 5); s != "56789" || err != nil {
		t.Errorf("%q %v", s, err)
	}
}

// TestRatio holds that gzip data which swells as no model's text does is given up
// early, whatever the bound, and that other data is not.
func TestRatio(t *testing.T) {
	bomb := zip(strings.Repeat(" \n", 1<<24))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Text(strings.NewReader(bomb), math.MaxInt64)
	runtime.ReadMemStats(&after)
	var large *belief.TooLargeError
	if took := after.TotalAlloc - before.TotalAlloc; !errors.As(err, &large) || large.Budget != freeRatio || took > 2*freeRatio {
		t.Errorf("%d bytes allocated, error %v", took, err)
	}
	short := strings.Repeat("0", freeRatio)
	if s, err := Text(strings.NewReader(zip(short)), 0); s != short || err != nil {
		t.Errorf("%d bytes, %v", len(s), err)
	}
	row := make([]byte, 60) // as dense as 200 to 1 allows
	var b strings.Builder
	r := rand.New(rand.NewPCG(1, 2))
	for b.Len() < freeRatio*3/2 {
		for i := range row {
			row[i] = byte('a' + r.IntN(26))
		}
		b.WriteString(strings.Repeat(string(row), 100))
	}
	if s, err := Text(strings.NewReader(zip(b.String())), 0); s != b.String() || err != nil {
		t.Errorf("%d bytes, %v", len(s), err)
	}
}

// TestMemory holds what reading takes: the pieces, and the text once.
func TestMemory(t *testing.T) {
	const size = 1 << 23
	plain := strings.Repeat("0123456\xfc", size/8)
	for name, in := range map[string]string{"UTF-8": strings.Repeat("012345ü", size/8), "Latin-1": plain} {
		want := size
		if name == "Latin-1" {
			want += size / 8
		}
		var before, after runtime.MemStats
		r := iotest.OneByteReader(strings.NewReader(in))
		if name == "Latin-1" {
			r = struct{ io.Reader }{strings.NewReader(in)} // of unknown length
		}
		runtime.ReadMemStats(&before)
		s, err := Text(r, 0)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; len(s) != want || err != nil || took > uint64(size+want+1<<20) {
			t.Errorf("%s: %d bytes allocated for %d (%v)", name, took, len(s), err)
		}
	}
}

func TestErrors(t *testing.T) {
	broken, lost := errors.New("broken"), fmt.Errorf("lost: %w", io.ErrUnexpectedEOF)
	const corrupt = flate.CorruptInputError(1)
	flipped := []byte(zip("hello, hello, hello"))
	flipped[10] = 0x07 // a kind of block that does not exist
	for name, c := range map[string]struct {
		r    io.Reader
		want error
	}{
		"header":   {strings.NewReader("\x1f\x8b"), io.ErrUnexpectedEOF},
		"header 2": {strings.NewReader("\x1f\x8bxxxxxxxxxxxxxxxxx"), gzip.ErrHeader},
		"cut":      {strings.NewReader(zip("hello")[:20]), io.ErrUnexpectedEOF},
		"checksum": {strings.NewReader(zip("hello")[:25] + "00000000"), gzip.ErrChecksum},
		"trailing": {strings.NewReader(zip("hello") + "trailing bytes"), gzip.ErrHeader},
		"reader":   {iotest.ErrReader(broken), broken},
		"data":     {bytes.NewReader(flipped), corrupt},
		"lost":     {io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(lost)), lost},
		"late":     {io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(broken)), broken},
	} {
		s, err := Text(c.r, 0)
		if s != "" || !errors.Is(err, c.want) {
			t.Errorf("%s: %q %v, want %v", name, s, err, c.want)
		}
		damaged := c.want != broken && c.want != lost
		if damaged != (err.Error() == "the gzip data is damaged or cut short") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, in := range []string{"\xff\xfea\x00", "\xfe\xff\x00a"} {
		if _, err := Text(strings.NewReader(in), 0); err == nil || !strings.Contains(err.Error(), "UTF-16") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// TestOpen shows that a stream can be looked at and then read.
func TestOpen(t *testing.T) {
	r, err := Open(strings.NewReader(zip("hello")))
	if err != nil {
		t.Fatal(err)
	}
	if head, err := r.Peek(2); string(head) != "he" || err != nil {
		t.Errorf("%q %v", head, err)
	}
	if s, err := Text(r, 0); s != "hello" || err != nil {
		t.Errorf("%q %v", s, err)
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	hello := func(w io.Writer) error {
		_, err := io.WriteString(w, "hello")
		return err
	}
	for name, want := range map[string]string{"a": "hello", "a.gz": zip("hello")} {
		path := filepath.Join(dir, name)
		if err := WriteFile(path, hello); err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(path); string(data) != want || err != nil {
			t.Errorf("%s: %q %v", name, data, err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := Text(f, 0); s != "hello" || err != nil {
			t.Errorf("%s: %q %v", name, s, err)
		}
		f.Close()
		refused := errors.New("refused")
		if err := WriteFile(path, func(io.Writer) error { return refused }); !errors.Is(err, refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := WriteFile(filepath.Join(dir, "no", "a"), hello); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if err := closeAfter(failing{}, nil); err == nil {
		t.Error("the error of closing was lost")
	}
}

type failing struct{}

func (failing) Close() error { return errors.New("close") }
