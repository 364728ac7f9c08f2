package data

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
)

// ReadText reads a file of UTF-8 text, unpacked if it is gzip data, and if lim.Memory
// allows it.
func ReadText(path string, lim Limits) (string, error) {
	lim, err := lim.resolve()
	if err != nil {
		return "", err
	}
	r, err := Open(path, lim)
	if err != nil {
		return "", err
	}
	defer r.Close()
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(r, min(lim.Memory, 1<<62)+1))
	if err != nil {
		return "", err
	}
	if n > lim.Memory {
		return "", &belief.TooLargeError{What: "text of " + path, Bytes: float64(n), Budget: lim.Memory, AtLeast: true, Advice: "raise Limits.Memory"}
	}
	text := b.String()
	line := 1
	for rest := text; len(rest) > 0; line++ {
		before, after, _ := strings.Cut(rest, "\n")
		if !utf8.ValidString(before) {
			return "", &belief.ParseError{Format: "text", File: path, Line: line, Msg: "this is not UTF-8"}
		}
		rest = after
	}
	return strings.TrimPrefix(text, "\ufeff"), nil
}

// Characters goes over the characters of a text.
func Characters(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(text) > 0 {
			_, n := utf8.DecodeRuneInString(text)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// Words goes over the words of a text, which are runs of letters, digits, marks and
// apostrophes within them. Any other character that is no blank is a word of its own.
func Words(text string) iter.Seq[string] {
	inner := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	return func(yield func(string) bool) {
		for len(text) > 0 {
			r, n := utf8.DecodeRuneInString(text)
			if unicode.IsSpace(r) {
				text = text[n:]
				continue
			}
			for inner(r) && n < len(text) {
				next, k := utf8.DecodeRuneInString(text[n:])
				if next == '\'' || next == '’' { // only if the word goes on behind it
					after, more := utf8.DecodeRuneInString(text[n+k:])
					if !inner(after) {
						break
					}
					k += more
				} else if !inner(next) {
					break
				}
				n += k
			}
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// A Vocabulary numbers tokens, such as characters or words. It does not change.
type Vocabulary struct {
	tokens  []string
	counts  []int
	index   map[string]int
	unknown int // −1: none
}

// VocabularyOptions say what gets into a vocabulary.
type VocabularyOptions struct {
	Unknown  string // the mark that stands for all other tokens and gets number 0; empty: none
	MinCount int    // of tokens that get in; 0: 1
	MaxSize  int    // the mark included; 0: no limit
}

// NewVocabulary counts tokens and numbers them by how often they occur, most often
// first, in the order of their bytes among equals.
func NewVocabulary(tokens iter.Seq[string], o VocabularyOptions) (*Vocabulary, error) {
	if o.MinCount < 0 {
		return nil, &belief.ConfigError{Field: "MinCount", Value: o.MinCount, Want: "at least 0"}
	}
	if o.MaxSize < 0 || o.MaxSize == 1 && o.Unknown != "" {
		return nil, &belief.ConfigError{Field: "MaxSize", Value: o.MaxSize, Want: "0, or room for a token and the mark of unknown ones"}
	}
	counts := map[string]int{}
	total := 0
	for t := range tokens {
		counts[t]++
		total++
	}
	v := &Vocabulary{index: map[string]int{}, unknown: -1}
	if o.Unknown != "" {
		v.unknown = 0
		v.tokens = append(v.tokens, o.Unknown)
		delete(counts, o.Unknown) // stands for itself
	}
	first := len(v.tokens)
	for t, n := range counts {
		if n >= o.MinCount {
			v.tokens = append(v.tokens, t)
		}
	}
	slices.SortFunc(v.tokens[first:], func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	if o.MaxSize > 0 && len(v.tokens) > o.MaxSize {
		v.tokens = slices.Clip(v.tokens[:o.MaxSize])
	}
	v.counts = make([]int, len(v.tokens))
	for i, t := range v.tokens {
		v.index[t] = i
		if i >= first {
			v.counts[i] = counts[t]
			total -= counts[t]
		}
	}
	if first > 0 {
		v.counts[0] = total
	}
	return v, nil
}

// Len is the number of tokens, the mark of unknown ones included.
func (v *Vocabulary) Len() int { return len(v.tokens) }

// Token returns token i. A number that is none of a token panics, here and below.
func (v *Vocabulary) Token(i int) string {
	v.mustHave(i)
	return v.tokens[i]
}

func (v *Vocabulary) mustHave(i int) {
	if i < 0 || i >= len(v.tokens) {
		panic(fmt.Sprintf("data: token %d of a vocabulary of %d", i, len(v.tokens)))
	}
}

// Count says how often token i occurred, or, for the mark of unknown ones, all those
// that are not in.
func (v *Vocabulary) Count(i int) int {
	v.mustHave(i)
	return v.counts[i]
}

// Index returns the number of a token, that of the mark if it is unknown, or −1 if there
// is no mark.
func (v *Vocabulary) Index(token string) int {
	if i, ok := v.index[token]; ok {
		return i
	}
	return v.unknown
}

// Column returns a column whose categories are the tokens.
func (v *Vocabulary) Column(name string) Column {
	return Column{Name: name, Categories: append([]string{}, v.tokens...)} // not nil without tokens
}

// Encode returns the numbers of tokens. One that is unknown to a vocabulary without a
// mark is a [*belief.UnknownNameError].
func (v *Vocabulary) Encode(tokens iter.Seq[string]) ([]int, error) {
	var out []int
	for t := range tokens {
		i := v.Index(t)
		if i < 0 {
			return nil, &belief.UnknownNameError{
				Kind: "token", Name: t, In: fmt.Sprintf("a vocabulary of %d", v.Len()),
				Suggestions: suggest.Nearest(t, slices.Values(v.tokens), 3),
			}
		}
		out = append(out, i)
	}
	return out, nil
}

// Decode returns the tokens of the given numbers, with sep between them.
func (v *Vocabulary) Decode(numbers []int, sep string) string {
	var b strings.Builder
	for k, i := range numbers {
		if k > 0 {
			b.WriteString(sep)
		}
		b.WriteString(v.Token(i))
	}
	return b.String()
}
