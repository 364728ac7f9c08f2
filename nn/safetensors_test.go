package nn_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/nn"
)

// tensorFile puts a file together.
func tensorFile(header string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

func openTensors(b []byte) (*nn.TensorFile, error) {
	return nn.OpenTensors(bytes.NewReader(b), int64(len(b)))
}

func TestBrokenSafetensors(t *testing.T) {
	const one = `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`
	eight := make([]byte, 8)
	if _, err := openTensors(tensorFile(one, eight)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "the file has 0 bytes"},
		{"seven bytes", make([]byte, 7), "the file has 7 bytes"},
		{"no header", make([]byte, 8), "does not begin with {"},
		{"long header", []byte("\xff\xff\xff\xff\xff\xff\xff\xffxx"), "the file ends after 2"},
		{"cut in the header", tensorFile(one, nil)[:30], "the file ends after 22"},
		{"cut in the data", tensorFile(one, eight[:7]), `"a" is said to be in bytes 0 to 8 of 7`},
		{"a rest", tensorFile(one, make([]byte, 9)), "the tensors have 8 bytes, the file has 9"},
		{"space in front", tensorFile(" "+one, eight), "does not begin with {"},
		{"something behind", tensorFile(one+"{}", eight), "something follows"},
		{"not closed", tensorFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}`, eight), "the header:"},
		{"no UTF-8", tensorFile("{\"\xff\":{}}", nil), "not UTF-8"},
		{"an array", tensorFile(`[]`, nil), "does not begin with {"},
		{"a text as tensor", tensorFile(`{"a":"b"}`, nil), `tensor "a" is no object`},
		{"deep", tensorFile(`{"a":`+strings.Repeat("[", 1e6), nil), `tensor "a" is no object`},
		{"deep type", tensorFile(`{"a":{"dtype":`+strings.Repeat("[", 1e6), nil), "is [, not a text"},
		{"deep shape", tensorFile(`{"a":{"shape":`+strings.Repeat("[", 1e6), nil), "not a whole number"},
		{"nothing known", tensorFile(`{"a":{}}`, nil), "needs dtype, shape and data_offsets"},
		{"no shape", tensorFile(`{"a":{"dtype":"F32","data_offsets":[0,8]}}`, eight), "needs dtype"},
		{"another key", tensorFile(`{"a":{"kind":"F32"}}`, nil), `unknown "kind"`},
		{"two types", tensorFile(`{"a":{"dtype":"F32","dtype":"F32"}}`, nil), "has two dtype"},
		{"unknown type", tensorFile(`{"a":{"dtype":"F7","shape":[2],"data_offsets":[0,8]}}`, eight), `unknown type "F7"`},
		{"a fraction", tensorFile(`{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}`, eight), "holds 2.0"},
		{"negative", tensorFile(`{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}`, eight), "holds -2"},
		{"too large a number", tensorFile(`{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}`, eight), "holds 9999"},
		{"overflow to the right size", tensorFile(`{"a":{"dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8]}}`, eight), "does not fit into 8"},
		{"overflow to zero", tensorFile(`{"a":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, nil), "does not fit into 0"},
		{"many dimensions", tensorFile(`{"a":{"dtype":"F32","shape":[`+strings.Repeat("1,", 64)+`1],"data_offsets":[0,4]}}`, eight[:4]), "more than 64"},
		{"three offsets", tensorFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}`, eight), "more than 2"},
		{"one offset", tensorFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}`, eight), "needs dtype"},
		{"backwards", tensorFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}`, eight), "bytes 8 to 0"},
		{"outside", tensorFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}`, eight), "bytes 8 to 16 of 8"},
		{"wrong size", tensorFile(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, eight), "does not fit into 8"},
		{"twice", tensorFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, eight), `two tensors "a"`},
		{"twice, escaped", tensorFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, eight), `two tensors "a"`},
		{"overlap", tensorFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, eight), `"b" begins at byte 4, within "a"`},
		{"gap", tensorFile(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, eight), "nothing is in the bytes from 0 to 4"},
		{"metadata twice", tensorFile(`{"__metadata__":{},"__metadata__":{}}`, nil), "two __metadata__"},
		{"a key twice", tensorFile(`{"__metadata__":{"a":"","a":""}}`, nil), `"a" twice`},
		{"a number as text", tensorFile(`{"__metadata__":{"a":1}}`, nil), `__metadata__ "a" is 1, not a text`},
	} {
		f, err := openTensors(c.file)
		var bad *belief.ParseError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), c.want) || f != nil {
			t.Errorf("%s: %v, want an error with %q", c.name, err, c.want)
		}
	}
}

// A header that is said to be long is refused before memory is taken for it.
func TestLongHeader(t *testing.T) {
	b := binary.LittleEndian.AppendUint64(nil, 1<<40)
	var large *belief.TooLargeError
	if _, err := nn.OpenTensors(bytes.NewReader(b), 1<<50); !errors.As(err, &large) {
		t.Errorf("a header of 1 TiB: %v", err)
	}
}

// Tiny tensors and texts may be many in a header that is not long.
func TestTooManyTensors(t *testing.T) {
	const most = 1 << 17
	for _, c := range []struct{ what, before, item, after string }{
		{"tensors", "{", `"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`, "}"},
		{"texts", `{"__metadata__":{`, `"%d":""`, "}}"},
	} {
		var b strings.Builder
		b.WriteString(c.before)
		for i := range most + 1 {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, c.item, i)
		}
		b.WriteString(c.after)
		var large *belief.TooLargeError
		if _, err := openTensors(tensorFile(b.String(), nil)); !errors.As(err, &large) || !strings.Contains(err.Error(), "131072 "+c.what+" at most") {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	// Nothing is written that cannot be read.
	params := make([]*autodiff.Param[float32], most+1)
	for i := range params {
		params[i] = autodiff.NewParam[float32](fmt.Sprint(i), 0)
	}
	var bad *nn.TensorError
	if err := nn.WriteTensors(new(bytes.Buffer), params, nil); !errors.As(err, &bad) || bad.Name != "131072" {
		t.Error(err)
	}
}

func TestHalfPrecision(t *testing.T) {
	for _, c := range []struct {
		kind string
		bits uint16
		want float64
	}{
		{"F16", 0x3c00, 1}, {"F16", 0x3c01, 1 + 1.0/1024}, {"F16", 0xc000, -2}, {"F16", 0x7bff, 65504},
		{"F16", 0x0400, math.Ldexp(1, -14)}, {"F16", 0x0001, math.Ldexp(1, -24)}, {"F16", 0x03ff, math.Ldexp(1023, -24)},
		{"F16", 0, 0}, {"F16", 0x3555, 0.333251953125},
		{"BF16", 0x3f80, 1}, {"BF16", 0xc049, -3.140625}, {"BF16", 0x7f7f, 3.3895313892515355e38}, {"BF16", 1, math.Ldexp(1, -133)},
	} {
		f, err := openTensors(tensorFile(fmt.Sprintf(`{"x":{"dtype":%q,"shape":[],"data_offsets":[0,2]}}`, c.kind), binary.LittleEndian.AppendUint16(nil, c.bits)))
		if err != nil {
			t.Fatal(err)
		}
		var got [1]float64
		if err := nn.ReadTensor(f, "x", got[:]); err != nil || got[0] != c.want {
			t.Errorf("%s %#04x is %v, %v; want %v", c.kind, c.bits, got, err, c.want)
		}
	}
	if f, err := openTensors(tensorFile(`{"x":{"dtype":"F16","shape":[],"data_offsets":[0,2]}}`, []byte{0, 0x80})); err != nil {
		t.Error(err)
	} else {
		var zero [1]float32
		if err := nn.ReadTensor(f, "x", zero[:]); err != nil || !math.Signbit(float64(zero[0])) {
			t.Errorf("the sign of −0 is lost: %v %v", zero, err)
		}
	}
}

func TestTensorsThatAreNoWeights(t *testing.T) {
	le := binary.LittleEndian
	for _, c := range []struct {
		kind string
		data []byte
		want string
	}{
		{"F64", le.AppendUint64(nil, math.Float64bits(math.NaN())), "not finite"},
		{"F64", le.AppendUint64(nil, math.Float64bits(math.Inf(-1))), "not finite"},
		{"F64", le.AppendUint64(nil, math.Float64bits(1e300)), "too large"},
		{"F32", le.AppendUint32(nil, math.Float32bits(float32(math.NaN()))), "not finite"},
		{"F16", le.AppendUint16(nil, 0x7c00), "not finite"},
		{"F16", le.AppendUint16(nil, 0x7c01), "not finite"},
		{"BF16", le.AppendUint16(nil, 0xff80), "not finite"},
		{"I64", le.AppendUint64(nil, 3), "type I64"},
		{"U8", []byte{1}, "type U8"},
		{"BOOL", []byte{1}, "type BOOL"},
	} {
		f, err := openTensors(tensorFile(fmt.Sprintf(`{"x":{"dtype":%q,"shape":[1],"data_offsets":[0,%d]}}`, c.kind, len(c.data)), c.data))
		if err != nil {
			t.Fatal(err)
		}
		var bad *nn.TensorError
		if err := nn.ReadTensor(f, "x", make([]float32, 1)); !errors.As(err, &bad) || bad.Name != "x" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", c.kind, err, c.want)
		}
	}
	f, err := openTensors(tensorFile(`{"weight":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, nil))
	if err != nil {
		t.Fatal(err)
	}
	var unknown *belief.UnknownNameError
	if err := nn.ReadTensor(f, "weigth", []float64{}); !errors.As(err, &unknown) || !slices.Equal(unknown.Suggestions, []string{"weight"}) {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestWriteAndReadTensors(t *testing.T) {
	t.Run("float32", rapid.MakeCheck(writeAndRead[float32]))
	t.Run("float64", rapid.MakeCheck(writeAndRead[float64]))
}

func writeAndRead[T nn.Float](t *rapid.T) {
	names := rapid.SliceOfNDistinct(rapid.String(), 0, 6, rapid.ID[string]).Draw(t, "names")
	metadata := rapid.MapOfN(rapid.String(), rapid.String(), 0, 4).Draw(t, "metadata")
	var params []*autodiff.Param[T]
	for _, name := range names {
		if name == "__metadata__" {
			continue
		}
		p := autodiff.NewParam[T](name, rapid.SliceOfN(rapid.IntRange(0, 30), 0, 4).Draw(t, "shape")...)
		for i := range p.Value {
			p.Value[i] = T(math.Sin(float64(i + len(params))))
		}
		params = append(params, p)
	}
	var b, again bytes.Buffer
	if err := nn.WriteTensors(&b, params, metadata); err != nil {
		t.Fatal(err)
	}
	if err := nn.WriteTensors(&again, params, metadata); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Fatalf("other bytes when written again, %v", err)
	}
	f, err := openTensors(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(metadata) == 0 {
		metadata = nil
	}
	if d := cmp.Diff(metadata, f.Metadata); d != "" {
		t.Error(d)
	}
	if len(f.Tensors()) != len(params) {
		t.Errorf("%d tensors of %d", len(f.Tensors()), len(params))
	}
	for _, p := range params {
		x, err := f.Lookup(p.Name)
		if err != nil || !slices.Equal(x.Shape, p.Shape) {
			t.Errorf("%q is %v, %v; want shape %v", p.Name, x, err, p.Shape)
		}
		got := make([]T, len(p.Value))
		if err := nn.ReadTensor(f, p.Name, got); err != nil || !slices.Equal(got, p.Value) {
			t.Errorf("%q comes back otherwise: %v", p.Name, err)
		}
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	p := func(name string) *autodiff.Param[float32] { return autodiff.NewParam[float32](name, 1) }
	for _, c := range []struct {
		params   []*autodiff.Param[float32]
		metadata map[string]string
	}{
		{[]*autodiff.Param[float32]{p("a"), p("a")}, nil},
		{[]*autodiff.Param[float32]{p("\xff")}, nil},
		{[]*autodiff.Param[float32]{p("__metadata__")}, nil},
		{nil, map[string]string{"a": "\xff"}},
		{nil, map[string]string{"\xff": ""}},
	} {
		var b bytes.Buffer
		var bad *nn.TensorError
		if err := nn.WriteTensors(&b, c.params, c.metadata); !errors.As(err, &bad) || b.Len() > 0 {
			t.Errorf("%v is written, %d bytes", err, b.Len())
		}
	}
}

func twoLayers[T nn.Float](seed uint64) *nn.Net[T] {
	net := nn.New[T](seed)
	net.Dense("hidden", nn.Dense{In: 3, Out: 4})
	net.Dense("out", nn.Dense{In: 4, Out: 2})
	net.Fixed("mean", 3).Value[0] = T(seed)
	return net
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "net.safetensors")
	from := twoLayers[float64](1)
	if err := from.Save(path, map[string]string{"kind": "test"}); err != nil {
		t.Fatal(err)
	}
	to, single := twoLayers[float64](2), twoLayers[float32](2)
	metadata, err := to.Load(path)
	if err != nil || metadata["kind"] != "test" {
		t.Fatal(metadata, err)
	}
	if _, err := single.Load(path); err != nil {
		t.Fatal(err)
	}
	for i, p := range from.Params() {
		if !slices.Equal(to.Params()[i].Value, p.Value) {
			t.Errorf("%s comes back otherwise", p.Name)
		}
		for k, v := range p.Value {
			if single.Params()[i].Value[k] != float32(v) {
				t.Errorf("%s is %v in single precision, was %v", p.Name, single.Params()[i].Value[k], v)
			}
		}
	}
	// A part of the net takes only its own.
	part := twoLayers[float64](3)
	hidden := slices.Clone(part.Params()[0].Value)
	if _, err := part.Within("out").Load(path); err != nil {
		t.Fatal(err)
	}
	if p := part.Params(); !slices.Equal(p[2].Value, from.Params()[2].Value) || !slices.Equal(p[0].Value, hidden) {
		t.Error("the part is not what was loaded, or more is")
	}
}

func TestWeightsThatDoNotFit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "net.safetensors")
	if err := twoLayers[float32](1).Save(path, nil); err != nil {
		t.Fatal(err)
	}
	net := nn.New[float32](2)
	net.Dense("hiden", nn.Dense{In: 3, Out: 4})
	net.Dense("out", nn.Dense{In: 4, Out: 5})
	before := slices.Clone(net.Params()[3].Value)
	_, err := net.Load(path)
	var e *nn.WeightsError
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	want := &nn.WeightsError{
		Missing: []string{"hiden.weight", "hiden.bias"}, Unknown: []string{"hidden.bias", "hidden.weight", "mean"},
		Shapes: []nn.ShapeMismatch{{Name: "out.weight", Net: []int{4, 5}, File: []int{4, 2}}, {Name: "out.bias", Net: []int{5}, File: []int{2}}},
	}
	if d := cmp.Diff(want, e); d != "" {
		t.Error(d)
	}
	if !strings.Contains(err.Error(), `"hiden.weight" (is it "hidden.weight"?)`) {
		t.Error(err)
	}
	if !slices.Equal(net.Params()[3].Value, before) {
		t.Error("weights have changed")
	}

	// All fits but the last number.
	good := twoLayers[float32](1)
	if err := good.Save(path, nil); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(file[len(file)-4:], math.Float32bits(float32(math.NaN())))
	if err := os.WriteFile(path, file, 0o666); err != nil {
		t.Fatal(err)
	}
	other := twoLayers[float32](2)
	start := slices.Clone(other.Params()[0].Value)
	var bad *nn.TensorError
	if _, err := other.Load(path); !errors.As(err, &bad) || bad.Name != "mean" || !slices.Equal(other.Params()[0].Value, start) {
		t.Errorf("%v; weights changed: %v", err, !slices.Equal(other.Params()[0].Value, start))
	}
	_, err = other.Load(filepath.Join(dir, "none"))
	if err == nil {
		t.Error("a file that is not there is loaded")
	}
}

func FuzzOpenTensors(f *testing.F) {
	f.Add(tensorFile(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, make([]byte, 8)))
	f.Add(tensorFile(`{"__metadata__":{"k":"v"},"b":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},"a":{"dtype":"I64","shape":[],"data_offsets":[4,12]}}  `, make([]byte, 12)))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := openTensors(b)
		if err != nil {
			return
		}
		// What is read is written, and read to the same.
		var params []*autodiff.Param[float64]
		for _, s := range x.Tensors() {
			n := autodiff.Size(s.Shape)
			if n > len(b) {
				t.Fatalf("%q has %d entries in a file of %d bytes", s.Name, n, len(b))
			}
			p := autodiff.NewParam[float64](s.Name, s.Shape...)
			if err := nn.ReadTensor(x, s.Name, p.Value); err != nil {
				var bad *nn.TensorError
				if !errors.As(err, &bad) {
					t.Fatal(err)
				}
				return
			}
			params = append(params, p)
		}
		var out bytes.Buffer
		if err := nn.WriteTensors(&out, params, x.Metadata); err != nil {
			t.Fatal(err)
		}
		y, err := openTensors(out.Bytes())
		if err != nil || len(y.Tensors()) != len(params) {
			t.Fatalf("%d tensors of %d, %v", len(y.Tensors()), len(params), err)
		}
		if d := cmp.Diff(x.Metadata, y.Metadata); d != "" && len(x.Metadata) > 0 {
			t.Fatal(d)
		}
	})
}
