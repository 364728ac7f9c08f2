package expfam

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/careful"
)

// The binary form of [Statistics]: a mark with the version, the family's string with
// its length, the count, and the length of T with the pairs of the weight and of the
// sums; numbers are little endian.

const (
	mark      = "BXF"
	version   = 1
	maxString = 1 << 10
)

// MarshalBinary writes the statistics. The error is a [*belief.ConfigError] for a
// family of a user's own whose string is longer than 1024 bytes.
func (s *Statistics) MarshalBinary() ([]byte, error) {
	if s.of() == nil {
		return nil, errNoFamily
	}
	name := s.family.String()
	if len(name) > maxString {
		return nil, &belief.ConfigError{Field: "family", Value: name[:32] + "…", Want: "a shorter name"}
	}
	b := make([]byte, 0, len(mark)+1+2+len(name)+16+16*(len(s.sum)+1))
	b = append(b, mark...)
	b = append(b, version)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	b = append(b, name...)
	b = binary.LittleEndian.AppendUint64(b, s.count)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(s.sum)))
	b = appendPair(b, s.weight)
	for _, p := range s.sum {
		b = appendPair(b, p)
	}
	return b, nil
}

// appendPair writes both parts.
func appendPair(b []byte, p careful.Pair) []byte {
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.High))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(p.Low))
}

// UnmarshalBinary replaces what the statistics hold, to the same bits, by what
// MarshalBinary wrote for the same family: the statistics must come from
// [NewStatistics], and the error is a [*belief.ConfigError] if the families differ.
// For data that are none it is a [*belief.ParseError]. Either leaves the statistics as
// they were.
func (s *Statistics) UnmarshalBinary(data []byte) error {
	bad := func(msg string) error { return &belief.ParseError{Format: "statistics", Msg: msg} }
	if s.of() == nil {
		return errNoFamily
	}
	if len(data) < len(mark)+3 || string(data[:len(mark)]) != mark {
		return bad("these are no statistics of an exponential family")
	}
	if v := data[len(mark)]; v != version {
		return bad(fmt.Sprintf("version %d is not known", v))
	}
	length := int(binary.LittleEndian.Uint16(data[len(mark)+1:]))
	data = data[len(mark)+3:]
	if length > maxString || len(data) < length {
		return bad("the family's name is cut short")
	}
	if have, want := string(data[:length]), s.family.String(); have != want {
		return &belief.ConfigError{Field: "family", Value: have, Want: want}
	}
	data = data[length:]
	if len(data) != 16+16*(len(s.sum)+1) {
		return bad(fmt.Sprintf("%d bytes of sums, want %d", len(data), 16+16*(len(s.sum)+1)))
	}
	count := binary.LittleEndian.Uint64(data)
	if n := binary.LittleEndian.Uint64(data[8:]); n != uint64(len(s.sum)) {
		return bad(fmt.Sprintf("%d sums, want %d", n, len(s.sum)))
	}
	data = data[16:]
	var pairs []careful.Pair
	for ; len(data) > 0; data = data[16:] {
		p := careful.Pair{High: math.Float64frombits(binary.LittleEndian.Uint64(data)), Low: math.Float64frombits(binary.LittleEndian.Uint64(data[8:]))}
		if !finite1(p) || p.High+p.Low != p.High {
			return bad("a sum is no number")
		}
		pairs = append(pairs, p)
	}
	if pairs[0].High < 0 || count == 0 && pairs[0].High > 0 {
		return bad("the weight is that of no observations")
	}
	s.count, s.weight = count, pairs[0]
	copy(s.sum, pairs[1:])
	return nil
}
