package em

import (
	"fmt"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/saved"
)

// Bayesian mixtures in files.

const bayesianGaussianKind = "bayesian-gaussian-mixture"

type bayesianGaussianForm struct {
	Columns    []string          `json:"columns"`
	Covariance Covariance        `json:"covariance"`
	Weights    WeightPrior       `json:"weights"`
	Prior      bayesianPriorForm `json:"prior"`
	// Concentrations of the components, or a and b of the breaks.
	Concentrations []float64   `json:"concentrations"`
	Mu             [][]float64 `json:"mu"`
	Kappa          []float64   `json:"kappa"`
	Nu             []float64   `json:"nu"`
	Psi            [][]float64 `json:"psi"`
	// Origins are what sums are formed about if the fit goes on.
	Origins [][]float64 `json:"origins"`
}

type bayesianPriorForm struct {
	Concentration float64   `json:"concentration"`
	Mu            []float64 `json:"mu"`
	Kappa         float64   `json:"kappa"`
	Nu            float64   `json:"nu"`
	Psi           []float64 `json:"psi"`
	Raised        bool      `json:"raised,omitempty"` // because that of the data was singular
}

// MarshalJSON writes the posterior and its prior, exactly.
func (m *BayesianGaussianModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return saved.Marshal(bayesianGaussianKind, 1, bayesianGaussianForm{
		Columns: m.columns, Covariance: m.e.covariance, Weights: m.weights,
		Prior:          bayesianPriorForm{m.prior.concentration, m.prior.mu, m.prior.kappa, m.prior.nu, m.prior.psi, m.prior.raised},
		Concentrations: m.sticks, Mu: cut(m.e.centers, m.e.d), Kappa: m.kappa, Nu: m.nu, Psi: cut(m.psi, m.e.shapeLen()), Origins: cut(m.e.origins, m.e.d),
	})
}

// UnmarshalJSON reads what MarshalJSON writes. The error is a [*belief.ParseError].
func (m *BayesianGaussianModel) UnmarshalJSON(text []byte) error {
	var f bayesianGaussianForm
	if _, err := saved.Unmarshal(text, bayesianGaussianKind, 1, &f); err != nil {
		return err
	}
	read, err := f.model()
	if err != nil {
		return &belief.ParseError{Format: bayesianGaussianKind, Err: err}
	}
	*m = *read
	return nil
}

// model makes a model of the form, if it is one.
func (f *bayesianGaussianForm) model() (*BayesianGaussianModel, error) {
	k, d := len(f.Kappa), len(f.Columns)
	if k == 0 || d == 0 {
		return nil, &belief.ConfigError{Field: "kappa", Value: fmt.Sprintf("of %d components in %d columns", k, d), Want: "of at least one"}
	}
	if d > 1<<15 && f.Covariance <= Tied {
		return nil, &belief.TooLargeError{What: "shape of a component", Bytes: 8 * float64(d) * float64(d), Budget: 8 << 30}
	}
	if err := checkColumnNames(f.Columns); err != nil {
		return nil, err
	}
	shapes := k
	if f.Covariance == Tied {
		shapes = 1
	}
	sticks := k
	if f.Weights == DirichletProcess {
		sticks = 2 * (k - 1)
	}
	prior := &bayesianPrior{concentration: f.Prior.Concentration, kappa: f.Prior.Kappa, nu: f.Prior.Nu, mu: f.Prior.Mu, psi: f.Prior.Psi, raised: f.Prior.Raised}
	if bad, err := prior.update(f.Covariance, d); err != nil {
		return nil, err
	} else if bad >= 0 {
		return nil, &belief.ConfigError{Field: "prior.psi", Value: fmt.Sprintf("not positive definite at row %d", bad), Want: "positive definite"}
	}
	// Before memory is taken for them, all numbers have to be there.
	mu, err := joined("mu", f.Mu, k, d)
	if err != nil {
		return nil, err
	}
	origins, err := joined("origins", f.Origins, k, d)
	if err != nil {
		return nil, err
	}
	psi, err := joined("psi", f.Psi, shapes, shapeLen(f.Covariance, d))
	if err != nil {
		return nil, err
	}
	for _, c := range []struct {
		name string
		x    []float64
		n    int
	}{{"concentrations", f.Concentrations, sticks}, {"nu", f.Nu, shapes}, {"kappa", f.Kappa, k}} {
		if err := checkNumbers(c.name, c.x, c.n); err != nil {
			return nil, err
		}
	}
	m := newBayesianGaussianModel(f.Covariance, f.Weights, k, f.Columns, prior)
	copy(m.e.centers, mu)
	copy(m.e.origins, origins)
	m.psi, m.nu, m.kappa, m.sticks = psi, f.Nu, f.Kappa, f.Concentrations
	return m, m.complete()
}

// Validate returns an error if there is no such posterior. What the fits return, and what
// is read from files, is valid.
func (m *BayesianGaussianModel) Validate() error {
	if m.e == nil {
		return &belief.ConfigError{Field: "model", Value: "empty", Want: "one of a fit or of a file"}
	}
	return m.clone().complete()
}

// complete checks the parameters and computes what follows from them.
func (m *BayesianGaussianModel) complete() error {
	for _, c := range []struct {
		name string
		x    []float64
		over float64
	}{{"concentrations", m.sticks, 0}, {"nu", m.nu, wishartLeast(m.e.covariance, m.e.d)}, {"kappa", m.kappa, 0}} {
		for i, v := range c.x {
			if !(v > c.over) {
				return &belief.ConfigError{Field: fmt.Sprintf("%s[%d]", c.name, i), Value: v, Want: fmt.Sprintf("above %v", c.over)}
			}
		}
	}
	for j := range m.nu {
		if i := m.e.asymmetric(m.e.shapeOf(m.psi, j)); i >= 0 {
			return &belief.ConfigError{Field: fmt.Sprintf("psi[%d]", j), Value: fmt.Sprintf("not symmetric at row %d", i), Want: "symmetric"}
		}
	}
	return m.update()
}

// cut cuts numbers into rows of d.
func cut(x []float64, d int) [][]float64 {
	rows := make([][]float64, 0, len(x)/d)
	for ; len(x) > 0; x = x[d:] {
		rows = append(rows, x[:d:d])
	}
	return rows
}

// joined checks that there are n rows of d finite numbers and puts them together.
func joined(name string, rows [][]float64, n, d int) ([]float64, error) {
	if len(rows) != n {
		return nil, &belief.ConfigError{Field: name, Value: fmt.Sprintf("%d rows", len(rows)), Want: fmt.Sprint(n)}
	}
	var x []float64
	for i, row := range rows {
		if err := checkNumbers(fmt.Sprintf("%s[%d]", name, i), row, d); err != nil {
			return nil, err
		}
		x = append(x, row...)
	}
	return x, nil
}
