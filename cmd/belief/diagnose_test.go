package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/datadir"
)

// What R's posterior computes of every file is what the tool prints, to 1e-8
// relative; NA and NaN there are null here.
func TestDiagnoseReference(t *testing.T) {
	text, err := os.ReadFile(datadir.Path(t, "diagnostics", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string]map[string]any
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	for name, want := range expected {
		file := datadir.Path(t, "diagnostics", name+".csv")
		r := call("", "diagnose", "-q", "--chains-in-columns", file, "--format", "json")
		if r.status != exitDone || r.stderr != "" {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		var got struct {
			Schema     int
			Chains     float64
			Iterations float64
			Quantities []map[string]any
		}
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
			t.Fatal(err)
		}
		if got.Schema != 1 || len(got.Quantities) != 1 || got.Quantities[0]["name"] != name {
			t.Fatalf("%s: %s", name, r.stdout)
		}
		row := got.Quantities[0]
		row["chains"], row["iterations"] = got.Chains, got.Iterations
		for key, w := range want {
			if key == "rstar_note" {
				continue
			}
			g, ok := row[key]
			if !ok {
				t.Errorf("%s lacks %s", name, key)
				continue
			}
			if w == "NA" || w == "NaN" {
				w = nil
			}
			x, isNumber := g.(float64)
			y, wantNumber := w.(float64)
			if same := isNumber && wantNumber && math.Abs(x-y) <= 1e-8*math.Abs(y) || !isNumber && !wantNumber && g == w; !same {
				t.Errorf("%s: %s is %v, want %v", name, key, g, w)
			}
		}
	}
	if len(expected) < 20 {
		t.Errorf("only %d files", len(expected))
	}
}

// stanFile is a chain of 20 draws in Stan's form that only its shift tells apart.
func stanFile(shift float64, divergent string) string {
	var b strings.Builder
	b.WriteString("# num_samples = 20\n# num_warmup = 1\n# save_warmup = 1\nlp__,divergent__,energy__,mu,theta.1,theta.2\n0,0,0,1e9,1e9,1e9\n# Adaptation terminated\n# Step size = 0.5\n")
	u := uint32(7)
	for range 20 {
		row := []string{"-1.5", divergent, ""}
		for range 4 {
			u = u*1664525 + 1013904223
			row = append(row, exactly(float64(u>>8)/(1<<24)+shift))
		}
		row[2], row = row[3], append(row[:3], row[4:]...)
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	return b.String()
}

func stanFiles(t *testing.T, texts ...string) []string {
	dir := t.TempDir()
	var paths []string
	for i, text := range texts {
		path := filepath.Join(dir, "run_"+string('1'+rune(i))+".csv")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// A file per chain of Stan, with what the sampler says of itself. Warm-up does not
// count.
func TestDiagnoseStan(t *testing.T) {
	good := stanFiles(t, stanFile(0, "0"), stanFile(0.01, "0"), stanFile(0, "0"), stanFile(0.02, "0"))
	r := call("", append([]string{"diagnose"}, good...)...)
	for _, want := range []string{"lp__", "mu ", "theta[1]", "theta[2]", "4 chains of 20 draws, 0 divergences, E-BFMI"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if r.status != exitDone || strings.Contains(r.stdout, "warning") || strings.Contains(r.stdout, "e+") {
		t.Errorf("%+v", r)
	}
	bad := stanFiles(t, stanFile(0, "1"), stanFile(9, "0"))
	r = call("", append([]string{"diagnose", "--strict"}, bad...)...)
	if r.status != exitNotConverged || !strings.Contains(r.stdout, "20 divergences") {
		t.Errorf("%+v", r)
	}
	for _, want := range []string{"belief: warning: ", "R-hat is above 1.01", "20 of 40 draws (50%) ended in a divergence", "belief: the draws are not to be relied on (rhat, "} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("no %q in\n%s", want, r.stderr)
		}
	}
	if r := call("", append([]string{"diagnose"}, bad...)...); r.status != exitDone {
		t.Errorf("without --strict: %+v", r)
	}
}

// All ways in give the same numbers.
func TestDiagnoseInputs(t *testing.T) {
	const csv = "chain,mu\n1,1\n1,2\n1,3\n1,5\n1,4\n1,6\n1,1.5\n1,2.5\n2,1\n2,3\n2,2\n2,4\n2,6\n2,5\n2,2.5\n2,1.5\n"
	columns := "a b\n1 1\n2 3\n3 2\n5 4\n4 6\n6 5\n1.5 2.5\n2.5 1.5\n"
	var lines, z bytes.Buffer
	lines.WriteString(`{"format":"belief draws","schema":1,"names":["mu"],"stats":[],"chains":2}` + "\n")
	next := map[string]int{}
	for row := range strings.Lines(strings.TrimPrefix(csv, "chain,mu\n")) {
		chain, x, _ := strings.Cut(strings.TrimSpace(row), ",")
		next[chain]++
		lines.WriteString(`{"chain":` + chain + `,"iteration":` + exactly(float64(next[chain])) + `,"values":[` + x + "]}\n")
	}
	w := gzip.NewWriter(&z)
	io.WriteString(w, csv)
	w.Close()
	want := mustSucceed(t, csv, "diagnose", "-", "-q", "--format", "csv")
	if !strings.HasPrefix(want, "name,rhat,") || !strings.Contains(want, "\nmu,") {
		t.Errorf("%s", want)
	}
	for name, got := range map[string]string{
		"file":          mustSucceed(t, "", "diagnose", write(t, "x.csv", csv), "-q", "--format", "csv"),
		"gzip":          mustSucceed(t, z.String(), "diagnose", "-", "-q", "--format", "csv"),
		"JSON lines":    mustSucceed(t, lines.String(), "diagnose", "-", "-q", "--format", "csv"),
		"columns":       mustSucceed(t, "", "diagnose", "--chains-in-columns", write(t, "mu.txt", columns), "-q", "--format", "csv"),
		"columns, gzip": strings.Replace(mustSucceed(t, columns, "diagnose", "--chains-in-columns", "-", "-q", "--format", "csv"), "\nstandard input,", "\nmu,", 1),
	} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// What was read badly is said, in JSON too.
func TestDiagnoseWarns(t *testing.T) {
	r := call("chain1,chain2\n1,2\n3,4\n5", "diagnose", "-", "--format", "json")
	var got struct {
		Converged bool
		Warnings  []belief.Warning
	}
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitDone {
		t.Fatalf("%v %+v", err, r)
	}
	var codes []string
	for _, w := range got.Warnings {
		codes = append(codes, w.Code)
		if !strings.Contains(r.stderr, w.Text) {
			t.Errorf("standard error lacks %q", w.Text)
		}
	}
	if diff := cmp.Diff([]string{"cut-short", "chains-in-columns"}, codes[:2]); diff != "" || got.Converged {
		t.Error(diff, got)
	}
	const deep = "mu,treedepth__\n1,5\n2,4\n3,5\n"
	if r := call(deep, "diagnose", "-", "--max-treedepth", "5"); !strings.Contains(r.stderr, "2 of 3 draws (67%) reached the greatest depth of the tree, 5") {
		t.Errorf("%+v", r)
	}
	if r := call(deep, "diagnose", "-"); strings.Contains(r.stderr, "depth") {
		t.Errorf("%+v", r)
	}
	r = call("mu\n1\n2\n", "diagnose", "-", "-q", "--stats")
	if !strings.Contains(r.stderr, "draws of each") || strings.Contains(r.stderr, "warning") {
		t.Errorf("%+v", r)
	}
	if r := call("mu\x1b[2J\n1\n2\n", "diagnose", "-", "-q"); strings.Contains(r.stdout, "\x1b") {
		t.Errorf("a name controls the terminal: %q", r.stdout)
	}
}

func TestDiagnoseTargets(t *testing.T) {
	files := stanFiles(t, stanFile(0, "0"))
	for _, c := range []struct{ target, want string }{
		{"mu", "mu"}, {"theta", "theta[1] theta[2]"}, {"theta[2]", "theta[2]"}, {"t*", "theta[1] theta[2]"},
		{"*[?]", "theta[1] theta[2]"}, {"lp__", "lp__"}, {"*", "lp__ mu theta[1] theta[2]"},
	} {
		out := mustSucceed(t, "", append([]string{"diagnose", "-q", "-t", c.target, "--format", "csv"}, files...)...)
		var names []string
		for line := range strings.Lines(out) {
			name, _, _ := strings.Cut(line, ",")
			names = append(names, name)
		}
		if got := strings.Join(names[1:], " "); got != c.want {
			t.Errorf("-t %s: %s, want %s", c.target, got, c.want)
		}
	}
	// Statistics stay with what was chosen.
	if out := mustSucceed(t, "", append([]string{"diagnose", "-q", "-t", "mu"}, files...)...); !strings.Contains(out, "0 divergences") || strings.Contains(out, "lp__") {
		t.Errorf("%s", out)
	}
	out := mustSucceed(t, "", append([]string{"diagnose", "-q", "-p", "0.9,0.1,0.9"}, files...)...)
	if !strings.Contains(out, "10%") || !strings.Contains(out, "90%") || strings.Contains(out, "50%") {
		t.Errorf("%s", out)
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"a*c", "abbc", true}, {"a*c", "abbd", false}, {"?", "é", true}, {"?", "", false},
		{"*a*b*", "xxaxxbxx", true}, {"*a*b", "xxaxxbx", false}, {"x[?]", "x[1]", true}, {"x[?]", "x1", false}, {"**", "q", true}, {"*ab", "aab", true},
	} {
		if got := matches(c.pattern, c.name); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.name, got)
		}
	}
	matches(strings.Repeat("*a", 5000), strings.Repeat("a", 5000)+"b") // ends soon
}

func TestDiagnoseMistakes(t *testing.T) {
	files := stanFiles(t, stanFile(0, "0"), "lp__,nu\n1,2\n")
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, exitUsage, "no draws given"},
		{[]string{"--chains-in-columns", "x", "y"}, exitUsage, `do not give "y" too`},
		{[]string{"-", files[0]}, exitUsage, "goes with no other file"},
		{[]string{files[0], "-p", "2"}, exitUsage, "-p: 2 is no probability"},
		{[]string{files[0], "-p", "x"}, exitUsage, "-p: "},
		{[]string{files[0], "-t", "thta"}, exitFailed, `unknown quantity "thta"; did you mean "theta"`},
		{[]string{files[0], "-t", "x*"}, exitFailed, `unknown quantity "x*"`},
		{files, exitFailed, "not of the same run as"},
		{[]string{files[0] + "x"}, exitFailed, "no such file"},
		{[]string{"--chains-in-columns", files[0] + "x"}, exitFailed, "no such file"},
		{[]string{write(t, "bad.csv", "a,b\n1,2\n1,x\n")}, exitFailed, `bad.csv:3:3: draws: "x" is not a number`},
		{[]string{files[0], "--memory", "1000"}, exitFailed, "--memory sets the budget"},
	} {
		oneError(t, call("", append([]string{"diagnose"}, c.args...)...), c.status, c.want)
	}
	// The second file is what is too much.
	mustSucceed(t, "", "diagnose", "-q", "--memory", "2200", files[0])
	r := call("", "diagnose", "--memory", "2200", files[0], stanFiles(t, stanFile(0, "0"))[0])
	oneError(t, r, exitFailed, "--memory sets the budget")
	if strings.Count(r.stderr, "--memory") != 1 {
		t.Errorf("%s", r.stderr)
	}
	// A flag that diagnose does not have is no advice.
	r = call(`{"format":"belief draws","schema":1,"names":["a"],"stats":[],"chains":999999999999}`+"\n", "diagnose", "-")
	oneError(t, r, exitFailed, "; --memory sets the budget")
	if strings.Contains(r.stderr, "--method") {
		t.Errorf("%s", r.stderr)
	}
	oneError(t, call("", "diagnose", "-"), exitFailed, "standard input: draws: there are no draws in it")
}

func TestDiagnoseCompletion(t *testing.T) {
	file := stanFiles(t, stanFile(0, "0"))[0]
	for _, c := range []struct {
		words     []string
		want      []string
		directive string
	}{
		{[]string{"diagnose", ""}, nil, listFiles},
		{[]string{"diagnose", file, ""}, nil, listFiles},
		{[]string{"diagnose", file, "-t", "th"}, []string{"theta[1]", "theta[2]", "theta"}, thatIsAll},
		{[]string{"diagnose", "-t", ""}, nil, thatIsAll},
		{[]string{"diagnose", "-", "-t", ""}, nil, thatIsAll},
		{[]string{"diagnose", "nothing.csv", "-t", ""}, nil, thatIsAll},
		{[]string{"diagnose", "-p", ""}, nil, thatIsAll},
		{[]string{"diagnose", "--chains-in-columns", ""}, nil, listFiles},
	} {
		got, directive := completions(t, c.words...)
		if diff := cmp.Diff(c.want, got); diff != "" || directive != c.directive {
			t.Errorf("%q: %s %s", c.words, diff, directive)
		}
	}
}
