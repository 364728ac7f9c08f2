package density_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/dist/density"
)

// Waiting times in minutes.
var waiting = []float64{54, 79, 62, 74, 85, 55, 88, 85, 51, 85, 54, 84, 78, 47, 83, 52, 62, 84, 52, 79}

func ExampleHistogram() {
	h, err := density.FitHistogram(waiting, nil, density.HistogramConfig{Edges: []float64{40, 60, 80, 100}})
	if err != nil {
		panic(err)
	}
	fmt.Println(h)
	fmt.Printf("masses %.2f, density at 50 %.4f, median %.1f\n", h.Masses(), math.Exp(h.LogProb(50)), h.Quantile(0.5))
	// Output:
	// Histogram(3 bins from 40 to 100)
	// masses [0.35 0.30 0.35], density at 50 0.0175, median 70.0
}

func ExampleHistogramConfig() {
	h, err := density.FitHistogram(waiting, nil, density.HistogramConfig{Rule: density.Sturges})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4g\n", h.Edges())
	// Output: [47 53.83 60.67 67.5 74.33 81.17 88]
}

func ExampleBinRule() {
	for rule := density.FreedmanDiaconis; rule <= density.Sturges; rule++ {
		h, err := density.FitHistogram(waiting, nil, density.HistogramConfig{Rule: rule})
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
	k, err := density.FitKernel(context.Background(), waiting, nil, density.KernelConfig{Bandwidth: 4})
	if err != nil {
		panic(err)
	}
	for _, x := range []float64{52, 68, 84} {
		fmt.Printf("p(%v) = %.4f\n", x, k.Prob(x))
	}
	fmt.Printf("below an hour %.3f, ninth decile %.1f\n", k.CDF(60), k.Quantile(0.9))
	fmt.Printf("a draw %.1f\n", k.Rand(rand.New(rand.NewPCG(1, 2))))
	// Output:
	// p(52) = 0.0301
	// p(68) = 0.0054
	// p(84) = 0.0387
	// below an hour 0.366, ninth decile 87.3
	// a draw 84.3
}

func ExampleKernelConfig() {
	k, err := density.FitKernel(context.Background(), waiting, nil, density.KernelConfig{Shape: density.Epanechnikov, Rule: density.Likelihood})
	if err != nil {
		panic(err)
	}
	fmt.Println(k)
	// Output: Kernel(epanechnikov, bandwidth 6.29922, 20 observations)
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

// Waiting times in whole minutes have ties, which cross-validation by least squares
// takes for spikes of the density.
func ExampleBandwidthRule() {
	for rule := density.Silverman; rule <= density.Likelihood; rule++ {
		k, err := density.FitKernel(context.Background(), waiting, nil, density.KernelConfig{Rule: rule})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%v %.2f\n", rule, k.Bandwidth())
		for _, w := range k.Warnings() {
			fmt.Println(w.Code)
		}
	}
	// Output:
	// silverman 7.35
	// scott 8.17
	// least-squares 0.26
	// bandwidth-limit
	// likelihood 2.58
}

func ExampleGrid() {
	k, err := density.FitKernel(context.Background(), waiting, nil, density.KernelConfig{Bandwidth: 4})
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
	// Output: peak 0.0390 at 83.4, errors below 2e-05
}

func ExampleVectorKernel() {
	xy := []float64{1, 1, 2, 2.1, 3, 2.9, 4, 4.2, 5, 4.8}
	k, err := density.FitVectorKernel(context.Background(), xy, 2, nil, density.VectorKernelConfig{Full: true})
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
	k, err := density.FitVectorKernel(context.Background(), []float64{0, 0}, 2, nil, density.VectorKernelConfig{Shape: density.Tophat, Bandwidth: []float64{0.5, 2}})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f %.2f\n", math.Exp(k.LogProb([]float64{0.4, 1.9})), math.Exp(k.LogProb([]float64{0.6, 0})))
	// Output: 0.25 0.00
}

func ExampleNeighbors() {
	tree, err := density.NewNeighbors([]float64{0, 0, 3, 4, 1, 0, 0, 1}, 2)
	if err != nil {
		panic(err)
	}
	fmt.Println(tree.NearestTo(make([]density.Neighbor, 3), []float64{0, 0}))
	// Output: [{0 0} {2 1} {3 1}]
}

func ExampleNeighbor() {
	tree, err := density.NewNeighbors([]float64{10, 20, 40}, 1)
	if err != nil {
		panic(err)
	}
	near := tree.NearestTo(make([]density.Neighbor, 1), []float64{33})[0]
	fmt.Println(near.Index, near.Distance)
	// Output: 2 7
}

func ExampleNeighborDensity() {
	e, err := density.FitNeighborDensity(waiting, 1, 5)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.3f %.3f\n", math.Exp(e.LogProb([]float64{53})), math.Exp(e.LogProb([]float64{68})))
	// Output: 0.062 0.011
}

func ExampleNeighborClassifier() {
	x := []float64{1, 1, 1, 2, 2, 1, 6, 6, 6, 7, 7, 6}
	f, err := density.FitNeighborClassifier(x, 2, []int{0, 0, 0, 1, 1, 1}, density.NeighborConfig{K: 3})
	if err != nil {
		panic(err)
	}
	fmt.Println(f.Classify([]float64{2, 2}), f.ProbabilitiesTo(nil, []float64{4, 4}))
	// Output: 0 [0.6666666666666666 0.3333333333333333]
}

// Nearer neighbours have more to say.
func ExampleNeighborConfig() {
	f, err := density.FitNeighborClassifier([]float64{0, 3, 4}, 1, []int{0, 1, 1}, density.NeighborConfig{ByDistance: true})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", f.ProbabilitiesTo(nil, []float64{0.5}))
	// Output: [0.74 0.26]
}
