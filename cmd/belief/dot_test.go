package main

import (
	"encoding/csv"
	"encoding/json"
	"html"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDot(t *testing.T) {
	const want = `digraph "sprinkler" {
  "Cloudy";
  "Sprinkler";
  "Rain";
  "WetGrass";
  "Cloudy" -> "Sprinkler";
  "Cloudy" -> "Rain";
  "Sprinkler" -> "WetGrass";
  "Rain" -> "WetGrass";
}
`
	if diff := cmp.Diff(want, mustSucceed(t, "", "dot", "sprinkler")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDotJSON(t *testing.T) {
	out := mustSucceed(t, "", "dot", "diamond", "--format", "json")
	var got drawing
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	two := []string{"0", "1"}
	want := drawing{
		Schema: 1, Network: "diamond", Directed: true,
		Nodes: []vertex{{"x1", two}, {"x2", two}, {"x3", two}, {"x4", two}},
		Edges: [][2]string{{"x1", "x2"}, {"x1", "x3"}, {"x2", "x4"}, {"x3", "x4"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// unquoteDOT reads a quoted string as Graphviz's scanner does: a backslash takes
// the next character along, and a bare quote ends the string.
func unquoteDOT(t *rapid.T, s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		t.Fatalf("%q is not quoted", s)
	}
	var b strings.Builder
	inner := s[1 : len(s)-1]
	for i := 0; i < len(inner); i++ {
		switch {
		case inner[i] == '"' || inner[i] == '\n' || inner[i] == '\r':
			t.Fatalf("%q ends early", s)
		case inner[i] == '\\':
			if i++; i == len(inner) {
				t.Fatalf("%q has no end", s)
			}
			switch inner[i] {
			case 'n':
				b.WriteByte('\n')
			case 'r':
				b.WriteByte('\r')
			case '\\', '"':
				b.WriteByte(inner[i])
			default:
				t.Fatalf("%q has an escape that means something else", s)
			}
		case inner[i] == '&' && dotEntity.FindStringIndex(inner[i:]) != nil && dotEntity.FindStringIndex(inner[i:])[0] == 0:
			end := i + strings.IndexByte(inner[i:], ';')
			if code, err := strconv.Atoi(inner[i+2 : end]); err == nil {
				b.WriteRune(rune(code))
			} else {
				b.WriteString(html.UnescapeString(inner[i : end+1]))
			}
			i = end
		default:
			b.WriteByte(inner[i])
		}
	}
	return b.String()
}

// Every name can be read back, so that no two become one.
func TestQuoteDOT(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOf(rapid.SampledFrom([]rune(`\"nr<>{};&#amp127x`+"\n\r aü日\x1b\x00\x07\t\x7f\u2028\u202e"))).Draw(t, "name")
		if got := unquoteDOT(t, quoteDOT(name)); got != name {
			t.Fatalf("%q becomes %q", name, got)
		}
		if quoted := quoteDOT(name); strings.ContainsFunc(quoted, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Fatalf("%q becomes %q", name, quoted)
		}
	})
}

func TestQuoteDOTEntities(t *testing.T) {
	for name, want := range map[string]string{
		"R&D": `"R&D"`, "a && b;": `"a && b;"`, "&amp;": `"&amp;amp;"`, "&#27;": `"&amp;#27;"`, "&#x1b;": `"&amp;#x1b;"`, "\x1b": `"&#27;"`, "&&lt;": `"&&amp;lt;"`,
	} {
		if got := quoteDOT(name); got != want {
			t.Errorf("%q becomes %s, want %s", name, got, want)
		}
	}
}

// Names that control terminals are escaped wherever people look, and whole in csv.
func TestControlCharacters(t *testing.T) {
	const name, escaped = "a\x1b[2J\tb", "a&#27;[2J&#9;b"
	path := write(t, "n.bif", bif(`variable "`+name+`" { type discrete [ 2 ] { "y\rz", n }; }`, `probability ( "`+name+`" ) { table 0.5 0.5; }`))
	if out := mustSucceed(t, "", "dot", path); !strings.Contains(out, escaped) || strings.ContainsAny(out, "\x1b\t") {
		t.Errorf("%q", out)
	}
	if out := mustSucceed(t, "", "query", path); !strings.Contains(out, `a\x1b[2J\tb`) || strings.ContainsAny(out, "\x1b\t\r") {
		t.Errorf("%q", out)
	}
	if out := mustSucceed(t, "", "info", path); !strings.Contains(out, `a\x1b[2J\tb`) || strings.ContainsAny(out, "\x1b\t\r") {
		t.Errorf("%q", out)
	}
	rows, err := csv.NewReader(strings.NewReader(mustSucceed(t, "", "query", path, "--format", "csv"))).ReadAll()
	if err != nil || len(rows) != 3 || rows[1][0] != name || rows[1][1] != "y\rz" {
		t.Errorf("%q %v", rows, err)
	}
}
