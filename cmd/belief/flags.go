package main

// The flags that all commands share.

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/graphical/format"
	"github.com/belief-go/belief/inference"
)

// flags are the settings of one call.
type flags struct {
	format    choice
	progress  choice
	memory    size
	seed      uint64
	workers   int
	timeLimit time.Duration
	stats     bool
	quiet     bool
	verbose   bool
	strict    bool
	output    string
	normalize bool
}

func defaultFlags() flags {
	return flags{
		format:   choice{"table", []string{"table", "json", "csv"}},
		progress: choice{"auto", []string{"auto", "never"}},
		memory:   4 << 30,
	}
}

// global registers the flags of every command.
func (f *flags) global(cmd *cobra.Command) {
	set := cmd.PersistentFlags()
	set.SortFlags, cmd.Flags().SortFlags = false, false
	set.Var(&f.format, "format", "how to print: table, json or csv; json and csv have every digit")
	set.Var(&f.memory, "memory", "`SIZE` of the memory that tables may take, such as 512MiB or 4GiB")
	set.DurationVar(&f.timeLimit, "time-limit", 0, "give up after this `DURATION`, such as 30s or 5m; 0 is never")
	set.IntVar(&f.workers, "workers", 0, "`N` goroutines for large work; 0 is one per core")
	set.Uint64Var(&f.seed, "seed", 0, "`N` that all random choices derive from")
	set.Var(&f.progress, "progress", "show progress of large work: auto (on a terminal) or never")
	set.BoolVar(&f.stats, "stats", false, "print timings and sizes on standard error")
	set.BoolVar(&f.strict, "strict", false, "exit with 3 if the answer did not converge")
	set.BoolVarP(&f.quiet, "quiet", "q", false, "print no warnings")
	set.BoolVarP(&f.verbose, "verbose", "v", false, "say more on standard error")
	complete(cmd, "format", choices(f.format.known...))
	complete(cmd, "progress", choices(f.progress.known...))
	for _, name := range []string{"memory", "time-limit", "workers", "seed"} {
		complete(cmd, name, cobra.NoFileCompletions)
	}
}

// forNetworks registers the flags of the commands that read a network and print.
func (f *flags) forNetworks(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "write to `FILE` instead of standard output, compressed if it ends in .gz")
	cmd.Flags().BoolVar(&f.normalize, "normalize", false, "divide every row of every table by its sum")
}

// check finds what is wrong with flags that are right one by one.
func (f *flags) check() error {
	switch {
	case f.workers < 0:
		return fmt.Errorf("--workers must not be negative, got %d", f.workers)
	case f.timeLimit < 0:
		return fmt.Errorf("--time-limit must not be negative, got %v", f.timeLimit)
	case f.quiet && f.verbose:
		return errors.New("--quiet and --verbose exclude each other")
	}
	return nil
}

// tree is what the flags mean to inference.
func (f *flags) tree() inference.TreeConfig {
	return inference.TreeConfig{
		Order:        graphical.OrderConfig{Seed: f.seed},
		MemoryBudget: int64(f.memory),
		Workers:      f.workers,
	}
}

// reading is what the flags mean to the readers of files.
func (f *flags) reading() format.Options { return format.Options{Normalize: f.normalize} }

// A choice is a flag with a few known values.
type choice struct {
	value string
	known []string
}

// String, Set and Type make a flag of it.
func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.known, "|") }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.known, s) {
		return fmt.Errorf("want %s", alternatives(c.known))
	}
	c.value = s
	return nil
}

// alternatives lists words as "a, b or c".
func alternatives(words []string) string {
	last := len(words) - 1
	if last <= 0 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// A size is a flag in bytes.
type size int64

// units by suffix in lower case, longer ones first.
var units = []struct {
	suffix string
	bytes  float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12},
	{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"t", 1 << 40},
	{"b", 1}, {"", 1},
}

// String, Set and Type make a flag of it.
func (s *size) String() string {
	for _, u := range []int{3, 2, 1, 0} {
		if n := int64(units[u].bytes); int64(*s) >= n && int64(*s)%n == 0 {
			return fmt.Sprintf("%d%s", int64(*s)/n, []string{"KiB", "MiB", "GiB", "TiB"}[u])
		}
	}
	return strconv.FormatInt(int64(*s), 10)
}

func (s *size) Type() string { return "size" }

func (s *size) Set(text string) error {
	low := strings.ToLower(strings.TrimSpace(text))
	for _, u := range units {
		number, ok := strings.CutSuffix(low, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || math.IsNaN(n) {
			break
		}
		if n *= u.bytes; n < 1 || n >= math.MaxInt64 {
			return errors.New("out of range")
		}
		*s = size(n)
		return nil
	}
	return errors.New("want a size such as 512MiB, 4GiB, 2GB or a number of bytes")
}
