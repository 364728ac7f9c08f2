package tensor

import (
	"context"
	"github.com/belief-go/belief/internal/patience"
	"math"
	"math/rand/v2"
	"testing"
)

// naive computes what a plan should by visiting every entry of the product.
func naive(dims []int, strides [][]int, in [][]float64, outStrides [][]int, sizes []int, combine func(a, b float64) float64) [][]float64 {
	out := make([][]float64, len(outStrides))
	for i := range out {
		out[i] = make([]float64, sizes[i])
	}
	index := make([]int, len(dims))
	at := func(s []int) int {
		o := 0
		for a, i := range index {
			o += i * s[a]
		}
		return o
	}
	for {
		v := 1.0
		for i := range in {
			v *= in[i][at(strides[i])]
		}
		for i := range out {
			o := at(outStrides[i])
			out[i][o] = combine(out[i][o], v)
		}
		a := len(dims) - 1
		for ; a >= 0; a-- {
			if index[a]++; index[a] < dims[a] {
				break
			}
			index[a] = 0
		}
		if a < 0 {
			return out
		}
	}
}

// Random plans, with operands in any axis order, against the visit of every entry.
func TestPlanAgainstNaive(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	ctx := context.Background()
	var s Scratch
	for trial := 0; trial < 400; trial++ {
		rank := r.IntN(8)
		dims := make([]int, rank)
		for a := range dims {
			dims[a] = 1 + r.IntN(6)
		}
		if trial%50 == 0 && rank > 0 {
			dims[r.IntN(rank)] = 1500 // an axis longer than a block
			for a := range dims {
				if dims[a] < 1500 {
					dims[a] = 1 + r.IntN(2)
				}
			}
		}
		operands := func(n int) (strides [][]int, sizes []int) {
			for range n {
				var axes []int
				for _, a := range r.Perm(rank) {
					if r.IntN(3) > 0 {
						axes = append(axes, a)
					}
				}
				if r.IntN(2) == 0 { // often in the plan's own order
					for i := range axes {
						for j := i; j > 0 && axes[j] < axes[j-1]; j-- {
							axes[j], axes[j-1] = axes[j-1], axes[j]
						}
					}
				}
				size := 1
				for _, a := range axes {
					size *= dims[a]
				}
				strides, sizes = append(strides, Strides(dims, axes)), append(sizes, size)
			}
			return strides, sizes
		}
		inStrides, inSizes := operands(r.IntN(5))
		outStrides, outSizes := operands(1 + r.IntN(3))
		in := make([][]float64, len(inSizes))
		logIn := make([][]float64, len(inSizes))
		for i, n := range inSizes {
			for range n {
				v := r.Float64()
				if r.IntN(4) == 0 {
					v = 0
				}
				in[i], logIn[i] = append(in[i], v), append(logIn[i], math.Log(v))
			}
		}
		p := New(dims, inStrides, outStrides)
		out := make([][]float64, len(outSizes))
		for i, n := range outSizes {
			out[i] = make([]float64, n)
		}
		check := func(what string, want [][]float64, back func(float64) float64) {
			t.Helper()
			for i := range want {
				for j, w := range want[i] {
					if g := back(out[i][j]); math.Abs(g-w) > 1e-12*w {
						t.Fatalf("trial %d, dims %v: %s output %d entry %d is %v, want %v", trial, dims, what, i, j, g, w)
					}
				}
			}
		}
		same := func(x float64) float64 { return x }
		sums := naive(dims, inStrides, in, outStrides, outSizes, func(a, b float64) float64 { return a + b })
		if err := p.SumProduct(ctx, &s, in, out); err != nil {
			t.Fatal(err)
		}
		check("SumProduct", sums, same)
		if err := p.LogSumProduct(ctx, &s, logIn, out); err != nil {
			t.Fatal(err)
		}
		check("LogSumProduct", sums, math.Exp)
		if err := p.MaxProduct(ctx, &s, in, out); err != nil {
			t.Fatal(err)
		}
		check("MaxProduct", naive(dims, inStrides, in, outStrides, outSizes, math.Max), same)
	}
}

func TestLogSumProductHoldsAnyRatio(t *testing.T) {
	p := New([]int{2}, [][]int{{1}, {1}}, [][]int{{0}, {1}})
	out := [][]float64{make([]float64, 1), make([]float64, 2)}
	in := [][]float64{{-1e6, math.Inf(-1)}, {-1e9, 5}}
	var s Scratch
	if err := p.LogSumProduct(context.Background(), &s, in, out); err != nil {
		t.Fatal(err)
	}
	if out[0][0] != -1e6-1e9 || out[1][0] != -1e6-1e9 || !math.IsInf(out[1][1], -1) {
		t.Errorf("got %v", out)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dims := []int{2048, 2048}
	p := New(dims, [][]int{Strides(dims, []int{1})}, [][]int{Strides(dims, nil)})
	var s Scratch
	in, out := [][]float64{make([]float64, 2048)}, [][]float64{make([]float64, 1)}
	in[0][0] = 1
	for name, run := range map[string]func(context.Context, *Scratch, [][]float64, [][]float64) error{
		"SumProduct": p.SumProduct, "MaxProduct": p.MaxProduct, "LogSumProduct": p.LogSumProduct,
	} {
		if err := run(ctx, &s, in, out); err != context.Canceled {
			t.Errorf("%s after cancel: %v", name, err)
		}
	}
}

// A plan that runs again takes no memory.
func TestSteadyStateDoesNotAllocate(t *testing.T) {
	dims := []int{5, 4, 3, 2}
	p := New(dims, [][]int{Strides(dims, []int{0, 1}), Strides(dims, []int{1, 2, 3})}, [][]int{Strides(dims, []int{0, 3})})
	in := [][]float64{make([]float64, 20), make([]float64, 24)}
	out := [][]float64{make([]float64, 10)}
	var s Scratch
	ctx := context.Background()
	if n := patience.Allocations(100, func() { _ = p.SumProduct(ctx, &s, in, out) }); n != 0 {
		t.Errorf("SumProduct allocates %v times", n)
	}
}

func BenchmarkSumProduct(b *testing.B) {
	shapes := []struct {
		name     string
		dims     []int
		in, outs [][]int
	}{
		{"binary", []int{2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, [][]int{{0, 1, 2, 3, 5, 7, 8, 9, 11, 13, 14}, {0, 2, 4, 6, 8, 10, 12, 15}}, [][]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}}},
		{"ternary", []int{3, 3, 3, 3, 3, 3, 3, 3, 3, 3}, [][]int{{0, 1, 3, 5, 7, 8}, {0, 2, 4, 6, 9}}, [][]int{{0, 1, 2, 3, 4, 5, 6, 7, 8}, {0, 1, 2, 5, 6, 9}}},
		{"wide", []int{20, 20, 20, 20}, [][]int{{0, 1, 3}, {1, 2, 3}}, [][]int{{0, 1, 2}, {0, 2, 3}}},
	}
	for _, sh := range shapes {
		b.Run(sh.name, func(b *testing.B) {
			table := func(axes []int) []float64 {
				n := 1
				for _, a := range axes {
					n *= sh.dims[a]
				}
				t := make([]float64, n)
				for i := range t {
					t[i] = 1 / float64(i+1)
				}
				return t
			}
			var in, out [][]float64
			var is, os [][]int
			for _, axes := range sh.in {
				in, is = append(in, table(axes)), append(is, Strides(sh.dims, axes))
			}
			for _, axes := range sh.outs {
				out, os = append(out, table(axes)), append(os, Strides(sh.dims, axes))
			}
			p := New(sh.dims, is, os)
			var s Scratch
			ctx := context.Background()
			entries := 1
			for _, d := range sh.dims {
				entries *= d
			}
			b.ReportAllocs()
			for b.Loop() {
				_ = p.SumProduct(ctx, &s, in, out)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(entries), "ns/entry")
		})
	}
}
