package check

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
)

// chiSquare tests counts of ranks 0 … top for uniformity, in as many equal bins as
// leave 20 ranks or more to each on average, and at most 20 bins.
func chiSquare(counts []int, n int) (statistic, p float64, bins int) {
	bins = 1
	for b := 2; b <= min(20, n/20); b++ {
		if len(counts)%b == 0 {
			bins = b
		}
	}
	if bins == 1 {
		return 0, 1, 1
	}
	width, want := len(counts)/bins, float64(n)/float64(bins)
	for b := range bins {
		got := 0
		for _, c := range counts[b*width : (b+1)*width] {
			got += c
		}
		statistic += (float64(got) - want) * (float64(got) - want) / want
	}
	return statistic, dist.Gamma{Shape: float64(bins-1) / 2, Rate: 0.5}.Survival(statistic), bins
}

// extremeness is the smallest two-sided tail probability that the number of ranks
// up to some k has under its binomial distribution: Säilynoja, Bürkner & Vehtari
// 2022, equation 6.
func extremeness(counts []int, n int) float64 {
	least, below := 1.0, 0
	for k := range len(counts) - 1 {
		below += counts[k]
		low, high := tails(n, below, float64(k+1)/float64(len(counts)))
		least = min(least, 2*low, 2*high)
	}
	return least
}

// tails are P(X ≤ r) and P(X ≥ r) for a binomial X.
func tails(n, r int, p float64) (low, high float64) {
	d := dist.Binomial{N: float64(n), P: p}
	return d.CDF(float64(r)), d.Survival(float64(r) - 1)
}

// band is where counts of n ranks up to k may lie whose two-sided tail probability
// is above gamma, for k from 0 to top−1 of size = top+1 possible ranks.
func band(n, size int, gamma float64) (low, high []int) {
	low, high = make([]int, size-1), make([]int, size-1)
	for k := range low {
		z := float64(k+1) / float64(size)
		d := dist.Binomial{N: float64(n), P: z}
		inside := func(r int) bool {
			a, b := tails(n, r, z)
			return 2*a > gamma && 2*b > gamma
		}
		middle := min(max(int(d.Quantile(0.5)), 0), n)
		if !inside(middle) { // a gamma near one: nothing is inside
			low[k], high[k] = middle+1, middle
			continue
		}
		a, b := middle, middle
		for step := n; step > 0; step /= 2 { // the tails are monotone
			for a-step >= 0 && inside(a-step) {
				a -= step
			}
			for b+step <= n && inside(b+step) {
				b += step
			}
		}
		low[k], high[k] = a, b
	}
	return low, high
}

// leave returns the probability that the counts of n uniform ranks leave a band
// somewhere: they are a Markov chain, for of the n − r ranks that are above k each
// is k + 1 with the same probability (Säilynoja, Bürkner & Vehtari 2022, section
// 2.2). What leaves is added up, so that small probabilities keep their digits.
func leave(n int, low, high []int) float64 {
	size := len(low) + 1
	logFactorial := make([]float64, n+1)
	for i := 1; i <= n; i++ {
		logFactorial[i] = logFactorial[i-1] + math.Log(float64(i))
	}
	at := []float64{1} // probabilities of counts from first on
	first, out := 0, 0.0
	for k := range low {
		p := 1 / float64(size-k) // of rank k, for those that are not below
		logP, logQ, odds := math.Log(p), math.Log1p(-p), p/(1-p)
		if low[k] > high[k] {
			return 1
		}
		next := make([]float64, high[k]-low[k]+1)
		for i, mass := range at {
			r := first + i
			m := n - r
			hit := func(j int, share float64) {
				if to := r + j; to < low[k] || to > high[k] {
					out += mass * share
				} else {
					next[to-low[k]] += mass * share
				}
			}
			// Binomial probabilities from the mode outwards, to what is negligible.
			mode := min(int(float64(m+1)*p), m)
			peak := math.Exp(logFactorial[m] - logFactorial[mode] - logFactorial[m-mode] + float64(mode)*logP + float64(m-mode)*logQ)
			hit(mode, peak)
			for j, share := mode, peak; j < m && share > 1e-30; j++ {
				share *= float64(m-j) / float64(j+1) * odds
				hit(j+1, share)
			}
			for j, share := mode, peak; j > 0 && share > 1e-30; j-- {
				share *= float64(j) / (float64(m-j+1) * odds)
				hit(j-1, share)
			}
		}
		at, first = next, low[k]
	}
	return min(out, 1)
}

// ecdfP is the probability of ranks that depart as far from uniformity.
func ecdfP(counts []int, n int) float64 {
	gamma := extremeness(counts, n)
	if gamma >= 1 {
		return 1
	}
	// A path that is as extreme is outside: the inside must be strictly above.
	low, high := band(n, len(counts), gamma*(1+1e-12))
	return leave(n, low, high)
}

// Band returns the simultaneous band of the distribution function of uniform ranks:
// with probability at least 1 − alarm, the numbers of ranks 0 … k among n, for all k
// below ranks − 1 at once, lie between low[k] and high[k] (Säilynoja, Bürkner &
// Vehtari 2022). ranks is the number of possible ranks. The cost is some 24 passes
// over ranks·√n·√(n/ranks) transitions. Errors are a [*belief.ConfigError].
func Band(n, ranks int, alarm float64) (low, high []int, err error) {
	for _, err := range []error{setCount("n", &n, 1, 1, 1<<16), setCount("ranks", &ranks, 100, 2, 1<<12)} {
		if err != nil {
			return nil, nil, err
		}
	}
	if !(alarm > 0 && alarm < 1) {
		return nil, nil, &belief.ConfigError{Field: "alarm", Value: alarm, Want: "between 0 and 1"}
	}
	// The largest gamma whose band is left with probability at most alarm.
	a, b := math.Log(alarm/float64(2*ranks)), math.Log(alarm)
	for range 24 {
		middle := 0.5 * (a + b)
		low, high := band(n, ranks, math.Exp(middle))
		if leave(n, low, high) <= alarm {
			a = middle
		} else {
			b = middle
		}
	}
	low, high = band(n, ranks, math.Exp(a))
	if p := leave(n, low, high); p > alarm {
		return nil, nil, &belief.ConfigError{Field: "alarm", Value: alarm, Want: fmt.Sprintf("at least %.2g", p)}
	}
	return low, high, nil
}
