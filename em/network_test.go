package em

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
)

// networkCase is a random network with rows in which cells are missing.
type networkCase struct {
	net  *graphical.BayesNet
	src  *data.Table
	full [][]int // what the rows are without holes
}

// networkDraw makes n variables of one to three states, with up to three parents each, and
// rows that it draws; a cell is missing with the given probability, and the last hidden
// variables, in a random order, have no column.
func networkDraw(t testing.TB, rng *rand.Rand, n, rows, hidden int, missing float64, zeros bool) networkCase {
	b := graphical.NewBayesNet()
	var vars []*graphical.Variable
	for i := range n {
		vars = append(vars, b.Variable(fmt.Sprintf("v%d", i), []string{"a", "b", "c"}[:1+(rng.IntN(8)+3)/4]...))
	}
	for i, v := range vars {
		var parents []*graphical.Variable
		size := 1
		for _, p := range rng.Perm(i)[:min(i, rng.IntN(4))] {
			parents = append(parents, vars[p])
			size *= vars[p].NumStates()
		}
		table := b.Table(v, parents...)
		for range size {
			row, total := make([]float64, v.NumStates()), 0.0
			for k := range row {
				row[k] = rng.ExpFloat64() + 0.01
				if zeros && k > 0 && rng.IntN(4) == 0 {
					row[k] = 0
				}
				total += row[k]
			}
			for k := range row {
				row[k] /= total
			}
			table.Row(row...)
		}
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	c := networkCase{net: net}
	m := networkOf(t, net, nil)
	shown := rng.Perm(n)[:n-hidden]
	var columns []data.Column
	for _, v := range shown {
		columns = append(columns, data.Column{Name: vars[v].Name(), Categories: vars[v].States()})
	}
	var x, weights []float64
	row := make([]float64, n)
	for range rows {
		m.RandTo(row, rng)
		full := make([]int, n)
		for i := range full {
			full[i] = int(row[i])
		}
		c.full = append(c.full, full)
		for _, v := range shown {
			if rng.Float64() < missing {
				x = append(x, math.NaN())
			} else {
				x = append(x, row[v])
			}
		}
		weights = append(weights, float64(1+rng.IntN(3))/2)
	}
	if c.src, err = data.NewTable(columns, x, weights); err != nil {
		t.Fatal(err)
	}
	return c
}

// networkOf is the model of a network's own tables, with columns for the variables that
// are named, or for all.
func networkOf(t testing.TB, net *graphical.BayesNet, columns []data.Column) *NetworkModel {
	t.Helper()
	f, err := learn.NewFamilies(net, 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newNetworkModel(f, learn.Prior{}, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Parameters(m.theta, net); err != nil {
		t.Fatal(err)
	}
	for i, v := range net.Variables() {
		if columns == nil {
			m.columns = append(m.columns, i)
		}
		for _, c := range columns {
			if c.Name == v.Name() {
				m.columns = append(m.columns, i)
			}
		}
	}
	m.ready()
	return m
}

// networkBlock is all of a source as one block, its columns those of the model.
func networkBlock(t testing.TB, m *NetworkModel, src data.Source) *Block {
	t.Helper()
	states, err := learn.Match(m.structure.families.Net(), src, false)
	if err != nil {
		t.Fatal(err)
	}
	table, err := data.ReadAll(states, data.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return &Block{Rows: table.Rows(), Columns: len(table.Columns()), X: table.Matrix(), Weights: table.Weights()}
}

// networkEnumerate is the judge: it goes over all joint states of every row.
func networkEnumerate(m *NetworkModel, b *Block, hard bool) (counts []float64, logLikelihood float64) {
	f := m.structure.families
	n := len(m.fixed)
	counts = make([]float64, f.Size())
	state := make([]int, n)
	for i := range b.Rows {
		missing := make([]bool, n)
		for v := range missing {
			missing[v] = true
		}
		for j, v := range m.columns {
			if x := b.Row(i)[j]; x == x {
				state[v], missing[v] = int(x), false
			}
		}
		var visit func(v int, each func(p float64))
		visit = func(v int, each func(p float64)) {
			if v == n {
				p := 1.0
				for k := range n {
					members, strides := f.Members(k)
					at := f.First(k)
					for j, u := range members {
						at += state[u] * strides[j]
					}
					p *= m.theta[at]
				}
				each(p)
				return
			}
			if !missing[v] {
				visit(v+1, each)
				return
			}
			for s := range m.structure.states[v] {
				state[v] = s
				visit(v+1, each)
			}
		}
		add := func(c float64) {
			for k := range n {
				members, strides := f.Members(k)
				at := f.First(k)
				for j, u := range members {
					at += state[u] * strides[j]
				}
				counts[at] += c
			}
		}
		total, best := 0.0, 0.0
		visit(0, func(p float64) { total += p; best = max(best, p) })
		if hard {
			found := false
			visit(0, func(p float64) {
				if p == best && !found {
					found = true
					add(b.Weight(i))
				}
			})
			logLikelihood += b.Weight(i) * math.Log(best)
			continue
		}
		visit(0, func(p float64) { add(b.Weight(i) * p / total) })
		logLikelihood += b.Weight(i) * math.Log(total)
	}
	return counts, logLikelihood
}

// networkFaint makes a model whose E step has to work with logarithms: entries of all
// tables are brought down so far that messages underflow.
func networkFaint(m *NetworkModel, by float64) {
	for k := range m.theta {
		m.theta[k] *= math.Exp(-by)
		m.logTheta[k] -= by
	}
}

// The E step is that of enumeration, in whatever way it is done.
func TestNetworkEnumeration(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 2))
		n := rapid.IntRange(1, 7).Draw(rt, "variables")
		c := networkDraw(t, rng, n, 5, rapid.IntRange(0, n-1).Draw(rt, "hidden"), rapid.SampledFrom([]float64{0, 0.3, 0.8}).Draw(rt, "missing"), rapid.Bool().Draw(rt, "zeros"))
		m := networkOf(t, c.net, c.src.Columns())
		b := networkBlock(t, m, c.src)
		s := m.NewStatistics()
		check := func(what string, got, want []float64, l, wantL float64) {
			rt.Helper()
			for i := range want {
				if math.Abs(got[i]-want[i]) > 1e-10 {
					rt.Fatalf("%s: count %d is %v, want %v", what, i, got[i], want[i])
				}
			}
			if math.Abs(l-wantL) > 1e-10 {
				rt.Fatalf("%s: log-likelihood %v, want %v", what, l, wantL)
			}
		}
		want, wantL := networkEnumerate(m, b, false)
		if err := m.Expect(b, s); err != nil {
			rt.Fatal(err)
		}
		check("sums", s.Sums, want, s.LogLikelihood, wantL)
		logs := make([]float64, b.Rows)
		if err := m.LogProbTo(logs, b); err != nil {
			rt.Fatal(err)
		}
		total := 0.0
		for i, l := range logs {
			total += b.Weight(i) * l
		}
		check("rows", nil, nil, total, wantL)
		hard, hardL := networkEnumerate(m, b, true)
		s.Reset()
		if err := m.ExpectHard(b, s); err != nil {
			rt.Fatal(err)
		}
		check("most probable", nil, nil, s.LogLikelihood, hardL)
		if !rapid.Bool().Draw(rt, "ties") { // of equally probable completions any will do
			sum := 0.0
			for i := range hard {
				sum += math.Abs(hard[i])
			}
			got := 0.0
			for i := range s.Sums {
				got += s.Sums[i]
			}
			if math.Abs(sum-got) > 1e-9 {
				rt.Fatalf("%v counted, want %v", got, sum)
			}
		}
		// The same with probabilities so small that only logarithms can hold them.
		const by = 700
		networkFaint(m, by)
		s.Reset()
		if err := m.Expect(b, s); err != nil {
			rt.Fatal(err)
		}
		check("logarithms", s.Sums, want, s.LogLikelihood/by/s.Weight, wantL/by/s.Weight-float64(n))
	})
}

// With large parts there are trees of many cliques; the judge still manages.
func TestNetworkTrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	many := 0
	for range 12 {
		c := networkDraw(t, rng, 9, 1, 9-1, 0.5, false)
		m := networkOf(t, c.net, c.src.Columns())
		b := networkBlock(t, m, c.src)
		want, wantL := networkEnumerate(m, b, false)
		s := m.NewStatistics()
		if err := m.Expect(b, s); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if math.Abs(s.Sums[i]-want[i]) > 1e-10 {
				t.Fatalf("count %d is %v, want %v", i, s.Sums[i], want[i])
			}
		}
		if math.Abs(s.LogLikelihood-wantL) > 1e-10 {
			t.Errorf("log-likelihood %v, want %v", s.LogLikelihood, wantL)
		}
		_, hardL := networkEnumerate(m, b, true)
		s.Reset()
		if err := m.ExpectHard(b, s); err != nil || math.Abs(s.LogLikelihood-hardL) > 1e-10 {
			t.Errorf("hard: %v, want %v; %v", s.LogLikelihood, hardL, err)
		}
		for _, p := range m.structure.parts {
			many = max(many, len(p.cliques))
		}
	}
	if many < 3 {
		t.Errorf("no tree had more than %d cliques", many)
	}
}

// The likelihood, or with a prior the posterior, never falls.
func TestNetworkRises(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 3))
		n := rapid.IntRange(1, 6).Draw(rt, "variables")
		c := networkDraw(t, rng, n, 30, rapid.IntRange(0, n-1).Draw(rt, "hidden"), 0.3, rapid.Bool().Draw(rt, "zeros"))
		set := Network{Net: c.net, Random: rapid.Bool().Draw(rt, "random")}
		if rapid.Bool().Draw(rt, "prior") {
			set.Prior.BDeu = 2
		}
		config := Config{Iterations: 12, Tolerance: -1, Starts: 2, Hard: rapid.Bool().Draw(rt, "hard")}
		last, iterations := math.Inf(-1), 0
		for step, err := range set.Steps(context.Background(), c.src, config) {
			if err != nil {
				rt.Fatal(err)
			}
			if step.Iteration == 1 {
				last = math.Inf(-1)
			}
			// Where the objective is near zero, its terms are not: at most some thousands of
			// logarithms above −50, whose rounding adds up to less than 1e-10.
			slack := 1e-9 * max(1, math.Abs(step.Objective))
			if !(step.Objective >= last-slack) {
				rt.Fatalf("it falls from %v to %v", last, step.Objective)
			}
			if !config.Hard && !(step.Bound >= step.Objective-slack) {
				rt.Fatalf("bound %v after the M step, objective %v before", step.Bound, step.Objective)
			}
			last = step.Objective
			iterations++
		}
		if iterations < 24 {
			rt.Fatalf("%d iterations", iterations)
		}
	})
}
