package em

// Checkpoints are JSON: where the run stands, its models, the average of stepwise EM,
// which run it is, and a checksum.

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/belief-go/belief/data"
	"github.com/belief-go/belief/internal/persist"
)

// A CheckpointError says why a checkpoint can be neither used nor written.
type CheckpointError struct {
	Path string
	Err  error
}

// Error names the file.
func (e *CheckpointError) Error() string { return fmt.Sprintf("em: checkpoint %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *CheckpointError) Unwrap() error { return e.Err }

// ErrOtherRun is the cause of a [CheckpointError] where the file is the checkpoint of a
// run with another kind of model, other settings of it, other data or another
// configuration.
var ErrOtherRun = errors.New("it belongs to another run; choose another file, or remove it")

// errDamaged is the cause where a file is not what was written.
var errDamaged = errors.New("the file is damaged, or no checkpoint; remove it to begin anew")

const checkpointForm = "belief em checkpoint 1"

type checkpointFile struct {
	Form   string          `json:"form"`
	Run    string          `json:"run"`
	SHA256 string          `json:"sha256"` // of Run and State
	State  json.RawMessage `json:"state"`
}

type checkpointState struct {
	At    progress        `json:"at"`
	Kind  string          `json:"kind"` // of the statistics
	Sums  int             `json:"sums"`
	Model json.RawMessage `json:"model,omitempty"` // of the start under way
	Best  json.RawMessage `json:"best,omitempty"`
	Mean  []byte          `json:"mean,omitempty"`
}

func (c *checkpointFile) sum() string {
	h := sha256.New()
	io.WriteString(h, c.Run)
	h.Write(c.State)
	return hex.EncodeToString(h.Sum(nil))
}

// describe tells runs apart that would go otherwise, as far as their settings and data
// show it. The number of workers is not in it.
func (f *fit[D, M]) describe(ctx context.Context) (string, error) {
	h := sha256.New()
	c := f.config
	persist.Describe(h, []any{fmt.Sprintf("%T", f.model), c.Iterations, c.Tolerance, c.Seed, c.Starts, c.Hard, c.Batch, c.Decay, c.Settings, f.data.Weight()})
	err := f.data.Each(ctx, Pass{Workers: 1}, func(_ int, block D) error {
		switch b := any(block).(type) {
		case *Block:
			hashFloats(h, b.X)
			hashFloats(h, b.Weights)
		case *SequenceBlock:
			for _, i := range b.Members {
				hashFloats(h, b.From.Rows(i))
				hashFloats(h, []float64{b.Weight(i)})
			}
		}
		return nil
	})
	if s, ok := any(f.data).(interface{ Columns() []data.Column }); ok {
		persist.Describe(h, s.Columns())
	} else if s, ok := any(f.data).(*Sequences); ok {
		persist.Describe(h, s.Data().Columns())
	}
	return hex.EncodeToString(h.Sum(nil)), err
}

// hashFloats adds numbers and how many they are.
func hashFloats(h hash.Hash, x []float64) {
	var b [1024]byte
	binary.LittleEndian.PutUint64(b[:], uint64(len(x)))
	h.Write(b[:8])
	for len(x) > 0 {
		n := min(len(x), len(b)/8)
		for i, v := range x[:n] {
			binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(v))
		}
		h.Write(b[:8*n])
		x = x[n:]
	}
}

// save writes the checkpoint.
func (f *fit[D, M]) save() error {
	if f.config.Checkpoint == "" {
		return nil
	}
	err := func() error {
		state := checkpointState{At: f.at}
		var err error
		if f.at.Begun {
			s := f.model.NewStatistics()
			state.Kind, state.Sums = s.Kind, len(s.Sums)
			if state.Model, err = any(f.model).(json.Marshaler).MarshalJSON(); err != nil {
				return err
			}
		}
		if f.at.Best >= 0 {
			if state.Best, err = any(f.run.Model).(json.Marshaler).MarshalJSON(); err != nil {
				return err
			}
		}
		if f.mean != nil {
			if state.Mean, err = f.mean.MarshalBinary(); err != nil {
				return err
			}
		}
		file := checkpointFile{Form: checkpointForm, Run: f.fingerprint}
		if file.State, err = json.Marshal(state); err != nil {
			return err
		}
		file.SHA256 = file.sum()
		text, err := json.Marshal(file)
		if err != nil {
			return err
		}
		return persist.Replace(f.config.Checkpoint, func(w io.Writer) error {
			_, err := w.Write(append(text, '\n'))
			return err
		})
	}()
	if err != nil {
		return &CheckpointError{f.config.Checkpoint, err}
	}
	f.savedAt = time.Now()
	return nil
}

// restore puts the run where its checkpoint was, if there is one. Whether files can be
// written there is seen now, and not when there is something to lose.
func (f *fit[D, M]) restore(ctx context.Context) error {
	path := f.config.Checkpoint
	var err error
	if f.fingerprint, err = f.describe(ctx); err != nil {
		return err
	}
	if err = checkpointWritable(path); err == nil {
		var text []byte
		if text, err = os.ReadFile(path); err == nil {
			err = f.resume(ctx, text)
		} else if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
	}
	if err != nil && ctx.Err() == nil {
		return &CheckpointError{path, err}
	}
	return err
}

// checkpointWritable tries whether a file can be replaced.
func checkpointWritable(path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return errors.New("it is a directory; name a file")
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.new")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// resume takes the state from the text of a checkpoint.
func (f *fit[D, M]) resume(ctx context.Context, text []byte) error {
	var file checkpointFile
	if err := json.Unmarshal(text, &file); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if file.Form != checkpointForm || file.SHA256 != file.sum() {
		return errDamaged
	}
	if file.Run != f.fingerprint {
		return ErrOtherRun
	}
	var state checkpointState
	if err := json.Unmarshal(file.State, &state); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	if err := f.possible(&state); err != nil {
		return err
	}
	at := state.At
	if at.Begun {
		m, err := f.revive(ctx, at.Start, state.Model)
		if err != nil {
			return err
		}
		s := m.NewStatistics()
		if s.Kind != state.Kind || len(s.Sums) != state.Sums {
			return ErrOtherRun
		}
		if len(state.Mean) > 0 {
			var mean Statistics
			if err := mean.UnmarshalBinary(state.Mean); err != nil {
				return fmt.Errorf("%w: %w", errDamaged, err)
			}
			if mean.Kind != s.Kind || len(mean.Sums) != len(s.Sums) {
				return errDamaged
			}
			s.set(&mean)
			f.mean = s
		}
		f.model = m
	}
	if at.Best >= 0 {
		m, err := f.revive(ctx, at.Best, state.Best)
		if err != nil {
			return err
		}
		f.at = at
		f.adopt(m, at.Starts[at.Best])
	}
	f.at = at
	return nil
}

// revive makes a model of its JSON.
func (f *fit[D, M]) revive(ctx context.Context, start int, text json.RawMessage) (M, error) {
	m, err := f.begin(ctx, start)
	if err != nil {
		return m, err
	}
	if err := f.able(m); err != nil {
		return m, err
	}
	want := m.NewStatistics()
	if err := any(m).(json.Unmarshaler).UnmarshalJSON(text); err != nil {
		return m, fmt.Errorf("%w: %w", errDamaged, err)
	}
	if s := m.NewStatistics(); s.Kind != want.Kind || len(s.Sums) != len(want.Sums) {
		return m, ErrOtherRun
	}
	return m, nil
}

// possible checks that a state can be one of this run.
func (f *fit[D, M]) possible(s *checkpointState) error {
	at, c := &s.At, &f.config
	n := len(at.Rise.History)
	for _, v := range append(append([]float64{at.LogLikelihood, at.Pass, at.BestLikelihood, at.Rise.Noise, at.Rise.Largest}, at.Rise.History...), at.BestHistory...) {
		if !finiteObjective(v) {
			return errDamaged
		}
	}
	switch {
	case at.Start < 0 || at.Start > c.Starts || at.Done != (at.Start == c.Starts) || len(at.Starts) != at.Start,
		at.Iteration < 0 || at.Iteration > c.Iterations || n != at.Iteration || !at.Begun && n > 0,
		at.Done && at.Begun, at.Begun && len(s.Model) == 0,
		at.Blocks < 0 || at.Batches < 0 || c.Batch == 0 && (at.Blocks > 0 || at.Last),
		at.Begun && (c.Batch > 0 && at.Iteration > 0) != (len(s.Mean) > 0),
		at.Rise.Streak < 0 || at.Rise.Falls < 0,
		at.Best < -1 || at.Best >= len(at.Starts), at.Best >= 0 && (len(s.Best) == 0 || at.Starts[at.Best].Problem != "" || !finiteObjective(at.Starts[at.Best].Objective)):
		return errDamaged
	}
	return nil
}
