package nn

import (
	"math"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/kernel"
)

// The operations of batch normalization.

// groups is how an array splits: into outer blocks of n groups of inner numbers each.
// A group has its numbers in all blocks.
type groups struct{ outer, n, inner int }

// share is 1 over the numbers of a group.
func (g groups) share() float64 { return 1 / float64(max(1, g.outer*g.inner)) }

// each calls f for every run of numbers that lie together: those of group i in a
// block or, if they are single, all of the block.
func (g groups) each(f func(i, from, to int)) {
	for o := range g.outer {
		if g.inner == 1 {
			f(-1, o*g.n, (o+1)*g.n)
			continue
		}
		for i := range g.n {
			from := (o*g.n + i) * g.inner
			f(i, from, from+g.inner)
		}
	}
}

func (g groups) keep(ints []int) []int { return append(ints[:0], g.outer, g.n, g.inner) }

func keptGroups(ints []int) groups { return groups{ints[0], ints[1], ints[2]} }

// sums adds the sum of each group of a to dst.
func sums[T Float](g groups, dst, a []T) {
	g.each(func(i, from, to int) {
		if i < 0 {
			kernel.Add(dst, dst, a[from:to])
		} else {
			dst[i] += kernel.Sum(a[from:to])
		}
	})
}

// dots adds the sum of each group of a·b to dst.
func dots[T Float](g groups, dst, a, b []T) {
	g.each(func(i, from, to int) {
		if i < 0 {
			kernel.MulAdd(dst, a[from:to], b[from:to])
		} else {
			dst[i] += kernel.Dot(a[from:to], b[from:to])
		}
	})
}

// scaled writes a, multiplied by the factor of each group, to dst.
func scaled[T Float](g groups, dst, factor, a []T) {
	g.each(func(i, from, to int) {
		if i < 0 {
			kernel.Mul(dst[from:to], a[from:to], factor)
		} else {
			kernel.Scale(factor[i], dst[from:to], a[from:to])
		}
	})
}

// shifted writes a, plus the number of each group, to dst.
func shifted[T Float](g groups, dst, add, a []T) {
	g.each(func(i, from, to int) {
		if i < 0 {
			kernel.Add(dst[from:to], a[from:to], add)
		} else {
			kernel.AddConst(add[i], dst[from:to], a[from:to])
		}
	})
}

// standardize returns (x − mean)/√(variance + ε) for the mean and the variance of each
// group, which it also returns, the mean with a minus.
func standardize[T Float](x autodiff.Var[T], g groups, eps T) (y autodiff.Var[T], minusMean, variance []T) {
	t := x.Tape()
	n := t.Record(standardizeOp[T]{}, x.Shape(), x)
	n.Factor, n.Ints, n.Saved = eps, g.keep(n.TakeInts(3)), t.Scratch(g.n)
	minusMean, variance = t.Scratch(g.n), t.Scratch(g.n)
	share := T(g.share())
	sums(g, minusMean, x.Value())
	kernel.Scale(-share, minusMean, minusMean)
	shifted(g, n.Value(), minusMean, x.Value())
	// What rounding has left of the mean goes too: it may be more than the deviations.
	rest := t.Scratch(g.n)
	sums(g, rest, n.Value())
	kernel.Scale(-share, rest, rest)
	shifted(g, n.Value(), rest, n.Value())
	kernel.Add(minusMean, minusMean, rest)
	dots(g, variance, n.Value(), n.Value())
	kernel.Scale(share, variance, variance)
	for i, v := range variance {
		n.Saved[i] = T(1 / math.Sqrt(float64(v+eps)))
	}
	scaled(g, n.Value(), n.Saved, n.Value())
	return n.Var(), minusMean, variance
}

type standardizeOp[T Float] struct{}

func (standardizeOp[T]) Name() string { return "Standardize" }

// With r = 1/√(variance + ε), the gradient is r·(g − mean(g) − y·mean(g·y)).
func (standardizeOp[T]) Backward(n *autodiff.Node[T]) {
	dx := n.Add(0)
	if dx == nil {
		return
	}
	g, t := keptGroups(n.Ints), n.Tape()
	grad, y := n.Grad(), n.Value()
	meanG, meanGY := t.Scratch(g.n), t.Scratch(g.n)
	sums(g, meanG, grad)
	dots(g, meanGY, grad, y)
	share := T(g.share())
	kernel.Scale(share, meanG, meanG)
	kernel.Scale(share, meanGY, meanGY)
	g.each(func(i, from, to int) {
		dx, grad, y := dx[from:to], grad[from:to], y[from:to]
		if i < 0 {
			for j, v := range grad {
				dx[j] += n.Saved[j] * (v - meanG[j] - y[j]*meanGY[j])
			}
			return
		}
		r, m, my := n.Saved[i], meanG[i], meanGY[i]
		for j, v := range grad {
			dx[j] += r * (v - m - y[j]*my)
		}
	})
}

func (standardizeOp[T]) Chain(n *autodiff.Node[T], grad autodiff.Var[T]) {
	if !n.OnPath(0) {
		return
	}
	g, x := keptGroups(n.Ints), n.Input(0).Var()
	mean := func(v autodiff.Var[T]) autodiff.Var[T] { return v.SumTo(1, g.n, 1).Scale(T(g.share())) }
	x3, g3 := x.Reshape(g.outer, g.n, g.inner), grad.Reshape(g.outer, g.n, g.inner)
	d := x3.Sub(mean(x3))
	r := mean(d.Square()).Shift(n.Factor).Pow(-0.5)
	y := d.Mul(r)
	dx := g3.Sub(mean(g3)).Sub(y.Mul(mean(g3.Mul(y)))).Mul(r)
	n.Give(0, dx.Reshape(x.Shape()...))
}

// affine returns x·scale + shift, with a number of scale and of shift for each group.
func affine[T Float](x autodiff.Var[T], g groups, scale, shift autodiff.Var[T]) autodiff.Var[T] {
	n := x.Tape().Record(affineOp[T]{}, x.Shape(), x, scale, shift)
	n.Ints = g.keep(n.TakeInts(3))
	scaled(g, n.Value(), scale.Value(), x.Value())
	shifted(g, n.Value(), shift.Value(), n.Value())
	return n.Var()
}

type affineOp[T Float] struct{}

func (affineOp[T]) Name() string { return "Affine" }

func (affineOp[T]) Backward(n *autodiff.Node[T]) {
	g, x, scale := keptGroups(n.Ints), n.Input(0).Value(), n.Input(1).Value()
	if dx := n.Add(0); dx != nil {
		g.each(func(i, from, to int) {
			if i < 0 {
				kernel.MulAdd(dx[from:to], n.Grad()[from:to], scale)
			} else {
				kernel.Axpy(scale[i], n.Grad()[from:to], dx[from:to])
			}
		})
	}
	if ds := n.Add(1); ds != nil {
		dots(g, ds, n.Grad(), x)
	}
	if ds := n.Add(2); ds != nil {
		sums(g, ds, n.Grad())
	}
}

func (affineOp[T]) Chain(n *autodiff.Node[T], grad autodiff.Var[T]) {
	g, x, scale := keptGroups(n.Ints), n.Input(0).Var(), n.Input(1).Var()
	grad = grad.Reshape(g.outer, g.n, g.inner)
	if n.OnPath(0) {
		n.Give(0, grad.Mul(scale.Reshape(g.n, 1)).Reshape(x.Shape()...))
	}
	if n.OnPath(1) {
		n.Give(1, grad.Mul(x.Reshape(g.outer, g.n, g.inner)).SumTo(1, g.n, 1).Reshape(g.n))
	}
	if n.OnPath(2) {
		n.Give(2, grad.SumTo(1, g.n, 1).Reshape(g.n))
	}
}
