package main

// Evidence from flags.

import (
	"errors"
	"fmt"
	"strings"

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

// byName is the exact lookup of a model's variables. A model's own explains what it
// does not find, which in a large model takes long.
func byName(m graphical.Model) map[string]*graphical.Variable {
	known := make(map[string]*graphical.Variable, len(m.Variables()))
	for _, v := range m.Variables() {
		known[v.Name()] = v
	}
	return known
}

// A claim is a state that some source of evidence gives a variable.
type claim struct {
	state, source string
	line          int // in the source, 0 if it has none
}

func (c claim) where() string {
	if c.line == 0 {
		return c.source
	}
	return fmt.Sprintf("%s:%d", c.source, c.line)
}

// claims are the states given so far, by variable.
type claims map[string]claim

// add refuses a second state of a variable, and says whether the first is new.
func (all claims) add(name string, c claim) (fresh bool, err error) {
	have, twice := all[name]
	switch {
	case !twice:
		all[name] = c
		return true, nil
	case have.state == c.state:
		return false, nil
	case have.where() == c.where():
		return false, fmt.Errorf("conflicting evidence: %s gives %q the states %q and %q; keep one", c.where(), name, have.state, c.state)
	}
	return false, fmt.Errorf("conflicting evidence: %s gives %q the state %q and %s gives %q; keep one", have.where(), name, have.state, c.where(), c.state)
}

// assignments turns words VAR=STATE into evidence. Names that the model does not
// have are left for inference to report, all at once.
func assignments(known map[string]*graphical.Variable, words []string) (graphical.Evidence, claims, error) {
	var ev graphical.Evidence
	all := claims{}
	for _, w := range words {
		name, state, err := split(known, w)
		if err != nil {
			return ev, nil, err
		}
		fresh, err := all.add(name, claim{state: state, source: "-e"})
		if err != nil {
			return ev, nil, err
		}
		if fresh {
			ev = ev.And(name, state)
		}
	}
	return ev, all, nil
}

// split finds the variable and the state that a word VAR=STATE means.
func split(known map[string]*graphical.Variable, word string) (name, state string, err error) {
	var whole, half [][2]string // both names known; the variable known
	for _, i := range splits(word) {
		pair := [2]string{word[:i], word[i+1:]}
		v, ok := known[pair[0]]
		if !ok {
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

// oneStdin refuses to read two things from standard input.
func oneStdin(net, file string) error {
	if net == "-" && strings.TrimSpace(file) == "-" {
		return usage(errors.New("standard input cannot be both the network and the evidence"))
	}
	return nil
}
