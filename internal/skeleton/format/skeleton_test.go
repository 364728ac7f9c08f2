package format

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

const rain = `# a comment
variable rain yes no
variable wet yes no

table wet rain : 0.9 0.1 0.1 0.9
table rain : 0.2 0.8
`

func ExampleWrite() {
	net, err := Read(strings.NewReader(rain))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := Write(os.Stdout, net); err != nil {
		fmt.Println(err)
	}
	// Output:
	// variable rain yes no
	// variable wet yes no
	// table rain : 0.2 0.8
	// table wet rain : 0.9 0.1 0.1 0.9
}

// Errors say where: the word, else the line.
func TestParseErrors(t *testing.T) {
	for _, c := range []struct {
		text, want string
	}{
		{"node rain", `1:1: skeleton: want variable or table, got "node"`},
		{"\n  variable rain", "2:3: skeleton: a variable wants a name and its states"},
		{"variable a x\nvariable a y", `2:10: skeleton: variable "a" is declared twice`},
		{"variable ä x\ntable ä b : 1", `2:9: skeleton: variable "b" is not declared above`},
		{"variable a x\ntable a 1", "2:1: skeleton: a table wants its variable, its parents and a colon"},
		{"variable ä x\ntable  ä : one", `2:12: skeleton: want a number, got "one"`},
		{"variable a x\r\ntable a : 1e999\r\n", `2:11: skeleton: want a number, got "1e999"`},
		{strings.Repeat("a", maxLine+1), "1: skeleton: the line is longer than 1 MiB"},
	} {
		_, err := Read(strings.NewReader(c.text))
		if pe := new(belief.ParseError); !errors.As(err, &pe) || err.Error() != c.want {
			t.Errorf("%.40q gives\n\t%v\nwant\n\t%s", c.text, err, c.want)
		}
	}
}

// What only the whole network shows comes as the builder's own errors.
func TestBuildErrors(t *testing.T) {
	var (
		missing *graphical.TableError
		size    *graphical.SizeError
		entry   *graphical.EntryError
		cycle   *graphical.CycleError
	)
	for _, c := range []struct {
		text string
		want any
	}{
		{"variable a x", &missing},
		{"variable a x\ntable a : 0.5 0.5", &size},
		{"variable a x y\ntable a : NaN 1", &entry},
		{"variable a x\nvariable b x\ntable a b : 1\ntable b a : 1", &cycle},
	} {
		_, err := Read(strings.NewReader(c.text))
		if pe := new(belief.ParseError); !errors.As(err, &pe) || !errors.As(err, c.want) {
			t.Errorf("%q gives %v", c.text, err)
		}
	}
}

func TestWriteRefusesNames(t *testing.T) {
	for _, name := range []string{"two words", ":", "tab\t"} {
		b := graphical.NewBayesNet()
		b.Table(b.Variable(name, "x")).Row(1)
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		if e := new(graphical.NameError); !errors.As(Write(&bytes.Buffer{}, net), &e) || e.Name != name {
			t.Errorf("name %q: %v", name, Write(&bytes.Buffer{}, net))
		}
	}
}

// A failing writer is noticed.
func TestWriteError(t *testing.T) {
	net, err := Read(strings.NewReader(rain))
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(full{}, net); !errors.Is(err, errFull) {
		t.Errorf("error %v", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// numbers lists what a network holds: names, parents and the bits of all entries.
func numbers(t interface{ Fatal(...any) }, net *graphical.BayesNet) []string {
	var out []string
	for _, v := range net.Variables() {
		f, err := net.Conditional(v).Factor()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%v %q | %v: %x", v, v.States(), net.Parents(v), f.Values()))
	}
	return out
}

// Reading what was written gives the same network to the last bit.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := graphical.NewBayesNet().Normalize()
		var vars []*graphical.Variable
		for i := range rapid.IntRange(0, 6).Draw(t, "variables") {
			states := []string{"yes", "#2", "ünï", ":"}[:rapid.IntRange(1, 4).Draw(t, "states")]
			v := b.Variable(fmt.Sprintf("v%d", i), states...)
			var parents []*graphical.Variable
			rows := 1
			for _, p := range vars {
				if rapid.IntRange(0, 2).Draw(t, "edge") == 0 {
					parents, rows = append(parents, p), rows*p.NumStates()
				}
			}
			table := b.Table(v, parents...)
			for range rows {
				table.Row(rapid.SliceOfN(rapid.Float64Range(1e-300, 1), len(states), len(states)).Draw(t, "row")...)
			}
			vars = append(vars, v)
		}
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := Write(&text, net); err != nil {
			t.Fatal(err)
		}
		back, err := Read(&text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(numbers(t, net), numbers(t, back)); diff != "" {
			t.Fatalf("-written +read:\n%s", diff)
		}
	})
}

// No text makes the reader panic, and what it accepts the writer keeps.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", rain, "variable a x\ntable a : 1", "variable a x y\ntable a : 0.3 0.7\r\n", "variable : :\ntable : : 1", "table", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		net, err := Read(strings.NewReader(text))
		if err != nil {
			if pe := new(belief.ParseError); !errors.As(err, &pe) {
				t.Fatalf("error %T: %v", err, err)
			}
			return
		}
		var out bytes.Buffer
		if err := Write(&out, net); err != nil {
			if e := new(graphical.NameError); errors.As(err, &e) && e.Name == ":" {
				return
			}
			t.Fatal(err)
		}
		back, err := Read(&out)
		if err != nil {
			t.Fatalf("reading back: %v", err)
		}
		if diff := cmp.Diff(numbers(t, net), numbers(t, back)); diff != "" {
			t.Fatalf("-read +read back:\n%s", diff)
		}
	})
}
