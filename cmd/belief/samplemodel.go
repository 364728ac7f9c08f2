package main

// belief sample of a fitted model: rows as CSV.

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/em"
	"github.com/belief-go/belief/graphical/chain"
	"github.com/belief-go/belief/internal/stream"
)

// A rowSampler is a fitted model that draws rows.
type rowSampler interface {
	em.RowModel
	RandTo(dst []float64, r *rand.Rand) []float64
}

// A categorized model knows the categories of its columns.
type categorized interface {
	em.RowModel
	Categories(column int) []string
}

// holdsModel says whether a file, or standard input, holds a model that fit has
// written, which starts with its kind, and no network. What cannot be read is left to
// the reader of networks.
func (t *tool) holdsModel(path string) bool {
	const enough = 64
	var head []byte
	if path == "-" {
		b := bufio.NewReader(t.stdin)
		t.stdin = b
		head, _ = b.Peek(enough)
	} else {
		f, err := data.Open(path, data.Limits{})
		if err != nil {
			return false
		}
		defer f.Close()
		head, _ = io.ReadAll(io.LimitReader(f, enough))
	}
	head = bytes.Join(bytes.Fields(head), nil)
	return bytes.HasPrefix(head, []byte(`{"kind":"`))
}

// drawRows draws and writes.
func (t *tool) drawRows(ctx context.Context, path string, l lot) error {
	if len(l.given) > 0 || l.file != "" || len(l.targets) > 0 || l.method != "auto" || l.thin.n > 0 || l.burnInGiven {
		return usage(errors.New("a fitted model is sampled as a whole: -e, -t, --method, --thin and --burn-in are for networks"))
	}
	m, err := t.loadModel(ctx, path)
	if err != nil {
		return err
	}
	if h, ok := m.model.(*chain.HMM); ok {
		return t.drawSequence(ctx, h, l.n.n)
	}
	s, ok := m.model.(rowSampler)
	if !ok {
		return fmt.Errorf("%s: a model of kind %s cannot be sampled", path, m.kind)
	}
	r := stream.New(t.flags.seed.n, "sample")
	row := make([]float64, len(s.Columns()))
	record := make([]string, len(row))
	return t.pour(func(w *bufio.Writer) error {
		c := csv.NewWriter(w)
		if err := c.Write(s.Columns()); err != nil {
			return err
		}
		for i := uint64(0); i < l.n.n; i++ {
			if i%drawsPerLook == 0 && ctx.Err() != nil {
				break
			}
			for j, v := range s.RandTo(row, r) {
				record[j] = exactly(v)
				if n, ok := m.model.(categorized); ok {
					if texts := n.Categories(j); texts != nil {
						record[j] = texts[int(v)]
					}
				}
			}
			if err := c.Write(record); err != nil {
				return err
			}
		}
		c.Flush()
		return errors.Join(c.Error(), ctx.Err())
	})
}
