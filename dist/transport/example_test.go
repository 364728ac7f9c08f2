package transport_test

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/transport"
)

// Two heaps of earth on a line.
func ExampleSamples() {
	d, err := transport.Samples(1, []float64{0, 1, 3}, nil, []float64{5, 6, 8}, nil)
	fmt.Println(d, err)
	// Output: 5 <nil>
}

func ExampleQuantiles() {
	d, err := transport.Quantiles(2, dist.Normal{Mu: 0, Sigma: 1}, dist.Laplace{Location: 0, Scale: 1})
	fmt.Printf("%.4f, %v\n", d.Value, err)
	// Output: 0.4736, <nil>
}

// A distance says how good its quadrature is; that of heavy tails may be infinite.
func ExampleDistance() {
	d, _ := transport.Quantiles(1, dist.Exponential{Rate: 1}, dist.Exponential{Rate: 2})
	fmt.Printf("%.4f, %v, %t\n", d.Value, d.Kind, d.Error < 1e-11)
	d, _ = transport.Quantiles(1, dist.Cauchy{Scale: 1}, dist.Normal{Sigma: 1})
	fmt.Println(d.Value)
	// Output:
	// 0.5000, approximation, true
	// +Inf
}

// The distance of two normal distributions is that of their means where they do not
// vary (after Qiu 2019, equation E.21, of which this is the root).
func ExampleGaussians() {
	none := mat.NewSymDense(2, nil)
	d, err := transport.Gaussians([]float64{0, 0}, none, []float64{3, 4}, none)
	fmt.Println(d, err)
	wide := mat.NewSymDense(2, []float64{5, 4, 4, 5})
	narrow := mat.NewSymDense(2, []float64{2.5, 1.5, 1.5, 2.5})
	d, err = transport.Gaussians([]float64{0, 0}, wide, []float64{0, 0}, narrow)
	fmt.Printf("%.4f %v\n", d, err)
	// Output:
	// 5 <nil>
	// 1.0000 <nil>
}

// Two mines, three towns, and a proof that nothing is cheaper.
func ExamplePlan() {
	plan, err := transport.Exact(context.Background(), []float64{5, 3}, []float64{2, 4, 2}, []float64{
		4, 1, 3,
		2, 6, 1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range plan.Moves {
		fmt.Printf("%d to %d: %g\n", m.From, m.To, m.Mass)
	}
	fmt.Println("cost", plan.Cost, "gap", plan.Gap)
	// Output:
	// 0 to 1: 4
	// 0 to 2: 1
	// 1 to 0: 2
	// 1 to 2: 1
	// cost 12 gap 0
}

// The mass of each pair.
func ExampleMove() {
	ones := []float64{1, 1}
	plan, _ := transport.Exact(context.Background(), ones, ones, []float64{3, 1, 1, 3})
	fmt.Println(plan.Moves, plan.Matrix(2, 2))
	// Output: [{0 1 1} {1 0 1}] [0 1 1 0]
}

// The distance of two clouds in the plane: costs are squares, and W₂ their root.
func ExampleCosts() {
	x, y := []float64{0, 0, 1, 0}, []float64{0, 2, 1, 2}
	cost, _ := transport.Costs(2, x, y, 2)
	half := []float64{0.5, 0.5}
	plan, _ := transport.Exact(context.Background(), half, half, cost)
	fmt.Println(cost, math.Sqrt(plan.Cost))
	// Output: [4 5 5 4] 2
}

func ExampleSinkhorn() {
	half := []float64{0.5, 0.5}
	s, err := transport.Sinkhorn{Epsilon: 0.1}.Solve(context.Background(), half, half, []float64{0, 1, 1, 0})
	fmt.Printf("%.4f %t %v\n", s.Matrix, s.Converged, err)
	// Output: [0.5000 0.0000 0.0000 0.5000] true <nil>
}

// The truth is 0, and lies between the bounds.
func ExampleApproximate() {
	half := []float64{0.5, 0.5}
	s, _ := transport.Sinkhorn{Epsilon: 0.5}.Solve(context.Background(), half, half, []float64{0, 1, 1, 0})
	fmt.Println(s.LowerBound)
	fmt.Println(s.Cost)
	// Output:
	// 0 (lower bound)
	// 0.119203 (upper bound)
}

// A cloud and the same cloud moved by (3, 4): each direction sees a part of the way,
// √(25/2) in the mean of squares.
func ExampleSliced() {
	x, y := []float64{0, 0, 1, 0, 0, 1}, []float64{3, 4, 4, 4, 3, 5}
	d, err := transport.Sliced{Projections: 2000, Seed: 1}.Distance(context.Background(), 2, x, nil, y, nil)
	fmt.Println(d.Kind, math.Abs(d.Value-math.Sqrt(12.5)) < 4*d.StdErr, err)
	// Output: sampled true <nil>
}

func ExampleInputError() {
	_, err := transport.Samples(1, []float64{0, math.NaN()}, nil, []float64{1}, nil)
	var e *transport.InputError
	fmt.Println(errors.As(err, &e), err)
	// Output: true transport: value of x 1 is NaN and must be finite
}

func ExampleMassError() {
	_, err := transport.Exact(context.Background(), []float64{1}, []float64{2}, []float64{0})
	var e *transport.MassError
	fmt.Println(errors.As(err, &e), err)
	// Output: true transport: the sources have mass 1 in all and the sinks 2; they must be equal
}

// Both sources may use the first sink only.
func ExampleInfeasibleError() {
	no := math.Inf(1)
	_, err := transport.Exact(context.Background(), []float64{1, 1}, []float64{1, 1}, []float64{1, no, 1, no})
	var e *transport.InfeasibleError
	if errors.As(err, &e) {
		fmt.Println(e.Sources, e.Sinks, e.Mass)
	}
	// Output: [0 1] [0] 1
}
