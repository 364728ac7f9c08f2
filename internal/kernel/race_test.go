//go:build race

package kernel

// race says that the race detector runs, under which a [sync.Pool] forgets at random.
const race = true
