package inference

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/suggest"
)

// An Engine is a method of inference with its settings.
type Engine interface {
	// Name is the method's name, such as "junction-tree".
	Name() string
	// Marginals returns the posteriors of the named variables, of all of them
	// if none are named, given the evidence. Errors: a [*belief.TooLargeError]
	// before memory is taken, a [*belief.ImpossibleEvidenceError], a
	// [*belief.UnknownNameError], those of [graphical.Evidence.Resolve], or
	// ctx's.
	Marginals(ctx context.Context, m graphical.Model, ev graphical.Evidence, targets ...string) (*Posterior, error)
}

// A Posterior is the answer to a query: marginals, the evidence's probability, and
// how far to trust them.
type Posterior struct {
	Method string // the name of the engine that answered
	Reason string // why it was chosen; empty if the caller chose
	// LogEvidence is log p(e) in nats, with its kind. For an undirected model it
	// is the log partition function under the evidence. Gibbs sampling does not
	// estimate it: there it is NaN.
	LogEvidence belief.Estimate
	Converged   bool    // true for exact methods
	Iterations  int     // of iterative methods; of chains, the sweeps that count
	Residual    float64 // of iterative methods: the last change; of chains, the largest R-hat less one
	Warnings    []belief.Warning
	Stats       Stats
	Sampling    *Sampling // how a sampled answer was drawn; nil for others

	marginals []Marginal
	index     map[string]int // of the marginals by name
}

// Stats says what an answer took.
type Stats struct {
	Variables  int      `json:"variables"`                 // in the part of the model that mattered, observed ones left out
	Factors    int      `json:"factors"`                   // in that part
	Cliques    int      `json:"cliques,omitempty"`         // of the junction tree
	Width      int      `json:"width"`                     // most variables of a clique or table, less one
	Largest    float64  `json:"largest_clique_entries"`    // table entries of the largest one
	Clique     []string `json:"largest_clique,omitempty"`  // its variables
	Total      float64  `json:"total_table_entries"`       // of all cliques or tables
	Bytes      float64  `json:"bytes"`                     // of memory planned for tables and messages
	Heuristic  string   `json:"order_heuristic,omitempty"` // that found the elimination order
	OrderTries int      `json:"order_tries,omitempty"`
	LogSpace   bool     `json:"log_space"` // the range of float64 did not suffice
}

// A Marginal is the posterior of one variable.
type Marginal struct {
	Variable *graphical.Variable
	Probs    []float64 // by state, summing to one
	// Accuracy is what a sampled probability is worth, by state; nil unless
	// sampled.
	Accuracy []Accuracy
}

// Prob returns the probability of a state by name; the error is a
// [*belief.UnknownNameError].
func (m Marginal) Prob(state string) (float64, error) {
	s, err := m.Variable.FindState(state)
	if err != nil {
		return math.NaN(), err
	}
	return m.Probs[s], nil
}

// Mode returns the most probable state, the first among equals, and its
// probability.
func (m Marginal) Mode() (string, float64) {
	best := 0
	for s, p := range m.Probs {
		if p > m.Probs[best] {
			best = s
		}
	}
	return m.Variable.States()[best], m.Probs[best]
}

// String shows the posterior as "rain: yes 0.2, no 0.8".
func (m Marginal) String() string {
	var b strings.Builder
	b.WriteString(m.Variable.Name())
	b.WriteByte(':')
	for s, p := range m.Probs {
		if s > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " %s %.6g", m.Variable.States()[s], p)
	}
	return b.String()
}

// fewMarginals is the number up to which a scan beats a map.
const fewMarginals = 64

// NewPosterior is for engines: it makes the answer of a method from the log
// evidence with its kind and the marginals in the order in which they are to be
// listed, which it takes over. The answer counts as converged.
func NewPosterior(method string, logEvidence belief.Estimate, marginals []Marginal) *Posterior {
	p := &Posterior{Method: method, LogEvidence: logEvidence, Converged: true, marginals: marginals}
	if len(marginals) > fewMarginals {
		p.index = make(map[string]int, len(marginals))
		for i, m := range marginals {
			p.index[m.Variable.Name()] = i
		}
	}
	return p
}

// Marginals returns the posteriors of the targets, in the order asked for, or of
// all variables in the model's order.
func (p *Posterior) Marginals() []Marginal { return p.marginals }

// Marginal returns the posterior of one target; the error is a
// [*belief.UnknownNameError].
func (p *Posterior) Marginal(name string) (Marginal, error) {
	if i, ok := p.index[name]; ok {
		return p.marginals[i], nil
	}
	for _, m := range p.marginals[:min(len(p.marginals), fewMarginals)] {
		if m.Variable.Name() == name {
			return m, nil
		}
	}
	known := func(yield func(string) bool) {
		for _, m := range p.marginals {
			if !yield(m.Variable.Name()) {
				return
			}
		}
	}
	return Marginal{}, &belief.UnknownNameError{Kind: "variable", Name: name, In: "this posterior", Suggestions: suggest.Nearest(name, known, 3)}
}

// MarshalJSON writes {"method", "exact", "log_evidence", "log10_evidence",
// "marginals": {VAR: {STATE: p}}, "warnings", "stats"} with all digits, variables
// and states in their order. Sampled answers have "log_evidence_mcse", "accuracy":
// {VAR: {STATE: {"mcse", "ess", "r_hat"}}} and "sampling" as well.
func (p Posterior) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	var err error
	field := func(name string, v any) {
		var data []byte
		if data, err = json.Marshal(v); err == nil {
			if b.Len() > 1 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:", name)
			b.Write(data)
		}
	}
	b.WriteByte('{')
	for _, f := range []struct {
		name string
		v    any
	}{
		{"method", p.Method},
		{"reason", p.Reason},
		{"exact", p.LogEvidence.Kind == belief.Exact},
		{"converged", p.Converged},
		{"log_evidence", belief.Number(p.LogEvidence.Value)},
		{"log10_evidence", belief.Number(p.LogEvidence.Value / math.Ln10)},
		{"log_evidence_mcse", belief.Number(p.LogEvidence.StdErr)},
		{"marginals", marginalList(p.marginals)},
		{"accuracy", accuracyList(p.marginals)},
		{"sampling", p.Sampling},
		{"warnings", append([]belief.Warning{}, p.Warnings...)},
		{"stats", p.Stats},
	} {
		switch f.name {
		case "reason":
			if p.Reason == "" {
				continue
			}
		case "log_evidence_mcse", "accuracy", "sampling":
			if p.Sampling == nil {
				continue
			}
		}
		if field(f.name, f.v); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// marginalList marshals to an object that keeps the order.
type marginalList []Marginal

func (l marginalList) MarshalJSON() ([]byte, error) {
	return byState(l, func(m Marginal, s int) any { return belief.Number(m.Probs[s]) })
}

// accuracyList does the same with what the probabilities are worth.
type accuracyList []Marginal

func (l accuracyList) MarshalJSON() ([]byte, error) {
	return byState(l, func(m Marginal, s int) any { return m.Accuracy[s] })
}

// byState marshals something of every state of every variable.
func byState(l []Marginal, of func(m Marginal, state int) any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range l {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(m.Variable.Name())
		b.Write(key)
		b.WriteString(":{")
		for s := range m.Probs {
			if s > 0 {
				b.WriteByte(',')
			}
			key, _ := json.Marshal(m.Variable.States()[s])
			val, err := json.Marshal(of(m, s))
			if err != nil {
				return nil, err
			}
			b.Write(key)
			b.WriteByte(':')
			b.Write(val)
		}
		b.WriteByte('}')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// findTargets resolves target names to indices in the model, each once; no names
// mean all variables.
func findTargets(m graphical.Model, names []string) ([]int, error) {
	if len(names) == 0 {
		all := make([]int, len(m.Variables()))
		for i := range all {
			all[i] = i
		}
		return all, nil
	}
	seen := make([]bool, len(m.Variables()))
	var out []int
	for _, name := range names {
		v, err := m.Variable(name)
		if err != nil {
			return nil, err
		}
		if i := m.Index(v); !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	return out, nil
}
