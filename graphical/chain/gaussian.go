package chain

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
)

// Gaussian emits vectors from a multivariate normal distribution for each state. Missing
// cells are left out: the density is that of the cells that are there.
type Gaussian struct {
	mean, variance, covariance [][]float64
	normals                    []*dist.MultivariateNormal
}

// NewGaussian makes an emission of S means of D numbers and S covariance matrices of D×D,
// row after row. The error is a [*belief.ConfigError], or a [*dist.ParameterError] for a
// matrix that is no covariance.
func NewGaussian(mean, covariance [][]float64) (*Gaussian, error) {
	d, err := shape("Mean", mean, "Covariance", covariance, 2)
	if err != nil {
		return nil, err
	}
	g := &Gaussian{mean: cloneRows(mean), covariance: cloneRows(covariance)}
	for s, c := range g.covariance {
		for i := range d {
			for j := range i {
				if c[i*d+j] != c[j*d+i] {
					return nil, &belief.ConfigError{Field: fmt.Sprintf("Covariance[%d][%d]", s, i*d+j), Value: c[i*d+j], Want: fmt.Sprintf("that of its mirror image, %v", c[j*d+i])}
				}
			}
		}
		n, err := dist.NewMultivariateNormal(mean[s], mat.NewSymDense(d, slices.Clone(c)))
		if err != nil {
			return nil, fmt.Errorf("state %d: %w", s, err)
		}
		g.normals = append(g.normals, n)
	}
	return g, nil
}

// NewDiagonalGaussian makes an emission of S means and S variances of D numbers each,
// which are independent given the state. Errors are as those of [NewGaussian].
func NewDiagonalGaussian(mean, variance [][]float64) (*Gaussian, error) {
	if _, err := shape("Mean", mean, "Variance", variance, 1); err != nil {
		return nil, err
	}
	g := &Gaussian{mean: cloneRows(mean), variance: cloneRows(variance)}
	for s, v := range g.variance {
		sd := make([]float64, len(v))
		for j := range v {
			if !(v[j] > 0) || math.IsInf(v[j], 1) {
				return nil, &belief.ConfigError{Field: fmt.Sprintf("Variance[%d][%d]", s, j), Value: v[j], Want: "positive and finite"}
			}
			sd[j] = math.Sqrt(v[j])
		}
		n, err := dist.NewDiagonalNormal(mean[s], sd)
		if err != nil {
			return nil, fmt.Errorf("state %d: %w", s, err)
		}
		g.normals = append(g.normals, n)
	}
	return g, nil
}

// shape checks that there are as many of both, of D and of D to a power, and returns D.
func shape(name string, a [][]float64, other string, b [][]float64, power int) (int, error) {
	if len(a) == 0 || len(a[0]) == 0 {
		return 0, &belief.ConfigError{Field: name, Value: "empty", Want: "one row of numbers for each state"}
	}
	d := len(a[0])
	if len(b) != len(a) {
		return 0, &belief.ConfigError{Field: other, Value: fmt.Sprintf("%d rows", len(b)), Want: fmt.Sprintf("%d, as %s has", len(a), name)}
	}
	want := d
	if power == 2 {
		want = d * d
	}
	for s := range a {
		if len(a[s]) != d {
			return 0, &belief.ConfigError{Field: fmt.Sprintf("%s[%d]", name, s), Value: fmt.Sprintf("%d numbers", len(a[s])), Want: fmt.Sprintf("%d, as the first has", d)}
		}
		if len(b[s]) != want {
			return 0, &belief.ConfigError{Field: fmt.Sprintf("%s[%d]", other, s), Value: fmt.Sprintf("%d numbers", len(b[s])), Want: fmt.Sprintf("%d", want)}
		}
	}
	return d, nil
}

func cloneRows(rows [][]float64) [][]float64 {
	out := make([][]float64, len(rows))
	for i, r := range rows {
		out[i] = slices.Clone(r)
	}
	return out
}

// States implements [Emission].
func (g *Gaussian) States() int { return len(g.mean) }

// Dim implements [Emission].
func (g *Gaussian) Dim() int {
	if len(g.mean) == 0 {
		return 0
	}
	return len(g.mean[0])
}

// Diagonal says whether the cells are independent given the state.
func (g *Gaussian) Diagonal() bool { return g.variance != nil }

// Mean returns S means of D numbers. What this and the next two return is not to be
// changed.
func (g *Gaussian) Mean() [][]float64 { return g.mean }

// Variance returns S rows of D variances, nil unless Diagonal.
func (g *Gaussian) Variance() [][]float64 { return g.variance }

// Covariance returns S matrices of D×D, nil if Diagonal.
func (g *Gaussian) Covariance() [][]float64 { return g.covariance }

// LogProbTo implements [Emission].
func (g *Gaussian) LogProbTo(dst, rows []float64) error {
	s, d := g.States(), g.Dim()
	checkRows(dst, rows, s, d)
	whole, err := complete(rows, d)
	if err != nil {
		return err
	}
	if len(whole) == len(rows)/d {
		column := make([]float64, len(whole))
		for i, n := range g.normals {
			n.LogProbTo(column, rows)
			for t, v := range column {
				dst[t*s+i] = v
			}
		}
		return nil
	}
	marginals := map[string][]*dist.MultivariateNormal{}
	var key []byte
	var there []int
	var values []float64
	for t := range len(rows) / d {
		row := rows[t*d : (t+1)*d]
		key, there, values = key[:0], there[:0], values[:0]
		for j, v := range row {
			if v == v {
				there, values, key = append(there, j), append(values, v), append(key, 1)
			} else {
				key = append(key, 0)
			}
		}
		if len(there) == 0 {
			clear(dst[t*s : (t+1)*s])
			continue
		}
		normals := marginals[string(key)]
		if normals == nil {
			for _, n := range g.normals {
				part, err := n.Marginal(there)
				if err != nil {
					return err
				}
				normals = append(normals, part)
			}
			if len(marginals) < 1024 {
				marginals[string(key)] = normals
			}
		}
		for i, n := range normals {
			dst[t*s+i] = n.LogProb(values)
		}
	}
	return nil
}

// complete lists the rows without a missing cell; an infinite one is an error.
func complete(rows []float64, d int) ([]int, error) {
	whole := make([]int, 0, len(rows)/d)
	for t := range len(rows) / d {
		missing := false
		for j, v := range rows[t*d : (t+1)*d] {
			if math.IsInf(v, 0) {
				return nil, &data.ValueError{Column: fmt.Sprintf("%d", j), Row: t, Value: v, Want: "finite, or NaN where it is missing"}
			}
			missing = missing || v != v
		}
		if !missing {
			whole = append(whole, t)
		}
	}
	return whole, nil
}

// RandTo implements [Emission].
func (g *Gaussian) RandTo(dst []float64, state int, r *rand.Rand) []float64 {
	return g.normals[state].RandTo(grow(dst, g.Dim()), r)
}

// Validate implements [Emission]: what was made is valid, the zero value is not.
func (g *Gaussian) Validate() error {
	if len(g.normals) == 0 {
		return &belief.ConfigError{Field: "Mean", Value: "empty", Want: "made by NewGaussian or NewDiagonalGaussian"}
	}
	return nil
}
