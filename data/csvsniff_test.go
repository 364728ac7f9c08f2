package data

import (
	"bytes"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/belief-go/belief"
)

// A header longer than the sample is read as one, wherever the sample ends: within a
// name, a quotation, or a name that starts as a number does.
func TestCSVWideHeader(t *testing.T) {
	for _, form := range []string{`"name %d"`, `"na""me, %d"`, "\"na\nme %d\"", "%d-name", "%d%dname", "name%d"} {
		for _, columns := range []int{6000, 9001} {
			for _, delim := range []string{",", "\t"} {
				var text strings.Builder
				cells := func(form string) {
					for j := range columns {
						if j > 0 {
							text.WriteString(delim)
						}
						text.WriteString(strings.ReplaceAll(form, "%d", strconv.Itoa(j)))
					}
					text.WriteByte('\n')
				}
				cells(form)
				for range 2 {
					cells("a")
				}
				f := must(ReadCSV(strings.NewReader(text.String()), CSVOptions{}))(t)
				name := strings.ReplaceAll(strings.Trim(strings.ReplaceAll(form, "%d", strconv.Itoa(columns-1)), `"`), `""`, `"`)
				if f.Rows() != 2 || len(f.Columns()) != columns || f.Columns()[columns-1].Name != name {
					t.Fatalf("%s, %d columns with %q: %d rows of %d columns, the last is %q", form, columns, delim, f.Rows(), len(f.Columns()), f.Columns()[len(f.Columns())-1].Name)
				}
			}
		}
	}
	// Comments and blank lines before the table do not count as the sample.
	long := strings.Repeat("# c, c; c\n\n", 10_000) + "a;b\n1,5;2\n"
	f := must(ReadCSV(strings.NewReader(long), CSVOptions{Comment: '#'}))(t)
	if f.Rows() != 1 || len(f.Columns()) != 2 || f.Columns()[0].Name != "a" || f.Row(0)[0] != 1.5 {
		t.Errorf("behind comments: %v, %v", f.Columns(), f.Matrix())
	}
}

// Too many fields are refused before there is memory for all of them.
func TestCSVManyFields(t *testing.T) {
	for _, text := range []string{
		strings.Repeat(",", 2<<20), strings.Repeat(";", 2<<20), strings.Repeat("1 ", 2<<20), `"a"` + strings.Repeat(",", 2<<20), "a,b\n" + strings.Repeat(",", 2<<20),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ReadCSV(bytes.NewReader(packed([]byte(text))), CSVOptions{})
		runtime.ReadMemStats(&after)
		var large *belief.TooLargeError
		if !errors.As(err, &large) || !strings.Contains(large.Advice, "MaxColumns") {
			t.Errorf("%.5q…: %v", text, err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 200<<20 {
			t.Errorf("%.5q…: %d bytes of memory taken", text, took)
		}
	}
}

// Files that other programs write with CR alone, and lines that are not there.
func TestCSVLines(t *testing.T) {
	for _, text := range []string{"a,b\r1,2\r3,4\r", "x\r1\r2\r", "\"a\",b\r1,2\r", "\"a\"\r\"1\"\r", "a,b\r" + strings.Repeat("1,2\r", 1<<17)} {
		_, err := ReadCSV(strings.NewReader(text), CSVOptions{})
		var parse *belief.ParseError
		if !errors.As(err, &parse) || parse.Line != 1 || parse.Msg != loneCR {
			t.Errorf("%.12q: %v", text, err)
		}
	}
	_, err := ReadCSV(strings.NewReader("a,b\n1,2\n"), CSVOptions{SkipLines: 1 << 30})
	var parse *belief.ParseError
	if !errors.As(err, &parse) || parse.Msg != "there are no more than 2 lines, of which SkipLines leaves out 1073741824" {
		t.Errorf("lines skipped over the end: %v", err)
	}
	// Blank lines are counted, however many.
	_, err = ReadCSV(strings.NewReader("a,b\n"+strings.Repeat("\n", 1<<20)+" \n\r\n1\n"), CSVOptions{})
	if !errors.As(err, &parse) || parse.Line != 1<<20+4 {
		t.Errorf("behind blank lines: %v", err)
	}
}

func BenchmarkCSVBlankLines(b *testing.B) {
	text := bytes.Repeat([]byte{'\n'}, 1<<20)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := ReadCSV(bytes.NewReader(text), CSVOptions{}); err == nil {
			b.Fatal("no error")
		}
	}
}
