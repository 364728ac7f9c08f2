package dist_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"

	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/dist/disttest"
)

// chiSquared is the distribution function of s times a χ² variate.
func chiSquared(nu, s float64) func(v float64) float64 {
	return func(v float64) float64 { return mathext.GammaIncReg(nu/2, v/(2*s)) }
}

var matrixCases = []struct {
	nu    float64
	scale []float64
}{
	{2.5, []float64{0.5}},
	{12, []float64{2, 0.8, 0.5}},
	{3.2, []float64{1, 0.3, 4}},
	{9.5, []float64{1, 0.3, 4, -0.2, 1, 2}},
}

func TestWishartSuite(t *testing.T) {
	for i, c := range matrixCases {
		scale := symmetric(c.scale)
		p := scale.SymmetricDim()
		d := must(dist.NewWishart(c.nu, scale))
		k := disttest.MultivariateCase{
			Dist: d, Chart: disttest.Symmetric(p),
			New:         func(q []float64) dist.Multivariate { return must(dist.NewWishart(q[0], symmetric(q[1:]))) },
			Fit:         func(x, w []float64) (dist.Multivariate, error) { return dist.FitWishart(p, 0, x, w) },
			Projections: []disttest.Projection{element(p*p-1, chiSquared(c.nu, scale.At(p-1, p-1)))},
		}
		// |X| / |V| is a product of independent χ², for p = 2 the square of half a
		// χ² with 2ν − 2 degrees of freedom.
		if p == 2 {
			det := mat.Det(scale)
			k.Projections = append(k.Projections, disttest.Projection{Name: "the determinant",
				Of:  func(x []float64) float64 { return 2 * math.Sqrt((x[0]*x[3]-x[1]*x[2])/det) },
				CDF: chiSquared(2*c.nu-2, 1)})
		}
		if p == 2 && c.nu > 10 {
			k.Cube, k.CubeTol = triangleCube(1, 0.25, 200), 1e-5
		}
		if i%2 == 1 {
			k.Fit = func(x, w []float64) (dist.Multivariate, error) { return dist.FitWishart(p, c.nu, x, w) }
		}
		disttest.RunMultivariate(t, k)
	}
}

// triangleCube maps the unit cube to positive definite 2 by 2 matrices with
// diagonal elements up to a and b times reach.
func triangleCube(a, b, reach float64) func(free, u []float64) float64 {
	return func(free, u []float64) float64 {
		// The diagonal elements as squares, the correlation as a sine.
		x, y, angle := math.Sqrt(a*reach)*u[0], math.Sqrt(b*reach)*u[1], math.Pi*(u[2]-0.5)
		free[0], free[2] = x*x, y*y
		free[1] = x * y * math.Sin(angle)
		return math.Log(4*math.Sqrt(a*b)*reach*math.Pi) + 2*math.Log(x*y) + math.Log(math.Cos(angle))
	}
}

func TestInverseWishartSuite(t *testing.T) {
	for i, c := range matrixCases {
		scale := symmetric(c.scale)
		p := scale.SymmetricDim()
		d := must(dist.NewInverseWishart(c.nu, scale))
		k := disttest.MultivariateCase{
			Dist: d, Chart: disttest.Symmetric(p), HeavyTails: c.nu < float64(p)+9,
			New: func(q []float64) dist.Multivariate { return must(dist.NewInverseWishart(q[0], symmetric(q[1:]))) },
			Fit: func(x, w []float64) (dist.Multivariate, error) { return dist.FitInverseWishart(p, 0, x, w) },
			// A diagonal element is inverse gamma.
			Projections: []disttest.Projection{element(p*p-1, func(v float64) float64 {
				return mathext.GammaIncRegComp((c.nu-float64(p)+1)/2, scale.At(p-1, p-1)/(2*v))
			})},
		}
		if i%2 == 0 {
			k.Fit = func(x, w []float64) (dist.Multivariate, error) { return dist.FitInverseWishart(p, c.nu, x, w) }
		}
		disttest.RunMultivariate(t, k)
	}
}

// lkjChart has the elements below the diagonal.
func lkjChart(p int) disttest.Chart {
	return disttest.Chart{Dim: p * (p - 1) / 2,
		Free: func(free, x []float64) {
			k := 0
			for i := range p {
				k += copy(free[k:], x[i*p:i*p+i])
			}
		},
		Value: func(dst, free []float64) {
			clear(dst)
			for i := range p {
				rest := 1.0
				for j := range i {
					dst[i*p+j] = free[0]
					rest -= free[0] * free[0]
					free = free[1:]
				}
				dst[i*p+i] = math.Sqrt(rest) // NaN outside
			}
		},
	}
}

func TestLKJCholeskySuite(t *testing.T) {
	for _, c := range []struct {
		p   int
		eta float64
	}{{2, 0.4}, {3, 1}, {3, 5}, {4, 0.7}} {
		d := must(dist.NewLKJCholesky(c.p, c.eta))
		k := disttest.MultivariateCase{
			Dist: d, Chart: lkjChart(c.p),
			New: func(q []float64) dist.Multivariate { return must(dist.NewLKJCholesky(c.p, q[0])) },
			Fit: vectorFit(c.p, dist.FitLKJCholesky),
		}
		// Every correlation is 2B − 1 with B symmetric Beta.
		a := c.eta - 1 + float64(c.p)/2
		for i := range c.p {
			for j := range i {
				k.Projections = append(k.Projections, disttest.Projection{Name: fmt.Sprintf("correlation %d, %d", i, j),
					Of: func(x []float64) float64 {
						sum := 0.0
						for l := range c.p {
							sum += x[i*c.p+l] * x[j*c.p+l]
						}
						return sum
					},
					CDF: func(v float64) float64 { return mathext.RegIncBeta(a, a, min(1, max(0, (1+v)/2))) },
				})
			}
		}
		switch c.p {
		case 2: // the element is a sine
			k.Cube, k.CubeTol = func(free, u []float64) float64 {
				angle := math.Pi * (u[0] - 0.5)
				free[0] = math.Sin(angle)
				return math.Log(math.Pi * math.Cos(angle))
			}, 1e-2*math.Pow(0.1, 4*min(1, c.eta))
		case 3: // and row 3 a point of the disc
			k.Cube, k.CubeTol = func(free, u []float64) float64 {
				angle, radius, around := math.Pi*(u[0]-0.5), math.Sin(u[1]*math.Pi/2), 2*math.Pi*u[2]
				free[0], free[1], free[2] = math.Sin(angle), radius*math.Cos(around), radius*math.Sin(around)
				return math.Log(math.Pi*math.Cos(angle)) + math.Log(radius*2*math.Pi*math.Pi/2*math.Cos(u[1]*math.Pi/2))
			}, 1e-6
		}
		disttest.RunMultivariate(t, k)
	}
}

func TestMatrixErrors(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		err  error
		want string
	}{
		{second(dist.NewWishart(1, symmetric([]float64{1, 0, 1}))), "Wishart: Nu is 1 and must be finite and greater than 1"},
		{second(dist.NewWishart(nan, symmetric([]float64{1, 0, 1}))), "Nu is NaN"},
		{second(dist.NewWishart(math.Inf(1), symmetric([]float64{1, 0, 1}))), "Nu is +Inf"},
		{second(dist.NewWishart(3, symmetric([]float64{1, nan, 1}))), "Scale[1,0] is NaN"},
		{second(dist.NewWishart(3, symmetric([]float64{1, 3, 1}))), "pivot 2 of Scale is -8"},
		{second(dist.NewWishart(3, &mat.SymDense{})), "the size of Scale is 0"},
		{second(dist.NewInverseWishart(1, symmetric([]float64{1, 0, 1}))), "inverse Wishart: Nu is 1"},
		{second(dist.NewLKJCholesky(0, 1)), "LKJ: Size is 0"},
		{second(dist.NewLKJCholesky(1<<30, 1)), "must be between 1 and 16384"},
		{second(dist.NewLKJCholesky(2, 0)), "Eta is 0 and must be positive"},
		{second(dist.FitWishart(2, 0.5, []float64{1, 0, 0, 1}, nil)), "Nu is 0.5"},
	} {
		var p *dist.ParameterError
		if !errors.As(c.err, &p) || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q", c.err, c.want)
		}
	}
	one := []float64{2, 1, 1, 3}
	for _, c := range []struct {
		err  error
		row  int
		want string
	}{
		{second(dist.FitWishart(2, 0, append(one, one...), nil)), -1, "the observations do not vary"},
		{second(dist.FitWishart(2, 0, append(one, 1, 2, 3, 4), nil)), 1, "is not a symmetric positive definite matrix"},
		{second(dist.FitInverseWishart(2, 0, append(one, 1, 2, 2, 1), nil)), 1, "is not a symmetric positive definite matrix"},
		{second(dist.FitLKJCholesky(2, []float64{1, 0, 0, 1}, nil)), -1, "all observations are the identity"},
		{second(dist.FitLKJCholesky(2, []float64{1, 0, 0.5, 1}, nil)), 0, "is not the factor of a correlation matrix"},
	} {
		var f *dist.FitError
		if !errors.As(c.err, &f) || f.Row != c.row || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q in row %d", c.err, c.want, c.row)
		}
	}
}

// TestMatrixSupport: what is outside, on whose side rounding is, and moments that do
// not exist.
func TestMatrixSupport(t *testing.T) {
	w := must(dist.NewWishart(3, symmetric([]float64{1, 0.5, 1})))
	iw := must(dist.NewInverseWishart(3, symmetric([]float64{1, 0.5, 1})))
	for _, x := range [][]float64{{1, 2, 2, 1}, {1, 0.5, 0.4, 1}, {-1, 0, 0, -1}, {0, 0, 0, 0}, {1, 1, 1, 1}} {
		for _, d := range []dist.Multivariate{w, iw} {
			if l := d.LogProb(x); !math.IsInf(l, -1) {
				t.Errorf("%v at %v: %v", d, x, l)
			}
			if g := d.(dist.VectorGrader).GradLogProbTo(nil, x); !math.IsNaN(g[0]) {
				t.Errorf("%v at %v: gradient %v", d, x, g)
			}
		}
	}
	if l := w.LogProb([]float64{1, 0.3 + 1e-13, 0.3, 1}); math.IsInf(l, 0) {
		t.Error("rounding makes a matrix asymmetric")
	}
	if m := iw.MeanTo(nil); !math.IsInf(m[0], 1) || !math.IsNaN(m[1]) {
		t.Errorf("the mean of an inverse Wishart matrix with few degrees of freedom is %v", m)
	}
	if c := must(dist.NewInverseWishart(5, symmetric([]float64{1, 0, 1}))).CovarianceTo(nil); !math.IsNaN(c.At(0, 0)) {
		t.Errorf("and the covariance %v", c)
	}
	l := must(dist.NewLKJCholesky(2, 2))
	for _, x := range [][]float64{{1, 0, 0, -1}, {1, 1e-5, 0, 1}, {1, 0, 0.6, 0.81}, {1, 0, 1, 0}} {
		if v := l.LogProb(x); !math.IsInf(v, -1) {
			t.Errorf("LKJ at %v: %v", x, v)
		}
	}
}
