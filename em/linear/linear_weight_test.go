package linear

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// Rows of weight zero count nowhere, whatever they are.
func TestRowsWithoutWeight(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	columns := []data.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	var x []float64
	for range 40 {
		f := r.NormFloat64()
		x = append(x, f+0.3*r.NormFloat64(), 2*f+r.NormFloat64(), r.NormFloat64())
	}
	weights := make([]float64, 40)
	for i := range weights {
		weights[i] = 1
	}
	some := must(data.NewTable(columns, x, nil))(t)
	more := must(data.NewTable(columns, append([]float64{1e300, -1e300, 1e308}, x...), append([]float64{0}, weights...)))(t)
	for name, fit := range map[string]func(src data.Source) (float64, error){
		"PCA": func(src data.Source) (float64, error) {
			m, err := PCA{Components: 1}.Fit(background, src, em.Config{})
			if err != nil {
				return 0, err
			}
			return m.NoiseVariance, nil
		},
		"FA": func(src data.Source) (float64, error) {
			run, err := FactorAnalysis{}.Fit(background, src, em.Config{})
			if err != nil {
				return 0, err
			}
			return run.LogLikelihood, nil
		},
		"PPCA": func(src data.Source) (float64, error) {
			run, err := ProbabilisticPCA{}.Fit(background, src, em.Config{})
			if err != nil {
				return 0, err
			}
			return run.LogLikelihood, nil
		},
		"sparse coding": func(src data.Source) (float64, error) {
			run, err := SparseCoding{Atoms: 4}.Fit(background, src, em.Config{Iterations: 20})
			if err != nil {
				return 0, err
			}
			return run.Objective, nil
		},
	} {
		want := must(fit(some))(t)
		if got, err := fit(more); err != nil || !(math.Abs(got-want) <= 1e-7*math.Abs(want)) {
			t.Errorf("%s: %v, without the row %v: %v", name, got, want, err)
		}
	}
}

// Variance that underflows is not called none.
func TestTinyColumns(t *testing.T) {
	table := must(data.FromMatrix([]float64{1e-200, 2e-200, 3e-200, 1e-200, 2e-200, 5e-200}, 2))(t)
	for _, isotropic := range []bool{false, true} {
		var err error
		if isotropic {
			_, err = ProbabilisticPCA{}.Fit(background, table, em.Config{})
		} else {
			_, err = FactorAnalysis{}.Fit(background, table, em.Config{})
		}
		if err == nil || !strings.Contains(err.Error(), "underflow") {
			t.Error(err)
		}
	}
}
