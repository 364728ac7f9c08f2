package inference_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/bif"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/inference/inferencetest"
	"github.com/belief-go/belief/internal/datadir"
)

// expected is one file of answers computed by an independent program.
type expected struct {
	Evidence    graphical.Evidence
	LogEvidence float64 `json:"log_evidence"`
	Marginals   map[string]map[string]float64
}

func readNetwork(t testing.TB, name string, opts ...bif.Options) *graphical.BayesNet {
	t.Helper()
	net, err := bif.ReadFile(datadir.Path(t, "bif", name+".bif"), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// big says which networks take long.
func big(name string) bool {
	switch name {
	case "water", "mildew", "diabetes", "barley", "link", "munin":
		return true
	}
	return false
}

// notShort skips what takes seconds, and minutes under the race detector, which
// finds nothing more in it than in the small networks.
func notShort(t *testing.T, name string) {
	if big(name) && testing.Short() {
		t.Skip("a big network: left out by -short")
	}
}

func (e expected) compare(t *testing.T, what string, post *inference.Posterior) {
	t.Helper()
	const tol = 1e-6
	if d := math.Abs(post.LogEvidence.Value - e.LogEvidence); !(d <= tol) {
		t.Errorf("%s: log evidence %v, want %v", what, post.LogEvidence.Value, e.LogEvidence)
	}
	seen := 0
	for _, m := range post.Marginals() {
		for s, p := range m.Probs {
			want, ok := e.Marginals[m.Variable.Name()][m.Variable.States()[s]]
			if !ok || !(math.Abs(p-want) <= tol) {
				t.Errorf("%s: p(%v=%s) is %v, want %v", what, m.Variable, m.Variable.States()[s], p, want)
				return
			}
			seen++
		}
	}
	if seen == 0 {
		t.Errorf("%s: no marginals compared", what)
	}
}

// All answers of the data directory, by a compiled tree, by one session through
// all cases, and by a tree made for the question; of the big networks that last only
// for the evidence of fewest variables.
func TestExpectedAnswers(t *testing.T) {
	ctx := context.Background()
	for _, name := range datadir.Networks {
		if name == "munin1" {
			continue // has no expected answers
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			notShort(t, name)
			net := readNetwork(t, name)
			tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
			if err != nil {
				t.Fatal(err)
			}
			s := tree.NewSession()
			cases := 0
			for _, c := range []string{"none", "e2", "e3", "e5", "e10"} {
				data, err := os.ReadFile(datadir.Path(t, "bif", "expected") + "/" + name + "." + c + ".json")
				if os.IsNotExist(err) {
					continue
				}
				cases++
				var want expected
				if err := json.Unmarshal(data, &want); err != nil {
					t.Fatal(err)
				}
				if err := s.SetEvidence(want.Evidence); err != nil {
					t.Fatal(err)
				}
				post, err := s.Marginals(ctx)
				if err != nil {
					t.Fatal(err)
				}
				want.compare(t, c+" by session", post)
				if c == "none" || cases > 2 && big(name) {
					continue // with no evidence a tree for the question would be the same tree
				}
				if post, err = inference.Marginals(ctx, net, want.Evidence); err != nil {
					t.Fatal(err)
				}
				want.compare(t, c+" at once", post)
			}
			if cases < 3 { // none and two with evidence
				t.Errorf("only %d cases found", cases)
			}
		})
	}
}

// Elimination against the tree on every network, with evidence: pruning may use
// that rows sum to one, so as read they differ by what the rows miss.
func TestEnginesAgreeOnNetworks(t *testing.T) {
	for _, name := range datadir.Networks {
		if name == "munin1" {
			continue // takes longer than all others together; see TestSlowMunin1
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			notShort(t, name)
			agreeOn(t, name)
		})
	}
}

// agreeOn compares a compiled tree, a tree for the question and variable elimination
// on one network when its rows are normalized, and the latter two as it is read:
// there the compiled tree is held against the expected answers.
func agreeOn(t *testing.T, name string) {
	ctx := context.Background()
	net := readNetwork(t, name, bif.Options{Normalize: true})
	tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	ev, targets := question(t, ctx, net, tree)
	want, err := tree.Query(ctx, ev, targets...)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, ctx, net, ev, targets, want, 1e-10)
	agree(t, ctx, readNetwork(t, name), ev, targets, nil, 1e-6)
}

// question chooses evidence on leaves, in states that a first query shows to be
// likely, and two targets.
func question(t *testing.T, ctx context.Context, net *graphical.BayesNet, tree *inference.JunctionTree) (ev graphical.Evidence, targets []string) {
	t.Helper()
	prior, err := tree.Query(ctx, graphical.Evidence{})
	if err != nil {
		t.Fatal(err)
	}
	vars := net.Variables()
	for i, v := range vars {
		switch {
		case ev.Len() < 4 && len(net.Children(v)) == 0:
			mode, _ := prior.Marginals()[i].Mode()
			ev = ev.And(v.Name(), mode)
		case len(targets) < 2 && i*2 >= len(vars)*len(targets):
			targets = append(targets, v.Name())
		}
	}
	return ev, targets
}

// agree compares a tree for the question and variable elimination with the answer
// wanted, which is the former's if there is none.
func agree(t *testing.T, ctx context.Context, net *graphical.BayesNet, ev graphical.Evidence, targets []string, want *inference.Posterior, tol float64) {
	t.Helper()
	for _, engine := range []inference.Engine{inference.TreeConfig{Workers: 2}, inference.VariableElimination{}} {
		got, err := engine.Marginals(ctx, net, ev, targets...)
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if err := inferencetest.Compare(want, got, tol); err != nil {
			t.Errorf("%s gives another answer under %v: %v", engine.Name(), ev, err)
		}
	}
}

// TestSlowMunin1 runs with BELIEF_SLOW=1: ten seconds and more.
func TestSlowMunin1(t *testing.T) {
	if os.Getenv("BELIEF_SLOW") == "" {
		t.Skip("slow: set BELIEF_SLOW=1")
	}
	agreeOn(t, "munin1")
}

func BenchmarkAllMarginals(b *testing.B) {
	ctx := context.Background()
	for _, name := range datadir.Networks {
		net := readNetwork(b, name)
		b.Run("net="+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				tree, err := inference.NewJunctionTree(net, inference.TreeConfig{Workers: 1})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := tree.Query(ctx, graphical.Evidence{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRepeatedQuery changes the evidence every time, on a compiled tree.
func BenchmarkRepeatedQuery(b *testing.B) {
	ctx := context.Background()
	for _, name := range []string{"alarm", "hailfinder", "win95pts", "andes", "pigs", "munin"} {
		net := readNetwork(b, name)
		tree, err := inference.NewJunctionTree(net, inference.TreeConfig{Workers: 1})
		if err != nil {
			b.Fatal(err)
		}
		v := net.TopologicalOrder()[0]
		b.Run("net="+name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				ev := graphical.Evidence{}.AndLikelihood(v.Name(), likelihood(v, i)...)
				if _, err := tree.Query(ctx, ev); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// likelihood draws weights that differ from one i to the next.
func likelihood(v *graphical.Variable, i int) []float64 {
	w := make([]float64, v.NumStates())
	for s := range w {
		w[s] = 1 + float64((i+s)%7)
	}
	return w
}
