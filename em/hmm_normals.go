package em

// What states emit that are mixtures of normals: parameters, densities.

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
)

// hmmNormals are the normals of a hidden Markov model, component by component; component
// c belongs to state c / mixture. One is not changed once it is made.
type hmmNormals struct {
	states, mixture, dim int
	full                 bool
	weights              []float64 // of the components in their states
	means                []float64 // components × dim
	covs                 []float64 // components × dim, or × dim × dim

	roots []float64 // Cholesky factors, lower; of the diagonal, 1/σ
	logs  []float64 // log of weight and of the density at the mean

	center, scale []float64 // means and variances of the data's columns
	floored       []bool    // by state
}

func newHMMNormals(states, mixture, dim int, full bool, center, scale []float64) *hmmNormals {
	n := &hmmNormals{states: states, mixture: mixture, dim: dim, full: full, center: center, scale: scale, floored: make([]bool, states)}
	n.weights, n.means, n.covs = make([]float64, states*mixture), make([]float64, states*mixture*dim), make([]float64, states*mixture*n.covSize())
	return n
}

// like returns new ones with the same parameters.
func (n *hmmNormals) like() *hmmNormals {
	c := newHMMNormals(n.states, n.mixture, n.dim, n.full, n.center, n.scale)
	copy(c.weights, n.weights)
	copy(c.means, n.means)
	copy(c.covs, n.covs)
	return c
}

func (n *hmmNormals) covSize() int {
	if n.full {
		return n.dim * n.dim
	}
	return n.dim
}

func (n *hmmNormals) form() string {
	form := "diagonal normals"
	if n.full {
		form = "full normals"
	}
	return fmt.Sprintf("%d %s in %d columns", n.mixture, form, n.dim)
}

// parameters is the number of those that a state has.
func (n *hmmNormals) parameters() int {
	d := n.dim
	each := 2 * d
	if n.full {
		each = d + d*(d+1)/2
	}
	return n.mixture*each + n.mixture - 1
}

func (n *hmmNormals) mean(c int) []float64 { return n.means[c*n.dim : (c+1)*n.dim] }
func (n *hmmNormals) cov(c int) []float64  { return n.covs[c*n.covSize() : (c+1)*n.covSize()] }
func (n *hmmNormals) root(c int) []float64 { return n.roots[c*n.covSize() : (c+1)*n.covSize()] }

// derive computes what densities need. The error says which component has no density.
func (n *hmmNormals) derive() error {
	components := n.states * n.mixture
	n.roots, n.logs = make([]float64, len(n.covs)), make([]float64, components)
	d := n.dim
	for c := range components {
		l := math.Log(n.weights[c]) - float64(d)/2*math.Log(2*math.Pi)
		cov, root := n.cov(c), n.root(c)
		ok := true
		if n.full {
			copy(root, cov)
			ok = choleskyInPlace(root, d)
			for j := range d {
				l -= math.Log(root[j*d+j])
			}
		} else {
			for j, v := range cov {
				ok = ok && v > 0 && v <= math.MaxFloat64
				root[j] = 1 / math.Sqrt(v)
				l += math.Log(root[j])
			}
		}
		for _, v := range n.mean(c) {
			ok = ok && !math.IsNaN(v) && !math.IsInf(v, 0)
		}
		if !ok || math.IsNaN(l) {
			return &belief.ConfigError{Field: fmt.Sprintf("the covariance of component %d of state %d", c%n.mixture, c/n.mixture), Value: cov, Want: "finite and positive definite"}
		}
		n.logs[c] = l
	}
	return nil
}

// hmmNormalScratch is memory of one goroutine.
type hmmNormalScratch struct {
	r, z, shares []float64
	seen, unseen []int
	a, gain      []float64 // dim × dim
	extra        []float64 // dim × dim: what is left of the variance of missing cells
}

func (w *hmmNormalScratch) fit(n *hmmNormals) {
	if d := n.dim; len(w.r) != d || len(w.shares) != n.mixture {
		w.r, w.z, w.shares = make([]float64, d), make([]float64, d), make([]float64, n.mixture)
		w.a, w.gain, w.extra = make([]float64, d*d), make([]float64, d*d), make([]float64, d*d)
	}
}

// missing lists what is there in a row, and what not.
func (w *hmmNormalScratch) missing(row []float64) {
	w.seen, w.unseen = w.seen[:0], w.unseen[:0]
	for j, v := range row {
		if v == v {
			w.seen = append(w.seen, j)
		} else {
			w.unseen = append(w.unseen, j)
		}
	}
}

// log returns the logarithm of weight times density of component c, of the cells that
// w.missing found.
func (n *hmmNormals) log(w *hmmNormalScratch, c int, row []float64) float64 {
	d, mean, square := n.dim, n.mean(c), 0.0
	l := n.logs[c]
	switch {
	case !n.full:
		root := n.root(c)
		for _, j := range w.seen {
			z := (row[j] - mean[j]) * root[j]
			square += z * z
		}
		for _, j := range w.unseen {
			l += 0.5*math.Log(2*math.Pi) - math.Log(root[j])
		}
	case len(w.unseen) == 0:
		root := n.root(c)
		z := w.z
		for i := range d {
			s := row[i] - mean[i]
			for j, v := range root[i*d : i*d+i] {
				s -= v * z[j]
			}
			z[i] = s / root[i*d+i]
			square += z[i] * z[i]
		}
	default:
		root, m := n.block(w, c), len(w.seen)
		l = math.Log(n.weights[c]) - float64(m)/2*math.Log(2*math.Pi)
		for i, a := range w.seen {
			s := row[a] - mean[a]
			for j, v := range root[i*m : i*m+i] {
				s -= v * w.z[j]
			}
			w.z[i] = s / root[i*m+i]
			square += w.z[i] * w.z[i]
			l -= math.Log(root[i*m+i])
		}
	}
	return l - square/2
}

// block returns the Cholesky factor of the covariance of the cells that are there.
func (n *hmmNormals) block(w *hmmNormalScratch, c int) []float64 {
	m, cov := len(w.seen), n.cov(c)
	l := w.a[:m*m]
	for i, p := range w.seen {
		for j, q := range w.seen {
			l[i*m+j] = cov[p*n.dim+q]
		}
	}
	choleskyInPlace(l, m) // a block of a definite matrix is definite
	return l
}

// stateLog returns log p(row | state), and leaves the shares of the components in
// w.shares.
func (n *hmmNormals) stateLog(w *hmmNormalScratch, s int, row []float64) float64 {
	if n.mixture == 1 {
		w.shares[0] = 1
		return n.log(w, s, row)
	}
	most := math.Inf(-1)
	for i := range w.shares {
		w.shares[i] = n.log(w, s*n.mixture+i, row)
		most = max(most, w.shares[i])
	}
	if math.IsInf(most, -1) {
		clear(w.shares)
		return most
	}
	sum := 0.0
	for i, l := range w.shares {
		w.shares[i] = math.Exp(l - most)
		sum += w.shares[i]
	}
	for i := range w.shares {
		w.shares[i] /= sum
	}
	return most + math.Log(sum)
}
