package bif

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/graphical"
	"github.com/belief-go/belief/internal/patience"
)

// allocated returns how many bytes f allocates, and how long it takes.
func allocated(f func()) (uint64, time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, time.Since(start)
}

// TestGuards reads small texts that declare large tables.
func TestGuards(t *testing.T) {
	var wide strings.Builder
	wide.WriteString(header)
	names := make([]string, 41)
	for i := range names {
		names[i] = string(rune('A'+i%26)) + string(rune('a'+i/26))
		wide.WriteString("variable " + names[i] + " { type discrete [10] { 0 1 2 3 4 5 6 7 8 9 }; }\n")
	}
	block := func(parents int, body string) string {
		return wide.String() + "probability (" + names[0] + " | " + strings.Join(names[1:parents+1], ", ") + ") {" + body + "}"
	}
	const row = "0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1;"
	for name, c := range map[string]struct {
		text     string
		tooLarge bool
		want     string
	}{
		"40 parents, a row":     {block(40, "("+strings.Repeat("0,", 40)+") "+row), true, "table of"},
		"40 parents, a default": {block(40, "default "+row), true, "with 40 parents"},
		"40 parents, a table":   {block(40, "table "+row), true, "raise MaxEntries"},
		"7 parents, a default":  {block(7, "default "+row), true, "with 7 parents"},
		"6 parents, a row":      {block(6, "(0 0 0 0 0 0) "+row), false, "wants 10000000 numbers, and the rest of the file has room for"},
		"6 parents, a table":    {block(6, "table "+row), false, "wants 10000000 numbers"},
		"6 parents, no default": {block(6, "property default; (0 0 0 0 0 0) "+row), false, "wants 10000000 numbers"},
	} {
		var err error
		bytes, _ := allocated(func() { _, err = Unmarshal([]byte(c.text)) })
		var parse *belief.ParseError
		var large *belief.TooLargeError
		if !errors.As(err, &parse) || errors.As(err, &large) != c.tooLarge || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if c.tooLarge && (large.Bytes < 8*1e8 || large.Budget != 512<<20) {
			t.Errorf("%s: %.0f bytes of %d", name, large.Bytes, large.Budget)
		}
		if parse.Line != 44 || parse.Col != 1 {
			t.Errorf("%s: at %d:%d", name, parse.Line, parse.Col)
		}
		if bytes > 1<<20 {
			t.Errorf("%s: %d bytes allocated", name, bytes)
		}
	}

	// The default may also come after rows, within the budget.
	all := make([]string, 0, 6)
	for _, n := range names[1:6] {
		all = append(all, "probability ("+n+") { default "+row+" }")
	}
	for _, n := range append(names[6:], names[0])[:35] {
		all = append(all, "probability ("+n+") { default "+row+" }")
	}
	text := block(5, "(0 0 0 0 0) "+row+" default "+row) + strings.Join(all, "\n")
	if _, err := Unmarshal([]byte(text)); err != nil {
		t.Error(err)
	}
	var large *belief.TooLargeError
	if _, err := Unmarshal([]byte(text), Options{MaxEntries: 1e6}); !errors.As(err, &large) || !strings.Contains(err.Error(), "sum of all tables") {
		t.Errorf("%v", err)
	}
	if _, err := Unmarshal([]byte(text), Options{MaxEntries: 1e6 + 400}); err != nil {
		t.Error(err)
	}
}

func TestManyParents(t *testing.T) {
	var text, parents strings.Builder
	text.WriteString(header)
	for i := range maxParents + 2 {
		name := "v" + strings.Repeat("x", i/26) + string(rune('a'+i%26))
		text.WriteString("variable " + name + " { type discrete [1] { s }; }\n")
		parents.WriteString(name + " ")
	}
	_, err := Unmarshal([]byte(text.String() + "probability (" + parents.String() + ") { table 1; }"))
	if err == nil || !strings.Contains(err.Error(), "has 1001 parents; at most 1000 are read") {
		t.Error(err)
	}
}

func TestMaxBytes(t *testing.T) {
	text := header + strings.Repeat(" ", 1000)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, text)
	z.Close()
	for _, data := range [][]byte{[]byte(text), zipped.Bytes()} {
		var large *belief.TooLargeError
		if _, err := Unmarshal(data, Options{MaxBytes: int64(len(text)) - 1}); !errors.As(err, &large) || large.Budget != int64(len(text))-1 {
			t.Errorf("%v", err)
		}
		if _, err := Unmarshal(data, Options{MaxBytes: int64(len(text))}); err != nil {
			t.Error(err)
		}
	}
}

func TestBrokenInput(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, header+strings.Repeat("variable A{}", 100))
	z.Close()
	for name, r := range map[string]io.Reader{
		"truncated gzip": bytes.NewReader(zipped.Bytes()[:zipped.Len()/2]),
		"gzip header":    strings.NewReader("\x1f\x8b"),
		"gzip checksum":  bytes.NewReader(append(bytes.Clone(zipped.Bytes()[:zipped.Len()-8]), "00000000"...)),
		"reader":         iotest.ErrReader(errors.New("no luck")),
		"UTF-16":         strings.NewReader("\xff\xfen\x00e\x00"),
	} {
		_, err := Read(r, Options{File: "f"})
		var parse *belief.ParseError
		if !errors.As(err, &parse) || !strings.HasPrefix(err.Error(), "f: BIF: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTruncated cuts a text everywhere: nothing may panic, and whatever is cut
// within a block is refused.
func TestTruncated(t *testing.T) {
	const text = ab + "probability ( A | B ) {\n  property x;\n  default 0.5, 0.5;\n  (b0) 1, 0;\n}"
	for n := range len(text) {
		net, err := Unmarshal([]byte(text[:n]))
		var parse *belief.ParseError
		if strings.TrimSpace(text[:n]) != strings.TrimSpace(header) && !errors.As(err, &parse) {
			t.Errorf("cut at %d: network %v, error %v", n, net, err)
		}
	}
}

// TestLarge holds that time does not grow faster than the text: these take
// milliseconds, and many seconds if any step looks back.
func TestLarge(t *testing.T) {
	const n = 1 << 17
	for name, text := range map[string]string{
		"semicolons":       header + strings.Repeat(";", n),
		"open comments":    header + strings.Repeat("/*", n),
		"comments":         header + strings.Repeat("/**/", n),
		"open braces":      header + strings.Repeat("{", n),
		"open blocks":      header + strings.Repeat("probability(a){", n),
		"put-off blocks":   header + strings.Repeat("probability(a){}\n", n),
		"properties":       "network n {" + strings.Repeat(`property "x"`, n),
		"quoted, no end":   "network n {" + strings.Repeat(`property "`, n),
		"quoted, then raw": "network n {" + strings.Repeat(`property "x"/*y;`, n),
		"names":            "network " + strings.Repeat("a ", n),
		"states":           header + "variable a { type discrete [131072] {" + strings.Repeat("a ", n) + "}; }",
		"rows":             ab + "probability (A | B) {" + strings.Repeat("(b0)", n),
	} {
		start := time.Now()
		Unmarshal([]byte(text))
		patience.Within(t, start, 2*time.Second, name)
	}
}

// TestManyWithoutTables holds that variables without tables do not cost an error
// each, beyond what declaring them costs.
func TestManyWithoutTables(t *testing.T) {
	const n = 1 << 16
	var text strings.Builder
	text.WriteString(header)
	for i := range n {
		fmt.Fprintf(&text, "variable v%d { type discrete [2] { y, n }; }\n", i)
	}
	_, err := Unmarshal([]byte(text.String()))
	var table *graphical.TableError
	var built *graphical.BuildError
	if !errors.As(err, &table) || errors.As(err, &built) || !strings.HasSuffix(err.Error(), `variable "v0": it has no table, and 65535 other variables have none`) {
		t.Error(err)
	}
}
