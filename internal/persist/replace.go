package persist

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
)

var written atomic.Int64

// Replace replaces a file as a whole by what write writes: it has the old content or
// the new one, whatever happens, a full disk and a crash included. It writes to a
// file beside it, whose name ends in ".new", and which an error removes.
func Replace(path string, write func(w io.Writer) error) error {
	tmp := fmt.Sprintf("%s.%d-%d.new", path, os.Getpid(), written.Add(1))
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	if err = write(w); err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		os.Remove(tmp) // the first error is the one to know
		return err
	}
	// The new name is on disk when its directory is. Not all systems can do that.
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		dir.Sync()
		dir.Close()
	}
	return nil
}
