package linear

// What a fitted principal component analysis says of rows.

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/internal/kernel"
	"github.com/belief-go/belief/internal/stream"
)

// A PCAModel is a fitted [PCA]. It is safe for concurrent use as long as nobody changes it.
type PCAModel struct {
	Names []string  // of the columns
	Mean  []float64 // of the columns, d
	K     int       // the number of components
	// Components are orthonormal directions, K × d, that of the largest variance first.
	// The first of the largest coordinates of each is positive.
	Components []float64
	// ExplainedVariance is the variance along each component, divided by the weight of
	// the data (Qiu 2019, equation 9.2): n/(n−1) times as much is what some other
	// programs give. What is below the rounding of the largest is zero.
	ExplainedVariance []float64
	// NoiseVariance is the mean of the variances along all other directions, the σ² of
	// probabilistic PCA (Tipping & Bishop 1999, equation 8); 0 if there are none.
	NoiseVariance float64
	TotalVariance float64 // of all columns together
	Weight        float64 // of the data
	Whiten        bool    // scores have variance one
}

func randomDirections(seed uint64) *rand.Rand { return stream.New(seed, "em/linear directions") }

// Columns are the names of the columns it was fitted to.
func (m *PCAModel) Columns() []string { return m.Names }

// Dim is the number of components.
func (m *PCAModel) Dim() int { return m.K }

// Component returns component i, no copy.
func (m *PCAModel) Component(i int) []float64 {
	d := len(m.Mean)
	return m.Components[i*d : (i+1)*d : (i+1)*d]
}

// Ratio returns the part of the variance that each component explains.
func (m *PCAModel) Ratio() []float64 {
	out := make([]float64, m.K)
	kernel.Scale(1/m.TotalVariance, out, m.ExplainedVariance)
	return out
}

// SingularValues returns those of the centred data, each row times the root of its weight.
func (m *PCAModel) SingularValues() []float64 {
	out := make([]float64, m.K)
	for i, v := range m.ExplainedVariance {
		out[i] = math.Sqrt(v) * math.Sqrt(m.Weight)
	}
	return out
}

// Parameters is the number of free parameters of the probabilistic model: means, noise,
// and K directions with their variances.
func (m *PCAModel) Parameters() int {
	d := len(m.Mean)
	return d + 1 + d*m.K - m.K*(m.K-1)/2
}

// Validate reports a model that cannot be as a [*dist.ParameterError].
func (m *PCAModel) Validate() error {
	d := len(m.Mean)
	const name = "PCA"
	if err := shape(name, m.Names, m.Mean, m.K, m.Components); err != nil {
		return err
	}
	if m.K > d || len(m.ExplainedVariance) != m.K {
		return &dist.ParameterError{Distribution: name, Parameter: "ExplainedVariance", Value: float64(len(m.ExplainedVariance)), Want: fmt.Sprintf("one for each of at most %d components", d)}
	}
	for i, v := range m.ExplainedVariance {
		if !(v >= 0 && v <= math.MaxFloat64) || i > 0 && v > m.ExplainedVariance[i-1] {
			return &dist.ParameterError{Distribution: name, Parameter: fmt.Sprintf("ExplainedVariance[%d]", i), Value: v, Want: "finite, not negative and not above the one before"}
		}
		for j := range i + 1 {
			want := 0.0
			if i == j {
				want = 1
			}
			if v := kernel.Dot(m.Component(i), m.Component(j)); !(math.Abs(v-want) < 1e-6) {
				return &dist.ParameterError{Distribution: name, Parameter: fmt.Sprintf("Components[%d]·Components[%d]", i, j), Value: v, Want: fmt.Sprint(want)}
			}
		}
	}
	for _, f := range []struct {
		name  string
		value float64
		least float64
	}{{"NoiseVariance", m.NoiseVariance, 0}, {"TotalVariance", m.TotalVariance, math.SmallestNonzeroFloat64}, {"Weight", m.Weight, math.SmallestNonzeroFloat64}} {
		if !(f.value >= f.least && f.value <= math.MaxFloat64) {
			return &dist.ParameterError{Distribution: name, Parameter: f.name, Value: f.value, Want: "finite and positive"}
		}
	}
	return nil
}

// shape checks what every model of rows has: names, means, and k rows over the columns.
func shape(model string, names []string, mean []float64, k int, rows []float64) error {
	d := len(mean)
	switch {
	case d == 0 || len(names) != d:
		return &dist.ParameterError{Distribution: model, Parameter: "Names", Value: float64(len(names)), Want: fmt.Sprintf("one for each of the %d means, at least one", d)}
	case k < 0 || k > len(rows) && k > 0 || len(rows) != k*d:
		return &dist.ParameterError{Distribution: model, Parameter: "K", Value: float64(k), Want: fmt.Sprintf("the number of rows of %d columns that make %d numbers", d, len(rows))}
	}
	for i, v := range mean {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &dist.ParameterError{Distribution: model, Parameter: fmt.Sprintf("Mean[%d]", i), Value: v, Want: "finite"}
		}
	}
	for i, v := range rows {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return &dist.ParameterError{Distribution: model, Parameter: fmt.Sprintf("row %d, column %q", i/d, names[i%d]), Value: v, Want: "finite"}
		}
	}
	return nil
}

// TransformTo writes the scores of the rows of a block, their coordinates along the
// components, to dst, b.Rows × K. With Whiten they are divided by their standard
// deviations; along a component without variance they are zero. The error is a
// [*data.ValueError] for a missing or infinite cell. It panics if lengths do not fit.
func (m *PCAModel) TransformTo(dst []float64, b *em.Block) error {
	x, err := m.scores(dst, b)
	if err == nil {
		spare.Put(x)
		if m.Whiten {
			m.whiten(dst[:b.Rows*m.K])
		}
	}
	return err
}

// scores writes the scores, before whitening, and returns the centred rows, which are to
// be given back.
func (m *PCAModel) scores(dst []float64, b *em.Block) (centred *[]float64, err error) {
	d := len(m.Mean)
	checkBlock(b, d)
	checkLength(len(dst), b.Rows*m.K)
	if err := complete(m.Names, b); err != nil {
		return nil, err
	}
	p := borrow(b.Rows * d)
	x := *p
	for i := range b.Rows {
		kernel.Sub(x[i*d:(i+1)*d], b.Row(i), m.Mean)
	}
	kernel.Gemm(false, true, b.Rows, m.K, d, 1, x, d, m.Components, d, 0, dst, m.K, 1)
	return p, nil
}

func (m *PCAModel) whiten(scores []float64) {
	for i := range scores {
		if v := m.ExplainedVariance[i%m.K]; v > 0 {
			scores[i] /= math.Sqrt(v)
		} else {
			scores[i] = 0
		}
	}
}

// InverseTo writes to dst, rows × d, the rows that have the given scores, rows × K, and
// nothing outside the components. It panics if lengths do not fit.
func (m *PCAModel) InverseTo(dst, scores []float64, rows int) {
	d := len(m.Mean)
	checkLength(len(scores), rows*m.K)
	checkLength(len(dst), rows*d)
	if m.Whiten {
		p := borrow(rows * m.K)
		defer spare.Put(p)
		x := *p
		for i, v := range scores[:rows*m.K] {
			x[i] = v * math.Sqrt(m.ExplainedVariance[i%m.K])
		}
		scores = x
	}
	kernel.Gemm(false, false, rows, d, m.K, 1, scores, m.K, m.Components, d, 0, dst, d, 1)
	kernel.AddRow(rows, d, dst[:rows*d], m.Mean)
}

// ErrorTo writes the squared distance of every row of a block to what its scores give
// back, its reconstruction error, to dst.
func (m *PCAModel) ErrorTo(dst []float64, b *em.Block) error {
	checkLength(len(dst), b.Rows)
	p := borrow(b.Rows * m.K)
	defer spare.Put(p)
	y := *p
	x, err := m.scores(y, b)
	if err != nil {
		return err
	}
	defer spare.Put(x)
	m.outside(dst, *x, y, b.Rows)
	return nil
}

// outside writes the squared lengths of centred rows less their part in the components.
func (m *PCAModel) outside(dst, x, scores []float64, rows int) {
	d := len(m.Mean)
	kernel.Gemm(false, false, rows, d, m.K, -1, scores, m.K, m.Components, d, 1, x, d, 1)
	for i := range rows {
		dst[i] = kernel.SumSquares(x[i*d : (i+1)*d])
	}
}

// LogProbTo writes the log density of every row under probabilistic PCA, the normal
// distribution with the variances of the components along them and NoiseVariance along
// all other directions (Tipping & Bishop 1999). Without one of these variances there is no
// density, and the error is a [*dist.ParameterError].
func (m *PCAModel) LogProbTo(dst []float64, b *em.Block) error {
	d := len(m.Mean)
	checkLength(len(dst), b.Rows)
	logDet := 0.0
	for i, v := range m.ExplainedVariance {
		if v == 0 {
			return &dist.ParameterError{Distribution: "PCA", Parameter: fmt.Sprintf("ExplainedVariance[%d]", i), Value: 0, Want: "positive for a density"}
		}
		logDet += math.Log(v)
	}
	if m.K < d {
		if m.NoiseVariance == 0 {
			return &dist.ParameterError{Distribution: "PCA", Parameter: "NoiseVariance", Value: 0, Want: "positive for a density"}
		}
		logDet += float64(d-m.K) * math.Log(m.NoiseVariance)
	}
	p := borrow(b.Rows * m.K)
	defer spare.Put(p)
	y := *p
	x, err := m.scores(y, b)
	if err != nil {
		return err
	}
	defer spare.Put(x)
	m.outside(dst, *x, y, b.Rows)
	for i := range b.Rows {
		q := 0.0
		if m.K < d {
			q = dst[i] / m.NoiseVariance
		}
		for j, v := range y[i*m.K : (i+1)*m.K] {
			q += v * v / m.ExplainedVariance[j]
		}
		dst[i] = -0.5 * (q + logDet + float64(d)*math.Log(2*math.Pi))
	}
	return nil
}

// RandTo draws a row of the probabilistic model.
func (m *PCAModel) RandTo(dst []float64, r *rand.Rand) []float64 {
	checkLength(len(dst), len(m.Mean))
	sigma := math.Sqrt(m.NoiseVariance)
	for j, mean := range m.Mean {
		dst[j] = mean + sigma*r.NormFloat64()
	}
	for i, v := range m.ExplainedVariance {
		kernel.Axpy(math.Sqrt(max(v-m.NoiseVariance, 0))*r.NormFloat64(), m.Component(i), dst[:len(m.Mean)])
	}
	return dst
}

var _ interface {
	em.Density
	em.Counted
} = (*PCAModel)(nil)

// complete refuses missing and infinite cells.
func complete(names []string, b *em.Block) error {
	for i, v := range b.X[:b.Rows*b.Columns] {
		if v-v != 0 {
			return &data.ValueError{Column: names[i%b.Columns], Row: b.First + i/b.Columns, Value: v, Want: "finite"}
		}
	}
	return nil
}
