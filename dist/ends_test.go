package dist_test

import (
	"math"
	"testing"

	"github.com/belief-go/belief/dist"
)

// near64 holds a number to 1e-12 of it, or to the last digit of a subnormal one.
func near64(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= max(1e-12*math.Abs(want), 5e-324)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

const least = 5e-324 // the least number above zero, 2^−1074

// TestEnds asks at the ends of float64, where ratios overflow, products underflow and
// math.Log is wrong. The numbers have been computed with 40 digits.
func TestEnds(t *testing.T) {
	const log = -744.44007192138126 // log 2^−1074
	wide := dist.Cauchy{Scale: 1e-300}
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"Student t survival", dist.StudentT{Nu: 0.01, Scale: 1}.Survival(1.7e308), 0.0004014883476495691},
		{"Student t CDF", dist.StudentT{Nu: 0.01, Scale: 1}.CDF(-1.7e308), 0.0004014883476495691},
		{"Student t log CDF", dist.StudentT{Nu: 0.01, Scale: 1}.LogCDF(-1.7e308), math.Log(0.0004014883476495691)},
		{"Student t survival", dist.StudentT{Nu: 1e-5, Scale: 1}.Survival(1.7e308), 0.49643190994759201},
		{"Student t survival, small scale", dist.StudentT{Nu: 0.01, Scale: 0x1p-100}.Survival(0x1p1000), dist.StudentT{Nu: 0.01, Scale: 0x1p-300}.Survival(0x1p800)},
		{"Student t log survival", dist.StudentT{Nu: 2, Scale: 1e-20}.LogSurvival(1e300), -math.Ln2 - 2*320*math.Ln10},
		{"half-Student t survival", dist.HalfStudentT{Nu: 0.01, Scale: 1}.Survival(1.7e308), 2 * 0.0004014883476495691},
		{"half-Student t survival, small scale", dist.HalfStudentT{Nu: 0.01, Scale: 0x1p-100}.Survival(0x1p1000), dist.HalfStudentT{Nu: 0.01, Scale: 0x1p-300}.Survival(0x1p800)},
		{"Student t density", dist.StudentT{Nu: 3, Scale: 1e-10}.LogProb(1e299), -2821.7729882829873},
		{"Cauchy density", dist.Cauchy{Scale: 1e-10}.LogProb(1e299), -1401.1164664262292},
		{"Cauchy density", wide.LogProb(1e10), -737.97195964394402},
		{"Cauchy density, over the range", wide.LogProb(-math.MaxFloat64), -math.Log(math.Pi) - 300*math.Ln10 - 2*math.Log(math.MaxFloat64)},
		{"Cauchy log CDF", wide.LogCDF(-1e10), -math.Log(math.Pi) - 310*math.Ln10},
		{"Cauchy log survival", wide.LogSurvival(1e10), -math.Log(math.Pi) - 310*math.Ln10},
		{"half-Cauchy density", dist.HalfCauchy{Scale: 1e-300}.LogProb(1e10), -737.97195964394402 + math.Ln2},
		{"half-Cauchy log survival", dist.HalfCauchy{Scale: 1e-300}.LogSurvival(1e10), math.Ln2 - math.Log(math.Pi) - 310*math.Ln10},

		{"beta CDF", dist.Beta{Alpha: 0.5, Beta: 0.5}.LogCDF(least), -372.67161866598009},
		{"beta CDF", dist.Beta{Alpha: 0.001, Beta: 1000}.CDF(least), 0.47856826072195835},
		{"beta CDF", dist.Beta{Alpha: 3, Beta: 2}.LogCDF(1e-320), -2209.0954283118018},
		{"log-normal log CDF", dist.LogNormal{Mu: -700, Sigma: 1}.LogCDF(least), -992.17358201538411},
		{"log-normal density", dist.LogNormal{Mu: log, Sigma: 1}.LogProb(least), -0.5*math.Log(2*math.Pi) - log},
		{"uniform density", dist.Uniform{Upper: least}.LogProb(0), -log},
		{"uniform log CDF", dist.Uniform{Upper: 1e300}.LogCDF(1e-300), -600 * math.Ln10},
		{"exponential log CDF", dist.Exponential{Rate: 1e-300}.LogCDF(1e-20), -736.82722975809462},
		{"exponential log CDF", dist.Exponential{Rate: 1e-300}.LogCDF(1e-300), -1381.5510557964274},
		{"half-normal log CDF", dist.HalfNormal{Sigma: 1e300}.LogCDF(1e-20), -737.05302111073935},
		{"half-normal log CDF", dist.HalfNormal{Sigma: 1e300}.LogCDF(1e-300), -1381.7768471490721},
		{"half-Cauchy log CDF", dist.HalfCauchy{Scale: 1e300}.LogCDF(1e-20), -737.27881246338407},
		{"half-Cauchy log CDF", dist.HalfCauchy{Scale: 1e300}.LogCDF(1e-300), -1382.0026385017169},
		{"Pareto log CDF", dist.Pareto{Scale: 1, Shape: 1e-310}.LogCDF(1 + 0x1p-40), -310*math.Ln10 - 40*math.Ln2},
		{"Pareto upper quantile", math.Log(dist.Pareto{Scale: 2, Shape: 3}.UpperQuantile(least)), 248.83983782102037},
		{"Weibull upper quantile", dist.Weibull{Shape: 2, Scale: 3}.UpperQuantile(least), 81.853287333450642},
		{"Laplace quantile", dist.Laplace{Scale: 1}.Quantile(least), log + math.Ln2},
		{"Geometric mass", dist.Geometric{P: least}.LogProb(3), log},
		{"Poisson mass", dist.Poisson{Lambda: least}.LogProb(2), 2*log - math.Ln2},
		{"Bernoulli trials", dist.Binomial{N: 1, P: least}.LogProb(1), log},

		{"normal quantile", dist.Normal{Sigma: 1}.Quantile(least), -38.467405617144346},
		{"normal upper quantile", dist.Normal{Sigma: 1}.UpperQuantile(least), 38.467405617144346},
		{"half-normal upper quantile", dist.HalfNormal{Sigma: 1}.UpperQuantile(least), 38.485408335567342},
		{"beta quantile", dist.Beta{Alpha: 1, Beta: 1e10}.Quantile(1e-300), 1e-310},
		{"beta upper quantile", dist.Beta{Alpha: 1e10, Beta: 1}.UpperQuantile(0.5), math.Exp2(-1e-10)},
		{"triangular quantile", dist.Triangular{Mode: 1e-300, Upper: 1}.Quantile(1e-300), 1e-300},
		{"triangular quantile", dist.Triangular{Mode: 1e-300, Upper: 1}.Quantile(1e-302), 1e-301},
	} {
		near64(t, c.what, c.got, c.want)
	}
}

// TestSubnormalScale: a subnormal scale is a scale as others are.
func TestSubnormalScale(t *testing.T) {
	for name, make := range map[string]func(s float64) dist.Univariate{
		"Normal":       func(s float64) dist.Univariate { return dist.Normal{Sigma: s} },
		"Laplace":      func(s float64) dist.Univariate { return dist.Laplace{Scale: s} },
		"Gumbel":       func(s float64) dist.Univariate { return dist.Gumbel{Scale: s} },
		"Logistic":     func(s float64) dist.Univariate { return dist.Logistic{Scale: s} },
		"Cauchy":       func(s float64) dist.Univariate { return dist.Cauchy{Scale: s} },
		"StudentT":     func(s float64) dist.Univariate { return dist.StudentT{Nu: 2.5, Scale: s} },
		"HalfNormal":   func(s float64) dist.Univariate { return dist.HalfNormal{Sigma: s} },
		"HalfCauchy":   func(s float64) dist.Univariate { return dist.HalfCauchy{Scale: s} },
		"HalfStudentT": func(s float64) dist.Univariate { return dist.HalfStudentT{Nu: 2.5, Scale: s} },
		"Uniform":      func(s float64) dist.Univariate { return dist.Uniform{Upper: 4 * s} },
		"Weibull":      func(s float64) dist.Univariate { return dist.Weibull{Shape: 2, Scale: s} },
		"Exponential":  func(s float64) dist.Univariate { return dist.Exponential{Rate: s} },
	} {
		const unit = 0x1p40
		small, large := make(0x1p-1060), make(0x1p-1020)
		shift := math.Log(unit)
		if name == "Exponential" { // has a rate
			near64(t, name+": the entropy", small.Entropy()-shift, large.Entropy())
			near64(t, name+": LogProb", small.LogProb(3)+shift, large.LogProb(3))
			continue
		}
		near64(t, name+": the entropy", small.Entropy()+shift, large.Entropy())
		x := []float64{0, 0x1p-1060, 0x1p-1061, 3 * 0x1p-1060, -0x1p-1060}
		batch := small.(dist.Batcher).LogProbTo(nil, x)
		for i, v := range x {
			want := large.LogProb(v*unit) + shift
			for what, got := range map[string]float64{"LogProb": small.LogProb(v), "LogProbTo": batch[i]} {
				if got != want && !(math.Abs(got-want) <= 1e-12*math.Abs(want)) {
					t.Errorf("%s: %s(%v) is %v, want %v", name, what, v, got, want)
				}
			}
		}
	}
}

// TestWideBatch: many points at once are what they are one by one, also where a ratio
// overflows.
func TestWideBatch(t *testing.T) {
	x := []float64{1e299, -1e299, 1, 0, math.Inf(1), math.NaN()}
	for _, d := range []continuous{
		dist.Cauchy{Scale: 1e-10}, dist.HalfCauchy{Scale: 1e-10}, dist.StudentT{Nu: 3, Scale: 1e-10}, dist.HalfStudentT{Nu: 3, Scale: 1e-10},
		dist.Cauchy{Location: 1, Scale: 1e-310},
	} {
		for i, got := range d.LogProbTo(nil, x) {
			if want := d.LogProb(x[i]); got != want && !(math.Abs(got-want) <= 1e-12*math.Abs(want)) && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%v: LogProbTo is %v at %v, LogProb %v", d, got, x[i], want)
			}
		}
		if got := d.LogProb(1e299); math.IsInf(got, 0) {
			t.Errorf("%v: LogProb(1e299) is %v", d, got)
		}
	}
}

// TestStudentWide holds quantiles of many degrees of freedom against the normal ones
// with two terms of their expansion.
func TestStudentWide(t *testing.T) {
	const z = 2.3263478740408411
	for _, c := range []struct{ nu, want float64 }{
		{9e11, z + (z*z*z+z)/(4*9e11)}, {1e12, 2.3263478740445702}, {2e12, 2.3263478740427056}, {1e13, 2.326347874041214},
		{1e17, z}, {1e18, z}, {1e19, z}, {1e20, z}, {1e25, z}, {1e29, z}, {1e31, z}, {1e100, z},
	} {
		d, half := dist.StudentT{Nu: c.nu, Scale: 1}, dist.HalfStudentT{Nu: c.nu, Scale: 1}
		for what, got := range map[string]float64{
			"Quantile": -d.Quantile(0.01), "UpperQuantile": d.UpperQuantile(0.01),
			"half UpperQuantile": half.UpperQuantile(0.02), "half Quantile": half.Quantile(0.98),
		} {
			if !(math.Abs(got-c.want) <= 1e-13*c.want) {
				t.Errorf("ν = %g: %s is %v, want %v", c.nu, what, got, c.want)
			}
		}
		for _, p := range []float64{1e-300, 1e-12, 0.4} {
			if got := half.CDF(half.Quantile(p)); !(math.Abs(got-p) <= 1e-12*p) {
				t.Errorf("ν = %g: half CDF(Quantile(%v)) is %v", c.nu, p, got)
			}
			if got := d.Survival(d.UpperQuantile(p)); !(math.Abs(got-p) <= 1e-11*p) {
				t.Errorf("ν = %g: Survival(UpperQuantile(%v)) is %v", c.nu, p, got)
			}
		}
	}
}

// TestPrecise has numbers, computed with 40 digits, where rounding on the way tells.
func TestPrecise(t *testing.T) {
	for _, c := range []struct {
		what           string
		got, want, tol float64
	}{
		{"gamma at −8 sd", dist.Gamma{Shape: 1e15, Rate: 1e15}.LogProb(0.9999997470177872), -15.6495554876925, 1e-13},
		{"gamma at −3 sd", dist.Gamma{Shape: 1e15, Rate: 1e15}.LogProb(0.9999999051316701), 11.850449469443453, 1e-13},
		{"gamma at 5 sd", dist.Gamma{Shape: 1e15, Rate: 1e15}.LogProb(1.000000158113883), 3.8504508096675, 1e-13},
		{"gamma at 8 sd", dist.Gamma{Shape: 1e15, Rate: 1e15}.LogProb(1.0000002529822127), -15.649545171662514, 1e-13},
		{"gamma of many at 8 sd", dist.Gamma{Shape: 1e15, Rate: 1e15}.LogProbTo(nil, []float64{1.0000002529822127})[0], -15.649545171662514, 1e-13},
		{"gamma at 6 sd", dist.Gamma{Shape: 3e7, Rate: 0.7}.LogProb(42904090.50492901), -27.871927744448477, 1e-13},
		{"gamma at −8 sd", dist.Gamma{Shape: 3e7, Rate: 0.7}.LogProb(42794545.993427984), -41.913699289522293, 1e-13},
		{"von Mises", dist.VonMises{Kappa: 100}.Survival(2), 1.3850061271960645e-63, 1e-13},
		{"von Mises", dist.VonMises{Kappa: 100}.Survival(1), 5.1016782326113297e-22, 1e-13},
		{"von Mises", dist.VonMises{Kappa: 20}.Survival(2.5), 3.9876789625197513e-17, 1e-13},
		{"von Mises", dist.VonMises{Kappa: 400}.Survival(1), 3.2825812515803813e-82, 1e-13},
	} {
		if !(math.Abs(c.got-c.want) <= c.tol*math.Abs(c.want)) {
			t.Errorf("%s: %v, want %v, off by %.2g", c.what, c.got, c.want, c.got/c.want-1)
		}
	}
}

// TestTruncatedEnds cuts an interval out of a tail that is below float64. The density
// there is that of a Pareto distribution; the squares of its values overflow, at which
// the quadrature must not go on for ever.
func TestTruncatedEnds(t *testing.T) {
	for _, base := range []dist.Univariate{dist.HalfCauchy{Scale: 1e-300}, dist.Cauchy{Scale: 1e-300}, dist.StudentT{Nu: 1, Scale: 1e-300}} {
		d, err := dist.NewTruncated(base, 1e305, 1e306)
		if err != nil {
			t.Errorf("%v: %v", base, err)
			continue
		}
		for what, c := range map[string][2]float64{
			"CDF": {d.CDF(2e305), 0.5 / 0.9}, "median": {d.Quantile(0.5), 1e305 / 0.55}, "mean": {d.Mean(), 1e305 * math.Ln10 / 0.9},
		} {
			if !(math.Abs(c[0]-c[1]) <= 1e-9*c[1]) {
				t.Errorf("%v: %s is %v, want %v", d, what, c[0], c[1])
			}
		}
		if v := d.Variance(); v <= math.MaxFloat64 {
			t.Errorf("%v: variance is %v", d, v)
		}
	}
}
