package data

// Sources whose rows can be had in any order: those in memory, and those that are
// made up row by row.

import (
	"fmt"
	"io"
	"math/bits"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/stream"
)

// random is a source that gives any row at any time.
type random interface {
	Source
	// reader returns what reads in an epoch, with scratch memory of its own.
	reader(epoch uint64) rowReader
}

// A rowReader reshapes the batch and puts the rows of the given indices into it.
type rowReader func(b *Batch, rows []int) error

// FromFunc returns a source whose row i is what row puts into dst, which has a place
// for every column and any content. The function must give the same values for the
// same i, and may be called from several goroutines at once. A value of a column with
// categories that is none of them ends a pass in a [*ValueError]. Columns without names or
// of one name, and a negative number of rows, panic.
func FromFunc(columns []Column, rows int, row func(i int, dst []float64)) Source {
	if err := checkColumns(columns); err != nil {
		panic("data: " + err.Error())
	}
	if rows < 0 {
		panic("data: a negative number of rows")
	}
	return &function{columns, categorical(columns), rows, row}
}

type function struct {
	columns     []Column
	categorical []int // the columns with categories
	rows        int
	row         func(i int, dst []float64)
}

func (f *function) Columns() []Column          { return f.columns }
func (f *function) Rows() int                  { return f.rows }
func (f *function) Pass(o Order) (Pass, error) { return newRandomPass(f, o) }

func (f *function) reader(uint64) rowReader {
	return func(b *Batch, rows []int) error {
		b.Reshape(len(rows), len(f.columns), false)
		for k, i := range rows {
			f.row(i, b.Row(k))
			if err := checkRow(f.columns, f.categorical, i, b.Row(k)); err != nil {
				return err
			}
		}
		return nil
	}
}

// A randomPass reads rows by their indices.
type randomPass struct {
	read rowReader
	rows int   // in all
	done int   // read or skipped
	perm []int // the order; nil for that of the source
	idx  []int // of the rows of a batch, if perm is nil
	err  error // why the pass is over
}

// maxShuffled bounds the memory of a permutation to 16 GiB, or 512 MiB where addresses
// have 32 bits.
const maxShuffled = 1 << (23 + bits.UintSize/8)

func newRandomPass(src random, o Order) (Pass, error) {
	p := &randomPass{read: src.reader(o.Epoch), rows: src.Rows()}
	if o.Shuffle {
		if uint64(p.rows) > maxShuffled {
			return nil, &belief.TooLargeError{
				What: fmt.Sprintf("order of %d rows", p.rows), Bytes: bits.UintSize / 8 * float64(p.rows), Budget: bits.UintSize / 8 * maxShuffled,
				Advice: "shuffle parts of the source, see Range",
			}
		}
		p.perm = stream.New(o.Seed, "data order", o.Epoch).Perm(p.rows)
	}
	return p, nil
}

func (p *randomPass) Next(b *Batch) error {
	n := min(b.Room(), p.rows-p.done)
	if p.err == nil && n == 0 {
		p.err = io.EOF
	}
	if p.err != nil {
		b.empty()
		return p.err
	}
	var idx []int
	if p.perm != nil {
		idx = p.perm[p.done : p.done+n]
	} else {
		if cap(p.idx) < n {
			p.idx = make([]int, n)
		}
		idx = p.idx[:n]
		for k := range idx {
			idx[k] = p.done + k
		}
	}
	if p.err = p.read(b, idx); p.err != nil {
		b.empty()
		return p.err
	}
	p.done += n
	return nil
}

func (p *randomPass) Skip(rows int) error {
	if rows < 0 {
		panic("data: skipping a negative number of rows")
	}
	if p.err != nil && p.err != io.EOF {
		return p.err
	}
	p.done += min(rows, p.rows-p.done)
	return nil
}

func (p *randomPass) Close() error {
	p.done, p.err = p.rows, io.EOF
	return nil
}
