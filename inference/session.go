package inference

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/careful"
	"github.com/belief-go/belief/internal/parallel"
	"github.com/belief-go/belief/internal/tensor"
)

// A Session holds the messages of one junction tree under changing evidence and
// computes anew only what a change has made stale: the messages towards the root
// from where the evidence changed, and on the way back those that the wanted
// marginals need. It is for one goroutine at a time.
type Session struct {
	t        *JunctionTree
	evidence []graphical.Finding
	constant float64

	up       [][]float64 // to the parent, largest entry one; logarithms in log space
	sep      [][]float64 // from the parent; for a moment the separator's belief
	marginal [][]float64 // by variable
	eff      [][]float64 // what every input contributes: its table, message or composite
	own      [][]float64 // memory of composites
	weights  [][]float64 // evidence, by variable; nil for none
	set      []int       // by variable: the last round of evidence that named it
	round    int

	upRange  []span
	sepRange []span
	effRange []span
	logScale []float64 // of the message to the parent

	upOK   []bool
	downOK []bool
	need   []bool
	log    bool // tables are logarithms, because float64 did not suffice

	operands [][][]float64 // by node: room to list operands
	results  [][][]float64
	scratch  sync.Pool
	single   tensor.Scratch
	progress *meter
}

// A span bounds the entries of a table: positive ones are within 2^low … 2^high.
type span struct{ low, high int }

// errRange says that a product could leave the range of float64.
var errRange = errors.New("inference: range of float64 exceeded")

// safeExponent bounds the binary exponents within which products are known not to
// lose a positive entry or overflow, with room for sums of 2^60 terms.
const safeExponent = 960

// NewSession starts a session without evidence.
func (t *JunctionTree) NewSession() *Session {
	n := len(t.nodes)
	s := &Session{
		t: t, up: make([][]float64, n), sep: make([][]float64, n), marginal: make([][]float64, len(t.problem.vars)),
		eff: make([][]float64, t.numInputs), own: make([][]float64, t.numInputs), set: make([]int, len(t.problem.vars)),
		weights: make([][]float64, len(t.problem.vars)),
		upRange: make([]span, n), sepRange: make([]span, n), effRange: make([]span, t.numInputs), logScale: make([]float64, n),
		upOK: make([]bool, n), downOK: make([]bool, n), need: make([]bool, n),
		operands: make([][][]float64, n), results: make([][][]float64, n),
	}
	s.scratch.New = func() any { return new(tensor.Scratch) }
	total, lists := 0, 0
	for c := range t.nodes {
		nd := &t.nodes[c]
		total += 2 * nd.sepSize
		for i := range nd.inputs {
			if len(nd.inputs[i].absorbed) > 0 {
				total += nd.inputs[i].size
			}
		}
		for i := range nd.outputs {
			if nd.outputs[i].child < 0 {
				total += nd.outputs[i].size
			}
		}
		lists += 2 + len(nd.inputs) + len(nd.outputs)
	}
	arena := make([]float64, total)
	take := func(k int) []float64 {
		a := arena[:k:k]
		arena = arena[k:]
		return a
	}
	room := make([][]float64, lists)
	for c := range t.nodes {
		nd := &t.nodes[c]
		s.up[c], s.sep[c] = take(nd.sepSize), take(nd.sepSize)
		k := 1 + len(nd.inputs)
		s.operands[c], room = room[:0:k], room[k:]
		k = 1 + len(nd.outputs)
		s.results[c], room = room[:0:k], room[k:]
		for i := range nd.inputs {
			if len(nd.inputs[i].absorbed) > 0 {
				s.own[nd.first+i] = take(nd.inputs[i].size)
			}
		}
		for i := range nd.outputs {
			if nd.outputs[i].child < 0 {
				s.marginal[nd.outputs[i].variable] = take(nd.outputs[i].size)
			}
		}
	}
	s.log = t.log
	s.rebase()
	return s
}

// rebase points the inputs at their tables, in linear or log space, and makes all
// messages stale.
func (s *Session) rebase() {
	var logs [][]float64
	if s.log {
		logs = s.t.logTables()
	}
	for c := range s.t.nodes {
		nd := &s.t.nodes[c]
		for i := range nd.inputs {
			in, k := &nd.inputs[i], nd.first+i
			switch {
			case in.child >= 0:
				s.eff[k] = s.up[in.child]
			case s.log:
				s.eff[k] = logs[in.table]
			default:
				s.eff[k] = s.t.tables[in.table].data
				s.effRange[k] = s.t.tables[in.table].bound
			}
		}
		s.upOK[c], s.downOK[c] = false, false
	}
}

// SetEvidence replaces the evidence. Messages that it does not touch stay. After an
// error the evidence is what it was.
func (s *Session) SetEvidence(ev graphical.Evidence) error {
	findings, err := ev.Resolve(s.t.problem.model)
	if err != nil {
		return err
	}
	s.setFindings(findings)
	return nil
}

// setFindings makes stale what differs from the evidence so far. Evidence on what
// cannot vary in this tree is a constant.
func (s *Session) setFindings(findings []graphical.Finding) {
	if s.log != s.t.log {
		s.log = s.t.log // new evidence may well fit float64
		s.rebase()
	}
	s.constant = s.t.constant
	s.round++
	p := s.t.problem
	for _, f := range findings {
		i := f.Index
		switch {
		case p.fixed[i] >= 0: // in the tree already
		case p.card[i] == 1:
			s.constant += careful.Log(f.Weights[0]) + f.LogScale
		default:
			s.constant += f.LogScale
			s.set[i] = s.round
			if !slices.Equal(s.weights[i], f.Weights) {
				s.weights[i] = f.Weights
				s.touch(i)
			}
		}
	}
	for _, old := range s.evidence {
		if i := old.Index; s.weights[i] != nil && s.set[i] != s.round {
			s.weights[i] = nil
			s.touch(i)
		}
	}
	s.evidence = findings
}

// touch makes stale the messages that depend on evidence on variable v.
func (s *Session) touch(v int) {
	for c := s.t.carrier[v].node; c >= 0 && s.upOK[c]; c = s.t.parent[c] {
		s.upOK[c] = false
	}
	clear(s.downOK)
}

// Marginals returns the posteriors of the named variables, or of all, under the
// session's evidence. Errors are those of [Engine].Marginals.
func (s *Session) Marginals(ctx context.Context, targets ...string) (*Posterior, error) {
	wanted, err := findTargets(s.t.problem.model, targets)
	if err != nil {
		return nil, err
	}
	return s.posterior(ctx, wanted)
}

// LogEvidence returns log p(e) in nats under the session's evidence, −Inf if it is
// impossible.
func (s *Session) LogEvidence(ctx context.Context) (float64, error) { return s.logEvidence(ctx) }

// logEvidence collects, in log space if need be.
func (s *Session) logEvidence(ctx context.Context) (float64, error) {
	err := s.collectAll(ctx)
	if err == errRange {
		s.log = true
		s.rebase()
		err = s.collectAll(ctx)
	}
	if err != nil {
		return math.NaN(), err
	}
	total := careful.Accumulator{}
	for c := range s.t.nodes {
		total.Add(s.logScale[c])
	}
	total.Add(s.constant)
	return total.Sum(), nil
}

// posterior propagates and reads the marginals of the wanted variables.
func (s *Session) posterior(ctx context.Context, wanted []int) (*Posterior, error) {
	s.progress = newMeter(s.t)
	logEvidence, err := s.logEvidence(ctx)
	if err != nil {
		return nil, err
	}
	if math.IsInf(logEvidence, -1) {
		return nil, s.t.conflict(ctx, s.evidence)
	}
	err = s.distributeAll(ctx, wanted)
	if err == errRange {
		s.log = true
		s.rebase()
		if err = s.collectAll(ctx); err == nil {
			err = s.distributeAll(ctx, wanted)
		}
	}
	if err != nil {
		return nil, err
	}
	post := NewPosterior("junction-tree", belief.Estimate{Value: logEvidence}, s.read(wanted))
	post.Stats = s.t.Stats()
	post.Stats.LogSpace = s.log
	post.Warnings = s.t.Warnings()
	return post, nil
}

// read copies the marginals of variables.
func (s *Session) read(wanted []int) []Marginal {
	p := s.t.problem
	total := 0
	for _, v := range wanted {
		total += p.vars[v].NumStates()
	}
	flat := make([]float64, total)
	out := make([]Marginal, len(wanted))
	for i, v := range wanted {
		k := p.vars[v].NumStates()
		probs := flat[:k:k]
		flat = flat[k:]
		switch {
		case p.fixed[v] >= 0:
			probs[p.fixed[v]] = 1
		case p.card[v] == 1:
			probs[0] = 1
		default:
			copy(probs, s.marginal[v])
		}
		out[i] = Marginal{Variable: p.vars[v], Probs: probs}
	}
	return out
}

// collectAll brings all messages towards the roots up to date.
func (s *Session) collectAll(ctx context.Context) error {
	if w := s.t.workers(); w != 1 {
		return parallel.Tree(ctx, s.t.parent, w, func(c int) error {
			if s.upOK[c] {
				return nil
			}
			scratch := s.scratch.Get().(*tensor.Scratch)
			defer s.scratch.Put(scratch)
			return s.collect(ctx, c, scratch)
		})
	}
	for c := range s.t.nodes { // children come before parents
		if s.upOK[c] {
			continue
		}
		if c&15 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.collect(ctx, c, &s.single); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// distributeAll brings up to date the messages away from the roots that the wanted
// marginals need.
func (s *Session) distributeAll(ctx context.Context, wanted []int) error {
	clear(s.need)
	for _, v := range wanted {
		for c := s.t.home[v]; c >= 0 && !s.need[c]; c = s.t.parent[c] {
			s.need[c] = true
		}
	}
	if w := s.t.workers(); w != 1 {
		return parallel.TreeDown(ctx, s.t.parent, s.t.children, w, func(c int) error {
			if !s.need[c] || s.downOK[c] {
				return nil
			}
			scratch := s.scratch.Get().(*tensor.Scratch)
			defer s.scratch.Put(scratch)
			return s.distribute(ctx, c, scratch)
		})
	}
	for c := len(s.t.nodes) - 1; c >= 0; c-- {
		if !s.need[c] || s.downOK[c] {
			continue
		}
		if c&15 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.distribute(ctx, c, &s.single); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Evidence returns what the session has observed, in the order of the model's
// variables.
func (s *Session) Evidence() []graphical.Finding {
	out := slices.Clone(s.evidence)
	for i := range out {
		out[i].Weights = slices.Clone(out[i].Weights)
	}
	return out
}

// Warnings returns what a reader of answers ought to know.
func (s *Session) Warnings() []belief.Warning { return s.t.Warnings() }
