package posteriordb

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	belief "github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
	"github.com/belief-go/belief/mcmc"
)

// A Posterior is one of the posteriors.
type Posterior struct {
	model   model
	names   []string
	scratch []float64 // a gradient that nobody asked for
}

// A model is what each posterior brings. Lengths have been checked.
type model interface {
	dim() int
	// names are the quantities of reference.json in its order, then the
	// sampled parameters that are not among them.
	names() []string
	logDensityGrad(x, grad []float64) (float64, error)
	quantitiesTo(dst, x []float64)
	// logJacobian is that of the map from x to the constrained parameters.
	logJacobian(x []float64) float64
	// clone shares the data and nothing that is written to.
	clone() model
}

// collection lists the posteriors with their folders and readers.
var collection = []struct {
	name, folder string
	read         func(data []byte) (model, error)
}{
	{"eight_schools_centered", "eight_schools-eight_schools_centered", readCentered},
	{"eight_schools_noncentered", "eight_schools-eight_schools_noncentered", readNoncentered},
	{"kidscore_interaction", "kidiq-kidscore_interaction", readKidscore},
	{"arK", "arK-arK", readAutoregression},
	{"garch11", "garch-garch11", readGARCH},
	{"low_dim_gauss_mix", "low_dim_gauss_mix-low_dim_gauss_mix", readGaussMix},
	{"hmm_example", "hmm_example-hmm_example", readHMM},
	{"gp_pois_regr", "gp_pois_regr-gp_pois_regr", readGaussianProcess},
	{"lotka_volterra", "hudson_lynx_hare-lotka_volterra", readLotkaVolterra},
	{"diamonds", "diamonds-diamonds", readDiamonds},
	{"sblrc", "sblrc-blr", readSblrc},
	{"mesquite", "mesquite-mesquite", readMesquite},
}

// Names lists the posteriors as MODELS.md calls them.
func Names() []string {
	names := make([]string, len(collection))
	for i, c := range collection {
		names[i] = c.name
	}
	return names
}

// Folder returns the name under which the data directory keeps a posterior.
func Folder(name string) (string, error) {
	i, err := find(name)
	if err != nil {
		return "", err
	}
	return collection[i].folder, nil
}

func find(name string) (int, error) {
	names := Names()
	if i := slices.Index(names, name); i >= 0 {
		return i, nil
	}
	return -1, &belief.UnknownNameError{Kind: "posterior", Name: name, Suggestions: suggest.Nearest(name, slices.Values(names), 3)}
}

// Load reads the data of a posterior from dir, the folder posteriordb of the data
// directory. An unknown name is a [*belief.UnknownNameError], data that make no
// sense are a [*belief.ParseError].
func Load(dir, name string) (*Posterior, error) {
	i, err := find(name)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, collection[i].folder, "data.json")
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	m, err := collection[i].read(data)
	if err != nil {
		return nil, &belief.ParseError{Format: "posteriordb", File: file, Err: err}
	}
	return &Posterior{model: m, names: m.names(), scratch: make([]float64, m.dim())}, nil
}

// decode reads JSON into v and compares lengths: each pair of them must be equal,
// and the first at least 1.
func decode(data []byte, v any, lengths func() [][2]int) error {
	if err := json.Unmarshal(data, v); err != nil {
		return err
	}
	for _, l := range lengths() {
		if l[0] != l[1] || l[0] < 1 {
			return fmt.Errorf("lengths are %d and %d; they must be the same and positive", l[0], l[1])
		}
	}
	return nil
}

// Dim implements [mcmc.Target].
func (p *Posterior) Dim() int { return len(p.scratch) }

// LogDensity implements [mcmc.Target]. It costs as much as the gradient.
func (p *Posterior) LogDensity(x []float64) (float64, error) {
	return p.LogDensityGrad(x, p.scratch)
}

// LogDensityGrad implements [mcmc.GradTarget].
func (p *Posterior) LogDensityGrad(x, grad []float64) (float64, error) {
	if len(x) != len(p.scratch) || len(grad) != len(p.scratch) {
		panic(fmt.Sprintf("posteriordb: point and gradient of length %d and %d, want %d", len(x), len(grad), len(p.scratch)))
	}
	return p.model.logDensityGrad(x, grad)
}

// LogJacobian returns the part of the log density that is due to the free
// coordinates: the log Jacobian of the map to the constrained parameters.
func (p *Posterior) LogJacobian(x []float64) float64 { return p.model.logJacobian(x) }

// Names implements [mcmc.Quantifier]: the quantities of the references in their
// order, then the sampled parameters that are not among them.
func (p *Posterior) Names() []string { return slices.Clone(p.names) }

// QuantitiesTo implements [mcmc.Quantifier].
func (p *Posterior) QuantitiesTo(dst, x []float64) {
	if len(dst) != len(p.names) || len(x) != len(p.scratch) {
		panic(fmt.Sprintf("posteriordb: quantities and point of length %d and %d, want %d and %d", len(dst), len(x), len(p.names), len(p.scratch)))
	}
	p.model.quantitiesTo(dst, x)
}

// Clone implements [mcmc.Cloner].
func (p *Posterior) Clone() mcmc.Target {
	return &Posterior{model: p.model.clone(), names: p.names, scratch: make([]float64, len(p.scratch))}
}

// indexed returns name[1] to name[n].
func indexed(name string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s[%d]", name, i+1)
	}
	return names
}

// far is how far a free coordinate may be from zero where powers of its exponential
// are needed. Beyond, the density is taken for zero; in the posteriors here it is
// less than exp(−300) of its greatest value there.
const far = 300

// impossible is what a posterior returns where it cannot be computed.
var impossible = math.Inf(-1)

// student is the logarithm of a t density, without its constant, as a prior: with 0
// degrees of freedom it is flat, with infinitely many normal. On positive numbers it
// is that of a half t, with 1 that of a half Cauchy.
type student struct{ df, location, scale float64 }

// at returns the logarithm at v and its slope.
func (s student) at(v float64) (value, slope float64) {
	if s.df == 0 {
		return 0, 0
	}
	z := (v - s.location) / s.scale
	if math.IsInf(s.df, 1) {
		return -0.5 * z * z, -z / s.scale
	}
	return -0.5 * (s.df + 1) * math.Log1p(z*z/s.df), -(s.df + 1) * z / ((s.df + z*z) * s.scale)
}
