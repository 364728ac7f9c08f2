package main

// The command tree: the root, help, and what to say about words that are neither
// commands nor flags.

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
)

// root builds the command tree around a tool.
func (t *tool) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "belief COMMAND",
		Short: "Answer questions about probabilistic models",
		Long: `belief answers questions about probabilistic models.

A network, NET, is a file, "-" for standard input, or the name of a textbook
network such as asia. A file of that name wins; textbook:asia means the textbook's.
Formats are recognized by their content, and .gz is transparent.

Data goes to standard output, everything else to standard error. The exit status is
0 when all went well, 1 when it did not, 2 for wrong usage, 3 for an answer that did
not converge under --strict, and 130 when interrupted.`,
		Example: `  belief query asia -e smoke=yes -t lung     p(lung | smoke=yes)
  belief query alarm.bif.gz --format json    all posteriors, with every digit
  belief sample alarm.bif -n 1000 -o a.csv   draws of all variables
  belief info alarm.bif                      how large it is, and what it costs
  belief dot asia | dot -Tsvg -o asia.svg    a picture
  belief dist gamma shape=2 rate=0.5         moments and quantiles; -n 10 draws
  belief diagnose chain_1.csv chain_2.csv    what draws say, and whether to believe it`,
		Version:               belief.Version,
		SilenceErrors:         true,
		SilenceUsage:          true,
		DisableFlagsInUseLine: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknownCommand(cmd, args[0])
		},
		RunE: func(*cobra.Command, []string) error {
			return errors.New("no command given, for example: belief query asia -e smoke=yes -t lung")
		},
	}
	root.SetIn(t.stdin)
	root.SetOut(t.stdout)
	root.SetErr(t.stderr)
	root.SetVersionTemplate("belief {{.Version}}\n")
	// Commands with commands below them run only to refuse, so that their help
	// shows one way to use them and not two.
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), "{{if .HasAvailableSubCommands}}\n  {{.CommandPath}} [command]{{end}}", "", 1))
	root.SetFlagErrorFunc(flagError)
	t.flags.global(root)
	root.AddCommand(t.query(), t.sampleNet(), t.info(), t.dot(), t.dist(), t.diagnose(), t.fit(), t.eval())
	root.SetHelpCommand(help())
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			strictCompletion(c)
		}
	}
	return root
}

// strictCompletion makes cobra's own command refuse what it would answer with help.
func strictCompletion(cmd *cobra.Command) {
	cmd.Use = "completion SHELL"
	cmd.Short = "Print a script that teaches a shell to complete belief's words"
	cmd.DisableFlagsInUseLine = true
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("no shell given: %s", alternatives(commandNames(cmd)))
		}
		return unknown("shell", args[0], commandNames(cmd))
	}
	cmd.RunE = func(*cobra.Command, []string) error { return nil } // Args refuses everything
}

// help is the help command, which refuses what it knows nothing about.
func help() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Show the help of a command",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return starting(word, commandNames(cmd.Root())), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknownCommand(about, rest[0])
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// unknownCommand suggests near commands.
func unknownCommand(cmd *cobra.Command, name string) error {
	return unknown("command", name, commandNames(cmd))
}

// unknown suggests what is near, or else says what there is.
func unknown(kind, name string, known []string) error {
	near := suggest.Nearest(name, slices.Values(known), 3)
	if near == nil {
		return fmt.Errorf("unknown %s %q; known are %s", kind, name, strings.Join(known, ", "))
	}
	return &belief.UnknownNameError{Kind: kind, Name: name, Suggestions: near}
}

func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// flagName finds the long names in a flag set's usage text.
var flagName = regexp.MustCompile(`(?m)^ +(?:-\w, )? *--([a-z-]+)`)

// flagError suggests near flags for one that does not exist.
func flagError(cmd *cobra.Command, err error) error {
	var noFlag interface {
		error
		GetSpecifiedName() string
		GetSpecifiedShortnames() string
	}
	if !errors.As(err, &noFlag) || noFlag.GetSpecifiedShortnames() != "" || !strings.HasPrefix(err.Error(), "unknown flag") {
		return err
	}
	var names []string
	for _, match := range flagName.FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
		names = append(names, match[1])
	}
	near := suggest.Nearest(noFlag.GetSpecifiedName(), slices.Values(names), 3)
	for i := range near {
		near[i] = "--" + near[i]
	}
	return &belief.UnknownNameError{Kind: "flag", Name: "--" + noFlag.GetSpecifiedName(), Suggestions: near}
}
