// Density estimates a density from draws by histograms and by kernels (Qiu Xipeng
// 2019, Neural Networks and Deep Learning, draft of 6 April 2019, section 9.2.2,
// equations 9.44–9.49 and figure 9.4), and says how wrong each estimate is: its
// integrated squared error, ∫ (p̂ − p)² dx, the mean of ten samples.
//
// With too few bins or too wide a kernel an estimate does not see the two modes of
// the truth, with too many or too narrow it sees more than there are. Chosen well, the
// error of a histogram falls as N^(−2/3) and that of a kernel as N^(−4/5) (Scott 1992,
// equations 3.18 and 6.18). Cross-validated likelihood suits a kernel without ends:
// one with ends must be so wide that no draw is left alone. The book's equations 9.48 and 9.49 lack a factor h^(d−1)
// (2π)^((d−1)/2) in d dimensions; in one, as here, they are right.
//
// The figure has no numbers. The truth here is our own.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/density"
)

func main() {
	if err := run(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// truth is the density that draws come from.
func truth() (dist.Mixture, error) {
	return dist.NewMixture([]dist.Univariate{
		dist.Normal{Mu: -1, Sigma: 0.5},
		dist.Normal{Mu: 1.2, Sigma: 0.8},
	}, []float64{0.4, 0.6})
}

// A method makes an estimate from a sample.
type method struct {
	name string
	fit  func(x []float64) (dist.LogProber, error)
}

func histogram(name string, c density.HistogramConfig) method {
	return method{name, func(x []float64) (dist.LogProber, error) { return density.FitHistogram(x, nil, c) }}
}

func kernel(name string, c density.KernelConfig) method {
	return method{name, func(x []float64) (dist.LogProber, error) {
		return density.FitKernel(context.Background(), x, nil, c)
	}}
}

var methods = []method{
	histogram("histogram, 10 bins", density.HistogramConfig{Bins: 10}),
	histogram("histogram, 30 bins", density.HistogramConfig{Bins: 30}),
	histogram("histogram, Scott", density.HistogramConfig{Rule: density.ScottBins}),
	histogram("histogram, Freedman–Diaconis", density.HistogramConfig{Rule: density.FreedmanDiaconis}),
	kernel("kernel, Silverman", density.KernelConfig{Rule: density.Silverman}),
	kernel("kernel, cross-validated", density.KernelConfig{Rule: density.Likelihood}),
	kernel("Epanechnikov, cross-validated", density.KernelConfig{Shape: density.Epanechnikov, Rule: density.Likelihood}),
}

// squaredError is ∫ (p̂ − p)² dx by the midpoint rule over all that matters.
func squaredError(estimate, p dist.LogProber) float64 {
	const step = 0.005
	sum := 0.0
	for x := -6 + step/2; x < 8; x += step {
		d := math.Exp(estimate.LogProb(x)) - math.Exp(p.LogProb(x))
		sum += step * d * d
	}
	return sum
}

// meanError is the mean over samples of n draws each.
func meanError(m method, p dist.Mixture, n, samples int) (float64, error) {
	sum := 0.0
	for s := range samples {
		estimate, err := m.fit(draw(p, n, uint64(s)))
		if err != nil {
			return 0, err
		}
		sum += squaredError(estimate, p)
	}
	return sum / float64(samples), nil
}

// draw returns one sample.
func draw(p dist.Mixture, n int, index uint64) []float64 {
	r := rand.New(rand.NewPCG(1, index))
	x := make([]float64, n)
	for i := range x {
		x[i] = p.Rand(r)
	}
	return x
}

func run(w io.Writer) error {
	p, err := truth()
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "integrated squared error         N=100      N=1000     N=10000")
	for _, m := range methods {
		fmt.Fprintf(w, "%-29s", m.name)
		for _, n := range []int{100, 1000, 10_000} {
			e, err := meanError(m, p, n, 10)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "  %9.6f", e)
		}
		fmt.Fprintln(w)
	}

	x := draw(p, 300, 0)
	bars, err := density.FitHistogram(x, nil, density.HistogramConfig{Bins: 10})
	if err != nil {
		return err
	}
	smooth, err := density.FitKernel(context.Background(), x, nil, density.KernelConfig{})
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\n300 draws: = histogram, o kernel, * truth")
	const width, top = 60, 0.4
	for v := -3.0; v <= 4; v += 0.25 {
		at := func(d dist.LogProber) int { return min(int(math.Round(math.Exp(d.LogProb(v))/top*width)), width) }
		line := []byte(strings.Repeat("=", at(bars)) + strings.Repeat(" ", width+1-at(bars)))
		line[at(smooth)], line[at(p)] = 'o', '*'
		fmt.Fprintf(w, "%5.2f |%s\n", v, strings.TrimRight(string(line), " "))
	}
	return nil
}
