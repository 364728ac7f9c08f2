package em

// Gaussian mixtures: what is asked for, and the way into the engine.

import (
	"context"
	"fmt"
	"iter"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

// Covariance is the form of the covariances of Gaussian components.
type Covariance int

// The forms, from the most parameters to the fewest for many components.
const (
	Full      Covariance = iota // every component has its own matrix
	Tied                        // all components share one matrix
	Diagonal                    // every component has a variance for each column
	Spherical                   // every component has one variance
)

var covariances = constants{"form of covariance", []string{"full", "tied", "diagonal", "spherical"}}

// String is the name.
func (c Covariance) String() string { return covariances.name(int(c)) }

// MarshalText writes the name.
func (c Covariance) MarshalText() ([]byte, error) { return covariances.text(int(c)) }

// UnmarshalText reads a name; the error is a [*belief.UnknownNameError].
func (c *Covariance) UnmarshalText(text []byte) error { return parseConstant(&covariances, text, c) }

// GaussianMixture fits mixtures of normal distributions (Bishop 2006, section 9.2),
//
//	p(x) = Σ w_k N(x | μ_k, Σ_k),
//
// by maximum likelihood, or with a prior to the greatest posterior density. K alone has
// to be given.
//
// A likelihood without a prior has no maximum: it grows without bound where a component
// shrinks to a point or a plane. Floor keeps it finite. In units in which every column
// of the data has variance one, no component has a variance below Floor in any direction,
// which is the exact maximum under that constraint, so that the objective still rises.
// Where the floor acts, the run has a warning.
type GaussianMixture struct {
	K          int        `json:"k"` // components
	Covariance Covariance `json:"covariance,omitempty"`
	// Floor is the least variance of a component, relative to that of the data in the
	// column; 0 means 1e-6. In a column that is constant it is absolute.
	Floor float64 `json:"floor,omitempty"`

	// A start is Start if that is given, else at Means if they are, else the best of
	// Tries short runs on a sample of the rows (Biernacki, Celeux & Govaert 2003), each
	// from where Init says. If [Config.Starts] is more than one, what is given is the
	// first start, and the others are found.
	Init  GaussianInit   `json:"init,omitempty"`
	Tries int            `json:"tries,omitempty"` // 0 means 8
	Means [][]float64    `json:"means,omitempty"` // component × column
	Start *GaussianModel `json:"start,omitempty"`

	// Concentration is α of a symmetric Dirichlet distribution of the weights, at least
	// 1; 0 means 1, under which all weights are equally probable.
	Concentration float64 `json:"concentration,omitempty"`
	// Prior is a prior of means and covariances; nil means none.
	Prior *GaussianPrior `json:"prior,omitempty"`
}

// GaussianInit says where short runs begin.
type GaussianInit int

// The beginnings.
const (
	// KMeansStart is at clusters: k-means++ and a few steps of k-means, in units in
	// which all columns have variance one (Arthur & Vassilvitskii 2007).
	KMeansStart GaussianInit = iota
	// RandomStart is at means that are rows, each with the same probability, with the
	// variances of the data.
	RandomStart
)

// A GaussianPrior is a normal–inverse-Wishart prior of the mean and the covariance of
// every component,
//
//	Σ ~ IW(ν, Λ),  μ | Σ ~ N(m, Σ/κ),
//
// with independent inverse gamma distributions of the variances, IG(ν/2, Λ_jj/2), in its
// place for diagonal covariances, and one with the mean of the Λ_jj for spherical ones.
// The zero value is the weak prior of Fraley & Raftery (2007), which shrinks a component
// a little and keeps it from a point or a plane.
type GaussianPrior struct {
	Mean      []float64 `json:"mean,omitempty"`      // m; nil means that of the data
	Shrinkage float64   `json:"shrinkage,omitempty"` // κ; 0 means 0.01
	Degrees   float64   `json:"degrees,omitempty"`   // ν, at least the number of columns; 0 means 2 more than it
	// Scale is Λ, row after row; nil means the covariance of the data, divided by
	// K^(2/d) for d columns.
	Scale [][]float64 `json:"scale,omitempty"`
}

// Fit fits the mixture to the rows of a source, all of whose columns are numbers. Missing
// cells are hidden, too: the likelihood is that of the cells that are there. An error of the settings or the data as a whole is a
// [*belief.ConfigError], one of a cell a [*data.ValueError].
func (g GaussianMixture) Fit(ctx context.Context, src data.Source, c Config) (*Run[*GaussianModel], error) {
	rows, begin, err := g.begin(ctx, src, c)
	if err != nil {
		return nil, err
	}
	c.Settings = g
	return Fit(ctx, rows, begin, c)
}

// Steps is Fit an iteration at a time.
func (g GaussianMixture) Steps(ctx context.Context, src data.Source, c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		rows, begin, err := g.begin(ctx, src, c)
		if err != nil {
			yield(Step{}, err)
			return
		}
		c.Settings = g
		Steps(ctx, rows, begin, c)(yield)
	}
}

// begin checks everything and returns what the engine needs.
func (g GaussianMixture) begin(ctx context.Context, src data.Source, c Config) (*Rows, Starter[*GaussianModel], error) {
	if _, err := c.withDefaults(); err != nil {
		return nil, nil, err
	}
	if err := g.Validate(); err != nil {
		return nil, nil, err
	}
	rows, err := NewRows(ctx, src, c, AllowMissing)
	if err != nil {
		return nil, nil, err
	}
	b, err := g.newBeginner(ctx, rows, c)
	if err != nil {
		return nil, nil, err
	}
	return rows, b.start, nil
}

// gaussianLimit bounds the numbers in the parameters and statistics of a mixture.
const gaussianLimit = 1 << 27

// manyGaussians are more components than there may be if rows are fewer.
const manyGaussians = 1000

// Validate returns a [*belief.ConfigError] if a setting has no meaning.
func (g GaussianMixture) Validate() error {
	for _, f := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{"K", g.K, g.K > 0 && g.K <= gaussianLimit, "positive, and not in the millions"},
		{"Covariance", int(g.Covariance), g.Covariance >= Full && g.Covariance <= Spherical, "one of the four forms"},
		{"Floor", g.Floor, g.Floor == 0 || g.Floor >= 1e-10 && g.Floor <= 1, "0, or from 1e-10 to 1"},
		{"Init", int(g.Init), g.Init == KMeansStart || g.Init == RandomStart, "KMeansStart or RandomStart"},
		{"Tries", g.Tries, g.Tries >= 0 && g.Tries <= 10_000, "from 0 to 10000"},
		{"Means", len(g.Means), g.Means == nil || len(g.Means) == g.K, "one row for each component"},
		{"Concentration", g.Concentration, g.Concentration == 0 || g.Concentration >= 1 && g.Concentration <= 1e15, "0, or at least 1"},
	} {
		if !f.ok {
			return &belief.ConfigError{Field: f.field, Value: f.value, Want: f.want}
		}
	}
	if s := g.Start; s != nil && (s.Components() != g.K || s.covariance != g.Covariance) {
		return &belief.ConfigError{Field: "Start", Value: fmt.Sprintf("%d components, %v", s.Components(), s.covariance),
			Want: fmt.Sprintf("a model of %d components, %v", g.K, g.Covariance)}
	}
	return nil
}

func (g GaussianMixture) floor() float64 {
	if g.Floor == 0 {
		return 1e-6
	}
	return g.Floor
}
