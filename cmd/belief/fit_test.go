package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belief-go/belief/internal/datadir"
)

// blobs is a table of rows around three places, with a column of texts and weights.
func blobs(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("x,y,name,w\n")
	for i := range n {
		fmt.Fprintf(&b, "%.4f,%.4f,%c,%d\n", float64(10*(i%3))+r.NormFloat64(), float64(8*(i%3%2))+r.NormFloat64(), 'a'+i%3, 1+i%2)
	}
	return b.String()
}

// fitted is what --format json prints of a fit.
type fitted struct {
	Schema        int      `json:"schema"`
	Kind          string   `json:"kind"`
	Rows          int      `json:"rows"`
	Columns       []string `json:"columns"`
	LogLikelihood *float64 `json:"log_likelihood"`
	BIC           *float64 `json:"bic"`
	AIC           *float64 `json:"aic"`
	ICL           *float64 `json:"icl"`
	Inertia       *float64 `json:"inertia"`
	Free          int      `json:"free_parameters"`
	Iterations    int      `json:"iterations"`
	Converged     bool     `json:"converged"`
	Selection     []struct{ K int }
	Parameters    json.RawMessage
	Warnings      []struct{ Code string }
}

func fitJSON(t *testing.T, stdin string, args ...string) fitted {
	t.Helper()
	r := call(stdin, append([]string{"fit"}, append(args, "--format", "json")...)...)
	if r.status != exitDone {
		t.Fatalf("%v: %+v", args, r)
	}
	var f fitted
	if err := json.Unmarshal([]byte(r.stdout), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// evaluated is what --format json prints of an evaluation.
type evaluated struct {
	Kind             string
	Rows             int
	LogLikelihood    *float64    `json:"log_likelihood"`
	RowLogLikelihood []float64   `json:"row_log_likelihood"`
	Label            []int       `json:"label"`
	Responsibilities [][]float64 `json:"responsibilities"`
	Coordinates      [][]float64 `json:"coordinates"`
}

func evalJSON(t *testing.T, stdin string, args ...string) evaluated {
	t.Helper()
	var e evaluated
	if err := json.Unmarshal([]byte(mustSucceed(t, stdin, append([]string{"eval"}, append(args, "--format", "json")...)...)), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// What fit says of the data, eval says of the same data again, and with labels that
// agree with how the data were made.
func TestFitAndEval(t *testing.T) {
	table := blobs(150)
	path := filepath.Join(t.TempDir(), "model.json")
	for kind, args := range map[string][]string{
		"gaussian-mixture":          {"gmm", "-", "-k", "3", "--covariance", "diagonal"},
		"bayesian-gaussian-mixture": {"bayes", "-", "-k", "6", "--starts", "3"},
		"mixture":                   {"mixture", "-", "-k", "3", "--family", "normal", "--starts", "5", "--smoothing", "0.01"},
		"kmeans":                    {"kmeans", "-", "-k", "3", "--starts", "3"},
		"pca":                       {"pca", "-", "-k", "1"},
		"probabilistic-pca":         {"ppca", "-"},
		"factor-analysis":           {"fa", "-"},
	} {
		names := "x,y"
		if kind == "factor-analysis" { // two columns do not determine a factor
			names = "x,y,w"
		}
		f := fitJSON(t, table, append(args, "--columns", names, "-o", path)...)
		if f.Schema != 1 || f.Kind != kind || f.Rows != 150 || len(f.Columns) < 2 || f.LogLikelihood == nil && f.Inertia == nil || !f.Converged || len(f.Parameters) < 10 {
			t.Errorf("%s: %+v", kind, f)
			continue
		}
		e := evalJSON(t, table, path, "-")
		if kind == "kmeans" {
			for i, label := range e.Label {
				if label != e.Label[i%3] || e.Responsibilities[i][label] != 1 {
					t.Fatalf("%s: row %d has label %d, responsibilities %v", kind, i, label, e.Responsibilities[i])
				}
			}
			oneError(t, call("", "sample", path, "-n", "1"), exitFailed, "cannot be sampled")
			continue
		}
		if e.Kind != kind || e.Rows != 150 || math.Abs(*e.LogLikelihood-*f.LogLikelihood) > 1e-9*math.Abs(*f.LogLikelihood) {
			t.Errorf("%s: log-likelihood %v of eval, %v of fit", kind, *e.LogLikelihood, *f.LogLikelihood)
		}
		if sum := 0.0; true {
			for _, v := range e.RowLogLikelihood {
				sum += v
			}
			if math.Abs(sum-*e.LogLikelihood) > 1e-9*math.Abs(sum) {
				t.Errorf("%s: rows add up to %v, not %v", kind, sum, *e.LogLikelihood)
			}
		}
		if strings.HasSuffix(kind, "mixture") {
			if f.BIC != nil && (*f.BIC != -2**f.LogLikelihood+float64(f.Free)*math.Log(150) || *f.AIC != -2**f.LogLikelihood+2*float64(f.Free) || *f.ICL < *f.BIC) {
				t.Errorf("%s: %+v", kind, f)
			}
			for i, label := range e.Label {
				if label != e.Label[i%3] || e.Responsibilities[i][label] < 0.5 {
					t.Fatalf("%s: row %d has label %d, responsibilities %v", kind, i, label, e.Responsibilities[i])
				}
			}
		} else if len(e.Coordinates) != 150 || len(e.Coordinates[0]) != 1 {
			t.Errorf("%s: %d coordinates", kind, len(e.Coordinates))
		}
		drawn := mustSucceed(t, "", "sample", path, "-n", "5", "--seed", "3")
		if rows, err := csv.NewReader(strings.NewReader(drawn)).ReadAll(); err != nil || len(rows) != 6 || rows[0][0] != "x" || len(rows[1]) < 2 {
			t.Errorf("%s: drawn %q, %v", kind, drawn, err)
		}
		if again := mustSucceed(t, "", "sample", path, "-n", "5", "--seed", "3"); again != drawn {
			t.Errorf("%s: other draws from the same seed", kind)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if piped := mustSucceed(t, string(text), "sample", "-", "-n", "5", "--seed", "3"); piped != drawn {
			t.Errorf("%s: other draws of the model on standard input", kind)
		}
		if out := mustSucceed(t, table, append(append([]string{"fit"}, args...), "--columns", names, "-o", "-")...); out != string(text) {
			t.Errorf("%s: -o - prints another model", kind)
		}
	}
}

// --select-k finds three, and says what it chose from.
func TestFitSelect(t *testing.T) {
	f := fitJSON(t, blobs(240), "gmm", "-", "--select-k", "1:4", "--criterion", "icl", "--ignore", "w")
	if len(f.Selection) != 4 || f.Selection[3].K != 4 || !strings.Contains(string(f.Parameters), `"weights"`) || f.Free != 17 {
		t.Errorf("%+v", f)
	}
	if table := mustSucceed(t, blobs(240), "fit", "gmm", "-", "--select-k", "2:3", "--columns", "x,y"); !strings.Contains(table, "k  log-likelihood") || !strings.Contains(table, "component  weight") {
		t.Error(table)
	}
}

// A weight of two is the same as the row twice.
func TestFitWeights(t *testing.T) {
	table := blobs(60)
	var twice strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(table), "\n") {
		twice.WriteString(line + "\n")
		if i > 0 && strings.HasSuffix(line, ",2") {
			twice.WriteString(line + "\n")
		}
	}
	a := fitJSON(t, table, "ppca", "-", "--weights", "w")
	b := fitJSON(t, twice.String(), "ppca", "-", "--columns", "x,y")
	if math.Abs(*a.LogLikelihood-*b.LogLikelihood) > 1e-9*math.Abs(*b.LogLikelihood) || math.Abs(*a.BIC-*b.BIC) > 1e-9*math.Abs(*b.BIC) {
		t.Errorf("weighted %v, repeated %v", *a.LogLikelihood, *b.LogLikelihood)
	}
	if len(a.Columns) != 2 {
		t.Errorf("columns %v", a.Columns)
	}
}

// Texts are left out with a warning, unless they were asked for.
func TestFitTexts(t *testing.T) {
	r := call(blobs(30), "fit", "gmm", "-", "-k", "1")
	if r.status != exitDone || !strings.Contains(r.stderr, `column "name": it holds texts`) {
		t.Errorf("%+v", r)
	}
	oneError(t, call(blobs(30), "fit", "gmm", "-", "-k", "1", "--columns", "x,name"), exitFailed, `column "name" holds texts`)
	oneError(t, call("a\nb\nc\n", "fit", "gmm", "-", "-k", "1"), exitFailed, "no column holds numbers")
	if f := fitJSON(t, blobs(30), "mixture", "-", "-k", "2", "--family", "categorical", "--columns", "name", "--smoothing", "1"); f.Kind != "mixture" {
		t.Errorf("%+v", f)
	}
}

func TestFitRefuses(t *testing.T) {
	table := blobs(30)
	model := write(t, "model.json", mustSucceed(t, table, "fit", "gmm", "-", "-k", "1", "--columns", "x", "-o", "-"))
	for _, c := range []struct {
		stdin  string
		args   []string
		status int
		want   string
	}{
		{table, []string{"fit"}, exitUsage, "no kind of model given"},
		{table, []string{"fit", "gmn", "-"}, exitUsage, "did you mean"},
		{table, []string{"fit", "gmm"}, exitUsage, "no data given"},
		{table, []string{"fit", "gmm", "-", "-"}, exitUsage, "one table at a time"},
		{table, []string{"fit", "gmm", "-"}, exitUsage, "-k is missing"},
		{table, []string{"fit", "gmm", "-", "-k", "2", "--select-k", "1:2"}, exitUsage, "exclude each other"},
		{table, []string{"fit", "gmm", "-", "--select-k", "3:1"}, exitUsage, "two numbers such as 1:10"},
		{table, []string{"fit", "gmm", "-", "--select-k", "1:99999999"}, exitUsage, "two numbers such as 1:10"},
		{table, []string{"fit", "gmm", "-", "-k", "2", "--columns", "z"}, exitFailed, `unknown column "z"`},
		{table, []string{"fit", "gmm", "-", "-k", "2", "--covariance", "round"}, exitUsage, "full, tied"},
		{table, []string{"fit", "mixture", "-", "-k", "2"}, exitUsage, "--family is missing"},
		{"", []string{"fit", "gmm", "-", "-k", "2"}, exitFailed, ""},
		{"x,y\n", []string{"fit", "gmm", "-", "-k", "2"}, exitFailed, ""},
		{"x,y\n1,2\n3,inf\n", []string{"fit", "gmm", "-", "-k", "1"}, exitFailed, `column "y" of row 1`},
		{"x,y\n1,2\n3,-1\n", []string{"fit", "pca", "-", "--weights", "y"}, exitFailed, ""},
		{table, []string{"fit", "gmm", "no/such/file", "-k", "2"}, exitFailed, "no such file"},
		{table, []string{"eval", model}, exitUsage, "a model and a table"},
		{table, []string{"eval", "-", "-"}, exitUsage, "standard input"},
		{"y\n1\n", []string{"eval", model, "-"}, exitFailed, `unknown column "x"`},
		{`{"kind":"gaussian-mixture","version":1,"model":{"columns":["x"]}}`, []string{"eval", "-", model}, exitFailed, "standard input"},
		{`{"kind":"nothing","version":1,"model":{}}`, []string{"sample", "-", "-n", "1"}, exitFailed, `unknown kind of model "nothing"`},
		{table, []string{"sample", model, "-n", "1", "-t", "x"}, exitUsage, "sampled as a whole"},
	} {
		r := call(c.stdin, c.args...)
		if r.status != c.status || !strings.Contains(r.stderr, c.want) || strings.Count(r.stderr, "\n") != 1 || r.stdout != "" {
			t.Errorf("%v: %+v, want status %d and %q", c.args, r, c.status, c.want)
		}
	}
}

// A fit that ran out of iterations is printed, and --strict tells scripts.
func TestFitNotConverged(t *testing.T) {
	args := []string{"fit", "fa", "-", "--columns", "x,y", "--iterations", "1", "--format", "json"}
	r := call(blobs(60), args...)
	if r.status != exitDone || !strings.Contains(r.stdout, `"converged": false`) || !strings.Contains(r.stderr, "warning") {
		t.Errorf("%+v", r)
	}
	if strict := call(blobs(60), append(args, "--strict")...); strict.status != exitNotConverged || strict.stdout != r.stdout {
		t.Errorf("%+v", strict)
	}
}

// The published figures of two small data sets.
func TestFitKnown(t *testing.T) {
	faithful := datadir.Path(t, "tables", "faithful.csv")
	f := fitJSON(t, "", "gmm", faithful, "-k", "2")
	if math.Abs(*f.LogLikelihood+1130.264) > 5e-4 || math.Abs(*f.BIC-2322.19) > 5e-3 {
		t.Errorf("faithful: %v, BIC %v", *f.LogLikelihood, *f.BIC)
	}
	f = fitJSON(t, "", "kmeans", datadir.Path(t, "tables", "iris.csv"), "-k", "3")
	if math.Abs(*f.Inertia-78.8514414) > 5e-7 || f.LogLikelihood != nil {
		t.Errorf("iris: inertia %v", *f.Inertia)
	}
	f = fitJSON(t, "", "gmm", datadir.Path(t, "tables", "iris.csv"), "-k", "3", "--starts", "5")
	if math.Abs(*f.LogLikelihood+180.1855) > 5e-5 {
		t.Errorf("iris: %v", *f.LogLikelihood)
	}
}

// days is a table of sequences of symbols, and of a number.
func days(n int) string {
	r := rand.New(rand.NewPCG(5, 6))
	var b strings.Builder
	b.WriteString("day,activity,hours\n")
	state := 0
	for i := range n {
		if r.Float64() < 0.15 {
			state = 1 - state
		}
		fmt.Fprintf(&b, "d%d,%s,%.3f\n", i/50, [][]string{{"walk", "walk", "shop"}, {"clean", "clean", "shop"}}[state][r.IntN(3)], float64(6*state)+r.NormFloat64())
	}
	return b.String()
}

// A hidden Markov model of symbols and one of numbers, in sequences.
func TestFitHMM(t *testing.T) {
	table, path := days(600), filepath.Join(t.TempDir(), "hmm.json")
	for _, column := range []string{"activity", "hours"} {
		f := fitJSON(t, table, "hmm", "-", "-k", "2", "--sequence", "day", "--columns", column, "-o", path)
		if f.Kind != "hmm" || !f.Converged || f.ICL != nil || math.Abs(*f.BIC-(-2**f.LogLikelihood+float64(f.Free)*math.Log(600))) > 1e-9*math.Abs(*f.BIC) {
			t.Errorf("%s: %+v", column, f)
		}
		var e struct {
			Rows             int
			LogLikelihood    float64 `json:"log_likelihood"`
			State, Sequence  []string
			Responsibilities [][]float64
		}
		out := mustSucceed(t, table, "eval", path, "-", "--sequence", "day", "--format", "json")
		if err := json.Unmarshal([]byte(out), &e); err != nil {
			t.Fatal(err)
		}
		if e.Rows != 600 || len(e.State) != 600 || e.Sequence[599] != "d11" || len(e.Responsibilities[0]) != 2 || math.Abs(e.LogLikelihood-*f.LogLikelihood) > 1e-9*math.Abs(e.LogLikelihood) {
			t.Errorf("%s: %+v", column, e)
		}
		drawn := mustSucceed(t, "", "sample", path, "-n", "20")
		if !strings.HasPrefix(drawn, column+",state\n") || strings.Count(drawn, "\n") != 21 {
			t.Errorf("%s: %q", column, drawn)
		}
	}
	oneError(t, call("activity\nswim\n", "eval", write(t, "m.json", mustSucceed(t, table, "fit", "hmm", "-", "-k", "2", "--columns", "activity", "-o", "-")), "-"), exitFailed, "swim")
}

// The number of clusters with the largest silhouette is three.
func TestFitSilhouette(t *testing.T) {
	f := fitJSON(t, blobs(150), "kmeans", "-", "--select-k", "1:5", "--columns", "x,y")
	var p struct{ Centers [][]float64 }
	if err := json.Unmarshal(f.Parameters, &p); err != nil {
		t.Fatal(err)
	}
	if len(f.Selection) != 5 || len(p.Centers) != 3 {
		t.Errorf("%d centers of %d candidates", len(p.Centers), len(f.Selection))
	}
	oneError(t, call(blobs(30), "fit", "kmeans", "-", "--select-k", "1:1", "--columns", "x,y"), exitFailed, "has to reach 2")
	oneError(t, call(blobs(3), "fit", "kmeans", "-", "--select-k", "4:6", "--columns", "x,y"), exitFailed, "4 clusters: ")
}

// A checkpoint is one of a number of components, and interruption leaves what there is.
func TestFitCheckpoint(t *testing.T) {
	table, path := blobs(90), filepath.Join(t.TempDir(), "run")
	args := []string{"gmm", "-", "--select-k", "1:3", "--columns", "x,y"}
	want := fitJSON(t, table, args...)
	got := fitJSON(t, table, append(args, "--checkpoint", path)...)
	again := fitJSON(t, table, append(args, "--checkpoint", path)...)
	if *got.LogLikelihood != *want.LogLikelihood || *again.LogLikelihood != *want.LogLikelihood || *got.BIC != *want.BIC {
		t.Errorf("log-likelihood %v with a checkpoint, %v again, %v without", *got.LogLikelihood, *again.LogLikelihood, *want.LogLikelihood)
	}
	for _, k := range []string{"1", "2", "3"} {
		if _, err := os.Stat(path + ".k" + k); err != nil {
			t.Error(err)
		}
	}
	r := call(table, "fit", "gmm", "-", "-k", "3", "--columns", "x,y", "--tolerance", "-1", "--iterations", "1000000", "--time-limit", "1s", "--format", "json")
	if r.status != exitFailed || !strings.Contains(r.stdout, `"converged": false`) || !strings.Contains(r.stderr, "time limit") {
		t.Errorf("interrupted: status %d, stdout of %d bytes, %s", r.status, len(r.stdout), r.stderr)
	}
}

// Rows of sequences that alternate keep their order in the table.
func TestEvalOrder(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(days(200)), "\n")
	model := write(t, "m.json", mustSucceed(t, strings.Join(rows, "\n"), "fit", "hmm", "-", "-k", "2", "--sequence", "day", "--columns", "hours", "-o", "-"))
	states := func(table []string) []string {
		lines := strings.Split(strings.TrimSpace(mustSucceed(t, strings.Join(table, "\n"), "eval", model, "-", "--sequence", "day", "--format", "csv")), "\n")
		return lines[1:]
	}
	want := states(rows)
	mixed := []string{rows[0]}
	for i := 1; i <= 50; i++ { // one row of every day in turn
		for d := range 4 {
			mixed = append(mixed, rows[50*d+i])
		}
	}
	for i, line := range states(mixed) {
		if w := want[50*(i%4)+i/4]; line != w {
			t.Fatalf("row %d: %q, want %q", i, line, w)
		}
	}
}

// Numbers are symbols if --text says so, and eval knows that they were.
func TestFitText(t *testing.T) {
	table := "s\n" + strings.Repeat("1\n1\n2\n3\n3\n3\n", 20)
	model := write(t, "m.json", mustSucceed(t, table, "fit", "hmm", "-", "-k", "2", "--text", "s", "-o", "-"))
	if out := mustSucceed(t, "s\n3\n1\n", "eval", model, "-", "--format", "csv"); strings.Count(out, "\n") != 3 {
		t.Error(out)
	}
	classes := write(t, "c.json", mustSucceed(t, table, "fit", "mixture", "-", "-k", "1", "--family", "categorical", "--text", "s", "-o", "-"))
	e := evalJSON(t, "s\n3\n1\n", classes, "-")
	if math.Abs(e.RowLogLikelihood[0]-math.Log(3./6)) > 1e-9 || math.Abs(e.RowLogLikelihood[1]-math.Log(2./6)) > 1e-9 {
		t.Errorf("%v", e.RowLogLikelihood)
	}
	if r := call(days(30), "fit", "mixture", "-", "-k", "1", "--family", "normal"); r.status != exitDone || strings.Count(r.stderr, "left out") != 2 {
		t.Errorf("%+v", r)
	}
}

// Components that leave no noise have coordinates and no density.
func TestEvalWithoutDensity(t *testing.T) {
	table := "a,b,c\n1,2,3\n2,4,1\n5,5,5\n1,2,3\n"
	model := write(t, "m.json", mustSucceed(t, table, "fit", "pca", "-", "-k", "2", "-o", "-"))
	if e := evalJSON(t, table, model, "-"); len(e.Coordinates) != 4 || e.LogLikelihood != nil {
		t.Errorf("%+v", e)
	}
}
