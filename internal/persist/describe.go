package persist

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
)

// Describe writes the type of a value and what it holds, to a depth, so that values
// that differ give different texts. Of functions and channels it writes only whether
// there is one: they cannot be told apart across processes. A pointer to something that
// writes itself as JSON is described by that, without what has been computed from it.
func Describe(w io.Writer, v any) { describe(w, reflect.ValueOf(v), 20) }

func describe(w io.Writer, v reflect.Value, depth int) {
	if !v.IsValid() {
		io.WriteString(w, "nil ")
		return
	}
	fmt.Fprintf(w, "%s ", v.Type())
	if depth == 0 {
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		fmt.Fprintf(w, "%t ", v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		fmt.Fprintf(w, "%d ", v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		fmt.Fprintf(w, "%d ", v.Uint())
	case reflect.Float32, reflect.Float64:
		fmt.Fprintf(w, "%x ", v.Float())
	case reflect.Complex64, reflect.Complex128:
		fmt.Fprintf(w, "%x ", v.Complex())
	case reflect.String:
		fmt.Fprintf(w, "%q ", v.String())
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(w, "%d ", v.Len())
		for i := range v.Len() {
			describe(w, v.Index(i), depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			describe(w, v.Field(i), depth-1)
		}
	case reflect.Pointer, reflect.Interface:
		if v.Kind() == reflect.Pointer && !v.IsNil() && v.CanInterface() {
			if m, ok := v.Interface().(json.Marshaler); ok {
				if text, err := m.MarshalJSON(); err == nil {
					w.Write(text)
					return
				}
			}
		}
		describe(w, v.Elem(), depth-1)
	case reflect.Map:
		// Maps have no order; their descriptions have one.
		var entries []string
		for _, k := range v.MapKeys() {
			var b strings.Builder
			describe(&b, k, depth-1)
			describe(&b, v.MapIndex(k), depth-1)
			entries = append(entries, b.String())
		}
		slices.Sort(entries)
		fmt.Fprintf(w, "%d %s", v.Len(), strings.Join(entries, ""))
	default:
		fmt.Fprintf(w, "%t ", v.IsNil())
	}
}
