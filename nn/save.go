package nn

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/belief-go/belief"
	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/internal/persist"
	"github.com/belief-go/belief/internal/suggest"
)

// Write writes the parameters of this view of the net, the Fixed ones too, in the
// safetensors form, F32 or F64 as they are, with metadata that may be nil.
func (n *Net[T]) Write(w io.Writer, metadata map[string]string) error {
	return WriteTensors(w, n.Params(), metadata)
}

// Save writes the parameters of this view of the net to a file, see Write, which it
// replaces as a whole: an error leaves what was there.
func (n *Net[T]) Save(path string, metadata map[string]string) error {
	return persist.Replace(path, func(w io.Writer) error { return n.Write(w, metadata) })
}

// Load reads the parameters of this view of the net from a safetensors file, and
// returns the file's metadata. Names and shapes must be the same, else a
// [*WeightsError] tells all differences; a view with a prefix leaves other names of
// the file aside, and of a checkpoint only the weights are read. An error changes
// nothing.
func (n *Net[T]) Load(path string) (metadata map[string]string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	x, err := OpenTensors(f, info.Size())
	if err == nil {
		err = n.LoadTensors(x)
	}
	if e := (*belief.ParseError)(nil); errors.As(err, &e) {
		e.File = path
	}
	if err != nil {
		return nil, err
	}
	return x.Metadata, nil
}

// LoadTensors is Load from an open file.
func (n *Net[T]) LoadTensors(f *TensorFile) error {
	stored := make(map[string]Tensor)
	for _, x := range f.tensors {
		if strings.HasPrefix(x.Name, n.prefix) && !strings.HasPrefix(x.Name, checkpointPrefix) {
			stored[x.Name] = x
		}
	}
	params := n.Params()
	if err := compareWeights(params, stored); err != nil {
		return err
	}
	values := make([][]T, len(params))
	for i, p := range params {
		values[i] = make([]T, len(p.Value))
		if err := ReadTensor(f, p.Name, values[i]); err != nil {
			return err
		}
	}
	for i, p := range params {
		copy(p.Value, values[i])
	}
	return nil
}

// compareWeights holds parameters against tensors, whose map it uses up.
func compareWeights[T Float](params []*autodiff.Param[T], stored map[string]Tensor) error {
	e := new(WeightsError)
	for _, p := range params {
		x, ok := stored[p.Name]
		switch {
		case !ok:
			e.Missing = append(e.Missing, p.Name)
		case !slices.Equal(x.Shape, p.Shape):
			e.Shapes = append(e.Shapes, ShapeMismatch{p.Name, slices.Clone(p.Shape), x.Shape})
		}
		delete(stored, p.Name)
	}
	for name := range stored {
		e.Unknown = append(e.Unknown, name)
	}
	slices.Sort(e.Unknown)
	if len(e.Missing)+len(e.Shapes)+len(e.Unknown) == 0 {
		return nil
	}
	return e
}

// A WeightsError says how the weights of a file differ from those of a net.
type WeightsError struct {
	Missing []string // parameters of the net that the file has not
	Unknown []string // tensors of the file that the net has not, in alphabetical order
	Shapes  []ShapeMismatch
}

// A ShapeMismatch is a parameter that has another shape in the file.
type ShapeMismatch struct {
	Name      string
	Net, File []int
}

// Error tells all differences, of each kind the first ones, and which missing names
// may stand under others in the file.
func (e *WeightsError) Error() string {
	var parts []string
	list := func(what string, n int, item func(i int) string) {
		const most = 5
		var items []string
		for i := range min(n, most) {
			items = append(items, item(i))
		}
		if n > most {
			items = append(items, fmt.Sprintf("… (%d more)", n-most))
		}
		if n > 0 {
			parts = append(parts, what+" "+strings.Join(items, ", "))
		}
	}
	list("the file lacks", len(e.Missing), func(i int) string {
		if near := suggest.Nearest(e.Missing[i], slices.Values(e.Unknown), 1); len(near) > 0 {
			return fmt.Sprintf("%q (is it %q?)", e.Missing[i], near[0])
		}
		return fmt.Sprintf("%q", e.Missing[i])
	})
	list("the net has no", len(e.Unknown), func(i int) string { return fmt.Sprintf("%q", e.Unknown[i]) })
	list("shapes differ:", len(e.Shapes), func(i int) string {
		s := e.Shapes[i]
		return fmt.Sprintf("%q is %s in the net and %s in the file", s.Name, autodiff.FormatShape(s.Net), autodiff.FormatShape(s.File))
	})
	return "nn: the weights do not fit: " + strings.Join(parts, "; ")
}
