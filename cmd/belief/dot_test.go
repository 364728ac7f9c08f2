package main

import (
	"encoding/json"
	"strings"
	"testing"

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
		default:
			b.WriteByte(inner[i])
		}
	}
	return b.String()
}

// Every name can be read back, so that no two become one.
func TestQuoteDOT(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOf(rapid.SampledFrom([]rune(`\"nr<>{};`+"\n\r aü日"))).Draw(t, "name")
		if got := unquoteDOT(t, quoteDOT(name)); got != name {
			t.Fatalf("%q becomes %q", name, got)
		}
	})
}
