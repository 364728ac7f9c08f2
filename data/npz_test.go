package data

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/belief-go/belief"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestNPZRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npz")
	rapid.Check(t, func(t *rapid.T) {
		arrays := map[string]*Array{}
		for _, name := range rapid.SliceOfN(rapid.StringMatching("[a-zA-Z_/0-9é]{1,8}"), 0, 4).Draw(t, "names") {
			arrays[name] = drawArray(t, "b1 u1 i2 u4 i8 f4 f8")
		}
		var file bytes.Buffer
		if err := WriteNPZ(&file, arrays); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadNPZFile(path, Limits{})
		if err != nil || !cmp.Equal(got, arrays) {
			t.Fatalf("read %v, %v; want %v", got, err, arrays)
		}
	})
}

// What NumPy's savez_compressed and savez have written: x = arange(3), y = [[1.5], [−2]].
func TestReadNPZGolden(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "npz.txt"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.npz")
	want := map[string]*Array{"x": {[]int{3}, []int64{0, 1, 2}}, "y": {[]int{2, 1}, []float64{1.5, -2}}}
	for i, line := range strings.Fields(string(text)) {
		file, err := hex.DecodeString(line)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadNPZFile(path, Limits{})
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("file %d: %v, %v; want %v", i, got, err, want)
		}
		// A flipped bit is found, or is in what does not matter; never a panic.
		for at := 0; at < len(file); at += 5 {
			file[at] ^= 16
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := ReadNPZFile(path, Limits{Memory: 1 << 20}); err == nil && !cmp.Equal(got["x"], want["x"]) && got["x"] != nil {
				t.Errorf("file %d with byte %d changed: %v", i, at, got["x"])
			}
			file[at] ^= 16
		}
	}
}

func TestReadNPZErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.npz")
	good := npyFile(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (100,)}", make([]byte, 100)...)
	archive := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range names {
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			text := good
			if strings.HasPrefix(name, "bad") {
				text = good[:len(good)-1]
			}
			if _, err := w.Write(text); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for _, c := range []struct {
		file []byte
		want string
	}{
		{nil, "no zip archive"},
		{archive("a.npy")[:60], "no zip archive"},
		{archive("a.npy", "readme"), `"readme", which is not called .npy`},
		{archive("a.npy", "a.npy"), `"a.npy" twice`},
		{archive("a.npy", "bad.npy"), "bad.npy: NPY: the header promises 100 values"},
	} {
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		var parse *belief.ParseError
		if _, err := ReadNPZFile(path, Limits{}); !errors.As(err, &parse) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	if err := os.WriteFile(path, archive("a.npy", "b.npy", "c.npy"), 0o600); err != nil {
		t.Fatal(err)
	}
	var large *belief.TooLargeError
	if _, err := ReadNPZFile(path, Limits{Memory: 299}); !errors.As(err, &large) || !strings.Contains(err.Error(), "c.npy") {
		t.Errorf("three arrays in the memory of two: %v", err)
	}
	if _, err := ReadNPZFile(path, Limits{Memory: 300}); err != nil {
		t.Error(err)
	}
	var config *belief.ConfigError
	if err := WriteNPZ(&bytes.Buffer{}, map[string]*Array{"a": {[]int{1}, nil}}); !errors.As(err, &config) || !strings.Contains(err.Error(), `"a"`) {
		t.Error(err)
	}
	if _, err := ReadNPZFile("absent.npz", Limits{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
