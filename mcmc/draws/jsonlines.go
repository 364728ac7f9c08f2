package draws

// JSON lines: an object for each draw.

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/belief-go/belief"
)

// A JSONLines is a sink that writes a JSON object per line: first
//
//	{"format":"belief draws","schema":1,"names":["mu"],"stats":["lp__"],"chains":2}
//
// and then draws and comments as they come, chains and iterations counted from 1,
// those of the warm-up by themselves:
//
//	{"chain":1,"iteration":1,"warm_up":true,"stats":[-1.5],"values":[0.25]}
//	{"chain":1,"comment":"Step size = 0.8"}
//	{"chain":1,"iteration":1,"stats":[-1.25],"values":[0.5]}
//
// NaN is null and infinities are "Inf" and "-Inf", as a [belief.Number] has it;
// "NaN", "NA", "Infinity" and the like are read too.
// Any name will do that is UTF-8 and, just for statistics, ends in two
// underscores. End flushes and leaves the writer open.
type JSONLines struct {
	Writer io.Writer
	Digits int // significant digits; 0 is as many as it takes to read the same bits

	w            *bufio.Writer
	names, stats int
	next         []iterations
	line         []byte
}

// iterations are the numbers of draws that a chain has had.
type iterations struct{ warmUp, draws int }

const jsonFormat, jsonSchema = "belief draws", 1

// jsonHeader is the first line.
type jsonHeader struct {
	Format string   `json:"format"`
	Schema int      `json:"schema"`
	Names  []string `json:"names"`
	Stats  []string `json:"stats"`
	Chains int      `json:"chains"`
}

// jsonLine is any other.
type jsonLine struct {
	Chain     int          `json:"chain"`
	Iteration int          `json:"iteration"`
	WarmUp    bool         `json:"warm_up"`
	Stats     []jsonNumber `json:"stats"`
	Values    []jsonNumber `json:"values"`
	Comment   *string      `json:"comment"`
}

// A jsonNumber is a number, null, or what is not finite in any of its spellings.
type jsonNumber float64

// UnmarshalJSON implements [json.Unmarshaler].
func (n *jsonNumber) UnmarshalJSON(data []byte) error {
	text := string(data)
	quoted := data[0] == '"'
	if quoted {
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	}
	if text == "null" && !quoted || text == "NA" {
		*n = jsonNumber(math.NaN())
		return nil
	}
	x, err := strconv.ParseFloat(text, 64)
	switch {
	case !quoted && errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%.40s is %w", data, errRange)
	case err != nil || quoted != (math.IsNaN(x) || math.IsInf(x, 0)):
		return fmt.Errorf("%.40s is %w", data, errNotNumber)
	}
	*n = jsonNumber(x)
	return nil
}

var _ Sink = (*JSONLines)(nil)

// Begin writes the first line.
func (s *JSONLines) Begin(names, stats []string, chains int) error {
	if s.Digits < 0 {
		return &belief.ConfigError{Field: "Digits", Value: s.Digits, Want: "0 or more"}
	}
	if err := checkNames(names, stats, false); err != nil {
		return err
	}
	s.names, s.stats, s.next = len(names), len(stats), make([]iterations, chains)
	s.w = bufio.NewWriterSize(s.Writer, 64<<10)
	h := jsonHeader{jsonFormat, jsonSchema, append([]string{}, names...), append([]string{}, stats...), chains}
	return json.NewEncoder(s.w).Encode(h)
}

// Draw writes a line. It allocates nothing but for the first one.
func (s *JSONLines) Draw(chain int, warmUp bool, stats, values []float64) error {
	if len(stats) != s.stats || len(values) != s.names {
		panic(fmt.Sprintf("draws: a draw of %d statistics and %d quantities where there are %d and %d",
			len(stats), len(values), s.stats, s.names))
	}
	n := &s.next[chain].draws
	if warmUp {
		n = &s.next[chain].warmUp
	}
	*n++
	b := strconv.AppendInt(append(s.line[:0], `{"chain":`...), int64(chain)+1, 10)
	b = strconv.AppendInt(append(b, `,"iteration":`...), int64(*n), 10)
	if warmUp {
		b = append(b, `,"warm_up":true`...)
	}
	b = s.numbers(append(b, `,"stats":[`...), stats)
	b = s.numbers(append(b, `],"values":[`...), values)
	s.line = append(b, "]}\n"...)
	_, err := s.w.Write(s.line)
	return err
}

func (s *JSONLines) numbers(b []byte, x []float64) []byte {
	for i, v := range x {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case math.IsNaN(v):
			b = append(b, "null"...)
		case math.IsInf(v, 0):
			b = append(appendNumber(append(b, '"'), v, 0), '"')
		default:
			b = appendFinite(b, v, s.Digits)
		}
	}
	return b
}

// Comment writes a line.
func (s *JSONLines) Comment(chain int, line string) error {
	return json.NewEncoder(s.w).Encode(struct {
		Chain   int    `json:"chain"`
		Comment string `json:"comment"`
	}{chain + 1, line})
}

// End flushes.
func (s *JSONLines) End() error {
	if s.w == nil {
		return nil
	}
	return s.w.Flush()
}

// readJSONLines reads what JSONLines writes.
func readJSONLines(s *source) (*Draws, error) {
	var d *Draws
	var next []iterations
	var l jsonLine
	for {
		line, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if len(strings.TrimSpace(string(line))) == 0 {
			continue
		}
		if d == nil {
			if d, err = s.jsonHeader(line); err != nil {
				return nil, err
			}
			next = make([]iterations, len(d.Chains))
			continue
		}
		l = jsonLine{Stats: l.Stats[:0], Values: l.Values[:0]}
		err = s.jsonFail(line, json.Unmarshal(line, &l))
		if err != nil && !s.whole {
			s.cutShort()
			break
		}
		if err == nil {
			err = s.jsonDraw(d, next, &l)
		}
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

// jsonHeader reads the first line.
func (s *source) jsonHeader(line []byte) (*Draws, error) {
	var h jsonHeader
	if err := s.jsonFail(line, json.Unmarshal(line, &h)); err != nil {
		return nil, err
	}
	switch {
	case h.Format != jsonFormat:
		return nil, s.fail(0, fmt.Sprintf("want a first line with \"format\": %q, got %.40q", jsonFormat, h.Format), nil)
	case h.Schema != jsonSchema:
		return nil, s.fail(0, fmt.Sprintf("schema %d is not known; this program reads schema %d", h.Schema, jsonSchema), nil)
	case h.Chains < 0:
		return nil, s.fail(0, fmt.Sprintf("%d chains", h.Chains), nil)
	}
	const chainBytes = 256
	if h.Chains > math.MaxInt/chainBytes {
		h.Chains = math.MaxInt / chainBytes // too many in any case
	}
	if err := s.take(h.Chains * chainBytes); err != nil {
		return nil, err
	}
	if err := checkNames(h.Names, h.Stats, false); err != nil {
		return nil, s.fail(0, "", err)
	}
	return New(h.Names, h.Stats, h.Chains, 0), nil
}

// jsonDraw takes a line in.
func (s *source) jsonDraw(d *Draws, next []iterations, l *jsonLine) error {
	if l.Chain < 1 || l.Chain > len(next) {
		return s.fail(0, fmt.Sprintf("chain %d is not one from 1 to %d", l.Chain, len(next)), nil)
	}
	if l.Comment != nil {
		if err := s.take(len(*l.Comment) + 32); err != nil {
			return err
		}
		return d.Comment(l.Chain-1, *l.Comment)
	}
	if len(l.Stats) != len(d.Stats) || len(l.Values) != len(d.Names) {
		return s.fail(0, fmt.Sprintf("want %d stats and %d values, got %d and %d", len(d.Stats), len(d.Names), len(l.Stats), len(l.Values)), nil)
	}
	n := &next[l.Chain-1].draws
	if l.WarmUp {
		n = &next[l.Chain-1].warmUp
	}
	if *n++; l.Iteration != *n {
		return s.fail(0, fmt.Sprintf("iteration %d of chain %d stands where %d belongs", l.Iteration, l.Chain, *n), nil)
	}
	if err := s.take(8 * (len(l.Stats) + len(l.Values) + 1)); err != nil {
		return err
	}
	return d.Draw(l.Chain-1, l.WarmUp, floats(l.Stats), floats(l.Values))
}

func floats(x []jsonNumber) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// jsonFail says in words where in the line JSON breaks off, or what is not as it
// should be.
func (s *source) jsonFail(line []byte, err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		at := min(max(int(e.Offset)-1, 0), len(line))
		for _, bare := range []string{"NaN", "Inf"} {
			if bytes.HasPrefix(line[at:], []byte(bare)) {
				return s.fail(column(line, at), fmt.Sprintf("JSON has no %s; write null for NaN, and %q or %q", bare, "Inf", "-Inf"), nil)
			}
		}
		return s.fail(column(line, at), "", err)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := e.Field
		if field == "" {
			field = "the line"
		}
		at := min(max(int(e.Offset)-1, 0), len(line))
		return s.fail(column(line, at), fmt.Sprintf("%s: want %s, got a JSON %s", field, jsonKind(e.Type), e.Value), nil)
	}
	return s.fail(0, "", err)
}

// jsonKind is what JSON calls values of a type.
func jsonKind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "an array"
	}
	return "an object"
}
