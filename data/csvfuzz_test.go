package data

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/google/go-cmp/cmp"
)

// Whatever a text holds, it is read or refused with an error of a known kind; what is
// read is a table, and is read back the same after it was written.
func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,2\n", "a;b\n1,5;x\n", "\ufeffa\tb\r\n\"1\",\"x\ny\"\r\n", "1 2\n3  4\n", "a,b\n1,\"2", "a,b\n1\n", "\"\"\n\"\"\n", "x\n1\nNA\n?\n1e999\n",
		"k,w\nNA,1\n\"\",0.5\n,1\n", "a,a\n", "#c\na|b\n1|inf\n", "\xff\xfe", "n\n\"a\"b\n", "\"a\"\"\"\n\" \"\n", "a, \"b\" ,c\n1,2,3", "\r\n\r", "1\n2\nx\ny\nz\n",
	} {
		f.Add([]byte(text), uint8(0), uint8(0))
		f.Add([]byte(text), uint8(3), uint8(255))
	}
	f.Add(packed([]byte("a,b\n1,2\n")), uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, text []byte, delim, flags uint8) {
		o := CSVOptions{
			Delimiter: []byte{0, 0, 0, ',', ';', '\t', ' ', '|', ':'}[delim%9],
			Header:    Header(flags & 3 % 3),
			MaxLine:   200, MaxColumns: 20, MaxCategories: 10, Limits: Limits{Stream: 1 << 16, Memory: 1 << 16},
		}
		if flags&4 != 0 {
			o.Comment = '#'
		}
		if flags&8 != 0 {
			o.Missing = []string{"-1", "x"}
		}
		if flags&16 != 0 {
			o.SkipLines = 1
		}
		if flags&32 != 0 {
			o.Decimal = '.'
		}
		table, err := ReadCSV(bytes.NewReader(text), o)
		if err != nil {
			var parse *belief.ParseError
			var large *belief.TooLargeError
			if !errors.As(err, &parse) && !errors.As(err, &large) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if _, err := NewTable(table.columns, table.x, table.weights); err != nil {
			t.Fatalf("what was read is no table: %v", err)
		}
		if len(table.columns) == 0 || len(table.columns) > 20 {
			t.Fatalf("%d columns", len(table.columns))
		}
		for _, c := range table.columns {
			if len(c.Categories) > 10 || !slices.IsSorted(c.Categories) {
				t.Fatalf("column %q has the categories %q", c.Name, c.Categories)
			}
		}
		var out bytes.Buffer
		if err := WriteCSV(&out, table); err != nil {
			t.Fatal(err)
		}
		back, err := ReadCSV(&out, CSVOptions{Header: HasHeader, Columns: table.columns})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(table, back, sameTable); d != "" {
			t.Fatal(d)
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1", "-1.5e-3", "123456789012345678", ".", "1e", "inf", "9007199254740993", "0.1234567890123456789", "1e-22", "00000000000000000001"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkNumber(t, s) })
}

// Tokens lose nothing of a text but the blanks between words.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{"to be, or not", "don't 'x'", "é\u0301\xff", "a'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := strings.Join(slices.Collect(Characters(s)), ""); got != s {
			t.Fatalf("%q becomes %q", s, got)
		}
		if got, want := strings.Join(slices.Collect(Words(s)), ""), strings.Join(strings.Fields(s), ""); got != want {
			t.Fatalf("%q has the words %q, want %q", s, got, want)
		}
	})
}
