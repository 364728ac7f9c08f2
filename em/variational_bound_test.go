package em

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/conjugate"
	"gonum.org/v1/gonum/mat"
)

// bayesBeliefs are the distributions of the parameters of one component, prior or
// posterior, made of package dist.
type bayesBelief struct {
	covariance Covariance
	mu         []float64
	kappa, nu  float64
	psi        []float64
}

// bayesPrecision draws precisions: a matrix, row after row, or a diagonal.
func (b bayesBelief) draw(r *rand.Rand) []float64 {
	switch b.covariance {
	case Diagonal:
		out := make([]float64, len(b.psi))
		for i, v := range b.psi {
			out[i] = dist.Gamma{Shape: b.nu / 2, Rate: v / 2}.Rand(r)
		}
		return out
	case Spherical:
		return []float64{dist.Gamma{Shape: b.nu / 2, Rate: b.psi[0] / 2}.Rand(r)}
	}
	return b.wishart().RandTo(nil, r)
}

func (b bayesBelief) wishart() *dist.Wishart {
	d := len(b.mu)
	var inverse mat.Dense
	if err := inverse.Inverse(mat.NewDense(d, d, b.psi)); err != nil {
		panic(err)
	}
	scale := mat.NewSymDense(d, nil)
	for i := range d {
		for j := range i + 1 {
			scale.SetSym(i, j, inverse.At(i, j))
		}
	}
	w, err := dist.NewWishart(b.nu, scale)
	if err != nil {
		panic(err)
	}
	return w
}

func (b bayesBelief) logPrecision(precision []float64) float64 {
	sum := 0.0
	switch b.covariance {
	case Diagonal:
		for i, v := range b.psi {
			sum += dist.Gamma{Shape: b.nu / 2, Rate: v / 2}.LogProb(precision[i])
		}
		return sum
	case Spherical:
		return dist.Gamma{Shape: b.nu / 2, Rate: b.psi[0] / 2}.LogProb(precision[0])
	}
	return b.wishart().LogProb(precision)
}

// bayesNormal is the normal distribution with mean mu and κ times the precision.
func bayesNormal(covariance Covariance, mu, precision []float64, kappa float64) *dist.MultivariateNormal {
	d := len(mu)
	p := mat.NewSymDense(d, nil)
	for i := range d {
		switch covariance {
		case Diagonal:
			p.SetSym(i, i, kappa*precision[i])
		case Spherical:
			p.SetSym(i, i, kappa*precision[0])
		default:
			for j := range i + 1 {
				p.SetSym(i, j, kappa*precision[i*d+j])
			}
		}
	}
	n, err := dist.NewMultivariateNormalFromPrecision(mu, p)
	if err != nil {
		panic(err)
	}
	return n
}

// bayesWeights draws weights from concentrations and returns them with their log density,
// that of the breaks with a process, for which it draws what is left with the last too.
func bayesWeights(r *rand.Rand, w WeightPrior, after, before []float64) (weights []float64, logQ, logP float64) {
	if w == DirichletWeights {
		q, p := dist.Dirichlet{Alpha: after}, dist.Dirichlet{Alpha: before}
		weights = q.RandTo(nil, r)
		return weights, q.LogProb(weights), p.LogProb(weights)
	}
	left := 1.0
	for j := 0; j < len(after); j += 2 {
		q, p := dist.Beta{Alpha: after[j], Beta: after[j+1]}, dist.Beta{Alpha: before[j], Beta: before[j+1]}
		v := q.Rand(r)
		logQ += q.LogProb(v)
		logP += p.LogProb(v)
		weights = append(weights, left*v)
		left *= 1 - v
	}
	return append(weights, left), logQ, logP
}

// The lower bound is E_q of log p(x, z, π, μ, Λ) − log q(z, π, μ, Λ), by draws from q.
// The false-alarm rate is 1e-6 for all of it.
func TestVariationalBoundByMonteCarlo(t *testing.T) {
	if testing.Short() {
		t.Skip("too long under the race detector (-short)")
	}
	t.Parallel()
	const n, d, k = 12, 2, 3
	for _, covariance := range bayesShapes {
		for _, weights := range []WeightPrior{DirichletWeights, DirichletProcess} {
			r := rand.New(rand.NewPCG(7, uint64(covariance)))
			x := bayesRandom(r, n, d, 2, 3)
			run, err := BayesianGaussianMixture{K: k, Covariance: covariance, Weights: weights, Concentration: 0.8, Nu: 3, Kappa: 0.5}.
				Fit(context.Background(), bayesTable(t, x, d), Config{Iterations: 2})
			if err != nil {
				t.Fatal(err)
			}
			m := run.Model
			shares, err := Responsibilities(context.Background(), m, bayesTable(t, x, d))
			if err != nil {
				t.Fatal(err)
			}
			before := []float64{0.8, 0.8, 0.8}
			if weights == DirichletProcess {
				before = []float64{1, 0.8, 1, 0.8}
			}
			prior := bayesBelief{covariance, m.prior.mu, m.prior.kappa, m.prior.nu, m.prior.psi}
			mean, square := 0.0, 0.0
			const draws = 1500
			for range draws {
				pi, logQ, logP := bayesWeights(r, weights, m.Concentrations(), before)
				value := logP - logQ
				var precision []float64
				for j := range k {
					after := bayesBelief{covariance, m.Mu(j), m.Kappa(j), m.Nu(j), m.Psi(j)}
					if covariance != Tied || j == 0 {
						precision = after.draw(r)
						value += prior.logPrecision(precision) - after.logPrecision(precision)
					}
					mq := bayesNormal(covariance, after.mu, precision, after.kappa)
					mu := mq.RandTo(nil, r)
					value += bayesNormal(covariance, prior.mu, precision, prior.kappa).LogProb(mu) - mq.LogProb(mu)
					likelihood := bayesNormal(covariance, mu, precision, 1)
					for i := range n {
						if s := shares[i*k+j]; s > 0 {
							value += s * (math.Log(pi[j]) + likelihood.LogProb(x[i*d:(i+1)*d]) - math.Log(s))
						}
					}
				}
				mean += value / draws
				square += value * value / draws
			}
			sd := math.Sqrt((square - mean*mean) / draws)
			if math.Abs(mean-run.Objective) > 5.4*sd || !(sd < 0.2) {
				t.Errorf("%v, %v: lower bound %v; by draws %v ± %v", covariance, weights, run.Objective, mean, sd)
			}
		}
	}
}

// The lower bound is below the evidence, which is a sum over all assignments of rows to
// components, each with a marginal likelihood in closed form.
func TestVariationalBoundIsBelowEvidence(t *testing.T) {
	const n, d, k = 7, 2, 2
	r := rand.New(rand.NewPCG(3, 3))
	for range 3 {
		x := bayesRandom(r, n, d, 2, 4)
		mu, psi := []float64{0, 0}, []float64{1, 0.2, 0.2, 1}
		for _, weights := range []WeightPrior{DirichletWeights, DirichletProcess} {
			for _, covariance := range []Covariance{Full, Diagonal, Spherical} {
				g := BayesianGaussianMixture{K: k, Covariance: covariance, Weights: weights, Concentration: 0.7, Mu: mu, Kappa: 0.3, Nu: 3, Psi: psi[:shapeLen(covariance, d)]}
				run, err := g.Fit(context.Background(), bayesTable(t, x, d), Config{Starts: 5, Tolerance: 1e-12})
				if err != nil {
					t.Fatal(err)
				}
				niw := conjugate.NormalInverseWishart{Mu: mu, Kappa: 0.3, Nu: 3, Psi: mat.NewSymDense(2, psi)}
				evidence := math.Inf(-1)
				for z := range 1 << n {
					var part [k][]float64
					for i := range n {
						j := z >> i & 1
						part[j] = append(part[j], x[i*d:(i+1)*d]...)
					}
					n0, n1 := float64(len(part[0])/d), float64(len(part[1])/d)
					term := bayesLogBeta(0.7+n0, 0.7+n1) - bayesLogBeta(0.7, 0.7)
					if weights == DirichletProcess {
						term = bayesLogBeta(1+n0, 0.7+n1) - bayesLogBeta(1, 0.7)
					}
					for _, rows := range part {
						switch covariance {
						case Full:
							if v, err := niw.LogMarginal(rows, nil); err != nil {
								t.Fatal(err)
							} else {
								term += v
							}
						case Diagonal:
							for c := range d {
								term += bayesLineEvidence(rows, d, []int{c}, mu, 0.3, 3, g.Psi[c])
							}
						default:
							term += bayesLineEvidence(rows, d, []int{0, 1}, mu, 0.3, 3, g.Psi[0])
						}
					}
					evidence = max(evidence, term) + math.Log1p(math.Exp(-math.Abs(evidence-term)))
				}
				// It is not far below either.
				if gap := evidence - run.Objective; !(gap > 0 && gap < 8) {
					t.Errorf("%v, %v: lower bound %v, evidence %v", covariance, weights, run.Objective, evidence)
				}
			}
		}
	}
}

func bayesLogBeta(a, b float64) float64 {
	p, _ := math.Lgamma(a)
	q, _ := math.Lgamma(b)
	s, _ := math.Lgamma(a + b)
	return p + q - s
}
