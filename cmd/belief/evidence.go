package main

// Evidence from flags and files.

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
)

// checkAssignments refuses words that cannot be VAR=STATE in any model.
func checkAssignments(words []string) error {
	for _, w := range words {
		if len(splits(w)) == 0 {
			return usage(fmt.Errorf("-e wants VAR=STATE, got %q", w))
		}
	}
	return nil
}

// splits returns the positions at which a word may be split into variable and
// state: names may have a "=" in them too.
func splits(word string) []int {
	var at []int
	for i := 1; i < len(word)-1; i++ {
		if word[i] == '=' {
			at = append(at, i)
		}
	}
	return at
}

// assignments turns words VAR=STATE into evidence. Names that the model does not
// have are left for inference to report, all at once.
func assignments(m graphical.Model, words []string) (graphical.Evidence, error) {
	var ev graphical.Evidence
	states := map[string]string{}
	for _, w := range words {
		name, state, err := split(m, w)
		if err != nil {
			return ev, err
		}
		if have, twice := states[name]; twice {
			if have != state {
				return ev, fmt.Errorf("conflicting evidence: -e gives %q the states %q and %q; keep one", name, have, state)
			}
			continue
		}
		states[name] = state
		ev = ev.And(name, state)
	}
	return ev, nil
}

// split finds the variable and the state that a word VAR=STATE means.
func split(m graphical.Model, word string) (name, state string, err error) {
	var whole, half [][2]string // both names known; the variable known
	for _, i := range splits(word) {
		pair := [2]string{word[:i], word[i+1:]}
		v, err := m.Variable(pair[0])
		if err != nil {
			continue
		}
		half = append(half, pair)
		if _, ok := v.StateIndex(pair[1]); ok {
			whole = append(whole, pair)
		}
	}
	switch {
	case len(whole) > 1:
		return "", "", fmt.Errorf("-e %q may mean %q of %q or %q of %q; say which in JSON by --evidence-file",
			word, whole[0][1], whole[0][0], whole[1][1], whole[1][0])
	case len(whole) == 1:
		return whole[0][0], whole[0][1], nil
	case len(half) > 0:
		return half[0][0], half[0][1], nil
	}
	i := splits(word)[0]
	return word[:i], word[i+1:], nil
}

// evidenceFile reads a file of evidence, "-" for standard input.
func (t *tool) evidenceFile(ctx context.Context, path string) (graphical.Evidence, error) {
	return within(ctx, func() (graphical.Evidence, error) {
		shown, r := "standard input", t.stdin
		if path != "-" {
			f, err := os.Open(path)
			if err != nil {
				return graphical.Evidence{}, fmt.Errorf("--evidence-file: %w", err)
			}
			defer f.Close()
			shown, r = path, f
		}
		r, err := gunzip(r)
		if err != nil {
			return graphical.Evidence{}, &belief.ParseError{Format: "evidence", File: shown, Err: err}
		}
		ev, err := graphical.ReadEvidence(r)
		if e, ok := errors.AsType[*belief.ParseError](err); ok {
			e.File = shown
		} else if err != nil {
			err = &belief.ParseError{Format: "evidence", File: shown, Err: err}
		}
		return ev, err
	})
}

// gunzip decompresses what starts as gzip data does.
func gunzip(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if head, _ := b.Peek(2); string(head) != "\x1f\x8b" {
		return b, nil
	}
	return gzip.NewReader(b)
}

// oneStdin refuses to read two things from standard input.
func oneStdin(net, file string) error {
	if net == "-" && strings.TrimSpace(file) == "-" {
		return usage(errors.New("standard input cannot be both the network and the evidence"))
	}
	return nil
}
