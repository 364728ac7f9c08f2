// Command belief answers questions about probabilistic models from a shell.
//
//	belief query asia -e smoke=yes -t lung
//	belief info alarm.bif
//	belief dot alarm.bif.gz | dot -Tsvg -o alarm.svg
//
// It reads, asks package inference, and prints; what it prints on standard output
// is data, and everything else goes to standard error. "belief help" lists the
// commands and flags.
//
// The exit status is 0 when all went well, 1 when it did not, 2 for wrong usage,
// 3 for an answer that did not converge under --strict, and 130 when interrupted.
package main

import (
	"context"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
