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
	seed      whole
	workers   whole
	timeLimit period
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
		seed:     whole{most: math.MaxUint64},
		workers:  whole{most: math.MaxInt32},
	}
}

// global registers the flags of every command.
func (f *flags) global(cmd *cobra.Command) {
	set := cmd.PersistentFlags()
	set.SortFlags, cmd.Flags().SortFlags = false, false
	set.Var(&f.format, "format", "how to print: table, json or csv; json and csv have every digit")
	set.Var(&f.memory, "memory", "`SIZE` of the memory that tables may take, such as 512MiB or 4GiB; those of a file, an eighth of it")
	set.Var(&f.timeLimit, "time-limit", "give up after this `DURATION`, such as 30s or 5m; 0 is never")
	set.Var(&f.workers, "workers", "`N` goroutines for large work; 0 is one per core")
	set.Var(&f.seed, "seed", "`N` that all random choices derive from")
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
	f.toFile(cmd)
	cmd.Flags().BoolVar(&f.normalize, "normalize", false, "divide every row of every table by its sum")
}

// toFile registers the flag of the commands that print data.
func (f *flags) toFile(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "write to `FILE` instead of standard output, compressed if it ends in .gz")
}

// check finds what is wrong with flags that are right one by one.
func (f *flags) check() error {
	if f.quiet && f.verbose {
		return errors.New("--quiet and --verbose exclude each other")
	}
	return nil
}

// tree is what the flags mean to inference.
func (f *flags) tree() inference.TreeConfig {
	return inference.TreeConfig{
		Order:        graphical.OrderConfig{Seed: f.seed.n},
		MemoryBudget: int64(f.memory),
		Workers:      int(f.workers.n),
	}
}

// What part of the memory the tables and the text of a file may take: a network is
// only the start of the work. A small part is given in any case.
const (
	tableShare, leastTables = 8, 1 << 20
	textShare, leastText    = 16, 16 << 20
)

// reading is what the flags mean to the readers of files.
func (f *flags) reading() format.Options {
	const entryBytes = 8
	return format.Options{
		Normalize:  f.normalize,
		MaxBytes:   max(int64(f.memory)/textShare, leastText),
		MaxEntries: max(int64(f.memory)/tableShare, leastTables) / entryBytes,
	}
}

// A whole is a flag with a number from 0 to a largest one.
type whole struct{ n, most uint64 }

// String, Set and Type make a flag of it.
func (w *whole) String() string { return strconv.FormatUint(w.n, 10) }
func (w *whole) Type() string   { return "number" }

func (w *whole) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	if x, e := strconv.ParseFloat(s, 64); err != nil && e == nil && x >= 0 && x <= 1<<53 && x == math.Floor(x) {
		n, err = uint64(x), nil // 1e6
	}
	if err != nil || n > w.most {
		return fmt.Errorf("want a whole number from 0 to %d", w.most)
	}
	w.n = n
	return nil
}

// A period is a flag with a length of time.
type period time.Duration

// String, Set and Type make a flag of it.
func (p *period) Type() string { return "duration" }

func (p *period) String() string {
	if *p == 0 {
		return "0"
	}
	return time.Duration(*p).String()
}

func (p *period) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return errors.New("want a time such as 30s, 5m or 1h30m, or 0 for no limit")
	}
	*p = period(d)
	return nil
}

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
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40}, {"pib", 1 << 50},
	{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"pb", 1e15},
	{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"t", 1 << 40}, {"p", 1 << 50},
	{"b", 1}, {"", 1},
}

// String, Set and Type make a flag of it.
func (s *size) String() string {
	names := []string{"KiB", "MiB", "GiB", "TiB", "PiB"} // the first units
	for u, name := range slices.Backward(names) {
		if n := int64(units[u].bytes); int64(*s) >= n && int64(*s)%n == 0 {
			return fmt.Sprintf("%d%s", int64(*s)/n, name)
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
		switch n *= u.bytes; {
		case n < 1:
			return errors.New("want at least one byte")
		case n >= math.MaxInt64:
			return errors.New("want less than 8192PiB")
		}
		*s = size(n)
		return nil
	}
	return errors.New("want a size such as 512MiB, 4GiB, 2GB or a number of bytes")
}
