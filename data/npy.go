package data

// The NPY format of NumPy: a magic string, a version, and a header in the form of a
// Python dictionary, padded with spaces, before the values as they lie in memory
// (NumPy Enhancement Proposal 1, Kern 2007, and its versions 2 and 3).

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/belief-go/belief"
)

const npyMagic = "\x93NUMPY"

// maxNPYHeader is how long the dictionary may be. Those of NumPy have 118 bytes.
const maxNPYHeader = 1 << 20

// ReadNPYFile reads a file in NPY form, gzip or not.
func ReadNPYFile(path string, lim Limits) (*Array, error) {
	f, err := Open(path, lim)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadNPY(f, lim)
}

// ReadNPY reads an array in NPY form, gzip or not, of versions 1 to 3 and either byte
// order: booleans, integers and floats; float16 becomes float32. An array in Fortran
// order is turned, so that the last index always runs fastest. What is no such array
// is a [*belief.ParseError], and so are arrays of objects, which hold Python programs,
// and of text, records and complex numbers. An array that would take more than
// lim.Memory is a [*belief.TooLargeError], and nothing is read of it.
func ReadNPY(r io.Reader, lim Limits) (*Array, error) {
	lim, err := lim.resolve()
	if err != nil {
		return nil, err
	}
	in, err := Decompress(r, "", lim)
	if err != nil {
		return nil, err
	}
	s := in.(*unpacked)
	h, err := readNPYHeader(s)
	if err != nil {
		return nil, err
	}
	need, read := int(h.descr[1]-'0'), h.descr
	if h.descr == "f2" {
		need, read = 6, "u2" // both kinds at once
	}
	turned := h.fortran && severalLong(h.dims)
	if turned {
		need += int(h.descr[1] - '0') // both orders at once
	}
	shape, n, err := shapeOf(h.dims, need, lim.Memory, inFile("NPY array", s.name))
	if err != nil {
		return nil, err
	}
	values, got, err := readValues(s, read, n, h.order)
	if err != nil {
		return nil, cut("NPY", s, shape, got, err)
	}
	if err := ended("NPY", s, shape); err != nil {
		return nil, err
	}
	if h.descr == "f2" {
		values = fromHalf(values.([]uint16))
	}
	if turned && n > 0 {
		values = turn(values, shape)
	}
	return &Array{Shape: shape, Data: values}, nil
}

// severalLong says whether the order of the indices matters.
func severalLong(dims []uint64) bool {
	long := 0
	for _, d := range dims {
		if d > 1 {
			long++
		}
	}
	return long > 1
}

// An npyHeader is what stands before the values.
type npyHeader struct {
	descr   string // kind and size, as elements has them, and "f2"
	order   binary.ByteOrder
	fortran bool
	dims    []uint64
}

func readNPYHeader(s *unpacked) (*npyHeader, error) {
	bad := func(format string, args ...any) error {
		return &belief.ParseError{Format: "NPY", File: s.name, Msg: fmt.Sprintf(format, args...)}
	}
	part := func(n int) ([]byte, error) {
		b := make([]byte, n)
		if got, err := io.ReadFull(s, b); err != nil {
			if short(err) != io.ErrUnexpectedEOF {
				return nil, err
			}
			return b[:got], bad("the file ends within the header")
		}
		return b, nil
	}
	head, err := part(8)
	if !strings.HasPrefix(string(head), npyMagic) {
		if err != nil && len(head) == 0 {
			return nil, err
		}
		return nil, bad("the file starts with %q, which is not the header of an NPY file", head)
	}
	if err != nil {
		return nil, err
	}
	var length int
	switch head[6] {
	case 1:
		b, err := part(2)
		if err != nil {
			return nil, err
		}
		length = int(binary.LittleEndian.Uint16(b))
	case 2, 3:
		b, err := part(4)
		if err != nil {
			return nil, err
		}
		if n := binary.LittleEndian.Uint32(b); n <= maxNPYHeader {
			length = int(n)
			break
		}
		return nil, bad("a header of %d bytes; %d is the most", binary.LittleEndian.Uint32(b), maxNPYHeader)
	default:
		return nil, bad("version %d.%d of the format; 1 to 3 are known", head[6], head[7])
	}
	text, err := part(length)
	if err != nil {
		return nil, err
	}
	h, err := parseNPYHeader(string(text))
	if err != nil {
		return nil, bad("%v", err)
	}
	return h, nil
}

// parseNPYHeader reads the dictionary.
func parseNPYHeader(text string) (*npyHeader, error) {
	p := &npyText{text}
	var h npyHeader
	seen := map[string]bool{}
	if !p.take("{") {
		return nil, errors.New("the header is not a dictionary")
	}
	for !p.take("}") {
		key, err := p.quoted()
		if err != nil {
			return nil, err
		}
		if seen[key] {
			return nil, fmt.Errorf("the header gives %q twice", key)
		}
		seen[key] = true
		if !p.take(":") {
			return nil, fmt.Errorf("no colon after %q in the header", key)
		}
		switch key {
		case "descr":
			if p.ahead("[") {
				return nil, errors.New("the array holds records, which are not read; save their fields as arrays of their own")
			}
			var descr string
			if descr, err = p.quoted(); err == nil {
				err = h.setType(descr)
			}
		case "fortran_order":
			if h.fortran = p.take("True"); !h.fortran && !p.take("False") {
				err = errors.New("fortran_order is neither True nor False")
			}
		case "shape":
			h.dims, err = p.tuple()
		default:
			err = fmt.Errorf("the header has an unknown key %q", key)
		}
		if err != nil {
			return nil, err
		}
		if !p.take(",") && !p.ahead("}") {
			return nil, fmt.Errorf("no comma after the value of %q in the header", key)
		}
	}
	if p.rest = strings.TrimSpace(p.rest); p.rest != "" {
		return nil, errors.New("the header goes on after its dictionary")
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return nil, fmt.Errorf("the header lacks %q", key)
		}
	}
	return &h, nil
}

// setType takes a type such as "<f8".
func (h *npyHeader) setType(descr string) error {
	if len(descr) < 2 {
		return fmt.Errorf("values of type %q, which is none", descr)
	}
	mark, kind := descr[0], descr[1:]
	switch kind[0] {
	case 'O':
		return errors.New("the array holds Python objects, which only Python can read; save it with a type of numbers")
	case 'S', 'U', 'a', 'V', 'M', 'm', 'c':
		return fmt.Errorf("values of type %q; only booleans, integers and floats are read", descr)
	}
	switch kind {
	case "b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8":
	default:
		return fmt.Errorf("values of type %q; booleans, integers of 1 to 8 bytes and floats of 2, 4 and 8 bytes are read", descr)
	}
	h.descr = kind
	switch {
	case mark == '<', mark == '|' && kind[1] == '1':
		h.order = binary.LittleEndian
	case mark == '>':
		h.order = binary.BigEndian
	default:
		return fmt.Errorf("values of type %q, without a byte order", descr)
	}
	return nil
}

// npyText is what is left of a header.
type npyText struct{ rest string }

func (p *npyText) ahead(token string) bool {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	return strings.HasPrefix(p.rest, token)
}

func (p *npyText) take(token string) bool {
	if !p.ahead(token) {
		return false
	}
	p.rest = p.rest[len(token):]
	return true
}

// quoted reads a string between either quotes.
func (p *npyText) quoted() (string, error) {
	for _, quote := range []string{"'", `"`} {
		if p.take(quote) {
			if text, rest, found := strings.Cut(p.rest, quote); found {
				p.rest = rest
				return text, nil
			}
		}
	}
	return "", errors.New("the header lacks a quoted word where one must be")
}

// tuple reads lengths such as (3, 4) or (3,).
func (p *npyText) tuple() ([]uint64, error) {
	if !p.take("(") {
		return nil, errors.New("the shape is not a tuple")
	}
	dims := []uint64{}
	for !p.take(")") {
		p.ahead("")
		digits := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789"))
		d, err := strconv.ParseUint(p.rest[:digits], 10, 64)
		if err != nil {
			return nil, errors.New("the shape holds something that is no length")
		}
		dims = append(dims, d)
		p.rest = p.rest[digits:]
		p.take("L") // Python 2 marks long integers
		if comma := p.take(","); !p.ahead(")") && !comma {
			return nil, errors.New("the shape lacks a comma")
		} else if !comma && len(dims) == 1 {
			return nil, errors.New("the shape is a number and not a tuple")
		}
	}
	return dims, nil
}

// fromHalf widens 16-bit floats (IEEE 754: 1 bit sign, 5 exponent, 10 fraction),
// which loses nothing.
func fromHalf(in []uint16) []float32 {
	out := make([]float32, len(in))
	for i, h := range in {
		sign, exp, frac := uint32(h>>15), uint32(h>>10&31), uint32(h&1023)
		switch exp {
		case 0: // zero and the subnormal
			out[i] = float32(math.Ldexp(float64(frac), -24))
			if sign != 0 {
				out[i] = -out[i]
			}
		case 31: // infinities and NaN
			out[i] = math.Float32frombits(sign<<31 | 0xff<<23 | frac<<13)
		default:
			out[i] = math.Float32frombits(sign<<31 | (exp+127-15)<<23 | frac<<13)
		}
	}
	return out
}

// WriteNPY writes an array in NPY form, with the lowest byte first, as version 1 if
// its header is short enough and as version 2 else.
func WriteNPY(w io.Writer, a *Array) error {
	if err := a.Validate(); err != nil {
		return err
	}
	descr, _ := elements(a.Data)
	mark := "<"
	if descr[1] == '1' {
		mark = "|"
	}
	var shape strings.Builder
	for i, d := range a.Shape {
		if i > 0 {
			shape.WriteString(", ")
		}
		shape.WriteString(strconv.Itoa(d))
	}
	if len(a.Shape) == 1 {
		shape.WriteString(",")
	}
	text := fmt.Sprintf("{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }", mark, descr, shape.String())
	pad := func(fixed int) string { // the values start at a multiple of 64 bytes
		return text + strings.Repeat(" ", 63-(fixed+len(text))%64) + "\n"
	}
	head := []byte(npyMagic + "\x01\x00")
	if t := pad(10); len(t) <= math.MaxUint16 {
		head = append(binary.LittleEndian.AppendUint16(head, uint16(len(t))), t...)
	} else if t := pad(12); len(t) <= maxNPYHeader {
		head[6] = 2
		head = append(binary.LittleEndian.AppendUint32(head, uint32(len(t))), t...)
	} else {
		return &belief.ConfigError{Field: "Array.Shape", Value: fmt.Sprintf("of rank %d", len(a.Shape)), Want: "of a lower rank in an NPY file"}
	}
	out := bufio.NewWriter(w)
	if _, err := out.Write(head); err != nil {
		return err
	}
	if err := writeValues(out, a.Data, binary.LittleEndian); err != nil {
		return err
	}
	return out.Flush()
}
