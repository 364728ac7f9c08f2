package dist_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/belief-go/belief/dist"
)

// TestStudentExtreme asks everything of distributions at the limits of their
// parameters: it must end, and not with NaN.
func TestStudentExtreme(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, d := range []continuous{
		dist.Beta{Alpha: 1e-300, Beta: 1e-300}, dist.Beta{Alpha: 1e-300, Beta: 1}, dist.Beta{Alpha: 1e-9, Beta: 1e-3},
		dist.Beta{Alpha: 1e-9, Beta: 1e9}, dist.Beta{Alpha: 1e15, Beta: 1e15}, dist.Beta{Alpha: 1e300, Beta: 1e300},
		dist.Beta{Alpha: 1e100, Beta: 2}, dist.Beta{Alpha: 0.5, Beta: 1e16}, dist.Beta{Alpha: 1e-100, Beta: 1e100},
		dist.StudentT{Nu: 1e-300, Scale: 1}, dist.StudentT{Nu: 1e-3, Scale: 1e-9}, dist.StudentT{Nu: 1e15, Scale: 1},
		dist.StudentT{Nu: 1e29, Scale: 1}, dist.StudentT{Nu: 1e300, Scale: 1e100},
		dist.HalfStudentT{Nu: 1e-300, Scale: 1}, dist.HalfStudentT{Nu: 1e-3, Scale: 1}, dist.HalfStudentT{Nu: 1e29, Scale: 1}, dist.HalfStudentT{Nu: 1e300, Scale: 1},
		dist.VonMises{}, dist.VonMises{Kappa: 5e-324}, dist.VonMises{Mu: 1, Kappa: 1e-200}, dist.VonMises{Mu: math.Pi, Kappa: 1e15},
		dist.VonMises{Mu: -math.Pi, Kappa: 1e17}, dist.VonMises{Mu: 1, Kappa: 1e300}, dist.VonMises{Kappa: math.MaxFloat64},
	} {
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
		mean, variance := d.Mean(), d.Variance()
		if _, ok := d.(dist.StudentT); ok && d.Params()[0] <= 1 {
			mean, variance = 0, 0
		}
		got := []float64{mean, variance, d.Entropy(), d.Rand(r), d.Quantile(0.3), d.Quantile(1e-300), d.Quantile(1 - 1e-16), d.UpperQuantile(1e-300)}
		for _, x := range append(got[3:8:8], 0.3, d.Support().Lower, d.Support().Upper) {
			if !d.Support().Contains(x) {
				t.Errorf("%v: %v is not in the support", d, x)
			}
			got = append(got, d.LogProb(x), d.CDF(x), d.LogCDF(x), d.Survival(x))
			if sum := d.CDF(x) + d.Survival(x); math.Abs(sum-1) > 1e-14 {
				t.Errorf("%v: CDF and survival at %v sum to %v", d, x, sum)
			}
		}
		for i, v := range got {
			if math.IsNaN(v) {
				t.Errorf("%v: number %d is NaN: %v", d, i, got)
				break
			}
		}
	}
}

// TestStudentRelations holds distributions against others that they are: beta ones
// against power functions, Student's t against Cauchy and normal, the half against
// the whole, von Mises against uniform.
func TestStudentRelations(t *testing.T) {
	near := func(t *rapid.T, what string, got, want float64) {
		if !(math.Abs(got-want) <= 1e-12*max(1e-12, math.Abs(want))) && got != want {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a := math.Exp(rapid.Float64Range(-20, 15).Draw(t, "log a"))
		p := rapid.Float64Range(0.001, 0.999).Draw(t, "p")
		power := dist.Beta{Alpha: a, Beta: 1}
		near(t, "log I_p(a, 1)", power.LogCDF(p), a*math.Log(p))
		near(t, "1 - I_p(a, 1)", power.Survival(p), -math.Expm1(a*math.Log(p)))
		log := math.Log(a) + (a-1)*math.Log(p) // terms may cancel
		near(t, "density of Beta(a, 1)", 1+(power.LogProb(p)-log)/(1+math.Abs(log)), 1)
		mirror := dist.Beta{Alpha: 1, Beta: a}
		near(t, "I_p(1, a)", mirror.CDF(p), -math.Expm1(a*math.Log1p(-p)))
		x := math.Tan(math.Pi * (p - 0.5))
		near(t, "Cauchy survival", dist.StudentT{Nu: 1, Scale: 1}.Survival(x), dist.Cauchy{Scale: 1}.Survival(x))
		near(t, "Cauchy density", 1+dist.StudentT{Nu: 1, Scale: 1}.LogProb(x)-dist.Cauchy{Scale: 1}.LogProb(x), 1)
		near(t, "t with two degrees", dist.StudentT{Nu: 2, Scale: 1}.CDF(-math.Abs(x)), 1/(2+x*x+math.Abs(x)*math.Sqrt(2+x*x)))
		near(t, "normal log CDF", dist.StudentT{Nu: 1e29, Scale: 1}.LogCDF(x/10), dist.Normal{Sigma: 1}.LogCDF(x/10))
		half := dist.HalfStudentT{Nu: a, Scale: 2}
		near(t, "half", half.Survival(math.Abs(x)), 2*dist.StudentT{Nu: a, Scale: 2}.Survival(math.Abs(x)))
		flat := dist.VonMises{Mu: x / 1000, Kappa: 0}
		near(t, "flat", flat.CDF(math.Pi*(2*p-1)), p)
		if got := flat.LogProb(1); math.Abs(got+math.Log(2*math.Pi)) > 1e-15 {
			t.Fatalf("flat density %v", got)
		}
	})
}

// An angle across the ends is as exact as one that is not.
func TestVonMisesTurn(t *testing.T) {
	x := -math.Pi + 3e-4
	got := dist.VonMises{Mu: math.Pi, Kappa: 1e8}.LogProb(x)
	if want := (dist.VonMises{Kappa: 1e8}).LogProb(x + math.Pi); math.Abs(got-want) > 1e-10 {
		t.Errorf("log density %v, want %v", got, want)
	}
}
