package persist_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belief-go/belief/internal/persist"
)

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	put := func(text string) {
		t.Helper()
		if err := persist.Replace(path, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	put("one")
	put("second")
	broken := errors.New("broken")
	if err := persist.Replace(path, func(w io.Writer) error {
		io.WriteString(w, strings.Repeat("third", 1<<17))
		return broken
	}); err != broken {
		t.Errorf("error %v, want that of writing", err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "second" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("files are left: %v, %v", entries, err)
	}
	if err := persist.Replace(filepath.Join(dir, "none", "file"), func(io.Writer) error { return nil }); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
}

// What writes itself as JSON is described by that, wherever it stands.
func TestDescribeJSON(t *testing.T) {
	describe := func(v any) string { var b strings.Builder; persist.Describe(&b, v); return b.String() }
	type settings struct{ Start *written }
	a := describe(settings{&written{text: "1", cache: 1}})
	if b := describe(settings{&written{text: "1", cache: 2}}); a != b {
		t.Errorf("%s and %s", a, b)
	}
	if b := describe(settings{&written{text: "2"}}); a == b {
		t.Error(a)
	}
	describe(settings{})
}

type written struct {
	text  string
	cache int
}

func (w *written) MarshalJSON() ([]byte, error) { return []byte(w.text), nil }

func TestDescribe(t *testing.T) {
	type settings struct {
		Rate float64
		F    func()
		M    map[string]int
		P    *int
		c    complex128
		any  any
	}
	one, two := 1, 2
	seen := map[string]any{}
	for _, v := range []any{
		settings{}, settings{Rate: 1}, settings{Rate: 1e-300}, settings{F: func() {}}, settings{M: map[string]int{"a": 1}},
		settings{M: map[string]int{"a": 1, "b": 2}}, settings{M: map[string]int{"a": 2, "b": 1}}, settings{P: &one}, settings{P: &two},
		settings{c: 1i}, settings{any: 1}, settings{any: uint(1)}, settings{any: "1"}, nil, true, false, []int{1, 2}, [2]int{1, 2}, []any{1, nil},
		float32(1), 1.0,
	} {
		var b strings.Builder
		persist.Describe(&b, v)
		if other, ok := seen[b.String()]; ok {
			t.Errorf("%#v and %#v are both %s", v, other, b.String())
		}
		seen[b.String()] = v
	}
	many := map[int]string{}
	for i := range 50 {
		many[i] = "x"
	}
	var a, b strings.Builder
	persist.Describe(&a, many)
	persist.Describe(&b, many)
	if a.String() != b.String() {
		t.Error("a map has two descriptions")
	}
	type loop struct{ Next *loop }
	var l loop
	l.Next = &l
	persist.Describe(&a, l) // ends
}
