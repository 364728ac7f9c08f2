package mcmc

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// What a tempered chain carries from step to step, and what it tells about it.

// Tempered is the kernel of [Tempering].
type Tempered interface {
	Tuner
	// Ladder tells how the ladder has worked since the warm-up, for the chain
	// that stands at s.
	Ladder(s *State) Ladder
}

// A Ladder tells how a ladder of temperatures works.
type Ladder struct {
	Betas []float64 // inverse temperatures, rising to 1
	// SwapRates are the mean acceptance probabilities of trades between
	// neighbours. Where one is near 0, the ladder is cut in two.
	SwapRates []float64
	// Barrier is the sum of the rejection rates, which for many levels does not
	// depend on their number (Syed et al. 2022, section 4). Round trips take least
	// time with about twice as many levels.
	Barrier float64
	// LogEvidence is log ∫ reference × likelihood by the stepping-stone method (Xie
	// et al. 2011),
	//
	//	Σ_i log E_{β_i} exp((β_{i+1} − β_i) log likelihood),
	//
	// with a standard error from the means of batches of steps, which holds if
	// the chain decorrelates in less than 1/32 of its length. It is NaN if the target
	// is not split, the ladder does not begin at 0, or there are fewer than 64
	// steps.
	LogEvidence belief.Estimate
	// Thermodynamic is the same by thermodynamic integration (Gelman & Meng 1998),
	// the integral over β of the mean log likelihood, by the trapezoidal rule. It
	// differs by the error of the rule, whose size is not known; −Inf where the
	// reference reaches points of likelihood zero.
	Thermodynamic belief.Estimate
}

// batches is how many batches of steps are kept, of a length that doubles when
// there would be more.
const batches = 64

// replicas is Aux, taken apart.
type replicas struct {
	all                   []float64
	n                     int
	counts                []float64 // parity, steps recorded, length of a batch
	positions             []float64
	reference, likelihood []float64
	traded, tries         []float64 // of each pair of neighbours
	sums                  []float64 // of the log likelihood
	stones                []float64 // for each batch, of each pair: log Σ exp(Δβ log likelihood)
}

// The counts.
const (
	parity      = iota // whether odd neighbours are next to trade
	recorded           // steps
	batchLength        // in steps
	countsLen
)

func replicaSize(levels, n int) int {
	return countsLen + levels*(n+3) + (levels-1)*(2+batches)
}

// newReplicas takes all apart.
func newReplicas(all []float64, levels, n int) *replicas {
	a := &replicas{all: all, n: n}
	take := func(size int) (part []float64) {
		part, all = all[:size:size], all[size:]
		return part
	}
	a.counts, a.positions = take(countsLen), take(levels*n)
	a.reference, a.likelihood, a.sums = take(levels), take(levels), take(levels)
	a.traded, a.tries, a.stones = take(levels-1), take(levels-1), take((levels-1)*batches)
	return a
}

// x is the position of a replica.
func (a *replicas) x(i int) []float64 { return a.positions[i*a.n : (i+1)*a.n] }

// swap exchanges two replicas.
func (a *replicas) swap(i, j int) {
	x, y := a.x(i), a.x(j)
	for c := range x {
		x[c], y[c] = y[c], x[c]
	}
	a.reference[i], a.reference[j] = a.reference[j], a.reference[i]
	a.likelihood[i], a.likelihood[j] = a.likelihood[j], a.likelihood[i]
}

// restart forgets what was recorded.
func (a *replicas) restart() {
	clear(a.traded)
	clear(a.tries)
	clear(a.sums)
	a.counts[recorded], a.counts[batchLength] = 0, 1
	for i := range a.stones {
		a.stones[i] = math.Inf(-1)
	}
}

// rate is the mean acceptance of trades between i and i+1.
func (a *replicas) rate(i int) float64 {
	if a.tries[i] == 0 {
		return 0
	}
	return a.traded[i] / a.tries[i]
}

// record takes down the likelihoods of a step.
func (a *replicas) record(betas []float64) {
	pairs := len(a.traded)
	batch := int(a.counts[recorded] / a.counts[batchLength])
	if batch == batches { // two and two become one
		for b := range batches / 2 {
			for i := range pairs {
				a.stones[b*pairs+i] = careful.LogAdd(a.stones[2*b*pairs+i], a.stones[(2*b+1)*pairs+i])
			}
		}
		for i := batches / 2 * pairs; i < len(a.stones); i++ {
			a.stones[i] = math.Inf(-1)
		}
		a.counts[batchLength] *= 2
		batch = batches / 2
	}
	a.counts[recorded]++
	for i, l := range a.likelihood {
		a.sums[i] += l
		if i < pairs {
			s := &a.stones[batch*pairs+i]
			*s = careful.LogAdd(*s, (betas[i+1]-betas[i])*l)
		}
	}
}

// Ladder implements [Tempered].
func (k *tempering) Ladder(s *State) Ladder {
	a := newReplicas(s.Aux, len(k.levels), len(s.X))
	pairs := len(a.traded)
	out := Ladder{Betas: append([]float64(nil), k.betas...)}
	for i := range pairs {
		out.SwapRates = append(out.SwapRates, a.rate(i))
		out.Barrier += 1 - a.rate(i)
	}
	length := a.counts[batchLength]
	full := int(a.counts[recorded] / length)
	if !k.split || k.betas[0] != 0 || a.counts[recorded] < batches {
		nan := belief.Estimate{Value: math.NaN(), Kind: belief.Approximation}
		out.LogEvidence, out.Thermodynamic = nan, nan
		return out
	}
	// To first order the error of log r̂ is that of r̂/r, and batches of all pairs
	// together know how the levels vary with each other.
	share := make([]float64, full)
	column := make([]float64, full)
	out.LogEvidence.Kind, out.Thermodynamic.Kind = belief.Sampled, belief.Approximation
	for i := range pairs {
		for b := range full {
			column[b] = a.stones[b*pairs+i] - math.Log(length)
		}
		ratio := careful.LogSumExp(column) - math.Log(float64(full))
		out.LogEvidence.Value += ratio
		for b, v := range column {
			if !math.IsInf(ratio, -1) {
				share[b] += math.Exp(v - ratio)
			}
		}
		out.Thermodynamic.Value += (k.betas[i+1] - k.betas[i]) * (a.sums[i] + a.sums[i+1]) / (2 * a.counts[recorded])
	}
	square := 0.0
	for _, v := range share {
		square += (v - float64(pairs)) * (v - float64(pairs))
	}
	out.LogEvidence.StdErr = math.Sqrt(square / float64(full-1) / float64(full))
	return out
}
