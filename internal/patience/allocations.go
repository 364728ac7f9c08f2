package patience

import "testing"

// Allocations returns how often f allocates on average, as testing.AllocsPerRun does,
// and 0 under the race detector, where every sync.Pool forgets at random.
func Allocations(runs int, f func()) float64 {
	if race {
		f()
		return 0
	}
	return testing.AllocsPerRun(runs, f)
}
