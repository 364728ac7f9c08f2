package transform_test

import (
	"errors"
	"fmt"
	"math"

	"github.com/belief-go/belief/dist/transform"
)

// The density of a probability under a Beta(2, 3) prior, in free space: a sampler may
// go anywhere.
func ExampleTransform() {
	var t transform.Transform = transform.Interval{Lower: 0, Upper: 1}
	logP := func(p float64) float64 { return math.Log(12) + math.Log(p) + 2*math.Log1p(-p) }
	for _, y := range []float64{-2, 0, 2} {
		x := t.ForwardTo(nil, []float64{y})
		fmt.Printf("y = %2v: p = %.3f, log density of y %.3f\n", y, x[0], logP(x[0])+t.LogJacobian([]float64{y}))
	}
	// Output:
	// y = -2: p = 0.119, log density of y -2.150
	// y =  0: p = 0.500, log density of y -0.981
	// y =  2: p = 0.881, log density of y -4.150
}

func ExampleIdentity() {
	fmt.Println(transform.Identity{N: 2}.ForwardTo(nil, []float64{1, -3}))
	// Output: [1 -3]
}

// A parameter of thousands, in units of its scale.
func ExampleAffine() {
	fmt.Println(transform.Affine{Location: 5000, Scale: 200}.ForwardTo(nil, []float64{-1.5}))
	// Output: [4700]
}

func ExamplePositive() {
	t := transform.Positive{N: 2}
	y, err := t.InverseTo(nil, []float64{0.5, 2})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.4f\n", y)
	// Output: [-0.6931 0.6931]
}

func ExampleLower() {
	fmt.Println(transform.Lower{Bound: 10}.ForwardTo(nil, []float64{0}))
	// Output: [11]
}

func ExampleUpper() {
	fmt.Println(transform.Upper{Bound: 10}.ForwardTo(nil, []float64{0}))
	// Output: [9]
}

func ExampleInterval() {
	fmt.Println(transform.Interval{Lower: -1, Upper: 1}.ForwardTo(nil, []float64{0}))
	// Output: [0]
}

// Cut points of an ordinal regression.
func ExampleOrdered() {
	fmt.Printf("%.3f\n", transform.Ordered{K: 3}.ForwardTo(nil, []float64{-1, 0, 0.5}))
	// Output: [-1.000 0.000 1.649]
}

func ExampleSimplex() {
	t := transform.Simplex{K: 3}
	fmt.Printf("%.3f\n", t.ForwardTo(nil, []float64{0, 0}))
	fmt.Printf("%.3f\n", t.ForwardTo(nil, []float64{1, -2}))
	// Output:
	// [0.333 0.333 0.333]
	// [0.576 0.051 0.373]
}

// A direction in the plane.
func ExampleUnitVector() {
	fmt.Println(transform.UnitVector{K: 2}.ForwardTo(nil, []float64{3, -4}))
	// Output: [0.6 -0.8]
}

// The correlation is the hyperbolic tangent of the one free number.
func ExampleCorrelationCholesky() {
	l := transform.CorrelationCholesky{K: 2}.ForwardTo(nil, []float64{math.Atanh(0.6)})
	fmt.Printf("%.2f\n", l)
	// Output: [1.00 0.00 0.60 0.80]
}

func ExampleCovarianceCholesky() {
	l := transform.CovarianceCholesky{K: 2}.ForwardTo(nil, []float64{0, 0.5, math.Ln2})
	fmt.Printf("%.2f\n", l)
	// Output: [1.00 0.00 0.50 2.00]
}

// The rows of a transition matrix, in place.
func ExampleRepeat() {
	t := transform.Repeat{Of: transform.Simplex{K: 2}, N: 2}
	buf := []float64{math.Log(4), -math.Log(4), 0, 0}
	fmt.Printf("%.1f\n", t.ForwardTo(buf, buf[:t.FreeDim()]))
	// Output: [0.8 0.2 0.2 0.8]
}

// A mean, a scale and two weights.
func ExampleJoin() {
	t := transform.Join{transform.Identity{}, transform.Positive{}, transform.Simplex{K: 2}}
	fmt.Printf("%.1f\n", t.ForwardTo(nil, []float64{-1, 0, math.Log(4)}))
	// Output: [-1.0 1.0 0.8 0.2]
}

func ExampleDomainError() {
	_, err := transform.Simplex{K: 3}.InverseTo(nil, []float64{0.5, 0.7, -0.2})
	var outside *transform.DomainError
	fmt.Println(errors.As(err, &outside), outside.Index)
	fmt.Println(err)
	// Output:
	// true 2
	// simplex: the value is outside: entry 2 is -0.2 and must be positive and at most one
}
