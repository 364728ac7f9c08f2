package learn_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/learn"
)

// cases is the database of Cooper & Herskovits (1992, table 1).
const cases = `x1,x2,x3
present,absent,absent
present,present,present
absent,absent,present
present,present,present
absent,absent,absent
absent,present,present
present,present,present
absent,absent,absent
present,present,present
absent,absent,absent
`

func read(t testing.TB, text string) *data.Table {
	t.Helper()
	table, err := data.ReadCSV(strings.NewReader(text), data.CSVOptions{Header: data.HasHeader})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// structure makes a network of uniform tables: "b|a c" is b with parents a and c.
func structure(t testing.TB, states []string, families ...string) *graphical.BayesNet {
	t.Helper()
	b := graphical.NewBayesNet()
	vars := map[string]*graphical.Variable{}
	for _, f := range families {
		name, _, _ := strings.Cut(f, "|")
		vars[name] = b.Variable(name, states...)
	}
	for _, f := range families {
		name, given, _ := strings.Cut(f, "|")
		var parents []*graphical.Variable
		rows := 1
		for _, p := range strings.Fields(given) {
			parents = append(parents, vars[p])
			rows *= len(states)
		}
		table := b.Table(vars[name], parents...)
		for range rows {
			row := make([]float64, len(states))
			for k := range row {
				row[k] = 1 / float64(len(states))
			}
			table.Row(row...)
		}
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return net
}

var presence = []string{"absent", "present"}

// The published example of the K2 score: one structure makes the data ten times as
// probable as the other (Cooper & Herskovits 1992, section 2.2).
func TestK2(t *testing.T) {
	for _, c := range []struct {
		families []string
		want     float64
	}{
		{[]string{"x1", "x2|x1", "x3|x2"}, 2.23e-9},
		{[]string{"x1", "x2|x1", "x3|x1"}, 2.23e-10},
	} {
		net := structure(t, presence, c.families...)
		fit, err := learn.Tables{Prior: learn.Prior{Pseudocount: 1}}.Fit(context.Background(), net, read(t, cases))
		if err != nil {
			t.Fatal(err)
		}
		if got := math.Exp(fit.LogMarginal); math.Abs(got/c.want-1) > 0.002 {
			t.Errorf("%v: p(data) = %.4g, want %.3g", c.families, got, c.want)
		}
		again, err := fit.Counts.LogMarginal(learn.Prior{Pseudocount: 1})
		if err != nil || again != fit.LogMarginal {
			t.Errorf("LogMarginal %v, %v; the fit's is %v", again, err, fit.LogMarginal)
		}
	}
}

// Networks that state the same independences have the same BDeu score (Heckerman et al.
// 1995, theorem 7), which K2's prior does not give.
func TestLikelihoodEquivalence(t *testing.T) {
	score := func(p learn.Prior, families ...string) float64 {
		fit, err := learn.Tables{Prior: p}.Fit(context.Background(), structure(t, presence, families...), read(t, cases))
		if err != nil {
			t.Fatal(err)
		}
		return fit.LogMarginal
	}
	chains := [][]string{{"x1", "x2|x1", "x3|x2"}, {"x2", "x1|x2", "x3|x2"}, {"x3", "x2|x3", "x1|x2"}}
	first := score(learn.Prior{BDeu: 3}, chains[0]...)
	for _, c := range chains[1:] {
		if got := score(learn.Prior{BDeu: 3}, c...); math.Abs(got-first) > 1e-12 {
			t.Errorf("%v scores %v, not %v", c, got, first)
		}
	}
	if collider := score(learn.Prior{BDeu: 3}, "x1", "x3", "x2|x1 x3"); math.Abs(collider-first) < 1e-3 {
		t.Errorf("a collider scores as chains do: %v", collider)
	}
	if k2 := score(learn.Prior{Pseudocount: 1}, chains[1]...) - score(learn.Prior{Pseudocount: 1}, chains[2]...); math.Abs(k2) < 1e-3 {
		t.Errorf("K2 scores of equivalent networks differ by %v only", k2)
	}
}

// random is a network of up to five variables, and rows with weights.
type random struct {
	net     *graphical.BayesNet
	src     *data.Table
	rows    [][]int
	weights []float64
}

func drawn(t *rapid.T) random {
	seed := rapid.Uint64().Draw(t, "seed")
	rng := rand.New(rand.NewPCG(seed, 1))
	n := rapid.IntRange(1, 5).Draw(t, "variables")
	b := graphical.NewBayesNet()
	var vars []*graphical.Variable
	var columns []data.Column
	for i := range n {
		states := []string{"a", "b", "c", "d"}[:1+rng.IntN(4)]
		vars = append(vars, b.Variable(fmt.Sprintf("v%d", i), states...))
		columns = append(columns, data.Column{Name: vars[i].Name(), Categories: states})
	}
	for i, v := range vars {
		var parents []*graphical.Variable
		size := v.NumStates()
		for _, p := range rng.Perm(i) {
			if rng.IntN(2) == 0 {
				parents = append(parents, vars[p])
				size *= vars[p].NumStates()
			}
		}
		values := make([]float64, size)
		for j := range values {
			values[j] = 1 / float64(v.NumStates())
		}
		b.Table(v, parents...).Values(values)
	}
	r := random{}
	var err error
	if r.net, err = b.Build(); err != nil {
		t.Fatal(err)
	}
	var x []float64
	for range rapid.IntRange(1, 40).Draw(t, "rows") {
		row := make([]int, n)
		for i, v := range vars {
			row[i] = rng.IntN(v.NumStates())
			x = append(x, float64(row[i]))
		}
		r.rows, r.weights = append(r.rows, row), append(r.weights, float64(rng.IntN(4)))
	}
	r.weights[0]++
	if r.src, err = data.NewTable(columns, x, r.weights); err != nil {
		t.Fatal(err)
	}
	return r
}

// Everything against its definition: counts by looking at every row, tables by Prob, the
// likelihood row by row, and the marginal by the chain rule of predictions.
func TestDefinitions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawn(rt)
		prior := learn.Prior{BDeu: rapid.Float64Range(0.01, 30).Draw(rt, "ess")}
		fit, err := learn.Tables{Prior: prior}.Fit(context.Background(), r.net, r.src)
		if err != nil {
			rt.Fatal(err)
		}
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-10*max(1, math.Abs(want)) {
				rt.Fatalf("%s: %v, want %v", what, got, want)
			}
		}
		count := func(v *graphical.Variable, state int, given []int, upTo int) (n, total float64) {
			for i, row := range r.rows[:upTo] {
				agree := true
				for k, p := range r.net.Parents(v) {
					agree = agree && row[r.net.Index(p)] == given[k]
				}
				if agree {
					total += r.weights[i]
					if row[r.net.Index(v)] == state {
						n += r.weights[i]
					}
				}
			}
			return n, total
		}
		logLikelihood, logMarginal, weight := 0.0, 0.0, 0.0
		seen := make([]int, len(r.rows))
		for i, row := range r.rows {
			weight += r.weights[i]
			for _, v := range r.net.Variables() {
				var given []int
				for _, p := range r.net.Parents(v) {
					given = append(given, row[r.net.Index(p)])
				}
				s := row[r.net.Index(v)]
				k := float64(v.NumStates())
				size := k
				for _, p := range r.net.Parents(v) {
					size *= float64(p.NumStates())
				}
				alpha := prior.BDeu / size
				n, total := count(v, s, given, len(r.rows))
				want := (n + alpha) / (total + k*alpha)
				if r.weights[i] == 0 && total == 0 {
					want = 1 / k
				}
				near("table", fit.Net.Conditional(v).Prob(s, given), want)
				if r.weights[i] > 0 {
					logLikelihood += r.weights[i] * math.Log(want)
				}
				before, all := count(v, s, given, i)
				for w := range int(r.weights[i]) { // a row of weight 2 is two rows
					logMarginal += math.Log((before + float64(w) + alpha) / (all + float64(w) + k*alpha))
				}
			}
			seen[i] = i
		}
		near("weight", fit.Weight, weight)
		near("log-likelihood", fit.LogLikelihood, logLikelihood)
		near("log marginal", fit.LogMarginal, logMarginal)
		other, err := fit.Counts.LogLikelihood(fit.Net)
		if err != nil {
			rt.Fatal(err)
		}
		near("log-likelihood of counts", other, logLikelihood)
		near("parameters", float64(fit.Parameters), r.net.NumParameters())
		near("BIC", fit.BIC(), -2*logLikelihood+r.net.NumParameters()*math.Log(weight))
		near("AIC", fit.AIC(), -2*logLikelihood+2*r.net.NumParameters())
		sum := 0.0
		for i := range r.net.Variables() {
			x, err := fit.Counts.LogMarginalOf(i, prior)
			if err != nil {
				rt.Fatal(err)
			}
			sum += x
		}
		near("sum of scores", sum, logMarginal)
	})
}

// No table has more likelihood than that of maximum likelihood.
func TestMaximum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := drawn(rt)
		best, err := learn.Tables{}.Fit(context.Background(), r.net, r.src)
		if err != nil {
			rt.Fatal(err)
		}
		if !math.IsNaN(best.LogMarginal) {
			rt.Fatalf("a marginal without a prior: %v", best.LogMarginal)
		}
		other, err := learn.Tables{Prior: learn.Prior{Pseudocount: rapid.Float64Range(0, 3).Draw(rt, "alpha")}}.Fit(context.Background(), r.net, r.src)
		if err != nil {
			rt.Fatal(err)
		}
		if other.LogLikelihood > best.LogLikelihood+1e-9 {
			rt.Fatalf("%v is more than the maximum, %v", other.LogLikelihood, best.LogLikelihood)
		}
	})
}

// Shards count as the whole does.
func TestMerge(t *testing.T) {
	net := structure(t, presence, "x1", "x2|x1", "x3|x1 x2")
	f, err := learn.NewFamilies(net, 0)
	if err != nil {
		t.Fatal(err)
	}
	table, err := learn.Match(net, read(t, cases), false)
	if err != nil {
		t.Fatal(err)
	}
	whole, parts := learn.NewCounts(f), learn.NewCounts(f)
	if err := whole.AddAll(context.Background(), table); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		part := learn.NewCounts(f)
		if err := part.AddAll(context.Background(), data.Shard(table, i, 3)); err != nil {
			t.Fatal(err)
		}
		parts.Merge(part)
	}
	if d := cmp.Diff(whole.Sums, parts.Sums); d != "" || whole.Weight != parts.Weight {
		t.Error(d)
	}
	one := learn.NewCounts(f)
	one.Add([]int{1, 0, 0}, 2.5)
	if one.Table(2)[4] != 2.5 || one.Table(0)[1] != 2.5 || one.Weight != 2.5 {
		t.Errorf("one row: %v", one.Sums)
	}
}

func TestUnseen(t *testing.T) {
	net := structure(t, presence, "x1", "x2", "x3|x1 x2")
	text := "x1,x2,x3\nabsent,absent,present\npresent,absent,absent\n"
	for _, p := range []learn.Prior{{}, {Pseudocount: 2}} {
		fit, err := learn.Tables{Prior: p}.Fit(context.Background(), net, read(t, text))
		if err != nil {
			t.Fatal(err)
		}
		want := []*learn.Unseen{{Variable: "x3", Rows: []int{1, 3}, Names: []string{"x1=absent, x2=present", "x1=present, x2=present"}, Of: 4}}
		if d := cmp.Diff(want, fit.Unseen); d != "" {
			t.Error(d)
		}
		v, _ := fit.Net.Variable("x3")
		if p := fit.Net.Conditional(v).Prob(0, []int{0, 1}); p != 0.5 {
			t.Errorf("an unseen row has %v", p)
		}
		if len(fit.Warnings) != 1 || !strings.Contains(fit.Warnings[0].String(), "2 of 4 combinations") || !strings.Contains(fit.Warnings[0].String(), "x1=absent, x2=present") {
			t.Errorf("warnings %v", fit.Warnings)
		}
	}
}

func TestPriors(t *testing.T) {
	net := structure(t, presence, "x1", "x2|x1", "x3|x2")
	f, err := learn.NewFamilies(net, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := learn.Prior{BDeu: 8, Variables: map[string]learn.Prior{"x2": {Pseudocount: 3}, "x3": {}}}
	alphas, err := p.Alphas(f)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]float64{4, 3, 0}, alphas); d != "" {
		t.Error(d)
	}
}

func BenchmarkCount(b *testing.B) {
	const n, d = 10000, 40
	net := func() *graphical.BayesNet {
		families := []string{"v0", "v1|v0"}
		for i := 2; i < d; i++ {
			families = append(families, fmt.Sprintf("v%d|v%d v%d", i, i-1, i-2))
		}
		return structure(b, presence, families...)
	}()
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, n*d)
	for i := range x {
		x[i] = float64(rng.IntN(2))
	}
	var columns []data.Column
	for _, v := range net.Variables() {
		columns = append(columns, data.Column{Name: v.Name(), Categories: presence})
	}
	src, err := data.NewTable(columns, x, nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := (learn.Tables{}).Fit(context.Background(), net, src); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
