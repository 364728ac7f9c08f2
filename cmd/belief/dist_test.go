package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

func TestDistTable(t *testing.T) {
	const want = `distribution        Exponential(Rate: 2)
support             reals from 0 to +Inf
mean                0.5
variance            0.25
standard deviation  0.5
entropy             0.306853

p    quantile  density
0    0         2
0.5  0.346574  1
1    +Inf      0
`
	if diff := cmp.Diff(want, mustSucceed(t, "", "dist", "exponential", "rate=2", "-p", "0,0.5,1")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	const points = `distribution        Poisson(Lambda: 2)
support             integers from 0 to +Inf
mean                2
variance            2
standard deviation  1.41421
entropy             1.70488

x    mass      log mass  P(X<=x)   P(X>x)
0    0.135335  -2        0.135335  0.864665
1.5  0         -Inf      0.406006  0.593994
`
	if diff := cmp.Diff(points, mustSucceed(t, "", "dist", "Poisson", "LAMBDA=2", "-x", "0 1.5")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// JSON and csv have the numbers of the library, to the last bit, of every
// distribution that the tool knows.
func TestDistPrograms(t *testing.T) {
	for _, e := range catalogue {
		args := append([]string{"dist", e.name}, someParameters(t, e)...)
		settings, err := e.settings(args[2:])
		if err != nil {
			t.Fatal(err)
		}
		values := make([][]float64, len(settings))
		for i, s := range settings {
			values[i] = s.values
		}
		made, err := e.make(values)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		var got struct {
			Schema       int
			Name         string
			Distribution string
			Mean         json.RawMessage
			Entropy      belief.Number
			Quantiles    []point
		}
		if err := json.Unmarshal([]byte(mustSucceed(t, "", append(args, "--format", "json")...)), &got); err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		if got.Schema != 1 || got.Name != e.name || got.Distribution != made.String() {
			t.Errorf("%s: %+v", e.name, got)
		}
		if h := made.(dist.Entropyer).Entropy(); !same(float64(got.Entropy), h) {
			t.Errorf("%s: entropy %v, want %v", e.name, got.Entropy, h)
		}
		rows, err := csv.NewReader(strings.NewReader(mustSucceed(t, "", append(args, "--format", "csv")...))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if i := slices.IndexFunc(rows, func(r []string) bool { return r[0] == "entropy" }); i < 0 || rows[i][1] != exactly(made.(dist.Entropyer).Entropy()) {
			t.Errorf("%s: no entropy in %v", e.name, rows)
		}
		if m, ok := made.(dist.Multivariate); ok {
			var mean []belief.Number
			if err := json.Unmarshal(got.Mean, &mean); err != nil || len(mean) != m.Dim() {
				t.Errorf("%s: mean %s", e.name, got.Mean)
			}
			for i, v := range m.MeanTo(nil) {
				if !same(float64(mean[i]), v) {
					t.Errorf("%s: mean %v, want %v", e.name, mean, m.MeanTo(nil))
				}
			}
			continue
		}
		d := made.(dist.Univariate)
		var mean belief.Number
		if err := json.Unmarshal(got.Mean, &mean); err != nil || !same(float64(mean), d.Mean()) {
			t.Errorf("%s: mean %s, want %v", e.name, got.Mean, d.Mean())
		}
		if len(got.Quantiles) != 7 {
			t.Errorf("%s: %d quantiles", e.name, len(got.Quantiles))
		}
		for _, q := range got.Quantiles {
			if x := d.Quantile(float64(*q.P)); !same(float64(q.X), x) || !same(float64(q.CDF), d.CDF(x)) || !same(float64(q.LogDensity), d.LogProb(x)) {
				t.Errorf("%s: %+v, quantile %v", e.name, q, x)
			}
		}
	}
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// someParameters gives values to the parameters that have no default.
func someParameters(t *testing.T, e named) []string {
	t.Helper()
	special := map[string][]string{
		"triangular":       words("lower=0 mode=1 upper=3"),
		"hypergeometric":   words("population=20 successes=8 draws=5"),
		"categorical":      words("p=0.2,0.3,0.5"),
		"discrete-uniform": words("lower=1 upper=6"),
		"binomial":         words("n=10 p=0.25"),
		"beta-binomial":    words("n=10 alpha=2 beta=3"),

		"dirichlet":              words("alpha=1,2,3"),
		"multinomial":            words("n=5 p=0.2,0.3,0.5"),
		"dirichlet-multinomial":  words("n=5 alpha=1,2,3"),
		"multivariate-normal":    words("mu=1,2 covariance=2,0.5;0.5,1"),
		"multivariate-student-t": words("nu=5 mu=1,2 scale=2,0.5;0.5,1"),
		"wishart":                words("nu=5 scale=2,0.5;0.5,1"),
		"inverse-wishart":        words("nu=5 scale=2,0.5;0.5,1"),
		"lkj-cholesky":           words("size=3 eta=2"),
	}
	if out, ok := special[e.name]; ok {
		return out
	}
	var out []string
	for _, word := range e.params {
		if name, standard, _ := cutParam(word); standard == "" {
			out = append(out, name+"=0.5")
		}
	}
	return out
}

// Draws are those of the library, the same for the same seed, in every format and
// wherever they go.
func TestDistDraws(t *testing.T) {
	args := []string{"dist", "gumbel", "-n", "3000", "--seed", "5"}
	table := mustSucceed(t, "", args...)
	if table != mustSucceed(t, "", args...) {
		t.Error("the same seed gives other draws")
	}
	if table != mustSucceed(t, "", "dist", "gumbel", "-n", "3e3", "--seed", "5") {
		t.Error("3e3 draws are not 3000")
	}
	if out := mustSucceed(t, "", "dist", "gumbel", "-n", "0", "--format", "csv"); out != "x\n" {
		t.Errorf("no draws are %q", out)
	}
	if table == mustSucceed(t, "", "dist", "gumbel", "-n", "3000", "--seed", "6") {
		t.Error("another seed gives the same draws")
	}
	if csv := mustSucceed(t, "", append(args, "--format", "csv")...); csv != "x\n"+table {
		t.Errorf("csv starts %.60q", csv)
	}
	var parsed struct {
		Schema       int
		Distribution string
		Draws        []float64
	}
	if err := json.Unmarshal([]byte(mustSucceed(t, "", append(args, "--format", "json")...)), &parsed); err != nil {
		t.Fatal(err)
	}
	var lines []string
	mean := 0.0
	for _, x := range parsed.Draws {
		lines = append(lines, exactly(x))
		mean += x / 3000
	}
	if strings.Join(lines, "\n")+"\n" != table || parsed.Schema != 1 || parsed.Distribution != "Gumbel(Location: 0, Scale: 1)" {
		t.Error("JSON has other draws")
	}
	if d := (dist.Gumbel{Scale: 1}); math.Abs(mean-d.Mean()) > 5*math.Sqrt(d.Variance()/3000) {
		t.Errorf("mean %v", mean)
	}
	for _, name := range []string{"draws.txt", "draws.txt.gz"} {
		path := filepath.Join(t.TempDir(), name)
		if out := mustSucceed(t, "", append(args, "-o", path)...); out != "" {
			t.Errorf("-o prints %q too", out)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if data, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		if string(data) != table {
			t.Errorf("%s has other draws", name)
		}
	}
	if out := mustSucceed(t, "", "dist", "log-normal", "sigma=1000", "-n", "40", "--format", "json"); !strings.Contains(out, `"Inf"`) || !json.Valid([]byte(out)) {
		t.Errorf("infinite draws are\n%s", out)
	}
}

// An interrupt leaves the draws so far, complete in their format.
func TestDistInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := callTool(ctx, func(*tool) {}, "dist", "normal", "-n", "1000000000000", "--format", "json")
	if r.status != exitInterrupted || !json.Valid([]byte(r.stdout)) {
		t.Errorf("status %d, stdout %q", r.status, r.stdout)
	}
	if r := call("", "dist", "normal", "-n", "1000000000000", "--time-limit", "20ms", "-o", filepath.Join(t.TempDir(), "x.gz")); r.status != exitFailed || !strings.Contains(r.stderr, "time limit") {
		t.Errorf("status %d, stderr %q", r.status, r.stderr)
	}
}

func TestDistVectors(t *testing.T) {
	const want = `distribution  Dirichlet(Alpha: [1 2 3])
mean          0.166667, 0.333333, 0.5
covariance 1  0.0198413, -0.00793651, -0.0119048
covariance 2  -0.00793651, 0.031746, -0.0238095
covariance 3  -0.0119048, -0.0238095, 0.0357143
entropy       -1.24434
log density   1.50408
`
	if diff := cmp.Diff(want, mustSucceed(t, "", "dist", "dirichlet", "alpha=1,2,3", "-x", "0.2,0.3,0.5")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	args := []string{"dist", "multinomial", "n=7", "p=0.5,0.25,0.25", "-n", "3"}
	lines := strings.Split(strings.TrimSpace(mustSucceed(t, "", args...)), "\n")
	table := strings.Split(strings.TrimSpace(mustSucceed(t, "", append(args, "--format", "csv")...)), "\n")
	var parsed struct{ Draws [][]float64 }
	if err := json.Unmarshal([]byte(mustSucceed(t, "", append(args, "--format", "json")...)), &parsed); err != nil {
		t.Fatal(err)
	}
	if len(lines) != 3 || len(table) != 4 || table[0] != "x1,x2,x3" || len(parsed.Draws) != 3 {
		t.Fatalf("%q %q %v", lines, table, parsed)
	}
	for i, draw := range parsed.Draws {
		cells := []string{exactly(draw[0]), exactly(draw[1]), exactly(draw[2])}
		if draw[0]+draw[1]+draw[2] != 7 || lines[i] != strings.Join(cells, "\t") || table[i+1] != strings.Join(cells, ",") {
			t.Errorf("%v, %q, %q", draw, lines[i], table[i+1])
		}
	}
	// Beyond a hundred elements the covariance is left out.
	if out := mustSucceed(t, "", "dist", "dirichlet", "alpha="+strings.Repeat("1,", 100)+"1"); strings.Contains(out, "covariance") {
		t.Error("a covariance matrix of 101 rows is printed")
	}
}

func TestDistErrors(t *testing.T) {
	for _, c := range []struct {
		args string
		want string
	}{
		{"", "no distribution given"},
		{"nromal", `did you mean "normal"`},
		{"gauß", "known are normal,"},
		{"normal mu", "want PARAM=VALUE"},
		{"normal my=1", `unknown parameter "my" of normal; did you mean "mu"?`},
		{"normal mu=1 mu=2", "mu is given twice"},
		{"normal mu=one", `mu: "one" is no number`},
		{"normal mu=1,2", "mu is one number, got 2"},
		{"normal mu=", "mu: no number given"},
		{"normal sigma=1e999", "beyond float64"},
		{"normal sigma=-1", "Sigma is -1 and must be positive"},
		{"normal mu=NaN", "Mu is NaN"},
		{"poisson", "lambda is missing: poisson lambda=…"},
		{"categorical p=0.5,0.6", "must"},
		{"normal -p 0.5,1.5", "1.5 is no probability"},
		{"normal -p half", `-p: "half" is no number`},
		{"normal -x one", `-x: "one" is no number`},
		{"normal -x 1 -n 3", "exclude each other"},
		{"normal -x 1,,2", `-x: "" is no number`},
		{"normal -x 1,", `-x: "" is no number`},
		{"normal -n 1.5", "whole number"},
		{"dirichlet alpha=1,2 -p 0.5", "-p: vectors have no quantiles"},
		{"normal -n -3", "whole number"},
		{"normal --lower a", "no number"},
		{"normal --lower 1,2", "want one number"},
		{"normal --lower NaN", "want one number"},
		{"normal --upper 1 --lower 2", "Upper"},
		{"dirichlet alpha=1,2 --lower 0", "cut off"},
		{"dirichlet alpha=1,2 -x 1", "-x: want one value of 2 numbers, got 1"},
		{"multivariate-normal mu=0,0 covariance=1,2,3", "3 numbers are no square matrix"},
		{"multivariate-normal mu=0,0 covariance=1,0.5,0.4,1", "covariance is not symmetric: 0.4 in row 2, column 1 and 0.5 opposite"},
		{"multivariate-student-t nu=3 mu=0,0 scale=1,2", "scale: 2 numbers are no square matrix"},
		{"wishart nu=3 scale=1,2,3", "scale: 3 numbers are no square matrix"},
		{"lkj-cholesky size=2.5", "size is 2.5 and must be a whole number"},
	} {
		oneError(t, call("", append([]string{"dist"}, strings.Fields(c.args)...)...), exitUsage, c.want)
	}
	oneError(t, call("", "dist", "normal", "-x", ""), exitUsage, "-x: no number given")
	oneError(t, call("", "dist", "normal", "-n", "3", "-o", filepath.Join(t.TempDir(), "no", "file")), exitFailed, "-o:")
}

// What is cut off is cut off, in the numbers and in the draws.
func TestDistTruncated(t *testing.T) {
	out := mustSucceed(t, "", "dist", "normal", "--lower", "8", "--upper", "9", "-n", "200")
	for line := range strings.Lines(out) {
		if x, err := strconv.ParseFloat(strings.TrimSpace(line), 64); err != nil || x < 8 || x > 9 {
			t.Errorf("%q: %v", line, err)
		}
	}
	out = mustSucceed(t, "", "dist", "exponential", "--lower", "3", "-p", "0")
	if !strings.Contains(out, "mean                4\n") || !strings.Contains(out, "0  3         1\n") {
		t.Errorf("an exponential distribution beyond 3 is\n%s", out)
	}
}

func TestDistCompletion(t *testing.T) {
	for _, c := range []struct {
		words []string
		want  string
	}{
		{[]string{"dist", "half"}, "half-normal\nhalf-cauchy\n"},
		{[]string{"dist", "weibull", ""}, "shape=\nscale=\n"},
		{[]string{"dist", "weibull", "shape=2", ""}, "scale=\n"},
		{[]string{"dist", "nothing", ""}, ""},
	} {
		out := call("", append([]string{"__complete"}, c.words...)...).stdout
		got, _, _ := strings.Cut(out, ":")
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%q offers %q, want %q", c.words, got, c.want)
		}
	}
}
