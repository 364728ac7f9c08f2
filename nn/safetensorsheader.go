package nn

// The header of a safetensors file: a JSON object with, for each tensor, an object
// {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, and with texts under
// "__metadata__".

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
)

const metadataName = "__metadata__"

// parse reads the header of a file with so many bytes of data.
func (f *TensorFile) parse(data int64) error {
	if !utf8.Valid(f.header) {
		return badTensors("the header is not UTF-8")
	}
	if len(f.header) == 0 || f.header[0] != '{' {
		return badTensors("the header does not begin with {")
	}
	p := headerParser{d: json.NewDecoder(bytes.NewReader(f.header)), size: data}
	p.d.UseNumber()
	f.byName = make(map[string]int)
	p.object("the header", func(name string) {
		if name == metadataName {
			if f.Metadata != nil {
				p.fail("there are two %s", name)
			}
			f.Metadata = make(map[string]string)
			p.object(name, func(key string) {
				text := p.text(fmt.Sprintf("%s %q", name, key))
				if _, ok := f.Metadata[key]; ok {
					p.fail("%s has %q twice", name, key)
				}
				p.atMost(len(f.Metadata), "texts")
				f.Metadata[key] = text
			})
			return
		}
		if _, ok := f.byName[name]; ok {
			p.fail("there are two tensors %q", name)
		}
		p.atMost(len(f.tensors), "tensors")
		f.byName[name] = 0
		f.tensors = append(f.tensors, p.tensor(name))
	})
	if p.err == nil {
		if _, err := p.d.Token(); err != io.EOF {
			p.fail("something follows the header")
		}
	}
	if p.err != nil {
		return p.err
	}
	return f.arrange(data)
}

// arrange puts the tensors in the order of their data, which they must fill.
func (f *TensorFile) arrange(data int64) error {
	slices.SortStableFunc(f.tensors, func(a, b Tensor) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	end := int64(0)
	for i, x := range f.tensors {
		if x.from < end {
			return badTensors("tensor %q begins at byte %d, within %q", x.Name, x.from, f.tensors[i-1].Name)
		}
		if x.from > end {
			return badTensors("nothing is in the bytes from %d to %d, before tensor %q", end, x.from, x.Name)
		}
		end = x.to
		f.byName[x.Name] = i
	}
	if end != data {
		return badTensors("the tensors have %d bytes, the file has %d for them", end, data)
	}
	return nil
}

// headerParser reads JSON token by token, so that nothing is deeper than it may be
// and no key is overlooked.
type headerParser struct {
	d    *json.Decoder
	size int64
	err  error
}

func (p *headerParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = badTensors(format, args...)
	}
}

// atMost fails where there are as many tensors or texts as there may be, before the
// next one is taken.
func (p *headerParser) atMost(n int, what string) {
	if n >= maxTensors && p.err == nil {
		p.err = &belief.TooLargeError{What: "list of " + what + " in a safetensors file", AtLeast: true,
			Bytes: (maxTensors + 1) * tensorBytes, Budget: maxTensors * tensorBytes,
			Advice: fmt.Sprintf("a file has %d %s at most", maxTensors, what)}
	}
}

// token returns the next token, nil after a failure.
func (p *headerParser) token(what string) json.Token {
	if p.err != nil {
		return nil
	}
	t, err := p.d.Token()
	if err != nil {
		p.fail("%s: %v", what, err)
		return nil
	}
	return t
}

func (p *headerParser) text(what string) string {
	t := p.token(what)
	s, ok := t.(string)
	if !ok {
		p.fail("%s is %v, not a text", what, t)
	}
	return s
}

// object reads an object, and its values by the function.
func (p *headerParser) object(what string, value func(key string)) {
	if t := p.token(what); t != json.Delim('{') {
		p.fail("%s is no object", what)
	}
	for p.err == nil && p.d.More() {
		if key := p.text("a key of " + what); p.err == nil {
			value(key)
		}
	}
	p.token(what) // }
}

// numbers reads an array of whole numbers, at most so many.
func (p *headerParser) numbers(what string, most int) (list []int64) {
	if t := p.token(what); t != json.Delim('[') {
		p.fail("%s is no array", what)
	}
	for p.err == nil && p.d.More() {
		t := p.token(what)
		n, _ := t.(json.Number)
		v, err := strconv.ParseInt(string(n), 10, 64)
		if err != nil || v < 0 {
			p.fail("%s holds %v, not a whole number from 0", what, t)
			return nil
		}
		if len(list) == most {
			p.fail("%s holds more than %d numbers", what, most)
			return nil
		}
		list = append(list, v)
	}
	p.token(what) // ]
	return list
}

// maxRank bounds the dimensions of a tensor.
const maxRank = 64

func (p *headerParser) tensor(name string) Tensor {
	x := Tensor{Name: name, Shape: []int{}}
	var shape, place []int64
	var dtypes, shapes, places int
	what := "tensor " + strconv.Quote(name)
	p.object(what, func(key string) {
		var seen *int
		switch key {
		case "dtype":
			x.Type, seen = p.text("the type of "+what), &dtypes
		case "shape":
			shape, seen = p.numbers("the shape of "+what, maxRank), &shapes
		case "data_offsets":
			place, seen = p.numbers("the place of "+what, 2), &places
		default:
			p.fail("%s has an unknown %q", what, key)
			return
		}
		if *seen++; *seen > 1 {
			p.fail("%s has two %s", what, key)
		}
	})
	if p.err != nil {
		return x
	}
	width, known := tensorTypes[x.Type]
	switch {
	case dtypes+shapes != 2 || len(place) != 2:
		p.fail("%s needs dtype, shape and data_offsets", what)
		return x
	case !known:
		p.fail("%s is of the unknown type %q", what, x.Type)
		return x
	}
	x.from, x.to = place[0], place[1]
	if x.from > x.to || x.to > p.size {
		p.fail("%s is said to be in bytes %d to %d of %d", what, x.from, x.to, p.size)
		return x
	}
	if need, ok := bytesOf(shape, width); !ok || need != x.to-x.from {
		p.fail("%s of shape %v and type %s does not fit into %d bytes", what, shape, x.Type, x.to-x.from)
		return x
	}
	for _, d := range shape {
		if d > math.MaxInt {
			p.fail("%s has the dimension %d", what, d)
		}
		x.Shape = append(x.Shape, int(d))
	}
	return x
}

// bytesOf returns the size of an array, unless it would be out of range with zeros
// in the shape replaced by ones.
func bytesOf(shape []int64, width int64) (n int64, ok bool) {
	n = width
	for _, d := range shape {
		if max(d, 1) > math.MaxInt64/n {
			return 0, false
		}
		n *= max(d, 1)
	}
	if slices.Contains(shape, 0) {
		n = 0
	}
	return n, true
}

// tensorHeader returns the length and the header of a file of parameters.
func tensorHeader[T Float](params []*autodiff.Param[T], metadata map[string]string) ([]byte, error) {
	b := []byte("01234567{")
	if len(metadata) > 0 {
		b = append(b, `"`+metadataName+`":{`...)
		for i, key := range slices.Sorted(maps.Keys(metadata)) {
			if i > 0 {
				b = append(b, ',')
			}
			if !utf8.ValidString(key) || !utf8.ValidString(metadata[key]) {
				return nil, &TensorError{metadataName, fmt.Sprintf("has a text under %q that is not UTF-8", key)}
			}
			b = appendText(append(appendText(b, key), ':'), metadata[key])
		}
		b = append(b, "},"...)
	}
	kind, width := precision[T]()
	from := 0
	seen := make(map[string]bool, len(params))
	for _, p := range params {
		if seen[p.Name] || p.Name == metadataName || !utf8.ValidString(p.Name) {
			return nil, &TensorError{p.Name, "has a name that is taken, or not UTF-8"}
		}
		seen[p.Name] = true
		to := from + width*len(p.Value)
		b = appendText(b, p.Name)
		b = fmt.Appendf(b, `:{"dtype":"%s","shape":[`, kind)
		for i, d := range p.Shape {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, int64(d), 10)
		}
		b = fmt.Appendf(b, `],"data_offsets":[%d,%d]},`, from, to)
		from = to
	}
	b = append(bytes.TrimSuffix(b, []byte(",")), '}')
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	switch {
	case len(params) > maxTensors:
		return nil, &TensorError{params[maxTensors].Name, fmt.Sprintf("is one too many: a file has %d tensors at most", maxTensors)}
	case len(metadata) > maxTensors:
		return nil, &TensorError{metadataName, fmt.Sprintf("has %d texts, and %d is the most", len(metadata), maxTensors)}
	}
	if len(b)-8 > maxHeader {
		return nil, &TensorError{metadataName, fmt.Sprintf("or names are too long: the header would have %d bytes", len(b)-8)}
	}
	binary.LittleEndian.PutUint64(b, uint64(len(b)-8))
	return b, nil
}

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		panic("nn: " + err.Error()) // strings can be marshaled
	}
	return append(b, text...)
}
