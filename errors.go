package belief

import (
	"fmt"
	"strconv"
	"strings"
)

// A ParseError says where in a file the text stops making sense.
type ParseError struct {
	Format string // the format being read, such as "BIF"; may be empty
	File   string // the file's name; empty when reading from a stream
	Line   int    // the line, from 1; 0 when no line is known
	Col    int    // the column in characters, from 1; 0 when no column is known
	Msg    string // what is wrong, and what was expected
	Err    error  // the cause; may be nil
}

// Error gives "file:line:col: message" with the parts that are known.
func (e *ParseError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		b.WriteByte(':')
	}
	if e.Line > 0 {
		fmt.Fprintf(&b, "%d:", e.Line)
		if e.Col > 0 {
			fmt.Fprintf(&b, "%d:", e.Col)
		}
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	if e.Format != "" {
		b.WriteString(e.Format)
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	if e.Err != nil {
		if e.Msg != "" {
			b.WriteString(": ")
		}
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *ParseError) Unwrap() error { return e.Err }

// An UnknownNameError says that a name stands for nothing here, and which names
// come nearest to it.
type UnknownNameError struct {
	Kind        string   // what was named: "variable", "state", "network", …
	Name        string   // the name as given
	In          string   // where it was looked for, such as `variable "rain"`; may be empty
	Suggestions []string // the nearest known names, best first
}

// Error names the unknown and suggests.
func (e *UnknownNameError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "unknown %s %q", e.Kind, e.Name)
	if e.In != "" {
		b.WriteString(" of ")
		b.WriteString(e.In)
	}
	if len(e.Suggestions) > 0 {
		b.WriteString("; did you mean ")
		for i, s := range e.Suggestions {
			switch {
			case i == 0:
			case i == len(e.Suggestions)-1:
				b.WriteString(" or ")
			default:
				b.WriteString(", ")
			}
			b.WriteString(strconv.Quote(s))
		}
		b.WriteByte('?')
	}
	return b.String()
}

// A TooLargeError refuses work whose size is over its budget, before any memory
// is taken.
type TooLargeError struct {
	What    string   // what would be too large, such as "junction tree"
	Bytes   float64  // the memory it would need, in bytes; a lower bound if AtLeast
	Budget  int64    // the memory allowed, in bytes
	AtLeast bool     // the search ended at these figures: Bytes, Width and Entries are at least as large
	Width   int      // the induced width: variables of the largest clique less one; 0 if not applicable
	Entries float64  // table entries of the largest clique; 0 if not applicable
	Largest []string // the variables of the largest clique or table
	Advice  string   // what to do about it; may be empty
}

// Error gives width, bytes and the largest clique in one line.
func (e *TooLargeError) Error() string {
	var b strings.Builder
	least := ""
	if e.AtLeast {
		least = "at least "
	}
	need, have := FormatBytes(e.Bytes), FormatBytes(float64(e.Budget))
	if need == have { // three digits do not tell them apart
		need, have = fmt.Sprintf("%.0f bytes", e.Bytes), fmt.Sprintf("%d bytes", e.Budget)
	}
	fmt.Fprintf(&b, "%s too large: needs %s%s, the budget is %s", e.What, least, need, have)
	if e.Width > 0 {
		fmt.Fprintf(&b, "; width %s%d", least, e.Width)
	}
	if len(e.Largest) > 0 {
		noun := "variables"
		if len(e.Largest) == 1 {
			noun = "variable"
		}
		fmt.Fprintf(&b, "; the largest clique has %d %s", len(e.Largest), noun)
		if e.Entries > 0 {
			fmt.Fprintf(&b, " and %.3g entries", e.Entries)
		}
		b.WriteString(": ")
		const most = 8
		for i, name := range e.Largest {
			if i == most {
				fmt.Fprintf(&b, ", … (%d more)", len(e.Largest)-most)
				break
			}
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(name)
		}
	}
	if e.Advice != "" {
		b.WriteString("; ")
		b.WriteString(e.Advice)
	}
	return b.String()
}

// An ImpossibleEvidenceError says that the evidence has probability zero under
// the model, so that no posterior exists.
type ImpossibleEvidenceError struct {
	// Conflict holds findings that cannot hold together, as "VAR=STATE". Every
	// one of them is needed for the conflict unless Partial is set.
	Conflict []string
	Partial  bool // the search for a smallest conflict was cut short
}

// Error names the findings in conflict.
func (e *ImpossibleEvidenceError) Error() string {
	if len(e.Conflict) == 0 {
		return "impossible evidence: the model gives it probability zero"
	}
	const most = 8
	shown, more := e.Conflict, ""
	if len(shown) > most {
		more = fmt.Sprintf(", … (%d more)", len(shown)-most)
		shown = shown[:most]
	}
	if len(e.Conflict) == 1 {
		return "impossible evidence: " + shown[0] + " has probability zero"
	}
	return "impossible evidence: these findings cannot hold together: " + strings.Join(shown, ", ") + more
}

// A ConfigError says which setting has no meaning.
type ConfigError struct {
	Field string // the field of the configuration
	Value any    // what it is
	Want  string // what it must be
}

// Error names the field.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("setting %s is %v; it must be %s", e.Field, e.Value, e.Want)
}

// FormatBytes writes a size for people, in binary units: "1.5 GiB".
func FormatBytes(n float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	i := 0
	for n >= 1024 && i < len(units)-1 {
		n /= 1024
		i++
	}
	if i == 0 {
		return fmt.Sprintf("%.0f B", n)
	}
	if n >= 999.5 {
		return fmt.Sprintf("%.0f %s", n, units[i]) // three digits would put it in scientific notation
	}
	return fmt.Sprintf("%.3g %s", n, units[i])
}
