package data

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/belief-go/belief"
)

// An Array is a dense array of any rank, as IDX and NPY files hold it. Data is one
// of []bool, []uint8, []int8, []uint16, []int16, []uint32, []int32, []uint64,
// []int64, []float32 and []float64, with the last index running fastest; without a
// Shape it is one number.
type Array struct {
	Shape []int
	Data  any
}

// Len returns the number of values that Shape promises.
func (a *Array) Len() int {
	n := 1
	for _, d := range a.Shape {
		n *= d
	}
	return n
}

// Validate reports a shape that does not fit the data, or data of another type.
func (a *Array) Validate() error {
	if a == nil {
		return &belief.ConfigError{Field: "Array", Value: "nil", Want: "an array"}
	}
	_, have := elements(a.Data)
	if have < 0 {
		return &belief.ConfigError{Field: "Array.Data", Value: fmt.Sprintf("%T", a.Data), Want: "a slice of bool, integers of fixed size, float32 or float64"}
	}
	dims := make([]uint64, len(a.Shape))
	for i, d := range a.Shape {
		if d < 0 {
			return &belief.ConfigError{Field: "Array.Shape", Value: a.Shape, Want: "without negative lengths"}
		}
		dims[i] = uint64(d)
	}
	if n, _, ok := volume(dims); !ok || n != uint64(have) {
		return &belief.ConfigError{Field: "Array.Shape", Value: a.Shape, Want: fmt.Sprintf("the shape of the %d values of Data", have)}
	}
	return nil
}

// Float64s returns the values as float64: those of a []float64 themselves, of any
// other type a converted copy, with false as 0 and true as 1. Integers beyond 2⁵³
// are rounded.
func (a *Array) Float64s() []float64 {
	switch d := a.Data.(type) {
	case []float64:
		return d
	case []bool:
		out := make([]float64, len(d))
		for i, v := range d {
			if v {
				out[i] = 1
			}
		}
		return out
	case []uint8:
		return asFloats(d)
	case []int8:
		return asFloats(d)
	case []uint16:
		return asFloats(d)
	case []int16:
		return asFloats(d)
	case []uint32:
		return asFloats(d)
	case []int32:
		return asFloats(d)
	case []uint64:
		return asFloats(d)
	case []int64:
		return asFloats(d)
	case []float32:
		return asFloats(d)
	}
	panic(fmt.Sprintf("data: an array of type %T", a.Data))
}

func asFloats[T uint8 | int8 | uint16 | int16 | uint32 | int32 | uint64 | int64 | float32](d []T) []float64 {
	out := make([]float64, len(d))
	for i, v := range d {
		out[i] = float64(v)
	}
	return out
}

// elements names the type of data as NPY files do, and counts it: −1 for a type
// that no array has.
func elements(data any) (descr string, n int) {
	switch d := data.(type) {
	case []bool:
		return "b1", len(d)
	case []uint8:
		return "u1", len(d)
	case []int8:
		return "i1", len(d)
	case []uint16:
		return "u2", len(d)
	case []int16:
		return "i2", len(d)
	case []uint32:
		return "u4", len(d)
	case []int32:
		return "i4", len(d)
	case []uint64:
		return "u8", len(d)
	case []int64:
		return "i8", len(d)
	case []float32:
		return "f4", len(d)
	case []float64:
		return "f8", len(d)
	}
	return "", -1
}

// volume multiplies lengths. It gives the product as a float too, for messages, and
// false if it is no int.
func volume(dims []uint64) (n uint64, approx float64, ok bool) {
	n, approx, ok = 1, 1, true
	for _, d := range dims {
		if d == 0 {
			return 0, 0, true
		}
		approx *= float64(d)
		hi, lo := bits.Mul64(n, d)
		if n = lo; hi != 0 {
			ok = false
		}
	}
	return n, approx, ok && n <= math.MaxInt
}

// shapeOf checks the lengths of a header against the memory that the values may
// take, before any of it is taken.
func shapeOf(dims []uint64, size int, budget int64, what string) (shape []int, n int, err error) {
	count, approx, ok := volume(dims)
	budget = min(budget, math.MaxInt) // what 32 bits address is less than the default
	if !ok || count > math.MaxInt/uint64(size) || count*uint64(size) > uint64(budget) {
		return nil, 0, &belief.TooLargeError{
			What: what, Bytes: approx * float64(size), Budget: budget,
			Advice: "raise Limits.Memory if the file is to be trusted",
		}
	}
	shape = make([]int, len(dims))
	for i, d := range dims {
		if d > math.MaxInt { // beside a length of zero
			return nil, 0, &belief.TooLargeError{What: what, Bytes: float64(d) * float64(size), Budget: budget}
		}
		shape[i] = int(d)
	}
	return shape, int(count), nil
}

// firstRead is how many bytes are taken on the word of a header; beyond them memory
// grows with what has been read.
const firstRead = 1 << 20

// readValues reads n values of a type that elements names.
func readValues(r io.Reader, descr string, n int, order binary.ByteOrder) (any, int, error) {
	switch descr {
	case "b1":
		return readSlice[bool](r, 1, n, order)
	case "u1":
		return readBytes(r, n)
	case "i1":
		return readSlice[int8](r, 1, n, order)
	case "u2":
		return readSlice[uint16](r, 2, n, order)
	case "i2":
		return readSlice[int16](r, 2, n, order)
	case "u4":
		return readSlice[uint32](r, 4, n, order)
	case "i4":
		return readSlice[int32](r, 4, n, order)
	case "u8":
		return readSlice[uint64](r, 8, n, order)
	case "i8":
		return readSlice[int64](r, 8, n, order)
	case "f4":
		return readSlice[float32](r, 4, n, order)
	case "f8":
		return readSlice[float64](r, 8, n, order)
	}
	panic("data: no values of type " + descr)
}

// grown returns s with room for more values, up to n of them.
func grown[T any](s []T, n, first int) []T {
	if len(s) < cap(s) || len(s) == n && s != nil {
		return s
	}
	more := make([]T, len(s), min(n, max(first, 2*len(s))))
	copy(more, s)
	return more
}

// readSlice returns what there is, with an error if that is less than n.
func readSlice[T any](r io.Reader, size, n int, order binary.ByteOrder) ([]T, int, error) {
	var (
		out = grown([]T(nil), n, firstRead/size)
		buf = make([]byte, min(64<<10, size*n))
	)
	for len(out) < n {
		out = grown(out, n, 0)
		want := min(cap(out)-len(out), len(buf)/size)
		got, err := io.ReadFull(r, buf[:want*size])
		got /= size
		at := len(out)
		out = out[:at+got]
		if _, err := binary.Decode(buf[:got*size], order, out[at:]); err != nil {
			return out[:at], at, err // for want of a type that package binary knows: never
		}
		if err != nil {
			return out, len(out), short(err)
		}
	}
	return out, n, nil
}

func readBytes(r io.Reader, n int) ([]byte, int, error) {
	out := grown([]byte(nil), n, firstRead)
	for len(out) < n {
		out = grown(out, n, 0)
		got, err := io.ReadFull(r, out[len(out):cap(out)])
		out = out[:len(out)+got]
		if err != nil {
			return out, len(out), short(err)
		}
	}
	return out, n, nil
}

// short makes one error of the two ends that io.ReadFull knows.
func short(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// cut says that a file ends before the values that its header promises.
func cut(format string, s *unpacked, shape []int, got int, err error) error {
	if err != io.ErrUnexpectedEOF {
		return err // the reader's own, which names the file
	}
	return &belief.ParseError{Format: format, File: s.name, Err: err,
		Msg: fmt.Sprintf("the header promises %s values, and the file ends after %d", times(shape), got)}
}

// ended makes sure that nothing follows.
func ended(format string, s *unpacked, shape []int) error {
	var one [1]byte
	switch n, err := io.ReadFull(s, one[:]); {
	case n == 1:
		return &belief.ParseError{Format: format, File: s.name,
			Msg: fmt.Sprintf("the file goes on after the %s values of its header", times(shape))}
	case err != io.EOF:
		return err
	}
	return nil
}

// times writes a shape as 60000×28×28.
func times(shape []int) string {
	if len(shape) == 0 {
		return "1"
	}
	var b strings.Builder
	for i, d := range shape {
		if i > 0 {
			b.WriteString("×")
		}
		if i == 8 {
			b.WriteString("…")
			break
		}
		b.WriteString(strconv.Itoa(d))
	}
	return b.String()
}

// writeValues writes slices of the types that elements names, a block at a time.
func writeValues(w io.Writer, data any, order binary.ByteOrder) error {
	switch d := data.(type) {
	case []bool:
		return writeSlice(w, d, order)
	case []uint8:
		_, err := w.Write(d)
		return err
	case []int8:
		return writeSlice(w, d, order)
	case []uint16:
		return writeSlice(w, d, order)
	case []int16:
		return writeSlice(w, d, order)
	case []uint32:
		return writeSlice(w, d, order)
	case []int32:
		return writeSlice(w, d, order)
	case []uint64:
		return writeSlice(w, d, order)
	case []int64:
		return writeSlice(w, d, order)
	case []float32:
		return writeSlice(w, d, order)
	case []float64:
		return writeSlice(w, d, order)
	}
	panic(fmt.Sprintf("data: an array of type %T", data))
}

func writeSlice[T any](w io.Writer, d []T, order binary.ByteOrder) error {
	const block = 8192
	var buf []byte
	for len(d) > 0 {
		part := d[:min(block, len(d))]
		var err error
		if buf, err = binary.Append(buf[:0], order, part); err != nil {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		d = d[len(part):]
	}
	return nil
}
