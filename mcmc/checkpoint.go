package mcmc

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/belief-go/belief/internal/persist"
)

// checkpoint keeps one chain on disk in two files. The log has all rows so far
// and only grows; the state is replaced as a whole and says how much of the log
// it stands behind. The log is on disk before the state that counts on it, so
// that at any moment, a crash included, the pair is consistent.
type checkpoint struct {
	statePath, logPath string
	fingerprint        string
	nStats, nVals      int
	every              time.Duration
	logged             int    // rows in the log
	sum                uint64 // of its bytes
	file               *os.File
	buf                []byte
	last               time.Time
}

// A CheckpointError says why a checkpoint can be neither used nor written.
type CheckpointError struct {
	Path string
	Err  error
}

// Error names the file.
func (e *CheckpointError) Error() string {
	return fmt.Sprintf("mcmc: checkpoint %s: %v", e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *CheckpointError) Unwrap() error { return e.Err }

// ErrOtherRun is the cause of a [CheckpointError] where the directory holds the
// checkpoint of a run with another sampler, target or configuration.
var ErrOtherRun = errors.New("it belongs to another run; choose another directory, or empty this one")

// ErrInUse is the cause of a [CheckpointError] where another run is at work in the
// directory.
var ErrInUse = errors.New("another run is using it")

// errDamaged is the cause where a file is not what was written.
var errDamaged = errors.New("the file is damaged; empty the directory to begin anew")

// savedChain is the content of a state file.
type savedChain struct {
	Fingerprint string
	Step, Rows  int
	LogSum      uint64 // of the log's bytes
	State       State
	Tuning      []byte
	Start       []float64

	Evaluations, Gradients, NotANumber, WarmGradients, Divergences int64
}

const checkpointMagic = "belief mcmc checkpoint 1\n"

func newCheckpoint(dir string, index int, fingerprint string, nStats, nVals int) *checkpoint {
	base := filepath.Join(dir, fmt.Sprintf("chain-%d", index+1))
	return &checkpoint{statePath: base + ".state", logPath: base + ".draws", fingerprint: fingerprint, nStats: nStats, nVals: nVals}
}

func (d *checkpoint) rowBytes() int64 { return 8 * int64(d.nStats+d.nVals) }

// restore puts the chain where its checkpoint was. found is false if there is none.
func (d *checkpoint) restore(c *chain) (found bool, err error) {
	d.every, d.last = c.config.CheckpointEvery, time.Now()
	if err := os.MkdirAll(filepath.Dir(d.statePath), 0o777); err != nil {
		return false, &CheckpointError{d.statePath, err}
	}
	s, err := d.read()
	if errors.Is(err, fs.ErrNotExist) {
		return false, d.open(0)
	}
	if err == nil {
		err = d.adopt(c, s)
	}
	if err != nil {
		return true, &CheckpointError{d.statePath, err}
	}
	if err := d.open(s.Rows); err != nil {
		return true, err
	}
	if d.sum != s.LogSum {
		return true, &CheckpointError{d.logPath, errDamaged}
	}
	return true, nil
}

// read returns the content of the state file.
func (d *checkpoint) read() (*savedChain, error) {
	data, err := os.ReadFile(d.statePath)
	if err != nil {
		return nil, err
	}
	body, ok := bytes.CutPrefix(data, []byte(checkpointMagic))
	if !ok || len(body) < sha256.Size {
		return nil, errDamaged
	}
	sum, body := body[:sha256.Size], body[sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(sum, want[:]) {
		return nil, errDamaged
	}
	s := new(savedChain)
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(s); err != nil {
		return nil, errors.Join(errDamaged, err)
	}
	return s, nil
}

// adopt makes the chain what was saved, once it is sure that it is the same.
func (d *checkpoint) adopt(c *chain, s *savedChain) error {
	if s.Fingerprint != d.fingerprint || len(s.State.X) != len(c.state.X) {
		return ErrOtherRun
	}
	// Init gives the kernel's memory its shape; what it computes is replaced. It
	// also shows whether the target is the one that it was.
	rows := max(s.Step-c.config.WarmUp, 0) / c.config.Thin
	if c.config.KeepWarmUp {
		rows += min(s.Step, c.config.WarmUp)
	}
	if s.Rows != rows {
		return errDamaged
	}
	copy(c.state.X, s.State.X)
	if err := c.kernel.Init(&c.state); err != nil {
		return err
	}
	if a, b := c.state.LogDensity, s.State.LogDensity; math.Abs(a-b) > 1e-6*(1+math.Abs(b)) {
		return fmt.Errorf("%w: the log density of its last point is %v here and was %v", ErrOtherRun, a, b)
	}
	if t, ok := c.kernel.(Tuner); ok {
		if err := t.UnmarshalBinary(s.Tuning); err != nil {
			return err
		}
	}
	c.state, c.step, c.start = s.State, s.Step, s.Start
	c.guard.Evaluations, c.guard.Gradients, c.guard.NotANumber = s.Evaluations, s.Gradients, s.NotANumber
	c.warmGradients = s.WarmGradients
	c.divergences.Store(s.Divergences)
	c.at.Store(int64(s.Step))
	return nil
}

// open readies the log for rows behind the first ones.
func (d *checkpoint) open(rows int) error {
	f, err := os.OpenFile(d.logPath, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return &CheckpointError{d.logPath, err}
	}
	d.file, d.logged = f, rows
	size := int64(rows) * d.rowBytes()
	err = lock(f)
	if err == nil {
		sum := crc64.New(logTable)
		_, err = io.CopyN(sum, f, size)
		d.sum = sum.Sum64()
		if err == io.EOF {
			err = errDamaged
		}
	}
	if err == nil {
		err = f.Truncate(size)
	}
	if err == nil {
		_, err = f.Seek(size, io.SeekStart)
	}
	if err != nil {
		return &CheckpointError{d.logPath, err}
	}
	return nil
}

// logTable is that of the checksum of logs.
var logTable = crc64.MakeTable(crc64.ECMA)

// replay hands the rows of the log to the reader, as many as this run asks for.
func (d *checkpoint) replay(c *chain) error {
	warm := 0
	if c.config.KeepWarmUp {
		warm = min(d.logged, c.config.WarmUp)
	}
	wanted := min(d.logged, warm+c.config.Draws)
	r := io.NewSectionReader(d.file, 0, int64(wanted)*d.rowBytes())
	for at := 0; at < wanted; {
		b := c.queue.take()
		if b.warmUp = at < warm; b.warmUp {
			b.first, b.rows = at, min(warm-at, c.queue.most)
		} else {
			b.first, b.rows = at-warm, min(wanted-at, c.queue.most)
		}
		if !b.warmUp && b.first == 0 {
			b.comments = c.describe()
		}
		buf := make([]byte, int64(b.rows)*d.rowBytes())
		if _, err := io.ReadFull(r, buf); err != nil {
			return &CheckpointError{d.logPath, err}
		}
		for len(buf) > 0 {
			b.stats, buf = appendFloats(b.stats, buf, d.nStats)
			b.values, buf = appendFloats(b.values, buf, d.nVals)
		}
		at += b.rows
		c.kept += b.rows
		c.queue.push(b)
	}
	return nil
}

// appendFloats moves n numbers from buf to dst.
func appendFloats(dst []float64, buf []byte, n int) ([]float64, []byte) {
	for i := range n {
		dst = append(dst, math.Float64frombits(binary.LittleEndian.Uint64(buf[8*i:])))
	}
	return dst, buf[8*n:]
}

// log appends the rows of a block to the log.
func (d *checkpoint) log(b *block) error {
	d.buf = d.buf[:0]
	for i := range b.rows {
		for _, row := range [][]float64{b.stats[i*d.nStats : (i+1)*d.nStats], b.values[i*d.nVals : (i+1)*d.nVals]} {
			for _, v := range row {
				d.buf = binary.LittleEndian.AppendUint64(d.buf, math.Float64bits(v))
			}
		}
	}
	if _, err := d.file.Write(d.buf); err != nil {
		return &CheckpointError{d.logPath, err}
	}
	d.logged += b.rows
	d.sum = crc64.Update(d.sum, logTable, d.buf)
	return nil
}

func (d *checkpoint) saveIfDue(c *chain) error {
	if time.Since(d.last) < d.every {
		return nil
	}
	return d.save(c)
}

// save puts the log on disk, and then replaces the state.
func (d *checkpoint) save(c *chain) error {
	if err := d.file.Sync(); err != nil {
		return &CheckpointError{d.logPath, err}
	}
	s := savedChain{Fingerprint: d.fingerprint, Step: c.step, Rows: d.logged, LogSum: d.sum, State: c.state, Start: c.start,
		Evaluations: c.guard.Evaluations, Gradients: c.guard.Gradients, NotANumber: c.guard.NotANumber,
		WarmGradients: c.warmGradients, Divergences: c.divergences.Load()}
	var err error
	if t, ok := c.kernel.(Tuner); ok {
		s.Tuning, err = t.MarshalBinary()
	}
	var body bytes.Buffer
	if err == nil {
		err = gob.NewEncoder(&body).Encode(s)
	}
	if err == nil {
		sum := sha256.Sum256(body.Bytes())
		err = persist.Replace(d.statePath, func(w io.Writer) error {
			for _, part := range [][]byte{[]byte(checkpointMagic), sum[:], body.Bytes()} {
				if _, err := w.Write(part); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return &CheckpointError{d.statePath, err}
	}
	d.last = time.Now()
	return nil
}

// close lets the log go.
func (d *checkpoint) close() error {
	if d.file == nil {
		return nil
	}
	err := d.file.Close()
	d.file = nil
	if err != nil {
		return &CheckpointError{d.logPath, err}
	}
	return nil
}
