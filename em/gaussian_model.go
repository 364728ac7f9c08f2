package em

// Gaussian mixtures: the parameters, and what is computed from them once.

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/kernel"
	"gonum.org/v1/gonum/mat"
)

// GaussianParameters are the parameters of a Gaussian mixture as plain numbers, as they
// stand in its JSON too.
type GaussianParameters struct {
	Columns    []string    `json:"columns"` // nil: x1, x2, …
	Covariance Covariance  `json:"covariance"`
	Weights    []float64   `json:"weights"`
	Means      [][]float64 `json:"means"` // component × column
	// Covariances are matrices, row after row: one for each component if Covariance is
	// Full, one in all if it is Tied.
	Covariances [][][]float64 `json:"covariances,omitempty"`
	// Variances are, for each component, one for each column if Covariance is Diagonal,
	// and one in all if it is Spherical.
	Variances [][]float64 `json:"variances,omitempty"`
}

// A GaussianModel is a mixture of normal distributions,
//
//	p(x) = Σ w_k N(x | μ_k, Σ_k).
//
// It is made by [GaussianMixture], by [NewGaussianModel], or read from JSON. Inside, rows
// are looked at in a frame: centred, and scaled by columns, so that columns far from
// zero and of unlike sizes lose no digits. All methods that answer questions may be used
// concurrently, once no fit goes on.
type GaussianModel struct {
	Weights []float64   // of the components; to be read only
	Means   [][]float64 // component × column; to be read only

	covariance Covariance
	columns    []string
	// spread holds the covariances: K matrices, one, K×d variances or K of them.
	spread []float64
	// A row x stands at z = (x − origin)/scale.
	origin, scale []float64

	// What a fit needs besides.
	floor         float64 // in the frame
	concentration float64 // 0: no prior of the weights
	prior         *gaussianPrior
	floored       []bool // where the floor acted in the last M step
	emptied       []bool // components that no row wanted in the last M step

	gaussianCache
	scratches sync.Pool // of *gaussianScratch, for answers
}

// gaussianCache is what prepare makes of the parameters, all in the frame.
type gaussianCache struct {
	constants []float64 // log w_k − ½ log |2πΣ_k|, in the units of the data
	linear    []float64 // K × features: log p is linear in them (see gaussian_features.go)
	white     []float64 // T_k with T_kᵀ T_k = Σ_k⁻¹: lower triangular, or a diagonal
	shift     []float64 // K × d: T_k m_k
	narrow    []bool    // components too narrow for linear, or without weight
	// Of all components.
	allNarrow, someNarrow bool
}

// NewGaussianModel returns the mixture with the given parameters, which are copied. The
// weights must sum to one, up to 1e-8. The error is a [*belief.ConfigError].
func NewGaussianModel(p GaussianParameters) (*GaussianModel, error) {
	m, err := gaussianOf(p)
	if err != nil {
		return nil, err
	}
	m.ownFrame()
	return m, m.prepare()
}

// gaussianOf copies parameters whose shapes it has checked.
func gaussianOf(p GaussianParameters) (*GaussianModel, error) {
	refuse := func(field string, value any, want string) (*GaussianModel, error) {
		return nil, &belief.ConfigError{Field: field, Value: value, Want: want}
	}
	k := len(p.Weights)
	if k == 0 || len(p.Means) != k {
		return refuse("Means", len(p.Means), fmt.Sprintf("one row for each of the weights, of which there are %d and have to be some", k))
	}
	d := len(p.Means[0])
	if p.Columns != nil && len(p.Columns) != d || d == 0 {
		return refuse("Means", d, "a number for each column, of which there has to be one")
	}
	if !(p.Covariance >= Full && p.Covariance <= Spherical) {
		return refuse("Covariance", int(p.Covariance), "one of the four forms")
	}
	m := &GaussianModel{covariance: p.Covariance, columns: gaussianNames(p.Columns, d)}
	if err := checkColumnNames(m.columns); err != nil {
		return nil, err
	}
	m.Weights = append([]float64(nil), p.Weights...)
	for i, row := range p.Means {
		if len(row) != d {
			return refuse(fmt.Sprintf("Means[%d]", i), len(row), fmt.Sprintf("%d numbers", d))
		}
		m.Means = append(m.Means, append([]float64(nil), row...))
	}
	wide := map[Covariance]int{Diagonal: d, Spherical: 1}[p.Covariance]
	if matrices := map[Covariance]int{Full: k, Tied: 1}[p.Covariance]; len(p.Covariances) != matrices {
		return refuse("Covariances", len(p.Covariances), fmt.Sprintf("%d matrices", matrices))
	}
	if wide > 0 && len(p.Variances) != k || wide == 0 && len(p.Variances) != 0 {
		return refuse("Variances", len(p.Variances), "one row for each component if the covariances are diagonal or spherical")
	}
	for i, row := range p.Variances {
		if len(row) != wide {
			return refuse(fmt.Sprintf("Variances[%d]", i), len(row), fmt.Sprintf("%d numbers", wide))
		}
		m.spread = append(m.spread, row...)
	}
	for i, matrix := range p.Covariances {
		if len(matrix) != d {
			return refuse(fmt.Sprintf("Covariances[%d]", i), len(matrix), fmt.Sprintf("%d rows", d))
		}
		for j, row := range matrix {
			if len(row) != d {
				return refuse(fmt.Sprintf("Covariances[%d][%d]", i, j), len(row), fmt.Sprintf("%d numbers", d))
			}
			m.spread = append(m.spread, row...)
		}
	}
	return m, m.Validate()
}

// gaussianNames are those of d columns, of which some have names.
func gaussianNames(names []string, d int) []string {
	names = append([]string(nil), names...)
	for j := len(names); j < d; j++ {
		names = append(names, fmt.Sprintf("x%d", j+1))
	}
	return names
}

// Validate returns a [*belief.ConfigError] if there is no such mixture. What
// [NewGaussianModel] and the fits return is valid.
func (m *GaussianModel) Validate() error {
	if len(m.columns) == 0 || len(m.Means) != len(m.Weights) {
		return &belief.ConfigError{Field: "GaussianModel", Value: fmt.Sprintf("%d columns, %d weights, %d means", len(m.columns), len(m.Weights), len(m.Means)), Want: "one that was fitted, read or made by NewGaussianModel"}
	}
	total := 0.0
	for i, w := range m.Weights {
		if !(w >= 0 && w <= 1) {
			return &belief.ConfigError{Field: fmt.Sprintf("Weights[%d]", i), Value: w, Want: "from 0 to 1"}
		}
		total += w
	}
	if !(math.Abs(total-1) <= 1e-8) {
		return &belief.ConfigError{Field: "Weights", Value: total, Want: "1 in sum"}
	}
	for i, row := range m.Means {
		for j, v := range row {
			if !(math.Abs(v) <= math.MaxFloat64) {
				return &belief.ConfigError{Field: fmt.Sprintf("Means[%d][%d]", i, j), Value: v, Want: "finite"}
			}
		}
	}
	d := len(m.columns)
	for i, v := range m.spread {
		where := fmt.Sprintf("Variances[%d]", i)
		diagonal := true
		if m.covariance <= Tied {
			r, c := i/d%d, i%d
			diagonal = r == c
			where = fmt.Sprintf("Covariances[%d][%d][%d]", i/d/d, r, c)
			if mirror := m.spread[i/d/d*d*d+c*d+r]; v != mirror {
				return &belief.ConfigError{Field: where, Value: v, Want: fmt.Sprintf("%v, as across the diagonal", mirror)}
			}
		}
		if diagonal && !(v >= gaussianLeast*gaussianLeast && v <= gaussianMost*gaussianMost) || !(math.Abs(v) <= gaussianMost*gaussianMost) {
			return &belief.ConfigError{Field: where, Value: v, Want: "the variance of numbers whose standard deviation is from 1e-140 to 1e140"}
		}
	}
	return nil
}

// Standard deviations outside have squares that a float64 cannot hold with all digits,
// or cannot be multiplied.
const (
	gaussianLeast = 1e-140
	gaussianMost  = 1e140
)

// ownFrame is the frame of a model that has not seen data: its mean and its standard
// deviations.
func (m *GaussianModel) ownFrame() {
	d := len(m.columns)
	m.origin, m.scale = make([]float64, d), make([]float64, d)
	for k, w := range m.Weights {
		for j, v := range m.Means[k] {
			m.origin[j] += w * v
		}
	}
	for j := range d {
		// Scaled by the largest, so that no square is out of range.
		largest := 0.0
		for k, w := range m.Weights {
			if w > 0 {
				largest = max(largest, math.Abs(m.Means[k][j]-m.origin[j]), math.Sqrt(m.covarianceAt(k, j, j)))
			}
		}
		v := 0.0
		for k, w := range m.Weights {
			if w > 0 {
				a, s := (m.Means[k][j]-m.origin[j])/largest, math.Sqrt(m.covarianceAt(k, j, j))/largest
				v += w * (a*a + s*s)
			}
		}
		m.scale[j] = min(largest*math.Sqrt(v), gaussianMost)
	}
}

// covarianceAt is element (i, j) of the covariance of component k.
func (m *GaussianModel) covarianceAt(k, i, j int) float64 {
	d := len(m.columns)
	switch {
	case m.covariance == Full:
		return m.spread[(k*d+i)*d+j]
	case m.covariance == Tied:
		return m.spread[i*d+j]
	case i != j:
		return 0
	case m.covariance == Diagonal:
		return m.spread[k*d+i]
	}
	return m.spread[k]
}

// narrowLimit is the largest bound on the terms that cancel in the linear form of a log
// density: times the unit roundoff it is what a row's may be wrong by.
const narrowLimit = 1e6

var errNotPositive = errors.New("not positive definite")

// prepare computes the cache from the parameters and the frame. The error says that a
// covariance is not positive definite.
func (m *GaussianModel) prepare() error {
	k, d := m.Components(), len(m.columns)
	c := gaussianCache{constants: make([]float64, k), shift: make([]float64, k*d), narrow: make([]bool, k), allNarrow: true}
	units := float64(d) / 2 * math.Log(2*math.Pi)
	for _, s := range m.scale {
		units += math.Log(s)
	}
	f := gaussianFeatures(m.covariance, d)
	c.linear = make([]float64, k*f)
	matrices, size := k, d
	switch m.covariance {
	case Full:
		size = d * d
	case Tied:
		matrices, size = 1, d*d
	}
	c.white = make([]float64, matrices*size)
	logs := make([]float64, matrices) // log |T|
	for i := range matrices {
		t := c.white[i*size : (i+1)*size]
		if size == d {
			for j := range t {
				t[j] = m.scale[j] / math.Sqrt(m.covarianceAt(i, j, j))
				logs[i] += math.Log(t[j])
			}
			continue
		}
		for r := range d {
			for s := range d {
				t[r*d+s] = m.spread[(i*d+r)*d+s] / m.scale[r] / m.scale[s]
			}
		}
		if !invertedRoot(t, d) {
			return &belief.ConfigError{Field: fmt.Sprintf("Covariances[%d]", i), Value: errNotPositive, Want: "positive definite"}
		}
		for j := range d {
			logs[i] += math.Log(t[j*d+j])
		}
	}
	mean := make([]float64, d)
	for i, w := range m.Weights {
		one := min(i, matrices-1)
		t := c.white[one*size : (one+1)*size]
		c.constants[i] = math.Log(w) - units + logs[one]
		for j := range mean {
			mean[j] = (m.Means[i][j] - m.origin[j]) / m.scale[j]
		}
		shift := c.shift[i*d : (i+1)*d]
		for r := range d {
			if size == d {
				shift[r] = t[r] * mean[r]
				continue
			}
			for s := 0; s <= r; s++ {
				shift[r] += t[r*d+s] * mean[s]
			}
		}
		row := c.linear[i*f : (i+1)*f]
		c.narrow[i] = f == 0 || w == 0 || !linearGaussian(row, t, shift, mean)
		if c.narrow[i] {
			clear(row)
		} else {
			for _, v := range shift {
				c.constants[i] -= v * v / 2
			}
		}
		c.allNarrow = c.allNarrow && c.narrow[i]
		rough := c.narrow[i]
		if m.covariance == Tied { // never linear; what counts is the size of T(z − m)
			rough = w == 0 || max(kernel.Max(t), -kernel.Min(t)) > 100
		}
		c.someNarrow = c.someNarrow || rough
	}
	m.gaussianCache = c
	return nil
}

// Columns implements [RowModel].
func (m *GaussianModel) Columns() []string { return append([]string(nil), m.columns...) }

// Components is the number of components.
func (m *GaussianModel) Components() int { return len(m.Weights) }

// Form is that of the covariances.
func (m *GaussianModel) Form() Covariance { return m.covariance }

// Parameters is the number of free parameters: of the weights, of the means, of the
// covariances.
func (m *GaussianModel) Parameters() int {
	k, d := m.Components(), len(m.columns)
	return k - 1 + k*d + map[Covariance]int{Full: k * d * (d + 1) / 2, Tied: d * (d + 1) / 2, Diagonal: k * d, Spherical: k}[m.covariance]
}

// CovarianceTo writes the covariance of component k to dst and returns it; nil allocates.
func (m *GaussianModel) CovarianceTo(dst *mat.SymDense, k int) *mat.SymDense {
	d := len(m.columns)
	if dst == nil {
		dst = mat.NewSymDense(d, nil)
	} else if dst.IsEmpty() {
		dst.ReuseAsSym(d)
	}
	for i := range d {
		for j := i; j < d; j++ {
			dst.SetSym(i, j, m.covarianceAt(k, i, j))
		}
	}
	return dst
}

// Values returns a copy of the parameters.
func (m *GaussianModel) Values() GaussianParameters {
	d := len(m.columns)
	p := GaussianParameters{Columns: m.Columns(), Covariance: m.covariance, Weights: append([]float64(nil), m.Weights...)}
	for _, row := range m.Means {
		p.Means = append(p.Means, append([]float64(nil), row...))
	}
	wide := d
	if m.covariance == Spherical {
		wide = 1
	}
	rows := cut(append([]float64(nil), m.spread...), wide)
	if m.covariance >= Diagonal {
		p.Variances = rows
		return p
	}
	for i := 0; i < len(rows); i += d {
		p.Covariances = append(p.Covariances, rows[i:i+d:i+d])
	}
	return p
}
