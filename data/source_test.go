package data

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/belief-go/belief"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Every kind of source keeps the contract, and so do parts of parts.
func TestConform(t *testing.T) {
	for _, rows := range []int{0, 1, 2, 9, 60} {
		table := countTo(t, rows)
		bases := map[string]Source{
			"table":    table,
			"forward":  forward(table, 0),
			"window 4": forward(table, 4),
			"window 2": forward(table, 2),
			"foreign":  foreign{table},
			"function": FromFunc(Numbers("x", "y"), rows, func(i int, dst []float64) { dst[0], dst[1] = float64(i), math.Sqrt(float64(i)) }),
		}
		for name, src := range bases {
			t.Run(fmt.Sprintf("%s of %d", name, rows), func(t *testing.T) { conform(t, src) })
			if name == "function" {
				continue
			}
			hot := must(OneHot(src))(t)
			parts := must(Split(src, 3, 0.5, 0.2))(t)
			scaled := src
			if rows > 1 {
				scaled = must(must(Standardize(src, "i"))(t).Apply(src))(t)
			}
			for part, s := range map[string]Source{
				"Select":          must(Select(src, "kind", "i"))(t),
				"Without":         must(Without(src, "half"))(t),
				"OneHot":          hot,
				"Range":           Range(src, rows/4, rows-rows/4),
				"Shard":           Shard(src, 1, 3),
				"Split 0":         parts[0],
				"Split 2":         parts[2],
				"Scaled":          scaled,
				"Range of Split":  Range(parts[0], 0, parts[0].Rows()/2),
				"Split of Select": must(Split(must(Select(src, "i"))(t), 1, 0.3))(t)[0],
				"Shard of OneHot": Shard(hot, 0, 2),
			} {
				t.Run(fmt.Sprintf("%s of %s of %d", part, name, rows), func(t *testing.T) { conform(t, s) })
			}
		}
	}
}

// numbersIn returns the first columns of all rows.
func numbersIn(t testing.TB, src Source) []int {
	var out []int
	for _, row := range rowsOf(t, open(t, src, Order{}), 0) {
		out = append(out, int(row[1]))
	}
	return out
}

// A split deals out every row once, in exact numbers, the same from a file as from
// memory.
func TestSplit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.IntRange(0, 300).Draw(rt, "rows")
		seed := rapid.Uint64().Draw(rt, "seed")
		fractions := rapid.SliceOfN(rapid.Float64Range(0.01, 0.3), 1, 3).Draw(rt, "fractions")
		src := countTo(t, rows)
		parts, err := Split(src, seed, fractions...)
		if err != nil {
			rt.Fatal(err)
		}
		streamed, err := Split(forward(src, 0), seed, fractions...)
		if err != nil {
			rt.Fatal(err)
		}
		if len(parts) != len(fractions)+1 {
			rt.Fatalf("%d parts", len(parts))
		}
		var all []int
		for k, p := range parts {
			is := numbersIn(t, p)
			if !slices.IsSorted(is) {
				rt.Fatalf("part %d is out of order: %v", k, is)
			}
			if d := cmp.Diff(is, numbersIn(t, streamed[k])); d != "" {
				rt.Fatalf("part %d in memory and streamed:\n%s", k, d)
			}
			if k < len(fractions) && math.Abs(float64(p.Rows())-fractions[k]*float64(rows)) > 1 {
				rt.Fatalf("part %d of %v has %d of %d rows", k, fractions[k], p.Rows(), rows)
			}
			all = append(all, is...)
		}
		slices.Sort(all)
		for i, v := range all {
			if i != v {
				rt.Fatalf("the parts together are %v", all)
			}
		}
		if len(all) != rows {
			rt.Fatalf("the parts have %d rows of %d", len(all), rows)
		}
	})
}

// All splits and all orders are equally likely: the 6 splits of 4 rows in halves, and
// the 24 orders of 4 rows through a window that holds them all, counted over 24,000
// seeds. Chi squared with 5 and 23 degrees of freedom is over 36.5 and 70.5 in one of
// a million (scipy.stats.chi2.isf(1e-6, df) is 35.9 and 69.9).
func TestUniform(t *testing.T) {
	const seeds = 24000
	table := must(FromMatrix([]float64{0, 1, 2, 3}, 1))(t)
	chi := func(counts map[string]int, cases int, limit float64, what string) {
		expected := float64(seeds) / float64(cases)
		x := expected * float64(cases-len(counts))
		for _, n := range counts {
			x += (float64(n) - expected) * (float64(n) - expected) / expected
		}
		if x > limit {
			t.Errorf("%s: chi squared %.1f over %.1f: %v", what, x, limit, counts)
		}
	}
	splits, orders, windows, short := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	all, some := forward(table, 4), forward(table, 3)
	for seed := range uint64(seeds) {
		parts := must(Split(table, seed, 0.5))(t)
		splits[fmt.Sprint(parts[0].(*rowsView).list)]++
		o := Order{Shuffle: true, Seed: seed}
		for src, counts := range map[Source]map[string]int{table: orders, all: windows, some: short} {
			b := Batch{Size: 4}
			if err := open(t, src, o).Next(&b); err != nil {
				t.Fatal(err)
			}
			counts[fmt.Sprint(b.X)]++
		}
	}
	chi(splits, 6, 36.5, "splits")
	chi(orders, 24, 70.5, "orders")
	chi(windows, 24, 70.5, "orders through a window")
	if len(short) != 18 { // the last row does not come first
		t.Errorf("a window of 3 gives 4 rows %d orders", len(short))
	}
}

// The shards are the source, cut.
func TestShard(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.IntRange(0, 50).Draw(rt, "rows")
		n := rapid.IntRange(1, 60).Draw(rt, "n")
		src := countTo(t, rows)
		var all []int
		for i := range n {
			s := Shard(src, i, n)
			if r := s.Rows(); r < rows/n || r > rows/n+1 {
				rt.Fatalf("shard %d of %d has %d of %d rows", i, n, r, rows)
			}
			all = append(all, numbersIn(t, s)...)
		}
		if d := cmp.Diff(numbersIn(t, src), all); d != "" {
			rt.Fatal(d)
		}
	})
}

func TestUnknownColumn(t *testing.T) {
	src := countTo(t, 3)
	for name, f := range map[string]func() error{
		"Index":       func() error { _, err := Index(src, "halv"); return err },
		"Select":      func() error { _, err := Select(src, "i", "halv"); return err },
		"Without":     func() error { _, err := Without(src, "halv"); return err },
		"OneHot":      func() error { _, err := OneHot(src, "halv"); return err },
		"Weighted":    func() error { _, err := Weighted(src, "halv"); return err },
		"Standardize": func() error { _, err := Standardize(src, "halv"); return err },
		"Column":      func() error { _, err := src.Column("halv"); return err },
	} {
		var unknown *belief.UnknownNameError
		if err := f(); !errors.As(err, &unknown) || !slices.Contains(unknown.Suggestions, "half") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadSettings(t *testing.T) {
	src := countTo(t, 3)
	columns := func(names ...string) error { _, err := NewTable(Numbers(names...), nil, nil); return err }
	bad := []float64{0.5, 0.5}
	for name, err := range map[string]error{
		"twice":        func() error { _, err := Select(src, "i", "i"); return err }(),
		"fraction 0":   func() error { _, err := Split(src, 1, 0); return err }(),
		"fraction NaN": func() error { _, err := Split(src, 1, math.NaN()); return err }(),
		"fractions":    func() error { _, err := Split(src, 1, 0.6, 0.6); return err }(),
		"no name":      columns("a", ""),
		"same names":   columns("a", "a"),
		"categories":   func() error { _, err := NewTable([]Column{{"a", []string{"x", "x"}}}, nil, nil); return err }(),
		"one-hot":      func() error { _, err := OneHot(src, "i"); return err }(),
		"standardize":  func() error { _, err := Standardize(src, "kind"); return err }(),
		"two weights":  func() error { _, err := Weighted(src, "i"); return err }(),
		"ragged":       func() error { _, err := FromRows([][]float64{{1}, {1, 2}}); return err }(),
		"nothing":      func() error { _, err := FromRows(nil); return err }(),
		"no columns":   func() error { _, err := FromMatrix(nil, 0); return err }(),
		"scales":       func() error { _, err := (&Scaling{Columns: []string{"i"}}).Apply(src); return err }(),
		"scale 0":      func() error { _, err := (&Scaling{[]string{"i"}, bad[:1], make([]float64, 1)}).Apply(src); return err }(),
		"all missing":  func() error { _, err := Standardize(must(FromMatrix([]float64{math.NaN()}, 1))(t)); return err }(),
		"memory":       func() error { _, err := ReadAll(foreign{src}, Limits{Memory: -1}); return err }(),
		"weights": func() error {
			_, err := Standardize(must(NewTable(Numbers("x"), bad, []float64{1e308, 1e308}))(t))
			return err
		}(),
	} {
		var config *belief.ConfigError
		if !errors.As(err, &config) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var large *belief.TooLargeError
	if _, err := ReadAll(foreign{src}, Limits{Memory: 95}); !errors.As(err, &large) || large.Bytes != 96 {
		t.Errorf("3 rows of 3 values and a weight in 95 bytes: %v", err)
	}
	huge := FromFunc(Numbers("x"), math.MaxInt, func(int, []float64) {})
	if _, err := huge.Pass(Order{Shuffle: true}); !errors.As(err, &large) {
		t.Errorf("shuffling all there is: %v", err)
	}
	if _, err := ReadAll(huge, Limits{}); !errors.As(err, &large) {
		t.Errorf("reading all there is: %v", err)
	}
	p := open(t, huge, Order{})
	if err := p.Skip(math.MaxInt - 1); err != nil {
		t.Fatal(err)
	}
	if rows := rowsOf(t, p, 0); len(rows) != 1 {
		t.Errorf("%d rows after all but one", len(rows))
	}
}

// An error in the middle ends every kind of pass, and is what comes out.
func TestErrorsPass(t *testing.T) {
	broken := errors.New("broken")
	table := countTo(t, 5000)
	src := &sequential{columns: table.columns, rows: table.rows, window: 10, open: func(uint64) (Pass, error) {
		p, err := table.Pass(Order{})
		return &breaking{p, 2, broken}, err
	}}
	for name, s := range map[string]Source{
		"itself": src, "Range": Range(src, 1, 4000), "Split": must(Split(src, 1, 0.9))(t)[0], "Select": must(Select(src, "i"))(t),
	} {
		for _, o := range []Order{{}, {Shuffle: true}} {
			var got error
			n := 0
			for b, err := range Batches(s, o, 300) {
				if err != nil {
					got = err
					continue
				}
				n += b.Rows
			}
			if !errors.Is(got, broken) || n >= s.Rows() {
				t.Errorf("%s, %+v: %v after %d rows", name, o, got, n)
			}
			if !o.Shuffle {
				continue
			}
			p := open(t, s, o)
			if err := p.Skip(3500); !errors.Is(err, broken) {
				t.Errorf("%s: skipping gives %v", name, err)
			}
			if err := p.Next(&Batch{}); !errors.Is(err, broken) {
				t.Errorf("%s: after skipping comes %v", name, err)
			}
		}
	}
	if _, err := Summarize(src); !errors.Is(err, broken) {
		t.Errorf("Summarize: %v", err)
	}
	if _, err := ReadAll(src, Limits{}); !errors.Is(err, broken) {
		t.Errorf("ReadAll: %v", err)
	}
	if _, err := Weighted(src, "i"); !errors.Is(err, broken) && err == nil {
		t.Errorf("Weighted: %v", err)
	}
}

// breaking fails after some calls of Next and at once in Skip.
type breaking struct {
	Pass
	left int
	err  error
}

func (p *breaking) Next(b *Batch) error {
	if p.left--; p.left < 0 {
		b.empty()
		return p.err
	}
	return p.Pass.Next(b)
}

// The epoch gets through to what a part is a part of.
func TestEpochOfParts(t *testing.T) {
	src := epochs{countTo(t, 20)}
	for name, s := range map[string]Source{
		"Range": Range(src, 1, 9), "Split": must(Split(src, 1, 0.5))(t)[0], "Select": must(Select(src, "i"))(t), "Shard of Split": Shard(must(Split(src, 1, 0.5))(t)[0], 1, 2),
	} {
		for _, shuffle := range []bool{false, true} {
			for _, row := range rowsOf(t, open(t, s, Order{Shuffle: shuffle, Epoch: 2}), 0) {
				if row[1] != 2 {
					t.Fatalf("%s: a row of epoch %v", name, row[1])
				}
			}
		}
	}
}

// epochs is a source whose values are the epoch.
type epochs struct{ Source }

func (e epochs) Pass(o Order) (Pass, error) {
	return FromFunc(e.Columns(), e.Rows(), func(_ int, dst []float64) {
		for j := range dst {
			dst[j] = float64(o.Epoch)
		}
	}).Pass(o)
}
