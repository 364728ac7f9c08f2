package posteriordb

import (
	"math"
	"slices"
)

// schools are the eight schools (Rubin 1981): effects θ_j with a common normal
// prior, each observed once. The parameters are θ, or z = (θ − μ)/τ if noncentered,
// then μ and log τ.
type schools struct {
	y, precision []float64
	noncentered  bool
}

func readCentered(data []byte) (model, error)    { return readSchools(data, false) }
func readNoncentered(data []byte) (model, error) { return readSchools(data, true) }

func readSchools(data []byte, noncentered bool) (model, error) {
	var in struct {
		J        int
		Y, Sigma []float64
	}
	err := decode(data, &in, func() [][2]int { return [][2]int{{in.J, len(in.Y)}, {in.J, len(in.Sigma)}} })
	if err != nil {
		return nil, err
	}
	m := &schools{y: in.Y, noncentered: noncentered}
	for _, s := range in.Sigma {
		m.precision = append(m.precision, 1/(s*s))
	}
	return m, nil
}

func (m *schools) dim() int     { return len(m.y) + 2 }
func (m *schools) clone() model { return m }

func (m *schools) names() []string {
	names := slices.Concat(indexed("theta", len(m.y)), []string{"mu", "tau"})
	if m.noncentered {
		names = append(names, indexed("z", len(m.y))...)
	}
	return names
}

func (m *schools) quantitiesTo(dst, x []float64) {
	n := len(m.y)
	copy(dst, x[:n])
	mu, tau := x[n], math.Exp(x[n+1])
	dst[n], dst[n+1] = mu, tau
	if m.noncentered {
		copy(dst[n+2:], x[:n])
		for j, z := range x[:n] {
			dst[j] = mu + tau*z
		}
	}
}

func (m *schools) logJacobian(x []float64) float64 { return x[len(m.y)+1] }

func (m *schools) logDensityGrad(x, grad []float64) (float64, error) {
	n := len(m.y)
	mu, logTau := x[n], x[n+1]
	if !(math.Abs(logTau) < far) {
		return impossible, nil
	}
	tau := math.Exp(logTau)
	square := tau * tau
	value := logTau - mu*mu/50 - math.Log1p(square/25)
	gradMu, gradLogTau := -mu/25, 1-2*square/(25+square)
	precision, gradEach, each := m.precision[:n], grad[:n], x[:n]
	sum := 0.0
	if m.noncentered {
		slopeMu, slopeTau := 0.0, 0.0
		for j, y := range m.y {
			z := each[j]
			r := y - mu - tau*z
			pull := r * precision[j]
			sum += r*pull + z*z
			slopeMu += pull
			slopeTau += z * pull
			gradEach[j] = tau*pull - z
		}
		gradMu += slopeMu
		gradLogTau += tau * slopeTau
	} else {
		inverse := 1 / square
		slopeMu, squares := 0.0, 0.0
		for j, y := range m.y {
			r, d := y-each[j], each[j]-mu
			pull, push := r*precision[j], d*inverse
			sum += r * pull
			squares += d * push
			slopeMu += push
			gradEach[j] = pull - push
		}
		sum += squares
		value -= float64(n) * logTau
		gradMu += slopeMu
		gradLogTau += squares - float64(n)
	}
	grad[n], grad[n+1] = gradMu, gradLogTau
	return value - 0.5*sum, nil
}
