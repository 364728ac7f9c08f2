package posteriordb

import "math"

// gaussMix is a mixture of two normals. The parameters are μ₁, log(μ₂ − μ₁), log σ₁,
// log σ₂ and logit θ, where θ is the share of the first.
type gaussMix struct {
	y            []float64
	sum, squares float64 // of y
}

func readGaussMix(data []byte) (model, error) {
	var in struct {
		N int
		Y []float64
	}
	err := decode(data, &in, func() [][2]int { return [][2]int{{in.N, len(in.Y)}} })
	if err != nil {
		return nil, err
	}
	m := &gaussMix{y: in.Y}
	for _, y := range in.Y {
		m.sum += y
		m.squares += y * y
	}
	return m, nil
}

func (m *gaussMix) dim() int     { return 5 }
func (m *gaussMix) clone() model { return m }

func (m *gaussMix) names() []string {
	return []string{"mu[1]", "mu[2]", "sigma[1]", "sigma[2]", "theta"}
}

func (m *gaussMix) quantitiesTo(dst, x []float64) {
	dst[0], dst[1], dst[2], dst[3] = x[0], x[0]+math.Exp(x[1]), math.Exp(x[2]), math.Exp(x[3])
	dst[4], _, _ = logistic(x[4])
}

func (m *gaussMix) logJacobian(x []float64) float64 {
	_, _, slope := logistic(x[4])
	return x[1] + x[2] + x[3] + slope
}

func (m *gaussMix) logDensityGrad(x, grad []float64) (float64, error) {
	for _, v := range x {
		if !(math.Abs(v) < far) {
			return impossible, nil
		}
	}
	step := math.Exp(x[1])
	mu1, mu2 := x[0], x[0]+step
	sigma1, sigma2 := math.Exp(x[2]), math.Exp(x[3])
	theta, rest, slope := logistic(x[4])
	i1, i2 := 1/(sigma1*sigma1), 1/(sigma2*sigma2)

	// The log odds of the second component are a₀ + a₁y + a₂y².
	a2 := 0.5 * (i1 - i2)
	a1 := mu2*i2 - mu1*i1
	a0 := 0.5*(mu1*mu1*i1-mu2*mu2*i2) + x[2] - x[3] - x[4]
	// The log likelihood of y is that of the first component and log(1 + exp(odds)).
	// Logarithms are taken of products of many factors from 1 to 2.
	var logs, weight, weightY, weightYY float64
	product := 1.0
	for _, y := range m.y {
		square := y * y
		odds := a0 + a1*y + a2*square
		e := expNegative(-math.Abs(odds))
		w := 1 / (1 + e)
		product *= 1 + e
		if product > 0x1p500 {
			logs += math.Log(product)
			product = 1
		}
		if odds > 0 {
			logs += odds
		} else {
			w *= e
		}
		weight += w
		weightY += w * y
		weightYY += w * square
	}
	logs += math.Log(product)

	n := float64(len(m.y))
	all := m.squares - 2*mu1*m.sum + mu1*mu1*n
	value := n*(-softplusNegative(x[4])-x[2]) - 0.5*i1*all + logs
	// Sums of squares about the means, weighted with the shares of each component.
	square2 := weightYY - 2*mu2*weightY + mu2*mu2*weight
	square1 := all - (weightYY - 2*mu1*weightY + mu1*mu1*weight)
	gradMu1 := i1*((m.sum-weightY)-mu1*(n-weight)) - mu1/4
	gradMu2 := i2*(weightY-mu2*weight) - mu2/4
	grad[0] = gradMu1 + gradMu2
	grad[1] = step*gradMu2 + 1
	grad[2] = i1*square1 - (n - weight) - sigma1*sigma1/4 + 1
	grad[3] = i2*square2 - weight - sigma2*sigma2/4 + 1
	grad[4] = (n-weight)*rest - weight*theta + 5*(rest-theta)
	value -= (mu1*mu1 + mu2*mu2 + sigma1*sigma1 + sigma2*sigma2) / 8
	return value + 5*slope + x[1] + x[2] + x[3], nil
}

// softplusNegative returns log(1 + exp(−y)), which is −log of logistic(y).
func softplusNegative(y float64) float64 {
	return max(-y, 0) + math.Log1p(math.Exp(-math.Abs(y)))
}
