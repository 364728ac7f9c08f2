package posteriordb

import (
	"errors"
	"math"
	"testing"

	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/mcmc"
)

func loadLotkaVolterra(t *testing.T) (*Posterior, *lotkaVolterra) {
	t.Helper()
	p, err := Load(datadir.Path(t, "posteriordb"), "lotka_volterra")
	if err != nil {
		t.Fatal(err)
	}
	return p, p.model.(*lotkaVolterra)
}

// TestLotkaVolterraSolution compares with the classical Runge–Kutta method and very
// small steps.
func TestLotkaVolterraSolution(t *testing.T) {
	_, m := loadLotkaVolterra(t)
	for _, p := range [][8]float64{
		{0.55, 0.028, 0.8, 0.024, 34, 5.9},
		{1, 1, 1, 1, 1, 1}, // the equilibrium
		{1.1, 0.05, 0.9, 0.02, 3, 80},
		{2, 0.5, 1, 0.7, 8, 0.2},
	} {
		steps, err := m.integrate(&p)
		if err != nil {
			t.Fatal(err)
		}
		slope := func(z [2]float64) [2]float64 {
			return [2]float64{(p[0] - p[1]*z[1]) * z[0], (p[3]*z[0] - p[2]) * z[1]}
		}
		move := func(z, d [2]float64, h float64) [2]float64 { return [2]float64{z[0] + h*d[0], z[1] + h*d[1]} }
		z, n := [2]float64{p[4], p[5]}, 0
		for _, s := range m.steps[:steps] {
			for ; n < s.until; n++ {
				const h = 1.0 / 2000
				for range 2000 { // observations are a year apart
					a := slope(z)
					b := slope(move(z, a, h/2))
					c := slope(move(z, b, h/2))
					d := slope(move(z, c, h))
					for k := range z {
						z[k] += h / 6 * (a[k] + 2*b[k] + 2*c[k] + d[k])
					}
				}
				got := s.at(m.times[n] - s.start)
				for k := range z {
					if !(math.Abs(got[k]-z[k]) <= 3e-6*z[k]) {
						t.Errorf("%v: species %d at time %v is %v, want %v", p, k, m.times[n], got[k], z[k])
					}
				}
			}
		}
		if n != len(m.times) {
			t.Errorf("%v: the steps cover %d of %d observations", p, n, len(m.times))
		}
	}
}

// TestLotkaVolterraRejects says that what cannot be integrated is rejected.
func TestLotkaVolterraRejects(t *testing.T) {
	p, _ := loadLotkaVolterra(t)
	for _, x := range [][]float64{
		{6, 0, 6, 0, 0, 1, 0, 0},       // hundreds of peaks a year
		{4, -200, 4, -200, 5, 5, 0, 0}, // grows without limit
	} {
		if value, err := p.LogDensity(x); !errors.Is(err, mcmc.ErrReject) {
			t.Errorf("at %v: %v, %v", x, value, err)
		}
	}
}
