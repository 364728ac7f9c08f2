package posteriordb

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief/mcmc"
)

// gaussianProcess is a Poisson regression k_i ~ Poisson(exp f_i) where f = L·f̃ has a
// Gaussian process prior with squared exponential covariance LLᵀ. The parameters are
// log ρ, log α and f̃.
type gaussianProcess struct {
	counts   []float64
	distance []float64 // the squared distances that occur
	index    []int     // of the distance of i and j ≤ i, by rows of the lower triangle
	// scratch: covariance of each distance; L by rows; its adjoint; f and its adjoint
	covariance, factor, adjoint, f, pull []float64
}

// jitter is what the model adds to the diagonal of the covariance.
const jitter = 1e-10

func readGaussianProcess(data []byte) (model, error) {
	var in struct {
		N    int
		X, K []float64
	}
	err := decode(data, &in, func() [][2]int { return [][2]int{{in.N, len(in.X)}, {in.N, len(in.K)}} })
	if err != nil {
		return nil, err
	}
	if in.N > 1000 {
		return nil, fmt.Errorf("%d observations; at most 1000 will do", in.N)
	}
	m := &gaussianProcess{counts: in.K}
	for i := range in.X {
		for j := range i + 1 {
			d := (in.X[i] - in.X[j]) * (in.X[i] - in.X[j])
			at := slices.Index(m.distance, d)
			if at < 0 {
				at = len(m.distance)
				m.distance = append(m.distance, d)
			}
			m.index = append(m.index, at)
		}
	}
	return m.clone(), nil
}

func (m *gaussianProcess) dim() int { return 2 + len(m.counts) }

func (m *gaussianProcess) clone() model {
	n := len(m.counts)
	return &gaussianProcess{
		counts: m.counts, distance: m.distance, index: m.index,
		covariance: make([]float64, len(m.distance)),
		factor:     make([]float64, n*n), adjoint: make([]float64, n*n),
		f: make([]float64, n), pull: make([]float64, n),
	}
}

func (m *gaussianProcess) names() []string {
	n := len(m.counts)
	return slices.Concat([]string{"rho", "alpha"}, indexed("f", n), indexed("f_tilde", n))
}

func (m *gaussianProcess) quantitiesTo(dst, x []float64) {
	n := len(m.counts)
	dst[0], dst[1] = math.Exp(x[0]), math.Exp(x[1])
	copy(dst[2+n:], x[2:])
	if m.factorize(dst[0], dst[1]) {
		m.values(x[2:])
		copy(dst[2:2+n], m.f)
		return
	}
	for i := range n {
		dst[2+i] = math.NaN()
	}
}

func (m *gaussianProcess) logJacobian(x []float64) float64 { return x[0] + x[1] }

// factorize computes L; it reports whether there is one.
func (m *gaussianProcess) factorize(rho, alpha float64) bool {
	square, decay := alpha*alpha, -0.5/(rho*rho)
	for i, d := range m.distance {
		m.covariance[i] = square * math.Exp(decay*d)
	}
	n, index := len(m.counts), m.index
	for i := range n {
		row := m.factor[i*n : i*n+i+1]
		for j := range i {
			other := m.factor[j*n : j*n+j+1]
			s := m.covariance[index[j]]
			for k, l := range other[:j] {
				s -= row[k] * l
			}
			row[j] = s / other[j]
		}
		s := m.covariance[index[i]] + jitter
		for _, l := range row[:i] {
			s -= l * l
		}
		if !(s > 0) {
			return false
		}
		row[i] = math.Sqrt(s)
		index = index[i+1:]
	}
	return true
}

// values computes f = L·f̃.
func (m *gaussianProcess) values(tilde []float64) {
	n := len(m.counts)
	for i := range n {
		s := 0.0
		for j, l := range m.factor[i*n : i*n+i+1] {
			s += l * tilde[j]
		}
		m.f[i] = s
	}
}

var errNotPositive = fmt.Errorf("the covariance is not positive definite: %w", mcmc.ErrReject)

func (m *gaussianProcess) logDensityGrad(x, grad []float64) (float64, error) {
	if !(math.Abs(x[0]) < far && math.Abs(x[1]) < far) {
		return impossible, nil
	}
	rho, alpha, tilde := math.Exp(x[0]), math.Exp(x[1]), x[2:]
	if !m.factorize(rho, alpha) {
		return impossible, errNotPositive
	}
	m.values(tilde)
	value := 25*x[0] - 4*rho - alpha*alpha/8 + x[1]
	gradTilde := grad[2:]
	for j, v := range tilde {
		value -= 0.5 * v * v
		gradTilde[j] = -v
	}
	n := len(m.counts)
	for i, f := range m.f {
		if !(math.Abs(f) < far) {
			return impossible, nil
		}
		rate := math.Exp(f)
		value += m.counts[i]*f - rate
		g := m.counts[i] - rate
		m.pull[i] = g
		row, adjoint := m.factor[i*n:i*n+i+1], m.adjoint[i*n:i*n+i+1]
		for j, l := range row {
			gradTilde[j] += g * l
			adjoint[j] = g * tilde[j]
		}
	}

	// The factorization backwards (Murray 2016, section 3): adjoint turns from that
	// of L to that of the covariance, which is summed at once.
	gradAlpha, gradRho := 0.0, 0.0
	end := len(m.index)
	for i := n - 1; i >= 0; i-- {
		index := m.index[end-i-1 : end]
		end -= i + 1
		row, adjoint := m.factor[i*n:i*n+i+1], m.adjoint[i*n:i*n+i+1]
		s := adjoint[i] / row[i]
		for k, l := range row[:i] {
			adjoint[k] -= s * l
		}
		gradAlpha += 0.5 * s * m.covariance[index[i]]
		for j := i - 1; j >= 0; j-- {
			other, otherAdjoint := m.factor[j*n:j*n+j+1], m.adjoint[j*n:j*n+j+1]
			s := adjoint[j] / other[j]
			otherAdjoint[j] -= s * row[j]
			for k, l := range other[:j] {
				adjoint[k] -= s * l
				otherAdjoint[k] -= s * row[k]
			}
			c := s * m.covariance[index[j]]
			gradAlpha += c
			gradRho += c * m.distance[index[j]]
		}
	}
	grad[0] = 25 - 4*rho + gradRho/(rho*rho)
	grad[1] = 1 - alpha*alpha/4 + 2*gradAlpha
	return value, nil
}
