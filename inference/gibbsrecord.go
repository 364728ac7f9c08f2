package inference

import (
	"math"

	"github.com/belief-go/belief/mcmc/diagnostics"
)

// A recorder keeps batch means of the probabilities that a chain passes, and of
// their squares. When there is no room for another batch, neighbours are merged
// and batches become twice as long, so that memory does not grow with the run.
type recorder struct {
	width   int
	n       int // recorded sweeps
	per     int // sweeps of a batch
	in      int // sweeps in the current one
	batches int // complete
	most    int // even
	sum, sq []float64
	means   []float64 // batches × width
	meansSq []float64
	total   []float64
}

func newRecorder(width, most int) recorder {
	return recorder{width: width, per: 1, most: most, sum: make([]float64, width), sq: make([]float64, width),
		means: make([]float64, most*width), meansSq: make([]float64, most*width), total: make([]float64, width)}
}

// add records the probabilities of one variable.
func (r *recorder) add(at int, probs []float64) {
	sum, sq := r.sum[at:at+len(probs)], r.sq[at:at+len(probs)]
	for j, p := range probs {
		sum[j] += p
		sq[j] += p * p
	}
}

// next ends a sweep.
func (r *recorder) next() {
	r.n++
	if r.in++; r.in < r.per {
		return
	}
	r.in = 0
	to := r.batches * r.width
	scale := 1 / float64(r.per)
	for j := range r.sum {
		r.total[j] += r.sum[j]
		r.means[to+j], r.meansSq[to+j] = r.sum[j]*scale, r.sq[j]*scale
		r.sum[j], r.sq[j] = 0, 0
	}
	if r.batches++; r.batches == r.most {
		r.merge()
	}
}

// merge halves the number of batches.
func (r *recorder) merge() {
	w := r.width
	r.batches /= 2
	r.per *= 2
	for b := range r.batches {
		for j := range w {
			r.means[b*w+j] = (r.means[2*b*w+j] + r.means[(2*b+1)*w+j]) / 2
			r.meansSq[b*w+j] = (r.meansSq[2*b*w+j] + r.meansSq[(2*b+1)*w+j]) / 2
		}
	}
}

// mean returns the average of column j.
func (r *recorder) mean(j int) float64 { return (r.total[j] + r.sum[j]) / float64(r.n) }

// columnStats is the average of a recorded column over all chains, and what it is
// worth.
type columnStats struct {
	mean, mcse, ess, rHat float64
}

// columnsOf computes the statistics of all columns. Chains that were interrupted may
// be of different lengths; errors then come from the part that all have.
func columnsOf(chains []*gibbsChain) []columnStats {
	per, batches := 1, math.MaxInt
	for _, c := range chains {
		per = max(per, c.rec.per)
	}
	for _, c := range chains {
		for c.rec.per < per {
			if c.rec.in > 0 || c.rec.batches%2 == 1 { // what does not fill a batch counts for the mean alone
				for j := range c.rec.sum {
					c.rec.total[j] += c.rec.sum[j]
				}
				clear(c.rec.sum)
				clear(c.rec.sq)
				c.rec.in = 0
			}
			c.rec.merge()
		}
		batches = min(batches, c.rec.batches)
	}
	out := make([]columnStats, chains[0].g.width)
	series := make([][]float64, len(chains))
	for i := range series {
		series[i] = make([]float64, batches)
	}
	draws := 0
	for _, c := range chains {
		draws += c.rec.n
	}
	for j := range out {
		mean, square := 0.0, 0.0
		for i, c := range chains {
			mean += (c.rec.total[j] + c.rec.sum[j]) / float64(draws)
			for b := range batches {
				series[i][b] = c.rec.means[b*c.rec.width+j]
				square += c.rec.meansSq[b*c.rec.width+j]
			}
		}
		square /= float64(batches * len(chains))
		st := columnStats{mean: mean, mcse: diagnostics.MCSEMean(series), rHat: splitRHat(chains, batches, j), ess: math.NaN()}
		if math.IsNaN(st.mcse) && batches >= 4 {
			st.mcse = 0 // constant
		}
		st.mcse *= fewTurns(series, st.mcse)
		if variance := square - mean*mean; variance > 1e-14 && st.mcse > 1e-12 { // what is less is rounding
			st.ess = variance / (st.mcse * st.mcse)
		}
		out[j] = st
	}
	return out
}

// fewTurns is the factor by which a standard error grows that rests on few events.
// Where a chain leaves the bulk of a posterior seldom and for long, the mean and its
// error come from the few batches in which it was away, and a run with too few of
// those, by chance, has a wrong mean and too small an error together. What counts is
// how many independent batches carry the deviations,
//
//	k = (Σ d²)² / Σ d⁴ · (error of independent batches / error)²,
//
// a third of all where they are normal and independent. The mean then is as good as a
// count of k events, and the score interval of a Poisson mean (see Agresti & Coull
// 1998), with z standard errors, is as wide as if its variance were k + z²/4: with z
// = 4, k + 4.
func fewTurns(series [][]float64, mcse float64) float64 {
	const more = 4 // z²/4
	n, mean := 0.0, 0.0
	for _, c := range series {
		for _, x := range c {
			n, mean = n+1, mean+x
		}
	}
	mean /= n
	var two, four float64
	for _, c := range series {
		for _, x := range c {
			d := (x - mean) * (x - mean)
			two, four = two+d, four+d*d
		}
	}
	if !(four > 0) || !(mcse > 0) {
		return 1
	}
	k := two * two / four * min(1, two/(n*n*mcse*mcse))
	return math.Sqrt(1 + more/k)
}

// splitRHat is R-hat of column j between the halves of all chains, from batch means
// of the draws and of their squares (Gelman et al. 2013, equation 11.4). Values
// that never change have 1 if they agree and +Inf if they do not.
func splitRHat(chains []*gibbsChain, batches, j int) float64 {
	half := batches / 2
	if half == 0 {
		return math.NaN()
	}
	n := float64(half * chains[0].rec.per)
	var within, sum, sum2, low, high float64
	low = math.Inf(1)
	high = math.Inf(-1)
	for _, c := range chains {
		for _, from := range []int{0, batches - half} {
			m, q := 0.0, 0.0
			for b := from; b < from+half; b++ {
				m += c.rec.means[b*c.rec.width+j]
				q += c.rec.meansSq[b*c.rec.width+j]
			}
			m, q = m/float64(half), q/float64(half)
			within += max(0, q-m*m) * n / max(n-1, 1)
			sum += m
			sum2 += m * m
			low, high = min(low, m), max(high, m)
		}
	}
	k := float64(2 * len(chains))
	within /= k
	if within < 1e-14 { // constant, as far as squares can tell
		if high-low < 1e-6 {
			return 1
		}
		return math.Inf(1)
	}
	between := max(0, sum2-sum*sum/k) / (k - 1)
	return math.Sqrt((n-1)/n + between/within)
}
