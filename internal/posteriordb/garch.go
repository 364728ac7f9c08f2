package posteriordb

import (
	"fmt"
	"math"
)

// garch is the GARCH(1,1) model (Bollerslev 1986): y_t ~ N(μ, s_t) with variances
// v_t = s_t² of v_t = α₀ + α₁ e²_{t−1} + β₁ v_{t−1} and e = y − μ. The parameters are
// μ, log α₀, logit α₁ and logit β₁/(1 − α₁).
type garch struct {
	y     []float64
	first float64 // v_1
	// scratch: e²_t, v_t and 1/v_t
	square, variance, inverse []float64
}

func readGARCH(data []byte) (model, error) {
	var in struct {
		T      int
		Y      []float64
		Sigma1 float64
	}
	err := decode(data, &in, func() [][2]int { return [][2]int{{in.T, len(in.Y)}} })
	if err != nil {
		return nil, err
	}
	if !(in.Sigma1 > 0) {
		return nil, fmt.Errorf("sigma1 is %v and must be positive", in.Sigma1)
	}
	return (&garch{y: in.Y, first: in.Sigma1 * in.Sigma1}).clone(), nil
}

func (m *garch) dim() int { return 4 }

func (m *garch) clone() model {
	n := len(m.y)
	return &garch{y: m.y, first: m.first, square: make([]float64, n), variance: make([]float64, n), inverse: make([]float64, n)}
}

func (m *garch) names() []string { return []string{"mu", "alpha0", "alpha1", "beta1"} }

func (m *garch) quantitiesTo(dst, x []float64) {
	share, rest, _ := logistic(x[2])
	ratio, _, _ := logistic(x[3])
	dst[0], dst[1], dst[2], dst[3] = x[0], math.Exp(x[1]), share, rest*ratio
}

func (m *garch) logJacobian(x []float64) float64 {
	_, rest, slope := logistic(x[2])
	_, _, slopeRatio := logistic(x[3])
	return x[1] + slope + math.Log(rest) + slopeRatio
}

func (m *garch) logDensityGrad(x, grad []float64) (float64, error) {
	for _, v := range x[1:] {
		if !(math.Abs(v) < far) {
			return impossible, nil
		}
	}
	mu, alpha0 := x[0], math.Exp(x[1])
	alpha1, rest, slope1 := logistic(x[2])
	ratio, other, slope2 := logistic(x[3])
	beta1 := rest * ratio

	n := len(m.y)
	square, variance, inverse := m.square[:n], m.variance[:n], m.inverse[:n]
	// Logarithms are taken of products of many variances.
	sum, logs, product := 0.0, 0.0, 1.0
	v := m.first
	for t, y := range m.y {
		e := y - mu
		e *= e
		i := 1 / v
		square[t], variance[t], inverse[t] = e, v, i
		sum += e * i
		product *= v
		if !(product < 1e150 && product > 1e-150) {
			logs += math.Log(product)
			product = 1
		}
		v = alpha0 + alpha1*e + beta1*v
	}
	// Backwards: slope is that of the log likelihood in v_t, through all that follows.
	slope := 0.0
	var gradMu, gradAlpha0, gradAlpha1, gradBeta1 float64
	for t := n - 1; t > 0; t-- {
		i, e := inverse[t], m.y[t]-mu
		slope = beta1*slope + 0.5*i*(square[t]*i-1)
		gradAlpha0 += slope
		gradAlpha1 += slope * square[t-1]
		gradBeta1 += slope * variance[t-1]
		gradMu += e*i - 2*alpha1*slope*(m.y[t-1]-mu)
	}
	gradMu += (m.y[0] - mu) * inverse[0]

	grad[0] = gradMu
	grad[1] = alpha0*gradAlpha0 + 1
	grad[2] = alpha1*rest*(gradAlpha1-ratio*gradBeta1) + rest - 2*alpha1
	grad[3] = beta1*other*gradBeta1 + other - ratio
	value := -0.5 * (sum + logs + math.Log(product))
	return value + x[1] + slope1 + math.Log(rest) + slope2, nil
}

// logistic returns p = 1/(1 + exp(−y)), 1 − p and log p(1 − p).
func logistic(y float64) (p, rest, logSlope float64) {
	a := math.Abs(y)
	e := math.Exp(-a)
	p, rest = 1/(1+e), e/(1+e)
	if y < 0 {
		p, rest = rest, p
	}
	return p, rest, -a - 2*math.Log1p(e)
}
