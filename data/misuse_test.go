package data

// What callers and files get wrong, and how it is told them.

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belief-go/belief"
)

// foul gives whatever is in its rows.
type foul struct{ Source }

func (f foul) Columns() []Column { return []Column{{Name: "kind", Categories: []string{"a"}}} }

func TestInvalidCategories(t *testing.T) {
	fill := func(i int, dst []float64) {
		if dst[0] = 0; i == 2000 {
			dst[0] = 7
		}
	}
	of := foul{FromFunc(Numbers("kind"), 3000, fill)}
	for name, src := range map[string]Source{"function": FromFunc(of.Columns(), 3000, fill), "foreign": of} {
		for what, f := range map[string]func() error{
			"Summarize": func() error { _, err := Summarize(src); return err },
			"ReadAll":   func() error { _, err := ReadAll(src, Limits{}); return err },
			"OneHot": func() error {
				p := open(t, must(OneHot(src))(t), Order{})
				var b Batch
				err := p.Skip(100)
				for err == nil {
					err = p.Next(&b)
				}
				return err
			},
		} {
			var value *ValueError
			if err := f(); !errors.As(err, &value) || value.Row != 2000 || value.Column != "kind" || value.Value != 7 {
				t.Errorf("%s of a %s: %v", what, name, err)
			}
		}
	}
}

func TestPanicMessages(t *testing.T) {
	v := must(NewVocabulary(Words("a b"), VocabularyOptions{}))(t)
	for name, f := range map[string]func(){
		"many digits":     func() { Digits(1<<30, 1) },
		"negative digits": func() { Digits(-1, 1) },
		"Decode":          func() { v.Decode([]int{5}, "") },
		"Token":           func() { v.Token(-1) },
		"Count":           func() { v.Count(2) },
	} {
		func() {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "data: ") {
					t.Errorf("%s panics with %q", name, text)
				}
			}()
			f()
		}()
	}
	var config *belief.ConfigError
	if err := WriteNPZ(io.Discard, map[string]*Array{"a": nil}); !errors.As(err, &config) {
		t.Errorf("a nil array: %v", err)
	}
}

func TestMessages(t *testing.T) {
	var file bytes.Buffer
	part := &Array{[]int{60}, make([]uint8, 60)}
	if err := WriteNPZ(&file, map[string]*Array{"a": part, "b": part}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.npz")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var large *belief.TooLargeError
	if _, err := ReadNPZFile(path, Limits{Memory: 100}); !errors.As(err, &large) || large.Budget != 100 || large.Bytes != 120 {
		t.Errorf("120 bytes in 100: %v", err)
	}
	if _, err := FromRows([][]float64{{1}, make([]float64, 1000)}); err == nil || len(err.Error()) > 200 {
		t.Errorf("a long row: %v", err)
	}
	if c := must(NewVocabulary(Words(""), VocabularyOptions{}))(t).Column("w"); c.Categories == nil {
		t.Error("the column of an empty vocabulary is one of numbers")
	}
}

// Zeros around the members of a gzip file do no harm; anything else does.
func TestGzipPadding(t *testing.T) {
	one, two, zeros := zipped(t, []byte("one")), zipped(t, []byte("two")), make([]byte, 100_000)
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"padded":  {bytes.Join([][]byte{one, zeros}, nil), "one"},
		"members": {bytes.Join([][]byte{one, two}, nil), "onetwo"},
		"between": {bytes.Join([][]byte{one, zeros, two}, nil), "onetwo"},
		"other":   {bytes.Join([][]byte{one, zeros, {1}}, nil), ""},
	} {
		r := must(Decompress(bytes.NewReader(c.file), "f", Limits{Stream: 6}))(t)
		got, err := io.ReadAll(r)
		var parse *belief.ParseError
		if c.want == "" && !errors.As(err, &parse) || c.want != "" && (err != nil || string(got) != c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
