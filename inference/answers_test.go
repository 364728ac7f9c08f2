package inference_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

func TestAutoSaysWhatItChose(t *testing.T) {
	ctx := context.Background()
	net := clinic(t)
	for _, c := range []struct {
		targets []string
		method  string
	}{{nil, "junction-tree"}, {[]string{"rash"}, "variable-elimination"}, {[]string{"rash", "fever"}, "junction-tree"}} {
		post, err := inference.Marginals(ctx, net, graphical.Evidence{}, c.targets...)
		if err != nil {
			t.Fatal(err)
		}
		if post.Method != c.method || post.Reason == "" || post.LogEvidence.Kind != belief.Exact || !post.Converged {
			t.Errorf("targets %v: method %q, reason %q, %v", c.targets, post.Method, post.Reason, post.LogEvidence)
		}
	}
}

func TestPosteriorJSON(t *testing.T) {
	post, err := inference.Marginals(context.Background(), clinic(t), graphical.Observe("fever", "low"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(post)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Method    string
		Exact     bool
		Log       float64 `json:"log_evidence"`
		Log10     float64 `json:"log10_evidence"`
		Marginals map[string]map[string]float64
		Warnings  []belief.Warning
		Stats     inference.Stats
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if want := math.Log(0.25*0.5 + 0.75*0.25); math.Abs(got.Log-want) > 1e-15 || math.Abs(got.Log10-want/math.Ln10) > 1e-15 {
		t.Errorf("log evidence %v and %v", got.Log, got.Log10)
	}
	if got.Method != "junction-tree" || !got.Exact || got.Warnings == nil || got.Stats.Cliques == 0 {
		t.Errorf("got %+v", got)
	}
	for _, m := range post.Marginals() {
		for s, p := range m.Probs {
			if q := got.Marginals[m.Variable.Name()][m.Variable.States()[s]]; q != p {
				t.Errorf("p(%v=%s) is %v, in JSON %v", m.Variable, m.Variable.States()[s], p, q)
			}
		}
	}
}

// The warning about rows that do not sum to one reaches the answer.
func TestWarningsTravel(t *testing.T) {
	b := graphical.NewBayesNet()
	b.Table(b.Variable("x", "0", "1")).Row(0.5, 0.5001)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range inference.Methods() {
		engine, _ := inference.NewEngine(name, inference.TreeConfig{})
		post, err := engine.Marginals(context.Background(), net, graphical.Evidence{})
		if err != nil {
			t.Fatal(err)
		}
		if len(post.Warnings) != 1 || post.Warnings[0].Code != "row-sum" {
			t.Errorf("%s: warnings %v", name, post.Warnings)
		}
		if want := math.Log(1.0001); math.Abs(post.LogEvidence.Value-want) > 1e-15 {
			t.Errorf("%s: log evidence %v, want %v", name, post.LogEvidence.Value, want)
		}
	}
}

// Rows that miss one are used as given, whatever is asked: with them, a variable
// without evidence below it is not barren.
func TestBarrenRowsAreUsed(t *testing.T) {
	ctx := context.Background()
	b := graphical.NewBayesNet()
	x, y := b.Variable("x", "0", "1"), b.Variable("y", "0", "1")
	b.Table(x).Row(0.5, 0.5)
	b.Table(y, x).Row(0.5, 0.501).Row(0.5, 0.499)
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []inference.Engine{inference.TreeConfig{}, inference.VariableElimination{}, inference.Auto{}} {
		post, err := e.Marginals(ctx, net, graphical.Evidence{}, "x")
		if err != nil {
			t.Fatal(err)
		}
		if got := post.Marginals()[0].Probs[0]; math.Abs(got-0.5005) > 1e-12 {
			t.Errorf("%s: p(x=0) is %v, want 0.5005", e.Name(), got)
		}
	}
}

// Where elimination would be over the budget and a tree is not, the tree answers.
func TestAutoFallsBackToTheTree(t *testing.T) {
	ctx := context.Background()
	m := grid(t, 12, 12, 2, 6)
	tree, err := inference.NewJunctionTree(m, inference.TreeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	limit := int64(tree.Stats().Bytes * 1.01)
	if _, err := (inference.VariableElimination{MemoryBudget: limit}).Marginals(ctx, m, graphical.Evidence{}, "x3_3"); err == nil {
		t.Fatal("elimination fits the budget as well: this test shows nothing")
	}
	post, err := inference.Auto{MemoryBudget: limit}.Marginals(ctx, m, graphical.Evidence{}, "x3_3")
	if err != nil {
		t.Fatal(err)
	}
	if post.Method != "junction-tree" || !strings.Contains(post.Reason, "budget") {
		t.Errorf("method %q, reason %q", post.Method, post.Reason)
	}
}
