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
	"unicode/utf8"

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

// TestSplit puts characters across the ends of pieces, and what is no character at
// all.
func TestSplit(t *testing.T) {
	for lead := range 5 {
		for name, tail := range map[string]string{"UTF-8": "", "cut": "\xe6\x97", "late": "\xff", "alone": "\x80"} {
			in := strings.Repeat("x", lead) + strings.Repeat("日\U0001F600", chunkSize/3) + tail
			want := in
			if tail != "" {
				var b strings.Builder
				for i := range len(in) {
					b.WriteRune(rune(in[i]))
				}
				want = b.String()
			}
			for _, r := range []io.Reader{strings.NewReader(in), iotest.HalfReader(strings.NewReader(in)), iotest.DataErrReader(strings.NewReader(in))} {
				if s, err := Text(r, int64(len(in))); s != want || err != nil {
					t.Errorf("%s after %d: %d bytes, want %d (%v)", name, lead, len(s), len(want), err)
				}
			}
			if _, err := Text(iotest.HalfReader(strings.NewReader(in)), int64(len(in))-1); err == nil {
				t.Errorf("%s after %d: one byte too many is taken", name, lead)
			}
		}
	}
}

// TestRatio holds that gzip data which swells as no model's text does is given up
// early, whatever the bound, and that other data is not.
func TestRatio(t *testing.T) {
	const part = 1 << 20 // compressed once, for members of a gzip file follow each other
	bomb := strings.Repeat(zip(strings.Repeat(" \n", part/2)), 18)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Text(strings.NewReader(bomb), math.MaxInt64)
	runtime.ReadMemStats(&after)
	var large *belief.TooLargeError
	if took := after.TotalAlloc - before.TotalAlloc; !errors.As(err, &large) || large.Budget != freeRatio || took > 2*freeRatio {
		t.Errorf("%d bytes allocated, error %v", took, err)
	}
	short := strings.Repeat("0", freeRatio)
	if s, err := Text(strings.NewReader(strings.Repeat(zip(short[:part]), freeRatio/part)), 0); s != short || err != nil {
		t.Errorf("%d bytes, %v", len(s), err)
	}
	row := make([]byte, 60) // repeated, nearly as dense as is taken
	var b strings.Builder
	r := rand.New(rand.NewPCG(1, 2))
	for b.Len() < part {
		for i := range row {
			row[i] = byte('a' + r.IntN(26))
		}
		b.WriteString(strings.Repeat(string(row), 300))
	}
	dense := zip(b.String())
	if ratio := b.Len() / len(dense); ratio < maxRatio/2 || ratio >= maxRatio {
		t.Fatalf("the text compresses %d to 1", ratio)
	}
	const times = freeRatio/part + 1
	if s, err := Text(strings.NewReader(strings.Repeat(dense, times)), 0); s != strings.Repeat(b.String(), times) || err != nil {
		t.Errorf("%d bytes, %v", len(s), err)
	}
}

// TestMemory holds what reading takes: the text once if its size is known, and the
// pieces as well if not.
func TestMemory(t *testing.T) {
	const size = 1 << 22
	late := strings.Repeat("0123456789abcdef", size/16-1) + "0123456789abcde\xfc"
	for name, c := range map[string]struct {
		in    string
		known bool
		want  int
		most  int
	}{
		"UTF-8, known":         {strings.Repeat("012345ü", size/8), true, size, size},
		"UTF-8, unknown":       {strings.Repeat("012345ü", size/8), false, size, 2 * size},
		"Latin-1, known":       {strings.Repeat("0123456\xfc", size/8), true, size * 9 / 8, (2 + 9/8.) * size}, // room for the most
		"Latin-1, unknown":     {strings.Repeat("0123456\xfc", size/8), false, size * 9 / 8, (1 + 9/4.) * size},
		"late Latin-1":         {late, true, size + 1, 4 * size},
		"late Latin-1, stream": {late, false, size + 1, 2*size + chunkSize},
	} {
		var r io.Reader = strings.NewReader(c.in)
		if !c.known {
			r = struct{ io.Reader }{r}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := Text(r, 0)
		runtime.ReadMemStats(&after)
		const slack = 1 << 19
		if took := int(after.TotalAlloc - before.TotalAlloc); len(s) != c.want || err != nil || took > c.most+slack {
			t.Errorf("%s: %d bytes allocated for %d (%v), more than %d", name, took, len(s), err, c.most)
		}
		if !utf8.ValidString(s) || strings.Contains(c.in, "\xfc") && !strings.HasSuffix(s, "ü") {
			t.Errorf("%s: ends in %q", name, s[len(s)-8:])
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
