package em

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
)

func engineDrawStatistics(t *rapid.T, kind string, n int) *Statistics {
	s := NewStatistics(kind, n)
	f := rapid.Float64Range(-1e6, 1e6)
	for i := range s.Sums {
		s.Sums[i] = f.Draw(t, "sum")
	}
	s.LogLikelihood, s.Weight = f.Draw(t, "l"), f.Draw(t, "w")
	return s
}

func TestEngineStatistics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 9).Draw(t, "n")
		a, b := engineDrawStatistics(t, "k", n), engineDrawStatistics(t, "k", n)
		want := NewStatistics("k", n)
		for i := range want.Sums {
			want.Sums[i] = a.Sums[i] + b.Sums[i]
		}
		want.LogLikelihood, want.Weight = a.LogLikelihood+b.LogLikelihood, a.Weight+b.Weight
		text, err := b.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var sent Statistics
		if err := sent.UnmarshalBinary(text); err != nil {
			t.Fatal(err)
		}
		a.Scratch = "stays"
		if err := a.Merge(&sent); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, a, cmpopts.IgnoreFields(Statistics{}, "Scratch")); d != "" || a.Scratch != "stays" {
			t.Fatal(d)
		}
		a.Scale(0.5)
		if n > 0 && a.Sums[0] != want.Sums[0]/2 || a.Weight != want.Weight/2 || a.LogLikelihood != want.LogLikelihood/2 {
			t.Fatal("half is not half")
		}
		a.Reset()
		if d := cmp.Diff(NewStatistics("k", n), a, cmpopts.IgnoreFields(Statistics{}, "Scratch")); d != "" {
			t.Fatal(d)
		}
		for _, other := range []*Statistics{NewStatistics("l", n), NewStatistics("k", n+1)} {
			var kind *KindError
			if err := a.Merge(other); !errors.As(err, &kind) {
				t.Fatalf("merged %v: %v", other, err)
			}
		}
	})
}

// Special numbers travel as they are, and what is cut or longer is refused.
func TestEngineStatisticsBinary(t *testing.T) {
	s := NewStatistics("some kind, ö", 3)
	s.Sums[0], s.Sums[1], s.Sums[2] = math.Inf(-1), math.Float64frombits(0x7ff8000000000123), math.Copysign(0, -1)
	s.LogLikelihood = 5e-324
	text, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		var back Statistics
		var parse *belief.ParseError
		if err := back.UnmarshalBinary(text[:i]); !errors.As(err, &parse) || back.Sums != nil {
			t.Errorf("%d bytes: %v", i, err)
		}
	}
	var back Statistics
	if back.UnmarshalBinary(append(bytes.Clone(text), 0)) == nil {
		t.Error("a byte more is read")
	}
	if err := back.UnmarshalBinary(text); err != nil {
		t.Fatal(err)
	}
	if again, err := back.MarshalBinary(); err != nil || !bytes.Equal(text, again) {
		t.Errorf("other bits come back: %v", err)
	}
}

func FuzzEngineStatistics(f *testing.F) {
	for _, n := range []int{0, 2} {
		s := NewStatistics("kind", n)
		s.Weight = 3
		text, err := s.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var s Statistics
		if err := s.UnmarshalBinary(text); err != nil {
			var parse *belief.ParseError
			if !errors.As(err, &parse) {
				t.Fatal(err)
			}
			return
		}
		if again, err := s.MarshalBinary(); err != nil || !bytes.Equal(text, again) {
			t.Fatalf("%x becomes %x, %v", text, again, err)
		}
		if err := s.Merge(&s); err != nil {
			t.Fatal(err)
		}
	})
}
