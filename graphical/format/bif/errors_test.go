package bif

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// TestSyntaxErrors marks in each text, by «, where the error has to be.
func TestSyntaxErrors(t *testing.T) {
	const (
		a  = "network n {}\nvariable A { type discrete [2] { a0, a1 }; }\n"
		ab = a + "variable B { type discrete [3] { b0, b1, b2 }; }\nprobability (B) { default 0.5 0.25 0.25; }\n"
	)
	for text, want := range map[string]string{
		// The whole.
		"":                                "it is empty",
		" \n// only a comment":            "no network in it",
		"«/* network":                     "comment is not closed",
		"«\x00\x01\x02":                   `expected "network" at the start of a BIF file, found "\x00"`,
		"«<?xml version?>":                `found "<?xml"`,
		"«Network n {}":                   `expected "network"`,
		a + "«varable B {":                `expected "variable" or "probability", found "varable"`,
		a + "«}":                          `found "}"`,
		a + "«network m {}":               "second network block",
		a + "«/*":                         "comment is not closed",
		a + "«" + strings.Repeat("é", 40): `"éééééééééééééééé"…`,

		// The network block.
		"network«":               `the file ends before the "{"`,
		"network« n":             `the file ends before the "{"`,
		"network n «}":           `expected the network's name or "{", found "}"`,
		"network n, «m {}":       "put names with commas or bars in quotes",
		"network n { «prop x; }": `expected "property" or "}" in the network block of line 1, found "prop"`,
		"network n { «property {} }; property x; }":                    "property is not ended by a semicolon",
		"network «\"n\r\" {}":                                          "quoted name is not closed on its line",
		"network «\"n\\\\\r\" {}":                                      "quoted name is not closed on its line",
		"network n {} variable A { type discrete [«2] {\"a\" b, c}; }": "put names with blanks in quotes",
		"network n { «property x }":                                    "property is not ended by a semicolon",
		"network n { «property x":                                      "property is not ended by a semicolon",
		"network n {«":                                                 `found the end of the file`,
		"network «\"n\n\" {}":                                          "quoted name is not closed on its line",
		"network «\"n\\\n\" {}":                                        "quoted name is not closed on its line",
		"network «\"n\\\" {}":                                          "quoted name is not closed on its line",
		"network «\"n":                                                 "quoted name is not closed on its line",

		// Variable blocks.
		"network n {} variable« {}":                                                    "has no name",
		"network n {} variable A «B {}":                                                `expected "{" after the variable's name "A"`,
		"network n {} variable A «type discrete [2] {a, b}; }":                         `expected "{" after the variable's name "A"`,
		"network n {} variable «A { }":                                                 `variable "A" has no type`,
		"network n {} variable «A { property x\n type discrete; }":                     "a property before it lacks its semicolon",
		"network n {} variable A {«":                                                   `found the end of the file`,
		"network n {} variable A { «types":                                             `expected "type", "property" or "}" in the block of variable "A"`,
		"network n {} variable A { type «continuous; }":                                `expected "discrete", the only type of variable that BIF has, found "continuous"`,
		"network n {} variable A { type discrete «{a, b}; }":                           `expected "[" and the number of states, found "{"`,
		"network n {} variable A { type discrete [«x] {a, b}; }":                       `expected the number of states and "]", found "x]"`,
		"network n {} variable A { type discrete [«2.0] {a, b}; }":                     `found "2.0]"`,
		"network n {} variable A { type discrete [«-2] {a, b}; }":                      `found "-2]"`,
		"network n {} variable A { type discrete [2] «a, b; }":                         `expected "{" and the states of "A", found "a"`,
		"network n {} variable A { type discrete [2] {a, b«; }":                        `expected a state or "}", found ";"`,
		"network n {} variable A { type discrete [2] {a, «(b)}; }":                     `found "("`,
		"network n {} variable A { type discrete [2] {« a, b":                          `the file ends before the "}" of the list that starts here`,
		"network n {} variable A { type discrete [«2] {a, b, c}; }":                    "declares 2 states and lists 3",
		"network n {} variable A { type discrete [«3] {a, b}; }":                       "declares 3 states and lists 2",
		"network n {} variable A { type discrete [«0] {a}; }":                          "declares 0 states and lists 1",
		"network n {} variable A { type discrete [«0] {}; }":                           "declares 0 states and lists 0",
		"network n {} variable A { type discrete [«3] {a b c, d}; }":                   "declares 3 states and lists 4; put names with blanks in quotes",
		"network n {} variable A { type discrete [«2] {a \"b\", c}; }":                 "put names with blanks in quotes",
		"network n {} variable A { type discrete [«1000000000] {a, b, c}; }":           "declares 1000000000 states and lists 3",
		"network n {} variable A { type discrete [«99999999999999999999999999] {a}; }": "declares 99999999999999999999999999 states",
		a + "variable B { type discrete [1] {a}; «type discrete [1] {a}; }":            "second type",

		// Probability blocks.
		a + "probability «A { table .5 .5; }":                            `expected "(" and the variables of the table, found "A"`,
		a + "«probability ( ) { table .5 .5; }":                          "names no variable",
		a + "probability (A «{ table .5 .5; }":                           `expected a variable's name or ")", found "{"`,
		a + "probability (A) «table .5 .5;":                              `expected "{" and the numbers of the table, found "table"`,
		ab + "«probability (| A B) { }":                                  "one child before the bar, this one 0",
		ab + "«probability (A B |) { }":                                  "one child before the bar, this one 2",
		ab + "«probability (A | B |) { }":                                "2 bars",
		a + "probability (A) { «tables .5 .5; }":                         `expected "(", "table", "default", "property" or "}" in the table of "A", found "tables"`,
		a + "probability (A) { «0.5 0.5; }":                              `found "0.5"`,
		a + "probability (A) { «\"table\" 0.5 0.5; }":                    `found "\""`,
		a + "«probability (A) { table .5 .5;":                            `the table of "A" is not closed`,
		a + "«probability (C) { (x) .5 .5;":                              "the probability block is not closed",
		a + "probability (A) { table .5 .5«) }":                          `expected a number or ";", found ")"`,
		ab + "probability (A | B) { «(b0, a0) .5 .5; }":                  `the row names 2 states, but "A" has 1 parents`,
		ab + "probability (A | B) { «() .5 .5; }":                        "the row names 0 states",
		ab + "probability (A | B) { (b0«; .5 .5; }":                      `expected a state or ")", found ";"`,
		ab + "probability (A | B) { «table 0.9 0.1 0.5 0.5 0.25 0.75; }": "sums to one only if the child changes fastest",

		a + "probability (A) { «property x }":            "property is not ended by a semicolon",
		"network n {} variable A { «property x }":        "property is not ended by a semicolon",
		"network n {} probability (A) { «property x }":   "property is not ended by a semicolon",
		"network n {} probability (A) { («}":             `expected a state or ")", found "}"`,
		ab + "probability (A | B) { (b0) 0.5 «O.5; }":    `"O.5" is not a number`,
		ab + "probability (A | B) { default 0.5 «O.5; }": `"O.5" is not a number`,

		// Numbers.
		a + "probability (A) { table 0.5, «O.5; }":                    `"O.5" is not a number`,
		a + "probability (A) { table «NaN 1; }":                       `"NaN" is not a number`,
		a + "probability (A) { table «nan 1; }":                       `"nan" is not a number`,
		a + "probability (A) { table «Inf 1; }":                       `"Inf" is not a number`,
		a + "probability (A) { table 0 «-infinity; }":                 `"-infinity" is not a number`,
		a + "probability (A) { table «0x1p-1 .5; }":                   `"0x1p-1" is not a number`,
		a + "probability (A) { table «1_0 .5; }":                      `"1_0" is not a number`,
		a + "probability (A) { table «1e .5; }":                       `"1e" is not a number`,
		a + "probability (A) { table «1e+ .5; }":                      `"1e+" is not a number`,
		a + "probability (A) { table «. .5; }":                        `"." is not a number`,
		a + "probability (A) { table «+ .5; }":                        `"+" is not a number`,
		a + "probability (A) { table «--1 .5; }":                      `"--1" is not a number`,
		a + "probability (A) { table «0.5.5; }":                       `"0.5.5" is not a number`,
		a + "probability (A) { table «1/2 .5; }":                      `"1/2" is not a number`,
		a + "probability (A) { table «0.5-0.5; }":                     `"0.5-0.5" is not a number`,
		a + "probability (A) { table «1e309 .5; }":                    `the number "1e309" is too large`,
		a + "probability (A) { table .5 «-1e999999999999999999999; }": `too large`,

		// Positions count characters, and lines end with CR LF, CR or LF.
		"network n {}\r\n\r\n\"é«":                 `found "\""`,
		"network n {}\r\rvariable äö \t«ü {}":      `expected "{"`,
		"\uFEFFnetwork n {} /* \u2028 é\n é */ «x": `found "x"`,
	} {
		clean := strings.Replace(text, "«", "", 1)
		if text == "network n {}\r\n\r\n\"é«" {
			text, clean = "network n {}\r\n\r\n«\"é", "network n {}\r\n\r\n\"é"
		}
		net, err := Unmarshal([]byte(clean), Options{File: "f.bif"})
		var parse *belief.ParseError
		if !errors.As(err, &parse) {
			t.Errorf("%q: net %v, error %v", clean, net, err)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", clean, err, want)
		}
		if parse.Format != "BIF" || parse.File != "f.bif" {
			t.Errorf("%q: format %q, file %q", clean, parse.Format, parse.File)
		}
		line, col := 0, 0
		if before, _, marked := strings.Cut(strings.TrimPrefix(text, "\uFEFF"), "«"); marked {
			lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(before), "\n")
			line, col = len(lines), len([]rune(lines[len(lines)-1]))+1
		}
		if parse.Line != line || parse.Col != col {
			t.Errorf("%q: at %d:%d, want %d:%d (%v)", clean, parse.Line, parse.Col, line, col, err)
		}
	}
}

// TestMistakes checks the types of the errors that wrap one.
func TestMistakes(t *testing.T) {
	const (
		declare = "network n {}\nvariable rain { type discrete [2] { yes, no }; }\nvariable wet { type discrete [2] { yes, no }; }\n"
		rain    = "probability ( rain ) { table 0.2 0.8; }\n"
	)
	type at struct{ Line, Col int }
	check := func(text string, want any, wantAt at, got func(error) (any, bool)) {
		t.Helper()
		_, err := Unmarshal([]byte(text))
		var parse *belief.ParseError
		found, ok := got(err)
		if !errors.As(err, &parse) || !ok {
			t.Errorf("%s\nerror %v", text, err)
			return
		}
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s\n%v\n(-want +got)\n%s", text, err, diff)
		}
		if diff := cmp.Diff(wantAt, at{parse.Line, parse.Col}); diff != "" {
			t.Errorf("%s\n%v\n(-want +got)\n%s", text, err, diff)
		}
	}
	unknown := func(err error) (any, bool) {
		var e *belief.UnknownNameError
		ok := errors.As(err, &e)
		return e, ok
	}
	table := func(err error) (any, bool) {
		var e *graphical.TableError
		ok := errors.As(err, &e)
		return e, ok
	}
	name := func(err error) (any, bool) {
		var e *graphical.NameError
		ok := errors.As(err, &e)
		return e, ok
	}
	size := func(err error) (any, bool) {
		var e *graphical.SizeError
		ok := errors.As(err, &e)
		return e, ok
	}
	cycle := func(err error) (any, bool) {
		var e *graphical.CycleError
		ok := errors.As(err, &e)
		return e, ok
	}
	sum := func(err error) (any, bool) {
		var e *graphical.RowSumError
		ok := errors.As(err, &e)
		return e, ok
	}
	entry := func(err error) (any, bool) {
		var e *graphical.EntryError
		ok := errors.As(err, &e)
		return e, ok
	}

	check(declare+rain+"probability ( wet | rian ) { }",
		&belief.UnknownNameError{Kind: "variable", Name: "rian", In: `the parents of "wet"`, Suggestions: []string{"rain"}}, at{5, 21}, unknown)
	check(declare+"probability ( wett | rian ) { }",
		&belief.UnknownNameError{Kind: "variable", Name: "wett", Suggestions: []string{"wet"}}, at{4, 15}, unknown)
	check(declare+rain+"probability ( wet | rain ) {\n  (yess) 0.5 0.5;\n}",
		&belief.UnknownNameError{Kind: "state", Name: "yess", In: `variable "rain"`, Suggestions: []string{"yes"}}, at{6, 4}, unknown)

	check(declare+"variable rain { type discrete [1] { x }; }",
		&graphical.NameError{Kind: "variable", Name: "rain", Problem: "declared twice, first on line 2"}, at{4, 10}, name)
	check("network n {}\nvariable a {\n type discrete [3] { x, y, x };\n}",
		&graphical.NameError{Kind: "state", Name: "x", Problem: `variable "a" has it twice`}, at{3, 28}, name)
	check("network n {}\nvariable a {\n type discrete [2] { x, \"\" };\n}",
		&graphical.NameError{Kind: "variable", Name: "a", Problem: "its state 1 has an empty name"}, at{3, 25}, name)
	check("network n {}\nvariable \"\" { type discrete [1] { x }; }",
		&graphical.NameError{Kind: "variable", Problem: "a variable needs a name"}, at{2, 10}, name)

	check(declare+rain+rain,
		&graphical.TableError{Variable: "rain", Problem: "it has two tables, the first on line 4"}, at{5, 1}, table)
	check(declare+rain,
		&graphical.TableError{Variable: "wet", Problem: "it has no table"}, at{3, 10}, table)
	check(declare,
		&graphical.TableError{Variable: "rain", Problem: "it has no table, and one other variable has none"}, at{2, 10}, table)
	check(declare+"variable x { type discrete [1] { s }; }",
		&graphical.TableError{Variable: "rain", Problem: "it has no table, and 2 other variables have none"}, at{2, 10}, table)
	check(declare+rain+"probability ( wet | rain ) {\n}",
		&graphical.TableError{Variable: "wet", Problem: "its table has no numbers"}, at{5, 1}, table)
	check(declare+rain+"probability ( wet | rain ) {\n (no) 0.5 0.5;\n}",
		&graphical.TableError{Variable: "wet", Problem: "row rain=yes is missing (1 of 2 rows are)"}, at{5, 1}, table)
	check(declare+rain+"probability ( wet | rain ) {\n (no) 0.5 0.5;\n (no) 0.5 0.5;\n}",
		&graphical.TableError{Variable: "wet", Problem: "row rain=no is given twice"}, at{7, 2}, table)
	check(declare+"probability ( rain ) { () 0.5 0.5; () 0.5 0.5; }",
		&graphical.TableError{Variable: "rain", Problem: "its only row is given twice"}, at{4, 36}, table)
	check(declare+rain+"probability ( wet | rain ) {\n table 1 1 0 0;\n (no) 0.5 0.5;\n}",
		&graphical.TableError{Variable: "wet", Problem: "row rain=no is given twice"}, at{7, 2}, table)
	check(declare+rain+"probability ( wet | rain ) {\n (no) 0.5 0.5;\n table 1 1 0 0;\n}",
		&graphical.TableError{Variable: "wet", Problem: "its numbers are given twice: a table after rows or another table"}, at{7, 2}, table)
	check(declare+rain+"probability ( wet | rain ) {\n default 1 0;\n default 1 0;\n}",
		&graphical.TableError{Variable: "wet", Problem: "its default row is given twice, first on line 6"}, at{7, 2}, table)
	check(declare+rain+"probability ( wet | rain rain ) { default 1 0; }",
		&graphical.TableError{Variable: "wet", Problem: `parent "rain" is listed twice`}, at{5, 26}, table)

	check(declare+"probability ( rain ) { table 0.2 0.3\n0.5 0; }",
		&graphical.SizeError{Variable: "rain", What: "numbers", Got: 4, Want: 2}, at{5, 1}, size)
	check(declare+"probability ( rain ) { table 1 }",
		&graphical.SizeError{Variable: "rain", What: "numbers", Got: 1, Want: 2}, at{4, 32}, size)
	check(declare+rain+"probability ( wet | rain ) {\n (no) 1 0 0;\n (yes) 1 0; }",
		&graphical.SizeError{Variable: "wet", Row: "rain=no", What: "numbers", Got: 3, Want: 2}, at{6, 11}, size)
	check(declare+rain+"probability ( wet | rain ) {\n default 1;\n}",
		&graphical.SizeError{Variable: "wet", Row: "default", What: "numbers", Got: 1, Want: 2}, at{6, 11}, size)
	check(declare+rain+"probability ( wet | rain ) {\n table 1 0 0;\n}",
		&graphical.SizeError{Variable: "wet", What: "numbers", Got: 3, Want: 4}, at{6, 13}, size)

	check(declare+rain+"probability ( wet | wet ) { default 1 0; }",
		&graphical.CycleError{Path: []string{"wet", "wet"}}, at{5, 21}, cycle)
	check(declare+"probability ( rain | wet ) { default 1 0; }\nprobability ( wet | rain ) { default 1 0; }",
		&graphical.CycleError{Path: []string{"rain", "wet", "rain"}}, at{4, 1}, cycle)
	check(declare+rain+"probability ( wet | rain ) {\n (yes) 1 0;\n (no) 0.5 0.4;\n}",
		&graphical.RowSumError{Variable: "wet", Row: "rain=no", Sum: 0.9}, at{7, 2}, sum)
	check(declare+rain+"probability ( wet | rain ) {\n (yes) 1 0;\n default 0.5 0.4;\n}",
		&graphical.RowSumError{Variable: "wet", Row: "rain=no", Sum: 0.9}, at{7, 2}, sum)
	check(declare+rain+"probability ( wet | rain ) {\n table 0.5 0.5 0.5 0.4;\n}",
		&graphical.RowSumError{Variable: "wet", Row: "rain=no", Sum: 0.9}, at{6, 2}, sum)
	check(declare+rain+"probability ( wet | rain ) {\n (yes) 1 0;\n (no) 1.5 -0.5;\n}",
		&graphical.EntryError{Variable: "wet", Row: "rain=no", State: "no", Value: -0.5}, at{7, 2}, entry)
}

// TestNormalizePosition shows that with Normalize the line is that of a row that
// cannot be normalized, not of one that merely needs it.
func TestNormalizePosition(t *testing.T) {
	_, err := Unmarshal([]byte(ab+"probability ( A | B ) {\n (b0) 2 2;\n (b1) 0 0;\n (b2) 1 1;\n}"), Options{Normalize: true})
	var parse *belief.ParseError
	var sum *graphical.RowSumError
	if !errors.As(err, &parse) || !errors.As(err, &sum) || sum.Row != "B=b1" || parse.Line != 14 {
		t.Errorf("%v", err)
	}
}
