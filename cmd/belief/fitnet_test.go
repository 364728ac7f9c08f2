package main

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/graphical/textbook"
)

// Draws of a network give its tables back, and the file is what learn makes of them.
func TestFitNet(t *testing.T) {
	draws := mustSucceed(t, "", "sample", "asia", "-n", "3000", "--seed", "4")
	dir := t.TempDir()
	for _, name := range []string{"learnt.bif", "learnt.bif.gz"} {
		path := filepath.Join(dir, name)
		text := mustSucceed(t, draws, "fit", "net", "asia", "-", "--prior", "bdeu:10", "-o", path, "--format", "json")
		var got struct {
			Schema, Rows, Iterations int
			Kind                     string
			LogLikelihood            float64 `json:"log_likelihood"`
			BIC, AIC                 float64
			Converged                bool
			UnseenRows               []*learn.Unseen `json:"unseen_rows"`
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		net, err := textbook.Network("asia")
		if err != nil {
			t.Fatal(err)
		}
		src, err := data.ReadCSV(strings.NewReader(draws), data.CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		want, err := learn.Tables{Prior: learn.Prior{BDeu: 10}}.Fit(context.Background(), net, src)
		if err != nil {
			t.Fatal(err)
		}
		near := func(x, y float64) bool { return math.Abs(x-y) < 1e-9*math.Abs(y) }
		if got.Schema != 1 || got.Rows != 3000 || got.Kind != "network" || !got.Converged || got.UnseenRows != nil ||
			!near(got.LogLikelihood, want.LogLikelihood) || !near(got.BIC, want.BIC()) || !near(got.AIC, want.AIC()) {
			t.Errorf("%s: %+v, want log-likelihood %v, BIC %v, AIC %v", name, got, want.LogLikelihood, want.BIC(), want.AIC())
		}
		read, err := format.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		l, err := want.Counts.LogLikelihood(read.(*graphical.BayesNet))
		if err != nil || l != want.LogLikelihood {
			t.Errorf("%s: the file's tables have log-likelihood %v, want %v; %v", name, l, want.LogLikelihood, err)
		}
	}
	if out := mustSucceed(t, draws, "fit", "net", "asia", "-", "-o", "-"); !strings.HasPrefix(out, "network asia {") {
		t.Errorf("-o -: %.60q", out)
	}
	table := mustSucceed(t, draws, "fit", "net", "asia", "-", "--workers", "1")
	if again := mustSucceed(t, draws, "fit", "net", "asia", "-", "--workers", "2"); again != table || !strings.Contains(table, "log-likelihood") {
		t.Errorf("%s\n%s", table, again)
	}
}

// A model in JSON says of rows what it said of them together, finds states by name in
// whatever order they are in, and can be sampled.
func TestFitNetEval(t *testing.T) {
	path := filepath.Join(t.TempDir(), "learnt.json")
	out := call(visits, "fit", "net", "asia", "-", "--prior", "bdeu:1", "--ignore", "either", "--starts", "1", "-o", path, "--format", "json")
	var fitted, read struct {
		LogLikelihood float64   `json:"log_likelihood"`
		Rows          []float64 `json:"row_log_likelihood"`
	}
	if err := json.Unmarshal([]byte(out.stdout), &fitted); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(mustSucceed(t, visits, "eval", path, "-", "--format", "json")), &read); err != nil {
		t.Fatal(err)
	}
	if len(read.Rows) != 4 || math.Abs(read.LogLikelihood-fitted.LogLikelihood) > 1e-9 {
		t.Errorf("eval: %+v, fit: %v", read, fitted.LogLikelihood)
	}
	if got := mustSucceed(t, "", "sample", path, "-n", "3"); !strings.HasPrefix(got, "asia,tub,smoke,lung,bronc,xray,dysp\n") || strings.Count(got, "no") < 3 {
		t.Error(got)
	}
}

const visits = "smoke,lung,either,tub,asia,bronc,xray,dysp\n" +
	"yes,no,no,no,no,yes,no,yes\nno,no,no,no,no,no,no,no\nyes,,no,no,no,NA,no,\nno,no,no,no,yes,no,no,no\n"

// What is missing or hidden is said, on standard error and in JSON.
func TestFitNetMissing(t *testing.T) {
	r := call(visits, "fit", "net", "asia", "-")
	if r.status != exitDone || !strings.Contains(r.stderr, `table of "lung"`) && !strings.Contains(r.stderr, `table of "either": the data lack`) || !strings.Contains(r.stdout, "unseen rows") {
		t.Errorf("%+v", r)
	}
	if q := call(visits, "fit", "net", "asia", "-", "-q"); q.stderr != "" || q.stdout != r.stdout {
		t.Errorf("%+v", q)
	}
	r = call(visits, "fit", "net", "asia", "-", "--ignore", "lung,either", "--format", "json", "--starts", "2", "--prior", "laplace:1")
	if r.status != exitDone || !strings.Contains(r.stderr, "lung, either: have no column and are hidden") || !strings.Contains(r.stdout, `"hidden": [`) || !strings.Contains(r.stdout, `"code": "hidden"`) {
		t.Errorf("%+v", r)
	}
	if r := call(visits, "fit", "net", "asia", "-", "--columns", "smoke,lung", "--prior", "laplace"); r.status != exitDone || !strings.Contains(r.stderr, "… (1 more)") {
		t.Errorf("%+v", r)
	}
	hidden := []string{"fit", "net", "asia", "-", "-q", "--ignore", "lung", "--starts", "1", "--iterations", "1"}
	if given, drawn := mustSucceed(t, visits, hidden...), mustSucceed(t, visits, append(hidden, "--random")...); given == drawn {
		t.Errorf("--random changes nothing: %s", given)
	}
	mustSucceed(t, "\"a\nb\",smoke\nx,yes\ny,no\n", "fit", "net", "asia", "-", "-q", "--columns", "smoke")
	indices := "x1,rows\n0,2\n1,1\n"
	net := write(t, "n.bif", bif(variable("x1"), "probability ( x1 ) { table 0.5, 0.5; }"))
	if out := mustSucceed(t, indices, "fit", "net", net, "-", "--indices", "--weights", "rows", "-o", "-"); !strings.Contains(out, "0.6666666666666666, 0.3333333333333333") {
		t.Error(out)
	}
	if out := mustSucceed(t, indices, "fit", "net", net, "-", "--indices", "--weights", "rows", "--fix", "x1", "-o", "-"); !strings.Contains(out, "0.5, 0.5") {
		t.Error(out)
	}
	r = call(visits, "fit", "net", "asia", "-", "--ignore", "lung,either", "--iterations", "2", "--strict", "-q")
	if r.status != exitNotConverged || !strings.Contains(r.stdout, "converged") {
		t.Errorf("--strict: %+v", r)
	}
}

func TestFitNetRefuses(t *testing.T) {
	dir := t.TempDir()
	good := write(t, "good.csv", visits)
	for _, c := range []struct {
		stdin  string
		args   []string
		status int
		want   string
	}{
		{"", []string{}, exitUsage, "no network given"},
		{"", []string{"asia"}, exitUsage, "a network and a table"},
		{"", []string{"-", "-"}, exitUsage, "both"},
		{"", []string{"asia", good, "--prior", "bdeu"}, exitUsage, "bdeu:10"},
		{"", []string{"asia", good, "--prior", "bdeu:-1"}, exitUsage, "bdeu:10"},
		{"", []string{"asia", good, "--prior", "laplace:NaN"}, exitUsage, "bdeu:10"},
		{"", []string{"asia", good, "-o", filepath.Join(dir, "x.txt")}, exitUsage, ".bif"},
		{"", []string{"nosuch", good}, exitFailed, "no such file"},
		{"", []string{"asia", filepath.Join(dir, "nosuch.csv")}, exitFailed, "nosuch.csv"},
		{"", []string{"asia", good, "--ignore", "lnug"}, exitFailed, `did you mean "lung"`},
		{"", []string{"asia", good, "--columns", "lnug"}, exitFailed, `did you mean "lung"`},
		{"", []string{"asia", good, "--fix", "lnug"}, exitFailed, `did you mean "lung"`},
		{"", []string{"asia", "-"}, exitFailed, "standard input"},
		{"smoke,lugn\nyes,no\n", []string{"asia", "-"}, exitFailed, `did you mean "lung"`},
		{"a,b\nyes,no\n", []string{"asia", "-"}, exitFailed, "--ignore leaves it out"},
		{"a,b\nyes,no\n", []string{"asia", "-", "--ignore", "a,b"}, exitFailed, "no column is named after"},
		{"smoke,lung\nyes,no\nyes,nope\n", []string{"asia", "-"}, exitFailed, `standard input:3: CSV: unknown category "nope" of column "lung"`},
		{"smoke\n", []string{"asia", "-"}, exitFailed, "at least one row"},
		{visits, []string{"asia", "-", "--memory", "50"}, exitFailed, "table on standard input too large"},
		{"smoke\n2\n", []string{"asia", "-", "--indices"}, exitFailed, "from 0 to 1"},
		{"tub,lung,either\nno,no,yes\n", []string{"asia", "-", "--starts", "1"}, exitFailed, "row 0 has probability zero"},
	} {
		r := call(c.stdin, append([]string{"fit", "net"}, c.args...)...)
		oneError(t, r, c.status, c.want)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
}

// An interrupt before the first step leaves nothing to print.
func TestFitNetInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	path := write(t, "v.csv", visits)
	r := callTool(ctx, func(*tool) {}, "fit", "net", "asia", path)
	if r.status != exitInterrupted || r.stdout != "" {
		t.Errorf("%+v", r)
	}
}
