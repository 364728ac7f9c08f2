package belief_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
)

func TestErrorTexts(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&belief.ParseError{Msg: "no network"}, "no network"},
		{&belief.ParseError{Format: "BIF", File: "a.bif", Line: 3, Col: 14, Msg: "want {"}, "a.bif:3:14: BIF: want {"},
		{&belief.ParseError{File: "a.bif", Line: 3, Msg: "want {"}, "a.bif:3: want {"},
		{&belief.ParseError{Line: 3, Col: 1, Msg: "want {"}, "3:1: want {"},
		{&belief.ParseError{Format: "BIF", Col: 9, Msg: "want {"}, "BIF: want {"}, // a column says nothing without its line
		{&belief.ParseError{File: "a.bif", Msg: "cut short", Err: io.ErrUnexpectedEOF}, "a.bif: cut short: unexpected EOF"},
		{&belief.ParseError{File: "a.bif", Err: io.ErrUnexpectedEOF}, "a.bif: unexpected EOF"},

		{&belief.UnknownNameError{Kind: "network", Name: "asai"}, `unknown network "asai"`},
		{&belief.UnknownNameError{Kind: "state", Name: "Y", In: `variable "rain"`, Suggestions: []string{"yes"}}, `unknown state "Y" of variable "rain"; did you mean "yes"?`},
		{&belief.UnknownNameError{Kind: "variable", Name: "x", Suggestions: []string{"a", "b"}}, `unknown variable "x"; did you mean "a" or "b"?`},
		{&belief.UnknownNameError{Kind: "variable", Name: "x\n", Suggestions: []string{"a", "b", "c"}}, `unknown variable "x\n"; did you mean "a", "b" or "c"?`},

		{&belief.TooLargeError{What: "table", Bytes: 8e9, Budget: 4 << 30}, "table too large: needs 7.45 GiB, the budget is 4 GiB"},
		{
			&belief.TooLargeError{What: "junction tree", Bytes: 1 << 40, Budget: 1 << 30, AtLeast: true, Width: 36, Entries: math.Exp2(37), Largest: []string{"a", "b", "c"}, Advice: "give more evidence"},
			"junction tree too large: needs at least 1 TiB, the budget is 1 GiB; width at least 36; the largest clique has 3 variables and 1.37e+11 entries: a, b, c; give more evidence",
		},

		{&belief.ImpossibleEvidenceError{}, "impossible evidence: the model gives it probability zero"},
		{&belief.ImpossibleEvidenceError{Conflict: []string{"a=1"}}, "impossible evidence: a=1 has probability zero"},
		{&belief.ImpossibleEvidenceError{Conflict: []string{"a=1", "b=0"}}, "impossible evidence: these findings cannot hold together: a=1, b=0"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%T says\n\t%s\nwant\n\t%s", c.err, got, c.want)
		}
	}
}

// Lists of any length end in one line that can be read.
func TestLongListsAreCut(t *testing.T) {
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("v%03d", i))
	}
	for _, err := range []error{
		&belief.TooLargeError{What: "clique tree", Largest: many},
		&belief.ImpossibleEvidenceError{Conflict: many},
	} {
		got := err.Error()
		if !strings.Contains(got, "v007, … (992 more)") || strings.Contains(got, "v008") {
			t.Errorf("%T says %s", err, got)
		}
	}
}

// A program finds every error under any number of wrappings.
func TestErrorsAs(t *testing.T) {
	wrap := func(err error) error {
		return errors.Join(errors.New("first"), fmt.Errorf("reading: %w", err))
	}
	parse := &belief.ParseError{Msg: "cut short", Err: io.ErrUnexpectedEOF}
	if got := new(belief.ParseError); !errors.As(wrap(parse), &got) || got != parse {
		t.Errorf("ParseError: got %v", got)
	}
	if !errors.Is(wrap(parse), io.ErrUnexpectedEOF) {
		t.Error("the cause of a ParseError is lost")
	}
	name := &belief.UnknownNameError{Name: "x"}
	if got := new(belief.UnknownNameError); !errors.As(wrap(name), &got) || got != name {
		t.Errorf("UnknownNameError: got %v", got)
	}
	large := &belief.TooLargeError{Width: 7}
	if got := new(belief.TooLargeError); !errors.As(wrap(large), &got) || got != large {
		t.Errorf("TooLargeError: got %v", got)
	}
	impossible := &belief.ImpossibleEvidenceError{Partial: true}
	if got := new(belief.ImpossibleEvidenceError); !errors.As(wrap(impossible), &got) || got != impossible {
		t.Errorf("ImpossibleEvidenceError: got %v", got)
	}
	if got := new(belief.TooLargeError); errors.As(wrap(parse), &got) {
		t.Errorf("a ParseError passes for %v", got)
	}
}

func TestFormatBytes(t *testing.T) {
	for n, want := range map[float64]string{
		0: "0 B", 1: "1 B", 999: "999 B", 1 << 10: "1 KiB", 1536: "1.5 KiB", 10000: "9.77 KiB",
		1 << 20: "1 MiB", 4 << 30: "4 GiB", 5e12: "4.55 TiB", 1 << 50: "1 PiB", 1 << 60: "1 EiB",
	} {
		if got := belief.FormatBytes(n); got != want {
			t.Errorf("FormatBytes(%v) = %q, want %q", n, got, want)
		}
	}
}

func TestWarning(t *testing.T) {
	w := belief.Warning{Code: "row-sum", Where: "rain", Text: "sums to 0.9995"}
	if got, want := w.String(), "rain: sums to 0.9995"; got != want {
		t.Errorf("String gives %q, want %q", got, want)
	}
	if got, want := (belief.Warning{Text: "all is odd"}).String(), "all is odd"; got != want {
		t.Errorf("String gives %q, want %q", got, want)
	}
	got, err := json.Marshal([]belief.Warning{w, {Code: "c", Text: "t"}})
	if want := `[{"code":"row-sum","where":"rain","text":"sums to 0.9995"},{"code":"c","text":"t"}]`; err != nil || string(got) != want {
		t.Errorf("JSON is %s, %v, want %s", got, err, want)
	}
}

func TestNumberJSON(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "-0"}, {0.1, "0.1"}, {-1.5e-300, "-1.5e-300"},
		{math.MaxFloat64, "1.7976931348623157e+308"}, {math.SmallestNonzeroFloat64, "5e-324"},
		{math.NaN(), "null"}, {math.Inf(1), `"Inf"`}, {math.Inf(-1), `"-Inf"`},
	} {
		data, err := json.Marshal(belief.Number(c.x))
		if err != nil || string(data) != c.want {
			t.Errorf("%v is written %s, %v, want %s", c.x, data, err, c.want)
		}
	}
	for _, bad := range []string{`"NaN"`, `"inf"`, `"1"`, `true`, `{}`, `1e999`, `[1]`} {
		var n belief.Number
		if err := json.Unmarshal([]byte(bad), &n); err == nil {
			t.Errorf("%s is read as %v", bad, n)
		}
	}
}

// Every float64 comes back with the same bits, wherever the number stands.
func TestNumberRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type holder struct {
			Plain belief.Number
			Ref   *belief.Number
			List  []belief.Number
			Map   map[string]belief.Number
		}
		bits := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{
			math.Float64bits(math.NaN()), math.Float64bits(math.Inf(1)), math.Float64bits(math.Inf(-1)), 1 << 63,
		})).Draw(t, "bits")
		x := math.Float64frombits(bits)
		n := belief.Number(x)
		in := holder{n, nil, []belief.Number{n, 1}, map[string]belief.Number{"x": n}}
		data, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out holder
		if err := json.Unmarshal(data, &out); err != nil {
			t.Fatalf("reading %s: %v", data, err)
		}
		for _, got := range []belief.Number{out.Plain, out.List[0], out.Map["x"]} {
			if y := float64(got); math.Float64bits(x) != math.Float64bits(y) && !(math.IsNaN(x) && math.IsNaN(y)) {
				t.Fatalf("%v comes back as %v from %s", x, y, data)
			}
		}
	})
}

func TestEstimateJSON(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		e    belief.Estimate
		json string
		text string
	}{
		{belief.Estimate{}, `{"value":0,"kind":"exact"}`, "0"},
		{belief.Estimate{Value: -1130.264}, `{"value":-1130.264,"kind":"exact"}`, "-1130.26"},
		{belief.Estimate{Value: -inf}, `{"value":"-Inf","kind":"exact"}`, "-Inf"},
		{belief.Estimate{Value: nan, Kind: belief.Approximation}, `{"value":null,"kind":"approximation"}`, "NaN (approximation)"},
		{belief.Estimate{Value: -2, Kind: belief.LowerBound}, `{"value":-2,"kind":"lower bound"}`, "-2 (lower bound)"},
		{belief.Estimate{Value: inf, Kind: belief.UpperBound}, `{"value":"Inf","kind":"upper bound"}`, "+Inf (upper bound)"},
		{belief.Estimate{Value: 1.5, Kind: belief.Sampled, StdErr: 0.25}, `{"value":1.5,"kind":"sampled","std_err":0.25}`, "1.5 ± 0.25"},
		{belief.Estimate{Value: 1.5, Kind: belief.Sampled}, `{"value":1.5,"kind":"sampled","std_err":0}`, "1.5 ± 0"},
		{belief.Estimate{Value: 1.5, Kind: belief.Sampled, StdErr: inf}, `{"value":1.5,"kind":"sampled","std_err":"Inf"}`, "1.5 ± +Inf"},
		{belief.Estimate{Value: nan, Kind: belief.Sampled, StdErr: nan}, `{"value":null,"kind":"sampled","std_err":null}`, "NaN ± NaN"},
	} {
		if got := c.e.String(); got != c.text {
			t.Errorf("String gives %q, want %q", got, c.text)
		}
		data, err := json.Marshal(c.e)
		if err != nil || string(data) != c.json {
			t.Errorf("%#v is written %s, %v, want %s", c.e, data, err, c.json)
		}
		back := belief.Estimate{Value: 7, Kind: belief.Sampled, StdErr: 7} // nothing of it may stay
		if err := json.Unmarshal(data, &back); err != nil {
			t.Errorf("reading %s: %v", data, err)
		}
		if diff := cmp.Diff(c.e, back, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s comes back changed (-want +got):\n%s", data, diff)
		}
	}
}

func TestKind(t *testing.T) {
	seen := map[string]bool{}
	for k := belief.Exact; k <= belief.Approximation; k++ {
		text, err := k.MarshalText()
		if err != nil || string(text) != k.String() || seen[k.String()] {
			t.Errorf("kind %d is written %q, %v", k, text, err)
		}
		seen[k.String()] = true
		var back belief.Kind
		if err := back.UnmarshalText(text); err != nil || back != k {
			t.Errorf("%q is read as %v, %v", text, back, err)
		}
	}
	none := belief.Approximation + 1
	if _, err := none.MarshalText(); err == nil {
		t.Errorf("%v is written", none)
	}
	if got, want := none.String(), "Kind(5)"; got != want {
		t.Errorf("String gives %q, want %q", got, want)
	}
	var e belief.Estimate
	err := json.Unmarshal([]byte(`{"value":1,"kind":"exakt"}`), &e)
	if unknown := new(belief.UnknownNameError); !errors.As(err, &unknown) || unknown.Name != "exakt" || len(unknown.Suggestions) == 0 {
		t.Errorf("a misspelt kind gives %v", err)
	}
}

// The first program of the README is the package's Example, and what the README
// says it prints is what it prints.
func TestReadme(t *testing.T) {
	between := func(file, start, end string) string {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(data), start)
		part, _, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("%s has nothing between %q and %q", file, start, end)
		}
		return part
	}
	program := between("README.md", "\nfunc main() {\n", "\n}\n```")
	example := between("example_test.go", "\nfunc Example() {\n", "\n\t// Output:\n")
	if diff := cmp.Diff(strings.Split(example, "\n"), strings.Split(program, "\n")); diff != "" {
		t.Errorf("the program of README.md differs from the Example (-example +readme):\n%s", diff)
	}
	imports := between("README.md", "\nimport (\n", "\n)\n")
	if diff := cmp.Diff(between("example_test.go", "\nimport (\n", "\n)\n"), imports); diff != "" {
		t.Errorf("its imports differ (-example +readme):\n%s", diff)
	}
	prints := between("README.md", "```text\n", "\n```")
	output := strings.ReplaceAll(between("example_test.go", "// Output:\n", "\n}"), "\t// ", "")
	if diff := cmp.Diff(output, prints); diff != "" {
		t.Errorf("its output differs (-example +readme):\n%s", diff)
	}
}
