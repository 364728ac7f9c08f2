package nn

// Weights in files of the safetensors form: eight bytes with the length of a header,
// little-endian; the header, JSON that names tensors with their types, shapes and
// places; the numbers, little-endian.

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/suggest"
)

// A Tensor says what is stored under a name.
type Tensor struct {
	Name  string
	Type  string // such as "F32"
	Shape []int

	from, to int64 // bytes behind the header
}

// A TensorFile is a file of tensors whose header has been read and checked. It reads
// tensors when they are asked for.
type TensorFile struct {
	// Metadata are texts that belong to the file; nil if there are none.
	Metadata map[string]string

	tensors []Tensor // in the order of their data
	byName  map[string]int
	r       io.ReaderAt
	start   int64 // of the data
	header  []byte
}

// tensorTypes are the types of entries that a file may have, with their bytes.
var tensorTypes = map[string]int64{
	"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2,
	"U32": 4, "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
}

const (
	// maxHeader is the longest header that readers of the form accept.
	maxHeader = 100_000_000
	// maxTensors bounds the time and the memory that a header of tiny tensors, or texts,
	// takes. The largest models have fewer in all their files together.
	maxTensors = 1 << 17
	// tensorBytes is about the memory that is taken for each.
	tensorBytes = 256
)

// OpenTensors reads the header of a file of size bytes. It takes memory for a header
// that is there, and none for tensors. What is not a safetensors file is a
// [*belief.ParseError]; a header of more than 100 MB, or more than 131072 tensors or
// texts, a [*belief.TooLargeError].
//
// As in the definition of the form, tensors fill the file without gaps, overlaps or
// a rest.
func OpenTensors(r io.ReaderAt, size int64) (*TensorFile, error) {
	var length [8]byte
	if size < 8 {
		return nil, badTensors("the file has %d bytes, too few for the length of the header", size)
	}
	if _, err := r.ReadAt(length[:], 0); err != nil && err != io.EOF {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	switch {
	case n > uint64(size-8):
		return nil, badTensors("the header should have %d bytes, but the file ends after %d", n, size-8)
	case n > maxHeader:
		return nil, &belief.TooLargeError{What: "header of a safetensors file", Bytes: float64(n), Budget: maxHeader}
	}
	f := &TensorFile{r: r, start: 8 + int64(n), header: make([]byte, n)}
	if _, err := io.ReadFull(io.NewSectionReader(r, 8, int64(n)), f.header); err != nil {
		return nil, err
	}
	if err := f.parse(size - f.start); err != nil {
		return nil, err
	}
	return f, nil
}

func badTensors(format string, args ...any) error {
	return &belief.ParseError{Format: "safetensors", Msg: fmt.Sprintf(format, args...)}
}

// Tensors returns what is in the file, in the order of the data.
func (f *TensorFile) Tensors() []Tensor { return slices.Clone(f.tensors) }

// Lookup returns the tensor of a name, or a [*belief.UnknownNameError].
func (f *TensorFile) Lookup(name string) (Tensor, error) {
	i, ok := f.byName[name]
	if !ok {
		return Tensor{}, &belief.UnknownNameError{Kind: "tensor", Name: name, Suggestions: suggest.Nearest(name, f.names, 3)}
	}
	return f.tensors[i], nil
}

func (f *TensorFile) names(yield func(string) bool) {
	for i := range f.tensors {
		if !yield(f.tensors[i].Name) {
			return
		}
	}
}

// ReadTensor reads the numbers of a tensor into dst, which must be as long as it has
// entries, or it panics. Types F64, F32, F16 and BF16 can be read, into either
// precision. Numbers that are not finite, or not in the precision of dst, are a
// [*TensorError], and so are other types.
func ReadTensor[T Float](f *TensorFile, name string, dst []T) error {
	x, err := f.Lookup(name)
	if err != nil {
		return err
	}
	width := int(tensorTypes[x.Type])
	if x.to-x.from != int64(width)*int64(len(dst)) {
		panic(fmt.Sprintf("nn: tensor %q has %d entries, their destination %d", name, (x.to-x.from)/int64(width), len(dst)))
	}
	if !slices.Contains([]string{"F64", "F32", "F16", "BF16"}, x.Type) {
		return &TensorError{name, fmt.Sprintf("is of type %s; weights are F64, F32, F16 or BF16", x.Type)}
	}
	buf := make([]byte, min(x.to-x.from, 1<<16))
	for at := 0; at < len(dst); {
		n := min(len(dst)-at, len(buf)/width)
		part := buf[:n*width]
		if _, err := io.ReadFull(io.NewSectionReader(f.r, f.start+x.from+int64(at*width), int64(len(part))), part); err != nil {
			return &TensorError{name, err.Error()}
		}
		decode(dst[at:at+n], part, x.Type)
		for i, v := range dst[at : at+n] {
			if v-v != 0 {
				return &TensorError{name, fmt.Sprintf("has at place %d a number that is not finite, or too large for the precision: %v", at+i, v)}
			}
		}
		at += n
	}
	return nil
}

// A TensorError says what is wrong with a tensor of a file.
type TensorError struct {
	Name string
	Text string
}

// Error names the tensor.
func (e *TensorError) Error() string { return fmt.Sprintf("nn: tensor %q %s", e.Name, e.Text) }

// decode reads numbers of a type.
func decode[T Float](dst []T, src []byte, kind string) {
	le := binary.LittleEndian
	switch kind {
	case "F64":
		for i := range dst {
			dst[i] = T(math.Float64frombits(le.Uint64(src[8*i:])))
		}
	case "F32":
		for i := range dst {
			dst[i] = T(math.Float32frombits(le.Uint32(src[4*i:])))
		}
	case "BF16": // the upper half of a float32
		for i := range dst {
			dst[i] = T(math.Float32frombits(uint32(le.Uint16(src[2*i:])) << 16))
		}
	case "F16":
		for i := range dst {
			dst[i] = T(half(le.Uint16(src[2*i:])))
		}
	}
}

// half returns a number of the IEEE 754 form binary16: a sign, 5 bits of an exponent
// and 10 of a fraction.
func half(bits uint16) float64 {
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	v := math.Ldexp(fraction, -24)
	switch {
	case exponent == 31 && fraction == 0:
		v = math.Inf(1)
	case exponent == 31:
		v = math.NaN()
	case exponent > 0:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if bits>>15 == 1 {
		v = -v
	}
	return v
}

// precision is the type of entries that T is stored as.
func precision[T Float]() (name string, width int) {
	if _, ok := any(T(0)).(float32); ok {
		return "F32", 4
	}
	return "F64", 8
}

// encode writes numbers, through a buffer.
func encode[T Float](w io.Writer, src []T, buf []byte) error {
	_, width := precision[T]()
	for len(src) > 0 {
		n := min(len(src), len(buf)/width)
		out := buf[:0]
		switch part := any(src[:n]).(type) {
		case []float32:
			for _, v := range part {
				out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
			}
		case []float64:
			for _, v := range part {
				out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
			}
		}
		if _, err := w.Write(out); err != nil {
			return err
		}
		src = src[n:]
	}
	return nil
}

// WriteTensors writes the values of parameters, F32 or F64 as they are, in their
// order, and metadata, which may be nil. The same content gives the same bytes. Two
// parameters of one name, names or metadata that are not UTF-8, and numbers that are not
// finite, which ReadTensor does not take, are a [*TensorError], and so is what would be
// too large for OpenTensors; nothing is written then.
func WriteTensors[T Float](w io.Writer, params []*autodiff.Param[T], metadata map[string]string) error {
	for _, p := range params {
		if i := nonFinite(p.Value); i >= 0 {
			return &TensorError{p.Name, fmt.Sprintf("has at place %d a number that is not finite: %v", i, p.Value[i])}
		}
	}
	header, err := tensorHeader(params, metadata)
	if err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	buf := make([]byte, 1<<13)
	for _, p := range params {
		if err := encode(w, p.Value, buf); err != nil {
			return err
		}
	}
	return nil
}
