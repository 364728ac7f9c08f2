package textio

// Text that comes in pieces and is UTF-8 or Latin-1, which may show late.

import (
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// chunkSize is the size of a piece.
const chunkSize = 1 << 16

// A decoder puts pieces together to a text in UTF-8. A text of known size is written
// to one buffer. Other pieces are kept and joined once, for a buffer that grows would
// be copied again and again, and take several times the memory.
type decoder struct {
	known   int64    // the size to expect, 0 if unknown
	total   int64    // bytes read so far
	rest    []byte   // the start of a character, which opens the next piece
	latin1  bool     // not all of it was UTF-8
	pieces  [][]byte // if the size is unknown, in UTF-8
	joined  strings.Builder
	scratch []byte // for a piece
	spare   []byte // for a piece of what was read before
	decoded []byte // for a piece in UTF-8
	started bool
}

// read takes in a piece; io.EOF says that it was the last. No character of UTF-8 lies
// across two pieces.
func (d *decoder) read(r io.Reader) error {
	if d.scratch == nil || d.known == 0 {
		d.scratch = make([]byte, chunkSize)
	}
	piece := d.scratch
	have := copy(piece, d.rest)
	d.total -= int64(have)
	var err error
	for have < len(piece) && err == nil {
		var n int
		n, err = r.Read(piece[have:])
		have += n
	}
	d.total += int64(have)
	piece, d.rest = piece[:have], nil
	if err == nil {
		piece, d.rest = splitRune(piece)
	}
	if decoding := d.add(piece); decoding != nil {
		return decoding
	}
	return err
}

// splitRune cuts off the start of a character that piece ends with.
func splitRune(piece []byte) (whole, rest []byte) {
	for i := len(piece) - 1; i >= max(0, len(piece)-utf8.UTFMax); i-- {
		if utf8.RuneStart(piece[i]) {
			if !utf8.FullRune(piece[i:]) {
				return piece[:i], piece[i:]
			}
			break
		}
	}
	return piece, nil
}

// add decodes a piece, without byte order mark if it is the first.
func (d *decoder) add(piece []byte) error {
	if !d.started {
		d.started = true
		d.joined.Grow(int(d.known))
		if s := string(piece[:min(len(piece), 2)]); s == "\xff\xfe" || s == "\xfe\xff" {
			return errors.New("the text is UTF-16; save it as UTF-8")
		}
		const byteOrderMark = "\uFEFF"
		if n := len(byteOrderMark); len(piece) >= n && string(piece[:n]) == byteOrderMark {
			piece = piece[n:]
		}
	}
	if !d.latin1 && !utf8.Valid(piece) {
		d.toLatin1()
	}
	switch {
	case d.known > 0 && d.latin1:
		d.write(piece)
	case d.known > 0:
		d.joined.Write(piece)
	case d.latin1:
		d.pieces = append(d.pieces, fromLatin1(nil, piece))
	default:
		d.pieces = append(d.pieces, piece)
	}
	return nil
}

// toLatin1 decodes anew what looked like UTF-8 so far.
func (d *decoder) toLatin1() {
	d.latin1 = true
	for i, piece := range d.pieces {
		d.pieces[i] = fromLatin1(nil, piece)
	}
	if d.known > 0 {
		before := d.joined.String()
		d.joined = strings.Builder{}
		d.joined.Grow(2 * int(d.known)) // the most that it can take; what stays unused is never touched
		for len(before) > 0 {
			n := min(len(before), chunkSize)
			d.spare = append(d.spare[:0], before[:n]...)
			d.write(d.spare)
			before = before[n:]
		}
	}
}

// write decodes a piece of Latin-1 straight to the text.
func (d *decoder) write(piece []byte) {
	d.decoded = fromLatin1(d.decoded[:0], piece)
	d.joined.Write(d.decoded)
}

// fromLatin1 appends a piece to dst in UTF-8, or returns it if nothing is to be done:
// Latin-1 is the first 256 code points.
func fromLatin1(dst, piece []byte) []byte {
	high := 0
	for _, c := range piece {
		high += int(c >> 7)
	}
	n, size := len(dst), len(dst)+len(piece)+high
	switch {
	case dst == nil && high == 0:
		return piece // ASCII
	case dst == nil:
		dst = make([]byte, size)
	default:
		dst = slices.Grow(dst, size-n)[:size]
	}
	for _, c := range piece {
		if c < utf8.RuneSelf {
			dst[n] = c
			n++
		} else {
			dst[n], dst[n+1] = 0xc0|c>>6, 0x80|c&0x3f
			n += 2
		}
	}
	return dst
}

// text returns the whole; the pieces are gone afterwards.
func (d *decoder) text() string {
	size := 0
	for _, piece := range d.pieces {
		size += len(piece)
	}
	d.joined.Grow(size)
	for i, piece := range d.pieces {
		d.joined.Write(piece)
		d.pieces[i] = nil
	}
	return d.joined.String()
}
