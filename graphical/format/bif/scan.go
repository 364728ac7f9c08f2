package bif

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Classes of bytes. Every byte of a character outside ASCII is part of a word.
const (
	wordChar  byte = iota
	slashChar      // "/", of a word unless it starts a comment
	blankChar
	markChar  // "," and "|", which separate as blanks do
	otherChar // punctuation, quotes and control characters
)

var classes = func() (c [256]byte) {
	for b := range 0x20 {
		c[b] = otherChar
	}
	c[0x7f] = otherChar
	for _, b := range " \t\n\r\f\v" {
		c[b] = blankChar
	}
	c['/'] = slashChar
	for _, b := range ",|" {
		c[b] = markChar
	}
	for _, b := range `{}();"` {
		c[b] = otherChar
	}
	return c
}()

// A scanner walks over a text by hand.
type scanner struct {
	src string
	pos int
	// unclosed is 1 + the offset of a comment without end, which reads as the
	// end of the text and is reported instead of it.
	unclosed int
	// endless is 1 + an offset after which no comment is closed, 0 if none is
	// known, so that no text is searched twice.
	endless int
}

// A token is a name and where it stands.
type token struct {
	text   string
	at     int
	quoted bool
	group  int // how many commas or bars of the list are before it
}

// isComment says whether a comment starts at src[i].
func isComment(src string, i int) bool {
	return src[i] == '/' && i+1 < len(src) && (src[i+1] == '/' || src[i+1] == '*')
}

// wordEnd returns the end of the run of word characters from i.
func wordEnd(src string, i int) int {
	for {
		for i < len(src) && classes[src[i]] == wordChar {
			i++
		}
		if i == len(src) || classes[src[i]] != slashChar || isComment(src, i) {
			return i
		}
		i++
	}
}

// skip passes blanks, comments, commas and bars.
func (s *scanner) skip() { s.pass(markChar) }

// skipBlanks passes blanks and comments.
func (s *scanner) skipBlanks() { s.pass(blankChar) }

// pass passes comments and characters of the classes from blankChar to last.
func (s *scanner) pass(last byte) {
	for s.pos < len(s.src) {
		switch c := classes[s.src[s.pos]]; {
		case blankChar <= c && c <= last:
			s.pos++
		case c == slashChar && isComment(s.src, s.pos):
			s.comment()
		default:
			return
		}
	}
}

// comment passes the comment at pos.
func (s *scanner) comment() {
	body := s.src[s.pos+2:]
	if s.src[s.pos+1] == '/' {
		if n := strings.IndexAny(body, "\n\r"); n >= 0 {
			s.pos += 2 + n
		} else {
			s.pos = len(s.src)
		}
		return
	}
	if s.endless == 0 || s.pos+1 < s.endless {
		if n := strings.Index(body, "*/"); n >= 0 {
			s.pos += 2 + n + 2
			return
		}
		s.endless = s.pos + 1
	}
	s.unclosed = s.pos + 1
	s.pos = len(s.src)
}

// peek returns the byte at pos, 0 at the end of the text.
func (s *scanner) peek() byte {
	if s.pos < len(s.src) {
		return s.src[s.pos]
	}
	return 0
}

// take passes c if it stands at pos.
func (s *scanner) take(c byte) bool {
	if s.peek() == c && s.pos < len(s.src) {
		s.pos++
		return true
	}
	return false
}

// bare returns the run of word characters at pos, which may be empty, and passes
// it.
func (s *scanner) bare() string {
	start := s.pos
	s.pos = wordEnd(s.src, start)
	return s.src[start:s.pos]
}

// bareAt is bare without passing.
func (s *scanner) bareAt() string { return s.src[s.pos:wordEnd(s.src, s.pos)] }

// quoted reads the quoted text at pos, which is at its opening quote; it is not
// ok if the closing quote is missing on its line. A backslash escapes a quote, a
// backslash, and n, r and t for control characters, and stands for itself before
// anything else.
func (s *scanner) quoted() (text string, ok bool) {
	start := s.pos + 1
	for i := start; i < len(s.src); i++ {
		switch s.src[i] {
		case '"':
			s.pos = i + 1
			return s.src[start:i], true
		case '\n', '\r':
			return "", false
		case '\\':
			return s.escaped(start, i)
		}
	}
	return "", false
}

// escaped goes on where quoted finds the first backslash, at i.
func (s *scanner) escaped(start, i int) (string, bool) {
	var b strings.Builder
	b.WriteString(s.src[start:i])
	for ; i < len(s.src); i++ {
		switch c := s.src[i]; c {
		case '"':
			s.pos = i + 1
			return b.String(), true
		case '\n', '\r':
			return "", false
		case '\\':
			if i+1 < len(s.src) {
				if j := strings.IndexByte(escapeLetters, s.src[i+1]); j >= 0 {
					b.WriteByte(escapeChars[j])
					i++
					continue
				}
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// What follows a backslash, and what it stands for.
const (
	escapeLetters = `"\nrt`
	escapeChars   = "\"\\\n\r\t"
)

// found describes what stands at pos, for an error.
func (s *scanner) found() string {
	const most = 32
	switch {
	case s.pos >= len(s.src):
		return "the end of the file"
	case len(s.bareAt()) > most:
		return strconv.Quote(strings.ToValidUTF8(s.bareAt()[:most], "")) + "…"
	case s.bareAt() != "":
		return strconv.Quote(s.bareAt())
	}
	_, n := utf8.DecodeRuneInString(s.src[s.pos:])
	return strconv.Quote(s.src[s.pos : s.pos+n])
}

// position turns an offset into a line and a column, both from 1. Lines end with
// LF, CR LF or CR; columns count characters.
func position(src string, at int) (line, col int) {
	at = min(at, len(src))
	line = 1
	start := 0
	for i := range at {
		if c := src[i]; c == '\n' || c == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			line++
			start = i + 1
		}
	}
	return line, 1 + utf8.RuneCountInString(src[start:at])
}
