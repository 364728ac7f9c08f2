package mcmc

import (
	"sync"
	"time"
)

// block is a stretch of rows of one chain.
type block struct {
	warmUp   bool
	first    int // iteration of the first row
	rows     int
	read     int
	stats    []float64
	values   []float64
	comments []string
}

// queue carries blocks from a chain to the reader. If it is bounded, a chain that
// is far ahead waits. A row has the statistics and values of every walker.
type queue struct {
	bounded       bool
	walkers       int
	nStats, nVals int // of each walker
	most          int // rows of a block

	mu     sync.Mutex
	blocks []*block
	free   []*block
	done   bool  // the chain will push no more
	err    error // why it has ended
	left   bool  // the reader will read no more

	current *block // what the reader reads; its own

	wake chan struct{} // to the reader
	room chan struct{} // to the chain
}

const aheadBlocks = 8

func newQueue(walkers, nStats, nVals int) *queue {
	most := min(max(1, blockNumbers/(walkers*(nStats+nVals))), blockRows)
	return &queue{walkers: walkers, nStats: nStats, nVals: nVals, most: most, wake: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// take returns an empty block.
func (q *queue) take() *block {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.free); n > 0 {
		b := q.free[n-1]
		q.free = q.free[:n-1]
		*b = block{stats: b.stats[:0], values: b.values[:0]}
		return b
	}
	return &block{}
}

// push hands a block to the reader, or drops it if there is none any more.
func (q *queue) push(b *block) {
	q.mu.Lock()
	for q.bounded && len(q.blocks) >= aheadBlocks && !q.left {
		q.mu.Unlock()
		<-q.room
		q.mu.Lock()
	}
	q.blocks = append(q.blocks, b)
	q.mu.Unlock()
	signal(q.wake)
}

// end says that the chain has ended.
func (q *queue) end(err error) {
	q.mu.Lock()
	q.done, q.err = true, err
	q.mu.Unlock()
	signal(q.wake)
}

// abandon says that the reader has gone.
func (q *queue) abandon() {
	q.mu.Lock()
	q.left = true
	q.mu.Unlock()
	signal(q.room)
}

// wait returns when a row can be read, or with more false or an error when the
// chain has ended and all its rows have been read.
func (q *queue) wait(ticker *time.Ticker, tick func()) (more bool, err error) {
	for q.current == nil || q.current.read == q.current.rows {
		select {
		case <-ticker.C:
			tick()
		default:
		}
		q.mu.Lock()
		if q.current != nil && len(q.free) < aheadBlocks {
			q.free = append(q.free, q.current)
		}
		q.current = nil
		if len(q.blocks) > 0 {
			q.current = q.blocks[0]
			q.blocks[0] = nil
			q.blocks = q.blocks[1:]
		}
		done, err := q.done, q.err
		q.mu.Unlock()
		switch {
		case q.current != nil:
			signal(q.room)
		case done:
			return false, err
		default:
			select {
			case <-q.wake:
			case <-ticker.C:
				tick()
			}
		}
	}
	return true, nil
}

// next returns the part of a walker in the row that wait has promised. The row is
// read with that of the last one.
func (q *queue) next(walker int) Step {
	b := q.current
	i := b.read*q.walkers + walker
	s := Step{Iteration: b.first + b.read, WarmUp: b.warmUp,
		Stats:  b.stats[i*q.nStats : (i+1)*q.nStats],
		Values: b.values[i*q.nVals : (i+1)*q.nVals]}
	if i == 0 {
		s.Comments = b.comments
	}
	if walker == q.walkers-1 {
		b.read++
	}
	return s
}
