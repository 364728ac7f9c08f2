package linear

// The model that probabilistic PCA and factor analysis share.

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
)

// A FactorModel says that rows come about from few latent factors z and noise:
//
//	x = μ + W z + ε,  z ~ N(0, I),  ε ~ N(0, Ψ),  so x ~ N(μ, W Wᵀ + Ψ),
//
// with Ψ diagonal (factor analysis) or a multiple of the identity (probabilistic PCA).
// Missing cells are left out of the density, which is exact. The model is safe for
// concurrent use as long as nobody changes it.
type FactorModel struct {
	Names []string  // of the columns
	Mean  []float64 // μ, d
	K     int       // the number of factors
	// Loadings are W, d × K: row j is what column j takes of the factors. A fit leaves
	// WᵀΨ⁻¹W diagonal, the strongest factor first, unless it was told to rotate.
	Loadings  []float64
	Noise     []float64 // the diagonal of Ψ, d; all the same for probabilistic PCA
	Floor     []float64 // the least that the fit let Noise be, d
	Isotropic bool      // one noise for all columns: probabilistic PCA
	// Incomplete says that there were missing cells in the data.
	Incomplete bool
}

// Columns are the names of the columns it was fitted to.
func (m *FactorModel) Columns() []string { return m.Names }

// Dim is the number of factors.
func (m *FactorModel) Dim() int { return m.K }

// Parameters is the number of free parameters: means, loadings up to a rotation, noise.
func (m *FactorModel) Parameters() int {
	d := len(m.Mean)
	p := d + d*m.K - m.K*(m.K-1)/2
	if m.Isotropic {
		return p + 1
	}
	return p + d
}

func (m *FactorModel) kind() string {
	if m.Isotropic {
		return kindPPCA
	}
	return kindFactors
}

// Validate reports a model that cannot be as a [*dist.ParameterError].
func (m *FactorModel) Validate() error {
	d := len(m.Mean)
	if len(m.Loadings) != d*m.K || m.K < 1 || m.K > d {
		return &dist.ParameterError{Distribution: m.kind(), Parameter: "K", Value: float64(m.K), Want: fmt.Sprintf("positive, at most the number of columns, %d, and that of the %d loadings divided by it", d, len(m.Loadings))}
	}
	if err := shape(m.kind(), m.Names, m.Mean, m.K, m.Loadings); err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		x     []float64
		least float64
	}{{"Noise", m.Noise, math.SmallestNonzeroFloat64}, {"Floor", m.Floor, 0}} {
		if len(f.x) != d {
			return &dist.ParameterError{Distribution: m.kind(), Parameter: f.name, Value: float64(len(f.x)), Want: fmt.Sprintf("one for each of %d columns", d)}
		}
		for j, v := range f.x {
			if !(v >= f.least && v <= math.MaxFloat64) || m.Isotropic && v != f.x[0] {
				return &dist.ParameterError{Distribution: m.kind(), Parameter: fmt.Sprintf("%s[%d]", f.name, j), Value: v, Want: "positive, finite, and with one noise the same for all columns"}
			}
		}
	}
	work := newFactorWork(m)
	return work.prepare(m)
}

// Warnings says which columns have all of their variance from the factors (Heywood
// cases), where the floor of the noise acts, and whether there are more factors than can
// be told apart.
func (m *FactorModel) Warnings() []belief.Warning {
	var out []belief.Warning
	d := len(m.Mean)
	for j, v := range m.Noise {
		if v > m.Floor[j] {
			continue
		}
		if m.Isotropic {
			return append(out, belief.Warning{Code: "noise-floor", Text: fmt.Sprintf("the noise is at its floor, %.3g: the data lie in %d dimensions; ask for fewer components", v, m.K)})
		}
		out = append(out, belief.Warning{Code: "noise-floor", Where: fmt.Sprintf("column %q", m.Names[j]),
			Text: fmt.Sprintf("its noise is at the floor, %.3g (a Heywood case, or a constant column): ask for fewer factors or leave it out", v)})
	}
	// Ledermann 1937.
	if e := d - m.K; !m.Isotropic && e*e < d+m.K {
		out = append(out, belief.Warning{Code: "not-identified", Text: fmt.Sprintf("%d factors of %d columns are more than a covariance determines; ask for fewer", m.K, d)})
	}
	return out
}

// LogProbTo writes the log density of the cells that are there in every row of a block to
// dst. The error is a [*data.ValueError] for an infinite cell.
func (m *FactorModel) LogProbTo(dst []float64, b *em.Block) error {
	checkLength(len(dst), b.Rows)
	work, err := m.infer(b)
	if err == nil {
		copy(dst[:b.Rows], work.ll)
		factorSpare.Put(work)
	}
	return err
}

// TransformTo writes the posterior means of the factors of every row to dst, b.Rows × K,
// given the cells that are there (Bishop 2006, equation 12.66).
func (m *FactorModel) TransformTo(dst []float64, b *em.Block) error {
	checkLength(len(dst), b.Rows*m.K)
	work, err := m.infer(b)
	if err == nil {
		copy(dst[:b.Rows*m.K], work.z)
		factorSpare.Put(work)
	}
	return err
}

// ImputeTo writes the rows of a block to dst, b.Rows × d, with what is expected in place of
// missing cells given the others.
func (m *FactorModel) ImputeTo(dst []float64, b *em.Block) error {
	d := len(m.Mean)
	checkLength(len(dst), b.Rows*d)
	work, err := m.infer(b)
	if err != nil {
		return err
	}
	defer factorSpare.Put(work)
	for i := range b.Rows {
		z := work.z[i*m.K : (i+1)*m.K]
		for j, v := range b.Row(i) {
			if v != v {
				v = m.Mean[j] + kernel.Dot(m.loading(j), z)
			}
			dst[i*d+j] = v
		}
	}
	return nil
}

// InverseTo writes to dst, rows × d, the rows that are expected with the factors z,
// rows × K.
func (m *FactorModel) InverseTo(dst, z []float64, rows int) {
	d := len(m.Mean)
	checkLength(len(z), rows*m.K)
	checkLength(len(dst), rows*d)
	kernel.Gemm(false, true, rows, d, m.K, 1, z, m.K, m.Loadings, m.K, 0, dst, d, 1)
	kernel.AddRow(rows, d, dst[:rows*d], m.Mean)
}

// PosteriorTo writes the mean, K, and the covariance, K × K, of the factors of a row given
// the cells that are there. What is nil is left out.
func (m *FactorModel) PosteriorTo(mean, cov, row []float64) error {
	work, err := m.infer(&em.Block{Rows: 1, Columns: len(row), X: row})
	if err != nil {
		return err
	}
	defer factorSpare.Put(work)
	if mean != nil {
		checkLength(len(mean), m.K)
		copy(mean, work.z[:m.K])
	}
	if cov != nil {
		checkLength(len(cov), m.K*m.K)
		if work.incomplete {
			copy(cov, work.rowV)
		} else {
			copy(cov, work.v)
		}
	}
	return nil
}

// infer goes over a block with borrowed memory.
func (m *FactorModel) infer(b *em.Block) (*factorWork, error) {
	checkBlock(b, len(m.Mean))
	if err := finiteOrMissing(m.Names, b); err != nil {
		return nil, err
	}
	work := factorSpare.Get().(*factorWork)
	work.fit(m)
	if err := work.prepare(m); err != nil {
		return nil, err
	}
	work.block(m, b, nil)
	return work, nil
}

// RandTo draws a row into dst and returns it.
func (m *FactorModel) RandTo(dst []float64, r *rand.Rand) []float64 {
	d := len(m.Mean)
	checkLength(len(dst), d)
	p := borrow(m.K)
	defer spare.Put(p)
	z := *p
	for i := range z {
		z[i] = r.NormFloat64()
	}
	for j := range d {
		dst[j] = m.Mean[j] + kernel.Dot(m.loading(j), z) + math.Sqrt(m.Noise[j])*r.NormFloat64()
	}
	return dst
}

// Normal returns the distribution of the rows.
func (m *FactorModel) Normal() (*dist.MultivariateNormal, error) {
	d := len(m.Mean)
	cov := mat.NewSymDense(d, nil)
	for i := range d {
		for j := i; j < d; j++ {
			v := kernel.Dot(m.loading(i), m.loading(j))
			if i == j {
				v += m.Noise[i]
			}
			cov.SetSym(i, j, v)
		}
	}
	return dist.NewMultivariateNormal(m.Mean, cov)
}

func (m *FactorModel) loading(j int) []float64 { return m.Loadings[j*m.K : (j+1)*m.K] }

var _ interface {
	em.Density
	em.Model[*em.Block]
	em.Counted
	em.Warner
	Transformer
} = (*FactorModel)(nil)
