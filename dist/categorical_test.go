package dist_test

import (
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/dist"
)

func TestCategorical(t *testing.T) {
	runDiscrete(t, func(p []float64) (dist.Categorical, error) {
		sum := 0.0
		for _, v := range p {
			sum += v
		}
		q := make([]float64, len(p))
		for i, v := range p {
			q[i] = v / sum
		}
		return dist.NewCategorical(q)
	}, func(p, x, w []float64) (dist.Categorical, error) { return dist.FitCategorical(len(p), x, w) },
		[]float64{0.2, 0.5, 0.3},
		[]float64{0.001, 0.999},
		[]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1})
}

// Classes without probability are never drawn, and the ends of the support are the
// outermost that have some.
func TestCategoricalZeros(t *testing.T) {
	d, err := dist.NewCategorical([]float64{0, 0.5, 0, 0.5, 0})
	if err != nil {
		t.Fatal(err)
	}
	if s := d.Support(); s.Lower != 1 || s.Upper != 3 {
		t.Errorf("the support is %v", s)
	}
	if d.Quantile(0.5) != 1 || d.Quantile(0.51) != 3 || d.CDF(2) != 0.5 {
		t.Errorf("quantiles %v, %v, CDF(2) %v", d.Quantile(0.5), d.Quantile(0.51), d.CDF(2))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		if x := d.Rand(r); x != 1 && x != 3 {
			t.Fatalf("drew %v", x)
		}
	}
}

// The caller's slice stays the caller's.
func TestCategoricalCopies(t *testing.T) {
	p := []float64{0.25, 0.75}
	d, err := dist.NewCategorical(p)
	if err != nil {
		t.Fatal(err)
	}
	p[0] = 1
	d.Params()[0] = 1
	if got := d.CDF(0); got != 0.25 {
		t.Errorf("CDF(0) is %v after the slice changed", got)
	}
}

// million has probabilities proportional to 1, 2, …
func million(tb testing.TB) dist.Categorical {
	const n = 1_000_000
	p := make([]float64, n)
	for i := range p {
		p[i] = float64(i+1) / (0.5 * n * (n + 1))
	}
	d, err := dist.NewCategorical(p)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// With a million classes the draws follow the distribution function. The bound is
// passed with probability 1e-6.
func TestCategoricalMillion(t *testing.T) {
	d, r := million(t), rand.New(rand.NewPCG(3, 4))
	const draws, bins = 200_000, 100
	var count [bins]float64
	for range draws {
		count[int(d.Rand(r))/10_000]++
	}
	total, bound := 0.0, math.Sqrt(math.Log(2/1e-6)/(2*draws))
	for i, c := range count {
		total += c / draws
		if want := d.CDF(float64((i+1)*10_000 - 1)); math.Abs(total-want) > bound {
			t.Errorf("%v of the draws are in the first %d bins, want %v", total, i+1, want)
		}
	}
	if l := d.LogProb(999_999); math.Abs(l-math.Log(2/1_000_001.0)) > 1e-12 {
		t.Errorf("the last log probability is %v", l)
	}
}

func BenchmarkCategoricalMillion(b *testing.B) {
	d, r := million(b), rand.New(rand.NewPCG(3, 4))
	for b.Loop() {
		d.Rand(r)
	}
}

// BenchmarkCategoricalMillionTo draws a thousand at once.
func BenchmarkCategoricalMillionTo(b *testing.B) {
	d, r := million(b), rand.New(rand.NewPCG(3, 4))
	dst := make([]float64, 1000)
	for b.Loop() {
		d.RandBatchTo(dst, r)
	}
	perValue(b, len(dst))
}

// Many draws at once are the draws one by one.
func TestCategoricalRandBatchTo(t *testing.T) {
	d := million(t)
	for _, n := range []int{0, 1, 63, 64, 65, 1000} {
		one, all := rand.New(rand.NewPCG(5, 6)), rand.New(rand.NewPCG(5, 6))
		for i, got := range d.RandBatchTo(make([]float64, n), all) {
			if want := d.Rand(one); got != want {
				t.Fatalf("draw %d of %d is %v, want %v", i, n, got, want)
			}
		}
	}
	dst, r := make([]float64, 100), rand.New(rand.NewPCG(1, 2))
	if n := patience.Allocations(10, func() { d.RandBatchTo(dst, r) }); n > 0 {
		t.Errorf("RandBatchTo allocates %v times", n)
	}
}
