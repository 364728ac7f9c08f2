package learn

// Priors, and the tables that counts make with them.

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/special"
)

// A Prior is a Dirichlet distribution of every row of every table, given by its parameters
// α, which count as if they had been seen. The zero value is none: maximum likelihood.
type Prior struct {
	// BDeu is the equivalent sample size: α = BDeu / (rows × states) in each entry of a
	// table (Buntine 1991).
	BDeu float64 `json:"bdeu,omitempty"`
	// Pseudocount is α of every entry: 1 is Laplace's rule of succession and the prior of
	// K2 (Cooper & Herskovits 1992), 0.5 that of Jeffreys.
	Pseudocount float64 `json:"pseudocount,omitempty"`
	// Variables have priors of their own, in place of that above.
	Variables map[string]Prior `json:"variables,omitempty"`
}

// mostAlpha bounds parameters of priors, so that sums of them stay finite.
const mostAlpha = 1e100

func (p Prior) validate(field string) error {
	for _, a := range []struct {
		name  string
		value float64
	}{{"BDeu", p.BDeu}, {"Pseudocount", p.Pseudocount}} {
		if !(a.value >= 0 && a.value <= mostAlpha) {
			return &belief.ConfigError{Field: field + a.name, Value: a.value, Want: "not negative, and at most 1e100"}
		}
	}
	if p.BDeu > 0 && p.Pseudocount > 0 {
		return &belief.ConfigError{Field: field + "Pseudocount", Value: p.Pseudocount, Want: "0 if there is BDeu"}
	}
	return nil
}

// Alphas returns α of the entries of every table, by variable: it is the same for all
// entries of a table. Errors are a [*belief.ConfigError] or a [*belief.UnknownNameError].
func (p Prior) Alphas(f *Families) ([]float64, error) {
	if err := p.validate("Prior."); err != nil {
		return nil, err
	}
	of := func(p Prior, i int) float64 {
		if p.BDeu > 0 {
			return p.BDeu / float64(f.first[i+1]-f.first[i])
		}
		return p.Pseudocount
	}
	alphas := make([]float64, len(f.first)-1)
	for i := range alphas {
		alphas[i] = of(p, i)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Variables)) {
		v, err := f.net.Variable(name)
		if err != nil {
			return nil, err
		}
		own, field := p.Variables[name], fmt.Sprintf("Prior.Variables[%q].", name)
		if err := own.validate(field); err != nil {
			return nil, err
		}
		if own.Variables != nil {
			return nil, &belief.ConfigError{Field: field + "Variables", Value: own.Variables, Want: "nil"}
		}
		alphas[f.net.Index(v)] = of(own, f.net.Index(v))
	}
	return alphas, nil
}

// Unseen are rows of a variable's table for which there are no data, because the
// parents' states do not occur together.
type Unseen struct {
	Variable string   `json:"variable"`
	Rows     []int    `json:"rows"`  // in the order of the table
	Names    []string `json:"names"` // the parents' states of the first few, as "A=a, B=b"
	Of       int      `json:"of"`    // rows of the table
}

// namedRows is how many unseen rows of a table are named.
const namedRows = 5

// Estimate writes the table of variable i that the counts make with α in every entry to
// dst, and returns the rows that no count is in, which become uniform; nil if there are
// none. The two may be the same memory.
func (f *Families) Estimate(dst, counts []float64, i int, alpha float64) *Unseen {
	k := f.net.Variables()[i].NumStates()
	var unseen *Unseen
	for j := 0; j*k < len(counts); j++ {
		row, out := counts[j*k:(j+1)*k], dst[j*k:(j+1)*k]
		total := 0.0
		for _, n := range row {
			total += n
		}
		if total == 0 {
			if unseen == nil {
				unseen = &Unseen{Variable: f.net.Variables()[i].Name(), Of: len(counts) / k}
			}
			unseen.Rows = append(unseen.Rows, j)
			if len(unseen.Names) < namedRows {
				unseen.Names = append(unseen.Names, f.rowName(i, j))
			}
			for s := range out {
				out[s] = 1 / float64(k)
			}
			continue
		}
		total += alpha * float64(k)
		for s, n := range row {
			out[s] = (n + alpha) / total
		}
	}
	return unseen
}

// Warning says which rows there are no data for.
func (u *Unseen) Warning() belief.Warning {
	names := strings.Join(u.Names, "; ")
	if more := len(u.Rows) - len(u.Names); more > 0 {
		names += fmt.Sprintf("; … (%d more)", more)
	}
	text := fmt.Sprintf("the data lack %d of %d combinations of parents' states, whose rows are uniform: %s", len(u.Rows), u.Of, names)
	if names == "" {
		text = "there are no data for it, and its table is uniform"
	}
	return belief.Warning{Code: "unseen-row", Where: fmt.Sprintf("table of %q", u.Variable), Text: text}
}

// logRatio returns Σ_k log Γ(α + n_k) − log Γ(α), less the same of the sums: the logarithm
// of the probability of a row's counts. It is 0 without a prior.
func logRatio(row []float64, alpha float64) float64 {
	total, sum := 0.0, 0.0
	for _, n := range row {
		if n > 0 {
			total += n
			sum += special.LogGammaRise(alpha, n)
		}
	}
	if total == 0 {
		return 0
	}
	return sum - special.LogGammaRise(alpha*float64(len(row)), total)
}
