package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
)

func TestQueryTable(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"asia", "-e", "smoke=yes", "-t", "lung"}, `method variable-elimination (a single target takes a single elimination); log evidence -0.693147, exact

variable  state  probability
lung      yes    0.100000
          no     0.900000
`},
		{[]string{"sprinkler"}, `method junction-tree (all marginals in one propagation); log evidence 0, exact

variable   state  probability
Cloudy     true   0.500000
           false  0.500000
Sprinkler  true   0.300000
           false  0.700000
Rain       true   0.500000
           false  0.500000
WetGrass   true   0.647100
           false  0.352900
`},
		// Targets come in the model's order, each once, observed ones too.
		{[]string{"textbook:burglary", "-e", "JohnCalls=true", "-e", "MaryCalls=true", "-t", "MaryCalls", "-t", "Burglary", "-t", "MaryCalls", "--method", "enumeration"},
			`method enumeration; log evidence -6.17342, exact

variable   state  probability
Burglary   true   0.284172
           false  0.715828
MaryCalls  true   1
           false  0
`},
	} {
		got := mustSucceed(t, "", append([]string{"query"}, c.args...)...)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.args, diff)
		}
	}
}

func TestQueryCSV(t *testing.T) {
	net, err := textbook.Network("student")
	if err != nil {
		t.Fatal(err)
	}
	post, err := inference.Marginals(context.Background(), net, graphical.Observe("Letter", "l1"))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"variable", "state", "probability"}}
	for _, m := range post.Marginals() {
		for s, p := range m.Probs {
			want = append(want, []string{m.Variable.Name(), m.Variable.States()[s], strconv.FormatFloat(p, 'g', -1, 64)})
		}
	}
	got, err := csv.NewReader(strings.NewReader(mustSucceed(t, "", "query", "student", "-e", "Letter=l1", "--format", "csv"))).ReadAll()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// An answer is what query prints as JSON.
type answer struct {
	Schema    int                            `json:"schema"`
	Network   string                         `json:"network"`
	Method    string                         `json:"method"`
	Reason    string                         `json:"reason"`
	Exact     bool                           `json:"exact"`
	Converged bool                           `json:"converged"`
	Log       *float64                       `json:"log_evidence"`
	Log10     *float64                       `json:"log10_evidence"`
	Marginals map[string]map[string]*float64 `json:"marginals"`
	Warnings  []belief.Warning               `json:"warnings"`
	Stats     *inference.Stats               `json:"stats"`
}

func parseAnswer(t *testing.T, text string) answer {
	t.Helper()
	var a answer
	dec := json.NewDecoder(strings.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if a.Schema != 1 || a.Log == nil || a.Log10 == nil || a.Marginals == nil || a.Warnings == nil || a.Stats == nil {
		t.Fatalf("something is missing in %s", text)
	}
	return a
}

// The JSON of every method that applies has what enumeration finds.
func TestQueryJSON(t *testing.T) {
	for _, name := range textbook.Names() {
		net, err := textbook.Network(name)
		if err != nil {
			t.Fatal(err)
		}
		vars := net.Variables()
		last := vars[len(vars)-1]
		seen := last.States()[last.NumStates()-1]
		want, err := inference.Enumeration{}.Marginals(context.Background(), net, graphical.Observe(last.Name(), seen))
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range inference.Methods() {
			if isSampler(method) {
				continue // TestQuerySampled
			}
			args := []string{"query", name, "-e", last.Name() + "=" + seen, "--format", "json", "--method", method}
			r := call("", args...)
			if method == "sum-product" && r.status == exitFailed && strings.Contains(r.stderr, "has one: ") {
				continue // a loop
			}
			if r.status != exitDone || r.stderr != "" {
				t.Fatalf("%q: %+v", args, r)
			}
			a := parseAnswer(t, r.stdout)
			if a.Network != name || !a.Exact || !a.Converged || len(a.Marginals) != len(vars) || method != "auto" && method != "exact" && (a.Method != method || a.Reason != "") {
				t.Errorf("%q: %s", args, r.stdout)
			}
			if l := want.LogEvidence.Value; !near(*a.Log, l, 1e-12) || !near(*a.Log10, l/math.Ln10, 1e-12) {
				t.Errorf("%q: log evidence %v and %v, want %v", args, *a.Log, *a.Log10, l)
			}
			for _, m := range want.Marginals() {
				for s, p := range m.Probs {
					got := a.Marginals[m.Variable.Name()][m.Variable.States()[s]]
					if got == nil || !near(*got, p, 1e-12) {
						t.Errorf("%q: %v state %d: %v, want %v", args, m.Variable, s, got, p)
					}
				}
			}
		}
	}
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// Keys come in the order that the interface promises, and every bit of a number
// survives.
func TestQueryJSONExactly(t *testing.T) {
	got := mustSucceed(t, "", "query", "diamond", "-e", "x4=1", "-t", "x3", "-t", "x1", "--format", "json")
	net, err := textbook.Network("diamond")
	if err != nil {
		t.Fatal(err)
	}
	post, err := inference.Marginals(context.Background(), net, graphical.Observe("x4", "1"), "x1", "x3")
	if err != nil {
		t.Fatal(err)
	}
	number := func(x float64) string {
		data, _ := json.Marshal(x)
		return string(data)
	}
	x1, x3 := post.Marginals()[0].Probs, post.Marginals()[1].Probs
	want := `{
  "schema": 1,
  "network": "diamond",
  "method": "junction-tree",
  "reason": "several targets share one propagation",
  "exact": true,
  "converged": true,
  "log_evidence": ` + number(post.LogEvidence.Value) + `,
  "log10_evidence": ` + number(post.LogEvidence.Value/math.Ln10) + `,
  "marginals": {
    "x1": {
      "0": ` + number(x1[0]) + `,
      "1": ` + number(x1[1]) + `
    },
    "x3": {
      "0": ` + number(x3[0]) + `,
      "1": ` + number(x3[1]) + `
    }
  },
  "warnings": [],
`
	if head, stats, ok := strings.Cut(got, `  "stats": {`); !ok || cmp.Diff(want, head) != "" || !strings.Contains(stats, `"total_table_entries": `) {
		t.Errorf("(-want +got):\n%s", cmp.Diff(want, head))
	}
}

// data returns the folder of test data, or skips.
func dataPath(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("BELIEF_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir = filepath.Join(dir, "bif")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no data: %v", err)
	}
	return dir
}

// Posteriors of published networks are those that another program computed. Rows
// of some files miss one by up to 3e-7, hence the tolerance.
func TestPublishedNetworks(t *testing.T) {
	dir := dataPath(t)
	const tolerance = 1e-6
	for _, name := range []string{"asia", "cancer", "earthquake", "survey", "sachs", "child", "insurance", "alarm"} {
		cases, err := filepath.Glob(filepath.Join(dir, "expected", name+".*.json"))
		if err != nil || len(cases) == 0 {
			t.Fatalf("no expected answers for %s (%v)", name, err)
		}
		for _, path := range cases {
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var want struct {
				Evidence  map[string]string             `json:"evidence"`
				Log       float64                       `json:"log_evidence"`
				Log10     float64                       `json:"log10_evidence"`
				Marginals map[string]map[string]float64 `json:"marginals"`
			}
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
			evidence, _ := json.Marshal(want.Evidence)
			file := filepath.Join(dir, name+".bif")
			r := call(string(evidence), "query", file, "--evidence-file", "-", "--format", "json")
			if r.status != exitDone {
				t.Errorf("%s: %+v", path, r)
				continue
			}
			a := parseAnswer(t, r.stdout)
			if a.Network != name {
				t.Errorf("%s: the network is called %q", path, a.Network)
			}
			if lines := strings.Count(r.stderr, "belief: warning: "); lines != len(a.Warnings) || strings.Count(r.stderr, "\n") != lines {
				t.Errorf("%s: %d warnings in JSON, and on stderr %q", path, len(a.Warnings), r.stderr)
			}
			if !near(*a.Log, want.Log, tolerance) || !near(*a.Log10, want.Log10, tolerance) || len(a.Marginals) != len(want.Marginals) {
				t.Errorf("%s: %v %v, %d variables; want %v %v, %d", path, *a.Log, *a.Log10, len(a.Marginals), want.Log, want.Log10, len(want.Marginals))
			}
			for v, states := range want.Marginals {
				for s, p := range states {
					if got := a.Marginals[v][s]; got == nil || !near(*got, p, tolerance) {
						t.Errorf("%s: p(%s=%s) is %v, want %v", path, v, s, got, p)
					}
				}
			}
		}
	}
}

func TestNormalize(t *testing.T) {
	counts := strings.NewReplacer("0.25, 0.75", "1, 3", "0.2, 0.3, 0.5", "2, 3, 5").Replace(sample)
	want := mustSucceed(t, sample, "query", "-")
	if diff := cmp.Diff(want, mustSucceed(t, counts, "query", "-", "--normalize")); diff != "" {
		t.Error(diff)
	}
	oneError(t, call(counts, "query", "-"), exitFailed, `table of "a=b" sums to 4, not 1`)
	oneError(t, call(counts, "query", "-"), exitFailed, "; --normalize divides every row by its sum")
}

// Warnings are lines on standard error and entries in JSON; -q silences the lines.
func TestWarnings(t *testing.T) {
	near := strings.Replace(sample, "0.25, 0.75", "0.25, 0.7501", 1)
	for _, args := range [][]string{{"query", "-"}, {"info", "-"}, {"dot", "-"}, {"query", "-", "--format", "json"}} {
		r := call(near, args...)
		const want = `belief: warning: table of "a=b": the row sums to 1.0001,`
		if r.status != exitDone || !strings.HasPrefix(r.stderr, want) || strings.Count(r.stderr, "\n") != 1 {
			t.Errorf("%q: %+v", args, r)
		}
		if quiet := call(near, append(args, "-q")...); quiet.status != exitDone || quiet.stderr != "" || quiet.stdout != r.stdout {
			t.Errorf("%q -q: %+v", args, quiet)
		}
		if fixed := call(near, append(args, "--normalize")...); fixed.status != exitDone || fixed.stderr != "" {
			t.Errorf("%q --normalize: %+v", args, fixed)
		}
		if slices.Contains(args, "json") {
			if a := parseAnswer(t, r.stdout); len(a.Warnings) != 1 || a.Warnings[0].Code != "row-sum" {
				t.Errorf("warnings %v", a.Warnings)
			}
		}
	}
}

// Names with quotes, commas, brackets and control characters come out whole in
// csv and JSON and harmless in tables.
func TestOddNames(t *testing.T) {
	b := graphical.NewBayesNet().Name("odd\n\"net\"")
	v := b.Variable("a,\"b\"\t<c>\x1b[31m", "x\ny", "ü")
	b.Table(v).Row(0.25, 0.75)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	odd := &network{model: net, name: net.Name()}
	post, err := inference.Marginals(context.Background(), net, graphical.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]map[string]float64{v.Name(): {"x\ny": 0.25, "ü": 0.75}}
	text, err := posteriorJSON(odd, post)
	if err != nil {
		t.Fatal(err)
	}
	a := parseAnswer(t, string(text))
	if p := a.Marginals[v.Name()]["x\ny"]; p == nil || *p != 0.25 || a.Network != net.Name() {
		t.Errorf("JSON has %+v, want %v", a, want)
	}
	text, err = posteriorCSV(post)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if diff := cmp.Diff([][]string{{"variable", "state", "probability"}, {v.Name(), "x\ny", "0.25"}, {v.Name(), "ü", "0.75"}}, rows); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	table := string(posteriorTable(post))
	if strings.Count(table, "\n") != 5 || strings.ContainsAny(table, "\t\x1b") || !strings.Contains(table, `x\ny`) {
		t.Errorf("%q", table)
	}
	if got := string(newDrawing(odd).graphviz()); got != "digraph \"odd\\n\\\"net\\\"\" {\n  \"a,\\\"b\\\"&#9;<c>&#27;[31m\";\n}\n" {
		t.Errorf("%q", got)
	}
}

// A BIF file that the tool reads is answered as the library answers it.
func TestSampleIsRead(t *testing.T) {
	m, err := format.Read(strings.NewReader(sample), "")
	if err != nil {
		t.Fatal(err)
	}
	want, err := inference.Enumeration{}.Marginals(context.Background(), m, graphical.Observe("a", "<z>"))
	if err != nil {
		t.Fatal(err)
	}
	a := parseAnswer(t, mustSucceed(t, sample, "query", "-", "-e", "a=<z>", "--format", "json"))
	for _, mg := range want.Marginals() {
		for s, p := range mg.Probs {
			if got := a.Marginals[mg.Variable.Name()][mg.Variable.States()[s]]; got == nil || !near(*got, p, 1e-15) {
				t.Errorf("%v: %v, want %v", mg.Variable, got, p)
			}
		}
	}
}
