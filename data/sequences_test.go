package data

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Rows of one name make one sequence, wherever they stand.
func TestGroupBy(t *testing.T) {
	text := "x,who,kind\n1,bo,a\n2,al,b\n3,bo,\n4,al,a\n5,bo,b\n"
	src := must(ReadCSV(strings.NewReader(text), CSVOptions{}))(t)
	for _, s := range []Source{src, forward(src, 0)} {
		seqs := must(GroupBy(s, "who", Limits{}))(t)
		if seqs.Len() != 2 || seqs.Name(0) != "bo" || seqs.Name(1) != "al" || seqs.Length(0) != 3 {
			t.Fatalf("%d sequences, the first %q of %d", seqs.Len(), seqs.Name(0), seqs.Length(0))
		}
		nan := math.NaN()
		if d := sameBits([][]float64{{1, 0, 3, nan, 5, 1}, {2, 1, 4, 0}}, [][]float64{seqs.Rows(0), seqs.Rows(1)}); d != "" {
			t.Error(d)
		}
		symbols := must(seqs.Symbols("kind"))(t)
		if d := cmp.Diff([][]int{{0, -1, 1}, {1, 0}}, symbols); d != "" {
			t.Error(d)
		}
		conform(t, seqs.Table())
	}
	byNumber := must(GroupBy(src, "x", Limits{}))(t)
	if byNumber.Len() != 5 || byNumber.Name(2) != "3" {
		t.Errorf("%d sequences, one %q", byNumber.Len(), byNumber.Name(2))
	}
	var value *ValueError
	if _, err := GroupBy(src, "kind", Limits{}); !errors.As(err, &value) || value.Row != 2 {
		t.Errorf("a row of no sequence: %v", err)
	}
	var unknown *belief.UnknownNameError
	if _, err := GroupBy(src, "whom", Limits{}); !errors.As(err, &unknown) {
		t.Error(err)
	}
	if _, err := byNumber.Symbols("whom"); !errors.As(err, &unknown) {
		t.Error(err)
	}
	var large *belief.TooLargeError
	if _, err := GroupBy(forward(src, 0), "who", Limits{Memory: 1}); !errors.As(err, &large) {
		t.Error(err)
	}
	var config *belief.ConfigError
	if _, err := GroupBy(countTo(t, 4), "i", Limits{}); !errors.As(err, &config) {
		t.Errorf("a table with weights: %v", err)
	}
}

func TestBadSequences(t *testing.T) {
	table := must(FromMatrix([]float64{1, 2, 3}, 1))(t)
	var config *belief.ConfigError
	for _, lengths := range [][]int{{1, 1}, {4}, {-1, 4}, {2, 2}, nil, {math.MaxInt, math.MaxInt}} {
		if _, err := NewSequences(table, lengths); !errors.As(err, &config) {
			t.Errorf("lengths %v: %v", lengths, err)
		}
	}
	if _, err := FromSymbols(Column{Name: "x"}, nil); !errors.As(err, &config) {
		t.Errorf("a column without categories: %v", err)
	}
	if _, err := must(NewSequences(table, []int{3}))(t).Symbols("x1"); !errors.As(err, &config) {
		t.Errorf("numbers as symbols: %v", err)
	}
	var value *ValueError
	if _, err := FromSymbols(Column{"k", []string{"a", "b"}}, [][]int{{0, 1}, {-1, 2}}); !errors.As(err, &value) || value.Row != 3 {
		t.Errorf("a symbol too large: %v", err)
	}
}

// Symbols go in and come out; splits and batches hold every sequence once.
func TestSequences(t *testing.T) {
	column := Column{"k", []string{"a", "b", "c"}}
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.SliceOf(rapid.IntRange(-1, 2))).Draw(t, "sequences")
		s, err := FromSymbols(column, want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Symbols("k")
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(want, got, slices.Equal) || s.Len() != len(want) {
			t.Fatalf("%v comes out as %v", want, got)
		}
		seed := rapid.Uint64().Draw(t, "seed")
		size := rapid.IntRange(1, 5).Draw(t, "size")
		for _, o := range []Order{{}, {Shuffle: true, Seed: seed}, {Shuffle: true, Seed: seed, Epoch: 1}} {
			var all []int
			for b := range s.Batches(o, size) {
				if len(all)%size != 0 || len(b) > size {
					t.Fatalf("a batch of %d after %d sequences", len(b), len(all))
				}
				all = append(all, b...)
			}
			if !o.Shuffle && !slices.IsSorted(all) {
				t.Fatalf("sequences come as %v", all)
			}
			slices.Sort(all)
			for i, k := range all {
				if i != k {
					t.Fatalf("the batches hold %v", all)
				}
			}
			if len(all) != len(want) {
				t.Fatalf("the batches hold %d of %d", len(all), len(want))
			}
		}
		parts, err := s.Split(seed, 0.4, 0.3)
		if err != nil {
			t.Fatal(err)
		}
		var together [][]int
		for _, p := range parts {
			symbols, err := p.Symbols("k")
			if err != nil {
				t.Fatal(err)
			}
			together = append(together, symbols...)
		}
		slices.SortFunc(together, slices.Compare[[]int])
		ordered := slices.Clone(want)
		slices.SortFunc(ordered, slices.Compare[[]int])
		if !slices.EqualFunc(ordered, together, slices.Equal) {
			t.Fatalf("split, %v becomes %v", ordered, together)
		}
	})
}

func TestShuffledSequences(t *testing.T) {
	s := must(FromSymbols(Column{"k", []string{"a"}}, make([][]int, 30)))(t)
	order := func(o Order) (all []int) {
		for b := range s.Batches(o, 7) {
			all = append(all, b...)
		}
		return all
	}
	a, b, c := order(Order{Shuffle: true}), order(Order{Shuffle: true, Epoch: 1}), order(Order{Shuffle: true, Seed: 1})
	if slices.Equal(a, b) || slices.Equal(a, c) || slices.IsSorted(a) || !slices.Equal(a, order(Order{Shuffle: true})) {
		t.Errorf("orders %v, %v, %v", a, b, c)
	}
}
