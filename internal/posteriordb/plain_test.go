package posteriordb

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/mcmc"
)

// Here the models whose code is furthest from their definitions are written down as
// MODELS.md has them, term by term, at ordinary points and at extreme ones.

func normalLog(x, mu, sigma float64) float64 {
	z := (x - mu) / sigma
	return -0.5*z*z - math.Log(sigma)
}

func logSum(a, b float64) float64 {
	m := max(a, b)
	return m + math.Log(math.Exp(a-m)+math.Exp(b-m))
}

// agree compares log density and differences of it with plain numbers, up to a
// constant that all points share.
func agree(t *testing.T, p *Posterior, plain func(q, x []float64) float64, points [][]float64) {
	t.Helper()
	shift, q := 0.0, make([]float64, len(p.Names()))
	for i, x := range points {
		got, err := p.LogDensity(x)
		if err != nil {
			t.Fatal(err)
		}
		p.QuantitiesTo(q, x)
		want := plain(q, x) + p.LogJacobian(x)
		if i == 0 {
			shift = got - want
		}
		if !(math.Abs(got-shift-want) <= 1e-12*(math.Abs(want)+math.Abs(shift))) {
			t.Errorf("log density at %v is %.15g, want %.15g", x, got-shift, want)
		}
	}
}

func load(t *testing.T, name string) *Posterior {
	t.Helper()
	p, err := Load(datadir.Path(t, "posteriordb"), name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlainHMM(t *testing.T) {
	p := load(t, "hmm_example")
	y := p.model.(*hmm).y
	all := append(points(p), []float64{1, -1, 1, 2},
		[]float64{250, -250, 1.1, 1.9}, // transitions cost 250 nats: the sums are scaled
		[]float64{250, 250, 1.6, 1.5},  // the first state alone, whose emissions cost
		[]float64{-250, 250, 1.1, 3}, []float64{250, -250, 5, 1})
	agree(t, p, func(q, _ []float64) float64 {
		mu := q[4:]
		a := [2]float64{normalLog(y[0], mu[0], 1), normalLog(y[0], mu[1], 1)}
		for _, y := range y[1:] {
			a = [2]float64{
				logSum(a[0]+math.Log(q[0]), a[1]+math.Log(q[2])) + normalLog(y, mu[0], 1),
				logSum(a[0]+math.Log(q[1]), a[1]+math.Log(q[3])) + normalLog(y, mu[1], 1),
			}
		}
		return logSum(a[0], a[1]) + normalLog(mu[0], 3, 1) + normalLog(mu[1], 10, 1)
	}, all)
	for i, x := range all[len(all)-4:] {
		grad := make([]float64, 4)
		p.LogDensityGrad(x, grad)
		for j := range x {
			if want, size := slope(p, x, j); !(math.Abs(grad[j]-want) <= 1e-9*size) {
				t.Errorf("extreme point %d: gradient in coordinate %d is %v, differences give %v", i, j, grad[j], want)
			}
		}
	}
}

func TestPlainGaussMix(t *testing.T) {
	p := load(t, "low_dim_gauss_mix")
	y := p.model.(*gaussMix).y
	all := append(points(p),
		[]float64{0.1, -25, 1, 1, 0}, // one component twice: all odds are even
		[]float64{-1, 1, 1, 1, -30}, []float64{-1, 1, 1, 1, 30}, []float64{-30, 4, -1, 2, 0.5})
	agree(t, p, func(q, x []float64) float64 {
		sum := normalLog(q[0], 0, 2) + normalLog(q[1], 0, 2) + normalLog(q[2], 0, 2) + normalLog(q[3], 0, 2)
		logTheta, logRest := -softplusNegative(x[4]), -softplusNegative(-x[4])
		for _, y := range y {
			sum += logSum(logTheta+normalLog(y, q[0], q[2]), logRest+normalLog(y, q[1], q[3]))
		}
		return sum + 4*logTheta + 4*logRest
	}, all)
}

func TestPlainLotkaVolterra(t *testing.T) {
	p, m := loadLotkaVolterra(t)
	plain := func(q []float64, z [][2]float64) float64 {
		logNormal := func(logX, mu, sigma float64) float64 { return normalLog(logX, mu, sigma) - logX }
		sum := normalLog(q[0], 1, 0.5) + normalLog(q[2], 1, 0.5) + normalLog(q[1], 0.05, 0.05) + normalLog(q[3], 0.05, 0.05)
		for k := range 2 {
			sum += logNormal(math.Log(q[6+k]), -1, 1) + logNormal(math.Log(q[4+k]), math.Log(10), 1)
			sum += logNormal(m.logFirst[k], math.Log(q[4+k]), q[6+k])
			for n := range z {
				sum += logNormal(m.logY[n][k], math.Log(z[n][k]), q[6+k])
			}
		}
		return sum
	}
	agree(t, p, func(q, _ []float64) float64 {
		steps, err := m.integrate((*[8]float64)(q))
		if err != nil {
			t.Fatal(err)
		}
		var z [][2]float64
		for _, s := range m.steps[:steps] {
			for len(z) < s.until {
				z = append(z, s.at(m.times[len(z)]-s.start))
			}
		}
		return plain(q, z)
	}, points(p))
}

func TestGaussianProcessRejects(t *testing.T) {
	p := load(t, "gp_pois_regr")
	x := make([]float64, p.Dim())
	x[0], x[1] = 3, 20 // beside α² the jitter is nothing
	if value, err := p.LogDensity(x); !errors.Is(err, mcmc.ErrReject) || !math.IsInf(value, -1) {
		t.Errorf("log density %v, %v", value, err)
	}
	q := make([]float64, len(p.Names()))
	if p.QuantitiesTo(q, x); !math.IsNaN(q[2]) || q[1] != math.Exp(20) {
		t.Errorf("quantities %v", q)
	}
}
