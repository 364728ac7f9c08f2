package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
)

// A sampledAnswer is what query prints as JSON when it sampled.
type sampledAnswer struct {
	Method    string                        `json:"method"`
	Exact     bool                          `json:"exact"`
	Log       *float64                      `json:"log_evidence"`
	LogError  *float64                      `json:"log_evidence_mcse"`
	Marginals map[string]map[string]float64 `json:"marginals"`
	Accuracy  map[string]map[string]struct {
		MCSE float64  `json:"mcse"`
		ESS  *float64 `json:"ess"`
		RHat *float64 `json:"r_hat"`
	} `json:"accuracy"`
	Sampling struct {
		Draws  int      `json:"draws"`
		Chains int      `json:"chains"`
		MCSE   *float64 `json:"max_mcse"`
	} `json:"sampling"`
}

// The samplers agree with enumeration within five of the errors that they print.
func TestQuerySampled(t *testing.T) {
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	want, err := inference.Enumeration{}.Marginals(context.Background(), net, graphical.Observe("xray", "yes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"--method", "gibbs"},
		{"--method", "gibbs", "--scan", "random", "--chains", "2", "--samples", "40000", "--burn-in", "0", "--thin", "2", "--workers", "1"},
		{"--method", "weighting", "--samples", "20000", "--seed", "3"},
		{"--method", "rejection", "--samples", "5000", "--tries", "1e6"},
		{"--method", "weighting", "--mcse", "0.01"},
	} {
		text := mustSucceed(t, "", append([]string{"query", "asia", "-e", "xray=yes", "--format", "json"}, args...)...)
		var a sampledAnswer
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		if a.Method != args[1] || a.Exact || a.Sampling.Draws == 0 || a.Sampling.MCSE == nil || len(a.Marginals) != 8 {
			t.Errorf("%q: %s", args, text)
		}
		if (a.Log == nil) != (a.Method == "gibbs") || a.Log != nil && math.Abs(*a.Log-want.LogEvidence.Value) > 5**a.LogError {
			t.Errorf("%q: log evidence %v ± %v, want %v", args, a.Log, a.LogError, want.LogEvidence.Value)
		}
		for _, m := range want.Marginals() {
			for s, p := range m.Probs {
				state := m.Variable.States()[s]
				got, acc := a.Marginals[m.Variable.Name()][state], a.Accuracy[m.Variable.Name()][state]
				if math.Abs(got-p) > 5*acc.MCSE+1e-9 || acc.MCSE > 0.1 || (acc.RHat == nil) != (a.Method != "gibbs") {
					t.Errorf("%q: p(%v=%s) is %v with %+v, want %v", args, m.Variable, state, got, acc, p)
				}
			}
		}
	}
}

func TestQuerySampledTable(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"--method", "gibbs", "--samples", "100"}, []string{"method gibbs; log evidence not estimated; 4 chains × 100 sweeps after 10\n", "state  probability  mcse", "  ess", "  r_hat"}},
		{[]string{"--method", "weighting", "--samples", "1000"}, []string{"method weighting; log evidence 0 ± 0; 1000 draws worth 1000\n", "state  probability  mcse"}},
		{[]string{"--method", "rejection", "--samples", "500"}, []string{"method rejection; log evidence 0 ± 0; ", " draws accepted\n"}},
	} {
		r := call("", append([]string{"query", "asia", "-q"}, c.args...)...)
		for _, w := range c.want {
			if r.status != exitDone || !strings.Contains(r.stdout, w) {
				t.Errorf("%q: status %d, no %q in\n%s", c.args, r.status, w, r.stdout)
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(mustSucceed(t, "", "query", "asia", "--method", "weighting", "--format", "csv", "-t", "lung"))).ReadAll()
	if err != nil || len(rows) != 3 || strings.Join(rows[0], " ") != "variable state probability mcse ess r_hat" || rows[1][5] != "NaN" {
		t.Errorf("%v, %v", rows, err)
	}
}

func TestSamplingUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"query", "asia", "--samples", "10"}, "--samples is for --method gibbs, rejection or weighting; see"},
		{[]string{"query", "asia", "--method", "weighting", "--chains", "2"}, "--chains is for --method gibbs; see"},
		{[]string{"query", "asia", "--method", "gibbs", "--tries", "2"}, "--tries is for --method rejection; see"},
		{[]string{"query", "asia", "--method", "gibbs", "--mcse", "-1"}, "want a positive number such as 0.001"},
		{[]string{"query", "asia", "--method", "gibbs", "--mcse", "NaN"}, "want a positive number such as 0.001"},
		{[]string{"query", "asia", "--method", "gibbs", "--scan", "any"}, "want systematic or random"},
		{[]string{"query", "asia", "--method", "gibs"}, `unknown method "gibs"; did you mean "gibbs"?`},
		{[]string{"sample", "asia", "--method", "forwrd"}, `unknown method "forwrd"; did you mean "forward"?`},
		{[]string{"sample", "asia", "--method", "forward", "-e", "smoke=yes"}, "forward sampling knows no evidence; use --method junction-tree, rejection or gibbs"},
		{[]string{"sample", "asia", "--method", "rejection", "--thin", "3"}, "--thin and --burn-in are for --method gibbs"},
		{[]string{"sample", "asia", "--format", "json"}, "sample writes csv"},
		{[]string{"sample", "asia", "-n", "-4"}, "want a whole number from 0"},
		{[]string{"sample", "asia", "-e", "smoke"}, `-e wants VAR=STATE, got "smoke"`},
		{[]string{"sample"}, "no network given"},
	} {
		oneError(t, call("", c.args...), exitUsage, c.want)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"sample", "asia", "-t", "lng"}, `unknown variable "lng"; did you mean "lung"?`},
		{[]string{"sample", "asia", "-e", "smoke=maybe"}, `unknown state "maybe" of variable "smoke"`},
		{[]string{"sample", "asia", "-e", "tub=yes", "-e", "either=no"}, "impossible evidence: these findings cannot hold together: tub=yes, either=no; take some of it back"},
		{[]string{"sample", "asia", "--method", "gibbs", "-e", "tub=yes", "-e", "either=no"}, "impossible evidence"},
		{[]string{"query", "asia", "--method", "gibbs", "-e", "tub=yes", "-e", "either=no"}, "impossible evidence"},
		{[]string{"query", "asia", "--method", "rejection", "--tries", "3", "-e", "asia=yes", "-e", "tub=yes"}, "none of 3 draws agrees with the evidence"},
	} {
		oneError(t, call("", c.args...), exitFailed, c.want)
	}
}

// Undirected networks are drawn by Gibbs sampling.
func TestSampleUndirected(t *testing.T) {
	b := graphical.NewFactors()
	b.Factor([]float64{1, 2, 3, 4}, b.Variable("x", "0", "1"), b.Variable("y", "0", "1"))
	m, err := b.MarkovNet()
	if err != nil {
		t.Fatal(err)
	}
	tool := newTool(strings.NewReader(""), io.Discard, io.Discard)
	for method, right := range map[string]bool{"auto": true, "gibbs": true, "junction-tree": true, "forward": false, "rejection": false} {
		states, err := tool.states(context.Background(), m, graphical.Evidence{}, lot{method: method})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for x, err := range states {
			if _, directed := errors.AsType[*inference.DirectedError](err); directed == right || right && len(x) != 2 {
				t.Errorf("%s: %v, %v", method, x, err)
			}
			if n++; n == 10 {
				break
			}
		}
	}
}

// sampled reads the rows that sample writes.
func sampled(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Draws have the marginals of the network; five standard errors, which for dependent
// draws are wider.
func TestSample(t *testing.T) {
	for _, c := range []struct {
		args   []string
		given  graphical.Evidence
		factor float64
	}{
		{[]string{"asia"}, graphical.Evidence{}, 1},
		{[]string{"asia", "-e", "xray=yes"}, graphical.Observe("xray", "yes"), 1},
		{[]string{"asia", "--method", "junction-tree", "-e", "xray=yes", "-e", "asia=yes", "--seed", "2"}, graphical.Observe("xray", "yes").And("asia", "yes"), 1},
		{[]string{"asia", "--method", "gibbs", "-e", "xray=yes"}, graphical.Observe("xray", "yes"), 1.5},
		{[]string{"asia", "--method", "rejection", "-e", "xray=yes", "--seed", "9"}, graphical.Observe("xray", "yes"), 1},
		{[]string{"asia", "--method", "gibbs", "-e", "xray=yes", "--thin", "5", "--burn-in", "100"}, graphical.Observe("xray", "yes"), 3},
		{[]string{"diamond"}, graphical.Evidence{}, 1},
	} {
		const n = 4000
		out := mustSucceed(t, "", append([]string{"sample", "-n", fmt.Sprint(n)}, c.args...)...)
		rows := sampled(t, out)
		if again := mustSucceed(t, "", append([]string{"sample", "-n", fmt.Sprint(n)}, c.args...)...); again != out {
			t.Errorf("%q: the same seed gives other draws", c.args)
		}
		net, err := textbook.Network(c.args[0])
		if err != nil {
			t.Fatal(err)
		}
		want, err := inference.Marginals(context.Background(), net, c.given)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != n+1 {
			t.Fatalf("%q: %d rows", c.args, len(rows))
		}
		for i, m := range want.Marginals() {
			if rows[0][i] != m.Variable.Name() {
				t.Fatalf("%q: header %q", c.args, rows[0])
			}
			counts := map[string]int{}
			for _, row := range rows[1:] {
				counts[row[i]]++
			}
			for s, p := range m.Probs {
				got := float64(counts[m.Variable.States()[s]]) / n
				if math.Abs(got-p) > 5*c.factor*math.Sqrt(p*(1-p)/n)+5.0/n {
					t.Errorf("%q: p(%v=%s) is %v, want %v", c.args, m.Variable, m.Variable.States()[s], got, p)
				}
			}
		}
	}
}

func TestSampleTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "draws.csv.gz")
	mustSucceed(t, "", "sample", "asia", "-n", "100", "-t", "dysp", "-t", "lung", "-o", path)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	rows := sampled(t, string(text))
	if len(rows) != 101 || strings.Join(rows[0], " ") != "lung dysp" {
		t.Errorf("%d rows, header %q", len(rows), rows[0])
	}
	if out := mustSucceed(t, "", "sample", "asia", "-n", "0", "-t", "lung"); out != "lung\n" {
		t.Errorf("no draws: %q", out)
	}
	// A mistake leaves a file that is there as it was.
	keep := write(t, "keep.csv", "mine\n")
	call("", "sample", "asia", "-e", "tub=yes", "-e", "either=no", "-o", keep)
	if text, err := os.ReadFile(keep); err != nil || string(text) != "mine\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// Names that CSV must quote come back whole.
func TestSampleOddNames(t *testing.T) {
	b := graphical.NewBayesNet()
	v := b.Variable("a,\"b\"", "x\ny", "ü,")
	b.Table(v).Row(0.5, 0.5)
	m, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	c := newStateColumns(m, nil)
	text := string(c.head)
	for state := range 2 {
		text += string(c.cells[0][state]) + "\n"
	}
	rows := sampled(t, text)
	if rows[0][0] != v.Name() || rows[1][0] != "x\ny" || rows[2][0] != "ü," {
		t.Errorf("%q", rows)
	}
}

// counter counts what is written, and interrupts the program after a while.
type counter struct {
	lines, most int
	stop        func()
}

func (c *counter) Write(p []byte) (int, error) {
	if c.lines += bytes.Count(p, []byte{'\n'}); c.lines > c.most {
		c.stop()
	}
	return len(p), nil
}

// Rows are written as they are drawn, and an interrupt leaves whole ones.
func TestSampleStreams(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &counter{most: 50_000, stop: cancel}
	var stderr bytes.Buffer
	status := run(ctx, []string{"sample", "asia", "-n", "1e15"}, strings.NewReader(""), out, &stderr)
	if status != exitInterrupted || stderr.String() != "belief: interrupted\n" || out.lines < 50_000 || out.lines > 200_000 {
		t.Errorf("status %d, %d lines, stderr %q", status, out.lines, stderr.String())
	}
}

// At the time limit a sampler prints what it has; after an interrupt too, and the
// status tells.
func TestQuerySampledCut(t *testing.T) {
	r := call("", "query", "asia", "--method", "gibbs", "--samples", "2e9", "--time-limit", "300ms", "-t", "lung")
	if r.status != exitDone || !strings.Contains(r.stdout, "lung") || !strings.Contains(r.stderr, "the time limit of 300ms ended the sampling after ") {
		t.Errorf("%+v", r)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	r = callTool(ctx, func(*tool) {}, "query", "asia", "--method", "weighting", "--samples", "2e9", "-t", "lung")
	if r.status != exitInterrupted || !strings.Contains(r.stdout, "lung") || !strings.Contains(r.stderr, "belief: interrupted\n") {
		t.Errorf("%+v", r)
	}
}

// --strict and warnings: the xor of two coins, which single moves cannot leave, is
// sampled in blocks; rare evidence makes weights that are worth nothing.
func TestQuerySampledStrict(t *testing.T) {
	var text strings.Builder
	text.WriteString("network n { }\n")
	args := []string{"query", "-", "--method", "weighting", "--samples", "2000", "--strict"}
	for i := range 30 {
		fmt.Fprintf(&text, "variable x%d { type discrete [2] { n, y }; }\nvariable y%d { type discrete [2] { n, y }; }\n", i, i)
		fmt.Fprintf(&text, "probability ( x%d ) { table 0.99, 0.01; }\nprobability ( y%d | x%d ) { (n) 0.999, 0.001; (y) 0.1, 0.9; }\n", i, i, i)
		args = append(args, "-e", fmt.Sprintf("y%d=y", i))
	}
	r := call(text.String(), args...)
	if r.status != exitNotConverged || !strings.Contains(r.stderr, "weighted draws are worth only") || !strings.Contains(r.stderr, "weighting did not converge, see the warnings") || r.stdout == "" {
		t.Errorf("status %d, stderr %q", r.status, r.stderr)
	}
}
