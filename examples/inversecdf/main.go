// Inversecdf draws from distributions by their inverse distribution functions: if ξ
// is uniform on (0, 1), then cdf⁻¹(ξ) has the distribution with that cdf (Qiu Xipeng
// 2019, Neural Networks and Deep Learning, draft of 6 April 2019, section 11.3.1 and
// exercise 11-4).
//
// It holds the draws against the distribution function that they came from: the
// largest gap between the two is below 1.63/√N with probability 0.99 if the draws
// are right (Kolmogorov 1933). A distribution that is cut off far from its centre
// shows what the method is good for: drawing until a value falls behind the cut
// would take some 10^9 tries for each.
package main

import (
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"slices"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/mcmc/montecarlo"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// targets are what is drawn from.
func targets() ([]dist.Univariate, error) {
	tail, err := dist.NewTruncated(dist.Normal{Mu: 0, Sigma: 1}, 6, math.Inf(1))
	if err != nil {
		return nil, err
	}
	return []dist.Univariate{
		dist.Exponential{Rate: 2},
		dist.Cauchy{Location: 0, Scale: 1},
		dist.Weibull{Shape: 1.5, Scale: 2},
		dist.Poisson{Lambda: 4},
		tail,
	}, nil
}

func run(w io.Writer) error {
	const n = 100_000
	all, err := targets()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d draws each; a largest gap above %.5f would be a surprise.\n", n, 1.63/math.Sqrt(n))
	for i, d := range all {
		draws := sample(d, n, rand.New(rand.NewPCG(1, uint64(i))))
		fmt.Fprintf(w, "%v\n  largest gap %.5f; median of the draws %.4f, of the distribution %.4f\n",
			d, gap(d, draws), draws[n/2], d.Quantile(0.5))
	}
	return nil
}

// sample returns n draws of d in order.
func sample(d dist.Quantiler, n int, r *rand.Rand) []float64 {
	x, inverse := make([]float64, n), montecarlo.Inverse(d.Quantile)
	for i := range x {
		x[i] = inverse.Rand(r)
	}
	slices.Sort(x)
	return x
}

// gap is the statistic of Kolmogorov: the largest distance between the share of
// sorted draws up to a value and the distribution function there.
func gap(d dist.Univariate, sorted []float64) float64 {
	n := float64(len(sorted))
	worst := 0.0
	for i, x := range sorted {
		if i+1 < len(sorted) && sorted[i+1] == x {
			continue // draws of a discrete distribution: the step ends at the last
		}
		worst = max(worst, math.Abs(float64(i+1)/n-d.CDF(x)))
		if !d.Support().Discrete {
			worst = max(worst, math.Abs(float64(i)/n-d.CDF(x)))
		}
	}
	return worst
}
