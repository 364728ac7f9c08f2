package main

// Errors become one line and an exit status.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/inference"
)

// Exit statuses.
const (
	exitDone         = 0
	exitFailed       = 1
	exitUsage        = 2
	exitNotConverged = 3
	exitInterrupted  = 130 // 128 + SIGINT, as shells count
)

// A usageError is about the command line alone.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usage(err error) error {
	if _, already := errors.AsType[*usageError](err); already {
		return err
	}
	return &usageError{err}
}

// A convergenceError says that an answer was printed that --strict does not accept.
type convergenceError struct{ post *inference.Posterior }

func (e *convergenceError) Error() string {
	if e.post.Sampling != nil {
		return e.post.Method + " did not converge, see the warnings: the answer is not to be relied on"
	}
	return fmt.Sprintf("%s did not converge in %d iterations (residual %.3g): the answer is not to be relied on; try another --method",
		e.post.Method, e.post.Iterations, e.post.Residual)
}

// explain returns the exit status of an error and the text to print, which may be
// empty. ctx is the caller's context, without the time limit.
func (t *tool) explain(ctx context.Context, at *cobra.Command, err error) (status int, text string) {
	if errors.Is(err, syscall.EPIPE) {
		return exitDone, "" // the reader has seen enough
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		if ctx.Err() == nil {
			return exitFailed, fmt.Sprintf("not done within the time limit of %v; raise --time-limit, or ask for less", time.Duration(t.flags.timeLimit))
		}
		return exitInterrupted, "interrupted"
	}
	text = strings.ReplaceAll(err.Error(), "\n", "; ") // several errors are one line too
	if _, ok := errors.AsType[*usageError](err); ok {
		see := "belief help"
		if at.HasParent() && at.Name() != "help" {
			see += strings.TrimPrefix(at.CommandPath(), "belief")
		}
		return exitUsage, fmt.Sprintf("%s; see %q", text, see)
	}
	if _, ok := errors.AsType[*convergenceError](err); ok {
		return exitNotConverged, text
	}
	if _, ok := errors.AsType[*notFittedError](err); ok {
		return exitNotConverged, text
	}
	if _, ok := errors.AsType[*doubtError](err); ok {
		return exitNotConverged, text
	}
	return exitFailed, text + t.advice(at, err)
}

// advice says which flag helps against an error of the library, which knows no
// flags: one that the command has.
func (t *tool) advice(at *cobra.Command, err error) string {
	if e, ok := errors.AsType[*belief.TooLargeError](err); ok && e.Budget == int64(t.flags.memory) {
		if at.Flags().Lookup("method") == nil {
			return "; --memory sets the budget"
		}
		return "; --memory sets the budget, --method the method"
	}
	if _, ok := errors.AsType[*belief.ImpossibleEvidenceError](err); ok {
		return "; take some of it back"
	}
	if e, ok := errors.AsType[*graphical.RowSumError](err); ok {
		switch {
		case e.Sum == 0:
			return "; a row of zeros cannot be normalized"
		case !t.flags.normalize && at.Flags().Lookup("normalize") != nil:
			return "; --normalize divides every row by its sum"
		case math.IsInf(e.Sum, 1):
			return "; a sum beyond float64 cannot be normalized"
		}
	}
	if _, ok := errors.AsType[*inference.LoopError](err); ok {
		return ": --method junction-tree"
	}
	if e, ok := errors.AsType[*inference.RareEvidenceError](err); ok && e.Method == (inference.Rejection{}).Name() {
		return "; --method chooses, and --tries sets how many draws are tried"
	}
	return ""
}

// warn prints warnings, unless they are not wanted.
func (t *tool) warn(warnings []belief.Warning) {
	if t.flags.quiet {
		return
	}
	for _, w := range warnings {
		fmt.Fprintln(t.stderr, "belief: warning: "+oneLine(w.String()))
	}
}

// oneLine keeps a text with names from a file in it on one line of bearable
// length, and keeps what controls terminals out of it.
func oneLine(s string) string {
	const most = 2000
	if len(s) > most {
		cut := most
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return printable(s)
}

// printable escapes what is not meant to be seen, as Go does.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case !unicode.IsPrint(r):
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
		s = s[n:]
	}
	return b.String()
}
