package data

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/belief-go/belief"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Files that NumPy has written, see testdata/npy.py, are read to the bit.
func TestReadNPYGolden(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "npy.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, File, Type string
		Shape            []int
		Values           []string
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 30 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		file, err := hex.DecodeString(c.File)
		if err != nil {
			t.Fatal(err)
		}
		a, err := ReadNPY(bytes.NewReader(file), Limits{})
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if !cmp.Equal(a.Shape, c.Shape) {
			t.Errorf("%s: shape %v, want %v", c.Name, a.Shape, c.Shape)
		}
		kind, n := elements(a.Data)
		if c.Type == "f2" {
			c.Type = "f4"
		}
		if kind != c.Type || n != len(c.Values) {
			t.Errorf("%s: %d values of type %s, want %d of %s", c.Name, n, kind, len(c.Values), c.Type)
			continue
		}
		for i, v := range texts(a.Data) {
			if v != c.Values[i] && !(kind[0] == 'f' && sameFloat(v, c.Values[i])) {
				t.Errorf("%s: value %d is %s, want %s", c.Name, i, v, c.Values[i])
			}
		}
	}
}

func texts(data any) []string {
	var out []string
	a := &Array{Data: data}
	switch d := data.(type) {
	case []uint64:
		for _, v := range d {
			out = append(out, strconv.FormatUint(v, 10))
		}
	case []int64:
		for _, v := range d {
			out = append(out, strconv.FormatInt(v, 10))
		}
	case []float32, []float64:
		for _, v := range a.Float64s() {
			out = append(out, strconv.FormatFloat(v, 'x', -1, 64))
		}
	default: // what a float64 holds exactly
		for _, v := range a.Float64s() {
			out = append(out, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	return out
}

func sameFloat(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && math.Float64bits(x) == math.Float64bits(y)
}

// drawArray draws an array of any type and a small shape.
func drawArray(t *rapid.T, types string) *Array {
	shape := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(t, "shape")
	a := &Array{Shape: shape}
	n := a.Len()
	switch kind := rapid.SampledFrom(strings.Fields(types)).Draw(t, "type"); kind {
	case "b1":
		a.Data = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "data")
	case "u1":
		a.Data = rapid.SliceOfN(rapid.Uint8(), n, n).Draw(t, "data")
	case "i1":
		a.Data = rapid.SliceOfN(rapid.Int8(), n, n).Draw(t, "data")
	case "u2":
		a.Data = rapid.SliceOfN(rapid.Uint16(), n, n).Draw(t, "data")
	case "i2":
		a.Data = rapid.SliceOfN(rapid.Int16(), n, n).Draw(t, "data")
	case "u4":
		a.Data = rapid.SliceOfN(rapid.Uint32(), n, n).Draw(t, "data")
	case "i4":
		a.Data = rapid.SliceOfN(rapid.Int32(), n, n).Draw(t, "data")
	case "u8":
		a.Data = rapid.SliceOfN(rapid.Uint64(), n, n).Draw(t, "data")
	case "i8":
		a.Data = rapid.SliceOfN(rapid.Int64(), n, n).Draw(t, "data")
	case "f4":
		a.Data = rapid.SliceOfN(rapid.Float32(), n, n).Draw(t, "data")
	case "f8":
		a.Data = rapid.SliceOfN(rapid.Float64(), n, n).Draw(t, "data")
	default:
		t.Fatal(kind)
	}
	return a
}

// Read after Write is the identity, through readers that give a byte at a time too.
func TestNPYRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawArray(t, "b1 u1 i1 u2 i2 u4 i4 u8 i8 f4 f8")
		var file bytes.Buffer
		if err := WriteNPY(&file, a); err != nil {
			t.Fatal(err)
		}
		if head := 10 + int(binary.LittleEndian.Uint16(file.Bytes()[8:])); head%64 != 0 {
			t.Fatalf("the values start at byte %d", head)
		}
		got, err := ReadNPY(iotest.OneByteReader(&file), Limits{})
		if err != nil || !cmp.Equal(got, a) {
			t.Fatalf("read %v, %v; want %v", got, err, a)
		}
	})
}

// Turning an array is what it says, by the definition of the two orders.
func TestTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := &Array{Shape: rapid.SliceOfN(rapid.IntRange(1, 5), 2, 5).Draw(t, "shape")}
		n := a.Len()
		in := make([]int32, n)
		want := make([]int32, n)
		for c := range want { // c counts in C order
			at, step := 0, 1
			rest := c
			index := make([]int, len(a.Shape))
			for d := len(a.Shape) - 1; d >= 0; d-- {
				index[d] = rest % a.Shape[d]
				rest /= a.Shape[d]
			}
			for d, i := range index {
				at += i * step
				step *= a.Shape[d]
			}
			in[at], want[c] = int32(c), int32(c)
		}
		if got := turn(in, a.Shape); !cmp.Equal(got, want) {
			t.Fatalf("shape %v: %v", a.Shape, got)
		}
	})
}

// npyFile makes a file with the header given.
func npyFile(version byte, header string, values ...byte) []byte {
	b := []byte(npyMagic + string([]byte{version, 0}))
	if version == 1 {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	} else {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(header)))
	}
	return append(append(b, header...), values...)
}

func TestReadNPYErrors(t *testing.T) {
	head := func(descr, shape string) []byte {
		return npyFile(1, fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': %s, }\n", descr, shape))
	}
	for _, c := range []struct {
		file []byte
		want string
	}{
		{nil, "the file ends within the header"},
		{[]byte("PK\x03\x04"), "the file starts with"},
		{[]byte(npyMagic), "the file ends within the header"},
		{[]byte(npyMagic + "\x04\x00\x00\x00"), "version 4.0"},
		{[]byte(npyMagic + "\x02\x00\xff\xff\xff\xff"), "a header of 4294967295 bytes"},
		{[]byte(npyMagic + "\x01\x00\xff\x00"), "the file ends within the header"},
		{npyFile(1, ""), "not a dictionary"},
		{npyFile(1, "{}"), `lacks "descr"`},
		{npyFile(1, "{'descr': '<f8', 'shape': ()}"), `lacks "fortran_order"`},
		{npyFile(1, "{'descr': '<f8', 'fortran_order': False}"), `lacks "shape"`},
		{npyFile(1, "{'descr': '<f8', 'descr': '<f8'}"), `"descr" twice`},
		{npyFile(1, "{'descr' '<f8'}"), "no colon"},
		{npyFile(1, "{'descr': '<f8' 'shape': ()}"), "no comma"},
		{npyFile(1, "{'descr': '<f8}"), "quoted word"},
		{npyFile(1, "{'more': 1}"), `unknown key "more"`},
		{npyFile(1, "{'fortran_order': 1}"), "neither True nor False"},
		{npyFile(1, "{'descr': '<f8', 'fortran_order': False, 'shape': ()} x"), "goes on after its dictionary"},
		{head("'|O'", "(3,)"), "Python objects"},
		{head("'<U5'", "(3,)"), `type "<U5"`},
		{head("'<c16'", "(3,)"), `type "<c16"`},
		{head("'<f16'", "(3,)"), `type "<f16"`},
		{head("'<M8[s]'", "(3,)"), `type "<M8[s]"`},
		{head("'=f8'", "(3,)"), "without a byte order"},
		{head("'|f8'", "(3,)"), "without a byte order"},
		{head("'f'", "(3,)"), "which is none"},
		{head("[('a', '<f8')]", "(3,)"), "records"},
		{head("'<f8'", "3"), "not a tuple"},
		{head("'<f8'", "(3)"), "a number and not a tuple"},
		{head("'<f8'", "(3 4)"), "lacks a comma"},
		{head("'<f8'", "(-3,)"), "no length"},
		{head("'<f8'", "(99999999999999999999999,)"), "no length"},
		{head("'<f8'", "(3, 4)"), "promises 3×4 values, and the file ends after 0"},
		{append(head("'|u1'", "(3, 4)"), 1, 2, 3), "the file ends after 3"},
		{append(head("'<u2'", "(3, 4)"), 1, 2, 3), "the file ends after 1"},
		{append(head("'|u1'", "(2,)"), 1, 2, 3), "goes on after the 2 values"},
	} {
		path := filepath.Join(t.TempDir(), "x.npy")
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := ReadNPYFile(path, Limits{})
		var parse *belief.ParseError
		if !errors.As(err, &parse) || !strings.Contains(err.Error(), c.want) || parse.File != path {
			t.Errorf("%q: %v, %v; want %q", c.file, a, err, c.want)
		}
	}
	if _, err := ReadNPYFile("absent.npy", Limits{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestArrayLimits: what a header promises costs nothing until it is there.
func TestArrayLimits(t *testing.T) {
	npy := func(descr, order, shape string) []byte {
		return npyFile(2, "{'descr': '"+descr+"', 'fortran_order': "+order+", 'shape': "+shape+"}")
	}
	idx := func(code byte, dims ...uint32) []byte {
		b := []byte{0, 0, code, byte(len(dims))}
		for _, d := range dims {
			b = binary.BigEndian.AppendUint32(b, d)
		}
		return b
	}
	const huge = math.MaxUint32
	for _, c := range []struct {
		name string
		file []byte
		lim  Limits
		need float64 // 0: let in, and found to be short
	}{
		{"10^18 doubles", npy("<f8", "False", "(1000000000, 1000000000)"), Limits{}, 8e18},
		{"more than a word", npy("<f8", "False", "(18446744073709551615, 18446744073709551615)"), Limits{Memory: math.MaxInt64}, 8 * math.Pow(2, 128)},
		{"a word exactly", npy("|u1", "False", "(4294967296, 4294967296)"), Limits{Memory: math.MaxInt64}, math.Pow(2, 64)},
		{"nothing, in a large shape", npy("|u1", "False", "(0, 18446744073709551615)"), Limits{}, math.Pow(2, 64)},
		{"2 GiB and a byte", npy("|u1", "False", "(2147483649,)"), Limits{}, 1<<31 + 1},
		{"2 GiB", npy("|u1", "False", "(2147483648,)"), Limits{}, 0},
		{"both orders", npy("|u1", "True", "(1073741824, 2)"), Limits{Memory: 1 << 31}, 1 << 32},
		{"halves", npy("<f2", "False", "(100,)"), Limits{Memory: 599}, 600},
		{"few", npy("<f8", "False", "(100,)"), Limits{Memory: 799}, 800},
		{"enough", npy("<f8", "False", "(100,)"), Limits{Memory: 800}, 0},
		{"IDX", idx(8, huge, huge, huge), Limits{}, huge * huge * huge},
		{"IDX doubles", idx(14, 1<<30), Limits{}, 1 << 33},
		{"IDX within", idx(14, 1<<28), Limits{}, 0},
	} {
		if bits.UintSize == 32 && (c.name == "2 GiB" || c.name == "IDX within") {
			c.need = 1 << 31 // more than can be addressed
		}
		var m0, m1 runtime.MemStats
		runtime.ReadMemStats(&m0)
		read := ReadNPY
		if c.file[0] == 0 {
			read = ReadIDX
		}
		_, err := read(bytes.NewReader(c.file), c.lim)
		runtime.ReadMemStats(&m1)
		var large *belief.TooLargeError
		var parse *belief.ParseError
		switch {
		case c.need > 0 && (!errors.As(err, &large) || math.Abs(large.Bytes/c.need-1) > 1e-12):
			t.Errorf("%s: %v, want too large, %g bytes", c.name, err, c.need)
		case c.need == 0 && (!errors.As(err, &parse) || !strings.Contains(err.Error(), "ends after 0")):
			t.Errorf("%s: %v, want a file that is cut short", c.name, err)
		}
		if got := m1.TotalAlloc - m0.TotalAlloc; got > 3<<20 {
			t.Errorf("%s: took %d bytes", c.name, got)
		}
	}
}

func FuzzReadNPY(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("testdata", "npy.json"))
	if err != nil {
		f.Fatal(err)
	}
	var cases []struct{ File string }
	if err := json.Unmarshal(text, &cases); err != nil {
		f.Fatal(err)
	}
	for _, c := range cases {
		file, _ := hex.DecodeString(c.File)
		f.Add(file)
	}
	f.Add(npyFile(1, "{'descr': '|O', 'fortran_order': False, 'shape': (3L,), }\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := ReadNPY(bytes.NewReader(file), Limits{Stream: 1 << 20, Memory: 1 << 20})
		if err != nil {
			return
		}
		rewritten(t, a, WriteNPY, ReadNPY)
	})
}

// rewritten writes what was read, and reads the same again.
func rewritten(t *testing.T, a *Array, write func(io.Writer, *Array) error, read func(io.Reader, Limits) (*Array, error)) {
	if err := a.Validate(); err != nil {
		t.Fatal(err)
	}
	var one, two bytes.Buffer
	if err := write(&one, a); err != nil {
		t.Fatal(err)
	}
	first := bytes.Clone(one.Bytes())
	b, err := read(&one, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := write(&two, b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, two.Bytes()) {
		t.Fatal("written twice, the files differ")
	}
}
