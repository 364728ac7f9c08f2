package data

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/belief-go/belief"
)

// A file that is not the one that was opened makes all passes fail, also where all that
// is read looks right: from a place in its middle, or as many rows as there were.
func TestCSVChangedUnseen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	changed := func(what string, err error) {
		t.Helper()
		var parse *belief.ParseError
		if !errors.As(err, &parse) || parse.Msg != errChanged {
			t.Errorf("%s: %v", what, err)
		}
	}
	old := "x,y\n" + strings.Repeat("10,2\n", 5000)
	for what, change := range map[string]func(){
		"longer lines":   func() { write("x,y\n" + strings.Repeat("110,2\n", 5000)) },
		"more rows":      func() { write(old + "1,2\n") },
		"another header": func() { write("y,x\n" + old[4:]) },
		"another file": func() {
			info := must(os.Stat(path))(t)
			other := filepath.Join(dir, "other.csv")
			for _, err := range []error{os.WriteFile(other, []byte(old), 0o600), os.Chtimes(other, time.Time{}, info.ModTime()), os.Rename(other, path)} {
				if err != nil {
					t.Fatal(err)
				}
			}
		},
	} {
		write(old)
		if err := os.Chtimes(path, time.Time{}, time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
		src := must(OpenCSV(path, CSVOptions{}))(t)
		during, b := open(t, src, Order{}), Batch{}
		if err := during.Next(&b); err != nil {
			t.Fatal(err)
		}
		entered := open(t, src, Order{})
		change()
		changed(what+": skipping", entered.Skip(4999))
		_, err := src.Pass(Order{})
		changed(what+": a pass", err)
		_, err = Range(src, 4500, 4600).Pass(Order{})
		changed(what+": a range", err)
		_, err = ReadAll(src, Limits{})
		changed(what+": all", err)
		if what == "more rows" { // where the file grows, the buffer still holds its old text
			for err = nil; err == nil; {
				err = during.Next(&b)
			}
			changed(what+": at the end of a pass", err)
		}
	}
}

// A weighted source without rows keeps its weights when it is written and read.
func TestCSVWeightsOfNoRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(path, []byte("x,weight\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := CSVOptions{Weights: "weight"}
	for _, src := range []Source{must(OpenCSV(path, o))(t), must(ReadCSVFile(path, o))(t), must(NewTable(Numbers("x"), nil, []float64{}))(t)} {
		var text strings.Builder
		if err := WriteCSV(&text, src); err != nil || text.String() != "x,weight\n" {
			t.Errorf("%T: %q, %v", src, text.String(), err)
		}
	}
}
