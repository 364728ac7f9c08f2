package main

// The life of one call: from the arguments to the exit status.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief/inference"
)

// A tool is one call of the program with all that it touches, so that tests can
// run it in their own process.
type tool struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	flags          flags
	working        bool // the command line was understood: errors are no longer about it

	// What tests replace.
	engine   func(method string, cfg inference.TreeConfig) (inference.Engine, error)
	terminal func(w io.Writer) bool
	patience time.Duration // before a progress bar shows
}

// newTool returns the tool as people use it.
func newTool(stdin io.Reader, stdout, stderr io.Writer) *tool {
	return &tool{
		stdin: stdin, stdout: stdout, stderr: stderr, flags: defaultFlags(),
		engine: inference.NewEngine, terminal: isTerminal, patience: 500 * time.Millisecond,
	}
}

// run executes one command line, without the program's name, and returns the exit
// status. A done context interrupts it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return newTool(stdin, stdout, stderr).run(ctx, args)
}

func (t *tool) run(ctx context.Context, args []string) int {
	root := t.root()
	root.SetArgs(append([]string{}, args...)) // never nil, for which cobra would take os.Args
	at, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	if !t.working {
		err = usage(err)
	}
	status, text := t.explain(ctx, at, err)
	if text != "" {
		fmt.Fprintln(t.stderr, "belief: "+oneLine(text))
	}
	return status
}

// work adapts the body of a command to cobra: it checks the flags and gives the
// body a context that ends with the time limit.
func (t *tool) work(body func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := t.flags.check(); err != nil {
			return err
		}
		t.working = true
		ctx := cmd.Context()
		if t.flags.timeLimit > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, time.Duration(t.flags.timeLimit))
			defer cancel()
		}
		return body(ctx, args)
	}
}

// within runs f and leaves it behind when the context ends: f may be waiting for
// standard input, which nothing can interrupt. It must not write anywhere.
func within[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		v, err := f()
		done <- result{v, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var zero T
		return zero, ctx.Err()
	}
}

// note prints a line for people who asked for more of them.
func (t *tool) note(format string, args ...any) {
	if t.flags.verbose {
		fmt.Fprintln(t.stderr, "belief: "+oneLine(fmt.Sprintf(format, args...)))
	}
}

// isTerminal says whether w is a device that a person may be looking at.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// oneNetwork wants exactly one argument.
func oneNetwork(_ *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return errors.New(`no network given: name a file, a textbook network such as "asia", or "-" for standard input`)
	case 1:
		return nil
	}
	return fmt.Errorf("one network at a time, got %q and %q", args[0], args[1])
}
