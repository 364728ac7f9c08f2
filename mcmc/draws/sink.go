package draws

import (
	"fmt"
	"slices"
)

// A Sink takes draws as they come: from a run that wants them in a file, or from
// a reader that has them in one.
//
// Begin comes first and End last, also after a run that was interrupted; a run
// that fails calls End too. Between them come the draws of every chain in their
// order, warm-up first, and comments where they belong among them: what was
// adapted after the last draw of the warm-up, times after the last draw of all.
// Chains may interleave. All calls come from one goroutine, or one after the
// other; a sink keeps no slice that it is given. After an error only End is
// called.
type Sink interface {
	// Begin tells the columns, and how many chains there will be.
	Begin(names, stats []string, chains int) error
	// Draw takes one draw of the chain of that number, counted from 0. The
	// slices have the lengths of names and stats.
	Draw(chain int, warmUp bool, stats, values []float64) error
	// Comment takes a line about a chain, without a mark in front of it.
	Comment(chain int, line string) error
	// End makes sure that everything is where it belongs.
	End() error
}

var _ Sink = (*Draws)(nil)

// Begin empties d and makes it ready to take draws in memory: see [Sink].
func (d *Draws) Begin(names, stats []string, chains int) error {
	*d = *New(names, stats, chains, 0)
	return nil
}

// Draw appends a draw to its chain. Its error is nil.
func (d *Draws) Draw(chain int, warmUp bool, stats, values []float64) error {
	if len(stats) != len(d.Stats) || len(values) != len(d.Names) {
		panic(fmt.Sprintf("draws: a draw of %d statistics and %d quantities where there are %d and %d",
			len(stats), len(values), len(d.Stats), len(d.Names)))
	}
	c := d.Chains[chain]
	if warmUp {
		c.WarmUpStats = append(c.WarmUpStats, stats...)
		c.WarmUp = append(c.WarmUp, values...)
		return nil
	}
	c.Stats = append(c.Stats, stats...)
	c.Values = append(c.Values, values...)
	return nil
}

// Comment appends a line to the comments of a chain. Its error is nil.
func (d *Draws) Comment(chain int, line string) error {
	c := d.Chains[chain]
	c.Comments = append(c.Comments, line)
	return nil
}

// End returns nil.
func (d *Draws) End() error { return nil }

// Replay hands all draws to a sink, chain after chain, and ends it. The comments
// of a chain come between its warm-up and its draws, and those of [ElapsedTime]
// after them.
func (d *Draws) Replay(s Sink) error {
	err := s.Begin(d.Names, d.Stats, len(d.Chains))
	for i := range d.Chains {
		if err == nil {
			err = d.replayChain(s, i)
		}
	}
	if e := s.End(); err == nil {
		err = e
	}
	return err
}

func (d *Draws) replayChain(s Sink, i int) error {
	c := d.Chains[i]
	if err := d.replayRows(s, i, true, c.WarmUpStats, c.WarmUp); err != nil {
		return err
	}
	between := slices.IndexFunc(c.Comments, isElapsed)
	if between < 0 {
		between = len(c.Comments)
	}
	if err := replayComments(s, i, c.Comments[:between]); err != nil {
		return err
	}
	if err := d.replayRows(s, i, false, c.Stats, c.Values); err != nil {
		return err
	}
	return replayComments(s, i, c.Comments[between:])
}

func replayComments(s Sink, chain int, lines []string) error {
	for _, line := range lines {
		if err := s.Comment(chain, line); err != nil {
			return err
		}
	}
	return nil
}

func (d *Draws) replayRows(s Sink, chain int, warmUp bool, stats, values []float64) error {
	for len(stats)+len(values) > 0 {
		if err := s.Draw(chain, warmUp, stats[:len(d.Stats)], values[:len(d.Names)]); err != nil {
			return err
		}
		stats, values = stats[len(d.Stats):], values[len(d.Names):]
	}
	return nil
}
