package bif

// Lists of names, and the texts of properties.

import "strings"

// names reads a list of names into p.words, up to and with the closing character.
func (p *parser) names(closing byte, what string) error {
	start := p.pos
	p.words, p.groups, p.bar, p.bars = p.words[:0], 0, -1, 0
	separators, last := 0, -1
	for {
		p.skipBlanks()
		if p.pos >= len(p.src) {
			return p.fail(start, `the file ends before the "%c" of the list that starts here`, closing)
		}
		w := token{at: p.pos}
		switch c := p.src[p.pos]; {
		case c == closing:
			p.pos++
			return nil
		case c == ',':
			p.pos++
			separators++
			continue
		case c == '|':
			p.pos++
			separators++
			if p.bars == 0 {
				p.bar = len(p.words)
			}
			p.bars++
			continue
		case c == '"':
			w.quoted = true
			var ok bool
			if w.text, ok = p.quoted(); !ok {
				return p.fail(p.pos, "the quoted name is not closed on its line")
			}
		case classes[c] <= slashChar:
			w.text = p.bare()
		default:
			return p.fail(p.pos, `expected %s or "%c", found %s`, what, closing, p.found())
		}
		w.group = separators
		if w.group != last {
			p.groups++
			last = w.group
		}
		p.words = append(p.words, w)
	}
}

// fit joins names that only blanks separate, as bnlearn writes them, where there
// are more than n. It says whether that leaves n.
func (p *parser) fit(n int) bool {
	if p.groups != n {
		return false
	}
	joined := 0
	for i := 0; i < len(p.words); {
		w := p.words[i]
		i++
		if i < len(p.words) && p.words[i].group == w.group {
			parts := []string{w.text}
			quoted := w.quoted
			for ; i < len(p.words) && p.words[i].group == w.group; i++ {
				parts = append(parts, p.words[i].text)
				quoted = quoted || p.words[i].quoted
			}
			if quoted {
				return false
			}
			w.text = strings.Join(parts, " ")
		}
		p.words[joined] = w
		joined++
	}
	p.words = p.words[:joined]
	return true
}

// keepWords returns the names of the list just read in memory of their own, so
// that the network does not hold on to the text.
func (p *parser) keepWords() []string {
	n := 0
	for _, w := range p.words {
		n += len(w.text)
	}
	var b strings.Builder
	b.Grow(n)
	for _, w := range p.words {
		b.WriteString(w.text)
	}
	all := b.String()
	kept := make([]string, len(p.words))
	for i, w := range p.words {
		kept[i], all = all[:len(w.text)], all[len(w.text):]
	}
	return kept
}

// property reads a property from after its keyword, which is at the given offset:
// a quoted text, or everything up to the semicolon as it is.
func (p *parser) property(at int) (string, error) {
	for p.pos < len(p.src) && classes[p.src[p.pos]] == blankChar {
		p.pos++
	}
	start := p.pos
	if p.peek() == '"' {
		if text, ok := p.quoted(); ok {
			p.skip()
			if c := p.peek(); c == ';' || c == '}' {
				p.take(';')
				return strings.Clone(text), nil
			}
		}
		p.pos, p.unclosed = start, 0
	}
	depth := 0
	for i := start; i < len(p.src) && depth >= 0; i++ {
		switch p.src[i] {
		case '{':
			depth++
		case '}':
			depth--
		case ';':
			p.pos = i + 1
			return strings.Clone(strings.Trim(p.src[start:i], blanks)), nil
		}
	}
	return "", p.fail(at, "the property is not ended by a semicolon")
}

// blanks are the characters of blankChar.
const blanks = " \t\n\r\f\v"
