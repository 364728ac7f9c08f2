package em

// Emissions of package chain as the normals of Baum–Welch, and back; saved models; hard
// EM.

import (
	"fmt"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical/chain"
)

// hmmNormalsOf reads an emission; nil if it is not one of normals.
func hmmNormalsOf(e chain.Emission) *hmmNormals {
	var g *chain.Gaussian
	mixture := 1
	var weights [][]float64
	switch e := e.(type) {
	case *chain.Gaussian:
		g = e
	case *chain.GaussianMixture:
		g, weights = e.Components(), e.Weights()
		mixture = len(weights[0])
	default:
		return nil
	}
	n := newHMMNormals(g.States()/mixture, mixture, g.Dim(), !g.Diagonal(), nil, nil)
	covs := g.Variance()
	if n.full {
		covs = g.Covariance()
	}
	for c, mean := range g.Mean() {
		n.weights[c] = 1
		if weights != nil {
			n.weights[c] = weights[c/mixture][c%mixture]
		}
		copy(n.mean(c), mean)
		copy(n.cov(c), covs[c])
	}
	if n.derive() != nil {
		return nil
	}
	return n
}

// emission makes an emission of package chain.
func (n *hmmNormals) emission() (chain.Emission, error) {
	means, covs := cut(n.means, n.dim), cut(n.covs, n.covSize())
	var g *chain.Gaussian
	var err error
	if n.full {
		g, err = chain.NewGaussian(means, covs)
	} else {
		g, err = chain.NewDiagonalGaussian(means, covs)
	}
	if err != nil {
		return nil, fmt.Errorf("em: normals of a hidden Markov model: %w", err)
	}
	if n.mixture == 1 {
		return g, nil
	}
	return chain.NewGaussianMixture(cut(n.weights, n.mixture), g)
}

// maximizeNormals is the M step of the normals.
func (m *HiddenMarkovModel) maximizeNormals(sums []float64, classes []int) (*hmmNormals, chain.Emission, []string, error) {
	next, idle, err := m.normals.maximize(sums, &m.settings, classes)
	if err != nil {
		return nil, nil, nil, err
	}
	e, err := next.emission()
	if err != nil {
		return nil, nil, nil, err
	}
	var names []string
	for _, s := range idle {
		names = append(names, "numbers of state "+m.stateName(s))
	}
	return next, e, names, nil
}

// ExpectHard implements [HardModel]: the most probable path in place of all of them
// (Viterbi training). Of a mixture the components keep their shares.
func (m *HiddenMarkovModel) ExpectHard(b *SequenceBlock, s *Statistics) error {
	w, err := m.gather(b, s)
	if err != nil {
		return err
	}
	states := len(m.HMM.Initial)
	initial, transition, emission := m.view(s.Sums)
	for i, member := range w.members {
		weight := w.weights[i]
		path, logp, err := w.work.Viterbi(w.path, m.HMM.Markov(), w.evidence[i])
		if err != nil {
			return m.named(err, w, b, i)
		}
		w.path = path
		s.LogLikelihood += weight * logp
		initial[path[0]] += weight
		for t, z := range path[1:] {
			transition[path[t]*states+z] += weight
		}
		if m.normals == nil {
			for t, z := range path {
				emission[w.evidence[i].Index[t]*states+z] += weight
			}
			continue
		}
		if n := len(path) * states; cap(w.gamma) < n {
			w.gamma = make([]float64, n)
		}
		gamma := w.gamma[:len(path)*states]
		clear(gamma)
		for t, z := range path {
			gamma[t*states+z] = weight
		}
		m.normals.expect(&w.normals, emission, b.From.Rows(member), gamma)
	}
	return nil
}

// Origin implements [Stepwise]: sums are about the means.
func (m *HiddenMarkovModel) Origin() []float64 {
	if m.normals == nil {
		return nil
	}
	return append([]float64(nil), m.normals.means...)
}

// Recentre implements [Stepwise].
func (m *HiddenMarkovModel) Recentre(s *Statistics, from []float64) {
	_, _, emission := m.view(s.Sums)
	m.normals.recentre(emission, from)
}

// Validate checks the parameters.
func (m *HiddenMarkovModel) Validate() error {
	if m.HMM == nil {
		return &belief.ConfigError{Field: "HMM", Value: "nil", Want: "a hidden Markov model"}
	}
	return m.HMM.Validate()
}

// MarshalJSON writes the parameters, as [chain.HMM] does.
func (m *HiddenMarkovModel) MarshalJSON() ([]byte, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	return m.HMM.MarshalJSON()
}

// UnmarshalJSON reads what MarshalJSON has written. Probabilities that are zero are then
// taken for ones that are held there.
func (m *HiddenMarkovModel) UnmarshalJSON(text []byte) error {
	h := new(chain.HMM)
	if err := h.UnmarshalJSON(text); err != nil {
		return err
	}
	read := HiddenMarkovModel{HMM: h, settings: m.settings, free: hmmFreeOf(h), normals: hmmNormalsOf(h.Emission)}
	read.settings.States = len(h.Initial)
	if m.HMM != nil && len(m.free.transition) == len(read.free.transition) && len(m.free.symbols) == len(read.free.symbols) {
		read.free = m.free // of the fit that goes on
	}
	if n := read.normals; n != nil {
		if m.normals != nil && m.normals.dim == n.dim {
			n.center, n.scale = m.normals.center, m.normals.scale
		} else {
			n.center, n.scale = make([]float64, n.dim), make([]float64, n.dim)
			for j := range n.scale {
				n.scale[j] = 1
			}
		}
	}
	*m = read
	return nil
}
