package posteriordb

import (
	"fmt"
	"math"
)

// hmm is a hidden Markov model of two states that emit N(μ_k, 1). The parameters
// are the logits of θ1[1] and θ2[1], log μ₁ and log(μ₂ − μ₁).
type hmm struct {
	y []float64
	// scratch: emission probabilities over the greater one at that time, and
	// forward probabilities
	emission, forward [][2]float64
	scale             []float64 // by which forward was multiplied
}

func readHMM(data []byte) (model, error) {
	var in struct {
		N, K int
		Y    []float64
	}
	err := decode(data, &in, func() [][2]int { return [][2]int{{in.N, len(in.Y)}} })
	if err != nil {
		return nil, err
	}
	if in.K != 2 {
		return nil, fmt.Errorf("state count %d; it must be 2", in.K)
	}
	return (&hmm{y: in.Y}).clone(), nil
}

func (m *hmm) dim() int { return 4 }

func (m *hmm) clone() model {
	n := len(m.y)
	return &hmm{y: m.y, emission: make([][2]float64, n), forward: make([][2]float64, n), scale: make([]float64, n)}
}

func (m *hmm) names() []string {
	return []string{"theta1[1]", "theta1[2]", "theta2[1]", "theta2[2]", "mu[1]", "mu[2]"}
}

func (m *hmm) quantitiesTo(dst, x []float64) {
	dst[0], dst[1], _ = logistic(x[0])
	dst[2], dst[3], _ = logistic(x[1])
	dst[4] = math.Exp(x[2])
	dst[5] = dst[4] + math.Exp(x[3])
}

func (m *hmm) logJacobian(x []float64) float64 {
	_, _, slope1 := logistic(x[0])
	_, _, slope2 := logistic(x[1])
	return slope1 + slope2 + x[2] + x[3]
}

func (m *hmm) logDensityGrad(x, grad []float64) (float64, error) {
	for _, v := range x {
		if !(math.Abs(v) < far) {
			return impossible, nil
		}
	}
	p11, p12, slope1 := logistic(x[0])
	p21, p22, slope2 := logistic(x[1])
	mu1, step := math.Exp(x[2]), math.Exp(x[3])
	mu2 := mu1 + step
	middle := mu1 + 0.5*step

	// Forward. Probabilities are above exp(−far), so that one step cannot
	// underflow from where they are scaled.
	const small, large = 0x1p-500, 0x1p500
	n := len(m.y)
	emission, forward, scale := m.emission[:n], m.forward[:n], m.scale[:n]
	logs, scalings := 0.0, 0
	a1, a2 := 0.0, 0.0
	for t, y := range m.y {
		b1, b2 := 1.0, 1.0
		d := step * (y - middle) // the log of b2/b1
		near := y - mu2
		if d < 0 {
			b2 = math.Exp(d)
			near = y - mu1
		} else {
			b1 = math.Exp(-d)
		}
		logs += near * near
		if t == 0 {
			a1, a2 = b1, b2
		} else {
			a1, a2 = (a1*p11+a2*p21)*b1, (a1*p12+a2*p22)*b2
		}
		c := 1.0
		if a1+a2 < small {
			c = large
			a1, a2 = a1*c, a2*c
			scalings++
		}
		emission[t], forward[t], scale[t] = [2]float64{b1, b2}, [2]float64{a1, a2}, c
	}
	total := a1 + a2
	value := math.Log(total) - 500*math.Ln2*float64(scalings) - 0.5*logs

	// Backward: forward times backward sums to total at all times.
	w1, w2 := 1.0, 1.0
	var g11, g12, g21, g22, gradMu1, gradMu2 float64
	for t := n - 1; ; t-- {
		a := forward[t]
		gradMu1 += a[0] * w1 * (m.y[t] - mu1)
		gradMu2 += a[1] * w2 * (m.y[t] - mu2)
		if t == 0 {
			break
		}
		b, c, before := emission[t], scale[t], forward[t-1]
		v1, v2 := b[0]*c*w1, b[1]*c*w2
		g11 += before[0] * v1
		g12 += before[0] * v2
		g21 += before[1] * v1
		g22 += before[1] * v2
		w1, w2 = p11*v1+p12*v2, p21*v1+p22*v2
	}
	inverse := 1 / total
	grad[0] = p11*p12*(g11-g12)*inverse + p12 - p11
	grad[1] = p21*p22*(g21-g22)*inverse + p22 - p21
	// The priors of μ are N(3, 1) and N(10, 1).
	d1, d2 := mu1-3, mu2-10
	gradMu1, gradMu2 = gradMu1*inverse-d1, gradMu2*inverse-d2
	grad[2] = mu1*(gradMu1+gradMu2) + 1
	grad[3] = step*gradMu2 + 1
	return value - 0.5*(d1*d1+d2*d2) + slope1 + slope2 + x[2] + x[3], nil
}
