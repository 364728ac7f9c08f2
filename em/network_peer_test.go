package em

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/bif"
	"github.com/belief-go/belief/inference"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/internal/stream"
)

// networkHoles draws rows of a network with a share of the cells missing.
func networkHoles(t testing.TB, net *graphical.BayesNet, rows int, missing float64) (*NetworkModel, *Block) {
	m := networkOf(t, net, nil)
	rng := stream.New(1, "holes")
	b := &Block{Rows: rows, Columns: len(m.columns), X: make([]float64, rows*len(m.columns))}
	for i := range rows {
		m.RandTo(b.Row(i), rng)
		for j := range b.Row(i) {
			if rng.Float64() < missing {
				b.Row(i)[j] = math.NaN()
			}
		}
	}
	return m, b
}

// networkEvidence is what a row shows.
func networkEvidence(net *graphical.BayesNet, row []float64) graphical.Evidence {
	var ev graphical.Evidence
	for j, v := range net.Variables() {
		if row[j] == row[j] {
			ev = ev.AndIndex(v.Name(), int(row[j]))
		}
	}
	return ev
}

// In published networks the E step agrees with the junction tree of package inference,
// which knows nothing of it: in the probability of rows, and in posteriors of variables.
func TestNetworkPublished(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name    string
		missing float64
	}{{"insurance", 0.5}, {"insurance", 1}, {"hailfinder", 0.7}, {"win95pts", 0.8}} {
		net, err := bif.ReadFile(datadir.Path(t, "bif", c.name+".bif"))
		if err != nil {
			t.Fatal(err)
		}
		m, b := networkHoles(t, net, 2, c.missing)
		tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range b.Rows {
			one := &Block{Rows: 1, Columns: b.Columns, X: b.Row(i)}
			s := m.NewStatistics()
			if err := m.Expect(one, s); err != nil {
				t.Fatal(err)
			}
			post, err := tree.Query(ctx, networkEvidence(net, b.Row(i)))
			if err != nil {
				t.Fatal(err)
			}
			if want := post.LogEvidence.Value; math.Abs(s.LogLikelihood-want) > 1e-9 {
				t.Errorf("%s: log-probability %v, want %v", c.name, s.LogLikelihood, want)
			}
			for v, variable := range net.Variables() {
				k := variable.NumStates()
				got := make([]float64, k)
				for at, n := range m.structure.families.Table(s.Sums, v) {
					got[at%k] += n
				}
				want, err := post.Marginal(variable.Name())
				if err != nil {
					t.Fatal(err)
				}
				for x := range got {
					if math.Abs(got[x]-want.Probs[x]) > 1e-9 {
						t.Errorf("%s: p(%s = %d) is %v, want %v", c.name, variable.Name(), x, got[x], want.Probs[x])
					}
				}
			}
		}
	}
}

// A tree over budget is refused before it is made, with names.
func TestNetworkTooLarge(t *testing.T) {
	b := graphical.NewBayesNet()
	var grid [12][12]*graphical.Variable
	var columns []data.Column
	for i := range grid {
		for j := range grid[i] {
			v := b.Variable(string(rune('a'+i))+string(rune('a'+j)), "0", "1")
			grid[i][j] = v
			switch {
			case i > 0 && j > 0:
				b.Table(v, grid[i-1][j], grid[i][j-1]).Row(0.9, 0.1).Row(0.3, 0.7).Row(0.4, 0.6).Row(0.2, 0.8)
			case i > 0:
				b.Table(v, grid[i-1][j]).Row(0.9, 0.1).Row(0.3, 0.7)
			case j > 0:
				b.Table(v, grid[i][j-1]).Row(0.9, 0.1).Row(0.3, 0.7)
			default:
				b.Table(v).Row(0.5, 0.5)
			}
		}
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	columns = append(columns, data.Column{Name: "ll", Categories: []string{"0", "1"}})
	src, err := data.NewTable(columns, []float64{0, 1, 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	run := func(memory int64) error {
		_, err := Network{Net: net, Memory: memory}.Fit(context.Background(), src, Config{Iterations: 1, Starts: 1})
		return err
	}
	var large *belief.TooLargeError
	if err := run(16 << 10); !errors.As(err, &large) || len(large.Largest) < 10 || large.Width < 9 {
		t.Errorf("16 KiB: %v", err)
	}
	if err := run(0); err != nil {
		t.Errorf("1 GiB: %v", err)
	}
}

// BenchmarkNetworkPeer is an E step of alarm with 30 % of the cells missing, and what it
// would take to ask a junction tree of the whole network row by row for single marginals,
// which is less than what is needed.
func BenchmarkNetworkPeer(b *testing.B) {
	net, err := bif.ReadFile(datadir.Path(b, "bif", "alarm.bif"))
	if err != nil {
		b.Fatal(err)
	}
	const rows = 1000
	m, block := networkHoles(b, net, rows, 0.3)
	b.Run("em", func(b *testing.B) {
		s := m.NewStatistics()
		for b.Loop() {
			if err := m.Expect(block, s); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
	})
	b.Run("junction-tree", func(b *testing.B) {
		tree, err := inference.NewJunctionTree(net, inference.TreeConfig{})
		if err != nil {
			b.Fatal(err)
		}
		session := tree.NewSession()
		i := 0
		for b.Loop() {
			if err := session.SetEvidence(networkEvidence(net, block.Row(i%rows))); err != nil {
				b.Fatal(err)
			}
			if _, err := session.Marginals(context.Background()); err != nil {
				b.Fatal(err)
			}
			i++
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N), "ns/row")
	})
}
