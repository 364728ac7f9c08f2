package graphical

import (
	"fmt"
	"strings"
)

// A BuildError holds every mistake found while a model was put together. Each
// is reached by [errors.As] and [errors.Is].
type BuildError struct {
	Mistakes []error // the mistakes in the order found, up to a limit
	More     int     // how many there were beyond
}

// maxMistakes bounds what a builder remembers of a model that is all wrong.
const maxMistakes = 100

// Error gives the first mistakes in one line.
func (e *BuildError) Error() string {
	const shown = 3
	var b strings.Builder
	for i, m := range e.Mistakes {
		if i == shown {
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(m.Error())
	}
	if more := len(e.Mistakes) + e.More - shown; more > 0 {
		fmt.Fprintf(&b, "; and %d more mistakes", more)
	}
	return b.String()
}

// Unwrap returns the mistakes.
func (e *BuildError) Unwrap() []error { return e.Mistakes }

// A NameError refuses a name: an empty one or one used twice.
type NameError struct {
	Kind    string // "variable" or "state"
	Name    string
	Problem string
}

// Error names the culprit.
func (e *NameError) Error() string {
	if e.Name == "" {
		return e.Problem
	}
	return fmt.Sprintf("%s %q: %s", e.Kind, e.Name, e.Problem)
}

// A CycleError says that the parents of a network go round in a circle.
type CycleError struct {
	Path []string // parent before child; the first variable is also the last
}

// Error shows the circle.
func (e *CycleError) Error() string {
	const most = 12
	path := e.Path
	if len(path) > most {
		path = append(append(append([]string{}, path[:most/2]...), fmt.Sprintf("… (%d more)", len(path)-most)), path[len(path)-most/2:]...)
	}
	return "the network has a cycle: " + strings.Join(path, " → ")
}

// A SizeError says that a table or row has the wrong number of entries.
type SizeError struct {
	Variable string // the child, or the scope of a factor
	Row      string // the row's parent states as "A=a, B=b"; empty for a whole table
	What     string // what was counted: "rows", "entries", …
	Got      int
	Want     float64 // as a float64, since a declared table may be astronomical
}

// Error says how many there are and should be.
func (e *SizeError) Error() string {
	return fmt.Sprintf("table of %q%s has %d %s, wants %.0f", e.Variable, rowSuffix(e.Row), e.Got, e.What, e.Want)
}

// An EntryError refuses a table entry that cannot be a probability or a
// potential: negative, NaN or infinite.
type EntryError struct {
	Variable string // the child, or the scope of a factor
	Row      string // the row's parent states as "A=a, B=b"; empty if there are none
	State    string
	Value    float64
}

// Error shows the entry.
func (e *EntryError) Error() string {
	return fmt.Sprintf("table of %q%s: the entry of %q is %v; entries must be finite and not negative", e.Variable, rowSuffix(e.Row), e.State, e.Value)
}

// A RowSumError refuses a row of a conditional table that does not sum to one.
type RowSumError struct {
	Variable string
	Row      string // the row's parent states as "A=a, B=b"; empty if there are none
	Sum      float64
}

// Error shows the sum.
func (e *RowSumError) Error() string {
	return fmt.Sprintf("table of %q%s sums to %.7g, not 1", e.Variable, rowSuffix(e.Row), e.Sum)
}

// A TableError is any other mistake about the table of a variable: missing,
// given twice, a parent twice.
type TableError struct {
	Variable string
	Problem  string
}

// Error names the variable.
func (e *TableError) Error() string { return fmt.Sprintf("variable %q: %s", e.Variable, e.Problem) }

func rowSuffix(row string) string {
	if row == "" {
		return ""
	}
	return ", row " + row
}

// mistakes collects errors for a BuildError.
type mistakes struct {
	list []error
	more int
}

func (m *mistakes) add(err error) {
	if len(m.list) == maxMistakes {
		m.more++
		return
	}
	m.list = append(m.list, err)
}

// full says whether further mistakes are only counted, so that a model that is all
// wrong need not be described in full.
func (m *mistakes) full() bool { return len(m.list) == maxMistakes }

func (m *mistakes) err() error {
	if len(m.list) == 0 {
		return nil
	}
	return &BuildError{Mistakes: m.list, More: m.more}
}
