//go:build darwin || freebsd || linux || netbsd || openbsd

package mcmc

import (
	"os"
	"syscall"
)

// lock makes sure that no other run writes to a file; the system lets go of it when
// the file is closed, also by the end of the process.
func lock(f *os.File) error {
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == syscall.EWOULDBLOCK {
		return ErrInUse
	}
	return nil // file systems that know no locks are trusted
}
