package em

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/data"
)

func engineTable(t testing.TB, rows, columns int, weights []float64) *data.Table {
	t.Helper()
	x := make([]float64, rows*columns)
	for i := range x {
		x[i] = float64(i)
	}
	names := make([]string, columns)
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i)
	}
	table, err := data.NewTable(data.Numbers(names...), x, weights)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestEngineRowsRefuse(t *testing.T) {
	ctx := context.Background()
	nan, inf := math.NaN(), math.Inf(1)
	numbers := func(w []float64, x ...float64) data.Source {
		t.Helper()
		table, err := data.NewTable(data.Numbers("a", "b"), x, w)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	lying := func(change func(b *data.Batch)) data.Source {
		return engineLiar{engineStream{engineTable(t, 3, 2, nil)}, change}
	}
	var value *data.ValueError
	var config *belief.ConfigError
	for name, c := range map[string]struct {
		src     data.Source
		missing Missing
		as      any
		text    string
	}{
		"nil":               {nil, RefuseMissing, &config, "source is nil"},
		"no rows":           {numbers(nil), RefuseMissing, &config, "without rows"},
		"no columns":        {engineStream{engineTable(t, 0, 0, nil)}, RefuseMissing, &config, "without rows"},
		"missing":           {numbers(nil, 1, 2, 3, nan), RefuseMissing, &value, `column "b" of row 1 is NaN; it must be finite`},
		"infinite":          {numbers(nil, 1, 2, -inf, nan), AllowMissing, &value, `column "a" of row 1 is -Inf; it must be finite or missing`},
		"weights of zero":   {numbers([]float64{0, 0}, 1, 2, 3, 4), RefuseMissing, &config, "weights is 0"},
		"heavy weights":     {numbers([]float64{math.MaxFloat64, math.MaxFloat64}, 1, 2, 3, 4), RefuseMissing, &config, "weights is +Inf"},
		"a zero row":        {numbers([]float64{0, 1}, nan, 2, 3, 4), RefuseMissing, &value, "row 0"},
		"negative weight":   {lying(func(b *data.Batch) { b.Weights = []float64{1, -1, 1} }), RefuseMissing, &value, `column "weight" of row 1 is -1`},
		"weight NaN":        {lying(func(b *data.Batch) { b.Weights = []float64{1, 1, nan} }), RefuseMissing, &value, `row 2`},
		"cells are missing": {lying(func(b *data.Batch) { b.X = b.X[:3] }), RefuseMissing, &config, "3 cells"},
		"columns too many":  {lying(func(b *data.Batch) { b.Columns, b.Rows = 3, 2 }), RefuseMissing, &config, "3 columns"},
		"few weights":       {lying(func(b *data.Batch) { b.Weights = []float64{1} }), RefuseMissing, &config, "1 weights"},
	} {
		_, err := NewRows(ctx, c.src, Config{Memory: 1}, c.missing)
		if err == nil || !errors.As(err, c.as) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewRows(ctx, numbers(nil, nan, 1), Config{}, AllowMissing); err != nil {
		t.Errorf("missing where it is allowed: %v", err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := NewRows(cancelled, numbers(nil, 1, 2), Config{}, AllowMissing); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

// engineLiar changes the batches of another source.
type engineLiar struct {
	data.Source
	change func(*data.Batch)
}

func (l engineLiar) Pass(o data.Order) (data.Pass, error) {
	p, err := l.Source.Pass(o)
	return engineLies{p, l.change}, err
}

type engineLies struct {
	data.Pass
	change func(*data.Batch)
}

func (l engineLies) Next(b *data.Batch) error {
	err := l.Pass.Next(b)
	if err == nil {
		l.change(b)
	}
	return err
}

// Every row comes once, in blocks of the slots they belong to, from memory and streamed.
func TestEngineRowsEach(t *testing.T) {
	weights := make([]float64, 2345)
	for i := range weights {
		weights[i] = float64(i % 3)
	}
	table := engineTable(t, 2345, 2, weights)
	for _, p := range []Pass{{}, {Slots: 3, Workers: 2}, {Slots: 100, Rows: 10}, {Slots: 2, Rows: 10_000}, {Order: data.Order{Shuffle: true, Seed: 4, Epoch: 1}, Rows: 100, Slots: 4, Workers: 7}} {
		var want []string
		for _, src := range []data.Source{table, engineStream{table}} {
			c := Config{}
			if src != table {
				c.Memory = 1
			}
			rows, err := NewRows(context.Background(), src, c, RefuseMissing)
			if err != nil {
				t.Fatal(err)
			}
			if rows.Len() != 2345 || rows.Weight() != 2344 || (rows.Table() == nil) != (c.Memory == 1) {
				t.Fatalf("%d rows of weight %v", rows.Len(), rows.Weight())
			}
			slots := max(p.Slots, 1)
			got := make([][]string, slots)
			seen := make([][]int, slots)
			if err := rows.Each(context.Background(), p, func(slot int, b *Block) error {
				got[slot] = append(got[slot], fmt.Sprint(b.First, b.Rows, b.Row(b.Rows-1), b.Weight(b.Rows-1)))
				for i := range b.Rows {
					seen[slot] = append(seen[slot], int(b.Row(i)[0])/2)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			all := slices.Sorted(slices.Values(slices.Concat(seen...)))
			for i, v := range all {
				if v != i {
					t.Fatalf("%+v: row %d is not there once", p, i)
				}
			}
			flat := slices.Concat(got...)
			if want == nil {
				want = flat
			} else if d := cmp.Diff(want, flat); d != "" {
				t.Errorf("%+v: %s", p, d)
			}
			// Errors of the body end it.
			if err := rows.Each(context.Background(), p, func(int, *Block) error { return io.ErrUnexpectedEOF }); err != io.ErrUnexpectedEOF {
				t.Errorf("%v", err)
			}
		}
	}
}

func TestEngineRowsSample(t *testing.T) {
	weights := make([]float64, 1000)
	for i := range weights {
		weights[i] = float64(i % 2)
	}
	table := engineTable(t, 1000, 2, weights)
	counts := make([]int, 1000)
	for seed := range uint64(200) {
		var both [2]*data.Table
		for i, src := range []data.Source{table, engineStream{table}} {
			rows, err := NewRows(context.Background(), src, Config{Memory: 1}, RefuseMissing)
			if err != nil {
				t.Fatal(err)
			}
			if both[i], err = rows.Sample(50, seed, 3); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(both[0].Matrix(), both[1].Matrix()); d != "" || both[0].Rows() != 50 {
			t.Fatalf("%d rows: %s", both[0].Rows(), d)
		}
		for i := range 50 {
			row := both[0].Row(i)
			if int(row[0])%4 != 2 || row[1] != row[0]+1 || both[0].Weights()[i] != 1 {
				t.Fatalf("row %v of weight %v", row, both[0].Weights()[i])
			}
			counts[int(row[0])/2]++
		}
	}
	// 500 rows with 20 ± 4.2 each; χ² of 499 degrees is above 674 once in a million.
	chi := 0.0
	for i := 1; i < 1000; i += 2 {
		chi += (float64(counts[i]) - 20) * (float64(counts[i]) - 20) / (20 * 0.9)
	}
	if chi > 674 {
		t.Errorf("χ² = %v", chi)
	}
	first := 0
	two, err := NewRows(context.Background(), engineStream{engineTable(t, 2, 1, nil)}, Config{Memory: 1}, RefuseMissing)
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(100) {
		one, err := two.Sample(1, seed)
		if err != nil {
			t.Fatal(err)
		}
		first += 1 - int(one.Row(0)[0])
	}
	if first < 26 || first > 74 { // 50 ± 5: once in a million
		t.Errorf("the first of two rows in %d of 100 samples", first)
	}
	rows, err := NewRows(context.Background(), table, Config{}, RefuseMissing)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := rows.Sample(1000, 1); err != nil || all != table {
		t.Errorf("all rows are not the table: %v", err)
	}
	if one, err := rows.Sample(-3, 1); err != nil || one.Rows() != 1 {
		t.Errorf("%v", err)
	}
}

func TestEngineSequences(t *testing.T) {
	table := engineTable(t, 60, 1, nil)
	lengths := []int{5, 0, 20, 1, 14, 20}
	from, err := data.NewSequences(table, lengths)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSequences(from, []float64{1, 2, 0.5, 1, 1, 0})
	if err != nil {
		t.Fatal(err)
	}
	if s.Weight() != 5.5 || s.Data() != from {
		t.Errorf("weight %v", s.Weight())
	}
	for _, p := range []Pass{{Rows: 10}, {Rows: 10, Slots: 2, Workers: 2}, {Rows: 1, Slots: 9}, {Order: data.Order{Shuffle: true, Seed: 1}, Rows: 8, Slots: 2}} {
		blocks := make([][][]int, max(p.Slots, 1))
		if err := s.Each(context.Background(), p, func(slot int, b *SequenceBlock) error {
			blocks[slot] = append(blocks[slot], b.Members)
			for _, i := range b.Members {
				if b.Weight(i) != []float64{1, 2, 0.5, 1, 1, 0}[i] {
					t.Errorf("weight %v", b.Weight(i))
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		var all []int
		for _, bs := range blocks {
			for _, b := range bs {
				rows := 0
				for _, i := range b[:len(b)-1] {
					rows += lengths[i]
				}
				if rows >= p.Rows {
					t.Errorf("%+v: block %v goes on after enough rows", p, b)
				}
				all = append(all, b...)
			}
		}
		if slices.Sort(all); !slices.Equal(all, []int{0, 1, 2, 3, 4, 5}) {
			t.Errorf("%+v: %v", p, all)
		}
		if p.Rows == 10 && p.Slots == 0 {
			if d := cmp.Diff([][]int{{0, 1, 2}, {3, 4}, {5}}, blocks[0]); d != "" {
				t.Error(d)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Each(ctx, Pass{}, func(int, *SequenceBlock) error { return nil }); err != context.Canceled {
		t.Errorf("%v", err)
	}
	empty, err := data.NewSequences(engineTable(t, 0, 1, nil), []int{0, 0})
	if err != nil {
		t.Fatal(err)
	}
	infinite, err := data.FromMatrix([]float64{1, math.Inf(1)}, 1)
	if err != nil {
		t.Fatal(err)
	}
	bad, err := data.NewSequences(infinite, []int{2})
	if err != nil {
		t.Fatal(err)
	}
	var config *belief.ConfigError
	var value *data.ValueError
	for name, c := range map[string]struct {
		from    *data.Sequences
		weights []float64
		as      any
	}{
		"nil": {nil, nil, &config}, "empty": {empty, nil, &config}, "few weights": {from, []float64{1}, &config},
		"negative": {from, []float64{1, -1, 1, 1, 1, 1}, &config}, "NaN": {from, []float64{1, 1, 1, 1, 1, math.NaN()}, &config},
		"zero": {from, make([]float64, 6), &config}, "infinite": {bad, nil, &value},
	} {
		if _, err := NewSequences(c.from, c.weights); err == nil || !errors.As(err, c.as) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
