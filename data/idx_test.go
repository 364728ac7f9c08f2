package data

import (
	"bytes"
	"errors"
	"math"
	"math/bits"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/belief-go/belief"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Files as the format's description has them, byte by byte.
func TestReadIDXGolden(t *testing.T) {
	for _, c := range []struct {
		file string
		want *Array
	}{
		{"\x00\x00\x08\x01\x00\x00\x00\x03\x05\x00\xff", &Array{[]int{3}, []uint8{5, 0, 255}}},
		{"\x00\x00\x09\x01\x00\x00\x00\x02\x05\xff", &Array{[]int{2}, []int8{5, -1}}},
		{"\x00\x00\x0b\x02\x00\x00\x00\x01\x00\x00\x00\x02\x01\x02\xff\xfe", &Array{[]int{1, 2}, []int16{258, -2}}},
		{"\x00\x00\x0c\x01\x00\x00\x00\x02\x00\x00\x01\x00\xff\xff\xff\xff", &Array{[]int{2}, []int32{256, -1}}},
		{"\x00\x00\x0d\x01\x00\x00\x00\x01\x3f\xc0\x00\x00", &Array{[]int{1}, []float32{1.5}}},
		{"\x00\x00\x0e\x01\x00\x00\x00\x01\xbf\xf8\x00\x00\x00\x00\x00\x00", &Array{[]int{1}, []float64{-1.5}}},
		{"\x00\x00\x08\x00\x07", &Array{[]int{}, []uint8{7}}},
	} {
		got, err := ReadIDX(strings.NewReader(c.file), Limits{})
		if err != nil || !cmp.Equal(got, c.want) {
			t.Errorf("%q: %v, %v; want %v", c.file, got, err, c.want)
		}
		var out bytes.Buffer
		if err := WriteIDX(&out, c.want); err != nil || out.String() != c.file {
			t.Errorf("wrote %q, %v; want %q", out.String(), err, c.file)
		}
	}
}

func TestIDXRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawArray(t, "u1 i1 i2 i4 f4 f8")
		var file bytes.Buffer
		if err := WriteIDX(&file, a); err != nil {
			t.Fatal(err)
		}
		for _, form := range [][]byte{file.Bytes(), packed(file.Bytes())} {
			got, err := ReadIDX(iotest.HalfReader(bytes.NewReader(form)), Limits{})
			if err != nil || !cmp.Equal(got, a) {
				t.Fatalf("read %v, %v; want %v", got, err, a)
			}
		}
	})
}

// Arrays that are longer than the first read grow to their size.
func TestReadLong(t *testing.T) {
	long := make([]byte, 5*firstRead+17)
	wide := make([]float64, firstRead/8+100000)
	for i := range long {
		long[i] = byte(i * 7 / 5)
	}
	for i := range wide {
		wide[i] = float64(i) / 7
	}
	for _, a := range []*Array{{[]int{len(long)}, long}, {[]int{len(wide)}, wide}} {
		var file bytes.Buffer
		if err := WriteIDX(&file, a); err != nil {
			t.Fatal(err)
		}
		got, err := ReadIDX(&file, Limits{})
		if err != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("an array of %v: %v", a.Shape, err)
		}
	}
}

func TestReadIDXErrors(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", "shorter than a header"},
		{"\x00\x00\x08", "shorter than a header"},
		{"\x00\x01\x08\x01\x00\x00\x00\x00", "not the header"},
		{"\x00\x00\x0a\x01\x00\x00\x00\x00", "not the header"},
		{"PK\x03\x04", "not the header"},
		{"\x00\x00\x08\x03\x00\x00\x00\x02\x00\x00", "promises 3 dimensions, and the file ends after 1"},
		{"\x00\x00\x08\x02\x00\x00\x00\x02\x00\x00\x00\x02abc", "promises 2×2 values, and the file ends after 3"},
		{"\x00\x00\x0b\x01\x00\x00\x00\x02abc", "the file ends after 1"},
		{"\x00\x00\x08\x01\x00\x00\x00\x02abc", "goes on after the 2 values"},
	} {
		path := filepath.Join(t.TempDir(), "x.idx")
		for _, file := range [][]byte{[]byte(c.file), packed([]byte(c.file))} {
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			a, err := ReadIDXFile(path, Limits{})
			var parse *belief.ParseError
			if !errors.As(err, &parse) || !strings.Contains(err.Error(), c.want) || parse.File != path {
				t.Errorf("%q: %v, %v; want %q", file, a, err, c.want)
			}
		}
	}
	own := errors.New("own")
	for _, n := range []int{0, 3, 5, 9} {
		file := "\x00\x00\x08\x01\x00\x00\x00\x0aabc"[:n]
		r := iotest.DataErrReader(strings.NewReader(file))
		if _, err := ReadIDX(failing{r, own}, Limits{}); !errors.Is(err, own) {
			t.Errorf("a reader that fails after %d bytes: %v", n, err)
		}
	}
}

// failing turns the end of a file into an error.
type failing struct {
	r interface{ Read([]byte) (int, error) }
	e error
}

func (f failing) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil {
		err = f.e
	}
	return n, err
}

func TestArrayValidate(t *testing.T) {
	var out bytes.Buffer
	for _, a := range []*Array{
		{[]int{2}, []uint8{1}},
		{[]int{-1}, []uint8{1}},
		{[]int{1}, nil},
		{[]int{1}, []string{"a"}},
		{[]int{1}, []int{1}},
		{[]int{math.MaxInt/4 + 1, 4}, []uint8{}},
	} {
		for name, write := range map[string]func() error{
			"Validate": a.Validate,
			"WriteIDX": func() error { return WriteIDX(&out, a) },
			"WriteNPY": func() error { return WriteNPY(&out, a) },
		} {
			var config *belief.ConfigError
			if err := write(); !errors.As(err, &config) {
				t.Errorf("%s of %v: %v", name, a, err)
			}
		}
	}
	var config *belief.ConfigError
	for _, a := range []*Array{
		{[]int{1}, []bool{true}}, {[]int{1}, []uint16{1}}, {[]int{1}, []int64{1}},
		{slicesOfOnes(256), []uint8{1}}, {[]int{0, math.MaxInt}, []uint8{}},
	} {
		if bits.UintSize == 32 && len(a.Shape) == 2 {
			continue // the format holds all lengths there are
		}
		if err := WriteIDX(&out, a); !errors.As(err, &config) {
			t.Errorf("WriteIDX of %T in %v: %v", a.Data, a.Shape, err)
		}
		if err := WriteNPY(&out, a); err != nil {
			t.Error(err)
		}
	}
	if err := WriteNPY(&out, &Array{slicesOfOnes(400000), []uint8{1}}); !errors.As(err, &config) {
		t.Error(err)
	}
	out.Reset()
	if err := WriteNPY(&out, &Array{slicesOfOnes(40000), []uint8{1}}); err != nil {
		t.Fatal(err)
	}
	if a, err := ReadNPY(&out, Limits{}); err != nil || len(a.Shape) != 40000 {
		t.Errorf("an array of rank 40000: %v", err)
	}
}

func slicesOfOnes(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = 1
	}
	return s
}

func TestArrayFloat64s(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawArray(t, "b1 u1 i1 u2 i2 u4 i4 u8 i8 f4 f8")
		got := a.Float64s()
		if len(got) != a.Len() {
			t.Fatalf("%d values of %d", len(got), a.Len())
		}
	})
	for _, c := range []any{
		[]bool{false, true}, []uint8{0, 1}, []int8{0, 1}, []uint16{0, 1}, []int16{0, 1}, []uint32{0, 1}, []int32{0, 1},
		[]uint64{0, 1}, []int64{0, 1}, []float32{0, 1}, []float64{0, 1},
	} {
		a := Array{[]int{2}, c}
		if got := a.Float64s(); !cmp.Equal(got, []float64{0, 1}) {
			t.Errorf("%T: %v", c, got)
		}
	}
}

func FuzzReadIDX(f *testing.F) {
	for code := range idxTypes {
		f.Add([]byte{0, 0, code, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8})
		f.Add([]byte{0, 0, code, 2, 0, 0, 0, 0, 0, 0, 0, 9})
	}
	f.Add(packed([]byte{0, 0, 8, 1, 0, 0, 0, 1, 7}))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := ReadIDX(bytes.NewReader(file), Limits{Stream: 1 << 20, Memory: 1 << 20})
		if err != nil {
			return
		}
		rewritten(t, a, WriteIDX, ReadIDX)
	})
}
