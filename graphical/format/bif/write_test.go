package bif

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// oddTexts are names and properties that a careless writer breaks.
var oddTexts = []string{
	"network", "variable", "probability", "property", "type", "discrete", "table", "default",
	" ", "a b", " lead", "trail ", "tab\tin", "line\nbreak", "\r\n", "\f", "\v", "\x00", "\x7f", "\u0085", "\u00a0", "\u2028", "\ufeff",
	`"`, `"quoted"`, `5"`, `\`, `\\`, `\"`, `\n`, `a\`, "//", "a//b", "/*", "*/", "/", "a/", "/b", "*",
	",", "|", ";", ":", "{", "}", "{}", "}{", "(", ")", "[", "]", "[2]", "#", "%", "=", "'",
	"0.5", "1e5", "NaN", "-", ".", "été", "日本", "😀", "e\u0301", strings.Repeat("long", 50),
}

// randomNet draws a network with odd names, any structure, and rows that need not
// sum to one exactly.
func randomNet(t *rapid.T) *graphical.BayesNet {
	text := rapid.OneOf(rapid.SampledFrom(oddTexts), rapid.String(), rapid.StringMatching(`[a-c/*"\\{};, ]{0,6}`))
	name := text.Filter(func(s string) bool { return s != "" })
	b := graphical.NewBayesNet().Name(text.Draw(t, "network"))
	var vars []*graphical.Variable
	for i, n := range rapid.SliceOfNDistinct(name, 0, 6, rapid.ID[string]).Draw(t, "variables") {
		states := rapid.SliceOfNDistinct(name, 1, 4, rapid.ID[string]).Draw(t, fmt.Sprint("states of ", i))
		vars = append(vars, b.Variable(n, states...))
	}
	if len(vars) == 0 {
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		return net
	}
	order := rapid.Permutation(vars).Draw(t, "order")
	for i, v := range order {
		parents := rapid.SliceOfNDistinct(rapid.SampledFrom(vars), 0, 3, rapid.ID[*graphical.Variable]).Draw(t, "parents")
		parents = slices.DeleteFunc(parents, func(p *graphical.Variable) bool { return slices.Index(order, p) >= i })
		rows := 1
		for _, p := range parents {
			rows *= p.NumStates()
		}
		table := b.Table(v, parents...)
		for range rows {
			row := rapid.SliceOfN(rapid.Float64Range(0, 1), v.NumStates(), v.NumStates()).Draw(t, "row")
			sum := 0.0
			for _, x := range row {
				sum += x
			}
			for i := range row {
				row[i] /= sum
			}
			if !(sum > 1e-300) {
				clear(row)
				row[0] = 1
			}
			table.Row(row...)
		}
	}
	// In the order in which they are read.
	for _, onTable := range []bool{false, true} {
		owners := vars
		if !onTable {
			owners = append([]*graphical.Variable{nil}, vars...)
		}
		for _, v := range owners {
			for _, s := range rapid.SliceOfN(text, 0, 2).Draw(t, "properties") {
				p := graphical.Property{OnTable: onTable, Text: s}
				if v != nil {
					p.Variable = v.Name()
				}
				b.Property(p)
			}
		}
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestReadAfterWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		net := randomNet(t)
		text, err := Marshal(net)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Unmarshal(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(contentOf(net), contentOf(again)); diff != "" {
			t.Errorf("(-want +got)\n%s\n%s", diff, text)
		}
	})
}

// TestOddTexts gives every odd text every part to play.
func TestOddTexts(t *testing.T) {
	for _, odd := range oddTexts {
		b := graphical.NewBayesNet().Name(odd)
		v := b.Variable(odd, odd, odd+"2")
		w := b.Variable(odd+"3", "2"+odd)
		b.Table(v).Row(0.25, 0.75)
		b.Table(w, v).Row(1).Row(1)
		b.Property(graphical.Property{Text: odd})
		b.Property(graphical.Property{Variable: odd, Text: odd})
		b.Property(graphical.Property{Variable: odd, OnTable: true, Text: odd})
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		text, err := Marshal(net)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Unmarshal(text)
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		if diff := cmp.Diff(contentOf(net), contentOf(again)); diff != "" {
			t.Errorf("%q (-want +got)\n%s\n%s", odd, diff, text)
		}
	}
}

func TestDialect(t *testing.T) {
	b := graphical.NewBayesNet().Name("the weather")
	rain := b.Variable("rain", "yes", "no")
	wind := b.Variable("wind", "<5", ">=5", "a lot")
	wet := b.Variable("wet", "12+", "0-3_days")
	b.Table(rain).Row(1.0/3, 2.0/3)
	b.Table(wind).Row(1, 0, 0)
	b.Table(wet, rain, wind).Row(0.1, 0.9).Row(0.25, 0.75).Row(1e-5, 1-1e-5).Row(0.4, 0.6).Row(0.5, 0.5).Row(0, 1)
	b.Property(graphical.Property{Variable: "wet", Text: "position = (1, 2)"})
	b.Property(graphical.Property{Variable: "wet", OnTable: true, Text: "a; b"})
	b.Property(graphical.Property{Text: "author me"})
	b.Property(graphical.Property{Text: "two\nlines"})
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Marshal(net)
	if err != nil {
		t.Fatal(err)
	}
	const want = `network "the weather" {
  property author me;
  property "two\nlines";
}
variable rain {
  type discrete [ 2 ] { yes, no };
}
variable wind {
  type discrete [ 3 ] { <5, >=5, "a lot" };
}
variable wet {
  type discrete [ 2 ] { 12+, 0-3_days };
  property position = (1, 2);
}
probability ( rain ) {
  table 0.3333333333333333, 0.6666666666666666;
}
probability ( wind ) {
  table 1.0, 0.0, 0.0;
}
probability ( wet | rain, wind ) {
  property "a; b";
  (yes, <5) 0.1, 0.9;
  (no, <5) 0.4, 0.6;
  (yes, >=5) 0.25, 0.75;
  (no, >=5) 0.5, 0.5;
  (yes, "a lot") 1e-05, 0.99999;
  (no, "a lot") 0.0, 1.0;
}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

// A formula is a conditional distribution that is no table: a fair coin for any
// parents.
type formula struct {
	child   *graphical.Variable
	parents []*graphical.Variable
	err     error
}

func (f formula) Child() *graphical.Variable     { return f.child }
func (f formula) Parents() []*graphical.Variable { return f.parents }
func (f formula) Prob(int, []int) float64        { return 0.5 }
func (f formula) NumParameters() float64         { return 0 }

func (f formula) Factor() (*graphical.Factor, error) {
	if f.err != nil {
		return nil, f.err
	}
	entries := 2
	for range f.parents {
		entries *= 2
	}
	table, err := graphical.NewFactor(append(slices.Clone(f.parents), f.child), slices.Repeat([]float64{1}, entries))
	return table.Scale(-math.Ln2), err
}

func TestWriteFormula(t *testing.T) {
	build := func(parents int, err error) *graphical.BayesNet {
		b := graphical.NewBayesNet()
		f := formula{child: b.Variable("coin", "heads", "tails"), err: err}
		for i := range parents {
			p := b.Variable(fmt.Sprint("p", i), "0", "1")
			b.Table(p).Row(0.5, 0.5)
			f.parents = append(f.parents, p)
		}
		b.Conditional(f)
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		return net
	}
	text, err := Marshal(build(2, nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Repeat([]float64{0.5}, 8), tableOf(t, read(t, string(text)), "coin")); diff != "" {
		t.Error(diff)
	}
	var large *belief.TooLargeError
	if err := Write(io.Discard, build(40, nil)); !errors.As(err, &large) {
		t.Errorf("40 parents: %v", err)
	}
	refused := errors.New("no table")
	if err := Write(io.Discard, build(2, refused)); !errors.Is(err, refused) {
		t.Errorf("factor error: %v", err)
	}
}

func TestWriteErrors(t *testing.T) {
	build := func(name string, p ...graphical.Property) *graphical.BayesNet {
		b := graphical.NewBayesNet().Name(name)
		b.Table(b.Variable("v", "s")).Row(1)
		for _, p := range p {
			b.Property(p)
		}
		net, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		return net
	}
	const bad = "\xff"
	for kind, net := range map[string]*graphical.BayesNet{
		"network":  build(bad), // the builder looks only at the names of variables and states
		"property": build("", graphical.Property{Text: bad}),
	} {
		var name *graphical.NameError
		path := filepath.Join(t.TempDir(), "x.bif")
		if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := WriteFile(path, net); !errors.As(err, &name) || name.Kind != kind {
			t.Errorf("%s: %v", kind, err)
		}
		if left, err := os.ReadFile(path); string(left) != "before" {
			t.Errorf("%s: the file holds %q (%v)", kind, left, err)
		}
	}
	var unknown *belief.UnknownNameError
	if err := Write(io.Discard, build("", graphical.Property{Variable: "w"})); !errors.As(err, &unknown) {
		t.Errorf("property of no variable: %v", err)
	}
	var name *graphical.NameError
	if err := Write(io.Discard, build("", graphical.Property{OnTable: true})); !errors.As(err, &name) {
		t.Errorf("property of a table of no variable: %v", err)
	}

	full := errors.New("disk full")
	for room := range 3 {
		net := build("", slices.Repeat([]graphical.Property{{Variable: "v", Text: strings.Repeat("x", 1<<17)}}, room)...)
		if err := Write(failing{full}, net); !errors.Is(err, full) {
			t.Errorf("error of the writer: %v", err)
		}
	}
	if err := WriteFile(filepath.Join(t.TempDir(), "no", "x.bif"), build("")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
	if text, err := Marshal(build("")); err != nil || !bytes.HasPrefix(text, []byte("network \"\" {\n}\n")) {
		t.Errorf("%s %v", text, err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
