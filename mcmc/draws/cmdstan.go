package draws

// Files as CmdStan writes them.

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/belief-go/belief"
)

// A CmdStan is a sink that writes a file for each chain in the form of CmdStan's
// output, which ArviZ (from_cmdstan), CmdStanR (read_cmdstan_csv), RStan
// (read_stan_csv) and [Read] take: settings as comments, a row of names, a row
// for each draw, and comments. Statistics come first; theta[1,2] is written as
// theta.1.2, and a name that such a file cannot hold is a [*belief.ConfigError].
//
// The files grow in place under their own names, so that a run can be looked at
// while it goes on, and what a killed run leaves can be read. How many draws
// there are is written into the settings at the end. The last comments are those
// of [ElapsedTime]: if no others came, with the times from Begin to the first draw
// after the warm-up and from there to End, and so of the writing if the draws come
// from memory.
//
// The settings count steps, of which num_samples/thin and, where it is kept,
// num_warmup/thin make rows. A warm-up that is kept is not thinned: the settings
// then count rows and say "thin = 1", and "steps_for_each_draw" has Thin.
//
// Comments that come before the first draw after the warm-up are written after
// the line "Adaptation terminated", which stands between warm-up and draws if
// there is either. The other programs understand "Step size = 0.8", and "Diagonal
// elements of inverse mass matrix:" with a comment of numbers and commas after
// it, or "Elements of inverse mass matrix:" with one for each row; and those of
// [ElapsedTime].
type CmdStan struct {
	Name   string // path of the files without their ends, which are _1.csv, _2.csv, …
	Model  string // name of the model; the last part of Name if empty
	Seed   uint64 // of the run, for the record
	WarmUp int    // steps of the warm-up, for the record of a run that does not keep it
	Thin   int    // steps for each draw, for the record; 0 is 1
	Digits int    // significant digits; 0 is as many as it takes to read the same bits

	names, stats []string
	chains       []*stanFile
	row          []byte
	began        time.Time
}

// A stanFile is the file of one chain.
type stanFile struct {
	f              *os.File
	w              *bufio.Writer
	held           []string // comments that wait for the end of the warm-up
	begun, adapted bool
	timed          bool      // the times have come as comments
	first          time.Time // when the warm-up was over
	thin           int       // as the settings have it
	warmUp, draws  int       // rows so far
	flushed        time.Time
	patches        map[string]int64 // where in the file a setting's value stands
}

// patchWidth is the room for a setting that changes while the file is written.
const patchWidth = 12

// unknownWarmUp stands for the number of steps of a warm-up that goes on.
const unknownWarmUp = 1_000_000_000

var _ Sink = (*CmdStan)(nil)

// Begin makes the files, empty. What they held is lost.
func (s *CmdStan) Begin(names, stats []string, chains int) error {
	switch {
	case s.Name == "":
		return &belief.ConfigError{Field: "Name", Value: `""`, Want: "the path of the files without _1.csv"}
	case len(names)+len(stats) == 0:
		return &belief.ConfigError{Field: "Names", Value: names, Want: "at least one"}
	case s.Thin < 0:
		return &belief.ConfigError{Field: "Thin", Value: s.Thin, Want: "0 or more"}
	case s.Digits < 0:
		return &belief.ConfigError{Field: "Digits", Value: s.Digits, Want: "0 or more"}
	}
	if err := checkNames(names, stats, true); err != nil {
		return err
	}
	s.names, s.stats, s.chains = slices.Clone(names), slices.Clone(stats), nil
	s.began = time.Now()
	for i := range chains {
		f, err := os.Create(s.file(i))
		if err != nil {
			return err
		}
		s.chains = append(s.chains, &stanFile{f: f, w: bufio.NewWriterSize(f, 64<<10), patches: map[string]int64{}, flushed: s.began})
	}
	return nil
}

// file is the name of the file of a chain.
func (s *CmdStan) file(chain int) string { return fmt.Sprintf("%s_%d.csv", s.Name, chain+1) }

// Draw writes a row. It allocates nothing but for the first one.
func (s *CmdStan) Draw(chain int, warmUp bool, stats, values []float64) error {
	if len(stats) != len(s.stats) || len(values) != len(s.names) {
		panic(fmt.Sprintf("draws: a draw of %d statistics and %d quantities where there are %d and %d",
			len(stats), len(values), len(s.stats), len(s.names)))
	}
	c := s.chains[chain]
	if warmUp && c.draws > 0 {
		panic("draws: warm-up after draws")
	}
	if !c.begun {
		if err := s.header(chain, warmUp); err != nil {
			return err
		}
	}
	if warmUp {
		c.warmUp++
	} else {
		if !c.adapted {
			if err := s.endWarmUp(c); err != nil {
				return err
			}
		}
		c.draws++
	}
	b := s.row[:0]
	for _, x := range stats {
		b = append(appendNumber(b, x, s.Digits), ',')
	}
	for _, x := range values {
		b = append(appendNumber(b, x, s.Digits), ',')
	}
	b[len(b)-1] = '\n'
	s.row = b
	if _, err := c.w.Write(b); err != nil {
		return err
	}
	if now := time.Now(); now.Sub(c.flushed) > time.Second {
		c.flushed = now
		return c.w.Flush()
	}
	return nil
}

// header writes settings and names.
func (s *CmdStan) header(chain int, keepsWarmUp bool) error {
	c := s.chains[chain]
	c.begun = true
	b := []byte("# belief " + belief.Version + "\n")
	add := func(indent int, text string) { b = fmt.Appendf(b, "#%*s%s\n", indent, "", text) }
	patched := func(indent int, name, value string) {
		b = fmt.Appendf(b, "#%*s%s = ", indent, "", name)
		c.patches[name] = int64(len(b))
		b = fmt.Appendf(b, "%-*s\n", patchWidth, value)
	}
	model := s.Model
	if model == "" {
		model = filepath.Base(s.Name)
	}
	warmUp, keeps := fmt.Sprint(s.WarmUp), 0
	c.thin = max(s.Thin, 1)
	if keepsWarmUp {
		warmUp, keeps, c.thin = fmt.Sprint(unknownWarmUp), 1, 1
	}
	add(1, "model = "+strings.Join(strings.Fields(model), "_"))
	add(1, "method = sample")
	add(3, "sample")
	patched(5, "num_samples", "0")
	patched(5, "num_warmup", warmUp)
	add(5, fmt.Sprint("save_warmup = ", keeps))
	add(5, fmt.Sprint("thin = ", c.thin))
	if c.thin < s.Thin {
		add(5, fmt.Sprint("steps_for_each_draw = ", s.Thin))
	}
	if slices.Contains(s.stats, Energy) {
		add(5, "algorithm = hmc")
		add(7, "hmc")
		add(9, "engine = nuts")
		patched(9, "metric", "diag_e")
	} else {
		add(5, "algorithm = mcmc")
	}
	add(1, fmt.Sprint("id = ", chain+1))
	add(1, "random")
	add(3, fmt.Sprint("seed = ", s.Seed))
	for i, name := range slices.Concat(s.stats, s.names) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, stanName(name)...)
	}
	_, err := c.w.Write(append(b, '\n'))
	return err
}

// endWarmUp writes what comes between warm-up and draws.
func (s *CmdStan) endWarmUp(c *stanFile) error {
	c.adapted, c.first = true, time.Now()
	if _, err := c.w.WriteString("# " + adaptationLine + "\n"); err != nil {
		return err
	}
	for _, line := range c.held {
		if err := c.comment(line); err != nil {
			return err
		}
	}
	c.held = nil
	if c.warmUp == 0 {
		return nil
	}
	return c.patch("num_warmup", fmt.Sprint(c.warmUp))
}

// Comment writes a comment, or keeps it until the warm-up ends.
func (s *CmdStan) Comment(chain int, line string) error {
	c := s.chains[chain]
	for part := range strings.Lines(line) {
		part = strings.TrimRight(part, " \t\r\n")
		if strings.HasPrefix(strings.TrimSpace(part), adaptationLine) {
			continue // it has its place
		}
		c.timed = c.timed || isElapsed(part)
		if !c.adapted {
			c.held = append(c.held, part)
		} else if err := c.comment(part); err != nil {
			return err
		}
	}
	return nil
}

func (c *stanFile) comment(line string) error {
	if strings.HasPrefix(line, "Elements of inverse mass matrix") {
		if err := c.patch("metric", "dense_e"); err != nil {
			return err
		}
	}
	_, err := c.w.WriteString("# " + line + "\n")
	return err
}

// patch changes a setting in the part of the file that is written already.
func (c *stanFile) patch(name, value string) error {
	at, ok := c.patches[name]
	if !ok {
		return nil
	}
	if err := c.w.Flush(); err != nil {
		return err
	}
	_, err := c.f.WriteAt(fmt.Appendf(nil, "%-*s", patchWidth, value), at)
	return err
}

// End writes the numbers of draws into the settings and closes the files. It
// returns the first error.
func (s *CmdStan) End() error {
	var first error
	for i, c := range s.chains {
		err := s.finish(i, c)
		if e := c.f.Close(); err == nil {
			err = e
		}
		if first == nil {
			first = err
		}
	}
	s.chains = nil
	return first
}

func (s *CmdStan) finish(chain int, c *stanFile) error {
	if !c.begun {
		if err := s.header(chain, false); err != nil {
			return err
		}
	}
	if !c.adapted && c.warmUp+len(c.held) > 0 {
		if err := s.endWarmUp(c); err != nil {
			return err
		}
	}
	if !c.timed {
		now := time.Now()
		if !c.adapted {
			c.first = now
		}
		for _, line := range ElapsedTime(c.first.Sub(s.began), now.Sub(c.first)) {
			if err := c.comment(line); err != nil {
				return err
			}
		}
	}
	return c.patch("num_samples", fmt.Sprint(c.draws*c.thin))
}

// ElapsedTime returns the comments that tell the times of a chain as Stan does;
// they are its last.
func ElapsedTime(warmUp, draws time.Duration) []string {
	return []string{
		fmt.Sprintf("%s %.3f seconds (Warm-up)", elapsedLine, warmUp.Seconds()),
		fmt.Sprintf("%*s %.3f seconds (Sampling)", len(elapsedLine), "", draws.Seconds()),
		fmt.Sprintf("%*s %.3f seconds (Total)", len(elapsedLine), "", (warmUp + draws).Seconds()),
	}
}

// elapsedLine starts the comments that come after the draws.
const elapsedLine = "Elapsed Time:"

func isElapsed(comment string) bool {
	return strings.HasPrefix(strings.TrimSpace(comment), elapsedLine)
}
