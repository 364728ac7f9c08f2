package data

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/patience"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// anyText draws texts with what is special in CSV.
func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "é", "1", ".", "-", "NA", "?", "Inf", "e5", " ", "\t", ",", ";", "|", "\"", "\n", "\r", "#", "\ufeff", "\x00"}), 0, 4).Draw(t, "parts")
		return strings.Join(parts, "")
	})
}

func anyNumber() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64(), rapid.Map(rapid.IntRange(-1000, 1000), func(i int) float64 { return float64(i) / 8 }),
		rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 5e-324, math.MaxFloat64, 1e22, 1e23, 9007199254740993}))
}

// anyTable draws a table; names that look like numbers are left out.
func anyTable(t *rapid.T) *Table {
	names := rapid.SliceOfNDistinct(rapid.Map(anyText(), func(s string) string { return "n" + s }), 1, 4, rapid.ID[string]).Draw(t, "names")
	columns := Numbers(names...)
	for j := range columns {
		if rapid.Bool().Draw(t, "text") {
			columns[j].Categories = rapid.SliceOfNDistinct(anyText(), 1, 5, rapid.ID[string]).Draw(t, "categories")
		}
	}
	rows := rapid.IntRange(0, 6).Draw(t, "rows")
	var x, w []float64
	weighted := rapid.Bool().Draw(t, "weighted")
	if weighted {
		w = []float64{}
	}
	for range rows {
		for _, c := range columns {
			if c.Categories == nil {
				x = append(x, anyNumber().Draw(t, "x"))
			} else if k := rapid.IntRange(-1, len(c.Categories)-1).Draw(t, "k"); k < 0 {
				x = append(x, math.NaN())
			} else {
				x = append(x, float64(k))
			}
		}
		if weighted {
			w = append(w, math.Abs(rapid.Float64().Draw(t, "w")))
		}
	}
	table, err := NewTable(columns, x, w)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

var sameTable = cmp.Options{cmp.AllowUnexported(Table{}), cmpopts.EquateEmpty(), cmp.Comparer(func(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
})}

// What is written is read back, when the columns are known.
func TestCSVRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		if rapid.Bool().Draw(t, "names like numbers") {
			for j := range table.columns {
				table.columns[j].Name = strconv.Itoa(rapid.IntRange(0, 9).Draw(t, "name")*10 + j)
			}
		}
		var text bytes.Buffer
		if err := WriteCSV(&text, table); err != nil {
			t.Fatal(err)
		}
		o := CSVOptions{Columns: table.Columns()}
		if table.Weights() != nil {
			o.Weights = "weight"
		}
		back, err := ReadCSV(bytes.NewReader(text.Bytes()), o)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text.Bytes())
		}
		if d := cmp.Diff(table, back, sameTable); d != "" || (table.Weights() == nil) != (back.Weights() == nil) {
			t.Fatalf("%s\n%s", text.Bytes(), d)
		}
	})
}

// Without knowing the columns too, for tables that are as a reader makes them. What is
// read once and written is read and written the same ever after.
func TestCSVRoundTripDetected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := anyTable(t)
		var text, again bytes.Buffer
		if err := WriteCSV(&text, table); err != nil {
			t.Fatal(err)
		}
		first, err := ReadCSV(bytes.NewReader(text.Bytes()), CSVOptions{})
		if err != nil {
			var parse *belief.ParseError
			if errors.As(err, &parse) {
				return // categories most of which look like numbers
			}
			t.Fatalf("%v in\n%s", err, text.Bytes())
		}
		if err := WriteCSV(&again, first); err != nil {
			t.Fatal(err)
		}
		second, err := ReadCSV(bytes.NewReader(again.Bytes()), CSVOptions{})
		if err != nil {
			t.Fatalf("%v in\n%s", err, again.Bytes())
		}
		if d := cmp.Diff(first, second, sameTable); d != "" {
			t.Fatalf("%s\n%s", again.Bytes(), d)
		}
		if len(first.columns) < len(table.columns) || first.rows != table.rows {
			t.Fatalf("%d × %d reads back as %d × %d", table.rows, len(table.columns), first.rows, len(first.columns))
		}
	})
}

// Records and fields are those of encoding/csv, blanks and blank lines aside, however
// the text comes in.
func TestCSVScanner(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "bc", ",", ",", "\n", "\r\n", `"`, `""`, `"d,e"`, `"f` + "\n" + `g"`, "é"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(piece).Draw(t, "text"), "")
		ref := csv.NewReader(strings.NewReader(text))
		ref.FieldsPerRecord = -1
		want, wantErr := ref.ReadAll()
		s := &csvScanner{r: iotestHalf{strings.NewReader(text)}, delim: ',', most: 1 << 20}
		var got [][]string
		var err error
		for {
			if err = s.next(true); err != nil {
				break
			}
			var fields []string
			for _, f := range s.fields {
				fields = append(fields, string(f.b))
			}
			got = append(got, fields)
		}
		if err == io.EOF {
			err = nil
		}
		if wantErr != nil {
			// A bare quote within a field stands for itself here; all else is wrong there and here.
			if errors.Is(wantErr, csv.ErrBareQuote) {
				return
			}
			if err == nil {
				t.Fatalf("%q: no error, want %v", text, wantErr)
			}
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, r := range want { // encoding/csv makes line ends within quotes LF
			for k := range r {
				r[k] = strings.ReplaceAll(r[k], "\r\n", "\n")
			}
		}
		for _, r := range got {
			for k := range r {
				r[k] = strings.ReplaceAll(r[k], "\r\n", "\n")
			}
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%q:\n%s", text, d)
		}
	})
}

// checkNumber compares with strconv, which is correctly rounded.
func checkNumber(t interface{ Fatalf(string, ...any) }, text string) {
	got, kind := parseNumber([]byte(text), '.')
	want, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil && errors.Is(err, strconv.ErrRange):
		if kind != outOfRange {
			t.Fatalf("%q: kind %d, want out of range", text, kind)
		}
	case err != nil, want != want, strings.ContainsAny(text, "xX_"):
		if kind != notNumber {
			t.Fatalf("%q is taken for the number %v", text, got)
		}
	case kind != isNumber || math.Float64bits(got) != math.Float64bits(want):
		t.Fatalf("%q: %v (kind %d), want %v", text, got, kind, want)
	}
	if comma := strings.ReplaceAll(text, ".", ","); !strings.Contains(text, ",") {
		if v, k := parseNumber([]byte(comma), ','); k != kind || math.Float64bits(v) != math.Float64bits(got) {
			t.Fatalf("%q: %v, with a comma %v", text, got, v)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for _, text := range []string{
		"", "0", "-0", "+1", ".5", "5.", ".", "-", "+", "1e5", "1e", "1e+", "1E-5", "e5", "1.2.3", "--1", "1e400", "-1e400", "1e-400", "1e99999999999", "0e99999999999", "1e-99999999999",
		"9007199254740992", "9007199254740993", "18446744073709551615", "18446744073709551616", "99999999999999999999", "0.00000000000000000000000001",
		"00000000000000000000000001", "1e22", "1e23", "123456789e-22", "inf", "-Infinity", "infinit", "nan", "0x10", "1_000", "1 2", "1,5", "1f", "١",
		"1.7976931348623157e308", "1.7976931348623159e308", "4.9e-324", "2.4703282292062327e-324",
		// Just above the middle between two float64s, by less than 64 bits of the quotient show.
		"7.734465645470712137", "6.722046807850880601", "0.7949909662738695038", "2.491349963177187599",
	} {
		checkNumber(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		checkNumber(t, rapid.StringMatching(`[-+]?[0-9]{0,21}\.?[0-9]{0,21}([eE][-+]?[0-9]{0,3})?`).Draw(t, "text"))
	})
	rapid.Check(t, func(t *rapid.T) {
		checkNumber(t, strconv.FormatFloat(rapid.Float64().Draw(t, "v"), "efg"[rapid.IntRange(0, 2).Draw(t, "format")], -1, 64))
	})
}

// Streaming goes over many rows from any place and in memory that does not grow. Its
// rows are computed from their numbers.
func TestCSVStream(t *testing.T) {
	const rows = 300_000
	dir := t.TempDir()
	path := filepath.Join(dir, "large.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, &rowWriter{rows: rows}); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	src := must(OpenCSV(path, CSVOptions{Window: 1000}))(t)
	if src.Rows() != rows {
		t.Fatalf("%d rows, want %d", src.Rows(), rows)
	}
	check := func(p Pass, from, to int) {
		t.Helper()
		var b Batch
		for i := from; i < to; {
			if err := p.Next(&b); err != nil {
				t.Fatal(err)
			}
			for k := range min(b.Rows, to-i) {
				if row := b.Row(k); row[0] != float64(i) || row[1] != float64(i%7)/8 || row[2] != float64(i%3) {
					t.Fatalf("row %d is %v", i, row)
				}
				i++
			}
		}
	}
	check(open(t, src, Order{}), 0, rows)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		from := r.IntN(rows)
		p := open(t, src, Order{})
		if err := p.Skip(from); err != nil {
			t.Fatal(err)
		}
		check(p, from, min(from+10, rows))
		p.Close()
	}
	for i := range 3 {
		s := Shard(src, i, 3)
		check(open(t, s, Order{}), i*rows/3, i*rows/3+s.Rows())
	}
	seen := make([]bool, rows)
	place := 0
	for b, err := range Batches(src, Order{Shuffle: true, Seed: 1}, 500) {
		if err != nil {
			t.Fatal(err)
		}
		for k := range b.Rows {
			i := int(b.Row(k)[0])
			if seen[i] || i > place+1000 {
				t.Fatalf("row %d comes in place %d; seen before: %v", i, place, seen[i])
			}
			seen[i] = true
			place++
		}
	}
	if slices.Contains(seen, false) {
		t.Error("a row is left out")
	}
	p, b := open(t, src, Order{}), Batch{}
	p.Next(&b)
	if n := patience.Allocations(100, func() {
		if err := p.Next(&b); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("a warm Next allocates %v times", n)
	}
}

// A rowWriter is the text of a table of so many rows, made up as it is read.
type rowWriter struct {
	rows, at int
	buf      []byte
}

func (w *rowWriter) Read(p []byte) (int, error) {
	for len(w.buf) < len(p) && w.at < w.rows {
		if w.at == 0 {
			w.buf = append(w.buf, "i,x,kind\n"...)
		}
		w.buf = strconv.AppendInt(w.buf, int64(w.at), 10)
		w.buf = append(w.buf, ',')
		w.buf = strconv.AppendFloat(w.buf, float64(w.at%7)/8, 'g', -1, 64)
		w.buf = append(w.buf, ',', 'k', byte('a'+w.at%3), '\n')
		w.at++
	}
	n := copy(p, w.buf)
	w.buf = w.buf[:copy(w.buf, w.buf[n:])]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
