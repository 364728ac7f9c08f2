package nn

// Checkpoints are safetensors files: the parameters under their names, what the
// optimizer remembers and the best weights under names of their own, and as metadata
// where the run stands, which run it is, and a checksum of the whole file.

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/persist"
)

// A CheckpointError says why a checkpoint can be neither used nor written.
type CheckpointError struct {
	Path string
	Err  error
}

// Error names the file.
func (e *CheckpointError) Error() string { return fmt.Sprintf("nn: checkpoint %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *CheckpointError) Unwrap() error { return e.Err }

// ErrOtherRun is the cause of a [CheckpointError] where the file is the checkpoint of
// a run with another net, optimizer, source or configuration.
var ErrOtherRun = errors.New("it belongs to another run; choose another file, or remove it")

// errDamaged is the cause where a file is not what was written.
var errDamaged = errors.New("the file is damaged, or no checkpoint; remove it to begin anew")

const (
	checkpointPrefix = "checkpoint/" // of tensors that are not parameters
	checkpointForm   = "belief nn checkpoint 1"
	noSum            = "0000000000000000000000000000000000000000000000000000000000000000"
)

// describe tells runs apart that would go otherwise, as far as their settings show it.
// Epochs, Steps and Workers are not in it: a run may be made longer.
func (r *training[T]) describe() string {
	h := sha256.New()
	fmt.Fprintf(h, "%T ", T(0))
	for _, p := range r.params {
		decayed := r.Decay == nil || r.Decay(p)
		fmt.Fprintf(h, "%q %v %t %t ", p.Name, p.Shape, p.Fixed, decayed)
	}
	c := r.config
	persist.Describe(h, []any{r.Optimizer, r.Schedule, r.Clip, c.Batch, c.Accumulate, c.KeepOrder, c.Seed, c.ValidateEvery,
		c.EarlyStopping, c.Validate != nil})
	for _, src := range []data.Source{r.source, c.Validation} {
		if src != nil {
			fmt.Fprintf(h, "%d %t ", src.Rows(), weighted(src))
			persist.Describe(h, src.Columns())
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// weighted tells whether the first row of a source has a weight. An error is left to the
// pass that learns from it.
func weighted(src data.Source) bool {
	pass, err := src.Pass(data.Order{})
	if err != nil {
		return false
	}
	b := data.Batch{Size: 1}
	err = pass.Next(&b)
	pass.Close()
	return err == nil && b.Weights != nil
}

// tensors lists all arrays of a checkpoint: the parameters, what the optimizer
// remembers and, if there are any, the best weights.
func (r *training[T]) tensors(best bool) []*autodiff.Param[T] {
	list := slices.Clone(r.params)
	for i, p := range r.descent.params {
		for k, m := range r.descent.memory[i] {
			list = append(list, &autodiff.Param[T]{Name: fmt.Sprintf("%soptimizer/%d/%s", checkpointPrefix, k, p.Name), Shape: p.Shape, Value: m})
		}
	}
	if best {
		for i, p := range r.params {
			list = append(list, &autodiff.Param[T]{Name: checkpointPrefix + "best/" + p.Name, Shape: p.Shape, Value: r.best[i]})
		}
	}
	return list
}

// save writes the checkpoint, unless it is there.
func (r *training[T]) save() error {
	if r.config.Checkpoint == "" || r.saved == r.at.Step {
		return nil
	}
	state, err := json.Marshal(r.at)
	if err == nil {
		list := r.tensors(r.best != nil)
		metadata := map[string]string{"form": checkpointForm, "run": r.fingerprint, "state": string(state), "sha256": noSum}
		sum := sha256.New()
		if err = WriteTensors(sum, list, metadata); err == nil {
			metadata["sha256"] = hex.EncodeToString(sum.Sum(nil))
			err = persist.Replace(r.config.Checkpoint, func(w io.Writer) error { return WriteTensors(w, list, metadata) })
		}
	}
	if err != nil {
		return &CheckpointError{r.config.Checkpoint, err}
	}
	r.saved, r.savedAt = r.at.Step, time.Now()
	return nil
}

// restore puts the run where its checkpoint was, if there is one. An error leaves the
// net as it was. Whether files can be written there is seen now, and not when there is
// something to lose.
func (r *training[T]) restore() error {
	if err := writable(r.config.Checkpoint); err != nil {
		return &CheckpointError{r.config.Checkpoint, err}
	}
	f, err := os.Open(r.config.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer f.Close()
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil {
			err = r.adopt(f, info.Size())
		}
	}
	if err != nil {
		return &CheckpointError{r.config.Checkpoint, err}
	}
	r.saved = r.at.Step
	return nil
}

// writable tries whether a file can be replaced.
func writable(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a directory; name a file")
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// adopt takes the state from a file of that many bytes.
func (r *training[T]) adopt(file io.ReaderAt, size int64) error {
	f, err := OpenTensors(file, size)
	if err == nil {
		err = checkSum(f, size)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if f.Metadata["run"] != r.fingerprint {
		return ErrOtherRun
	}
	at := progress{}
	if err := json.Unmarshal([]byte(f.Metadata["state"]), &at); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	stopping := r.config.EarlyStopping.Patience > 0 && at.Best >= 0
	if err := r.possible(at); err != nil {
		return err
	}
	if stopping {
		r.best = snapshot(nil, r.params)
	}
	list := r.tensors(stopping)
	stored := make(map[string]Tensor)
	for _, x := range f.tensors {
		stored[x.Name] = x
	}
	if err := compareWeights(list, stored); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	// The net changes last, and as a whole.
	values := make([][]T, len(list))
	for i, p := range list {
		values[i] = p.Value
		if i < len(r.params) {
			values[i] = make([]T, len(p.Value))
		}
		if err := ReadTensor(f, p.Name, values[i]); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	for i, p := range r.params {
		copy(p.Value, values[i])
	}
	r.at, r.descent.step = at, at.Step
	return nil
}

// checkSum holds a file against the checksum that it carries, which was computed with
// zeros in its place.
func checkSum(f *TensorFile, size int64) error {
	want := f.Metadata["sha256"]
	if f.Metadata["form"] != checkpointForm || len(want) != len(noSum) || strings.Trim(want, "0123456789abcdef") != "" {
		return fmt.Errorf("the form is %q, and not %q", f.Metadata["form"], checkpointForm)
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f.r, 0, 8)); err != nil {
		return err
	}
	h.Write(bytes.Replace(f.header, []byte(want), []byte(noSum), 1))
	if _, err := io.Copy(h, io.NewSectionReader(f.r, f.start, size-f.start)); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("the checksum is %s and not %s", got, want)
	}
	return nil
}

// possible checks that a state can be one of this run.
func (r *training[T]) possible(at progress) error {
	rows := 0
	if r.source != nil {
		rows = r.source.Rows()
	}
	switch {
	case at.Step < 0 || at.Epoch < 0 || at.Row < 0 || at.Row > 0 && at.Row >= rows || len(at.Losses) != at.Epoch ||
		at.Best < -1 || at.Best >= len(at.Validations) || at.Best < 0 && len(at.Validations) > 0:
		return errDamaged
	case at.Step > r.config.Steps || at.Epoch > r.config.Epochs || at.Epoch == r.config.Epochs && at.Row > 0:
		return fmt.Errorf("it is of step %d%s, beyond the steps that are asked for", at.Step, inEpoch(at.Epoch+1))
	}
	return nil
}
