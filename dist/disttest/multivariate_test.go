package disttest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
)

// A pair is two correlated normal numbers: X = m + sU, Y = n + s(U + V).
type pair struct{ m, n, s float64 }

func newPair(p []float64) dist.Multivariate { return pair{p[0], p[1], p[2]} }

func room(dst []float64, n int) []float64 {
	if dst == nil {
		return make([]float64, n)
	}
	if len(dst) != n {
		panic("dist: wrong length")
	}
	return dst
}

func (d pair) Dim() int            { return 2 }
func (d pair) String() string      { return fmt.Sprintf("pair%v", d.Params()) }
func (d pair) Params() []float64   { return []float64{d.m, d.n, d.s} }
func (d pair) Entropy() float64    { return 1 + math.Log(2*math.Pi) + 2*math.Log(d.s) }
func (d pair) normal() dist.Normal { return dist.Normal{Sigma: d.s} }
func (d pair) parts(x []float64) (u, v float64) {
	room(x, 2)
	return x[0] - d.m, x[1] - d.n - (x[0] - d.m)
}
func (d pair) LogProb(x []float64) float64 {
	u, v := d.parts(x)
	l := d.normal().LogProb(u) + d.normal().LogProb(v)
	if math.IsNaN(l) && !math.IsNaN(x[0]+x[1]) || math.IsInf(x[0], 0) && !math.IsNaN(x[1]) {
		return math.Inf(-1)
	}
	return l
}
func (d pair) LogProbTo(dst, x []float64) []float64 {
	if len(x)%2 != 0 {
		panic("dist: half a pair")
	}
	dst = room(dst, len(x)/2)
	for i := range dst {
		dst[i] = d.LogProb(x[2*i : 2*i+2])
	}
	return dst
}
func (d pair) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = room(dst, 2)
	dst[0] = d.m + d.s*r.NormFloat64()
	dst[1] = d.n + dst[0] - d.m + d.s*r.NormFloat64()
	return dst
}
func (d pair) MeanTo(dst []float64) []float64 {
	dst = room(dst, 2)
	dst[0], dst[1] = d.m, d.n
	return dst
}
func (d pair) CovarianceTo(*mat.SymDense) *mat.SymDense {
	v := d.s * d.s
	return mat.NewSymDense(2, []float64{v, v, v, 2 * v})
}
func (d pair) GradLogProbTo(dst, x []float64) []float64 {
	u, v := d.parts(x)
	dst = room(dst, 2)
	dst[0], dst[1] = (v-u)/(d.s*d.s), -v/(d.s*d.s)
	return dst
}
func (d pair) ScoreTo(dst, x []float64) []float64 {
	u, v := d.parts(x)
	dst = room(dst, 3)
	dst[0], dst[1], dst[2] = (u-v)/(d.s*d.s), v/(d.s*d.s), (u*u+v*v)/(d.s*d.s*d.s)-2/d.s
	return dst
}

func fitPair(x, w []float64) (dist.Multivariate, error) {
	if w != nil && len(w) != len(x)/2 {
		panic("dist: too few weights")
	}
	var u, v []float64
	for i := 0; i < len(x); i += 2 {
		u, v = append(u, x[i]), append(v, x[i+1]-x[i])
	}
	a, err := dist.FitNormal(u, w)
	if err != nil {
		return nil, err
	}
	b, err := dist.FitNormal(v, w)
	return pair{a.Mu, a.Mu + b.Mu, math.Sqrt((a.Variance() + b.Variance()) / 2)}, err
}

// Counts are those of n throws of a three-sided die.
type counts struct {
	n int
	p [3]float64
}

func (d counts) Dim() int       { return 3 }
func (d counts) String() string { return fmt.Sprintf("counts%v", d.p) }
func (d counts) LogProb(x []float64) float64 {
	room(x, 3)
	if math.IsNaN(x[0] + x[1] + x[2]) {
		for _, v := range x {
			if math.IsInf(v, 0) {
				return math.Inf(-1)
			}
		}
		return math.NaN()
	}
	l, _ := math.Lgamma(float64(d.n) + 1)
	for i, v := range x {
		if v < 0 || v != math.Floor(v) || math.IsInf(v, 0) {
			return math.Inf(-1)
		}
		g, _ := math.Lgamma(v + 1)
		l += v*math.Log(d.p[i]) - g
	}
	if x[0]+x[1]+x[2] != float64(d.n) {
		return math.Inf(-1)
	}
	return l
}
func (d counts) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = room(dst, 3)
	clear(dst)
	for range d.n {
		switch u := r.Float64(); {
		case u < d.p[0]:
			dst[0]++
		case u < d.p[0]+d.p[1]:
			dst[1]++
		default:
			dst[2]++
		}
	}
	return dst
}
func (d counts) MeanTo(dst []float64) []float64 {
	dst = room(dst, 3)
	for i := range dst {
		dst[i] = float64(d.n) * d.p[i]
	}
	return dst
}
func (d counts) CovarianceTo(*mat.SymDense) *mat.SymDense {
	c := mat.NewSymDense(3, nil)
	for i, p := range d.p {
		for j := range i {
			c.SetSym(i, j, -float64(d.n)*p*d.p[j])
		}
		c.SetSym(i, i, float64(d.n)*p*(1-p))
	}
	return c
}
func (d counts) Entropy() float64 {
	h := 0.0
	for _, x := range d.values() {
		h -= d.LogProb(x) * math.Exp(d.LogProb(x))
	}
	return h
}
func (d counts) values() (all [][]float64) {
	for i := range d.n + 1 {
		for j := range d.n - i + 1 {
			all = append(all, []float64{float64(i), float64(j), float64(d.n - i - j)})
		}
	}
	return all
}

var (
	goodPair   = pair{1, -2, 3}
	goodCounts = counts{6, [3]float64{0.2, 0.5, 0.3}}
	pairBox    = Box([]float64{1 - 24, -2 - 34}, []float64{1 + 24, -2 + 34})
)

func TestRunMultivariateAccepts(t *testing.T) {
	sum := Projection{"the difference", func(x []float64) float64 { return x[1] - x[0] }, dist.Normal{Mu: -3, Sigma: 3}.CDF}
	RunMultivariate(t, MultivariateCase{Dist: goodPair, New: newPair, Fit: fitPair, Cube: pairBox, Projections: []Projection{sum}})
	RunMultivariate(t, MultivariateCase{Dist: goodCounts, Chart: Simplex(3, 6), Integer: []bool{true}, Values: goodCounts.values(),
		Projections: []Projection{{"the first", func(x []float64) float64 { return x[0] }, dist.Binomial{N: 6, P: 0.2}.CDF}}})
}

// One mistake each, in a distribution that is otherwise right.
type (
	scaled    struct{ pair } // does not integrate to one
	narrow    struct{ pair } // density of another correlation
	offMean   struct{ pair }
	offCov    struct{ pair }
	offH      struct{ pair }
	offGrad   struct{ pair }
	offScore  struct{ pair }
	shifted   struct{ pair } // draws a twentieth of a standard deviation off
	cubed     struct{ pair } // draws with right moments and another shape
	timed     struct{ pair } // draws differ from run to run
	offBatch  struct{ pair }
	wasteful  struct{ pair }
	nanPasses struct{ pair }
	infinite  struct{ pair }
	towering  struct{ pair } // infinite density where draws do not come
	longPass  struct{ pair }
	longIndex struct{ pair }
	loaded    struct{ counts } // draws from another die
	offMass   struct{ counts }
	halves    struct{ counts }
	short     struct{ counts } // a throw too few
)

func (d scaled) LogProb(x []float64) float64          { return d.pair.LogProb(x) + 0.1 }
func (d scaled) LogProbTo(dst, x []float64) []float64 { return addAll(d.pair.LogProbTo(dst, x), 0.1) }
func (d scaled) Entropy() float64                     { return d.pair.Entropy() - 0.1 }
func (d narrow) LogProb(x []float64) float64 {
	return d.pair.LogProb([]float64{x[0], x[1] + (x[0]-d.m)*0.2}) + 0*x[len(x)-1]
}
func (d narrow) LogProbTo(dst, x []float64) []float64 { return nil }
func (d offMean) MeanTo(dst []float64) []float64      { return addAll(d.pair.MeanTo(dst), 0.1) }
func (d offCov) CovarianceTo(*mat.SymDense) *mat.SymDense {
	return mat.NewSymDense(2, []float64{9, 9, 9, 17})
}
func (d offH) Entropy() float64 { return d.pair.Entropy() + 0.04 }
func (d offGrad) GradLogProbTo(dst, x []float64) []float64 {
	return addAll(d.pair.GradLogProbTo(dst, x), 1e-3)
}
func (d offScore) ScoreTo(dst, x []float64) []float64 { return addAll(d.pair.ScoreTo(dst, x), 1e-3) }
func (d shifted) RandTo(dst []float64, r *rand.Rand) []float64 {
	return addAll(d.pair.RandTo(dst, r), 0.15)
}
func (d cubed) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = room(dst, 2)
	u, v := math.Sqrt(3)*(2*r.Float64()-1), math.Sqrt(3)*(2*r.Float64()-1)
	dst[0], dst[1] = d.m+d.s*u, d.n+d.s*(u+v)
	return dst
}
func (d timed) RandTo(dst []float64, _ *rand.Rand) []float64 {
	return d.pair.RandTo(dst, rand.New(rand.NewPCG(rand.Uint64(), 1)))
}
func (d offBatch) LogProbTo(dst, x []float64) []float64 {
	return addAll(d.pair.LogProbTo(dst, x), 1e-9)
}
func (d wasteful) RandTo(dst []float64, r *rand.Rand) []float64 {
	return append(room(dst, 2)[:0], d.pair.RandTo(nil, r)...)
}
func (d nanPasses) LogProb(x []float64) float64 {
	if l := d.pair.LogProb(x); !math.IsNaN(l) {
		return l
	}
	return math.Inf(-1)
}
func (d infinite) LogProb(x []float64) float64 { return d.pair.LogProb(x) + 0*x[0] }
func (d towering) LogProb(x []float64) float64 {
	if l := d.pair.LogProb(x); !(x[0] > 20 && l > math.Inf(-1)) {
		return l
	}
	return math.Inf(1)
}
func (d longPass) LogProb(x []float64) float64 { return d.pair.LogProb(x[:2]) }
func (d longIndex) LogProb(x []float64) float64 {
	two := [2]float64{}
	for i, v := range x {
		two[i] += v
	}
	return d.pair.LogProb(two[:])
}
func (d loaded) RandTo(dst []float64, r *rand.Rand) []float64 {
	return counts{d.n, [3]float64{0.22, 0.5, 0.28}}.RandTo(dst, r)
}
func (d offMass) LogProb(x []float64) float64 { return d.counts.LogProb(x) + 0.15 }
func (d halves) RandTo(dst []float64, r *rand.Rand) []float64 {
	dst = d.counts.RandTo(dst, r)
	dst[0] += 0.5
	dst[1] -= 0.5
	return dst
}
func (d short) RandTo(dst []float64, r *rand.Rand) []float64 {
	return counts{d.n - 1, d.p}.RandTo(dst, r)
}

func addAll(x []float64, v float64) []float64 {
	for i := range x {
		x[i] += v
	}
	return x
}

// TestRunMultivariateRejects shows that each check fails where it should, by the
// words of its complaint.
func TestRunMultivariateRejects(t *testing.T) {
	whole := func(d dist.Multivariate) MultivariateCase {
		return MultivariateCase{Dist: d, Chart: Simplex(3, 6), Integer: []bool{true}}
	}
	listed := func(d dist.Multivariate) MultivariateCase {
		c := whole(d)
		c.Values = goodCounts.values()
		return c
	}
	offCDF := Projection{"the first", func(x []float64) float64 { return x[0] }, dist.Normal{Mu: 1.1, Sigma: 3}.CDF}
	for _, c := range []struct {
		MultivariateCase
		complaint string
	}{
		{MultivariateCase{Dist: scaled{goodPair}}, "density and draws disagree (function 0"},
		{MultivariateCase{Dist: scaled{goodPair}, Cube: pairBox}, "total probability of quadrature"},
		{MultivariateCase{Dist: narrow{goodPair}}, "density and draws disagree"},
		{MultivariateCase{Dist: cubed{goodPair}}, "density and draws disagree"},
		{MultivariateCase{Dist: shifted{goodPair}}, "the mean of 1 is"},
		{MultivariateCase{Dist: offMean{goodPair}}, "the mean of 0 is"},
		{MultivariateCase{Dist: offMean{goodPair}, Cube: pairBox}, "the mean of 0 by quadrature"},
		{MultivariateCase{Dist: offCov{goodPair}}, "the covariance of 1 and 1 is"},
		{MultivariateCase{Dist: offCov{goodPair}, Cube: pairBox}, "the covariance of 1 and 1 by"},
		{MultivariateCase{Dist: offH{goodPair}}, "the entropy is"},
		{MultivariateCase{Dist: offH{goodPair}, Cube: pairBox}, "the entropy by quadrature"},
		{MultivariateCase{Dist: offGrad{goodPair}}, "the gradient along coordinate 1"},
		{MultivariateCase{Dist: offScore{goodPair}, New: newPair}, "the score of parameter 2"},
		{MultivariateCase{Dist: timed{goodPair}}, "of one stream"},
		{MultivariateCase{Dist: offBatch{goodPair}}, "the log probability of value 0 of 1"},
		{MultivariateCase{Dist: wasteful{goodPair}}, "RandTo allocates"},
		{MultivariateCase{Dist: nanPasses{goodPair}}, "NaN at 0 passes"},
		{MultivariateCase{Dist: infinite{goodPair}}, "has log probability NaN"},
		{MultivariateCase{Dist: towering{goodPair}, Cube: pairBox}, "the entropy by quadrature is"},
		{MultivariateCase{Dist: longPass{goodPair}}, "LogProb of a long value: panic <nil>"},
		{MultivariateCase{Dist: longIndex{goodPair}}, "LogProb of a long value: panic runtime error"},
		{MultivariateCase{Dist: goodPair, Projections: []Projection{offCDF}}, "the first is at most"},
		{MultivariateCase{Dist: goodPair, Integer: []bool{true}}, "is no integer"},
		{MultivariateCase{Dist: goodPair, Chart: Simplex(2, 1)}, "does not obey its constraints"},
		{MultivariateCase{Dist: goodPair, Fit: func(x, _ []float64) (dist.Multivariate, error) { return fitPair(x, nil) }}, "the fit with weights"},
		{MultivariateCase{Dist: goodPair, Fit: func(x, w []float64) (dist.Multivariate, error) { return pair{1, -2, 3.3}, nil }}, "less likely than the truth"},
		{MultivariateCase{Dist: goodPair, Fit: func(x, w []float64) (dist.Multivariate, error) { return pair{1, -2, 3.5}, nil }}, "parameter 2 is 3.5"},
		{MultivariateCase{Dist: goodPair, Fit: func(x, w []float64) (dist.Multivariate, error) { return goodPair, nil }}, "fitting NaN gives"},
		{whole(loaded{goodCounts}), "density and draws disagree"},
		{listed(loaded{goodCounts}), "chi-square"},
		{whole(offMass{goodCounts}), "density and draws disagree (function 0"},
		{listed(offMass{goodCounts}), "total probability of the values"},
		{whole(halves{goodCounts}), "log probability -Inf"},
		{whole(short{goodCounts}), "log probability -Inf"},
	} {
		if race && c.complaint == "RandTo allocates" {
			continue // which is not looked at
		}
		var r recorder
		RunMultivariate(&r, c.MultivariateCase)
		if !strings.Contains(strings.Join(r.complaints, "\n"), c.complaint) {
			t.Errorf("%T: no complaint %q in %q", c.Dist, c.complaint, r.complaints)
		}
	}
}

// TestBoundedSlack holds the bound of Maurer & Pontil against its formula.
func TestBoundedSlack(t *testing.T) {
	var b bounded
	for i := range 30000 {
		b.add(float64(i%2)*2 - 1)
	}
	l := math.Log(4 * 5 / (1e-6 / 6))
	if got, want := b.slack(5), math.Sqrt(2*l*30000/29999/30000)+7*2*l/(3*29999); math.Abs(got-want) > 1e-12 {
		t.Errorf("slack %v, want %v", got, want)
	}
}
