package mcmc

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
)

// fingerprint tells runs apart whose draws would differ, as far as their settings
// show it. Draws, Chains and Workers are not in it: a run may be made longer or
// wider.
func fingerprint(s Sampler, names []string, dim int, c Config) string {
	h := sha256.New()
	start, _ := json.Marshal(c.Start) // finite numbers
	fmt.Fprintf(h, "%q %d %d %d %d %t %s ", names, dim, c.Seed, c.WarmUp, c.Thin, c.KeepWarmUp, start)
	writeValue(h, reflect.ValueOf(s), 20)
	return fmt.Sprintf("%x", h.Sum(nil)[:16])
}

// writeValue writes what a value holds, to a depth. Of functions and channels it
// writes only whether there is one: they cannot be told apart across processes.
func writeValue(w io.Writer, v reflect.Value, depth int) {
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
	case reflect.String:
		fmt.Fprintf(w, "%q ", v.String())
	case reflect.Slice, reflect.Array:
		fmt.Fprintf(w, "%d ", v.Len())
		for i := range v.Len() {
			writeValue(w, v.Index(i), depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			writeValue(w, v.Field(i), depth-1)
		}
	case reflect.Pointer, reflect.Interface:
		writeValue(w, v.Elem(), depth-1)
	case reflect.Map:
		fmt.Fprintf(w, "%d ", v.Len()) // samplers have no maps; their order would have to be fixed
	default:
		fmt.Fprintf(w, "%t ", v.IsNil())
	}
}
