package disttest

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/internal/stream"
)

// Draws against themselves, the moments, the entropy and the density.

// vectorDraws is how many draws the statistical checks take.
const vectorDraws = 40000

// alarm is the probability that one of the six kinds of statistical checks gives a
// false alarm.
const alarm = 1e-6 / 6

// gaussianBound is how many standard errors one of k means may be off.
func gaussianBound(k int) float64 { return -mathext.NormalQuantile(alarm / float64(2*k)) }

// draw takes the draws and compares them with those of the same stream. It returns
// whether there is any point in going on.
func (s *vectorSuite) draw() bool {
	a, b := stream.New(1, "disttest"), stream.New(1, "disttest")
	s.x, s.logP = make([]float64, vectorDraws*s.n), make([]float64, vectorDraws)
	free, again := make([]float64, s.Chart.Dim), make([]float64, s.n)
	for i := range vectorDraws {
		x := s.row(i)
		s.Dist.RandTo(x, a)
		if i < pilot && !slices.Equal(x, s.Dist.RandTo(again, b)) {
			s.Errorf("%s: draw %d of one stream is %v and %v", s.name, i, x, again)
			return false
		}
		s.logP[i] = s.Dist.LogProb(x)
		if math.IsNaN(s.logP[i]) || math.IsInf(s.logP[i], 0) {
			s.Errorf("%s: the draw %v has log probability %v", s.name, x, s.logP[i])
			return false
		}
		s.Chart.Free(free, x)
		s.Chart.Value(again, free)
		for j, v := range again {
			if !(math.Abs(v-x[j]) <= 1e-9*(1+math.Abs(x[j]))) {
				s.Errorf("%s: the draw %v does not obey its constraints, which make it %v", s.name, x, again)
				return false
			}
		}
		for k, v := range free {
			if s.Integer[k] && v != math.Floor(v) {
				s.Errorf("%s: coordinate %d of the draw %v is no integer", s.name, k, x)
				return false
			}
		}
	}
	s.locate()
	return true
}

// pilot is how many draws the suite looks at to learn where the values lie. The
// statistical checks take the others, which do not depend on them.
const pilot = 4000

// locate finds the median of each coordinate of the chart and the standard
// deviation that a normal distribution with the same central half would have.
func (s *vectorSuite) locate() {
	free := make([]float64, s.Chart.Dim)
	columns := make([][]float64, s.Chart.Dim)
	for i := range pilot {
		s.Chart.Free(free, s.row(i))
		for k, v := range free {
			columns[k] = append(columns[k], v)
		}
	}
	for k, c := range columns {
		slices.Sort(c)
		spread := (c[pilot*3/4] - c[pilot/4]) / 1.349
		if s.Integer[k] {
			spread += 0.5
		}
		if spread == 0 {
			spread = 1e-3
		}
		s.centre, s.spread = append(s.centre, c[pilot/2]), append(s.spread, spread)
	}
}

// moments holds mean, covariance and entropy against the draws. Their averages are
// taken to be normal, which for this many draws they nearly are.
func (s *vectorSuite) moments() {
	mean := s.Dist.MeanTo(nil)
	cov := s.Dist.CovarianceTo(nil)
	if len(mean) != s.n || cov.SymmetricDim() != s.n {
		s.Errorf("%s: the mean has length %d and the covariance size %d, want %d", s.name, len(mean), cov.SymmetricDim(), s.n)
		return
	}
	const count = vectorDraws - pilot
	within := func(what string, k int, f func(i int) float64, want float64) {
		if math.IsNaN(want) || math.IsInf(want, 0) {
			return
		}
		var sum, square float64
		for i := pilot; i < vectorDraws; i++ {
			v := f(i) - want
			sum += v
			square += v * v
		}
		gap := sum / count
		se := math.Sqrt(max(0, square/count-gap*gap) / count)
		if !(math.Abs(gap) <= gaussianBound(k)*se+1e-10*(1+math.Abs(want))) {
			s.Errorf("%s: %s is %v, the draws say %v ± %v", s.name, what, want, want+gap, se)
		}
	}
	for j, m := range mean {
		if v := cov.At(j, j); math.IsNaN(v) || math.IsInf(v, 0) {
			continue // the mean of draws has no standard error
		}
		within(fmt.Sprintf("the mean of %d", j), s.n, func(i int) float64 { return s.row(i)[j] }, m)
	}
	for j := range s.n {
		for k := range j + 1 {
			if s.HeavyTails {
				continue
			}
			within(fmt.Sprintf("the covariance of %d and %d", j, k), s.n*(s.n+1)/2, func(i int) float64 {
				x := s.row(i)
				return (x[j] - mean[j]) * (x[k] - mean[k])
			}, cov.At(j, k))
		}
	}
	within("the entropy", 1, func(i int) float64 { return -s.logP[i] }, s.Dist.Entropy())
}

// bridge ties the density to the draws. For any density q with respect to the same
// measure and any function h,
//
//	E_p[h q/(p + q)] = ∫ h p q/(p + q) = E_q[h p/(p + q)],
//
// and where |h| ≤ 1 both sides are averages of bounded numbers, however heavy the
// tails and wherever q leaves the support (Bennett 1976; Meng & Wong 1996). With
// h = 1 it finds a density that does not integrate to one, with others one of the
// wrong shape. Here q is normal in the chart's coordinates, rounded where they are
// integers, and h is one, or tanh of one or two of the coordinates. The bound is
// that of Maurer & Pontil (2009, theorem 4), which holds for any number of draws.
func (s *vectorSuite) bridge() {
	q, ok := s.proposal()
	if !ok {
		s.Errorf("%s: the draws lie in a plane of the chart's coordinates", s.name)
		return
	}
	seen := min(s.Chart.Dim, 8)
	functions := 1 + seen + seen*(seen+1)/2
	left, right := make([]bounded, functions), make([]bounded, functions)
	add := func(to []bounded, free []float64, w float64) {
		to[0].add(w)
		z := make([]float64, seen)
		for k := range z {
			z[k] = math.Tanh((free[k] - s.centre[k]) / s.spread[k])
		}
		f := 1 + seen
		for k, v := range z {
			to[1+k].add(w * v)
			for _, u := range z[:k+1] {
				to[f].add(w * v * u)
				f++
			}
		}
	}
	free, value := make([]float64, s.Chart.Dim), make([]float64, s.n)
	r := stream.New(2, "disttest")
	for i := pilot; i < vectorDraws; i++ {
		s.Chart.Free(free, s.row(i))
		add(left, free, 1/(1+math.Exp(s.logP[i]-q.logProb(free))))
		q.rand(free, r)
		l := s.logProbAt(value, free)
		if math.IsNaN(l) || math.IsInf(l, 1) {
			s.Errorf("%s: %v has log probability %v", s.name, value, l)
			return
		}
		add(right, free, 1/(1+math.Exp(q.logProb(free)-l)))
	}
	for f := range left {
		a, b := left[f], right[f]
		slack := a.slack(2*functions) + b.slack(2*functions)
		if gap := a.mean() - b.mean(); math.Abs(gap) > slack {
			s.Errorf("%s: density and draws disagree (function %d of %d): %.5f and %.5f differ by more than %.5f", s.name, f, functions, a.mean(), b.mean(), slack)
			return
		}
	}
}

// bounded averages numbers between −1 and 1.
type bounded struct{ n, sum, square float64 }

func (b *bounded) add(v float64) { b.n++; b.sum += v; b.square += v * v }

func (b *bounded) mean() float64 { return b.sum / b.n }

// slack is how far the average may be off, if it is one of k.
func (b *bounded) slack(k int) float64 {
	l := math.Log(4 * float64(k) / alarm)
	variance := max(0, b.square-b.sum*b.sum/b.n) / (b.n - 1)
	return math.Sqrt(2*variance*l/b.n) + 14*l/(3*(b.n-1))
}

// enumeration sums over all values.
func (s *vectorSuite) enumeration() {
	if s.Values == nil {
		return
	}
	var total, entropy float64
	mean, cov := make([]float64, s.n), mat.NewSymDense(s.n, nil)
	index, p := map[string]int{}, make([]float64, len(s.Values))
	for v, x := range s.Values {
		l := s.Dist.LogProb(x)
		p[v] = math.Exp(l)
		index[fmt.Sprint(x)] = v
		total += p[v]
		if p[v] > 0 {
			entropy -= p[v] * l
		}
		addMoments(mean, cov, x, p[v])
	}
	s.exact("the values", total, mean, cov, entropy, 1e-9)
	counts := make([]float64, len(p))
	for i := range vectorDraws {
		v, ok := index[fmt.Sprint(s.row(i))]
		if !ok {
			s.Errorf("%s: the draw %v is not among the values", s.name, s.row(i))
			return
		}
		counts[v]++
	}
	// Values with an expected count below ten share a cell.
	var square, rare, rareCount float64
	cells := 0
	cell := func(count, want float64) {
		square += (count - want) * (count - want) / want
		cells++
	}
	for v, count := range counts {
		if want := p[v] * vectorDraws; want >= 10 {
			cell(count, want)
		} else {
			rare += want
			rareCount += count
		}
	}
	if rare >= 10 {
		cell(rareCount, rare)
	}
	if tail := mathext.GammaIncRegComp(float64(cells-1)/2, square/2); cells > 1 && tail < alarm {
		s.Errorf("%s: the counts of draws have chi-square %v in %d cells, probability %v", s.name, square, cells, tail)
	}
}

// addMoments adds p x and p x xᵀ.
func addMoments(mean []float64, cov *mat.SymDense, x []float64, p float64) {
	for i, v := range x {
		mean[i] += p * v
		for j := range i + 1 {
			cov.SetSym(i, j, cov.At(i, j)+p*v*x[j])
		}
	}
}

// exact compares sums or integrals with what the distribution says; cov holds the
// second moments.
func (s *vectorSuite) exact(of string, total float64, mean []float64, cov *mat.SymDense, entropy, tol float64) {
	s.near("the total probability of "+of, total, 1, tol)
	if h := s.Dist.Entropy(); !math.IsNaN(h) {
		s.near("the entropy by "+of, h, entropy, 10*tol)
	}
	want, wantCov := s.Dist.MeanTo(nil), s.Dist.CovarianceTo(nil)
	for i := range mean {
		s.near(fmt.Sprintf("the mean of %d by %s", i, of), want[i], mean[i], 10*tol)
		for j := range i + 1 {
			second := cov.At(i, j)
			s.near(fmt.Sprintf("the covariance of %d and %d by %s", i, j, of), wantCov.At(i, j), second-mean[i]*mean[j], 10*tol*max(1, math.Abs(second)))
		}
	}
}

// projections holds the distribution of numbers computed from draws against what
// it should be, by the bound of Dvoretzky, Kiefer & Wolfowitz with Massart's
// constant.
func (s *vectorSuite) projections() {
	bound := math.Sqrt(math.Log(2*float64(len(s.Projections))/alarm) / (2 * vectorDraws))
	v := make([]float64, vectorDraws)
	for _, p := range s.Projections {
		for i := range v {
			v[i] = p.Of(s.row(i))
		}
		slices.Sort(v)
		for i := 0; i < len(v); i += 8 { // in between nothing much can happen
			for i+1 < len(v) && v[i+1] == v[i] {
				i++
			}
			if share := float64(i+1) / vectorDraws; !(math.Abs(share-p.CDF(v[i])) <= bound) {
				s.Errorf("%s: %s is at most %v in a share %v of the draws, and should be in %v", s.name, p.Name, v[i], share, p.CDF(v[i]))
				break
			}
		}
	}
}
