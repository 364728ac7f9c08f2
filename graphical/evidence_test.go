package graphical_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// garden is rain → wet ← hose, with three states of wet.
func garden(t *testing.T) *graphical.BayesNet {
	t.Helper()
	b := graphical.NewBayesNet()
	rain, hose, wet := b.Variable("rain", "yes", "no"), b.Variable("hose", "on", "off"), b.Variable("wet", "dry", "damp", "soaked")
	b.Table(rain).Row(0.2, 0.8)
	b.Table(hose).Row(0.1, 0.9)
	b.Table(wet, rain, hose).Row(0, 0.2, 0.8).Row(0.1, 0.4, 0.5).Row(0.2, 0.4, 0.4).Row(0.9, 0.1, 0)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func TestEvidenceResolve(t *testing.T) {
	net := garden(t)
	type found struct {
		Name    string
		Index   int
		State   int
		Weights []float64
	}
	for _, c := range []struct {
		name string
		e    graphical.Evidence
		want []found
	}{
		{"nothing", graphical.Evidence{}, nil},
		{"by name", graphical.Observe("wet", "damp"), []found{{"wet", 2, 1, []float64{0, 1, 0}}}},
		{"in the order of the model", graphical.Observe("wet", "damp").AndIndex("rain", 1),
			[]found{{"rain", 0, 1, []float64{0, 1}}, {"wet", 2, 1, []float64{0, 1, 0}}}},
		{"weights by position", graphical.Evidence{}.AndLikelihood("wet", 1, 2, 3), []found{{"wet", 2, -1, []float64{1, 2, 3}}}},
		{"weights by name", graphical.Evidence{}.AndWeights("wet", map[string]float64{"soaked": 0.5, "dry": 2}),
			[]found{{"wet", 2, -1, []float64{2, 0, 0.5}}}},
		{"one positive weight is hard", graphical.Evidence{}.AndLikelihood("wet", 0, 0, 0.3), []found{{"wet", 2, 2, []float64{0, 0, 0.3}}}},
		{"pieces multiply", graphical.Evidence{}.AndLikelihood("wet", 1, 2, 3).AndWeights("wet", map[string]float64{"dry": 0.5, "damp": 2}),
			[]found{{"wet", 2, -1, []float64{0.5, 4, 0}}}},
		{"soft and hard multiply", graphical.Evidence{}.AndLikelihood("wet", 1, 2, 3).And("wet", "soaked"), []found{{"wet", 2, 2, []float64{0, 0, 3}}}},
		{"the same twice", graphical.Observe("rain", "no").And("rain", "no"), []found{{"rain", 0, 1, []float64{0, 1}}}},
		{"all of another", graphical.Observe("rain", "no").AndAll(graphical.Observe("hose", "on").And("wet", "dry")),
			[]found{{"rain", 0, 1, []float64{0, 1}}, {"hose", 1, 0, []float64{1, 0}}, {"wet", 2, 0, []float64{1, 0, 0}}}},
	} {
		findings, err := c.e.Resolve(net)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []found
		for _, f := range findings {
			got = append(got, found{f.Variable.Name(), f.Index, f.State, f.Weights})
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestEvidenceMistakes(t *testing.T) {
	net := garden(t)
	for _, c := range []struct {
		name string
		e    graphical.Evidence
		want []string
		kind any
	}{
		{"variable", graphical.Observe("rian", "yes"), []string{`unknown variable "rian"; did you mean "rain"?`}, new(*belief.UnknownNameError)},
		{"state", graphical.Observe("wet", "dmap"), []string{`unknown state "dmap" of variable "wet"; did you mean "damp"?`}, new(*belief.UnknownNameError)},
		{"index too high", graphical.Evidence{}.AndIndex("rain", 2), []string{`unknown state "#2" of variable "rain", which has 2 states`}, new(*belief.UnknownNameError)},
		{"negative index", graphical.Evidence{}.AndIndex("rain", -1), []string{`unknown state "#-1" of variable "rain", which has 2 states`}, new(*belief.UnknownNameError)},
		{"no weights", graphical.Evidence{}.AndLikelihood("wet"), []string{`table of "wet" has 0 evidence weights, wants 3`}, new(*graphical.SizeError)},
		{"vanishing weights", graphical.Evidence{}.AndLikelihood("rain", 1, 1e-200).AndLikelihood("rain", 1, 1e-200), []string{`variable "rain": its evidence weighs state "no" by less than 1e-307 of the largest weight, which float64 cannot hold`}, new(*graphical.TableError)},
		{"too few weights", graphical.Evidence{}.AndLikelihood("wet", 1, 2), []string{`table of "wet" has 2 evidence weights, wants 3`}, new(*graphical.SizeError)},
		{"weights of unknown states", graphical.Evidence{}.AndWeights("rain", map[string]float64{"yse": 1}), []string{`unknown state "yse" of variable "rain"; did you mean "yes"?`}, new(*belief.UnknownNameError)},
		{"negative weight", graphical.Evidence{}.AndLikelihood("rain", 1, -2), []string{`table of "rain", row evidence: the entry of "no" is -2; entries must be finite and not negative`}, new(*graphical.EntryError)},
		{"NaN", graphical.Evidence{}.AndLikelihood("rain", math.NaN(), 1), []string{`table of "rain", row evidence: the entry of "yes" is NaN; entries must be finite and not negative`}, new(*graphical.EntryError)},
		{"infinite weight", graphical.Evidence{}.AndLikelihood("rain", math.Inf(1), 1), []string{`table of "rain", row evidence: the entry of "yes" is +Inf; entries must be finite and not negative`}, new(*graphical.EntryError)},
		{"all at once", graphical.Observe("moon", "full").And("rain", "yes").And("wet", "dmap"), []string{
			`unknown variable "moon"`, `unknown state "dmap" of variable "wet"; did you mean "damp"?`}, new(*graphical.BuildError)},
	} {
		findings, err := c.e.Resolve(net)
		if findings != nil || !errors.As(err, c.kind) {
			t.Errorf("%s: %v, %v, want an error of kind %T", c.name, findings, err, c.kind)
			continue
		}
		var got []string
		for _, m := range mistakesOf(t, err) {
			got = append(got, m.Error())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestEvidenceConflict(t *testing.T) {
	net := garden(t)
	for _, c := range []struct {
		e    graphical.Evidence
		want []string
	}{
		{graphical.Observe("rain", "yes").And("wet", "dry").And("rain", "no"), []string{"rain=yes", "rain=no"}},
		{graphical.Evidence{}.AndLikelihood("rain", 0, 0), []string{"rain~[0 0]"}},
		{graphical.Evidence{}.AndWeights("rain", map[string]float64{}), []string{"rain~{}"}},
		{graphical.Evidence{}.AndWeights("rain", nil), []string{"rain~{}"}},
		{graphical.Evidence{}.AndWeights("rain", map[string]float64{"yes": 2}).AndIndex("rain", 1), []string{"rain~{yes: 2}", "rain=#1"}},
	} {
		_, err := c.e.Resolve(net)
		var impossible *belief.ImpossibleEvidenceError
		if !errors.As(err, &impossible) {
			t.Errorf("%v: %v", c.e, err)
			continue
		}
		if diff := cmp.Diff(c.want, impossible.Conflict); diff != "" {
			t.Errorf("%v: conflict (-want +got):\n%s", c.e, diff)
		}
	}
}

// Evidence is a value: making it longer leaves what others hold alone.
func TestEvidenceIsImmutable(t *testing.T) {
	weights, named := []float64{1, 2}, map[string]float64{"yes": 1}
	base := graphical.Observe("a", "1").And("b", "2").AndLikelihood("c", weights...).AndWeights("d", named)
	weights[0], named["yes"] = 9, 9
	left, right := base.And("left", "1"), base.And("right", "2")
	both := left.AndAll(right)
	for _, c := range []struct {
		got  graphical.Evidence
		want string
	}{
		{graphical.Evidence{}, ""},
		{base, "a=1, b=2, c~[1 2], d~{yes: 1}"},
		{left, "a=1, b=2, c~[1 2], d~{yes: 1}, left=1"},
		{right, "a=1, b=2, c~[1 2], d~{yes: 1}, right=2"},
		{both, "a=1, b=2, c~[1 2], d~{yes: 1}, left=1, a=1, b=2, c~[1 2], d~{yes: 1}, right=2"},
	} {
		if c.got.String() != c.want {
			t.Errorf("got  %v\nwant %v", c.got, c.want)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "left", "right"}, both.Variables()); diff != "" || both.Len() != 10 {
		t.Errorf("%d findings on (-want +got):\n%s", both.Len(), diff)
	}
}

func TestEvidenceNamed(t *testing.T) {
	net := garden(t)
	e := graphical.Evidence{}.AndIndex("wet", 1).AndLikelihood("rain", 0.5, 0.25).And("hose", "on").AndWeights("wet", map[string]float64{"damp": 3})
	if _, err := json.Marshal(e); err == nil {
		t.Error("findings by position are written without names")
	}
	named, err := e.Named(net)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"wet":"damp","rain":{"no":0.25,"yes":0.5},"hose":"on","wet":{"damp":3}}`
	if text, err := json.Marshal(named); err != nil || string(text) != want {
		t.Errorf("written as %s, want %s; %v", text, want, err)
	}
	for _, bad := range []graphical.Evidence{graphical.Observe("moon", "full"), graphical.Evidence{}.AndIndex("rain", 7)} {
		_, err := bad.Named(net)
		var unknown *belief.UnknownNameError
		if !errors.As(err, &unknown) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := json.Marshal(graphical.Evidence{}.AndWeights("rain", map[string]float64{"yes": math.NaN()})); err == nil {
		t.Error("NaN is written")
	}
}

func TestEvidenceJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var e graphical.Evidence
		for range rapid.IntRange(0, 5).Draw(t, "findings") {
			name := rapid.String().Draw(t, "variable")
			if rapid.Bool().Draw(t, "hard") {
				e = e.And(name, rapid.String().Draw(t, "state"))
			} else {
				e = e.AndWeights(name, rapid.MapOf(rapid.String(), rapid.Float64()).Draw(t, "weights"))
			}
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back graphical.Evidence
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if back.String() != e.String() || back.Len() != e.Len() {
			t.Errorf("wrote %v as\n%s, read %v", e, text, back)
		}
		if read, err := graphical.ReadEvidence(strings.NewReader(string(text))); err != nil || read.String() != e.String() {
			t.Errorf("wrote %v as\n%s, read %v, %v", e, text, read, err)
		}
	})
}

func TestEvidenceUnmarshal(t *testing.T) {
	old := graphical.Observe("kept", "yes")
	for _, c := range []struct{ text, want string }{
		{`null`, "kept=yes"},
		{`{}`, ""},
		{`{"a": "1", "a": "2"}`, "a=1, a=2"},
		{`{"a": 1, "b": -2.50, "c": true, "d": false}`, "a=1, b=-2.50, c=true, d=false"},
		{`{"a": {"x": 0.5, "y": 1e3}, "b": {}}`, "a~{x: 0.5, y: 1000}, b~{}"},
	} {
		e := old
		if err := json.Unmarshal([]byte(c.text), &e); err != nil || e.String() != c.want {
			t.Errorf("%s: %v, %v, want %s", c.text, e, err, c.want)
		}
	}
	for _, text := range []string{`[]`, `"a"`, `7`, `{"a": null}`, `{"a": ["x"]}`, `{"a": {"x": "y"}}`, `{"a": {"x": 1e999}}`, `{"a": {"x": {}}}`, `{"a": {"x": null}}`} {
		e := old
		if err := json.Unmarshal([]byte(text), &e); err == nil || e.String() != "kept=yes" {
			t.Errorf("%s: %v, %v", text, e, err)
		}
	}
}

func TestReadEvidence(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"\n\n# nothing\n", ""},
		{"a=1\n  b = two words \n#c=3\n\r\nd=x=y", "a=1, b=two words, d=x=y"},
		{"\xef\xbb\xbfa=1\r\nb=2\r\n", "a=1, b=2"},
		{`{"a": "1", "b": {"x": 0.5}}`, "a=1, b~{x: 0.5}"},
		{"\xef\xbb\xbf \n {\"a\": \"1\"}\n\n", "a=1"},
	} {
		e, err := graphical.ReadEvidence(strings.NewReader(c.text))
		if err != nil || e.String() != c.want {
			t.Errorf("%q: %v, %v, want %s", c.text, e, err, c.want)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"a=1\nb\n", `2: evidence: want VAR=STATE, got "b"`},
		{"a=1\n\n=2", `3: evidence: want VAR=STATE, got "=2"`},
		{"a=", `1: evidence: want VAR=STATE, got "a="`},
		{"{\n  \"a\": \"1\",\n  \"b\" \"2\"\n}", `3:7: evidence: bad JSON: invalid character '"' after object key`},
		{"\n\n {\"a\": x}", `3:8: evidence: bad JSON: invalid character 'x' looking for beginning of value`},
		{`{"größe": x}`, `1:11: evidence: bad JSON: invalid character 'x' looking for beginning of value`},
		{`{"a": "1"`, `1:9: evidence: bad JSON: unexpected end of JSON input`},
		{`{"a": "1"} b=2`, `1:12: evidence: bad JSON: invalid character 'b' after top-level value`},
		{`[1]`, `evidence: bad JSON: evidence must be an object {VAR: STATE}, got [`},
		{`{"a": [1]}`, `evidence: bad JSON: evidence on "a" must be a state or {STATE: weight}, got [1]`},
		{strings.Repeat(`{"a":`, 20000), `exceeded max depth`},
	} {
		_, err := graphical.ReadEvidence(strings.NewReader(c.text))
		var parse *belief.ParseError
		if !errors.As(err, &parse) || parse.Format != "evidence" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: got %v, want %s", c.text, err, c.want)
		}
	}
}

// Too much is refused before it is taken apart, and a failing reader is heard.
func TestReadEvidenceLimits(t *testing.T) {
	endless := io.LimitReader(zeros{}, 65<<20)
	_, err := graphical.ReadEvidence(endless)
	var parse *belief.ParseError
	if !errors.As(err, &parse) || !strings.Contains(err.Error(), "longer than 64 MiB") {
		t.Errorf("an endless file gives %v", err)
	}
	for name, text := range map[string]string{
		"lines": strings.Repeat("a=b\n", 1<<20+1),
		"JSON":  "{" + strings.Repeat(`"a":"b",`, 1<<20) + `"a":"b"}`,
	} {
		if name == "JSON" && testing.Short() {
			continue // takes a second
		}
		if _, err := graphical.ReadEvidence(strings.NewReader(text)); !errors.As(err, &parse) || !strings.Contains(err.Error(), "more than 1048576 findings") {
			t.Errorf("%s without end give %v", name, err)
		}
	}
	broken := errors.New("disk on fire")
	if _, err := graphical.ReadEvidence(failing{broken}); !errors.Is(err, broken) {
		t.Errorf("a failing reader gives %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestFindingString(t *testing.T) {
	findings, err := graphical.Observe("wet", "damp").AndLikelihood("rain", 0.5, 0.25).Resolve(garden(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(findings); got != "[rain~[0.5 0.25] wet=damp]" {
		t.Error(got)
	}
}

// What can be read can be written and read again, and what cannot be read says so
// in one kind of error.
func FuzzReadEvidence(f *testing.F) {
	for _, seed := range []string{
		"", "a=1\nb=2\n", "# only\n", "=", "a=\n", "\xef\xbb\xbf{}", `{"a":"1","b":{"x":0.5},"a":true}`,
		`{"a": null}`, `{"a": [`, `[{}]`, "{\"\xff\": -0}", "a\xff=\xfe", `{"a":{"x":1e308,"y":-0}}`, "\u2028{\"a\":1E5}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := graphical.ReadEvidence(strings.NewReader(string(data)))
		if err != nil {
			var parse *belief.ParseError
			if !errors.As(err, &parse) || parse.Line < 0 || parse.Line > 1+strings.Count(string(data), "\n") || parse.Col < 0 || parse.Col > len(data)+1 {
				t.Fatalf("error %#v", err)
			}
			if e.Len() != 0 {
				t.Fatalf("%v besides %v", e, err)
			}
			return
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatalf("%v cannot be written: %v", e, err)
		}
		back, err := graphical.ReadEvidence(strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%s cannot be read: %v", text, err)
		}
		if utf8.Valid(data) && back.String() != e.String() || back.Len() != e.Len() || len(back.Variables()) > len(e.Variables()) {
			t.Fatalf("wrote %v, read %v", e, back)
		}
		if !slices.Equal(back.Variables(), e.Variables()) && utf8.Valid(data) {
			t.Fatalf("variables %q, read %q", e.Variables(), back.Variables())
		}
	})
}
