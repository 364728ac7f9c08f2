package data

// The IDX format, in which MNIST comes: two zero bytes, a byte for the type of the
// values, a byte for the rank, the lengths as 32-bit numbers, and the values, all
// with the highest byte first (LeCun, Cortes & Burges, "The MNIST database", 1998).

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/belief-go/belief"
)

// idxTypes maps the type byte of an IDX file to the type's name.
var idxTypes = map[byte]string{0x08: "u1", 0x09: "i1", 0x0b: "i2", 0x0c: "i4", 0x0d: "f4", 0x0e: "f8"}

// ReadIDXFile reads a file in IDX form, gzip or not.
func ReadIDXFile(path string, lim Limits) (*Array, error) {
	f, err := Open(path, lim)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadIDX(f, lim)
}

// ReadIDX reads an array in IDX form, gzip or not. All types of the format are
// known: bytes with and without sign, 16-bit and 32-bit integers, and both floats.
// What is no such array is a [*belief.ParseError]; an array that would take more
// than lim.Memory is a [*belief.TooLargeError], and nothing is read of it.
func ReadIDX(r io.Reader, lim Limits) (*Array, error) {
	lim, err := lim.resolve()
	if err != nil {
		return nil, err
	}
	in, err := Decompress(r, "", lim)
	if err != nil {
		return nil, err
	}
	s := in.(*unpacked)
	bad := func(format string, args ...any) error {
		return &belief.ParseError{Format: "IDX", File: s.name, Msg: fmt.Sprintf(format, args...)}
	}
	var head [4]byte
	if _, err := io.ReadFull(s, head[:]); err != nil {
		if short(err) != io.ErrUnexpectedEOF {
			return nil, err
		}
		return nil, bad("the file is shorter than a header")
	}
	descr, known := idxTypes[head[2]]
	if head[0] != 0 || head[1] != 0 || !known {
		return nil, bad("the file starts with %#x, which is not the header of an IDX file", head[:3])
	}
	dims := make([]uint64, head[3])
	for i := range dims {
		var word [4]byte
		if _, err := io.ReadFull(s, word[:]); err != nil {
			if short(err) != io.ErrUnexpectedEOF {
				return nil, err
			}
			return nil, bad("the header promises %d dimensions, and the file ends after %d", len(dims), i)
		}
		dims[i] = uint64(binary.BigEndian.Uint32(word[:]))
	}
	size := int(descr[1] - '0')
	shape, n, err := shapeOf(dims, size, lim.Memory, inFile("IDX array", s.name))
	if err != nil {
		return nil, err
	}
	values, got, err := readValues(s, descr, n, binary.BigEndian)
	if err != nil {
		return nil, cut("IDX", s, shape, got, err)
	}
	if err := ended("IDX", s, shape); err != nil {
		return nil, err
	}
	return &Array{Shape: shape, Data: values}, nil
}

// WriteIDX writes an array in IDX form. A type that the format lacks is a
// [*belief.ConfigError], as is a length of more than 32 bits or a rank over 255.
func WriteIDX(w io.Writer, a *Array) error {
	if err := a.Validate(); err != nil {
		return err
	}
	descr, _ := elements(a.Data)
	head := []byte{0, 0, 0, byte(len(a.Shape))}
	for code, name := range idxTypes {
		if name == descr {
			head[2] = code
		}
	}
	if head[2] == 0 {
		return &belief.ConfigError{Field: "Array.Data", Value: fmt.Sprintf("%T", a.Data), Want: "of a type that IDX files can hold: uint8, int8, int16, int32, float32 or float64"}
	}
	if len(a.Shape) > math.MaxUint8 {
		return &belief.ConfigError{Field: "Array.Shape", Value: fmt.Sprintf("of rank %d", len(a.Shape)), Want: "of rank 255 at most in an IDX file"}
	}
	for _, d := range a.Shape {
		if uint64(d) > math.MaxUint32 {
			return &belief.ConfigError{Field: "Array.Shape", Value: a.Shape, Want: "of lengths below 2^32 in an IDX file"}
		}
		head = binary.BigEndian.AppendUint32(head, uint32(d))
	}
	out := bufio.NewWriter(w)
	if _, err := out.Write(head); err != nil {
		return err
	}
	if err := writeValues(out, a.Data, binary.BigEndian); err != nil {
		return err
	}
	return out.Flush()
}

// inFile names a thing and the file it is in, for messages.
func inFile(thing, file string) string {
	if file == "" {
		return thing
	}
	return thing + " of " + file
}
