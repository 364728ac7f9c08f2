package textio

// Text of unknown length, in pieces that are joined once.

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// chunkSize is the size of a piece. Growing one buffer instead would copy the text
// again and again, and take several times its memory.
const chunkSize = 1 << 16

// chunks holds the text read so far. No character of UTF-8 lies across two pieces.
type chunks struct {
	list  [][]byte
	rest  []byte // the start of a character, which opens the next piece
	total int64
}

// read adds a piece; io.EOF says that it was the last.
func (c *chunks) read(r io.Reader) error {
	piece := make([]byte, chunkSize)
	have := copy(piece, c.rest)
	c.total -= int64(have)
	var err error
	for have < len(piece) && err == nil {
		var n int
		n, err = r.Read(piece[have:])
		have += n
	}
	c.total += int64(have)
	piece, c.rest = piece[:have], nil
	if err == nil {
		piece, c.rest = splitRune(piece)
	}
	c.list = append(c.list, piece)
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

// text joins the pieces as UTF-8 without byte order mark. The pieces are gone
// afterwards.
func (c *chunks) text() (string, error) {
	first := c.list[0]
	if s := string(first[:min(len(first), 2)]); s == "\xff\xfe" || s == "\xfe\xff" {
		return "", errors.New("the text is UTF-16; save it as UTF-8")
	}
	if s := string(first[:min(len(first), 3)]); s == "\uFEFF" {
		c.list[0] = first[len(s):]
	}
	latin1 := false
	size := 0
	for _, piece := range c.list {
		latin1 = latin1 || !utf8.Valid(piece)
		size += len(piece)
	}
	if latin1 {
		for _, piece := range c.list {
			size += high(piece)
		}
	}
	var b strings.Builder
	b.Grow(size)
	var scratch []byte
	for i, piece := range c.list {
		if latin1 {
			scratch = fromLatin1(scratch[:0], piece)
			piece = scratch
		}
		b.Write(piece)
		c.list[i] = nil
	}
	return b.String(), nil
}

// high counts the bytes that are not ASCII, each of which takes two in UTF-8 if it
// is Latin-1.
func high(piece []byte) int {
	n := 0
	for _, c := range piece {
		n += int(c >> 7)
	}
	return n
}

// fromLatin1 appends piece to dst as UTF-8: Latin-1 is the first 256 code points.
func fromLatin1(dst, piece []byte) []byte {
	for _, c := range piece {
		if c < utf8.RuneSelf {
			dst = append(dst, c)
		} else {
			dst = append(dst, 0xc0|c>>6, 0x80|c&0x3f)
		}
	}
	return dst
}
