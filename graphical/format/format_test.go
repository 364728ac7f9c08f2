package format

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

const coin = "network coin {\n}\nvariable c {\n  type discrete [ 2 ] { heads, tails };\n}\nprobability ( c ) {\n  table 0.25, 0.75;\n}\n"

func zip(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, text)
	z.Close()
	return b.String()
}

// written returns the model as BIF text.
func written(t *testing.T, m graphical.Model) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, "bif", m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ text, name, file string }{
		{coin, "bif", ""},
		{coin, "", ""},
		{zip(coin), "bif", ""},
		{zip(coin), "", ""},
		{"// " + strings.Repeat("x", 3000) + "\n" + coin, "", ""},
		{"// " + strings.Repeat("x", 5000) + "\n" + coin, "", "dir/COIN.BIF"},
		{zip("/*" + strings.Repeat("x", 1<<16) + "*/" + coin), "", "coin.bif.gz"},
		{coin, "", "coin.xml"},
	} {
		m, err := Read(strings.NewReader(c.text), c.name, Options{File: c.file})
		if err != nil {
			t.Errorf("%q %q: %v", c.name, c.file, err)
			continue
		}
		if diff := cmp.Diff(coin, written(t, m)); diff != "" {
			t.Errorf("%q %q:\n%s", c.name, c.file, diff)
		}
	}
}

func TestReadErrors(t *testing.T) {
	var parse *belief.ParseError
	for name, r := range map[string]io.Reader{
		"empty": strings.NewReader(""), "text": strings.NewReader("hello"),
		"long": strings.NewReader("// " + strings.Repeat("x", 5000) + "\n" + coin),
		"gzip": strings.NewReader("\x1f\x8b"), "reader": iotest.ErrReader(errors.New("no luck")),
		"cut gzip":   strings.NewReader(zip(strings.Repeat(coin, 100))[:40]),
		"late error": io.MultiReader(strings.NewReader("//"), iotest.ErrReader(errors.New("no luck"))),
	} {
		if m, err := Read(r, "", Options{File: "f"}); m != nil || !errors.As(err, &parse) || parse.File != "f" {
			t.Errorf("%s: %v %v", name, m, err)
		}
	}
	if m, err := Read(strings.NewReader("network { x }"), "bif", Options{File: "f"}); m != nil || !errors.As(err, &parse) || parse.Col != 11 || parse.File != "f" {
		t.Errorf("%v %v", m, err)
	}
	var unknown *belief.UnknownNameError
	for name, want := range map[string]string{"bfi": `unknown format "bfi"; did you mean "bif"?`, "netcdf": `unknown format "netcdf"; known are bif`} {
		if m, err := Read(strings.NewReader(coin), name); m != nil || !errors.As(err, &unknown) || err.Error() != want {
			t.Errorf("%v %v", m, err)
		}
	}
	for _, text := range []string{"", zip("")} {
		if _, err := Read(strings.NewReader(text), "", Options{File: "f.bif"}); !errors.As(err, &parse) || err.Error() != "f.bif: it is empty" {
			t.Errorf("%q: %v", text, err)
		}
	}
	whole := zip(strings.Repeat(coin, 9))
	flipped := []byte(whole)
	flipped[len(flipped)-6]++ // of the checksum
	for _, text := range []string{whole[:5], whole[:12], whole[:len(whole)-9], whole[:len(whole)-1], string(flipped), whole + "junk", "\x1f\x8bjunk"} {
		for _, name := range []string{"", "bif"} {
			if _, err := Read(strings.NewReader(text), name, Options{File: "f"}); !errors.As(err, &parse) || !strings.HasSuffix(err.Error(), ": the gzip data is damaged or cut short") {
				t.Errorf("%q of %d bytes: %v", name, len(text), err)
			}
		}
	}
	var large *belief.TooLargeError
	if _, err := Read(strings.NewReader(coin), "", Options{MaxBytes: 100}); !errors.As(err, &large) {
		t.Errorf("MaxBytes: %v", err)
	}
	if _, err := Read(strings.NewReader(coin), "", Options{MaxEntries: 1}); !errors.As(err, &large) {
		t.Errorf("MaxEntries: %v", err)
	}
	defer func() {
		if r := recover(); r != "format: more than one Options" {
			t.Errorf("recovered %v", r)
		}
	}()
	Read(nil, "", Options{}, Options{})
}

func TestReadText(t *testing.T) {
	if s, err := ReadText(strings.NewReader(zip("\uFEFFgr\xfcn")), 0); s != "grün" || err != nil {
		t.Errorf("%q %v", s, err)
	}
	var large *belief.TooLargeError
	if _, err := ReadText(strings.NewReader("12345"), 4); !errors.As(err, &large) {
		t.Error(err)
	}
}

func TestNormalize(t *testing.T) {
	counts := strings.Replace(coin, "0.25, 0.75", "1 3", 1)
	m, err := Read(strings.NewReader(counts), "", Options{Normalize: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(coin, written(t, m)); diff != "" {
		t.Error(diff)
	}
}

func TestFiles(t *testing.T) {
	m, err := Read(strings.NewReader(coin), "")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, want := range map[string]string{"coin.bif": coin, "coin.BIF": coin, "coin.bif.gz": zip(coin)} {
		path := filepath.Join(dir, name)
		if err := WriteFile(path, m); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(data) != want {
			t.Errorf("%s holds %q", name, data)
		}
		again, err := ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(coin, written(t, again)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if m, err := ReadFile(filepath.Join(dir, "none.bif")); m != nil || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v %v", m, err)
	}
	path := filepath.Join(dir, "coin.txt")
	if err := os.WriteFile(path, []byte("nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	var parse *belief.ParseError
	if m, err := ReadFile(path); m != nil || !errors.As(err, &parse) || parse.File != path {
		t.Errorf("%v %v", m, err)
	}
	if _, err := ReadFile(path, Options{File: "shown"}); !errors.As(err, &parse) || parse.File != "shown" {
		t.Errorf("%v", err)
	}
	var unknown *belief.UnknownNameError
	if err := WriteFile(path, m); !errors.As(err, &unknown) || unknown.Name != "coin.txt" || !strings.HasSuffix(err.Error(), "; known are .bif") {
		t.Errorf("%v", err)
	}
	if data, err := os.ReadFile(path); string(data) != "nothing" {
		t.Errorf("the file holds %q (%v)", data, err)
	}
}

func TestWriteErrors(t *testing.T) {
	b := graphical.NewFactors()
	b.Factor([]float64{1, 2}, b.Variable("v", "a", "b"))
	m, err := b.MarkovNet()
	if err != nil {
		t.Fatal(err)
	}
	var model *ModelError
	if err := Write(io.Discard, "bif", m); !errors.As(err, &model) || model.Model != graphical.Model(m) {
		t.Errorf("%v", err)
	}
	path := filepath.Join(t.TempDir(), "x.bif")
	if err := WriteFile(path, m); !errors.As(err, &model) || err.Error() != "format bif holds a Bayesian network, not a *graphical.MarkovNet" {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was left: %v", err)
	}
	var unknown *belief.UnknownNameError
	if err := Write(io.Discard, "", m); !errors.As(err, &unknown) || unknown.Kind != "format" {
		t.Errorf("%v", err)
	}
}

// TestRegistry holds that names and extensions are unambiguous.
func TestRegistry(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range formats {
		for _, key := range append([]string{f.name}, f.extensions...) {
			if key != strings.ToLower(key) || seen[key] {
				t.Errorf("%q is not in lower case or used twice", key)
			}
			seen[key] = true
		}
	}
	if !slices.Contains(Names(), "bif") {
		t.Errorf("names %q", Names())
	}
}
