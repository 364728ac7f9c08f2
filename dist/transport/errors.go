package transport

import "fmt"

// An InputError says which number of the input has no meaning.
type InputError struct {
	What  string  // what the number is, such as "cost" or "weight of x"
	Index int     // its place in its slice, −1 if it is all of them
	Value float64 // what it is
	Want  string  // what it must be
}

// Error names the number.
func (e *InputError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("transport: %s is %v and must be %s", e.What, e.Value, e.Want)
	}
	return fmt.Sprintf("transport: %s %d is %v and must be %s", e.What, e.Index, e.Value, e.Want)
}

// A MassError says that sources and sinks do not have the same total mass, so that
// nothing moves the one to the other.
type MassError struct{ Sources, Sinks float64 }

// Error gives both masses.
func (e *MassError) Error() string {
	return fmt.Sprintf("transport: the sources have mass %v in all and the sinks %v; they must be equal", e.Sources, e.Sinks)
}

// An InfeasibleError says that forbidden pairs leave no plan: all that Sources may
// send to lies in Sinks, which take less than the sources have (Hall 1935).
type InfeasibleError struct {
	Sources, Sinks []int   // rows, and the only columns that they may use
	Mass           float64 // what the rows have beyond what the columns take
}

// Error names the mass without a place, and counts the rows and columns.
func (e *InfeasibleError) Error() string {
	return fmt.Sprintf("transport: infeasible: %d sources may send only to %d sinks, which leaves mass %.6g without a place",
		len(e.Sources), len(e.Sinks), e.Mass)
}
