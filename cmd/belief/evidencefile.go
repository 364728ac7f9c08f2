package main

// Evidence from files, and where in them a mistake is.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format"
)

// maxEvidence bounds the text of an evidence file.
const maxEvidence = 64 << 20

// A seen is the evidence of a file, with the file's name and text for errors.
type seen struct {
	ev   graphical.Evidence
	file string
	text string
}

// evidenceFile reads a file of evidence, "-" for standard input.
func (t *tool) evidenceFile(ctx context.Context, path string) (*seen, error) {
	return within(ctx, func() (*seen, error) {
		s, r := &seen{file: stdinName}, t.stdin
		if path != "-" {
			f, err := os.Open(path)
			if err != nil {
				return nil, fmt.Errorf("--evidence-file: %w", err)
			}
			defer f.Close()
			s.file, r = path, f
		}
		var err error
		if s.text, err = format.ReadText(r, maxEvidence); err != nil {
			if e, ok := errors.AsType[*belief.TooLargeError](err); ok && e.Budget == maxEvidence {
				e.Advice = "evidence may have no more"
			}
			return nil, s.fail(0, err)
		}
		if s.ev, err = graphical.ReadEvidence(strings.NewReader(s.text)); err == nil {
			return s, nil
		}
		if e, ok := errors.AsType[*belief.ParseError](err); ok {
			e.File = s.file
			return nil, err
		}
		return nil, s.fail(0, err)
	})
}

// fail says in which file and line an error is; 0 is no line.
func (s *seen) fail(line int, err error) error {
	return &belief.ParseError{Format: "evidence", File: s.file, Line: line, Err: err}
}

// check resolves the evidence in a model, to find mistakes while it is known where
// they come from. It adds to the claims.
func (s *seen) check(m graphical.Model, known map[string]*graphical.Variable, all claims) error {
	list, err := s.entries()
	if err != nil {
		return err
	}
	_, bad := s.ev.Resolve(m)
	if bad != nil {
		for _, e := range list {
			if e.wrong(m, known) {
				return s.fail(e.line, bad)
			}
		}
	}
	for _, e := range list {
		if !e.hard {
			continue
		}
		if _, err := all.add(e.name, claim{e.state, s.file, e.line}); err != nil {
			return err
		}
	}
	if bad != nil {
		return s.fail(0, bad)
	}
	return nil
}

// An entry is one finding of a file.
type entry struct {
	line  int
	name  string
	state string // if hard
	hard  bool
	soft  json.RawMessage // {STATE: weight} if not
}

// wrong says whether the model refuses an entry by itself.
func (e *entry) wrong(m graphical.Model, known map[string]*graphical.Variable) bool {
	v, ok := known[e.name]
	if !ok {
		return true
	}
	if e.hard {
		_, ok := v.StateIndex(e.state)
		return !ok
	}
	var weights map[string]float64
	if json.Unmarshal(e.soft, &weights) != nil {
		return true
	}
	_, err := graphical.Evidence{}.AndWeights(e.name, weights).Resolve(m)
	return err != nil
}

// entries lists the findings of a text that graphical.ReadEvidence takes, with
// their lines. Weights that name a state twice are refused, for only the last would
// count.
func (s *seen) entries() ([]entry, error) {
	if strings.HasPrefix(strings.TrimSpace(s.text), "{") {
		return s.objectEntries()
	}
	var list []entry
	line := 0
	for text := range strings.Lines(s.text) {
		line++
		text = strings.TrimSpace(text)
		if name, state, ok := strings.Cut(text, "="); ok && text[0] != '#' {
			list = append(list, entry{line: line, name: strings.TrimSpace(name), state: strings.TrimSpace(state), hard: true})
		}
	}
	return list, nil
}

// objectEntries lists the findings of a JSON object.
func (s *seen) objectEntries() ([]entry, error) {
	dec := json.NewDecoder(strings.NewReader(s.text))
	if _, err := dec.Token(); err != nil {
		return nil, s.fail(0, err)
	}
	var list []entry
	line, at := 1, 0
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, s.fail(line, err)
		}
		to := int(dec.InputOffset())
		line, at = line+strings.Count(s.text[at:to], "\n"), to
		e := entry{line: line}
		e.name, _ = key.(string)
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, s.fail(line, err)
		}
		switch raw[0] {
		case '{':
			if state, twice := repeated(raw); twice {
				return nil, s.fail(line, fmt.Errorf("evidence on %q gives state %q two weights; keep one", e.name, state))
			}
			e.soft = raw
		case '"':
			e.hard = json.Unmarshal(raw, &e.state) == nil
		default:
			e.state, e.hard = string(raw), true
		}
		list = append(list, e)
	}
	return list, nil
}

// repeated finds a key that a flat JSON object has twice.
func repeated(object json.RawMessage) (key string, twice bool) {
	dec := json.NewDecoder(strings.NewReader(string(object)))
	had := map[string]bool{}
	for i := -1; ; i++ { // the brace, then keys and values by turns
		token, err := dec.Token()
		if err != nil {
			return "", false
		}
		if key, ok := token.(string); ok && i%2 == 0 {
			if had[key] {
				return key, true
			}
			had[key] = true
		}
	}
}
