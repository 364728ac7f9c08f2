package graphical

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

// Evidence is what is known about some variables: hard findings, which fix a
// state, and soft ones, which weigh the states (virtual evidence, Pearl 1988,
// section 2.2.2). It names variables and is made without a model; a model
// resolves it. The zero value is no evidence. Evidence is immutable: And and its
// kin return a longer one, in constant time.
type Evidence struct{ last *link }

// A link is the last finding of some evidence and all before it.
type link struct {
	finding finding
	before  *link
	n       int // findings up to here
}

// A finding is one piece of evidence: a state by name or index, or weights by
// position or name.
type finding struct {
	variable string
	state    string
	index    int                // used if byIndex
	byIndex  bool               // the state is given by index
	weights  []float64          // not nil: soft, one weight per state
	named    map[string]float64 // not nil: soft, unnamed states weigh zero
}

// Observe is the evidence that a variable is in a state.
func Observe(variable, state string) Evidence { return Evidence{}.And(variable, state) }

// And adds that a variable is in a state.
func (e Evidence) And(variable, state string) Evidence {
	return e.with(finding{variable: variable, state: state})
}

// AndIndex adds that a variable is in the state of that index.
func (e Evidence) AndIndex(variable string, state int) Evidence {
	return e.with(finding{variable: variable, index: state, byIndex: true})
}

// AndLikelihood adds soft evidence: weights[i] is proportional to the probability
// of what was seen if the variable is in state i. Only ratios matter for the
// posterior; the evidence's probability scales with the weights.
func (e Evidence) AndLikelihood(variable string, weights ...float64) Evidence {
	return e.with(finding{variable: variable, weights: append([]float64{}, weights...)}) // never nil
}

// AndWeights is AndLikelihood with the states named; those left out weigh zero.
func (e Evidence) AndWeights(variable string, weights map[string]float64) Evidence {
	named := make(map[string]float64, len(weights)) // never nil
	maps.Copy(named, weights)
	return e.with(finding{variable: variable, named: named})
}

// AndAll adds all findings of other.
func (e Evidence) AndAll(other Evidence) Evidence {
	for _, f := range other.findings() {
		e = e.with(f)
	}
	return e
}

func (e Evidence) with(f finding) Evidence {
	return Evidence{&link{finding: f, before: e.last, n: e.Len() + 1}}
}

// findings lists the findings in the order in which they were added.
func (e Evidence) findings() []finding {
	out := make([]finding, e.Len())
	for l := e.last; l != nil; l = l.before {
		out[l.n-1] = l.finding
	}
	return out
}

// Len returns the number of findings.
func (e Evidence) Len() int {
	if e.last == nil {
		return 0
	}
	return e.last.n
}

// Variables returns the names of the variables with findings, each once, in the
// order of their first finding.
func (e Evidence) Variables() []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range e.findings() {
		if !seen[f.variable] {
			seen[f.variable] = true
			out = append(out, f.variable)
		}
	}
	return out
}

// String shows the findings as "A=a, B~{b0: 0.2, b1: 0.8}".
func (e Evidence) String() string {
	parts := make([]string, e.Len())
	for i, f := range e.findings() {
		parts[i] = f.String()
	}
	return strings.Join(parts, ", ")
}

func (f finding) String() string {
	switch {
	case f.byIndex:
		return fmt.Sprintf("%s=#%d", f.variable, f.index)
	case f.weights != nil:
		return fmt.Sprintf("%s~%v", f.variable, f.weights)
	case f.named != nil:
		keys := slices.Sorted(maps.Keys(f.named))
		for i, k := range keys {
			keys[i] = fmt.Sprintf("%s: %v", k, f.named[k])
		}
		return fmt.Sprintf("%s~{%s}", f.variable, strings.Join(keys, ", "))
	}
	return f.variable + "=" + f.state
}

// A Finding is the evidence on one variable of a model, all pieces together.
type Finding struct {
	Variable *Variable
	Index    int       // of the variable in the model
	State    int       // the state it is fixed at, −1 if it is not
	Weights  []float64 // one per state; a hard finding has one positive weight
}

// String shows the finding as "A=a" or "A~weights".
func (f Finding) String() string {
	if f.State >= 0 {
		return f.Variable.name + "=" + f.Variable.states[f.State]
	}
	return fmt.Sprintf("%s~%v", f.Variable.name, f.Weights)
}

// Resolve looks the evidence up in a model and returns one finding per variable,
// in the order of the model's variables. Several findings on one variable
// multiply; if nothing is left, the error is a [*belief.ImpossibleEvidenceError].
// Other mistakes are reported all at once in a [*BuildError].
func (e Evidence) Resolve(m Model) ([]Finding, error) {
	if e.Len() == 0 {
		return nil, nil
	}
	var bad mistakes
	byIndex := map[int]*Finding{}
	pieces := map[int][]string{}
	for _, f := range e.findings() {
		v, err := m.Variable(f.variable)
		if err != nil {
			bad.add(err)
			continue
		}
		weights, err := f.resolve(v)
		if err != nil {
			bad.add(err)
			continue
		}
		i := m.Index(v)
		pieces[i] = append(pieces[i], f.String())
		if have := byIndex[i]; have != nil {
			for s, w := range have.Weights {
				if w > 0 && weights[s] > 0 && w*weights[s] == 0 {
					bad.add(&TableError{Variable: v.name, Problem: "the weights of its evidence multiply to less than float64 can hold; scale them up"})
					break
				}
				if have.Weights[s] *= weights[s]; math.IsInf(have.Weights[s], 1) {
					bad.add(&EntryError{Variable: v.name, Row: "evidence", State: v.states[s], Value: have.Weights[s]})
					break
				}
			}
		} else {
			byIndex[i] = &Finding{Variable: v, Index: i, Weights: weights}
		}
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	out := make([]Finding, 0, len(byIndex))
	for _, f := range byIndex {
		out = append(out, *f)
	}
	sort.Slice(out, func(a, b int) bool { return out[a].Index < out[b].Index })
	for i := range out {
		f := &out[i]
		f.State = -1
		positive := 0
		for s, w := range f.Weights {
			if w > 0 {
				positive++
				f.State = s
			}
		}
		if positive == 0 {
			return nil, &belief.ImpossibleEvidenceError{Conflict: pieces[f.Index]}
		}
		if positive > 1 {
			f.State = -1
		}
	}
	return out, nil
}

// resolve returns the weights of the states of v.
func (f finding) resolve(v *Variable) ([]float64, error) {
	weights := make([]float64, len(v.states))
	switch {
	case f.byIndex:
		if f.index < 0 || f.index >= len(v.states) {
			return nil, &belief.UnknownNameError{Kind: "state", Name: "#" + strconv.Itoa(f.index), In: fmt.Sprintf("variable %q, which has %d states", v.name, len(v.states))}
		}
		weights[f.index] = 1
	case f.weights != nil:
		if len(f.weights) != len(v.states) {
			return nil, &SizeError{Variable: v.name, What: "evidence weights", Got: len(f.weights), Want: float64(len(v.states))}
		}
		copy(weights, f.weights)
	case f.named != nil:
		for _, state := range slices.Sorted(maps.Keys(f.named)) {
			s, err := v.FindState(state)
			if err != nil {
				return nil, err
			}
			weights[s] = f.named[state]
		}
	default:
		s, err := v.FindState(f.state)
		if err != nil {
			return nil, err
		}
		weights[s] = 1
	}
	for s, w := range weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return nil, &EntryError{Variable: v.name, Row: "evidence", State: v.states[s], Value: w}
		}
	}
	return weights, nil
}

// MarshalJSON writes {VAR: STATE} for hard and {VAR: {STATE: weight}} for named
// soft findings, in the order given. Findings by position need the model's names
// first: see [Evidence.Named].
func (e Evidence) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range e.findings() {
		if i > 0 {
			b.WriteByte(',')
		}
		var value any = f.state
		switch {
		case f.byIndex || f.weights != nil:
			return nil, fmt.Errorf("graphical: evidence on %q is by position and has no names to write; use Named", f.variable)
		case f.named != nil:
			value = f.named
		}
		key, _ := json.Marshal(f.variable)
		val, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("graphical: evidence on %q: %w", f.variable, err)
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(val)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes; a variable named twice counts
// twice.
func (e *Evidence) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	open, err := dec.Token()
	if err != nil {
		return err
	}
	if open == nil {
		return nil // null changes nothing
	}
	if open != json.Delim('{') {
		return fmt.Errorf("evidence must be an object {VAR: STATE}, got %v", open)
	}
	var out Evidence
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name := key.(string) // the keys of an object are strings
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		var state string
		var weights map[string]*float64
		switch {
		case out.Len() == maxFindings:
			return fmt.Errorf("more than %d findings", maxFindings)
		case json.Unmarshal(raw, &state) == nil && raw[0] == '"':
			out = out.And(name, state)
		case strings.IndexByte("-0123456789tf", raw[0]) >= 0: // a state that JSON takes for a number or a truth value
			out = out.And(name, string(raw))
		case json.Unmarshal(raw, &weights) == nil && weights != nil:
			named := make(map[string]float64, len(weights))
			for s, w := range weights {
				if w == nil {
					return fmt.Errorf("evidence on %q gives state %q no weight", name, s)
				}
				named[s] = *w
			}
			out = out.AndWeights(name, named)
		default:
			return fmt.Errorf("evidence on %q must be a state or {STATE: weight}, got %.40s", name, raw)
		}
	}
	if _, err := dec.Token(); err != nil {
		return err
	}
	*e = out
	return nil
}

// Named rewrites findings by position with the names that the model has for
// them.
func (e Evidence) Named(m Model) (Evidence, error) {
	var out Evidence
	for _, f := range e.findings() {
		v, err := m.Variable(f.variable)
		if err != nil {
			return Evidence{}, err
		}
		weights, err := f.resolve(v)
		if err != nil {
			return Evidence{}, err
		}
		switch {
		case f.byIndex:
			f = finding{variable: f.variable, state: v.states[f.index]}
		case f.weights != nil:
			named := make(map[string]float64, len(weights))
			for s, w := range weights {
				named[v.states[s]] = w
			}
			f = finding{variable: f.variable, named: named}
		}
		out = out.with(f)
	}
	return out, nil
}

// maxEvidenceBytes bounds what ReadEvidence takes in.
const maxEvidenceBytes = 64 << 20

// maxFindings bounds the findings that it takes in, which need more memory than
// their text.
const maxFindings = 1 << 20

// ReadEvidence reads evidence from JSON, {VAR: STATE} or {VAR: {STATE: weight}},
// or from lines VAR=STATE, where empty lines and lines that start with # do not
// count. Errors are [*belief.ParseError].
func ReadEvidence(r io.Reader) (Evidence, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxEvidenceBytes+1))
	if err != nil {
		return Evidence{}, err
	}
	if len(data) > maxEvidenceBytes {
		return Evidence{}, &belief.ParseError{Format: "evidence", Msg: "longer than " + belief.FormatBytes(maxEvidenceBytes)}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if trimmed := bytes.TrimSpace(data); len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		var e Evidence
		if err := json.Unmarshal(trimmed, &e); err != nil {
			pe := &belief.ParseError{Format: "evidence", Msg: "bad JSON", Err: err}
			if syntax, ok := err.(*json.SyntaxError); ok {
				at := trimmed[:min(int(syntax.Offset), len(trimmed))]
				lead := data[:bytes.Index(data, trimmed[:1])]
				before := append(slices.Clone(lead), at...)
				pe.Line = 1 + bytes.Count(before, []byte{'\n'})
				pe.Col = utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
			}
			return Evidence{}, pe
		}
		return e, nil
	}
	var e Evidence
	for n, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, state, ok := strings.Cut(line, "=")
		name, state = strings.TrimSpace(name), strings.TrimSpace(state)
		if !ok || name == "" || state == "" {
			return Evidence{}, &belief.ParseError{Format: "evidence", Line: n + 1, Msg: fmt.Sprintf("want VAR=STATE, got %.60q", line)}
		}
		if e.Len() == maxFindings {
			return Evidence{}, &belief.ParseError{Format: "evidence", Line: n + 1, Msg: fmt.Sprintf("more than %d findings", maxFindings)}
		}
		e = e.And(name, state)
	}
	return e, nil
}
