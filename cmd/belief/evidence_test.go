package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/patience"
)

// The same evidence gives the same answer whichever way it comes.
func TestEvidence(t *testing.T) {
	want := mustSucceed(t, "", "query", "asia", "-e", "smoke=yes", "-e", "xray=no")
	for name, c := range map[string]struct {
		stdin string
		args  []string
	}{
		"other order":       {"", []string{"-e", "xray=no", "--evidence", "smoke=yes"}},
		"twice the same":    {"", []string{"-e", "xray=no", "-e", "smoke=yes", "-e", "xray=no"}},
		"JSON":              {"", []string{"--evidence-file", write(t, "ev.json", `{"smoke": "yes", "xray": "no"}`)}},
		"JSON with weights": {"", []string{"--evidence-file", write(t, "ev.json", `{"smoke": {"yes": 1}, "xray": {"no": 1, "yes": 0}}`)}},
		"compressed JSON":   {"", []string{"--evidence-file", write(t, "ev.json.gz", zipped(`{"smoke": "yes", "xray": "no"}`))}},
		"lines":             {"", []string{"--evidence-file", write(t, "ev", "# seen\nsmoke=yes\r\n\nxray = no\n")}},
		"file and flag":     {"", []string{"--evidence-file", write(t, "ev", "smoke=yes\n"), "-e", "xray=no"}},
		"standard input":    {"smoke=yes\nxray=no", []string{"--evidence-file", "-"}},
	} {
		if diff := cmp.Diff(want, mustSucceed(t, c.stdin, append([]string{"query", "asia"}, c.args...)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	soft := mustSucceed(t, `{"smoke": {"yes": 3, "no": 1}}`, "query", "asia", "-t", "smoke", "--evidence-file", "-", "--format", "csv")
	if soft != "variable,state,probability\nsmoke,yes,0.75\nsmoke,no,0.25\n" {
		t.Errorf("soft evidence: %s", soft)
	}
}

func TestBadEvidence(t *testing.T) {
	for name, c := range map[string]struct {
		stdin string
		args  []string
		want  string
	}{
		"unknown variable":      {"", []string{"-e", "smok=yes"}, `unknown variable "smok"; did you mean "smoke"?`},
		"unknown state":         {"", []string{"-e", "smoke=yess"}, `unknown state "yess" of variable "smoke"; did you mean "yes"?`},
		"both":                  {"", []string{"-e", "smok=yes", "-e", "lung=y"}, `unknown variable "smok"; did you mean "smoke"?; unknown state "y" of variable "lung"; did you mean "yes" or "no"?`},
		"unknown target":        {"", []string{"-t", "lugn"}, `unknown variable "lugn"; did you mean "lung"?`},
		"conflicting flags":     {"", []string{"-e", "smoke=yes", "-e", "smoke=no"}, `conflicting evidence: -e gives "smoke" the states "yes" and "no"; keep one`},
		"conflict with a file":  {"smoke=no", []string{"-e", "smoke=yes", "--evidence-file", "-"}, `conflicting evidence: -e gives "smoke" the state "yes" and standard input:1 gives "no"; keep one`},
		"impossible":            {"", []string{"-e", "lung=yes", "-e", "either=no", "-e", "xray=no"}, "impossible evidence: these findings cannot hold together: lung=yes, either=no; take"},
		"impossible, a target":  {"", []string{"-e", "lung=yes", "-e", "either=no", "-t", "xray"}, "impossible evidence: these findings cannot hold together: lung=yes, either=no; take"},
		"no such file":          {"", []string{"--evidence-file", "no/such/file"}, "--evidence-file: open no/such/file: no such file"},
		"a directory":           {"", []string{"--evidence-file", t.TempDir()}, "is a directory"},
		"broken JSON":           {"{\n  \"smoke\": \"yes\",,\n}", []string{"--evidence-file", "-"}, "standard input:2:"},
		"truncated JSON":        {`{"smoke": "ye`, []string{"--evidence-file", "-"}, "standard input:1:"},
		"a list":                {`["smoke"]`, []string{"--evidence-file", "-"}, "evidence must be an object"},
		"a list as state":       {`{"smoke": ["yes"]}`, []string{"--evidence-file", "-"}, `evidence on "smoke" must be a state or {STATE: weight}`},
		"a line without state":  {"smoke=yes\nxray\n", []string{"--evidence-file", "-"}, `standard input:2: evidence: want VAR=STATE, got "xray"`},
		"negative weight":       {`{"smoke": {"yes": -1}}`, []string{"--evidence-file", "-"}, "entries must be finite and not negative"},
		"negative, later":       {"{\n\"xray\": \"yes\",\n\n\"smoke\": {\"yes\": -1}}", []string{"--evidence-file", "-"}, "standard input:4: evidence: table of \"smoke\""},
		"all weights zero":      {`{"smoke": {"yes": 0}}`, []string{"--evidence-file", "-"}, "standard input:1: evidence: impossible evidence: smoke"},
		"zero together":         {`{"smoke": {"yes": 1}, "smoke": {"no": 1}}`, []string{"--evidence-file", "-"}, "standard input: evidence: impossible evidence: these findings cannot hold together"},
		"unknown in lines":      {"# seen\n\nsmoke=yes\n xra = no\nlugn=yes", []string{"--evidence-file", "-"}, `standard input:4: evidence: unknown variable "xra"; did you mean "xray"?; unknown variable "lugn"`},
		"unknown state in line": {"smoke=yes\r\nxray=noo\r\n", []string{"--evidence-file", "-"}, `standard input:2: evidence: unknown state "noo" of variable "xray"; did you mean "no"?`},
		"unknown in JSON":       {"{\"smoke\": \"yes\",\n\"xray\":\n\"no\", \"lugn\": \"yes\"}", []string{"--evidence-file", "-"}, `standard input:3: evidence: unknown variable "lugn"`},
		"unknown weight":        {"{\n\"smoke\": {\"no\": 1, \"yess\": 2}}", []string{"--evidence-file", "-"}, `standard input:2: evidence: unknown state "yess" of variable "smoke"`},
		"file against itself":   {"smoke=yes\nxray=no\nsmoke=no", []string{"--evidence-file", "-"}, `conflicting evidence: standard input:1 gives "smoke" the state "yes" and standard input:3 gives "no"; keep one`},
		"JSON against itself":   {`{"smoke": "yes", "smoke": "no"}`, []string{"--evidence-file", "-"}, `conflicting evidence: standard input:1 gives "smoke" the states "yes" and "no"; keep one`},
		"JSON against a flag":   {`{"smoke": "yes"}`, []string{"--evidence-file", "-", "-e", "smoke=no"}, `conflicting evidence: -e gives "smoke" the state "no" and standard input:1 gives "yes"; keep one`},
		"weight twice":          {"{\n\n\"smoke\": {\"yes\": 1, \"no\": 2, \"yes\": 3}}", []string{"--evidence-file", "-"}, `standard input:3: evidence: evidence on "smoke" gives state "yes" two weights; keep one`},
		"UTF-16":                {"\xff\xfes\x00", []string{"--evidence-file", "-"}, "standard input: evidence: the text is UTF-16; save it as UTF-8"},
		"a bomb":                {strings.Repeat(zipped(strings.Repeat("\n", 1<<20)), 20), []string{"--evidence-file", "-"}, "standard input: evidence: gzip data too large"},
		"too long":              {strings.Repeat("\n", 1<<26+1), []string{"--evidence-file", "-"}, "standard input: evidence: input too large: needs 67108865 bytes, the budget is 67108864 bytes; evidence may have no more"},
		"binary":                {"\x00\x01\xff\xfe\x1b[2J", []string{"--evidence-file", "-"}, "want VAR=STATE"},
		"broken gzip":           {"\x1f\x8b\x00", []string{"--evidence-file", "-"}, "standard input: evidence: the gzip data is damaged or cut short"},
		"truncated gzip":        {zipped(strings.Repeat("smoke=yes\n", 99))[:30], []string{"--evidence-file", "-"}, "standard input: evidence: the gzip data is damaged or cut short"},
		"control characters":    {"", []string{"-e", "a\nb=\x1b"}, `unknown variable "a\nb"`},
		"too small memory":      {"", []string{"--memory", "50"}, "junction tree too large: needs "},
		"a loop":                {"", []string{"--method", "sum-product"}, "use a junction tree: --method junction-tree"},
		"too small for a table": {"", []string{"--memory", "9", "-t", "dysp"}, "; --memory sets the budget"},
	} {
		t.Run(name, func(t *testing.T) {
			oneError(t, call(c.stdin, append([]string{"query", "asia"}, c.args...)...), exitFailed, c.want)
		})
	}
}

// The model's names decide where VAR ends and STATE begins.
func TestSplit(t *testing.T) {
	b := graphical.NewBayesNet()
	for _, v := range [][]string{{"a", "x", "b=y"}, {"a=b", "x", "y=z"}, {"c", "d=e"}, {"c=d", "e"}, {"=", "="}} {
		row := make([]float64, len(v)-1)
		row[0] = 1
		b.Table(b.Variable(v[0], v[1:]...)).Row(row...)
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	known := byName(net)
	for word, want := range map[string][2]string{
		"a=x":     {"a", "x"},
		"a=b=x":   {"a=b", "x"},
		"a=b=y":   {"a", "b=y"},
		"a=b=y=z": {"a=b", "y=z"},
		"a=q":     {"a", "q"},
		"a=b=q":   {"a", "b=q"},
		"u=v=w":   {"u", "v=w"},
		"===":     {"=", "="},
	} {
		name, state, err := split(known, word)
		if err != nil || name != want[0] || state != want[1] {
			t.Errorf("%q is %q and %q (%v), want %q", word, name, state, err, want)
		}
	}
	if _, _, err := split(known, "c=d=e"); err == nil || err.Error() != `-e "c=d=e" may mean "d=e" of "c" or "e" of "c=d"; say which in JSON by --evidence-file` {
		t.Errorf("ambiguous: %v", err)
	}
	a := parseAnswer(t, mustSucceed(t, sample, "query", "-", "-e", "a=b=c=d", "--format", "json"))
	if p := a.Marginals["a=b"]["c=d"]; p == nil || *p != 1 {
		t.Errorf("%v", a.Marginals)
	}
	path := write(t, "net.bif", sample)
	a = parseAnswer(t, mustSucceed(t, `{"a": "b=e"}`, "query", path, "--evidence-file", "-", "--format", "json"))
	if p := a.Marginals["a"]["b=e"]; p == nil || *p != 1 {
		t.Errorf("%v", a.Marginals)
	}
}

// A misspelt name in a large model costs no search for near ones before somebody asks
// for them.
func TestSplitLarge(t *testing.T) {
	const n = 100_000
	b := graphical.NewBayesNet()
	for i := range n {
		b.Table(b.Variable(fmt.Sprintf("variable-%d", i), "yes", "no")).Row(0.5, 0.5)
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	known := byName(net)
	for i := range 1000 {
		word := fmt.Sprintf("varible-%d=yes", i)
		if name, _, err := split(known, word); name+"=yes" != word || err != nil {
			t.Fatalf("%q %v", name, err)
		}
	}
	patience.Within(t, start, time.Second, "a thousand typos")
}

// A name in Latin-1 is found in evidence as in networks.
func TestLatin1Evidence(t *testing.T) {
	path := write(t, "n.bif", bif("variable gr\xfcn { type discrete [ 2 ] { y, n }; }", "probability ( gr\xfcn ) { table 0.5 0.5; }"))
	mustSucceed(t, "gr\xfcn=y\n", "query", path, "--evidence-file", "-")
	mustSucceed(t, "grün=y\n", "query", path, "--evidence-file", "-")
}

// Whatever an evidence file holds, the tool answers or explains in one line that names
// the file.
func FuzzEvidenceFile(f *testing.F) {
	for _, s := range []string{"a=b=e", "a = x,y\n#\na=b=e", `{"a": {"x,y": 1, "x,y": 2}}`, `{"a=b": "e",`, `{"a": 1}`, `{"a": [1]}`, `{"a": {"b=e": {"a": 1}}}`, `{"a": null}`, "\xff\xfe", "{} {}"} {
		f.Add(s)
	}
	path := f.TempDir() + "/net.bif"
	if err := os.WriteFile(path, []byte(sample), 0o666); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		switch r := call(text, "query", path, "--evidence-file", "-"); r.status {
		case exitDone:
			if r.stderr != "" || !strings.Contains(r.stdout, "probability") {
				t.Errorf("%q: %+v", text, r)
			}
		case exitFailed:
			oneError(t, r, exitFailed, "standard input")
		default:
			t.Errorf("%q: %+v", text, r)
		}
	})
}

// Whatever stands after -e, the tool answers or explains in one line.
func FuzzEvidence(f *testing.F) {
	for _, s := range []string{"a=b=c=d", "a=b=e", "a", "=", "==", "a=<z>", "a=\n", "\xff=\x00"} {
		f.Add(s)
	}
	path := f.TempDir() + "/net.bif"
	if err := os.WriteFile(path, []byte(sample), 0o666); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, word string) {
		r := call("", "query", path, "--evidence="+word)
		switch r.status {
		case exitDone:
			if r.stderr != "" || !strings.Contains(r.stdout, "probability") {
				t.Errorf("%q: %+v", word, r)
			}
		case exitFailed, exitUsage:
			oneError(t, r, r.status, "")
		default:
			t.Errorf("%q: %+v", word, r)
		}
	})
}
