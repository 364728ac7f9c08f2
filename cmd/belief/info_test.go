package main

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
)

func TestInfoTable(t *testing.T) {
	const want = `network                 diamond
source                  textbook:diamond
citation                structure: Qiu Xipeng (2019), Neural Networks and Deep Learning, draft of 6 April 2019, figure 11.1; the numbers are our own
kind                    Bayesian network
nodes                   4
edges                   4
parameters              9
largest in-degree       2
average degree          2
most states             2
width                   2
cliques                 2
largest clique entries  8
largest clique          x1, x2, x3
total table entries     16
memory                  176 B
elimination order       min-fill
warnings                0
`
	got := mustSucceed(t, "", "info", "diamond")
	if diff := cmp.Diff(dropLine(want, "memory"), dropLine(got, "memory")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// dropLine leaves out the line that starts with a word: how much memory a tree
// takes is its own business.
func dropLine(text, word string) string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, word) {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// JSON and csv have the numbers of the library.
func TestInfoJSON(t *testing.T) {
	for _, name := range textbook.Names() {
		net, err := textbook.Network(name)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
		if err != nil {
			t.Fatal(err)
		}
		s, p := tree.Stats(), net.NumParameters()
		most, states := 0, 0
		for _, v := range net.Variables() {
			most, states = max(most, len(net.Parents(v))), max(states, v.NumStates())
		}
		n, e := net.NumVariables(), net.NumEdges()
		citation, err := textbook.Source(name)
		if err != nil {
			t.Fatal(err)
		}
		want := description{
			Schema: 1, Network: name, Source: "textbook:" + name, Citation: citation, Kind: "Bayesian network", Nodes: n, Edges: e, Parameters: &p,
			InDegree: &most, AverageDegree: 2 * float64(e) / float64(n), MostStates: states, Width: &s.Width, Cliques: &s.Cliques,
			Largest: &s.Largest, Clique: s.Clique, Total: &s.Total, Bytes: &s.Bytes, Order: s.Heuristic, Warnings: nil,
		}
		out := mustSucceed(t, "", "info", name, "--format", "json")
		var got description
		dec := json.NewDecoder(strings.NewReader(out))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&got); err != nil || got.Warnings == nil {
			t.Fatalf("%v in %s", err, out)
		}
		got.Warnings = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		rows, err := csv.NewReader(strings.NewReader(mustSucceed(t, "", "info", name, "--format", "csv"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		table := map[string]string{}
		for _, row := range rows {
			table[row[0]] = row[1]
		}
		if table["property"] != "value" || table["network"] != name || table["parameters"] != exactly(p) || table["bytes"] != exactly(s.Bytes) || table["largest_in_degree"] != exactly(float64(most)) || table["citation"] != citation {
			t.Errorf("csv %v", table)
		}
		delete(table, "property")
		var object map[string]any
		if err := json.Unmarshal([]byte(out), &object); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(object)), slices.Sorted(maps.Keys(table))); diff != "" {
			t.Errorf("keys of JSON and csv: %s", diff)
		}
	}
}

func TestInfoTooLarge(t *testing.T) {
	for _, memory := range []string{"200", "10"} { // too little for the tree, too little for a table
		r := call("", "info", "asia", "--memory", memory, "--format", "json")
		var got description
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitDone || r.stderr != "" {
			t.Fatalf("%v %+v", err, r)
		}
		if got.Nodes != 8 || got.Edges != 8 || got.Cliques != nil || !strings.HasPrefix(got.TooLarge, "junction tree too large: needs ") {
			t.Errorf("%s", r.stdout)
		}
		if known := memory == "200"; known != (got.Width != nil) || known && *got.Width != 2 {
			t.Errorf("memory %s: width %v", memory, got.Width)
		}
	}
}

// Published sizes of networks of the bnlearn repository.
func TestInfoPublished(t *testing.T) {
	dir := dataPath(t)
	for name, want := range map[string][4]int{
		"asia": {8, 8, 18, 2}, "alarm": {37, 46, 509, 4}, "insurance": {27, 52, 1008, 3}, "child": {20, 25, 230, 2}, "sachs": {11, 17, 178, 3},
	} {
		r := call("", "info", filepath.Join(dir, name+".bif"), "--format", "json")
		var got description
		if err := json.Unmarshal([]byte(r.stdout), &got); err != nil || r.status != exitDone {
			t.Fatalf("%v %+v", err, r)
		}
		if (got.Nodes != want[0]) || got.Edges != want[1] || *got.Parameters != float64(want[2]) || *got.InDegree != want[3] {
			t.Errorf("%s: %s, want %v", name, r.stdout, want)
		}
	}
}

// Undirected models have edges but no parents.
func TestUndirected(t *testing.T) {
	b := graphical.NewFactors().Name("ring")
	x, y, z := b.Variable("x", "0", "1"), b.Variable("y", "0", "1"), b.Variable("z", "0", "1")
	ones := func() []float64 { return []float64{1, 1, 1, 1} }
	b.Factor(ones(), x, y).Factor(ones(), y, z).Factor(ones(), z, x)
	m, err := b.MarkovNet()
	if err != nil {
		t.Fatal(err)
	}
	net := &network{model: m, name: ownName(m), source: "here"}
	d := measure(net)
	if d.Nodes != 3 || d.Edges != 3 || d.Kind != "undirected model" || d.Parameters != nil || d.InDegree != nil || d.AverageDegree != 2 {
		t.Errorf("%+v", d)
	}
	const want = "graph \"ring\" {\n  \"x\";\n  \"y\";\n  \"z\";\n  \"x\" -- \"y\";\n  \"x\" -- \"z\";\n  \"y\" -- \"z\";\n}\n"
	if got := string(newDrawing(net).graphviz()); got != want {
		t.Errorf("%s", got)
	}
}

// A network without variables is no reason to divide by zero.
func TestEmptyNetwork(t *testing.T) {
	m, err := graphical.NewBayesNet().Build()
	if err != nil {
		t.Fatal(err)
	}
	d := measure(&network{model: m})
	if d.AverageDegree != 0 || d.Nodes != 0 {
		t.Errorf("%+v", d)
	}
	text, err := toJSON(d)
	if err != nil || !strings.Contains(string(text), `"average_degree": 0`) {
		t.Errorf("%s %v", text, err)
	}
}
