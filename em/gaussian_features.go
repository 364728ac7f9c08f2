package em

// Gaussian mixtures: log densities that are linear in features of a row.

import "math"

// log N(z | m, Σ) = const + (Σ⁻¹m)ᵀz − ½ zᵀΣ⁻¹z is linear in z and its products, and
// those are the sufficient statistics too. So for a block of rows both steps are a
// product of matrices: log densities are (components × features)·(features × rows), and
// statistics (features × rows)·(rows × components). Terms cancel where a component is
// narrow and not at the origin; then T(z − m) is computed, with TᵀT = Σ⁻¹.

// featuresMost is the most columns of which all products are kept: with more, a block's
// features are no longer in the caches.
const featuresMost = 32

// gaussianFeatures is the number of features that log densities are linear in, 0 if they
// are computed otherwise.
func gaussianFeatures(c Covariance, d int) int {
	switch {
	case c == Full && d <= featuresMost:
		return d + d*(d+1)/2
	case c == Diagonal || c == Spherical:
		return 2 * d
	}
	return 0
}

// gaussianSums is the number of sums of a component: of ones, of the columns, and of
// their products or squares.
func gaussianSums(c Covariance, d int) int {
	switch c {
	case Full:
		return 1 + d + d*(d+1)/2
	case Tied:
		return 1 + d
	}
	return 1 + 2*d
}

// linearGaussian writes the coefficients of the features of a component with mean m and
// factor t, of which shift is t·m. It returns false if too much would cancel.
func linearGaussian(row, t, shift, m []float64) bool {
	d := len(m)
	// |z| up to 4 beyond the mean are where rows are, most of which is rounded.
	bound := 0.0
	reach := func(i int) float64 { return math.Abs(m[i]) + 4 }
	if len(t) == d {
		for j := range d {
			row[j] = t[j] * shift[j]
			row[d+j] = -t[j] * t[j] / 2
			bound += -row[d+j] * reach(j) * reach(j)
		}
		return bound <= narrowLimit
	}
	q := d
	for i := range d {
		row[i] = 0
		for l := i; l < d; l++ {
			row[i] += t[l*d+i] * shift[l]
		}
		for j := i; j < d; j++ {
			p := 0.0
			for l := j; l < d; l++ {
				p += t[l*d+i] * t[l*d+j]
			}
			if i == j {
				p /= 2
			}
			row[q] = -p
			q++
			bound += math.Abs(p) * reach(i) * reach(j)
		}
	}
	return bound <= narrowLimit
}
