package em

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/special"
)

// What a Bayesian mixture says of parameters and of rows.

// Columns implements [RowModel].
func (m *BayesianGaussianModel) Columns() []string { return slices.Clone(m.columns) }

// Components is K, those without rows included.
func (m *BayesianGaussianModel) Components() int { return m.e.k }

// Counts returns the number of rows, by weight, that each component has.
func (m *BayesianGaussianModel) Counts() []float64 {
	counts := make([]float64, m.e.k)
	kernel.AddConst(-m.prior.kappa, counts, m.kappa)
	for j, n := range counts {
		counts[j] = max(n, 0)
	}
	return counts
}

// EffectiveComponents is the number of components that have a row at least.
func (m *BayesianGaussianModel) EffectiveComponents() int {
	n := 0
	for _, count := range m.Counts() {
		if count >= 1 {
			n++
		}
	}
	return n
}

// Weights returns the expected weights E π.
func (m *BayesianGaussianModel) Weights() []float64 {
	w := make([]float64, m.e.k)
	if m.weights == DirichletWeights {
		kernel.Scale(1/kernel.Sum(m.sticks), w, m.sticks)
		return w
	}
	left := 1.0
	for j := range m.e.k - 1 {
		a, b := m.sticks[2*j], m.sticks[2*j+1]
		w[j] = left * (a / (a + b))
		left *= b / (a + b)
	}
	w[m.e.k-1] = left
	return w
}

// Concentrations returns the parameters of the distribution of the weights: α_k with
// Dirichlet weights; with a Dirichlet process a and b of the Beta distribution of every
// break but the last, which is certain, one after the other.
func (m *BayesianGaussianModel) Concentrations() []float64 { return slices.Clone(m.sticks) }

// Mu returns the expected mean of component j.
func (m *BayesianGaussianModel) Mu(j int) []float64 { return slices.Clone(m.e.center(j)) }

// Kappa returns κ of component j: its mean has precision κ Λ.
func (m *BayesianGaussianModel) Kappa(j int) float64 { return m.kappa[j] }

// Nu returns the degrees of freedom ν of component j's Wishart distribution.
func (m *BayesianGaussianModel) Nu(j int) float64 { return m.nu[m.shape(j)] }

// Psi returns Ψ of component j, in the form of the settings. The expected precision is
// ν Ψ⁻¹, the covariance that belongs to it Ψ/ν.
func (m *BayesianGaussianModel) Psi(j int) []float64 {
	return slices.Clone(m.e.shapeOf(m.psi, j))
}

// Point returns the mixture with the expected weights, means and precisions.
func (m *BayesianGaussianModel) Point() (*GaussianModel, error) {
	p := GaussianParameters{Columns: m.columns, Covariance: m.e.covariance, Weights: m.Weights(), Means: cut(m.e.centers, m.e.d)}
	for j, nu := range m.nu {
		shape := slices.Clone(m.e.shapeOf(m.psi, j))
		kernel.Scale(1/nu, shape, shape)
		if m.e.covariance == Full || m.e.covariance == Tied {
			p.Covariances = append(p.Covariances, cut(shape, m.e.d))
		} else {
			p.Variances = append(p.Variances, shape)
		}
	}
	return NewGaussianModel(p)
}

func (m *BayesianGaussianModel) shape(j int) int {
	if m.e.covariance == Tied {
		return 0
	}
	return j
}

// ResponsibilitiesTo implements [Clustering]: q(z) of new rows. Missing cells are refused
// with a [*data.ValueError].
func (m *BayesianGaussianModel) ResponsibilitiesTo(dst []float64, b *Block) error {
	sc, err := m.open(b)
	if err != nil {
		return err
	}
	m.logJoint(sc)
	m.e.shares(sc)
	copy(dst, sc.logs[:b.Rows*m.e.k])
	return nil
}

// LogProbTo implements [Density]: the predictive density of new rows, a mixture of
// Student's t distributions (Bishop 2006, equation 10.81), with Diagonal of products of
// them. Missing cells are refused with a [*data.ValueError].
func (m *BayesianGaussianModel) LogProbTo(dst []float64, b *Block) error {
	sc, err := m.open(b)
	if err != nil {
		return err
	}
	n, d := b.Rows, float64(m.e.d)
	for j, w := range m.Weights() {
		nu, kappa := m.Nu(j), m.kappa[j]
		wider := kappa / ((1 + kappa) * nu) // a squared distance, times it, is q/ν of t
		squares := sc.squares[j*n : (j+1)*n]
		constant := math.Log(w) - 0.5*(m.logDets[m.shape(j)]+d*(math.Log1p(1/kappa)+math.Log(math.Pi)))
		switch m.e.covariance {
		case Diagonal:
			constant += d * special.LogGammaRise(nu/2, 0.5)
			m.logTails(sc, j, wider)
		case Spherical:
			constant += special.LogGammaRise(nu/2, d/2)
			kernel.Scale(wider, squares, squares)
			kernel.Log1p(squares, squares)
			kernel.Scale(nu+d, squares, squares)
		default:
			constant += special.LogGammaRise((nu+1-d)/2, d/2)
			kernel.Scale(wider, squares, squares)
			kernel.Log1p(squares, squares)
			kernel.Scale(nu+1, squares, squares)
		}
		for i, q := range squares {
			sc.logs[i*m.e.k+j] = constant - 0.5*q
		}
	}
	m.e.shares(sc)
	copy(dst, sc.logSums[:n])
	return nil
}

// logTails writes (ν+1) Σ log(1 + q/ν) over the columns to the squares of component j.
func (m *BayesianGaussianModel) logTails(sc *ellipseScratch, j int, wider float64) {
	n := sc.rows
	squares, y := sc.squares[j*n:(j+1)*n], sc.y[:n]
	clear(squares)
	for c, center := range m.e.center(j) {
		root := m.e.shapeOf(m.e.factors, j)[c]
		kernel.AddConst(-center, y, sc.columns[c*n:(c+1)*n])
		kernel.Mul(y, y, y)
		kernel.Scale(root*root*wider, y, y)
		kernel.Log1p(y, y)
		kernel.Axpy(m.nu[j]+1, y, squares)
	}
}

// open measures the rows of a block.
func (m *BayesianGaussianModel) open(b *Block) (*ellipseScratch, error) {
	for i, v := range b.X[:b.Rows*b.Columns] {
		if v != v {
			return nil, &data.ValueError{Column: m.columns[i%b.Columns], Row: b.First + i/b.Columns, Value: v, Want: "present"}
		}
	}
	sc := m.e.scratch(&Statistics{}, b.Rows)
	sc.load(b)
	m.e.measure(sc)
	return sc, nil
}

// RandTo draws a row from the predictive distribution.
func (m *BayesianGaussianModel) RandTo(dst []float64, r *rand.Rand) []float64 {
	u, j := r.Float64(), 0
	for k, w := range m.Weights() {
		if w > 0 {
			j = k
		}
		if u -= w; u < 0 {
			break
		}
	}
	if dst == nil {
		dst = make([]float64, m.e.d)
	}
	freedom, nu := m.Nu(j), m.Nu(j)
	if m.e.covariance == Full || m.e.covariance == Tied {
		freedom = nu + 1 - float64(m.e.d)
	}
	for i := range dst {
		dst[i] = r.NormFloat64()
	}
	// A chi-squared number by which all coordinates, or each its own, are stretched.
	wide := math.Sqrt((1 + 1/m.kappa[j]) * nu)
	stretch := 1 / math.Sqrt(dist.ChiSquared{Nu: freedom}.Rand(r))
	factor := m.e.shapeOf(m.e.factors, j)
	switch m.e.covariance {
	case Diagonal:
		for i := range dst {
			dst[i] *= wide * stretch / factor[i]
			stretch = 1 / math.Sqrt(dist.ChiSquared{Nu: freedom}.Rand(r))
		}
	case Spherical:
		kernel.Scale(wide*stretch/factor[0], dst, dst)
	default:
		kernel.Scale(wide*stretch, dst, dst)
		solveLower(factor, dst)
	}
	kernel.Add(dst, dst, m.e.center(j))
	return dst
}
