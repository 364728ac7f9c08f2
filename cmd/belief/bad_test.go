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
	const damage = "the gzip data is damaged or cut short"
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
		"empty":              {"", "standard input: it is empty"},
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
		"row sum":            {bif(a, strings.Replace(pa, "0.5, 0.5", "0.5, 0.6", 1)), `sums to 1.1, not 1; --normalize divides every row by its sum`},
		"row of zeros":       {bif(a, strings.Replace(pa, "0.5, 0.5", "0, 0", 1)), `sums to 0, not 1; a row of zeros cannot be normalized`},
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
		"broken gzip":        {"\x1f\x8b\x08\x00\x00", damage},
		"truncated gzip":     {zipped(good)[:40], damage},
		"truncated late":     {zipped(good)[:len(zipped(good))-1], damage},
		"gzip and more":      {zipped(good) + "more", damage},
		"gzip checksum":      {zipped(good)[:len(zipped(good))-8] + "00000000", damage},
		"gzip bomb":          {zipped(good) + strings.Repeat(zipped(strings.Repeat(" \n", 1<<19)), 20), "no model's text compresses more than 200 to 1; if it is meant, decompress it first"},
		"gzip of nothing":    {zipped(""), "standard input: it is empty"},
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
	for _, want := range []string{"the budget is 4 GiB", "; width ", "the largest clique has ", "; --memory sets the budget, --method the method"} {
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

// What the readers refuse is said in the tool's terms, with sizes that differ.
func TestReadingBudget(t *testing.T) {
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, ", s%d", i)
	}
	states := "{ type discrete [ 1000 ] { " + many.String()[2:] + " }; }"
	row := "{ default 1" + strings.Repeat(", 0", 999) + "; }"
	wide := bif("variable a "+states, "variable b "+states, "probability ( a ) "+row, "probability ( b | a ) "+row)
	oneError(t, call(wide, "query", "-", "--memory", "61.07MiB"), exitFailed,
		`needs 7.64 MiB, the budget is 7.63 MiB; --memory must be 8 times what the tables of a file take`)
	oneError(t, call(wide, "query", "-", "--memory", "64060000"), exitFailed,
		`needs 8008000 bytes, the budget is 8007496 bytes; --memory must be 8 times what the tables of a file take`)
	mustSucceed(t, wide, "query", "-", "--memory", "64064000", "-t", "a", "-q")
	mustSucceed(t, "", "info", write(t, "small.bif", sample), "--memory", "10") // a small part is given in any case

	long := sample + strings.Repeat(" ", 16<<20)
	path := write(t, "long.bif", long)
	r := call("", "info", path, "--memory", "1MiB")
	oneError(t, r, exitFailed, fmt.Sprintf("input too large: needs %d bytes, the budget is %d bytes; --memory must be 16 times what the text of a file takes", len(long), 16<<20))
	mustSucceed(t, "", "info", path, "--memory", "257MiB")
}

// Advice that was taken is not given again.
func TestNormalizeAdvice(t *testing.T) {
	row := func(numbers string) string {
		return bif(variable("a"), "probability ( a ) { table "+numbers+"; }")
	}
	for _, c := range []struct {
		numbers, flag, want string
	}{
		{"0 0", "--normalize", "sums to 0, not 1; a row of zeros cannot be normalized\n"},
		{"0 0", "--normalize=false", "sums to 0, not 1; a row of zeros cannot be normalized\n"},
		{"1 2", "--normalize=false", "sums to 3, not 1; --normalize divides every row by its sum\n"},
		{"1e308 1e308", "--normalize", "not 1; a sum beyond float64 cannot be normalized\n"},
	} {
		oneError(t, call(row(c.numbers), "query", "-", c.flag), exitFailed, c.want)
	}
	mustSucceed(t, row("1 2"), "query", "-", "--normalize")
}

// A network without variables has nothing to ask, and its description says so.
func TestNoVariables(t *testing.T) {
	const text = "network u {\n}\n"
	path := write(t, "u.bif", text)
	oneError(t, call(text, "query", "-"), exitFailed, "standard input: the network has no variables, so there is nothing to ask")
	oneError(t, call("", "query", path), exitFailed, path+": the network has no variables")
	for _, command := range []string{"info", "dot"} {
		r := call("", command, path)
		if r.status != exitDone || r.stdout == "" || r.stderr != "belief: warning: "+path+": the network has no variables\n" {
			t.Errorf("%s: %+v", command, r)
		}
	}
	if out := call("", "info", path, "--format", "json", "-q").stdout; !strings.Contains(out, `"code": "empty"`) {
		t.Error(out)
	}
}

// Many variables without tables are one mistake.
func TestManyWithoutTables(t *testing.T) {
	const n = 1 << 17
	var text strings.Builder
	text.WriteString("network n { }\n")
	for i := range n {
		fmt.Fprintf(&text, "variable v%d { type discrete [2] { y, n }; }\n", i)
	}
	start := time.Now()
	oneError(t, call(text.String(), "query", "-"), exitFailed, `standard input:2:10: BIF: variable "v0": it has no table, and 131071 other variables have none`)
	patience.Within(t, start, 2*time.Second, "the refusal")
}
