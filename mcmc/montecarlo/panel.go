package montecarlo

import "math"

// A panel is a part of the interval on which the density is a polynomial. Places
// are distances e from the lower or the upper end, from 0 to 1 in the middle, so
// that nothing is lost next to an end.
type panel struct {
	upper    bool    // whether e is the distance from the upper end
	from, to float64 // in e; from is the larger one if upper
	density  [nodes]float64
	integral [nodes + 1]float64 // its antiderivative, zero at from
	mass     float64
	wrong    float64
}

// at maps s in [−1, 1] to e.
func (p *panel) at(s float64) float64 {
	return max(0.5*(p.from+p.to)+0.5*(p.to-p.from)*s, 0)
}

// fill computes a panel whose ends are set.
func (d *Tabulated) fill(p *panel) (higher bool, err error) {
	var value [nodes + 2]float64
	for j := range value {
		s := 1.0
		switch {
		case j < nodes:
			s = chebyshev[j]
		case j == nodes:
			s = -1
		}
		if j >= nodes && p.at(s) == 0 {
			s *= 1 - 5e-6
		}
		l, err := d.at(p.upper, p.at(s))
		if err != nil {
			return false, err
		}
		if l > d.top+600 {
			d.top = l
			return true, nil
		}
		value[j] = math.Exp(l - d.top)
	}
	for k := range nodes {
		sum := 0.0
		for j := range nodes {
			sum += value[j] * cosine[k*(2*j+1)%(4*nodes)]
		}
		p.density[k] = 2 * sum / nodes
	}
	p.density[0] /= 2
	half := 0.5 * math.Abs(p.to-p.from)
	c := func(k int) float64 {
		switch {
		case k >= nodes:
			return 0
		case k == 0:
			return 2 * p.density[0]
		}
		return p.density[k]
	}
	p.mass, p.integral[0] = 0, 0
	for k := 1; k <= nodes; k++ { // ∫ T_k = (T_{k+1}/(k+1) − T_{k−1}/(k−1))/2
		p.integral[k] = half * (c(k-1) - c(k+1)) / float64(2*k)
		if k%2 == 0 {
			p.integral[0] -= p.integral[k]
		} else {
			p.integral[0] += p.integral[k]
			p.mass += 2 * p.integral[k]
		}
	}
	p.mass = max(p.mass, 0)
	// The last coefficients tell of all but what lies between the outermost zeros
	// and the ends, half a hundredth of the panel.
	p.wrong = 0.01 * half * (math.Abs(value[nodes]-clenshaw(p.density[:], -1)) + math.Abs(value[nodes+1]-clenshaw(p.density[:], 1)))
	for k := nodes - 4; k < nodes; k++ {
		p.wrong += half * math.Abs(p.density[k])
	}
	return false, nil
}

// chebyshev are the zeros of the Chebyshev polynomial of degree nodes, and cosine
// the cosines of all multiples of π/(2 nodes).
var chebyshev, cosine = func() (x [nodes]float64, c [4 * nodes]float64) {
	for k := range c {
		c[k] = math.Cos(math.Pi * float64(k) / (2 * nodes))
	}
	for j := range x {
		x[j] = c[2*j+1]
	}
	return x, c
}()

// clenshaw sums a series of Chebyshev polynomials at s.
func clenshaw(c []float64, s float64) float64 {
	b1, b2 := 0.0, 0.0
	for k := len(c) - 1; k > 0; k-- {
		b1, b2 = c[k]+2*s*b1-b2, b1
	}
	return c[0] + s*b1 - b2
}
