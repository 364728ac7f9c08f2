package nn

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/belief-go/belief/autodiff"
	"github.com/belief-go/belief/data"
)

// smallRun is a trainer with a source and a configuration.
func smallRun(checkpoint string) (Trainer[float32], data.Source, Config) {
	net := New[float32](1)
	w := net.Param("w", Constant(0), 1, 1, 2)
	src, err := data.FromMatrix([]float64{1, 2, 3, 4, 5, 6}, 2)
	if err != nil {
		panic(err)
	}
	tr := Trainer[float32]{Net: net, Loss: func(t *autodiff.Tape[float32], b *Batch[float32]) autodiff.Var[float32] {
		return SquaredError(b.Input(t, 0, 2), t.Param(w).BroadcastTo(b.Rows, 2))
	}}
	return tr, src, Config{Steps: 20, Batch: 1, Checkpoint: checkpoint, Validation: src, EarlyStopping: EarlyStopping{Patience: 5}}
}

// FuzzCheckpoint puts the right checksum into whatever it is given, so that the checks
// behind it are tried too.
func FuzzCheckpoint(f *testing.F) {
	path := filepath.Join(f.TempDir(), "run")
	tr, src, c := smallRun(path)
	c.Steps = 7
	if _, err := tr.Fit(context.Background(), src, c); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(t *testing.T, b []byte) {
		b = bytes.Clone(b)
		if x, err := OpenTensors(bytes.NewReader(b), int64(len(b))); err == nil {
			if old := x.Metadata["sha256"]; len(old) == len(noSum) {
				zeroed := bytes.Replace(b, []byte(old), []byte(noSum), 1)
				sum := sha256.Sum256(zeroed)
				b = bytes.Replace(zeroed, []byte(noSum), []byte(hex.EncodeToString(sum[:])), 1)
			}
		}
		tr, src, c := smallRun("")
		r, err := newTraining(tr, src, c)
		if err != nil {
			t.Fatal(err)
		}
		r.fingerprint = r.describe()
		before := snapshot(nil, r.params)
		if err := r.adopt(bytes.NewReader(b), int64(len(b))); err != nil {
			for i, p := range r.params {
				for k, v := range p.Value {
					if v != before[i][k] {
						t.Fatalf("the net has changed: %v", err)
					}
				}
			}
			return
		}
		if err := r.run(context.Background(), func(Step) bool { return true }); err != nil && !errors.As(err, new(*DivergedError)) {
			t.Fatal(err)
		}
	})
}
