package em

import (
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/special"
)

// bayesianPrior is the prior of a Bayesian mixture.
type bayesianPrior struct {
	concentration, kappa, nu float64
	mu, psi                  []float64
	root                     []float64 // lower Cholesky root of Ψ, or square roots
	logDet                   float64   // log |Ψ|, of all dimensions
	raised                   bool      // Ψ of the data was singular, and was raised to a floor
}

// update computes root and determinant. It returns the pivot at which Ψ fails, −1 if
// none, or an error for other hyperparameters.
func (p *bayesianPrior) update(covariance Covariance, d int) (bad int, err error) {
	if err := checkNumbers("Mu", p.mu, d); err != nil {
		return -1, err
	}
	if err := checkNumbers("Psi", p.psi, shapeLen(covariance, d)); err != nil {
		return -1, err
	}
	least := wishartLeast(covariance, d)
	for _, f := range []struct {
		name  string
		value float64
		least float64
	}{{"Concentration", p.concentration, 0}, {"Kappa", p.kappa, 0}, {"Nu", p.nu, least}} {
		if !(f.value > f.least && f.value <= math.MaxFloat64) {
			return -1, &dist.ParameterError{Distribution: "prior of a Gaussian mixture", Parameter: f.name, Value: f.value, Want: fmt.Sprintf("finite and above %v", f.least)}
		}
	}
	e := &ellipses{covariance: covariance, k: 1, d: d}
	if bad := e.asymmetric(p.psi); bad >= 0 {
		return -1, &belief.ConfigError{Field: "Psi", Value: fmt.Sprintf("not symmetric at row %d", bad), Want: "symmetric"}
	}
	p.root = append([]float64(nil), p.psi...)
	if bad := e.weakPivot(p.root); bad >= 0 {
		return bad, nil
	}
	var ok bool
	if p.logDet, ok = e.factor(make([]float64, len(p.psi)), p.psi, 1); !ok {
		return d - 1, nil
	}
	return -1, nil
}

// raise raises the variances of Ψ to a floor, in units of the standard deviations of the
// columns, which are 1 where a column is constant.
func (p *bayesianPrior) raise(covariance Covariance, scale []float64) {
	const floor = 1e-6
	p.raised = true
	squares, mean := make([]float64, len(scale)), 0.0
	for j, s := range scale {
		squares[j] = s * s
		mean += s * s / float64(len(scale))
	}
	switch covariance {
	case Diagonal:
		for j, v := range p.psi {
			p.psi[j] = max(v, floor*squares[j])
		}
	case Spherical:
		p.psi[0] = max(p.psi[0], floor*mean)
	default:
		raiseFloor(p.psi, len(scale), squares, floor)
	}
}

// Warnings implements [Warner]: a prior that the data do not determine.
func (m *BayesianGaussianModel) Warnings() []belief.Warning {
	if !m.prior.raised {
		return nil
	}
	return []belief.Warning{{Code: "variance-floor", Where: "the prior's Psi",
		Text: "columns are constant or collinear, so that their covariance, which is Psi unless it is given, is singular; its least variance was raised to 1e-06 of the data's"}}
}

// BayesianGaussianModel is the approximate posterior distribution of the parameters of a
// mixture of normal distributions, as [BayesianGaussianMixture] finds it. It is safe for
// concurrent use.
type BayesianGaussianModel struct {
	columns []string
	weights WeightPrior
	prior   *bayesianPrior
	e       *ellipses // the centres are m, the factors roots of νΨ⁻¹
	kappa   []float64
	nu, psi []float64 // of every shape
	sticks  []float64 // α of every component, or a and b of every break
	logDets []float64 // log |Ψ| of every shape

	logWeights []float64 // E log π
	logScales  []float64 // E log |Λ| of every shape
	constants  []float64 // of the log joint densities
	divergence float64   // KL(q ‖ p) of the parameters
}

func newBayesianGaussianModel(covariance Covariance, weights WeightPrior, k int, columns []string, prior *bayesianPrior) *BayesianGaussianModel {
	m := &BayesianGaussianModel{columns: columns, weights: weights, prior: prior, e: newEllipses(covariance, k, len(columns)), kappa: make([]float64, k)}
	shapes := m.e.shapes()
	m.nu, m.psi, m.logDets, m.logScales = make([]float64, shapes), make([]float64, shapes*m.e.shapeLen()), make([]float64, shapes), make([]float64, shapes)
	m.logWeights, m.constants = make([]float64, k), make([]float64, k)
	m.sticks = make([]float64, k)
	if weights == DirichletProcess {
		m.sticks = make([]float64, 2*(k-1))
	}
	return m
}

func (m *BayesianGaussianModel) clone() *BayesianGaussianModel {
	c := newBayesianGaussianModel(m.e.covariance, m.weights, m.e.k, m.columns, m.prior)
	copy(c.e.centers, m.e.centers)
	copy(c.e.origins, m.e.origins)
	copy(c.kappa, m.kappa)
	copy(c.nu, m.nu)
	copy(c.psi, m.psi)
	copy(c.sticks, m.sticks)
	return c
}

// NewStatistics implements [Model].
func (m *BayesianGaussianModel) NewStatistics() *Statistics { return NewStatistics(m.e.layout()) }

// layout is the kind of the statistics, and how many sums they have.
func (e *ellipses) layout() (kind string, sums int) {
	return fmt.Sprintf("bayesian gaussian mixture, %v, %d in %d dimensions", e.covariance, e.k, e.d), e.sumsLen()
}

// Expect implements [Model]: Bishop 2006, equations 10.46 and 10.64 to 10.66.
func (m *BayesianGaussianModel) Expect(b *Block, s *Statistics) error {
	sc := m.e.scratch(s, b.Rows)
	sc.load(b)
	m.e.measure(sc)
	m.logJoint(sc)
	s.LogLikelihood += m.e.shares(sc)
	s.Weight += kernel.Sum(sc.weights[:b.Rows])
	for j := range m.e.k {
		m.e.scatter(s.Sums, sc, j, m.e.share(sc, j))
	}
	return nil
}

// logJoint writes E log π_k p(x | μ_k, Λ_k) of rows whose distances are known.
func (m *BayesianGaussianModel) logJoint(sc *ellipseScratch) {
	for j, c := range m.constants {
		for i, q := range sc.squares[j*sc.rows : (j+1)*sc.rows] {
			sc.logs[i*m.e.k+j] = c - 0.5*q
		}
	}
}

// Maximize implements [Model]: Bishop 2006, equations 10.58 to 10.63.
func (m *BayesianGaussianModel) Maximize(s *Statistics) error {
	if err := s.Check(m.e.layout()); err != nil {
		return err
	}
	e, p := m.e, m.prior
	counts, total := e.weightSums(s.Sums), kernel.Sum(e.weightSums(s.Sums))
	next := newBayesianGaussianModel(e.covariance, m.weights, e.k, m.columns, p)
	copy(next.e.origins, e.origins)
	e.moments(next.e.centers, next.psi, s.Sums)
	for j := range next.nu {
		kernel.Add(e.shapeOf(next.psi, j), e.shapeOf(next.psi, j), p.psi)
		switch e.covariance {
		case Tied:
			next.nu[j] = p.nu + total
		case Spherical:
			next.nu[j] = p.nu + float64(e.d)*counts[j]
		default:
			next.nu[j] = p.nu + counts[j]
		}
	}
	from := make([]float64, e.d)
	for j, n := range counts {
		next.kappa[j] = p.kappa + n
		center := next.e.center(j)
		kernel.Sub(from, center, p.mu)
		for c, v := range from {
			center[c] = p.mu[c] + n/next.kappa[j]*v
		}
		e.addOuter(e.shapeOf(next.psi, j), p.kappa*n/next.kappa[j], from)
	}
	for j := range next.nu {
		e.tidy(e.shapeOf(next.psi, j))
	}
	switch {
	case m.weights == DirichletWeights:
		kernel.AddConst(p.concentration, next.sticks, counts)
	default:
		for j, rest := e.k-2, counts[e.k-1]; j >= 0; j-- {
			next.sticks[2*j], next.sticks[2*j+1] = 1+counts[j], p.concentration+rest
			rest += counts[j]
		}
	}
	if err := next.update(); err != nil {
		return err
	}
	*m = *next
	return nil
}

// update computes what follows from the parameters of the posterior.
func (m *BayesianGaussianModel) update() error {
	e, p := m.e, m.prior
	d := float64(e.d)
	m.divergence = m.updateWeights()
	for j, nu := range m.nu {
		psi, factor := e.shapeOf(m.psi, j), e.shapeOf(e.factors, j)
		logDet, ok := e.factor(factor, psi, 1/nu)
		if !ok {
			return &belief.ConfigError{Field: fmt.Sprintf("Psi of component %d", j), Value: errNotPositive, Want: "positive definite; Mu may be too far from the data for its digits"}
		}
		m.logDets[j] = logDet
		m.logScales[j] = wishartLogScale(e.covariance, e.d, nu) - logDet
		// KL between Wisharts. The trace is that of ν Ψ⁻¹ times the prior's Ψ.
		trace, copies := 0.0, 1.0
		switch e.covariance {
		case Full, Tied:
			for a := range e.d {
				for b := range a + 1 {
					// Both roots are lower triangular.
					v := 0.0
					for c := b; c <= a; c++ {
						v += factor[a*e.d+c] * p.root[c*e.d+b]
					}
					trace += v * v
				}
			}
		default:
			for c, v := range factor {
				trace += v * p.root[c] * v * p.root[c]
			}
			copies = float64(len(factor))
		}
		rank := float64(e.d) // of a matrix, times copies
		logScale, logDet, logDetPrior := m.logScales[j], logDet, p.logDet
		switch e.covariance {
		case Diagonal:
			rank = copies
		case Spherical:
			rank = 1
			logScale, logDet, logDetPrior = logScale/d, logDet/d, logDetPrior/d
		}
		m.divergence += 0.5*(nu*logDet-p.nu*logDetPrior) - wishartLogNorm(e.covariance, e.d, nu) + wishartLogNorm(e.covariance, e.d, p.nu) +
			0.5*(nu-p.nu)*logScale - 0.5*nu*rank + 0.5*trace
	}
	from := make([]float64, e.d)
	for j := range e.k {
		kernel.Sub(from, e.center(j), p.mu)
		m.divergence += 0.5 * (d*math.Log(m.kappa[j]/p.kappa) - d + d*p.kappa/m.kappa[j] + p.kappa*e.distance(j, from))
		shape := j
		if e.covariance == Tied {
			shape = 0
		}
		m.constants[j] = m.logWeights[j] + 0.5*(m.logScales[shape]-d*math.Log(2*math.Pi)-d/m.kappa[j])
	}
	if math.IsNaN(m.divergence) || math.IsInf(m.divergence, 0) {
		return &belief.ConfigError{Field: "posterior", Value: m.divergence, Want: "of finite divergence from the prior: scale the columns"}
	}
	return nil
}

// wishartLeast is what the degrees of freedom of a shape have to be above.
func wishartLeast(covariance Covariance, d int) float64 {
	if covariance == Full || covariance == Tied {
		return float64(d - 1)
	}
	return 0
}

// wishartLogScale is E log |Λ| + log |Ψ| of a shape: Bishop 2006, equation B.81.
func wishartLogScale(covariance Covariance, d int, nu float64) float64 {
	sum := float64(d) * math.Ln2
	for i := range d {
		if covariance == Full || covariance == Tied {
			sum += special.Digamma((nu - float64(i)) / 2)
		} else {
			sum += special.Digamma(nu / 2)
		}
	}
	return sum
}

// wishartLogNorm is what depends on ν alone of −log B(Ψ⁻¹, ν) of a shape: Bishop 2006,
// equation B.79.
func wishartLogNorm(covariance Covariance, d int, nu float64) float64 {
	n := float64(d)
	switch covariance {
	case Diagonal:
		return n * (nu/2*math.Ln2 + special.LogGamma(nu/2))
	case Spherical:
		return nu/2*math.Ln2 + special.LogGamma(nu/2)
	}
	sum := nu*n/2*math.Ln2 + n*(n-1)/4*math.Log(math.Pi)
	for i := range d {
		sum += special.LogGamma((nu - float64(i)) / 2)
	}
	return sum
}

// updateWeights computes E log π and returns KL(q(π) ‖ p(π)).
func (m *BayesianGaussianModel) updateWeights() float64 {
	alpha, divergence := m.prior.concentration, 0.0
	if m.weights == DirichletWeights {
		total, k := kernel.Sum(m.sticks), float64(len(m.sticks))
		all := special.Digamma(total)
		divergence = special.LogGamma(total) - special.LogGamma(k*alpha) + k*special.LogGamma(alpha)
		for j, a := range m.sticks {
			m.logWeights[j] = special.Digamma(a) - all
			divergence += (a-alpha)*m.logWeights[j] - special.LogGamma(a)
		}
		return divergence
	}
	left := 0.0 // E log of what the breaks so far have left
	for j := range m.e.k - 1 {
		a, b := m.sticks[2*j], m.sticks[2*j+1]
		all := special.Digamma(a + b)
		share, rest := special.Digamma(a)-all, special.Digamma(b)-all
		divergence += special.LogBeta(1, alpha) - special.LogBeta(a, b) + (a-1)*share + (b-alpha)*rest
		m.logWeights[j] = left + share
		left += rest
	}
	m.logWeights[m.e.k-1] = left
	return divergence
}

// LogPrior implements [Prior]: −KL(q ‖ p) of the parameters, by which the objective is the
// whole lower bound.
func (m *BayesianGaussianModel) LogPrior() float64 { return -m.divergence }

// Complete implements [Bounded].
func (m *BayesianGaussianModel) Complete(s *Statistics) float64 {
	e, sum := m.e, 0.0
	for j, n := range e.weightSums(s.Sums) {
		sum += n * m.constants[j]
	}
	return sum - 0.5*e.totalDistance(s.Sums)
}
