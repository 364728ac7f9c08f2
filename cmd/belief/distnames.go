package main

// The distributions that belief dist knows, and how words become one.

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/suggest"
)

// A maker makes a distribution from the values of its parameters: a
// [dist.Univariate] or a [dist.Multivariate].
type maker func(values [][]float64) (fmt.Stringer, error)

// one, two and three lower constructors with so many numbers; list one with a list.
func one[D fmt.Stringer](f func(a float64) (D, error)) maker {
	return func(v [][]float64) (fmt.Stringer, error) { return f(v[0][0]) }
}

func two[D fmt.Stringer](f func(a, b float64) (D, error)) maker {
	return func(v [][]float64) (fmt.Stringer, error) { return f(v[0][0], v[1][0]) }
}

func three[D fmt.Stringer](f func(a, b, c float64) (D, error)) maker {
	return func(v [][]float64) (fmt.Stringer, error) { return f(v[0][0], v[1][0], v[2][0]) }
}

func list[D fmt.Stringer](f func(a []float64) (D, error)) maker {
	return func(v [][]float64) (fmt.Stringer, error) { return f(v[0]) }
}

// numberList and numberMatrix lower constructors with a number and one of those.
func numberList[D fmt.Stringer](f func(a float64, b []float64) (D, error)) maker {
	return func(v [][]float64) (fmt.Stringer, error) { return f(v[0][0], v[1]) }
}

func numberMatrix[D fmt.Stringer](f func(a float64, b mat.Symmetric) (D, error)) maker {
	return func(v [][]float64) (fmt.Stringer, error) {
		m, err := symmetric("scale", v[1])
		if err != nil {
			return nil, err
		}
		return f(v[0][0], m)
	}
}

// symmetric makes a matrix of its rows, one after the other.
func symmetric(name string, rows []float64) (mat.Symmetric, error) {
	n := int(math.Round(math.Sqrt(float64(len(rows)))))
	if n*n != len(rows) {
		return nil, fmt.Errorf("%s: %d numbers are no square matrix", name, len(rows))
	}
	for i := range n {
		for j := range i {
			if rows[i*n+j] != rows[j*n+i] {
				return nil, fmt.Errorf("%s is not symmetric: %v in row %d, column %d and %v opposite", name, rows[i*n+j], i+1, j+1, rows[j*n+i])
			}
		}
	}
	return mat.NewSymDense(n, slices.Clone(rows)), nil
}

// A named is a distribution by name. Its parameters are words: "mu" must be given,
// "mu=0" has a default, "p..." is a list.
type named struct {
	name   string
	params []string
	make   maker
}

func words(s string) []string { return strings.Fields(s) }

// catalogue has all of them, continuous ones first.
var catalogue = []named{
	{"normal", words("mu=0 sigma=1"), two(dist.NewNormal)},
	{"uniform", words("lower=0 upper=1"), two(dist.NewUniform)},
	{"log-normal", words("mu=0 sigma=1"), two(dist.NewLogNormal)},
	{"cauchy", words("location=0 scale=1"), two(dist.NewCauchy)},
	{"half-normal", words("sigma=1"), one(dist.NewHalfNormal)},
	{"half-cauchy", words("scale=1"), one(dist.NewHalfCauchy)},
	{"laplace", words("location=0 scale=1"), two(dist.NewLaplace)},
	{"logistic", words("location=0 scale=1"), two(dist.NewLogistic)},
	{"exponential", words("rate=1"), one(dist.NewExponential)},
	{"weibull", words("shape scale=1"), two(dist.NewWeibull)},
	{"pareto", words("scale=1 shape"), two(dist.NewPareto)},
	{"gumbel", words("location=0 scale=1"), two(dist.NewGumbel)},
	{"triangular", words("lower mode upper"), three(dist.NewTriangular)},
	{"student-t", words("nu location=0 scale=1"), three(dist.NewStudentT)},
	{"half-student-t", words("nu scale=1"), two(dist.NewHalfStudentT)},
	{"gamma", words("shape rate=1"), two(dist.NewGamma)},
	{"inverse-gamma", words("shape scale=1"), two(dist.NewInverseGamma)},
	{"chi-squared", words("nu"), one(dist.NewChiSquared)},
	{"beta", words("alpha beta"), two(dist.NewBeta)},
	{"von-mises", words("mu=0 kappa"), two(dist.NewVonMises)},

	{"bernoulli", words("p"), one(dist.NewBernoulli)},
	{"binomial", words("n p"), two(dist.NewBinomial)},
	{"beta-binomial", words("n alpha beta"), three(dist.NewBetaBinomial)},
	{"geometric", words("p"), one(dist.NewGeometric)},
	{"negative-binomial", words("r p"), two(dist.NewNegativeBinomial)},
	{"hypergeometric", words("population successes draws"), three(dist.NewHypergeometric)},
	{"poisson", words("lambda"), one(dist.NewPoisson)},
	{"categorical", words("p..."), list(dist.NewCategorical)},
	{"discrete-uniform", words("lower upper"), two(dist.NewDiscreteUniform)},

	{"dirichlet", words("alpha..."), list(dist.NewDirichlet)},
	{"multinomial", words("n p..."), numberList(dist.NewMultinomial)},
	{"dirichlet-multinomial", words("n alpha..."), numberList(dist.NewDirichletMultinomial)},
	{"multivariate-normal", words("mu... covariance..."), func(v [][]float64) (fmt.Stringer, error) {
		cov, err := symmetric("covariance", v[1])
		if err != nil {
			return nil, err
		}
		return dist.NewMultivariateNormal(v[0], cov)
	}},
	{"multivariate-student-t", words("nu mu... scale..."), func(v [][]float64) (fmt.Stringer, error) {
		scale, err := symmetric("scale", v[2])
		if err != nil {
			return nil, err
		}
		return dist.NewMultivariateStudentT(v[0][0], v[1], scale)
	}},
	{"wishart", words("nu scale..."), numberMatrix(dist.NewWishart)},
	{"inverse-wishart", words("nu scale..."), numberMatrix(dist.NewInverseWishart)},
	{"lkj-cholesky", words("size eta=1"), func(v [][]float64) (fmt.Stringer, error) {
		size := v[0][0]
		if !(size >= 1 && size <= 1000) || size != math.Floor(size) {
			return nil, fmt.Errorf("size is %v and must be a whole number from 1 to 1000", size)
		}
		return dist.NewLKJCholesky(int(size), v[1][0])
	}},
}

// distributionNames lists the catalogue.
func distributionNames() []string {
	names := make([]string, len(catalogue))
	for i, e := range catalogue {
		names[i] = e.name
	}
	return names
}

// bare drops what people write differently: normal, Normal; studentT, student-t.
func bare(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "").Replace(name))
}

// lookUp finds a distribution by its name.
func lookUp(name string) (named, error) {
	for _, e := range catalogue {
		if bare(e.name) == bare(name) {
			return e, nil
		}
	}
	return named{}, unknown("distribution", name, distributionNames())
}

// cutParam takes a parameter's word apart.
func cutParam(word string) (name, standard string, isList bool) {
	name, standard, _ = strings.Cut(word, "=")
	name, isList = strings.CutSuffix(name, "...")
	return name, standard, isList
}

// usage shows how the distribution is asked for.
func (e named) usage() string {
	out := e.name
	for _, word := range e.params {
		name, standard, isList := cutParam(word)
		switch {
		case isList:
			out += " " + name + "=…,…"
		case standard != "":
			out += " [" + name + "=" + standard + "]"
		default:
			out += " " + name + "=…"
		}
	}
	return out
}

// A setting is a parameter with its value.
type setting struct {
	name   string
	isList bool
	values []float64
}

// settings reads PARAM=VALUE words.
func (e named) settings(given []string) ([]setting, error) {
	all, names := make([]setting, len(e.params)), make([]string, len(e.params))
	for i, word := range e.params {
		all[i].name, _, all[i].isList = cutParam(word)
		names[i] = all[i].name
	}
	for _, word := range given {
		name, text, ok := strings.Cut(word, "=")
		if !ok {
			return nil, fmt.Errorf("want PARAM=VALUE, got %q: %s", word, e.usage())
		}
		i := slices.Index(names, strings.ToLower(name))
		if i < 0 {
			near := suggest.Nearest(name, slices.Values(names), 3)
			if near == nil {
				near = names
			}
			return nil, &belief.UnknownNameError{Kind: "parameter", Name: name, In: e.name, Suggestions: near}
		}
		if all[i].values != nil {
			return nil, fmt.Errorf("%s is given twice", all[i].name)
		}
		values, err := numbers(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", all[i].name, err)
		}
		if !all[i].isList && len(values) != 1 {
			return nil, fmt.Errorf("%s is one number, got %d", all[i].name, len(values))
		}
		all[i].values = values
	}
	for i, word := range e.params {
		if all[i].values != nil {
			continue
		}
		_, standard, _ := cutParam(word)
		if standard == "" {
			return nil, fmt.Errorf("%s is missing: %s", all[i].name, e.usage())
		}
		all[i].values, _ = numbers(standard)
	}
	return all, nil
}

// numbers reads a list with commas or semicolons between its items.
func numbers(text string) ([]float64, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New("no number given")
	}
	var out []float64
	for item := range strings.FieldsFuncSeq(separator.ReplaceAllString(text, ","), func(r rune) bool { return r == ' ' }) {
		for word := range strings.SplitSeq(item, ",") {
			x, err := strconv.ParseFloat(word, 64)
			if errors.Is(err, strconv.ErrRange) {
				return nil, fmt.Errorf("%q is beyond float64", word)
			}
			if err != nil {
				return nil, fmt.Errorf("%q is no number", word)
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// separator stands between two numbers, and takes the blanks around it along.
var separator = regexp.MustCompile(`\s*[,;]\s*`)
