package em

// Variances of columns, and floors relative to them.

import (
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"gonum.org/v1/gonum/mat"
)

// hmmColumns returns the means and variances of what is there in each column, one where
// there is none that differs.
func hmmColumns(seqs *data.Sequences) (means, variances []float64, err error) {
	p, table := len(seqs.Columns()), seqs.Table()
	means, variances = make([]float64, p), make([]float64, p)
	for j := range p {
		origin, sum, square, n := math.NaN(), 0.0, 0.0, 0.0
		for i := range table.Rows() {
			v := table.Row(i)[j]
			if v != v {
				continue
			}
			if n == 0 {
				origin = v
			}
			n++
			delta := (v - origin) - sum // of the running mean, Welford 1962
			sum += delta / n
			square += delta * ((v - origin) - sum)
		}
		if n == 0 {
			return nil, nil, &belief.ConfigError{Field: "column " + seqs.Columns()[j].Name, Value: "without a number", Want: "one with at least one"}
		}
		means[j], variances[j] = origin+sum, square/n
		if !(variances[j] > 0) {
			variances[j] = 1
		}
		if !(variances[j] <= math.MaxFloat64) {
			return nil, nil, &belief.ConfigError{Field: "column " + seqs.Columns()[j].Name, Value: "of numbers whose squares overflow", Want: "one of smaller numbers"}
		}
	}
	return means, variances, nil
}

// hmmClip raises the eigenvalues of a covariance, in units of scale, or of its own
// variances if that is nil, to the floor, and makes it symmetric. It says whether any was
// below. Of all covariances that keep to the floor the result has the greatest likelihood.
func hmmClip(a []float64, n int, scale []float64, floor float64) bool {
	root := make([]float64, n)
	s := mat.NewSymDense(n, nil)
	for i := range n {
		v := a[i*n+i]
		if scale != nil {
			v = scale[i]
		}
		root[i] = 1
		if v > 0 {
			root[i] = math.Sqrt(v)
		}
		for j := range i + 1 {
			s.SetSym(i, j, (a[i*n+j]+a[j*n+i])/2/root[i]/root[j])
		}
	}
	acts := false
	var eigen mat.EigenSym
	if eigen.Factorize(s, true) {
		values := eigen.Values(nil)
		for q, v := range values {
			if v < floor {
				values[q], acts = floor, true
			}
		}
		if acts {
			var v, scaled, full mat.Dense
			eigen.VectorsTo(&v)
			scaled.Mul(&v, mat.NewDiagDense(n, values))
			full.Mul(&scaled, v.T())
			for i := range n {
				for j := range i + 1 {
					s.SetSym(i, j, (full.At(i, j)+full.At(j, i))/2)
				}
			}
		}
	}
	for i := range n {
		for j := range n {
			if acts {
				a[i*n+j] = s.At(i, j) * (root[i] * root[j])
			} else if j < i {
				v := (a[i*n+j] + a[j*n+i]) / 2
				a[i*n+j], a[j*n+i] = v, v
			}
		}
	}
	return acts
}
