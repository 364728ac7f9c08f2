package data

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func numbers(names ...string) []Column { return Numbers(names...) }

// What is found out, what is given, and what it means.
func TestReadCSV(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	kind := func(categories ...string) Column { return Column{Name: "kind", Categories: categories} }
	x := Column{Name: "x"}
	for _, c := range []struct {
		name, text string
		opts       CSVOptions
		columns    []Column
		values     []float64
		weights    []float64
	}{
		{"plain", "a,b\n1,2\n3,4\n", CSVOptions{}, numbers("a", "b"), []float64{1, 2, 3, 4}, nil},
		{"no end of line", "a,b\n1,2", CSVOptions{}, numbers("a", "b"), []float64{1, 2}, nil},
		{"CRLF", "a,b\r\n1,2\r\n3,4\r\n", CSVOptions{}, numbers("a", "b"), []float64{1, 2, 3, 4}, nil},
		{"BOM", "\ufeffa,b\n1,2\n", CSVOptions{}, numbers("a", "b"), []float64{1, 2}, nil},
		{"no header", "1,2\n3,4\n", CSVOptions{}, numbers("x1", "x2"), []float64{1, 2, 3, 4}, nil},
		{"blank lines", "\n\na,b\n\n1,2\n  \n\r\n3,4\n\n", CSVOptions{}, numbers("a", "b"), []float64{1, 2, 3, 4}, nil},
		{"blanks", " a , b \n 1 ,\t2 \n", CSVOptions{}, numbers("a", "b"), []float64{1, 2}, nil},
		{"semicolon", "a;b\n1;2\n", CSVOptions{}, numbers("a", "b"), []float64{1, 2}, nil},
		{"decimal comma", "a;b\n1,5;2\n-3e2;,5\n", CSVOptions{}, numbers("a", "b"), []float64{1.5, 2, -300, 0.5}, nil},
		{"decimal comma in quotes", "a,b\n\"1,5\",2\n", CSVOptions{Decimal: '.', Text: []string{"a"}}, []Column{{"a", []string{"1,5"}}, {Name: "b"}}, []float64{0, 2}, nil},
		{"tab", "a\tb\n1\t2\n\t3\n", CSVOptions{}, numbers("a", "b"), []float64{1, 2, nan, 3}, nil},
		{"bar", "a|b\n1|2\n", CSVOptions{}, numbers("a", "b"), []float64{1, 2}, nil},
		{"blanks between", "a  b\n 1\t 2  \n\"3\" 4 \r\n", CSVOptions{}, numbers("a", "b"), []float64{1, 2, 3, 4}, nil},
		{"given delimiter", "a:b\n1:2\n", CSVOptions{Delimiter: ':'}, numbers("a", "b"), []float64{1, 2}, nil},
		{"one column", "x\n1\n2\n", CSVOptions{}, numbers("x"), []float64{1, 2}, nil},
		{"header only", "a,b\n", CSVOptions{}, numbers("a", "b"), nil, nil},
		{"missing", "x,y\n\"\",1\n\"NA\",1\n,1\nNA,1\nn/a,1\n#N/A,1\nNaN,1\nnull,1\n?,1\n.,1\n7,1\n", CSVOptions{Ignore: []string{"y"}}, numbers("x"),
			[]float64{nan, nan, nan, nan, nan, nan, nan, nan, nan, nan, 7}, nil},
		{"marks of one's own", "x\n-999\n-\n3\n", CSVOptions{Missing: []string{"-999", "-"}}, numbers("x"), []float64{nan, nan, 3}, nil},
		{"infinite", "x\ninf\n-Inf\n+INFINITY\n1\n", CSVOptions{}, numbers("x"), []float64{inf, -inf, inf, 1}, nil},
		{"categories", "kind,x\nb,1\na,2\n,3\nb,4\n", CSVOptions{}, []Column{kind("a", "b"), x}, []float64{1, 1, 0, 2, nan, 3, 1, 4}, nil},
		{"quoted", "kind,x\n\"b,\"\"\nb\",1\n \"a\" ,\"2\"\n", CSVOptions{}, []Column{kind("a", "b,\"\nb"), x}, []float64{1, 1, 0, 2}, nil},
		{"blanks beside quotes", "kind,x\n a \t,\"1\"\n", CSVOptions{}, []Column{kind("a"), x}, []float64{0, 1}, nil},
		{"quotes within", "kind,x\n5\" pipe,1\n", CSVOptions{}, []Column{kind("5\" pipe"), x}, []float64{0, 1}, nil},
		{"numbers and text", "kind\n1\nx\ny\n01\n", CSVOptions{}, []Column{kind("01", "1", "x", "y")}, []float64{1, 2, 3, 0}, nil},
		{"numbers as text", "kind\n1\n10\n2\n", CSVOptions{Text: []string{"kind"}}, []Column{kind("1", "10", "2")}, []float64{0, 1, 2}, nil},
		{"ignored", "a,x,b\n1,2,3\n", CSVOptions{Ignore: []string{"a", "b"}}, numbers("x"), []float64{2}, nil},
		{"columns given", "a,kind,x\n1,b,2\n3,,4\n", CSVOptions{Columns: []Column{x, kind("b", "a")}}, []Column{x, kind("b", "a")}, []float64{2, 0, 4, nan}, nil},
		{"categories like marks", "kind,x\nNA,1\n,2\n\"\",3\n", CSVOptions{Columns: []Column{kind("", "NA")}}, []Column{kind("", "NA")}, []float64{1, nan, 0}, nil},
		{"names given", "1 2\n3 4\n", CSVOptions{Columns: numbers("a", "b")}, numbers("a", "b"), []float64{1, 2, 3, 4}, nil},
		{"lines skipped", "title, and more\nsecond\n1,2\n", CSVOptions{SkipLines: 2}, numbers("x1", "x2"), []float64{1, 2}, nil},
		{"header replaced", ",1\n1,2\n", CSVOptions{SkipLines: 1, Columns: numbers("a", "b")}, numbers("a", "b"), []float64{1, 2}, nil},
		{"header of numbers given", "2019\n1\n", CSVOptions{Columns: numbers("2019")}, numbers("2019"), []float64{1}, nil},
		{"header of numbers given, and weights", "2020;2019;w\n1;2;3\n", CSVOptions{Columns: numbers("2019"), Weights: "w"}, numbers("2019"), []float64{2}, []float64{3}},
		{"names given, numbers in the first row", "2019,1\n2,3\n", CSVOptions{Columns: numbers("2019", "2020")}, numbers("2019", "2020"), []float64{2019, 1, 2, 3}, nil},
		{"row names", "\"\",\"a\",\"b\"\n\"1\",2,3\n", CSVOptions{}, numbers("x1", "a", "b"), []float64{1, 2, 3}, nil},
		{"row names, of a name that is taken", ",x1_,x1\n1,2,3\n", CSVOptions{}, numbers("x1__", "x1_", "x1"), []float64{1, 2, 3}, nil},
		{"row names given", ",2019\n1,2\n", CSVOptions{Columns: numbers("2019", "x1")}, numbers("2019", "x1"), []float64{2, 1}, nil},
		{"header of numbers", "1,2\n3,4\n", CSVOptions{Header: HasHeader}, numbers("1", "2"), []float64{3, 4}, nil},
		{"text without header", "u,v\nw,x\n", CSVOptions{Header: NoHeader}, []Column{{"x1", []string{"u", "w"}}, {"x2", []string{"v", "x"}}}, []float64{0, 0, 1, 1}, nil},
		{"comments", "# first\na,b\n#1,2\n3,4\n", CSVOptions{Comment: '#'}, numbers("a", "b"), []float64{3, 4}, nil},
		{"weights", "a,w,b\n1,0.5,3\n4,0,6\n", CSVOptions{Weights: "w"}, numbers("a", "b"), []float64{1, 3, 4, 6}, []float64{0.5, 0}},
		{"long numbers", "x\n3.14159265358979323846264338327950288\n1e-400\n9007199254740993\n179769313486231570000e288\n", CSVOptions{}, numbers("x"),
			[]float64{math.Pi, 0, 9007199254740992, math.MaxFloat64}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file.csv")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			zipped := path + ".gz"
			if err := os.WriteFile(zipped, packed([]byte(c.text)), 0o600); err != nil {
				t.Fatal(err)
			}
			want := &Table{columns: c.columns, rows: len(c.values) / len(c.columns), x: c.values, weights: c.weights}
			same := func(got *Table, err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want, got, cmp.AllowUnexported(Table{}), cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); d != "" {
					t.Error(d)
				}
			}
			same(ReadCSV(strings.NewReader(c.text), c.opts))
			same(ReadCSV(iotestHalf{strings.NewReader(c.text)}, c.opts))
			same(ReadCSVFile(path, c.opts))
			same(ReadCSVFile(zipped, c.opts))
			src := must(OpenCSV(path, c.opts))(t)
			same(ReadAll(src, Limits{}))
			conform(t, src)
			conform(t, must(OpenCSV(zipped, c.opts))(t))
		})
	}
}

// iotestHalf gives one byte at a time.
type iotestHalf struct{ r *strings.Reader }

func (h iotestHalf) Read(p []byte) (int, error) { return h.r.Read(p[:min(1, len(p))]) }

// Mistakes name the file, the line and the column.
func TestCSVErrors(t *testing.T) {
	for _, c := range []struct {
		text string
		opts CSVOptions
		line int
		msg  string
	}{
		{"", CSVOptions{}, 0, "f.csv: CSV: there is no table in it"},
		{"\n \n", CSVOptions{}, 0, "f.csv: CSV: there is no table in it"},
		{"a,b\n1,2\n3\n", CSVOptions{}, 3, `f.csv:3: CSV: 1 field, where the table has 2 columns, from "a" to "b"`},
		{"a,b\n\n1,2\n3,4,5\n", CSVOptions{}, 4, `f.csv:4: CSV: 3 fields, where the table has 2 columns, from "a" to "b"`},
		{"a,b\n\"1\n2\",2\n3\n", CSVOptions{Text: []string{"a"}}, 4, `f.csv:4: CSV: 1 field, where the table has 2 columns, from "a" to "b"`},
		{"a,a\n1,2\n", CSVOptions{}, 1, `f.csv:1: CSV: columns 1 and 2 have the same name "a"`},
		{"a,\n1,2\n", CSVOptions{}, 1, `f.csv:1: CSV: column 2 has no name in the header; give names with SkipLines, NoHeader and Columns`},
		{"a,\xff\n1,2\n", CSVOptions{}, 1, `f.csv:1: CSV: the name of column 2, "\xff", is not UTF-8`},
		{"a,b\n1,\xff\n", CSVOptions{}, 2, `f.csv:2: CSV: column "b": "\xff" is not UTF-8`},
		{"\xff\xfea\x00", CSVOptions{}, 1, `f.csv:1: CSV: this is UTF-16; want UTF-8`},
		{"a,b\n1,2\n3,x\n5,6\n", CSVOptions{}, 3, `f.csv:3: CSV: column "b": "x" is not a number, as most of the column is; put "b" into Text if it is a text, the field into Missing if it means that`},
		{"a,b\n1,2\n3,x\n", CSVOptions{Columns: Numbers("b")}, 3, `f.csv:3: CSV: column "b": want a number, got "x"`},
		{"a,b\n1,2\n3,-1e999\n", CSVOptions{}, 3, `f.csv:3: CSV: column "b": the number "-1e999" is too large`},
		{"a,b\n1,2\n3,-1\n", CSVOptions{Weights: "b"}, 3, `f.csv:3: CSV: column "b": the weight is "-1"; want a finite number, at least 0`},
		{"a,b\n1,2\n3,inf\n", CSVOptions{Weights: "b"}, 3, `f.csv:3: CSV: column "b": the weight is "inf"; want a finite number, at least 0`},
		{"a,b\n1,\n3,1\n", CSVOptions{Weights: "b"}, 2, `f.csv:2: CSV: column "b": the weight is ""; want a finite number, at least 0`},
		{"a,b\n1,\"2\n3,1\n", CSVOptions{}, 2, `f.csv:2: CSV: a quote is not closed`},
		{"a,b\n1,\"2\"x\n", CSVOptions{}, 2, `f.csv:2: CSV: after a closing quote comes 'x'; want a delimiter, ','`},
		{"a,b\n1,\"2\n\"x\n", CSVOptions{}, 3, `f.csv:3: CSV: after a closing quote comes 'x'; want a delimiter, ','`},
		{"k\nredd\n", CSVOptions{Columns: []Column{{"k", []string{"red", "green"}}}}, 2, `f.csv:2: CSV: unknown category "redd" of column "k"; did you mean "red"?`},
		{"1,2\n", CSVOptions{Columns: Numbers("a")}, 1, `f.csv:1: CSV: there are 2 fields and no header, where 1 columns are given`},
	} {
		c.opts.File = "f.csv"
		_, err := ReadCSV(strings.NewReader(c.text), c.opts)
		var parse *belief.ParseError
		if !errors.As(err, &parse) || parse.Line != c.line || err.Error() != c.msg {
			t.Errorf("%q:\n got %v\nwant %v", c.text, err, c.msg)
		}
	}
	for _, o := range []CSVOptions{{Weights: "wieght"}, {Ignore: []string{"wieght"}}, {Text: []string{"wieght"}}, {Columns: Numbers("wieght")}} {
		_, err := ReadCSV(strings.NewReader("x,weight\n1,2\n"), o)
		var unknown *belief.UnknownNameError
		if !errors.As(err, &unknown) || len(unknown.Suggestions) != 1 {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, o := range []CSVOptions{
		{Delimiter: '"'}, {Delimiter: '.'}, {Delimiter: '1'}, {Delimiter: 0x80}, {Decimal: ';'}, {Decimal: ',', Delimiter: ','}, {Comment: ' '}, {Comment: '\n'},
		{Header: 3}, {Header: -1}, {Columns: Numbers("x"), Text: []string{"x"}}, {SkipLines: -1}, {Window: -1}, {MaxLine: -1}, {MaxColumns: -1},
		{MaxCategories: -1}, {Limits: Limits{Memory: -1}}, {Columns: Numbers("x", "x")}, {Text: []string{"weight"}, Weights: "weight"},
	} {
		_, err := ReadCSV(strings.NewReader("x,weight\n1,2\n"), o)
		var config *belief.ConfigError
		if !errors.As(err, &config) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// Every limit is one.
func TestCSVLimits(t *testing.T) {
	text := "kind,x\naaaaaaaaaa,1\nb,2\nc,3\n"
	for _, o := range []CSVOptions{
		{Limits: Limits{Memory: 27}}, {MaxLine: 11}, {MaxColumns: 1}, {MaxCategories: 2}, {Limits: Limits{Memory: 71}}, {Limits: Limits{Stream: 20}},
	} {
		_, err := ReadCSV(bytes.NewReader(packed([]byte(text))), o)
		var large *belief.TooLargeError
		if !errors.As(err, &large) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	var endless *belief.TooLargeError
	if _, err := ReadCSV(strings.NewReader("x\n\""+strings.Repeat("y", 1<<20)), CSVOptions{MaxLine: 100}); !errors.As(err, &endless) || endless.Bytes > 1<<19 {
		t.Errorf("a quotation without end: %v", err)
	}
	good := CSVOptions{MaxLine: 12, MaxColumns: 2, MaxCategories: 3, Limits: Limits{Memory: 300, Stream: 28}}
	if _, err := ReadCSV(bytes.NewReader(packed([]byte(text))), good); err != nil {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(path, []byte("x,y\n"+strings.Repeat("1,2\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	var large *belief.TooLargeError
	if _, err := OpenCSV(path, CSVOptions{Window: 100, Limits: Limits{Memory: 1000}}); !errors.As(err, &large) {
		t.Errorf("a window over the limit: %v", err)
	}
	if _, err := ReadCSVFile(path, CSVOptions{Limits: Limits{Memory: 1000}}); !errors.As(err, &large) {
		t.Errorf("a table over the limit: %v", err)
	}
}

// A file that changes while it is read makes passes fail.
func TestCSVChanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("k,x\na,1\nb,2\n")
	src := must(OpenCSV(path, CSVOptions{}))(t)
	for _, text := range []string{"", "k,x\na,1\n", "k,x\na,1\nb\n", "k,x\na,1\nc,2\n", "k,x\na,1\nb,x\n", "k,x\na,1\nb,2,3\n", string(packed([]byte("k,x\na,1\nb,2\n")))} {
		write(text)
		_, err := ReadAll(src, Limits{})
		var parse *belief.ParseError
		if !errors.As(err, &parse) {
			t.Errorf("%q: %v", text, err)
		}
	}
	// The line is right where the file was entered in its middle.
	write("x\n" + strings.Repeat("1\n", 5000))
	middle := must(OpenCSV(path, CSVOptions{}))(t)
	info := must(os.Stat(path))(t)
	write("x\n" + strings.Repeat("1\n", 4900) + "y\n" + strings.Repeat("1\n", 99))
	if err := os.Chtimes(path, time.Time{}, info.ModTime()); err != nil { // a change that is hidden
		t.Fatal(err)
	}
	p := open(t, middle, Order{})
	if err := p.Skip(4890); err != nil {
		t.Fatal(err)
	}
	var parse *belief.ParseError
	if err := p.Next(&Batch{}); !errors.As(err, &parse) || parse.Line != 4902 {
		t.Errorf("a letter in line 4902: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := src.Pass(Order{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the file: %v", err)
	}
	if _, err := OpenCSV(path, CSVOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without the file: %v", err)
	}
}

// Real files. Means of iris and Old Faithful are those of R's summary.
func TestCSVReal(t *testing.T) {
	iris := must(ReadCSVFile(datadir.Path(t, "tables", "iris.csv"), CSVOptions{}))(t)
	want := append(Numbers("Sepal.Length", "Sepal.Width", "Petal.Length", "Petal.Width"), Column{"Species", []string{"setosa", "versicolor", "virginica"}})
	if d := cmp.Diff(want, iris.Columns()); d != "" || iris.Rows() != 150 {
		t.Errorf("iris has %d rows and\n%s", iris.Rows(), d)
	}
	s := must(Summarize(iris))(t)
	for j, mean := range []float64{5.843333, 3.057333, 3.758, 1.199333} {
		if math.Abs(s.Columns[j].Mean-mean) > 1e-6 {
			t.Errorf("iris column %d has mean %v, want %v", j, s.Columns[j].Mean, mean)
		}
	}
	faithful := must(Summarize(must(ReadCSVFile(datadir.Path(t, "tables", "faithful.csv"), CSVOptions{}))(t)))(t)
	if c := faithful.Columns; faithful.Rows != 272 || math.Abs(c[0].Mean-3.487783) > 1e-6 || math.Abs(c[1].Mean-70.897059) > 1e-6 {
		t.Errorf("faithful: %v", faithful)
	}
	path := datadir.Path(t, "tables", "wine_data.csv")
	var parse *belief.ParseError
	if _, err := ReadCSVFile(path, CSVOptions{}); !errors.As(err, &parse) || parse.Line != 2 || parse.File != path {
		t.Errorf("the first line of wine is no header: %v", err)
	}
	if wine := must(ReadCSVFile(path, CSVOptions{SkipLines: 1}))(t); wine.Rows() != 178 || len(wine.Columns()) != 14 || wine.Row(0)[12] != 1065 {
		t.Errorf("wine has %d rows of %d columns", wine.Rows(), len(wine.Columns()))
	}
	digits := must(ReadCSVFile(datadir.Path(t, "tables", "digits.csv.gz"), CSVOptions{}))(t)
	if digits.Rows() != 1797 || len(digits.Columns()) != 65 && len(digits.Columns()) != 64 {
		t.Errorf("digits has %d rows of %d columns", digits.Rows(), len(digits.Columns()))
	}
	draws := must(ReadCSVFile(datadir.Path(t, "diagnostics", "with_inf_4x100.csv"), CSVOptions{}))(t)
	sum := must(Summarize(draws))(t)
	infinite := 0
	for _, c := range sum.Columns {
		infinite += c.Infinite
	}
	if infinite == 0 || draws.Rows() != 100 {
		t.Errorf("%d infinite numbers in %d rows", infinite, draws.Rows())
	}
}
