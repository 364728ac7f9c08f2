package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/belief-go/belief/internal/patience"
)

// bif puts a small network together from variables and tables.
func bif(parts ...string) string { return "network n { }\n" + strings.Join(parts, "\n") + "\n" }

// variable declares a BIF variable of two states.
func variable(name string) string {
	return fmt.Sprintf("variable %s { type discrete [ 2 ] { y, n }; }", name)
}

// badNetworks are texts that no network can be made of, with a piece of what the
// error says.
func badNetworks() map[string][2]string {
	a, b := variable("a"), variable("b")
	const pa, pb = "probability ( a ) { table 0.5, 0.5; }", "probability ( b | a ) { (y) 0.1, 0.9; (n) 0.2, 0.8; }"
	good := bif(a, b, pa, pb)
	noise := make([]byte, 1<<16)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	var wide, parents strings.Builder
	for i := range 40 {
		fmt.Fprintln(&wide, variable(fmt.Sprintf("v%d", i)))
		if i > 0 {
			fmt.Fprintf(&parents, ", v%d", i)
		}
	}
	var states strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&states, ", s%d", i)
	}
	many := "{ type discrete [ 1000 ] { " + states.String()[2:] + " }; }"
	return map[string][2]string{
		"empty":              {"", "known are bif"},
		"blank":              {" \n\t\n", "known are bif"},
		"text":               {"to be or not to be\n", "known are bif"},
		"binary":             {string(noise), ""},
		"ELF":                {"\x7fELF\x02\x01\x01\x00" + string(noise), "known are bif"},
		"binary after":       {good + string(noise), "standard input:"},
		"truncated":          {good[:len(good)-40], "standard input:"},
		"truncated at once":  {"network n {", "standard input:1:"},
		"no tables":          {bif(a, b), "has no table"},
		"one table missing":  {bif(a, b, pa), `"b"`},
		"cycle":              {bif(a, b, "probability ( a | b ) { (y) 0.1, 0.9; (n) 0.2, 0.8; }", pb), "cycle: "},
		"own parent":         {bif(a, "probability ( a | a ) { (y) 0.1, 0.9; (n) 0.2, 0.8; }"), "cycle: a → a"},
		"variable twice":     {bif(a, a, pa), `"a"`},
		"state twice":        {bif("variable a { type discrete [ 2 ] { y, y }; }", pa), `"y"`},
		"table twice":        {bif(a, pa, pa), `"a"`},
		"parent twice":       {bif(a, b, pa, "probability ( b | a, a ) { table 0.1 0.2 0.3 0.4 0.9 0.8 0.7 0.6; }"), `"a"`},
		"unknown parent":     {bif(a, b, pa, strings.Replace(pb, "| a", "| aa", 1)), `"aa"`},
		"unknown state":      {bif(a, b, pa, strings.Replace(pb, "(n)", "(m)", 1)), `"m"`},
		"row sum":            {bif(a, strings.Replace(pa, "0.5, 0.5", "0.5, 0.6", 1)), `sums to 1.1, not 1`},
		"row of zeros":       {bif(a, strings.Replace(pa, "0.5, 0.5", "0, 0", 1)), `sums to 0, not 1`},
		"NaN":                {bif(a, strings.Replace(pa, "0.5, 0.5", "NaN, 1", 1)), "standard input:"},
		"infinite":           {bif(a, strings.Replace(pa, "0.5, 0.5", "Infinity, 0", 1)), "standard input:"},
		"huge number":        {bif(a, strings.Replace(pa, "0.5, 0.5", "1e999, 0", 1)), "standard input:"},
		"negative":           {bif(a, strings.Replace(pa, "0.5, 0.5", "-0.5, 1.5", 1)), "-0.5"},
		"too few":            {bif(a, strings.Replace(pa, "0.5, 0.5", "1", 1)), ""},
		"too many":           {bif(a, strings.Replace(pa, "0.5, 0.5", "0.5, 0.25, 0.25", 1)), ""},
		"wrong state count":  {bif("variable a { type discrete [ 3 ] { y, n }; }", pa), ""},
		"1e9 states":         {bif("variable a { type discrete [ 1000000000 ] { y, n }; }", pa), ""},
		"1e9 entries":        {bif("variable a "+many, "variable b "+many, "variable c "+many, "probability ( a ) { table 1; }", "probability ( b ) { table 1; }", "probability ( c | a, b ) { table 1; }"), ""},
		"1e9 by default":     {bif("variable a "+many, "variable b "+many, "variable c "+many, "probability ( c | a, b ) { default 1; }"), ""},
		"2^40 rows":          {bif(wide.String(), "probability ( v0 | "+parents.String()[2:]+" ) { default 0.5, 0.5; }"), ""},
		"control characters": {"network n { }\n\x1b[2Jvariable", "standard input:2:"},
		"long word":          {"network " + strings.Repeat("x", 1<<20), "standard input:"},
		"deep nesting":       {"network n { " + strings.Repeat("{", 1<<18), "standard input:"},
		"open comment":       {"/* " + strings.Repeat("x", 1<<16), "known are bif"},
		"broken gzip":        {"\x1f\x8b\x08\x00\x00", ""},
		"truncated gzip":     {zipped(good)[:40], ""},
		"gzip of nothing":    {zipped(""), "known are bif"},
		"UTF-16":             {"\xff\xfen\x00e\x00t\x00", ""},
	}
}

// Every bad network ends in one line, whichever way it comes, within two seconds.
func TestBadNetworks(t *testing.T) {
	for name, c := range badNetworks() {
		t.Run(name, func(t *testing.T) {
			path := write(t, "net.bif.txt", c[0])
			start := time.Now()
			oneError(t, call(c[0], "query", "-", "-e", "a=y"), exitFailed, c[1])
			patience.Within(t, start, 2*time.Second, "the refusal")
			if len(c[0]) > 1<<16 {
				return // the rest reads the same way
			}
			oneError(t, call("", "query", path, "--format", "json"), exitFailed, strings.ReplaceAll(c[1], "standard input", path))
			oneError(t, call(c[0], "info", "-"), exitFailed, c[1])
			oneError(t, call(c[0], "dot", "-"), exitFailed, c[1])
		})
	}
}

// What is refused would be taken without its mistake.
func TestGoodNetworks(t *testing.T) {
	text := bif(variable("a"), variable("b"), "probability ( a ) { table 0.5, 0.5; }", "probability ( b | a ) { (y) 0.1, 0.9; (n) 0.2, 0.8; }")
	for _, stdin := range []string{text, zipped(text), "\xef\xbb\xbf" + text, strings.ReplaceAll(text, "\n", "\r\n")} {
		mustSucceed(t, stdin, "query", "-", "-e", "a=y", "-t", "b")
	}
}

// A network that is too large for exact inference is refused before memory is
// taken, and described all the same.
func TestTooLarge(t *testing.T) {
	const side = 45 // a grid of that side has at least that width
	var text strings.Builder
	text.WriteString("network grid { }\n")
	at := func(i, j int) string { return fmt.Sprintf("v%d_%d", i, j) }
	for i := range side {
		for j := range side {
			fmt.Fprintln(&text, variable(at(i, j)))
			switch {
			case i == 0 && j == 0:
				fmt.Fprintf(&text, "probability ( %s ) { table 0.5, 0.5; }\n", at(i, j))
			case i == 0:
				fmt.Fprintf(&text, "probability ( %s | %s ) { default 0.5, 0.5; }\n", at(i, j), at(i, j-1))
			case j == 0:
				fmt.Fprintf(&text, "probability ( %s | %s ) { default 0.5, 0.5; }\n", at(i, j), at(i-1, j))
			default:
				fmt.Fprintf(&text, "probability ( %s | %s, %s ) { default 0.5, 0.5; }\n", at(i, j), at(i-1, j), at(i, j-1))
			}
		}
	}
	start := time.Now()
	r := call(text.String(), "query", "-", "--method", "junction-tree")
	oneError(t, r, exitFailed, "junction tree too large: needs ")
	for _, want := range []string{"the budget is 4 GiB", "; width ", "the largest clique has ", "; --memory sets the budget"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("error %q does not say %q", r.stderr, want)
		}
	}
	out := mustSucceed(t, text.String(), "info", "-")
	for _, want := range []string{"nodes              2025\n", "edges              3960\n", "largest in-degree  2\n", "exact inference    junction tree too large: needs "} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("info does not print %q:\n%s", want, out)
		}
	}
	patience.Within(t, start, 4*time.Second, "two refusals")
	// One corner has few ancestors.
	mustSucceed(t, text.String(), "query", "-", "-t", "v3_3")
}
