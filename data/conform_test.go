package data

import (
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"github.com/belief-go/belief/internal/patience"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// rowsOf reads a pass to its end, in batches of so many rows; the first column is
// the weight. It holds that only the last batch is short.
func rowsOf(t testing.TB, p Pass, size int) [][]float64 {
	t.Helper()
	var rows [][]float64
	b := Batch{Size: size}
	for short := false; ; {
		err := p.Next(&b)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if short || b.Rows < 1 || b.Rows > b.Room() {
			t.Fatalf("batch of %d rows, %d wanted; one before it was short: %v", b.Rows, b.Room(), short)
		}
		short = b.Rows < b.Room()
		if len(b.X) != b.Rows*b.Columns {
			t.Fatalf("batch of %d × %d has %d values", b.Rows, b.Columns, len(b.X))
		}
		for i := range b.Rows {
			w := 1.0
			if b.Weights != nil {
				w = b.Weights[i]
			}
			rows = append(rows, append([]float64{w}, b.Row(i)...))
		}
	}
	if b.Rows != 0 || len(b.X) != 0 || len(b.Weights) != 0 {
		t.Fatalf("the batch is not empty at the end: %d rows", b.Rows)
	}
	if err := p.Next(&b); err != io.EOF {
		t.Fatalf("after io.EOF comes %v", err)
	}
	return rows
}

func open(t testing.TB, src Source, o Order) Pass {
	t.Helper()
	p, err := src.Pass(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sameBits tells rows apart by their bits; the difference is for people.
func sameBits(a, b [][]float64) string {
	if equalRows(a, b) {
		return ""
	}
	return "rows differ:\n" + cmp.Diff(a, b, cmpopts.EquateNaNs())
}

func equalRows(a, b [][]float64) bool {
	return slices.EqualFunc(a, b, func(x, y []float64) bool {
		return slices.EqualFunc(x, y, func(v, w float64) bool { return math.Float64bits(v) == math.Float64bits(w) })
	})
}

func sorted(rows [][]float64) [][]float64 {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b []float64) int { return slices.Compare(a, b) })
	return rows
}

// conform holds a source to its contract. Next must not allocate once it is warm.
func conform(t *testing.T, src Source) {
	t.Helper()
	want := rowsOf(t, open(t, src, Order{}), 7)
	if len(want) != src.Rows() {
		t.Fatalf("%d rows come, %d were announced", len(want), src.Rows())
	}
	for _, row := range want {
		if len(row) != 1+len(src.Columns()) {
			t.Fatalf("row of %d values, %d columns", len(row)-1, len(src.Columns()))
		}
	}
	orders := []Order{{}, {Shuffle: true, Seed: 1}, {Shuffle: true, Seed: 1, Epoch: 1}, {Shuffle: true, Seed: 2}}
	var seen [][][]float64
	for _, o := range orders {
		rows := rowsOf(t, open(t, src, o), 7)
		if d := sameBits(sorted(want), sorted(rows)); d != "" {
			t.Fatalf("order %+v has other rows (-in order +shuffled):\n%s", o, d)
		}
		for _, size := range []int{0, 1, 1000000} {
			if d := sameBits(rows, rowsOf(t, open(t, src, o), size)); d != "" {
				t.Fatalf("order %+v: batches of %d have other rows:\n%s", o, size, d)
			}
		}
		for _, skip := range []int{0, 1, 5, len(rows) - 1, len(rows), len(rows) + 3} {
			if skip < 0 {
				continue
			}
			p := open(t, src, o)
			head := min(2, len(rows)) // some are read first
			if head > 0 {
				b := Batch{Size: head}
				if err := p.Next(&b); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Skip(skip); err != nil {
				t.Fatal(err)
			}
			rest := rows[min(len(rows), head+skip):]
			if got := rowsOf(t, p, 3); len(got)+len(rest) > 0 {
				if d := sameBits(rest, got); d != "" {
					t.Fatalf("order %+v: after skipping %d (-want +got):\n%s", o, skip, d)
				}
			}
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
		}
		seen = append(seen, rows)
	}
	if distinct := slices.CompactFunc(sorted(want), slices.Equal); len(distinct) > 20 {
		for i := range seen {
			for j := range i {
				if equalRows(seen[i], seen[j]) {
					t.Fatalf("orders %+v and %+v are the same", orders[i], orders[j])
				}
			}
		}
	}
	for _, o := range orders[:2] {
		p := open(t, src, o)
		b := Batch{Size: 2}
		if src.Rows() < 8 {
			continue
		}
		for range 2 {
			if err := p.Next(&b); err != nil {
				t.Fatal(err)
			}
		}
		runs := min(100, src.Rows()/2-3)
		if n := patience.Allocations(runs, func() {
			if err := p.Next(&b); err != nil {
				t.Fatal(err)
			}
		}); n > 0 {
			t.Errorf("order %+v: a warm Next allocates %v times", o, n)
		}
		p.Close()
	}
	func() {
		defer func() {
			if got := fmt.Sprint(recover()); got != "data: skipping a negative number of rows" {
				t.Errorf("Skip(-1) panics with %q", got)
			}
		}()
		open(t, src, Order{}).Skip(-1)
	}()
}

// forward hides that a source can give any row at any time.
func forward(src Source, window int) Source {
	return &sequential{columns: src.Columns(), rows: src.Rows(), window: window, open: func(epoch uint64) (Pass, error) { return src.Pass(Order{Epoch: epoch}) }}
}

// foreign is a source of somebody else's making.
type foreign struct{ Source }

// countTo returns a table of rows, each of which has its number in the first column,
// with weights, missing cells and categories.
func countTo(t testing.TB, rows int) *Table {
	t.Helper()
	columns := []Column{{Name: "i"}, {Name: "half"}, {Name: "kind", Categories: []string{"a", "b", "c"}}}
	var x, w []float64
	for i := range rows {
		half := float64(i) / 2
		if i%5 == 3 {
			half = math.NaN()
		}
		x = append(x, float64(i), half, float64(i%3))
		w = append(w, float64(i%4))
	}
	if rows == 0 {
		w = []float64{}
	}
	table, err := NewTable(columns, x, w)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// must takes the error away where there is none.
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
