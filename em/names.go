package em

// The names of constants, as users, flags and files write them.

import (
	"fmt"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/internal/suggest"
)

// constants are the names of a type's constants, from zero on.
type constants struct {
	kind  string // what they are, as an error says it
	names []string
}

func (c *constants) name(i int) string {
	if i < 0 || i >= len(c.names) {
		return fmt.Sprintf("%s %d", c.kind, i)
	}
	return c.names[i]
}

// text is the name; the error is a [*belief.ConfigError].
func (c *constants) text(i int) ([]byte, error) {
	if i < 0 || i >= len(c.names) {
		return nil, &belief.ConfigError{Field: c.kind, Value: i, Want: fmt.Sprintf("from 0 to %d", len(c.names)-1)}
	}
	return []byte(c.names[i]), nil
}

// parseConstant sets to to what text names; the error is a [*belief.UnknownNameError].
func parseConstant[T ~int | ~uint8](c *constants, text []byte, to *T) error {
	i := slices.Index(c.names, string(text))
	if i < 0 {
		return &belief.UnknownNameError{Kind: c.kind, Name: string(text), Suggestions: suggest.Nearest(string(text), slices.Values(c.names), 3)}
	}
	*to = T(i)
	return nil
}
