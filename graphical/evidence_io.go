package graphical

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/belief-go/belief"
)

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
