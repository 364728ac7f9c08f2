package datadir

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Path returns the path of a file or folder of the data directory: the one named
// by BELIEF_DATA, else shared/data beside the repository. Without it the test is
// skipped, and the message names the missing path.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	dir := os.Getenv("BELIEF_DATA")
	if dir == "" {
		_, here, _, _ := runtime.Caller(0)
		dir = filepath.Join(filepath.Dir(here), "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(append([]string{dir}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs %s: set BELIEF_DATA to the data directory", filepath.Clean(path))
	}
	return path
}

// Networks lists the Bayesian networks of the data directory, smallest first.
var Networks = []string{
	"asia", "cancer", "earthquake", "survey", "sachs", "child", "insurance", "alarm", "hailfinder", "win95pts",
	"andes", "pigs", "water", "mildew", "diabetes", "barley", "link", "munin", "munin1",
}
