package expfam_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/dist/expfam"
)

// TestEncoding takes statistics there and back to the same bits.
func TestEncoding(t *testing.T) {
	for _, m := range members {
		r := rand.New(rand.NewPCG(10, uint64(len(m.family))))
		d := m.make(r)
		f, _, err := expfam.Of(d)
		if err != nil {
			t.Fatal(err)
		}
		s, back := statistics(t, f), statistics(t, f)
		for range 50 {
			if err := s.Add(draw(d, r), r.ExpFloat64()); err != nil {
				t.Fatal(err)
			}
		}
		data, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := back.UnmarshalBinary(data); err != nil {
			t.Errorf("%v: %v", f, err)
		}
		if again, _ := back.MarshalBinary(); !bytes.Equal(data, again) || back.Count() != 50 {
			t.Errorf("%v: the bits change", f)
		}
		var parse *belief.ParseError
		for n := range data {
			if err := back.UnmarshalBinary(data[:n]); !errors.As(err, &parse) {
				t.Errorf("%v: %d of %d bytes give %v", f, n, len(data), err)
			}
		}
		if err := back.UnmarshalBinary(append(data, 0)); !errors.As(err, &parse) {
			t.Errorf("%v: a byte too many gives %v", f, err)
		}
		if again, _ := back.MarshalBinary(); !bytes.Equal(data, again) {
			t.Errorf("%v: a failed read changes the statistics", f)
		}
	}
	var config *belief.ConfigError
	a, b := statistics(t, expfam.Binomial{N: 3}), statistics(t, expfam.Binomial{N: 4})
	data, _ := a.MarshalBinary()
	if err := b.UnmarshalBinary(data); !errors.As(err, &config) {
		t.Errorf("statistics of another family give %v", err)
	}
	if err := b.Merge(a); !errors.As(err, &config) {
		t.Errorf("merging another family gives %v", err)
	}
	if err := new(expfam.Statistics).UnmarshalBinary(data); !errors.As(err, &config) {
		t.Errorf("statistics without family give %v", err)
	}
}

// TestFormat holds the bytes of version 1, which later versions must read.
func TestFormat(t *testing.T) {
	s := statistics(t, expfam.Poisson{})
	if err := s.AddBatch([]float64{1, 2}, []float64{0.5, 0.25}); err != nil {
		t.Fatal(err)
	}
	want := "BXF\x01\x07\x00Poisson\x02\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00" +
		"\x00\x00\x00\x00\x00\x00\xe8\x3f\x00\x00\x00\x00\x00\x00\x00\x00" + // weight 0.75
		"\x00\x00\x00\x00\x00\x00\xf0\x3f\x00\x00\x00\x00\x00\x00\x00\x00" // sum 1
	if data, err := s.MarshalBinary(); err != nil || string(data) != want {
		t.Errorf("two counts become %q, want %q, %v", data, want, err)
	}
	s.Reset()
	if err := s.UnmarshalBinary([]byte(want)); err != nil || s.Weight() != 0.75 || s.SumTo(nil)[0] != 1 {
		t.Errorf("version 1 gives weight %v, sum %v, %v", s.Weight(), s.SumTo(nil), err)
	}
}

// FuzzUnmarshal reads anything without panic, and writes back what it accepts.
func FuzzUnmarshal(f *testing.F) {
	s := statistics(f, expfam.Normal{})
	empty, _ := s.MarshalBinary()
	f.Add(empty)
	if err := s.AddBatch([]float64{0.1, 1e8}, []float64{3, 0.7}); err != nil {
		f.Fatal(err)
	}
	full, _ := s.MarshalBinary()
	f.Add(full)
	f.Add(full[:20])
	f.Fuzz(func(t *testing.T, data []byte) {
		s := statistics(t, expfam.Normal{})
		err := s.UnmarshalBinary(data)
		var parse *belief.ParseError
		var config *belief.ConfigError
		if err != nil {
			if !errors.As(err, &parse) && !errors.As(err, &config) {
				t.Errorf("untyped error %v", err)
			}
			return
		}
		if again, _ := s.MarshalBinary(); !bytes.Equal(again, data) {
			t.Errorf("%x becomes %x", data, again)
		}
		if eta, err := s.Fit(); err == nil && !s.Family().Contains(eta) {
			t.Errorf("%x fits η %v", data, eta)
		}
	})
}
