package em

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical/learn"
)

func TestNetworkSaved(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 4))
		c := networkDraw(t, rng, rapid.IntRange(1, 6).Draw(rt, "variables"), 20, 0, 0.3, false)
		set := Network{Net: c.net, Prior: learn.Prior{BDeu: 1, Variables: map[string]learn.Prior{"v0": {Pseudocount: 0.5}}}, Fix: []string{"v0"}}
		run, err := set.Fit(context.Background(), c.src, Config{Iterations: 2})
		if err != nil {
			rt.Fatal(err)
		}
		text, err := json.Marshal(run.Model)
		if err != nil {
			rt.Fatal(err)
		}
		var m NetworkModel
		if err := json.Unmarshal(text, &m); err != nil {
			rt.Fatal(err)
		}
		again, err := json.Marshal(&m)
		if err != nil || !bytes.Equal(text, again) {
			rt.Fatalf("%v: %s, was %s", err, again, text)
		}
		if !slices.Equal(m.theta, run.Model.theta) || m.LogPrior() != run.Model.LogPrior() || m.Parameters() != run.Model.Parameters() || m.Validate() != nil {
			rt.Fatal("another model")
		}
		structure := run.Model.structure
		if err := json.Unmarshal(text, run.Model); err != nil || run.Model.structure != structure {
			rt.Fatalf("into the same network: %v", err) // which may have distributions that are no tables
		}
		a, err := LogProb(context.Background(), run.Model, c.src)
		if err != nil {
			rt.Fatal(err)
		}
		b, err := LogProb(context.Background(), &m, c.src)
		if err != nil || !slices.Equal(a, b) {
			rt.Fatalf("%v and %v; %v", a, b, err)
		}
	})
}

const savedNetwork = `{"kind":"network","version":1,"model":{"columns":["a"],"prior":{},"variables":[
{"name":"a","states":["0","1"],"table":[0.5,0.5]},
{"name":"b","states":["0","1"],"parents":["a"],"table":[0.5,0.5,0.1,0.9]}]}}`

func TestNetworkSavedRefuses(t *testing.T) {
	var m NetworkModel
	if err := json.Unmarshal([]byte(savedNetwork), &m); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string][3]string{
		"rows":      {"0.1,0.9", "0.1,0.8", "sums to"},
		"entries":   {"0.5,0.5,0.1,0.9", "0.5,0.5,0.1", "has 3 entries"},
		"negative":  {"0.1,0.9", "-0.1,1.1", "not negative"},
		"parent":    {`"parents":["a"]`, `"parents":["c"]`, `unknown variable "c"`},
		"own":       {`"parents":["a"]`, `"parents":["b"]`, "cycle"},
		"column":    {`"columns":["a"]`, `"columns":["c"]`, `unknown variable "c"`},
		"columns":   {`"columns":["a"]`, `"columns":["a","a"]`, "once only"},
		"twice":     {`"name":"b"`, `"name":"a"`, "cycle"},
		"states":    {`["0","1"],"parents"`, `["0","0"],"parents"`, "twice"},
		"prior":     {`"prior":{}`, `"prior":{"bdeu":-1}`, "BDeu"},
		"kind":      {`"kind":"network"`, `"kind":"hmm"`, "wanted"},
		"version":   {`"version":1`, `"version":2`, "version 2"},
		"variables": {`"variables":[`, `"variables":[],"name":"`, ""},
	} {
		text := strings.Replace(savedNetwork, c[0], c[1], 1)
		err := json.Unmarshal([]byte(text), &m)
		var parse *belief.ParseError
		if what == "variables" {
			if err == nil {
				t.Error("no variables, and no error")
			}
			continue
		}
		if !errors.As(err, &parse) || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func FuzzNetworkSaved(f *testing.F) {
	f.Add([]byte(savedNetwork))
	f.Add([]byte(strings.Replace(savedNetwork, `"table":[0.5,0.5]}`, `"table":[0,1],"fixed":true}`, 1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		var m NetworkModel
		if m.UnmarshalJSON(text) != nil {
			return
		}
		once, err := m.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var again NetworkModel
		if err := again.UnmarshalJSON(once); err != nil {
			t.Fatal(err)
		}
		if twice, err := again.MarshalJSON(); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%v: %s, was %s", err, twice, once)
		}
		if len(m.theta) > 1000 {
			return
		}
		m.Network()
		row := make([]float64, len(m.columns))
		m.RandTo(row, rand.New(rand.NewPCG(1, 1)))
		if err := m.LogProbTo(make([]float64, 1), &Block{Rows: 1, Columns: len(row), X: row}); err != nil {
			t.Fatal(err)
		}
	})
}

// A run that goes on from its checkpoint goes on to the same bits.
func TestNetworkCheckpoint(t *testing.T) {
	c := networkDraw(t, rand.New(rand.NewPCG(21, 22)), 6, 100, 1, 0.3, false)
	set := Network{Net: c.net, Fix: []string{"v0"}}
	config := Config{Iterations: 8, Tolerance: -1, Starts: 2, Seed: 5}
	whole, err := set.Fit(context.Background(), c.src, config)
	if err != nil {
		t.Fatal(err)
	}
	config.Checkpoint = filepath.Join(t.TempDir(), "checkpoint")
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	config.Progress = func(Step) {
		if steps++; steps == 13 {
			cancel()
		}
	}
	if _, err := set.Fit(ctx, c.src, config); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	config.Progress = nil
	run, err := set.Fit(context.Background(), c.src, config)
	if err != nil {
		t.Fatal(err)
	}
	if run.Objective != whole.Objective || !slices.Equal(run.Model.theta, whole.Model.theta) {
		t.Errorf("objective %v, want %v", run.Objective, whole.Objective)
	}
}

// Batches get near to where whole passes do.
func TestNetworkBatches(t *testing.T) {
	c := networkDraw(t, rand.New(rand.NewPCG(31, 32)), 6, 2000, 0, 0.3, false)
	set := Network{Net: c.net, Prior: learn.Prior{BDeu: 1}, Random: true}
	whole, err := set.Fit(context.Background(), c.src, Config{Starts: 1})
	if err != nil {
		t.Fatal(err)
	}
	batches, err := set.Fit(context.Background(), c.src, Config{Starts: 1, Batch: 100, Iterations: 10})
	if err != nil {
		t.Fatal(err)
	}
	if short := whole.Objective - batches.Objective; math.Abs(short) > 1e-3*math.Abs(whole.Objective) {
		t.Errorf("batches reach %v, whole passes %v", batches.Objective, whole.Objective)
	}
}

// What a model draws has the distribution that it says: the means of its log-probabilities
// and of their squares agree with enumeration within 5 standard errors (a false alarm in
// 3e6).
func TestNetworkDraws(t *testing.T) {
	rng := rand.New(rand.NewPCG(43, 44))
	c := networkDraw(t, rng, 7, 1, 2, 0, true)
	m := networkOf(t, c.net, c.src.Columns())
	const n = 20000
	row := make([]float64, len(m.columns))
	b := &Block{Rows: n, Columns: len(row)}
	for range n {
		m.RandTo(row, rng)
		b.X = append(b.X, row...)
	}
	got := make([]float64, n)
	if err := m.LogProbTo(got, b); err != nil {
		t.Fatal(err)
	}
	all := &Block{Columns: len(row)}
	var add func(j int)
	add = func(j int) {
		if j == len(row) {
			all.X = append(all.X, row...)
			all.Rows++
			return
		}
		for s := range m.structure.states[m.columns[j]] {
			row[j] = float64(s)
			add(j + 1)
		}
	}
	add(0)
	exact := make([]float64, all.Rows)
	if err := m.LogProbTo(exact, all); err != nil {
		t.Fatal(err)
	}
	mean, square, total := 0.0, 0.0, 0.0
	for _, l := range exact {
		if p := math.Exp(l); p > 0 {
			mean, square, total = mean+p*l, square+p*l*l, total+p
		}
	}
	if math.Abs(total-1) > 1e-12 {
		t.Fatalf("probabilities sum to %v", total)
	}
	sum := 0.0
	for _, l := range got {
		sum += l
	}
	if z := (sum/n - mean) / math.Sqrt((square-mean*mean)/n); !(math.Abs(z) < 5) {
		t.Errorf("the mean log-probability is %v, want %v: %v standard errors", sum/n, mean, z)
	}
}

// benchmarkNetwork is an E step of 1000 rows of 40 variables.
func BenchmarkNetworkExpect(b *testing.B) {
	for _, f := range []struct {
		name    string
		hidden  int
		missing float64
	}{{"complete", 0, 0}, {"missing", 0, 0.3}, {"hidden", 4, 0}, {"both", 4, 0.3}} {
		b.Run(f.name, func(b *testing.B) {
			c := networkDraw(b, rand.New(rand.NewPCG(1, 2)), 40, 1000, f.hidden, f.missing, false)
			m := networkOf(b, c.net, c.src.Columns())
			block := networkBlock(b, m, c.src)
			s := m.NewStatistics()
			for b.Loop() {
				if err := m.Expect(block, s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/row")
		})
	}
}
