package em

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief/data"
)

// kmeansJudge is k-means as textbooks have it, one number after the other.
type kmeansJudge struct {
	metric  Metric
	x       [][]float64
	weights []float64
	centers [][]float64
	labels  []int
	inertia float64
	tied    bool // somewhere rounding may have decided
}

func (j *kmeansJudge) distance(x, c []float64) float64 {
	sum, dot, xx, cc := 0.0, 0.0, 0.0, 0.0
	for i := range x {
		if j.metric == Manhattan {
			sum += math.Abs(x[i] - c[i])
		} else {
			sum += (x[i] - c[i]) * (x[i] - c[i])
		}
		dot, xx, cc = dot+x[i]*c[i], xx+x[i]*x[i], cc+c[i]*c[i]
	}
	if j.metric == Cosine {
		return 1 - dot/math.Sqrt(xx*cc)
	}
	return sum
}

func (j *kmeansJudge) assign() {
	j.labels, j.inertia = nil, 0
	for i, x := range j.x {
		best, least, second := 0, math.Inf(1), math.Inf(1)
		for a, c := range j.centers {
			if d := j.distance(x, c); d < least {
				best, least, second = a, d, least
			} else {
				second = min(second, d)
			}
		}
		j.tied = j.tied || second-least < 1e-9
		j.labels = append(j.labels, best)
		j.inertia += j.weights[i] * least
	}
}

// run is Lloyd's algorithm until labels stay; false if a cluster ran empty, or rounding
// may have decided something.
func (j *kmeansJudge) run() bool {
	for j.assign(); !j.tied; {
		for a := range j.centers {
			total := 0.0
			var members []int
			for i, l := range j.labels {
				if l == a && j.weights[i] > 0 {
					members = append(members, i)
					total += j.weights[i]
				}
			}
			if total == 0 {
				return false
			}
			c := make([]float64, len(j.centers[a]))
			for col := range c {
				if j.metric == Manhattan {
					c[col] = j.median(members, col, total)
					continue
				}
				for _, i := range members {
					x := j.x[i][col]
					if j.metric == Cosine {
						x /= math.Sqrt(2 * j.distanceFromZero(j.x[i]))
					}
					c[col] += j.weights[i] * x / total
				}
			}
			j.centers[a] = c
		}
		before := j.labels
		if j.assign(); slices.Equal(before, j.labels) {
			return !j.tied
		}
	}
	return false
}

func (j *kmeansJudge) distanceFromZero(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v / 2
	}
	return sum
}

// median tries every value, and every middle of two.
func (j *kmeansJudge) median(members []int, col int, total float64) float64 {
	var values []float64
	for _, i := range members {
		values = append(values, j.x[i][col])
	}
	slices.Sort(values)
	values = slices.Compact(values)
	for a, v := range values {
		below, upTo := 0.0, 0.0
		for _, i := range members {
			if j.x[i][col] < v {
				below += j.weights[i]
			}
			if j.x[i][col] <= v {
				upTo += j.weights[i]
			}
		}
		if 2*upTo == total {
			return (v + values[a+1]) / 2
		}
		if 2*below < total && 2*upTo > total {
			return v
		}
	}
	panic("no median")
}

// drawKMeans draws rows about a few centres, some of them twice, and weights.
func drawKMeans(t *rapid.T, d int) (x []float64, weights []float64) {
	n := rapid.IntRange(5, 300).Draw(t, "rows")
	rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	offset := rapid.SampledFrom([]float64{0, 0, 100, 1e6}).Draw(t, "offset")
	weights = make([]float64, n)
	for i := range n {
		if i > 3 && rng.IntN(10) == 0 {
			x = append(x, x[d:2*d]...)
		} else {
			for range d {
				x = append(x, offset+rng.NormFloat64()+3*float64(rng.IntN(2)))
			}
		}
		weights[i] = float64(rng.IntN(4))
	}
	weights[0], weights[1], weights[2] = 1, 2, 1
	return x, weights
}

var kmeansMetrics = []Metric{SquaredEuclidean, Manhattan, Cosine}

// All algorithms, for rows in memory or read again and again and any number of workers,
// give the same bits; they go as the judge does; and inertia never rises.
func TestKMeansJudge(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom([]int{1, 2, 3, 7, 20}).Draw(t, "columns")
		x, weights := drawKMeans(t, d)
		if !rapid.Bool().Draw(t, "weighted") {
			weights = slices.Repeat([]float64{1}, len(weights))
		}
		src, err := data.NewTable(kmeansColumns(d), x, weights)
		if err != nil {
			t.Fatal(err)
		}
		k := rapid.IntRange(1, 3).Draw(t, "k")
		metric := rapid.SampledFrom(kmeansMetrics).Draw(t, "metric")
		judge := kmeansJudge{metric: metric, weights: weights}
		for i := range src.Rows() {
			judge.x = append(judge.x, src.Row(i))
		}
		var begin [][]float64
		for j := range k {
			begin = append(begin, slices.Clone(src.Row(j)))
		}
		judge.centers = slices.Clone(begin)
		whole := judge.run()

		var first *Run[*KMeansModel]
		for _, c := range []struct {
			algorithm KMeansAlgorithm
			workers   int
			memory    int64
		}{{Lloyd, 1, 0}, {Hamerly, 2, 0}, {Elkan, 7, 0}, {KMeansAuto, 2, 1}} {
			var source data.Source = src
			if c.memory > 0 {
				if metric == Manhattan {
					continue
				}
				c.memory = int64(k*(19*d+16)) * 8 // what the centres take, but not the rows
				source = notInMemory{src}
			}
			run, err := KMeans{Metric: metric, Centers: begin, Algorithm: c.algorithm}.Fit(context.Background(), source, Config{Workers: c.workers, Memory: c.memory})
			if err != nil {
				t.Fatal(err)
			}
			for i := 1; i < len(run.History); i++ {
				if run.History[i] < run.History[i-1]-1e-12*(1+math.Abs(run.History[i])) {
					t.Fatalf("%v: inertia rises: %v", c.algorithm, run.History)
				}
			}
			if !run.Converged {
				t.Fatalf("%v does not converge: %v", c.algorithm, run.History)
			}
			if first == nil {
				first = run
			}
			if !slices.Equal(run.History, first.History) || !cmp.Equal(run.Model.Centers, first.Model.Centers) || !cmp.Equal(run.Model.Sizes, first.Model.Sizes) {
				t.Fatalf("%v differs: history %v and %v, centers %v and %v", c.algorithm, run.History, first.History, run.Model.Centers, first.Model.Centers)
			}
		}
		if !whole {
			return
		}
		compared++
		if !kmeansNear(first.Model.Inertia, judge.inertia, 1e-7) && math.Abs(first.Model.Inertia-judge.inertia) > 1e-7 {
			t.Fatalf("inertia %v, want %v", first.Model.Inertia, judge.inertia)
		}
		labels, err := Labels(context.Background(), first.Model, src)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(labels, judge.labels) {
			t.Fatalf("labels %v, want %v", labels, judge.labels)
		}
	})
	if compared < 10 {
		t.Errorf("only %d fits were compared with the judge", compared)
	}
}

// notInMemory is a source that is no table.
type notInMemory struct{ data.Source }

// With enough starts the best of all partitions of a few rows is found.
func TestKMeansBestPartition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, metric := range kmeansMetrics {
		for range 10 {
			const n, k = 8, 3
			judge := kmeansJudge{metric: metric, weights: slices.Repeat([]float64{1}, n)}
			var x []float64
			for range n {
				row := []float64{rng.NormFloat64(), rng.NormFloat64()}
				judge.x, x = append(judge.x, row), append(x, row...)
			}
			least := math.Inf(1)
			for code := range 6561 { // 3⁸
				labels := make([]int, n)
				for i := range labels {
					labels[i], code = code%k, code/k
				}
				if sum, ok := judge.cost(labels, k); ok {
					least = min(least, sum)
				}
			}
			src, err := data.FromMatrix(x, 2)
			if err != nil {
				t.Fatal(err)
			}
			run, err := KMeans{K: k, Metric: metric}.Fit(context.Background(), src, Config{Starts: 40})
			if err != nil {
				t.Fatal(err)
			}
			if !kmeansNear(run.Model.Inertia, least, 1e-9) {
				t.Errorf("%v: inertia %v, the best partition has %v", metric, run.Model.Inertia, least)
			}
		}
	}
}

// cost is the inertia of a partition, with the best centres.
func (j *kmeansJudge) cost(labels []int, k int) (sum float64, ok bool) {
	for a := range k {
		var members []int
		for i, l := range labels {
			if l == a {
				members = append(members, i)
			}
		}
		if members == nil {
			return 0, false
		}
		c := make([]float64, 2)
		for col := range c {
			if j.metric == Manhattan {
				c[col] = j.median(members, col, float64(len(members)))
				continue
			}
			for _, i := range members {
				x := j.x[i][col] / float64(len(members))
				if j.metric == Cosine {
					x /= math.Sqrt(2 * j.distanceFromZero(j.x[i]))
				}
				c[col] += x
			}
		}
		for _, i := range members {
			sum += j.distance(j.x[i], c)
		}
	}
	return sum, true
}

// spheres is a mixture of spherical Gaussians of variance 1/2 and equal weights, of which
// k-means is the hard EM.
type spheres struct{ centers [][]float64 }

func (m *spheres) NewStatistics() *Statistics {
	return NewStatistics("spheres", len(m.centers)*(1+len(m.centers[0])))
}

func (m *spheres) Expect(*Block, *Statistics) error { return errors.New("hard only") }

func (m *spheres) ExpectHard(b *Block, s *Statistics) error {
	d := len(m.centers[0])
	for i := range b.Rows {
		best, most := 0, math.Inf(-1)
		for j, c := range m.centers {
			density := -math.Log(float64(len(m.centers))) - float64(d)/2*math.Log(math.Pi)
			for l, v := range b.Row(i) {
				density -= (v - c[l]) * (v - c[l])
			}
			if density > most {
				best, most = j, density
			}
		}
		s.LogLikelihood += most
		s.Weight++
		s.Sums[best*(d+1)]++
		for l, v := range b.Row(i) {
			s.Sums[best*(d+1)+1+l] += v
		}
	}
	return nil
}

func (m *spheres) Maximize(s *Statistics) error {
	d := len(m.centers[0])
	for j, c := range m.centers {
		for l := range c {
			c[l] = s.Sums[j*(d+1)+1+l] / s.Sums[j*(d+1)]
		}
	}
	return nil
}

func TestKMeansIsHardEM(t *testing.T) {
	const n, d, k = 500, 4, 5
	x := madeUpRows(n, d, 6, 1)
	src, err := data.FromMatrix(x, d)
	if err != nil {
		t.Fatal(err)
	}
	var begin, copied [][]float64
	for j := range k {
		begin, copied = append(begin, src.Row(j)), append(copied, slices.Clone(src.Row(j)))
	}
	run, err := KMeans{Centers: begin}.Fit(context.Background(), src, Config{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := NewRows(context.Background(), src, Config{}, RefuseMissing)
	if err != nil {
		t.Fatal(err)
	}
	hard, err := Fit(context.Background(), rows, func(context.Context, int) (*spheres, error) { return &spheres{copied}, nil }, Config{Hard: true, Tolerance: 1e-15})
	if err != nil {
		t.Fatal(err)
	}
	constant := -n * (math.Log(k) + d/2.0*math.Log(math.Pi))
	if len(run.History) != len(hard.History) {
		t.Fatalf("%d and %d iterations", len(run.History), len(hard.History))
	}
	for i, v := range hard.History {
		if !kmeansNear(run.History[i]+constant, v, 1e-12) {
			t.Errorf("iteration %d: %v and %v", i, run.History[i]+constant, v)
		}
	}
	for j, c := range hard.Model.centers {
		for l, v := range c {
			if math.Abs(run.Model.Centers[j][l]-v) > 1e-12 {
				t.Errorf("center %d is %v, want %v", j, run.Model.Centers[j], c)
			}
		}
	}
}
