package patience

import (
	"testing"
	"time"
)

// Within fails the test if more time has passed since start than limit, or than
// ten times limit under the race detector, which slows programs down by as much.
func Within(t testing.TB, start time.Time, limit time.Duration, what string) {
	t.Helper()
	if race {
		limit *= 10
	}
	if took := time.Since(start); took > limit {
		t.Errorf("%s took %v, more than %v", what, took, limit)
	}
}
