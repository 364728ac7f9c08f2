package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format/bif"
	"github.com/belief-go/belief/graphical/learn"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/internal/patience"
	"github.com/belief-go/belief/internal/stream"
)

// Without anything missing, an iteration is learn's maximum likelihood, bit by bit, and
// with a prior it is learn's as well.
func TestNetworkComplete(t *testing.T) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(1, 2))
	for _, prior := range []learn.Prior{{}, {BDeu: 5}, {Pseudocount: 1}} {
		c := networkDraw(t, rng, 8, 700, 0, 0, true)
		want, err := learn.Tables{Prior: prior}.Fit(ctx, c.net, c.src)
		if err != nil {
			t.Fatal(err)
		}
		run, err := Network{Net: c.net, Prior: prior, Random: true}.Fit(ctx, c.src, Config{Iterations: 1})
		if err != nil {
			t.Fatal(err)
		}
		theta := make([]float64, len(run.Model.theta))
		if err := want.Counts.Families.Parameters(theta, want.Net); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(theta, run.Model.theta); d != "" {
			t.Errorf("%v: %s", prior, d)
		}
		if run.Iterations != 1 || len(run.Starts) != 1 || math.Abs(run.LogLikelihood-want.LogLikelihood) > 1e-9*math.Abs(want.LogLikelihood) ||
			run.Parameters() != want.Parameters || math.Abs(run.BIC()-want.BIC()) > 1e-6 {
			t.Errorf("%v: %d iterations, log-likelihood %v, want %v", prior, run.Iterations, run.LogLikelihood, want.LogLikelihood)
		}
		s := run.Model.NewStatistics()
		if err := run.Model.Expect(networkBlock(t, run.Model, c.src), s); err != nil {
			t.Fatal(err)
		}
		if counts := run.Model.Counts(s); counts.Weight != want.Weight || !slices.Equal(counts.Sums, want.Counts.Sums) {
			t.Errorf("%v: other counts", prior)
		}
		if d := cmp.Diff(want.Unseen, run.Model.Unseen()); d != "" {
			t.Errorf("unseen: %s", d)
		}
		if len(run.Model.Warnings()) != len(want.Warnings) {
			t.Errorf("warnings %v, want %v", run.Model.Warnings(), want.Warnings)
		}
	}
}

// The bits do not depend on workers, on where the rows are, or on how much memory there is.
func TestNetworkBits(t *testing.T) {
	ctx := context.Background()
	c := networkDraw(t, rand.New(rand.NewPCG(7, 8)), 7, 3000, 1, 0.3, false)
	path := filepath.Join(t.TempDir(), "rows.csv")
	wide := data.FromFunc(c.src.Columns(), c.src.Rows(), func(i int, dst []float64) { copy(dst, c.src.Row(i)) })
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(data.WriteCSV(out, wide), out.Close()); err != nil {
		t.Fatal(err)
	}
	file, err := data.OpenCSV(path, data.CSVOptions{Header: data.HasHeader})
	if err != nil {
		t.Fatal(err)
	}
	var first []float64
	for _, f := range []struct {
		src data.Source
		c   Config
	}{{wide, Config{Workers: 1}}, {wide, Config{Workers: 2}}, {wide, Config{Workers: 7}}, {file, Config{Memory: 1}}, {file, Config{}}} {
		f.c.Iterations, f.c.Tolerance, f.c.Starts, f.c.Seed = 4, -1, 2, 9
		run, err := Network{Net: c.net}.Fit(ctx, f.src, f.c)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = run.Model.theta
			if run.Model.rowOf == nil {
				t.Error("rows that are the same were not gathered")
			}
		}
		if !slices.Equal(first, run.Model.theta) {
			t.Errorf("%+v: other tables", f.c)
		}
	}
}

// A row of weight two is two rows, and one of weight zero is none, even an impossible one.
func TestNetworkWeights(t *testing.T) {
	ctx := context.Background()
	c := networkDraw(t, rand.New(rand.NewPCG(3, 4)), 5, 60, 1, 0.3, false)
	d := len(c.src.Columns())
	var twice []float64
	weights := make([]float64, c.src.Rows())
	for i := range weights {
		weights[i] = float64(i % 3)
		for range i % 3 {
			twice = append(twice, c.src.Row(i)...)
		}
	}
	a, err := data.NewTable(c.src.Columns(), c.src.Matrix(), weights)
	if err != nil {
		t.Fatal(err)
	}
	b, err := data.NewTable(c.src.Columns(), twice, nil)
	if err != nil {
		t.Fatal(err)
	}
	var runs []*Run[*NetworkModel]
	for _, src := range []data.Source{a, b} {
		run, err := Network{Net: c.net}.Fit(ctx, src, Config{Iterations: 6, Tolerance: -1, Starts: 1})
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, run)
	}
	for i := range runs[0].Model.theta {
		if math.Abs(runs[0].Model.theta[i]-runs[1].Model.theta[i]) > 1e-12 {
			t.Errorf("%d columns: entry %d is %v and %v", d, i, runs[0].Model.theta[i], runs[1].Model.theta[i])
		}
	}
	if runs[0].Weight != runs[1].Weight {
		t.Errorf("weights %v and %v", runs[0].Weight, runs[1].Weight)
	}
}

// A naive Bayes network with a hidden class is a mixture of products of categorical
// distributions, whose EM is a few lines.
func TestNetworkMixture(t *testing.T) {
	const k, d, n, iterations = 3, 6, 200, 15
	rng := rand.New(rand.NewPCG(11, 12))
	random := func(n int) []float64 {
		p, total := make([]float64, n), 0.0
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
	class := b.Variable("class", "1", "2", "3")
	pi := random(k)
	b.Table(class).Row(pi...)
	var p [d][k][]float64
	var columns []data.Column
	for j := range d {
		states := []string{"a", "b", "c", "d"}[:2+j%3]
		v := b.Variable(string(rune('A'+j)), states...)
		columns = append(columns, data.Column{Name: v.Name(), Categories: states})
		table := b.Table(v, class)
		for c := range k {
			p[j][c] = random(len(states))
			table.Row(p[j][c]...)
		}
	}
	net, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	var x []float64
	for range n {
		for j := range d {
			x = append(x, float64(rng.IntN(len(columns[j].Categories))))
		}
	}
	src, err := data.NewTable(columns, x, nil)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Network{Net: net}.Fit(context.Background(), src, Config{Iterations: iterations, Tolerance: -1, Starts: 1})
	if err != nil {
		t.Fatal(err)
	}
	logLikelihood := 0.0
	for it := range iterations + 1 {
		var sums [k]float64
		var counts [d][k][4]float64
		logLikelihood = 0
		for i := range n {
			var r [k]float64
			total := 0.0
			for c := range k {
				r[c] = pi[c]
				for j := range d {
					r[c] *= p[j][c][int(x[i*d+j])]
				}
				total += r[c]
			}
			logLikelihood += math.Log(total)
			for c := range k {
				sums[c] += r[c] / total
				for j := range d {
					counts[j][c][int(x[i*d+j])] += r[c] / total
				}
			}
		}
		if it == iterations {
			break
		}
		for c := range k {
			pi[c] = sums[c] / n
			for j := range d {
				for s := range p[j][c] {
					p[j][c][s] = counts[j][c][s] / sums[c]
				}
			}
		}
	}
	if math.Abs(run.LogLikelihood-logLikelihood) > 1e-9 {
		t.Errorf("log-likelihood %v, want %v", run.LogLikelihood, logLikelihood)
	}
	for j := range d {
		for c := range k {
			for s, want := range p[j][c] {
				if got := run.Model.table(j + 1)[c*len(p[j][c])+s]; math.Abs(got-want) > 1e-9 {
					t.Errorf("p(%d = %d | %d) is %v, want %v", j, s, c, got, want)
				}
			}
		}
	}
}

// From a third of the cells missing alarm's tables are learnt nearly as well as from all:
// its likelihood of the complete rows is close to that of the complete-data fit, and much
// closer than that of a fit to the rows which happen to be complete, of which there are
// next to none.
func TestNetworkAlarm(t *testing.T) {
	if testing.Short() {
		t.Skip("too long under the race detector (-short)")
	}
	t.Parallel()
	net, err := bif.ReadFile(datadir.Path(t, "bif", "alarm.bif"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	const n = 3000
	truth := networkOf(t, net, nil)
	rng := stream.New(1, "alarm")
	var columns []data.Column
	for _, v := range net.Variables() {
		columns = append(columns, data.Column{Name: v.Name(), Categories: v.States()})
	}
	d := len(columns)
	full, holes := make([]float64, n*d), make([]float64, n*d)
	for i := range n {
		truth.RandTo(full[i*d:(i+1)*d], rng)
	}
	for i, v := range full {
		if holes[i] = v; rng.Float64() < 0.3 {
			holes[i] = math.NaN()
		}
	}
	complete, err := data.NewTable(columns, full, nil)
	if err != nil {
		t.Fatal(err)
	}
	missing, err := data.NewTable(columns, holes, nil)
	if err != nil {
		t.Fatal(err)
	}
	prior := learn.Prior{BDeu: 1}
	best, err := learn.Tables{Prior: prior}.Fit(ctx, net, complete)
	if err != nil {
		t.Fatal(err)
	}
	run, err := Network{Net: net, Prior: prior, Random: true}.Fit(ctx, missing, Config{Tolerance: 1e-5})
	if err != nil {
		t.Fatal(err)
	}
	got, err := best.Counts.LogLikelihood(run.Model.Network())
	if err != nil {
		t.Fatal(err)
	}
	loss := (best.LogLikelihood - got) / n
	t.Logf("%d iterations; the loss is %.4f nats per row of %.4f", run.Iterations, loss, -best.LogLikelihood/n)
	if !run.Converged || !(loss > 0 && loss < 0.1) {
		t.Errorf("converged %t; the loss is %.4f nats per row", run.Converged, loss)
	}
}

// What the E step of a row needs is there after the first: it allocates nothing.
func TestNetworkAllocations(t *testing.T) {
	c := networkDraw(t, rand.New(rand.NewPCG(1, 9)), 12, 64, 2, 0.4, false)
	m := networkOf(t, c.net, c.src.Columns())
	b := networkBlock(t, m, c.src)
	s := m.NewStatistics()
	for _, expect := range []func(*Block, *Statistics) error{m.Expect, m.ExpectHard} {
		if n := patience.Allocations(5, func() {
			if err := expect(b, s); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
	if err := m.Maximize(s); err != nil {
		t.Fatal(err)
	}
}
