package main

// Draws from a distribution, written as they come.

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist"
	"github.com/belief-go/belief/internal/stream"
)

// drawsPerLook is after how many draws a cancelled context is noticed.
const drawsPerLook = 1024

// sample writes n draws. When interrupted it leaves the draws so far, complete in
// their format.
func (t *tool) sample(ctx context.Context, d fmt.Stringer, n uint64) error {
	r := stream.New(t.flags.seed.n, "dist")
	var next func() []float64
	switch d := d.(type) {
	case dist.Univariate:
		one := make([]float64, 1)
		next = func() []float64 { one[0] = d.Rand(r); return one }
	case dist.Multivariate:
		x := make([]float64, d.Dim())
		next = func() []float64 { return d.RandTo(x, r) }
	}
	return t.pour(func(w *bufio.Writer) error {
		p := printer{w: w, format: t.flags.format.value}
		p.open(d)
		for i := uint64(0); i < n; i++ {
			if i%drawsPerLook == 0 && ctx.Err() != nil {
				break
			}
			if err := p.row(next()); err != nil {
				return err
			}
		}
		p.close()
		return ctx.Err()
	})
}

// pour gives write a place for data that is not complete before it starts: standard
// output or the file that -o names.
func (t *tool) pour(write func(w *bufio.Writer) error) (err error) {
	path, out := t.flags.output, t.stdout
	if path != "" && path != "-" {
		f, err := os.Create(path)
		if err != nil {
			return fmt.Errorf("-o: %w", err)
		}
		defer func() {
			if e := f.Close(); e != nil && err == nil {
				err = fmt.Errorf("-o: %w", e)
			}
		}()
		out = f
		if strings.HasSuffix(path, ".gz") {
			z := gzip.NewWriter(f)
			defer func() {
				if e := z.Close(); e != nil && err == nil {
					err = fmt.Errorf("-o: %w", e)
				}
			}()
			out = z
		}
	}
	w := bufio.NewWriterSize(out, 1<<16)
	if err := write(w); err != nil {
		w.Flush() // what there is, whatever went wrong
		return err
	}
	return w.Flush()
}

// A printer writes rows of numbers in one of the formats. The writer below keeps
// the first error.
type printer struct {
	w      *bufio.Writer
	format string
	rows   int
	buf    []byte
}

func (p *printer) open(d fmt.Stringer) {
	switch p.format {
	case "json":
		fmt.Fprintf(p.w, "{\n  \"schema\": %d,\n  \"distribution\": %s,\n  \"draws\": [", schema, strconv.Quote(d.String()))
	case "csv":
		if m, ok := d.(dist.Multivariate); ok {
			for i := range m.Dim() {
				if i > 0 {
					p.w.WriteByte(',')
				}
				fmt.Fprintf(p.w, "x%d", i+1)
			}
			p.w.WriteByte('\n')
			return
		}
		p.w.WriteString("x\n")
	}
}

// row writes one draw: a line, or an item of the JSON array, which is a number or,
// for vectors, an array.
func (p *printer) row(x []float64) error {
	b := p.buf[:0]
	separator := byte('\t')
	switch {
	case p.format == "csv":
		separator = ','
	case p.format == "json":
		separator = ','
		if p.rows > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n    "...)
		if len(x) > 1 {
			b = append(b, '[')
		}
	}
	for i, v := range x {
		if i > 0 {
			b = append(b, separator)
		}
		if p.format == "json" && math.IsInf(v, 0) {
			text, _ := belief.Number(v).MarshalJSON() // of an infinity, no error
			b = append(b, text...)
			continue
		}
		b = strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	switch {
	case p.format != "json":
		b = append(b, '\n')
	case len(x) > 1:
		b = append(b, ']')
	}
	p.rows++
	p.buf = b
	_, err := p.w.Write(b)
	return err
}

func (p *printer) close() {
	if p.format == "json" {
		p.w.WriteString("\n  ]\n}\n")
	}
}
