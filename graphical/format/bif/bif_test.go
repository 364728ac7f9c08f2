package bif

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// A content is all that a file says of a network, in a form that cmp can compare.
type content struct {
	Name       string
	Variables  []contentVariable
	Properties []graphical.Property
}

type contentVariable struct {
	Name    string
	States  []string
	Parents []string
	Bits    []uint64 // of the table
}

func contentOf(net *graphical.BayesNet) content {
	c := content{Name: net.Name(), Properties: net.Properties()}
	for _, v := range net.Variables() {
		cv := contentVariable{Name: v.Name(), States: v.States()}
		for _, p := range net.Parents(v) {
			cv.Parents = append(cv.Parents, p.Name())
		}
		for _, x := range values(net, v) {
			cv.Bits = append(cv.Bits, math.Float64bits(x))
		}
		c.Variables = append(c.Variables, cv)
	}
	return c
}

func values(net *graphical.BayesNet, v *graphical.Variable) []float64 {
	return net.Conditional(v).(*graphical.Table).Values()
}

func read(t *testing.T, text string, opts ...Options) *graphical.BayesNet {
	t.Helper()
	net, err := Unmarshal([]byte(text), opts...)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return net
}

// tableOf returns the numbers of one variable.
func tableOf(t *testing.T, net *graphical.BayesNet, name string) []float64 {
	t.Helper()
	v, err := net.Variable(name)
	if err != nil {
		t.Fatal(err)
	}
	return values(net, v)
}

const (
	header = "network unknown {\n}\n"
	ab     = header +
		"variable A {\n  type discrete [ 2 ] { a0, a1 };\n}\n" +
		"variable B {\n  type discrete [ 3 ] { b0, b1, b2 };\n}\n" +
		"probability ( B ) {\n  table 0.5, 0.25, 0.25;\n}\n"
)

// TestTableForms gives one table p(A | B) in every way that the grammar has.
func TestTableForms(t *testing.T) {
	want := []float64{0.9, 0.1, 0.5, 0.5, 0.25, 0.75}
	for name, block := range map[string]string{
		"rows":                "probability ( A | B ) {\n (b0) 0.9, 0.1;\n (b1) 0.5, 0.5;\n (b2) 0.25, 0.75;\n}",
		"rows in any order":   "probability ( A | B ) {\n (b2) 0.25, 0.75;\n (b0) 0.9, 0.1;\n (b1) 0.5, 0.5;\n}",
		"no blanks":           "probability(A|B){(b0)0.9,0.1;(b1)0.5,0.5;(b2)0.25,0.75;}",
		"child slowest":       "probability ( A | B ) { table 0.9, 0.5, 0.25, 0.1, 0.5, 0.75; }",
		"no commas, no bar":   "probability ( A B ) { table 0.9 0.5 0.25 0.1 0.5 0.75; }",
		"comma for bar":       "probability ( A, B ) { table 0.9 0.5 0.25 0.1 0.5 0.75; }",
		"quotes":              `probability ( "A" | "B" ) { ("b0") 0.9 0.1; ("b1") 0.5 0.5; ("b2") 0.25 0.75; }`,
		"default first":       "probability ( A | B ) { default 0.5 0.5; (b0) 0.9 0.1; (b2) 0.25 0.75; }",
		"default last":        "probability ( A | B ) { (b0) 0.9 0.1; (b2) 0.25 0.75; default 0.5 0.5; }",
		"default unused":      "probability ( A | B ) { default 1 0; table 0.9 0.5 0.25 0.1 0.5 0.75; }",
		"no semicolons":       "probability ( A | B ) { default 0.5 0.5 (b0) 0.9 0.1 (b2) 0.25 0.75 }",
		"no semicolon, table": "probability ( A | B ) { table 0.9 0.5 0.25 0.1 0.5 0.75 property x; };;",
		"exponents":           "probability ( A | B ) { (b0) 9e-1 1.0E-1; (b1) 5.e-01 .5; (b2) +25E-2 0.0075e+2; }",
		"comments":            "probability /* of A */ ( A // the child\n | /**/ B ) { (b0)/*x*/0.9//\n0.1; (b1) 0.5/* ** */0.5; (b2) 0.25 /*;*/ 0.75; }",
		"CR LF and tabs":      "probability\t(A|B)\r\n{\r\n\t(b0)\t0.9,\t0.1;\r\n// x\r\n\t(b1) 0.5, 0.5;\r\n\t(b2) 0.25, 0.75;\r\n}\r\n",
		"CR":                  "probability (A|B)\r{\r// x\r(b0) 0.9, 0.1;\r(b1) 0.5, 0.5;\r (b2) 0.25, 0.75;\r}\r",
	} {
		t.Run(name, func(t *testing.T) {
			for order, text := range map[string]string{
				"after":  ab + block,
				"before": header + block + ab[len(header):],
			} {
				if diff := cmp.Diff(want, tableOf(t, read(t, text), "A")); diff != "" {
					t.Errorf("%s the variables (-want +got):\n%s", order, diff)
				}
			}
		})
	}
}

// TestTableBothWays reads a table that sums to one in the order of BIF, whether or
// not it does in the other.
func TestTableBothWays(t *testing.T) {
	const two = header + "variable A { type discrete [2] { a0, a1 }; } variable B { type discrete [2] { b0, b1 }; } probability (B) { table 1 0; }"
	for numbers, want := range map[string][]float64{
		"0.25 0.75 0.75 0.25": {0.25, 0.75, 0.75, 0.25},
		"0.25 0.5 0.75 0.5":   {0.25, 0.75, 0.5, 0.5},
	} {
		if diff := cmp.Diff(want, tableOf(t, read(t, two+"probability (A | B) { table "+numbers+"; }"), "A")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", numbers, diff)
		}
	}
}

// TestDogProblem checks the order of the numbers of a table on the example of the
// Interchange Format, where p(dog-out | bowel-problem, family-out) = 0.99 if both
// hold and 0.97 if only the first does.
func TestDogProblem(t *testing.T) {
	net := read(t, `
// Bayesian Network in the Interchange Format
network "Dog-Problem" { //5 variables and 5 probability distributions
  property "credal-set constant-density-bounded 1.1" ;
}
variable "light-on" { type discrete[2] { "true" "false" }; property "position = (218, 195)" ; }
variable "bowel-problem" { type discrete[2] { "true" "false" }; property "position = (335, 99)" ; }
variable "dog-out" { type discrete[2] { "true" "false" }; property "position = (300, 195)" ; }
variable "hear-bark" { type discrete[2] { "true" "false" }; property "position = (296, 268)" ; }
variable "family-out" { type discrete[2] { "true" "false" }; property "position = (257, 99)" ; }
probability ( "light-on" "family-out" ) { table 0.6 0.05 0.4 0.95 ; }
probability ( "bowel-problem" ) { table 0.01 0.99 ; }
probability ( "dog-out" | "bowel-problem" "family-out" ) { table 0.99 0.97 0.9 0.3 0.01 0.03 0.1 0.7; }
probability ( "hear-bark" "dog-out" ) { table 0.7 0.01 0.3 0.99 ; }
probability ( "family-out" ) { table 0.15 0.85 ; }
`)
	dogOut, _ := net.Variable("dog-out")
	c := net.Conditional(dogOut)
	for _, x := range []struct {
		bowel, family int
		want          float64
	}{{0, 0, 0.99}, {0, 1, 0.97}, {1, 0, 0.9}, {1, 1, 0.3}} {
		if got := c.Prob(0, []int{x.bowel, x.family}); got != x.want {
			t.Errorf("p(out | bowel %d, family %d) = %v, want %v", x.bowel, x.family, got, x.want)
		}
	}
	if net.Name() != "Dog-Problem" || len(net.Properties()) != 6 ||
		net.Properties()[0] != (graphical.Property{Text: "credal-set constant-density-bounded 1.1"}) ||
		net.Properties()[3] != (graphical.Property{Variable: "dog-out", Text: "position = (300, 195)"}) {
		t.Errorf("name %q, properties %v", net.Name(), net.Properties())
	}
}

// TestNames reads one variable of two states under odd names.
func TestNames(t *testing.T) {
	for text, want := range map[string][2]string{
		`<5, >=7.5`:             {"<5", ">=7.5"},
		`12+, 5-12`:             {"12+", "5-12"},
		`Asy/Patchy, Transp.`:   {"Asy/Patchy", "Transp."},
		`0-3_days 11-30_days`:   {"0-3_days", "11-30_days"},
		`table, default`:        {"table", "default"},
		`property, probability`: {"property", "probability"},
		`type "type "`:          {"type", "type "},
		`1e5, 0x1p-2`:           {"1e5", "0x1p-2"},
		`[0,5]`:                 {"[0", "5]"},
		`a[1]:=, #%&`:           {"a[1]:=", "#%&"},
		`a/ /b`:                 {"a/", "/b"},
		`a//b` + "\nc":          {"a", "c"},
		`a/*b*/c`:               {"a", "c"},
		`"a//b" "c/*"`:          {"a//b", "c/*"},
		`"say \"hi\"" "\\"`:     {`say "hi"`, `\`},
		`"a\nb" "c\td\re"`:      {"a\nb", "c\td\re"},
		`"C:\dir" \n`:           {`C:\dir`, `\n`},
		`"{}" "();,|"`:          {"{}", "();,|"},
		`größer, 日本`:            {"größer", "日本"},
		`New York, Los Angeles`: {"New York", "Los Angeles"}, // as bnlearn writes them
		`a, Los   Angeles`:      {"a", "Los Angeles"},
		`a||b,,`:                {"a", "b"},
	} {
		for _, quoted := range []string{"v", `"v"`, "table", `"default"`, "(", "{"} {
			name := quoted
			if quoted == "(" || quoted == "{" {
				name = `"` + quoted + `"`
			}
			net, err := Unmarshal([]byte(header + "variable " + name + " { type discrete[2] {" + text + "}; }" +
				"probability(" + name + ") { table .5 .5; }"))
			if err != nil {
				t.Errorf("%s %s: %v", name, text, err)
				continue
			}
			v := net.Variables()[0]
			if v.Name() != strings.Trim(name, `"`) || len(v.States()) != 2 || [2]string(v.States()) != want {
				t.Errorf("%s %s: got %q %q, want %q", name, text, v.Name(), v.States(), want)
			}
		}
	}
}

// TestRowNames finds states with odd names in rows.
func TestRowNames(t *testing.T) {
	net := read(t, header+`
		variable table { type discrete[2] { default, property }; }
		variable "x y" { type discrete[3] { New York, Los Angeles, "a\"b" }; }
		variable c { type discrete[2] { 0 1 }; }
		probability ( table ) { default 0.25 0.75; }
		probability ( "x y" ) { table 0.25 0.5 0.25; }
		probability ( c | table, "x y" ) {
			(default, New York) 0.1 0.9;
			(property, "New York") 0.2 0.8;
			(default, Los   Angeles) 0.3 0.7;
			(property, Los Angeles) 0.4 0.6;
			(default "a\"b") 0.5 0.5;
			(property, "a\"b") 0.6 0.4;
		}`)
	want := []float64{0.1, 0.9, 0.3, 0.7, 0.5, 0.5, 0.2, 0.8, 0.4, 0.6, 0.6, 0.4}
	if diff := cmp.Diff(want, tableOf(t, net, "c")); diff != "" {
		t.Error(diff)
	}
}

func TestProperties(t *testing.T) {
	net := read(t, `network "" { property ; property "a;b" ; property  x = { "1" } ; }
		probability ( B | A ) { property "of the \"table\"" ; (a) 1; property second; }
		variable A { property p q
			r ; type discrete [1] {a}; property "no semicolon" }
		probability ( A ) { property "x" and y ;; table 1; }
		variable B { type discrete [1] {b}; property "it's { here"; property "x" /*y; property //not a comment; }`)
	want := []graphical.Property{
		{Text: ""}, {Text: "a;b"}, {Text: `x = { "1" }`},
		{Variable: "A", Text: "p q\n\t\t\tr"}, {Variable: "A", Text: "no semicolon"},
		{Variable: "B", Text: "it's { here"}, {Variable: "B", Text: `"x" /*y`}, {Variable: "B", Text: "//not a comment"},
		{Variable: "A", OnTable: true, Text: `"x" and y`},
		{Variable: "B", OnTable: true, Text: `of the "table"`}, {Variable: "B", OnTable: true, Text: "second"},
	}
	if diff := cmp.Diff(want, net.Properties()); diff != "" {
		t.Error(diff)
	}
	if net.Name() != "" {
		t.Errorf("name %q", net.Name())
	}
}

func TestEncodings(t *testing.T) {
	const utf = "network Größe { }\nvariable é { type discrete [1] { ü }; } probability (é) { table 1; }"
	var latin []byte
	for _, r := range utf {
		latin = append(latin, byte(r))
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(latin)
	z.Close()
	for name, data := range map[string][]byte{
		"UTF-8": []byte(utf), "BOM": []byte("\uFEFF" + utf), "Latin-1": latin, "gzip": zipped.Bytes(),
	} {
		net, err := Unmarshal(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		v := net.Variables()[0]
		if net.Name() != "Größe" || v.Name() != "é" || v.States()[0] != "ü" {
			t.Errorf("%s: read %q %q %q", name, net.Name(), v.Name(), v.States())
		}
	}
}

func TestEmptyNetwork(t *testing.T) {
	for text, want := range map[string]string{"network a b{}": "a b", "network { };": "", "/**/network//\n\"|\"{}": "|"} {
		if net := read(t, text); net.Name() != want || net.NumVariables() != 0 {
			t.Errorf("%q: name %q, want %q", text, net.Name(), want)
		}
	}
}

func TestNormalize(t *testing.T) {
	const text = ab + "probability ( A | B ) { (b0) 9 1; (b1) 1 1; default 0.5 0.5; }"
	net := read(t, text, Options{Normalize: true})
	if diff := cmp.Diff([]float64{0.9, 0.1, 0.5, 0.5, 0.5, 0.5}, tableOf(t, net, "A")); diff != "" {
		t.Error(diff)
	}
	var sum *graphical.RowSumError
	if _, err := Unmarshal([]byte(text)); !errors.As(err, &sum) || sum.Sum != 10 {
		t.Errorf("without Normalize: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	net := read(t, ab+"probability ( A | B ) { default 0.3333 0.6666; }")
	if w := net.Warnings(); len(w) != 1 || w[0].Code != "row-sum" {
		t.Errorf("warnings %v", w)
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	net := read(t, ab+"probability ( A | B ) { default 0.5 0.5; }")
	for _, name := range []string{"a.bif", "a.bif.gz"} {
		path := filepath.Join(dir, name)
		if err := WriteFile(path, net); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if zipped := bytes.HasPrefix(data, []byte{0x1f, 0x8b}); zipped != (name == "a.bif.gz") {
			t.Errorf("%s: compressed %t", name, zipped)
		}
		again, err := ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(contentOf(net), contentOf(again)); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := ReadFile(filepath.Join(dir, "none.bif")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := ReadFile(dir); err == nil {
		t.Error("a directory was read")
	}
	path := filepath.Join(dir, "bad.bif")
	if err := os.WriteFile(path, []byte(header+"varable A {}"), 0o644); err != nil {
		t.Fatal(err)
	}
	var parse *belief.ParseError
	if _, err := ReadFile(path); !errors.As(err, &parse) || parse.File != path || parse.Line != 3 || parse.Col != 1 {
		t.Errorf("%v", err)
	}
	if _, err := ReadFile(path, Options{File: "shown"}); !errors.As(err, &parse) || parse.File != "shown" {
		t.Errorf("%v", err)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{MaxBytes: -1}, {MaxEntries: -1}} {
		if _, err := Unmarshal([]byte(header), o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
	defer func() {
		if r := recover(); r != "bif: more than one Options" {
			t.Errorf("recovered %v", r)
		}
	}()
	Unmarshal(nil, Options{}, Options{})
}

func TestSniff(t *testing.T) {
	for text, want := range map[string]bool{
		header: true, "\uFEFF// hello\n/* x */ network{": true, "network": true,
		"net\n{\n}": false, "<?xml?>": false, "": false, "MARKOV 3": false, "networks x {": false, "/* network": false,
	} {
		if Sniff([]byte(text)) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}
