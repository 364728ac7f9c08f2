package data

// Sources that are read from the front only, and how they are shuffled all the same.

import (
	"io"
	"math/rand/v2"

	"github.com/belief-go/belief/internal/stream"
)

// A sequential is a source whose rows come one after the other.
type sequential struct {
	columns []Column
	rows    int
	window  int // rows to shuffle through; 0: the default
	open    func(epoch uint64) (Pass, error)
}

func (s *sequential) Columns() []Column  { return s.columns }
func (s *sequential) Rows() int          { return s.rows }
func (s *sequential) shuffleWindow() int { return s.window }

func (s *sequential) Pass(o Order) (Pass, error) {
	p, err := s.open(o.Epoch)
	if err != nil || !o.Shuffle {
		return p, err
	}
	return &window{
		in:   p,
		rng:  stream.New(o.Seed, "data window", o.Epoch),
		most: windowRows(s.window, s.rows, len(s.columns)),
		left: s.rows,
	}, nil
}

const (
	defaultWindow = 65536
	windowMemory  = 64 << 20 // bytes of a window whose size nobody has asked for
)

// windowRows is the size of the window for a source.
func windowRows(asked, rows, columns int) int {
	if asked == 0 {
		asked = max(min(defaultWindow, windowMemory/8/max(columns, 1)), 1)
	}
	return min(asked, rows)
}

// windowOf returns the window that a source is shuffled through; 0 is the default.
func windowOf(src Source) int {
	if w, ok := src.(interface{ shuffleWindow() int }); ok {
		return w.shuffleWindow()
	}
	return 0
}

// A window shuffles a pass: it holds so many rows, gives out one at random, and takes
// in the next in its place. If all rows go in, every order is as likely as any other;
// else a row may come late by any number of places and early by less than the window.
type window struct {
	in      Pass
	rng     *rand.Rand
	most    int // rows held
	left    int // rows to give out
	held    Batch
	next    Batch // from in
	at      int   // of next
	drained bool  // in has no more
	err     error // why the pass is over
}

func (w *window) Next(b *Batch) error {
	if err := w.fill(); err != nil {
		b.empty()
		return err
	}
	n, k := min(b.Room(), w.left), 0
	b.Reshape(n, w.held.Columns, w.held.Weights != nil)
	for ; k < n && w.held.Rows > 0; k++ {
		i := w.rng.IntN(w.held.Rows)
		copy(b.Row(k), w.held.Row(i))
		if b.Weights != nil {
			b.Weights[k] = w.held.Weights[i]
		}
		if err := w.replace(i); err != nil {
			b.empty()
			return err
		}
	}
	b.Reshape(k, b.Columns, b.Weights != nil)
	w.left -= k
	return nil
}

func (w *window) Skip(rows int) error {
	if rows < 0 {
		panic("data: skipping a negative number of rows")
	}
	if rows == 0 {
		return nil
	}
	if err := w.fill(); err != nil {
		if err == io.EOF {
			return nil
		}
		return err
	}
	for ; rows > 0 && w.held.Rows > 0; rows-- {
		w.left--
		if err := w.replace(w.rng.IntN(w.held.Rows)); err != nil {
			return err
		}
	}
	return nil
}

func (w *window) Close() error {
	w.err = io.EOF
	return w.in.Close()
}

// fill takes the first rows in, and ends the pass if there are none left.
func (w *window) fill() error {
	if w.err != nil {
		return w.err
	}
	if w.held.Rows > 0 && w.left > 0 {
		return nil
	}
	if w.drained || w.left <= 0 {
		w.err = io.EOF
		return w.err
	}
	for w.held.Rows < w.most {
		ok, err := w.more()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if w.held.Rows == 0 {
			w.held.X = make([]float64, 0, w.most*w.next.Columns)
			w.held.Columns = w.next.Columns
			if w.next.Weights != nil {
				w.held.Weights = make([]float64, 0, w.most)
			}
		}
		w.held.X = append(w.held.X, w.next.Row(w.at)...)
		if w.next.Weights != nil {
			w.held.Weights = append(w.held.Weights, w.next.Weights[w.at])
		}
		w.held.Rows++
		w.at++
	}
	if w.held.Rows == 0 {
		w.drained, w.err = true, io.EOF
	}
	return w.err
}

// more makes sure that there is a row to take in, if there is one.
func (w *window) more() (bool, error) {
	if w.drained {
		return false, nil
	}
	if w.at < w.next.Rows {
		return true, nil
	}
	w.at = 0
	if err := w.in.Next(&w.next); err == io.EOF {
		w.drained = true
		return false, nil
	} else if err != nil {
		w.err = err
		return false, err
	}
	return true, nil
}

// replace puts the next row in place of row i, or the last of the held ones.
func (w *window) replace(i int) error {
	ok, err := w.more()
	if err != nil {
		return err
	}
	from, k := &w.next, w.at
	if ok {
		w.at++
	} else {
		from, k = &w.held, w.held.Rows-1
	}
	copy(w.held.Row(i), from.Row(k))
	if w.held.Weights != nil {
		w.held.Weights[i] = from.Weights[k]
	}
	if !ok {
		w.held.Reshape(k, w.held.Columns, w.held.Weights != nil)
	}
	return nil
}
