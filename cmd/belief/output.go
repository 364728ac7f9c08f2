package main

// Where data goes, and the shapes that all commands print it in.

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// schema is the version of the JSON that the tool prints.
const schema = 1

// emit writes data to standard output or to the file that -o names. The data is
// complete before the file is touched.
func (t *tool) emit(data []byte) error {
	path := t.flags.output
	if path == "" || path == "-" {
		_, err := t.stdout.Write(data)
		return err
	}
	if strings.HasSuffix(path, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		z.Write(data) // a buffer takes everything
		z.Close()
		data = b.Bytes()
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	return nil
}

// toJSON marshals for people and programs: indented, in the order given, and
// without escapes that only web pages need.
func toJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// columns writes rows of cells, aligned.
func columns(w io.Writer, rows [][]string) {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				tw.Write([]byte{'\t'})
			}
			io.WriteString(tw, printable(cell))
		}
		tw.Write([]byte{'\n'})
	}
	tw.Flush()
}

// readable writes a probability with about six digits. Only what is exactly 0 or 1
// is written without any.
func readable(p float64) string {
	switch {
	case p == 0 || p == 1:
		return strconv.FormatFloat(p, 'g', -1, 64)
	case p < 1e-4:
		return fmt.Sprintf("%.5e", p)
	}
	return fmt.Sprintf("%.6f", p)
}

// exactly writes a number with as many digits as it takes to read the same bits.
func exactly(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// count writes a whole number that may be astronomical.
func count(x float64) string {
	if math.Abs(x) < 1e15 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return fmt.Sprintf("%.4g", x)
}

// rounded leaves three or four digits of a time.
func rounded(d time.Duration) time.Duration {
	unit := time.Nanosecond
	for d/unit >= 10000 {
		unit *= 10
	}
	return d.Round(unit)
}
