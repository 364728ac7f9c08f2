package data

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/datadir"
	"github.com/belief-go/belief/internal/patience"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                             nil,
		" \n\t ":                       nil,
		"To be, or not":                {"To", "be", ",", "or", "not"},
		"don't 'quote' rock'n'roll d’": {"don't", "'", "quote", "'", "rock'n'roll", "d", "’"},
		"x2=3.5!?":                     {"x2", "=", "3", ".", "5", "!", "?"},
		"é日本 e\u0301":                  {"é日本", "e\u0301"},
		"a\xffb\xff":                   {"a", "\xff", "b", "\xff"},
	} {
		if got := slices.Collect(Words(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for range Words("a b") {
		break // stopping early is allowed
	}
	if got := slices.Collect(Characters("aé\n\xff")); !slices.Equal(got, []string{"a", "é", "\n", "\xff"}) {
		t.Errorf("characters %q", got)
	}
}

// Characters put together are the text, and words the text without its blanks.
func TestTokensTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if got := strings.Join(slices.Collect(Characters(text)), ""); got != text {
			t.Fatalf("%q becomes %q", text, got)
		}
		if got, want := strings.Join(slices.Collect(Words(text)), ""), strings.Join(strings.Fields(text), ""); got != want {
			t.Fatalf("%q has the words %q, want %q", text, got, want)
		}
		v, err := NewVocabulary(Characters(text), VocabularyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ids, err := v.Encode(Characters(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := v.Decode(ids, ""); got != text {
			t.Fatalf("%q comes back as %q", text, got)
		}
		for i := range v.Len() {
			if n := strings.Count(text, v.Token(i)); v.Count(i) != n || v.Index(v.Token(i)) != i {
				t.Fatalf("token %q is counted %d times, not %d", v.Token(i), v.Count(i), n)
			}
			if i > 0 && v.Count(i) > v.Count(i-1) {
				t.Fatalf("token %d occurs more often than the one before", i)
			}
		}
	})
}

func TestVocabulary(t *testing.T) {
	text := "b a c a b a d <unk> e e"
	all := func(v *Vocabulary) (out []string) {
		for i := range v.Len() {
			out = append(out, v.Token(i))
		}
		return out
	}
	counts := func(v *Vocabulary) (out []int) {
		for i := range v.Len() {
			out = append(out, v.Count(i))
		}
		return out
	}
	for _, c := range []struct {
		opts   VocabularyOptions
		tokens string
		counts []int
	}{
		{VocabularyOptions{}, "a b e <unk> c d", []int{3, 2, 2, 1, 1, 1}},
		{VocabularyOptions{Unknown: "<unk>"}, "<unk> a b e c d", []int{1, 3, 2, 2, 1, 1}},
		{VocabularyOptions{Unknown: "<unk>", MinCount: 2}, "<unk> a b e", []int{3, 3, 2, 2}},
		{VocabularyOptions{MinCount: 3}, "a", []int{3}},
		{VocabularyOptions{Unknown: "?", MaxSize: 3}, "? a b", []int{5, 3, 2}},
		{VocabularyOptions{MaxSize: 2}, "a b", []int{3, 2}},
	} {
		v := must(NewVocabulary(slices.Values(strings.Fields(text)), c.opts))(t)
		if d := cmp.Diff(strings.Fields(c.tokens), all(v)); d != "" {
			t.Errorf("%+v:\n%s", c.opts, d)
		}
		if d := cmp.Diff(c.counts, counts(v)); d != "" {
			t.Errorf("%+v:\n%s", c.opts, d)
		}
		ids, err := v.Encode(Words("a zz"))
		if c.opts.Unknown == "" {
			var unknown *belief.UnknownNameError
			if !errors.As(err, &unknown) || unknown.Name != "zz" || v.Index("zz") != -1 {
				t.Errorf("%+v: %v", c.opts, err)
			}
		} else if err != nil || !slices.Equal(ids, []int{1, 0}) {
			t.Errorf("%+v: %v, %v", c.opts, ids, err)
		}
		if col := v.Column("token"); len(col.Categories) != v.Len() {
			t.Errorf("a column of %d categories", len(col.Categories))
		}
	}
	for _, o := range []VocabularyOptions{{MinCount: -1}, {MaxSize: -1}, {MaxSize: 1, Unknown: "?"}} {
		var config *belief.ConfigError
		if _, err := NewVocabulary(Words(text), o); !errors.As(err, &config) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestReadText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "text")
	write := func(b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range [][]byte{[]byte("\ufeffa\nb"), packed([]byte("a\nb"))} {
		write(b)
		if got := must(ReadText(path, Limits{Memory: 10}))(t); got != "a\nb" {
			t.Errorf("%q", got)
		}
	}
	write(bytes.Repeat([]byte("a"), 11))
	var large *belief.TooLargeError
	if _, err := ReadText(path, Limits{Memory: 10}); !errors.As(err, &large) {
		t.Error(err)
	}
	write([]byte("a\nb\xff\nc"))
	var parse *belief.ParseError
	if _, err := ReadText(path, Limits{}); !errors.As(err, &parse) || parse.Line != 2 {
		t.Error(err)
	}
	text := must(ReadText(datadir.Path(t, "text", "tinyshakespeare.txt"), Limits{}))(t)
	if v := must(NewVocabulary(Characters(text), VocabularyOptions{}))(t); len(text) != 1115394 || v.Len() != 65 || v.Token(0) != " " {
		t.Errorf("%d bytes of %d characters, %q most often", len(text), v.Len(), v.Token(0))
	}
}

// Random windows lie in the stream, come back with their step, and start everywhere.
func TestRandomWindows(t *testing.T) {
	tokens := make([]int, 12)
	for i := range tokens {
		tokens[i] = i
	}
	b := TokenBatch{Sequences: 3, Length: 4}
	starts := map[int]int{}
	for step := range uint64(1000) {
		if err := b.Random(tokens, 1, step); err != nil {
			t.Fatal(err)
		}
		for r := range 3 {
			starts[b.Inputs[4*r]]++
			for k := range 4 {
				if i := 4*r + k; b.Inputs[i] != b.Inputs[4*r]+k || b.Targets[i] != b.Inputs[i]+1 {
					t.Fatalf("step %d: inputs %v, targets %v", step, b.Inputs, b.Targets)
				}
			}
		}
	}
	// 3000 starts in 8 places: chi squared with 7 degrees of freedom is over 41 in
	// less than one of a million (scipy.stats.chi2.isf(1e-6, 7) is 40.5).
	x := 0.0
	for _, n := range starts {
		x += (float64(n) - 375) * (float64(n) - 375) / 375
	}
	if x > 41 || len(starts) != 8 {
		t.Errorf("chi squared %.1f: %v", x, starts)
	}
	inputs := slices.Clone(b.Inputs)
	var again TokenBatch
	again.Sequences, again.Length = 3, 4
	if err := again.Random(tokens, 1, 999); err != nil || !slices.Equal(inputs, again.Inputs) {
		t.Errorf("step 999 is %v, then %v (%v)", inputs, again.Inputs, err)
	}
	if n := patience.Allocations(100, func() { _ = b.Random(tokens, 1, 2); b.Sequential(tokens, 0) }); n > 0 {
		t.Errorf("a warm batch allocates %v times", n)
	}
	var config *belief.ConfigError
	if err := b.Random(tokens[:4], 1, 1); !errors.As(err, &config) {
		t.Errorf("four tokens for a window of four: %v", err)
	}
}

// Reading in sequence, every window goes on where it was, and nearly all tokens come up.
func TestSequentialWindows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens := make([]int, rapid.IntRange(0, 60).Draw(t, "tokens"))
		for i := range tokens {
			tokens[i] = i
		}
		b := TokenBatch{Sequences: rapid.IntRange(1, 5).Draw(t, "sequences"), Length: rapid.IntRange(1, 9).Draw(t, "length")}
		next := make([]int, b.Sequences)
		foreseen, short := 0, false
		for step := 0; b.Sequential(tokens, step); step++ {
			if short || b.Steps < 1 || b.Steps > b.Length {
				t.Fatalf("step %d has %d tokens", step, b.Steps)
			}
			short = b.Steps < b.Length
			for r := range b.Sequences {
				if at := b.Inputs[r*b.Steps]; step > 0 && at != next[r] {
					t.Fatalf("window %d is at %d, want %d", r, at, next[r])
				}
				for k := range b.Steps {
					if i := r*b.Steps + k; b.Targets[i] != b.Inputs[i]+1 {
						t.Fatalf("%d follows %d", b.Targets[i], b.Inputs[i])
					}
				}
				next[r] = b.Targets[(r+1)*b.Steps-1]
				foreseen += b.Steps
			}
		}
		if left := max(len(tokens)-1, 0) - foreseen; left < 0 || left >= b.Sequences {
			t.Fatalf("%d of %d tokens are not foreseen", left, len(tokens)-1)
		}
		if b.Sequential(tokens, math.MaxInt) {
			t.Fatal("there is a step far away")
		}
	})
}
