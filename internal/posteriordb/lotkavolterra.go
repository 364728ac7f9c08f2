package posteriordb

import (
	"fmt"
	"math"
	"slices"

	"github.com/belief-go/belief/mcmc"
)

// lotkaVolterra is the model of hares u and lynxes v,
//
//	u' = (α − βv)u,  v' = (−γ + δu)v,
//
// both observed with multiplicative noise at time 0 and at later times. The
// parameters are the logarithms of α, β, γ, δ, u(0), v(0), σ₁ and σ₂.
//
// MODELS.md solves the equations by a Runge–Kutta method to three digits or so. Here
// it is their Taylor series, whose coefficients obey a short recursion (Moore 1966;
// Jorba and Zou 2005), to about seven digits: the solution is smooth in the
// parameters then, and the series is there at times between steps without further
// cost. The gradient goes through the recursion backwards; it is the derivative of
// the numbers computed, but for that of the lengths of the steps.
type lotkaVolterra struct {
	times    []float64
	logY     [][2]float64
	logFirst [2]float64 // the logs of the observations at time 0
	// scratch
	steps   []taylorStep
	adjoint [][2]float64 // of the solution at the observations
}

const (
	taylorOrder = 10
	// taylorTolerance bounds the last term of the series, relative to the first.
	taylorTolerance = 1e-8
	// mostSteps ends an integration. Some 60 are usual.
	mostSteps = 2000
)

// A taylorStep is the solution from one time on: coefficients of u, v and w = uv.
type taylorStep struct {
	u, v, w     [taylorOrder + 1]float64
	start, size float64
	until       int // the observations before it are at or before the step's end
}

func readLotkaVolterra(data []byte) (model, error) {
	var in struct {
		N     int
		Ts    []float64
		First []float64 `json:"y_init"`
		Y     [][]float64
	}
	err := decode(data, &in, func() [][2]int {
		return [][2]int{{in.N, len(in.Ts)}, {in.N, len(in.Y)}, {2, len(in.First)}}
	})
	if err != nil {
		return nil, err
	}
	m := &lotkaVolterra{times: in.Ts, logFirst: [2]float64{math.Log(in.First[0]), math.Log(in.First[1])}}
	last := 0.0
	for i, y := range in.Y {
		if len(y) != 2 || !(y[0] > 0 && y[1] > 0) {
			return nil, fmt.Errorf("observation %d is %v; it must be two positive numbers", i+1, y)
		}
		if !(in.Ts[i] > last && in.Ts[i] < 1e6) {
			return nil, fmt.Errorf("time %d is %v; times must increase from 0", i+1, in.Ts[i])
		}
		last = in.Ts[i]
		m.logY = append(m.logY, [2]float64{math.Log(y[0]), math.Log(y[1])})
	}
	if !(in.First[0] > 0 && in.First[1] > 0) {
		return nil, fmt.Errorf("the first observation is %v; it must be two positive numbers", in.First)
	}
	return m.clone(), nil
}

func (m *lotkaVolterra) dim() int { return 8 }

func (m *lotkaVolterra) clone() model {
	return &lotkaVolterra{
		times: m.times, logY: m.logY, logFirst: m.logFirst,
		steps: make([]taylorStep, mostSteps), adjoint: make([][2]float64, len(m.times)),
	}
}

func (m *lotkaVolterra) names() []string {
	return slices.Concat(indexed("theta", 4), indexed("z_init", 2), indexed("sigma", 2))
}

func (m *lotkaVolterra) quantitiesTo(dst, x []float64) {
	for i, v := range x {
		dst[i] = math.Exp(v)
	}
}

func (m *lotkaVolterra) logJacobian(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum
}

var (
	errTooManySteps = fmt.Errorf("the differential equation needs too many steps: %w", mcmc.ErrReject)
	errNoSolution   = fmt.Errorf("the differential equation has no finite positive solution: %w", mcmc.ErrReject)
)

func (m *lotkaVolterra) logDensityGrad(x, grad []float64) (float64, error) {
	for _, v := range x {
		if !(math.Abs(v) < far) {
			return impossible, nil
		}
	}
	var p [8]float64
	for i, v := range x {
		p[i] = math.Exp(v)
	}
	steps, err := m.integrate(&p)
	if err != nil {
		return impossible, err
	}

	// Likelihood, with the slopes in log z at the observations and at time 0.
	var squares, first [2]float64
	for k := range 2 {
		r := m.logFirst[k] - x[4+k]
		squares[k] = r * r
		first[k] = r
	}
	precision := [2]float64{1 / (p[6] * p[6]), 1 / (p[7] * p[7])}
	n := 0
	for _, s := range m.steps[:steps] {
		for ; n < s.until; n++ {
			z := s.at(m.times[n] - s.start)
			for k := range 2 {
				if !(z[k] > 0 && z[k] <= math.MaxFloat64) {
					return impossible, errNoSolution
				}
				r := m.logY[n][k] - math.Log(z[k])
				squares[k] += r * r
				m.adjoint[n][k] = r * precision[k] / z[k]
			}
		}
	}
	value := 0.0
	observations := float64(n + 1)
	for k := range 2 {
		s := squares[k] * precision[k]
		logSigma := x[6+k]
		value -= observations*logSigma + 0.5*s + 0.5*(logSigma+1)*(logSigma+1)
		grad[6+k] = s - observations - (logSigma + 1)
	}

	// Priors. Those of log-normals cancel with the Jacobian.
	slopes := m.backwards(steps, &p)
	for i, prior := range [...]struct{ mean, precision float64 }{{1, 4}, {0.05, 400}, {1, 4}, {0.05, 400}} {
		d := p[i] - prior.mean
		value += x[i] - 0.5*prior.precision*d*d
		grad[i] = p[i]*(slopes[i]-prior.precision*d) + 1
	}
	for k := range 2 {
		d := x[4+k] - math.Ln10
		value -= 0.5 * d * d
		grad[4+k] = p[4+k]*slopes[4+k] + first[k]*precision[k] - d
	}
	return value, nil
}

// integrate fills in the steps up to the last observation and returns their number.
func (m *lotkaVolterra) integrate(p *[8]float64) (int, error) {
	u, v, now := p[4], p[5], 0.0
	end := m.times[len(m.times)-1]
	seen := 0
	for i := range m.steps {
		s := &m.steps[i]
		s.start = now
		s.u[0], s.v[0] = u, v
		s.expand(p)
		last := max(math.Abs(s.u[taylorOrder])/u, math.Abs(s.v[taylorOrder])/v)
		lastButOne := max(math.Abs(s.u[taylorOrder-1])/u, math.Abs(s.v[taylorOrder-1])/v)
		if !(last <= math.MaxFloat64 && lastButOne <= math.MaxFloat64) {
			return 0, errNoSolution
		}
		// The greatest step of which both terms are small enough. Near the
		// equilibrium they vanish, and with them what they say about its
		// neighbours: the rates of the linearized equations bound the step, too.
		s.size = math.Exp(math.Log(taylorTolerance/max(last, 1e-280)) / taylorOrder)
		// For the tenth order: the ninth power.
		if cube := s.size * s.size * s.size; lastButOne*cube*cube*cube > 10*taylorTolerance {
			s.size = math.Exp(math.Log(10*taylorTolerance/lastButOne) / (taylorOrder - 1))
		}
		du, dv := p[3]*u, p[1]*v
		rate := max(math.Abs(p[0]-dv), math.Abs(p[2]-du)) + math.Sqrt(du*dv)
		s.size = min(s.size, 1.5/rate)
		for seen < len(m.times) && m.times[seen] <= now+s.size {
			seen++
		}
		s.until = seen
		if now+s.size >= end {
			return i + 1, nil
		}
		z := s.at(s.size)
		now += s.size
		u, v = z[0], z[1]
		if !(u > 1e-290 && v > 1e-290 && u < 1e290 && v < 1e290) {
			return 0, errNoSolution
		}
	}
	return 0, errTooManySteps
}

// expand computes the coefficients from the first.
func (s *taylorStep) expand(p *[8]float64) {
	alpha, beta, gamma, delta := p[0], p[1], p[2], p[3]
	for k := range taylorOrder {
		// Two sums wait for each other half as long.
		w, other := 0.0, 0.0
		for i := 0; i < k; i += 2 {
			w += s.u[i] * s.v[k-i]
			other += s.u[i+1] * s.v[k-i-1]
		}
		if k&1 == 0 {
			w += s.u[k] * s.v[0]
		}
		w += other
		s.w[k] = w
		s.u[k+1] = (alpha*s.u[k] - beta*w) * reciprocal[k]
		s.v[k+1] = (delta*w - gamma*s.v[k]) * reciprocal[k]
	}
}

// reciprocal holds 1/(k + 1).
var reciprocal = func() (r [taylorOrder]float64) {
	for k := range r {
		r[k] = 1 / float64(k+1)
	}
	return r
}()

// at evaluates the series.
func (s *taylorStep) at(t float64) [2]float64 {
	u, v := s.u[taylorOrder], s.v[taylorOrder]
	for k := taylorOrder - 1; k >= 0; k-- {
		u, v = u*t+s.u[k], v*t+s.v[k]
	}
	return [2]float64{u, v}
}

// backwards returns the slopes of the log likelihood of the observations after time 0
// in α, β, γ, δ, u(0) and v(0), from those in the solution.
func (m *lotkaVolterra) backwards(steps int, p *[8]float64) [6]float64 {
	alpha, beta, gamma, delta := p[0], p[1], p[2], p[3]
	var slopes [6]float64
	var u, v [taylorOrder + 1]float64 // adjoints of a step's coefficients
	var nextU, nextV float64          // of the start of the step after it
	n := len(m.times)
	for i := steps - 1; i >= 0; i-- {
		s := &m.steps[i]
		power := 1.0
		for k := range u {
			u[k], v[k] = nextU*power, nextV*power
			power *= s.size
		}
		from := 0
		if i > 0 {
			from = m.steps[i-1].until
		}
		for n > from {
			n--
			t, power := m.times[n]-s.start, 1.0
			a, b := m.adjoint[n][0], m.adjoint[n][1]
			for k := range u {
				u[k] += a * power
				v[k] += b * power
				power *= t
			}
		}
		for k := taylorOrder - 1; k >= 0; k-- {
			cu, cv := u[k+1]*reciprocal[k], v[k+1]*reciprocal[k]
			slopes[0] += cu * s.u[k]
			slopes[1] -= cu * s.w[k]
			slopes[2] -= cv * s.v[k]
			slopes[3] += cv * s.w[k]
			u[k] += alpha * cu
			v[k] -= gamma * cv
			w := delta*cv - beta*cu
			for j := range k + 1 {
				u[j] += w * s.v[k-j]
				v[k-j] += w * s.u[j]
			}
		}
		nextU, nextV = u[0], v[0]
	}
	slopes[4], slopes[5] = nextU, nextV
	return slopes
}
