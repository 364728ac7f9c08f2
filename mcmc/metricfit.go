package mcmc

import "math"

// fitMetric estimates a metric from draws and the gradients there, tables of
// rows. A diagonal one has squares
//
//	√(var(x)/var(g)),
//
// the minimum of the Fisher divergence between the target and a normal density
// with that covariance (Seyboldt, Carlson & Carpenter 2024).
func fitMetric(m *metric, kind Metric, draws, grads []float64) {
	n := m.n
	if n == 0 || len(draws) < 3*n {
		return
	}
	scale := make([]float64, n)
	for i := range n {
		_, vx := columnMoments(draws, n, i)
		_, vg := columnMoments(grads, n, i)
		scale[i] = math.Sqrt(math.Sqrt(vx / vg))
		if !(scale[i] > 1e-100 && scale[i] < 1e100) {
			scale[i] = m.scale[i]
		}
	}
	m.set(scale, nil, nil)
}

// columnMoments returns mean and variance of column i of a table.
func columnMoments(table []float64, n, i int) (mean, variance float64) {
	count := 0.0
	for ; i < len(table); i += n {
		count++
		delta := table[i] - mean
		mean += delta / count
		variance += delta * (table[i] - mean)
	}
	return mean, variance / count
}
