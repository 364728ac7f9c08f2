package main

// What shells offer when a person presses the tab key.

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/textbook"
)

// completer is cobra's function for completing one word.
type completer = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective)

// complete registers how the value of a flag is completed.
func complete(cmd *cobra.Command, flag string, f completer) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic("belief: " + err.Error()) // a flag that does not exist: a mistake in this program
	}
}

// choices completes from a fixed list.
func choices(words ...string) completer {
	return func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		return starting(word, words), cobra.ShellCompDirectiveNoFileComp
	}
}

// starting returns the words that start as the one at the cursor does.
func starting(word string, words []string) []string {
	var out []string
	for _, w := range words {
		if strings.HasPrefix(w, word) {
			out = append(out, w)
		}
	}
	return out
}

// completeNetwork offers textbook networks and files.
func completeNetwork(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, name := range textbook.Names() {
		for _, w := range []string{name, forcesName + name} {
			if strings.HasPrefix(w, word) && (word != "" || w == name) {
				out = append(out, w)
			}
		}
	}
	if len(out) == 0 {
		return nil, cobra.ShellCompDirectiveDefault // the shell knows files best
	}
	// A shell that is offered anything does not look for files itself.
	directive := cobra.ShellCompDirectiveNoFileComp
	entries, _ := os.ReadDir(".")
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, word) || strings.HasPrefix(name, ".") && word == "" {
			continue
		}
		if e.IsDir() {
			name += "/"
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		out = append(out, name)
	}
	return offer(out), directive
}

// completeDistribution offers names, and after one its parameters.
func completeDistribution(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return starting(word, distributionNames()), cobra.ShellCompDirectiveNoFileComp
	}
	e, err := lookUp(args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var open []string
	for _, p := range e.params {
		name, _, _ := cutParam(p)
		if !slices.ContainsFunc(args[1:], func(given string) bool { return strings.HasPrefix(given, name+"=") }) {
			open = append(open, name+"=")
		}
	}
	return starting(word, open), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeTarget offers the network's variables.
func (t *tool) completeTarget(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, v := range t.known(args) {
		names = append(names, v.Name())
	}
	return offer(starting(word, names)), cobra.ShellCompDirectiveNoFileComp
}

// completeEvidence offers variables until one is chosen, and then its states.
func (t *tool) completeEvidence(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	var variables, states []string
	for _, v := range t.known(args) {
		head := v.Name() + "="
		if strings.HasPrefix(head, word) {
			variables = append(variables, head)
		}
		if !strings.HasPrefix(word, head) {
			continue
		}
		for _, s := range v.States() {
			if strings.HasPrefix(head+s, word) {
				states = append(states, head+s)
			}
		}
	}
	if len(states) > 0 {
		return offer(states), cobra.ShellCompDirectiveNoFileComp
	}
	return offer(variables), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// known returns the variables of the network on the command line, if it can be
// read at once.
func (t *tool) known(args []string) []*graphical.Variable {
	if len(args) == 0 || args[0] == "-" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	net, err := within(ctx, func() (*network, error) { return t.open(args[0]) })
	if err != nil {
		return nil
	}
	return net.model.Variables()
}

// offer drops what the protocol between program and shell cannot carry.
func offer(words []string) []string {
	out := words[:0]
	for _, w := range words {
		if !strings.ContainsAny(w, "\t\n\r") {
			out = append(out, w)
		}
	}
	return out
}
