package transport

import (
	"context"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/stream"
)

// Sliced estimates the sliced Wasserstein distance of two samples of points,
//
//	SW_p^p = E[W_p^p(⟨θ, X⟩, ⟨θ, Y⟩)],  θ uniform on the unit sphere,
//
// from random directions (Rabin et al. 2011; Bonneel, Rabin, Peyré & Pfister 2015). It
// takes a sort for each direction where transport between all pairs would be too much.
// The zero value has the defaults.
type Sliced struct {
	P           float64 // the power p, at least 1 and finite; 0: 2
	Projections int     // how many directions, at least 2; 0: 256
	Seed        uint64  // the same seed gives the same directions
	Workers     int     // 0: all cores; the answer is the same
}

// Distance returns SW_p of points in dim dimensions, which stand one after the other;
// weights are as in [Samples]. The standard error is that of the mean over directions,
// carried through the p-th root, and says nothing of the points being samples. Errors:
// [*belief.ConfigError], [*InputError], or that of ctx. Lengths that are no multiple of
// dim panic.
func (s Sliced) Distance(ctx context.Context, dim int, x, wx, y, wy []float64) (belief.Estimate, error) {
	if dim < 1 || len(x)%dim != 0 || len(y)%dim != 0 {
		panic(fmt.Sprintf("transport: %d and %d numbers are no points in %d dimensions", len(x), len(y), dim))
	}
	if s.P == 0 {
		s.P = 2
	}
	if s.Projections == 0 {
		s.Projections = 256
	}
	if !(s.P >= 1) || math.IsInf(s.P, 1) {
		return belief.Estimate{}, &belief.ConfigError{Field: "P", Value: s.P, Want: "at least 1 and finite"}
	}
	if s.Projections < 2 || s.Projections > 1<<24 {
		return belief.Estimate{}, &belief.ConfigError{Field: "Projections", Value: s.Projections, Want: "between 2 and 2^24"}
	}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return belief.Estimate{}, &InputError{"number of x", i, v, "finite"}
		}
	}
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return belief.Estimate{}, &InputError{"number of y", i, v, "finite"}
		}
	}
	// In a unit, a power of two, in which no sum of coordinates overflows.
	greatest := 0.0
	for _, points := range [][]float64{x, y} {
		for _, v := range points {
			greatest = max(greatest, math.Abs(v))
		}
	}
	_, exponent := math.Frexp(greatest)
	x, y = scaled(x, -exponent), scaled(y, -exponent)
	distances := make([]float64, s.Projections)
	err := parallel.For(ctx, s.Projections, s.Workers, func(k int) (err error) {
		r := stream.New(s.Seed, "sliced", uint64(k))
		direction, length := make([]float64, dim), 0.0
		for i := range direction {
			direction[i] = r.NormFloat64()
			length = math.Hypot(length, direction[i])
		}
		for i := range direction {
			direction[i] /= length
		}
		distances[k], err = Samples(s.P, project(x, direction), wx, project(y, direction), wy)
		return err
	})
	if err != nil {
		return belief.Estimate{}, err
	}
	mean, square := 0.0, 0.0
	greatest = 0
	for _, d := range distances {
		greatest = max(greatest, d)
	}
	if greatest == 0 {
		return belief.Estimate{Kind: belief.Sampled}, nil
	}
	n := float64(len(distances))
	for _, d := range distances {
		mean += power(d/greatest, s.P) / n
	}
	for _, d := range distances {
		off := power(d/greatest, s.P) - mean
		square += off * off / (n - 1)
	}
	value := root(mean, s.P)
	return belief.Estimate{
		Value:  math.Ldexp(greatest*value, exponent),
		Kind:   belief.Sampled,
		StdErr: math.Ldexp(greatest*math.Sqrt(square/n)*value/(s.P*mean), exponent),
	}, nil
}

// scaled returns x times a power of two.
func scaled(x []float64, exponent int) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Ldexp(v, exponent)
	}
	return out
}

// project returns the coordinates of points along a direction.
func project(x, direction []float64) []float64 {
	out := make([]float64, 0, len(x)/len(direction))
	for at := 0; at < len(x); at += len(direction) {
		sum := 0.0
		for i, t := range direction {
			sum += t * x[at+i]
		}
		out = append(out, sum)
	}
	return out
}
