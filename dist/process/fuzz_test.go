package process

import (
	"bytes"
	"errors"
	"testing"

	"github.com/belief-go/belief"
)

// Whatever bytes come, counts are read or refused with a typed error, and those that
// are read are written as the same bytes.
func FuzzTransitionCounts(f *testing.F) {
	counts, _ := NewTransitionCounts(2)
	_ = counts.Add([]int{0, 1, 1, 0}, 0.5)
	good, _ := counts.MarshalBinary()
	f.Add(good)
	f.Add(good[:8])
	f.Add([]byte("BTC\x01\x00\x00\x00\x00"))
	f.Add([]byte("BTC\x02"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := new(TransitionCounts)
		err := c.UnmarshalBinary(data)
		var pe *belief.ParseError
		if err != nil {
			if !errors.As(err, &pe) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		back, err := c.MarshalBinary()
		if err != nil || !bytes.Equal(back, data) {
			t.Fatalf("%x is written as %x, %v", data, back, err)
		}
		if _, err := c.Fit(nil, 1); err != nil { // weights up to the largest number
			t.Fatal(err)
		}
	})
}
