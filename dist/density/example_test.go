package density_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist/density"
)

// Journeys to work in whole minutes, invented: by train, and by road on other days.
var minutes = []float64{31, 58, 44, 61, 36, 33, 64, 55, 35, 57, 29, 62, 60, 34, 59, 38, 66, 32, 57, 34}

// One estimate of each kind.
func Example() {
	ctx := context.Background()
	xy := []float64{31, 8, 58, 17, 44, 12, 61, 19, 36, 8, 33, 7}
	hist, err := density.FitHistogram(minutes, nil, density.HistogramConfig{})
	if err != nil {
		panic(err)
	}
	kde, err := density.FitKernel(ctx, minutes, nil, density.KernelConfig{})
	if err != nil {
		panic(err)
	}
	grid, err := kde.Grid(512)
	if err != nil {
		panic(err)
	}
	plane, err := density.FitVectorKernel(ctx, 2, xy, nil, density.VectorKernelConfig{Full: true})
	if err != nil {
		panic(err)
	}
	near, err := density.FitNeighborDensity(2, xy, 5)
	if err != nil {
		panic(err)
	}
	class, err := density.FitNeighborClassifier(2, xy, []int{0, 1, 0, 1, 0, 0}, density.NeighborConfig{K: 5})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f %.2f %.2f %v\n", hist.LogProb(34), kde.LogProb(34), kde.Quantile(0.9), len(grid.Density))
	fmt.Printf("%.2f %.2f %v\n", plane.LogProb([]float64{34, 8}), near.LogProb([]float64{34, 8}), class.Classify([]float64{34, 8}))
	// Output:
	// -3.61 -3.65 66.15 512
	// -4.82 -7.81 0
}

func ExampleHistogram() {
	h, err := density.FitHistogram(minutes, nil, density.HistogramConfig{Edges: []float64{20, 40, 50, 70}})
	if err != nil {
		panic(err)
	}
	fmt.Println(h)
	fmt.Printf("masses %.2f, density at 30 %.4f, median %.1f\n", h.Masses(), math.Exp(h.LogProb(30)), h.Quantile(0.5))
	// Output:
	// Histogram(3 bins from 20 to 70)
	// masses [0.45 0.05 0.50], density at 30 0.0225, median 50.0
}

func ExampleHistogramConfig() {
	h, err := density.FitHistogram(minutes, nil, density.HistogramConfig{Rule: density.Sturges})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4g\n", h.Edges())
	// Output: [29 35.17 41.33 47.5 53.67 59.83 66]
}

func ExampleBinRule() {
	for rule := density.FreedmanDiaconis; rule <= density.Sturges; rule++ {
		h, err := density.FitHistogram(minutes, nil, density.HistogramConfig{Rule: rule})
		if err != nil {
			panic(err)
		}
		fmt.Println(rule, len(h.Masses()))
	}
	// Output:
	// freedman-diaconis 2
	// scott 3
	// sturges 6
}

func ExampleKernel() {
	k, err := density.FitKernel(context.Background(), minutes, nil, density.KernelConfig{Bandwidth: 4})
	if err != nil {
		panic(err)
	}
	for _, x := range []float64{34, 46, 60} {
		fmt.Printf("p(%v) = %.4f\n", x, k.Prob(x))
	}
	fmt.Printf("within 40 minutes %.3f, ninth decile %.1f\n", k.CDF(40), k.Quantile(0.9))
	fmt.Printf("a draw %.1f\n", k.Rand(rand.New(rand.NewPCG(1, 2))))
	// Output:
	// p(34) = 0.0377
	// p(46) = 0.0063
	// p(60) = 0.0379
	// within 40 minutes 0.419, ninth decile 64.3
	// a draw 60.3
}

func ExampleKernelConfig() {
	k, err := density.FitKernel(context.Background(), minutes, nil, density.KernelConfig{Shape: density.Epanechnikov, Rule: density.Likelihood})
	if err != nil {
		panic(err)
	}
	fmt.Println(k)
	// Output: Kernel(epanechnikov, bandwidth 7.30263, 20 observations)
}

func ExampleKernelShape() {
	for shape := density.Gaussian; shape <= density.Tophat; shape++ {
		k, err := density.FitKernel(context.Background(), []float64{0}, nil, density.KernelConfig{Shape: shape, Bandwidth: 1})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%v %.4f\n", shape, k.Prob(0.5))
	}
	// Output:
	// gaussian 0.3521
	// epanechnikov 0.5625
	// tophat 0.5000
}

// The rules are made for one mode, and too wide for the two of these numbers, as
// cross-validation finds out.
func ExampleBandwidthRule() {
	for rule := density.Silverman; rule <= density.Likelihood; rule++ {
		k, err := density.FitKernel(context.Background(), minutes, nil, density.KernelConfig{Rule: rule})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%v %.2f\n", rule, k.Bandwidth())
	}
	// Output:
	// silverman 6.67
	// scott 7.41
	// least-squares 3.38
	// likelihood 3.45
}

func ExampleGrid() {
	k, err := density.FitKernel(context.Background(), minutes, nil, density.KernelConfig{Bandwidth: 4})
	if err != nil {
		panic(err)
	}
	g, err := k.Grid(512)
	if err != nil {
		panic(err)
	}
	peak := 0
	for i, p := range g.Density {
		if p > g.Density[peak] {
			peak = i
		}
	}
	fmt.Printf("peak %.4f at %.1f, errors below %.0e\n", g.Density[peak], g.X(peak), g.ErrorBound)
	// Output: peak 0.0381 at 59.5, errors below 1e-05
}

func ExampleVectorKernel() {
	xy := []float64{1, 1, 2, 2.1, 3, 2.9, 4, 4.2, 5, 4.8}
	k, err := density.FitVectorKernel(context.Background(), 2, xy, nil, density.VectorKernelConfig{Full: true})
	if err != nil {
		panic(err)
	}
	fmt.Println(k)
	fmt.Printf("on the diagonal %.2f, beside it %.1f\n", k.LogProb([]float64{3, 3}), k.LogProb([]float64{3, 4}))
	// Output:
	// VectorKernel(full gaussian, dimension 2, 5 observations)
	// on the diagonal -0.94, beside it -24.1
}

// Kernels of a width for each coordinate.
func ExampleVectorKernelConfig() {
	k, err := density.FitVectorKernel(context.Background(), 2, []float64{0, 0}, nil, density.VectorKernelConfig{Shape: density.Tophat, Bandwidth: []float64{0.5, 2}})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f %.2f\n", math.Exp(k.LogProb([]float64{0.4, 1.9})), math.Exp(k.LogProb([]float64{0.6, 0})))
	// Output: 0.25 0.00
}

func ExampleNeighbors() {
	tree, err := density.NewNeighbors(2, []float64{0, 0, 3, 4, 1, 0, 0, 1})
	if err != nil {
		panic(err)
	}
	fmt.Println(tree.NearestTo(make([]density.Neighbor, 3), []float64{0, 0}))
	// Output: [{0 0} {2 1} {3 1}]
}

func ExampleNeighbor() {
	tree, err := density.NewNeighbors(1, []float64{10, 20, 40})
	if err != nil {
		panic(err)
	}
	near := tree.NearestTo(make([]density.Neighbor, 1), []float64{33})[0]
	fmt.Println(near.Index, near.Distance)
	// Output: 2 7
}

func ExampleNeighborDensity() {
	e, err := density.FitNeighborDensity(1, minutes, 5)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f %.3f\n", math.Exp(e.LogProb([]float64{34})), math.Exp(e.LogProb([]float64{46})))
	// Output: 0.062 0.011
}

func ExampleNeighborClassifier() {
	x := []float64{1, 1, 1, 2, 2, 1, 6, 6, 6, 7, 7, 6}
	f, err := density.FitNeighborClassifier(2, x, []int{0, 0, 0, 1, 1, 1}, density.NeighborConfig{K: 3})
	if err != nil {
		panic(err)
	}
	fmt.Println(f.Classify([]float64{2, 2}), f.ProbabilitiesTo(nil, []float64{4, 4}))
	// Output: 0 [0.6666666666666666 0.3333333333333333]
}

// Nearer neighbours have more to say.
func ExampleNeighborConfig() {
	f, err := density.FitNeighborClassifier(1, []float64{0, 3, 4}, []int{0, 1, 1}, density.NeighborConfig{ByDistance: true})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", f.ProbabilitiesTo(nil, []float64{0.5}))
	// Output: [0.74 0.26]
}
