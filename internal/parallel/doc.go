// Package parallel runs loops on several cores without letting the number of
// cores show in the result.
//
// A loop body may write only what belongs to its index. What a body computes may
// then not depend on which worker runs it or when, so a loop gives the same bits
// for any number of workers; when it fails, the error is that of the lowest
// failing index among those that ran.
package parallel
