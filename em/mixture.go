package em

// Mixtures of exponential families: what is asked for, and the way into the engine.

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/dist/expfam"
)

// Mixture fits mixtures of products of exponential families: in a component, the columns
// are independent and each has a distribution of its family,
//
//	p(x) = Σ_k w_k Π_j h_j(x_j) exp(η_kj·T_j(x_j) − A_j(η_kj)),
//
// by maximum likelihood, or with Smoothing to the greatest posterior density. The M step
// gives E T under η_kj the mean of T_j(x_j) over what a component is responsible for.
//
//	em.Mixture{K: 10, Family: expfam.Bernoulli{}}         // of binary images
//	em.Mixture{K: 3}                                      // latent classes: all columns have categories
//	em.Mixture{K: 2, Family: expfam.Poisson{}}            // of counts
//	em.Mixture{K: 2, Family: expfam.Multinomial{N: 9, K: 4}} // of rows that are four counts
//	em.Mixture{K: 2, Columns: []expfam.Family{expfam.Gamma{}, nil}}
//
// A column of categories takes [expfam.Categorical] only or, if there are two at most,
// [expfam.Bernoulli], whose 1 is the second. Missing cells drop out; of rows that are one value none may be missing. For normal
// distributions [GaussianMixture] is faster, keeps more digits of columns far from zero,
// and keeps components from shrinking to points. Here a family whose likelihood has no
// bound, such as [expfam.Gamma] or [expfam.Normal], is kept from that by Smoothing. A
// component that no longer determines its parameters keeps those that it had, and a
// warning says so.
//
// A run that has converged is at a point where EM stands still, as far as its gains tell.
// That is seldom the highest, and may be a saddle or a plateau, from which a run with a
// smaller tolerance would move on: with many components or columns, or few rows, compare
// several Starts of [Config].
type Mixture struct {
	K int `json:"k"` // components
	// Family is that of every column or, if its values have as many numbers as there are
	// columns, that of the rows. Nil stands for [expfam.Categorical] with the categories
	// that a column has.
	Family expfam.Family `json:"-"`
	// Columns are families in place of Family, one per column.
	Columns []expfam.Family `json:"-"`
	// Smoothing is a number of rows that every component is given besides the data: it has
	// so many of each outcome in columns of counted outcomes (a Dirichlet prior with
	// α = 1 + Smoothing, as the weights have), and so many with the mean of T over all
	// data in others (the conjugate prior). 0 means maximum likelihood.
	Smoothing float64 `json:"smoothing,omitempty"`
	// Start is where the first start begins; the families are then its, and the columns
	// have to have the names that its have, unless it is of [NewMixture]. Others begin with
	// the best of several short runs on a sample of the rows, from groups that k-means finds.
	Start *MixtureModel `json:"start,omitempty"`
}

// Fit fits the mixture to the rows of a source. An error of the settings or the data as a
// whole is a [*belief.ConfigError], one of a cell a [*data.ValueError], and columns that
// determine no distribution of their family are a [*dist.FitError].
func (x Mixture) Fit(ctx context.Context, src data.Source, c Config) (*Run[*MixtureModel], error) {
	rows, begin, err := x.begin(ctx, src, c)
	if err != nil {
		return nil, err
	}
	c.Settings = x
	return Fit(ctx, rows, begin, c)
}

// Steps is Fit an iteration at a time.
func (x Mixture) Steps(ctx context.Context, src data.Source, c Config) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		rows, begin, err := x.begin(ctx, src, c)
		if err != nil {
			yield(Step{}, err)
			return
		}
		c.Settings = x
		Steps(ctx, rows, begin, c)(yield)
	}
}

// mixtureLimit bounds the numbers in the parameters of a mixture.
const mixtureLimit = 1 << 27

// Validate returns a [*belief.ConfigError] if a setting has no meaning.
func (x Mixture) Validate() error {
	for _, f := range []struct {
		field string
		value any
		ok    bool
		want  string
	}{
		{"K", x.K, x.K > 0 && x.K <= mixtureLimit || x.K == 0 && x.Start != nil, "positive, and not in the millions"},
		{"Smoothing", x.Smoothing, x.Smoothing >= 0 && x.Smoothing <= 1e15, "finite and not negative"},
		{"Columns", len(x.Columns), x.Family == nil || x.Columns == nil, "absent beside a Family"},
	} {
		if !f.ok {
			return &belief.ConfigError{Field: f.field, Value: f.value, Want: f.want}
		}
	}
	if s := x.Start; s != nil {
		if err := s.Validate(); err != nil {
			return err
		}
		if x.K != 0 && s.Components() != x.K {
			return &belief.ConfigError{Field: "Start", Value: fmt.Sprintf("%d components", s.Components()), Want: fmt.Sprintf("a model of %d components", x.K)}
		}
	}
	for i, f := range append([]expfam.Family{x.Family}, x.Columns...) {
		if f == nil {
			continue
		}
		if err := f.Validate(); err != nil {
			return err
		}
		if i > 0 && f.Size() != 1 {
			return &belief.ConfigError{Field: fmt.Sprintf("Columns[%d]", i-1), Value: f, Want: "a family of single numbers"}
		}
	}
	return nil
}

// begin checks everything and returns what the engine needs.
func (x Mixture) begin(ctx context.Context, src data.Source, c Config) (*Rows, Starter[*MixtureModel], error) {
	if _, err := c.withDefaults(); err != nil {
		return nil, nil, err
	}
	if err := x.Validate(); err != nil {
		return nil, nil, err
	}
	if src == nil {
		return nil, nil, &belief.ConfigError{Field: "source", Value: "nil", Want: "a source"}
	}
	src, err := x.matched(src)
	if err != nil {
		return nil, nil, err
	}
	columns := src.Columns()
	parts, err := x.parts(columns)
	if err != nil {
		return nil, nil, err
	}
	missing := AllowMissing
	for _, p := range parts {
		if p.size > 1 {
			missing = RefuseMissing
		}
	}
	rows, err := NewRows(ctx, src, c, missing)
	if err != nil {
		return nil, nil, err
	}
	if err := squaresHold(rows, parts); err != nil {
		return nil, nil, err
	}
	if x.K == 0 {
		x.K = x.Start.Components()
	}
	if x.K > rows.Len() && x.Start == nil {
		return nil, nil, &belief.ConfigError{Field: "K", Value: x.K, Want: fmt.Sprintf("at most the number of rows, %d", rows.Len())}
	}
	shape, err := newMixtureShape(columns, parts, x.K)
	if err != nil {
		return nil, nil, err
	}
	shape.smoothing = x.Smoothing
	if x.Smoothing > 0 && shape.conjugate() {
		if shape.center, err = shape.mean(ctx, rows); err != nil {
			return nil, nil, err
		}
	}
	return rows, func(ctx context.Context, start int) (*MixtureModel, error) {
		if start > 0 || x.Start == nil {
			return shape.start(ctx, rows, c.Seed, start)
		}
		m := shape.model()
		copy(m.weights, x.Start.weights)
		copy(m.means, x.Start.means)
		return m, m.prepare()
	}, nil
}

// A mixturePart is one factor of the product: a column, or a whole row.
type mixturePart struct {
	family expfam.Family
	first  int // column
	size   int // columns
	at     int // the place of its T among all
	dim    int
	// trials and outcomes are those of counted outcomes, of which T leaves out the last;
	// 0 for other families.
	trials   float64
	outcomes int
	identity bool // T(x) = x
}

// parts lays out the families over the columns.
func (x Mixture) parts(columns []data.Column) ([]mixturePart, error) {
	if x.Start != nil {
		s := x.Start
		if len(s.columns) != len(columns) {
			return nil, &belief.ConfigError{Field: "Start", Value: fmt.Sprintf("of %d columns", len(s.columns)), Want: fmt.Sprintf("a model of %d columns", len(columns))}
		}
		return s.parts, takeColumns(s.parts, columns)
	}
	if x.Family != nil && x.Family.Size() > 1 {
		if x.Family.Size() != len(columns) {
			return nil, &belief.ConfigError{Field: "Family", Value: x.Family, Want: fmt.Sprintf("one of values of %d numbers, as many as there are columns", len(columns))}
		}
		parts := layOutParts([]expfam.Family{x.Family})
		return parts, takeColumns(parts, columns)
	}
	if x.Columns != nil && len(x.Columns) != len(columns) {
		return nil, &belief.ConfigError{Field: "Columns", Value: len(x.Columns), Want: fmt.Sprintf("one family for each of the %d columns", len(columns))}
	}
	families := make([]expfam.Family, len(columns))
	for j, c := range columns {
		f := x.Family
		if x.Columns != nil {
			f = x.Columns[j]
		}
		if f == nil {
			if c.Categories == nil {
				return nil, &belief.ConfigError{Field: fmt.Sprintf("column %q", c.Name), Value: "one of numbers", Want: "one of categories (texts) unless it is given a family of numbers"}
			}
			f = expfam.Categorical{K: max(2, len(c.Categories))}
		}
		families[j] = f
	}
	parts := layOutParts(families)
	return parts, takeColumns(parts, columns)
}

// takeColumns refuses families of numbers for columns whose numbers are names. Those of
// up to two categories may be Bernoulli's, the second being his 1.
func takeColumns(parts []mixturePart, columns []data.Column) error {
	for _, p := range parts {
		for _, c := range columns[p.first : p.first+p.size] {
			_, bit := p.family.(expfam.Bernoulli)
			_, names := p.family.(expfam.Categorical)
			if c.Categories != nil && !names && !(bit && len(c.Categories) <= 2) {
				return &belief.ConfigError{Field: fmt.Sprintf("column %q", c.Name), Value: fmt.Sprintf("one of %d categories", len(c.Categories)), Want: fmt.Sprintf("one of numbers with the family %v", p.family)}
			}
		}
	}
	return nil
}

// squaresHold refuses columns of normal distributions whose spread is lost in the squares
// that their T has.
func squaresHold(rows *Rows, parts []mixturePart) error {
	normal := func(p mixturePart) bool {
		_, one := p.family.(expfam.Normal)
		_, many := p.family.(expfam.MultivariateNormal)
		return one || many
	}
	if !slices.ContainsFunc(parts, normal) {
		return nil
	}
	summary, err := data.Summarize(rows.source)
	if err != nil {
		return err
	}
	for _, p := range parts {
		for _, c := range summary.Columns[p.first : p.first+p.size] {
			if normal(p) && c.Min < c.Max && !(max(-c.Min, c.Max) <= 1e150 && math.Abs(c.Mean) <= 1e5*c.SD) {
				return &belief.ConfigError{Field: fmt.Sprintf("column %q", c.Name), Value: fmt.Sprintf("about %.3g with the standard deviation %.3g", c.Mean, c.SD),
					Want: "nearer to zero, and below 1e150, for squares to tell its rows apart; shift or scale it, or fit a GaussianMixture"}
			}
		}
	}
	return nil
}

// matched returns the source with the categories of Start, whose columns have to be its,
// unless nothing has named them.
func (x Mixture) matched(src data.Source) (data.Source, error) {
	columns := src.Columns()
	if x.Start == nil || len(x.Start.columns) != len(columns) {
		return src, nil
	}
	made := true
	for i, c := range x.Start.columns {
		made = made && c.Categories == nil && c.Name == madeName(i)
	}
	if made {
		return src, nil
	}
	for i, c := range x.Start.columns {
		if name := columns[i].Name; name != c.Name {
			return nil, &belief.ConfigError{Field: "Start", Value: fmt.Sprintf("of column %q", c.Name), Want: fmt.Sprintf("a model of column %q there", name)}
		}
	}
	return x.Start.Match(src)
}

// madeName is what [NewMixture] calls a column.
func madeName(i int) string { return fmt.Sprintf("x%d", i+1) }

// layOutParts puts valid families one after the other.
func layOutParts(families []expfam.Family) []mixturePart {
	parts := make([]mixturePart, len(families))
	first, at := 0, 0
	for i, f := range families {
		p := mixturePart{family: f, first: first, size: f.Size(), at: at, dim: f.Dim()}
		switch f := f.(type) {
		case expfam.Bernoulli:
			p.trials, p.outcomes, p.identity = 1, 2, true
		case expfam.Binomial:
			p.trials, p.outcomes, p.identity = f.N, 2, true
		case expfam.Categorical:
			p.trials, p.outcomes = 1, f.K
		case expfam.Multinomial:
			p.trials, p.outcomes = f.N, f.K
		case expfam.Poisson, expfam.Geometric, expfam.NegativeBinomial, expfam.Exponential:
			p.identity = true
		}
		parts[i] = p
		first, at = first+p.size, min(at+p.dim, 1<<30)
	}
	return parts
}
