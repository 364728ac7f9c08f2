package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// bench runs do on each implementation that this CPU has, at some lengths.
func bench(b *testing.B, lengths []int, do func(b *testing.B, n int)) {
	old32, old64 := active32, active64
	defer func() { active32, active64 = old32, old64 }()
	for _, p := range paths() {
		if !p.here {
			continue
		}
		for _, n := range lengths {
			active32, active64 = p.f32, p.f64
			b.Run(fmt.Sprintf("%s/%d", p.name, n), func(b *testing.B) { do(b, n) })
		}
	}
}

func normals[T Float](n int) []T {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.NormFloat64())
	}
	return x
}

func perElement(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
}

// The exponential is to be four times as fast as that of package math.
func BenchmarkExp32(b *testing.B) {
	bench(b, []int{10, 1000}, func(b *testing.B, n int) {
		x, y := normals[float32](n), make([]float32, n)
		for b.Loop() {
			Exp(y, x)
		}
		perElement(b, n)
	})
}

func BenchmarkExp64(b *testing.B) {
	bench(b, []int{10, 1000}, func(b *testing.B, n int) {
		x, y := normals[float64](n), make([]float64, n)
		for b.Loop() {
			Exp(y, x)
		}
		perElement(b, n)
	})
}

func BenchmarkMathExp(b *testing.B) {
	x, y := normals[float64](1000), make([]float64, 1000)
	for b.Loop() {
		for i, v := range x {
			y[i] = math.Exp(v)
		}
	}
	perElement(b, len(x))
}

func BenchmarkSoftmaxRows(b *testing.B) {
	bench(b, []int{10, 1000}, func(b *testing.B, n int) {
		x, y := normals[float32](16*n), make([]float32, 16*n)
		for b.Loop() {
			SoftmaxRows(16, n, y, x, nil)
		}
		perElement(b, 16*n)
	})
}

func BenchmarkAdam(b *testing.B) {
	bench(b, []int{10, 1000, 100_000}, func(b *testing.B, n int) {
		w, g, m, v := normals[float32](n), normals[float32](n), make([]float32, n), make([]float32, n)
		for b.Loop() {
			Adam(w, m, v, g, 1e-3, 0.9, 0.999, 1e-8, 0.01, 1, 1)
		}
		perElement(b, n)
	})
}

func BenchmarkAdd(b *testing.B) {
	bench(b, []int{1, 7, 10, 100, 1000, 100_000}, func(b *testing.B, n int) {
		x, y := normals[float32](n), normals[float32](n)
		for b.Loop() {
			Add(y, x, x)
		}
		perElement(b, n)
	})
}

func BenchmarkMax(b *testing.B) {
	bench(b, []int{10, 100, 1000}, func(b *testing.B, n int) {
		x := normals[float32](n)
		for b.Loop() {
			Max(x)
		}
		perElement(b, n)
	})
}

func BenchmarkDotExp(b *testing.B) {
	bench(b, []int{10, 96, 1000}, func(b *testing.B, n int) {
		x, w := normals[float64](n), normals[float64](n)
		for b.Loop() {
			DotExp(0, -1, w, x)
		}
		perElement(b, n)
	})
}

func BenchmarkSumRows(b *testing.B) {
	bench(b, []int{10, 16, 128, 1000}, func(b *testing.B, n int) {
		x, row := normals[float32](100*n), make([]float32, n)
		for b.Loop() {
			SumRows(100, n, row, x)
		}
		perElement(b, 100*n)
	})
}

func BenchmarkAddRow(b *testing.B) {
	bench(b, []int{10, 16, 128, 1000}, func(b *testing.B, n int) {
		x, row := normals[float32](100*n), make([]float32, n)
		for b.Loop() {
			AddRow(100, n, x, row)
		}
		perElement(b, 100*n)
	})
}
