package data

// The NPZ format of NumPy: a zip archive of files in NPY form.

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/belief-go/belief"
)

// ReadNPZFile reads the arrays of a file in NPZ form, as NumPy's savez and
// savez_compressed write it, by their names. All of them together may take lim.Memory.
func ReadNPZFile(path string, lim Limits) (map[string]*Array, error) {
	lim, err := lim.resolve()
	if err != nil {
		return nil, err
	}
	archive, err := zip.OpenReader(path)
	if errors.Is(err, zip.ErrFormat) {
		return nil, &belief.ParseError{Format: "NPZ", File: path, Msg: "the file is no zip archive, or is cut short"}
	}
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	budget, used := lim.Memory, int64(0)
	arrays := make(map[string]*Array)
	for _, f := range archive.File {
		name, isNPY := strings.CutSuffix(f.Name, ".npy")
		if !isNPY {
			return nil, &belief.ParseError{Format: "NPZ", File: path, Msg: fmt.Sprintf("the archive holds %q, which is not called .npy", f.Name)}
		}
		if arrays[name] != nil {
			return nil, &belief.ParseError{Format: "NPZ", File: path, Msg: fmt.Sprintf("the archive holds %q twice", f.Name)}
		}
		a, taken, err := readMember(f, path+": "+f.Name, lim)
		if large, ok := errors.AsType[*belief.TooLargeError](err); ok && large.Budget == lim.Memory {
			large.Bytes, large.Budget = large.Bytes+float64(used), budget
		}
		if err != nil {
			return nil, err
		}
		used += taken
		lim.Memory = max(1, budget-used) // 0 would be the default
		arrays[name] = a
	}
	return arrays, nil
}

// readMember reads one array, and says how many bytes it takes.
func readMember(f *zip.File, name string, lim Limits) (*Array, int64, error) {
	r, err := f.Open()
	if err != nil {
		return nil, 0, &belief.ParseError{Format: "NPZ", File: name, Msg: "the archive is damaged", Err: err}
	}
	defer r.Close()
	in, err := Decompress(r, name, lim)
	if err != nil {
		return nil, 0, err
	}
	a, err := ReadNPY(in, lim)
	if errors.Is(err, zip.ErrChecksum) {
		err = &belief.ParseError{Format: "NPZ", File: name, Msg: "the archive is damaged", Err: err}
	}
	if err != nil {
		return nil, 0, err
	}
	descr, n := elements(a.Data)
	return a, int64(descr[1]-'0') * int64(n), nil
}

// WriteNPZ writes arrays in NPZ form, compressed, in the order of their names.
func WriteNPZ(w io.Writer, arrays map[string]*Array) error {
	archive := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		var file bytes.Buffer
		if err := WriteNPY(&file, arrays[name]); err != nil {
			return fmt.Errorf("array %q: %w", name, err)
		}
		member, err := archive.Create(name + ".npy")
		if err != nil {
			return err
		}
		if _, err := file.WriteTo(member); err != nil {
			return err
		}
	}
	return archive.Close()
}
