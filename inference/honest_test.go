package inference_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
	"github.com/belief-go/belief/inference"
)

// Rejection accepts as many draws as were asked for and no more, from the first of
// its streams on, and answers from more draws begin with those of fewer.
func TestRejectionKeepsItsDraws(t *testing.T) {
	ctx := context.Background()
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range []graphical.Evidence{{}, graphical.Observe("smoke", "yes"), graphical.Observe("xray", "yes")} {
		last := int64(0)
		for _, draws := range []int64{1, 2, 700, 1024, 1025, 5000} {
			var counts []float64
			for _, workers := range []int{1, 3} {
				post, err := inference.Rejection{Draws: draws, Workers: workers, Seed: 2}.Marginals(ctx, net, ev, "bronc")
				if err != nil {
					t.Fatal(err)
				}
				info := post.Sampling
				if info.Draws != draws || info.Tried < draws || info.Tried <= last && draws > 1 || info.Acceptance != float64(draws)/float64(info.Tried) {
					t.Errorf("%d draws: %+v", draws, *info)
				}
				if workers == 3 {
					last = info.Tried
				}
				if few := draws < 100; post.Converged == few || few && !strings.Contains(post.Warnings[0].Text, "make more") {
					t.Errorf("%d draws: converged %v, warnings %v", draws, post.Converged, post.Warnings)
				}
				counts = append(counts, post.Marginals()[0].Probs[0], float64(info.Tried))
			}
			if counts[0] != counts[2] || counts[1] != counts[3] {
				t.Errorf("%d draws: %v and %v by other workers", draws, counts[:2], counts[2:])
			}
		}
	}
	// Tries ends it first.
	post, err := inference.Rejection{Draws: 5000, Tries: 2000}.Marginals(ctx, net, graphical.Observe("smoke", "yes"), "bronc")
	if err != nil || post.Sampling.Tried != 2000 || post.Sampling.Draws < 800 || post.Sampling.Draws > 1200 {
		t.Errorf("%+v, %v", post.Sampling, err)
	}
}

// Chains that seldom leave the bulk of a posterior, and by chance left it too
// seldom, do not claim an error that they do not have. With the plain errors of
// batches these runs were more than six and five standard errors off and
// counted as converged.
func TestSeldomVisits(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		net  string
		ev   graphical.Evidence
		seed uint64
	}{
		{"win95pts", graphical.Observe("Problem1", "No_Output"), 51},
		{"alarm", graphical.Observe("CVP", "HIGH").And("PCWP", "LOW"), 53},
	} {
		net := readNetwork(t, c.net)
		post, err := inference.Gibbs{Sweeps: 2000, Seed: c.seed}.Marginals(ctx, net, c.ev)
		if err != nil {
			t.Fatal(err)
		}
		z, _ := furthest(t, net, c.ev, post)
		if z > 5 || post.Converged || !strings.Contains(codes(post), "low-ess") {
			t.Errorf("%s: off by %.1f standard errors, converged %v, warnings %v", c.net, z, post.Converged, post.Warnings)
		}
	}
}

// Runs that are too short to say anything say that, and not that chains disagree.
func TestTooFewSweeps(t *testing.T) {
	ctx := context.Background()
	net, err := textbook.Network("asia")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []inference.Gibbs{{Chains: 1, Sweeps: 1}, {Sweeps: 1}, {Sweeps: 3}, {Sweeps: 20}, {Sweeps: 90}} {
		post, err := g.Marginals(ctx, net, graphical.Evidence{})
		if err != nil {
			t.Fatal(err)
		}
		want := "low-ess"
		if g.Sweeps < 4 {
			want = "few-sweeps"
		}
		text := ""
		for _, w := range post.Warnings {
			text += w.Text
		}
		if got := codes(post); post.Converged || !strings.Contains(got, want) && !strings.Contains(got, "r-hat") || strings.Contains(text, "NaN") || math.IsNaN(post.Sampling.MaxStdErr) && got != "few-sweeps" {
			t.Errorf("%d chains of %d sweeps: converged %v, warnings %v", g.Chains, g.Sweeps, post.Converged, post.Warnings)
		}
	}
	// Where nothing has moved yet, that is no sign of anything.
	b := graphical.NewBayesNet()
	x, y := b.Variable("x", "0", "1"), b.Variable("y", "0", "1")
	b.Table(x).Row(0.9999999, 0.0000001)
	b.Table(y, x).Row(0.9999999, 0.0000001).Row(0.0000001, 0.9999999)
	if net, err = b.Build(); err != nil {
		t.Fatal(err)
	}
	for sweeps, want := range map[int]string{50: "low-ess", 2000: ""} {
		post, err := inference.Gibbs{Sweeps: sweeps}.Marginals(ctx, net, graphical.Evidence{})
		if err != nil {
			t.Fatal(err)
		}
		if !math.IsNaN(post.Sampling.ESS) {
			t.Error("something has moved: this test shows nothing")
		}
		if codes(post) != want || post.Converged != (want == "") {
			t.Errorf("%d sweeps: converged %v, warnings %v", sweeps, post.Converged, post.Warnings)
		}
	}
}
