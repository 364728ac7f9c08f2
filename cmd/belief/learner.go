package main

// What the kinds of models that fit learns from tables have in common as commands.

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
)

// A learner is one kind of model that fit learns from rows.
type learner struct {
	name, short, long, example string
	texts                      func() bool // whether columns of texts enter the model; nil: never
	keep                       *string     // the name of a column of sequences, which is read whatever --columns says; nil: rows are independent
	closed                     bool        // nothing is learnt in steps
	flags                      func(cmd *cobra.Command)
	check                      func() error // what is wrong with the flags
	// fit returns what there is beside the error of a fit that was interrupted.
	fit func(ctx context.Context, src data.Source, c em.Config) (*outcome, error)
}

// command makes a command of a learner.
func (t *tool) command(x learner) *cobra.Command {
	l := &lesson{}
	cmd := &cobra.Command{
		Use: x.name + " DATA -o MODEL", Short: x.short, Long: x.long, Example: x.example, Args: oneTable,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: t.work(func(ctx context.Context, args []string) error {
			if err := x.check(); err != nil {
				return usage(err)
			}
			if x.keep != nil && *x.keep != "" && len(l.columns) > 0 && !slices.Contains(l.columns, *x.keep) {
				l.columns = append(l.columns, *x.keep)
			}
			src, err := l.table(ctx, t, args[0], x.texts != nil && x.texts())
			if err != nil {
				return err
			}
			b := t.progress()
			o, failed := x.fit(ctx, src, l.config(t, b))
			b.end()
			if o == nil {
				return failed
			}
			return t.report(o, failed)
		}),
	}
	cmd.Flags().SortFlags = false
	x.flags(cmd)
	l.registerData(t, cmd)
	if x.texts != nil {
		cmd.Flags().StringSliceVar(&l.text, "text", nil, "the columns `A,B,…` hold texts, also where these are numbers")
		complete(cmd, "text", cobra.NoFileCompletions)
	}
	if x.keep == nil {
		l.registerWeights(cmd)
	}
	if !x.closed {
		l.registerSteps(cmd)
	}
	return cmd
}
