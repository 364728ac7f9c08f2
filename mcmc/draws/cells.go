package draws

// Lines of a table fall into cells.

import (
	"bytes"
)

// blanks stands for runs of blanks as what separates cells.
const blanks = ' '

// A cell is a text and the byte of the line where it starts.
type cell struct {
	text []byte
	at   int
}

// separatorOf guesses what separates the cells of a line: the first of tab,
// semicolon, comma and blanks that stands outside quotes and brackets.
func separatorOf(line []byte) byte {
	var has [256]bool
	quoted, depth := false, 0
	for _, c := range bytes.TrimSpace(line) {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth = max(depth-1, 0)
		case depth == 0:
			has[c] = true
		}
	}
	for _, c := range []byte{'\t', ';', ','} {
		if has[c] {
			return c
		}
	}
	if has[' '] {
		return blanks
	}
	return ','
}

// cells splits a line into dst. A quote that is never closed is an error.
func (s *source) cells(dst []cell, line []byte, separator byte) ([]cell, error) {
	dst = dst[:0]
	for at := 0; ; {
		for at < len(line) && line[at] == ' ' {
			at++
		}
		if separator == blanks && at == len(line) && len(dst) > 0 {
			return dst, nil
		}
		if at < len(line) && line[at] == '"' {
			text, end, ok := unquote(line, at)
			if !ok {
				return nil, s.fail(column(line, at), "the quote is not closed, or something follows it", nil)
			}
			dst = append(dst, cell{text, at})
			at = end
			for at < len(line) && line[at] == ' ' {
				at++
			}
			switch {
			case at == len(line):
				return dst, nil
			case separator == blanks:
				if line[at-1] != ' ' {
					return nil, s.fail(column(line, at), "the quote is not closed, or something follows it", nil)
				}
				continue
			case line[at] != separator:
				return nil, s.fail(column(line, at), "the quote is not closed, or something follows it", nil)
			}
			at++
			continue
		}
		n := bytes.IndexByte(line[at:], separator)
		if n < 0 {
			return append(dst, cell{bytes.TrimSpace(line[at:]), at}), nil
		}
		dst = append(dst, cell{bytes.TrimSpace(line[at : at+n]), at})
		at += n + 1
	}
}

// unquote reads the text in double quotes that starts at a byte; two of them
// stand for one.
func unquote(line []byte, at int) (text []byte, end int, ok bool) {
	start, doubled := at+1, false
	for i := start; i < len(line); i++ {
		if line[i] != '"' {
			continue
		}
		if i+1 < len(line) && line[i+1] == '"' {
			i++
			doubled = true
			continue
		}
		text = line[start:i]
		if doubled {
			text = bytes.ReplaceAll(text, []byte(`""`), []byte(`"`))
		}
		return text, i + 1, true
	}
	return nil, 0, false
}
