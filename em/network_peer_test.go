package em

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
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

// A long chain of hidden states that are seen through noise: the likelihood is that of the
// forward algorithm, and expected counts of states that of forward–backward.
func TestNetworkChain(t *testing.T) {
	const n, k = 300, 3
	rng := stream.New(2, "chain")
	row := func(states int) []float64 {
		p, total := make([]float64, states), 0.0
		for i := range p {
			p[i] = rng.ExpFloat64()
			total += p[i]
		}
		for i := range p {
			p[i] /= total
		}
		return p
	}
	b := graphical.NewBayesNet()
	var columns []data.Column
	var x []float64
	var before *graphical.Variable
	var forward [n][k]float64 // scaled
	var steps [n][k][]float64 // of the chain; those of the first from nowhere
	var emitted [n][k]float64
	want := 0.0
	for i := range n {
		name := fmt.Sprintf("%03d", i)
		z, y := b.Variable("z"+name, "a", "b", "c"), b.Variable("y"+name, "0", "1", "2", "3")
		seen := rng.IntN(4)
		x = append(x, float64(seen))
		columns = append(columns, data.Column{Name: y.Name(), Categories: y.States()})
		emit := b.Table(y, z)
		for s := range k {
			p := row(4)
			emit.Row(p...)
			emitted[i][s] = p[seen]
		}
		var parents []*graphical.Variable
		if before != nil {
			parents = append(parents, before)
		}
		table := b.Table(z, parents...)
		for r := range k {
			if r > 0 && before == nil {
				break
			}
			steps[i][r] = row(k)
			table.Row(steps[i][r]...)
		}
		total := 0.0
		for s := range k {
			if before == nil {
				forward[i][s] = steps[i][0][s]
			} else {
				for r := range k {
					forward[i][s] += forward[i-1][r] * steps[i][r][s]
				}
			}
			forward[i][s] *= emitted[i][s]
			total += forward[i][s]
		}
		for s := range k {
			forward[i][s] /= total
		}
		want += math.Log(total)
		before = z
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	m := networkOf(t, net, columns)
	s := m.NewStatistics()
	if err := m.Expect(&Block{Rows: 1, Columns: n, X: x}, s); err != nil {
		t.Fatal(err)
	}
	if math.Abs(s.LogLikelihood-want) > 1e-9 {
		t.Errorf("log-likelihood %v, want %v", s.LogLikelihood, want)
	}
	backward := [k]float64{1, 1, 1}
	for i := n - 1; i >= 0; i-- {
		var post [k]float64
		total := 0.0
		for z := range k {
			post[z] = forward[i][z] * backward[z]
			total += post[z]
		}
		counts := m.structure.families.Table(s.Sums, 2*i)
		for z := range k {
			got := 0.0
			for at, c := range counts {
				if at%k == z {
					got += c
				}
			}
			if math.Abs(got-post[z]/total) > 1e-10 {
				t.Fatalf("p(z%d = %d) is %v, want %v", i, z, got, post[z]/total)
			}
		}
		if i == 0 {
			break
		}
		var next [k]float64
		total = 0
		for r := range k {
			for z := range k {
				next[r] += steps[i][r][z] * emitted[i][z] * backward[z]
			}
			total += next[r]
		}
		for r := range k {
			backward[r] = next[r] / total
		}
	}
	// The most probable completion is that of Viterbi.
	s.Reset()
	if err := m.ExpectHard(&Block{Rows: 1, Columns: n, X: x}, s); err != nil {
		t.Fatal(err)
	}
	var best [k]float64
	for i := range n {
		var next [k]float64
		for z := range k {
			next[z] = math.Inf(-1)
			if i == 0 {
				next[z] = math.Log(steps[0][0][z])
			}
			for r := range k {
				if i > 0 {
					next[z] = max(next[z], best[r]+math.Log(steps[i][r][z]))
				}
			}
			next[z] += math.Log(emitted[i][z])
		}
		best = next
	}
	if want := max(best[0], best[1], best[2]); math.Abs(s.LogLikelihood-want) > 1e-9 {
		t.Errorf("most probable: %v, want %v", s.LogLikelihood, want)
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
	messages := false
	for memory := int64(16 << 10); memory < 4<<20; memory *= 2 {
		if err := run(memory); errors.As(err, &large) && large.Budget == memory {
			messages = messages || strings.HasPrefix(large.What, "messages")
		} else if err != nil {
			t.Errorf("%d bytes: %v", memory, err)
		}
	}
	if !messages {
		t.Error("what the rows at work together take is not counted")
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
