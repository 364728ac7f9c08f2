package mcmc

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"
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
	logged             int // rows in the log
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

// errDamaged is the cause where a file is not what was written.
var errDamaged = errors.New("the file is damaged; empty the directory to begin anew")

// savedChain is the content of a state file.
type savedChain struct {
	Fingerprint string
	Step, Rows  int
	State       State
	Tuning      []byte
	Start       []float64

	Evaluations, Gradients, NotANumber, WarmGradients, Divergences int64
}

const checkpointMagic = "belief mcmc checkpoint 1\n"

// fingerprint tells runs apart whose draws would differ. Draws, Chains and
// Workers are not in it: a run may be made longer or wider.
func fingerprint(s Sampler, names []string, dim int, c Config) string {
	settings, _ := json.Marshal(s) // a sampler with functions in it shows its type alone
	start, _ := json.Marshal(c.Start)
	h := sha256.Sum256(fmt.Appendf(nil, "%T %s %q %d %d %d %d %t %s", s, settings, names, dim, c.Seed, c.WarmUp, c.Thin, c.KeepWarmUp, start))
	return fmt.Sprintf("%x", h[:16])
}

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
	return true, d.open(s.Rows)
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
	info, err := f.Stat()
	if err == nil && info.Size() < size {
		err = errDamaged
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
			b.first, b.rows = at, min(warm-at, blockRows)
		} else {
			b.first, b.rows = at-warm, min(wanted-at, blockRows)
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
	s := savedChain{Fingerprint: d.fingerprint, Step: c.step, Rows: d.logged, State: c.state, Start: c.start,
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
		err = writeFile(d.statePath, []byte(checkpointMagic), sum[:], body.Bytes())
	}
	if err != nil {
		return &CheckpointError{d.statePath, err}
	}
	d.last = time.Now()
	return nil
}

// writeFile replaces a file as a whole: it has the old content or the new one,
// whatever happens.
func writeFile(path string, parts ...[]byte) error {
	tmp := path + ".new"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if _, err = f.Write(p); err != nil {
			break
		}
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// close saves the chain where it stands, unless it has failed: then what was
// saved before is what to go on from.
func (d *checkpoint) close(c *chain, failure error) error {
	if d.file == nil {
		return nil
	}
	var err error
	if failed := (*ChainError)(nil); !errors.As(failure, &failed) && c.start != nil {
		err = d.save(c)
	}
	if e := d.file.Close(); err == nil && e != nil {
		err = &CheckpointError{d.logPath, e}
	}
	return err
}
