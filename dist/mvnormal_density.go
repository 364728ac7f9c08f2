package dist

import (
	"math"
	"slices"
)

// The density of the multivariate normal distribution and its gradients.

// Evaluation.

// LogProb implements [VectorLogProber].
func (d *MultivariateNormal) LogProb(x []float64) float64 {
	return d.logDensity(d.square(x))
}

// Mahalanobis returns the distance √((x − μ)ᵀ Σ⁻¹ (x − μ)) of x from the mean, in
// standard deviations.
func (d *MultivariateNormal) Mahalanobis(x []float64) float64 {
	if square := d.square(x); d.form != full || !math.IsInf(square, 1) {
		return math.Sqrt(square)
	}
	return distance(x, d.mu, d.scale)
}

// square returns the squared distance of x from the mean.
func (d *MultivariateNormal) square(x []float64) float64 {
	n := len(d.mu)
	checkLength(x, n)
	if d.form == full {
		return distanceSquared(x, d.mu, d.scale)
	}
	sum := 0.0
	for i, m := range d.mu {
		z := (x[i] - m) / d.sigma(i)
		sum += z * z
	}
	return sum
}

// distanceSquared returns |L⁻¹(x − μ)|², +Inf also where it is infinite in a way
// that arithmetic calls NaN.
func distanceSquared(x, mu, l []float64) float64 {
	if len(x) > 32 {
		p := borrow(len(x))
		defer scratch.Put(p)
		y := *p
		for i, m := range mu {
			y[i] = x[i] - m
		}
		packedSolve(l, y)
		return properSquare(packedDot(y, y), x)
	}
	var y [32]float64
	sum := 0.0
	for i, m := range mu {
		row := packedRow(l, i)
		y[i] = (x[i] - m - shortDot(row[:i], y[:])) / row[i]
		sum += y[i] * y[i]
	}
	return properSquare(sum, x)
}

// distance returns |L⁻¹(x − μ)|, also where its square overflows.
func distance(x, mu, l []float64) float64 {
	square := distanceSquared(x, mu, l)
	if !math.IsInf(square, 1) {
		return math.Sqrt(square)
	}
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(v))
	}
	if math.IsInf(largest, 1) {
		return largest
	}
	_, e := math.Frexp(largest)
	near, centre := make([]float64, len(x)), make([]float64, len(x))
	for i, v := range x {
		near[i], centre[i] = math.Ldexp(v, -e), math.Ldexp(mu[i], -e)
	}
	return math.Ldexp(math.Sqrt(distanceSquared(near, centre, l)), e)
}

// properSquare returns a sum of squares computed from x, +Inf if it is NaN for
// another reason than a NaN in x.
func properSquare(square float64, x []float64) float64 {
	if math.IsNaN(square) && !slices.ContainsFunc(x, math.IsNaN) {
		return math.Inf(1)
	}
	return square
}

// logDensity is the log density at squared distance square.
func (d *MultivariateNormal) logDensity(square float64) float64 {
	return -0.5*square - d.logDet - float64(len(d.mu))*halfLog2Pi
}

// LogProbTo implements [VectorBatcher]. Values are taken in blocks, so that an
// element of L works on many of them in a row. That pays where vectors are short; from
// about a hundred elements on the inner products of [MultivariateNormal.LogProb] are
// long enough to be as fast.
func (d *MultivariateNormal) LogProbTo(dst, x []float64) []float64 {
	n := len(d.mu)
	dst = dstFor(dst, checkBatch(x, n))
	if d.form == full {
		distancesTo(dst, x, d.mu, d.scale)
		for i, square := range dst {
			dst[i] = d.logDensity(square)
		}
		return dst
	}
	p := borrow(n)
	defer scratch.Put(p)
	inverse := *p
	for i := range inverse {
		inverse[i] = 1 / d.sigma(i)
	}
	for i := range dst {
		sum := 0.0
		for j, v := range x[i*n : (i+1)*n] {
			z := (v - d.mu[j]) * inverse[j]
			sum += z * z
		}
		dst[i] = d.logDensity(sum)
	}
	return dst
}

// distancesTo writes |L⁻¹(x − μ)|² of each of the values in x to dst. It works on
// transposed blocks, all values of an element at a time.
func distancesTo(dst, x, mu, l []float64) {
	n := len(mu)
	const rows = 64
	width := max(1, min(rows, len(dst)))
	p := borrow((n + 1) * width)
	defer scratch.Put(p)
	for start := 0; start < len(dst); start += width {
		m := min(width, len(dst)-start)
		y, sum := (*p)[:n*m], (*p)[n*m:(n+1)*m]
		for k := range m {
			for i, v := range x[(start+k)*n : (start+k+1)*n] {
				y[i*m+k] = v - mu[i]
			}
		}
		packedSolveBlock(l, y, n, m)
		clear(sum)
		for i := range n {
			for k, v := range y[i*m : (i+1)*m] {
				sum[k] += v * v
			}
		}
		for k, square := range sum {
			dst[start+k] = properSquare(square, x[(start+k)*n:(start+k+1)*n])
		}
	}
}

// Gradients.

// GradLogProbTo implements [VectorGrader]: −Σ⁻¹ (x − μ).
func (d *MultivariateNormal) GradLogProbTo(dst, x []float64) []float64 {
	checkLength(x, len(d.mu))
	dst = dstFor(dst, len(d.mu))
	for i, m := range d.mu {
		dst[i] = m - x[i]
	}
	if d.form == full {
		packedSolve(d.scale, dst)
		packedSolveT(d.scale, dst)
		return dst
	}
	for i := range dst {
		dst[i] /= d.sigma(i) * d.sigma(i)
	}
	return dst
}

// Params returns μ, and after it the lower triangle of Σ row by row, the standard
// deviations of a diagonal form, or the one of an isotropic form.
func (d *MultivariateNormal) Params() []float64 {
	if d.form == full {
		return slices.Concat(d.mu, d.cov)
	}
	return slices.Concat(d.mu, d.scale)
}

// ScoreTo implements [VectorScorer]. With g = Σ⁻¹(x − μ) it is g for the mean, and
// for the covariance ½ (g gᵀ − Σ⁻¹), twice that off the diagonal, since an element
// there stands for two. For standard deviations it is that of [Normal].
func (d *MultivariateNormal) ScoreTo(dst, x []float64) []float64 {
	n := len(d.mu)
	dst = dstFor(dst, n+len(d.scale))
	g, rest := dst[:n], dst[n:]
	d.GradLogProbTo(g, x)
	for i := range g {
		g[i] = -g[i]
	}
	if d.form == full {
		scoreMatrix(rest, g, d.inverse())
		return dst
	}
	clear(rest)
	for i, v := range g {
		s := d.sigma(i)
		z := v * s
		rest[min(i, len(rest)-1)] += (z*z - 1) / s
	}
	return dst
}

// scoreMatrix writes ½ (g gᵀ − P) for the free elements of a symmetric matrix.
func scoreMatrix(dst, g, p []float64) {
	for i, v := range g {
		row, out := packedRow(p, i), packedRow(dst, i)
		for j, u := range g[:i] {
			out[j] = v*u - row[j]
		}
		out[i] = 0.5 * (v*v - row[i])
	}
}
